"""What a publication and a proclamation need."""

from collections.abc import Callable

import msgspec
import pytest

from election import (
    BEFORE_COUNTING,
    CONTEST,
    COUNTING_OPENS,
    LOG,
    QUORUM,
    UNITS,
    Night,
    refusal,
)
from limpide.record.events import (
    CanvassDigest,
    Publication,
)

FIRST, SECOND, *_, LAST = UNITS


class TestPublication:
    def body(self, night: Night, **changes: object) -> Publication:
        last = night.record.publications()[-1].publication
        body = Publication(
            canvasses=(),
            instant="2027-01-17T20:00:00Z",
            manifest="0" * 64,
            number=last.number + 1,
            size=night.record.size,
        )
        return msgspec.structs.replace(body, **changes)

    @pytest.mark.parametrize(
        "changes",
        [
            {"number": 1},
            {"number": 3},
            {"instant": COUNTING_OPENS[1]},
            {"instant": BEFORE_COUNTING},
            {"size": 3},
            {"size": 5},
            {"canvasses": (CanvassDigest(contest=CONTEST, digest="0" * 64, round=1),) * 2},
        ],
        ids=["replayed", "skipped", "same instant", "earlier", "shrunk", "to come", "canvass twice"],
    )
    def test_in_order_of_number_time_and_size(self, night: Night, changes: dict[str, object]) -> None:
        assert night.record.size == 4
        assert refusal(night.try_, self.body(night, **changes), LOG).clause == "5.1"
        night.try_(self.body(night), LOG)


class TestCertification:
    def test_r01_refused_while_a_unit_says_nothing_and_names_it(self, night: Night) -> None:
        for unit in UNITS[:-1]:
            night.report(unit, (40, 30, 20))
        night.close()
        night.publish()
        refused = refusal(night.certify)
        assert (refused.clause, refused.facts) == ("5.6", {"count": 1, "units": LAST})
        assert LAST in refused.message
        night.declare(LAST)
        night.publish()
        night.certify()

    def test_refused_while_a_unit_is_contested(self, night: Night) -> None:
        night.complete()
        night.report(FIRST, (1, 1, 1))
        night.close()
        night.publish()
        assert refusal(night.certify).facts == {"count": 1, "units": FIRST}
        night.correct(FIRST, (1, 1, 1))
        night.publish()
        night.certify()

    def test_refused_when_a_later_entry_changes_the_canvass(self, night: Night) -> None:
        changes: list[Callable[[Night], object]] = [
            lambda n: n.correct(FIRST, (41, 30, 20)),
            lambda n: n.annul(SECOND),
            lambda n: n.report(LAST, (1, 1, 1)),
        ]
        night.complete()
        night.close()
        night.publish()
        for change in changes:
            tried = night.branch()
            change(tried)
            refused = refusal(tried.certify)
            assert refused.clause == "5.5"
            tried.publish()
            if change is not changes[2]:
                tried.certify()
        night.replace_key("delegate/1")
        night.certify()

    def test_refused_before_the_round_is_closed(self, night: Night) -> None:
        night.complete()
        night.publish()
        assert refusal(night.certify).clause == "5.5"
        night.close()
        night.certify()

    def test_states_a_canvass_that_was_published(self, night: Night) -> None:
        night.complete()
        night.close()
        night.publish()
        good = night.certification()
        for changes in ({"publication": 9}, {"canvass": "1" * 64}, {"contest": "mairie"}, {"publication": 1}):
            body = msgspec.structs.replace(good, **changes)
            assert refusal(night.try_, body, *QUORUM).clause == "5.5"

    def test_a_correction_after_it_is_admitted_and_certified_anew(self, proclaimed: Night) -> None:
        before = proclaimed.record.certification(CONTEST, 1)
        proclaimed.correct(FIRST, (39, 31, 20))
        proclaimed.publish()
        proclaimed.certify()
        after = proclaimed.record.certification(CONTEST, 1)
        assert before is not None
        assert after is not None
        assert after > before
