"""How do the commands of a standalone election read archives and secrets, and keep secrets?

Secrets come from files, standard input or a prompt, never from arguments, and go to files that only their owner
reads and that did not exist before.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from limpide.commands.voice import Voice, read_file
from limpide.roles import ballot_box
from limpide.roles.archive_check import archive_in
from limpide.roles.past_results.election import UnusableFile

Archive = Annotated[Path, typer.Argument(metavar="ARCHIVE", help="help.archive", show_default=False)]
Cores = Annotated[int | None, typer.Option("--cores", help="help.cores", min=1, show_default=False)]
Group = Annotated[str, typer.Option("--group", help="help.group")]
NewFile = Annotated[Path, typer.Option("--out", "-o", help="help.new-file", show_default=False)]
Folder = Annotated[Path, typer.Option("--out", "-o", help="help.out-folder", show_default=False)]
Uuid = Annotated[str, typer.Option("--uuid", help="help.uuid", show_default=False)]
Code = Annotated[Path | None, typer.Option("--code", help="help.voting-code", show_default=False)]


@contextmanager
def reading(target: Path) -> Iterator[BinaryIO]:
    """The archive of a file or folder. Raises ``Refused`` (7.8), ``UnusableFile``."""
    path = archive_in(target)
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(path.open("rb"))
        except OSError as error:
            raise UnusableFile(f"{path}: {error.strerror}") from None
        yield stream


@contextmanager
def appending(target: Path) -> Iterator[BinaryIO]:
    """The archive of a file or folder, locked. Raises ``Refused`` (7.8), ``UnusableFile``."""
    path = archive_in(target)
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(ballot_box.locked(path))
        except OSError as error:
            raise UnusableFile(f"{path}: {error.strerror}") from None
        yield stream


def read_code(voice: Voice, path: Path | None) -> str:
    """A voting code: from a file, from standard input, or typed unseen where that is a terminal."""
    if path is None and sys.stdin.isatty():
        typed: str = typer.prompt(voice.words("code-prompt"), hide_input=True, err=True)
        return typed.strip()
    return read_file(path or Path("-")).decode("ascii", "replace").strip()


def write_secret(path: Path, content: bytes) -> None:
    """A file that must not exist yet and that only its owner may read. Raises ``UnusableFile``."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UnusableFile(f"{path}: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
