"""Where does the night stand, at a glance?

The front page: for each contest of each round, how far the count has come, then what is known. Coverage comes
first and stands beside every figure; a partial count, a complete one and a proclaimed one look different (R22).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from limpide.record.definition import Round
from limpide.results.canvass import NATION, Canvass, Totals
from limpide.results.edition import Edition
from limpide.site.sheets import Html, Ranking, Sheet
from limpide.site.verdicts import verdict
from limpide.site.wording import Wording, escape, reached


@dataclass(frozen=True, slots=True)
class ContestView:
    """One contest of a round as the front page shows it."""

    id: str
    name: str
    status: str
    """A ``ResultsStatus``; its words are ``state.<status>``."""
    reached: str
    """How much of the units is counted, in words."""
    counted: int
    units: int
    verdict: tuple[str, ...]
    completeness: Markup
    options: Markup
    counts: Markup
    divisions: Markup
    data: str
    """The folder of its data files."""


@dataclass(frozen=True, slots=True)
class RoundView:
    """One round as the front page shows it."""

    round: Round
    name: str
    contests: Sequence[ContestView]
    turnout: Markup


def contest_view(
    edition: Edition, canvass: Canvass, sheet: Sheet, divisions: Iterable[tuple[Html, Totals]]
) -> ContestView:
    """One contest; ``divisions`` are links with their totals."""
    wording, contest, totals = sheet.wording, sheet.contest, canvass.nation.totals
    coverage, ranking = sheet.coverage(totals), Ranking.of(totals)
    return ContestView(
        id=contest.id,
        name=wording.name(contest.name),
        status=edition.status(canvass.round, contest.id).value,
        reached=wording.shares[reached(totals.units_counted, totals.units)],
        counted=totals.units_counted,
        units=totals.units,
        verdict=tuple(verdict(edition, contest, canvass, wording)),
        completeness=_safe(sheet.completeness(totals, coverage)),
        options=_safe(sheet.options_table(ranking, coverage)),
        counts=_safe(sheet.counts_table(totals, coverage)),
        divisions=_safe(sheet.ranked_table(coverage, divisions, ranking)),
        data=f"data/r{canvass.round}/{contest.id}",
    )


def turnout_table(canvass: Canvass, area: str, wording: Wording) -> Html:
    """Voters so far by hour in the nation or a division, with how many units said so; nothing before the first."""
    rows = "".join(_turnout_rows(canvass, area, wording))
    if not rows:
        return ""
    heads = "".join(
        f'<th scope="col">{escape(wording.say(f"page.{name}"))}</th>' for name in ("hour", "voters", "units-said")
    )
    caption = escape(wording.say("page.turnout"))
    return (
        f'<table class="turnout"><caption>{caption}</caption>\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody></table>\n"
    )


def _turnout_rows(canvass: Canvass, area: str, wording: Wording) -> Iterator[Html]:
    units = wording.counts[canvass.area(area).totals.units]
    for hour, areas in sorted(canvass.turnout.items()):
        if area in areas:
            said, voters = areas[area].totals.vector
            yield (
                f'<tr><th scope="row">{escape(hour)}</th><td>{wording.counts[voters]}</td>'
                f"<td>{wording.counts[said]}/{units}</td></tr>\n"
            )


def round_view(
    edition: Edition, round_: Round, name: str, contests: Sequence[ContestView], wording: Wording
) -> RoundView:
    """One round; turnout is counted per round, so that any of its canvasses has it."""
    _, canvass = next(edition.contests(round_.number))
    return RoundView(round_, name, contests, _safe(turnout_table(canvass, NATION, wording)))


def _safe(html: Html) -> Markup:
    return Markup(html)  # noqa: S704 - tables escape every name they write
