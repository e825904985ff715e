"""Who won, by the published rule?

A pure function of a canvass. A tie is a value: code never draws lots. Nothing is said of a winner while a
unit is awaited or contested (spec 5.4).
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from limpide.record.definition import Rule
from limpide.results.canvass import Canvass


class ResultsStatus(StrEnum):
    """How far a result has come; an estimate is none of these. NIST SP 1500-100, "ResultsStatus"."""

    UNOFFICIAL_PARTIAL = "unofficial-partial"
    UNOFFICIAL_COMPLETE = "unofficial-complete"
    CERTIFIED = "certified"
    CORRECTION = "correction"
    """Figures changed after they were proclaimed."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """Units are missing or contested: no outcome. ``margin`` is the gap between the first two options in votes."""

    units_missing: int
    voters_awaited: int
    margin: int


@dataclass(frozen=True, slots=True)
class Elected:
    """One option has won; ``share`` is its part of the valid votes."""

    option: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class Qualified:
    """Nobody has more than half: these two meet in the next round, the first ahead."""

    options: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Tied:
    """The rule cannot separate ``options`` for ``places`` places; a lot drawn by the commission must."""

    options: tuple[str, ...]
    places: int
    qualified: tuple[str, ...] = ()
    """Options that are through in any case."""


@dataclass(frozen=True, slots=True)
class NoVotes:
    """Every unit is settled and there is no valid vote."""


Outcome = Undecided | Elected | Qualified | Tied | NoVotes


def outcome(canvass: Canvass, rule: Rule, *, last_round: bool) -> Outcome:
    """What the rule makes of a canvass. A two-round majority is a plurality in its last round."""
    totals = canvass.nation.totals
    votes = dict(zip(canvass.options, totals.votes, strict=True))
    ranked = sorted(votes, key=lambda option: -votes[option])
    if not totals.is_complete:
        margin = votes[ranked[0]] - votes[ranked[1]] if len(ranked) > 1 else totals.valid_votes
        return Undecided(totals.units_awaited + totals.units_contested, totals.voters_awaited, margin)
    valid = totals.valid_votes
    if valid == 0:
        return NoVotes()
    best = votes[ranked[0]]
    if rule is Rule.TWO_ROUND_MAJORITY and not last_round and len(ranked) > 1:
        if 2 * best > valid:
            return Elected(ranked[0], Fraction(best, valid))
        return _first_two(votes, ranked)
    winners = tuple(option for option in canvass.options if votes[option] == best)
    return Elected(ranked[0], Fraction(best, valid)) if len(winners) == 1 else Tied(winners, 1)


def _first_two(votes: dict[str, int], ranked: list[str]) -> Outcome:
    second = votes[ranked[1]]
    ahead = tuple(option for option in ranked if votes[option] > second)
    level = tuple(option for option in votes if votes[option] == second)
    if len(ahead) + len(level) == 2:  # noqa: PLR2004 - two go to the second round
        return Qualified((ranked[0], ranked[1]))
    return Tied(level, 2 - len(ahead), ahead)
