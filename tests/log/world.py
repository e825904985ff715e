"""A log under test, and the stranger who checks it after every step."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from limpide.canonical import LimpideError, Refused
from limpide.log.check import check_growth, tile_faults
from limpide.log.checkpoint import CHECKPOINT, SignedCheckpoint, open_checkpoint
from limpide.log.sequencer import Promise, Sequencer
from limpide.log.storage import Folder, no_fault
from limpide.log.tiles import read_entries
from limpide.signing import Signer

SIGNER = Signer("example.org/log", bytes(range(32)))


@dataclass
class Recorder:
    """A judge that remembers what it took in, and refuses what begins with "no"."""

    taken: list[bytes] = field(default_factory=list)
    restored: int = 0

    def restore(self, entries: Iterable[bytes]) -> None:
        self.taken = list(entries)
        self.restored += 1

    def admit(self, entries: Sequence[bytes]) -> Sequence[LimpideError | None]:
        verdicts = [Refused("4.1", "no") if entry.startswith(b"no") else None for entry in entries]
        self.taken += [entry for entry, verdict in zip(entries, verdicts, strict=True) if verdict is None]
        return verdicts


@dataclass
class World:
    """What was promised and what was seen, kept outside the log."""

    folder: Path
    promised: dict[bytes, int] = field(default_factory=dict)
    seen: list[SignedCheckpoint] = field(default_factory=list)

    @property
    def public(self) -> Path:
        return self.folder / "public"

    @property
    def state(self) -> Path:
        return self.folder / "private" / "state"

    @property
    def register(self) -> Path:
        return self.folder / "elsewhere" / "register"

    def create(self) -> "World":
        Sequencer.create(self.public, self.state, SIGNER)
        self.open().close()
        return self

    def open(self, fault: Callable[[str], None] = no_fault) -> Sequencer:
        return Sequencer.open(self.public, self.state, SIGNER, Recorder(), register=self.register, fault=fault)

    def submit(self, log: Sequencer, entries: Sequence[bytes]) -> None:
        """Submits, and remembers every promise; a promise never changes."""
        for entry, answer in zip(entries, log.submit(entries), strict=True):
            if isinstance(answer, Promise):
                assert self.promised.setdefault(entry, answer.index) == answer.index
            else:
                assert entry.startswith(b"no")

    def check(self) -> SignedCheckpoint:
        """The public files are one log that begins with every checkpoint seen so far, and keeps its promises."""
        read = Folder(self.public).read
        published = read(CHECKPOINT)
        assert published is not None
        signed = open_checkpoint(published, SIGNER.key)
        assert not list(tile_faults(read, signed.size, signed.root))
        for old in self.seen:
            check_growth(read, old, signed)
        if not self.seen or self.seen[-1] != signed:
            self.seen.append(signed)
        entries = list(read_entries(read, signed.size, 0, signed.size))
        assert len(set(entries)) == len(entries)
        for entry, index in self.promised.items():
            assert index >= signed.size or entries[index] == entry
        return signed

    def settle(self) -> None:
        """Starts again; whatever was promised is now public."""
        log = self.open()
        log.integrate()
        assert list(log.entries(0, log.size)) == log._judge.taken  # type: ignore[attr-defined]
        log.close()
        assert self.check().size >= len(self.promised)
