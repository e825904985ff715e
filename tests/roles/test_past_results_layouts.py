"""Small made-up files: what each layout yields, and the sentence for each way in which a file is unusable."""

import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from limpide.roles.past_results import reading, sheet, text
from limpide.roles.past_results.election import PastOption, UnusableFile
from limpide.roles.past_results.names import options_named, slug, usual_case
from limpide.roles.past_results.reading import read_past_election, read_past_election_file

WIDE = """departement,commune,bureau,circonscription,commune_libelle,inscrits,votants,blancs,exprimes,ALPHA,BÊTA
01,001,0001,4,Première-sur-Ain,598,506,2,495,295,200
2A,004,01.1,1,Deuxième,700,10,1,8,0,8
"""

_FIGURES_2017 = (
    "Inscrits;Abstentions;% Abs/Ins;Votants;% Vot/Ins;Blancs;% Blancs/Ins;% Blancs/Vot;Nuls;% Nuls/Ins;% Nuls/Vot;"
    "Exprimés;% Exp/Ins;% Exp/Vot"
)
_PLACE_2017 = (
    "Code du département;Libellé du département;Code de la circonscription;Libellé de la circonscription;"
    "Code de la commune;Libellé de la commune;Code du b.vote"
)
MINISTRY_2017 = f"""{_PLACE_2017};{_FIGURES_2017};N°Panneau;Sexe;Nom;Prénom;Nuance;Voix;% Voix/Ins;% Voix/Exp
01;Ain;04;4ème;001;Première-sur-Ain;0001;598;92;15,38;506;84,62;2;0,33;0,40;9;1,51;1,78;495;82,78;97,83\
;1;F;CANDIDATE UNE;Anne;AAA;295;49,33;59,60;2;M;CANDIDAT DEUX;Paul;BBB;200;33,44;40,40
01;Ain;04;4ème;001;Première-sur-Ain;0002;10;10;100,00;0;0,00;0;0,00;0,00;0;0,00;0,00;0;0,00;0,00\
;1;F;CANDIDATE UNE;Anne;AAA;0;0,00;0,00;2;M;CANDIDAT DEUX;Paul;BBB;0;0,00;0,00
"""

_FIGURES_2024 = (
    "Inscrits;Votants;% Votants;Abstentions;% Abstentions;Exprimés;% Exprimés/inscrits;% Exprimés/votants;"
    "Blancs;% Blancs/inscrits;% Blancs/votants;Nuls;% Nuls/inscrits;% Nuls/votants"
)
_BLOCK_2024 = (
    "Numéro de panneau {k};Nuance candidat {k};Nom candidat {k};Prénom candidat {k};Sexe candidat {k};Voix {k};"
    "% Voix/inscrits {k};% Voix/exprimés {k};Elu {k}"
)
_PLACE_2024 = "Code département;Libellé département;Code commune;Libellé commune;Code BV"
_BLOCKS_2024 = ";".join(_BLOCK_2024.format(k=k) for k in (1, 2, 3))
MINISTRY_2024 = f"""{_PLACE_2024};{_FIGURES_2024};{_BLOCKS_2024}
"01";Ain;"01001";Première-sur-Ain;"0001";598;506;"84,62%";92;"15,38%";495;"82,78%";"97,83%";2;"0,33%";"0,40%";9;\
"1,51%";"1,78%";1;AAA;CANDIDATE 1;;FEMININ;295;"49,33%";"59,60%";élu;\
2;BBB;CANDIDAT 2;;MASCULIN;200;"33,44%";"40,40%";;;;;;;;;;
"ZZ";Français établis hors de France;"ZZ001";Ville 1;"0001";10;0;"0,00%";10;"100,00%";0;"0,00%";"0,00%";0;\
"0,00%";"0,00%";0;"0,00%";"0,00%";1;AAA;CANDIDATE 1;;FEMININ;0;"0,00%";"0,00%";;\
2;BBB;CANDIDAT 2;;MASCULIN;0;"0,00%";"0,00%";;;;;;;;;;
"""

PRIMARY = """BUREAU DE VOTE,DEPARTEMENT,PREMIER CANDIDAT,SECONDE CANDIDATE,VOTES BLANCS,VOTES NULS
10001,01,45,74,0,1
BVX,101,0,0,0,0
"""

