"""Which figures does a record yield at one publication, and what is each of them?

Counts of the nation, and of the places that are asked for; margins between options; and percentages of those
counts, rounded half up to none, one or two decimals. Each figure says where it comes from. Spec 10.1.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from limpide.record.definition import LocalityId, UnitId
from limpide.record.events import Publication
from limpide.record.record import Record
from limpide.results.canvass import NATION, Area, Canvass, Totals
from limpide.results.edition import Edition, begin_canvasses
from limpide.results.statement_figures import Figure, Kind
from limpide.results.statement_words import Measure

DECIMALS = 2
"""Percentages are given to at most so many decimals."""
_BASES = (Measure.VALID, Measure.CAST, Measure.PARTICIPATED, Measure.REGISTERED)
_UNITS = (Measure.UNITS_COUNTED, Measure.UNITS_AWAITED, Measure.UNITS_WITHOUT)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a figure is: a count, or a percentage of one count in another."""

    round: int
    contest: str
    area: str
    """Id of a place or of a unit; empty for the nation."""
    measure: Measure
    options: tuple[str, ...] = ()
    """The option that has the votes; the two that a margin is between, the one ahead first."""
    of: Measure | None = None
    """What a percentage is a part of; None for a count."""
    part: int = 0
    whole: int = 0
    entry: int = 0
    """Index of the last entry that changed it."""

    @property
    def value(self) -> int:
        """The count."""
        return self.part

    def share(self, decimals: int) -> int | None:
        """The percentage as an integer of that many decimals, rounded half up; None where there is no whole."""
        return rounded(self.part, self.whole, decimals)


@dataclass(slots=True, eq=False)
class Derivable:
    """Every figure that an edition yields of the nation and of some places."""

    publication: int
    instant: str
    size: int
    counts: dict[int, list[Origin]] = field(default_factory=dict)
    shares: dict[tuple[int, int], list[Origin]] = field(default_factory=dict)
    """By decimals and digits: (2, 3663) for 36,63 %."""
    cells: dict[tuple[str, Measure, tuple[str, ...]], list[Origin]] = field(default_factory=dict)
    """Counts by area, measure and options, in the order of the rounds."""

    def of(self, figure: Figure) -> list[Origin]:
        """Every origin of a figure, none where the record does not yield it."""
        if figure.digits is None:
            return []
        if figure.kind is Kind.SHARE:
            return self.shares.get((figure.decimals, figure.digits), [])
        return [] if figure.decimals else self.counts.get(figure.digits, [])


def derivable(edition: Edition, areas: Iterable[str] = (NATION,), *, round_: int | None = None) -> Derivable:
    """The figures of an edition, of one round or of all: those of the nation, and of each of ``areas``.

    An area is a division, a locality or a unit by its id; an id that the election has not is passed over.
    """
    index = Derivable(edition.number, edition.instant, edition.record.size)
    wanted = dict.fromkeys((NATION, *areas))
    for (number, contest), canvass in edition.canvasses.items():
        if round_ in (None, number):
            for name in wanted:
                area = _area(canvass, name)
                if area is not None:
                    _take(index, number, contest, name, canvass.options, area)
            _count_register(index, edition, number, contest, canvass)
    return index


def edition_at(record: Record, publication: Publication) -> Edition:
    """What a publication looked at."""
    seen = record.until(publication.size)
    canvasses = begin_canvasses(seen)
    for canvass in canvasses.values():
        canvass.advance(seen)
    return Edition(seen, publication.number, publication.instant, canvasses)


def editions(record: Record) -> Iterator[Edition]:
    """What every publication looked at, in order. Each is good until the next one is asked for."""
    canvasses: dict[tuple[int, str], Canvass] = {}
    for published in record.publications():
        stated = published.publication
        seen = record.until(stated.size)
        for key, fresh in begin_canvasses(seen).items():
            canvasses.setdefault(key, fresh).advance(seen)
        yield Edition(seen, stated.number, stated.instant, canvasses)


