#!/usr/bin/env bash
# Runs every test; LIMPIDE_DATA names a folder of large optional data.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo test --quiet --release --locked --manifest-path kernel/Cargo.toml
exec .venv/bin/pytest "$@"
