"""RFC 6962 hashes over arrays, against hashlib and pymerkle."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped]

from limpide._kernel import leaf_hashes, tile_roots, tree_root


def slow_root(hashes: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + slow_root(hashes[:k]) + slow_root(hashes[k:])).digest()


@given(st.lists(st.binary(max_size=300), max_size=300), st.integers(0, 3))
def test_leaf_hashes(entries: list[bytes], threads: int) -> None:
    expected = [hashlib.sha256(b"\0" + entry).digest() for entry in entries]
    assert leaf_hashes(entries, threads) == b"".join(expected)


@settings(max_examples=50)
@given(st.integers(0, 700))
def test_roots_of_any_size(size: int) -> None:
    entries = [b"leaf %d" % i for i in range(size)]
    hashes = leaf_hashes(entries)
    assert tree_root(hashes) == slow_root([hashes[i : i + 32] for i in range(0, len(hashes), 32)])


def test_roots_are_those_of_pymerkle() -> None:
    tree = InmemoryTree(algorithm="sha256")
    entries = [b"leaf %d" % i for i in range(70)]
    for size, entry in enumerate(entries, 1):
        tree.append_entry(entry)
        assert tree_root(leaf_hashes(entries[:size])) == tree.get_root()


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 512, 10_000])
def test_tile_roots_leave_out_the_last_tile_that_is_not_full(size: int) -> None:
    hashes = leaf_hashes([b"%d" % i for i in range(size)])
    tiles = [hashes[at : at + 8192] for at in range(0, len(hashes) - 8191, 8192)]
    assert tile_roots(hashes) == b"".join(map(tree_root, tiles))
    assert tile_roots(hashes, 1) == tile_roots(hashes, 3)


def test_arrays_of_hashes_are_measured() -> None:
    with pytest.raises(ValueError, match="hashes: 33 bytes are no multiple of 32"):
        tree_root(bytes(33))
    with pytest.raises(ValueError, match="hashes: 31 bytes are no multiple of 32"):
        tile_roots(bytes(31))
