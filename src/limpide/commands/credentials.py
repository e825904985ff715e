"""``limpide credentials``: draw voting codes, publish the list of public credentials."""

import json
import secrets
from pathlib import Path
from typing import Annotated

import typer

from limpide.belenios.credentials import public_credential
from limpide.belenios.suite import suite
from limpide.belenios.wire import b64_sha256
from limpide.commands import desk
from limpide.commands.voice import USAGE, Voice, read_file, write_file
from limpide.roles.credential_authority import draw_credentials, read_voters

app = typer.Typer(no_args_is_help=True)

Voters = Annotated[Path | None, typer.Option("--voters", help="help.voters", show_default=False)]
Count = Annotated[int, typer.Option("--count", help="help.voters-count", min=0, show_default=False)]


@app.command("generate", help="help.credentials-generate")
def generate(
    ctx: typer.Context,
    uuid: desk.Uuid,
    out: desk.Folder,
    voters: Voters = None,
    count: Count = 0,
    group: desk.Group = "Ed25519",
    old: Annotated[bool, typer.Option("--old", help="help.old-codes")] = False,
) -> None:
    """Draws a code for each voter; writes the public list and the secret file."""
    voice: Voice = ctx.obj
    listed = read_voters(read_file(voters).decode("utf-8", "replace")) if voters else []
    listed = listed or [(str(number), None) for number in range(1, count + 1)]
    if not listed:
        raise voice.fail(USAGE, "no-voters")
    codes, public = draw_credentials(group, uuid, listed, secrets.randbelow, old=old)
    private = out / "private_creds.json"
    desk.write_secret(private, json.dumps(codes, ensure_ascii=False, indent=0).encode())
    write_file(out / "public_creds.json", public)
    fingerprint = b64_sha256(public)
    voice.say("credentials-drawn", count=len(codes), file=str(private))
    voice.give({"credentials": len(codes), "fingerprint": fingerprint}, fingerprint)


@app.command("derive", help="help.credentials-derive")
def derive(ctx: typer.Context, uuid: desk.Uuid, code: desk.Code = None, group: desk.Group = "Ed25519") -> None:
    """The public credential of a voting code."""
    voice: Voice = ctx.obj
    chosen = suite(group).group
    credential = chosen.encode(public_credential(desk.read_code(voice, code), uuid, chosen))
    voice.give({"credential": credential}, credential)
