"""Edwards25519 with plain integers: slow, obvious, and the oracle of the kernel. RFC 8032 section 5.1."""

from __future__ import annotations

p = 2**255 - 19
q = 2**252 + 27742317777372353535851937790883648493
d = -121665 * pow(121666, -1, p) % p

Point = tuple[int, int]
IDENTITY = (0, 1)


def add(a: Point, b: Point) -> Point:
    return affine(add_projective((*a, 1), (*b, 1)))


def add_projective(a: tuple[int, int, int], b: tuple[int, int, int]) -> tuple[int, int, int]:
    """x = X/Z, y = Y/Z; complete, so that no case is special."""
    (x1, y1, z1), (x2, y2, z2) = a, b
    z, x, y = z1 * z2 % p, x1 * x2 % p, y1 * y2 % p
    e = d * x * y % p
    f, g = z * z - e, z * z + e
    return z * f * ((x1 + y1) * (x2 + y2) - x - y) % p, z * g * (y + x) % p, f * g % p


def affine(a: tuple[int, int, int]) -> Point:
    inverse = pow(a[2], -1, p)
    return a[0] * inverse % p, a[1] * inverse % p


def negate(a: Point) -> Point:
    return -a[0] % p, a[1]


def mul(a: Point, n: int) -> Point:
    result = (*IDENTITY, 1)
    for bit in f"{n:b}":
        result = add_projective(result, result)
        if bit == "1":
            result = add_projective(result, (*a, 1))
    return affine(result)


def root(square: int) -> int | None:
    x = pow(square, (p + 3) // 8, p)
    for candidate in (x, x * pow(2, (p - 1) // 4, p) % p):
        if (candidate * candidate - square) % p == 0:
            return candidate
    return None


def decode(data: bytes) -> Point | None:
    z = int.from_bytes(data, "little")
    sign, y = z >> 255, z & (2**255 - 1)
    if y >= p:
        return None
    x = root((y * y - 1) * pow(d * y * y + 1, -1, p) % p)
    if x is None or (x == 0 and sign):
        return None
    return (x if x & 1 == sign else -x % p), y


def encode(a: Point) -> bytes:
    return (a[1] | (a[0] & 1) << 255).to_bytes(32, "little")


def scalar(n: int) -> bytes:
    return (n % q).to_bytes(32, "little")


BASE = decode(bytes.fromhex("58" + "66" * 31)) or IDENTITY


def low_order_points() -> list[Point]:
    """The eight points whose order divides the cofactor."""
    for y in range(2, 100):
        point = decode(y.to_bytes(32, "little"))
        if point is not None:
            generator = mul(point, q)
            if mul(generator, 4) != IDENTITY:
                return [mul(generator, n) for n in range(8)]
    raise AssertionError("a point of order 8 is among the first hundred values of y")
