"""A whole primary: the real sequencer, the real pages, and the public verifier after every step.

    primary = Primary.begin(folder, {"01": {"01001": ["a", "b"]}}, ("aline", "basile"))
    primary.open(); primary.count()
    primary.report("a", (40, 30)); primary.report("b", (20, 35))
    primary.close(); primary.publish(); primary.proclaim()

Every verb acts, then checks what a stranger can fetch. Keys are the SHA-256 of their names: nothing here is secret.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from election import ELECTION, MEMBERS, OPERATORS, QUORUM, seats, sign, signer
from limpide.record.definition import Contest, ContestOption, ElectionId, Need, Round, Rule, Text
from limpide.record.events import Body, Figures, SignedEvent, StationReport
from limpide.record.record import Record
from limpide.results.findings import Severity
from limpide.results.verification import Expectations, Verification
from limpide.roles import commission
from limpide.roles.auditor import audit
from limpide.roles.drafts import Draft, as_event, merge_drafts, read_draft, sign_draft
from limpide.roles.organiser import Description, Station, draft_definition
from limpide.roles.registrar import commit_counts
from limpide.roles.rehearsal.house import House, Keyring
from limpide.site.pages import SitePages

Territory = Mapping[str, Mapping[str, Sequence[str]]]
"""Stations by division and locality."""
CONTEST = "presidence"
CLOSING = datetime(2027, 1, 17, 19, tzinfo=UTC)

Begin = Callable[..., "Primary"]


@dataclass(slots=True)
class Primary:
    """One election, and everybody who takes part in it."""

    house: House
    options: tuple[str, ...]
    fingerprint: str
    registered: dict[str, int] = field(default_factory=dict)
    minute: int = -1
    generations: dict[str, int] = field(default_factory=dict)
    kept: list[bytes] = field(default_factory=list)
    """Checkpoints that a reader keeps; each later one must continue them."""

    @classmethod
    def begin(cls, folder: Path, territory: Territory, options: Sequence[str], *, rounds: int = 1) -> "Primary":
        """The definition is signed by the organiser and three of five, and the record created."""
        stations = [
            Station(division, f"Fédération {division}", locality, f"Section {locality}", unit, unit)
            for division, localities in territory.items()
            for locality, units in localities.items()
            for unit in units
        ]
        contest = Contest(
            id=CONTEST,
            name=Text(en="Presidency", fr="Présidence"),
            options=tuple(ContestOption(id=option, name=option.capitalize()) for option in options),
            rule=Rule.TWO_ROUND_MAJORITY if rounds > 1 else Rule.PLURALITY,
            voters_registered=Need.OPTIONAL,
        )
        description = Description(
            election=ELECTION,
            name=Text(en="Primary", fr="Primaire"),
            contests=(contest,),
            rounds=tuple(_round(number) for number in range(1, rounds + 1)),
            members=len(MEMBERS),
            threshold=len(QUORUM),
            operators=len(OPERATORS),
        )
        names = ["organiser", "registrar", *MEMBERS, *OPERATORS]
        names += [seat for s in stations for number in range(1, rounds + 1) for seat in seats(s.unit, number)]
        keys = {name: signer(name).key.public for name in names}
        with Keyring("limpide.example/scenario") as keyring:
            drafted = draft_definition(description, stations, keys, keyring.key.vkey)
            signed = sign_draft(drafted.definition, [signer(name) for name in ("organiser", *QUORUM)])
            record = keyring.found(folder / "record", signed.encode(), drafted.documents)
        primary = cls(House(record, SitePages), tuple(options), signed.note.identity.hex())
        primary.check()
        return primary

    @property
    def record(self) -> Record:
        """The record so far."""
        return self.house.record

    @property
    def contest(self) -> Contest:
        """The only contest."""
        return self.record.register.definition.contests[0]

    def check(self, *, every_publication: bool = False) -> Verification:
        """The public verifier on what a stranger can fetch: no fault, and every checkpoint kept is continued."""
        since = self.kept[-1] if self.kept else None
        result = audit(
            str(self.house.folder.root),
            Expectations(self.fingerprint, since),
            every_publication=every_publication,
            engine=map,
            progress=lambda *_: None,
        )
        assert [finding for finding in result.findings if finding.severity is Severity.FAULT] == []
        assert result.record is not None
        assert result.record.size == self.record.size
        self.kept.append(self.house.checkpoint.encode())
        return result

    def add(self, body: Body, *names: str, election: ElectionId = ELECTION) -> SignedEvent:
        """Those names sign, the record takes it, everybody checks; raises what refuses it."""
        event = sign(body, [name for name in names if name not in self.generations], election=election)
        again = [signer(name, self.generations[name]) for name in names if name in self.generations]
        signed = sign_draft(read_draft(event.note.encode()), again)
        return self.submit(as_event(signed).note.encode())

    def submit(self, entry: bytes) -> SignedEvent:
        """The record takes an entry, everybody checks; raises what refuses it."""
        event = self.house.add(entry)
        self.check()
        return event

    def decide(self, drafted: Draft, members: Iterable[str] = QUORUM) -> SignedEvent:
        """Members sign copies apart; the merged file goes to the record."""
        copies = [sign_draft(read_draft(drafted.encode()), [signer(name)]) for name in members]
        return self.submit(merge_drafts(copies).encode())

    def commit_roll(self, voters: Mapping[str, int], round_: int = 1) -> None:
        """The registrar commits to how many may vote where."""
        self.registered = dict(voters)
        commitment = commit_counts(self.record.register, round_, voters, "0" * 64)
        self.house.put_documents(commitment.documents)
        self.submit(sign_draft(commitment.draft, [signer("registrar")]).encode())

    def open(self, round_: int = 1) -> SignedEvent:
        """The commission opens a round."""
        return self.decide(commission.draft_opening(self.record, round_))

    def count(self, round_: int = 1) -> None:
        """Counting opens: a publication carries its instant into the record."""
        opens = datetime.fromisoformat(_round(round_).counting_opens)
        self.minute = int((opens - CLOSING).total_seconds()) // 60
        self.publish()

    def report(self, unit: str, votes: Sequence[int], *, blank: int = 0, round_: int = 1) -> SignedEvent:
        """Both seats of a station sign its counts."""
        body = StationReport(
            contest=CONTEST, figures=self.figures(unit, votes, blank, round_), round=round_, unit=unit
        )
        return self.add(body, *seats(unit, round_))

    def figures(self, unit: str, votes: Sequence[int], blank: int = 0, round_: int = 1) -> Figures:
        """Counts that add up."""
        cast = sum(votes) + blank
        return Figures(
            ballots_cast=cast,
            ballots_rejected=0,
            blank_ballots=blank,
            votes=dict(zip(self.record.options(CONTEST, round_), votes, strict=True)),
            voters_participated=cast,
            voters_registered=self.registered.get(unit, msgspec.UNSET),
        )

    def correct(self, unit: str, votes: Sequence[int], reason: str) -> commission.Effect:
        """The commission corrects a station; gives the effect that its members saw before they signed."""
        drafted, effect = commission.draft_correction(
            self.record, CONTEST, 1, unit, figures=self.figures(unit, votes), reason=reason
        )
        self.decide(drafted)
        return effect

    def close(self, round_: int = 1) -> SignedEvent:
        """The commission closes a round."""
        return self.decide(commission.draft_closing(self.record, round_))

    def publish(self) -> None:
        """A publication at this minute; the clock goes on."""
        self.house.publish((CLOSING + timedelta(minutes=self.minute)).strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.minute += 1
        self.check()

    def proclaim(self, round_: int = 1) -> SignedEvent:
        """The commission proclaims the last publication; raises ``Refused`` when it may not."""
        return self.decide(commission.draft_certification(self.record, self.contest, round_))

    def totals(self, round_: int = 1) -> Mapping[str, int]:
        """The national votes as a stranger recomputes them from the last publication."""
        edition = self.check().edition
        assert edition is not None
        canvass = edition.canvasses[round_, CONTEST]
        return dict(zip(canvass.options, canvass.nation.totals.votes, strict=True))

    def page(self, path: str) -> str:
        """A published page, with plain spaces and apostrophes."""
        data = (self.house.folder.public / path).read_text()
        return data.replace("\u202f", " ").replace("\u00a0", " ").replace("’", "'")


def beginning(folder: Path) -> Iterator[Begin]:
    """What begins a primary in a folder. At the end every publication is made anew, and the folder released."""
    begun: list[Primary] = []

    def start(territory: Territory, options: Sequence[str], *, rounds: int = 1) -> Primary:
        begun.append(Primary.begin(folder, territory, options, rounds=rounds))
        return begun[-1]

    yield start
    for primary in begun:
        primary.check(every_publication=True)
        primary.house.close()


def _round(number: int) -> Round:
    opens = CLOSING + timedelta(weeks=number - 1)
    return Round(
        counting_opens=opens.strftime("%Y-%m-%dT%H:%M:%SZ"),
        date=opens.strftime("%Y-%m-%d"),
        number=number,
        turnout_hours=("12:00",),
    )
