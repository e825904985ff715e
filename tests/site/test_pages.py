"""Do pages say what the canvass says, in both languages, in sound HTML, and nothing more?"""

import posixpath
import re
from collections.abc import Mapping

import msgspec
import pytest
from next_edition import edition, pages, publish
from page_facts import Page, number, targets

from election import CONTEST, LOG, OPTIONS, Night, make_contest, make_definition, seats
from limpide.canonical import encode, sha256_hex
from limpide.record.definition import DivisionDocument, LocalityEntry, Need, Text, UnitEntry, encode_public_key
from limpide.record.events import Figures, StationReport
from limpide.results.publication import Publisher
from limpide.site.pages import SitePages, station_page
from limpide.words import LANGUAGES

BANNER = {"fr": "Répétition.", "en": "Rehearsal."}


@pytest.fixture
def evening(night: Night) -> Night:
    """A bit of everything: partial, contested, corrected, annulled, reinstated, not opened."""
    night.report("01001-0001", (40, 30, 20), blank=2, rejected=1)
    night.report("01001-0002", (90, 31, 25), blank=3)
    night.report("02001-0001", (100, 60, 50))
    night.report("02001-0001", (100, 61, 50))
    night.publish()
    night.correct("01001-0002", (9, 31, 106))
    lifted = night.annul("01001-0001")
    night.reinstate(lifted)
    night.declare("02002-0001")
    night.publish()
    return night


def test_every_page_is_sound(evening: Night) -> None:
    made = pages(evening)
    assert len(made) == 1 + 2 * (4 + 2 + 4)
    for path, data in made.items():
        page = Page(data)
        (html,) = page.attributes("html")
        assert html["lang"] == (path[:2] if "/" in path else "fr")
        assert len(page.attributes("h1")) == 1
        assert len(page.attributes("main")) == 1
        assert page.attributes("title")
        for tag, attrs in page.tags:
            assert tag not in {"script", "iframe", "img", "style", "form"}
            assert not [name for name in attrs if name == "style" or name.startswith("on")]
        assert all(attrs.get("scope") in {"col", "row"} for attrs in page.attributes("th"))
        assert all(table.caption for table in page.tables)
        assert all(re.match(r"^[\w./#-]+$", link) for link in page.links()), "nothing from elsewhere"
        if "/" in path:
            assert ("a", {"class": "skip", "href": "#main"}) in page.tags


def test_rows_are_as_long_as_their_heads(evening: Night) -> None:
    for data in pages(evening).values():
        for table in Page(data).tables:
            assert len({len(row) for row in table.rows}) == 1, table.caption


def test_links_lead_to_files_and_anchors_of_the_site(evening: Night) -> None:
    files = publish(evening)
    anchors = {path: Page(data).ids() for path, data in files.items() if path.endswith(".html")}
    for path, data in files.items():
        if path.endswith(".html"):
            for target, anchor in targets(path, Page(data)):
                assert target in files, f"{path} -> {target}"
                assert not anchor or anchor in anchors[target], f"{path} -> {target}#{anchor}"


def test_both_languages_have_the_same_pages_with_the_same_links_and_figures(evening: Night) -> None:
    made = pages(evening)
    for path, data in made.items():
        if path.startswith("fr/"):
            french, english = Page(data), Page(made["en/" + path[3:]])
            assert [re.sub(r"\b(fr|en)/", "", link) for link in french.links()] == [
                re.sub(r"\b(fr|en)/", "", link) for link in english.links()
            ]
            assert [_numbers(t.rows) for t in french.tables] == [_numbers(t.rows) for t in english.tables]


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_are_those_of_the_canvass(evening: Night, language: str) -> None:
    made, canvass = pages(evening), edition(evening).canvasses[1, CONTEST]
    shown = {
        f"{language}/index.html": canvass.nation,
        **{f"{language}/r1/{name}/index.html": area for name, area in canvass.divisions.items()},
        **{f"{language}/r1/{name[:2]}/{name}.html": area for name, area in canvass.localities.items()},
    }
    for path, area in shown.items():
        page, totals = Page(made[path]), area.totals
        votes = {name: number(cells[0]) for name, cells in list(page.table("options").by_name().items())[1:]}
        assert votes == dict(zip(map(str.capitalize, OPTIONS), totals.votes, strict=True))
        assert list(votes.values()) == sorted(votes.values(), reverse=True)
        counts = [number(cells[0]) for cells in page.table("counts").by_name().values() if cells[0] != "—"]
        known = totals.vector[:5] if totals.voters_registered else totals.vector[1:5]
        assert counts == [*known, totals.valid_votes]
        rows = page.table("areas" if "index" in path else "units").rows[1:]
        if totals.units_counted:
            column = [number(row[7]) for row in rows if row[0] != "Total" and row[7] != "—"]
            assert sum(column) == totals.valid_votes


