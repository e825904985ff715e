"""``limpide registrar``: commit to the roll, of which no line leaves."""

import os
from pathlib import Path
from typing import Annotated

import typer

from limpide.commands import options
from limpide.commands.pens import add_pens
from limpide.commands.voice import Voice, read_file, write_file
from limpide.roles.auditor import read_record
from limpide.roles.past_results.election import UnusableFile
from limpide.roles.registrar import commit_roll, draw_salts, read_roll, roll_root

app = typer.Typer(no_args_is_help=True)
add_pens(app, lambda _body, _seat: "registrar", alone=True)


@app.command("commit", help="help.commit")
def commit(
    ctx: typer.Context,
    target: options.Target,
    roll: Annotated[Path, typer.Argument(metavar="ROLL.csv", help="help.roll", show_default=False)],
    salts: Annotated[Path, typer.Option("--salts", help="help.salts", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="help.out-folder", show_default=False)],
    column: Annotated[str, typer.Option("--unit-column", help="help.unit-column")] = "unit",
    round_: options.Round = 1,
) -> None:
    """A file in, digests out: voters of each station and the root over salted lines."""
    voice: Voice = ctx.obj
    units, lines = read_roll(read_file(roll), column)
    drawn = draw_salts(len(lines))
    commitment = commit_roll(read_record(target).register, round_, units, roll_root(drawn, lines))
    _write_secret(salts, drawn)
    folder = out / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    for digest, data in commitment.documents.items():
        write_file(folder / digest, data)
    write_file(out / "roll-commitment.txt", commitment.draft.encode())
    voice.say("committed", lines=len(lines), stations=len(set(units)), folder=str(out), salts=str(salts))


def _write_secret(path: Path, data: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UnusableFile(f"{path}: {error.strerror}") from None
    with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
        file.write(data)
