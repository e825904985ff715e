"""Elections of our own, whole: whatever the parameters, the result is the count of the votes, and it is proven."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_elections import (
    Small,
    clauses,
    drawer,
    one_of,
    open_small,
    random_bits,
    three_voters,
    verdict_of,
)

from limpide.belenios.ballots import check_ballot, tracking_number
from limpide.belenios.casting import make_ballot
from limpide.belenios.election import Homomorphic, Lists, NonHomomorphic, Question, read_election
from limpide.belenios.group import Element
from limpide.belenios.logarithm import Logarithms
from limpide.belenios.suite import suite
from limpide.belenios.tally import nest
from limpide.canonical import NotCanonical, Refused


@st.composite
def questions(draw: st.DrawFn) -> Homomorphic:
    count = draw(st.integers(2, 50) if draw(st.integers(0, 3)) == 0 else st.integers(2, 8))
    low = draw(st.integers(0, min(count, 3)))
    high = draw(st.integers(low, min(count, low + 3)))
    return Homomorphic("?", tuple(map(str, range(count))), low, high, draw(st.booleans()))


def fill(small: Small, seed: object, revotes: int = 1) -> list[list[int]]:
    """Everybody votes, some again; the result by question is computed from the plain votes."""
    draw = drawer(seed)
    kinds = [q for q in small.election.questions if isinstance(q, Homomorphic)]
    last = {}
    for voter in [*range(len(small.codes)), *range(revotes)]:
        last[voter] = [random_bits(question, draw) for question in kinds]
        small.cast(voter, last[voter], draw)
    return [
        [sum(small.weights[v] * bits[q][i] for v, bits in last.items()) for i in range(kinds[q].ciphertexts)]
        for q in range(len(kinds))
    ]


@settings(max_examples=12, deadline=None)
@given(
    asked=st.lists(questions(), min_size=1, max_size=2),
    weights=st.none() | st.lists(st.integers(0, 5000), min_size=3, max_size=3),
    singles=st.integers(0, 2),
    threshold=st.none() | st.sampled_from([(1, 2), (2, 3), (3, 5)]),
    seed=st.integers(0, 10**6),
)
def test_ed25519(
    asked: list[Homomorphic],
    weights: list[int] | None,
    singles: int,
    threshold: tuple[int, int] | None,
    seed: int,
) -> None:
    singles = singles if threshold else max(singles, 1)
    small = open_small(
        "Ed25519", asked, 3, singles=singles, threshold=threshold, weights=weights, draw=drawer(seed)
    )
    expected = fill(small, seed)
    absent = drawer(seed)(2) if threshold else 0
    needed = range(1 + absent, 1 + absent + threshold[0]) if threshold else ()
    owners = [*range(1, singles + 1), *(singles + i for i in needed)]
    verdict = verdict_of(small.archive(owners, drawer(seed)))
    assert verdict.faults == ()
    assert [list(items) for items in verdict.result or ()] == expected


def test_belenios_2048() -> None:
    asked = [one_of(2, blank=True), Homomorphic("?", ("a", "b", "c"), 0, 2, False)]
    small = open_small("BELENIOS-2048", asked, 2, singles=1, threshold=(1, 2), draw=drawer(5))
    expected = fill(small, 5)
    verdict = verdict_of(small.archive([1, 3], drawer(5)))
    assert verdict.faults == ()
    assert [list(items) for items in verdict.result or ()] == expected


def test_nobody_votes() -> None:
    small = open_small("Ed25519", [one_of(2)], 2, draw=drawer(6))
    verdict = verdict_of(small.archive([1], drawer(6)))
    assert verdict.faults == ()
    assert verdict.result == ((0, 0),)


def test_great_weights_are_strings() -> None:
    weights = [2**31, 7_000_000_000, 1]
    small = open_small("Ed25519", [one_of(2)], 3, weights=weights, draw=drawer(7))
    draw = drawer(7)
    for voter, bits in enumerate(([0, 1], [1, 0], [1, 0])):
        small.cast(voter, [bits], draw)
    archive = small.archive([1], drawer(7))
    assert b'{"result":[["7000000001","2147483648"]]}' in archive
    verdict = verdict_of(archive)
    assert (verdict.faults, verdict.total_weight) == ((), sum(weights))


def test_a_running_election_is_proven_so_far() -> None:
    small = three_voters()
    for upto in ("Ballot", "PartialDecryption"):
        verdict = verdict_of(small.archive([1], drawer(8), upto=upto))
        assert verdict.proven
        assert [fault.clause for fault in verdict.faults] == ["7.51"]
        assert (verdict.num_tallied, verdict.result) == (3, None)


def test_too_few_decryptions() -> None:
    small = open_small("Ed25519", [one_of(2)], 2, singles=1, threshold=(2, 3), draw=drawer(9))
    for owners in ([1, 2], [2, 3, 4], []):
        with pytest.raises(Refused) as refused:
            small.archive(owners, drawer(9))
        assert refused.value.clause == "7.48"


def test_any_sufficient_set_of_trustees_gives_the_result() -> None:
    small = open_small("Ed25519", [one_of(2)], 2, singles=0, threshold=(2, 4), draw=drawer(10))
    expected = fill(small, 10)
    for owners in ([1, 2], [1, 4], [3, 2], [4, 3, 1], [1, 2, 3, 4]):
        verdict = verdict_of(small.archive(owners, drawer(10)))
        assert (verdict.faults, [list(items) for items in verdict.result or ()]) == ((), expected)


BAD_BITS = [
    [],
    [[1, 0, 0], [1]],
    [[1, 0]],
    [[1, 1, 0]],
    [[0, 0, 0]],
    [[2, 0, 0]],
    [[-1, 1, 1]],
    [[True, False, False]],
]


@pytest.mark.parametrize("bits", BAD_BITS)
def test_choices_that_the_question_does_not_allow(bits: list[list[int]]) -> None:
    with pytest.raises(Refused) as refused:
        make_ballot(three_voters().election, 5, bits, drawer(1))
    assert refused.value.clause == "7.54"
    assert "1" not in refused.value.message


def test_a_blank_vote_excludes_any_other() -> None:
    small = open_small("Ed25519", [one_of(2, blank=True)], 1, draw=drawer(11))
    with pytest.raises(Refused):
        make_ballot(small.election, 5, [[1, 1, 0]], drawer(1))
    check_ballot(small.election, small.box.credentials, small.cast(0, [[1, 0, 0]], drawer(1)))


def test_ballots_are_made_for_homomorphic_questions_only() -> None:
    asked: list[Question] = [NonHomomorphic("Rank", ("a", "b")), Lists("List", (("A", "a1"), ("B", "b1", "b2")))]
    small = open_small("Ed25519", asked, 1, draw=drawer(12))
    assert small.election.questions == tuple(asked)
    with pytest.raises(Refused):
        make_ballot(small.election, 5, [[1, 2], [1, 0]], drawer(1))


def test_two_ballots_of_one_vote_have_nothing_in_common_but_the_voter() -> None:
    small, draw = three_voters(), drawer(13)
    first, second = (make_ballot(small.election, 5, [[1, 0, 0]], draw) for _ in range(2))
    assert tracking_number(first) != tracking_number(second)
    assert len(first) - 60 < len(second) < len(first) + 60


@pytest.mark.parametrize("bound", [0, 1, 2, 10**8])
def test_logarithms(bound: int) -> None:
    group = suite("Ed25519").group
    table = Logarithms(group, bound)
    for m in {0, 1, bound // 2, bound - 1, bound}:
        if 0 <= m <= bound:
            assert table.find(group.g.power(m)) == m
    with pytest.raises(Refused):
        table.find(group.g.power(bound + 1))


def test_a_great_logarithm_in_a_field() -> None:
    group = suite("BELENIOS-2048").group
    assert Logarithms(group, 10**9).find(group.g.power(987_654_321)) == 987_654_321


def election_with(old: bytes, new: bytes) -> bytes:
    raw = three_voters().election.raw
    assert old in raw
    return raw.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"version":1', b'"version":2'),
        (b'"version":1', b'"version":true'),
        (b'"version":1,', b""),
        (b'"version":1', b'"version":1,"version":1'),
        (b'"Ed25519"', b'"P-256"'),
        (b'"min":1', b'"min":2'),
        (b'"max":1', b'"max":4'),
        (b'"min":1', b'"min":-1'),
        (b'"uuid":"A', b'"uuid":"0'),
        (b'"uuid":"Ab1Cd2', b'"uuid":"'),
        (b'"name"', b'"nom"'),
        (b'"questions":[', b'"questions":[{"type":"Other","value":{}},'),
        (b'"questions":[', b'"questions":[{"type":"Lists","value":{"answers":[[]],"question":"?"}},'),
        (b'{"version"', b'[{"version"'),
    ],
)
def test_elections_that_cannot_be_read(old: bytes, new: bytes) -> None:
    with pytest.raises((NotCanonical, Refused)) as refused:
        read_election(election_with(old, new))
    assert refused.value.clause == "7.9"


def test_wrapped_homomorphic_questions_are_read() -> None:
    small = three_voters()
    start = small.election.raw.index(b'{"answers"')
    end = small.election.raw.index(b"]", small.election.raw.index(b'"question":'))
    bare = small.election.raw[start:end]
    wrapped = b'{"type":"Homomorphic","value":' + bare + b',"extra":["hint"]}'
    assert read_election(small.election.raw.replace(bare, wrapped)).questions == small.election.questions


def test_values_take_the_shape_of_the_questions() -> None:
    asked: list[Question] = [Lists("List", (("A", "a1"), ("B", "b1", "b2"))), one_of(2)]
    small = open_small("Ed25519", asked, 1, draw=drawer(14))
    assert nest(small.election, [[1, 2, 3, 4, 5], [6, 7]]) == [[[1, 2], [3, 4, 5]], [6, 7]]
    assert clauses(verdict_of(b"")) == ["7.1"]
    assert isinstance(small.election.y.element, bytes)
    assert Element(b"") == b""
