"""What a station may say, and when."""

import msgspec

from election import (
    BEFORE_COUNTING,
    CONTEST,
    COUNTING_OPENS,
    OPERATORS,
    UNITS,
    Night,
    refusal,
    seats,
    state,
    votes,
)
from limpide.record.events import (
    StationReport,
)
from limpide.record.settlement import Settlement, settle
from limpide.results.canvass import canvass

FIRST, SECOND, *_, LAST = UNITS


class TestReports:
    def test_none_before_counting_opens(self) -> None:
        night = Night.begin()
        assert refusal(night.report, FIRST, (1, 2, 3)).clause == "3.2"
        night.open()
        assert refusal(night.report, FIRST, (1, 2, 3)).clause == "3.2"
        night.publish(BEFORE_COUNTING)
        early = refusal(night.report, FIRST, (1, 2, 3))
        assert (early.clause, early.facts["opens"]) == ("3.2", COUNTING_OPENS[1])
        night.publish(COUNTING_OPENS[1])
        night.report(FIRST, (1, 2, 3))
        assert votes(night) == (1, 2, 3)

    def test_counting_opened_in_round_1_opens_nothing_in_round_2(self, proclaimed: Night) -> None:
        assert refusal(proclaimed.report, FIRST, (1, 2, 3), round_=2).clause == "3.2"
        proclaimed.open(2, ("aline", "basile"))
        assert refusal(proclaimed.report, FIRST, (1, 2), round_=2).clause == "3.2"
        proclaimed.publish()
        proclaimed.report(FIRST, (1, 2), round_=2)

    def test_a_unit_outside_the_frozen_list(self, night: Night) -> None:
        figures = night.figures(FIRST, (1, 2, 3))
        body = StationReport(contest=CONTEST, figures=figures, round=1, unit="99999-0001")
        assert refusal(night.try_, body, *OPERATORS).clause == "3.1"

    def test_the_options_are_exactly_those_of_the_contest(self, night: Night) -> None:
        for wrong in ({"aline": 1, "basile": 2}, {"aline": 1, "basile": 2, "carole": 3, "denis": 4}):
            assert refusal(night.report, FIRST, wrong).clause == "3.3"

    def test_the_figures_are_those_the_form_asks(self, night: Night) -> None:
        figures = night.figures(FIRST, (1, 2, 3))
        silent = msgspec.structs.replace(figures, voters_participated=msgspec.UNSET)
        for contest, said in (("mairie", figures), (CONTEST, silent)):
            body = StationReport(contest=contest, figures=said, round=1, unit=FIRST)
            assert refusal(night.try_, body, *seats(FIRST)).clause == "3.3"

    def test_sums_that_do_not_close_are_a_fact(self, night: Night) -> None:
        figures = msgspec.structs.replace(night.figures(FIRST, (1, 2, 3)), ballots_cast=7)
        night.try_(StationReport(contest=CONTEST, figures=figures, round=1, unit=FIRST), *seats(FIRST))
        assert state(night, FIRST) is Settlement.REPORTED

    def test_two_operators_read_the_paper(self, night: Night) -> None:
        body = StationReport(contest=CONTEST, figures=night.figures(FIRST, (1, 2, 3)), round=1, unit=FIRST)
        night.try_(body, *OPERATORS)
        assert votes(night) == (1, 2, 3)

    def test_the_same_report_twice(self, night: Night) -> None:
        night.report(FIRST, (1, 2, 3))
        again = refusal(night.report, FIRST, (1, 2, 3))
        assert again.clause == "1.7"
        body = StationReport(contest=CONTEST, figures=night.figures(FIRST, (1, 2, 3)), round=1, unit=FIRST)
        assert refusal(night.try_, body, *OPERATORS).clause == "1.7"
        assert votes(night) == (1, 2, 3)

    def test_conflicting_reports_are_both_kept_and_contested(self, night: Night) -> None:
        one, other = night.report(FIRST, (1, 2, 3)), night.report(FIRST, (3, 2, 1))
        settled = settle(night.record, CONTEST, 1, FIRST)
        assert settled.state is Settlement.CONTESTED
        assert [night.record.event(index).id for index in settled.entries] == [one.id, other.id]
        assert votes(night) == (1, 2, 3)

    def test_a_flood_of_reports_ends(self, night: Night) -> None:
        for count in range(8):
            night.report(FIRST, (count, 2, 3))
        assert refusal(night.report, FIRST, (9, 2, 3)).clause == "3.5"
        night.report(SECOND, (9, 2, 3))

    def test_after_a_correction_the_station_is_silent(self, night: Night) -> None:
        night.report(FIRST, (1, 2, 3))
        night.correct(FIRST, (1, 2, 4))
        assert refusal(night.report, FIRST, (1, 2, 5)).clause == "3.5"


class TestTurnout:
    def test_only_at_the_stated_hours_of_an_open_round(self, night: Night) -> None:
        assert refusal(night.turnout, FIRST, 10, "13:00").clause == "3.6"
        night.turnout(FIRST, 10)
        assert refusal(night.turnout, FIRST, 10, round_=2).clause == "3.6"
        night.close()
        assert refusal(night.turnout, FIRST, 11).clause == "3.6"

    def test_a_flood_of_turnouts_ends(self, night: Night) -> None:
        for count in range(8):
            night.turnout(FIRST, count)
        assert refusal(night.turnout, FIRST, 9).clause == "3.6"

    def test_the_last_one_of_an_hour_counts(self, night: Night) -> None:
        night.turnout(FIRST, 10)
        night.turnout(SECOND, 5)
        night.turnout(FIRST, 12)
        turnout = canvass(night.record, CONTEST, 1).turnout["12:00"][""]
        assert turnout.totals.vector == (2, 17)
