"""``limpide verify``, ``rehearse``, ``demo``: for anybody, without a seat."""

import re
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from limpide.canonical import NotCanonical
from limpide.commands import archive
from limpide.commands.listing import columns, findings_json, findings_text
from limpide.commands.voice import FAULT, GOOD, USAGE, Voice, read_file
from limpide.record.definition import Text
from limpide.results.edition import Edition
from limpide.results.verification import Expectations, Verification
from limpide.roles.archive_check import names_archive
from limpide.roles.auditor import audit, totals_of
from limpide.roles.demo import demonstrate
from limpide.roles.engine import fork_map
from limpide.roles.past_results.reading import demo_file, read_past_election_file
from limpide.roles.rehearsal.script import write_script
from limpide.roles.rehearse import rehearse
from limpide.site.pages import SitePages

_FINGERPRINT = re.compile("^[0-9a-f]{64}$")

Target = Annotated[str, typer.Argument(metavar="TARGET", help="help.record-or-archive", show_default=False)]
Expect = Annotated[str | None, typer.Option("--expect", help="help.expect", show_default=False)]
Since = Annotated[Path | None, typer.Option("--since", help="help.since", show_default=False)]
Strict = Annotated[bool, typer.Option("--strict", help="help.strict")]
Every = Annotated[bool, typer.Option("--every-publication", help="help.every-publication")]
Stations = Annotated[int | None, typer.Option("--stations", help="help.stations-count", min=1, show_default=False)]


def verify(
    ctx: typer.Context,
    target: Target,
    expect: Expect = None,
    since: Since = None,
    strict: Strict = False,
    every_publication: Every = False,
) -> None:
    """Recomputes everything and compares: a record, or a Belenios archive."""
    if names_archive(target):
        raise typer.Exit(archive.check(ctx.obj, Path(target), expect, since=since, strict=strict))
    raise typer.Exit(
        check(ctx.obj, target, expect, since=since, strict=strict, every_publication=every_publication)
    )


def check(
    voice: Voice,
    target: str,
    expect: str | None = None,
    *,
    since: Path | None = None,
    strict: bool = False,
    every_publication: bool = False,
) -> int:
    """Verifies, says what was found, and gives the exit status."""
    fingerprint = None if expect is None else expect.strip().lower()
    if fingerprint is not None and not _FINGERPRINT.match(fingerprint):
        raise NotCanonical("5.12", "a fingerprint has 64 hexadecimal digits", fingerprint=fingerprint[:80])
    expected = Expectations(fingerprint, None if since is None else read_file(since))
    with voice.progress() as progress:
        result = audit(target, expected, every_publication=every_publication, engine=fork_map, progress=progress)
    remarks = len(result.findings) - len(result.faults)
    voice.give(_as_json(result, voice), "\n".join(_as_text(result, voice)))
    if result.reading is None:
        voice.say("verdict.unreadable", target=target)
        return USAGE
    if result.faults:
        voice.say("verdict.faults", faults=len(result.faults), remarks=remarks)
        return FAULT
    voice.say("verdict.good" if expect else "verdict.consistent", remarks=remarks, files=result.files)
    return FAULT if strict and remarks else GOOD


def rehearse_file(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="help.past-file", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="help.out-record", show_default=False)],
    stations: Stations = None,
    seed: Annotated[int, typer.Option("--seed", help="help.seed", min=0)] = 0,
    speed: Annotated[float, typer.Option("--speed", help="help.speed", min=0)] = 0.0,
    every: Annotated[int, typer.Option("--every", help="help.every", min=1, max=1440)] = 5,
    rounds: Annotated[int, typer.Option("--rounds", help="help.rounds", min=1, max=2)] = 1,
    turnout: Annotated[bool, typer.Option("--turnout/--no-turnout", help="help.turnout-option")] = True,
) -> None:
    """A night of past results, played again in one process."""
    voice: Voice = ctx.obj
    past = read_past_election_file(file)
    script = write_script(past, stations=stations, seed=seed, rounds=rounds, turnout=turnout)
    title = file.name.partition(".")[0][:150]
    closing = datetime.now(UTC).replace(hour=18, minute=0, second=0, microsecond=0)
    prepared, _ = rehearse(
        script,
        out,
        name=Text(en=f"Rehearsal: {title}", fr=f"Répétition : {title}"),
        closing=closing,
        pages=SitePages,
        tell=teller(voice),
        language=voice.language,
        every=every,
        speed=speed,
    )
    voice.say("rehearsed", folder=str(out))
    voice.give({"folder": str(out), "fingerprint": prepared.fingerprint.hex()}, prepared.fingerprint.hex())


