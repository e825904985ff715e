"""What has been admitted so far, and what did it look like earlier?

``Record`` is a persistent value: admitting an event leaves the earlier record valid and costs O(1),
``until(size)`` is any earlier record in O(1). All of them share one append-only ledger; a record is
that ledger seen up to ``size``. Lists only grow, so a view never needs a copy; branching off an earlier
view (which a sequencer does only when a write failed) refolds it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, assert_never

from limpide.record.definition import Definition, Register, Round, Unit, UnitId
from limpide.record.events import (
    Annulment,
    Body,
    Certification,
    Channel,
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
)
from limpide.signing import VerifierKey


class Published(NamedTuple):
    """A publication and the index of its entry."""

    entry: int
    publication: Publication


@dataclass(slots=True, eq=False)
class _Ledger:
    """The shared, append-only memory. Every list is sorted by entry index."""

    register: Register
    events: list[SignedEvent | None] = field(default_factory=list)
    indices: dict[EntryId, int] = field(default_factory=dict)
    units: dict[str, list[int]] = field(default_factory=dict)
    acts: list[int] = field(default_factory=list)
    openings: dict[tuple[int, Channel], tuple[int, Opening]] = field(default_factory=dict)
    closings: dict[tuple[int, Channel], int] = field(default_factory=dict)
    publications: list[Published] = field(default_factory=list)
    certifications: list[int] = field(default_factory=list)
    changes: dict[tuple[int, str | None], list[int]] = field(default_factory=dict)
    """By round and contest; None stands for every contest."""
    keys: dict[str, list[tuple[int, VerifierKey]]] = field(default_factory=dict)
    replacements: list[int] = field(default_factory=list)
    rolls: dict[int, tuple[int, Mapping[str, int]]] = field(default_factory=dict)
    lifted: dict[EntryId, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """The first ``size`` entries of an election, indexed."""

    ledger: _Ledger
    size: int

    @classmethod
    def start(cls, register: Register, definition: SignedEvent) -> "Record":
        """The record whose only entry is the definition (which admission has checked)."""
        ledger = _Ledger(register)
        _index(ledger, definition, None)
        return cls(ledger, 1)

    @property
    def register(self) -> Register:
        """The definition and its frozen list of units."""
        return self.ledger.register

    def until(self, size: int) -> "Record":
        """The record when it had ``size`` entries, 1 ≤ size ≤ self.size."""
        if not 1 <= size <= self.size:
            raise IndexError(size)
        return Record(self.ledger, size)

    def append(self, event: SignedEvent, voters: Mapping[str, int] | None = None) -> "Record":
        """This record with one more event, which ``admission`` has judged.

        ``voters`` are the units' registered voters that the documents of a roll commitment state.
        """
        record = self if self.size == len(self.ledger.events) else self._branch()
        _index(record.ledger, event, voters)
        return Record(record.ledger, record.size + 1)

    def skip(self) -> "Record":
        """This record with one more place taken by an entry that was refused, which only a verifier meets."""
        record = self if self.size == len(self.ledger.events) else self._branch()
        record.ledger.events.append(None)
        return Record(record.ledger, record.size + 1)

    def event(self, index: int) -> SignedEvent:
        """The event at ``index``; raises ``IndexError`` also for a place that was skipped."""
        event = self.ledger.events[index] if 0 <= index < self.size else None
        if event is None:
            raise IndexError(index)
        return event

    def events(self) -> Iterator[SignedEvent]:
        """Every event, in order."""
        return (event for event in self.ledger.events[: self.size] if event is not None)

    def find(self, entry: EntryId) -> int | None:
        """The index of an entry, or None."""
        index = self.ledger.indices.get(entry)
        return index if index is not None and index < self.size else None

    def unit_events(self, unit: str) -> Sequence[int]:
        """Indices of the events that concern a unit, in order."""
        return self._upto(self.ledger.units.get(unit, []))

    def acts(self) -> Sequence[int]:
        """Indices of the acts of the commission, organiser and registrar, in order."""
        return self._upto(self.ledger.acts)

    def changes(self, round_: int, contest: str | None = None) -> Sequence[int]:
        """Indices of the events that can change the canvass of a contest, or any, in that round, in order."""
        return self._upto(self.ledger.changes.get((round_, contest), []))

    def turnouts(self, round_: int, since: int) -> Iterator[tuple[int, Turnout]]:
        """The turnouts of a round from entry ``since`` on, with their indices."""
        changes = self.changes(round_)
        for index in changes[bisect_left(changes, since) :]:
            body = self.event(index).body
            if isinstance(body, Turnout):
                yield index, body

    def publications(self) -> Sequence[Published]:
        """All publications, in order; number n stands at position n − 1."""
        publications = self.ledger.publications
        return publications[: bisect_left(publications, self.size, key=lambda p: p.entry)]

    @property
    def latest(self) -> Published | None:
        """The last publication."""
        position = bisect_left(self.ledger.publications, self.size, key=lambda p: p.entry)
        return self.ledger.publications[position - 1] if position else None

    @property
    def instant(self) -> str:
        """The last instant that a publication carried into the record, or an instant before all others."""
        latest = self.latest
        return latest.publication.instant if latest else "0000-01-01T00:00:00Z"

    def opening(self, round_: int, channel: Channel = Channel.PAPER) -> Opening | None:
        """The opening of a round, once it is open."""
        found = self.ledger.openings.get((round_, channel))
        return found[1] if found and found[0] < self.size else None

    def is_closed(self, round_: int, channel: Channel = Channel.PAPER) -> bool:
        """Has the round been closed?"""
        return self.ledger.closings.get((round_, channel), self.size) < self.size

    def is_counting(self, round_: Round) -> bool:
        """Has a publication reached the instant at which counting opens? Spec 3.2."""
        return self.instant >= round_.counting_opens

    def options(self, contest: str, round_: int) -> tuple[str, ...]:
        """The options of a contest in a round: those of the definition, or those that qualified."""
        opening = self.opening(round_)
        for qualified in opening.qualified if opening else ():
            if qualified.contest == contest:
                return qualified.options
        found = self.register.contest(contest)
        return tuple(option.id for option in found.options) if found else ()

    def contests(self, round_: int) -> tuple[str, ...]:
        """The contests voted on in a round: all of the definition's in round 1, later those that were opened."""
        every = tuple(contest.id for contest in self.register.definition.contests)
        if round_ == 1:
            return every
        opening = self.opening(round_)
        qualified = {q.contest for q in opening.qualified} if opening else set()
        return tuple(contest for contest in every if contest in qualified)

    def last_global(self, round_: int) -> int:
        """Index of the last event that concerns every unit of a round: its roll, or a later round's opening."""
        roll = self.ledger.rolls.get(round_, (0, {}))[0]
        opening = self.ledger.openings.get((round_, Channel.PAPER), (0, None))[0] if round_ > 1 else 0
        return max((index for index in (roll, opening) if index < self.size), default=0)

    def concerned(self, index: int) -> Iterator[str]:
        """The units that the event at ``index`` concerns."""
        event = self.ledger.events[index]
        return iter(()) if event is None else _concerned(self.ledger, event.body)

    def covering(self, index: int) -> int:
        """The number of the first publication that covers the entry at ``index``, counting the one being made."""
        publications = self.publications()
        return 1 + bisect_right(publications, index, key=lambda p: p.publication.size)

    def key(self, name: str) -> VerifierKey | None:
        """The key of that name now: the definition's, or the last that replaced it."""
        history = self.ledger.keys.get(name, ())
        replaced = [key for index, key in history if index < self.size]
        return replaced[-1] if replaced else self._defined_key(name)

    def known_keys(self, name: str) -> Iterator[bytes]:
        """Every public key that a role has or had, and those of the unit whose seat bears that name."""
        yield from (key.public for key in self.register.keys.values())
        for history in self.ledger.keys.values():
            yield from (key.public for index, key in history if index < self.size)
        unit = self.register.units.get(UnitId(name.partition("/")[0]))
        yield from unit.keys if unit else ()

    @property
    def key_change(self) -> EntryId | None:
        """The last entry that replaced a key, or None."""
        replacements = self._upto(self.ledger.replacements)
        return self.event(replacements[-1]).id if replacements else None

    def voters_registered(self, round_: int) -> Mapping[str, int]:
        """Registered voters of each unit by the roll commitment, empty before it."""
        index, voters = self.ledger.rolls.get(round_, (self.size, {}))
        return voters if index < self.size else {}

    def is_lifted(self, annulment: EntryId) -> bool:
        """Has the annulment been lifted by a reinstatement?"""
        return self.ledger.lifted.get(annulment, self.size) < self.size

    def certification(self, contest: str, round_: int) -> int | None:
        """Index of the last certification of a contest in a round, or None."""
        for index in reversed(self._upto(self.ledger.certifications)):
            body = self.event(index).body
            if isinstance(body, Certification) and (body.contest, body.round) == (contest, round_):
                return index
        return None

    def _upto(self, indices: list[int]) -> Sequence[int]:
        if not indices or indices[-1] < self.size:
            return indices
        return indices[: bisect_left(indices, self.size)]

    def _branch(self) -> "Record":
        events = self.ledger.events[: self.size]
        branch = Record.start(self.register, self.event(0))
        for event in events[1:]:
            if event is None:
                branch = branch.skip()
                continue
            roll = event.body.round if isinstance(event.body, RollCommitment) else None
            voters = self.ledger.rolls[roll][1] if roll else None
            branch = branch.append(event, voters)
        return branch

    def _defined_key(self, name: str) -> VerifierKey | None:
        unit_id, _, rest = name.partition("/")
        unit: Unit | None = self.register.units.get(UnitId(unit_id))
        if unit is None:
            return self.register.keys.get(name)
        seat, _, round_ = rest.partition("/")
        if not (seat.isdecimal() and round_.isdecimal() and len(rest) <= 3):  # noqa: PLR2004 - "<seat>/<round>", one digit each
            return None
        return unit.seat_key(int(seat), int(round_))


