"""How does whoever holds the urn open, fill, close and publish an election from the command line?

``limpide ballot-box``. Each command locks the archive and verifies it before it appends to it.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from time import time
from typing import Annotated, BinaryIO

import typer

from limpide.belenios.suite import suite
from limpide.belenios.trustees import KeyText, PedersenText, check_trustees, read_trustees
from limpide.belenios.verdict import Verdict
from limpide.belenios.verification import verify
from limpide.belenios.wire import decode, encode
from limpide.canonical import Refused
from limpide.commands import desk
from limpide.commands.archive import result_lines, results_json
from limpide.commands.voice import Voice, read_file, write_file
from limpide.roles import ballot_box
from limpide.roles.engines import engine

app = typer.Typer(no_args_is_help=True)

_MAX_CREDENTIALS = 2**30
"""Bytes of a public list: over a million voters in the 2048-bit groups."""

Keys = Annotated[list[Path], typer.Argument(metavar="KEYS…", help="help.public-keys", show_default=False)]
Place = Annotated[Path, typer.Argument(metavar="FOLDER", help="help.box-folder", show_default=False)]
Template = Annotated[Path, typer.Option("--template", help="help.template", show_default=False)]
Trustees = Annotated[Path, typer.Option("--trustees", help="help.trustees-file", show_default=False)]
Credentials = Annotated[Path, typer.Option("--credentials", help="help.public-credentials", show_default=False)]
Ballots = Annotated[list[Path], typer.Argument(metavar="BALLOTS…", help="help.ballots", show_default=False)]
Decryption = Annotated[Path, typer.Argument(metavar="DECRYPTION", help="help.decryption", show_default=False)]


@app.command("draw-uuid", help="help.draw-uuid")
def draw_uuid(ctx: typer.Context) -> None:
    """Draws a new election's uuid."""
    uuid = ballot_box.draw_uuid(secrets.randbelow)
    _voice(ctx).give({"uuid": uuid}, uuid)


@app.command("trustees", help="help.ballot-box-trustees")
def trustees(ctx: typer.Context, keys: Keys, out: desk.NewFile, group: desk.Group = "Ed25519") -> None:
    """Checks public keys and puts them together."""
    pairs: list[tuple[str, KeyText | PedersenText]] = []
    for path in keys:
        content = read_file(path)
        if b'"threshold"' in content:
            pairs.append(("Pedersen", decode(PedersenText, content, "7.11")))
        else:
            pairs.append(("Single", decode(KeyText, content, "7.11")))
    raw = encode(pairs)
    chosen = suite(group)
    for fault in check_trustees(chosen, read_trustees(chosen, raw)):
        raise Refused(fault.clause, "a key does not hold", **{**fault.facts, "subject": fault.subject})
    write_file(out, raw)
    _voice(ctx).say("written", file=str(out))


@app.command("open", help="help.ballot-box-open")
def open_box(
    ctx: typer.Context,
    folder: Place,
    uuid: desk.Uuid,
    template: Template,
    trustees: Trustees,
    credentials: Credentials,
    group: desk.Group = "Ed25519",
) -> None:
    """Begins the archive of an election; gives its fingerprint."""
    begun = BytesIO()
    election = ballot_box.open_election(
        begun,
        uuid=uuid,
        template=read_file(template),
        trustees=read_file(trustees),
        credentials=read_file(credentials, _MAX_CREDENTIALS),
        group=group,
        now=int(time()),
    )
    archive = folder / f"{uuid}.bel"
    write_file(archive, begun.getvalue())
    _voice(ctx).say("box-opened", file=str(archive))
    _voice(ctx).give({"uuid": uuid, "fingerprint": election.fingerprint}, election.fingerprint)


@app.command("add", help="help.ballot-box-add")
def add(ctx: typer.Context, archive: desk.Archive, ballots: Ballots) -> None:
    """Adds ballots that are valid and new; gives the tracking number of each."""
    with desk.appending(archive) as stream:
        contents = [line for path in ballots for line in read_file(path).splitlines() if line]
        for tracker in ballot_box.add_ballots(stream, contents):
            _voice(ctx).give({"tracking_number": tracker}, tracker)


@app.command("close", help="help.ballot-box-close")
def close(ctx: typer.Context, archive: desk.Archive, cores: desk.Cores = None) -> None:
    """Verifies the box, ends the vote, adds the encrypted tally."""
    voice = _voice(ctx)
    with _verified(archive, cores) as (stream, verdict):
        ballot_box.close_box(stream, verdict)
    counted, weight = verdict.num_tallied, verdict.total_weight
    closed = voice.words("box-closed", counted=counted, weight=weight)
    voice.give({"num_tallied": counted, "total_weight": weight}, closed)


@app.command("add-decryption", help="help.ballot-box-add-decryption")
def add_decryption(
    ctx: typer.Context, archive: desk.Archive, decryption: Decryption, cores: desk.Cores = None
) -> None:
    """Checks a partial decryption against the tally and adds it under its trustee's number."""
    raw = read_file(decryption).strip()
    with _verified(archive, cores) as (stream, verdict):
        owner = ballot_box.add_decryption(stream, verdict, raw)
    _voice(ctx).say("decryption-added", owner=owner)


@app.command("publish", help="help.ballot-box-publish")
def publish(ctx: typer.Context, archive: desk.Archive, cores: desk.Cores = None) -> None:
    """Combines the partial decryptions; adds and gives the result."""
    voice = _voice(ctx)
    with _verified(archive, cores) as (stream, verdict):
        result = ballot_box.publish(stream, verdict)
    assert verdict.election is not None, "what cannot be read is not published"
    voice.say("published")
    lines = result_lines(verdict.election, result, voice)
    voice.give({"results": results_json(verdict.election, result)}, "\n".join(lines))


def _voice(ctx: typer.Context) -> Voice:
    voice: Voice = ctx.obj
    return voice


@contextmanager
def _verified(archive: Path, cores: int | None) -> Iterator[tuple[BinaryIO, Verdict]]:
    with desk.appending(archive) as stream:
        yield stream, verify(stream, engine=engine(cores))
