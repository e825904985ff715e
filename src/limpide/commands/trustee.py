"""``limpide trustee``: make a key, alone or with others, and decrypt a share of the tally.

A trustee keeps one secret file; everything else is exchanged in the open.
"""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from limpide.belenios import ceremony as steps
from limpide.belenios.ceremony import Ceremony
from limpide.belenios.contributions import OutputText
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
from limpide.belenios.wire import decode, encode
from limpide.canonical import Refused
from limpide.commands import desk
from limpide.commands.archive import finding_of
from limpide.commands.listing import finding_line
from limpide.commands.voice import FAULT, Voice, read_file, write_file
from limpide.roles.engines import engine
from limpide.roles.trustee import decrypt_share

app = typer.Typer(no_args_is_help=True)

Size = Annotated[int, typer.Option("--size", help="help.size", min=1, show_default=False)]
Threshold = Annotated[int, typer.Option("--threshold", help="help.threshold", min=1, show_default=False)]
Number = Annotated[int, typer.Option("--number", help="help.trustee-number", min=1, show_default=False)]
Name = Annotated[str | None, typer.Option("--name", help="help.trustee-name", show_default=False)]
Certificates = Annotated[Path, typer.Option("--certificates", help="help.certificates", show_default=False)]
Key = Annotated[Path, typer.Option("--key", help="help.trustee-key", show_default=False)]
Received = Annotated[Path, typer.Option("--received", help="help.received", show_default=False)]
Contributions = Annotated[Path, typer.Argument(metavar="FOLDER", help="help.contributions", show_default=False)]
Voutput = Annotated[Path | None, typer.Option("--voutput", help="help.voutput", show_default=False)]


@app.command("generate", help="help.trustee-generate")
def generate(ctx: typer.Context, out: desk.Folder, group: desk.Group = "Ed25519", name: Name = None) -> None:
    """Makes the key of a trustee who must take part."""
    chosen = suite(group)
    x = draw_private_key(chosen, secrets.randbelow)
    private, public = out / "trustee.privkey", out / "trustee.pubkey"
    desk.write_secret(private, write_private_key(x))
    write_file(public, encode(public_key(chosen, x, secrets.randbelow, name)))
    _voice(ctx).say("secret-written", file=str(private), public=str(public))


@app.command("certify", help="help.trustee-certify")
def certify(
    ctx: typer.Context,
    number: Number,
    size: Size,
    threshold: Threshold,
    out: desk.Folder,
    group: desk.Group = "Ed25519",
) -> None:
    """Threshold key, step 1: draws a secret and publishes a certificate."""
    if number > size:
        raise Refused("7.56", f"there are {size} trustees, and no number {number}")
    seed = draw_seed(secrets.randbelow)
    agreed = Ceremony(suite(group), size, threshold)
    certificate = steps.certificate(agreed, number, seed, secrets.randbelow)
    private, public = out / f"{number}.key", out / f"{number}.cert"
    desk.write_secret(private, seed.encode())
    write_file(public, certificate)
    _voice(ctx).say("secret-written", file=str(private), public=str(public))


@app.command("polynomial", help="help.trustee-polynomial")
def polynomial(
    ctx: typer.Context,
    key: Key,
    certificates: Certificates,
    size: Size,
    threshold: Threshold,
    out: desk.NewFile,
    group: desk.Group = "Ed25519",
) -> None:
    """Threshold key, step 2: checks all certificates and shares a secret polynomial."""
    agreed = Ceremony(suite(group), size, threshold)
    certs = _numbered(certificates, ".cert")
    _stop_at(_voice(ctx), steps.certificate_faults(agreed, certs))
    _write(ctx, out, steps.polynomial(agreed, read_seed(read_file(key)), certs, secrets.randbelow))


