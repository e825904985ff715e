"""``limpide server``: draw the log's key, create a record. ``limpide serve``: serve it."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from limpide.commands.voice import Voice, read_file
from limpide.roles.folder import is_digest
from limpide.roles.server.creation import create
from limpide.roles.server.log_key import create_log_key
from limpide.roles.server.supervisor import serve

app = typer.Typer(no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="help.dir", show_default=False)]


@app.command("key", help="help.server-key")
def draw_key(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="help.log-name", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="help.log-key", show_default=False)],
) -> None:
    """Draws the key of a log; gives its public half."""
    voice: Voice = ctx.obj
    key = create_log_key(out, name)
    voice.say("key-drawn", file=str(out))
    voice.give({"vkey": key.vkey}, key.vkey)


@app.command("create", help="help.create")
def create_record(
    ctx: typer.Context,
    folder: Folder,
    definition: Annotated[Path, typer.Option("--definition", help="help.definition", show_default=False)],
    documents: Annotated[Path, typer.Option("--documents", help="help.documents", show_default=False)],
    log_key: Annotated[Path, typer.Option("--log-key", help="help.log-key", show_default=False)],
) -> None:
    """Makes the record folder from its signed definition, once."""
    voice: Voice = ctx.obj
    named = {path.name: read_file(path) for path in documents.iterdir() if is_digest(path.name)}
    checkpoint = create(folder, read_file(definition), named, log_key)
    voice.say("created", folder=str(folder))
    voice.give({"size": checkpoint.size}, checkpoint.encode().decode())


def serve_record(
    ctx: typer.Context,
    folder: Folder,
    host: Annotated[str | None, typer.Option("--host", help="help.host", show_default=False)] = None,
    port: Annotated[
        int | None, typer.Option("--port", help="help.port", min=0, max=65535, show_default=False)
    ] = None,
) -> None:
    """Serves a record folder until it is stopped."""
    voice: Voice = ctx.obj

    def ready(public: str, _private: str) -> None:
        voice.say("serving", address=public)
        voice.give({"address": public}, public)
        sys.stdout.flush()

    raise typer.Exit(serve(folder, host, port, ready=ready))
