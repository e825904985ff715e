"""A ballot with any single change is refused, by both judges, and never by a traceback."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import slow_group as slow
from hypothesis import given, settings
from hypothesis import strategies as st
from small_elections import VECTORS, Small, drawer, one_of, open_small, three_voters

from limpide.belenios.ballots import check_ballot, judge_ballot
from limpide.belenios.batch import BatchBox, open_box
from limpide.belenios.box import Box, Chunk
from limpide.belenios.casting import make_ballot
from limpide.belenios.credentials import exponent, read_credentials
from limpide.belenios.election import read_election
from limpide.canonical import Refused

ORDER_2 = "7" + "f" * 61 + "ec"
ORDER_4 = "0" * 64
NOT_CANONICAL = "7" + "f" * 61 + "ee"


def judges(small: Small) -> list[Any]:
    box = small.box
    quick = open_box(box.election, box.credentials)
    return [box, quick] if isinstance(quick, BatchBox) else [box]


def clauses_of(small: Small, raw: bytes) -> set[str]:
    found = [judge.judge(Chunk(0, (raw,))) for judge in judges(small)]
    assert all(verdict.faults == found[0].faults for verdict in found)
    assert all(verdict.columns == found[0].columns for verdict in found)
    assert all(verdict.credentials == found[0].credentials for verdict in found)
    return {fault.clause for fault in found[0].faults}


def dump(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def replaced(raw: bytes, path: tuple[Any, ...], new: object) -> bytes:
    value = json.loads(raw)
    at(value, path[:-1])[path[-1]] = new
    return dump(value)


def changes(group: Any, leaf: str) -> list[object]:
    """Other values of the same kind, wrong kinds, and encodings that must be refused."""
    if len(leaf) == 64 and group.name == "Ed25519":
        point = slow.decode(leaf)
        assert point is not None
        low = slow.add(point, (0, slow.P - 1))
        mixed = f"{low[1] | (low[0] & 1) << 255:064x}"
        negated = slow.encode((slow.P - point[0], point[1]))
        return [
            mixed,
            negated,
            ORDER_2,
            ORDER_4,
            NOT_CANONICAL,
            leaf.upper() + "",
            leaf[:-1],
            group.encode(group.one),
        ]
    if leaf.isdecimal():
        n = int(leaf)
        return [str(n + 1), str(n + group.q), "0" + leaf, "-" + leaf, n, "", "0" if n else "1"]
    return [leaf[:-1], leaf + "A", leaf.swapcase(), None, 7]


def test_every_value_of_a_ballot() -> None:
    small = three_voters()
    raw = small.ballots[0]
    assert dump(json.loads(raw)) == raw
    group = small.election.suite.group
    count = 0
    for path, leaf in leaves(json.loads(raw)):
        for new in changes(group, leaf):
            if new != leaf:
                assert clauses_of(small, replaced(raw, path, new)), (path, new)
                count += 1
    assert count > 150


def test_every_value_of_a_ballot_with_blank_and_two_questions() -> None:
    draw = drawer(1)
    small = open_small("Ed25519", [one_of(2, blank=True), one_of(2)], 1, draw=draw)
    raw = small.cast(0, [[0, 1, 0], [0, 1]], draw)
    assert not clauses_of(small, raw)
    for path, leaf in leaves(json.loads(raw)):
        new = changes(small.election.suite.group, leaf)[0]
        assert clauses_of(small, replaced(raw, path, new)), path


@pytest.mark.parametrize("group", ["BELENIOS-2048"])
def test_the_other_coset_of_a_field(group: str) -> None:
    small = three_voters(group)
    raw = small.ballots[0]
    p = int(small.election.suite.group.modulus)  # type: ignore[attr-defined]
    assert not clauses_of(small, raw)
    for part in ("alpha", "beta"):
        value = json.loads(raw)["answers"][0]["choices"][0][part]
        for new in (str(p - int(value)), str(p + int(value)), "0", str(p), "1", "0" + value):
            assert clauses_of(small, replaced(raw, ("answers", 0, "choices", 0, part), new))


@pytest.mark.parametrize("case", ["ed25519-nh-lists", "rfc3526-nh-v2.0"])
def test_every_proof_of_lists_and_vectors(case: str) -> None:
    folder = VECTORS / case
    election = read_election((folder / "election.json").read_bytes())
    known, _ = read_credentials(election, (folder / "public_creds.json").read_bytes().strip())
    box = Box(election, known)
    raw = (folder / "ballots.jsons").read_bytes().split(b"\n")[0]
    assert not judge_ballot(election, known, raw, "ballot")[1]
    paths = list(leaves(json.loads(raw)))
    some = paths if case.startswith("ed") else paths[:: max(1, len(paths) // 6)]
    for path, leaf in some:
        new = str(int(leaf) + 1) if leaf.isdecimal() else changes(election.suite.group, leaf)[0]
        verdict = box.judge(Chunk(0, (replaced(raw, path, new),)))
        assert verdict.faults, path


STRUCTURE = [
    (lambda b: b.pop("signature"), "7.24"),
    (lambda b: b.update(extra=1), "7.24"),
    (lambda b: b["answers"].append(b["answers"][0]), "7.30"),
    (lambda b: b["answers"].clear(), "7.30"),
    (lambda b: b["answers"][0]["choices"].pop(), "7.30"),
    (lambda b: b["answers"][0]["individual_proofs"].pop(), "7.30"),
    (lambda b: b["answers"][0]["overall_proof"].clear(), "7.30"),
    (lambda b: b["answers"][0].update(blank_proof=b["answers"][0]["individual_proofs"][0]), "7.30"),
    (lambda b: b["answers"][0].update(blank_proof=None), "7.24"),
    (lambda b: b["answers"][0]["choices"].reverse(), "7.32"),
    (lambda b: b["answers"][0]["individual_proofs"][0].reverse(), "7.32"),
    (lambda b: b["answers"][0]["individual_proofs"][0].pop(), "7.24"),
    (lambda b: b.update(election_uuid="Ab1Cd2Ef3Gh4Jm"), "7.25"),
    (lambda b: b.update(election_hash="A" * 43), "7.26"),
    (lambda b: b["signature"].update(hash="A" * 43), "7.28"),
    (lambda b: b["signature"]["proof"].update(challenge="1"), "7.29"),
    (lambda b: b["answers"][0]["choices"][0].update(alpha=ORDER_2), "7.31"),
]


@pytest.mark.parametrize(("change", "clause"), STRUCTURE)
def test_the_clause_names_what_is_wrong(change: Any, clause: str) -> None:
    small = three_voters()
    ballot = json.loads(small.ballots[0])
    change(ballot)
    assert clause in clauses_of(small, dump(ballot))


def test_white_space_order_and_escapes_are_refused() -> None:
    small = three_voters()
    raw = small.ballots[0]
    ballot = json.loads(raw)
    others = [
        raw + b"\n",
        b" " + raw,
        raw.replace(b",", b", ", 1),
        dump(dict(reversed(ballot.items()))),
        raw.replace(b'"alpha"', b'"\\u0061lpha"', 1),
        raw.replace(b'{"election_uuid"', b'{"election_uuid":"","election_uuid"', 1),
        raw + raw,
        b"\xef\xbb\xbf" + raw,
        raw.replace(b'"A', b'"\xff', 1),
    ]
    for other in others:
        assert "7.24" in clauses_of(small, other)


def test_a_credential_that_is_not_listed() -> None:
    small = three_voters()
    stranger = make_ballot(small.election, 12345, [[1, 0, 0]], drawer(2))
    assert clauses_of(small, stranger) == {"7.27"}
    with pytest.raises(Refused) as refused:
        check_ballot(small.election, small.box.credentials, stranger)
    assert refused.value.clause == "7.27"


def test_an_answer_copied_from_another_voter() -> None:
    small = three_voters()
    other = open_small("Ed25519", [one_of(3)], 4, draw=drawer(("three", "Ed25519")))
    assert other.election.raw == small.election.raw
    copied = json.loads(small.ballots[0])
    own = json.loads(other.cast(3, [[1, 0, 0]], drawer(3)))
    copied["credential"] = own["credential"]
    assert {"7.28", "7.32", "7.33"} <= clauses_of(small, dump(copied))


def test_the_ballot_of_another_election() -> None:
    small = three_voters()
    other = open_small("Ed25519", [one_of(3)], 4, draw=drawer("other"))
    x = exponent(small.codes[0], small.election.uuid, small.election.suite.group)
    assert "7.26" in clauses_of(small, make_ballot(other.election, x, [[1, 0, 0]], drawer(4)))


def test_good_and_bad_ballots_side_by_side() -> None:
    small = three_voters()
    good = small.ballots
    bad = [replaced(raw, ("signature", "proof", "response"), "1") for raw in good]
    for mixture in ([good[0], bad[1], good[2]], bad, [bad[0], *good], [*good, b"", b"{}", b"\xff"]):
        verdicts = [judge.judge(Chunk(7, tuple(mixture))) for judge in judges(small)]
        assert verdicts[0] == verdicts[1]
        wrong = {f"ballot {7 + i}" for i, raw in enumerate(mixture) if raw not in good}
        assert {fault.subject for fault in verdicts[0].faults} == wrong


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_bytes_changed(data: st.DataObject) -> None:
    small = three_voters()
    raw = bytearray(small.ballots[0])
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    if bytes(raw) != small.ballots[0]:
        assert clauses_of(small, bytes(raw))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet='{}[]",:0123456789eE-.\\', max_size=300).map(str.encode))
def test_any_bytes_at_all(raw: bytes) -> None:
    assert clauses_of(three_voters(), raw) == {"7.24"}


@pytest.mark.parametrize("raw", [b"[" * 10**6, b'{"a":' * 10**5, b'{"election_uuid":' + b"9" * 10**6 + b"}"])
def test_deep_and_long_bytes_are_refused_at_once(raw: bytes) -> None:
    assert clauses_of(three_voters(), raw) == {"7.24"}
