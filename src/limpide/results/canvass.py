"""What do the signed reports add up to?

The canvass (consolidation) of one contest in one round: each unit's settled figures, and their sums by locality,
division and nation. It is a function of the record alone; ``advance`` reaches the same value as starting
anew, at the cost of the events in between. Spec 5.2.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import sub

from limpide.record.definition import DivisionId, LocalityId, Register, Unit, UnitId
from limpide.record.events import Figures, Turnout
from limpide.record.record import Record
from limpide.record.settlement import Settled, Settlement, settle

Vector = tuple[int, ...]
NATION = ""
"""The name of the area that holds every unit."""
_COUNTS = (
    "voters_registered",
    "voters_participated",
    "ballots_cast",
    "blank_ballots",
    "ballots_rejected",
    "voters_awaited",
)
_STATES = tuple(Settlement)
_STATE_OFFSET = len(_COUNTS)
_VOTES_OFFSET = _STATE_OFFSET + len(_STATES)
_PLACES = {state: _STATE_OFFSET + place for place, state in enumerate(_STATES)}
_ONE_UNIT = {state: tuple(int(other is state) for other in _STATES) for state in _STATES}


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a set of units, as one vector of integers: counts, units by state, votes by option."""

    vector: Vector

    @property
    def voters_registered(self) -> int:
        """Registered voters (inscrits) of the units whose figures count."""
        return self.vector[0]

    @property
    def voters_participated(self) -> int:
        """Signatures on the roll (émargements); the ballots cast where the form does not ask for them."""
        return self.vector[1]

    @property
    def ballots_cast(self) -> int:
        """Ballots found in the boxes (bulletins trouvés)."""
        return self.vector[2]

    @property
    def blank_ballots(self) -> int:
        """Blank ballots (blancs)."""
        return self.vector[3]

    @property
    def ballots_rejected(self) -> int:
        """Null ballots (nuls)."""
        return self.vector[4]

    @property
    def voters_awaited(self) -> int:
        """Registered voters, by the roll, of the units that are still expected."""
        return self.vector[5]

    @property
    def votes(self) -> tuple[int, ...]:
        """Votes (suffrages) of each option, in the order of the contest."""
        return self.vector[_VOTES_OFFSET:]

    @property
    def valid_votes(self) -> int:
        """Valid votes (exprimés): always the sum of the votes, never typed."""
        return sum(self.votes)

    @property
    def units(self) -> int:
        """How many units there are."""
        return sum(self.vector[_STATE_OFFSET:_VOTES_OFFSET])

    @property
    def units_counted(self) -> int:
        """Units whose figures are in these sums."""
        return self.units - self.units_awaited - self.units_without

    @property
    def units_awaited(self) -> int:
        """Units of which nothing is known yet."""
        return self.state(Settlement.EXPECTED)

    @property
    def units_contested(self) -> int:
        """Units of which contradictory things were said; their first report is in the sums."""
        return self.state(Settlement.CONTESTED)

    @property
    def units_without(self) -> int:
        """Units that are settled without figures: annulled, not opened, no result possible."""
        return sum(map(self.state, (Settlement.ANNULLED, Settlement.NOT_OPENED, Settlement.NO_RESULT)))

    @property
    def is_complete(self) -> bool:
        """Is every unit settled? Spec 5.6."""
        return not self.units_awaited and not self.units_contested

    def state(self, state: Settlement) -> int:
        """How many units are in that state."""
        return self.vector[_PLACES[state]]


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit in a canvass: what holds for it, and what it adds to every sum."""

    unit: Unit
    settled: Settled
    totals: Totals
    changed: int
    """Index of the last entry that bears on the unit, 0 when there is none."""


@dataclass(slots=True)
class Area:
    """A locality, a division or the nation: its sums, and the last entry that changed them."""

    totals: Totals
    changed: int = 0

    def shift(self, deltas: Sequence[Vector], changed: int) -> None:
        """Adds the differences that units, or areas within, make."""
        self.totals = Totals(tuple(map(sum, zip(self.totals.vector, *deltas, strict=True))))
        self.changed = max(self.changed, changed)


@dataclass(slots=True, eq=False)
class Canvass:
    """The canvass of one contest in one round. A private fold: whoever holds it may advance it."""

    register: Register
    contest: str
    round: int
    options: tuple[str, ...]
    size: int = 0
    """How many entries it has seen."""
    units: dict[str, UnitLine] = field(default_factory=dict)
    localities: dict[LocalityId, Area] = field(default_factory=dict)
    divisions: dict[DivisionId, Area] = field(default_factory=dict)
    nation: Area = field(default_factory=lambda: Area(Totals(())))
    turnout: dict[str, dict[str, Area]] = field(default_factory=dict)
    """By hour, then by division and NATION: ``vector`` is (units, voters)."""
    whole: int = 0
    """Index of the last entry that concerns every unit: the opening of a later round, a roll commitment."""

    def advance(self, record: Record) -> set[str]:
        """Takes in the entries up to ``record.size``; gives the ids of the units whose line changed.

        ``record`` continues the one seen last.
        """
        whole = record.last_global(self.round)
        if self.size == 0 or whole >= self.size:
            self._begin(record, whole)
            touched: set[str] = set(self.register.units)
        else:
            since = range(self.size, record.size)
            touched = {unit for index in since for unit in record.concerned(index)}
        voters = record.voters_registered(self.round)
        deltas = {unit: delta for unit in touched if (delta := self._settle(record, unit, voters)) is not None}
        self._add_up(deltas)
        for index, turnout in record.turnouts(self.round, self.size):
            self._count_turnout(record, turnout, index)
        self.size = record.size
        return set(deltas)

    def area(self, name: str) -> Area:
        """The nation, or the division or locality of that id."""
        if name == NATION:
            return self.nation
        return self.divisions[DivisionId(name)] if name in self.divisions else self.localities[LocalityId(name)]

    def contribution(self, settled: Settled, roll: int) -> Totals:
        """What a settled unit adds to every sum, ``roll`` being its voters by the roll."""
        figures = settled.figures
        if figures is None:
            awaited = roll if settled.state is Settlement.EXPECTED else 0
            return Totals((0, 0, 0, 0, 0, awaited, *_ONE_UNIT[settled.state], *(0,) * len(self.options)))
        votes = map(figures.votes.__getitem__, self.options)
        return Totals((*_stated(figures, roll), 0, *_ONE_UNIT[settled.state], *votes))

    def _begin(self, record: Record, whole: int) -> None:
        self.options = record.options(self.contest, self.round)
        zero = Totals((0,) * (_VOTES_OFFSET + len(self.options)))
        self.units.clear()
        self.localities = {name: Area(zero) for name in self.register.localities}
        self.divisions = {name: Area(zero) for name in self.register.divisions}
        self.nation = Area(zero)
        self.whole = whole

    def _settle(self, record: Record, unit_id: str, voters: Mapping[str, int]) -> Vector | None:
        """Reads a unit anew; the difference that it makes to every sum, None when nothing about it changed."""
        old = self.units.get(unit_id)
        unit = old.unit if old else self.register.units[UnitId(unit_id)]
        settled = settle(record, self.contest, self.round, unit_id)
        if old and old.settled == settled:
            return None
        totals = self.contribution(settled, voters.get(unit_id, 0))
        self.units[unit_id] = UnitLine(unit, settled, totals, max((self.whole, *settled.entries)))
        return tuple(map(sub, totals.vector, old.totals.vector)) if old else totals.vector

    def _add_up(self, deltas: Mapping[str, Vector]) -> None:
        """Adds differences by locality, then those by division, then those of the nation: each area once."""
        localities: dict[str, list[str]] = {}
        for unit in deltas:
            localities.setdefault(self.units[unit].unit.locality, []).append(unit)
        divisions: dict[str, list[tuple[Vector, int]]] = {}
        for name, units in localities.items():
            area = self.localities[LocalityId(name)]
            changed = max(self.units[unit].changed for unit in units)
            vectors = [deltas[unit] for unit in units]
            area.shift(vectors, changed)
            division = self.units[units[0]].unit.division
            divisions.setdefault(division, []).append((tuple(map(sum, zip(*vectors, strict=True))), changed))
        for name, moved in divisions.items():
            vectors, changes = [vector for vector, _ in moved], max(changed for _, changed in moved)
            self.divisions[DivisionId(name)].shift(vectors, changes)
            self.nation.shift(vectors, changes)

    def _count_turnout(self, record: Record, body: Turnout, index: int) -> None:
        """The last turnout that a unit stated for an hour counts."""
        before = [voters for other, voters in _stated_turnouts(record, body) if other < index]
        delta = (0, body.voters - before[-1]) if before else (1, body.voters)
        hour = self.turnout.setdefault(body.hour, {})
        for name in (NATION, self.register.units[UnitId(body.unit)].division):
            hour.setdefault(name, Area(Totals((0, 0)))).shift([delta], index)
            area = self.area(name)
            area.changed = max(area.changed, index)


def canvass(record: Record, contest: str, round_: int) -> Canvass:
    """The canvass that a record yields for a contest and round. Spec 5.2."""
    fold = Canvass(record.register, contest, round_, record.options(contest, round_))
    fold.advance(record)
    return fold


def canvass_unit(record: Record, contest: str, round_: int, unit: str) -> Canvass:
    """A canvass that knows the line of one unit and nothing else: what the page of that unit shows."""
    fold = Canvass(record.register, contest, round_, record.options(contest, round_), record.size)
    settled = settle(record, contest, round_, unit)
    totals = fold.contribution(settled, record.voters_registered(round_).get(unit, 0))
    changed = max((record.last_global(round_), *settled.entries))
    fold.units[unit] = UnitLine(record.register.units[UnitId(unit)], settled, totals, changed)
    return fold


def begun(record: Record) -> Iterator[tuple[int, str]]:
    """The (round, contest) pairs that a record canvasses: all of round 1, later ones once they are opened."""
    for round_ in record.register.definition.rounds:
        opening = record.opening(round_.number)
        qualified = {q.contest for q in opening.qualified} if opening else set()
        for contest in record.register.definition.contests:
            if round_.number == 1 or contest.id in qualified:
                yield round_.number, contest.id


def _stated(figures: Figures, roll: int) -> tuple[int, int, int, int, int]:
    registered, participated = figures.voters_registered, figures.voters_participated
    return (
        registered if isinstance(registered, int) else roll,
        participated if isinstance(participated, int) else figures.ballots_cast,
        figures.ballots_cast,
        figures.blank_ballots,
        figures.ballots_rejected,
    )


def _stated_turnouts(record: Record, like: Turnout) -> Iterator[tuple[int, int]]:
    for index in record.unit_events(like.unit):
        said = record.event(index).body
        if isinstance(said, Turnout) and (said.round, said.hour) == (like.round, like.hour):
            yield index, said.voters
