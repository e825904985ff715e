"""Is the log whole, and does it say what its checkpoint signs?

Every entry is hashed, every hash tile compared with the tree over the entries, and the root with the
checkpoint. Spec 6.20 to 6.23.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass

from limpide import _kernel
from limpide.canonical import LimpideError
from limpide.log.checkpoint import SignedCheckpoint, open_checkpoint
from limpide.log.merkle import EMPTY_ROOT, HASH_SIZE
from limpide.log.tiles import ENTRIES, WIDTH, Tile, read_bundle, read_tile
from limpide.record.definition import Definition
from limpide.record.events import SignedEvent, decode_event
from limpide.results.findings import Finding, fault
from limpide.signing import VerifierKey

Read = Callable[[str], bytes | None]
Progress = Callable[[str, int, int], None]
"""Called with a stage, what is done of it and how much there is."""


@dataclass(frozen=True, slots=True)
class LogReading:
    """The entries that a log yields; None where an entry cannot be read or is not the one in the tree."""

    signed: SignedCheckpoint
    key: VerifierKey
    definition: SignedEvent
    entries: list[bytes | None]
    leaves: bytes
    """Leaf hashes of the entries as read."""


def read_log(read: Read, progress: Progress) -> Generator[Finding, None, LogReading | None]:
    """Reads and checks a whole log; None when its beginning or its checkpoint cannot be used at all."""
    opened = yield from _open(read)
    if opened is None:
        return None
    signed, key, definition = opened
    entries: list[bytes | None] = []
    leaves: list[bytes] = []
    for first in range(0, signed.size, WIDTH):
        progress("log", first, signed.size)
        width = min(WIDTH, signed.size - first)
        hashes = yield from _leaf_tile(read, first, width)
        bundle = yield from _bundle(read, first, width)
        computed = _kernel.leaf_hashes(bundle) if bundle is not None else hashes or bytes(HASH_SIZE * width)
        leaves.append(computed)
        for offset in range(width):
            at = slice(HASH_SIZE * offset, HASH_SIZE * (offset + 1))
            same = hashes is not None and computed[at] == hashes[at]
            if bundle is not None and hashes is not None and not same:
                yield Finding("6.20", f"entry {first + offset}", {"index": first + offset})
            entries.append(bundle[offset] if bundle is not None and (same or hashes is None) else None)
    yield from _check_tree(read, signed, b"".join(leaves))
    progress("log", signed.size, signed.size)
    return LogReading(signed, key, definition, entries, b"".join(leaves))


def _open(read: Read) -> Generator[Finding, None, tuple[SignedCheckpoint, VerifierKey, SignedEvent] | None]:
    """The checkpoint under the key that the definition names, which is the first entry."""
    data = read("checkpoint")
    if data is None:
        yield Finding("6.23", "checkpoint", {"reason": "missing"})
        return None
    definition = None
    for width in (WIDTH, *_widths(data)):
        try:
            entries = read_bundle(read, Tile(ENTRIES, 0, width))
            definition = decode_event(entries[0])
            break
        except LimpideError as error:
            problem = fault(error, "entry 0")
    if definition is None or not isinstance(definition.body, Definition):
        yield problem if definition is None else Finding("4.1", "entry 0", {"reason": definition.kind})
        return None
    try:
        key = VerifierKey.parse(definition.body.log)
        return open_checkpoint(data, key), key, definition
    except LimpideError as error:
        yield fault(error, "checkpoint")
        return None


def _widths(checkpoint: bytes) -> tuple[int, ...]:
    """The width of the first bundle by a checkpoint that nobody has verified yet."""
    lines = checkpoint.split(b"\n", 2)
    size = lines[1] if len(lines) > 1 else b""
    fits = size.isdigit() and len(size) < 4 and 0 < int(size) < WIDTH  # noqa: PLR2004 - below 256
    return (int(size),) if fits else ()


def _leaf_tile(read: Read, first: int, width: int) -> Generator[Finding, None, bytes | None]:
    tile = Tile(0, first // WIDTH, width)
    try:
        return read_tile(read, tile)
    except LimpideError as error:
        yield fault(error, tile.path)
        return None


def _bundle(read: Read, first: int, width: int) -> Generator[Finding, None, list[bytes] | None]:
    tile = Tile(ENTRIES, first // WIDTH, width)
    try:
        return read_bundle(read, tile)
    except LimpideError as error:
        yield fault(error, tile.path)
        return None


def _check_tree(read: Read, signed: SignedCheckpoint, leaves: bytes) -> Generator[Finding, None, None]:
    """Every hash tile above the leaves, and the root."""
    level, hashes = 0, leaves
    while len(hashes) >= HASH_SIZE * WIDTH:
        level, hashes = level + 1, _kernel.tile_roots(hashes)
        for index in range(0, len(hashes), HASH_SIZE * WIDTH):
            expected = hashes[index : index + HASH_SIZE * WIDTH]
            tile = Tile(level, index // (HASH_SIZE * WIDTH), len(expected) // HASH_SIZE)
            try:
                if read_tile(read, tile) != expected:
                    yield Finding("6.21", tile.path)
            except LimpideError as error:
                yield fault(error, tile.path)
    root = _kernel.tree_root(leaves) if leaves else EMPTY_ROOT
    if root != signed.root:
        yield Finding("6.22", "checkpoint", {"size": signed.size})
