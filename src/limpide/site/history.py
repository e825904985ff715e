"""What was said of a unit, and what does each new version change?

Nothing is edited: a correction stands beside what it corrects, figure by figure. Spec 4.8, 5.2.
"""

from collections.abc import Iterator

from limpide.record.definition import Need
from limpide.record.events import (
    Annulment,
    Correction,
    EntryId,
    Figures,
    Reinstatement,
    SignedEvent,
    StationReport,
    UnitStatus,
)
from limpide.record.record import Record
from limpide.record.settlement import Settlement
from limpide.results.canvass import UnitLine
from limpide.site.sheets import Html, Sheet
from limpide.site.wording import NOTHING, escape

Version = tuple[int, Figures]
"""The index of an entry and the figures it states."""


def has_history(line: UnitLine) -> bool:
    """Is there more to tell of a unit than one report that counts?"""
    settled = line.settled
    return len(settled.entries) > 1 or settled.state not in (Settlement.EXPECTED, Settlement.REPORTED)


def history(record: Record, sheet: Sheet, line: UnitLine, acts: str) -> Html:
    """Every entry that bears on a unit, in order. ``acts`` is the address of the page of acts."""
    steps = "".join(f"<li>\n{step}</li>\n" for step in _steps(record, sheet, line, acts))
    return f'<ol class="history">\n{steps}</ol>\n'


def signers(sheet: Sheet, event: SignedEvent) -> Html:
    """Who signed an entry: seats, never people."""
    names = ", ".join(line.name for line in event.note.lines)
    return escape(sheet.wording.say("page.signed-by", names=names))


def _steps(record: Record, sheet: Sheet, line: UnitLine, acts: str) -> Iterator[Html]:
    wording, first = sheet.wording, None
    said = [record.event(index).body for index in line.settled.entries]
    # a second version shows the first beside it
    alone = sum(isinstance(body, StationReport | Correction) for body in said) == 1
    for index in line.settled.entries:
        event = record.event(index)
        match event.body:
            case StationReport() as body:
                version = (index, body.figures)
                if first is None:
                    table = _figures(sheet, version, line) if alone else ""
                else:
                    table = _difference(sheet, first, version)
                first = first or version
            case Correction() as body:
                table = _difference(sheet, _superseded(record, body), (index, body.figures))
            case UnitStatus() | Annulment() | Reinstatement():
                table = ""
            case _:
                continue
        number = escape(wording.say("page.entry", number=index))
        head = number if isinstance(event.body, StationReport) else f'<a href="{acts}#e{index}">{number}</a>'
        kind = escape(wording.say(f"kind.{event.kind}"))
        reason = getattr(event.body, "reason", None)
        because = f" · {escape(wording.code('reason', reason))}" if reason else ""
        yield f"<p><strong>{head} · {kind}</strong>{because} <span>{signers(sheet, event)}</span></p>\n{table}"


def _superseded(record: Record, body: Correction) -> Version:
    index = record.find(EntryId(bytes.fromhex(body.supersedes)))
    target = record.event(index).body if index is not None else None
    # admission has checked that a correction supersedes a report or a correction of the same unit
    assert index is not None
    assert isinstance(target, StationReport | Correction)
    return index, target.figures


def _figures(sheet: Sheet, version: Version, line: UnitLine) -> Html:
    index, figures = version
    counts = line.settled.figures is not None and line.settled.counted == index
    key = "page.figures.counted" if counts else "page.figures.not-counted"
    caption = escape(sheet.wording.say(key, number=index))
    rows = "".join(
        f'<tr><th scope="row">{label}</th><td>{_count(sheet, count)}</td></tr>\n'
        for label, count in _rows(sheet, figures)
    )
    return f'<table class="version"><caption>{caption}</caption>\n<tbody>\n{rows}</tbody></table>\n'


def _difference(sheet: Sheet, before: Version, after: Version) -> Html:
    say = sheet.wording.say
    caption = escape(say("page.difference", before=before[0], after=after[0]))
    heads = "".join(
        f'<th scope="col">{escape(head)}</th>'
        for head in (
            say("page.figure"),
            say("page.before", number=before[0]),
            say("page.after", number=after[0]),
            say("page.change"),
        )
    )
    rows = []
    for (label, old), (_, new) in zip(_rows(sheet, before[1]), _rows(sheet, after[1]), strict=True):
        difference = (new or 0) - (old or 0)
        mark = ' class="changed"' if old != new else ""
        rows.append(
            f'<tr{mark}><th scope="row">{label}</th><td>{_count(sheet, old)}</td><td>{_count(sheet, new)}</td>'
            f"<td>{sheet.wording.change(difference)}</td></tr>\n"
        )
    return (
        f'<table class="version difference"><caption>{caption}</caption>\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody></table>\n"
    )


def _rows(sheet: Sheet, figures: Figures) -> Iterator[tuple[Html, int | None]]:
    say, contest = sheet.wording.say, sheet.contest
    for name, need, count in (
        ("voters_registered", contest.voters_registered, figures.voters_registered),
        ("voters_participated", contest.voters_participated, figures.voters_participated),
        ("ballots_cast", Need.REQUIRED, figures.ballots_cast),
        ("blank_ballots", Need.REQUIRED, figures.blank_ballots),
        ("ballots_rejected", Need.REQUIRED, figures.ballots_rejected),
        ("valid", Need.REQUIRED, sum(figures.votes.values())),
    ):
        if need is not Need.ABSENT:
            yield escape(say(f"page.{name}")), count if isinstance(count, int) else None
    for option, name in zip(sheet.options, sheet.names, strict=True):
        yield name, figures.votes[option]


def _count(sheet: Sheet, count: int | None) -> str:
    return NOTHING if count is None else sheet.wording.counts[count]
