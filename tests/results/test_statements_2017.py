"""The thirteen tables of January 2017 against stations whose sums are T1-12."""

import csv
import io
import os
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from limpide.results.findings import Finding, Severity
from limpide.results.statement_text import Statement, read_statement
from limpide.results.statements import Checked, check_statement
from published import World
from synthesised import Sums, play

TABLES = Path(__file__).parents[2] / "vectors" / "statements" / "2017"
NAMES = [f"T1-{number:02}" for number in range(1, 14)]


def rows(name: str) -> list[dict[str, str]]:
    with (TABLES / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=";"))


def table(name: str) -> Statement:
    return read_statement((TABLES / f"{name}.csv").read_bytes(), f"{name}.csv")


TRUE = {row["ligne"]: int(row["nombre"]) for row in rows("T1-12")}
VOTES = {name: count for name, count in TRUE.items() if name not in {"Blancs et nuls", "Votants", "Bureaux"}}
COUNTED = 6848
"""95 % of 7208 stations."""


@pytest.fixture(scope="module")
def night() -> World:
    """7208 stations, of which 6848 have reported exactly T1-12; published at 0, 3000 and 6848 reports."""
    sums = Sums(VOTES, blank=11_403, rejected=9_800)
    assert sums.voters == TRUE["Votants"]
    return play(sums, stations=TRUE["Bureaux"], reporting=COUNTED, publish_at=(3000,))


def check(world: World, name: str, publication: int | None = None, **options: object) -> Checked:
    return check_statement(table(name), world.night.record, publication=publication, **options)  # type: ignore[arg-type]


def named(checked: Checked) -> list[tuple[int, str]]:
    """The figures that the record does not yield, with their lines."""
    clauses = {"10.1", "10.3", "10.8", "10.9"}
    found = [f for f in checked.findings if f.clause in clauses]
    return sorted((int(f.facts["line"]), str(f.facts["figure"])) for f in found)


def expected(name: str) -> list[tuple[int, str]]:
    """The same, computed from the two tables alone."""
    counts = {**TRUE, "Bureaux comptés": COUNTED}
    wholes = [TRUE["Votants"], sum(VOTES.values())]
    wrong = []
    for line, row in enumerate(rows(name), start=2):
        truth = counts[row["ligne"]]
        if row["nombre"] and int(row["nombre"]) != truth:
            wrong.append((line, row["nombre"]))
        if row["pourcentage"]:
            stated = Decimal(row["pourcentage"].replace(",", "."))
            given = {(Decimal(100 * truth) / whole).quantize(stated, ROUND_HALF_UP) for whole in wholes}
            if stated not in given:
                wrong.append((line, row["pourcentage"]))
    return sorted(wrong)


def only(checked: Checked, clause: str) -> list[Finding]:
    return [finding for finding in checked.findings if finding.clause == clause]


@pytest.mark.parametrize("name", NAMES)
def test_r02_every_figure_of_2017_that_the_record_does_not_yield_is_named(night: World, name: str) -> None:
    checked = check(night, name)
    assert named(checked) == expected(name)
    stated = sum(bool(row["nombre"]) + bool(row["pourcentage"]) for row in rows(name))
    assert len(checked.figures) == stated


def test_r02_the_table_of_ten_in_the_morning_is_named_by_its_160_votes(night: World) -> None:
    (gap,) = only(check(night, "T1-06"), "10.2")
    assert gap.facts["difference"] == -160
    assert (gap.facts["sum"], gap.facts["total"]) == (1_600_978, 1_601_138)
    assert "-160" in gap.say("fr")


def test_r02_the_table_of_noon_is_named_by_one_vote_and_by_the_share_that_was_left(night: World) -> None:
    checked = check(night, "T1-07")
    (gap,) = only(checked, "10.2")
    assert gap.facts["difference"] == 1
    (share,) = only(checked, "10.5")
    assert (share.facts["figure"], share.facts["expected"]) == ("1,97", "1,98 %")


def test_r02_one_voter_added_closes_the_sum_and_is_still_named(night: World) -> None:
    checked = check(night, "T1-08")
    assert only(checked, "10.2") == []
    assert (10, "1601139") in named(checked)


def test_r02_the_true_table_passes(night: World) -> None:
    checked = check(night, "T1-12")
    assert checked.findings == []
    assert len(checked.figures) == 17
    assert all(origins for _, origins in checked.figures)


@pytest.mark.parametrize("name", ["T1-05", "T1-12", "T1-13"])
def test_tables_that_close_are_not_said_to_differ(night: World, name: str) -> None:
    assert only(check(night, name), "10.2") == []


def test_r03_a_true_table_is_of_one_publication(night: World) -> None:
    assert check(night, "T1-12").publication == 3
    checked = check(night, "T1-12", publication=2)
    stale = only(checked, "10.8")
    assert len(stale) == len(named(checked)) > 10
    assert {finding.facts["then"] for finding in stale} == {3}


def test_the_jump_of_the_night_is_remarked_on_and_true_growth_is_not(night: World) -> None:
    def jumps(*names: str) -> list[Finding]:
        *earlier, last = map(table, names)
        return only(check_statement(last, night.night.record, earlier=earlier), "10.6")

    (jump,) = jumps("T1-05", "T1-06")
    assert jump.severity is Severity.REMARK
    assert (jump.facts["before"], jump.facts["after"], jump.facts["shares"]) == (1_249_126, 1_601_138, 7)
    assert jumps("T1-06", "T1-07", "T1-08") == []
    assert jumps("T1-12", "T1-13") == []
    assert len(jumps(*NAMES)) == 1


def real(relative: str) -> str:
    """A file of real elections as text."""
    folder = os.environ.get("LIMPIDE_DATA")
    if not folder or not (Path(folder) / relative).is_file():
        pytest.skip(f"{relative} is not in a folder that LIMPIDE_DATA names")
    return (Path(folder) / relative).read_text(encoding="utf-8")


def test_a_true_night_of_76_states_has_no_jump() -> None:
    head, *states = csv.reader(io.StringIO(real("soiree_presidentielle_2022_t1/t1_voix.csv")))
    world = play(Sums(dict.fromkeys(head[1:], 100), 0, 0), stations=4, reporting=4, places=2)
    tables = [
        read_statement("\n".join(f"{k};{v}" for k, v in zip(head, row, strict=True)).encode(), row[0])
        for row in states
    ]
    assert len(tables) == 76
    *earlier, last = tables
    assert only(check_statement(last, world.night.record, earlier=earlier), "10.6") == []


def test_r02_a_press_table_of_2013_against_the_places_that_it_sums() -> None:
    rows_ = list(
        csv.DictReader(io.StringIO(real("primaires_fr/primaire_ps_marseille_2013_t2_arrondissements.csv")))
    )
    sums = {name: sum(int(row[name]) for row in rows_) for name in ("ghali", "mennucci", "blancs_nuls")}
    votes = {"Samia Ghali": sums["ghali"], "Patrick Mennucci": sums["mennucci"]}
    world = play(Sums(votes, sums["blancs_nuls"], 0), stations=40, reporting=40, places=4)
    proclaimed = (
        "Patrick Mennucci;13 399\nSamia Ghali;10 044\nExprimés;23 443\nBlancs et nuls;594\nVotants;24 037\n"
    )
    checked = check_statement(read_statement(proclaimed.encode()), world.night.record)
    assert [(f.clause, f.facts["figure"], f.facts["expected"]) for f in checked.findings] == [
        ("10.9", "13 399", "13885"),
        ("10.9", "10 044", "9558"),
    ]
