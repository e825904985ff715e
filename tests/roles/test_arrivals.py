"""The night of a rehearsal: repeatable, complete, and of the shape that real nights have."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limpide.roles.arrivals import CLOSING_MINUTES, Arrival, schedule
from limpide.roles.past_results.election import PastStation
from limpide.roles.past_results.reading import demo_file, read_past_election_file


def station(number: int, locality: int, registered: int | None, ballots: int) -> PastStation:
    return PastStation(
        division_id="01",
        division_name="Ain",
        locality_id=f"01{locality:03}",
        locality_name="Ville",
        station_id=f"01{locality:03}_{number:04}",
        voters_registered=registered,
        voters_participated=None if registered is None else ballots,
        ballots_cast=ballots,
        blank_ballots=0,
        ballots_rejected=0,
        votes=(ballots,),
    )


@st.composite
def nights(draw: st.DrawFn) -> list[PastStation]:
    stations = []
    for number in range(draw(st.integers(0, 40))):
        ballots = draw(st.integers(0, 100_000))
        registered = draw(st.none() | st.integers(ballots, 110_000))
        stations.append(station(number, draw(st.integers(0, 3)), registered, ballots))
    return stations


@settings(derandomize=True)
@given(nights(), st.integers())
def test_every_station_arrives_once_after_it_closes_and_turnout_only_rises(
    stations: list[PastStation], seed: int
) -> None:
    arrivals = schedule(stations, seed=seed)
    assert sorted(arrival.station_id for arrival in arrivals) == sorted(one.station_id for one in stations)
    assert [arrival.minute for arrival in arrivals] == sorted(arrival.minute for arrival in arrivals)
    final = {one.station_id: one.ballots_cast for one in stations}
    voters = {
        one.locality_id: sum(
            other.ballots_cast if other.voters_registered is None else other.voters_registered
            for other in stations
            if other.locality_id == one.locality_id
        )
        for one in stations
    }
    for arrival in arrivals:
        city = voters[arrival.station_id.partition("_")[0]]
        assert arrival.minute > (60 if city >= 30_000 else 0)
        assert 0 <= arrival.turnout[0] <= arrival.turnout[1] <= final[arrival.station_id]


@settings(derandomize=True)
@given(nights(), st.integers())
def test_one_seed_is_one_night(stations: list[PastStation], seed: int) -> None:
    assert schedule(stations, seed=seed) == schedule(tuple(stations), seed=seed)


def test_a_night_is_the_same_on_every_machine() -> None:
    stations = [station(number, number % 2, 900, 600) for number in range(3)]
    assert schedule(stations, seed=2017) == (
        Arrival(station_id="01000_0000", minute=99, turnout=(223, 528)),
        Arrival(station_id="01000_0002", minute=99, turnout=(239, 491)),
        Arrival(station_id="01001_0001", minute=165, turnout=(216, 551)),
    )


def test_other_hours_and_closings() -> None:
    stations = [station(1, 1, 40_000, 1_000), station(1, 2, 900, 500)]
    arrivals = schedule(
        stations, seed=0, closing_minutes=((0, 0), (1_000, 5_000)), turnout_permille=(100, 400, 600, 999)
    )
    assert [arrival.station_id for arrival in arrivals] == ["01002_0001", "01001_0001"]
    assert arrivals[0].minute < 5_000 <= arrivals[1].minute
    assert {len(arrival.turnout) for arrival in arrivals} == {4}


@pytest.fixture(scope="module")
def stations() -> Sequence[PastStation]:
    return read_past_election_file(demo_file()).stations


@pytest.fixture(scope="module")
def night(stations: Sequence[PastStation]) -> tuple[Arrival, ...]:
    return schedule(stations, seed=2017)


def test_the_nation_follows_a_published_night(stations: Sequence[PastStation], night: tuple[Arrival, ...]) -> None:
    """Share of all valid votes in the Ministry's states of 10 April 2022, minutes after 19:00, within 5 points."""
    ballots = {one.station_id: one.ballots_cast for one in stations}
    for minute, share in {201: 58.1, 222: 67.5, 252: 77.5, 302: 86.6, 362: 92.9, 452: 95.6}.items():
        arrived = sum(ballots[arrival.station_id] for arrival in night if arrival.minute <= minute)
        assert abs(100 * arrived / sum(ballots.values()) - share) < 5


def test_percentiles_of_the_night(night: tuple[Arrival, ...]) -> None:
    minutes = [arrival.minute for arrival in night]
    count = len(minutes)
    assert minutes[0] >= 15
    assert 90 <= minutes[count // 2] <= 160
    assert 240 <= minutes[count * 9 // 10] <= 330
    assert 450 <= minutes[count * 99 // 100] <= 700
    assert minutes[-1] < 24 * 60


def test_small_communes_come_first_and_large_cities_last(
    stations: Sequence[PastStation], night: tuple[Arrival, ...]
) -> None:
    minute = {arrival.station_id: arrival.minute for arrival in night}

    def median(chosen: list[PastStation]) -> int:
        return sorted(minute[one.station_id] for one in chosen)[len(chosen) // 2]

    rural = median([one for one in stations if (one.voters_registered or 0) < 300])
    paris = median([one for one in stations if one.locality_id == "75056"])
    assert rural < 100
    assert paris > 250
    assert CLOSING_MINUTES[-1][1] < min(minute[one.station_id] for one in stations if one.locality_id == "75056")


def test_turnout_of_the_day(stations: Sequence[PastStation], night: tuple[Arrival, ...]) -> None:
    """28.54 % at noon and 69.42 % at 17:00 of the registered, within half a point."""
    registered = sum(one.voters_registered or 0 for one in stations)
    noon, five = (100 * sum(arrival.turnout[hour] for arrival in night) / registered for hour in (0, 1))
    assert abs(noon - 28.54) < 0.5
    assert abs(five - 69.42) < 0.5
