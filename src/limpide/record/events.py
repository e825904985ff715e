"""What can be said in a record, and how is it written?

An entry is a signed note whose text is two lines: ``limpide/v1 <kind> <election id>`` and the canonical
JSON of the body. ``decode_event`` gives one value per byte string. Spec 1.3 to 1.5, 3.1, 4.x, 5.x.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, NewType

import msgspec

from limpide.canonical import MAX_ENTRY, Count, NotCanonical, Sha256Hex, decode, encode
from limpide.record.definition import (
    Definition,
    ElectionId,
    Hour,
    Instant,
    Place,
    RoundNumber,
    Slug,
    Wire,
    check_election_id,
    check_instant,
)
from limpide.signing import Note, parse_note

EntryId = NewType("EntryId", bytes)
"""SHA-256 of an entry's text, 32 bytes."""

EntryHex = Sha256Hex
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,48}\Z")]
"""A reason or remark: a word of the catalogue, never free text."""
Places = Annotated[tuple[Place, ...], msgspec.Meta(min_length=1, max_length=1000)]
Documents = Annotated[tuple[Sha256Hex, ...], msgspec.Meta(max_length=16)]


class Channel(StrEnum):
    """How votes are cast."""

    PAPER = "paper"


class VotersDocument(Wire, frozen=True):
    """Registered voters of each unit of one division; the document of a roll commitment."""

    division: Place
    voters: dict[Place, Count]


class VotersRef(Wire, frozen=True):
    """The document of one division's voters."""

    division: Place
    document: Sha256Hex


class RollCommitment(Wire, frozen=True):
    """``roll-commitment``: how many may vote where, and the Merkle root of the salted roll lines."""

    root: Sha256Hex
    round: RoundNumber
    voters: Annotated[tuple[VotersRef, ...], msgspec.Meta(min_length=1, max_length=400)]


class Qualified(Wire, frozen=True):
    """The options of one contest in a later round."""

    contest: Slug
    options: Annotated[tuple[Slug, ...], msgspec.Meta(min_length=1, max_length=64)]


class Opening(Wire, frozen=True):
    """``opening``: voting begins (ouverture). A later round names the options that qualified."""

    channel: Channel
    round: RoundNumber
    qualified: Annotated[tuple[Qualified, ...], msgspec.Meta(max_length=20)] = ()


class Closing(Wire, frozen=True):
    """``closing``: voting ends (clôture)."""

    channel: Channel
    round: RoundNumber


class Turnout(Wire, frozen=True):
    """``turnout``: voters so far at a stated hour (participation)."""

    hour: Hour
    round: RoundNumber
    unit: Place
    voters: Count


class Figures(Wire, frozen=True):
    """The counts of a procès-verbal for one contest."""

    ballots_cast: Count
    ballots_rejected: Count
    blank_ballots: Count
    votes: dict[Slug, Count]
    voters_participated: Count | msgspec.UnsetType = msgspec.UNSET
    voters_registered: Count | msgspec.UnsetType = msgspec.UNSET


class StationReport(Wire, frozen=True):
    """``station-report``: the counts one station signs for one contest in one round (procès-verbal)."""

    contest: Slug
    figures: Figures
    round: RoundNumber
    unit: Place
    documents: Documents = ()
    remarks: Annotated[tuple[Code, ...], msgspec.Meta(max_length=32)] = ()


class Impediment(StrEnum):
    """Why a unit will have no result."""

    NOT_OPENED = "not-opened"
    NO_RESULT = "no-result"


class UnitStatus(Wire, frozen=True):
    """``unit-status``: units that did not open, or whose result is impossible."""

    reason: Code
    round: RoundNumber
    status: Impediment
    units: Places


class Correction(Wire, frozen=True):
    """``correction``: other figures for a report (or for an earlier correction of it), with the reason."""

    contest: Slug
    figures: Figures
    reason: Code
    round: RoundNumber
    supersedes: EntryHex
    unit: Place
    documents: Documents = ()


class Annulment(Wire, frozen=True):
    """``annulment``: the votes of these units do not count. Its effect is computed, never typed."""

    reason: Code
    round: RoundNumber
    units: Places
    documents: Documents = ()


