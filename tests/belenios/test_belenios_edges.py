"""The corners: what only a strange file or a strange machine reaches."""

import json
import sys
from typing import Any

import msgspec
import pytest
from small_elections import VECTORS, clauses, drawer, one_of, open_small, three_voters, verdict_of
from test_belenios_archives import chained, content_changed, digest, steps_of, whole

import limpide.belenios
from limpide.belenios import suite as suites
from limpide.belenios.channel import AddressedText, receive, seal, sign
from limpide.belenios.credentials import read_credentials
from limpide.belenios.decryption import check_result
from limpide.belenios.election import read_question
from limpide.belenios.finite_field import FiniteField
from limpide.belenios.group import Ciphertext
from limpide.belenios.proofs import check_one_is_zero
from limpide.belenios.suite import suite
from limpide.belenios.tally import columns, no_columns
from limpide.belenios.trustees import MOST_TRUSTEES, read_trustees
from limpide.belenios.wire import encode
from limpide.canonical import InvalidProof, InvalidSignature, NotCanonical, Refused

MIXED = VECTORS / "ed25519-nh-lists"


def mixed() -> list[tuple[str, list[bytes]]]:
    (path,) = MIXED.glob("*.bel")
    return steps_of(path.read_bytes())


def altered(kind: str, old: bytes, new: bytes) -> list[str]:
    """The clauses that trip when a record of the election with vectors and lists is changed."""
    steps = mixed()
    step = next(step for step in steps if step[0] == kind)
    before = step[1][0]
    assert old in before
    step[1][0] = before.replace(old, new, 1)
    step[1][-1] = step[1][-1].replace(digest(before).encode(), digest(step[1][0]).encode())
    return clauses(verdict_of(chained(steps)))


@pytest.mark.parametrize(
    ("old", "new", "clause"),
    [
        (b"[0,0,3]", b"[0,0,2]", "7.50"),
        (b"[0,0,3]", b"[0,0,256]", "7.49"),
        (b"[0,0,3]", b"[0,0]", "7.49"),
        (b"[0,0,3]", b"3", "7.49"),
        (b"[0,0,3],", b"", "7.50"),
        (b"[3,3,1]", b"[3,3,[1]]", "7.49"),
        (b"[5,5]", b"[5,5,5]", "7.49"),
        (b"[5,5]", b"[5,4]", "7.50"),
        (b"[3,3,1]", b"[3,3,-1]", "7.49"),
    ],
)
def test_results_of_vectors_and_lists(old: bytes, new: bytes, clause: str) -> None:
    assert altered("Result", old, new) == [clause]


def test_a_decryption_of_too_few_vectors() -> None:
    steps = mixed()
    step = next(step for step in steps if step[0] == "PartialDecryption")
    value = json.loads(step[1][0])
    for part in value.values():
        part[1].pop()
    before, step[1][0] = step[1][0], encode(value)
    step[1][1] = step[1][1].replace(digest(before).encode(), digest(step[1][0]).encode())
    assert clauses(verdict_of(chained(steps)))[0] == "7.46"


def test_ballots_of_an_election_that_cannot_be_read() -> None:
    steps = content_changed("Setup", 0, lambda _: b"{}")
    verdict = verdict_of(chained(steps))
    assert clauses(verdict) == ["7.9"]
    assert (verdict.ballots, verdict.num_tallied, verdict.fingerprint) == (3, 0, None)
    steps = steps_of(whole())
    steps[0][1][-1] = b"[]"
    assert clauses(verdict_of(chained(steps))) == ["7.6"]


def test_trustees_that_cannot_be_read_decrypt_nothing() -> None:
    assert clauses(verdict_of(chained(content_changed("Setup", 1, lambda _: b"[]")))) == ["7.11"]
    one = json.loads((VECTORS / "ed25519-blank-threshold-3of5/trustees.json").read_bytes())
    one[0][1]["certs"] = one[0][1]["certs"][:1] * (MOST_TRUSTEES + 1)
    with pytest.raises(NotCanonical):
        read_trustees(suite("Ed25519"), encode(one))


