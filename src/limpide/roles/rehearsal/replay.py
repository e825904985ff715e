"""How does the night go, from the opening to the proclamation?

Everybody does what they would do: stations report as their paper is counted, the site is published every few
minutes, the commission corrects a mistaken report, is refused the proclamation while a station is missing, then
closes and proclaims. The same play runs in one process (``HouseVenue``) and over HTTP (the demonstration).
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol

import msgspec

from limpide.canonical import LimpideError, Refused
from limpide.record.definition import ElectionId
from limpide.record.events import Certification, Channel, Closing, Correction, Opening
from limpide.roles.drafts import draft, read_draft
from limpide.roles.explaining import explain
from limpide.roles.rehearsal.cast import CONTEST, ROUND, Seated, figures_of
from limpide.roles.rehearsal.house import House
from limpide.roles.rehearsal.script import HOURS, Script
from limpide.roles.rehearsal.stage import sign
from limpide.signing import Signer
from limpide.words import Language

RESULTS = "data/results.json"
_EDITIONS = 20
"""At most about that many editions of each part of the night, when nobody waits for them."""
_CORRECTED_AT = 6
"""The correction comes when that many tenths of the stations have reported."""

Tell = Callable[..., None]
"""Called with the key of a sentence and its facts."""
Report = tuple[int, bytes]
"""The minute at which it arrives, and its bytes."""


class Standing(msgspec.Struct, frozen=True):
    """What ``data/results.json`` says of the one contest."""

    canvass: str
    outcome: dict[str, object]
    status: str

    def number(self, name: str) -> int:
        """A number of the outcome, 0 where the outcome has none of that name."""
        value = self.outcome.get(name, 0)
        return value if isinstance(value, int) else 0


class Results(msgspec.Struct, frozen=True):
    """The part of ``data/results.json`` that the play looks at."""

    contests: tuple[Standing, ...]
    instant: str
    publication: int
    size: int


class Venue(Protocol):
    """Where the play runs."""

    def add(self, entry: bytes) -> None:
        """Adds one entry; raises what refuses it."""
        ...

    def publish(self) -> Results:
        """Has everything published that was added so far, and gives the results."""
        ...

    def open_counting(self) -> None:
        """Returns once a publication has reached the instant at which counting opens."""
        ...

    def state(self, entries: Sequence[bytes]) -> None:
        """Adds what many stations state of their turnout, and publishes it."""
        ...

    def report(self, reports: Sequence[Report], tell: Tell) -> None:
        """Adds the reports of many stations, publishing on the way."""
        ...


@dataclass(frozen=True, slots=True)
class Play:
    """One script with its players."""

    election: ElectionId
    script: Script
    people: Mapping[str, Signer]
    seated: Mapping[str, Seated]
    language: Language

    def night(self, venue: Venue, tell: Tell) -> Results:
        """Plays from the opening to the proclamation; gives the last results."""
        venue.add(sign(draft(self.election, Opening(channel=Channel.PAPER, round=ROUND)), self.people))
        tell("opened")
        self._state_turnout(venue, tell)
        self._come_too_early(venue, tell)
        venue.open_counting()
        reports = list(self._reports())
        turn = len(reports) * _CORRECTED_AT // 10
        tell("counting", count=len(reports))
        venue.report(reports[:turn], tell)
        self._correct(venue, tell)
        venue.report(reports[turn:], tell)
        venue.add(sign(draft(self.election, Closing(channel=Channel.PAPER, round=ROUND)), self.people))
        tell("closed")
        results = venue.publish()
        if self.script.late is not None:
            self._proclaim_too_early(venue, results, tell)
            venue.add(self.seated[self.script.late].report)
            tell("late-reported", unit=self.script.late)
            results = venue.publish()
        venue.add(self._certification(results))
        results = venue.publish()
        tell("proclaimed", publication=results.publication)
        return results

    def _state_turnout(self, venue: Venue, tell: Tell) -> None:
        """During the day each station states how many have voted, hour by hour."""
        for place, hour in enumerate(HOURS if self.script.turnouts else ()):
            entries = [station.turnouts[place] for station in self.seated.values()]
            venue.state(entries)
            tell("turnout", hour=hour, count=len(entries))

    def _come_too_early(self, venue: Venue, tell: Tell) -> None:
        """A report that comes before counting opens is refused; the station sends the same bytes again later."""
        try:
            venue.add(next(iter(self.seated.values())).report)
        except Refused as refusal:
            tell("too-early", unit=next(iter(self.seated)), clause=refusal.clause)

    def _correct(self, venue: Venue, tell: Tell) -> None:
        wrong = self.script.mistaken
        if wrong is None:
            return
        unit = wrong.station_id
        options = tuple(option.id for option in self.script.options)
        body = Correction(
            contest=CONTEST,
            figures=figures_of(self.script.truth(unit), options),
            reason="wrong-option",
            round=ROUND,
            supersedes=read_draft(self.seated[unit].report).note.identity.hex(),
            unit=unit,
        )
        venue.add(sign(draft(self.election, body), self.people))
        one, other = self.script.exchanged
        change = wrong.votes[other] - wrong.votes[one]
        names = {"one": self.script.options[one].name, "other": self.script.options[other].name}
        tell("corrected", unit=unit, change=f"{change:+}", back=f"{-change:+}", **names)

    def _proclaim_too_early(self, venue: Venue, results: Results, tell: Tell) -> None:
        """R1: three members sign, and the record refuses while a station is missing."""
        try:
            venue.add(self._certification(results))
        except Refused as refusal:
            (standing,) = results.contests
            tell(
                "refused",
                reason=explain(refusal, self.language),
                clause=refusal.clause,
                margin=standing.number("margin"),
                count=standing.number("units_missing"),
                voters=standing.number("voters_awaited"),
            )
        else:
            raise Refused("5.6", "a round was proclaimed while a station was missing", subject="rehearsal")

    def _certification(self, results: Results) -> bytes:
        (standing,) = results.contests
        body = Certification(
            canvass=standing.canvass, contest=CONTEST, publication=results.publication, round=ROUND
        )
        return sign(draft(self.election, body), self.people)

    def _reports(self) -> Iterator[Report]:
        late = self.script.late
        return ((minute, self.seated[unit].report) for minute, unit in self.script.minutes if unit != late)


@dataclass(slots=True)
class HouseVenue:
    """The play in one process. The clock is the script's; at ``speed`` 0 nobody waits."""

    house: House
    closing: datetime
    """When the first station closes, UTC: counting opens."""
    every: int = 5
    """Minutes of the script between two publications."""
    speed: float = 0.0
    """Minutes of the script for one second of the audience."""
    minute: int = -4
    """The turnouts of the day come just before; counting opens at 0."""

    def add(self, entry: bytes) -> None:
        """Adds one entry."""
        self.house.add(entry)

    def open_counting(self) -> None:
        """Publishes at the minute before and at the minute itself."""
        self.publish()
        self.minute = 0
        self.publish()

    def state(self, entries: Sequence[bytes]) -> None:
        """Adds the turnouts of one hour, and publishes them."""
        _raise_first(self.house.submit(entries))
        self.publish()

    def publish(self) -> Results:
        """Publishes at this minute, and goes on to the next."""
        instant = (self.closing + timedelta(minutes=self.minute)).strftime("%Y-%m-%dT%H:%M:%SZ")
        files = self.house.publish(instant)
        self.minute += 1
        return msgspec.json.decode(files[RESULTS], type=Results)

    def report(self, reports: Sequence[Report], tell: Tell) -> None:
        """Adds the reports minute by minute, and publishes what is worth it."""
        waiting: list[bytes] = []
        for step, group in groupby(reports, lambda report: report[0] // self.every):
            self.minute = max(self.minute, (step + 1) * self.every)
            waiting += [entry for _, entry in group]
            # the tail of a night brings a station now and then: an edition waits for a few of them
            if len(waiting) >= len(reports) // _EDITIONS or self.speed:
                self._publish_reports(waiting, tell)
                waiting = []
        self._publish_reports(waiting, tell)

    def _publish_reports(self, entries: Sequence[bytes], tell: Tell) -> None:
        _raise_first(self.house.submit(entries))
        results = self.publish()
        (standing,) = results.contests
        tell("published", publication=results.publication, missing=standing.number("units_missing"))
        if self.speed:
            time.sleep(self.every / self.speed)


def _raise_first(refusals: Sequence[LimpideError | None]) -> None:
    for refusal in refusals:
        if refusal is not None:
            raise refusal
