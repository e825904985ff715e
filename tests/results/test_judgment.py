"""Rankings by grades and by approval: known cases, and what must hold of any."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from limpide.results.judgment import Gauge, approval, gauge, majority_judgment

COUNTS = st.lists(st.integers(0, 50), min_size=4, max_size=4)
PROFILES = st.lists(COUNTS, min_size=2, max_size=6).map(lambda rows: {f"o{i}": row for i, row in enumerate(rows)})


def place(ranking: tuple[tuple[str, ...], ...], option: str) -> int:
    return next(i for i, options in enumerate(ranking) if option in options)


def test_the_majority_grade_is_the_lower_median() -> None:
    assert gauge([1, 1, 1]) == Gauge(1, Fraction(1, 3), Fraction(1, 3))
    assert gauge([2, 0, 2]) == Gauge(2, Fraction(1, 2), Fraction(0))
    assert gauge([3, 0, 2]) == Gauge(0, Fraction(0), Fraction(2, 5))
    assert gauge([0, 0, 0]) is None


def test_the_gauge_tells_options_of_one_grade_apart() -> None:
    grades = {
        "leans down a lot": [0, 11, 9],
        "leans up a little": [5, 11, 4],
        "leans up a lot": [9, 11, 0],
        "leans down a little": [4, 11, 5],
        "worse grade": [9, 0, 11],
    }
    assert majority_judgment(grades) == (
        ("leans up a lot",),
        ("leans up a little",),
        ("leans down a little",),
        ("leans down a lot",),
        ("worse grade",),
    )


def test_equal_profiles_share_a_place_and_the_unjudged_come_last() -> None:
    assert majority_judgment({"a": [1, 2], "x": [0, 0], "b": [1, 2], "y": [0, 0]}) == (("a", "b"), ("x", "y"))
    assert majority_judgment({}) == ()


def test_approval() -> None:
    assert approval({"a": 3, "b": 5, "c": 3}) == (("b",), ("a", "c"))


@given(PROFILES)
def test_the_order_of_options_and_the_number_of_copies_do_not_matter(profile: dict[str, list[int]]) -> None:
    ranking = majority_judgment(profile)
    assert sorted(option for options in ranking for option in options) == sorted(profile)
    reverse = majority_judgment(dict(reversed(profile.items())))
    assert [set(options) for options in reverse] == [set(options) for options in ranking]
    assert majority_judgment({option: [7 * n for n in row] for option, row in profile.items()}) == ranking


@given(PROFILES, st.integers(0, 3), st.integers(0, 3))
def test_a_better_grade_never_costs_a_place(profile: dict[str, list[int]], start: int, end: int) -> None:
    better, worse = min(start, end), max(start, end)
    row = profile["o0"]
    if row[worse] == 0:
        return
    raised = [n + (i == better) - (i == worse) for i, n in enumerate(row)]
    before, after = majority_judgment(profile), majority_judgment(profile | {"o0": raised})
    ahead = {o for options in before[place(before, "o0") + 1 :] for o in options}
    assert all(place(after, "o0") < place(after, option) for option in ahead)


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 100), min_size=1, max_size=6))
def test_more_approvals_come_first(votes: dict[str, int]) -> None:
    counts = [votes[options[0]] for options in approval(votes)]
    assert counts == sorted(set(votes.values()), reverse=True)
