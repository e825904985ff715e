"""What must hold of every canvass, whatever is said and in whatever order."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from election import CONTEST, HOURS, OPTIONS, STATIONS, UNITS, VOTERS, Night, votes
from limpide.canonical import Refused
from limpide.record.events import Annulment, StationReport
from limpide.record.record import Record
from limpide.record.settlement import Settlement
from limpide.results.canvass import NATION, Area, Canvass, canvass

COUNTS = st.integers(0, 50)
THREE = st.tuples(COUNTS, COUNTS, COUNTS)
EACH_UNIT = st.lists(THREE, min_size=len(UNITS), max_size=len(UNITS))
SAYS = st.tuples(
    st.sampled_from(
        ["report", "report", "report", "turnout", "correct", "annul", "reinstate", "declare", "publish"]
    ),
    st.integers(0, len(UNITS) - 1),
    THREE,
)


def told(counts: Sequence[tuple[int, ...]], order: Sequence[str] = UNITS) -> Night:
    """Every unit reports, in that order."""
    night = Night.counting()
    said = dict(zip(UNITS, counts, strict=True))
    for unit in order:
        night.report(unit, said[unit])
    return night


def areas(fold: Canvass) -> dict[str, Area]:
    parts = [*fold.localities.items(), *fold.divisions.items(), (NATION, fold.nation)]
    return dict(parts)


def sums(fold: Canvass) -> Any:
    """Every figure of a canvass, without the places in the log that it comes from."""
    return {name: area.totals.vector for name, area in areas(fold).items()}


def everything(fold: Canvass) -> Any:
    """All that a canvass knows."""
    return (
        fold.options,
        fold.size,
        fold.whole,
        areas(fold),
        fold.units,
        fold.turnout,
    )


def act(night: Night, says: tuple[str, int, tuple[int, ...]]) -> None:
    """Does one thing, or is refused."""
    verb, place, counts = says
    unit = UNITS[place]
    events = [night.record.event(index) for index in range(night.record.size)]
    annulments = [event for event in events if isinstance(event.body, Annulment)]
    reported = {event.body.unit for event in events if isinstance(event.body, StationReport)}
    try:
        match verb:
            case "report":
                night.report(unit, counts, blank=place)
            case "turnout":
                night.turnout(unit, sum(counts), HOURS[counts[0] % 2])
            case "correct" if unit in reported:
                night.correct(unit, counts)
            case "annul":
                night.annul(unit, UNITS[place - 1], reason=f"fraud-{counts[0]}")
            case "reinstate" if annulments:
                night.reinstate(annulments[place % len(annulments)])
            case "declare":
                night.declare(unit)
            case "publish":
                night.publish()
    except Refused as refused:
        assert refused.clause  # noqa: PT017 - many of these are out of place, which other tests pin down


@settings(max_examples=40)
@given(st.lists(SAYS, max_size=20), st.data())
def test_advancing_equals_starting_anew_at_every_prefix(said: list[Any], data: st.DataObject) -> None:
    night = Night.begin()
    stages: list[Record] = [night.record]
    night.commit_roll()
    stages.append(night.record)
    night.open()
    night.publish()
    for says in said:
        act(night, says)
        stages.append(night.record)
    fold = Canvass(night.record.register, CONTEST, 1, OPTIONS)
    for record in stages:
        if record is stages[-1] or data.draw(st.booleans()):
            before = dict(fold.units)
            changed = fold.advance(record)
            assert everything(fold) == everything(canvass(record, CONTEST, 1))
            assert changed == {unit for unit, line in fold.units.items() if before.get(unit) != line}


@settings(max_examples=60)
@given(st.lists(SAYS, max_size=20))
def test_areas_are_the_sums_of_their_units(said: list[Any]) -> None:
    night = Night.counting()
    for says in said:
        act(night, says)
    fold = canvass(night.record, CONTEST, 1)
    assert tuple(fold.units) == UNITS or set(fold.units) == set(UNITS)
    for division, localities in STATIONS.items():
        for locality in localities:
            lines = [fold.units[unit] for unit in UNITS if unit.startswith(locality)]
            assert fold.area(locality).totals.vector == _added([line.totals.vector for line in lines])
            assert fold.area(locality).totals.units == len(lines)
        assert fold.area(division).totals.vector == _added([fold.area(name).totals.vector for name in localities])
    assert fold.nation.totals.vector == _added([fold.area(division).totals.vector for division in STATIONS])
    totals = fold.nation.totals
    assert totals.units == len(UNITS) == totals.units_counted + totals.units_awaited + totals.units_without
    assert totals.valid_votes == sum(totals.votes)
    awaited = [unit for unit in UNITS if fold.units[unit].settled.state is Settlement.EXPECTED]
    assert totals.voters_awaited == sum(VOTERS[unit] for unit in awaited)


def _added(vectors: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*vectors, strict=True)))


@settings(max_examples=30)
@given(EACH_UNIT, st.permutations(UNITS))
def test_the_order_of_stations_does_not_change_totals(counts: list[tuple[int, ...]], order: list[str]) -> None:
    one, other = told(counts), told(counts, order)
    assert sums(canvass(one.record, CONTEST, 1)) == sums(canvass(other.record, CONTEST, 1))


@settings(max_examples=30)
@given(EACH_UNIT, THREE, st.integers(0, 5), st.booleans())
def test_a_corrected_report_counts_once(counts: list[Any], now: Any, place: int, twice: bool) -> None:
    night = told(counts)
    if twice:
        night.correct(UNITS[place], (50, 0, 50))
    night.correct(UNITS[place], now)
    right = told([*counts[:place], now, *counts[place + 1 :]])
    fold, expected = canvass(night.record, CONTEST, 1), canvass(right.record, CONTEST, 1)
    assert votes(night) == votes(right) == _added([*counts[:place], now, *counts[place + 1 :]])
    assert fold.nation.totals.voters_registered == expected.nation.totals.voters_registered


@settings(max_examples=30)
@given(EACH_UNIT, st.sets(st.integers(0, 5)))
def test_annulling_equals_never_having_counted(counts: list[Any], places: set[int]) -> None:
    night = told(counts)
    for place in sorted(places):
        night.annul(UNITS[place])
    kept = [counts[place] if place not in places else (0, 0, 0) for place in range(len(UNITS))]
    assert votes(night) == _added(kept)
    for index in range(night.record.size):
        event = night.record.event(index)
        if event.kind == "annulment":
            night.reinstate(event)
    assert sums(canvass(night.record, CONTEST, 1)) == sums(canvass(told(counts).record, CONTEST, 1))
