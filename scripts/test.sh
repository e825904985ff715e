#!/usr/bin/env bash
# Runs every test; LIMPIDE_DATA names a folder of large optional data.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v belenios-tool >/dev/null 2>&1; then
  # the stock tool verifies what Limpide writes, and the other way round
  if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ]; then
    echo "belenios-tool is not installed (Debian: apt install belenios-tool): the tests against it are skipped." >&2
  elif ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends belenios-tool; } \
    >/dev/null 2>&1; then
    echo "belenios-tool could not be installed with apt-get: the tests against it are skipped." >&2
  fi
fi
cargo test --quiet --release --locked --manifest-path kernel/Cargo.toml
exec .venv/bin/pytest "$@"
