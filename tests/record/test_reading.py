"""Whatever bytes arrive, an entry is read in one way or refused with its clause."""

import contextlib
import json
import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election import ELECTION, LOG, QUORUM, UNITS, Night, make_definition, seats, sign, signer
from limpide.canonical import LimpideError, NotCanonical, Refused, encode, sha256_hex
from limpide.record.admission import documents_needed, documents_of, open_record
from limpide.record.definition import DivisionRef
from limpide.record.events import KINDS, decode_event, event_text
from limpide.signing import Note, sign_note


def one_of_each_kind() -> dict[str, bytes]:
    night = Night.counting()
    night.turnout(UNITS[0], 10)
    night.report(UNITS[0], (1, 2, 3))
    night.correct(UNITS[0], (3, 2, 1))
    night.declare(UNITS[1])
    night.reinstate(night.annul(UNITS[2]))
    night.replace_key("delegate/1")
    night.complete()
    night.close()
    night.publish()
    night.certify()
    return {e.kind: e.note.encode() for e in map(night.record.event, reversed(range(night.record.size)))}


ENTRIES = one_of_each_kind()
REPORT = ENTRIES["station-report"]


def resigned(change: Callable[[bytes], bytes], kind: str = "station-report") -> bytes:
    """The entry with another text, signed anew by the same names: only the text is wrong."""
    note = decode_event(ENTRIES[kind]).note
    return sign_note(change(note.text), [signer(line.name) for line in note.lines]).encode()


def replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(text: bytes) -> bytes:
        assert old in text
        return text.replace(old, new, 1)

    return change


def test_every_kind_reads_back() -> None:
    assert set(ENTRIES) == set(KINDS)
    for kind, entry in ENTRIES.items():
        event = decode_event(entry)
        assert (event.kind, event.note.encode()) == (kind, entry)
        assert event_text(event.election, event.body) == event.note.text
        assert set(documents_needed(event)) <= set(documents_of(event))


CHANGES = {
    "1.1 unknown field": replaced(b'{"contest"', b'{"comment":"","contest"'),
    "1.1 missing field": replaced(b'"contest":"primaire",', b""),
    "1.1 duplicate key": replaced(b'"aline":1', b'"aline":1,"aline":1'),
    "1.1 order": replaced(b'"aline":1,"basile":2', b'"basile":2,"aline":1'),
    "1.1 true for 1": replaced(b'"aline":1', b'"aline":true'),
    "1.1 text for 1": replaced(b'"aline":1', b'"aline":"1"'),
    "1.1 float": replaced(b'"aline":1', b'"aline":1.0'),
    "1.1 exponent": replaced(b'"aline":1', b'"aline":1e0'),
    "1.1 minus nought": replaced(b'"aline":1', b'"aline":-0'),
    "1.1 negative": replaced(b'"aline":1', b'"aline":-1'),
    "1.1 huge": replaced(b'"aline":1', b'"aline":1000000001'),
    "1.1 null": replaced(b'"aline":1', b'"aline":null'),
    "1.1 default stated": replaced(b'"contest":"primaire",', b'"contest":"primaire","documents":[],'),
    "1.1 space": replaced(b'"aline":1', b'"aline": 1'),
    "1.1 escape": replaced(b'"aline"', b'"\\u0061line"'),
    "1.1 newline in a name": replaced(b'"primaire"', b'"primaire\\n"'),
    "1.1 deep": replaced(b'"aline":1', b'"aline":' + b"[" * 20_000 + b"]" * 20_000),
    "1.1 three lines": lambda text: text + b"{}\n",
    "1.1 a blank line": lambda text: text + b"\n",
    "1.1 no body": lambda text: text.partition(b"\n")[0] + b"\n",
    "1.3 unknown kind": replaced(b"station-report", b"station-rumour"),
    "1.3 version": replaced(b"limpide/v1", b"limpide/v2"),
    "1.3 two spaces": replaced(b"limpide/v1 ", b"limpide/v1  "),
    "1.3 no header": lambda text: text.partition(b"\n")[2],
    "1.3 empty": lambda _: b"\n",
    "1.5 short id": replaced(ELECTION.encode(), ELECTION[:-1].encode()),
    "1.5 look-alike": replaced(ELECTION.encode(), ELECTION[:-1].encode() + b"0"),
    "1.5 not ASCII": replaced(ELECTION.encode(), ELECTION[:-1].encode() + "é".encode()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_second_way_of_saying_it(name: str) -> None:
    with pytest.raises(NotCanonical) as caught:
        decode_event(resigned(CHANGES[name]))
    assert caught.value.clause == name.split(maxsplit=1)[0]


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("publication", b'"2027-01-17T19', b'"2027-02-30T19'),
        ("publication", b'"2027-01-17T19', '"２027-01-17T19'.encode()),
        ("publication", b'"2027-01-17T19', b'"2027-01-17T25'),
        ("definition", b'"2027-01-24"', b'"2027-01-32"'),
        ("definition", b"2027-01-24T19", b"2027-13-24T19"),
        ("definition", b'"12:00"', b'"24:00"'),
        ("definition", b'"Primary of the tests"', b'"Primary\\nof the tests"'),
        ("definition", b'"Primary of the tests"', b'""'),
        ("definition", b'"threshold":3', b'"threshold":0'),
    ],
)
def test_values_that_no_form_has(kind: str, old: bytes, new: bytes) -> None:
    with pytest.raises(NotCanonical) as caught:
        decode_event(resigned(lambda text: text.replace(old, new), kind))
    assert caught.value.clause == "1.1"


