"""What each act of the commission and registrar needs, beyond its signers, and what it changes."""

import pytest

from election import (
    CONTEST,
    UNITS,
    VOTERS,
    Night,
    refusal,
    state,
    votes,
)
from limpide.canonical import encode, sha256_hex
from limpide.record.acts import missing_units
from limpide.record.events import (
    Channel,
    Closing,
    Impediment,
    RollCommitment,
    VotersDocument,
    VotersRef,
)
from limpide.record.settlement import Settlement

FIRST, SECOND, *_, LAST = UNITS


class TestRoll:
    def commitment(self, night: Night, *documents: tuple[str, bytes]) -> RollCommitment:
        night.documents.update((sha256_hex(data), data) for _, data in documents)
        refs = tuple(VotersRef(division=name, document=sha256_hex(data)) for name, data in documents)
        return RollCommitment(root="0" * 64, round=1, voters=refs)

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            (UNITS[:2], UNITS[3:]),
            (UNITS[:4], UNITS[4:]),
            (UNITS[:3], (*UNITS[3:], "02003-0001")),
        ],
        ids=["a unit is missing", "a unit of another division", "a unit too many"],
    )
    def test_each_unit_exactly_once(self, first: tuple[str, ...], second: tuple[str, ...]) -> None:
        night = Night.begin()
        documents = [
            (name, encode(VotersDocument(division=name, voters=dict.fromkeys(units, 1))))
            for name, units in (("01", first), ("02", second))
        ]
        body = self.commitment(night, *documents)
        assert refusal(night.try_, body, "registrar").clause == "4.4"

    def test_the_documents_are_there_and_in_form(self) -> None:
        night = Night.begin()
        good = encode(VotersDocument(division="01", voters=dict.fromkeys(UNITS[:3], 1)))
        for data in (b"{}", good + b"\n", good.replace(b'"01"', b'"02"')):
            body = self.commitment(night, ("01", data))
            assert refusal(night.try_, body, "registrar").clause == "4.4"
        night.documents.clear()
        missing = RollCommitment(root="0" * 64, round=1, voters=(VotersRef(division="01", document="1" * 64),))
        assert refusal(night.try_, missing, "registrar").clause == "1.6"
        night.documents["1" * 64] = good
        assert refusal(night.try_, missing, "registrar").clause == "1.6"

    def test_once_a_round_and_before_it_opens(self) -> None:
        night = Night.begin()
        night.commit_roll()
        assert refusal(night.commit_roll, voters=dict.fromkeys(VOTERS, 1)).clause == "4.4"
        night.commit_roll(2)
        assert night.record.voters_registered(2) == VOTERS
        assert refusal(night.commit_roll, 3).clause == "4.4"
        late = Night.begin()
        late.open()
        assert refusal(late.commit_roll).clause == "4.4"


class TestRounds:
    def test_open_once_close_once(self, night: Night) -> None:
        assert refusal(night.open).clause == "1.7"
        assert refusal(night.open, 1, ("aline",)).clause == "4.5"
        assert refusal(night.open, 3, ("aline",)).clause == "4.5"
        assert refusal(night.close, 2).clause == "4.6"
        night.close()
        body = Closing(channel=Channel.PAPER, round=1)
        assert refusal(night.try_, body, "commission/1", "commission/2", "commission/4").clause == "1.7"

    def test_round_1_has_the_options_of_the_definition(self) -> None:
        assert refusal(Night.begin().open, 1, ("aline", "basile")).clause == "4.5"

    def test_round_2_waits_for_the_proclamation_of_round_1(self, night: Night) -> None:
        for step in (night.complete, night.close, night.publish):
            assert refusal(night.open, 2, ("aline", "basile")).clause == "4.5"
            step()
        night.certify()
        night.open(2, ("aline", "basile"))

    @pytest.mark.parametrize(
        "qualified",
        [(), ("aline", "denis"), ("aline", "aline"), ("aline", "basile", "carole")],
        ids=["none", "a new one", "one twice", "all of them"],
    )
    def test_round_2_names_options_of_round_1(self, proclaimed: Night, qualified: tuple[str, ...]) -> None:
        assert refusal(proclaimed.open, 2, qualified).clause == "4.5"

    def test_the_reports_of_round_2_name_the_qualified_options(self, proclaimed: Night) -> None:
        proclaimed.open(2, ("carole", "aline"))
        proclaimed.publish()
        everybody = {"aline": 1, "basile": 1, "carole": 1}
        assert refusal(proclaimed.report, FIRST, everybody, round_=2).clause == "3.3"
        proclaimed.report(FIRST, (5, 4), round_=2)
        assert votes(proclaimed, 2) == (5, 4)
        assert votes(proclaimed) == (240, 180, 120)


