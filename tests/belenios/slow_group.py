"""Plain Python groups, slow and obvious: the oracle of the kernel and of the GMP groups.

Elements are tuples or integers of their own, converted at the border to the bytes of the tested group, so
that nothing is shared with the code under test but the specification.
"""

import hashlib
from dataclasses import dataclass

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int]
ONE: Point = (0, 1)


def add(a: Point, b: Point) -> Point:
    """The complete addition law of the twisted Edwards curve."""
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2 % P
    return (
        (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P,
    )


def mul(point: Point, e: int) -> Point:
    """Double and add."""
    result = ONE
    while e:
        if e & 1:
            result = add(result, point)
        point = add(point, point)
        e >>= 1
    return result


def root(y: int) -> int | None:
    """A square root of (y² − 1)/(d·y² + 1), even; None if there is none."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT % P
    if x * x % P != square:
        return None
    return x if x % 2 == 0 else P - x


def decode(text: str) -> Point | None:
    """The member of the prime-order subgroup that the text encodes, or None."""
    if len(text) != 64 or any(c not in "0123456789abcdef" for c in text):
        return None
    z = int(text, 16)
    sign, y = z >> 255, z & (2**255 - 1)
    if y >= P:
        return None
    x = root(y)
    if x is None or (x == 0 and sign):
        return None
    point = (x if x % 2 == sign else P - x, y)
    return point if mul(point, Q) == ONE else None


def encode(point: Point) -> str:
    x, y = point
    return f"{y | (x & 1) << 255:064x}"


G = (P - root(4 * pow(5, -1, P) % P), 4 * pow(5, -1, P) % P)  # type: ignore[operator]
G = G if G[0] % 2 == 0 else (P - G[0], G[1])


def generator(index: int) -> Point:
    y = int.from_bytes(hashlib.sha256(f"ggen|{index}".encode()).digest(), "big") >> 2
    while y >= P or root(y) is None:
        y += 1
    return mul((root(y), y), 8)  # type: ignore[arg-type]


@dataclass(frozen=True)
class SlowField:
    """A subgroup of F_p^* with Python's own integers."""

    p: int
    q: int

    def decode(self, text: str) -> int | None:
        if not text.isdigit() or not text.isascii() or str(int(text)) != text:
            return None
        x = int(text)
        return x if x < self.p and pow(x, self.q, self.p) == 1 else None
