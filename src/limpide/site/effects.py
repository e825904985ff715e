"""What did an act change?

Computed from the record just before the act and just after it, never typed: in voters and ballots, and by option
where a result was in the record already (R4). Spec 4.8 to 4.10.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from limpide.record.events import Annulment, Correction, Reinstatement
from limpide.record.record import Record
from limpide.record.settlement import settle

_COUNTS = 4
"""How many figures come before the votes."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Figures that are added and subtracted: voters participated, ballots cast, blank, null, votes by option."""

    counts: tuple[int, ...]

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(tuple(a - b for a, b in zip(self.counts, other.counts, strict=True)))

    @classmethod
    def total(cls, tallies: Iterable["Tally"], options: int) -> "Tally":
        """The sum."""
        rows = [tally.counts for tally in tallies]
        return cls(tuple(map(sum, zip(*rows, strict=True)))) if rows else cls((0,) * (_COUNTS + options))


@dataclass(frozen=True, slots=True)
class UnitEffect:
    """One unit before and after an act."""

    unit: str
    before: Tally
    after: Tally


@dataclass(frozen=True, slots=True)
class Effect:
    """What an act changed in one contest of a round."""

    contest: str
    options: tuple[str, ...]
    units: tuple[UnitEffect, ...]

    @property
    def before(self) -> Tally:
        """The sum of the units concerned before the act."""
        return Tally.total((unit.before for unit in self.units), len(self.options))

    @property
    def after(self) -> Tally:
        """The sum of the units concerned after the act."""
        return Tally.total((unit.after for unit in self.units), len(self.options))


def effects(record: Record, index: int) -> Iterator[Effect]:
    """The effect of the entry at ``index`` on each contest that it can touch."""
    body = record.event(index).body
    for contest in record.register.definition.contests:
        match body:
            case Correction() if body.contest == contest.id:
                pass
            case Annulment() | Reinstatement():
                pass
            case _:
                continue
        options = record.options(contest.id, body.round)
        before, after = record.until(index), record.until(index + 1)
        units = tuple(
            UnitEffect(
                unit,
                _tally(before, contest.id, body.round, unit, options),
                _tally(after, contest.id, body.round, unit, options),
            )
            for unit in record.concerned(index)
        )
        yield Effect(contest.id, options, units)


def _tally(record: Record, contest: str, round_: int, unit: str, options: tuple[str, ...]) -> Tally:
    figures = settle(record, contest, round_, unit).figures
    if figures is None:
        return Tally((0,) * (_COUNTS + len(options)))
    participated = figures.voters_participated
    return Tally(
        (
            participated if isinstance(participated, int) else figures.ballots_cast,
            figures.ballots_cast,
            figures.blank_ballots,
            figures.ballots_rejected,
            *(figures.votes[option] for option in options),
        )
    )
