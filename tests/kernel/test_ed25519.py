"""Strict Ed25519: the shared vectors, a second opinion, and the boundary of the kernel."""

import json
import random
from pathlib import Path

import make_ed25519_vectors
import pytest
import rfc8032
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from limpide._kernel import public_ed25519, sign_ed25519, vartime_verify_ed25519

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/ed25519/verify.json").read_text())
CLAUSES = ["", "2.11", "2.12", "2.13", "2.14", "2.15"]


def column(name: str) -> list[bytes]:
    return [bytes.fromhex(row[name]) for row in VECTORS]


@pytest.mark.parametrize("threads", [0, 1, 2, 5])
def test_every_vector_is_judged_by_its_clause(threads: int) -> None:
    keys, signatures = b"".join(column("key")), b"".join(column("signature"))
    verdicts = vartime_verify_ed25519(keys, column("message"), signatures, threads)
    for row, verdict in zip(VECTORS, verdicts, strict=True):
        assert CLAUSES[verdict] == row["refused_by"], row["name"]


def test_the_vectors_are_those_that_their_source_writes() -> None:
    assert make_ed25519_vectors.TARGET.read_text() == make_ed25519_vectors.text()


def test_every_clause_has_a_vector() -> None:
    assert {row["refused_by"] for row in VECTORS} == set(CLAUSES)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=2000))
def test_signing_is_rfc_8032(seed: bytes, message: bytes) -> None:
    theirs = Ed25519PrivateKey.from_private_bytes(seed)
    assert public_ed25519(seed) == theirs.public_key().public_bytes_raw()
    assert sign_ed25519(seed, message) == theirs.sign(message)


@settings(max_examples=40)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=50), st.integers(0, 767))
def test_one_flipped_bit_is_judged_as_in_plain_python(seed: bytes, message: bytes, bit: int) -> None:
    key, signature = public_ed25519(seed), sign_ed25519(seed, message)
    flipped = (int.from_bytes(key + signature, "little") ^ 1 << bit).to_bytes(96, "little")
    key, signature = flipped[:32], flipped[32:]
    (verdict,) = vartime_verify_ed25519(key, [message], signature)
    assert CLAUSES[verdict] == rfc8032.verdict(key, message, signature) != ""


def test_a_thousand_signatures_keep_their_order() -> None:
    source = random.Random(8032)
    seeds = [source.randbytes(32) for _ in range(10)]
    rows = [(source.choice(seeds), source.randbytes(source.randrange(600))) for _ in range(1000)]
    signatures = [bytearray(sign_ed25519(seed, message)) for seed, message in rows]
    false = set(source.sample(range(1000), 17))
    for index in false:
        signatures[index][source.randrange(32)] ^= 4
    keys = b"".join(public_ed25519(seed) for seed, _ in rows)
    verdicts = vartime_verify_ed25519(keys, [message for _, message in rows], b"".join(signatures))
    assert {index for index, verdict in enumerate(verdicts) if verdict} == false
    for index in range(1000):
        if index not in false:
            public = Ed25519PublicKey.from_public_bytes(keys[32 * index : 32 * index + 32])
            public.verify(bytes(signatures[index]), rows[index][1])


def test_nothing_to_verify() -> None:
    assert vartime_verify_ed25519(b"", [], b"") == b""


def test_lengths_are_checked_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="keys: 31 bytes are no multiple of 32"):
        vartime_verify_ed25519(bytes(31), [b""], bytes(64))
    with pytest.raises(ValueError, match="signatures: 63 bytes are no multiple of 64"):
        vartime_verify_ed25519(bytes(32), [b""], bytes(63))
    with pytest.raises(ValueError, match="1 keys, 2 messages and 1 signatures"):
        vartime_verify_ed25519(bytes(32), [b"", b""], bytes(64))
    with pytest.raises(ValueError, match="seed: 33 bytes, expected 32"):
        sign_ed25519(bytes(33), b"")
    with pytest.raises(TypeError):
        vartime_verify_ed25519(bytes(32), ["text"], bytes(64))  # type: ignore[list-item]