LAYOUTS = {
    "wide-2017": WIDE,
    "ministry-2017": MINISTRY_2017,
    "ministry-2024": MINISTRY_2024,
    "primary-2011": PRIMARY,
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_layout_encoding_compression_and_line_ends_are_found(
    layout: str, encoding: str, pack: Callable[[bytes], bytes], line_end: str
) -> None:
    content = LAYOUTS[layout].replace("\n", line_end).encode(encoding)
    election = read_past_election(pack(content))
    assert election.layout == layout
    ascii_only = LAYOUTS[layout].isascii()
    assert election.encoding == ("utf-8" if ascii_only and encoding == "latin-1" else encoding)
    assert len(election.stations) == 2
    assert sum(election.stations[0].votes) in {495, 119}


def test_wide() -> None:
    election = read_past_election(WIDE.encode())
    assert election.options == (PastOption(id="alpha", name="ALPHA"), PastOption(id="beta", name="BÊTA"))
    first, second = election.stations
    assert (first.division_id, first.division_name) == ("01", "Ain")
    assert (first.locality_id, first.locality_name) == ("01001", "Première-sur-Ain")
    assert (first.station_id, second.station_id) == ("01001_0001", "2A004_01-1")
    assert (first.voters_registered, first.voters_participated, first.ballots_cast) == (598, 506, 506)
    assert (first.blank_ballots, first.ballots_rejected, first.votes) == (2, 9, (295, 200))


@pytest.mark.parametrize("content", [MINISTRY_2017, MINISTRY_2024])
def test_the_two_layouts_of_the_ministry_say_the_same(content: str) -> None:
    election = read_past_election(content.encode())
    first = election.stations[0]
    assert (first.division_id, first.division_name, first.station_id) == ("01", "Ain", "01001_0001")
    assert (first.voters_registered, first.voters_participated, first.ballots_cast) == (598, 506, 506)
    assert (first.blank_ballots, first.ballots_rejected, first.votes) == (2, 9, (295, 200))
    assert len(election.options) == 2


def test_names_are_in_usual_case_where_there_are_forenames() -> None:
    assert [option.name for option in read_past_election(MINISTRY_2017.encode()).options] == [
        "Anne Candidate Une",
        "Paul Candidat Deux",
    ]
    assert [option.name for option in read_past_election(MINISTRY_2024.encode()).options] == [
        "CANDIDATE 1",
        "CANDIDAT 2",
    ]
    assert [option.id for option in read_past_election(MINISTRY_2024.encode()).options] == [
        "candidate-1",
        "candidat-2",
    ]


def test_a_block_of_seven_columns_without_nuance() -> None:
    content = MINISTRY_2017.replace("Nuance;", "").replace("AAA;", "").replace("BBB;", "")
    assert read_past_election(content.encode()).stations == read_past_election(MINISTRY_2017.encode()).stations


def test_lists_of_a_european_election() -> None:
    content = MINISTRY_2024.replace("Nom candidat", "Libellé abrégé de liste").replace(
        "Prénom candidat", "Libellé de liste"
    )
    election = read_past_election(content.encode())
    assert election == read_past_election(MINISTRY_2024.encode())


def test_a_windows_apostrophe_is_read() -> None:
    content = WIDE.replace("Deuxième", "L’Œuvre").encode("cp1252")
    election = read_past_election(content)
    assert (election.encoding, election.stations[1].locality_name) == ("cp1252", "L’Œuvre")


def test_empty_lines_at_the_end_are_nothing() -> None:
    assert read_past_election(f"{WIDE}\n\n".encode()) == read_past_election(WIDE.encode())


REFUSED = [
    ("", "not a known layout"),
    ("a,b\n1,2\n", "not a known layout"),
    ("commune_libelle\n", "line 1: the column “departement” is missing"),
    (WIDE.splitlines()[0], "a header and no station"),
    (MINISTRY_2017.splitlines()[0], "a header and no station"),
    (WIDE.replace("inscrits,", "votants,"), "line 1: the column “inscrits” is missing"),
    (WIDE.replace("ALPHA", "votants"), "line 1: 2 columns are called “votants”"),
    (WIDE.replace("BÊTA", "ALPHA"), "two candidates are called “ALPHA”"),
    (WIDE.replace("BÊTA", ""), "no readable name of a candidate"),
    (WIDE.replace(",0,8\n", ",0\n"), "line 3: 10 cells where 11 are expected"),
    (WIDE.replace(",0,8\n", ",0,8,\n"), "line 3: 12 cells where 11 are expected"),
    (WIDE.replace("\n2A", "\n\n2A"), "line 3: empty, and more lines follow"),
    (WIDE.replace(",295,", ",295.0,"), "line 2, column “ALPHA”: “295.0” is not a count"),
    (WIDE.replace(",295,", ",,"), "line 2, column “ALPHA”: “” is not a count"),
    (WIDE.replace(",295,", ", 295,"), "line 2, column “ALPHA”: “ 295” is not a count"),
    (WIDE.replace(",295,", ",-5,"), "line 2, column “ALPHA”: “-5” is not a count"),
    (WIDE.replace(",295,", ",٢٩٥,"), "line 2, column “ALPHA”: “٢٩٥” is not a count"),
    (WIDE.replace(",295,", ",0000000295,"), "line 2, column “ALPHA”: “0000000295” is not a count"),
    (WIDE.replace(",295,", ",296,"), "line 2, column “exprimes”: 495 valid votes, but the candidates have 496"),
    (WIDE.replace("598,506,2", "598,496,2"), "line 2, column “votants”: 496 voters, fewer than"),
    (WIDE.replace("598,506", "505,506"), "line 2: 506 voters where 505 are registered"),
    (WIDE.replace("2A,004", "98,004"), "line 3, column “departement”: “98” is no code of a département"),
    (WIDE.replace("2A,004", "2A,04"), "line 3, column “commune”: “04” is no code of a commune"),
    (WIDE.replace("01.1", "1/1"), "line 3: “2A004_1/1” cannot identify a station"),
    (WIDE.replace("2A,004", "2A,é04"), "line 3: “2Aé04_01-1” cannot identify a station"),
    (WIDE.replace("Deuxième", ""), "line 3: 2A004 has no readable name"),
    (WIDE.replace("2A,004,01.1", "01,001,0001"), "line 3: the identifier 01001_0001 has been met before"),
    (
        WIDE.replace("2A,004,01.1", "01,001,0002"),
        "line 3: 01001 is called “Deuxième”, and “Première-sur-Ain” before",
    ),
    (WIDE.replace("Deuxième", '"Deux\nième"'), "line 3: a quoted cell does not end on its line"),
    (WIDE.replace("Deuxième", '"Deux"ième'), "line 3: "),
    (WIDE.replace("bureau", '"bureau'), "line 1: "),
    (WIDE.replace("Deuxième", "D" * 70_000), "line 3: longer than 65536 characters"),
    (
        MINISTRY_2017.replace("598;92;", "598;93;", 1),
        "column “Votants”: 598 registered and 93 absent do not leave 506",
    ),
    (
        MINISTRY_2017.replace(";Paul;BBB;0", ";Pierre;BBB;0"),
        "line 3, column “number 33”: the cand",
    ),
    (MINISTRY_2017.replace("33,44;40,40", "33,44"), "line 2: 36 cells: 21 and a multiple of 8 are expected"),
    (MINISTRY_2017.replace("N°Panneau;Sexe;Nom;", "Sexe;Nom;N°Panneau;"), "do not follow “N°Panneau”"),
    (MINISTRY_2017.replace("9;1,51;1,78", "8;1,51;1,78"), "line 2: votes, blank and null ballots are 505 in all"),
    (MINISTRY_2024.replace("FEMININ;0", "FEMININ;"), "line 3, column “Voix 1”: “” is not a count"),
    (
        MINISTRY_2024.replace('"0,00%";;;;;;;;;;\n', '"0,00%";;;;;;;5;;;\n'),
        "line 3, column “Voix 3”: the candidates are not",
    ),
    (
        MINISTRY_2024.replace("CANDIDATE 1;;FEMININ;0", ";;FEMININ;0"),
        "line 3, column “Nom candidat 1”: the candidates",
    ),
    (MINISTRY_2024.replace("CANDIDATE 1", "").replace("CANDIDAT 2", ""), "line 2: no candidate is named"),
    (PRIMARY.replace("BVX,101", "10001,01"), "line 3: the identifier 10001 has been met before"),
    (PRIMARY.replace("BVX,101", "01000,01"), "line 3: the identifier 01000 has been met before"),
    (PRIMARY.replace("BVX,101", "01,101"), "line 3: the identifier 01 has been met before"),
    (PRIMARY.replace("10001,01", "101000,01"), "line 3: the identifier 101000 has been met before"),
]


@pytest.mark.parametrize(("content", "sentence"), REFUSED)
def test_unusable(content: str, sentence: str) -> None:
    with pytest.raises(UnusableFile) as refusal:
        read_past_election(content.encode())
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04rest", "a ZIP archive or a workbook"),
        (b"PAR1rest", "a Parquet file"),
        (WIDE.encode("latin-1").replace(b"Deuxi", b"\x81euxi"), "neither in UTF-8 nor in Windows-1252"),
        (gzip.compress(WIDE.encode())[:-9], "damaged"),
        (gzip.compress(WIDE.encode()) + b"more", "damaged"),
        (lzma.compress(WIDE.encode())[:-9], "damaged (it ends too early)"),
        (lzma.compress(WIDE.encode()) + b"more", "damaged (bytes after its end)"),
        (WIDE.encode("utf-16"), "not a known layout"),
    ],
)
def test_unusable_bytes(content: bytes, sentence: str) -> None:
    with pytest.raises(UnusableFile) as refusal:
        read_past_election(content)
    assert sentence in str(refusal.value)


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_small_file_that_expands_beyond_the_bound(
    pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "LARGEST_EXPANDED_BYTES", 2**20)
    with pytest.raises(UnusableFile, match="exceeds 1 MiB once decompressed"):
        read_past_election(pack(bytes(2**22)))


