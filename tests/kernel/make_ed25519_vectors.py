"""Writes vectors/ed25519/verify.json: what the strict meaning of a signature accepts and refuses.

Run by hand (`python tests/kernel/make_ed25519_vectors.py`); a test compares the file with this source.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from rfc8032 import BASE, IDENTITY, L, P, Point, challenge, decode, roots, verdict

FOLDER = Path(__file__).parents[2] / "vectors/ed25519"
PUBLISHED, TARGET = FOLDER / "published.json", FOLDER / "verify.json"
WHY = {
    "": "good",
    "2.11": "A is not the canonical encoding of a point",
    "2.12": "A is of small order",
    "2.13": "S is not below the order of the group",
    "2.14": "R is of small order",
    "2.15": "R is not the encoding of [S]B - [k]A",
}
OWN = "tests/kernel/make_ed25519_vectors.py"

A_SCALAR, R_SCALAR = 0x1234567890ABCDEF << 128 | 1, 0xFEDCBA0987654321 << 128 | 1
TORSION = next(Point(x, y) for y in range(P) for x in roots(y) if 4 * (L * Point(x, y)) != IDENTITY)
ORDER_8 = L * TORSION
SMALL = [k * ORDER_8 for k in range(8)]


def small_order_encodings() -> Iterator[tuple[str, bytes]]:
    """The 14 ways in which lenient decoders read a point of small order."""
    for order, point in enumerate(SMALL):
        yield f"multiple {order} of a point of order 8", point.encode()
    for name, number in [
        ("the identity with a sign", 1 | 1 << 255),
        ("the point of order 2 with a sign", P - 1 | 1 << 255),
        ("y = p", P),
        ("y = p with a sign", P | 1 << 255),
        ("y = p + 1", P + 1),
        ("y = p + 1 with a sign", P + 1 | 1 << 255),
    ]:
        yield name, number.to_bytes(32, "little")


def signature(r: bytes, key: bytes, message: bytes, *, nonce: int = R_SCALAR, scalar: int = A_SCALAR) -> bytes:
    s = (nonce + challenge(r, key, message) * scalar) % L
    return r + s.to_bytes(32, "little")


def message_for(r: bytes, key: bytes, torsion: Point) -> bytes:
    """A message for which k times the torsion of the key is `torsion`, so that the rest can match."""
    return next(m for m in (b"ballot %d" % i for i in range(1000)) if challenge(r, key, m) * ORDER_8 == torsion)


def own_cases() -> Iterator[tuple[str, bytes, bytes, bytes]]:
    a, r = A_SCALAR * BASE, (R_SCALAR * BASE).encode()
    good = signature(r, a.encode(), b"station")
    yield "good", a.encode(), b"station", good
    yield "good, empty message", a.encode(), b"", signature(r, a.encode(), b"")
    s = int.from_bytes(good[32:], "little")
    for name, other in [
        ("S + L", s + L),
        ("S + 8 L", s + 8 * L),
        ("S = L", L),
        ("S = 2^256 - 1", 2**256 - 1),
    ]:
        yield name, a.encode(), b"station", r + other.to_bytes(32, "little")
    yield "S with a high bit", a.encode(), b"station", good[:63] + bytes([good[63] | 0x80])
    yield "another message", a.encode(), b"Station", good
    for bit in (0, 255, 256, 500):
        flipped = (int.from_bytes(good, "little") ^ 1 << bit).to_bytes(64, "little")
        yield f"bit {bit} of the signature flipped", a.encode(), b"station", flipped
    for name, encoded in small_order_encodings():
        yield f"A: {name}; S and R chosen freely", encoded, b"any", r + R_SCALAR.to_bytes(32, "little")
        yield f"R: {name}; S = k a", a.encode(), b"any", signature(encoded, a.encode(), b"any", nonce=0)
    mixed = (a + ORDER_8).encode()
    fits = message_for(r, mixed, IDENTITY)
    yield "A of mixed order, equation without cofactor holds", mixed, fits, signature(r, mixed, fits)
    off = message_for(r, mixed, SMALL[3])
    yield "A of mixed order, only the equation with cofactor holds", mixed, off, signature(r, mixed, off)
    both = (R_SCALAR * BASE + ORDER_8).encode()
    fits = message_for(both, mixed, SMALL[7])
    yield "A and R of mixed order, equation without cofactor holds", mixed, fits, signature(both, mixed, fits)
    yield (
        "R of mixed order, only the equation with cofactor holds",
        a.encode(),
        b"x",
        signature(both, a.encode(), b"x"),
    )
    for y in range(3, 19):
        if roots(y):
            encoded = (P + y).to_bytes(32, "little")
            yield f"A: y = p + {y}", encoded, b"x", signature(r, encoded, b"x")
            yield f"R: y = p + {y}", a.encode(), b"x", signature(encoded, a.encode(), b"x")
    nowhere = next(y for y in range(2, 100) if not roots(y)).to_bytes(32, "little")
    yield "A is not on the curve", nowhere, b"x", signature(r, nowhere, b"x")
    yield "R is not on the curve", a.encode(), b"x", signature(nowhere, a.encode(), b"x")


def row(name: str, origin: str, key: bytes, message: bytes, sig: bytes) -> dict[str, str]:
    clause = verdict(key, message, sig)
    fields = {"key": key.hex(), "message": message.hex(), "signature": sig.hex()}
    return {"name": name, "origin": origin, **fields, "refused_by": clause, "why": WHY[clause]}


def vectors() -> Iterator[dict[str, str]]:
    for case in json.loads(PUBLISHED.read_text()):
        inputs = (bytes.fromhex(case[field]) for field in ("key", "message", "signature"))
        yield row(case["origin"].rsplit(": ")[-1], case["origin"], *inputs)
    for name, key, message, sig in own_cases():
        yield row(name, OWN, key, message, sig)


def text() -> str:
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in vectors())
    return f"[\n{rows}\n]\n"


if __name__ == "__main__":
    assert decode(BASE.encode()) == BASE
    TARGET.write_text(text())
