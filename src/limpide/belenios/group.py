"""What does the protocol ask of a group?

Multiplicative notation, as in the specification: generator ``g``, prime order ``q``. An ``Element`` is
opaque bytes of fixed length, one value per element, ordered as Belenios orders non-homomorphic tallies;
only a ``Group`` makes one, so holding an ``Element`` means membership was checked or follows from closure.

Operations called ``vartime_`` are for public values only. ``power`` and ``power_with_g`` take secrets.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NewType, Protocol

Element = NewType("Element", bytes)


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """An ElGamal pair ``(α, β)``."""

    alpha: Element
    beta: Element


class Base(Protocol):
    """An element raised to many exponents: the generator, an election's public key."""

    @property
    def element(self) -> Element:
        """The element itself."""

    def power(self, e: int) -> Element:
        """``base^e``; ``e`` may be secret."""

    def power_with_g(self, e: int, m: int) -> Element:
        """``base^e · g^m``; both may be secret."""

    def vartime_commit(self, r: int, x: Element, c: int) -> Element:
        """``base^r · x^c``, the commitment that a verifier recomputes from a proof ``(c, r)``."""


class Group(Protocol):
    """A group of prime order, named by a string in ``election.json``."""

    @property
    def name(self) -> str:
        """The name on the wire."""

    @property
    def q(self) -> int:
        """The order."""

    @property
    def g(self) -> Base:
        """The generator."""

    @property
    def one(self) -> Element:
        """The neutral element."""

    def base(self, x: Element) -> Base:
        """``x`` with whatever tables make its powers quick."""

    def encode(self, x: Element) -> str:
        """``⟨x⟩``."""

    def decode(self, texts: Sequence[str], clause: str) -> tuple[Element, ...]:
        """The elements whose encodings are ``texts``; raises ``InvalidProof`` with the given clause."""

    def multiply(self, x: Element, y: Element) -> Element:
        """``x · y``."""

    def divide(self, x: Element, y: Element) -> Element:
        """``x / y``."""

    def product(self, xs: Iterable[Element]) -> Element:
        """The product of all; ``one`` if there is none."""

    def power(self, x: Element, e: int) -> Element:
        """``x^e``; ``e`` may be secret."""

    def vartime_multi_power(self, xs: Sequence[Element], es: Sequence[int]) -> Element:
        """``∏ xs[i]^es[i]``."""

    def vartime_columns(
        self, rows: Sequence[Sequence[Element]], weights: Sequence[int] | None = None
    ) -> tuple[Element, ...]:
        """For each column the product over the rows, each raised to its row's weight. At least one row."""

    def of_ints(self, values: Sequence[int]) -> Element:
        """The element that embeds small integers; raises ``Refused`` where the group cannot."""

    def to_ints(self, count: int, x: Element) -> tuple[int, ...]:
        """The ``count`` integers that ``x`` embeds."""

    def generator(self, index: int) -> Element:
        """``GetGenerator(index)``: independent generators for shuffles, from ``-1``."""
