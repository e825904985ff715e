"""Does the front page say how far the night has come, and never more than is known?"""

import re

import pytest
from next_edition import edition, pages
from page_facts import Page, number

from election import CONTEST, UNITS, VOTERS, Night
from limpide.results.outcome import ResultsStatus
from limpide.words import sentence


def front(night: Night, language: str = "en") -> Page:
    return Page(pages(night)[f"{language}/index.html"])


def verdict(night: Night) -> str:
    """What the front page says first of who is ahead."""
    data = pages(night)["en/index.html"].decode()
    found = re.search(r'<div class="verdict">\n<p>(.*?)</p>', data, re.DOTALL)
    assert found
    return found[1].replace("&#x27;", "'")


def test_r01_the_page_says_the_gap_and_what_is_not_in(night: Night) -> None:
    for unit in UNITS[:3]:
        night.report(unit, (40, 30, 20))
    awaited = sum(VOTERS[unit] for unit in UNITS[3:])
    assert verdict(night) == (
        f"30 votes apart between Aline and Basile; 3 stations and {awaited:,} registered voters not in."
    )
    page = front(night)
    assert "30 votes apart between Basile and Carole for second place." in page.text
    assert "50.00%" in page.text
    assert "wins" not in page.text


def test_without_a_roll_the_missing_voters_are_said_to_be_unknown() -> None:
    night = Night.begin()
    night.open()
    night.publish()
    assert verdict(night) == "No vote is counted yet; not in: 6 stations, number of registered voters unknown."


def test_one_unit_removed_from_a_complete_count_is_named_in_the_coverage(night: Night) -> None:
    for unit in UNITS[1:]:
        night.report(unit, (40, 30, 20))
    assert verdict(night).endswith("; 1 station and 100 registered voters not in.")
    assert "83.33%" in front(night).text


def test_contradictory_reports_keep_the_outcome_open(night: Night) -> None:
    night.complete()
    night.report(UNITS[0], (41, 30, 20))
    page = front(night)
    assert verdict(night).endswith("; every station has reported.")
    assert "Contradictory reports: 1 station." in page.text
    assert ResultsStatus.UNOFFICIAL_PARTIAL.value in _status_classes(page)


@pytest.mark.parametrize(
    ("votes", "said"),
    [
        ((51, 30, 19), "Aline wins with 51.00% of the valid votes."),
        ((50, 30, 20), "Through to the next round: Aline and Basile."),
        ((40, 30, 30), "Through to the next round: Aline."),
        ((0, 0, 0), "Every station has reported and there is no valid vote."),
    ],
)
def test_a_complete_count_says_what_the_rule_makes_of_it(night: Night, votes: tuple[int, ...], said: str) -> None:
    night.complete(votes)
    assert verdict(night) == said
    assert "The commission has not certified it" in front(night).text


def test_a_tie_is_left_to_the_commission(night: Night) -> None:
    night.complete((40, 30, 30))
    assert "A tie between Basile and Carole for 1 place: the commission must draw lots." in front(night).text


def test_r22_each_status_looks_and_reads_different(night: Night) -> None:
    pages_by_status = {}
    night.report(UNITS[0], (40, 30, 20))
    pages_by_status[ResultsStatus.UNOFFICIAL_PARTIAL] = front(night)
    night.complete()
    pages_by_status[ResultsStatus.UNOFFICIAL_COMPLETE] = front(night)
    night.close()
    night.publish()
    night.certify()
    pages_by_status[ResultsStatus.CERTIFIED] = front(night)
    night.annul(UNITS[0])
    pages_by_status[ResultsStatus.CORRECTION] = front(night)
    for status, page in pages_by_status.items():
        assert _status_classes(page) == {status.value}
        for other in pages_by_status:
            assert (sentence(f"state.{other.value}", "en") in page.text) == (other is status)


def test_r22_a_partial_page_says_partial_with_its_coverage_beside_every_figure(night: Night) -> None:
    night.report("01001-0001", (40, 30, 20))
    made = pages(night)
    for path, coverage in {
        "fr/index.html": "Bureaux comptés : 1 sur 6",
        "fr/r1/01/index.html": "Bureaux comptés : 1 sur 3",
        "fr/r1/01/01001.html": "Bureaux comptés : 1 sur 2",
    }.items():
        page = Page(made[path])
        assert "Partiel." in page.text
        assert "Complet." not in page.text
        for table in page.tables:
            if table.kind in {"options", "counts", "areas", "units"}:
                assert coverage in table.caption
    complete = Page(made["fr/r1/02/02001.html"])
    assert "Bureaux comptés : 0 sur 1. Pas encore comptés : 1 bureau, 400 inscrits." in complete.text
    night.complete()
    made = pages(night)
    assert all("Partiel." not in Page(data).text for data in made.values())


def test_r04_234_votes_removed_are_shown_by_unit_and_option(night: Night) -> None:
    night.report("01002-0001", (100, 30, 4))
    night.report("02001-0001", (40, 50, 10))
    night.annul("01002-0001", "02001-0001", "02002-0001", reason="duplicate-votes")
    acts = Page(pages(night)["en/acts.html"])
    assert "Reason: duplicate votes" in acts.text
    table = acts.table("difference").by_name()
    assert table["Ballots in the box"] == ["234", "0", "−234"]
    assert [table[name][2] for name in ("Aline", "Basile", "Carole")] == ["−140", "−80", "−14"]
    by_unit = acts.table("changes").by_name()
    assert by_unit["Commune 02001, Bureau 02001-0001"] == ["−100", "−100", "—", "—", "−40", "−50", "−10"]
    assert set(by_unit["Commune 02002, Bureau 02002-0001"]) == {"—"}, "it had no result yet"


