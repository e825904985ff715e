"""Tiles and bundles: paths, sizes, the right edge, and every fault that a folder can have."""

import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales import tiles as scales
from vectors import ELECTION, ENTRIES, TREE, load

from limpide._kernel import leaf_hashes, tree_root
from limpide.canonical import InvalidProof, LimpideError, LogFork, NotCanonical
from limpide.log.check import check_growth, tile_faults
from limpide.log.checkpoint import sign_checkpoint
from limpide.log.growth import new_tiles
from limpide.log.merkle import EMPTY_ROOT
from limpide.log.tiles import (
    ENTRIES as LEVEL,
)
from limpide.log.tiles import (
    HashTiles,
    Tile,
    encode_entries,
    index_path,
    read_bundle,
    read_entries,
    right_edge,
    tiles_of,
)
from limpide.signing import Signer

SIGNER = Signer("example.org/log", bytes(32))


def nothing(_path: str) -> bytes | None:
    return None


def grown(*sizes: int) -> dict[str, bytes]:
    """The files of a log of entries `leaf 0`, `leaf 1`, … that has grown through these sizes."""
    files: dict[str, bytes] = {}
    for old, new in zip((0, *sizes), sizes, strict=False):
        files.update(list(new_tiles(files.get, old, [b"leaf %d" % i for i in range(old, new)])))
    return files


LARGE = grown(300, 65_535, 65_536, 70_000)


def test_paths() -> None:
    for index, path in load("paths.json").items():
        assert index_path(int(index)) == path
        tile = Tile(0, int(index), 7)
        assert Tile.parse(tile.path) == tile
        assert Tile.parse(tile.full.path) == tile.full
    assert Tile(LEVEL, 1_234_067, 8).path == "tile/entries/x001/x234/067.p/8"


@given(st.integers(-1, 7), st.integers(0, 2**55), st.integers(1, 256))
def test_paths_are_those_of_tlog_scales(level: int, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert tile.path == "/".join(scales.tile_path(level, index, width % 256))
    assert Tile.parse(tile.path) == tile


@pytest.mark.parametrize(
    ("size", "edge"),
    [
        (0, []),
        (8, [(0, 0, 8)]),
        (256, [(1, 0, 1)]),
        (257, [(0, 1, 1), (1, 0, 1)]),
        (70_000, [(0, 273, 112), (1, 1, 17), (2, 0, 1)]),
        (1_234_067, [(0, 4820, 147), (1, 18, 212), (2, 0, 18)]),
        (48_000_000, [(1, 732, 108), (2, 2, 220), (3, 0, 2)]),
    ],
)
def test_right_edges(size: int, edge: list[tuple[int, int, int]]) -> None:
    assert [(tile.level, tile.index, tile.width) for tile in right_edge(size)] == edge


def test_a_log_of_70_000() -> None:
    tiles = list(tiles_of(70_000))
    assert sum(tile.level >= 0 for tile in tiles) == TREE["large"]["hash_tiles_70000"]
    assert {tile.path for tile in tiles} <= LARGE.keys()
    assert HashTiles(LARGE.get, 70_000).root().hex() == TREE["large"]["roots"]["70000"]
    for size, root in TREE["large"]["roots"].items():
        assert HashTiles(LARGE.get, 70_000).subtree_root(0, int(size)).hex() == root
    assert list(read_entries(LARGE.get, 70_000, 69_990, 70_000)) == [b"leaf %d" % i for i in range(69_990, 70_000)]
    assert list(read_entries(LARGE.get, 70_000, 255, 258)) == [b"leaf 255", b"leaf 256", b"leaf 257"]
    assert not list(tile_faults(LARGE.get, 70_000, bytes.fromhex(TREE["large"]["roots"]["70000"])))


def test_the_tiles_of_the_election_log() -> None:
    files = dict(new_tiles(nothing, 0, ENTRIES))
    assert set(files) == {"tile/entries/000.p/8", "tile/0/000.p/8"}
    bundle, tile = files["tile/entries/000.p/8"], files["tile/0/000.p/8"]
    assert len(bundle) == ELECTION["bundle_bytes"]
    assert hashlib.sha256(bundle).hexdigest() == ELECTION["bundle_sha256"]
    assert hashlib.sha256(tile).hexdigest() == ELECTION["tile_0_sha256"]
    assert tile.hex() == "".join(ELECTION["leaf_hashes"])


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_what_is_new_is_what_was_not_there(one: int, other: int) -> None:
    old, new = sorted((one, other))
    assert set(tiles_of(new, old)) == set(tiles_of(new)) - set(tiles_of(old))


@given(st.integers(1, 70_000), st.data())
def test_nodes_are_roots_of_their_leaves(size: int, data: st.DataObject) -> None:
    leaves = leaf_hashes([b"leaf %d" % i for i in range(size)][:512])
    end = data.draw(st.integers(0, min(size, 512)))
    assert HashTiles(LARGE.get, 70_000).subtree_root(0, end) == tree_root(leaves[: 32 * end])


@pytest.mark.parametrize("node", [(1, 3), (2, 5), (-1, 1), (5, 4), (69_999, 70_001)])
def test_no_such_node(node: tuple[int, int]) -> None:
    with pytest.raises(InvalidProof):
        HashTiles(LARGE.get, 70_000).subtree_root(*node)


def test_a_dropped_partial_tile_is_read_from_the_full_one() -> None:
    files = grown(200, 300)
    for path in [path for path in files if path.startswith(("tile/0/000.p", "tile/entries/000.p"))]:
        del files[path]
    root = tree_root(leaf_hashes([b"leaf %d" % i for i in range(200)]))
    assert HashTiles(files.get, 200).root() == root
    assert not list(tile_faults(files.get, 200, root))
    assert read_bundle(files.get, Tile(LEVEL, 0, 200))[-1] == b"leaf 199"


def test_an_entry_that_no_bundle_can_hold() -> None:
    with pytest.raises(NotCanonical):
        encode_entries([bytes(65_536)])


# Faults

SMALL = grown(300)
SMALL_ROOT = tree_root(leaf_hashes([b"leaf %d" % i for i in range(300)]))


def clauses(files: dict[str, bytes], size: int = 300, root: bytes = SMALL_ROOT) -> Iterator[str]:
    return (fault.clause for fault in tile_faults(files.get, size, root))


def test_every_missing_file_is_named() -> None:
    for path in SMALL:
        files = {name: data for name, data in SMALL.items() if name != path}
        faults = list(tile_faults(files.get, 300, SMALL_ROOT))
        assert [(fault.clause, fault.facts["subject"]) for fault in faults] == [("6.7", path)]


def test_every_flipped_byte_is_found() -> None:
    for path, data in SMALL.items():
        for at in range(0, len(data), 101):
            spoiled = {**SMALL, path: data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]}
            assert set(clauses(spoiled)) & {"6.7", "6.8", "6.20", "6.21"}, (path, at)


