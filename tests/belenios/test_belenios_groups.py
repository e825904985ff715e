"""Every group operation against recorded values and against a slow group in plain Python."""

import json
from pathlib import Path

import pytest
import slow_group as slow
from hypothesis import given, settings
from hypothesis import strategies as st

from limpide.belenios.group import Element
from limpide.belenios.suite import suite
from limpide.canonical import InvalidProof, Refused

VECTORS = Path(__file__).parents[2] / "vectors/belenios"
PRIMITIVES = json.loads((VECTORS / "primitives.json").read_text())
GROUPS = ["Ed25519", "BELENIOS-2048", "RFC-3526-2048"]
SCALARS = st.one_of(st.sampled_from([0, 1, 2, slow.Q - 1, 2**252, slow.Q // 2]), st.integers(0, slow.Q - 1))


def one(group_name: str, text: str) -> Element:
    (x,) = suite(group_name).group.decode([text], "7.31")
    return x


@pytest.mark.parametrize("name", GROUPS)
def test_recorded_values(name: str) -> None:
    group, recorded = suite(name).group, PRIMITIVES[name]
    assert str(group.q) == recorded["q"]
    assert group.encode(group.one) == recorded["one"]
    assert group.encode(group.g.element) == recorded["g"]
    assert group.encode(group.g.power(2)) == recorded["g^2"]
    assert group.encode(group.g.power(12345678901234567890)) == recorded["g^12345678901234567890"]
    assert group.encode(group.g.power(group.q - 1)) == recorded["g^(q-1)"]
    for index, text in recorded["get_generator"].items():
        assert group.encode(group.generator(int(index))) == text
    for case in recorded["scalar_hash_v1"]:
        tag, context = case["prefix"].split("|", 1)
        elements = group.decode(case["elements"], "7.31")
        assert str(suite(name).H(tag, context.removesuffix("|"), elements)) == case["value"]
    for case in recorded.get("of_ints", []):
        assert group.encode(group.of_ints(case["ints"])) == case["element"]
        assert list(group.to_ints(len(case["ints"]), one(name, case["element"]))) == case["ints"]


@pytest.mark.parametrize("name", GROUPS)
def test_operations_agree_with_each_other(name: str) -> None:
    group = suite(name).group
    x, y = group.g.power(5), group.g.power(7)
    base = group.base(y)
    assert group.multiply(x, y) == group.g.power(12)
    assert group.divide(x, y) == group.g.power(group.q - 2)
    assert group.product([]) == group.one
    assert group.product([x, y, x]) == group.g.power(17)
    assert group.power(x, 3) == group.g.power(15) == group.vartime_multi_power([x], [3])
    assert group.power(x, 0) == group.one == base.power(0)
    assert base.power(4) == group.g.power(28)
    assert base.power_with_g(4, 3) == group.g.power(31)
    assert group.g.power_with_g(4, 3) == group.g.power(7)
    assert base.vartime_commit(4, x, 3) == group.g.power(43)
    assert group.vartime_multi_power([x, y], [2, 3]) == group.g.power(31)
    assert group.vartime_multi_power([], []) == group.one
    assert group.vartime_columns([(x, y), (y, y)]) == (group.g.power(12), group.g.power(14))
    assert group.vartime_columns([(x, y), (y, y)], [2, 0]) == (group.g.power(10), group.g.power(14))


def test_edge_encodings() -> None:
    for case in PRIMITIVES["Ed25519"]["decode"]:
        good = case["valid_element"]
        assert (slow.decode(case["hex"]) is not None) is good, case["what"]
        if good:
            assert suite("Ed25519").group.encode(one("Ed25519", case["hex"])) == case["hex"]
        else:
            with pytest.raises(InvalidProof):
                one("Ed25519", case["hex"])


@pytest.mark.parametrize("name", GROUPS[1:])
@pytest.mark.parametrize("text", ["", "0", "01", "+1", " 1", "1\n", "-1", "٣", "1" * 10_000, "2402352"])
def test_field_refuses(name: str, text: str) -> None:
    field = slow.SlowField(int(suite(name).group.modulus), suite(name).group.q)  # type: ignore[attr-defined]
    if field.decode(text) is None if text.isascii() and len(text) < 700 else True:
        with pytest.raises(InvalidProof):
            one(name, text)


@pytest.mark.parametrize("name", GROUPS[1:])
def test_field_refuses_the_other_coset(name: str) -> None:
    group = suite(name).group
    p = int(group.modulus)  # type: ignore[attr-defined]
    for bad in (p - 1, p, p + 1, p - int(group.encode(group.g.element))):
        with pytest.raises(InvalidProof):
            one(name, str(bad))


def test_of_ints_refuses_what_does_not_fit() -> None:
    for name, count in (("Ed25519", 31), ("RFC-3526-2048", 256), ("BELENIOS-2048", 1)):
        with pytest.raises(Refused):
            suite(name).group.of_ints([1] * count)
    with pytest.raises(Refused):
        suite("P-256")


@settings(max_examples=15, deadline=None)
@given(SCALARS, SCALARS, SCALARS)
def test_ed25519_against_the_slow_group(a: int, b: int, c: int) -> None:
    group = suite("Ed25519").group
    x, slow_x = group.g.power(a), slow.mul(slow.G, a)
    assert group.encode(x) == slow.encode(slow_x)
    expected = slow.add(slow.mul(slow.G, b), slow.mul(slow_x, c))
    assert group.encode(group.g.vartime_commit(b, x, c)) == slow.encode(expected)
    assert group.encode(group.multiply(group.g.power(b), group.power(x, c))) == slow.encode(expected)
    assert slow.encode(slow.generator(a % 100)) == group.encode(group.generator(a % 100))


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.booleans())
def test_ed25519_decoding_against_the_slow_group(raw: bytes, small: bool) -> None:
    text = ("00" * 31 + raw[:1].hex()) if small else raw.hex()
    member = slow.decode(text) is not None
    try:
        one("Ed25519", text)
    except InvalidProof:
        assert not member
    else:
        assert member


@pytest.mark.parametrize("name", GROUPS[1:])
@settings(max_examples=5, deadline=None)
@given(a=st.integers(0, 2**300), b=st.integers(0, 2**300))
def test_fields_against_python_integers(name: str, a: int, b: int) -> None:
    group = suite(name).group
    p, q, g = int(group.modulus), group.q, int(group.encode(group.g.element))  # type: ignore[attr-defined]
    a, b = a % q, b % q
    x = group.g.power(a)
    assert group.encode(x) == str(pow(g, a, p))
    assert group.encode(group.g.vartime_commit(b, x, a)) == str(pow(g, a * a + b, p))