@pytest.mark.parametrize("raw", [b'{"type":"Lists","value":7}', b'{"value":1}', b'{"type":1,"value":{}}', b"[]"])
def test_questions_that_are_none(raw: bytes) -> None:
    with pytest.raises(NotCanonical):
        read_question(msgspec.Raw(raw))


def test_sums_of_nothing() -> None:
    small = three_voters()
    assert columns(small.election, [], []) == no_columns(small.election)
    raw = json.loads((MIXED / "election.json").read_bytes())
    raw["questions"] = raw["questions"][1:2]
    steps = mixed()
    steps = [("Setup", [encode(raw), *steps[0][1][1:]]), steps[1]]
    assert clauses(verdict_of(chained(steps)))[0] == "7.6"


def test_proofs_as_many_as_statements() -> None:
    chosen = suite("Ed25519")
    g = chosen.group.g
    with pytest.raises(InvalidProof):
        check_one_is_zero(chosen, g, "prove", "", [Ciphertext(g.element, g.element)], [], "7.33")


def test_a_message_that_its_recipient_passes_on() -> None:
    """Whoever receives a signed message can seal it again for somebody else, who is not taken in."""
    chosen = suite("Ed25519")
    draw = drawer("passed on")
    sk, first, second = 5, 7, 9
    key = chosen.group.g.power
    for recipient, taken in ((first, False), (second, True)):
        addressed = encode(AddressedText(recipient=chosen.group.encode(key(recipient)), message="x")).decode()
        sealed = seal(chosen, key(second), encode(sign(chosen, sk, addressed, draw)), draw)
        if taken:
            assert receive(chosen, second, key(sk), sealed) == "x"
        else:
            with pytest.raises(InvalidSignature):
                receive(chosen, second, key(sk), sealed)


def test_without_gmp_the_fields_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "limpide.belenios.finite_field", None)
    monkeypatch.delattr(limpide.belenios, "finite_field", raising=False)
    with pytest.raises(Refused) as refused:
        suites.suite.__wrapped__("BELENIOS-2048")
    assert "limpide[2048]" in refused.value.message


def test_chains_are_forgotten_in_time() -> None:
    group = suite("BELENIOS-2048").group
    assert isinstance(group, FiniteField)
    texts = [group.encode(group.g.power(i + 2)) for i in range(70)]
    assert len(group.decode(texts, "7.31")) == 70
    assert len(group._chains) <= 64


def test_a_question_whose_result_is_shorter() -> None:
    small = open_small("Ed25519", [one_of(2)], 1, draw=drawer("short"))
    one: Any = small.election.suite.group.one
    assert check_result(small.election, ((one, one),), ((0,),)) == [(0, 1)]


def test_a_list_of_credentials_is_strict_and_packed() -> None:
    small = three_voters()
    election = small.election
    first = json.loads(small.credentials)[0]
    for raw in (
        b"",
        b"[",
        b"]",
        b'["a"',
        b'[,"a"]',
        b'["a",]',
        b'["a" ,"b"]',
        b'[["a"]]',
        b'["a"]x',
        b'["\\u0061"]',
        b'["a",1]',
        b'["1,2,3"]',
        b'["1,"]',
    ):
        with pytest.raises(NotCanonical) as refused:
            read_credentials(election, raw)
        assert refused.value.clause == "7.20"
    found, faults = read_credentials(election, small.credentials)
    assert (faults, len(found), found.position("x"), found.weight_of("x")) == ([], 4, None, 1)
    assert [text for text, _ in found.entries()] == json.loads(small.credentials)
    twice, faults = read_credentials(election, encode([first, f"{first},5", first]))
    assert [fault.clause for fault in faults] == ["7.22", "7.22", "7.20"]
    assert len(twice) == 3
    assert read_credentials(election, b"[]")[0].position(first) is None
    _, faults = read_credentials(election, encode(["00", first, "ff" * 32]))
    assert [fault.subject for fault in faults] == ["credential 00", f"credential {'ff' * 32}"]
