"""Is all of it true? The public verifier: a record and its site, recomputed and compared.

It trusts nothing but the fingerprint that the reader brings: SHA-256 of the definition's text, which names
the log's key and everybody's. It never stops at the first fault, and says only what it has checked.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from limpide.canonical import LimpideError, sha256_hex
from limpide.log.check import check_growth
from limpide.log.checkpoint import open_checkpoint
from limpide.record.admission import documents_of
from limpide.record.definition import Register
from limpide.record.events import Opening
from limpide.record.record import Record
from limpide.results.canvass import canvass
from limpide.results.edition import Edition, Pages
from limpide.results.findings import Finding, Severity, fault
from limpide.results.log_check import LogReading, Progress, read_log
from limpide.results.outcome import Qualified, Tied, outcome
from limpide.results.publication_check import (
    Engine,
    check_every_manifest,
    check_publications,
)
from limpide.results.record_check import fold_record

LOG_PATHS = ("checkpoint", "tile/", "documents/")


class Source(Protocol):
    """Where a record and its site are read: a folder, an address, an archive."""

    def read(self, path: str) -> bytes | None:
        """The bytes at a path relative to the root, or None when nothing stands there."""
        ...

    def listing(self) -> Iterable[str] | None:
        """Every path that stands there, or None where that cannot be known."""
        ...


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a reader brings: a fingerprint from paper, a checkpoint kept from earlier. Either may be absent."""

    fingerprint: str | None = None
    checkpoint: bytes | None = None


@dataclass(slots=True)
class Verification:
    """What was found, and what was recomputed on the way."""

    findings: list[Finding] = field(default_factory=list)
    reading: LogReading | None = None
    record: Record | None = None
    edition: Edition | None = None
    files: int = 0
    """Published files compared."""

    @property
    def faults(self) -> list[Finding]:
        """The findings that say the record or the site is wrong."""
        return [finding for finding in self.findings if finding.severity is Severity.FAULT]


def verify(
    source: Source,
    pages: Callable[[Register], Pages],
    expected: Expectations,
    *,
    engine: Engine = map,
    every_publication: bool = False,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Verification:
    """Verifies all that ``source`` holds. Raises nothing for bad content: that is what findings are for."""
    result = Verification()
    for finding in _verify(source, pages, expected, engine, every_publication, progress, result):
        result.findings.append(finding)
    return result


def _verify(
    source: Source,
    pages: Callable[[Register], Pages],
    expected: Expectations,
    engine: Engine,
    every_publication: bool,
    progress: Progress,
    result: Verification,
) -> Iterator[Finding]:
    result.reading = reading = yield from read_log(source.read, progress)
    if reading is None:
        return
    yield from _check_expectations(source, reading, expected)
    result.record = record = yield from fold_record(reading, lambda d: source.read(f"documents/{d}"), progress)
    if record is None:
        return
    yield from _check_qualified(record)
    made = pages(record.register)
    checked = yield from check_publications(record, made, source.read, engine, progress)
    paths: set[str] = set()
    if checked is not None:
        result.edition, paths = checked
        result.files = len(paths)
        if every_publication:
            yield from check_every_manifest(record, made, progress)
    yield from _check_listing(source, record, paths)


def _check_expectations(source: Source, reading: LogReading, expected: Expectations) -> Iterator[Finding]:
    """Is it the election that the reader means, and does it continue what the reader saw? Spec 5.12, 6.14."""
    fingerprint = reading.definition.id.hex()
    if expected.fingerprint is None:
        yield Finding("5.13", "definition", {"fingerprint": fingerprint}, Severity.REMARK)
    elif expected.fingerprint.lower() != fingerprint:
        yield Finding("5.12", "definition", {"fingerprint": fingerprint})
    if expected.checkpoint is None:
        return
    try:
        check_growth(source.read, open_checkpoint(expected.checkpoint, reading.key), reading.signed)
    except LimpideError as error:
        yield fault(error, "the checkpoint kept from earlier")


def _check_qualified(record: Record) -> Iterator[Finding]:
    """Did the options of a later round qualify in the one before? Spec 5.14."""
    for index in record.acts():
        body = record.event(index).body
        if not isinstance(body, Opening) or body.round == 1:
            continue
        before = record.until(index)
        for qualified in body.qualified:
            contest = record.register.contest(qualified.contest)
            if contest is None:
                continue
            result = outcome(canvass(before, contest.id, body.round - 1), contest.rule, last_round=False)
            match result:
                case Qualified(options):
                    allowed = set(qualified.options) == set(options)
                case Tied(options, places, through):
                    drawn = set(qualified.options) - set(through)
                    allowed = set(through) <= set(qualified.options) and drawn <= set(options)
                    allowed = allowed and len(drawn) == places
                case _:
                    allowed = False
            if not allowed:
                yield Finding("5.14", f"entry {index}", {"index": index, "contest": contest.id})


def _check_listing(source: Source, record: Record, paths: set[str]) -> Generator[Finding, None, None]:
    """Does anything stand there that the record does not yield? Spec 5.10, 1.6."""
    listing = source.listing()
    if listing is None:
        return
    named = {digest for event in record.events() for digest in documents_of(event)}
    for path in sorted(listing):
        if path.startswith("documents/"):
            digest = path.removeprefix("documents/")
            data = source.read(path)
            if digest not in named:
                yield Finding("5.10", path)
            elif data is None or sha256_hex(data) != digest:
                yield Finding("1.6", path, {"subject": path})
        elif not path.startswith(LOG_PATHS) and path not in paths:
            yield Finding("5.10", path)
