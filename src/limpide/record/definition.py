"""What is voted on, where, by which rule, and who may sign what?

The definition is the first entry of a record. Its units stand in one document per division
(département, fédération), named by SHA-256. ``Register`` is the checked whole.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, NewType

import msgspec

from limpide.canonical import NotCanonical, Refused, Sha256Hex, decode, sha256_hex
from limpide.codes import key_name
from limpide.record.signatories import named_keys, parse_key
from limpide.signing import VerifierKey

ElectionId = NewType("ElectionId", str)
UnitId = NewType("UnitId", str)
LocalityId = NewType("LocalityId", str)
DivisionId = NewType("DivisionId", str)
ContestId = NewType("ContestId", str)
OptionId = NewType("OptionId", str)

RoundNumber = Annotated[int, msgspec.Meta(ge=1, le=9)]
Place = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_-]{1,32}\Z")]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,32}\Z")]
Label = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+\Z")]
"""A name on one line, without control characters."""
Instant = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")]
"""RFC 3339, UTC, whole seconds: instants compare as strings."""
Hour = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")]
Key64 = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=\Z")]

MAX_DIVISION = 16 * 2**20
"""Bytes of one division's document. Spec 4.2."""
MAX_UNITS = 1_000_000
_ELECTION = re.compile("[1-9A-HJ-NP-Za-km-z]{22}")
_RESERVED = frozenset({"commission", "operator", "delegate", "organiser", "registrar"})
"""Names of roles: no unit has one, or two keys would share a name."""
_NATION = "nation"
"""What the whole is called beside the divisions: no division has that id."""


def check_instant(instant: Instant) -> None:
    """Raises ``ValueError`` unless the calendar has that instant; decoding turns it into ``NotCanonical``."""
    datetime.fromisoformat(instant)


class Wire(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whatever has a wire form: canonical JSON, absent members omitted, never null."""


class Text(Wire, frozen=True):
    """A text in both languages."""

    en: Label
    fr: Label


class Rule(StrEnum):
    """How a contest is decided (spec 5.4)."""

    TWO_ROUND_MAJORITY = "two-round-majority"
    """More than half of the valid votes, else the first two go to a second round, won by plurality."""
    PLURALITY = "plurality"


class Need(StrEnum):
    """Must a report state this figure? It depends on what the station's paper form asks."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    ABSENT = "absent"


class Territory(StrEnum):
    """What divisions and localities are called."""

    DEPARTMENTS = "departements"
    FEDERATIONS = "federations"


class ContestOption(Wire, frozen=True):
    """A candidate, a motion (candidat, motion)."""

    id: Slug
    name: Label


class Contest(Wire, frozen=True):
    """One question put to the voters (scrutin)."""

    id: Slug
    name: Text
    options: Annotated[tuple[ContestOption, ...], msgspec.Meta(min_length=1, max_length=64)]
    rule: Rule
    voters_participated: Need = Need.REQUIRED
    voters_registered: Need = Need.REQUIRED


class Round(Wire, frozen=True):
    """One day of voting (tour). No report is admitted before ``counting_opens``."""

    counting_opens: Instant
    date: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
    number: RoundNumber
    turnout_hours: Annotated[tuple[Hour, ...], msgspec.Meta(max_length=24)] = ()

    def __post_init__(self) -> None:
        """Refuses a day or an instant that no calendar has."""
        check_instant(self.counting_opens)
        date.fromisoformat(self.date)


class Commission(Wire, frozen=True):
    """The independent authority: its members' keys, and how many must sign an act."""

    members: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=32)]
    threshold: Annotated[int, msgspec.Meta(ge=1, le=32)]


class DivisionRef(Wire, frozen=True):
    """A département or fédération, its document, and how many units that lists."""

    document: Sha256Hex
    id: Place
    name: Label
    units: Annotated[int, msgspec.Meta(ge=1, le=MAX_UNITS)]


class Software(Wire, frozen=True):
    """Digests of the programs that the commission examined."""

    verifier: Sha256Hex
    browser: Sha256Hex | msgspec.UnsetType = msgspec.UNSET


