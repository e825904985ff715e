"""``limpide credentials``: draw voting codes, publish the list of public credentials."""

import json
import secrets
from pathlib import Path
from typing import Annotated

import typer

from limpide.belenios.credentials import public_credential
from limpide.belenios.suite import suite
from limpide.belenios.wire import b64_sha256
from limpide.canonical import Refused
from limpide.commands.desk import answering, read_input, show, write_new, write_secret
from limpide.roles.credential_authority import draw_credentials, read_voters

app = typer.Typer(no_args_is_help=True, help="Draw voting codes and publish the list of public credentials.")


@app.command()
def generate(
    uuid: Annotated[str, typer.Option(help="The election's uuid.")],
    out: Annotated[Path, typer.Option(help="Folder for public_creds.json and private_creds.json.")],
    voters: Annotated[Path | None, typer.Option(help="One login, or login,weight, a line; - for input.")] = None,
    count: Annotated[int, typer.Option(help="Without a file: how many voters, numbered from 1.")] = 0,
    group: Annotated[str, typer.Option(help="Ed25519 or BELENIOS-2048.")] = "Ed25519",
    old: Annotated[bool, typer.Option(help="Codes of releases 2.0 to 2.2 of the stock tool.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Draw a code for each voter; write the public list and the private file."""
    with answering():
        listed = read_voters(read_input(voters).decode("utf-8", "replace")) if voters else []
        listed = listed or [(str(number), None) for number in range(1, count + 1)]
        if not listed:
            raise Refused("7.20", "there is no voter", reason="there is no voter")
        codes, public = draw_credentials(group, uuid, listed, secrets.randbelow, old=old)
        write_secret(out / "private_creds.json", json.dumps(codes, ensure_ascii=False, indent=0).encode())
        write_new(out / "public_creds.json", public)
        show({"credentials": len(codes), "fingerprint": b64_sha256(public)}, as_json=as_json)


@app.command()
def derive(
    uuid: Annotated[str, typer.Option(help="The election's uuid.")],
    code: Annotated[Path, typer.Option(help="File that holds the code; - for input.")] = Path("-"),
    group: Annotated[str, typer.Option(help="Ed25519 or BELENIOS-2048.")] = "Ed25519",
) -> None:
    """Print the public credential of a code."""
    with answering():
        text = read_input(code).decode("ascii", "replace").strip()
        chosen = suite(group).group
        typer.echo(chosen.encode(public_credential(text, uuid, chosen)))
