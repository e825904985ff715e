"""How does a draft get its signatures, and reach the server? The same verbs for everybody who signs."""

import getpass
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from limpide.canonical import Refused
from limpide.codes import SealedCode, read_code
from limpide.commands import options
from limpide.commands.voice import USAGE, Voice, read_file, write_file
from limpide.record.events import Body, StationReport, Turnout
from limpide.roles.auditor import read_record
from limpide.roles.client import Client
from limpide.roles.drafts import Draft, door_code, merge_drafts, read_draft, sign_draft
from limpide.roles.seats import seat_signer

_MAX_CODE = 200
SeatName = Callable[[Body, int], str]
"""The name of the key that a seat number stands for, under a body."""


def add_pens(app: typer.Typer, seat_name: SeatName, *, alone: bool = False) -> None:
    """Gives a role the verbs ``sign``, ``merge``, ``show`` and ``send``; a role that is ``alone`` has one seat."""

    def sign_alone(
        ctx: typer.Context,
        file: options.File,
        code_file: options.CodeFile = None,
        record: options.Record = None,
        out: options.Out = None,
    ) -> None:
        _sign(ctx.obj, file, seat_name, 1, code_file=code_file, record=record, out=out)

    def sign(
        ctx: typer.Context,
        file: options.File,
        seat: options.Seat,
        code_file: options.CodeFile = None,
        record: options.Record = None,
        out: options.Out = None,
    ) -> None:
        _sign(ctx.obj, file, seat_name, seat, code_file=code_file, record=record, out=out)

    app.command("sign", help="help.sign")(sign_alone if alone else sign)
    app.command("merge", help="help.merge")(merge)
    app.command("show", help="help.show")(show)
    app.command("send", help="help.send")(send)


def merge(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="help.files", show_default=False)],
    out: options.Out = None,
) -> None:
    """One file with the signatures of all."""
    voice: Voice = ctx.obj
    merged = merge_drafts([read_draft(read_file(file)) for file in files])
    write_file(out, merged.encode())
    voice.say("signed-by", signers=", ".join(merged.signers))


def show(ctx: typer.Context, file: options.File) -> None:
    """What a draft says, and who has signed it."""
    voice: Voice = ctx.obj
    shown = read_draft(read_file(file))
    header, body = shown.note.text.decode().splitlines()
    code = door_code(shown.note.text)
    value = {
        "kind": header.split()[1],
        "election": shown.election,
        "id": shown.note.identity.hex(),
        "door_code": code,
        "signers": list(shown.signers),
    }
    signers = ", ".join(shown.signers) or voice.words("nobody")
    voice.give(value, f"{header}\n{body}\n{voice.words('shown', signers=signers, code=code)}")


def send(
    ctx: typer.Context,
    file: options.File,
    url: options.Server,
    documents: Annotated[
        Path | None, typer.Option("--documents", help="help.documents", show_default=False)
    ] = None,
) -> None:
    """Brings a signed entry to the server."""
    voice: Voice = ctx.obj
    entry = read_file(file)
    read = read_draft(entry)
    if not read.signers:
        raise voice.fail(USAGE, "unsigned", file=str(file))
    named = {path.name: read_file(path) for path in documents.iterdir()} if documents else {}
    with Client(url, voice.language) as client:
        promise = client.post_with_documents(entry, named)
    voice.say("sent", id=read.note.identity.hex())
    voice.give({"id": read.note.identity.hex()}, promise.encode().decode())


def ask_code(voice: Voice, file: Path | None) -> SealedCode:
    """The code that somebody types unseen, or that a file (or descriptor) holds. Never an argument."""
    if file is not None:
        return read_code(read_file(file)[:_MAX_CODE].decode("utf-8", "replace").strip())
    if sys.stdin.isatty():
        return read_code(getpass.getpass(voice.words("code-prompt") + " ", sys.stderr))
    return read_code(sys.stdin.readline(_MAX_CODE).strip())


def seat_of_report(body: Body, seat: int) -> str:
    """The key of a seat of the station that a report or a turnout is about; raises ``Refused`` for other acts."""
    if not isinstance(body, StationReport | Turnout):
        raise Refused("3.1", "a station signs reports and turnouts", subject="station")
    return f"{body.unit}/{seat}/{body.round}"


def _sign(
    voice: Voice,
    file: Path,
    seat_name: SeatName,
    seat: int,
    *,
    code_file: Path | None,
    record: str | None,
    out: Path | None,
) -> None:
    unsigned = read_draft(read_file(file))
    name = seat_name(unsigned.body, seat)
    _say_what(voice, unsigned)
    signer = seat_signer(name, ask_code(voice, code_file), unsigned.election)
    if record is not None and read_record(record).key(name) != signer.key:
        raise Refused("2.2", f"this code is not that of {name} on record", name=name)
    signed = sign_draft(unsigned, [signer])
    write_file(out, signed.encode())
    voice.say("signed-by", signers=", ".join(signed.signers))


def _say_what(voice: Voice, unsigned: Draft) -> None:
    header, body = unsigned.note.text.decode().splitlines()
    voice.say("signing", kind=header.split()[1], body=body, code=door_code(unsigned.note.text))
