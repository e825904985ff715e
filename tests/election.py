"""What is the smallest election with everything in it?

Two divisions, four localities, six stations, a commission of three of five, two operators, a delegate, one
contest of three options over two rounds. The same at every run: a key's seed is the SHA-256 of its name.

    night = Night.begin()                   # definition admitted
    night.commit_roll(); night.open(); night.publish()
    night.report("01001-0001", (40, 30, 20))
    night.correct("01001-0001", (40, 31, 19))
    night.complete(); night.close(); night.publish(); night.certify()

Every method signs as those who may, admits, and gives the event; a refusal escapes as it is. ``night.try_``
signs as anybody. ``night.bundle()`` is what a stranger can fetch: the entries and the documents.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from limpide.canonical import InvalidSignature, LimpideError, Refused, encode, sha256_hex
from limpide.record import acts
from limpide.record.admission import VerifiedEvent, admit, open_record, verify_events
from limpide.record.definition import (
    Commission,
    Contest,
    ContestOption,
    Definition,
    DivisionDocument,
    DivisionRef,
    ElectionId,
    LocalityEntry,
    Round,
    Rule,
    Text,
    UnitEntry,
    encode_public_key,
)
from limpide.record.events import (
    Annulment,
    Body,
    CanvassDigest,
    Certification,
    Channel,
    Closing,
    Correction,
    EntryId,
    Figures,
    Impediment,
    KeyReplacement,
    Opening,
    Publication,
    Qualified,
    Reinstatement,
    RollCommitment,
    SignedEvent,
    StationReport,
    Turnout,
    UnitStatus,
    VotersDocument,
    VotersRef,
    decode_event,
    event_text,
)
from limpide.record.record import Record
from limpide.record.settlement import Settlement, settle
from limpide.results.canvass import begun, canvass
from limpide.signing import Note, Signer, sign_note

ELECTION = ElectionId("NightNightNightNightNi")
OTHER_ELECTION = ElectionId("MatinMatinMatinMatinMa")
LOG = "limpide.example/night"
CONTEST = "primaire"
OPTIONS = ("aline", "basile", "carole")
ROUNDS = (1, 2)
MEMBERS = tuple(f"commission/{seat}" for seat in range(1, 6))
QUORUM = MEMBERS[:3]
OPERATORS = ("operator/1", "operator/2")
STATIONS: Mapping[str, Mapping[str, int]] = {"01": {"01001": 2, "01002": 1}, "02": {"02001": 1, "02002": 2}}
"""Number of stations by division and locality."""
UNITS = tuple(
    f"{locality}-{number:04}"
    for localities in STATIONS.values()
    for locality, count in localities.items()
    for number in range(1, count + 1)
)
VOTERS = dict(zip(UNITS, range(100, 700, 100), strict=True))
"""Registered voters of each unit."""
COUNTING_OPENS = {1: "2027-01-17T19:00:00Z", 2: "2027-01-24T19:00:00Z"}
BEFORE_COUNTING = "2027-01-17T18:59:00Z"
HOURS = ("12:00", "17:00")

Votes = Sequence[int] | Mapping[str, int]
"""Votes by option, or in the order of the options."""
Digests = Callable[[Record], Iterable[CanvassDigest]]


def signer(name: str, generation: int = 0) -> Signer:
    """The signer of that name; a later ``generation`` is another key under the same name."""
    return Signer(name, hashlib.sha256(f"limpide test key|{name}|{generation}".encode()).digest())


def seats(unit: str, round_: int = 1) -> tuple[str, str]:
    """The names of the two keys of a station."""
    return f"{unit}/1/{round_}", f"{unit}/2/{round_}"


def sign(body: Body, names: Iterable[str], *, election: ElectionId = ELECTION, generation: int = 0) -> SignedEvent:
    """The event that those names sign, through its bytes as the world sees it."""
    text = event_text(election, body)
    return decode_event(sign_note(text, [signer(name, generation) for name in names]).encode())


def division_document(division: str) -> DivisionDocument:
    """The localities and units of one division, with their keys."""
    return DivisionDocument(
        division=division,
        localities=tuple(
            LocalityEntry(id=locality, name=f"Commune {locality}", units=tuple(map(_unit_entry, _units(locality))))
            for locality in STATIONS[division]
        ),
    )


def make_definition(**changes: object) -> tuple[Definition, dict[str, bytes]]:
    """The definition, with ``changes`` to its members, and its documents by digest."""
    documents = {name: encode(division_document(name)) for name in STATIONS}
    definition = Definition(
        commission=Commission(members=tuple(signer(name).key.vkey for name in MEMBERS), threshold=3),
        contests=(make_contest(),),
        delegates=(signer("delegate/1").key.vkey,),
        divisions=tuple(
            DivisionRef(
                document=sha256_hex(documents[name]), id=name, name=f"Pays {name}", units=sum(localities.values())
            )
            for name, localities in STATIONS.items()
        ),
        log=signer(LOG).key.vkey,
        name=Text(en="Primary of the tests", fr="Primaire des essais"),
        operators=tuple(signer(name).key.vkey for name in OPERATORS),
        organiser=signer("organiser").key.vkey,
        registrar=signer("registrar").key.vkey,
        rounds=tuple(
            Round(
                counting_opens=COUNTING_OPENS[number],
                date=COUNTING_OPENS[number][:10],
                number=number,
                turnout_hours=HOURS,
            )
            for number in ROUNDS
        ),
    )
    changed: Definition = msgspec.structs.replace(definition, **changes)
    return changed, {sha256_hex(data): data for data in documents.values()}


def make_contest(contest: str = CONTEST) -> Contest:
    """A two-round majority among the three options."""
    return Contest(
        id=contest,
        name=Text(en="Candidate", fr="Candidature"),
        options=tuple(ContestOption(id=option, name=option.capitalize()) for option in OPTIONS),
        rule=Rule.TWO_ROUND_MAJORITY,
    )


def stand_in_digests(record: Record) -> Iterable[CanvassDigest]:
    """A digest for each canvass, of its sums: enough where no file is published."""
    for round_, contest in begun(record):
        sums = canvass(record, contest, round_).nation.totals.vector
        yield CanvassDigest(contest=contest, round=round_, digest=sha256_hex(encode(sums)))


@dataclass(slots=True)
class Night:
    """One election: its record so far, its documents, and everybody's pen."""

    record: Record
    documents: dict[str, bytes]
    digests: Digests = stand_in_digests
    """How a publication digests the canvasses; scenarios put the real one here."""
    generations: dict[str, int] = field(default_factory=dict)
    """Which key signs for a name, where it was replaced."""

    @classmethod
    def begin(cls, definition: Definition | None = None, documents: Mapping[str, bytes] | None = None) -> "Night":
        """A record with its definition."""
        made, made_documents = make_definition()
        kept = {**made_documents, **(documents or {})}
        event = sign(definition or made, ("organiser", *QUORUM))
        return cls(open_record(event, kept.get), kept)

    @classmethod
    def counting(cls) -> "Night":
        """A record whose first round is open and whose counting has begun."""
        night = cls.begin()
        night.commit_roll()
        night.open()
        night.publish()
        return night

    @classmethod
    def proclaimed(cls) -> "Night":
        """A record whose first round is complete, closed and certified."""
        night = cls.counting()
        night.complete()
        night.close()
        night.publish()
        night.certify()
        return night

    def branch(self) -> "Night":
        """Another night that goes on from here; this one stays as it is."""
        return Night(self.record, dict(self.documents), self.digests, dict(self.generations))

    def sign(self, body: Body, names: Iterable[str]) -> SignedEvent:
        """The event that those names sign with the keys they have now."""
        text = event_text(ELECTION, body)
        pens = [signer(name, self.generations.get(name, 0)) for name in names]
        return decode_event(sign_note(text, pens).encode())

    def admit(self, event: SignedEvent) -> SignedEvent:
        """Checks the signatures and adds the event; raises what the record refuses."""
        (verified,) = verify_events(self.record, [event])
        if not isinstance(verified, VerifiedEvent):
            raise verified
        self.record = admit(self.record, verified, self.documents.get)
        return event

    def try_(self, body: Body, *names: str) -> SignedEvent:
        """Signs as anybody and tries to add it."""
        return self.admit(self.sign(body, names))

    def submit(self, entry: bytes) -> SignedEvent:
        """Adds what those bytes say, as a server does."""
        return self.admit(decode_event(entry))

    def commit_roll(self, round_: int = 1, voters: Mapping[str, int] = VOTERS) -> SignedEvent:
        """The registrar commits to the voters of each unit."""
        refs = []
        for division, localities in STATIONS.items():
            mine = {unit: count for unit, count in voters.items() if unit.rpartition("-")[0] in localities}
            data = encode(VotersDocument(division=division, voters=mine))
            self.documents[sha256_hex(data)] = data
            refs.append(VotersRef(division=division, document=sha256_hex(data)))
        return self.try_(RollCommitment(root="0" * 64, round=round_, voters=tuple(refs)), "registrar")

    def open(self, round_: int = 1, qualified: Sequence[str] = ()) -> SignedEvent:
        """The commission opens a round, a later one with the options that qualified."""
        named = (Qualified(contest=CONTEST, options=tuple(qualified)),) if qualified else ()
        return self.try_(Opening(channel=Channel.PAPER, round=round_, qualified=named), *QUORUM)

    def close(self, round_: int = 1) -> SignedEvent:
        """The commission closes a round."""
        return self.try_(Closing(channel=Channel.PAPER, round=round_), *QUORUM)

    def publish(self, instant: str | None = None, *, manifest: str = "0" * 64) -> SignedEvent:
        """The log publishes all it has, a minute later than before and not before counting opens."""
        body = Publication(
            canvasses=tuple(self.digests(self.record)),
            instant=instant or self._next_instant(),
            manifest=manifest,
            number=len(self.record.publications()) + 1,
            size=self.record.size,
        )
        return self.try_(body, LOG)

    def turnout(self, unit: str, voters: int, hour: str = HOURS[0], round_: int = 1) -> SignedEvent:
        """Seat 1 of a station says how many have voted."""
        return self.try_(Turnout(hour=hour, round=round_, unit=unit, voters=voters), seats(unit, round_)[0])

    def report(self, unit: str, votes: Votes, *, blank: int = 0, rejected: int = 0, round_: int = 1) -> SignedEvent:
        """Both seats of a station sign its counts."""
        figures = self.figures(unit, votes, blank=blank, rejected=rejected, round_=round_)
        body = StationReport(contest=CONTEST, figures=figures, round=round_, unit=unit)
        return self.try_(body, *seats(unit, round_))

    def correct(
        self, unit: str, votes: Votes, *, round_: int = 1, supersedes: EntryId | None = None
    ) -> SignedEvent:
        """The commission corrects what counts for a unit."""
        body = Correction(
            contest=CONTEST,
            figures=self.figures(unit, votes, round_=round_),
            reason="recount",
            round=round_,
            supersedes=(supersedes or self.last_report(unit, round_)).hex(),
            unit=unit,
        )
        return self.try_(body, *QUORUM)

    def declare(
        self, *units: str, status: Impediment = Impediment.NOT_OPENED, reason: str = "flood", round_: int = 1
    ) -> SignedEvent:
        """The commission says that units have no result."""
        return self.try_(UnitStatus(reason=reason, round=round_, status=status, units=units), *QUORUM)

    def annul(self, *units: str, reason: str = "fraud", round_: int = 1) -> SignedEvent:
        """The commission annuls the votes of units."""
        return self.try_(Annulment(reason=reason, round=round_, units=units), *QUORUM)

    def reinstate(self, annulment: SignedEvent, round_: int = 1) -> SignedEvent:
        """The commission lifts an annulment."""
        body = Reinstatement(annulment=annulment.id.hex(), reason="appeal", round=round_)
        return self.try_(body, *QUORUM)

    def replace_key(self, name: str) -> SignedEvent:
        """The commission replaces the key of a name; ``sign`` uses the new one from then on."""
        generation = self.generations.get(name, 0) + 1
        body = KeyReplacement(name=name, new=signer(name, generation).key.vkey, reason="lost")
        event = self.try_(body, *QUORUM)
        self.generations[name] = generation
        return event

    def certify(self, round_: int = 1) -> SignedEvent:
        """The commission proclaims what the last publication digests to."""
        return self.try_(self.certification(round_), *QUORUM)

    def certification(self, round_: int = 1) -> Certification:
        """The proclamation of the last publication."""
        latest = self.record.publications()[-1].publication
        digest = next(c.digest for c in latest.canvasses if (c.contest, c.round) == (CONTEST, round_))
        return Certification(canvass=digest, contest=CONTEST, publication=latest.number, round=round_)

    def complete(self, votes: Votes = (40, 30, 20), round_: int = 1) -> None:
        """Every unit that says nothing yet reports."""
        for unit in acts.missing_units(self.record, CONTEST, round_):
            self.report(unit, votes, round_=round_)

    def figures(self, unit: str, votes: Votes, *, blank: int = 0, rejected: int = 0, round_: int = 1) -> Figures:
        """Counts that add up, for the options of that round."""
        named = (
            votes
            if isinstance(votes, Mapping)
            else dict(zip(self.record.options(CONTEST, round_), votes, strict=True))
        )
        cast = sum(named.values()) + blank + rejected
        return Figures(
            ballots_cast=cast,
            ballots_rejected=rejected,
            blank_ballots=blank,
            votes=dict(named),
            voters_participated=cast,
            voters_registered=VOTERS[unit],
        )

    def last_report(self, unit: str, round_: int = 1) -> EntryId:
        """The last report or correction of a unit."""
        said = (self.record.event(index) for index in reversed(self.record.unit_events(unit)))
        return next(e.id for e in said if isinstance(e.body, StationReport | Correction) and e.body.round == round_)

    def bundle(self) -> tuple[list[bytes], dict[str, bytes]]:
        """The entries in order, and the documents by digest."""
        return [self.record.event(index).note.encode() for index in range(self.record.size)], dict(self.documents)

    def _next_instant(self) -> str:
        opened = [r.counting_opens for r in self.record.register.definition.rounds if self.record.opening(r.number)]
        start = max((self.record.instant, *opened))
        return _later(start, seconds=60 if start == self.record.instant else 0)


