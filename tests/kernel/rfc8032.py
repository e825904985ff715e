"""A second opinion on signatures: RFC 8032, section 6, over the plain integers of ``edwards``."""

import hashlib
from dataclasses import dataclass

import edwards

P, L = edwards.p, edwards.q


@dataclass(frozen=True, slots=True)
class Point:
    """A point that can be added, negated and multiplied."""

    x: int
    y: int

    def __add__(self, other: "Point") -> "Point":
        return Point(*edwards.add((self.x, self.y), (other.x, other.y)))

    def __neg__(self) -> "Point":
        return Point(*edwards.negate((self.x, self.y)))

    def __rmul__(self, scalar: int) -> "Point":
        return Point(*edwards.mul((self.x, self.y), scalar))

    def encode(self) -> bytes:
        return edwards.encode((self.x, self.y))


IDENTITY = Point(*edwards.IDENTITY)
BASE = Point(*edwards.BASE)


def roots(y: int) -> tuple[int, ...]:
    """Every x with (x, y) on the curve, the even one first."""
    x = edwards.root((y * y - 1) * pow(edwards.d * y * y + 1, -1, P) % P)
    return () if x is None else tuple(sorted({x, -x % P}, key=lambda root: root & 1))


def decode(encoded: bytes) -> Point | None:
    """The point that these 32 bytes are the one encoding of, or None."""
    found = edwards.decode(encoded)
    return None if found is None else Point(*found)


def challenge(r: bytes, key: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L


def verdict(key: bytes, message: bytes, signature: bytes) -> str:
    """The clause that refuses a signature, "" for a good one, in the order of spec 2.11 to 2.15."""
    a, (r, s) = decode(key), (signature[:32], int.from_bytes(signature[32:], "little"))
    if a is None:
        return "2.11"
    if 8 * a == IDENTITY:
        return "2.12"
    if s >= L:
        return "2.13"
    commitment = decode(r)
    if commitment is not None and 8 * commitment == IDENTITY:
        return "2.14"
    expected = s * BASE + challenge(r, key, message) * -a
    return "" if expected.encode() == r else "2.15"