class TestUnitStatus:
    def test_settles_units_that_wait(self, night: Night) -> None:
        night.declare(FIRST, SECOND)
        night.declare(LAST, status=Impediment.NO_RESULT, reason="fire")
        assert (state(night, FIRST), state(night, LAST)) == (Settlement.NOT_OPENED, Settlement.NO_RESULT)
        assert FIRST not in missing_units(night.record, CONTEST, 1)

    def test_not_for_units_that_have_one_or_have_reported(self, night: Night) -> None:
        night.report(FIRST, (1, 2, 3))
        night.declare(SECOND)
        for unit in (FIRST, SECOND):
            refused = refusal(night.declare, unit, reason="fire")
            assert (refused.clause, refused.facts["subject"]) == ("4.7", unit)
        assert refusal(night.declare, LAST, LAST).facts == {"subject": LAST}
        assert refusal(night.declare, "99999-0001").clause == "3.1"
        assert refusal(night.declare, LAST, round_=2).clause == "4.7"
        assert refusal(night.declare, LAST, round_=3).clause == "4.5"

    def test_a_unit_whose_annulment_was_lifted_may_still_get_one(self, night: Night) -> None:
        night.reinstate(night.annul(FIRST))
        night.declare(FIRST)
        assert state(night, FIRST) is Settlement.NOT_OPENED

    def test_a_report_after_it_is_contested(self, night: Night) -> None:
        night.declare(FIRST)
        night.report(FIRST, (1, 2, 3))
        assert state(night, FIRST) is Settlement.CONTESTED
        assert votes(night) == (1, 2, 3)
        night.correct(FIRST, (1, 2, 3))
        assert state(night, FIRST) is Settlement.CORRECTED


class TestCorrection:
    def test_replaces_exactly_what_it_supersedes(self, night: Night) -> None:
        one = night.report(FIRST, (1, 2, 3))
        night.report(SECOND, (10, 20, 30))
        night.correct(FIRST, (4, 5, 6), supersedes=one.id)
        assert votes(night) == (14, 25, 36)
        night.correct(FIRST, (7, 8, 9))
        assert votes(night) == (17, 28, 39)
        stale = refusal(night.correct, FIRST, (0, 0, 0), supersedes=one.id)
        assert (stale.clause, votes(night)) == ("4.8", (17, 28, 39))

    def test_settles_a_contested_unit_by_either_report(self, night: Night) -> None:
        for earlier in (0, 1):
            tried = night.branch()
            reports = [tried.report(FIRST, (1, 2, 3)), tried.report(FIRST, (3, 2, 1))]
            tried.correct(FIRST, (3, 2, 1), supersedes=reports[earlier].id)
            assert (state(tried, FIRST), votes(tried)) == (Settlement.CORRECTED, (3, 2, 1))

    def test_not_of_another_unit_nor_of_nothing(self, night: Night) -> None:
        night.report(FIRST, (1, 2, 3))
        other = night.report(SECOND, (1, 2, 3))
        opening = night.record.event(2)
        for wrong in (other.id, opening.id, type(other.id)(bytes(32))):
            assert refusal(night.correct, FIRST, (0, 0, 0), supersedes=wrong).clause == "4.8"

    def test_states_the_figures_of_the_contest(self, night: Night) -> None:
        night.report(FIRST, (1, 2, 3))
        assert refusal(night.correct, FIRST, {"aline": 1}).clause == "3.3"


class TestAnnulment:
    def test_takes_out_a_unit_and_gives_it_back(self, night: Night) -> None:
        night.report(FIRST, (1, 2, 3))
        night.report(SECOND, (10, 20, 30))
        annulment = night.annul(SECOND, LAST)
        assert (votes(night), state(night, SECOND)) == ((1, 2, 3), Settlement.ANNULLED)
        night.report(LAST, (100, 100, 100))
        assert votes(night) == (1, 2, 3)
        night.reinstate(annulment)
        assert (votes(night), state(night, SECOND)) == ((111, 122, 133), Settlement.REPORTED)
        assert refusal(night.reinstate, annulment).clause == "1.7"

    def test_not_twice_at_a_time(self, night: Night) -> None:
        annulment = night.annul(FIRST)
        twice = refusal(night.annul, FIRST, SECOND)
        assert (twice.clause, twice.facts["subject"]) == ("4.9", FIRST)
        assert refusal(night.annul, LAST, LAST).clause == "4.9"
        assert refusal(night.annul, LAST, round_=2).clause == "4.9"
        night.reinstate(annulment)
        night.annul(FIRST, SECOND)

    def test_lifting_one_leaves_the_other(self, night: Night) -> None:
        first, _ = night.annul(FIRST), night.annul(SECOND)
        night.reinstate(first)
        assert (state(night, FIRST), state(night, SECOND)) == (Settlement.EXPECTED, Settlement.ANNULLED)

    def test_only_an_annulment_of_the_same_round_is_lifted(self, night: Night) -> None:
        report, annulment = night.report(FIRST, (1, 2, 3)), night.annul(FIRST)
        assert refusal(night.reinstate, report).clause == "4.10"
        assert refusal(night.reinstate, annulment, round_=2).clause == "4.10"

    def test_a_correction_under_it_waits_for_its_end(self, night: Night) -> None:
        night.report(FIRST, (1, 2, 3))
        annulment = night.annul(FIRST)
        night.correct(FIRST, (9, 9, 9))
        assert votes(night) == (0, 0, 0)
        night.reinstate(annulment)
        assert votes(night) == (9, 9, 9)
