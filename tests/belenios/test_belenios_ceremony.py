"""The threshold ceremony: absent and cheating trustees are named; k − 1 fail, any k succeed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from small_elections import VECTORS, drawer

from limpide.belenios import ceremony as steps
from limpide.belenios.ceremony import Ceremony
from limpide.belenios.channel import receive, send, sign
from limpide.belenios.decryption import lagrange
from limpide.belenios.faults import Fault
from limpide.belenios.keys import (
    draw_seed,
    public_key,
    read_private_key,
    read_seed,
    seed_exponent,
    write_private_key,
)
from limpide.belenios.suite import suite
from limpide.belenios.trustees import check_trustees, read_trustees
from limpide.belenios.wire import encode
from limpide.canonical import InvalidSignature, LimpideError, NotCanonical, Refused

DRAW = drawer("ceremony")
SUITE = suite("Ed25519")


@dataclass
class Played:
    """A ceremony as far as it was played."""

    agreed: Ceremony
    seeds: dict[int, str]
    certs: dict[int, bytes]
    polynomials: dict[int, bytes]
    inputs: dict[int, bytes] = field(default_factory=dict)
    outputs: dict[int, bytes] = field(default_factory=dict)


def played(k: int = 2, n: int = 3) -> Played:
    agreed = Ceremony(SUITE, n, k)
    seeds = {i: draw_seed(DRAW) for i in range(1, n + 1)}
    certs = {i: steps.certificate(agreed, i, seeds[i], DRAW) for i in seeds}
    polynomials = {i: steps.polynomial(agreed, seeds[i], certs, DRAW) for i in seeds}
    return Played(agreed, seeds, certs, polynomials)


def finished(k: int = 2, n: int = 3) -> Played:
    p = played(k, n)
    p.inputs = steps.route(p.agreed, p.certs, p.polynomials)
    for i in p.seeds:
        p.outputs[i], faults = steps.share(p.agreed, p.seeds[i], p.certs, p.inputs[i], DRAW)
        assert faults == []
    return p


@pytest.mark.parametrize(("k", "n"), [(1, 2), (2, 3), (3, 5)])
def test_any_k_shares_and_no_fewer_make_the_key(k: int, n: int) -> None:
    p = finished(k, n)
    q, group = SUITE.group.q, SUITE.group
    raw = encode([("Pedersen", steps.assemble(p.agreed, p.certs, p.polynomials, p.outputs))])
    trustees = read_trustees(SUITE, raw)
    assert list(check_trustees(SUITE, trustees)) == []
    shares = {i: steps.open_share(SUITE, p.seeds[i], json.loads(p.outputs[i])["private_key"]) for i in p.seeds}
    assert [group.g.power(shares[i]) for i in sorted(shares)] == list(trustees.shares)
    for start in range(n - k + 1):
        chosen = list(shares)[start : start + k]
        assert group.g.power(sum(lagrange(q, j, chosen) * shares[j] for j in chosen) % q) == trustees.items[0].key
        fewer = chosen[1:]
        assert group.g.power(sum(lagrange(q, j, fewer) * shares[j] for j in fewer) % q) != trustees.items[0].key


@pytest.mark.parametrize(("k", "n"), [(0, 3), (3, 3), (4, 3)])
def test_thresholds_that_make_no_sense(k: int, n: int) -> None:
    with pytest.raises(Refused):
        Ceremony(SUITE, n, k)


def named(faults: list[Fault]) -> list[tuple[str, str]]:
    return [(fault.clause, fault.subject) for fault in faults]


def test_the_absent_are_named_at_each_step() -> None:
    p = finished()
    two = {i: p.certs[i] for i in (1, 3)}
    assert named(steps.certificate_faults(p.agreed, two)) == [("7.58", "trustee 2")]
    assert named(steps.certificate_faults(p.agreed, p.certs | {7: p.certs[1]})) == [
        ("7.58", "trustee 7"),
        ("7.13", "trustee 7"),
    ]
    late = {i: p.polynomials[i] for i in (2, 3)}
    assert named(steps.polynomial_faults(p.agreed, p.certs, late)) == [("7.58", "trustee 1")]
    missing = {i: p.outputs[i] for i in (1, 2)}
    assert named(steps.output_faults(p.agreed, p.certs, p.polynomials, missing)) == [("7.58", "trustee 3")]
    with pytest.raises(Refused) as refused:
        steps.assemble(p.agreed, p.certs, p.polynomials, missing)
    assert refused.value.facts["subject"] == "trustee 3"
    with pytest.raises(Refused):
        steps.polynomial(p.agreed, p.seeds[1], two, DRAW)


def altered(raw: bytes, change: Callable[[Any], object]) -> bytes:
    value = json.loads(raw)
    change(value)
    return encode(value)


def test_false_certificates_are_named() -> None:
    p = played()
    others = [
        altered(p.certs[2], lambda c: c["signature"].update(challenge="1")),
        altered(p.certs[2], lambda c: c.update(message=c["message"].replace('"index":2', '"index":3'))),
        p.certs[1],
        steps.certificate(Ceremony(SUITE, 4, 2), 2, p.seeds[2], DRAW),
        steps.certificate(Ceremony(suite("BELENIOS-2048"), 3, 2), 2, p.seeds[2], DRAW),
        b"",
        b"[]",
        encode(sign(SUITE, 5, '{"verification":"","encryption":""}', DRAW)),
        (VECTORS / "belenios2048-threshold-2of3-v2.0/dkg/certs.jsons").read_bytes().splitlines()[0],
    ]
    for other in others:
        found = steps.certificate_faults(p.agreed, p.certs | {2: other})
        assert named(found) == [("7.13", "trustee 2")]


def test_false_polynomials_are_named() -> None:
    p = played()
    mine = steps.polynomial(p.agreed, p.seeds[1], p.certs, DRAW)
    for change, clause in (
        (lambda t: t["coefexps"].update(json.loads(mine)["coefexps"]), "7.14"),
        (lambda t: t["coefexps"]["signature"].update(response="1"), "7.14"),
        (lambda t: t["signature"].update(response="1"), "7.15"),
        (lambda t: t["secrets"].pop(), "7.57"),
        (lambda t: t.pop("polynomial"), "7.14"),
    ):
        other = altered(p.polynomials[3], change)
        found = steps.polynomial_faults(p.agreed, p.certs, p.polynomials | {3: other})
        assert named(found) == [(clause, "trustee 3")]


def test_a_trustee_who_sends_another_value_is_named_by_its_victim() -> None:
    p = played()
    _, ek = (SUITE.group.g.power(seed_exponent(SUITE, purpose, p.seeds[2])) for purpose in ("sk", "dk"))
    cheater = seed_exponent(SUITE, "sk", p.seeds[3])
    wrong = send(SUITE, cheater, ek, '{"secret":"12345"}', DRAW)
    p.polynomials[3] = altered(p.polynomials[3], lambda t: t["secrets"].__setitem__(1, wrong))
    inputs = steps.route(p.agreed, p.certs, p.polynomials)
    for victim in (1, 2, 3):
        written, faults = steps.share(p.agreed, p.seeds[victim], p.certs, inputs[victim], DRAW)
        if victim == 2:
            assert (written, named(faults)) == (b"", [("7.57", "trustee 3")])
        else:
            assert written
            assert faults == []


def test_messages_from_others_or_to_others_are_refused() -> None:
    p = played()
    inputs = steps.route(p.agreed, p.certs, p.polynomials)
    for change in (
        lambda t: t["secrets"].__setitem__(0, t["secrets"][1]),
        lambda t: t["secrets"].__setitem__(0, json.loads(inputs[1])["secrets"][0]),
        lambda t: t["secrets"].__setitem__(0, "x"),
        lambda t: t["secrets"].__setitem__(0, t["secrets"][0].replace("AES-GCM", "AES-ECB")),
        lambda t: t["secrets"].__setitem__(0, t["secrets"][0][:-4] + '00"}'),
    ):
        _, faults = steps.share(p.agreed, p.seeds[2], p.certs, altered(inputs[2], change), DRAW)
        assert named(faults) == [("7.55", "trustee 1")]
    for change in (lambda t: t["coefexps"].reverse(), lambda t: t["signatures"].reverse()):
        _, faults = steps.share(p.agreed, p.seeds[2], p.certs, altered(inputs[2], change), DRAW)
        assert {subject for _, subject in named(faults)} == {"trustee 1", "trustee 3"}
    with pytest.raises(LimpideError):
        steps.share(p.agreed, p.seeds[2], p.certs, altered(inputs[2], lambda t: t["secrets"].pop()), DRAW)
    with pytest.raises(Refused):
        steps.share(p.agreed, draw_seed(DRAW), p.certs, inputs[2], DRAW)


def test_false_verification_keys_are_named() -> None:
    p = finished()
    for change, clause in (
        (lambda t: t.update(public_key=json.loads(p.outputs[1])["public_key"]), "7.16"),
        (lambda t: t["public_key"]["pok"].update(response="1"), "7.12"),
        (lambda t: t["public_key"]["signature"].update(response="1"), "7.17"),
        (lambda t: t["public_key"].pop("signature"), "7.17"),
        (lambda t: t.pop("public_key"), "7.16"),
    ):
        other = p.outputs | {2: altered(p.outputs[2], change)}
        assert named(steps.output_faults(p.agreed, p.certs, p.polynomials, other)) == [(clause, "trustee 2")]


FORMS = [
    (lambda t: t["verification_keys"][0].pop("signature"), ["7.15"]),
    (lambda t: [k.pop("signature") for k in t["verification_keys"]], ["7.19"]),
    (lambda t: t.pop("signatures"), ["7.15"]),
    (lambda t: t["signatures"][1].update(challenge="1"), ["7.15"]),
    (lambda t: t["coefexps"][1]["signature"].update(challenge="1"), ["7.14"]),
    (lambda t: t["certs"][1]["signature"].update(challenge="1"), ["7.13"]),
    (lambda t: t["verification_keys"].reverse(), ["7.16"]),
    (lambda t: t["verification_keys"][2]["signature"].update(response="1"), ["7.17"]),
    (lambda t: t["verification_keys"][2]["pok"].update(response="1"), ["7.12"]),
]


@pytest.mark.parametrize(("change", "clauses"), FORMS)
def test_published_groups_that_do_not_hold(change: Callable[[Any], object], clauses: list[str]) -> None:
    value = json.loads((VECTORS / "ed25519-blank-threshold-3of5/trustees.json").read_bytes())
    change(value[0][1])
    found = {fault.clause for fault in check_trustees(SUITE, read_trustees(SUITE, encode(value)))}
    assert set(clauses) <= found
    assert found - set(clauses) <= {"7.15"}


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.update(threshold=6),
        lambda t: t.update(threshold=2),
        lambda t: t.update(threshold=0),
        lambda t: t["certs"].pop(),
        lambda t: t["signatures"].pop(),
        lambda t: t["coefexps"][0].update(message="{}"),
        lambda t: t["certs"][0].update(message='{"verification":"00","encryption":"00"}'),
    ],
)
def test_published_groups_that_cannot_be_read(change: Callable[[Any], object]) -> None:
    value = json.loads((VECTORS / "ed25519-blank-threshold-3of5/trustees.json").read_bytes())
    change(value[0][1])
    with pytest.raises(LimpideError):
        read_trustees(SUITE, encode(value))


def test_sealed_messages() -> None:
    sk, dk = 5, 7
    vk, ek = SUITE.group.g.power(sk), SUITE.group.g.power(dk)
    for text in ("", "é" * 1000, '{"secret":"1"}'):
        sealed = send(SUITE, sk, ek, text, DRAW)
        assert receive(SUITE, dk, vk, sealed) == text
        assert text == "" or text not in sealed
        for key, sender in ((8, vk), (dk, ek)):
            with pytest.raises(InvalidSignature):
                receive(SUITE, key, sender, sealed)


def test_secret_files() -> None:
    assert read_private_key(SUITE, write_private_key(123) + b"\n") == 123
    assert read_seed(b"1111111111111111111111\n") == "1" * 22
    assert public_key(SUITE, 5, DRAW, "Alice").name == "Alice"
    for raw in (b"", b"123", b'"-1"', b'"%d"' % SUITE.group.q, b'["1"]', b'"1', b"\xff"):
        with pytest.raises(InvalidSignature):
            read_private_key(SUITE, raw)
    for raw in (b"", b"1" * 21, b"0" * 22, b"\xff" * 22):
        with pytest.raises((InvalidSignature, NotCanonical)):
            read_seed(raw)
