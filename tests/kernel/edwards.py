"""A second opinion on edwards25519: RFC 8032, section 6, in slow plain Python.

Nothing here shares a line or a representation with the kernel: affine points, Python integers.
"""

import hashlib
from dataclasses import dataclass

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


@dataclass(frozen=True, slots=True)
class Point:
    """A point (x, y) with -x² + y² = 1 + d x² y²."""

    x: int
    y: int

    def __add__(self, other: "Point") -> "Point":
        product = D * self.x * other.x * self.y * other.y
        x = (self.x * other.y + other.x * self.y) * pow(1 + product, -1, P) % P
        y = (self.y * other.y + self.x * other.x) * pow(1 - product, -1, P) % P
        return Point(x, y)

    def __neg__(self) -> "Point":
        return Point(-self.x % P, self.y)

    def __rmul__(self, scalar: int) -> "Point":
        result, power = IDENTITY, self
        while scalar:
            if scalar & 1:
                result += power
            power, scalar = power + power, scalar >> 1
        return result

    def encode(self) -> bytes:
        return (self.y | (self.x & 1) << 255).to_bytes(32, "little")


IDENTITY = Point(0, 1)


def roots(y: int) -> tuple[int, ...]:
    """Every x with (x, y) on the curve, the even one first."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        return ()
    return tuple(sorted({x, -x % P}, key=lambda root: root & 1))


def decode(encoded: bytes) -> Point | None:
    """The point that these 32 bytes are the one encoding of, or None."""
    number = int.from_bytes(encoded, "little")
    y, sign = number % 2**255, number >> 255
    found = [Point(x, y) for x in roots(y) if x & 1 == sign] if y < P else []
    return found[0] if found else None


BASE = Point(roots(4 * pow(5, -1, P) % P)[0], 4 * pow(5, -1, P) % P)


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
