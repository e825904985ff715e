"""What in a signed report contradicts itself, or looks odd?

None of it blocks admission: a mistaken procès-verbal is a fact, and people must look at its paper. The desk
shows the same remarks before the officers sign. Spec 3.4, 3.7 to 3.13.
"""

from collections.abc import Iterator, Mapping

from limpide.record.events import Figures
from limpide.results.canvass import Canvass
from limpide.results.findings import Finding, Severity

ERRORS = frozenset({"3.4", "3.7"})
"""Sums that do not close: to be corrected on the paper or explained. The others are warnings."""


def check_figures(figures: Figures, subject: str, roll: int | None = None) -> Iterator[Finding]:
    """Every way in which the figures of a report contradict themselves, or the committed roll."""
    cast, blank, null = figures.ballots_cast, figures.blank_ballots, figures.ballots_rejected
    valid = sum(figures.votes.values())
    if valid + blank + null != cast:
        yield _remark("3.4", subject, counted=valid + blank + null, cast=cast)
    registered = figures.voters_registered if isinstance(figures.voters_registered, int) else roll
    signed = figures.voters_participated if isinstance(figures.voters_participated, int) else None
    if registered is not None and max(cast, signed or 0) > registered:
        yield _remark("3.7", subject, voted=max(cast, signed or 0), registered=registered)
    if signed is not None and signed != cast:
        yield _remark("3.8", subject, signed=signed, cast=cast)
    if roll is not None and registered != roll:
        yield _remark("3.9", subject, registered=registered or 0, roll=roll)
    if 100 * max(blank, null) >= 3 * cast > 0:
        yield _remark("3.10", subject, blank=blank, null=null, cast=cast)
    if cast > 0 and valid == 0:
        yield _remark("3.11", subject, cast=cast)
    largest = max(figures.votes.values(), default=0)
    if valid >= 100 and 100 * largest >= 95 * valid:  # noqa: PLR2004 - spec 3.12
        yield _remark("3.12", subject, votes=largest, valid=valid)
    if registered and 100 * cast >= 95 * registered:
        yield _remark("3.13", subject, cast=cast, registered=registered)


def check_canvass(canvass: Canvass, roll: Mapping[str, int]) -> Iterator[Finding]:
    """The remarks on every report that counts, and the units of which contradictory things were said."""
    for unit in canvass.register.units:
        line = canvass.units[unit]
        if line.settled.figures is not None:
            yield from check_figures(line.settled.figures, unit, roll.get(unit))
        if line.settled.state == "contested":
            yield _remark("5.2", unit, entries=", ".join(map(str, line.settled.entries)))


def _remark(clause: str, subject: str, **facts: str | int) -> Finding:
    return Finding(clause, subject, facts, Severity.REMARK)
