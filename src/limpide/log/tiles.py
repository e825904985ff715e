"""How does a tree of any size lie in static files? C2SP tlog-tiles.

A tile of level L holds at position i the root of 256^L leaves; a bundle holds 256 entries. Files are read
through a ``TileReader``; everything read is strict in its form, and what it says is checked against the tree.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from limpide import _kernel
from limpide.canonical import InvalidProof, NotCanonical
from limpide.log.merkle import EMPTY_ROOT, HASH_SIZE, MAX_SIZE, node_hash, split

WIDTH = 256
ENTRIES = -1
"""The level of entry bundles, below that of the leaf hashes."""
MAX_BYTES = 65_535
"""The largest entry that a bundle can hold. Spec 6.8."""
MAX_BUNDLE = WIDTH * (2 + MAX_BYTES)
MAX_LEVEL = 7
"""256^8 leaves are more than any size that is spoken of."""
_PATH = re.compile(r"tile/(entries|[0-7])/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")

TileReader = Callable[[str], bytes | None]
"""The bytes at a path below the log's address, or None where there is nothing."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One file: its level, its index within the level, and how many items it holds."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """``tile/<L>/<N>[.p/<W>]``. Spec 6.6."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{index_path(self.index)}{partial}"

    @property
    def full(self) -> "Tile":
        """The tile that takes this one's place when the log has grown."""
        return Tile(self.level, self.index)

    @classmethod
    def parse(cls, path: str) -> "Tile":
        """The tile whose path is ``path``; raises ``NotCanonical``."""
        match = _PATH.fullmatch(path)
        level, index, width = match.groups() if match else ("", "", None)
        if match:
            number = int(index.replace("/", "").replace("x", ""))
            tile = cls(ENTRIES if level == "entries" else int(level), number, int(width or WIDTH))
            # One tile, one path: no needless group of zeros, no .p/256.
            if tile.path == path:
                return tile
        raise NotCanonical("6.6", "not the path of a tile", subject=path[:80])


def index_path(index: int) -> str:
    """Groups of three digits, all but the last after an x: 1234067 is ``x001/x234/067``."""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    return "/".join(reversed(groups))


def tiles_of(size: int, since: int = 0) -> Iterator[Tile]:
    """Every tile of a log of this size that a log of size ``since`` does not have, bundles first, in order."""
    for level in range(ENTRIES, MAX_LEVEL + 1):
        unit = WIDTH ** max(level, 0)
        hashes, before = size // unit, since // unit
        if hashes == before:
            continue
        for index in range(before // WIDTH, -(-hashes // WIDTH)):
            yield Tile(level, index, min(WIDTH, hashes - index * WIDTH))


def right_edge(size: int) -> tuple[Tile, ...]:
    """The last hash tile of each level: what the root can be computed from. Spec 6.10."""
    hashes = (size // WIDTH**level for level in range(MAX_LEVEL + 1))
    return tuple(Tile(level, n // WIDTH, n % WIDTH) for level, n in enumerate(hashes) if n % WIDTH)


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """Each entry after its length, two bytes big-endian; raises ``NotCanonical`` for one that is too long."""
    if any(len(entry) > MAX_BYTES for entry in entries):
        raise NotCanonical("6.8", f"an entry above {MAX_BYTES} bytes", subject="entries")
    return b"".join([part for entry in entries for part in (len(entry).to_bytes(2), entry)])


def decode_entries(data: bytes, subject: str) -> list[bytes]:
    """The entries that fill these bytes exactly; raises ``NotCanonical``. Spec 6.8."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start])
        if at < start or at > len(data):
            raise NotCanonical("6.8", f"{subject} does not end with an entry", subject=subject)
        entries.append(data[start:at])
    return entries


def decode_bundle(data: bytes, tile: Tile) -> list[bytes]:
    """The entries of a bundle, exactly as many as its width; raises ``NotCanonical``. Spec 6.8."""
    entries = decode_entries(data[: MAX_BUNDLE + 1], tile.path)
    if len(entries) != tile.width:
        raise NotCanonical("6.8", f"{tile.path} does not hold {tile.width} entries", subject=tile.path)
    return entries


def read_tile(read: TileReader, tile: Tile) -> bytes:
    """The hashes of a tile; raises ``NotCanonical``, or ``InvalidProof`` when it is missing. Spec 6.7."""
    there, data = _read(read, tile)
    if len(data) != HASH_SIZE * there.width:
        raise NotCanonical("6.7", f"{there.path} does not hold {there.width} hashes", subject=there.path)
    return data[: HASH_SIZE * tile.width]


def read_bundle(read: TileReader, tile: Tile) -> list[bytes]:
    """The entries of a bundle; raises ``NotCanonical``, or ``InvalidProof`` when it is missing. Spec 6.8."""
    there, data = _read(read, tile)
    return decode_bundle(data, there)[: tile.width]


def _read(read: TileReader, tile: Tile) -> tuple[Tile, bytes]:
    # A log may drop a partial tile once the full one exists.
    for each in (tile, tile.full):
        data = read(each.path)
        if data is not None:
            return each, data
    raise InvalidProof("6.7", f"{tile.path} is missing", subject=tile.path)


def read_entries(read: TileReader, size: int, start: int, end: int) -> Iterator[bytes]:
    """Entries ``start`` to ``end`` (exclusive) of a log of this size, as the bundles have them."""
    for index in range(start // WIDTH, -(-end // WIDTH)):
        first = index * WIDTH
        entries = read_bundle(read, Tile(ENTRIES, index, min(WIDTH, size - first)))
        yield from entries[max(start - first, 0) : end - first]


@dataclass(frozen=True, slots=True)
class HashTiles:
    """The tree of ``size`` leaves whose hash tiles ``read`` gives."""

    read: TileReader
    size: int

    def root(self) -> bytes:
        """The root of the whole tree, from its right edge alone.

        What lies to the right of a level's last full node is a smaller tree: it stands as one more node.
        """
        if self.size == 0:
            return EMPTY_ROOT
        rest = b""
        for tile in right_edge(self.size):
            rest = _kernel.tree_root(read_tile(self.read, tile) + rest)
        return rest

    def subtree_root(self, start: int, end: int) -> bytes:
        """The hash of the node of leaves ``start`` to ``end`` (exclusive)."""
        leaves = end - start
        if not 0 <= start <= end <= self.size <= MAX_SIZE or start % (1 << max(leaves - 1, 0).bit_length()):
            raise InvalidProof("6.10", f"no node {start} to {end} of {self.size}", subject=f"{start}-{end}")
        if leaves == 0:
            return EMPTY_ROOT
        if leaves & (leaves - 1):
            middle = start + split(leaves)
            return node_hash(self.subtree_root(start, middle), self.subtree_root(middle, end))
        level, within = divmod(leaves.bit_length() - 1, 8)
        index, offset = divmod(start // WIDTH**level, WIDTH)
        hashes = self._tile(level, index)[HASH_SIZE * offset : HASH_SIZE * (offset + 2**within)]
        return _kernel.tree_root(hashes)

    def leaf_hash(self, index: int) -> bytes:
        """The leaf hash of one entry."""
        return self.subtree_root(index, index + 1)

    def _tile(self, level: int, index: int) -> bytes:
        width = min(WIDTH, self.size // WIDTH**level - index * WIDTH)
        return read_tile(self.read, Tile(level, index, width))
