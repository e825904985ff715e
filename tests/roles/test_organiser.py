"""From a description and a list of stations to a definition that everybody signs."""

import io
from collections.abc import Mapping

import pytest

from election import LOG, signer
from limpide.canonical import NotCanonical, Refused
from limpide.codes import SealedCode, derive_signer, read_code
from limpide.record.admission import open_record
from limpide.record.definition import check_election_id
from limpide.roles.drafts import as_event, sign_draft
from limpide.roles.organiser import Description, Station, draft_definition, read_description, read_stations
from limpide.roles.past_results.election import UnusableFile
from limpide.roles.seats import draw_election_id, draw_seats, read_keys, seat_signer, station_seats

TOML = """
election = "NightNightNightNightNi"
name = { fr = "Primaire", en = "Primary" }
members = 5
threshold = 3
operators = 2

[[rounds]]
number = 1
date = "2027-01-17"
counting_opens = "2027-01-17T19:00:00Z"
turnout_hours = ["12:00"]

[[contests]]
id = "primaire"
name = { fr = "Candidature", en = "Candidate" }
rule = "two-round-majority"
options = [{ id = "aline", name = "Aline" }, { id = "basile", name = "Basile" }]
"""
CSV = """division;division_name;locality;locality_name;unit;unit_name
01;Ain;01001;Ambérieu;01001-1;École
01;Ain;01002;Bourg;01002-1;
"""
PEOPLE = ("organiser", "registrar", *(f"commission/{n}" for n in range(1, 6)), "operator/1", "operator/2")


def drawn(description: Description, stations: list[Station]) -> tuple[dict[str, SealedCode], Mapping[str, bytes]]:
    election = check_election_id(description.election)
    units = [station.unit for station in stations]
    names = [*PEOPLE, *station_seats(units, 1, [1]), *station_seats(units, 2, [1])]
    drawn = list(draw_seats(names, election))
    keys = read_keys("".join(key.vkey + "\n" for _, key in drawn))
    return {sheet.seat: sheet.code for sheet, _ in drawn}, keys


def test_a_description_becomes_a_definition_that_opens_a_record() -> None:
    description, stations = read_description(TOML.encode()), read_stations(CSV.encode())
    codes, keys = drawn(description, stations)
    drafted = draft_definition(description, stations, keys, signer(LOG).key.vkey)
    signers = [seat_signer(name, codes[name], description.election) for name in (*PEOPLE[:1], *PEOPLE[2:5])]
    record = open_record(as_event(sign_draft(drafted.definition, signers)), drafted.documents.get)
    assert list(record.register.units) == ["01001-1", "01002-1"]
    station = derive_signer(codes["01001-1/2/1"], election=description.election, unit="01001-1", seat=2, round_=1)
    assert record.key("01001-1/2/1") == station.key


def test_a_seat_without_a_key_is_named() -> None:
    description, stations = read_description(TOML.encode()), read_stations(CSV.encode())
    _, keys = drawn(description, stations[:1])
    with pytest.raises(Refused, match="01002-1/1/1"):
        draft_definition(description, stations, keys, signer(LOG).key.vkey)


@pytest.mark.parametrize(
    ("old", "new"),
    [("election", "elections"), ("members = 5", 'members = "5"'), ("NightNight", "Night0ight"), ("]", "")],
)
def test_a_mistaken_description_is_one_sentence(old: str, new: str) -> None:
    with pytest.raises(UnusableFile):
        read_description(TOML.replace(old, new, 1).encode())


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"unit\n1\n", CSV.replace("01002;", ";", 1).encode(), CSV[:-5].encode()]
)
def test_a_mistaken_list_of_stations_is_one_sentence(data: bytes) -> None:
    with pytest.raises(UnusableFile):
        read_stations(data)


def test_a_sheet_is_printed_once_and_its_code_can_be_typed() -> None:
    election = draw_election_id()
    ((sheet, key),) = draw_seats(["commission/1"], election)
    paper = io.StringIO()
    sheet.write(paper, election, "fr")
    assert sheet.code not in repr(sheet)
    typed = next(line for line in paper.getvalue().splitlines() if line.count("-") == 5)
    assert seat_signer("commission/1", read_code(typed.strip()), election).key == key


@pytest.mark.parametrize(
    "seat", ["", "organiser/1", "commission/0", "commission/100", "unit/3/1", "unit/1", "é/1/1"]
)
def test_a_seat_that_is_none_is_refused(seat: str) -> None:
    with pytest.raises(NotCanonical):
        list(draw_seats([seat], draw_election_id()))
