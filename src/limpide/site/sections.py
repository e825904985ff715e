"""What does a page say of one contest in a division, a locality or a station?"""

from collections.abc import Iterable, Iterator

from limpide.record.definition import Locality
from limpide.record.events import StationReport
from limpide.record.record import Record
from limpide.results.canvass import Canvass, Totals, UnitLine
from limpide.results.remarks import check_figures
from limpide.site.history import has_history, history
from limpide.site.sheets import Html, Ranking, Sheet
from limpide.site.wording import escape

LOCALITY_ACTS = "../../acts.html"
STATION_ACTS = "../../../acts.html"
"""Where the page of acts is, seen from the page of a locality and of a station."""


def division_section(canvass: Canvass, sheet: Sheet, division: str, rows: Html) -> Html:
    """One contest in a division; ``rows`` are those of its localities."""
    totals = canvass.area(division).totals
    coverage, say = sheet.coverage(totals), sheet.wording.say
    data = f"../../../data/r{canvass.round}/{sheet.contest.id}/{division}.json"
    return (
        f"{_head(sheet, Ranking.of(totals), totals, coverage)}{sheet.table('areas', coverage, (rows,))}"
        f'<p class="data"><a href="{data}">{escape(say("page.data.division"))}</a></p>\n</section>\n'
    )


def locality_section(record: Record, canvass: Canvass, sheet: Sheet, locality: Locality, ranking: Ranking) -> Html:
    """One contest in a locality: totals, stations as rows, and whatever was corrected, figure by figure."""
    totals = canvass.localities[locality.id].totals
    coverage = sheet.coverage(totals)
    lines = [canvass.units[unit] for unit in locality.units]
    rows = [_unit_row(record, sheet, line, canvass.round) for line in lines]
    foot = sheet.total_row(totals) if len(rows) > 1 else ""
    histories = [
        f"<h3>{escape(line.unit.name)}</h3>\n{history(record, sheet, line, LOCALITY_ACTS)}"
        for line in lines
        if has_history(line)
    ]
    return (
        f"{_head(sheet, ranking, totals, coverage)}{sheet.table('units', coverage, rows, foot)}"
        f"{''.join(histories)}</section>\n"
    )


def station_section(record: Record, canvass: Canvass, sheet: Sheet, unit: str) -> Html:
    """One contest in a station: its figures, what they remark, and every entry that bears on it."""
    line = canvass.units[unit]
    state = f'<p class="state {line.settled.state}">{sheet.state_name(line.settled.state)}</p>\n'
    remarks = "".join(f"<li>{escape(remark)}</li>" for remark in _remarks(record, sheet, line, canvass.round))
    listed = f'<ul class="remarks">{remarks}</ul>\n' if remarks else ""
    return (
        f"{_head(sheet, Ranking.of(line.totals), line.totals, sheet.coverage(line.totals))}{state}{listed}"
        f"{history(record, sheet, line, STATION_ACTS)}</section>\n"
    )


def _head(sheet: Sheet, ranking: Ranking, totals: Totals, coverage: Html) -> Html:
    kind = "complete" if totals.is_complete else "partial"
    pair = sheet.options_table(ranking, coverage) + sheet.counts_table(totals, coverage)
    return (
        f'<section class="result {kind}">\n<h2>{sheet.title}</h2>\n{sheet.completeness(totals, coverage)}'
        f'<div class="pair">\n{pair}</div>\n'
    )


def _unit_row(record: Record, sheet: Sheet, line: UnitLine, round_: int) -> Html:
    settled, name = line.settled, escape(line.unit.name)
    cells = sheet.empty if settled.figures is None else sheet.figures_cells(line.totals)
    entries = ", ".join(_entries(record, sheet, settled.entries))
    remarks = escape(" · ".join(_remarks(record, sheet, line, round_)))
    return (
        f'<tr><th scope="row">{name}</th>{sheet.states[settled.state]}{cells}<td>{entries}</td>'
        f'<td class="remarks">{remarks}</td></tr>\n'
    )


def _entries(record: Record, sheet: Sheet, entries: Iterable[int]) -> Iterator[Html]:
    counts = sheet.wording.counts
    for index in entries:
        if isinstance(record.event(index).body, StationReport):
            yield counts[index]
        else:
            yield f'<a href="{LOCALITY_ACTS}#e{index}">{counts[index]}</a>'


def _remarks(record: Record, sheet: Sheet, line: UnitLine, round_: int) -> Iterator[str]:
    """What the officers remarked, then what the figures themselves say. Spec 3.4, 3.7 to 3.13."""
    unit, figures = line.unit.id, line.settled.figures
    if figures is None or line.settled.counted is None:
        return
    body = record.event(line.settled.counted).body
    if isinstance(body, StationReport):
        for code in body.remarks:
            yield sheet.wording.code("remark", code)
    for finding in check_figures(figures, unit, record.voters_registered(round_).get(unit)):
        # the sentence begins with its subject, which the row names already
        yield finding.say(sheet.wording.language).removeprefix(unit).strip(" :.")
