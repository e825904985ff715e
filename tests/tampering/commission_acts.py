"""Which acts, publications and proclamations are refused? Spec 4.4 to 4.11, 5.1, 5.5, 5.6."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from election import BEFORE_COUNTING, CONTEST, LOG, MEMBERS, QUORUM, UNITS, Night, seats, signer
from limpide.canonical import encode, sha256_hex
from limpide.record.events import (
    CanvassDigest,
    Channel,
    Closing,
    Correction,
    Impediment,
    KeyReplacement,
    Opening,
    Qualified,
    Reinstatement,
    RollCommitment,
    UnitStatus,
    VotersDocument,
    VotersRef,
)
from limpide.signing import VerifierKey
from tampering.case import FIRST, LAST, SECOND, Case, entry_of, publication_of


def cases() -> Iterator[Case]:
    """In the order of the clauses."""
    yield from _rolls()
    yield from _rounds()
    yield from _statuses_and_corrections()
    yield from _annulments()
    yield from _keys()
    yield from _publications()
    yield from _certifications()


def _rolls() -> Iterator[Case]:
    defined = Night.begin()
    yield _with_roll("4.4-a-unit-missing", defined, {"01": UNITS[:2], "02": UNITS[3:]})
    yield _with_roll("4.4-a-unit-under-another-division", defined, {"01": UNITS[:4], "02": UNITS[4:]})
    yield _with_roll("4.4-a-division-missing", defined, {"01": UNITS[:3]})
    whole = {"01": UNITS[:3], "02": UNITS[3:]}
    yield _with_roll("4.4-a-second-roll", Night.counting(), whole)
    defined.open()
    yield _with_roll("4.4-after-opening", defined, whole)


def _with_roll(name: str, night: Night, units: Mapping[str, Sequence[str]]) -> Case:
    documents = {d: encode(VotersDocument(division=d, voters=dict.fromkeys(u, 99))) for d, u in units.items()}
    refs = tuple(VotersRef(division=division, document=sha256_hex(data)) for division, data in documents.items())
    entry = entry_of(night, RollCommitment(root="0" * 64, round=1, voters=refs), "registrar")
    return Case(name, ("4.4",), night, entry, documents={sha256_hex(data): data for data in documents.values()})


def _rounds() -> Iterator[Case]:
    defined, night, proclaimed = Night.begin(), Night.counting(), Night.proclaimed()
    for name, before, round_, options in (
        ("options-in-round-1", defined, 1, ("aline",)),
        ("round-2-before-the-proclamation", night, 2, ("aline", "basile")),
        ("an-option-from-nowhere", proclaimed, 2, ("aline", "denis")),
        ("an-option-twice", proclaimed, 2, ("aline", "aline")),
        ("nobody-is-out", proclaimed, 2, ("aline", "basile", "carole")),
        ("nobody-is-in", proclaimed, 2, ()),
        ("a-round-that-is-not-planned", proclaimed, 3, ("aline", "basile")),
    ):
        named = (Qualified(contest=CONTEST, options=options),) if options else ()
        body = Opening(channel=Channel.PAPER, round=round_, qualified=named)
        yield Case(f"4.5-{name}", ("4.5",), before, entry_of(before, body, *QUORUM))
    closing = Closing(channel=Channel.PAPER, round=1)
    yield Case("4.6-before-opening", ("4.6",), defined, entry_of(defined, closing, *QUORUM))


def _statuses_and_corrections() -> Iterator[Case]:
    night = Night.counting()
    first, other = night.report(FIRST, (40, 30, 20)), night.report(SECOND, (40, 30, 20))
    status = UnitStatus(reason="flood", round=1, status=Impediment.NOT_OPENED, units=(FIRST,))
    yield Case("4.7-it-has-reported", ("4.7",), night, entry_of(night, status, *QUORUM))
    twice = msgspec.structs.replace(status, units=(LAST, LAST))
    yield Case("4.7-a-unit-twice", ("4.7",), night, entry_of(night, twice, *QUORUM))
    correction = Correction(
        contest=CONTEST,
        figures=night.figures(FIRST, (39, 31, 20)),
        reason="recount",
        round=1,
        supersedes=other.id.hex(),
        unit=FIRST,
    )
    yield Case("4.8-of-another-unit", ("4.8",), night, entry_of(night, correction, *QUORUM))
    nothing = msgspec.structs.replace(correction, supersedes="0" * 64)
    yield Case("4.8-of-nothing", ("4.8",), night, entry_of(night, nothing, *QUORUM))
    night.correct(FIRST, (38, 32, 20))
    older = msgspec.structs.replace(correction, supersedes=first.id.hex())
    yield Case("4.8-not-the-last", ("4.8",), night, entry_of(night, older, *QUORUM))


def _annulments() -> Iterator[Case]:
    night = Night.counting()
    report = night.report(FIRST, (40, 30, 20))
    annulment = night.annul(FIRST)
    again = msgspec.structs.replace(annulment.body, reason="flood", units=(FIRST, SECOND))
    yield Case("4.9-annulled-already", ("4.9",), night, entry_of(night, again, *QUORUM))
    twice = msgspec.structs.replace(annulment.body, units=(SECOND, SECOND))
    yield Case("4.9-a-unit-twice", ("4.9",), night, entry_of(night, twice, *QUORUM))
    lift = Reinstatement(annulment=report.id.hex(), reason="appeal", round=1)
    yield Case("4.10-of-a-report", ("4.10",), night, entry_of(night, lift, *QUORUM))
    night.reinstate(annulment)
    lifted = Reinstatement(annulment=annulment.id.hex(), reason="recount", round=1)
    yield Case("4.10-lifted-already", ("4.10",), night, entry_of(night, lifted, *QUORUM))


def _keys() -> Iterator[Case]:
    night = Night.counting()
    seat, other_seat = seats(FIRST)
    night.replace_key(seat)
    fresh = signer("fresh").key.public
    for name, whose, new in (
        ("a-key-that-was-replaced", seat, VerifierKey(seat, signer(seat).key.public)),
        ("the-key-it-has", seat, VerifierKey(seat, signer(seat, 1).key.public)),
        ("the-key-of-the-other-seat", seat, VerifierKey(seat, signer(other_seat).key.public)),
        ("the-key-of-another-member", MEMBERS[1], VerifierKey(MEMBERS[1], signer(MEMBERS[0]).key.public)),
        ("another-name", MEMBERS[1], VerifierKey(MEMBERS[2], fresh)),
        ("a-name-without-a-key", "commission/6", VerifierKey("commission/6", fresh)),
        ("the-log", LOG, VerifierKey(LOG, fresh)),
        ("another-type", MEMBERS[1], VerifierKey(MEMBERS[1], fresh, 4)),
    ):
        body = KeyReplacement(name=whose, new=new.vkey, reason="stolen")
        yield Case(f"4.11-{name}", ("4.11",), night, entry_of(night, body, *QUORUM))


def _publications() -> Iterator[Case]:
    night = Night.counting()
    canvass = CanvassDigest(contest=CONTEST, digest="0" * 64, round=1)
    wrong: Mapping[str, Mapping[str, object]] = {
        "number-skipped": {"number": 3},
        "number-repeated": {"number": 1},
        "same-instant": {"instant": night.record.instant},
        "earlier-instant": {"instant": BEFORE_COUNTING},
        "fewer-entries": {"size": night.record.size - 1},
        "entries-to-come": {"size": night.record.size + 1},
        "one-canvass-twice": {"canvasses": (canvass, canvass)},
    }
    for name, changes in wrong.items():
        body = msgspec.structs.replace(publication_of(night), **changes)
        yield Case(f"5.1-{name}", ("5.1",), night, entry_of(night, body, LOG))


def _certifications() -> Iterator[Case]:
    night = Night.counting()
    night.complete()
    unclosed = night.branch()
    unclosed.publish()
    yield Case("5.5-before-closing", ("5.5",), unclosed, entry_of(unclosed, unclosed.certification(), *QUORUM))
    night.close()
    night.publish()
    good = night.certification()
    for name, body in (
        ("another-canvass", msgspec.structs.replace(good, canvass="1" * 64)),
        ("a-publication-to-come", msgspec.structs.replace(good, publication=9)),
        ("an-unknown-contest", msgspec.structs.replace(good, contest="mairie")),
    ):
        yield Case(f"5.5-{name}", ("5.5",), night, entry_of(night, body, *QUORUM))
    since: Mapping[str, Callable[[Night], object]] = {
        "corrected-since": lambda later: later.correct(FIRST, (39, 31, 20)),
        "annulled-since": lambda later: later.annul(FIRST),
        "reported-since": lambda later: later.report(FIRST, (39, 31, 20)),
    }
    for name, change in since.items():
        later = night.branch()
        change(later)
        yield Case(f"5.5-{name}", ("5.5",), later, entry_of(later, good, *QUORUM))
    for name, units in (("a-unit-is-missing", UNITS[1:]), ("a-unit-is-contested", (*UNITS, FIRST))):
        partial = Night.counting()
        for count, unit in enumerate(units):
            partial.report(unit, (40 + count, 30, 20))
        partial.close()
        partial.publish()
        yield Case(f"5.6-{name}", ("5.6",), partial, entry_of(partial, partial.certification(), *QUORUM))
