"""``limpide organiser``: describe the primary, print the second seats, draft and sign the definition."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from limpide.commands import options
from limpide.commands.pens import add_pens
from limpide.commands.voice import USAGE, Voice, read_file, write_file
from limpide.record.definition import check_election_id
from limpide.roles.organiser import Description, draft_definition, read_description, read_stations
from limpide.roles.past_results.election import UnusableFile
from limpide.roles.seats import draw_election_id, draw_seats, read_keys, station_seats

app = typer.Typer(no_args_is_help=True)
add_pens(app, lambda _body, _seat: "organiser", alone=True)

_Description = Annotated[Path, typer.Argument(metavar="ELECTION.toml", help="help.description", show_default=False)]
_Stations = Annotated[Path, typer.Argument(metavar="UNITS.csv", help="help.stations", show_default=False)]
KeysOut = Annotated[Path, typer.Option("--keys-out", help="help.keys-out", show_default=False)]

TEMPLATE = """\
election = "{election}"
name = {{ fr = "Primaire", en = "Primary" }}
members = 5
threshold = 3
operators = 2

[[rounds]]
number = 1
date = "2027-01-17"
counting_opens = "2027-01-17T18:00:00Z"
turnout_hours = ["12:00", "17:00"]

[[rounds]]
number = 2
date = "2027-01-24"
counting_opens = "2027-01-24T18:00:00Z"
turnout_hours = ["12:00", "17:00"]

[[contests]]
id = "candidature"
name = {{ fr = "Candidature", en = "Candidate" }}
rule = "two-round-majority"
options = [
    {{ id = "aline", name = "Aline Arnaud" }},
    {{ id = "basile", name = "Basile Benoit" }},
]
"""


@app.command("begin", help="help.begin")
def begin(out: options.Out = None) -> None:
    """A description to be completed, with a fresh election id."""
    write_file(out, TEMPLATE.format(election=draw_election_id()).encode())


@app.command("codes", help="help.organiser-codes")
def codes(ctx: typer.Context, description: _Description, stations: _Stations, keys_out: KeysOut) -> None:
    """Prints the codes of seat 2 and the organiser's own."""
    described = read_description(read_file(description))
    units = [station.unit for station in read_stations(read_file(stations))]
    rounds = [round_.number for round_ in described.rounds]
    print_codes(ctx.obj, described, ["organiser", *station_seats(units, 2, rounds)], keys_out)


@app.command("draft", help="help.draft")
def draft(
    ctx: typer.Context,
    description: _Description,
    stations: _Stations,
    keys: Annotated[list[Path], typer.Option("--keys", help="help.keys", show_default=False)],
    log: Annotated[Path, typer.Option("--log", help="help.log", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="help.out-folder", show_default=False)],
) -> None:
    """The unsigned definition and its documents."""
    voice: Voice = ctx.obj
    drafted = draft_definition(
        read_description(read_file(description)),
        read_stations(read_file(stations)),
        read_keys(b"".join(map(read_file, keys)).decode("utf-8", "replace")),
        read_file(log).decode("utf-8", "replace").strip(),
    )
    folder = out / "documents"
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise UnusableFile(f"{folder}: {error.strerror}") from None
    for digest, data in drafted.documents.items():
        write_file(folder / digest, data)
    write_file(out / "definition.txt", drafted.definition.encode())
    fingerprint = drafted.definition.note.identity.hex()
    voice.say("drafted", stations=len(drafted.register.units), folder=str(out))
    voice.give({"fingerprint": fingerprint, "stations": len(drafted.register.units)}, fingerprint)


def print_codes(voice: Voice, description: Description, seats: Iterable[str], keys_out: Path) -> None:
    """Streams one sheet for each seat to paper, and only then writes the public keys. Never to a screen (R9)."""
    if sys.stdout.isatty():
        raise voice.fail(USAGE, "codes-on-screen")
    election = check_election_id(description.election)
    keys = []
    for sheet, key in draw_seats(seats, election):
        sheet.write(sys.stdout, election, voice.language)
        keys.append(f"{key.vkey}\n")
    sys.stdout.flush()
    write_file(keys_out, "".join(keys).encode())
    voice.say("codes-drawn", count=len(keys), file=str(keys_out))
