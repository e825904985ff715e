"""Does the record yield what is published, byte for byte?

Every publication's canvass is recomputed in order and its digest compared (5.7); then every file of the last one
is made anew and compared with what stands there (5.8, 5.9, 5.11). The work is cut into pieces, one for each
division, which an ``engine`` may spread over processes.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from limpide.canonical import encode, sha256_hex
from limpide.record.definition import DivisionId
from limpide.record.record import Record
from limpide.results.edition import Edition, File, Pages
from limpide.results.findings import Finding
from limpide.results.log_check import Progress, Read
from limpide.results.publication import (
    MANIFEST,
    CanvassFold,
    Publisher,
    latest_tables,
    nation_files,
    part_path,
)
from limpide.results.remarks import check_canvass

T = TypeVar("T")
R = TypeVar("R")


class Engine(Protocol):
    """A ``map`` that may use several processes; answers come in order."""

    def __call__(self, function: Callable[[T], R], items: Sequence[T], /) -> Iterable[R]:
        """``function`` of each item."""
        ...


@dataclass(frozen=True, slots=True)
class Compared:
    """Some files made anew and compared: their digests by path, and what is wrong."""

    digests: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def check_publications(
    record: Record, pages: Pages, read: Read, engine: Engine, progress: Progress
) -> Generator[Finding, None, tuple[Edition, set[str]] | None]:
    """Checks what every publication states, every file of the last one, and what its reports contradict.

    Gives the last edition and the paths that the record yields; None before the first publication.
    """
    publications = record.publications()
    if not publications:
        return None
    stated = publications[-1].publication
    fold = CanvassFold(record.register)
    edition, _ = fold.advance(record.until(stated.size), stated.instant)
    parts = [(round_.number, name) for round_ in edition.rounds() for name in record.register.divisions]

    def work(number: int) -> Compared:
        """One piece; the long ones come first, so that no core waits for one at the end."""
        match number:
            case 0:
                return Compared(findings=tuple(_earlier_canvasses(record)))
            case 1:
                return compare(read, latest_tables(edition.record, edition))
            case 2:
                return Compared(findings=tuple(_remarks(edition)))
            case _:
                return compare(read, _division(edition, fold, pages, *parts[number - 3]))

    answers: list[Compared] = []
    for answer in engine(work, range(len(parts) + 3)):
        yield from answer.findings
        answers.append(answer)
        progress("files", len(answers), len(parts) + 3)
    made = {path: digest for answer in answers for path, digest in answer.digests.items()}
    for files in fold.files.values():
        files.digests = {name: made[files.path(name)] for name in record.register.divisions}
    nation = compare(read, _nation(edition, fold, pages))
    yield from nation.findings
    if fold.digests() != stated.canvasses:
        yield Finding("5.7", f"publication {stated.number}", {"number": stated.number})
    digests = {f"r{round_}/{name}": made[part_path(f"r{round_}/{name}")] for round_, name in parts}
    manifest = encode({"files": {**answers[1].digests, **nation.digests}, "parts": digests})
    if sha256_hex(manifest) != stated.manifest:
        yield Finding("5.11", f"publication {stated.number}", {"number": stated.number})
    if read(MANIFEST) != manifest:
        yield Finding("5.8", MANIFEST)
    return edition, {MANIFEST, *made, *nation.digests}


def compare(read: Read, files: Iterable[File]) -> Compared:
    """Compares each file, as it is made, with the one that is published."""
    digests: dict[str, str] = {}
    findings: list[Finding] = []
    for path, data in files:
        digests[path] = sha256_hex(data)
        published = read(path)
        if published != data:
            findings.append(Finding("5.9" if published is None else "5.8", path))
    return Compared(digests, tuple(findings))


def _earlier_canvasses(record: Record) -> Iterator[Finding]:
    """Recomputes the canvass of every publication but the last, in turn."""
    fold = CanvassFold(record.register)
    for published in record.publications()[:-1]:
        stated = published.publication
        edition, changes = fold.advance(record.until(stated.size), stated.instant)
        for _ in fold.rewrite(edition, changes):
            pass
        if fold.digests() != stated.canvasses:
            yield Finding("5.7", f"publication {stated.number}", {"number": stated.number})


def _remarks(edition: Edition) -> Iterator[Finding]:
    for (round_, _), canvass in edition.canvasses.items():
        yield from check_canvass(canvass, edition.record.voters_registered(round_))


def _division(edition: Edition, fold: CanvassFold, pages: Pages, round_: int, name: str) -> Iterator[File]:
    """The files of a division in a round, and the part of the manifest that lists them."""
    listed: dict[str, str] = {}
    for path, data in _division_files(edition, fold, pages, round_, name):
        listed[path] = sha256_hex(data)
        yield path, data
    yield part_path(f"r{round_}/{name}"), encode({"files": listed})


def _division_files(edition: Edition, fold: CanvassFold, pages: Pages, round_: int, name: str) -> Iterator[File]:
    localities = edition.register.divisions[DivisionId(name)].localities
    for files in fold.files.values():
        if files.canvass.round == round_:
            for locality in localities:
                files.write(locality)
            yield files.path(name), files.division_file(edition, name)
    yield from pages.division(edition, round_, name)
    for locality in localities:
        yield from pages.locality(edition, round_, locality)


def _nation(edition: Edition, fold: CanvassFold, pages: Pages) -> Iterator[File]:
    """The national files but the tables, once every division's file has been digested."""
    for files in fold.files.values():
        data = files.nation_file(edition)
        files.digest = sha256_hex(data)
        yield files.path("nation"), data
    yield from nation_files(edition, fold.digests())
    yield from pages.nation(edition)


def check_every_manifest(record: Record, pages: Pages, progress: Progress) -> Iterator[Finding]:
    """Makes every publication anew, in order, and compares its manifest's digest. Spec 5.11."""
    publisher = Publisher(record.register, pages)
    publications = record.publications()
    for published in publications:
        stated = published.publication
        made = publisher.advance(record.until(stated.size), stated.instant)
        if made.body.manifest != stated.manifest:
            yield Finding("5.11", f"publication {stated.number}", {"number": stated.number})
        progress("manifests", stated.number, len(publications))
