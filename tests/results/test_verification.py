"""Does the verifier accept what is true at every step, and name whatever is not?"""

import os
from concurrent.futures import ProcessPoolExecutor

import msgspec
import pytest

from election import (
    BEFORE_COUNTING,
    CONTEST,
    COUNTING_OPENS,
    UNITS,
    Night,
    division_document,
    make_definition,
    seats,
)
from limpide.canonical import encode, sha256_hex
from limpide.record.definition import DivisionDocument, DivisionRef, Round
from limpide.record.events import Figures, StationReport
from limpide.results.findings import Finding, Severity
from limpide.results.verification import Expectations
from limpide.words import LANGUAGES
from published import World, check, log_files

NIGHT: dict[str, bytes] = {}
"""What a stranger fetches of the smallest night: one station, proclaimed."""


def smallest_night() -> World:
    """One division, one locality, one station, one round."""
    whole = division_document("01").localities[1]
    units = tuple(type(unit)(id=unit.id, keys=unit.keys[:1], name=unit.name) for unit in whole.units)
    locality = type(whole)(id=whole.id, name=whole.name, units=units)
    data = encode(DivisionDocument(division="01", localities=(locality,)))
    ref = DivisionRef(document=sha256_hex(data), id="01", name="Pays 01", units=1)
    day = Round(counting_opens=COUNTING_OPENS[1], date="2027-01-17", number=1)
    definition, _ = make_definition(divisions=(ref,), rounds=(day,))
    night = Night.begin(definition, {sha256_hex(data): data})
    night.documents = {sha256_hex(data): data}
    world = World(night)
    night.open()
    world.publish()
    night.report(UNITS[2], (40, 30, 20))
    night.correct(UNITS[2], (41, 30, 19))
    night.close()
    world.publish()
    night.certify()
    world.publish()
    return world


def clauses(findings: list[Finding]) -> set[str]:
    return {finding.clause for finding in findings if finding.severity is Severity.FAULT}


def test_nothing_is_found_at_any_step_of_a_true_night() -> None:
    night = Night.begin()
    world = World(night)

    def step(instant: str | None = None) -> None:
        world.publish(instant)
        assert world.check().findings == []

    step(BEFORE_COUNTING)
    night.commit_roll()
    night.open()
    step(COUNTING_OPENS[1])
    night.turnout(UNITS[3], 12)
    night.report(UNITS[0], (40, 30, 20))
    night.report(UNITS[1], (4, 3, 2))
    step()
    night.correct(UNITS[0], (41, 30, 19))
    annulment = night.annul(UNITS[1])
    step()
    night.reinstate(annulment)
    night.replace_key(seats(UNITS[5])[0])
    step()
    night.complete()
    night.close()
    step()
    night.certify()
    step()
    night.open(2, ("aline", "basile"))
    step(COUNTING_OPENS[2])
    night.complete((50, 40), round_=2)
    step()


def _flipped(path: str) -> list[tuple[str, int, set[str]]]:
    """Every byte of one file flipped in turn: those that no clause noticed, and the clauses that did."""
    files = dict(NIGHT)
    quiet = []
    for at in range(len(files[path])):
        data = bytearray(NIGHT[path])
        data[at] ^= 1 << (at % 8)
        files[path] = bytes(data)
        found = clauses(check(files, EXPECTED).findings)
        if not found or not found & _right_clauses(path):
            quiet.append((path, at, found))
    return quiet


def _right_clauses(path: str) -> set[str]:
    if path.startswith("tile/entries"):
        return {"6.20", "6.8", "1.4", "1.3", "1.1", "1.5", "4.1", "4.3", "6.5"}
    if path.startswith("tile/"):
        return {"6.20", "6.21"}
    if path.startswith("documents/"):
        return {"1.6"}
    if path == "checkpoint":
        return {"2.7", "1.4", "6.4", "6.5", "6.22", "6.7"}
    return {"5.8"}


EXPECTED = Expectations()


