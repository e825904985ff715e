"""How does a credential authority draw voting codes, and publish what does not give them away?

``limpide credentials``. The public list is sorted and bears no name; the private file pairs logins and codes,
and is the only secret. A voter's login goes nowhere else.
"""

import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from limpide.belenios.credentials import (
    draw_code,
    draw_old_code,
    public_credential,
    write_credentials,
)
from limpide.belenios.election import check_uuid
from limpide.belenios.proving import Draw
from limpide.belenios.suite import suite
from limpide.belenios.wire import MAX_WEIGHT, b64_sha256, integer
from limpide.canonical import Refused
from limpide.roles.desk import answering, read_input, show, write_new, write_secret

app = typer.Typer(no_args_is_help=True, help="Draw voting codes and publish the list of public credentials.")


def read_voters(text: str) -> list[tuple[str, int | None]]:
    """Logins with their weights, one ``login`` or ``login,weight`` a line. Raises a ``LimpideError``."""
    voters: list[tuple[str, int | None]] = []
    for line in text.splitlines():
        login, comma, weight = line.strip().rpartition(",")
        if comma:
            voters.append((login, integer(weight, MAX_WEIGHT, "7.20")))
        elif weight:
            voters.append((weight, None))
    if len({login for login, _ in voters}) != len(voters):
        raise Refused("7.22", "two voters have the same login")
    if len({weight is None for _, weight in voters}) > 1:
        raise Refused("7.20", "either every voter has a weight or none", reason="weights on some lines only")
    return voters


def draw_credentials(
    group: str, uuid: str, voters: Sequence[tuple[str, int | None]], draw: Draw, *, old: bool = False
) -> tuple[dict[str, str], bytes]:
    """A code for each login, and the public list in an order that says nothing."""
    check_uuid(uuid)
    chosen = suite(group).group
    codes = {login: (draw_old_code if old else draw_code)(draw) for login, _ in voters}
    entries = [(public_credential(codes[login], uuid, chosen), weight) for login, weight in voters]
    return codes, write_credentials(chosen, entries)


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
        print(chosen.encode(public_credential(text, uuid, chosen)))
