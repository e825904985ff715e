"""What is played: which stations, in which order, who is mistaken and who is late?

The truth is the file. One station first reports two lines exchanged, and the commission corrects it; one keeps
its report until everybody else is in. At the end the sums are those of the file, to the vote.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from limpide.roles.arrivals import schedule
from limpide.roles.past_results.election import PastElection, PastOption, PastStation, UnusableFile

HOURS = ("12:00", "17:00")
"""When stations state how many have voted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One round of a past election, to be played again."""

    options: tuple[PastOption, ...]
    stations: Sequence[PastStation]
    """The truth, in the order of the file."""
    minutes: Sequence[tuple[int, str]]
    """When each station's report arrives: (minute after the first closing, station), in order."""
    mistaken: PastStation | None = None
    """What one station reports first, wrongly."""
    exchanged: tuple[int, int] = (0, 0)
    """Positions of the two options whose lines it exchanges: the first two of the file."""
    late: str | None = None
    """The station that reports last of all."""
    turnouts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Voters so far at each of ``HOURS``, by station; empty where stations do not state them."""
    rounds: int = 1
    """Rounds of the election. Only the first is played; a second one decides whether anybody is elected yet."""

    @property
    def has_roll(self) -> bool:
        """Does the file say how many are registered?"""
        return self.stations[0].voters_registered is not None

    def first_reports(self) -> list[PastStation]:
        """What every station reports first, in the order of the file."""
        wrong = self.mistaken
        return [wrong if wrong and wrong.station_id == s.station_id else s for s in self.stations]

    def truth(self, station: str) -> PastStation:
        """What the file says of a station."""
        return next(s for s in self.stations if s.station_id == station)


def write_script(
    past: PastElection,
    *,
    stations: int | None = None,
    seed: int = 0,
    rounds: int = 1,
    incidents: bool = True,
    turnout: bool = False,
) -> Script:
    """The script of a past election, or of ``stations`` of its stations, spread evenly over the file.

    The same arguments give the same script. Raises ``UnusableFile`` for more stations than there are.
    """
    chosen = past.stations if stations is None else _spread(past.stations, stations)
    arrivals = schedule(chosen, seed=seed)
    minutes = [(arrival.minute, arrival.station_id) for arrival in arrivals]
    turnouts = {arrival.station_id: arrival.turnout for arrival in arrivals} if turnout else {}
    script = Script(options=past.options, stations=chosen, minutes=minutes, turnouts=turnouts, rounds=rounds)
    if not incidents or len(chosen) < 3:  # noqa: PLR2004 - one mistaken, one late, one more
        return script
    one, other = _leaders(chosen)
    by_id = {station.station_id: station for station in chosen}
    third = [by_id[name] for _, name in minutes[: max(2, len(minutes) // 3)]]
    clearest = max(third, key=lambda s: abs(s.votes[one] - s.votes[other]))
    late = next(name for _, name in reversed(minutes) if name != clearest.station_id)
    wrong = _exchange_lines(clearest, one, other)
    return replace(script, mistaken=wrong, exchanged=(one, other), late=late)


def _leaders(stations: Sequence[PastStation]) -> tuple[int, int]:
    """The positions of the first two options; the only option twice."""
    totals = [sum(votes) for votes in zip(*(station.votes for station in stations), strict=True)]
    ranked = sorted(range(len(totals)), key=lambda place: -totals[place])
    return ranked[0], ranked[min(1, len(ranked) - 1)]


def _spread(stations: Sequence[PastStation], count: int) -> list[PastStation]:
    if not 1 <= count <= len(stations):
        raise UnusableFile(f"{count} stations asked of a file that has {len(stations)}")
    return [stations[place * len(stations) // count] for place in range(count)]


def _exchange_lines(station: PastStation, one: int, other: int) -> PastStation:
    """Two options' votes exchanged: the sums still close, so that no check can notice."""
    votes = list(station.votes)
    votes[one], votes[other] = votes[other], votes[one]
    return replace(station, votes=tuple(votes))
