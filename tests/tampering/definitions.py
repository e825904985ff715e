"""Which definitions begin no record? Spec 4.1 to 4.3."""

from collections.abc import Iterator

import msgspec

from election import QUORUM, UNITS, Night, division_document, make_definition, sign, signer
from limpide.canonical import encode, sha256_hex
from limpide.record.definition import Commission, DivisionDocument, UnitEntry
from limpide.signing import VerifierKey
from tampering.case import FIRST, Case, definition_of

MADE = make_definition()[0]
DOCUMENT = division_document("01")


def cases() -> Iterator[Case]:
    """In the order of the clauses."""
    yield from _definitions()
    yield from _units()
    yield from _keys()


def _definitions() -> Iterator[Case]:
    night = Night.counting()
    yield Case("4.1-a-second-definition", ("4.1",), night, definition_of(rehearsal=True))
    yield Case("4.1-begins-otherwise", ("4.1",), None, night.record.event(2).note.encode())
    yield Case("4.1-without-the-organiser", ("4.1",), None, sign(MADE, QUORUM).note.encode())
    first, second = MADE.rounds
    contest = MADE.contests[0]
    twice = msgspec.structs.replace(contest, options=(*contest.options, contest.options[0]))
    at_once = msgspec.structs.replace(second, counting_opens=first.counting_opens)
    for name, entry in (
        ("threshold-above-members", definition_of(commission=_commission(*MADE.commission.members, threshold=6))),
        ("rounds-out-of-order", definition_of(rounds=(second, first))),
        ("rounds-that-count-at-once", definition_of(rounds=(first, at_once))),
        ("a-contest-twice", definition_of(contests=(contest, contest))),
        ("an-option-twice", definition_of(contests=(twice,))),
    ):
        yield Case(f"4.1-{name}", ("4.1",), None, entry)


def _units() -> Iterator[Case]:
    """The document of a division is changed, and named by its new digest."""
    first, second = DOCUMENT.localities
    one, two = first.units
    key = one.keys[0][0]
    for name, changed in (
        ("a-unit-twice", _listing(one, one)),
        ("a-unit-forgotten", _listing(one)),
        ("a-unit-added", _listing(one, two, _unit(one, id="01001-0003"))),
        ("one-key-for-two-seats", _listing(_unit(one, keys=((key, key), *one.keys[1:])), two)),
        ("keys-of-one-round", _listing(_unit(one, keys=one.keys[:1]), two)),
        ("a-unit-named-as-a-role", _listing(_unit(one, id="commission"), two)),
        ("a-locality-twice", msgspec.structs.replace(DOCUMENT, localities=(first, first, second))),
        ("another-division", msgspec.structs.replace(DOCUMENT, division="02")),
    ):
        yield _with_division(f"4.2-{name}", encode(changed))
    yield _with_division("4.2-document-not-canonical", encode(DOCUMENT) + b"\n")
    nation = encode(msgspec.structs.replace(DOCUMENT, division="nation"))
    yield _with_division("4.2-division-called-nation", nation, division="nation")
    once = MADE.divisions[0]
    crowd = msgspec.structs.replace(once, units=1_000_000)
    yield Case("4.2-more-units-than-a-nation", ("4.2",), None, definition_of(divisions=(crowd, MADE.divisions[1])))
    yield Case("4.2-a-division-twice", ("4.2",), None, definition_of(divisions=(once, once)))


def _keys() -> Iterator[Case]:
    fresh = signer("fresh").key.public
    registrar = signer("registrar").key
    members = MADE.commission.members
    for name, entry in (
        ("under-another-name", definition_of(registrar=VerifierKey("registry", fresh).vkey)),
        ("one-for-two", definition_of(registrar=VerifierKey("registrar", signer("organiser").key.public).vkey)),
        ("of-another-type", definition_of(registrar=VerifierKey("registrar", fresh, 4).vkey)),
        ("with-another-id", definition_of(registrar=registrar.vkey.replace(registrar.id.hex(), "00000000"))),
        ("log-named-as-a-seat", definition_of(log=VerifierKey(f"{FIRST}/1/1", fresh).vkey)),
        ("log-named-as-a-unit", definition_of(log=VerifierKey(UNITS[1], fresh).vkey)),
        ("members-out-of-order", definition_of(commission=_commission(*members[::-1], threshold=3))),
    ):
        yield Case(f"4.3-{name}", ("4.3",), None, entry)


def _commission(*members: str, threshold: int) -> Commission:
    return Commission(members=members, threshold=threshold)


def _unit(unit: UnitEntry, **changes: object) -> UnitEntry:
    changed: UnitEntry = msgspec.structs.replace(unit, **changes)
    return changed


def _listing(*units: UnitEntry) -> DivisionDocument:
    first, second = DOCUMENT.localities
    changed: DivisionDocument = msgspec.structs.replace(
        DOCUMENT, localities=(msgspec.structs.replace(first, units=units), second)
    )
    return changed


def _with_division(name: str, data: bytes, division: str = "01") -> Case:
    ref = msgspec.structs.replace(MADE.divisions[0], document=sha256_hex(data), id=division)
    entry = definition_of(divisions=(ref, *MADE.divisions[1:]))
    return Case(name, ("4.2",), None, entry, documents={sha256_hex(data): data})
