"""``limpide station``: turnout by day, the procès-verbal at night, signed by two seats; its door code."""

from pathlib import Path
from typing import Annotated

import typer

from limpide.commands import options
from limpide.commands.commission import pick_contest, read_figures
from limpide.commands.pens import add_pens, seat_of_report
from limpide.commands.voice import FAULT, Voice, read_file, write_file
from limpide.record.definition import Definition
from limpide.results.remarks import ERRORS
from limpide.roles.auditor import read_definition
from limpide.roles.drafts import door_code, read_draft
from limpide.roles.station import draft_report, draft_turnout, entered_twice, open_findings

app = typer.Typer(no_args_is_help=True)
add_pens(app, seat_of_report)

Explain = Annotated[list[str] | None, typer.Option("--explain", help="help.explain", show_default=False)]
Again = Annotated[Path | None, typer.Option("--again", help="help.again", show_default=False)]


@app.command("turnout", help="help.turnout")
def turnout(
    ctx: typer.Context,
    target: options.Target,
    unit: options.Unit,
    hour: Annotated[str, typer.Option("--hour", help="help.hour", show_default=False)],
    voters: Annotated[int, typer.Option("--voters", help="help.voters", min=0, show_default=False)],
    round_: options.Round = 1,
    out: options.Out = None,
) -> None:
    """How many have voted by an hour."""
    voice: Voice = ctx.obj
    drafted = draft_turnout(read_definition(target).election, round_, unit, hour, voters)
    write_file(out, read_draft(drafted.encode()).encode())
    voice.say("to-sign", count=1)


@app.command("report", help="help.report")
def report(
    ctx: typer.Context,
    target: options.Target,
    unit: options.Unit,
    figures: options.Figures,
    again: Again = None,
    explain: Explain = None,
    contest: options.Contest = None,
    round_: options.Round = 1,
    out: options.Out = None,
) -> None:
    """The procès-verbal, checked before anybody signs it."""
    voice: Voice = ctx.obj
    definition = read_definition(target)
    assert isinstance(definition.body, Definition)
    stated = read_figures(read_file(figures))
    if again is not None:
        different = entered_twice(stated, read_figures(read_file(again)))
        if different:
            raise voice.fail(FAULT, "entries-differ", names=", ".join(different))
    findings = open_findings(stated, unit, explain or ())
    for finding in findings:
        grave = voice.words("error" if finding.clause in ERRORS else "warning")
        voice.say("mark", grave=grave, clause=finding.clause, sentence=finding.say(voice.language))
    if findings:
        raise voice.fail(FAULT, "to-explain", clauses=" ".join(f"--explain {f.clause}" for f in findings))
    chosen = pick_contest(definition.body.contests, contest)
    drafted = draft_report(definition.election, chosen, round_, unit, figures=stated, explained=explain or ())
    write_file(out, read_draft(drafted.encode()).encode())
    voice.say("to-sign", count=2)
    voice.say("door-code", code=door_code(drafted.note.text))


@app.command("door-code", help="help.door-code")
def show_door_code(ctx: typer.Context, file: options.File) -> None:
    """The sixteen characters for the paper at the door."""
    voice: Voice = ctx.obj
    code = door_code(read_draft(read_file(file)).note.text)
    voice.give({"door_code": code}, code)
