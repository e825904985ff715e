"""Signed notes: one reading of the bytes, one meaning of the lines."""

import base64
import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature as OtherInvalid
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from election import signer
from limpide.canonical import InvalidSignature, NotCanonical
from limpide.signing import (
    ED25519,
    ED25519_COSIGNATURE,
    MAX_LINES,
    Note,
    SignatureLine,
    Signer,
    VerifierKey,
    check_note,
    check_signatures,
    merge_notes,
    parse_note,
    sign_note,
)

PUBLISHED = json.loads((Path(__file__).parents[1] / "vectors/log/note.json").read_text())
TEXT = b"limpide/v1 test\n{}\n"
ADA, BEA = signer("ada"), signer("bea")
GOOD = sign_note(TEXT, [BEA, ADA])
NAMES = st.from_regex(r"[!-*,-~]{1,120}", fullmatch=True)
LINES = st.builds(SignatureLine, NAMES, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80))
TEXTS = st.text(st.characters(codec="utf-8", min_codepoint=0x20), max_size=40).map(
    lambda text: f"{text}\n".encode()
)


@given(TEXTS, st.lists(LINES, min_size=1, max_size=4))
def test_a_note_reads_back(text: bytes, lines: list[SignatureLine]) -> None:
    note = Note(text, tuple(lines))
    assert parse_note(note.encode()) == note


@given(st.data())
def test_whatever_is_read_has_those_bytes(data: st.DataObject) -> None:
    good = GOOD.encode()
    place, end = sorted(data.draw(st.tuples(*[st.integers(0, len(good))] * 2)))
    other = good[:place] + data.draw(st.binary(max_size=3)) + good[end:]
    try:
        read = parse_note(other)
    except NotCanonical as error:
        assert error.clause in {"1.2", "1.4"}  # noqa: PT017 - being read is the other good answer
    else:
        assert read.encode() == other


def _changed(old: bytes, new: bytes) -> bytes:
    assert old in GOOD.encode()
    return GOOD.encode().replace(old, new, 1)


MARKED = {
    "empty": b"",
    "no signature": TEXT + b"\n",
    "no empty line": TEXT,
    "no last newline": GOOD.encode()[:-1],
    "a blank line more": GOOD.encode() + b"\n",
    "carriage return": _changed(b"{}\n", b"{}\r\n"),
    "tab": _changed(b"{}", b"{\t}"),
    "null": _changed(b"{}", b"{\0}"),
    "not UTF-8": _changed(b"{}", b"{\xff}"),
    "another dash": _changed("— ada".encode(), b"- ada"),
    "two spaces": _changed(b" ada ", b" ada  "),
    "no name": _changed(b" ada ", b"  "),
    "a plus in the name": _changed(b" ada ", b" a+a "),
    "a name that is not ASCII": _changed(b" ada ", " adá ".encode()),
    "a long name": _changed(b" ada ", b" " + b"a" * 121 + b" "),
    "no padding": _changed(b"=\n", b"\n"),
    "two paddings": _changed(b"=\n", b"==\n"),
    "a space in base64": _changed(b"=\n", b"= \n"),
    "hidden bits in base64": _changed(b"I=\n", b"J=\n"),
    "url-safe base64": TEXT + "\n— ada ____AAAA\n".encode(),
    "a key id alone": TEXT + "\n— ada ".encode() + base64.b64encode(b"1234") + b"\n",
    "too many lines": TEXT + b"\n" + GOOD.encode().split(b"\n\n")[1] * MAX_LINES,
}


@pytest.mark.parametrize("name", MARKED)
def test_what_is_no_signed_note(name: str) -> None:
    with pytest.raises(NotCanonical) as caught:
        parse_note(MARKED[name])
    assert caught.value.clause == "1.4"


def test_nothing_above_the_limit_is_read() -> None:
    with pytest.raises(NotCanonical) as caught:
        parse_note(GOOD.encode(), limit=20)
    assert caught.value.clause == "1.2"