def test_the_front_page_has_the_leaders_first_in_every_column(night: Night) -> None:
    night.report("01001-0001", (10, 20, 30))
    table = Page(pages(night)["en/index.html"]).table("areas")
    assert table.rows[0][-3:] == ["Carole", "Basile", "Aline"]
    assert table.by_name()["Pays 01"][-3:] == ["30", "20", "10"]


def test_a_station_s_row_says_its_state_and_where_it_comes_from(evening: Night) -> None:
    row = Page(pages(evening)["fr/r1/01/01001.html"]).table("units").by_name()["Bureau 01001-0002"]
    entries = edition(evening).canvasses[1, CONTEST].units["01001-0002"].settled.entries
    assert row[0] == "Corrigé"
    assert row[-2] == ", ".join(map(str, entries))


def test_what_a_report_contradicts_is_remarked(night: Night) -> None:
    figures = night.figures("01001-0001", (40, 30, 20))
    wrong = msgspec.structs.replace(figures, ballots_cast=91, blank_ballots=3)
    body = StationReport(contest=CONTEST, figures=wrong, round=1, unit="01001-0001", remarks=("seal-broken",))
    night.try_(body, *seats("01001-0001"))
    remarks = Page(pages(night)["en/r1/01/01001.html"]).table("units").by_name()["Bureau 01001-0001"][-1]
    assert remarks == (
        "seal-broken · votes, blank and null ballots make 93, the box held 91 ballots"
        " · 90 signatures on the roll, 91 ballots in the box · 3 blank and 0 null among 91 ballots, 3% or more"
    )


def test_a_correction_shows_each_figure_before_and_after(evening: Night) -> None:
    table = Page(pages(evening)["fr/r1/01/01001.html"]).table("difference").by_name()
    assert table["Aline"] == ["90", "9", "−81"]
    assert table["Basile"] == ["31", "31", "0"]
    assert table["Carole"] == ["25", "106", "+81"]
    assert table["Blancs"] == ["3", "0", "−3"]


def test_two_reports_that_differ_are_both_shown(evening: Night) -> None:
    page = Page(pages(evening)["en/r1/02/02001.html"])
    assert page.table("difference").by_name()["Basile"] == ["60", "61", "+1"]
    assert "Contested: 1" in page.text


def test_no_page_of_a_locality_changes_when_another_reports(night: Night) -> None:
    night.report("01001-0001", (40, 30, 20))
    before = pages(night)
    night.publish()
    night.report("02002-0001", (1, 2, 3))
    night.close()
    after = pages(night)
    changed = {path for path in before if before[path] != after[path]}
    assert {path for path in changed if re.search(r"/r1/", path)} == {
        f"{language}/r1/02/{name}.html" for language in LANGUAGES for name in ("index", "02002")
    }


def test_what_is_remembered_never_shows(night: Night) -> None:
    """Pages made edition after edition equal those made from nothing."""
    register = night.record.register
    publisher = Publisher(register, SitePages(register))
    files: dict[str, bytes] = {}
    for step in ("report", "second report", "correction", "annulment"):
        match step:
            case "report":
                night.report("01001-0001", (40, 30, 20))
            case "second report":
                night.report("02001-0001", (4, 3, 2))
            case "correction":
                night.correct("02001-0001", (4, 4, 2))
            case "annulment":
                night.annul("01001-0001", "02002-0002")
        record, instant = night.record, f"2027-02-01T00:{night.record.size:02}:00Z"
        made = publisher.advance(record, instant)
        files.update(made.files)
        night.try_(made.body, LOG)
    fresh = Publisher(register, SitePages(register)).advance(record, instant).files
    assert _html(files) == _html(fresh)


def test_a_page_bears_the_publication_at_which_it_last_changed(night: Night) -> None:
    night.report("01001-0001", (40, 30, 20))
    night.publish()
    night.report("02001-0001", (40, 30, 20))
    made = pages(night)
    assert "publication no. 2." in Page(made["en/r1/01/01001.html"]).text
    assert "publication no. 3." in Page(made["en/r1/02/02001.html"]).text
    assert "publication no. 1." in Page(made["en/r1/01/01002.html"]).text


@pytest.mark.parametrize("rehearsal", [True, False])
def test_a_rehearsal_says_so_on_every_page(rehearsal: bool) -> None:
    definition, documents = make_definition(rehearsal=rehearsal)
    night = Night.begin(definition, documents)
    for path, data in pages(night).items():
        assert (BANNER[path[:2] if "/" in path else "fr"] in Page(data).text) == rehearsal, path
    station = station_page(edition(night), 1, "01001-0001", "fr")
    assert (BANNER["fr"] in Page(station).text) == rehearsal


