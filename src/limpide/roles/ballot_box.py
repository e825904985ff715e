"""How is a standalone Belenios election held: opened, filled, closed, published?

The archive is the election; each act appends to it, and only what the verifier accepts.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from limpide.belenios.archive import ArchiveWriter, read_records
from limpide.belenios.ballots import check_ballot, tracking_number
from limpide.belenios.credentials import Credentials, read_credentials
from limpide.belenios.decryption import Result, check_partial, combine, plaintexts, read_partial, write_result
from limpide.belenios.election import BASE58, Election, Question, read_election, read_question, write_election
from limpide.belenios.events import Event, EventType, EventWriter, read_events
from limpide.belenios.logarithm import Logarithms
from limpide.belenios.proving import Draw
from limpide.belenios.suite import suite
from limpide.belenios.tally import write_sized, write_tally
from limpide.belenios.trustees import check_election_key, check_trustees, read_trustees
from limpide.belenios.verdict import Verdict
from limpide.belenios.wire import decode
from limpide.canonical import InvalidProof, Refused, sha256_hex


class TemplateText(msgspec.Struct, frozen=True):
    """What is voted on, in a file as stock tools take it."""

    description: str
    name: str
    questions: tuple[msgspec.Raw, ...]


@dataclass(frozen=True, slots=True)
class OpenBox:
    """What must be known to judge one more ballot."""

    election: Election
    credentials: Credentials
    seen: frozenset[str]
    """Hashes of the ballots in the box."""
    last_event: EventType


def draw_uuid(draw: Draw) -> str:
    """A new election's uuid: 22 Base58 characters, drawn, never chosen."""
    return "".join(BASE58[draw(len(BASE58))] for _ in range(22))


def open_election(
    stream: BinaryIO, *, uuid: str, template: bytes, trustees: bytes, credentials: bytes, group: str, now: int
) -> Election:
    """Writes a new archive up to its ``Setup``. Raises ``Refused`` with the first clause that does not hold."""
    chosen = suite(group)
    text = decode(TemplateText, template, "7.9")
    read = read_trustees(chosen, trustees)
    y = chosen.group.encode(chosen.group.product(item.key for item in read.items))
    questions: list[Question] = [read_question(question) for question in text.questions]
    raw = write_election(
        uuid=uuid,
        name=text.name,
        description=text.description,
        chosen=chosen,
        public_key=y,
        questions=questions,
    )
    election = read_election(raw)
    _, faults = read_credentials(election, credentials)
    faults += [*check_trustees(chosen, read), *check_election_key(election, read)]
    for fault in faults:
        if fault.severity == "fault":
            raise Refused(
                fault.clause, "the election cannot be opened", **{**fault.facts, "subject": fault.subject}
            )
    EventWriter(ArchiveWriter.create(stream, now)).setup(raw, trustees, credentials)
    return election


def look_into(stream: BinaryIO) -> OpenBox:
    """The state of an archive as its owner left it: structure is checked, ballots are not judged again."""
    election: Election | None = None
    credentials: Credentials | None = None
    seen = set()
    last: EventType = "Setup"
    for item in read_events(read_records(stream)):
        if not isinstance(item, Event):
            raise Refused(item.clause, "the archive is damaged", subject=item.subject)
        last = item.type
        if item.type == "Setup":
            election = read_election(item.data[0].content)
            credentials, _ = read_credentials(election, item.data[2].content)
        elif item.type == "Ballot":
            seen.add(item.data[-1].hash)
    if election is None or credentials is None:
        raise Refused("7.5", "the archive holds no election", subject="archive")
    return OpenBox(election, credentials, frozenset(seen), last)


def add_ballots(stream: BinaryIO, ballots: Iterable[bytes]) -> Iterator[str]:
    """Appends valid ballots, each once; yields tracking numbers. Raises ``Refused`` at the first bad one."""
    box = look_into(stream)
    if box.last_event not in {"Setup", "Ballot"}:
        raise Refused("7.5", "the ballot box is closed", subject="ballot", after=box.last_event)
    seen = set(box.seen)
    writer = EventWriter.resume(stream)
    for ballot in ballots:
        check_ballot(box.election, box.credentials, ballot)
        digest = sha256_hex(ballot)
        if digest in seen:
            raise Refused("7.38", "this ballot is in the box already", subject="ballot")
        seen.add(digest)
        writer.append("Ballot", ballot)
        yield tracking_number(ballot)


def close_box(stream: BinaryIO, verdict: Verdict) -> None:
    """Appends the end of the vote and the encrypted tally to a box whose ``verdict`` is good."""
    election = _require(verdict, "Setup", "Ballot")
    if verdict.tally is None:
        raise Refused("7.39", "there is no tally")
    tally = write_tally(election, verdict.tally)
    sized = write_sized(verdict.num_tallied, verdict.total_weight, sha256_hex(tally))
    writer = EventWriter.resume(stream)
    writer.append("EndBallots")
    writer.append("EncryptedTally", tally, sized)


def add_decryption(stream: BinaryIO, verdict: Verdict, raw: bytes) -> int:
    """Appends a trustee's partial decryption, whose owner is found by its proofs. Raises ``Refused`` (7.47)."""
    election = _require(verdict, "EncryptedTally", "EndShuffles", "PartialDecryption")
    if verdict.tally is None or verdict.trustees is None:
        raise Refused("7.39", "there is no tally")
    partial = read_partial(election, raw, verdict.tally)
    for owner, public_share in enumerate(verdict.trustees.shares, 1):
        if owner in verdict.decryptions:
            continue
        try:
            check_partial(election, public_share, verdict.tally, partial)
        except InvalidProof:
            continue
        EventWriter.resume(stream).owned("PartialDecryption", owner, raw)
        return owner
    raise Refused("7.47", "this is the decryption of no trustee who is still awaited", subject="decryption")


def publish(stream: BinaryIO, verdict: Verdict) -> Result:
    """Combines the decryptions and appends the result. Raises ``Refused`` (7.48) while trustees are missing."""
    election = _require(verdict, "EncryptedTally", "EndShuffles", "PartialDecryption")
    if verdict.tally is None or verdict.trustees is None:
        raise Refused("7.39", "there is no tally")
    if not election.homomorphic_only:
        raise Refused("7.49", "results are computed for homomorphic questions only")
    group = election.suite.group
    factors = combine(group, verdict.trustees, verdict.decryptions, verdict.tally)
    logarithms = Logarithms(group, verdict.total_weight)
    result = tuple(map(logarithms.find_all, plaintexts(group, verdict.tally, factors)))
    EventWriter.resume(stream).append("Result", write_result(election, result))
    return result


@contextmanager
def locked(path: Path) -> Iterator[BinaryIO]:
    """The archive open for appending, by one command at a time; what was appended is on the disk at the end."""
    with path.open("r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def _require(verdict: Verdict, *last: EventType) -> Election:
    for fault in verdict.faults:
        if fault.severity == "fault":
            raise Refused(fault.clause, "the archive does not hold", **{**fault.facts, "subject": fault.subject})
    if verdict.election is None or verdict.last_event not in last:
        raise Refused("7.5", "not now", subject="act", after=verdict.last_event or "the beginning")
    return verdict.election
