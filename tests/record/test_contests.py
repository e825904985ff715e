"""Two contests on one day: each has its own reports, and only those that go on are voted on in round 2."""

import pytest

from election import CONTEST, QUORUM, UNITS, Night, make_contest, make_definition, refusal, seats
from limpide.record.acts import missing_units
from limpide.record.events import (
    Certification,
    Channel,
    Correction,
    Impediment,
    Opening,
    Qualified,
    SignedEvent,
    StationReport,
)
from limpide.record.settlement import Settlement, settle
from limpide.results.edition import Edition
from limpide.results.outcome import ResultsStatus

FIRST, *_ = UNITS
COUNCIL = "conseil"


@pytest.fixture
def day() -> Night:
    """Counting has begun for both contests."""
    night = Night.begin(make_definition(contests=(make_contest(), make_contest(COUNCIL)))[0])
    night.commit_roll()
    night.open()
    night.publish()
    return night


def report(night: Night, contest: str, unit: str = FIRST, round_: int = 1) -> SignedEvent:
    figures = night.figures(unit, {"aline": 40, "basile": 30} if round_ == 2 else (40, 30, 20))
    body = StationReport(contest=contest, figures=figures, round=round_, unit=unit)
    return night.try_(body, *seats(unit, round_))


def settled(night: Night, contest: str) -> tuple[Settlement, bool]:
    found = settle(night.record, contest, 1, FIRST)
    return found.state, found.figures is not None


def test_each_contest_has_its_own_report(day: Night) -> None:
    report(day, COUNCIL)
    assert settled(day, COUNCIL) == (Settlement.REPORTED, True)
    assert settled(day, CONTEST) == (Settlement.EXPECTED, False)
    report(day, CONTEST)
    assert settled(day, CONTEST) == (Settlement.REPORTED, True)


def test_a_report_of_one_contest_does_not_lock_the_other(day: Night) -> None:
    """The minutes of one contest burn: the unit has no result there, and keeps its report here."""
    report(day, COUNCIL)
    assert refusal(day.declare, FIRST).clause == "4.7"
    day.declare(FIRST, status=Impediment.NO_RESULT, reason="fire")
    assert settled(day, COUNCIL) == (Settlement.REPORTED, True)
    assert settled(day, CONTEST) == (Settlement.NO_RESULT, False)
    assert refusal(day.declare, FIRST, status=Impediment.NO_RESULT, reason="flood").clause == "4.7"
    assert FIRST not in missing_units(day.record, CONTEST, 1)


def test_an_annulment_takes_both_out(day: Night) -> None:
    report(day, COUNCIL)
    report(day, CONTEST)
    day.annul(FIRST)
    assert settled(day, COUNCIL) == settled(day, CONTEST) == (Settlement.ANNULLED, False)


def test_a_correction_does_not_cross_contests(day: Night) -> None:
    other = report(day, COUNCIL)
    report(day, CONTEST)
    body = Correction(
        contest=CONTEST,
        figures=day.figures(FIRST, (1, 2, 3)),
        reason="recount",
        round=1,
        supersedes=other.id.hex(),
        unit=FIRST,
    )
    assert refusal(day.try_, body, *QUORUM).clause == "4.8"


def both_proclaimed(day: Night) -> Night:
    for contest in (CONTEST, COUNCIL):
        for unit in missing_units(day.record, contest, 1):
            report(day, contest, unit)
    day.close()
    day.publish()
    latest = day.record.publications()[-1].publication
    for stated in latest.canvasses:
        body = Certification(canvass=stated.digest, contest=stated.contest, publication=latest.number, round=1)
        day.try_(body, *QUORUM)
    return day


def test_only_what_was_opened_is_voted_on_in_round_2(day: Night) -> None:
    both_proclaimed(day)
    assert day.record.contests(2) == ()
    day.open(2, ("aline", "basile"))
    day.publish()
    assert day.record.contests(2) == (CONTEST,)
    report(day, CONTEST, round_=2)
    assert refusal(report, day, COUNCIL, round_=2).clause == "3.3"
    day.declare(UNITS[1], round_=2)


def test_each_contest_has_its_own_qualified_options(day: Night) -> None:
    both_proclaimed(day)
    named = (
        Qualified(contest=CONTEST, options=("aline", "basile")),
        Qualified(contest=COUNCIL, options=("carole", "basile")),
    )
    day.try_(Opening(channel=Channel.PAPER, round=2, qualified=named), *QUORUM)
    assert day.record.contests(2) == (CONTEST, COUNCIL)
    assert day.record.options(COUNCIL, 2) == ("carole", "basile")
    assert day.record.options(CONTEST, 2) == ("aline", "basile")
    assert day.record.options("mairie", 2) == ()


def test_a_contest_opens_once_in_a_round_and_is_named_once(day: Night) -> None:
    both_proclaimed(day)
    named = Qualified(contest=CONTEST, options=("aline", "basile"))
    other = Qualified(contest=CONTEST, options=("aline", "carole"))
    body = Opening(channel=Channel.PAPER, round=2, qualified=(named, other))
    assert refusal(day.try_, body, *QUORUM).clause == "4.5"
    day.open(2, ("aline", "basile"))
    late = Opening(
        channel=Channel.PAPER,
        round=2,
        qualified=(Qualified(contest=COUNCIL, options=("aline", "basile")),),
    )
    assert refusal(day.try_, late, *QUORUM).clause == "4.5"


def test_what_changes_one_contest_does_not_keep_the_other_from_being_proclaimed(day: Night) -> None:
    for unit in UNITS:
        report(day, CONTEST, unit)
    day.close()
    day.publish()
    report(day, COUNCIL)
    assert list(day.record.changes(1, COUNCIL))[-1] == day.record.size - 1
    before = day.branch()
    day.certify()
    before.annul(FIRST)
    assert refusal(before.certify).clause == "5.5"


def test_a_late_report_of_one_contest_is_no_correction_of_the_other(day: Night) -> None:
    first = report(day, CONTEST)
    both_proclaimed(day)
    day.correct(FIRST, (39, 31, 20), supersedes=first.id)
    edition = Edition(day.record, 3, day.record.instant, {})
    assert edition.status(1, CONTEST) is ResultsStatus.CORRECTION
    assert edition.status(1, COUNCIL) is ResultsStatus.CERTIFIED


def test_one_contest_may_be_proclaimed_while_the_other_waits(day: Night) -> None:
    for unit in UNITS:
        report(day, CONTEST, unit)
    day.close()
    day.publish()
    day.certify()
    assert day.record.certification(CONTEST, 1) is not None
    assert day.record.certification(COUNCIL, 1) is None
    latest = day.record.publications()[-1].publication
    digest = next(c.digest for c in latest.canvasses if c.contest == COUNCIL)
    body = Certification(canvass=digest, contest=COUNCIL, publication=latest.number, round=1)
    assert refusal(day.try_, body, *QUORUM).clause == "5.6"