class Reinstatement(Wire, frozen=True):
    """``reinstatement``: an annulment is lifted, whole."""

    annulment: EntryHex
    reason: Code
    round: RoundNumber


class KeyReplacement(Wire, frozen=True):
    """``key-replacement``: the key of that name ends, ``new`` (a verifier key of the same name) begins."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    new: Annotated[str, msgspec.Meta(max_length=400)]
    reason: Code


class CanvassDigest(Wire, frozen=True):
    """Where a canvass stands: SHA-256 of its national file."""

    contest: Slug
    digest: Sha256Hex
    round: RoundNumber


class Publication(Wire, frozen=True):
    """``publication``: what the first ``size`` entries yield, at an instant. It carries time into the record."""

    canvasses: Annotated[tuple[CanvassDigest, ...], msgspec.Meta(max_length=200)]
    instant: Instant
    manifest: Sha256Hex
    number: Annotated[int, msgspec.Meta(ge=1, le=10**9)]
    size: Annotated[int, msgspec.Meta(ge=1, le=2**48)]

    def __post_init__(self) -> None:
        """Refuses an instant that no calendar has."""
        check_instant(self.instant)


class Certification(Wire, frozen=True):
    """``certification``: the commission proclaims what publication ``publication`` digests to (proclamation)."""

    canvass: Sha256Hex
    contest: Slug
    publication: Annotated[int, msgspec.Meta(ge=1, le=10**9)]
    round: RoundNumber


Body = (
    Definition
    | RollCommitment
    | Opening
    | Closing
    | Turnout
    | StationReport
    | UnitStatus
    | Correction
    | Annulment
    | Reinstatement
    | KeyReplacement
    | Publication
    | Certification
)

KINDS: dict[str, type[Body]] = {
    "definition": Definition,
    "roll-commitment": RollCommitment,
    "opening": Opening,
    "closing": Closing,
    "turnout": Turnout,
    "station-report": StationReport,
    "unit-status": UnitStatus,
    "correction": Correction,
    "annulment": Annulment,
    "reinstatement": Reinstatement,
    "key-replacement": KeyReplacement,
    "publication": Publication,
    "certification": Certification,
}
_NAMES = {body: kind for kind, body in KINDS.items()}
_PREFIX = "limpide/v1"


@dataclass(frozen=True, slots=True)
class SignedEvent:
    """A decoded entry whose signatures have not been looked at."""

    election: ElectionId
    body: Body
    note: Note
    id: EntryId

    @property
    def kind(self) -> str:
        """The kind that the header line names."""
        return _NAMES[type(self.body)]


def event_text(election: ElectionId, body: Body) -> bytes:
    """The text that the signers of an event sign. Spec 1.3."""
    return f"{_PREFIX} {_NAMES[type(body)]} {election}\n".encode() + encode(body) + b"\n"


def decode_event(entry: bytes) -> SignedEvent:
    """The event that an entry's bytes denote; raises ``NotCanonical`` (spec 1.1 to 1.5).

    ``decode_event(e).note.encode() == e`` for every entry it accepts.
    """
    note = parse_note(entry, limit=MAX_ENTRY)
    header, newline, rest = note.text.partition(b"\n")
    words = header.split(b" ")
    if len(words) != 3 or words[0] != _PREFIX.encode() or not newline:  # noqa: PLR2004 - the three words of the header
        raise NotCanonical("1.3", "the first line is not 'limpide/v1 <kind> <election>'", reason="first line")
    kind = words[1].decode()
    body_type = KINDS.get(kind)
    if body_type is None:
        raise NotCanonical("1.3", f"unknown kind {kind[:40]!r}", reason=f"unknown kind {kind[:40]}")
    election = check_election_id(words[2].decode())
    names = [line.name for line in note.lines]
    if sorted(set(names)) != names:
        raise NotCanonical("1.4", "signature lines are not sorted by name, each once", reason="order of lines")
    body = decode(body_type, rest[:-1], clause="1.1")
    return SignedEvent(election, body, note, EntryId(note.identity))