def test_a_changed_entry_is_named_by_its_index() -> None:
    path = "tile/entries/001.p/44"
    spoiled = {**SMALL, path: SMALL[path].replace(b"leaf 270", b"leaf 27O")}
    (fault,) = tile_faults(spoiled.get, 300, SMALL_ROOT)
    assert (fault.clause, fault.facts["subject"]) == ("6.20", "270")


def test_tiles_of_another_tree() -> None:
    assert list(clauses(SMALL, root=EMPTY_ROOT)) == ["6.22"]
    other = grown(300)
    other.update(new_tiles(nothing, 0, [b"other %d" % i for i in range(300)]))
    assert list(clauses(other)) == ["6.22"]
    assert list(clauses({}, 0, EMPTY_ROOT)) == []


def test_growth_and_its_contrary() -> None:
    old, new = (
        sign_checkpoint(size, HashTiles(LARGE.get, 70_000).subtree_root(0, size), SIGNER) for size in (300, 70_000)
    )
    check_growth(LARGE.get, old, new)
    check_growth(LARGE.get, new, new)
    other = sign_checkpoint(300, bytes(32), SIGNER)
    elsewhere = sign_checkpoint(300, old.root, Signer("example.org/other", bytes(32)))
    for kept, shown in [(new, old), (other, new), (elsewhere, new)]:
        with pytest.raises(LogFork) as caught:
            check_growth(LARGE.get, kept, shown)
        assert caught.value.clause == "6.14"


@given(st.dictionaries(st.sampled_from(sorted(SMALL)), st.binary(max_size=9000)))
def test_random_files_are_faults_and_nothing_else(changes: dict[str, bytes]) -> None:
    files = {**SMALL, **changes}
    faults = list(tile_faults(files.get, 300, SMALL_ROOT))
    assert all(isinstance(fault, LimpideError) for fault in faults)
    assert bool(faults) == (files != SMALL)
