"""``limpide verify`` of a Belenios archive: is the election proven, and which result does it prove?"""

import re
from collections.abc import Iterator
from pathlib import Path

from limpide.belenios.decryption import Result
from limpide.belenios.election import Election, Homomorphic, Lists
from limpide.belenios.faults import Fault
from limpide.belenios.tally import nest
from limpide.belenios.verdict import Verdict
from limpide.commands.listing import columns, findings_json, findings_text
from limpide.commands.voice import FAULT, GOOD, USAGE, Voice
from limpide.results.findings import Finding, Severity
from limpide.roles.archive_check import check_archive
from limpide.roles.engines import engine
from limpide.roles.explaining import say_subject
from limpide.roles.past_results.election import UnusableFile
from limpide.words import Language

_FINGERPRINT = re.compile("^[0-9A-Za-z+/]{43}$")


def check(
    voice: Voice, archive: Path, expect: str | None = None, *, since: Path | None = None, strict: bool = False
) -> int:
    """Verifies an archive, says what was found, and gives the exit status."""
    fingerprint = None if expect is None else expect.strip()
    if fingerprint is not None and not _FINGERPRINT.match(fingerprint):
        raise voice.fail(USAGE, "not-a-belenios-fingerprint")
    try:
        verdict = check_archive(archive, engine=engine(), fingerprint=fingerprint, older=since)
    except OSError as error:
        raise UnusableFile(f"{error.filename or archive}: {error.strerror}") from None
    findings = [finding_of(fault, voice.language) for fault in verdict.faults]
    voice.give(_as_json(verdict, findings, voice), "\n".join(_as_text(verdict, findings, voice)))
    if verdict.election is None:
        voice.say("verdict.unreadable-archive", target=str(archive))
        return USAGE
    remarks = sum(finding.severity is Severity.REMARK for finding in findings)
    if not verdict.proven:
        voice.say("verdict.faults", faults=len(findings) - remarks, remarks=remarks)
        return FAULT
    voice.say("verdict.archive-good" if expect else "verdict.archive-consistent", remarks=remarks)
    return FAULT if strict and remarks else GOOD


def finding_of(fault: Fault, language: Language) -> Finding:
    """A fault as a finding whose sentence names its subject in the language."""
    facts = {**fault.facts, "subject": say_subject(fault.subject, language)}
    return Finding(fault.clause, fault.subject, facts, Severity(fault.severity))


def results_json(election: Election, result: Result) -> list[dict[str, object]]:
    """The result of each question, its answers as they stand in the election; a blank vote, if any, comes first."""
    return [
        {
            "question": question.question,
            "blank": isinstance(question, Homomorphic) and question.blank,
            "answers": question.answers,
            "result": items,
        }
        for question, items in zip(election.questions, nest(election, result), strict=True)
    ]


def result_lines(election: Election, result: Result, voice: Voice) -> Iterator[str]:
    """The result of each question, an answer a line."""
    for question, items in zip(election.questions, nest(election, result), strict=True):
        yield ""
        yield plain(question.question)
        match question:
            case Homomorphic():
                blank = [voice.words("archive.blank")] if question.blank else []
                yield from columns(_apart([*blank, *question.answers], items), voice)
            case Lists():
                for names, row in zip(question.answers, items, strict=True):
                    yield from columns(_apart(names, row), voice)
            case _:
                yield voice.words("archive.one-by-one", ballots=len(items))


def plain(text: str) -> str:
    """A name of an archive on one line of a terminal: nothing in it moves the cursor or begins another line."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _apart(names: list[str] | tuple[str, ...], counts: list[int]) -> dict[str, int]:
    """Counts by name; an answer that bears the name of another keeps a line of its own."""
    numbered = [plain(f"{name} ({i})" if names.count(name) > 1 else name) for i, name in enumerate(names, 1)]
    return dict(zip(numbered, counts, strict=True))


def _as_json(verdict: Verdict, findings: list[Finding], voice: Voice) -> dict[str, object]:
    election, result = verdict.election, verdict.result
    return {
        "uuid": election.uuid if election else None,
        "name": election.name if election else None,
        "fingerprint": verdict.fingerprint,
        "ballots": verdict.ballots,
        "num_tallied": verdict.num_tallied,
        "total_weight": verdict.total_weight,
        "proven": verdict.proven,
        "findings": findings_json(findings, voice),
        "results": results_json(election, result) if election and result else [],
    }


def _as_text(verdict: Verdict, findings: list[Finding], voice: Voice) -> list[str]:
    lines = []
    if (election := verdict.election) is not None:
        lines = [
            voice.words("archive.election", name=plain(election.name), uuid=election.uuid),
            voice.words("archive.fingerprint", fingerprint=election.fingerprint),
            voice.words("archive.ballots", ballots=verdict.ballots, counted=verdict.num_tallied),
        ]
        if verdict.total_weight != verdict.num_tallied:
            lines.append(voice.words("archive.weight", weight=verdict.total_weight))
        if verdict.result is not None:
            lines += result_lines(election, verdict.result, voice)
    return [*lines, *findings_text(findings, voice)]
