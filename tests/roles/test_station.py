"""The desk of a station: figures checked before they are signed, two seats, one door code."""

import pytest

from election import CONTEST, ELECTION, Night, make_contest, seats, signer
from limpide.canonical import NotCanonical, Refused
from limpide.record.events import Figures, StationReport
from limpide.roles.drafts import Draft, as_event, door_code, merge_drafts, read_draft, sign_draft
from limpide.roles.operator import join_entries
from limpide.roles.station import draft_report, draft_turnout, entered_twice, open_findings

UNIT = "01001-0001"


def figures(**changes: int) -> Figures:
    counts = {"ballots_cast": 50, "voters_participated": 50, "blank_ballots": 1, "ballots_rejected": 0, **changes}
    return Figures(votes={"aline": 20, "basile": 19, "carole": 10}, voters_registered=100, **counts)


def report(said: Figures, *explained: str) -> Draft:
    return draft_report(ELECTION, make_contest(), 1, UNIT, figures=said, explained=explained)


def test_both_seats_sign_apart_and_the_record_admits_the_merged_bytes(night: Night) -> None:
    unsigned = report(figures())
    copies = [sign_draft(read_draft(unsigned.encode()), [signer(seat)]) for seat in seats(UNIT)]
    for alone in copies:
        with pytest.raises(Refused, match=r"\[3\.1\]"):
            night.admit(as_event(alone))
    merged = merge_drafts(reversed(copies))
    assert merged.signers == seats(UNIT)
    assert isinstance(night.submit(merged.encode()).body, StationReport)


def test_a_sum_that_does_not_close_is_refused_until_explained() -> None:
    wrong = figures(ballots_cast=51, voters_participated=51)
    with pytest.raises(Refused, match=r"\[3\.4\]"):
        report(wrong)
    body = report(wrong, "3.4").body
    assert isinstance(body, StationReport)
    assert body.remarks == ("seen-3-4",)


def test_errors_come_before_warnings() -> None:
    clauses = [finding.clause for finding in open_findings(figures(ballots_cast=60, blank_ballots=9), UNIT)]
    assert clauses[0] == "3.4"
    assert "3.8" in clauses


def test_a_figure_that_the_form_asks_cannot_be_left_out() -> None:
    bare = Figures(
        ballots_cast=1, ballots_rejected=0, blank_ballots=0, votes={"aline": 1, "basile": 0, "carole": 0}
    )
    with pytest.raises(Refused, match=r"\[3\.3\]"):
        report(bare)


def test_r05_one_digit_differs_and_the_report_is_held() -> None:
    assert entered_twice(figures(), figures()) == []
    assert entered_twice(figures(), figures(blank_ballots=2)) == ["blank_ballots"]
    first = sign_draft(report(figures()), [signer("operator/1")])
    second = sign_draft(report(figures(ballots_cast=51), "3.4", "3.8"), [signer("operator/2")])
    with pytest.raises(Refused, match="ballots_cast"):
        join_entries(first, second)


def test_two_operators_enter_the_paper(night: Night) -> None:
    entries = [sign_draft(report(figures()), [signer(name)]) for name in ("operator/1", "operator/2")]
    event = night.submit(join_entries(*entries).encode())
    assert [line.name for line in event.note.lines] == ["operator/1", "operator/2"]


def test_the_door_code_is_eighty_bits_of_the_text() -> None:
    text = report(figures()).note.text
    code = door_code(text)
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert door_code(text.replace(b"20", b"21")) != code
    assert door_code(b"limpide\n") == "1Z5D-3W6R-T76Y-2RBK"


def test_a_turnout_is_signed_by_one_seat(night: Night) -> None:
    said = draft_turnout(ELECTION, 1, UNIT, "12:00", 30)
    night.submit(sign_draft(said, [signer(seats(UNIT)[0])]).encode())
    assert night.record.unit_events(UNIT)


@pytest.mark.parametrize("data", [b"", b"\n", b"limpide/v1\n", b"\xff\n", b"a" * 70_000, b"limpide/v1 x y\n{}\n"])
def test_what_is_no_draft_is_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        read_draft(data)


def test_contests_are_named() -> None:
    assert CONTEST in report(figures()).note.text.decode()
