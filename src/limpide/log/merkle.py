"""Is this entry in that tree, and did the tree only grow? RFC 6962, section 2.1.

A proof is described by the nodes it consists of, each the root of the leaves ``start`` to ``end`` (exclusive);
whoever holds the tree turns nodes into hashes. Verification needs no tree.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

from limpide import _kernel
from limpide.canonical import InvalidProof

EMPTY_ROOT = hashlib.sha256().digest()
"""The root of the tree without leaves."""
HASH_SIZE = 32
MAX_SIZE = 2**63 - 1
"""The largest tree that is spoken of. Spec 6.1."""

Node = tuple[int, int]
"""The subtree of the leaves ``start`` to ``end`` (exclusive)."""
SubtreeRoot = Callable[[int, int], bytes]
"""Gives the hash of a node."""


def leaf_hash(entry: bytes) -> bytes:
    """``H(0x00 ‖ entry)``."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """``H(0x01 ‖ left ‖ right)``."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The number of leaves on the left of a tree of two leaves or more: the largest power of two below."""
    return 1 << ((size - 1).bit_length() - 1)


def subtree_roots(leaf_hashes: bytes) -> SubtreeRoot:
    """The nodes of a small tree whose leaf hashes, end to end, are in memory."""
    return lambda start, end: _kernel.tree_root(leaf_hashes[HASH_SIZE * start : HASH_SIZE * end])


def inclusion_nodes(index: int, size: int) -> list[Node]:
    """What an inclusion proof consists of, from the leaf's sibling to the child of the root."""
    if not 0 <= index < size <= MAX_SIZE:
        raise InvalidProof("6.2", f"no entry {index} in a tree of {size}", subject=f"{index}/{size}")
    return list(_siblings(index, 0, size))[::-1]


def _siblings(index: int, start: int, end: int) -> Iterator[Node]:
    """Downwards from the root: what lies beside the path to ``index``."""
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            yield middle, end
            end = middle
        else:
            yield start, middle
            start = middle


def consistency_nodes(old: int, new: int) -> list[Node]:
    """What a consistency proof consists of; nothing from size 0, nor from a size to itself."""
    if not 0 <= old <= new <= MAX_SIZE:
        raise InvalidProof("6.3", f"no growth from {old} to {new}", subject=f"{old} -> {new}")
    if old in (0, new):
        return []
    nodes, start, end = [], 0, new
    while old != end:
        middle = start + split(end - start)
        if old <= middle:
            nodes.append((middle, end))
            end = middle
        else:
            nodes.append((start, middle))
            start = middle
    # A left-most subtree is the old tree itself, whose root the verifier has.
    return ([(start, end)] if start else []) + nodes[::-1]


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """The entry of this leaf hash is number ``index`` in the tree of this root. Spec 6.2.

    Raises ``InvalidProof``.
    """
    subject = f"{index}/{size}"
    if not 0 <= index < size <= MAX_SIZE:
        raise InvalidProof("6.2", f"no entry {index} in a tree of {size}", subject=subject)
    if any(len(item) != HASH_SIZE for item in (leaf, root, *proof)):
        raise InvalidProof("6.2", "a hash that is not 32 bytes", subject=subject)
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            raise InvalidProof("6.2", "the inclusion proof is too long", subject=subject)
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn or r != root:
        raise InvalidProof("6.2", f"entry {index} is not in the tree of size {size}", subject=subject)


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """The new tree begins with all entries of the old one; raises ``InvalidProof``. Spec 6.3."""
    subject = f"{old} -> {new}"
    if not 0 <= old <= new <= MAX_SIZE:
        raise InvalidProof("6.3", f"no growth from {old} to {new}", subject=subject)
    if any(len(item) != HASH_SIZE for item in (old_root, new_root, *proof)):
        raise InvalidProof("6.3", "a hash that is not 32 bytes", subject=subject)
    if (old == 0 and old_root != EMPTY_ROOT) or (new == 0 and new_root != EMPTY_ROOT):
        raise InvalidProof("6.3", "the root of the empty tree is another", subject=subject)
    if old in (0, new):
        if proof or (old and old_root != new_root):
            raise InvalidProof("6.3", "the trees differ, or something was to prove", subject=subject)
        return
    if not _grows(old, old_root, new, new_root, proof):
        raise InvalidProof("6.3", f"the tree of {new} does not begin with that of {old}", subject=subject)


def _grows(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162, 2.1.4.2, for 0 < old < new."""
    items = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not proof:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = items[0]
    for c in items[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == new_root
