"""What do the counted ballots add up to, still encrypted?

Columns are the ciphertexts of all homomorphic questions in order; their products commute, so they can be
formed in chunks, in any process. Ciphertexts of non-homomorphic questions are listed, sorted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import GenericAlias
from typing import Any, cast

from limpide.belenios.answers import split_rows
from limpide.belenios.ballots import Ballot
from limpide.belenios.election import Election, Homomorphic, Lists, NonHomomorphic
from limpide.belenios.group import Ciphertext, Element, Group
from limpide.belenios.proofs import ciphertext_text, read_ciphertexts
from limpide.belenios.wire import CiphertextText, HexHash, SmallInt, Wire, decode, encode, weight, weight_text
from limpide.canonical import NotCanonical

EncryptedTally = tuple[tuple[Ciphertext, ...], ...]
"""For each question its ciphertexts in order; for Lists row by row."""


class SizedText(Wire, frozen=True, kw_only=True):
    """``sized_encrypted_tally``: how many ballots, of what weight, made which tally."""

    num_tallied: SmallInt
    total_weight: int | str
    encrypted_tally: HexHash


@dataclass(frozen=True, slots=True)
class Columns:
    """The products over some ballots of every homomorphic ciphertext."""

    elements: tuple[Element, ...]

    def times(self, group: Group, other: "Columns") -> "Columns":
        """The products over both sets of ballots."""
        return Columns(tuple(map(group.multiply, self.elements, other.elements)))

    def without(self, group: Group, other: "Columns") -> "Columns":
        """The products over the ballots of the first that are not in the second."""
        return Columns(tuple(map(group.divide, self.elements, other.elements)))


def no_columns(election: Election) -> Columns:
    """The tally of no ballot: ``(1, 1)`` everywhere."""
    count = sum(q.ciphertexts for q in election.questions if not isinstance(q, NonHomomorphic))
    return Columns((election.suite.group.one,) * (2 * count))


def columns(election: Election, ballots: Sequence[Ballot], weights: Sequence[int]) -> Columns:
    """The products over ``ballots``, each to the power of its weight."""
    if not ballots:
        return no_columns(election)
    rows = [
        [
            element
            for answer in ballot.answers
            if not isinstance(answer.question, NonHomomorphic)
            for c in answer.ciphertexts
            for element in (c.alpha, c.beta)
        ]
        for ballot in ballots
    ]
    if not rows[0]:
        return Columns(())
    plain = all(weight == 1 for weight in weights)
    return Columns(election.suite.group.vartime_columns(rows, None if plain else weights))


def encrypted_tally(
    election: Election, products: Columns, listed: Sequence[Iterable[Ciphertext]]
) -> EncryptedTally:
    """The tally of every question; ``listed`` holds, for each non-homomorphic one, its ballots' ciphertexts."""
    sums = iter(products.elements)
    lists = iter(listed)
    tally = []
    for question in election.questions:
        match question:
            case NonHomomorphic():
                tally.append(tuple(sorted(next(lists), key=_order)))
            case Homomorphic() | Lists():
                tally.append(tuple(Ciphertext(next(sums), next(sums)) for _ in range(question.ciphertexts)))
    return tuple(tally)


def _order(c: Ciphertext) -> tuple[Element, Element]:
    return c.alpha, c.beta


def nest(election: Election, flat: Sequence[Sequence[Any]]) -> list[Any]:
    """Values in the shape of the encrypted tally: Lists question by rows, the others as they are."""
    return [
        split_rows(question, items) if isinstance(question, Lists) else list(items)
        for question, items in zip(election.questions, flat, strict=True)
    ]


def write_tally(election: Election, tally: EncryptedTally) -> bytes:
    """The record ``encrypted_tally``."""
    group = election.suite.group
    return encode(nest(election, [[ciphertext_text(group, c) for c in cs] for cs in tally]))


def read_nested(election: Election, raw: bytes, kind: object, clause: str) -> list[list[Any]]:
    """Values of ``kind`` in the shape of the encrypted tally, flattened by question. Raises ``NotCanonical``.

    The number of items of a non-homomorphic question is for the caller to judge.
    """
    many = GenericAlias(tuple, (kind, ...))
    rows = GenericAlias(tuple, (many, ...))
    kinds = tuple(rows if isinstance(question, Lists) else many for question in election.questions)
    decoded: tuple[Any, ...] = decode(cast("type[Any]", GenericAlias(tuple, kinds)), raw, clause)
    flat = []
    for question, items in zip(election.questions, decoded, strict=True):
        found: object = None
        wanted: object = None
        if isinstance(question, Lists):
            found, wanted = [len(row) for row in items], [len(row) for row in question.answers]
            flat.append([item for row in items for item in row])
        else:
            if isinstance(question, Homomorphic):
                found, wanted = len(items), question.ciphertexts
            flat.append(list(items))
        if found != wanted:
            raise NotCanonical(clause, "not the shape of the tally", reason="shape")
    return flat


def read_tally(election: Election, raw: bytes) -> EncryptedTally:
    """A stored encrypted tally whose elements are members. Raises a ``LimpideError`` of clause 7.39."""
    group = election.suite.group
    flat = read_nested(election, raw, CiphertextText, "7.39")
    return tuple(read_ciphertexts(group, texts, "7.39") for texts in flat)


def same_tally(election: Election, stored: EncryptedTally, recomputed: EncryptedTally) -> bool:
    """Whether two tallies say the same; releases differ in how they sort non-homomorphic ciphertexts."""
    for question, left, right in zip(election.questions, stored, recomputed, strict=True):
        if isinstance(question, NonHomomorphic):
            same = sorted(left, key=_order) == sorted(right, key=_order)
        else:
            same = left == right
        if not same:
            return False
    return True


def read_sized(raw: bytes) -> tuple[int, int, str]:
    """``num_tallied``, ``total_weight`` and the hash of the tally. Raises ``NotCanonical``."""
    sized = decode(SizedText, raw, "7.40")
    return sized.num_tallied, weight(sized.total_weight, "7.41"), sized.encrypted_tally


def write_sized(num_tallied: int, total_weight: int, tally_hash: str) -> bytes:
    """The record ``sized_encrypted_tally``."""
    return encode(
        SizedText(num_tallied=num_tallied, total_weight=weight_text(total_weight), encrypted_tally=tally_hash)
    )