def test_signature_lines_are_sorted_by_name_each_once() -> None:
    note = decode_event(REPORT).note
    for lines in (note.lines[::-1], (*note.lines, note.lines[1]), (note.lines[0], *note.lines)):
        with pytest.raises(NotCanonical) as caught:
            decode_event(Note(note.text, lines).encode())
        assert caught.value.clause == "1.4"


def test_sizes() -> None:
    for entry, clause in ((REPORT + b"x" * 60_000, "1.2"), (b"", "1.4"), (REPORT[:200], "1.4")):
        with pytest.raises(NotCanonical) as caught:
            decode_event(entry)
        assert caught.value.clause == clause


def is_read(entry: bytes) -> bool:
    """Does it read, and with those bytes? Nothing but ``NotCanonical`` escapes."""
    try:
        event = decode_event(entry)
    except NotCanonical:
        return False
    assert event.note.encode() == entry
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_truncated_anywhere(kind: str) -> None:
    entry = ENTRIES[kind]
    whole_lines = {i for i in range(len(entry)) if entry[:i].endswith(b"\n") and b"\n\n" in entry[: i - 1]}
    for size in range(len(entry)):
        assert not is_read(entry[:size]) or size in whole_lines


@pytest.mark.parametrize("kind", KINDS)
def test_any_byte_flipped(kind: str) -> None:
    entry = ENTRIES[kind]
    for place in range(len(entry)):
        for bit in (0x01, 0x20, 0x80):
            is_read(entry[:place] + bytes([entry[place] ^ bit]) + entry[place + 1 :])


@given(st.sampled_from(sorted(KINDS)), st.data())
def test_any_stretch_replaced(kind: str, data: st.DataObject) -> None:
    entry = ENTRIES[kind]
    start = data.draw(st.integers(0, len(entry)))
    end = data.draw(st.integers(start, min(len(entry), start + 30)))
    other = data.draw(st.sampled_from(sorted(KINDS)))
    piece = data.draw(st.binary(max_size=20) | st.sampled_from([ENTRIES[other][start:end], b"[" * 9999, b"\n\n"]))
    is_read(entry[:start] + piece + entry[end:])


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    is_read(data)


