"""What does the record yield, by this reader's own reckoning?

The reader's copy of the log, the record folded from it, and the files of its last publication. It is advanced from
whichever site shows the largest checkpoint, and believes nothing that it has not recomputed. Nothing of an
advance is written until ``keep``. Spec 9.1.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from limpide.canonical import Refused, sha256_hex
from limpide.log.check import check_growth
from limpide.log.checkpoint import CHECKPOINT, SignedCheckpoint
from limpide.log.growth import new_tiles
from limpide.log.tiles import TileReader
from limpide.record.definition import Register
from limpide.record.record import Record
from limpide.results.edition import Pages
from limpide.results.findings import Finding
from limpide.results.publication import MANIFEST, Publisher
from limpide.roles.fetching import FolderSource
from limpide.roles.folder import check_path, write_durably
from limpide.roles.following import Follower
from limpide.roles.server.station_pages import StationPages
from limpide.roles.watching.folding import Fold
from limpide.roles.watching.trust import Trust
from limpide.roles.watching.versions import Versions
from limpide.signing import VerifierKey
from limpide.site.pages import SitePages

Documents = Callable[[str], bytes | None]
_MOST_EARLIER = 20
"""Earlier publications that a new watcher makes, so that a site that is late is recognised as such."""


class Held:
    """A record in a folder of the reader's own. ``copy`` is laid out as the public root of a site is."""

    def __init__(
        self,
        root: Path,
        copy: Path,
        trust: Trust,
        *,
        pages: Callable[[Register], Pages] = SitePages,
        versions: Path | None = None,
    ) -> None:
        self.stage = root / "stage"
        for made in (root, copy, self.stage):
            made.mkdir(parents=True, exist_ok=True)
        self.trust = trust
        self.copy = FolderSource(copy)
        self.versions = Versions() if versions is None else Versions.load(versions)
        self.fold = Fold()
        self.key: VerifierKey | None = None
        self.publisher: Publisher | None = None
        self.pending: dict[str, bytes] = {}
        """Tiles and documents that have been checked and are not written yet."""
        self.made: dict[str, bytes] = {}
        """Files that the record yields and that are not written yet."""
        self._pages = pages
        self._number = 0
        self._follower: Follower | None = None
        self._stations: StationPages | None = None

    @property
    def record(self) -> Record | None:
        """The record so far, None before the first checkpoint."""
        return self.fold.record

    @property
    def signed(self) -> SignedCheckpoint | None:
        """The largest checkpoint that has been followed."""
        return self._follower.seen if self._follower is not None else None

    @property
    def size(self) -> int:
        """Its number of entries."""
        return self.signed.size if self.signed is not None else 0

    def resume(self) -> Iterator[Finding]:
        """Goes on from what an earlier run has kept. Entries whose documents are lost wait for a site with them."""
        kept = self.copy.read(CHECKPOINT)
        if kept is None:
            return
        self.advance(kept, self.copy.read)
        self.pending = {path: data for path, data in self.pending.items() if self.copy.read(path) != data}
        with suppress(Refused):
            yield from self.take(self.read_document)

    def read(self, path: str) -> bytes | None:
        """A tile or checkpoint of the reader's own copy."""
        return self.pending.get(path) or self.copy.read(path)

    def read_document(self, digest: str) -> bytes | None:
        """A document of the reader's own copy."""
        data = self.read(f"documents/{digest}")
        return data if data is not None and sha256_hex(data) == digest else None

    def open(self, checkpoint: bytes, read: TileReader) -> SignedCheckpoint:
        """The checkpoint that the log of this record signed; raises what is wrong with it."""
        if self.key is None:
            self.key = self.trust.find_key(checkpoint, read)
        return self.trust.open(checkpoint, self.key)

    def check_prefix(self, older: SignedCheckpoint) -> None:
        """A checkpoint no larger than ours is of our history; raises ``LogFork``."""
        assert self.signed is not None
        check_growth(self.read, older, self.signed)

    def advance(self, checkpoint: bytes, read: TileReader) -> None:
        """Follows the log to a larger checkpoint; raises ``LogFork`` or what is wrong with the tiles.

        The entries wait until ``take`` has their documents.
        """
        self.open(checkpoint, read)
        assert self.key is not None
        if self._follower is None:
            self._follower = Follower(lambda: None, read, self.key)
        before = self._follower.edge.size
        self._follower.checkpoint, self._follower.tiles = (lambda: checkpoint), read
        entries = self._follower.advance()
        if entries:
            self.pending |= dict(new_tiles(self.read, before, entries))
            self.pending[CHECKPOINT] = checkpoint
            self.fold.waiting += entries

    def take(self, documents: Documents) -> Iterator[Finding]:
        """Takes the entries that wait into the record; gives those that may not stand there.

        Raises ``Refused`` 9.6 for a document that cannot be done without and is not had: all wait for it.
        """
        for digest, needed in list(self.fold.documents()):
            if self.read_document(digest) is not None:
                continue
            data = documents(digest)
            if data is not None and sha256_hex(data) == digest:
                self.pending[f"documents/{digest}"] = data
            elif needed:
                raise Refused("9.6", f"document {digest} is missing", subject=f"documents/{digest}")
        yield from self.fold.advance(self.read_document)

    def publish(self, now: float, earliest: int) -> Iterator[Finding]:
        """Makes the files of each publication that the record has come to; gives those that state another.

        ``earliest`` is a size: a new watcher begins with the publication that precedes it.
        """
        record = self.record
        if record is None or record.latest is None:
            return
        for number in range(self._begin(record, earliest), record.latest.publication.number + 1):
            stated = record.publications()[number - 1].publication
            if self.publisher is None:
                self.publisher = Publisher(record.register, self._pages(record.register))
            made = self.publisher.advance(record.until(stated.size), stated.instant)
            if made.body.canvasses != stated.canvasses:
                yield Finding("5.7", f"publication {number}", {"number": number})
            elif made.body != stated:
                yield Finding("5.11", f"publication {number}", {"number": number})
            if number > self.versions.number:
                self.versions.take(number, now, {path: sha256_hex(data) for path, data in made.files.items()})
            self.made |= made.files
            self._number = number

    def _begin(self, record: Record, earliest: int) -> int:
        """The number of the first publication to make."""
        assert record.latest is not None
        latest = record.latest.publication.number
        if self.publisher is not None:
            return self._number + 1
        if self.versions.number:
            return min(self.versions.number, latest)
        covered = sum(published.entry < earliest for published in record.publications())
        # the one before as well: its files may still be in their places
        return max(covered - 1, latest - _MOST_EARLIER, 1)

    def keep(self) -> None:
        """Writes what has been advanced: tiles and documents, the checkpoint, files, the manifest. Spec 9.12."""
        log = sorted(self.pending, key=lambda path: path == CHECKPOINT)
        for path in log:
            self._place(path, self.pending[path], durably=True)
        self.pending.clear()
        for path in sorted(self.made, key=lambda path: (path == MANIFEST, path.startswith("manifest/"))):
            if self.copy.read(path) != self.made[path]:
                # made again from the record at the next start: these need not be synchronised one by one
                self._place(path, self.made[path], durably=False)
        self.made.clear()

    def _place(self, path: str, data: bytes, *, durably: bool) -> None:
        target = self.copy.root / check_path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if durably:
            write_durably(target, data, self.stage)
            return
        staged = self.stage / "file"
        staged.write_bytes(data)
        staged.replace(target)

    def nation(self) -> list[str]:
        """The paths that every publication rewrites, without the tables."""
        parts = self.publisher.parts if self.publisher is not None else {}
        return [MANIFEST, *(path for path in parts.get("", ()) if not path.endswith(".csv"))] if parts else []

    def yields(self, path: str) -> bool:
        """Does the record yield a published file at this path?"""
        return path in self.versions.paths

    def expected(self, path: str) -> bytes | None:
        """The bytes that the last publication yields at a path, if it yields any."""
        return self.made.get(path) or self.copy.read(path) if self.yields(path) else None

    def station(self, path: str, back: int = 0) -> bytes | None:
        """The page of a station that is made on request, ``back`` publications ago; None for any other path."""
        record = self.record
        if record is None or len(record.publications()) <= back:
            return None
        if self._stations is None:
            self._stations = StationPages(SitePages(record.register))
        return self._stations.render(record.until(record.publications()[-1 - back].entry + 1), path)