@app.command("share", help="help.trustee-share")
def share(
    ctx: typer.Context,
    key: Key,
    certificates: Certificates,
    received: Received,
    size: Size,
    threshold: Threshold,
    out: desk.NewFile,
    group: desk.Group = "Ed25519",
) -> None:
    """Threshold key, step 3: checks what the others sent; publishes a verification key."""
    agreed = Ceremony(suite(group), size, threshold)
    seed, certs = read_seed(read_file(key)), _numbered(certificates, ".cert")
    written, faults = steps.share(agreed, seed, certs, read_file(received), secrets.randbelow)
    _stop_at(_voice(ctx), faults)
    _write(ctx, out, written)


@app.command("route", help="help.trustee-route")
def route(
    ctx: typer.Context, folder: Contributions, size: Size, threshold: Threshold, group: desk.Group = "Ed25519"
) -> None:
    """Threshold key, between steps 2 and 3, by anybody: writes ``<number>.vinput`` for each trustee."""
    agreed = Ceremony(suite(group), size, threshold)
    certs, polynomials = _numbered(folder, ".cert"), _numbered(folder, ".polynomial")
    _stop_at(_voice(ctx), steps.polynomial_faults(agreed, certs, polynomials))
    for number, content in steps.route(agreed, certs, polynomials).items():
        _write(ctx, folder / f"{number}.vinput", content)


@app.command("assemble", help="help.trustee-assemble")
def assemble(
    ctx: typer.Context,
    folder: Contributions,
    size: Size,
    threshold: Threshold,
    out: desk.NewFile,
    group: desk.Group = "Ed25519",
) -> None:
    """Threshold key, last step, by anybody: checks every contribution, writes the group's public parameters."""
    agreed = Ceremony(suite(group), size, threshold)
    certs, polynomials, outputs = (_numbered(folder, suffix) for suffix in (".cert", ".polynomial", ".voutput"))
    _stop_at(_voice(ctx), steps.output_faults(agreed, certs, polynomials, outputs))
    _write(ctx, out, encode(steps.assemble(agreed, certs, polynomials, outputs)))


@app.command("decrypt", help="help.trustee-decrypt")
def decrypt(
    ctx: typer.Context,
    archive: desk.Archive,
    key: Key,
    out: desk.NewFile,
    voutput: Voutput = None,
    cores: desk.Cores = None,
) -> None:
    """Verifies the whole election, then decrypts this trustee's share of the tally."""
    with desk.reading(archive) as stream:
        verdict = verify(stream, engine=engine(cores))
    if verdict.election is None:
        raise Refused("7.59", "there is nothing to decrypt")
    chosen = verdict.election.suite
    if voutput is None:
        x = read_private_key(chosen, read_file(key))
    else:
        sealed = decode(OutputText, read_file(voutput), "7.55").private_key
        x = steps.open_share(chosen, read_seed(read_file(key)), sealed)
    owner, written = decrypt_share(verdict, x, secrets.randbelow)
    write_file(out, written)
    _voice(ctx).say("decrypted", owner=owner, file=str(out), ballots=verdict.num_tallied)


def _voice(ctx: typer.Context) -> Voice:
    voice: Voice = ctx.obj
    return voice


def _numbered(folder: Path, suffix: str) -> dict[int, bytes]:
    """Contributions by trustee: files named ``<number><suffix>``."""
    files = {path.name.removesuffix(suffix): path for path in sorted(folder.glob(f"*{suffix}"))}
    return {int(name): read_file(path) for name, path in files.items() if name.isascii() and name.isdecimal()}


def _stop_at(voice: Voice, faults: list[Fault]) -> None:
    """Says every fault of the others, and goes no further if there is one."""
    for fault in faults:
        typer.echo(finding_line(finding_of(fault, voice.language), voice), err=True)
    if faults:
        raise typer.Exit(FAULT)


def _write(ctx: typer.Context, path: Path, content: bytes) -> None:
    write_file(path, content)
    _voice(ctx).say("written", file=str(path))
