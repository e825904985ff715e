"""``limpide voter``: make a ballot, and look it up by its tracking number.

Code and choices come from files or standard input, so that neither shows in a list of processes; nothing that
is printed tells how somebody voted.
"""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from limpide.belenios.ballots import tracking_number
from limpide.commands.desk import answering, read_input, show, write_new
from limpide.roles.archive_check import archive_in
from limpide.roles.voter import cast_ballot, election_of, find_ballot

app = typer.Typer(no_args_is_help=True, help="Make a ballot, and look it up by its tracking number.")


@app.command()
def vote(
    archive: Annotated[Path, typer.Argument(help="The archive, or the folder that holds it.")],
    code: Annotated[Path, typer.Option(help="File that holds the voting code.")],
    choices: Annotated[Path, typer.Option(help="File with the choices, such as [[0,1,0]]; - for input.")],
    out: Annotated[Path, typer.Option(help="File to write; it must not exist.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Make a ballot; print its tracking number."""
    with answering():
        text = read_input(code).decode("ascii", "replace").strip()
        with archive_in(archive).open("rb") as stream:
            election = election_of(stream)
        ballot = cast_ballot(election, text, read_input(choices), secrets.randbelow)
        write_new(out, ballot)
        show({"tracking_number": tracking_number(ballot)}, as_json=as_json)


@app.command()
def find(
    archive: Annotated[Path, typer.Argument(help="The archive, or the folder that holds it.")],
    tracker: Annotated[str, typer.Argument(help="A tracking number.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Say at which place of the box the ballot of a tracking number stands."""
    with answering():
        with archive_in(archive).open("rb") as stream:
            ballot, event = find_ballot(stream, tracker)
        show({"ballot": ballot, "event": event}, as_json=as_json)