def units_of(body: Body) -> Iterator[str]:
    """The units that an event concerns."""
    match body:
        case StationReport() | Turnout() | Correction():
            yield body.unit
        case UnitStatus() | Annulment():
            yield from body.units
        case _:
            return


def _index(ledger: _Ledger, event: SignedEvent, voters: Mapping[str, int] | None) -> None:
    """Adds one event to every index it belongs to."""
    index, body = len(ledger.events), event.body
    ledger.events.append(event)
    ledger.indices[event.id] = index
    for unit in _concerned(ledger, body):
        ledger.units.setdefault(unit, []).append(index)
    if not isinstance(body, StationReport | Turnout | Publication):
        ledger.acts.append(index)
    every = [contest.id for contest in ledger.register.definition.contests]
    match body:
        case Definition():
            return
        case StationReport() | Correction():
            _note_change(ledger, body.round, (body.contest,), index)
        case Turnout() | UnitStatus() | Annulment():
            _note_change(ledger, body.round, every, index)
        case Reinstatement():
            ledger.lifted[EntryId(bytes.fromhex(body.annulment))] = index
            _note_change(ledger, body.round, every, index)
        case RollCommitment():
            ledger.rolls[body.round] = (index, voters or {})
            _note_change(ledger, body.round, every, index)
        case Opening():
            ledger.openings[body.round, body.channel] = (index, body)
        case Closing():
            ledger.closings[body.round, body.channel] = index
        case KeyReplacement():
            ledger.keys.setdefault(body.name, []).append((index, VerifierKey.parse(body.new)))
            ledger.replacements.append(index)
        case Publication():
            ledger.publications.append(Published(index, body))
        case Certification():
            ledger.certifications.append(index)
        case _ as unreachable:
            assert_never(unreachable)


def _note_change(ledger: _Ledger, round_: int, contests: Sequence[str], index: int) -> None:
    for contest in (None, *contests):
        ledger.changes.setdefault((round_, contest), []).append(index)


def _concerned(ledger: _Ledger, body: Body) -> Iterator[str]:
    if isinstance(body, Reinstatement):
        annulled = ledger.events[ledger.indices[EntryId(bytes.fromhex(body.annulment))]]
        assert annulled is not None, "admission lifts nothing but an annulment of this record"
        yield from units_of(annulled.body)
    else:
        yield from units_of(body)
