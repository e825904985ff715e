"""What do two officers enter, check and sign when their station has counted?

The figures are checked before anybody signs, by the same clauses that the verifier uses later. An *error* (sums
that do not close) is corrected on the paper or explained, a *warning* is confirmed; either leaves its clause
in the report as a remark. Both seats then sign the same bytes, and the door code of those bytes is posted.
"""

from collections.abc import Collection

import msgspec

from limpide.canonical import Refused
from limpide.record.definition import Contest, ElectionId, Need
from limpide.record.events import Figures, StationReport, Turnout
from limpide.results.findings import Finding
from limpide.results.remarks import ERRORS, check_figures
from limpide.roles.drafts import Draft, draft


def open_findings(figures: Figures, unit: str, explained: Collection[str] = ()) -> list[Finding]:
    """What is wrong or odd about figures and not yet explained, by clause, errors first."""
    found = [finding for finding in check_figures(figures, unit) if finding.clause not in explained]
    return sorted(found, key=lambda finding: finding.clause not in ERRORS)


def draft_report(
    election: ElectionId,
    contest: Contest,
    round_: int,
    unit: str,
    *,
    figures: Figures,
    explained: Collection[str] = (),
) -> Draft:
    """The procès-verbal to be signed by both seats; ``explained`` are clauses that the officers answer for.

    Raises ``Refused``: spec 3.3 for a figure that the form does not ask or lacks, and the clause of the first
    finding that is neither corrected nor explained.
    """
    _check_form(contest, figures, unit)
    unanswered = open_findings(figures, unit, explained)
    if unanswered:
        first = unanswered[0]
        raise Refused(first.clause, "to be corrected on the paper, or explained", subject=unit, **first.facts)
    remarks = tuple(remark_code(finding.clause) for finding in check_figures(figures, unit))
    body = StationReport(contest=contest.id, figures=figures, round=round_, unit=unit, remarks=remarks)
    return draft(election, body)


def draft_turnout(election: ElectionId, round_: int, unit: str, hour: str, voters: int) -> Draft:
    """The turnout so far at a stated hour, to be signed by one seat."""
    return draft(election, Turnout(hour=hour, round=round_, unit=unit, voters=voters))


def entered_twice(first: Figures, second: Figures) -> list[str]:
    """The names of the figures on which two separate entries differ. Any at all sends both back to the paper."""
    one, other = _flat(first), _flat(second)
    return [name for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name)]


def remark_code(clause: str) -> str:
    """How a report says that its officers saw a finding of that clause: ``seen-3-8``."""
    return f"seen-{clause.replace('.', '-')}"


def _check_form(contest: Contest, figures: Figures, unit: str) -> None:
    if figures.votes.keys() - {option.id for option in contest.options}:
        raise Refused("3.3", "an option is not one of this contest", subject=unit)
    asked = {"voters_registered": contest.voters_registered, "voters_participated": contest.voters_participated}
    for name, need in asked.items():
        stated = isinstance(getattr(figures, name), int)
        if (need is Need.REQUIRED and not stated) or (need is Need.ABSENT and stated):
            raise Refused("3.3", f"{name} is {need} in this contest", subject=unit)


def _flat(figures: Figures) -> dict[str, int]:
    counts = msgspec.structs.asdict(figures)
    flat = {name: value for name, value in counts.items() if isinstance(value, int)}
    return flat | {f"votes.{option}": count for option, count in figures.votes.items()}
