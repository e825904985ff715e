"""What has the log come to since we last looked, and what record do its entries make?

A follower reads what every reader reads: the signed checkpoint and the entry bundles. It keeps the right edge of
the tree, so that each new checkpoint is proved to extend the one before at the cost of its new entries.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from limpide import _kernel
from limpide.canonical import LogFork
from limpide.log.checkpoint import SignedCheckpoint, open_checkpoint
from limpide.log.merkle import EMPTY_ROOT, HASH_SIZE, node_hash
from limpide.log.tiles import TileReader, read_entries
from limpide.record.admission import Documents, VerifiedEvent, admit, open_record, verify_events
from limpide.record.events import decode_event
from limpide.record.record import Record
from limpide.signing import VerifierKey

BATCH = 2048
"""Entries whose signatures are checked in one call of the kernel."""
CheckpointReader = Callable[[], bytes | None]


def replay(record: Record | None, entries: Iterable[bytes], documents: Documents) -> Record | None:
    """The record with these entries, each decoded, verified and admitted; None when there is none at all.

    Raises what refuses an entry, which no entry of a log that this program admitted does.
    """
    for batch in _batches(entries):
        events = [decode_event(entry) for entry in batch]
        if record is None:
            record = open_record(events.pop(0), documents)
        for verified in verify_events(record, events):
            if not isinstance(verified, VerifiedEvent):
                raise verified
            record = admit(record, verified, documents)
    return record


@dataclass(frozen=True, slots=True)
class RightEdge:
    """A Merkle tree of which only the perfect subtrees on its right edge are kept."""

    size: int = 0
    nodes: tuple[bytes, ...] = ()
    """Roots of the perfect subtrees, left to right: one for each binary digit 1 of ``size``."""

    def extended(self, leaf_hashes: bytes) -> "RightEdge":
        """The tree with more leaves."""
        nodes, size = list(self.nodes), self.size
        for at in range(0, len(leaf_hashes), HASH_SIZE):
            node, full = leaf_hashes[at : at + HASH_SIZE], size
            while full & 1:
                node, full = node_hash(nodes.pop(), node), full >> 1
            nodes.append(node)
            size += 1
        return RightEdge(size, tuple(nodes))

    def root(self) -> bytes:
        """The root of the tree."""
        if not self.nodes:
            return EMPTY_ROOT
        *rest, root = self.nodes
        for node in reversed(rest):
            root = node_hash(node, root)
        return root


@dataclass(slots=True, eq=False)
class Follower:
    """Reads a growing log; refuses one that shrinks or forks."""

    checkpoint: CheckpointReader
    tiles: TileReader
    key: VerifierKey
    edge: RightEdge = RightEdge()
    seen: SignedCheckpoint | None = None

    def advance(self) -> Sequence[bytes]:
        """The entries that a newer checkpoint has added, proved to be those that the log signed.

        Raises ``LogFork`` for a smaller tree, or another tree under what has been seen.
        """
        data = self.checkpoint()
        if data is None or (self.seen is not None and data == self.seen.encode()):
            return ()
        signed = open_checkpoint(data, self.key)
        if signed.size < self.edge.size:
            raise LogFork(
                "6.14", f"the log shrank from {self.edge.size} to {signed.size}", subject=str(signed.size)
            )
        entries = list(read_entries(self.tiles, signed.size, self.edge.size, signed.size))
        edge = self.edge.extended(_kernel.leaf_hashes(entries))
        if edge.root() != signed.root:
            raise LogFork(
                "6.14", f"the entries are not those of checkpoint {signed.size}", subject=str(signed.size)
            )
        self.edge, self.seen = edge, signed
        return entries


def _batches(entries: Iterable[bytes]) -> Iterator[list[bytes]]:
    source = iter(entries)
    while batch := list(islice(source, BATCH)):
        yield batch
