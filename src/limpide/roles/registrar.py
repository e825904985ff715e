"""How is the roll (liste électorale) committed to, without a line of it leaving?

A file goes in, digests come out: how many may vote in each station, and the root of a Merkle tree over salted
lines. Each line has its own salt, drawn here and kept beside the roll, so that the root says nothing about
anybody, and one line can later be shown to be in it. Roll and salts are destroyed together. Spec 4.4.
"""

import csv
import io
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from limpide import _kernel
from limpide.canonical import Refused, encode, sha256_hex
from limpide.record.definition import Register, UnitId
from limpide.record.events import RollCommitment, VotersDocument, VotersRef
from limpide.roles.drafts import Draft, draft
from limpide.roles.past_results.election import UnusableFile

SALT = 16
"""Bytes of a salt: beyond any search for the line that it hides."""


@dataclass(frozen=True, slots=True)
class Commitment:
    """The unsigned commitment, and the public documents by SHA-256."""

    draft: Draft
    documents: Mapping[str, bytes]


def read_roll(data: bytes, unit_column: str = "unit") -> tuple[list[str], list[bytes]]:
    """The station of each line of a roll in CSV, and the line's bytes; raises ``UnusableFile``.

    No error ever quotes a line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableFile("the roll is not UTF-8") from None
    first = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",", strict=True)
    try:
        header = next(rows, [])
        if unit_column not in header:
            raise UnusableFile(f"line 1: the column {unit_column} is missing", line=1)
        place = header.index(unit_column)
        units, lines = [], []
        for row in rows:
            if len(row) != len(header):
                raise UnusableFile(f"line {rows.line_num}: not {len(header)} cells", line=rows.line_num)
            units.append(row[place])
            lines.append(encode(row))
    except csv.Error:
        raise UnusableFile(f"line {rows.line_num}: not CSV", line=rows.line_num) from None
    return units, lines


def draw_salts(count: int) -> bytes:
    """A salt for each line, end to end, from the operating system's randomness."""
    return secrets.token_bytes(SALT * count)


def roll_root(salts: bytes, lines: Sequence[bytes]) -> str:
    """The RFC 6962 root over leaves ``H(0x00 ‖ salt ‖ line)``, in hexadecimal."""
    salted = [salts[SALT * place : SALT * (place + 1)] + line for place, line in enumerate(lines)]
    return _kernel.tree_root(_kernel.leaf_hashes(salted)).hex()


def commit_roll(register: Register, round_: int, units: Iterable[str], root: str) -> Commitment:
    """The commitment to a roll whose lines belong to ``units``; raises ``Refused`` for an unknown station."""
    voters = Counter(units)
    unknown = [unit for unit in voters if UnitId(unit) not in register.units]
    if unknown:
        raise Refused("4.4", f"the roll names {unknown[0][:32]}, which is not a unit", subject=unknown[0][:32])
    return commit_counts(register, round_, voters, root)


def commit_counts(register: Register, round_: int, voters: Mapping[str, int], root: str) -> Commitment:
    """The commitment to so many voters of each unit; a unit without a line has none."""
    documents: dict[str, bytes] = {}
    refs = []
    for division in register.divisions.values():
        inside = (unit for locality in division.localities for unit in register.localities[locality].units)
        counts = {str(unit): voters.get(unit, 0) for unit in inside}
        data = encode(VotersDocument(division=division.id, voters=counts))
        documents[sha256_hex(data)] = data
        refs.append(VotersRef(division=division.id, document=sha256_hex(data)))
    body = RollCommitment(root=root, round=round_, voters=tuple(refs))
    return Commitment(draft(register.election, body), documents)
