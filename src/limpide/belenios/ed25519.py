"""How does the group ``Ed25519`` compute?

The prime-order subgroup of edwards25519, in the compiled kernel. An element is the 32 bytes of RFC
8032; ``⟨X⟩`` is the byte-reversed hexadecimal. Bytes order as the native releases 2.1 to 3.3 order
non-homomorphic tallies.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence

from limpide import _kernel
from limpide.belenios.group import Base, Element
from limpide.canonical import InvalidProof, Refused

Q = 2**252 + 27742317777372353535851937790883648493
_PADDING = 14
_CAPACITY = 30
_TEXT = re.compile("[0-9a-f]{64}", re.ASCII)
_ONE = Element((1).to_bytes(32, "little"))
_G = Element(bytes.fromhex("58" + "66" * 31))


class Ed25519:
    """``Ed25519`` (section "Group parameters", since release 2.1)."""

    name = "Ed25519"
    q = Q
    one = _ONE

    def __init__(self) -> None:
        self.g: Base = Ed25519Base(_G)

    def base(self, x: Element) -> Base:
        """``x`` with the kernel's constant-time table."""
        return Ed25519Base(x)

    def encode(self, x: Element) -> str:
        """64 hexadecimal digits, most significant first."""
        return x[::-1].hex()

    def decode(self, texts: Sequence[str], clause: str) -> tuple[Element, ...]:
        """Members only: canonical, on the curve, in the prime-order subgroup."""
        points = []
        for i, text in enumerate(texts):
            if not _TEXT.fullmatch(text):
                raise InvalidProof(clause, "not an element of the group", item=i)
            points.append(Element(bytes.fromhex(text)[::-1]))
        for i, verdict in enumerate(_kernel.vartime_decode(b"".join(points), threads=1)):
            if verdict:
                raise InvalidProof(clause, "not an element of the group", item=i)
        return tuple(points)

    def multiply(self, x: Element, y: Element) -> Element:
        """``x · y``."""
        return Element(_kernel.add(x, y, threads=1))

    def divide(self, x: Element, y: Element) -> Element:
        """``x / y``."""
        return Element(_kernel.subtract(x, y, threads=1))

    def product(self, xs: Iterable[Element]) -> Element:
        """The product of all."""
        points = b"".join(xs)
        return Element(_kernel.vartime_sum_axis(points, 1, threads=1)) if points else _ONE

    def power(self, x: Element, e: int) -> Element:
        """``x^e``, constant time."""
        return Element(_kernel.mul(x, _scalar(e), threads=1))

    def vartime_multi_power(self, xs: Sequence[Element], es: Sequence[int]) -> Element:
        """``∏ xs[i]^es[i]``."""
        if not xs:
            return _ONE
        return Element(_kernel.vartime_multi_mul(b"".join(xs), b"".join(map(_scalar, es)), len(xs), threads=1))

    def vartime_columns(
        self, rows: Sequence[Sequence[Element]], weights: Sequence[int] | None = None
    ) -> tuple[Element, ...]:
        """One product per column."""
        points = b"".join(x for row in rows for x in row)
        return _split(_kernel.vartime_sum_axis(points, len(rows[0]), weights, threads=1))

    def of_ints(self, values: Sequence[int]) -> Element:
        """Embedding of at most 30 integers below 256."""
        if len(values) > _CAPACITY:
            raise Refused("7.30", f"{self.name} cannot hold {len(values)} numbers", group=self.name)
        z = int.from_bytes(bytes(values), "big") << _PADDING
        while _kernel.vartime_decode(z.to_bytes(32, "little"), threads=1) != b"\0":
            z += 1
        return Element(z.to_bytes(32, "little"))

    def to_ints(self, count: int, x: Element) -> tuple[int, ...]:
        """The lowest ``count`` bytes above the padding."""
        value = int.from_bytes(x, "little") >> _PADDING
        return tuple((value & (256**count - 1)).to_bytes(count, "big"))

    def generator(self, index: int) -> Element:
        """``8·P`` for the first point at or after ``SHA256("ggen|" i) >> 2``."""
        z = int.from_bytes(hashlib.sha256(f"ggen|{index}".encode()).digest(), "big") >> 2
        while _kernel.vartime_decode(z.to_bytes(32, "little"), threads=1) == b"\1":
            z += 1
        x = z.to_bytes(32, "little")
        for _ in range(3):
            x = _kernel.add(x, x, threads=1)
        if x in (_ONE, _G):
            raise InvalidProof("7.43", "an independent generator is degenerate", index=index)
        return Element(x)


class Ed25519Base:
    """A fixed base in the kernel."""

    def __init__(self, x: Element) -> None:
        self.element = x
        self._table = None if x == _G else _kernel.FixedBase(x)

    def power(self, e: int) -> Element:
        """``base^e``, constant time."""
        if self._table is None:
            return Element(_kernel.mul_base(_scalar(e), threads=1))
        return Element(self._table.mul(_scalar(e), threads=1))

    def power_with_g(self, e: int, m: int) -> Element:
        """``base^e · g^m``, constant time."""
        if self._table is None:
            return self.power(e + m)
        return Element(self._table.double_mul(_scalar(e), _scalar(m), threads=1))

    def vartime_commit(self, r: int, x: Element, c: int) -> Element:
        """``base^r · x^c``."""
        return Element(_kernel.vartime_double_mul(x, _scalar(c), self.element, _scalar(r), threads=1))


def _scalar(e: int) -> bytes:
    return (e % Q).to_bytes(32, "little")


def _split(points: bytes) -> tuple[Element, ...]:
    return tuple(Element(points[i : i + 32]) for i in range(0, len(points), 32))
