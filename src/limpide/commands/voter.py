"""``limpide voter``: make a ballot, and look it up by its tracking number.

Code and choices come from files or standard input, so that neither shows in a list of running programs; nothing
that is printed tells how somebody voted.
"""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from limpide.belenios.ballots import tracking_number
from limpide.commands import desk
from limpide.commands.voice import Voice, read_file, write_file
from limpide.roles.voter import cast_ballot, election_of, find_ballot

app = typer.Typer(no_args_is_help=True)


@app.command("vote", help="help.voter-vote")
def vote(
    ctx: typer.Context,
    archive: desk.Archive,
    choices: Annotated[Path, typer.Option("--choices", help="help.choices", show_default=False)],
    out: desk.NewFile,
    code: desk.Code = None,
) -> None:
    """Makes a ballot; gives its tracking number."""
    voice: Voice = ctx.obj
    with desk.reading(archive) as stream:
        election = election_of(stream)
    text = desk.read_code(voice, code)
    ballot = cast_ballot(election, text, read_file(choices), secrets.randbelow)
    write_file(out, ballot)
    voice.say("ballot-made", file=str(out))
    voice.give({"tracking_number": tracking_number(ballot)}, tracking_number(ballot))


@app.command("find", help="help.voter-find")
def find(
    ctx: typer.Context,
    archive: desk.Archive,
    tracker: Annotated[str, typer.Argument(metavar="TRACKER", help="help.tracker", show_default=False)],
) -> None:
    """Says at which place of the box the ballot of a tracking number stands."""
    voice: Voice = ctx.obj
    with desk.reading(archive) as stream:
        ballot, event = find_ballot(stream, tracker)
    voice.give({"ballot": ballot, "event": event}, voice.words("ballot-found", ballot=ballot, event=event))
