"""How does a command speak? Data on standard output, sentences on standard error, nothing that needs colour."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from limpide.results.log_check import Progress as Told
from limpide.roles.past_results.election import UnusableFile
from limpide.words import Language, catalogue, sentence

GOOD, FAULT, USAGE, UNFINISHED = 0, 1, 2, 3
MAX_FILE = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Voice:
    """The language and form in which a command answers."""

    language: Language
    json: bool

    def say(self, key: str, **facts: str | int) -> None:
        """A sentence of the catalogue, for people."""
        typer.echo(sentence(f"cli.{key}", self.language, **facts), err=True)

    def words(self, key: str, **facts: str | int) -> str:
        """A sentence of the catalogue as text."""
        return sentence(f"cli.{key}", self.language, **facts)

    def give(self, value: object, text: str) -> None:
        """The answer: ``value`` as one line of JSON, or ``text``."""
        typer.echo(json.dumps(value, ensure_ascii=False) if self.json else text)

    def fail(self, status: int, key: str, **facts: str | int) -> typer.Exit:
        """What to raise after saying why."""
        self.say(key, **facts)
        return typer.Exit(status)

    @contextmanager
    def progress(self) -> Iterator[Told]:
        """A bar for each stage of long work, where standard error is a terminal."""
        if not sys.stderr.isatty():
            yield lambda _stage, _done, _total: None
            return
        names = catalogue(self.language)
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            console=Console(stderr=True),
            transient=True,
        ) as bars:
            tasks = {}

            def told(stage: str, done: int, total: int) -> None:
                if stage not in tasks:
                    tasks[stage] = bars.add_task(names.get(f"cli.stage.{stage}", stage), total=total)
                bars.update(tasks[stage], completed=done, total=total)

            yield told


def read_file(path: Path, limit: int = MAX_FILE) -> bytes:
    """The bytes of a file, or of standard input for ``-``; raises ``UnusableFile`` with a sentence."""
    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(limit + 1)
        else:
            with path.open("rb") as file:
                data = file.read(limit + 1)
    except OSError as error:
        raise UnusableFile(f"{path}: {error.strerror}") from None
    if len(data) > limit:
        raise UnusableFile(f"{path}: larger than {limit >> 20} MiB")
    return data


def write_file(path: Path | None, data: bytes) -> None:
    """Writes a new file, or standard output where there is no path; raises ``UnusableFile`` where it exists."""
    if path is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        with path.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise UnusableFile(f"{path}: {error.strerror}") from None