def refusal(act: Callable[..., object], *args: Any, **kwargs: Any) -> LimpideError:
    """The refusal that an act meets; anything else that it does fails the test."""
    with pytest.raises((Refused, InvalidSignature)) as caught:
        act(*args, **kwargs)
    return caught.value


def state(night: Night, unit: str, round_: int = 1) -> Settlement:
    """What holds for a unit now."""
    return settle(night.record, CONTEST, round_, unit).state


def votes(night: Night, round_: int = 1) -> tuple[int, ...]:
    """The votes of each option that count now."""
    return canvass(night.record, CONTEST, round_).nation.totals.votes


def refold(entries: Sequence[bytes], documents: Mapping[str, bytes]) -> Record:
    """The record that those entries make from nothing, each checked and admitted."""
    night = Night(open_record(decode_event(entries[0]), documents.get), dict(documents))
    for entry in entries[1:]:
        night.submit(entry)
    return night.record


def unsigned(note: Note) -> bytes:
    """The bytes of a note without its signature lines."""
    return note.text + b"\n"


def _units(locality: str) -> Iterable[str]:
    return (unit for unit in UNITS if unit.startswith(f"{locality}-"))


def _unit_entry(unit: str) -> UnitEntry:
    keys = ([encode_public_key(signer(name).key.public) for name in seats(unit, round_)] for round_ in ROUNDS)
    return UnitEntry(id=unit, keys=tuple((one, two) for one, two in keys), name=f"Bureau {unit}")


def _later(instant: str, *, seconds: int) -> str:
    moment = dt.datetime.fromisoformat(instant) + dt.timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