class Definition(Wire, frozen=True):
    """The body of the first entry. Spec 4.1."""

    commission: Commission
    contests: Annotated[tuple[Contest, ...], msgspec.Meta(min_length=1, max_length=20)]
    divisions: Annotated[tuple[DivisionRef, ...], msgspec.Meta(min_length=1, max_length=400)]
    log: str
    name: Text
    organiser: str
    registrar: str
    rounds: Annotated[tuple[Round, ...], msgspec.Meta(min_length=1, max_length=9)]
    delegates: Annotated[tuple[str, ...], msgspec.Meta(max_length=64)] = ()
    operators: Annotated[tuple[str, ...], msgspec.Meta(max_length=64)] = ()
    rehearsal: bool = False
    software: Software | msgspec.UnsetType = msgspec.UNSET
    territory: Territory = Territory.DEPARTMENTS
    time_zone: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_]+/[A-Za-z_]+\Z")] = "Europe/Paris"


class UnitEntry(Wire, frozen=True):
    """A polling station: for each round the public keys of seats 1 and 2, base64."""

    id: Place
    keys: tuple[tuple[Key64, Key64], ...]
    name: Label | msgspec.UnsetType = msgspec.UNSET


class LocalityEntry(Wire, frozen=True):
    """A commune or section and its stations."""

    id: Place
    name: Label
    units: Annotated[tuple[UnitEntry, ...], msgspec.Meta(min_length=1)]


class DivisionDocument(Wire, frozen=True):
    """The document of one division."""

    division: Place
    localities: Annotated[tuple[LocalityEntry, ...], msgspec.Meta(min_length=1)]


@dataclass(frozen=True, slots=True)
class Unit:
    """A reporting unit (bureau de vote) and where it lies."""

    id: UnitId
    name: str
    locality: LocalityId
    division: DivisionId
    keys: tuple[bytes, ...]
    """Public keys: seat 1 and seat 2 of round 1, then of round 2, and so on."""

    def seat_key(self, seat: int, round_: int) -> VerifierKey | None:
        """The key that the definition gives to a seat, or None where there is no such seat."""
        position = 2 * (round_ - 1) + seat - 1
        if seat not in (1, 2) or not 0 <= position < len(self.keys):
            return None
        return VerifierKey(key_name(self.id, seat, round_), self.keys[position])


@dataclass(frozen=True, slots=True)
class Locality:
    """A commune (section) and its units, in the order of the document."""

    id: LocalityId
    name: str
    division: DivisionId
    units: tuple[UnitId, ...]


