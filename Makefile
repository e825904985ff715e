# Every target works on a fresh machine with Python >= 3.11, a Rust toolchain (cargo >= 1.89), Node and make.
SHELL := bash
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
export CARGO_TARGET_DIR ?= $(CURDIR)/target

.PHONY: build demo test check bench wheel lock clean
.DEFAULT_GOAL := build

build: .venv/built
	@:

.venv/tools: requirements.lock
	@bash scripts/need.sh "$(PYTHON)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@touch $@

.venv/built: .venv/tools pyproject.toml .cargo/config.toml $(wildcard kernel/Cargo.* kernel/src/*.rs)
	VIRTUAL_ENV=$(CURDIR)/.venv PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/maturin develop --uv --release --locked --quiet
	@touch $@

demo: build
	$(BIN)/limpide demo $(ARGS)

test: build
	bash scripts/test.sh $(ARGS)

check: build
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench
	$(BIN)/mypy
	cargo clippy --quiet --release --locked --manifest-path kernel/Cargo.toml --all-targets -- --deny warnings
	$(BIN)/pytest -q tests/test_architecture.py

bench: build
	$(BIN)/python -m bench $(ARGS)

wheel: .venv/tools
	$(BIN)/maturin build --release --locked --out dist

lock: .venv/tools
	$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-annotate --group dev --all-extras --python-version 3.11 --universal --output-file requirements.lock pyproject.toml
	cargo update --manifest-path kernel/Cargo.toml

clean:
	rm -rf .venv target dist
