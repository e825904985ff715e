"""How does whoever holds the urn open, fill, close and publish an election from the command line?

``limpide ballot-box``. Each command locks the archive and verifies it before it appends to it.
"""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time
from typing import Annotated, BinaryIO

import typer

from limpide.belenios.decryption import Result
from limpide.belenios.election import Election
from limpide.belenios.suite import suite
from limpide.belenios.tally import nest
from limpide.belenios.trustees import KeyText, PedersenText, check_trustees, read_trustees
from limpide.belenios.verdict import Verdict
from limpide.belenios.verification import verify
from limpide.belenios.wire import decode, encode
from limpide.canonical import Refused
from limpide.commands.desk import answering, read_input, show, tell, write_new
from limpide.roles import ballot_box
from limpide.roles.archive_check import archive_in, check_archive
from limpide.roles.engines import engine

app = typer.Typer(no_args_is_help=True, help="Hold a Belenios election: open, add ballots, close, publish.")

ArchiveArgument = Annotated[Path, typer.Argument(help="The archive, or the folder that holds it.")]
CoresOption = Annotated[int | None, typer.Option(help="Processor cores to use.")]
GroupOption = Annotated[str, typer.Option(help="Ed25519 or BELENIOS-2048.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@app.command("draw-uuid")
def draw_uuid() -> None:
    """Print a new election's uuid."""
    typer.echo(ballot_box.draw_uuid(secrets.randbelow))


@app.command()
def trustees(
    keys: Annotated[list[Path], typer.Argument(help="Public keys (*.pubkey) and threshold groups, in order.")],
    out: Annotated[Path, typer.Option(help="File to write; it must not exist.")],
    group: GroupOption = "Ed25519",
) -> None:
    """Check public keys and put them together."""
    with answering():
        pairs: list[tuple[str, KeyText | PedersenText]] = []
        for path in keys:
            content = path.read_bytes()
            if b'"threshold"' in content:
                pairs.append(("Pedersen", decode(PedersenText, content, "7.11")))
            else:
                pairs.append(("Single", decode(KeyText, content, "7.11")))
        raw = encode(pairs)
        chosen = suite(group)
        for fault in check_trustees(chosen, read_trustees(chosen, raw)):
            raise Refused(fault.clause, "a key does not hold", subject=fault.subject, **fault.facts)
        write_new(out, raw)


@app.command("open")
def open_command(
    folder: Annotated[Path, typer.Argument(help="Folder in which <uuid>.bel is made.")],
    uuid: Annotated[str, typer.Option(help="The election's uuid.")],
    template: Annotated[Path, typer.Option(help="JSON file: description, name, questions.")],
    trustees: Annotated[Path, typer.Option(help="The file made by `trustees`.")],
    credentials: Annotated[Path, typer.Option(help="The public list of credentials.")],
    group: GroupOption = "Ed25519",
    as_json: JsonOption = False,
) -> None:
    """Begin the archive of an election; print its fingerprint."""
    with answering(), (folder / f"{uuid}.bel").open("xb") as stream:
        election = ballot_box.open_election(
            stream,
            uuid=uuid,
            template=template.read_bytes(),
            trustees=trustees.read_bytes(),
            credentials=credentials.read_bytes(),
            group=group,
            now=int(time()),
        )
        show({"uuid": uuid, "fingerprint": election.fingerprint}, as_json=as_json)


@app.command()
def add(
    archive: ArchiveArgument,
    ballots: Annotated[list[Path], typer.Argument(help="Ballots, one a file; - for input, one a line.")],
) -> None:
    """Add ballots that are valid and new; print the tracking number of each."""
    with answering(), ballot_box.locked(archive_in(archive)) as stream:
        contents = [line for path in ballots for line in read_input(path).splitlines() if line]
        for tracker in ballot_box.add_ballots(stream, contents):
            typer.echo(tracker)


@app.command()
def close(archive: ArchiveArgument, cores: CoresOption = None, as_json: JsonOption = False) -> None:
    """Verify the box, end the vote, add the encrypted tally."""
    with _verified(archive, cores) as (stream, verdict):
        ballot_box.close_box(stream, verdict)
        show({"num_tallied": verdict.num_tallied, "total_weight": verdict.total_weight}, as_json=as_json)


@app.command("add-decryption")
def add_decryption(
    archive: ArchiveArgument,
    decryption: Annotated[Path, typer.Argument(help="A trustee's partial decryption.")],
    cores: CoresOption = None,
) -> None:
    """Check a partial decryption against the tally and add it under its trustee's number."""
    with _verified(archive, cores) as (stream, verdict):
        owner = ballot_box.add_decryption(stream, verdict, decryption.read_bytes().strip())
        tell(f"Partial decryption of trustee {owner} added.")


@app.command()
def publish(archive: ArchiveArgument, cores: CoresOption = None, as_json: JsonOption = False) -> None:
    """Combine the partial decryptions; add and print the result."""
    with _verified(archive, cores) as (stream, verdict):
        result = ballot_box.publish(stream, verdict)
        if verdict.election is not None:
            show_result(verdict.election, result, as_json=as_json)


@app.command("verify")
def verify_command(
    archive: ArchiveArgument,
    expect: Annotated[str | None, typer.Option(help="The fingerprint, from paper.")] = None,
    since: Annotated[Path | None, typer.Option(help="An older copy, which must be the beginning.")] = None,
    cores: CoresOption = None,
    as_json: JsonOption = False,
) -> None:
    """Verify everything that the archive holds; print its fingerprint and result."""
    with answering():
        verdict = check_archive(archive, engine=engine(cores), fingerprint=expect, older=since)
        for fault in verdict.faults:
            tell(f"{fault.severity} [{fault.clause}] {fault.subject} {json.dumps(dict(fault.facts))}")
        facts = {
            "fingerprint": verdict.fingerprint,
            "ballots": verdict.ballots,
            "num_tallied": verdict.num_tallied,
            "total_weight": verdict.total_weight,
            "result": nest(verdict.election, verdict.result) if verdict.election and verdict.result else None,
            "proven": verdict.proven,
        }
        show(facts, as_json=as_json)
        if not verdict.proven:
            raise typer.Exit(1)


def show_result(election: Election, result: Result, *, as_json: bool) -> None:
    """The result, question by question."""
    nested = nest(election, result)
    named = {question.question: items for question, items in zip(election.questions, nested, strict=True)}
    show({"result": nested} if as_json else named, as_json=as_json)


@contextmanager
def _verified(archive: Path, cores: int | None) -> Iterator[tuple[BinaryIO, Verdict]]:
    with answering(), ballot_box.locked(archive_in(archive)) as stream:
        yield stream, verify(stream, engine=engine(cores))
