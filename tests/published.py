"""What can a stranger fetch? A tiny election with its log, documents and published files, in memory.

``world.check()`` is the public verifier on exactly that. A scenario acts, then checks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from election import LOG, Night, signer
from limpide import _kernel
from limpide.log.checkpoint import sign_checkpoint
from limpide.log.growth import new_tiles
from limpide.record.events import SignedEvent
from limpide.results.edition import Edition, File
from limpide.results.publication import Publisher
from limpide.results.verification import Expectations, Verification, verify


class PlainPages:
    """Pages for tests of everything but pages: one line a page."""

    def nation(self, edition: Edition) -> Iterator[File]:
        """The number of the edition, and nothing else."""
        yield "index.html", f"edition {edition.number}\n".encode()

    def division(self, edition: Edition, round_: int, division: str) -> Iterator[File]:
        """The sums of a division."""
        for contest, canvass in edition.contests(round_):
            area = canvass.area(division)
            text = f"{contest.id} {area.totals.vector} {edition.changed_in(area)}\n"
            yield f"r{round_}/{division}.html", text.encode()

    def locality(self, edition: Edition, round_: int, locality: str) -> Iterator[File]:
        """The sums of a locality."""
        for contest, canvass in edition.contests(round_):
            area = canvass.area(locality)
            text = f"{contest.id} {area.totals.vector} {edition.changed_in(area)}\n"
            yield f"r{round_}/{locality}.html", text.encode()


@dataclass(slots=True)
class World:
    """A night, and what its server shows."""

    night: Night
    publisher: Publisher = field(init=False)
    files: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begins with nothing published."""
        self.publisher = Publisher(self.night.record.register, PlainPages())

    @classmethod
    def counting(cls, night: Night | None = None) -> "World":
        """Round 1 is open, counting has begun, nobody has reported."""
        world = cls(night or Night.begin())
        world.night.commit_roll()
        world.night.open()
        world.publish()
        return world

    def publish(self, instant: str | None = None) -> SignedEvent:
        """Makes an edition of the record, states it in the log and puts its files in place."""
        made = self.publisher.advance(self.night.record, instant or self.night._next_instant())
        event = self.night.try_(made.body, LOG)
        self.files.update(made.files)
        return event

    def fetch(self) -> dict[str, bytes]:
        """Every file by its path: the log as it is now, the documents, what was published."""
        entries, documents = self.night.bundle()
        named = {f"documents/{digest}": data for digest, data in documents.items()}
        return {**log_files(entries), **named, **self.files}

    def check(self, expected: Expectations | None = None, *, every_publication: bool = True) -> Verification:
        """The public verifier on what a stranger can fetch."""
        return check(self.fetch(), expected or self.expectations(), every_publication=every_publication)

    def expectations(self) -> Expectations:
        """What stands on the posters."""
        return Expectations(fingerprint=self.night.record.event(0).id.hex())


@dataclass(frozen=True, slots=True)
class Files:
    """A source in memory."""

    files: Mapping[str, bytes]

    def read(self, path: str) -> bytes | None:
        """The bytes at a path."""
        return self.files.get(path)

    def listing(self) -> Iterator[str]:
        """Every path."""
        return iter(self.files)


def check(files: Mapping[str, bytes], expected: Expectations, *, every_publication: bool = False) -> Verification:
    """The public verifier on some files."""
    return verify(Files(files), lambda _: PlainPages(), expected, every_publication=every_publication)


def log_files(entries: list[bytes]) -> dict[str, bytes]:
    """The checkpoint and tiles of a log that holds those entries."""
    files = dict(new_tiles(lambda _: None, 0, entries))
    root = _kernel.tree_root(_kernel.leaf_hashes(entries))
    files["checkpoint"] = sign_checkpoint(len(entries), root, signer(LOG)).encode()
    return files
