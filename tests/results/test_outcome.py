"""Who won: the rule, and what must hold of it whatever the votes."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election import CONTEST, OPTIONS, UNITS, VOTERS, Night
from limpide.record.definition import Rule
from limpide.results.canvass import Totals, canvass
from limpide.results.outcome import Elected, NoVotes, Outcome, Qualified, Tied, Undecided, outcome

COUNTS = st.integers(0, 4) | st.integers(0, 50)
THREE = st.tuples(COUNTS, COUNTS, COUNTS)


def outcome_of(votes: tuple[int, ...], names: tuple[str, ...] = OPTIONS, *, last_round: bool = False) -> Outcome:
    """What two-round majority makes of those votes, whatever the options are called."""
    fold = canvass(BASE.record, CONTEST, 1)
    vector = fold.nation.totals.vector
    fold.nation.totals = Totals((*vector[: -len(OPTIONS)], *votes))
    fold.options = names
    return outcome(fold, Rule.TWO_ROUND_MAJORITY, last_round=last_round)


def _complete() -> Night:
    night = Night.counting()
    night.complete()
    return night


BASE = _complete()


def renamed(found: Outcome, names: dict[str, str]) -> Outcome:
    match found:
        case Elected(option, share):
            return Elected(names[option], share)
        case Qualified((one, two)):
            return Qualified((names[one], names[two]))
        case Tied(options, places, qualified):
            return Tied(tuple(names[o] for o in options), places, tuple(names[o] for o in qualified))
        case _:
            return found


@given(THREE, st.booleans())
def test_renaming_options_renames_the_outcome(counts: tuple[int, ...], last: bool) -> None:
    names = dict(zip(OPTIONS, ("zoe", "yves", "xavier"), strict=True))
    there = outcome_of(counts, tuple(names.values()), last_round=last)
    assert there == renamed(outcome_of(counts, last_round=last), names)


def chances(found: Outcome, option: str) -> int:
    """How well an option stands: 3 elected, 2 through, 1 in a tie, 0 out."""
    match found:
        case Elected(winner):
            return 3 * (winner == option)
        case Qualified(options):
            return 2 * (option in options)
        case Tied(options, _, qualified):
            return 2 * (option in qualified) or 1 * (option in options)
        case _:
            return 0


@given(THREE, st.integers(0, 2), st.booleans())
def test_a_further_vote_never_costs_its_option_its_rank(counts: tuple[int, ...], place: int, last: bool) -> None:
    more = tuple(count + (position == place) for position, count in enumerate(counts))
    option = OPTIONS[place]
    before, after = outcome_of(counts, last_round=last), outcome_of(more, last_round=last)
    assert chances(after, option) >= chances(before, option)


@given(THREE, st.permutations(range(3)), st.booleans())
def test_the_order_of_options_favours_nobody(counts: tuple[int, ...], order: list[int], last: bool) -> None:
    there = outcome_of(tuple(counts[i] for i in order), tuple(OPTIONS[i] for i in order), last_round=last)
    here = outcome_of(counts, last_round=last)
    assert [chances(there, option) for option in OPTIONS] == [chances(here, option) for option in OPTIONS]


@pytest.mark.parametrize("unit", UNITS)
def test_nothing_is_said_of_a_winner_while_a_unit_is_awaited_or_contested(unit: str) -> None:
    rule = Rule.TWO_ROUND_MAJORITY
    missing = Night.counting()
    for other in UNITS:
        if other != unit:
            missing.report(other, (50, 1, 1))
    found = outcome(canvass(missing.record, CONTEST, 1), rule, last_round=False)
    assert found == Undecided(1, VOTERS[unit], 245)
    missing.report(unit, (50, 1, 1))
    assert isinstance(outcome(canvass(missing.record, CONTEST, 1), rule, last_round=False), Elected)
    missing.report(unit, (1, 50, 1))
    assert isinstance(outcome(canvass(missing.record, CONTEST, 1), rule, last_round=False), Undecided)


def test_every_unit_settled_and_no_vote() -> None:
    assert outcome_of((0, 0, 0)) == NoVotes()


def test_plurality() -> None:
    fold = canvass(BASE.record, CONTEST, 1)
    assert outcome(fold, Rule.PLURALITY, last_round=False) == Elected("aline", Fraction(4, 9))


def test_two_round_majority() -> None:
    assert outcome_of((6, 3, 2)) == Elected("aline", Fraction(6, 11))
    assert outcome_of((5, 3, 2)) == Qualified(("aline", "basile"))
    assert outcome_of((3, 5, 2)) == Qualified(("basile", "aline"))
    assert outcome_of((4, 2, 2)) == Tied(("basile", "carole"), 1, ("aline",))
    assert outcome_of((4, 4, 2)) == Qualified(("aline", "basile"))
    assert outcome_of((3, 3, 3)) == Tied(OPTIONS, 2)
    assert outcome_of((5, 3, 2), last_round=True) == Elected("aline", Fraction(1, 2))
    assert outcome_of((5, 5, 2), last_round=True) == Tied(("aline", "basile"), 1)
