"""In what order did things happen, and which data belongs to which event?

Events form a chain; before each stands exactly the data that it brings. The reader below reports every
departure and goes on with what can still be told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Literal

from limpide.belenios.archive import ArchiveWriter, Record, read_records
from limpide.belenios.faults import Fault, fault_of
from limpide.belenios.wire import HexHash, SmallInt, Wire, decode, decode_exact, encode
from limpide.canonical import LimpideError, Refused

EventType = Literal[
    "Setup", "Ballot", "EndBallots", "EncryptedTally", "Shuffle", "EndShuffles", "PartialDecryption", "Result"
]

DATA: dict[EventType, int] = {
    "Setup": 4,
    "Ballot": 1,
    "EndBallots": 0,
    "EncryptedTally": 2,
    "Shuffle": 2,
    "EndShuffles": 0,
    "PartialDecryption": 2,
    "Result": 1,
}
"""How many data records each event brings; ``Setup`` may bring one more, the certificate of credentials."""

# The legal sequence as the set of events that may follow each; shuffles are required or forbidden by the
# questions, which `Sequence` is told when it has seen them.
_NEXT: dict[EventType | None, frozenset[EventType]] = {
    None: frozenset({"Setup"}),
    "Setup": frozenset({"Ballot", "EndBallots"}),
    "Ballot": frozenset({"Ballot", "EndBallots"}),
    "EndBallots": frozenset({"EncryptedTally"}),
    "EncryptedTally": frozenset({"Shuffle", "EndShuffles", "PartialDecryption", "Result"}),
    "Shuffle": frozenset({"Shuffle", "EndShuffles"}),
    "EndShuffles": frozenset({"PartialDecryption", "Result"}),
    "PartialDecryption": frozenset({"PartialDecryption", "Result"}),
    "Result": frozenset(),
}


class EventText(Wire, frozen=True, kw_only=True):
    """An event record in writing order."""

    parent: HexHash | None = None
    height: SmallInt
    type: EventType
    payload: HexHash | None = None


class SetupText(Wire, frozen=True, kw_only=True):
    """``setup_data``."""

    election: HexHash
    trustees: HexHash
    credentials: HexHash
    credentials_certificate: HexHash | None = None


class OwnedText(Wire, frozen=True, kw_only=True):
    """``owned_shuffle`` and ``owned_partial_decryption``."""

    owner: SmallInt
    payload: HexHash


@dataclass(frozen=True, slots=True)
class Event:
    """An event with the data records that it brings, payload last."""

    height: int
    type: EventType
    hash: str
    data: tuple[Record, ...]


def read_events(records: Iterable[Record]) -> Iterator[Event | Fault]:
    """Events in order, and a fault for each departure from clauses 7.1 to 7.4 and 7.6."""
    pending: list[Record] = []
    parent: str | None = None
    height = 0
    iterator = iter(records)
    while True:
        try:
            record = next(iterator, None)
        except LimpideError as error:
            yield fault_of(error, f"event {height}")
            return
        if record is None:
            break
        if record.kind == "data":
            pending.append(record)
            if len(pending) > max(DATA.values()) + 1:
                del pending[0]  # so that memory stays bounded; the event's check of its data fails anyway
            continue
        if len(pending) == 1 and record.content == _ballot_event(parent, height, pending[0].hash):
            yield Event(height, "Ballot", record.hash, tuple(pending))
        else:
            yield from _read_event(record, parent, height, tuple(pending))
        pending = []
        parent = record.hash
        height += 1
    if pending:
        yield Fault("7.6", f"event {height}", {"type": "end of file"})


def _ballot_event(parent: str | None, height: int, payload: str) -> bytes:
    """The only bytes that the next event can have if it is a ballot: most events need no parsing."""
    return b'{"parent":"%s","height":%d,"type":"Ballot","payload":"%s"}' % (
        (parent or "").encode(),
        height,
        payload.encode(),
    )


def _read_event(
    record: Record, parent: str | None, height: int, data: tuple[Record, ...]
) -> Iterator[Event | Fault]:
    subject = f"event {height}"
    try:
        text = decode_exact(EventText, record.content, "7.4")
    except LimpideError as error:
        yield fault_of(error, subject)
        return
    if (text.parent, text.height) != (parent, height):
        yield Fault("7.4", subject, {"reason": "the chain is broken"})
    if not _brings(text, data):
        yield Fault("7.6", subject, {"type": text.type})
    yield Event(height, text.type, record.hash, data)


class Grammar:
    """Whether each event may stand where it stands (7.5)."""

    def __init__(self) -> None:
        self.last: EventType | None = None
        """The last event so far."""
        self._shuffled: bool | None = None

    def expect_shuffles(self, *, wanted: bool) -> None:
        """Says, once the questions are known, whether shuffles belong to this election."""
        self._shuffled = wanted

    def check(self, event: Event) -> Iterator[Fault]:
        """A fault if the event is out of order. The next one is judged after this one all the same."""
        allowed = _NEXT[self.last]
        if self.last == "EncryptedTally" and self._shuffled is not None:
            after_shuffles = frozenset[EventType]({"PartialDecryption", "Result"})
            allowed = allowed - after_shuffles if self._shuffled else after_shuffles
        if event.type not in allowed:
            facts: dict[str, str | int] = {"type": event.type, "after": self.last or "the beginning"}
            yield Fault("7.5", f"event {event.height}", facts)
        self.last = event.type


class EventWriter:
    """Appends events, each with its data, to an archive."""

    def __init__(self, archive: ArchiveWriter, parent: str | None = None, height: int = 0) -> None:
        self._archive = archive
        self._parent = parent
        self._height = height

    @classmethod
    def resume(cls, stream: BinaryIO) -> "EventWriter":
        """Continues an archive at its end; raises ``Refused`` if its structure is damaged."""
        parent, height = None, 0
        for item in read_events(read_records(stream)):
            if isinstance(item, Fault):
                raise Refused(item.clause, "the archive is damaged", subject=item.subject)
            parent, height = item.hash, item.height + 1
        return cls(ArchiveWriter.resume(stream), parent, height)

    def setup(self, election: bytes, trustees: bytes, credentials: bytes) -> None:
        """The first event."""
        e, t, c = (self._archive.append("data", content) for content in (election, trustees, credentials))
        self.append("Setup", encode(SetupText(election=e, trustees=t, credentials=c)))

    def owned(self, kind: Literal["Shuffle", "PartialDecryption"], owner: int, content: bytes) -> None:
        """What one trustee did."""
        digest = self._archive.append("data", content)
        self.append(kind, encode(OwnedText(owner=owner, payload=digest)))

    def append(self, kind: EventType, *data: bytes) -> None:
        """One event after its data, the payload last."""
        payload: str | None = None
        for content in data:
            payload = self._archive.append("data", content)
        event = EventText(parent=self._parent, height=self._height, type=kind, payload=payload)
        self._parent = self._archive.append("event", encode(event))
        self._height += 1


def read_owned(event: Event) -> tuple[int, Record] | None:
    """Owner and object of a shuffle or partial decryption; none where the fault is known already (7.6)."""
    try:
        return decode(OwnedText, event.data[-1].content, "7.6").owner, event.data[-2]
    except LimpideError:
        return None


def _brings(text: EventText, data: Sequence[Record]) -> bool:
    """Whether exactly the data that the event names stands before it."""
    expected = {DATA[text.type], DATA[text.type] + (text.type == "Setup")}
    if len(data) not in expected or text.payload != (data[-1].hash if data else None):
        return False
    hashes = [record.hash for record in data[:-1]]
    try:
        match text.type:
            case "Setup":
                setup = decode(SetupText, data[-1].content, "7.6")
                named = [setup.election, setup.trustees, setup.credentials, setup.credentials_certificate]
                return hashes == [name for name in named if name is not None]
            case "Shuffle" | "PartialDecryption":
                return hashes == [decode(OwnedText, data[-1].content, "7.6").payload]
            case "EncryptedTally":
                sized = decode(_TallyName, data[-1].content, "7.6")
                return hashes == [sized.encrypted_tally]
            case _:
                return True
    except LimpideError:
        return False


class _TallyName(Wire, frozen=True, kw_only=True):
    num_tallied: int
    total_weight: int | str
    encrypted_tally: HexHash