@dataclass(frozen=True, slots=True)
class Division:
    """A département (fédération) and its localities, in the order of the document."""

    id: DivisionId
    name: str
    localities: tuple[LocalityId, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Register:
    """The definition with its documents, checked: who signs, and the frozen list of units."""

    election: ElectionId
    definition: Definition
    divisions: Mapping[DivisionId, Division]
    localities: Mapping[LocalityId, Locality]
    units: Mapping[UnitId, Unit]
    keys: Mapping[str, VerifierKey]
    """Keys outside stations, by name: organiser, registrar, commission/1 …, operator/1 …, delegate/1 …"""

    @property
    def server(self) -> VerifierKey:
        """The key of the log, which also signs publications."""
        return self.keys[parse_key(self.definition.log).name]

    def contest(self, contest: str) -> Contest | None:
        """The contest of that id."""
        return next((c for c in self.definition.contests if c.id == contest), None)

    def round(self, number: int) -> Round | None:
        """The round of that number."""
        rounds = self.definition.rounds  # numbered 1, 2, …
        return rounds[number - 1] if 0 < number <= len(rounds) else None


def check_election_id(text: str) -> ElectionId:
    """22 Base58 characters, drawn and never chosen; raises ``NotCanonical``. Spec 1.5."""
    if not _ELECTION.fullmatch(text):
        raise NotCanonical("1.5", f"not an election id: {text[:40]!r}", name=text[:40])
    return ElectionId(text)


def read_register(
    election: ElectionId, definition: Definition, documents: Callable[[str], bytes | None]
) -> Register:
    """The register that a definition and its documents describe.

    ``documents`` gives the bytes of a digest, or None. Raises ``Refused`` (spec 4.1, 4.2): a document that is
    missing or is not the one named, an identifier used twice, a wrong number of units or of keys, a
    threshold above the number of members, two keys of one name with one id.
    """
    _check_rounds(definition)
    if sum(ref.units for ref in definition.divisions) > MAX_UNITS:
        raise Refused("4.2", f"more than {MAX_UNITS} units", subject="divisions")
    keys = named_keys(_roles(definition))
    divisions: dict[DivisionId, Division] = {}
    localities: dict[LocalityId, Locality] = {}
    units: dict[UnitId, Unit] = {}
    for ref in definition.divisions:
        division = DivisionId(ref.id)
        document = _read_division(ref, documents(ref.document))
        if division in divisions or division == _NATION:
            raise Refused("4.2", f"division {division} stands twice, or is the nation", subject=division)
        before = len(units)
        members: list[LocalityId] = []
        for entry in document.localities:
            locality = LocalityId(entry.id)
            if locality in localities:
                raise Refused("4.2", f"locality {locality} stands twice", subject=locality)
            members.append(locality)
            placed = tuple(_place_unit(u, definition, locality, division) for u in entry.units)
            for unit in placed:
                if unit.id in units:
                    raise Refused("4.2", f"unit {unit.id} stands twice", subject=unit.id)
                units[unit.id] = unit
            localities[locality] = Locality(locality, entry.name, division, tuple(u.id for u in placed))
        if len(units) - before != ref.units:
            raise Refused("4.2", f"division {division} does not list {ref.units} units", subject=division)
        divisions[division] = Division(division, ref.name, tuple(members))
    shadowed = [name for name in keys if name.partition("/")[0] in units]
    if shadowed:
        raise Refused("4.3", f"the key {shadowed[0]} has the name of a unit", subject=shadowed[0])
    return Register(election, definition, divisions, localities, units, keys)


def _read_division(ref: DivisionRef, data: bytes | None) -> DivisionDocument:
    if data is None:
        raise Refused("1.6", f"the document of division {ref.id} is missing", subject=ref.document)
    if sha256_hex(data) != ref.document:
        raise Refused("1.6", f"the document of division {ref.id} is not the one named", subject=ref.document)
    try:
        document = decode(DivisionDocument, data, limit=MAX_DIVISION)
    except NotCanonical as error:
        raise Refused("4.2", f"the document of division {ref.id}: {error.message}", subject=ref.id) from None
    if document.division != ref.id:
        raise Refused("4.2", f"the document of division {ref.id} is of another", subject=ref.id)
    return document


def _place_unit(entry: UnitEntry, definition: Definition, locality: str, division: str) -> Unit:
    if entry.id in _RESERVED or len(entry.keys) != len(definition.rounds):
        raise Refused("4.2", f"unit {entry.id} needs two keys for each round", subject=entry.id)
    keys = tuple(binascii.a2b_base64(key) for pair in entry.keys for key in pair)
    if len(set(keys)) != len(keys):
        raise Refused("4.2", f"unit {entry.id} has one key for two seats", subject=entry.id)
    name = entry.name if isinstance(entry.name, str) else entry.id
    return Unit(UnitId(entry.id), name, LocalityId(locality), DivisionId(division), keys)


def _check_rounds(definition: Definition) -> None:
    numbers = [r.number for r in definition.rounds]
    if numbers != list(range(1, len(numbers) + 1)):
        raise Refused("4.1", "rounds are not numbered 1, 2, …", subject="rounds")
    instants = [r.counting_opens for r in definition.rounds]
    if sorted(set(instants)) != instants:
        raise Refused("4.1", "counting does not open later in each round", subject="rounds")
    contests = [contest.id for contest in definition.contests]
    for ids in (contests, *([option.id for option in c.options] for c in definition.contests)):
        if len(set(ids)) != len(ids):
            raise Refused("4.1", "an identifier stands twice", subject=ids[0])
    if definition.commission.threshold > len(definition.commission.members):
        raise Refused("4.1", "the threshold is above the number of members", subject="commission")


def _roles(definition: Definition) -> Iterator[tuple[str | None, str]]:
    """The name that each key must bear (the log's may be any), and the verifier key."""
    commission, operators, delegates = definition.commission.members, definition.operators, definition.delegates
    yield from ((None, definition.log), ("organiser", definition.organiser), ("registrar", definition.registrar))
    for role, vkeys in (("commission", commission), ("operator", operators), ("delegate", delegates)):
        yield from ((key_name(role, seat, 0), vkey) for seat, vkey in enumerate(vkeys, start=1))


def encode_public_key(public: bytes) -> str:
    """A station's public key as its document writes it."""
    return base64.b64encode(public).decode()
