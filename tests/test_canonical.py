"""One value, one byte string. RFC 8785 has an independent implementation to agree with."""

import typing
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from limpide.canonical import MAX_INTEGER, LimpideError, NotCanonical, decode, encode, sha256, sha256_hex
from limpide.record.definition import DivisionDocument, Wire
from limpide.record.events import KINDS, VotersDocument

NAMES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
VALUES = st.recursive(
    st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


class Pair(Wire, frozen=True):
    """A form with a member that may be absent."""

    left: int
    right: tuple[int, ...] = ()


@given(VALUES)
def test_the_encoding_is_that_of_rfc_8785(value: Any) -> None:
    assert encode(value) == rfc8785.dumps(value)


@given(VALUES)
def test_decoding_gives_the_value_back(value: Any) -> None:
    assert decode(object, encode(value)) == value


@given(VALUES, st.data())
def test_any_other_bytes_are_refused(value: Any, data: st.DataObject) -> None:
    good = encode(value)
    place = data.draw(st.integers(0, len(good)))
    other = good[:place] + data.draw(st.binary(max_size=2)) + good[data.draw(st.integers(place, len(good))) :]
    try:
        read = decode(object, other)
    except NotCanonical:
        return
    assert encode(read) == other


@pytest.mark.parametrize(
    "text",
    [
        '{"left":1,"right":[2]} ',
        ' {"left":1,"right":[2]}',
        '{"left": 1,"right":[2]}',
        '{"right":[2],"left":1}',
        '{"left":1,"left":1}',
        '{"left":1,"other":1}',
        '{"left":1,"right":[]}',
        '{"left":true}',
        '{"left":"1"}',
        '{"left":1.0}',
        '{"left":1e0}',
        '{"left":01}',
        '{"left":-0}',
        '{"left":+1}',
        '{"left":null}',
        '{"\\u006ceft":1}',
        '{"left":1,"right":null}',
        '{"left":NaN}',
        "{}",
        "[1]",
        "1",
        "null",
        "",
        "\ufeff{}",
    ],
)
def test_a_second_spelling_is_refused(text: str) -> None:
    with pytest.raises(NotCanonical) as caught:
        decode(Pair, text.encode())
    assert caught.value.clause == "1.1"
    assert decode(Pair, b'{"left":1,"right":[2]}') == Pair(left=1, right=(2,))


@pytest.mark.parametrize(
    "data",
    [b'"\xff"', b'"\xc0\x80"', b'"\xed\xa0\x80"', b'"\\ud800"', b'"\\udc00x"', b'"\\/"', b'"\\u00e9"', b'"\t"'],
)
def test_a_string_is_utf_8_with_the_escapes_of_rfc_8785(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        decode(str, data)


def test_nothing_above_the_limit_is_parsed() -> None:
    with pytest.raises(NotCanonical) as caught:
        decode(str, b"[" * 11, limit=10)
    assert (caught.value.clause, caught.value.facts) == ("1.2", {"size": 11, "limit": 10})


@pytest.mark.parametrize("data", [b"[" * 60_000, b'{"a":' * 12_000, b"[" * 20_000 + b"]" * 20_000])
def test_deep_nesting_is_refused(data: bytes) -> None:
    for kind in (object, Pair, dict[str, int]):
        with pytest.raises(NotCanonical):
            decode(kind, data)


def test_a_complaint_quotes_little_of_what_it_read() -> None:
    with pytest.raises(NotCanonical) as caught:
        decode(Pair, b'{"' + b"x" * 50_000 + b'":1}')
    assert len(str(caught.value)) < 300


def test_an_error_says_its_clause_and_facts() -> None:
    error = LimpideError("3.4", "three is not four", three=3)
    assert (error.clause, error.facts, str(error)) == ("3.4", {"three": 3}, "[3.4] three is not four")


def test_digests() -> None:
    assert sha256(b"") == bytes.fromhex(sha256_hex(b""))
    assert sha256_hex(b"").startswith("e3b0c44298fc1c14")


def _wire_types(kind: Any) -> set[type[Wire]]:
    if isinstance(kind, type) and issubclass(kind, Wire):
        hints = typing.get_type_hints(kind, include_extras=True)
        return {kind}.union(*(_wire_types(hint) for hint in hints.values()))
    return set().union(*map(_wire_types, typing.get_args(kind)))


FORMS = sorted(
    set().union(*map(_wire_types, (*KINDS.values(), DivisionDocument, VotersDocument))),
    key=lambda form: form.__name__,
)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_every_form_refuses_strangers_and_bounds_its_integers(form: type[Wire]) -> None:
    described = msgspec.inspect.type_info(form)
    assert isinstance(described, msgspec.inspect.StructType)
    assert described.forbid_unknown_fields
    assert not list(_loose(described))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_patterns_match_the_whole_text_in_ascii_digits(form: type[Wire]) -> None:
    for pattern in _patterns(msgspec.inspect.type_info(form)):
        assert pattern.startswith("^")
        assert pattern.endswith(r"\Z")
        assert r"\d" not in pattern
        assert r"\w" not in pattern


def _loose(found: msgspec.inspect.Type) -> typing.Iterator[str]:
    """Numbers without bounds, floats, nulls, and anything of any type."""
    for part in _parts(found):
        match part:
            case msgspec.inspect.IntType(ge=low, le=high):
                if low is None or high is None or high > MAX_INTEGER:
                    yield str(part)
            case msgspec.inspect.FloatType() | msgspec.inspect.NoneType() | msgspec.inspect.AnyType():
                yield str(part)


def _patterns(found: msgspec.inspect.Type) -> typing.Iterator[str]:
    for part in _parts(found):
        if isinstance(part, msgspec.inspect.StrType) and part.pattern is not None:
            yield part.pattern


def _parts(found: msgspec.inspect.Type) -> typing.Iterator[msgspec.inspect.Type]:
    yield found
    match found:
        case msgspec.inspect.StructType(fields=fields):
            for field in fields:
                yield from _parts(field.type)
        case msgspec.inspect.VarTupleType(item_type=item):
            yield from _parts(item)
        case msgspec.inspect.TupleType(item_types=items) | msgspec.inspect.UnionType(types=items):
            for item in items:
                yield from _parts(item)
        case msgspec.inspect.DictType(key_type=key, value_type=value):
            yield from _parts(key)
            yield from _parts(value)