def rounded(part: int, whole: int, decimals: int) -> int | None:
    """``part`` of ``whole`` in percent, rounded half up: 3663 for 36,63 %."""
    return (2 * part * 10 ** (decimals + 2) + whole) // (2 * whole) if whole > 0 else None


def _area(canvass: Canvass, name: str) -> Area | None:
    register = canvass.register
    if name == NATION or name in register.divisions or LocalityId(name) in register.localities:
        return canvass.area(name)
    if UnitId(name) in register.units:
        line = canvass.units[name]
        return Area(line.totals, line.changed)
    return None


def _take(index: Derivable, round_: int, contest: str, name: str, options: tuple[str, ...], area: Area) -> None:
    counts = dict(_counts(area.totals, options))
    for (measure, named), value in counts.items():
        if value >= 0:
            origin = Origin(round_, contest, name, measure, named, None, value, 0, area.changed)
            index.counts.setdefault(value, []).append(origin)
            index.cells.setdefault((name, measure, named), []).append(origin)
    for (measure, named), part in counts.items():
        for of in _wholes(measure):
            whole = counts[of, ()]
            if part < 0 or whole <= 0:
                continue
            origin = Origin(round_, contest, name, measure, named, of, part, whole, area.changed)
            for decimals in range(DECIMALS + 1):
                share = origin.share(decimals)
                assert share is not None
                index.shares.setdefault((decimals, share), []).append(origin)


def _counts(totals: Totals, options: tuple[str, ...]) -> Iterator[tuple[tuple[Measure, tuple[str, ...]], int]]:
    named = sorted(zip(options, totals.votes, strict=True), key=lambda item: -item[1])
    yield (Measure.REGISTERED, ()), totals.voters_registered
    yield (Measure.PARTICIPATED, ()), totals.voters_participated
    yield (Measure.CAST, ()), totals.ballots_cast
    yield (Measure.BLANK, ()), totals.blank_ballots
    yield (Measure.NULL, ()), totals.ballots_rejected
    yield (Measure.BLANK_AND_NULL, ()), totals.blank_ballots + totals.ballots_rejected
    yield (Measure.VALID, ()), totals.valid_votes
    yield (Measure.ABSTENTIONS, ()), totals.voters_registered - totals.voters_participated
    yield (Measure.AWAITED, ()), totals.voters_awaited
    yield (Measure.UNITS, ()), totals.units
    yield (Measure.UNITS_COUNTED, ()), totals.units_counted
    yield (Measure.UNITS_AWAITED, ()), totals.units_awaited
    yield (Measure.UNITS_WITHOUT, ()), totals.units_without
    for option, votes in named:
        yield (Measure.VOTES, (option,)), votes
    for (one, more), (other, less) in combinations(named, 2):
        yield (Measure.MARGIN, (one, other)), more - less


def _wholes(measure: Measure) -> tuple[Measure, ...]:
    """What a count may be given as a percentage of."""
    if measure in _UNITS:
        return (Measure.UNITS,)
    if measure in (Measure.REGISTERED, Measure.UNITS):
        return ()
    if measure in (Measure.ABSTENTIONS, Measure.AWAITED):
        return (Measure.REGISTERED,)
    return tuple(base for base in _BASES if base is not measure)


def _count_register(index: Derivable, edition: Edition, round_: int, contest: str, canvass: Canvass) -> None:
    """How many options, places and rounds there are."""
    register = edition.register
    for measure, value in (
        (Measure.OPTIONS, len(canvass.options)),
        (Measure.DIVISIONS, len(register.divisions)),
        (Measure.LOCALITIES, len(register.localities)),
        (Measure.ROUNDS, len(register.definition.rounds)),
    ):
        origin = Origin(round_, contest, NATION, measure, (), None, value)
        index.counts.setdefault(value, []).append(origin)
        index.cells.setdefault((NATION, measure, ()), []).append(origin)
