"""Do these tiles hold the tree of this checkpoint, and did it only grow?"""

from collections.abc import Callable, Generator, Iterator

from limpide import _kernel
from limpide.canonical import InvalidProof, LimpideError, LogFork
from limpide.log.checkpoint import SignedCheckpoint
from limpide.log.merkle import HASH_SIZE
from limpide.log.tiles import ENTRIES, WIDTH, HashTiles, Tile, TileReader, read_bundle, read_tile, tiles_of

Take = Callable[[Tile, list[bytes] | None], None]
"""Given each bundle's entries as they are read, None for one that cannot be."""


def tile_faults(
    read: TileReader, size: int, root: bytes, take: Take = lambda _tile, _entries: None
) -> Iterator[LimpideError]:
    """Everything in which the tiles of a log differ from the tree of this root. Spec 6.7, 6.8, 6.20 to 6.22.

    Every bundle and every hash tile is read once; each level is compared with what the level below says.
    """
    below = bytearray()
    for tile in tiles_of(size):
        if tile.level == ENTRIES:
            below += yield from _bundle(read, tile, take)
            continue
        if tile.level and tile.index == 0:
            below = bytearray(_kernel.tile_roots(bytes(below)))
        at = slice(HASH_SIZE * WIDTH * tile.index, HASH_SIZE * (WIDTH * tile.index + tile.width))
        yield from _hash_tile(read, tile, bytes(below[at]))
    try:
        if HashTiles(read, size).root() != root:
            yield InvalidProof("6.22", "the root of the tiles is another", subject=str(size), size=size)
    except LimpideError:
        return  # the tile that cannot be read has been named


def check_growth(read: TileReader, old: SignedCheckpoint, new: SignedCheckpoint) -> None:
    """The log of the new checkpoint, whose tiles these are, begins with that of the old one. Spec 6.14.

    Raises ``LogFork`` when it was shortened or rewritten.
    """
    subject = f"{old.size} -> {new.size}"
    if old.checkpoint.origin != new.checkpoint.origin:
        raise LogFork("6.14", "two logs of different origins", subject=subject)
    if new.size < old.size:
        raise LogFork("6.14", f"the log had {old.size} entries and shows {new.size}", subject=subject)
    if HashTiles(read, new.size).subtree_root(0, old.size) != old.root:
        raise LogFork("6.14", f"the first {old.size} entries are not those that were signed", subject=subject)


def _bundle(read: TileReader, tile: Tile, take: Take) -> Generator[LimpideError, None, bytes]:
    """The leaf hashes of a bundle; those of the hash tile where it cannot be read."""
    try:
        entries = read_bundle(read, tile)
    except LimpideError as fault:
        yield fault
        take(tile, None)
    else:
        take(tile, entries)
        return _kernel.leaf_hashes(entries)
    try:
        return read_tile(read, Tile(0, tile.index, tile.width))
    except LimpideError:
        return bytes(HASH_SIZE * tile.width)


def _hash_tile(read: TileReader, tile: Tile, computed: bytes) -> Iterator[LimpideError]:
    try:
        hashes = read_tile(read, tile)
    except LimpideError as fault:
        yield fault
        return
    for position in range(tile.width if hashes != computed else 0):
        at = slice(HASH_SIZE * position, HASH_SIZE * (position + 1))
        if hashes[at] == computed[at]:
            continue
        if tile.level == 0:
            entry = tile.index * WIDTH + position
            yield InvalidProof("6.20", f"entry {entry} is not that of {tile.path}", subject=str(entry), index=entry)
        else:
            yield InvalidProof("6.21", f"{tile.path} is not computed from the level below", subject=tile.path)
