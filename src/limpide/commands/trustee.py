"""``limpide trustee``: make a key, alone or with others, and decrypt a share of the tally.

A trustee keeps one secret file; everything else is exchanged in the open.
"""

import json
import secrets
from pathlib import Path
from typing import Annotated

import typer

from limpide.belenios import ceremony as steps
from limpide.belenios.ceremony import Ceremony
from limpide.belenios.faults import Fault
from limpide.belenios.keys import (
    draw_private_key,
    draw_seed,
    public_key,
    read_private_key,
    read_seed,
    write_private_key,
)
from limpide.belenios.suite import suite
from limpide.belenios.verification import verify
from limpide.belenios.wire import encode
from limpide.canonical import Refused
from limpide.commands.desk import FAULT, answering, tell, write_new, write_secret
from limpide.roles.archive_check import archive_in
from limpide.roles.engines import engine
from limpide.roles.trustee import decrypt_share

app = typer.Typer(no_args_is_help=True, help="Make a decryption key and use it once.")

GroupOption = Annotated[str, typer.Option(help="Ed25519 or BELENIOS-2048.")]
SizeOption = Annotated[int, typer.Option(help="How many trustees there are.")]
ThresholdOption = Annotated[int, typer.Option(help="How many of them are needed.")]
FolderOption = Annotated[Path, typer.Option(help="Folder of the files <number>.cert that all trustees sent.")]
KeyOption = Annotated[Path, typer.Option(help="The secret file of this trustee.")]
OutOption = Annotated[Path, typer.Option(help="File to write; it must not exist.")]


def numbered(folder: Path, suffix: str) -> dict[int, bytes]:
    """Contributions by trustee: files named ``<number><suffix>``."""
    files = {path.name.removesuffix(suffix): path for path in sorted(folder.glob(f"*{suffix}"))}
    return {int(name): path.read_bytes() for name, path in files.items() if name.isascii() and name.isdecimal()}


@app.command()
def generate(
    out: Annotated[Path, typer.Option(help="Folder for trustee.privkey and trustee.pubkey.")],
    group: GroupOption = "Ed25519",
    name: Annotated[str | None, typer.Option(help="A public name.")] = None,
) -> None:
    """Make the key of a trustee who must take part."""
    with answering():
        chosen = suite(group)
        x = draw_private_key(chosen, secrets.randbelow)
        write_secret(out / "trustee.privkey", write_private_key(x))
        write_new(out / "trustee.pubkey", encode(public_key(chosen, x, secrets.randbelow, name)))


@app.command()
def certify(
    number: Annotated[int, typer.Option(help="Number of this trustee, from 1.")],
    size: SizeOption,
    threshold: ThresholdOption,
    out: Annotated[Path, typer.Option(help="Folder for <number>.key (secret) and <number>.cert.")],
    group: GroupOption = "Ed25519",
) -> None:
    """Threshold key, step 1: draw a secret and publish a certificate."""
    with answering():
        seed = draw_seed(secrets.randbelow)
        agreed = Ceremony(suite(group), size, threshold)
        written = steps.certificate(agreed, number, seed, secrets.randbelow)
        write_secret(out / f"{number}.key", seed.encode())
        write_new(out / f"{number}.cert", written)


@app.command()
def polynomial(
    key: KeyOption,
    certificates: FolderOption,
    size: SizeOption,
    threshold: ThresholdOption,
    out: OutOption,
    group: GroupOption = "Ed25519",
) -> None:
    """Threshold key, step 2: check all certificates and share a secret polynomial."""
    with answering():
        agreed = Ceremony(suite(group), size, threshold)
        certs = numbered(certificates, ".cert")
        _tell_faults(steps.certificate_faults(agreed, certs))
        write_new(out, steps.polynomial(agreed, read_seed(key.read_bytes()), certs, secrets.randbelow))


@app.command()
def share(
    key: KeyOption,
    certificates: FolderOption,
    received: Annotated[Path, typer.Option(help="The file <number>.vinput routed to this trustee.")],
    size: SizeOption,
    threshold: ThresholdOption,
    out: OutOption,
    group: GroupOption = "Ed25519",
) -> None:
    """Threshold key, step 3: check what the others sent; publish a verification key."""
    with answering():
        agreed = Ceremony(suite(group), size, threshold)
        written, faults = steps.share(
            agreed,
            read_seed(key.read_bytes()),
            numbered(certificates, ".cert"),
            received.read_bytes(),
            secrets.randbelow,
        )
        _tell_faults(faults)
        write_new(out, written)


@app.command()
def route(
    folder: Annotated[Path, typer.Argument(help="Folder of <number>.cert and <number>.polynomial files.")],
    size: SizeOption,
    threshold: ThresholdOption,
    group: GroupOption = "Ed25519",
) -> None:
    """Threshold key, between steps 2 and 3, by anybody: write <number>.vinput for each trustee."""
    with answering():
        agreed = Ceremony(suite(group), size, threshold)
        certs, polynomials = numbered(folder, ".cert"), numbered(folder, ".polynomial")
        _tell_faults(steps.polynomial_faults(agreed, certs, polynomials))
        for number, content in steps.route(agreed, certs, polynomials).items():
            write_new(folder / f"{number}.vinput", content)


@app.command()
def assemble(
    folder: Annotated[Path, typer.Argument(help="Folder of .cert, .polynomial and .voutput files.")],
    size: SizeOption,
    threshold: ThresholdOption,
    out: OutOption,
    group: GroupOption = "Ed25519",
) -> None:
    """Threshold key, last step, by anybody: check every contribution and write the group's public parameters."""
    with answering():
        agreed = Ceremony(suite(group), size, threshold)
        parts = [numbered(folder, suffix) for suffix in (".cert", ".polynomial", ".voutput")]
        certs, polynomials, outputs = parts
        _tell_faults(steps.output_faults(agreed, certs, polynomials, outputs))
        write_new(out, encode(steps.assemble(agreed, certs, polynomials, outputs)))


@app.command()
def decrypt(
    archive: Annotated[Path, typer.Argument(help="The archive, or the folder that holds it.")],
    key: KeyOption,
    out: OutOption,
    voutput: Annotated[Path | None, typer.Option(help="Threshold trustee: its file <number>.voutput.")] = None,
    cores: Annotated[int | None, typer.Option(help="Processor cores to use.")] = None,
) -> None:
    """Verify the whole election, then decrypt this trustee's share of the tally."""
    with answering():
        with archive_in(archive).open("rb") as stream:
            verdict = verify(stream, engine=engine(cores))
        if verdict.election is None:
            raise Refused("7.59", "there is nothing to decrypt")
        chosen = verdict.election.suite
        if voutput is None:
            x = read_private_key(chosen, key.read_bytes())
        else:
            sealed = json.loads(voutput.read_bytes())["private_key"]
            x = steps.open_share(chosen, read_seed(key.read_bytes()), sealed)
        owner, written = decrypt_share(verdict, x, secrets.randbelow)
        write_new(out, written)
        tell(f"Partial decryption of trustee {owner} written; verified {verdict.num_tallied} ballots before.")


def _tell_faults(faults: list[Fault]) -> None:
    for fault in faults:
        tell(f"[{fault.clause}] {fault.subject}: {dict(fault.facts)}")
    if faults:
        raise typer.Exit(FAULT)
