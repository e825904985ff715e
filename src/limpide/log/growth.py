"""By which files does a log grow, and are the files that lie there of its own past?"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from limpide import _kernel
from limpide.canonical import LimpideError, LogFork, NotCanonical
from limpide.log.check import check_growth, tile_faults
from limpide.log.checkpoint import CHECKPOINT, SignedCheckpoint, open_checkpoint
from limpide.log.merkle import HASH_SIZE
from limpide.log.storage import Folder, read_file
from limpide.log.tiles import (
    ENTRIES,
    WIDTH,
    Tile,
    TileReader,
    encode_entries,
    read_bundle,
    read_tile,
    tiles_of,
)
from limpide.signing import VerifierKey


def new_tiles(read: TileReader, size: int, batch: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """The files by which a log of this size grows by a batch: bundles, then hash tiles from the leaves up."""
    level, start, items = ENTRIES, size, b""
    partial = size % WIDTH
    bundle = read_bundle(read, Tile(ENTRIES, size // WIDTH, partial)) if partial else []
    entries = [*bundle, *batch]
    for tile in tiles_of(size + len(batch), size):
        if tile.level == ENTRIES:
            at = (tile.index - size // WIDTH) * WIDTH
            yield tile.path, encode_entries(entries[at : at + tile.width])
            continue
        if tile.level != level:
            level, start = tile.level, size // WIDTH**tile.level
            added = _kernel.tile_roots(items) if level else _kernel.leaf_hashes(batch)
            partial = start % WIDTH
            edge = read_tile(read, Tile(level, start // WIDTH, partial)) if partial else b""
            items = edge + added
        at = HASH_SIZE * WIDTH * (tile.index - start // WIDTH)
        yield tile.path, items[at : at + HASH_SIZE * tile.width]


def check_past(
    folder: Folder, register: Path | None, latest: SignedCheckpoint, accepted: Sequence[bytes], key: VerifierKey
) -> None:
    """Folder and register are of the past that the state knows; raises ``LogFork``. Spec 6.18."""
    published = folder.read(CHECKPOINT)
    remembered = read_file(register) if register is not None else None
    if published is None and latest.size:
        raise LogFork("6.18", "the published checkpoint is missing", subject=CHECKPOINT)
    try:
        for fault in tile_faults(folder.read, latest.size, latest.root):
            raise fault
        for at in range(latest.size // WIDTH, (latest.size + len(accepted)) // WIDTH + 2):
            _check_staged(folder, at, latest.size, accepted)
        for known in (published, remembered):
            if known is not None:
                check_growth(folder.read, open_checkpoint(known, key), latest)
    except LimpideError as fault:
        message = f"state, folder and register are of different pasts: {fault.message}"
        raise LogFork("6.18", message, subject=str(latest.size)) from None


def _check_staged(folder: Folder, index: int, size: int, accepted: Sequence[bytes]) -> None:
    """What an interrupted writer left in the tiles is what it had accepted, and nothing newer."""
    first = index * WIDTH
    for bundle in folder.staged(index, max(size - first, 0)):
        beyond = bundle[max(size - first, 0) :]
        start = max(first - size, 0)
        if list(accepted[start : start + len(beyond)]) != beyond:
            raise NotCanonical("6.18", "tiles newer than the state", subject=str(index))