def test_hostile_names_stay_text() -> None:
    hostile = "<script>alert('1')</script>\"onload=1 &amp; \u202e</title>"
    definition, documents = make_definition(
        name=Text(fr=hostile, en=hostile),
        contests=tuple(
            msgspec.structs.replace(make_contest(c), name=Text(fr=hostile, en=hostile)) for c in ("a", "b")
        ),
    )
    options = tuple(msgspec.structs.replace(o, name=hostile + o.id) for o in definition.contests[0].options)
    contests = tuple(msgspec.structs.replace(c, options=options) for c in definition.contests)
    divisions = []
    for ref in definition.divisions:
        document = msgspec.json.decode(documents[ref.document], type=DivisionDocument)
        localities = tuple(
            msgspec.structs.replace(
                locality,
                name=hostile,
                units=tuple(msgspec.structs.replace(unit, name=hostile + unit.id) for unit in locality.units),
            )
            for locality in document.localities
        )
        data = encode(msgspec.structs.replace(document, localities=localities))
        documents[sha256_hex(data)] = data
        divisions.append(msgspec.structs.replace(ref, document=sha256_hex(data), name=hostile))
    definition = msgspec.structs.replace(definition, contests=contests, divisions=tuple(divisions))
    night = Night.begin(definition, documents)
    night.commit_roll()
    night.open()
    night.annul("01001-0001")
    for path, data in pages(night).items():
        page = Page(data)
        assert not page.attributes("script")
        assert len(page.attributes("title")) == 1
        assert hostile in page.text, path
    unit = Page(station_page(edition(night), 1, "01001-0001", "en"))
    assert hostile + "01001-0001" in unit.text


def test_each_contest_has_its_section_and_the_form_decides_its_columns() -> None:
    second = msgspec.structs.replace(
        make_contest("motion"), voters_registered=Need.ABSENT, voters_participated=Need.ABSENT
    )
    definition, documents = make_definition(contests=(make_contest(), second))
    night = Night.begin(definition, documents)
    night.commit_roll()
    night.open()
    night.publish()
    night.report("01002-0001", (40, 30, 20))
    figures = Figures(
        ballots_cast=9, ballots_rejected=0, blank_ballots=1, votes=dict(zip(OPTIONS, (5, 2, 1), strict=True))
    )
    night.try_(StationReport(contest="motion", figures=figures, round=1, unit="01002-0001"), *seats("01002-0001"))
    page = Page(pages(night)["en/r1/01/01002.html"])
    assert len(page.attributes("h2")) == 2
    first, other = [table for table in page.tables if table.kind == "units"]
    assert [number(cell) for cell in first.rows[1][2:11]] == [300, 90, 90, 0, 0, 90, 40, 30, 20]
    assert [number(cell) for cell in other.rows[1][2:9]] == [9, 1, 0, 8, 5, 2, 1]


def test_a_locality_named_index_does_not_take_its_division_s_place() -> None:
    definition, documents = make_definition()
    ref = definition.divisions[1]
    document = msgspec.json.decode(documents[ref.document], type=DivisionDocument)
    keys = tuple((encode_public_key(bytes([r, 1] * 16)), encode_public_key(bytes([r, 2] * 16))) for r in (1, 2))
    extra = LocalityEntry(id="index", name="Index", units=(UnitEntry(id="index-1", keys=keys),))
    data = encode(msgspec.structs.replace(document, localities=(*document.localities, extra)))
    documents[sha256_hex(data)] = data
    changed = msgspec.structs.replace(ref, document=sha256_hex(data), units=ref.units + 1)
    definition = msgspec.structs.replace(definition, divisions=(definition.divisions[0], changed))
    made = pages(Night.begin(definition, documents))
    assert "Pays 02" in Page(made["fr/r1/02/index.html"]).text
    assert "index.locality.html" in Page(made["fr/r1/02/index.html"]).links()
    assert "index-1" in Page(made["fr/r1/02/index.locality.html"]).text


def test_a_station_has_its_own_page(evening: Night) -> None:
    made = pages(evening)
    for unit in evening.record.register.units:
        for language in LANGUAGES:
            page = Page(station_page(edition(evening), 1, unit, language))
            path = f"{language}/r1/{unit[:2]}/{unit[:5]}/{unit}.html"
            for target, _ in targets(path, page):
                assert target in made or target == "style.css" or posixpath.basename(target) == f"{unit}.html"
    page = Page(station_page(edition(evening), 1, "01001-0002", "fr"))
    assert "Corrigé" in page.text
    assert "Signé : commission/1, commission/2, commission/3" in page.text
    assert page.table("difference").by_name()["Aline"] == ["90", "9", "−81"]


def _html(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path.endswith(".html")}


def _numbers(rows: list[list[str]]) -> list[list[int]]:
    return [[number(cell) for cell in row if re.fullmatch(r"−?[\d,\u202f]+", cell)] for row in rows]
