"""Real files come out with their official totals, to the vote."""

import hashlib
import lzma
import os
from pathlib import Path

import pytest

from limpide.roles.past_results.election import PastElection
from limpide.roles.past_results.reading import demo_file, read_past_election_file


def real(relative: str) -> Path:
    folder = os.environ.get("LIMPIDE_DATA")
    if not folder:
        pytest.skip("LIMPIDE_DATA does not name a folder of real elections")
    path = Path(folder, relative)
    if not path.is_file():
        pytest.skip(f"{relative} is absent from LIMPIDE_DATA")
    return path


def votes(election: PastElection) -> dict[str, int]:
    columns = zip(*(station.votes for station in election.stations), strict=True)
    return dict(zip([option.id for option in election.options], map(sum, columns), strict=True))


def total(election: PastElection, field: str) -> int:
    return sum(getattr(station, field) for station in election.stations)


def check_units(election: PastElection) -> None:
    """Ids are unique, over the three levels together, and every station's figures close."""
    units = {station.division_id for station in election.stations}
    units |= {station.locality_id for station in election.stations}
    stations = {station.station_id for station in election.stations}
    assert len(stations) == len(election.stations)
    assert not units & stations
    for station in election.stations:
        counted = sum(station.votes) + station.blank_ballots + station.ballots_rejected
        assert counted == station.ballots_cast


def test_first_round_of_2017() -> None:
    election = read_past_election_file(demo_file())
    check_units(election)
    assert (election.layout, election.encoding) == ("wide-2017", "utf-8")
    assert len(election.stations) == 69_242
    assert total(election, "voters_registered") == 47_582_183
    assert total(election, "voters_participated") == total(election, "ballots_cast") == 37_003_728
    assert total(election, "blank_ballots") == 659_997
    assert total(election, "ballots_rejected") == 289_337
    received = votes(election)
    assert sum(received.values()) == 36_054_394
    assert received["macron"] == 8_656_346
    assert received["le-pen"] == 7_678_491
    assert received["fillon"] == 7_212_995
    assert received["melenchon"] == 7_059_951
    assert received["hamon"] == 2_291_288
    assert len({station.division_id for station in election.stations}) == 107
    paris = next(station for station in election.stations if station.station_id == "75056_0101")
    assert (paris.division_name, paris.locality_id, paris.locality_name) == ("Paris", "75056", "Paris")
    assert "14118_01-1" in {station.station_id for station in election.stations}  # 01.1 in the file


def test_demo_data_are_those_described() -> None:
    readme = (demo_file().parent / "README.md").read_text("utf-8")
    packed = demo_file().read_bytes()
    assert hashlib.sha256(packed).hexdigest() in readme
    assert hashlib.sha256(lzma.decompress(packed)).hexdigest() in readme


def test_first_round_of_2017_as_published_compressed_by_gzip() -> None:
    path = real("presidentielle_fr/2017-presidentielle-1_par_bureau_large.csv.gz")
    assert read_past_election_file(path) == read_past_election_file(demo_file())


def test_primary_of_2011() -> None:
    election = read_past_election_file(real("primaires_fr/primaire_gauche_2011_t1_bureaux.csv"))
    check_units(election)
    assert election.layout == "primary-2011"
    assert len(election.stations) == 9_391
    assert total(election, "ballots_cast") == 2_661_284
    assert total(election, "blank_ballots") == 2_840
    assert total(election, "ballots_rejected") == 8_185
    assert sum(station.ballots_cast == 0 for station in election.stations) == 14
    assert votes(election) == {
        "arnaud-montebourg": 455_609,
        "martine-aubry": 806_189,
        "jean-michel-baylet": 17_055,
        "manuel-valls": 149_103,
        "francois-hollande": 1_038_207,
        "segolene-royal": 184_096,
    }
    assert election.options[2].name == "Jean-Michel Baylet"
    assert {station.voters_registered for station in election.stations} == {None}
    assert {station.voters_participated for station in election.stations} == {None}
    ardeche = next(station for station in election.stations if station.station_id == "70058")
    assert (ardeche.division_id, ardeche.division_name, ardeche.locality_id) == ("07", "Ardèche", "07000")


def test_second_round_of_2022_in_the_ministry_s_text() -> None:
    election = read_past_election_file(real("presidentielle_fr/burvot_2022_t2_reserialise_format_ministere.txt.xz"))
    check_units(election)
    assert (election.layout, election.encoding) == ("ministry-2017", "latin-1")
    assert len(election.stations) == 69_682
    assert total(election, "voters_registered") == 48_752_339
    assert total(election, "ballots_cast") == 35_096_478
    assert total(election, "blank_ballots") == 2_233_904
    assert total(election, "ballots_rejected") == 805_249
    assert votes(election) == {"macron": 18_768_639, "le-pen": 13_288_686}
    assert [option.name for option in election.options] == ["Emmanuel Macron", "Marine Le Pen"]
    assert election.stations[0].division_name == "Ain"


def test_columns_of_a_republished_parliamentary_election() -> None:
    election = read_past_election_file(real("legislatives_fr/2017-legislatives-1_par_bureau_large.csv.gz"))
    assert len(election.stations) == 69_242
    assert votes(election)["rem"] == 6_391_269
