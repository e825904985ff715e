"""Does the record yield what is published, byte for byte?

Every publication's canvass is recomputed in order and its digest compared (5.7); then every file of the last one
is made anew and compared with what stands there (5.8 to 5.10). One division is one piece of work, so that
an ``engine`` may spread them over processes.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
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

T = TypeVar("T")
R = TypeVar("R")


class Engine(Protocol):
    """A ``map`` that may use several processes; answers come in order."""

    def __call__(self, function: Callable[[T], R], items: Sequence[T], /) -> Iterable[R]:
        """``function`` of each item."""
        ...


@dataclass(frozen=True, slots=True)
class Compared:
    """One part of the manifest, compared: its digest, its paths, and what is wrong."""

    part: str
    digest: str
    paths: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Comparison:
    """Compares the files of one part as they are made."""

    read: Read
    digests: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def take(self, made: Iterable[File]) -> None:
        """Compares each file with the one that is published."""
        for path, data in made:
            self.digests[path] = sha256_hex(data)
            self._compare(path, data)

    def part(self, name: str) -> Compared:
        """The part with its own file of digests compared too."""
        data = encode({"files": self.digests})
        self._compare(part_path(name), data)
        paths = (*self.digests, part_path(name))
        return Compared(name, sha256_hex(data), paths, tuple(self.findings))

    def _compare(self, path: str, data: bytes) -> None:
        published = self.read(path)
        if published is None:
            self.findings.append(Finding("5.9", path))
        elif published != data:
            self.findings.append(Finding("5.8", path))


def check_publications(
    record: Record, pages: Pages, read: Read, engine: Engine, progress: Progress
) -> Generator[Finding, None, tuple[Edition, set[str]] | None]:
    """Checks what every publication states and every file of the last one.

    Gives the last edition and the paths that the record yields; None before the first publication.
    """
    publications = record.publications()
    if not publications:
        return None
    stated = publications[-1].publication
    fold = CanvassFold(record.register)
    edition, changes = fold.advance(record.until(stated.size), stated.instant)
    for _ in fold.rewrite(edition, changes):
        pass
    if fold.digests() != stated.canvasses:
        yield Finding("5.7", f"publication {stated.number}", {"number": stated.number})

    def check(work: tuple[int, str] | None) -> Compared:
        if work is None:
            return Compared("", "", (), tuple(_earlier_canvasses(record)))
        return _compare_division(edition, fold, pages, read, *work)

    parts = [(round_.number, name) for round_ in edition.rounds() for name in record.register.divisions]
    digests: dict[str, str] = {}
    paths: set[str] = {MANIFEST}
    for done, compared in enumerate(engine(check, [None, *parts])):
        yield from compared.findings
        paths.update(compared.paths)
        if compared.part:
            digests[compared.part] = compared.digest
        progress("files", done, len(parts))
    nation = _Comparison(read)
    nation.take(_nation_canvasses(edition, fold))
    nation.take(nation_files(edition, fold.digests()))
    nation.take(pages.nation(edition))
    nation.take(latest_tables(edition.record, edition))
    yield from nation.findings
    paths.update(nation.digests)
    manifest = encode({"files": nation.digests, "parts": digests})
    if sha256_hex(manifest) != stated.manifest:
        yield Finding("5.11", f"publication {stated.number}", {"number": stated.number})
    if read(MANIFEST) != manifest:
        yield Finding("5.8", MANIFEST)
    return edition, paths


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


def _compare_division(
    edition: Edition, fold: CanvassFold, pages: Pages, read: Read, round_: int, name: str
) -> Compared:
    comparison = _Comparison(read)
    for files in fold.files.values():
        if files.canvass.round == round_:
            comparison.take([(files.path(name), files.division_file(edition, name))])
    comparison.take(pages.division(edition, round_, name))
    for locality in edition.register.divisions[DivisionId(name)].localities:
        comparison.take(pages.locality(edition, round_, locality))
    return comparison.part(f"r{round_}/{name}")


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


def _nation_canvasses(edition: Edition, fold: CanvassFold) -> Iterator[File]:
    for files in fold.files.values():
        *_, nation = files.rewrite(edition, (), ())
        yield nation
