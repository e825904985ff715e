"""How are bytes, origin, signers and codes tampered with? Spec 1 and 2."""

from collections.abc import Iterator

from election import (
    ELECTION,
    LOG,
    MEMBERS,
    OPERATORS,
    OTHER_ELECTION,
    QUORUM,
    UNITS,
    Night,
    division_document,
    make_definition,
    seats,
    sign,
    signer,
)
from limpide.canonical import encode, sha256_hex
from limpide.record.events import Channel, Closing, RollCommitment, VotersDocument, VotersRef
from limpide.signing import Note, SignatureLine, encode_line, sign_note
from tampering.case import FIRST, Case, definition_of, entry_of, publication_of, replaced, report_of, signed

CLOSING = Closing(channel=Channel.PAPER, round=1)
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def cases() -> Iterator[Case]:
    """In the order of the clauses."""
    yield from _canonical_json()
    yield from _notes()
    yield from _origin()
    yield from _documents()
    yield from _codes()
    yield from _signers()


def _canonical_json() -> Iterator[Case]:
    night = Night.counting()
    names = seats(FIRST)
    text = night.sign(report_of(night), names).note.text
    for name, old, new in (
        ("unknown-member", b'{"contest"', b'{"comment":"","contest"'),
        ("missing-member", b'"contest":"primaire",', b""),
        ("duplicate-member", b'"aline":40', b'"aline":40,"aline":40'),
        ("order-of-members", b'"aline":40,"basile":30', b'"basile":30,"aline":40'),
        ("true-for-1", b'"blank_ballots":0', b'"blank_ballots":true'),
        ("floating-point", b'"aline":40', b'"aline":40.0'),
        ("text-for-a-number", b'"aline":40', b'"aline":"40"'),
        ("above-its-bounds", b'"aline":40', b'"aline":1000000001'),
        ("null", b'"aline":40', b'"aline":null'),
        ("default-stated", b'"contest":"primaire",', b'"contest":"primaire","documents":[],'),
        ("white-space", b'"aline":40', b'"aline": 40'),
        ("another-escape", b'"aline"', b'"\\u0061line"'),
        ("newline-in-an-id", b'"primaire"', b'"primaire\\n"'),
        ("deep-nesting", b'"aline":40', b'"aline":' + b"[" * 2000 + b"]" * 2000),
        ("third-line", b"}\n", b"}\n{}\n"),
    ):
        yield Case(f"1.1-{name}", ("1.1",), night, signed(replaced(text, old, new), names))
    publication = night.sign(publication_of(night), (LOG,)).note.text
    for name, instant in (
        ("a-day-that-no-calendar-has", "2027-02-30T20:00:00Z"),
        ("other-digits", "２０２７-01-17T20:00:00Z"),
    ):
        changed = replaced(publication, b"2027-01-17T20:00:00Z", instant.encode())
        yield Case(f"1.1-{name}", ("1.1",), night, signed(changed, (LOG,)))
    yield Case("1.2-entry-too-long", ("1.2",), night, signed(text, names).ljust(60_001, b"\n"))
    for name, old, new in (
        ("unknown-kind", b"station-report", b"station-rumour"),
        ("another-version", b"limpide/v1", b"limpide/v2"),
        ("two-spaces", b"limpide/v1 ", b"limpide/v1  "),
    ):
        yield Case(f"1.3-{name}", ("1.3",), night, signed(replaced(text, old, new), names))


def _notes() -> Iterator[Case]:
    night = Night.counting()
    good = night.sign(report_of(night), seats(FIRST)).note
    whole = good.encode()
    for name, entry in (
        ("lines-not-sorted", Note(good.text, good.lines[::-1]).encode()),
        ("a-name-twice", Note(good.text, (good.lines[0], *good.lines)).encode()),
        ("no-signature", good.text + b"\n"),
        ("carriage-return", replaced(whole, b"}\n", b"}\r\n")),
        ("not-utf-8", replaced(whole, b'"primaire"', b'"primair\xe9"')),
        ("hidden-bits-in-base64", _hidden_bits(good)),
        ("text-after-the-signatures", whole + b"and more\n"),
    ):
        yield Case(f"1.4-{name}", ("1.4",), night, entry)


def _hidden_bits(note: Note) -> bytes:
    """The last character before the padding carries two bits that decoding would drop."""
    line = encode_line(note.lines[-1])
    wrong = _BASE64[_BASE64.index(chr(line[-3])) + 1].encode()
    return note.encode()[: -len(line)] + line[:-3] + wrong + line[-2:]


