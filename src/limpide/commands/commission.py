"""``limpide commission``: print the first seats, draft each act with its effect, sign apart, send."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from limpide.canonical import NotCanonical
from limpide.codes import key_name
from limpide.commands import ballot_box, options
from limpide.commands.organiser import KeysOut, print_codes
from limpide.commands.pens import add_pens
from limpide.commands.voice import Voice, read_file, write_file
from limpide.record.definition import Contest
from limpide.record.events import EntryId, Figures, Impediment
from limpide.record.record import Record
from limpide.roles import commission
from limpide.roles.auditor import read_record
from limpide.roles.drafts import Draft
from limpide.roles.organiser import read_description, read_stations
from limpide.roles.past_results.election import UnusableFile
from limpide.roles.seats import station_seats

app = typer.Typer(no_args_is_help=True)
add_pens(app, lambda _body, seat: key_name("commission", seat, 0))
app.add_typer(ballot_box.app, name="ballot-box", help="help.ballot-box")


@app.command("codes", help="help.commission-codes")
def codes(
    ctx: typer.Context,
    description: Annotated[
        Path, typer.Argument(metavar="ELECTION.toml", help="help.description", show_default=False)
    ],
    stations: Annotated[Path, typer.Argument(metavar="UNITS.csv", help="help.stations", show_default=False)],
    keys_out: KeysOut,
) -> None:
    """Prints the codes of members, registrar, operators, delegates, and of seat 1 of every station."""
    described = read_description(read_file(description))
    units = [station.unit for station in read_stations(read_file(stations))]
    counts = {"commission": described.members, "operator": described.operators, "delegate": described.delegates}
    people = [key_name(role, seat, 0) for role, count in counts.items() for seat in range(1, count + 1)]
    rounds = [round_.number for round_ in described.rounds]
    print_codes(ctx.obj, described, ["registrar", *people, *station_seats(units, 1, rounds)], keys_out)


@app.command("opening", help="help.opening")
def opening(ctx: typer.Context, target: options.Target, round_: options.Round = 1, out: options.Out = None) -> None:
    """Opens a round."""
    _give(ctx.obj, commission.draft_opening(_read(ctx.obj, target), round_), out)


@app.command("closing", help="help.closing")
def closing(ctx: typer.Context, target: options.Target, round_: options.Round = 1, out: options.Out = None) -> None:
    """Closes a round."""
    _give(ctx.obj, commission.draft_closing(_read(ctx.obj, target), round_), out)


@app.command("unit-status", help="help.unit-status")
def unit_status(
    ctx: typer.Context,
    target: options.Target,
    units: options.Units,
    reason: options.Reason,
    status: Annotated[Impediment, typer.Option("--status", help="help.status")] = Impediment.NOT_OPENED,
    round_: options.Round = 1,
    out: options.Out = None,
) -> None:
    """Says that units have no result."""
    _give(ctx.obj, commission.draft_status(_read(ctx.obj, target), round_, units, status, reason), out)


@app.command("correction", help="help.correction")
def correction(
    ctx: typer.Context,
    target: options.Target,
    unit: options.Unit,
    figures: options.Figures,
    reason: options.Reason,
    contest: options.Contest = None,
    round_: options.Round = 1,
    out: options.Out = None,
) -> None:
    """Corrects a report, and shows what that changes."""
    record = _read(ctx.obj, target)
    drafted, effect = commission.draft_correction(
        record,
        find_contest(record, contest).id,
        round_,
        unit,
        figures=read_figures(read_file(figures)),
        reason=reason,
    )
    _give(ctx.obj, drafted, out, [effect])


@app.command("annulment", help="help.annulment")
def annulment(
    ctx: typer.Context,
    target: options.Target,
    units: options.Units,
    reason: options.Reason,
    round_: options.Round = 1,
    out: options.Out = None,
) -> None:
    """Annuls units, and shows what that changes."""
    drafted, effects = commission.draft_annulment(_read(ctx.obj, target), round_, units, reason)
    _give(ctx.obj, drafted, out, effects)


@app.command("reinstatement", help="help.reinstatement")
def reinstatement(
    ctx: typer.Context,
    target: options.Target,
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="help.entry", show_default=False)],
    reason: options.Reason,
    out: options.Out = None,
) -> None:
    """Lifts an annulment, and shows what that changes."""
    try:
        annulled = EntryId(bytes.fromhex(entry))
    except ValueError:
        raise NotCanonical("1.3", f"not the id of an entry: {entry[:80]}", subject=entry[:80]) from None
    drafted, effects = commission.draft_reinstatement(_read(ctx.obj, target), annulled, reason)
    _give(ctx.obj, drafted, out, effects)


@app.command("key-replacement", help="help.key-replacement")
def key_replacement(
    ctx: typer.Context,
    target: options.Target,
    key_file: Annotated[Path, typer.Argument(metavar="KEYS", help="help.new-key", show_default=False)],
    reason: options.Reason,
    out: options.Out = None,
) -> None:
    """Replaces the key of a seat by the one verifier key in a file."""
    vkey = read_file(key_file).decode("utf-8", "replace").strip()
    name = vkey.partition("+")[0]
    _give(ctx.obj, commission.draft_key_replacement(_read(ctx.obj, target), name, vkey, reason), out)


@app.command("certification", help="help.certification")
def certification(
    ctx: typer.Context,
    target: options.Target,
    contest: options.Contest = None,
    round_: options.Round = 1,
    out: options.Out = None,
) -> None:
    """Proclaims a round, or says why it cannot be proclaimed."""
    record = _read(ctx.obj, target)
    _give(ctx.obj, commission.draft_certification(record, find_contest(record, contest), round_), out)


def find_contest(record: Record, contest: str | None) -> Contest:
    """The contest of that id, or the only one; raises ``NotCanonical``."""
    contests = record.register.definition.contests
    return pick_contest(contests, contest)


def pick_contest(contests: tuple[Contest, ...], contest: str | None) -> Contest:
    """The contest of that id among some, or the only one; raises ``NotCanonical`` naming what there is."""
    found = [each for each in contests if contest in (None, each.id)]
    if len(found) != 1:
        names = ", ".join(each.id for each in contests)
        raise NotCanonical("3.3", f"which contest? There is {names}", subject=contest or "", names=names)
    return found[0]


def read_figures(data: bytes) -> Figures:
    """Figures from a TOML file with the names of the specification; raises ``UnusableFile``."""
    try:
        return msgspec.toml.decode(data, type=Figures)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UnusableFile(str(error)) from None


def _read(voice: Voice, target: str) -> Record:
    with voice.progress() as progress:
        return read_record(target, progress)


def _give(voice: Voice, drafted: Draft, out: Path | None, effects: list[commission.Effect] | None = None) -> None:
    for effect in effects or ():
        voice.say("effect", contest=effect.contest, voters=f"{effect.voters:+}", ballots=f"{effect.ballots:+}")
        for option, votes in effect.votes.items():
            voice.say("effect-option", option=option, votes=f"{votes:+}")
    if voice.json:
        shown = [msgspec.to_builtins(effect) for effect in effects or ()]
        voice.give({"draft": drafted.encode().decode(), "effects": shown}, "")
        if out is not None:
            write_file(out, drafted.encode())
        return
    write_file(out, drafted.encode())
