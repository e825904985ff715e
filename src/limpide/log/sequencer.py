"""How does an entry enter the log, so that nothing accepted is lost and no second history is signed?

One writer. ``submit`` judges entries and makes them durable in the state, many at once: that is the promise.
``integrate`` puts what was promised into tiles and signs the next checkpoint. After a write whose outcome is
unknown everything is read again; that recovery is the normal start.
"""

import threading
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from limpide import _kernel
from limpide.canonical import LimpideError, LogFork, Refused
from limpide.log.checkpoint import CHECKPOINT, SignedCheckpoint, add_lines, sign_checkpoint
from limpide.log.growth import check_past, new_tiles
from limpide.log.judge import Judge
from limpide.log.merkle import EMPTY_ROOT, HASH_SIZE, Node, consistency_nodes, inclusion_nodes
from limpide.log.proof import TlogProof
from limpide.log.state import State, WriterLock, create_state, sqlite_engine
from limpide.log.storage import Fault, Folder, no_fault, read_file, replace_file
from limpide.log.tiles import MAX_BYTES, WIDTH, HashTiles, Tile, TileReader, read_entries, read_tile, tiles_of
from limpide.signing import SignatureLine, Signer


@dataclass(frozen=True, slots=True)
class Promise:
    """The entry is durable and has its place. The same bytes get the same promise."""

    index: int
    leaf: bytes
    repeated: bool = False


Answer = Promise | LimpideError


@dataclass(slots=True, eq=False)
class _Ticket:
    """What one caller has submitted, until it is answered, or its write has failed."""

    entries: Sequence[bytes]
    answers: Sequence[Answer] = ()
    done: bool = False


@dataclass(slots=True)
class _Pool:
    """What has been accepted and is not yet in a checkpoint."""

    start: int
    entries: list[bytes] = field(default_factory=list)

    @property
    def end(self) -> int:
        return self.start + len(self.entries)


