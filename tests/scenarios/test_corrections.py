"""R4, 2008 and 2023: a result changes by signed corrections, unit by unit, and nothing is deleted."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from primary import CONTEST, Begin, Primary, beginning

from election import seats, signer
from limpide.canonical import Refused
from limpide.record.events import Correction, StationReport
from limpide.record.settlement import Settlement, settle
from limpide.roles import commission

FIVE = {"13": {"13000": ["13-1"]}, "59": {"59000": ["59-1"]}, "75": {"75000": ["75-1", "75-2", "75-3"]}}


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Begins a primary in a folder of its own."""
    yield from beginning(tmp_path)


def reported(begin: Begin, options: tuple[str, ...], votes: Mapping[str, Sequence[int]]) -> Primary:
    primary = begin(FIVE, options)
    primary.open()
    primary.count()
    for unit, counts in votes.items():
        primary.report(unit, counts)
    primary.publish()
    return primary


def test_r04_2008_from_42_votes_to_102(begin: Begin) -> None:
    """The national figures are those of the time; how they lie in units, and the corrections, are modelled."""
    votes = {
        "13-1": (13_000, 13_400),
        "59-1": (16_413, 11_871),
        "75-1": (12_000, 14_000),
        "75-2": (14_000, 14_100),
        "75-3": (12_000, 14_000),
    }
    primary = reported(begin, ("aubry", "royal"), votes)
    assert primary.totals() == {"aubry": 67_413, "royal": 67_371}
    effects = [
        primary.correct("59-1", (16_443, 11_871), "typing-error"),
        primary.correct("13-1", (13_008, 13_378), "recount"),
    ]
    assert [dict(effect.votes) for effect in effects] == [{"aubry": 30, "royal": 0}, {"aubry": 8, "royal": -22}]
    assert [(effect.voters, effect.ballots) for effect in effects] == [(30, 30), (-14, -14)]
    primary.publish()
    totals = primary.totals()
    assert totals == {"aubry": 67_451, "royal": 67_349}
    assert totals["aubry"] - totals["royal"] == 102
    first = [primary.record.event(index).body for index in primary.record.unit_events("59-1")]
    assert [type(body) for body in first] == [StationReport, Correction]
    page = primary.page("fr/acts.html")
    assert "59-1" in page
    assert "13-1" in page
    assert "+30" in page
    assert "−22" in page or "-22" in page


def test_r04_2023_234_votes_removed_seen_by_unit_and_option(begin: Begin) -> None:
    """234 votes of two stations do not count, after review; everybody sees where, and for whom."""
    votes = {
        "13-1": (160, 74),
        "59-1": (9_000, 8_800),
        "75-1": (2_000, 2_100),
        "75-2": (900, 800),
        "75-3": (90, 80),
    }
    primary = reported(begin, ("premiere", "seconde"), votes)
    before = primary.totals()
    drafted, (effect,) = commission.draft_annulment(primary.record, 1, ["13-1"], "irregularity")
    assert (effect.ballots, dict(effect.votes)) == (-234, {"premiere": -160, "seconde": -74})
    primary.decide(drafted)
    primary.publish()
    after = primary.totals()
    assert {option: before[option] - after[option] for option in before} == {"premiere": 160, "seconde": 74}
    page = primary.page("fr/acts.html")
    assert "234" in page
    assert "13-1" in page
    annulment = primary.record.event(primary.record.unit_events("13-1")[-1]).id
    drafted, (back,) = commission.draft_reinstatement(primary.record, annulment, "appeal")
    assert back.ballots == 234
    primary.decide(drafted)
    primary.publish()
    assert primary.totals() == before


def test_conflicting_reports_are_both_kept_and_hold_the_proclamation(begin: Begin) -> None:
    votes = {"13-1": (1, 2), "59-1": (3, 4), "75-1": (5, 6), "75-2": (7, 8), "75-3": (9, 10)}
    primary = reported(begin, ("aline", "basile"), votes)
    primary.report("75-3", (10, 9))
    assert settle(primary.record, CONTEST, 1, "75-3").state is Settlement.CONTESTED
    assert len(primary.record.unit_events("75-3")) == 2
    primary.close()
    primary.publish()
    assert any(finding.clause == "5.2" for finding in primary.check().findings)
    with pytest.raises(Refused, match="75-3"):
        primary.proclaim()
    primary.correct("75-3", (10, 9), "recount")
    primary.publish()
    primary.proclaim()


def test_a_replaced_seat_no_longer_reports_and_the_new_one_does(begin: Begin) -> None:
    primary = begin(FIVE, ("aline", "basile"))
    primary.open()
    primary.count()
    seat = seats("75-1")[1]
    primary.generations[seat] = 1
    new = signer(seat, 1).key.vkey
    primary.decide(commission.draft_key_replacement(primary.record, seat, new, "lost"))
    primary.report("75-1", (1, 2))
    del primary.generations[seat]
    with pytest.raises(Refused, match=r"\[2\.2\]"):
        primary.report("75-1", (3, 4))
