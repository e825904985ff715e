"""How does a description of a primary become the definition that everybody signs?

The organiser describes rounds, contests and options in a TOML file and the polling stations in a CSV file.
With the public keys that the printers emitted, both become the unsigned text of the first entry and one
document per division. Once the definition is signed and the round open, the organiser can only read.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from limpide.canonical import NotCanonical, Refused, encode, sha256_hex
from limpide.codes import key_name
from limpide.record.definition import (
    Commission,
    Contest,
    Definition,
    DivisionDocument,
    DivisionRef,
    LocalityEntry,
    Register,
    Round,
    Territory,
    Text,
    UnitEntry,
    check_election_id,
    encode_public_key,
    read_register,
)
from limpide.roles.drafts import Draft, draft, read_draft
from limpide.roles.past_results.election import UnusableFile
from limpide.signing import VerifierKey

COLUMNS = ("division", "division_name", "locality", "locality_name", "unit", "unit_name")
MAX_FILE = 64 * 2**20


class Description(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file ``election.toml``. Its fields are those of the definition."""

    election: str
    """22 characters drawn by ``limpide organiser begin``."""
    name: Text
    contests: tuple[Contest, ...]
    rounds: tuple[Round, ...]
    members: Annotated[int, msgspec.Meta(ge=1, le=32)]
    """Members of the commission."""
    threshold: Annotated[int, msgspec.Meta(ge=1, le=32)]
    """How many of them must sign an act."""
    operators: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    delegates: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    territory: Territory = Territory.DEPARTMENTS
    time_zone: str = "Europe/Paris"
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Station:
    """One line of ``units.csv``: a polling station and where it lies."""

    division: str
    division_name: str
    locality: str
    locality_name: str
    unit: str
    unit_name: str = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """The unsigned definition, its documents by SHA-256, and the register that both make."""

    definition: Draft
    documents: Mapping[str, bytes]
    register: Register


def read_description(data: bytes) -> Description:
    """The description in a TOML file; raises ``UnusableFile`` with the place and the reason."""
    try:
        description = msgspec.toml.decode(data, type=Description)
        check_election_id(description.election)
    except (msgspec.MsgspecError, UnicodeDecodeError, NotCanonical) as error:
        raise UnusableFile(str(error)) from None
    return description


def read_stations(data: bytes) -> list[Station]:
    """The polling stations in a CSV file (comma or semicolon, UTF-8); raises ``UnusableFile`` with the line."""
    if len(data) > MAX_FILE:
        raise UnusableFile(f"larger than {MAX_FILE >> 20} MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableFile("the list of stations is not UTF-8") from None
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",", strict=True)
    try:
        return list(_stations(rows))
    except csv.Error as error:
        raise UnusableFile(f"line {rows.line_num}: {error}", line=rows.line_num) from None


def draft_definition(
    description: Description, stations: Iterable[Station], keys: Mapping[str, bytes], log: str
) -> Drafted:
    """The definition that a description and its stations yield, with the public keys of every seat.

    ``log`` is the verifier key of the log. The whole is read back as admission will read it; raises ``Refused``
    with the clause, and for a seat without a key with the name of that seat.
    """
    documents: dict[str, bytes] = {}
    refs: list[DivisionRef] = []
    rounds = [round_.number for round_ in description.rounds]
    for division, members in _grouped(stations, lambda s: (s.division, s.division_name)):
        localities = tuple(
            LocalityEntry(id=locality[0], name=locality[1], units=tuple(_unit(s, rounds, keys) for s in inside))
            for locality, inside in _grouped(members, lambda s: (s.locality, s.locality_name))
        )
        data = encode(DivisionDocument(division=division[0], localities=localities))
        documents[sha256_hex(data)] = data
        refs.append(DivisionRef(document=sha256_hex(data), id=division[0], name=division[1], units=len(members)))
    body = Definition(
        commission=Commission(
            members=_vkeys("commission", description.members, keys), threshold=description.threshold
        ),
        contests=description.contests,
        delegates=_vkeys("delegate", description.delegates, keys),
        divisions=tuple(refs),
        log=log,
        name=description.name,
        operators=_vkeys("operator", description.operators, keys),
        organiser=_vkey("organiser", keys),
        registrar=_vkey("registrar", keys),
        rehearsal=description.rehearsal,
        rounds=description.rounds,
        territory=description.territory,
        time_zone=description.time_zone,
    )
    election = check_election_id(description.election)
    drafted = read_draft(draft(election, body).encode())
    return Drafted(drafted, documents, read_register(election, body, documents.get))


def _stations(rows: "csv.DictReader[str]") -> Iterator[Station]:
    titles = rows.fieldnames or ()
    missing = [title for title in COLUMNS[:-1] if title not in titles]
    if missing or not set(titles) <= set(COLUMNS):
        raise UnusableFile(f"line 1: the columns are {', '.join(COLUMNS)} (the last is optional)", line=1)
    for row in rows:
        if None in row or None in row.values() or not all(row[title] for title in COLUMNS[:-1]):
            raise UnusableFile(f"line {rows.line_num}: a cell is missing", line=rows.line_num)
        yield Station(**{title: row[title].strip() for title in titles})


def _grouped(
    stations: Iterable[Station], place: Callable[[Station], tuple[str, str]]
) -> Iterable[tuple[tuple[str, str], list[Station]]]:
    """Stations by the (id, name) of their place, places in the order in which they are first met."""
    groups: dict[tuple[str, str], list[Station]] = {}
    for station in stations:
        groups.setdefault(place(station), []).append(station)
    return groups.items()


def _unit(station: Station, rounds: Sequence[int], keys: Mapping[str, bytes]) -> UnitEntry:
    pairs = tuple(
        (_public(key_name(station.unit, 1, number), keys), _public(key_name(station.unit, 2, number), keys))
        for number in rounds
    )
    return UnitEntry(id=station.unit, keys=pairs, name=station.unit_name or msgspec.UNSET)


def _public(seat: str, keys: Mapping[str, bytes]) -> str:
    if seat not in keys:
        raise Refused("4.2", f"there is no key for {seat}", subject=seat)
    return encode_public_key(keys[seat])


def _vkeys(role: str, count: int, keys: Mapping[str, bytes]) -> tuple[str, ...]:
    return tuple(_vkey(key_name(role, seat, 0), keys) for seat in range(1, count + 1))


def _vkey(seat: str, keys: Mapping[str, bytes]) -> str:
    if seat not in keys:
        raise Refused("4.3", f"there is no key for {seat}", subject=seat)
    return VerifierKey(seat, keys[seat]).vkey
