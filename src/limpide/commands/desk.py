"""How do the commands of a standalone election read, write and answer?

Data on standard output, sentences on standard error. Secrets come from files or standard input, never from
arguments, and go to files that only their owner reads and that did not exist before.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import typer

from limpide.canonical import LimpideError

FAULT = 1
UNUSABLE = 2


@contextmanager
def answering() -> Iterator[None]:
    """What goes wrong becomes one sentence and an exit code: 1 for a fault, 2 for unusable input."""
    try:
        yield
    except LimpideError as error:
        typer.echo(error, err=True)
        raise typer.Exit(FAULT) from None
    except OSError as error:
        typer.echo(f"{error.filename}: {error.strerror}", err=True)
        raise typer.Exit(UNUSABLE) from None


def tell(text: str) -> None:
    """A sentence for a person."""
    typer.echo(text, err=True)


def show(facts: Mapping[str, object], *, as_json: bool) -> None:
    """Facts on standard output: lines for a person, or one JSON object."""
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    for name, value in facts.items():
        typer.echo(f"{name.replace('_', ' ')}: {value}")


def read_input(path: Path) -> bytes:
    """A file, or standard input for ``-``."""
    return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()


def write_new(path: Path, content: bytes) -> None:
    """A public file that must not exist yet."""
    with path.open("xb") as file:
        file.write(content)


def write_secret(path: Path, content: bytes) -> None:
    """A file that must not exist yet and that only its owner may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