def test_every_byte_flipped_in_turn_is_named() -> None:
    world = smallest_night()
    assert clauses(world.check().findings) == set()
    NIGHT.update(world.fetch())
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        quiet = [each for answer in pool.map(_flipped, NIGHT) for each in answer]
    assert quiet == []


@pytest.mark.parametrize("path", ["data/results.json", "manifest.json", "r1/01.html"])
def test_a_missing_file_is_named(path: str) -> None:
    files = smallest_night().fetch()
    del files[path]
    assert clauses(check(files, EXPECTED).findings) & {"5.8", "5.9"}


def test_an_invented_page_is_named() -> None:
    files = smallest_night().fetch()
    files["correctif.html"] = b"Another winner"
    found = [f for f in check(files, EXPECTED).findings if f.clause == "5.10"]
    assert [f.subject for f in found] == ["correctif.html"]


def test_a_perfect_false_record_does_not_pass_the_fingerprint() -> None:
    true = World.counting()
    false = World.counting(Night.begin(make_definition(time_zone="Europe/Berlin")[0]))
    assert clauses(check(false.fetch(), Expectations()).findings) == set()
    assert clauses(check(false.fetch(), true.expectations()).findings) == {"5.12"}


def test_without_a_fingerprint_the_verifier_says_that_it_cannot_tell_whose_election_it_is() -> None:
    found = check(smallest_night().fetch(), Expectations()).findings
    assert [(f.clause, f.severity) for f in found] == [("5.13", Severity.REMARK)]


def test_r03_two_readers_at_different_times_prove_one_history() -> None:
    world = World.counting()
    early = world.fetch()["checkpoint"]
    world.night.report(UNITS[0], (40, 30, 20))
    world.publish()
    fingerprint = world.expectations().fingerprint
    assert world.check(Expectations(fingerprint, early)).findings == []


def test_r03_a_shrunk_log_and_a_fork_are_named_by_a_kept_checkpoint() -> None:
    world = smallest_night()
    kept = world.fetch()["checkpoint"]
    entries, _ = world.night.bundle()
    shorter = {**world.fetch(), **log_files(entries[:-1])}
    assert "6.14" in clauses(check(shorter, Expectations(checkpoint=kept)).findings)
    forked = World.counting().fetch()
    earlier = log_files(entries[:3])["checkpoint"]
    assert "6.14" in clauses(check(forked, Expectations(checkpoint=earlier)).findings)


def test_a_publication_that_lies_is_named_even_when_a_later_one_is_true() -> None:
    world = World.counting()
    world.night.report(UNITS[0], (40, 30, 20))
    body = world.publisher.advance(world.night.record, world.night._next_instant()).body
    lie = type(body)(
        canvasses=tuple(type(c)(contest=c.contest, digest="0" * 64, round=c.round) for c in body.canvasses),
        instant=body.instant,
        manifest=body.manifest,
        number=body.number,
        size=body.size,
    )
    world.night.try_(lie, "limpide.example/night")
    world.publisher = type(world.publisher)(world.night.record.register, world.publisher.pages)
    world.publish()
    assert "5.7" in clauses(world.check(every_publication=False).findings)


def test_options_that_did_not_qualify_are_named() -> None:
    world = World.counting()
    world.night.complete()
    world.night.close()
    world.publish()
    world.night.certify()
    world.night.open(2, ("aline", "carole"))
    world.publish(COUNTING_OPENS[2])
    assert clauses(world.check().findings) == {"5.14"}


def test_sums_that_do_not_close_are_remarks_and_no_faults() -> None:
    world = World.counting()
    figures = world.night.figures(UNITS[0], (40, 30, 20))
    wrong: Figures = msgspec.structs.replace(figures, ballots_cast=91, voters_participated=99)
    world.night.try_(StationReport(contest=CONTEST, figures=wrong, round=1, unit=UNITS[0]), *seats(UNITS[0]))
    world.publish()
    result = world.check()
    assert result.faults == []
    assert {f.clause for f in result.findings} == {"3.4", "3.8"}
    for finding in result.findings:
        for language in LANGUAGES:
            assert UNITS[0] in finding.say(language)
