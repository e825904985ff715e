"""``limpide operator``: two sworn operators enter the paper of a station that cannot report itself."""

from pathlib import Path
from typing import Annotated

import typer

from limpide.codes import key_name
from limpide.commands import options, station
from limpide.commands.pens import add_pens
from limpide.commands.voice import Voice, read_file, write_file
from limpide.roles.drafts import read_draft
from limpide.roles.operator import join_entries

app = typer.Typer(no_args_is_help=True)
add_pens(app, lambda _body, seat: key_name("operator", seat, 0))
app.command("report", help="help.operator-report")(station.report)


@app.command("join", help="help.join")
def join(
    ctx: typer.Context,
    first: Annotated[Path, typer.Argument(metavar="FIRST", help="help.first", show_default=False)],
    second: Annotated[Path, typer.Argument(metavar="SECOND", help="help.second", show_default=False)],
    out: options.Out = None,
) -> None:
    """Both blind entries as one report, if they agree."""
    voice: Voice = ctx.obj
    joined = join_entries(read_draft(read_file(first)), read_draft(read_file(second)))
    write_file(out, joined.encode())
    voice.say("signed-by", signers=", ".join(joined.signers))