def test_xz_that_claims_more_memory_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "_XZ_MEMORY", 2**16)
    with pytest.raises(UnusableFile, match="Memory usage limit"):
        read_past_election(lzma.compress(WIDE.encode()))


def test_more_stations_than_a_nation_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_STATIONS", 1)
    with pytest.raises(UnusableFile, match="line 3: more than 1 stations"):
        read_past_election(WIDE.encode())


def test_a_file_is_named_in_its_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "results.csv"
    with pytest.raises(UnusableFile, match=r"results\.csv: cannot be read"):
        read_past_election_file(path)
    path.write_text(WIDE.replace(",295,", ",29x,"), "utf-8")
    with pytest.raises(UnusableFile, match=r"results\.csv: line 2, column “ALPHA”") as refusal:
        read_past_election_file(path)
    assert refusal.value.facts == {"line": 2, "column": "ALPHA"}
    monkeypatch.setattr(reading, "LARGEST_FILE", 10)
    with pytest.raises(UnusableFile, match=r"results\.csv: larger than"):
        read_past_election_file(path)


def test_the_demonstration_s_file_may_be_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "DEMO", Path("demo/data/absent"))
    with pytest.raises(UnusableFile, match="runs from a clone of the repository"):
        reading.demo_file()


def test_names_and_identifiers_of_options() -> None:
    assert slug("MÉLENCHON") == "melenchon"
    assert slug("L’Œuvre d'Été") == "l-oeuvre-d-ete"
    assert slug("  ") == slug("東") == ""
    assert len(slug("long " * 20)) <= 32
    assert usual_case("Jean-Luc MÉLENCHON") == "Jean-Luc Mélenchon"
    assert usual_case("Anne D'ARC") == "Anne D'Arc"
    same = options_named([("DURAND", "Anne"), ("DURAND", "Paul"), ("東", ""), ("x" * 40, ""), ("x" * 41, "")])
    assert [option.id for option in same] == ["durand", "durand-2", "option", "x" * 32, "x" * 28 + "-2"]
    with pytest.raises(UnusableFile, match="201 candidates"):
        options_named([(f"N{k}", "") for k in range(201)])
