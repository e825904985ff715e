"""How are findings and figures listed? For people a line each; for programs, values of JSON."""

from collections import Counter
from collections.abc import Mapping, Sequence

from limpide.commands.voice import Voice
from limpide.results.findings import Finding, Severity

_SHOWN = 10
"""Remarks of one clause that are listed for people; JSON has them all."""


def columns(counts: Mapping[str, int], voice: Voice) -> list[str]:
    """Names to the left, their numbers to the right."""
    shown = {name: voice.words("number", count=count) for name, count in counts.items()}
    name_width, width = max(map(len, shown), default=0), max(map(len, shown.values()), default=0)
    return [f"  {name:<{name_width}}  {count:>{width}}" for name, count in shown.items()]


def findings_json(findings: Sequence[Finding], voice: Voice) -> list[dict[str, object]]:
    """Every finding, with its sentence."""
    return [
        {
            "clause": finding.clause,
            "severity": finding.severity.value,
            "subject": finding.subject,
            "facts": dict(finding.facts),
            "sentence": finding.say(voice.language),
        }
        for finding in findings
    ]


def findings_text(findings: Sequence[Finding], voice: Voice) -> list[str]:
    """Every fault, and of each clause the first remarks with the count of the others."""
    lines: list[str] = [""] if findings else []
    seen: Counter[str] = Counter()
    for finding in sorted(findings, key=lambda finding: finding.severity is not Severity.FAULT):
        seen[finding.clause] += 1
        if finding.severity is Severity.FAULT or seen[finding.clause] <= _SHOWN:
            lines.append(finding_line(finding, voice))
    for clause, count in seen.items():
        faults = any(f.clause == clause and f.severity is Severity.FAULT for f in findings)
        if count > _SHOWN and not faults:
            lines.append(voice.words("more-remarks", clause=clause, count=count - _SHOWN))
    return lines


def finding_line(finding: Finding, voice: Voice) -> str:
    """One finding: how grave, its clause, its sentence."""
    grave = voice.words(f"severity.{finding.severity.value}")
    return f"{grave} [{finding.clause}] {finding.say(voice.language)}"
