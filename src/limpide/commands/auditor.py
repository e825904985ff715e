"""``limpide auditor``: for delegates and press, what a station said, and whether its door says the same."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from limpide.canonical import NotCanonical
from limpide.commands import options
from limpide.commands.voice import FAULT, Voice
from limpide.record.definition import UnitId
from limpide.roles.auditor import read_record
from limpide.roles.drafts import door_code, same_door_code
from limpide.roles.fetching import open_source
from limpide.roles.mirroring import copy_site

app = typer.Typer(no_args_is_help=True)


@app.command("mirror", help="help.mirror")
def mirror(
    ctx: typer.Context,
    target: options.Target,
    out: Annotated[Path, typer.Option("--out", "-o", help="help.out-copy", show_default=False)],
) -> None:
    """Copies one moment of a site, to be verified or served elsewhere."""
    voice: Voice = ctx.obj
    with closing(open_source(target)) as source:
        copy_site(source, out)
    voice.say("mirrored", folder=str(out))


@app.command("station", help="help.auditor-station")
def station(
    ctx: typer.Context,
    target: options.Target,
    unit: options.Unit,
    code: Annotated[str | None, typer.Option("--door-code", help="help.seen-code", show_default=False)] = None,
) -> None:
    """Every entry about a station, with its door code; ends with 1 if the code seen at the door is none of them."""
    voice: Voice = ctx.obj
    with voice.progress() as progress:
        record = read_record(target, progress)
    if UnitId(unit) not in record.register.units:
        raise NotCanonical("3.1", f"{unit} is not a unit of this election", subject=unit)
    said = []
    for index in record.unit_events(unit):
        event = record.event(index)
        _, body = event.note.text.decode().splitlines()
        door = door_code(event.note.text)
        said.append({"index": index, "kind": event.kind, "id": event.id.hex(), "door_code": door, "body": body})
    lines = [f"{each['index']}  {each['kind']}  {each['door_code']}\n{each['body']}" for each in said]
    voice.give({"unit": unit, "entries": said}, "\n".join(lines))
    if code is None:
        return
    if not any(same_door_code(code, str(each["door_code"])) for each in said):
        raise voice.fail(FAULT, "door-differs", code=code[:40], unit=unit)
    voice.say("door-agrees", unit=unit)
