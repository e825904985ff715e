#!/usr/bin/env bash
# Says, in one sentence each, what a fresh machine lacks and how to get it.
set -u
missing=0
need() { # command, sentence
  command -v "$1" >/dev/null 2>&1 || { echo "Limpide needs $2" >&2; missing=1; }
}
python=${1:-python3}
need "$python" "Python 3.11 or newer (Debian: apt install python3 python3-venv)."
need cargo "a Rust toolchain with cargo 1.89 or newer (see rustup.rs)."
need cc "a C linker for Rust (Debian: apt install gcc)."
if command -v "$python" >/dev/null 2>&1; then
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
    || { echo "Limpide needs Python 3.11 or newer; $python is older." >&2; missing=1; }
  "$python" -c 'import venv, ensurepip' 2>/dev/null \
    || { echo "Limpide needs Python's venv module (Debian: apt install python3-venv)." >&2; missing=1; }
fi
if command -v cargo >/dev/null 2>&1; then
  minor=$(cargo --version | sed -E 's/^cargo 1\.([0-9]+).*/\1/')
  [ "${minor:-0}" -ge 89 ] 2>/dev/null || { echo "Limpide needs cargo 1.89 or newer; this is $(cargo --version). Run: rustup update" >&2; missing=1; }
fi
exit $missing