def demo(
    ctx: typer.Context,
    stations: Stations = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="help.demo-out", show_default=False)] = None,
    port: Annotated[int, typer.Option("--port", help="help.demo-port", min=0, max=65535)] = 0,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="help.demo-serve")] = True,
) -> None:
    """The first round of 2017, from the first report to the proclamation, and the verifier at the end."""
    voice: Voice = ctx.obj
    began = time.monotonic()
    voice.say("demo.begins")
    # an end by signal is an end by Ctrl-C: the server is stopped
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell's background ignores the first
        signal.signal(number, signal.default_int_handler)
    script = write_script(read_past_election_file(demo_file()), stations=stations, rounds=2)
    place = Path(tempfile.mkdtemp(prefix="limpide-demo-")) if out is None else None
    root = out or (place or Path()) / "record"
    try:
        shown = demonstrate(script, root, port=port, language=voice.language, tell=teller(voice))
        try:
            voice.say("demo.verifying")
            status = check(voice, str(root), shown.prepared.fingerprint.hex())
            voice.say("demo.done", seconds=round(time.monotonic() - began))
            if serve:
                voice.say("demo.up", address=shown.address)
                _wait()
        finally:
            shown.serving.stop()
    finally:
        if place is not None:
            shutil.rmtree(place, ignore_errors=True)
    raise typer.Exit(status)


def teller(voice: Voice) -> Callable[..., None]:
    """What says the steps of a play, each after the seconds it has taken so far."""
    began = time.monotonic()

    def tell(key: str, **facts: str | int) -> None:
        seconds = f"{time.monotonic() - began:6.1f} s"
        typer.echo(f"{seconds}  {voice.words(f'play.{key}', **facts)}", err=True)

    return tell


def _wait() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return


def _as_json(result: Verification, voice: Voice) -> dict[str, object]:
    edition = result.edition
    return {
        "fingerprint": result.reading.definition.id.hex() if result.reading else None,
        "size": result.record.size if result.record else None,
        "publication": edition.number if edition else None,
        "files": result.files,
        "findings": findings_json(result.findings, voice),
        "results": [] if edition is None else list(_results(edition)),
    }


def _results(edition: Edition) -> Iterator[dict[str, object]]:
    for (round_, contest), canvass in edition.canvasses.items():
        status = edition.status(round_, contest).value
        yield {"round": round_, "contest": contest, "status": status, "totals": totals_of(canvass)}


def _as_text(result: Verification, voice: Voice) -> list[str]:
    lines = []
    if result.edition is not None and result.record is not None:
        number, instant = result.edition.number, result.edition.instant
        lines.append(voice.words("verified.record", size=result.record.size, publication=number, instant=instant))
        for (round_, contest), canvass in result.edition.canvasses.items():
            status = voice.words(f"status.{result.edition.status(round_, contest).value}")
            lines += ["", voice.words("verified.contest", round=round_, contest=contest, status=status)]
            totals = totals_of(canvass)
            votes = totals["votes"]
            assert not isinstance(votes, int)
            names = {o.id: o.name for c in result.edition.register.definition.contests for o in c.options}
            counts = {voice.words(f"count.{k}"): v for k, v in totals.items() if isinstance(v, int)}
            ranked = sorted(votes.items(), key=lambda item: -item[1])
            lines += columns({**counts, **{names[option]: count for option, count in ranked}}, voice)
    return [*lines, *findings_text(result.findings, voice)]
