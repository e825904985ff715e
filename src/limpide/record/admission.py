"""May this event be added now?

Strict about form, signers and the state of the record, lenient about sums: a mistaken procès-verbal that
was validly signed is a fact. There is no clock here: windows open and close by entries, and time enters
with publications. Every refusal names its clause.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from limpide.canonical import InvalidSignature, NotCanonical, Refused, decode, sha256_hex
from limpide.record import acts, reports
from limpide.record.definition import MAX_DIVISION, Definition, UnitId, read_register
from limpide.record.events import (
    Annulment,
    Certification,
    Closing,
    Correction,
    EntryId,
    KeyReplacement,
    Opening,
    Publication,
    Reinstatement,
    RollCommitment,
    SignedEvent,
    StationReport,
    Turnout,
    UnitStatus,
    VotersDocument,
    VotersRef,
)
from limpide.record.record import Record
from limpide.signing import VerifierKey, check_signatures

Documents = Callable[[str], bytes | None]
"""The bytes of a document by its digest, or None when it is not there."""


@dataclass(frozen=True, slots=True)
class VerifiedEvent:
    """An event whose signature lines verify under the keys of a record. Only ``verify_events`` makes one."""

    event: SignedEvent
    key_change: EntryId | None
    """The last replacement of a key in that record."""


def verify_events(
    record: Record, events: Sequence[SignedEvent]
) -> list[VerifiedEvent | Refused | InvalidSignature]:
    """Checks the signature lines of many events at once, each under the keys that ``record`` gives them.

    Spec 1.5: an entry of another election. Spec 2.2: a line of an unknown name or key id. Spec 2.7: a false
    signature.
    """
    answers: list[VerifiedEvent | Refused | InvalidSignature] = []
    checks: list[tuple[VerifierKey, bytes, bytes]] = []
    for event in events:
        try:
            keys = _line_keys(record, event)
        except Refused as refusal:
            answers.append(refusal)
            continue
        checks.extend((key, event.note.text, line.blob) for key, line in zip(keys, event.note.lines, strict=True))
        answers.append(VerifiedEvent(event, record.key_change))
    verdicts = iter(check_signatures(checks))
    for position, answer in enumerate(answers):
        if isinstance(answer, VerifiedEvent):
            false = [line.name for line in answer.event.note.lines if not next(verdicts)]
            if false:
                answers[position] = InvalidSignature("2.7", f"the signature of {false[0]} is false", name=false[0])
    return answers


def admit(record: Record, verified: VerifiedEvent, documents: Documents) -> Record:
    """The record with one more event. Raises ``Refused`` or ``InvalidSignature`` with the clause broken."""
    event = verified.event
    _check_election(record, event)
    if record.find(event.id) is not None:
        raise Refused("1.7", "this entry is in the record already", name=event.id.hex())
    if verified.key_change != record.key_change:
        # a key was replaced between the check and now: check again under the present keys
        (again,) = verify_events(record, [event])
        if not isinstance(again, VerifiedEvent):
            raise again
    names = tuple(line.name for line in event.note.lines)
    voters: Mapping[str, int] | None = None
    match event.body:
        case Definition():
            raise Refused("4.1", "a record has one definition", subject="definition")
        case StationReport():
            reports.check_report(record, event.body, names)
        case Turnout():
            reports.check_turnout(record, event.body, names)
        case RollCommitment():
            acts.check_signers(names, {"registrar"}, 1)
            voters = _read_voters(record, event.body, documents)
        case Opening():
            acts.check_opening(record, event.body, names)
        case Closing():
            acts.check_closing(record, event.body, names)
        case UnitStatus():
            acts.check_unit_status(record, event.body, names)
        case Correction():
            acts.check_correction(record, event.body, names)
        case Annulment():
            acts.check_annulment(record, event.body, names)
        case Reinstatement():
            acts.check_reinstatement(record, event.body, names)
        case KeyReplacement():
            acts.check_key_replacement(record, event.body, names)
        case Publication():
            acts.check_publication(record, event.body, names)
        case Certification():
            acts.check_certification(record, event.body, names)
        case _ as unreachable:
            assert_never(unreachable)
    return record.append(event, voters)


def open_record(definition: SignedEvent, documents: Documents) -> Record:
    """The record that a definition begins. Spec 4.1: signed by the organiser and by m of the commission."""
    if not isinstance(definition.body, Definition):
        raise Refused("4.1", "a record begins with its definition", subject=definition.kind)
    register = read_register(definition.election, definition.body, documents)
    record = Record.start(register, definition)
    (verified,) = verify_events(record, [definition])
    if not isinstance(verified, VerifiedEvent):
        raise verified
    names = [line.name for line in definition.note.lines]
    if "organiser" not in names:
        raise Refused("4.1", "the organiser has not signed the definition", subject="organiser")
    names.remove("organiser")
    acts.check_commission(record, tuple(names))
    return record


def documents_needed(event: SignedEvent) -> tuple[str, ...]:
    """The digests of the documents without which an event cannot be admitted. Spec 1.6."""
    match event.body:
        case Definition():
            return tuple(division.document for division in event.body.divisions)
        case RollCommitment():
            return tuple(ref.document for ref in event.body.voters)
        case _:
            return ()


def documents_of(event: SignedEvent) -> tuple[str, ...]:
    """The digests of every document that an event names, also of those that may follow or be withdrawn."""
    match event.body:
        case StationReport() | Correction() | Annulment():
            return event.body.documents
        case _:
            return documents_needed(event)


def _check_election(record: Record, event: SignedEvent) -> None:
    if event.election != record.register.election:
        raise Refused("1.5", "this entry belongs to another election", name=event.election)


def _line_keys(record: Record, event: SignedEvent) -> tuple[VerifierKey, ...]:
    _check_election(record, event)
    keys = []
    for line in event.note.lines:
        key = record.key(line.name)
        if key is None or key.id != line.key_id:
            raise Refused("2.2", f"{line.name} is not a signer here, or its key was replaced", name=line.name)
        keys.append(key)
    return tuple(keys)


def _read_voters(record: Record, body: RollCommitment, documents: Documents) -> Mapping[str, int]:
    if record.register.round(body.round) is None or record.voters_registered(body.round):
        raise Refused("4.4", f"round {body.round} has its roll, or does not exist", subject=f"round {body.round}")
    if record.opening(body.round) is not None:
        raise Refused("4.4", f"round {body.round} is open: its roll is frozen", subject=f"round {body.round}")
    voters: dict[str, int] = {}
    lines = 0
    for ref in body.voters:
        data = documents(ref.document)
        if data is None or sha256_hex(data) != ref.document:
            raise Refused("1.6", f"the voters of division {ref.division} are missing", subject=ref.document)
        document = _decode_voters(ref, data)
        units = record.register.units
        if any(unit not in units or units[UnitId(unit)].division != ref.division for unit in document.voters):
            raise Refused("4.4", f"{ref.division} lists voters of other units", subject=ref.division)
        voters.update(document.voters)
        lines += len(document.voters)
    if voters.keys() != record.register.units.keys() or lines != len(voters):
        raise Refused("4.4", "the roll does not list each unit exactly once", subject=f"round {body.round}")
    return voters


def _decode_voters(ref: VotersRef, data: bytes) -> VotersDocument:
    try:
        document = decode(VotersDocument, data, limit=MAX_DIVISION)
    except NotCanonical as error:
        raise Refused("4.4", f"the voters of {ref.division}: {error.message}", subject=ref.division) from None
    if document.division != ref.division:
        raise Refused("4.4", f"the voters of {ref.division} are of another division", subject=ref.division)
    return document
