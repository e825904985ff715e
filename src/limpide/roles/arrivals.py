"""When does each station's report arrive on the night, and how many had voted at the stated hours?

A simulation for rehearsals: no figure of it is ever a result. It is drawn in integers from a seeded generator,
so that one seed gives one night on every machine. The shape follows the states that the Interior Ministry
published on the night of 10 April 2022: small communes first, large cities last, and a tail until the morning.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from limpide.roles.past_results.election import PastStation

# Minutes after the first closing at which stations close, from that many voters in their locality on:
# in France 19:00, and 20:00 in large cities.
CLOSING_MINUTES = ((0, 0), (30_000, 60))
# Thousandths of the day's voters who had voted at noon and at 17:00, first round of 2017 (28.54 % and 69.42 %
# of the registered, for 77.77 % at the end).
TURNOUT_PERMILLE = (367, 893)

# Time that a station takes, in hundredths of what is usual for its size, at these thousandths of all stations.
_PACE = ((0, 45), (100, 65), (500, 100), (800, 130), (930, 170), (980, 260), (1000, 400))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A station's night: `minute` counts from the first closing; `turnout` never falls, nor passes the count."""

    station_id: str
    minute: int
    turnout: tuple[int, ...]


def schedule(
    stations: Sequence[PastStation],
    *,
    seed: int,
    closing_minutes: Sequence[tuple[int, int]] = CLOSING_MINUTES,
    turnout_permille: Sequence[int] = TURNOUT_PERMILLE,
) -> tuple[Arrival, ...]:
    """Each station once, in the order of arrival (then of id). No report arrives before its own station has closed.

    The same stations in the same order, with the same seed, have the same night.

    `closing_minutes` are (voters of the locality, minute) in rising order, the first for 0 voters. The size
    of a station is its register, or its ballots where there is none.
    """
    random = Random(seed)  # noqa: S311  a night that can be repeated, not a secret
    voters: Counter[str] = Counter()
    for station in stations:
        voters[station.locality_id] += _size(station)
    thresholds = [least for least, _ in closing_minutes]
    arrivals = []
    for station in stations:
        city = voters[station.locality_id]
        closing = closing_minutes[bisect_right(thresholds, city) - 1][1]
        arrivals.append(
            Arrival(
                station_id=station.station_id,
                minute=closing + _usual_minutes(station.ballots_cast, city) * _pace(random.randrange(1001)) // 100,
                turnout=_turnout(station.ballots_cast, turnout_permille, random),
            )
        )
    return tuple(sorted(arrivals, key=lambda arrival: (arrival.minute, arrival.station_id)))


def _size(station: PastStation) -> int:
    return station.ballots_cast if station.voters_registered is None else station.voters_registered


def _usual_minutes(ballots: int, city: int) -> int:
    """Counting, by tables that fill up; then centralisation, longer by a step each time the city doubles."""
    return 50 + min(ballots, 2_000) // 9 + 9 * max(0, city.bit_length() - 9)


def _pace(permille: int) -> int:
    """The hundredths at `permille`, straight between two lines of the table."""
    after = bisect_right(_PACE, (permille, 0), hi=len(_PACE) - 1)
    (left, low), (right, high) = _PACE[max(0, after - 1)], _PACE[after]
    return low + (high - low) * (permille - left) // max(1, right - left)


def _turnout(final: int, permille: Sequence[int], random: Random) -> tuple[int, ...]:
    """Voters so far at each hour: the nation's share, up to a tenth more or less, rising and at most `final`."""
    drawn = (final * share * random.randrange(900, 1101) // 1_000_000 for share in permille)
    return tuple(accumulate((min(final, so_far) for so_far in drawn), max))