class Sequencer:
    """The one writer of a log. Thread-safe.

    ``_writing`` guards the pool, the judge and the state; ``_integrating``, taken before it, guards the tiles and
    the checkpoint. So entries are accepted while tiles are written.
    """

    _latest: SignedCheckpoint
    _cosigned: SignedCheckpoint
    _pool: _Pool

    def __init__(
        self, folder: Folder, state: State, register: Path | None, signer: Signer, judge: Judge, opened: ExitStack
    ) -> None:
        self._folder, self._state, self._register = folder, state, register
        self._signer, self._judge = signer, judge
        self._arrived: list[_Ticket] = []
        self._arriving, self._writing, self._integrating = threading.Lock(), threading.RLock(), threading.RLock()
        # The outcome of a write is unknown, or nothing has been read yet.
        self._in_doubt = True
        # How many entries the judge has taken in; None when that is unknown.
        self._judged: int | None = None
        self._completed: list[Tile] = []
        # Where each leaf is, so that the same bytes get the same answer. It follows from tiles and pool.
        self._index: dict[bytes, int] = {}
        self._settle()
        self._opened = opened.pop_all()

    @classmethod
    def create(cls, public: Path, state: Path, signer: Signer) -> None:
        """A log without entries. Raises ``Refused`` where there is one, or the remains of one. Spec 6.19."""
        for path in (state, public / CHECKPOINT, public / "tile"):
            if path.exists():
                raise Refused("6.19", f"{path.name} exists: a log is created once", subject=path.name)
        public.mkdir(parents=True, exist_ok=True)
        state.parent.mkdir(parents=True, exist_ok=True)
        empty = sign_checkpoint(0, EMPTY_ROOT, signer)
        create_state(state, empty, signer.key)
        with closing(Folder(public)) as folder:
            folder.replace(CHECKPOINT, empty.encode())

    @classmethod
    def open(
        cls,
        public: Path,
        state: Path,
        signer: Signer,
        judge: Judge,
        *,
        register: Path | None = None,
        fault: Fault = no_fault,
    ) -> Self:
        """The log as it was left, whatever interrupted it. Spec 6.17, 6.18.

        ``register`` is a file elsewhere, best on another disk, that remembers the last checkpoint: with it, an old
        copy of state and folder together is noticed too. It is made where it is missing.

        Raises ``Refused`` where there is none, ``LogFork`` where another writes it, or where going on could sign
        a second history: the state and the public folder are not of the same past.
        """
        if not state.is_file():
            raise Refused("6.19", f"{state.name} is missing: a log is never recreated", subject=state.name)
        with ExitStack() as stack:
            stack.enter_context(closing(WriterLock(state.with_name(state.name + ".lock"))))
            store = stack.enter_context(closing(State(sqlite_engine(state), signer.key, fault)))
            folder = stack.enter_context(closing(Folder(public, fault)))
            return cls(folder, store, register, signer, judge, stack)

    @property
    def checkpoint(self) -> SignedCheckpoint:
        """The latest checkpoint."""
        return self._latest

    @property
    def size(self) -> int:
        """How many entries have been accepted, in tiles or not."""
        return self._pool.end

    @property
    def read(self) -> TileReader:
        """Reads the public files."""
        return self._folder.read

    def submit(self, entries: Sequence[bytes]) -> Sequence[Answer]:
        """For each entry its promise, or why it was refused. What is promised is durable. Spec 6.15, 6.16.

        Whoever comes first writes for all who wait. Raises ``Refused`` when the store failed: then nothing is
        promised, and the same bytes may be submitted again.
        """
        ticket = _Ticket(entries)
        with self._arriving:
            self._arrived.append(ticket)
        try:
            while not ticket.done:
                self._settle()
                with self._writing:
                    if not ticket.done and not self._in_doubt:
                        self._answer_all()
        finally:
            with self._arriving:
                self._arrived = [each for each in self._arrived if each is not ticket]
        if len(ticket.answers) != len(entries):
            raise Refused("6.15", "the log could not write; submit again", subject="store")
        return ticket.answers

    def integrate(self) -> SignedCheckpoint:
        """The checkpoint of all that was accepted; the latest one if nothing was. Spec 6.16."""
        self._settle()
        with self._integrating:
            with self._writing:
                batch = self._pool.entries[:]
            if batch:
                with self._unless_it_fails():
                    self._publish(batch)
            return self._latest

    def keep_cosignatures(self, signed: SignedCheckpoint, lines: Sequence[SignatureLine]) -> None:
        """Puts a witness's verified lines under a checkpoint; publishes it again while it is the latest."""
        self._settle()
        with self._integrating:
            latest = self._latest
            same = (signed.size, signed.root) == (latest.size, latest.root)
            cosigned = add_lines(latest if same else signed, tuple(lines))
            with self._unless_it_fails():
                with self._writing:
                    self._state.keep_cosigned(cosigned)
                self._cosigned = cosigned if cosigned.size >= self._cosigned.size else self._cosigned
                if same:
                    self._latest = cosigned
                    self._folder.replace(CHECKPOINT, cosigned.encode())

    def find(self, leaf: bytes) -> int | None:
        """The index of the entry of this leaf hash."""
        return self._index.get(leaf)

    def entries(self, start: int, end: int) -> Iterator[bytes]:
        """Entries ``start`` to ``end`` (exclusive), in tiles or not."""
        with self._writing:
            size = self._pool.start
            waiting = self._pool.entries[max(start - size, 0) : max(end - size, 0)]
        return chain(read_entries(self.read, size, start, min(end, size)) if start < size else (), waiting)

    def proof(self, index: int) -> bytes:
        """The proof file of an entry, against the last cosigned checkpoint that holds it. Spec 6.12.

        Raises ``Refused`` while no checkpoint holds it.
        """
        cosigned, latest = self._cosigned, self._latest
        signed = cosigned if index < cosigned.size else latest
        if not 0 <= index < signed.size:
            raise Refused("6.12", f"entry {index} is not in a checkpoint yet", subject=str(index))
        hashes = self._roots(inclusion_nodes(index, signed.size))
        return TlogProof(index=index, hashes=hashes, checkpoint=signed.note).encode()

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """The proof that the tree of size ``new`` begins with that of size ``old``."""
        return self._roots(consistency_nodes(old, new))

    def close(self) -> None:
        """Lets another process write this log. Writes nothing: a sequencer may be killed at any time."""
        self._opened.close()

    def _roots(self, nodes: Sequence[Node]) -> tuple[bytes, ...]:
        tree = HashTiles(self.read, self._latest.size)
        return tuple(tree.subtree_root(start, end) for start, end in nodes)

    def _answer_all(self) -> None:
        """One transaction for all who wait."""
        with self._arriving:
            tickets, self._arrived = self._arrived, []
        try:
            with self._unless_it_fails(judged=True):
                answers, new = self._decide([entry for ticket in tickets for entry in ticket.entries])
                if new:
                    self._state.accept(self._pool.end, list(new.values()))
                    self._pool.entries += new.values()
                    self._take_in(new)
            for ticket in tickets:
                ticket.answers, answers = answers[: len(ticket.entries)], answers[len(ticket.entries) :]
        finally:
            for ticket in tickets:
                ticket.done = True

    def _decide(self, submitted: Sequence[bytes]) -> tuple[list[Answer], dict[bytes, bytes]]:
        """An answer for each entry, and the entries that the judge has taken in, by leaf, in order."""
        leaves = _split(_kernel.leaf_hashes(submitted))
        answers: dict[bytes, Answer] = {}
        new: dict[bytes, bytes] = {}
        for leaf, entry in zip(leaves, submitted, strict=True):
            if (at := self._index.get(leaf)) is not None:
                answers[leaf] = Promise(at, leaf, repeated=True)
            elif len(entry) > MAX_BYTES:
                answers[leaf] = Refused("6.1", f"{len(entry)} bytes are no entry", subject="size")
            else:
                new[leaf] = entry
        position = self._pool.end
        for leaf, refusal in zip(list(new), self._judge.admit(list(new.values())), strict=True):
            if refusal is None:
                answers[leaf] = Promise(position, leaf)
                position += 1
            else:
                answers[leaf] = refusal
                del new[leaf]
        return [answers[leaf] for leaf in leaves], new

    def _take_in(self, new: Collection[bytes]) -> None:
        """These leaves are durable, at the end of the log."""
        self._index.update(zip(new, count(self._pool.end - len(new))))
        self._judged = self._pool.end

    def _publish(self, batch: Sequence[bytes]) -> None:
        """The next checkpoint, over the tiles and this batch, with which the pool begins."""
        size = self._latest.size
        new = self._sign(size, batch)
        with self._writing:
            self._state.advance(self._latest, new)
            self._latest = new
            self._pool = _Pool(new.size, self._pool.entries[len(batch) :])
        self._remember(new)
        self._folder.replace(CHECKPOINT, new.encode())
        # The partial tiles of what was completed one checkpoint ago: readers of that one have the full tile.
        self._folder.drop_partials(self._completed)
        self._completed = [tile for tile in tiles_of(new.size, size) if tile.width == WIDTH]

    def _remember(self, signed: SignedCheckpoint) -> None:
        """Before it is published, so that no reader has seen more than the register."""
        if self._register is not None and read_file(self._register) != signed.encode():
            self._folder.fault("before register")
            replace_file(self._register, signed.encode())
            self._folder.fault("after register")

    def _sign(self, size: int, batch: Sequence[bytes]) -> SignedCheckpoint:
        """The checkpoint over tiles that are durable. The previous root is recomputed from the disk first."""
        if HashTiles(self.read, size).root() != self._latest.root:
            raise LogFork("6.18", "the tiles are not those of the last checkpoint", subject=str(size))
        self._folder.write_tiles(new_tiles(self.read, size, batch))
        new = size + len(batch)
        return sign_checkpoint(new, HashTiles(self.read, new).root(), self._signer)

    def _settle(self) -> None:
        """Reads everything again if the outcome of a write is unknown. The normal start is this."""
        if not self._in_doubt:
            return
        with self._integrating, self._writing, self._unless_it_fails():
            if not self._in_doubt:
                return
            self._state.check_writer()
            self._latest, self._cosigned = self._state.latest(), self._state.cosigned()
            self._pool = _Pool(self._latest.size, self._state.pending(self._latest.size))
            check_past(self._folder, self._register, self._latest, self._pool.entries, self._signer.key)
            self._index = dict(zip(self._leaves(), count()))
            if self._judged != self._pool.end:
                self._judged = None
                self._judge.restore(self.entries(0, self._pool.end))
                self._judged = self._pool.end
            # A crash between the compare-and-swap and the publication ends here.
            self._remember(self._latest)
            if self.read(CHECKPOINT) != self._latest.encode():
                self._folder.replace(CHECKPOINT, self._latest.encode())
            self._in_doubt = False

    def _leaves(self) -> Iterator[bytes]:
        for tile in tiles_of(self._pool.start):
            if tile.level == 0:
                yield from _split(read_tile(self.read, tile))
        yield from _split(_kernel.leaf_hashes(self._pool.entries))

    @contextmanager
    def _unless_it_fails(self, *, judged: bool = False) -> Generator[None]:
        """Whatever interrupts a write leaves its outcome unknown; so does what the judge took in for it."""
        known = self._judged
        if judged:
            self._judged = None
        try:
            yield
            if judged and self._judged is None:
                self._judged = known  # nothing was taken in
        except (OSError, SQLAlchemyError) as error:
            self._in_doubt = True
            raise Refused("6.15", f"the log could not write: {type(error).__name__}", subject="store") from error
        except BaseException:
            self._in_doubt = True
            raise


def _split(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