def test_bodies_with_any_value_in_any_place(night: Night) -> None:
    """Each member of each body in turn becomes another thing, properly signed: admitted or refused, no more."""
    draw = random.Random(2)
    strange: list[Any] = [None, True, 0, -1, 1.5, 2**53, 10**30, "", "\n", "é" * 300, [], {}, [[[]]], {"a": {}}]
    strange += [["01"] * 2000, "0" * 64, ["0" * 64], 2, 9, "02002-0002", [UNITS[0], UNITS[0]], "commission/1"]
    for kind, entry in ENTRIES.items():
        note = decode_event(entry).note
        pens = [signer(line.name) for line in note.lines]
        body = json.loads(note.text.split(b"\n")[1])
        for member in [*body, "other"]:
            for value in draw.sample(strange, 12):
                text = f"limpide/v1 {kind} {ELECTION}\n".encode() + encode({**body, member: value}) + b"\n"
                with contextlib.suppress(LimpideError):
                    night.branch().submit(sign_note(text, pens).encode())


def test_a_record_begins_with_a_definition_that_the_organiser_and_the_commission_signed() -> None:
    definition, documents = make_definition()
    for names, clause in (
        (QUORUM, "4.1"),
        (("organiser",), "2.4"),
        (("organiser", *QUORUM[:2]), "2.4"),
        (("organiser", *QUORUM, "registrar"), "2.3"),
        (("organiser", *QUORUM, LOG), "2.3"),
        (("organiser", *QUORUM, "commission/9"), "2.2"),
        (("organiser", *QUORUM, seats(UNITS[0])[0]), "2.3"),
    ):
        with pytest.raises(Refused) as caught:
            open_record(sign(definition, names), documents.get)
        assert caught.value.clause == clause, names
    with pytest.raises(Refused) as caught:
        open_record(decode_event(REPORT), documents.get)
    assert caught.value.clause == "4.1"
    note = sign(definition, ("organiser", *QUORUM)).note
    forged = Note(note.text, (*note.lines[:3], type(note.lines[3])("organiser", note.lines[3].key_id, bytes(64))))
    with pytest.raises(LimpideError) as false:
        open_record(decode_event(forged.encode()), documents.get)
    assert false.value.clause == "2.7"


@given(st.data())
def test_any_document_of_a_definition_is_read_or_refused(data: st.DataObject) -> None:
    """A division's document is changed, the definition names it by its new digest and is signed again."""
    made, documents = make_definition()
    good = documents[made.divisions[0].document]
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 40)))
    pieces = st.binary(max_size=8) | st.sampled_from(
        [b"[" * 5000, b'"01"', b"null", b"1e9", b'{"a":1}', good[start:end] * 2]
    )
    changed = good[:start] + data.draw(pieces) + good[end:]
    assert _is_opened(changed, divisions=(_named(made.divisions[0], changed), *made.divisions[1:]))


def test_any_member_of_a_document_replaced() -> None:
    made, documents = make_definition()
    good = documents[made.divisions[0].document]
    strings = sorted(set(re.findall(rb'"[^"]*"', good)))
    for old in strings:
        for new in (
            b'""',
            b'"01001-0002"',
            b'"02"',
            b'"../../x"',
            b'"nation"',
            b"7",
            b"[]",
            b"{}",
            b'"' + b"A" * 43 + b'="',
        ):
            changed = good.replace(old, new, 1)
            assert _is_opened(changed, divisions=(_named(made.divisions[0], changed), *made.divisions[1:]))


def _named(ref: DivisionRef, data: bytes) -> DivisionRef:
    return DivisionRef(document=sha256_hex(data), id=ref.id, name=ref.name, units=ref.units)


def _is_opened(document: bytes, **changes: object) -> bool:
    definition, documents = make_definition(**changes)
    kept = {**documents, sha256_hex(document): document}
    try:
        record = open_record(sign(definition, ("organiser", *QUORUM)), kept.get)
    except LimpideError as error:
        return error.clause in {"4.1", "4.2", "4.3"}
    return record.size == 1