def test_the_published_example() -> None:
    key = VerifierKey.parse(PUBLISHED["vkey"])
    note = parse_note(PUBLISHED["note"].encode())
    check_note(note, key)
    assert note.text == b"This is an example message.\n"
    assert key.vkey == PUBLISHED["vkey"]


def test_another_implementation_agrees_on_our_signatures() -> None:
    for line, pen in zip(GOOD.lines, (ADA, BEA), strict=True):
        Ed25519PublicKey.from_public_bytes(pen.key.public).verify(line.blob, TEXT)
        with pytest.raises(OtherInvalid):
            Ed25519PublicKey.from_public_bytes(pen.key.public).verify(line.blob, TEXT + b"\n")


def test_lines_are_sorted_and_the_identity_is_of_the_text() -> None:
    assert [line.name for line in GOOD.lines] == ["ada", "bea"]
    assert GOOD.identity == sign_note(TEXT, [ADA]).identity


def test_notes_of_one_text_merge_their_lines() -> None:
    merged = merge_notes(sign_note(TEXT, [BEA]), sign_note(TEXT, [ADA]))
    assert merged == GOOD == merge_notes(GOOD, sign_note(TEXT, [ADA]))
    with pytest.raises(NotCanonical) as caught:
        merge_notes(GOOD, sign_note(b"other\n", [ADA]))
    assert caught.value.clause == "1.4"


def test_a_note_is_checked_under_a_key() -> None:
    check_note(GOOD, ADA.key)
    other_text = Note(TEXT + b"\n", GOOD.lines)
    other_key = signer("ada", 1).key
    short = Note(TEXT, (SignatureLine("ada", ADA.key.id, b"short"),))
    twice = Note(TEXT, (*GOOD.lines, SignatureLine("ada", ADA.key.id, bytes(64))))
    for note, key in ((other_text, ADA.key), (GOOD, other_key), (short, ADA.key), (twice, ADA.key)):
        with pytest.raises(InvalidSignature) as caught:
            check_note(note, key)
        assert (caught.value.clause, caught.value.facts) == ("2.7", {"name": "ada"})


def test_many_signatures_at_once() -> None:
    good = (ADA.key, TEXT, GOOD.lines[0].blob)
    short = (ADA.key, TEXT, GOOD.lines[0].blob[:63])
    long = (ADA.key, TEXT, GOOD.lines[0].blob + b"\0")
    swapped = (BEA.key, TEXT, GOOD.lines[0].blob)
    assert list(check_signatures([good, short, swapped, long, good])) == [True, False, False, False, True]
    assert list(check_signatures([good, swapped])) == [True, False]
    assert list(check_signatures([])) == []


@given(NAMES, st.binary(min_size=32, max_size=32), st.sampled_from([ED25519, ED25519_COSIGNATURE]))
def test_a_verifier_key_reads_back(name: str, public: bytes, kind: int) -> None:
    key = VerifierKey(name, public, kind)
    assert VerifierKey.parse(key.vkey) == key


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "ada",
        "ada+00000000",
        ADA.key.vkey.replace("ada", "eve"),
        ADA.key.vkey.upper(),
        ADA.key.vkey + "=",
        ADA.key.vkey + "\n",
        ADA.key.vkey.replace("ada", "ada\n"),
        ADA.key.vkey[:-4],
        "+" + ADA.key.vkey.partition("+")[2],
        ADA.key.vkey + "é",
        f"ada+{'0' * 8}+",
    ],
)
def test_what_is_no_verifier_key(vkey: str) -> None:
    with pytest.raises(NotCanonical) as caught:
        VerifierKey.parse(vkey)
    assert caught.value.clause == "1.4"


@pytest.mark.parametrize("name", ["", "a b", "a+b", "ada\n", "é", "a" * 121])
def test_a_key_has_a_name_that_a_line_can_carry(name: str) -> None:
    with pytest.raises(NotCanonical):
        VerifierKey(name, ADA.key.public)


def test_a_secret_key_has_no_readable_form() -> None:
    pen = Signer("ada", bytes(range(32)))
    said = f"{pen!r} {pen}"
    assert bytes(range(32)).hex() not in said
    assert str(bytes(range(32))) not in said
