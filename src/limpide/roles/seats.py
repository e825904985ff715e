"""Which key does a sealed code hold, for which seat?

A seat is known by the name of its key: ``organiser``, ``registrar``, ``commission/2``, ``operator/1``,
``delegate/1``, or ``75056_0001/2/1`` for seat 2 of a station in round 1. A code is drawn, handed to paper and
forgotten: what stays is the public half. Spec 2.5, 2.6.
"""

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO

from limpide.canonical import NotCanonical
from limpide.codes import SealedCode, derive_signer, draw_code, print_code
from limpide.record.definition import ElectionId
from limpide.signing import Signer, VerifierKey
from limpide.words import Language, sentence

_ALONE = frozenset({"organiser", "registrar"})
_MANY = re.compile("^(commission|operator|delegate)/([1-9][0-9]?)$")
_STATION = re.compile("^([0-9A-Za-z_-]{1,32})/([12])/([1-9])$")
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ELECTION_LENGTH = 22


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """What one sealed envelope holds. It is printed once, and has no readable form."""

    seat: str
    code: SealedCode

    def write(self, paper: TextIO, election: ElectionId, language: Language) -> None:
        """Prints the sheet, and a form feed after it."""
        words = {"seat": self.seat, "election": election, "code": print_code(self.code)}
        paper.write(sentence("cli.sheet", language, **words) + "\n\f\n")


def draw_election_id() -> ElectionId:
    """A fresh election id, from the operating system's randomness. Spec 1.5."""
    return ElectionId("".join(secrets.choice(_BASE58) for _ in range(_ELECTION_LENGTH)))


def seat_signer(seat: str, code: SealedCode, election: str) -> Signer:
    """The signer that ``code`` is for ``seat``; raises ``NotCanonical`` for a name that no seat has."""
    if seat in _ALONE:
        # a lone seat is seat 1 of its role, under the plain name
        return Signer(seat, derive_signer(code, election=election, unit=seat, seat=1, round_=0).seed)
    if (many := _MANY.match(seat)) is not None:
        return derive_signer(code, election=election, unit=many[1], seat=int(many[2]), round_=0)
    if (station := _STATION.match(seat)) is not None:
        return derive_signer(code, election=election, unit=station[1], seat=int(station[2]), round_=int(station[3]))
    raise NotCanonical("2.6", f"no seat is called {seat[:40]!r}", name=seat[:40])


def draw_seats(seats: Iterable[str], election: ElectionId) -> Iterator[tuple[Sheet, VerifierKey]]:
    """A fresh code for each seat, with the public half of its key. Whoever iterates prints and forgets."""
    for seat in seats:
        code = draw_code()
        yield Sheet(seat, code), seat_signer(seat, code, election).key


def station_seats(units: Iterable[str], seat: int, rounds: Iterable[int]) -> Iterator[str]:
    """The names of one seat of every station, for each round."""
    numbers = tuple(rounds)
    return (f"{unit}/{seat}/{number}" for unit in units for number in numbers)


def read_keys(text: str) -> Mapping[str, bytes]:
    """Public keys by seat, from a file with one verifier key a line; raises ``NotCanonical``."""
    keys: dict[str, bytes] = {}
    for line in text.splitlines():
        key = VerifierKey.parse(line)
        if key.name in keys:
            raise NotCanonical("4.3", f"the key of {key.name} stands twice", subject=key.name)
        keys[key.name] = key.public
    return keys