def _origin() -> Iterator[Case]:
    night = Night.counting()
    foreign = sign(CLOSING, QUORUM, election=OTHER_ELECTION).note
    yield Case("1.5-another-election", ("1.5",), night, foreign.encode())
    text = replaced(sign(CLOSING, QUORUM).note.text, ELECTION.encode(), b"0" * 22)
    yield Case("1.5-not-an-election-id", ("1.5",), night, signed(text, QUORUM))
    report = report_of(night)
    first = night.try_(report, *seats(FIRST)).note.encode()
    yield Case("1.7-replayed", ("1.7",), night, first)
    yield Case("1.7-by-other-signers", ("1.7",), night, entry_of(night, report, *OPERATORS))


def _documents() -> Iterator[Case]:
    night = Night.begin()
    data = encode(VotersDocument(division="01", voters=dict.fromkeys(UNITS[:3], 100)))
    ref = VotersRef(division="01", document=sha256_hex(data))
    entry = entry_of(night, RollCommitment(root="0" * 64, round=1, voters=(ref,)), "registrar")
    yield Case("1.6-document-missing", ("1.6",), night, entry)
    altered = {sha256_hex(data): replaced(data, b"100", b"101")}
    yield Case("1.6-document-altered", ("1.6",), night, entry, documents=altered)
    division = encode(division_document("01"))
    altered = {sha256_hex(division): replaced(division, b"Bureau", b"Barque")}
    yield Case("1.6-division-altered", ("1.6",), None, definition_of(), documents=altered)


def _codes() -> Iterator[Case]:
    code = "0123456789ABCDEFGHJKFZ"
    for name, typed in (
        ("one-wrong", "1" + code[1:]),
        ("two-wrong", "0123456789ZBCDEFGHJKFY"),
        ("exchanged", "0132456789ABCDEFGHJKFZ"),
        ("too-short", code[:-1]),
        ("too-long", code + "0"),
        ("another-alphabet", "*" + code[1:]),
    ):
        yield Case(f"2.5-{name}", ("2.5",), code=typed)


def _signers() -> Iterator[Case]:
    defined, night = Night.begin(), Night.counting()
    report = report_of(night)
    yield Case("2.2-a-stranger-more", ("2.2",), night, entry_of(night, CLOSING, *QUORUM, "commission/6"))
    yield Case("2.2-another-key", ("2.2",), night, sign(CLOSING, QUORUM, generation=1).note.encode())
    late = night.branch()
    late.replace_key(seats(FIRST)[0])
    yield Case("2.2-a-key-that-was-replaced", ("2.2",), late, entry_of(night, report, *seats(FIRST)))
    roll = Night.counting().record.event(1).body
    for name, before, body, names in (
        ("organiser-after-opening", night, CLOSING, ("organiser",)),
        ("organiser-with-the-commission", night, CLOSING, (*QUORUM, "organiser")),
        ("operators-with-the-commission", night, CLOSING, (*QUORUM, *OPERATORS)),
        ("commission-publishes", night, publication_of(night), QUORUM),
        ("log-commits-the-roll", defined, roll, (LOG,)),
    ):
        yield Case(f"2.3-{name}", ("2.3",), before, entry_of(before, body, *names))
    made, _ = make_definition()
    with_registrar = sign(made, ("organiser", "registrar", *QUORUM)).note.encode()
    yield Case("2.3-registrar-signs-the-definition", ("2.3",), None, with_registrar)
    yield Case("2.4-two-of-three", ("2.4",), night, entry_of(night, CLOSING, *MEMBERS[:2]))
    by_two = sign(made, ("organiser", *MEMBERS[:2])).note.encode()
    yield Case("2.4-definition-by-two-members", ("2.4",), None, by_two)
    good = sign(CLOSING, QUORUM).note
    zero = SignatureLine(good.lines[0].name, good.lines[0].key_id, bytes(64))
    yield Case("2.7-zeros", ("2.7",), night, Note(good.text, (zero, *good.lines[1:])).encode())
    said = sign_note(night.sign(report, seats(FIRST)).note.text, map(signer, seats(FIRST)))
    more = Note(replaced(said.text, b'"aline":40', b'"aline":41'), said.lines)
    yield Case("2.7-one-vote-more", ("2.7",), night, more.encode())
