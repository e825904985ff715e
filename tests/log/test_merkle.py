"""Trees and proofs: the reference vectors, every small tree, and two other libraries."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_inclusion  # type: ignore[import-untyped]
from tlog_scales import tlog as scales
from vectors import TREE

from limpide._kernel import leaf_hashes, tree_root
from limpide.canonical import InvalidProof
from limpide.log.merkle import (
    EMPTY_ROOT,
    check_consistency,
    check_inclusion,
    consistency_nodes,
    inclusion_nodes,
    leaf_hash,
    subtree_roots,
)

LEAVES = [bytes.fromhex(leaf) for leaf in TREE["leaves_hex"]]
LARGE = leaf_hashes([b"leaf %d" % i for i in range(70_000)])


def prove(nodes: list[tuple[int, int]], hashes: bytes) -> list[bytes]:
    root = subtree_roots(hashes)
    return [root(start, end) for start, end in nodes]


def test_reference_roots() -> None:
    for size, root in enumerate(TREE["roots"]):
        assert tree_root(leaf_hashes(LEAVES[:size])).hex() == root
    assert TREE["roots"][0] == EMPTY_ROOT.hex()


def test_reference_inclusion_proofs() -> None:
    hashes = leaf_hashes(LEAVES)
    for case in TREE["inclusion"]:
        proof = prove(inclusion_nodes(case["index"], case["size"]), hashes)
        assert [item.hex() for item in proof] == case["proof"]
        root = bytes.fromhex(TREE["roots"][case["size"]])
        check_inclusion(case["index"], case["size"], leaf_hash(LEAVES[case["index"]]), proof, root)


def test_reference_consistency_proofs() -> None:
    hashes = leaf_hashes(LEAVES)
    for case in TREE["consistency"]:
        proof = prove(consistency_nodes(case["old"], case["new"]), hashes)
        assert [item.hex() for item in proof] == case["proof"]
        old, new = (bytes.fromhex(TREE["roots"][case[which]]) for which in ("old", "new"))
        check_consistency(case["old"], old, case["new"], new, proof)


def test_large_trees() -> None:
    large = TREE["large"]
    for size, root in large["roots"].items():
        assert tree_root(LARGE[: 32 * int(size)]).hex() == root
    case = large["inclusion"]
    proof = prove(inclusion_nodes(case["index"], case["size"]), LARGE)
    assert len(proof) == case["hashes"]
    assert hashlib.sha256(b"".join(proof)).hexdigest() == case["sha256_concat"]
    case = large["consistency"]
    proof = prove(consistency_nodes(case["old"], case["new"]), LARGE)
    assert len(proof) == case["hashes"]
    assert hashlib.sha256(b"".join(proof)).hexdigest() == case["sha256_concat"]


def roots_and_hashes(size: int) -> tuple[list[bytes], bytes]:
    hashes = leaf_hashes([b"leaf %d" % i for i in range(size)])
    return [tree_root(hashes[: 32 * n]) for n in range(size + 1)], hashes


def test_every_proof_of_every_small_tree_and_no_other() -> None:
    roots, hashes = roots_and_hashes(33)
    leaves = [hashes[at : at + 32] for at in range(0, len(hashes), 32)]
    for size in range(1, 34):
        for index in range(size):
            proof = prove(inclusion_nodes(index, size), hashes)
            check_inclusion(index, size, leaves[index], proof, roots[size])
            scales.InclusionProof(index, size, proof).check(leaves[index], roots[size])
            for other in {index - 1, index + 1, size, size + 1} - {-1}:
                with pytest.raises(InvalidProof):
                    check_inclusion(other, size, leaves[index], proof, roots[size])
        for old in range(size + 1):
            proof = prove(consistency_nodes(old, size), hashes)
            check_consistency(old, roots[old], size, roots[size], proof)
            if old:
                scales.ConsistencyProof(old, size, proof).check(roots[old], roots[size])
            for wrong in (old - 1, old + 1):
                if 0 <= wrong <= size:
                    with pytest.raises(InvalidProof):
                        check_consistency(wrong, roots[old], size, roots[size], proof)


@pytest.mark.parametrize("change", ["flip", "drop", "add", "cut", "root", "size"])
def test_a_changed_proof_is_refused(change: str) -> None:
    roots, hashes = roots_and_hashes(21)
    for index in range(21):
        nodes, size, root = inclusion_nodes(index, 21), 21, roots[21]
        for at in range(len(nodes)):
            proof = prove(nodes, hashes)
            match change:
                case "flip":
                    proof[at] = bytes([proof[at][0] ^ 1]) + proof[at][1:]
                case "drop":
                    del proof[at]
                case "add":
                    proof.insert(at, proof[at])
                case "cut":
                    proof[at] = proof[at][:31]
                case "root":
                    root = roots[20]
                case "size":
                    size = 64 if index == 20 else 10 + at
            with pytest.raises(InvalidProof):
                check_inclusion(index, size, hashes[32 * index : 32 * index + 32], proof, root)
    for old in range(1, 21):
        nodes = consistency_nodes(old, 21)
        for at in range(len(nodes)):
            proof, new, root = prove(nodes, hashes), 21, roots[21]
            match change:
                case "flip":
                    proof[at] = bytes([proof[at][0] ^ 1]) + proof[at][1:]
                case "drop":
                    del proof[at]
                case "add":
                    proof.insert(at, proof[at])
                case "cut":
                    proof[at] = proof[at] + b"\0"
                case "root":
                    root = roots[20]
                case "size":
                    new = old
            with pytest.raises(InvalidProof):
                check_consistency(old, roots[old], new, root, proof)


def test_the_empty_tree_grows_into_any_tree_without_a_proof() -> None:
    roots, _ = roots_and_hashes(5)
    check_consistency(0, EMPTY_ROOT, 5, roots[5], [])
    check_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, [])
    for old_root, new, new_root, proof in [
        (roots[1], 5, roots[5], []),
        (EMPTY_ROOT, 5, roots[5], [roots[1]]),
        (EMPTY_ROOT, 0, roots[1], []),
    ]:
        with pytest.raises(InvalidProof):
            check_consistency(0, old_root, new, new_root, proof)


@pytest.mark.parametrize(("old", "new"), [(3, 2), (-1, 2), (1, 2**63), (2**63, 2**63)])
def test_impossible_sizes(old: int, new: int) -> None:
    with pytest.raises(InvalidProof):
        check_consistency(old, EMPTY_ROOT, new, EMPTY_ROOT, [])
    with pytest.raises(InvalidProof):
        consistency_nodes(old, new)
    with pytest.raises(InvalidProof):
        inclusion_nodes(old, new)


@given(st.integers(1, 70_000), st.data())
@settings(max_examples=40)
def test_growth_in_steps(size: int, data: st.DataObject) -> None:
    sizes = sorted(data.draw(st.lists(st.integers(0, size), min_size=2, max_size=4)))
    for old, new in pairwise(sizes):
        proof = prove(consistency_nodes(old, new), LARGE)
        roots = [tree_root(LARGE[: 32 * n]) for n in (old, new)]
        check_consistency(old, roots[0], new, roots[1], proof)


def test_pymerkle_accepts_and_makes_the_same_proofs() -> None:
    tree = InmemoryTree(algorithm="sha256")
    entries = [b"leaf %d" % i for i in range(50)]
    for entry in entries:
        tree.append_entry(entry)
    hashes = leaf_hashes(entries)
    for index in range(50):
        theirs = tree.prove_inclusion(index + 1, 50)
        verify_inclusion(leaf_hash(entries[index]), tree.get_root(), theirs)
        ours = prove(inclusion_nodes(index, 50), hashes)
        check_inclusion(index, 50, leaf_hash(entries[index]), ours, tree.get_root())
        assert ours == [bytes(item) for item in theirs.path[1:]]
