"""Sentences and tables against a small night: what passes, what is named, and by which clause."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limpide.canonical import NotCanonical, Refused
from limpide.results.findings import Severity
from limpide.results.statement_index import derivable, edition_at, editions
from limpide.results.statement_text import read_statement
from limpide.results.statement_words import Measure
from limpide.results.statements import Checked, check_statement
from limpide.words import LANGUAGES, sentence
from published import World
from synthesised import Sums, play

SUMS = Sums({"Aline Roy": 4000, "Basile de Rugy": 3000, "Carole Martin": 1000}, blank=150, rejected=50)
"""8200 voters; 50, 37,5 and 12,5 % of the valid votes."""
WORLD = play(SUMS, stations=60, reporting=55, publish_at=(20,), places=4)


def check(text: str, *, name: str = "release.md", world: World = WORLD, **options: object) -> Checked:
    return check_statement(read_statement(text.encode(), name), world.night.record, **options)  # type: ignore[arg-type]


def clauses(text: str, **options: object) -> list[str]:
    return [finding.clause for finding in check(text, **options).findings]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "8 200 votants, dont 8 000 suffrages exprimés.",
        "Aline Roy obtient 4 000 voix, soit 50,00 % des exprimés, 48,78 % des votants.",
        "M. de Rugy : 37,5 %. Mme Martin : 13 %.",
        "Mme Roy devance M. de Rugy de 1 000 voix.",
        "55 bureaux sur 60 sont comptés (91,67 %) ; 5 manquent.",
        "150 blancs et 50 nuls, soit 200, ou 2,44 % des bulletins.",
        "The turnout is 8,200 voters, 100 % of the ballots.",
        "3 candidatures, 2 tours, 4 divisions.",
        "Le 22 janvier 2017 à 20 h 34, article 12.",
        "Ni chiffre ni nombre.",
        "",
    ],
)
def test_figures_that_the_record_yields_pass(text: str) -> None:
    assert clauses(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8 201 votants.", ["10.1"]),
        ("Aline Roy obtient 50,01 %.", ["10.1"]),
        ("Aline Roy obtient 50,000 %.", ["10.1"]),
        ("Basile de Rugy obtient 4 000 voix.", ["10.1"]),
        ("Carole Martin devance M. de Rugy de 3 000 voix.", []),
        ("- Roy : 4 000\n- Martin : 4 000", ["10.1"]),
        ("Roy : 4 000\nMartin : 4 000", ["10.1"]),
        ("9999999999999999999999 votants", ["10.1"]),
    ],
)
def test_figures_that_it_does_not_yield_are_named(text: str, expected: list[str]) -> None:
    assert clauses(text) == expected


def test_every_origin_says_what_it_is() -> None:
    (stated, origins), *_ = check("4 000 voix").figures
    assert stated.line == 1
    (origin,) = origins
    assert (origin.measure, origin.options, origin.area, origin.value) == (Measure.VOTES, ("roy",), "", 4000)
    assert origin.entry == WORLD.night.record.publications()[-1].publication.size - 1


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Près de deux millions d'électeurs.",
            "Closer to two million voters took part.",
            "Plus de 8 200 votants.",
        ),
        *("2 millions de votants.", "8,2 mille votants environ.", "Environ 36 % des voix.", "Tens of thousands."),
        *("Ce n'est pas une estimation : 2 millions.", "Without any projection: 2 million.", "~8 200 voters"),
    ],
)
def test_r28_a_round_number_as_a_result_is_refused(text: str) -> None:
    assert clauses(text) == ["10.3"]


def test_r28_r22_an_estimate_says_what_it_is() -> None:
    checked = check("Estimation : entre 1,9 et 2,1 millions de votants.")
    assert [(f.clause, f.severity) for f in checked.findings] == [("10.4", Severity.REMARK)] * 2
    assert checked.faults == []
    assert clauses("Projection: closer to two million voters.") == ["10.10", "10.4"] or clauses(
        "Projection: closer to two million voters."
    ) == ["10.4", "10.10"]
    table = "| Estimation | Voix |\n|---|---|\n| Roy | 4 100 |"
    assert set(clauses(table)) == {"10.4", "10.10"}


def test_an_exact_count_in_thousands_is_a_count() -> None:
    assert clauses("Aline Roy a 4 mille voix, quatre mille.") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ce vote est conforme à la recommandation CNIL.", ["10.7"]),
        ("Ce vote est conforme à la recommandation CNIL n° 2019-053.", ["10.7"]),
        ("The system is certified compliant.", ["10.7"]),
        ("A GDPR-compliant vote, certified by ISO.", ["10.7"]),
        ("En pleine conformité avec le RGPD.", ["10.7"]),
        ("Il est homologué.", ["10.7"]),
        ("Conforme à la norme : voir le rapport d'audit n° 12.", []),
        ("It complies with the standard: https://example.org/audit", []),
        ("Le système n'est pas conforme à la norme.", []),
        ("Les résultats sont certifiés par la commission.", []),
    ],
)
def test_r23_a_claim_of_conformity_has_its_reference(text: str, expected: list[str]) -> None:
    assert clauses(text) == expected


def test_r03_a_figure_of_another_publication_is_named_with_it() -> None:
    (finding,) = check("8 200 votants.", publication=2).findings
    assert (finding.clause, finding.facts["then"], finding.facts["publication"]) == ("10.8", 3, 2)
    assert "3" in finding.say("en")
    with pytest.raises(Refused) as caught:
        check("8 200", publication=9)
    assert caught.value.clause == "10.12"


def test_a_place_counts_where_the_text_names_it() -> None:
    edition = edition_at(WORLD.night.record, WORLD.night.record.publications()[-1].publication)
    (fold,) = edition.canvasses.values()
    here, there = (fold.area(name).totals.ballots_cast for name in ("02", "03"))
    assert here != there
    assert clauses(f"Dans le Pays 2, {here} votants.") == []
    assert clauses(f"Dans le Pays 2, {there} votants.") == ["10.1"]
    assert clauses(f"# Pays 2\n\nOn y compte {here} votants.") == []
    assert clauses(f"On y compte {here} votants.") == ["10.1"]
    assert clauses(f"On y compte {here} votants.", areas=("02",)) == []
    unit = next(iter(fold.units.values()))
    assert clauses(f"bureau;votants\n{unit.unit.id};{unit.totals.ballots_cast}\n") == []
    assert clauses(f"bureau;votants\n{unit.unit.id};{unit.totals.ballots_cast + 1}\n") == ["10.9"]
    wide = f"lieu;votants;Roy\nPays 2;{here};1\nPays 3;{there};0\nTotal;{here + there};1\n"
    assert [f.clause for f in check(wide).findings if f.clause == "10.2"] == []
    assert "10.2" in clauses(wide.replace(f"{here + there};1", f"{here + there + 5};1"))


TALL = """candidat;voix;% exprimés
Aline Roy;4 000;50,00
Basile de Rugy;3 000;37,50
Carole Martin;1 000;12,50
Exprimés;8 000;
Blancs;150;
Nuls;50;
Votants;8 200;
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("4 000", "4 001", ["10.9", "10.2", "10.5"]),
        ("37,50", "37,49", ["10.9", "10.5"]),
        ("Nuls;50", "Nuls;60", ["10.9", "10.2"]),
        ("8 200", "8 200 environ", ["10.3"]),
        ("Nuls;50;\n", "", []),
        ("Carole Martin;1 000", "Dupont;1 000", ["10.1", "10.1"]),
        ("Votants;8 200", "Total;8 200", []),
        ("Votants;8 200", "Total;8 210", ["10.1", "10.2"]),
        ("Carole Martin;1 000;12,50", "Autres;1 000;12,50", []),
    ],
)
@pytest.mark.parametrize("layout", ["csv", "markdown", "commas"])
def test_a_table_is_compared_cell_by_cell(old: str, new: str, expected: list[str], layout: str) -> None:
    text = TALL.replace(old, new) if old else TALL
    if layout == "markdown":
        first, *rest = text.splitlines()
        text = "\n".join("|" + line.replace(";", "|") + "|" for line in (first, "---;---;---", *rest))
    if layout == "commas":
        text = "\n".join(",".join(f'"{cell}"' for cell in line.split(";")) for line in text.splitlines())
    found = clauses(text, name="table.csv" if layout == "commas" else "table.md")
    assert sorted(found) == sorted(expected)


