"""``limpide check-statement``: which figures of a published text or table does the record not yield?"""

import re
from pathlib import Path
from typing import Annotated

import typer

from limpide.canonical import NotCanonical
from limpide.commands.voice import FAULT, GOOD, Voice
from limpide.results.findings import Severity
from limpide.results.statement_index import Origin
from limpide.results.statements import Stated
from limpide.roles.statement_check import Checking, area_name, check_statement_file, data_file

_FINGERPRINT = re.compile("^[0-9a-f]{64}$")
_ORIGINS = 8
"""Origins of one figure that JSON lists."""

StatementFile = Annotated[Path, typer.Argument(metavar="FILE", help="help.statement-file", show_default=False)]
Record = Annotated[str, typer.Option("--record", help="help.verify-target", show_default=False)]
Number = Annotated[
    int | None, typer.Option("--publication", help="help.statement-publication", min=1, show_default=False)
]
Expect = Annotated[str | None, typer.Option("--expect", help="help.expect", show_default=False)]
Areas = Annotated[list[str] | None, typer.Option("--place", help="help.statement-place", show_default=False)]
Round = Annotated[
    int | None, typer.Option("--round", help="help.statement-round", min=1, max=9, show_default=False)
]
Earlier = Annotated[list[Path] | None, typer.Option("--after", help="help.statement-after", show_default=False)]


def check_statement(
    ctx: typer.Context,
    file: StatementFile,
    record: Record,
    publication: Number = None,
    expect: Expect = None,
    place: Areas = None,
    round_: Round = None,
    after: Earlier = None,
) -> None:
    """Names every figure of a text or table that the record does not yield."""
    voice: Voice = ctx.obj
    fingerprint = None if expect is None else expect.strip().lower()
    if fingerprint is not None and not _FINGERPRINT.match(fingerprint):
        raise NotCanonical("5.12", "a fingerprint has 64 hexadecimal digits", fingerprint=fingerprint[:80])
    with voice.progress() as progress:
        checking = check_statement_file(
            file,
            record,
            publication=publication,
            fingerprint=fingerprint,
            areas=place or (),
            round_=round_,
            snapshots=after or (),
            progress=progress,
        )
    checked = checking.checked
    voice.give(_as_json(checking, voice), "\n".join(_as_text(checking, voice)))
    missing = sum(not origins for _, origins in checked.figures)
    facts = {"figures": len(checked.figures), "missing": missing, "publication": checked.publication}
    voice.say("statement.faults" if checked.faults else "statement.good", faults=len(checked.faults), **facts)
    raise typer.Exit(FAULT if checked.faults else GOOD)


def _as_text(checking: Checking, voice: Voice) -> list[str]:
    lines = []
    for stated, origins in checking.checked.figures:
        if origins:
            lines.append(_sentence(checking, stated, origins, voice))
    for finding in checking.checked.findings:
        grave = voice.words(f"severity.{finding.severity.value}")
        lines.append(f"{grave} [{finding.clause}] {finding.say(voice.language)}")
    return lines


def _sentence(checking: Checking, stated: Stated, origins: list[Origin], voice: Voice) -> str:
    """One figure that the record yields, and what it is."""
    what = _what(checking, origins[0], voice)
    key = "statement.figure-of-many" if len(origins) > 1 else "statement.figure"
    return voice.words(key, line=stated.line, figure=stated.figure.text, what=what, more=len(origins) - 1)


def _what(checking: Checking, origin: Origin, voice: Voice) -> str:
    contests = checking.record.register.definition.contests
    names = {o.id: o.name for c in contests if c.id == origin.contest for o in c.options}
    parts = [voice.words(f"figure.{origin.measure.value}")]
    if origin.of is not None:
        parts = [voice.words("figure.share", part=parts[0], whole=voice.words(f"figure.{origin.of.value}"))]
    parts += [names[option] for option in origin.options]
    parts.append(area_name(checking.record, origin.area) or voice.words("figure.nation"))
    return ", ".join(parts)


def _as_json(checking: Checking, voice: Voice) -> dict[str, object]:
    checked = checking.checked
    return {
        "publication": checked.publication,
        "figures": [
            {
                "line": stated.line,
                "place": stated.place,
                "text": stated.figure.text,
                "estimate": stated.labelled,
                "origins": [_origin(checking, origin, voice) for origin in origins[:_ORIGINS]],
                "origins_in_all": len(origins),
            }
            for stated, origins in checked.figures
        ],
        "findings": [
            {
                "clause": finding.clause,
                "severity": finding.severity.value,
                "subject": finding.subject,
                "facts": dict(finding.facts),
                "sentence": finding.say(voice.language),
            }
            for finding in checked.findings
        ],
        "faults": len(checked.faults),
        "remarks": sum(finding.severity is Severity.REMARK for finding in checked.findings),
    }


def _origin(checking: Checking, origin: Origin, voice: Voice) -> dict[str, object]:
    return {
        "what": _what(checking, origin, voice),
        "round": origin.round,
        "contest": origin.contest,
        "area": origin.area or "nation",
        "measure": origin.measure.value,
        "options": list(origin.options),
        "of": origin.of.value if origin.of else None,
        "count": origin.part,
        "whole": origin.whole if origin.of else None,
        "entry": origin.entry,
        "file": data_file(checking.record, origin),
    }
