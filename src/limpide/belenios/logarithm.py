"""How many votes does ``g^m`` hold?

Baby steps, giant steps: for a bound ``n`` about ``√n`` operations and entries, so 10^8 takes an instant and
10^12 a few seconds. Values that voters could choose are never decrypted one by one, so variable time is fine.
"""

from collections.abc import Iterable
from math import isqrt

from limpide.belenios.group import Element, Group
from limpide.canonical import Refused

_MOST_BABY_STEPS = 2**20


class Logarithms:
    """Discrete logarithms up to a bound; the table of baby steps is shared by all of a tally."""

    def __init__(self, group: Group, bound: int) -> None:
        self._group = group
        self._bound = bound
        self._width = min(isqrt(bound) + 1, _MOST_BABY_STEPS)
        self._baby: dict[Element, int] = {}
        x = group.one
        for i in range(self._width):
            self._baby[x] = i
            x = group.multiply(x, group.g.element)
        self._giant = x
        """``g^width``."""

    def find(self, x: Element) -> int:
        """``m`` with ``g^m = x`` and ``0 ≤ m ≤ bound``; raises ``Refused`` (7.50) if there is none."""
        for step in range(self._bound // self._width + 1):
            m = self._baby.get(x)
            if m is not None and step * self._width + m <= self._bound:
                return step * self._width + m
            x = self._group.divide(x, self._giant)
        raise Refused("7.50", "no number of votes up to the bound", bound=self._bound)

    def find_all(self, xs: Iterable[Element]) -> tuple[int, ...]:
        """``find`` for each."""
        return tuple(map(self.find, xs))