def test_a_wide_table_is_compared_too() -> None:
    head = "Code;Inscrits;Votants;Exprimés;Blancs;Nuls;Voix Roy;% Voix/exprimés Roy;Voix de Rugy;Voix Martin"
    line = "France;0;8200;8000;150;50;4000;50,00;3000;1000"
    assert clauses(f"{head}\n{line}\n") == []
    assert sorted(clauses(f"{head}\n{line.replace(';1000', ';1010')}\n")) == ["10.2", "10.9"]


def test_editions_are_those_that_publications_saw() -> None:
    record = WORLD.night.record
    for edition, published in zip(editions(record), record.publications(), strict=True):
        again = edition_at(record, published.publication)
        assert edition.number == again.number
        assert derivable(edition, ("01",)).counts == derivable(again, ("01",)).counts


PIECES = st.sampled_from(
    [
        *(
            "Aline Roy",
            "de Rugy",
            "voix",
            "votants",
            "Total",
            "Autres",
            "%",
            "% exprimés",
            "Pays 2",
            "01",
            "France",
            "nuls",
        ),
        *(
            "4 000",
            "8200",
            "50,00",
            "1,6 million",
            "36.35%",
            "-160",
            "0,1",
            "9" * 20,
            "0." + "1" * 30,
            "1" * 13 + ".1",
        ),
        *(
            "\n",
            "\n",
            ";",
            ";",
            "|",
            "|",
            ",",
            '"',
            "# ",
            "---",
            " ",
            "estimation",
            "conforme à",
            "près de",
            ". ",
            "\t",
        ),
    ]
)


@settings(max_examples=250)
@given(st.lists(PIECES | st.text(max_size=3), max_size=50).map("".join), st.sampled_from(["", "t.csv"]))
def test_any_statement_is_checked(text: str, name: str) -> None:
    try:
        checked = check(text, name=name)
    except NotCanonical as error:
        checked = Checked(0)
        found = error.clause
    else:
        found = "10.11"
    assert found == "10.11"
    for finding in checked.findings:
        for language in LANGUAGES:
            facts = {"subject": finding.subject, **finding.facts}
            assert finding.say(language) == sentence(f"clause.{finding.clause}", language, **facts)
    named = {"10.1", "10.3", "10.4", "10.8", "10.9"}
    assert sum(not origins for _, origins in checked.figures) == sum(f.clause in named for f in checked.findings)


def test_every_clause_of_the_section_has_its_words_and_its_place() -> None:
    text = (Path(__file__).parents[2] / "spec" / "10-statements.md").read_text()
    for number in (*range(1, 13), 14):
        assert f"**10.{number}**" in text