def test_a_reinstatement_is_the_opposite_of_its_annulment(night: Night) -> None:
    night.report("01001-0001", (40, 30, 20))
    night.reinstate(night.annul("01001-0001", "02002-0001"))
    lifted, annulled = (t.by_name() for t in Page(pages(night)["en/acts.html"]).tables if "difference" in t.kind)
    for name in ("Aline", "Basile", "Carole"):
        assert lifted[name] == [annulled[name][1], annulled[name][0], annulled[name][2].replace("−", "+")]


def test_a_correction_s_effect_is_its_own(night: Night) -> None:
    night.report("01001-0001", (40, 30, 20))
    night.correct("01001-0001", (40, 31, 19))
    night.correct("01001-0001", (40, 31, 22))
    second, first = (t.by_name() for t in Page(pages(night)["en/acts.html"]).tables)
    assert (first["Basile"], first["Carole"]) == (["30", "31", "+1"], ["20", "19", "−1"])
    assert (second["Basile"], second["Carole"]) == (["31", "31", "0"], ["19", "22", "+3"])


def test_acts_are_numbered_as_the_log_numbers_them(proclaimed: Night) -> None:
    proclaimed.replace_key("commission/5")
    proclaimed.open(2, ("aline", "basile"))
    record = proclaimed.record
    for language in ("fr", "en"):
        page = Page(pages(proclaimed)[f"{language}/acts.html"])
        assert [a["id"] for a in page.attributes("article")] == [f"e{index}" for index in reversed(record.acts())]
        for index in record.acts():
            assert record.event(index).id.hex() in page.text
    assert "Candidate: Aline and Basile." in page.text
    assert "The key of commission/5 ends" in page.text
    assert "publications.html#p2" in page.links()


def test_the_round_of_now_comes_first_and_the_earlier_one_stays(proclaimed: Night) -> None:
    proclaimed.open(2, ("aline", "basile"))
    made = pages(proclaimed)
    page = Page(made["fr/index.html"])
    sections = [attrs["id"] for attrs in page.attributes("section") if (attrs.get("class") or "") == "round"]
    assert sections == ["r2", "r1"]
    assert [len(table.rows) - 1 for table in page.tables if table.kind == "options"] == [2, 3]
    assert "../../../fr/r1/01/01001.html" in Page(made["fr/r2/01/01001.html"]).links()


def test_turnout_by_hour_in_the_nation_and_the_division(night: Night) -> None:
    fresh = Night.begin()
    fresh.open()
    fresh.turnout("01001-0001", 30)
    fresh.turnout("02001-0001", 50)
    fresh.turnout("01001-0001", 80, hour="17:00")
    made = pages(fresh)
    assert Page(made["fr/index.html"]).table("turnout").rows[1:] == [["12:00", "80", "2/6"], ["17:00", "80", "1/6"]]
    assert Page(made["fr/r1/02/index.html"]).table("turnout").rows[1:] == [["12:00", "50", "1/3"]]
    assert not [t for t in Page(made["fr/r1/01/01002.html"]).tables if t.kind == "turnout"]
    assert not [t for t in front(night).tables if t.kind == "turnout"]


def test_publications_are_listed_with_what_they_cover(night: Night) -> None:
    night.report(UNITS[0], (40, 30, 20))
    night.publish()
    record = night.record
    rows = Page(pages(night)["en/publications.html"]).table("publications").rows[1:]
    assert [row[0] for row in rows] == ["3", "2", "1"]
    assert [number(row[2]) for row in rows] == [
        record.size,
        *(p.publication.size for p in record.publications()[::-1]),
    ]
    assert sum(number(row[3]) for row in rows) == record.size
    assert sum(number(row[4]) for row in rows) == len(record.acts())
    assert rows[0][5] == "this one"
    assert rows[1][5] == record.publications()[1].publication.manifest


def test_the_fingerprint_is_what_the_verifier_expects(night: Night) -> None:
    page = Page(pages(night)["en/verify.html"])
    (shown,) = re.findall(r"(?:[0-9a-f]{8} ){7}[0-9a-f]{8}", page.text)
    assert shown.replace(" ", "") == night.record.event(0).id.hex()
    assert f"--expect {shown.replace(' ', '')}" in page.text


def test_the_root_offers_both_languages_french_first(night: Night) -> None:
    page = Page(pages(night)["index.html"])
    assert [link for link in page.links() if link.endswith("index.html")][-2:] == ["fr/index.html", "en/index.html"]
    assert edition(night).canvasses[1, CONTEST].nation.totals.units == len(UNITS)


def _status_classes(page: Page) -> set[str]:
    """The statuses that sections of contests bear, which the style sheet tells apart."""
    classes = [(attrs.get("class") or "").split() for attrs in page.attributes("section")]
    return {name for found in classes if "contest" in found for name in found} - {"contest"}
