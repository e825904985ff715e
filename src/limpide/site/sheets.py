"""How is the result of one contest laid out in tables?

A ``Sheet`` is one contest of one round in one language: its captions, heads and names are written once, its rows
are joined from strings that are HTML already. Whatever it is given to write is escaped here or is a number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from limpide.record.definition import Contest, Need
from limpide.record.settlement import Settlement
from limpide.results.canvass import Totals
from limpide.site.wording import NOTHING, Wording, escape, hundredths

Html = str
"""Text that is safe in a page: markup of ours, with every name escaped."""

_NOTED = tuple(s for s in Settlement if s not in (Settlement.EXPECTED, Settlement.REPORTED))
_NUMBERED = ("voters_registered", "voters_participated", "ballots_cast", "blank_ballots", "ballots_rejected")
_LABELS = (*_NUMBERED, "valid", "votes", "counts", "total", "partial", "complete")


@dataclass(frozen=True, slots=True)
class Ranking:
    """The options of some totals by their votes: what the tables of both languages share."""

    order: Sequence[int]
    """Positions in the contest; ties stay in its order."""
    votes: Sequence[int]
    valid: int

    @classmethod
    def of(cls, totals: Totals) -> "Ranking":
        """The ranking of some totals."""
        votes = totals.votes
        order = sorted(range(len(votes)), key=votes.__getitem__, reverse=True)
        return cls(order, votes, sum(votes))


@dataclass(slots=True, eq=False)
class Sheet:
    """One contest in one round and one language, above a table of one kind of place."""

    wording: Wording
    contest: Contest
    options: tuple[str, ...]
    """The ids of the round's options, in the order of its canvass."""
    place: str
    """What the rows of the table below the totals are: commune, bureau …"""
    by_place: Html
    title: Html
    names: tuple[Html, ...] = field(init=False)
    shown: tuple[int, ...] = field(init=False)
    """Positions, among the five counts of a report, of those that the paper form asks for."""
    states: dict[Settlement, Html] = field(init=False)
    empty: Html = field(init=False)
    """The cells of a unit without figures."""
    labels: dict[str, Html] = field(init=False)
    """What the tables call each figure."""
    heads: dict[str, Html] = field(init=False)
    """The heads of tables of options, units and areas."""

    def __post_init__(self) -> None:
        """Writes what all tables share."""
        named = {option.id: escape(option.name) for option in self.contest.options}
        self.names = tuple(named[option] for option in self.options)
        asked = {
            "voters_registered": self.contest.voters_registered,
            "voters_participated": self.contest.voters_participated,
        }
        self.shown = tuple(k for k, name in enumerate(_NUMBERED) if asked.get(name) is not Need.ABSENT)
        self.states = {s: f'<td class="state {s.value}">{self.state_name(s)}</td>' for s in Settlement}
        self.labels = {name: escape(self.wording.say(f"page.{name}")) for name in _LABELS}
        self.empty = f"<td>{NOTHING}</td>" * (len(self.shown) + 1 + len(self.options))
        self.heads = {
            "options": self._columns("option", "votes", "share"),
            "units": self._head(("state",), ("entries", "remarks")),
            "areas": self._head(("units",)),
        }

    def coverage(self, totals: Totals) -> Html:
        """How many units are in the sums: stands in the caption of every table of figures (R22)."""
        return escape(self.wording.say("page.coverage", counted=totals.units_counted, units=totals.units))

    def completeness(self, totals: Totals, coverage: Html) -> Html:
        """Whether an area is partial or complete, and what is missing or out of the ordinary in it."""
        wording, complete = self.wording, totals.is_complete
        notes = [coverage]
        if totals.units_awaited:
            what = [wording.number("page.count.units", totals.units_awaited)]
            if totals.voters_awaited:
                what.append(wording.number("page.count.voters", totals.voters_awaited))
            notes.append(escape(wording.say("page.awaited", what=", ".join(what))))
        notes.extend(
            escape(wording.say("page.in-state", state=wording.say(f"state.{state.value}"), count=count))
            for state in _NOTED
            if (count := totals.state(state))
        )
        word = "complete" if complete else "partial"
        counted, units = totals.units_counted, totals.units
        bar = "" if complete else f'<progress max="{units}" value="{counted}" aria-hidden="true"></progress>'
        return f'<p class="coverage {word}"><strong>{self.labels[word]}</strong> {". ".join(notes)}.{bar}</p>\n'

    def options_table(self, ranking: Ranking, coverage: Html) -> Html:
        """The options by their votes, with shares of the valid votes and bars."""
        counts, shares, valid = self.wording.counts, self.wording.shares, ranking.valid
        rows = []
        for position in ranking.order:
            votes = ranking.votes[position]
            if valid:
                part = hundredths(votes, valid)
                bar, share = _bar(part), shares[part]
            else:
                bar, share = "", NOTHING
            name = self.names[position]
            rows.append(f'<tr><th scope="row">{name}{bar}</th><td>{counts[votes]}</td><td>{share}</td></tr>\n')
        caption, head = f"{self.labels['votes']} <span>{coverage}</span>", self.heads["options"]
        return (
            f'<table class="options"><caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n'
            f"<tbody>\n{''.join(rows)}</tbody></table>\n"
        )

    def counts_table(self, totals: Totals, coverage: Html) -> Html:
        """Registered voters, turnout, ballots, blank and null ones, valid votes."""
        counts, share, vector = self.wording.counts, self.wording.share, totals.vector
        registered, participated, cast, valid = vector[0], vector[1], vector[2], totals.valid_votes
        parts = ("", share(participated, registered), "", share(vector[3], cast), share(vector[4], cast))
        rows = [
            f'<tr><th scope="row">{self.labels[_NUMBERED[k]]}</th>'
            f"<td>{counts[vector[k]] if k or registered else NOTHING}</td><td>{parts[k]}</td></tr>\n"
            for k in self.shown
        ]
        rows.append(
            f'<tr><th scope="row">{self.labels["valid"]}</th>'
            f"<td>{counts[valid]}</td><td>{share(valid, cast)}</td></tr>\n"
        )
        return (
            f'<table class="counts"><caption>{self.labels["counts"]} <span>{coverage}</span></caption>\n'
            f"<tbody>\n{''.join(rows)}</tbody></table>\n"
        )

    def figures_cells(self, totals: Totals, order: Sequence[int] = ()) -> Html:
        """The cells of one row of figures: the counts that are asked, the valid votes, the votes."""
        counts, vector, votes = self.wording.counts, totals.vector, totals.votes
        cells = [counts[vector[k]] for k in self.shown]
        cells.append(counts[sum(votes)])
        cells.extend([counts[votes[k]] for k in order] if order else [counts[v] for v in votes])
        return "<td>" + "</td><td>".join(cells) + "</td>"

    def area_row(self, link: Html, totals: Totals, order: Sequence[int] = ()) -> Html:
        """One area as a row: its link, how many units are counted, its figures."""
        counted, units = totals.units_counted, totals.units
        partial = "" if totals.is_complete else ' class="partial"'
        counts = self.wording.counts
        return (
            f'<tr{partial}><th scope="row">{link}</th><td>{counts[counted]}/{counts[units]}</td>'
            f"{self.figures_cells(totals, order)}</tr>\n"
        )

    def total_row(self, totals: Totals) -> Html:
        """The last row of a table of stations: their sums."""
        return (
            f'<tfoot><tr><th scope="row">{self.labels["total"]}</th><td></td>{self.figures_cells(totals)}'
            "<td></td><td></td></tr></tfoot>\n"
        )

    def state_name(self, state: Settlement) -> Html:
        """The word for the state of a unit."""
        return escape(self.wording.say(f"state.{state.value}"))

    def ranked_table(self, coverage: Html, areas: Iterable[tuple[Html, Totals]], ranking: Ranking) -> Html:
        """The wide table of areas, given as links and totals, with the options in the order of a ranking."""
        rows = [self.area_row(link, totals, ranking.order) for link, totals in areas]
        return self._table("areas", self._head(("units",), (), ranking.order), coverage, rows)

    def table(self, kind: str, coverage: Html, rows: Iterable[Html], foot: Html = "") -> Html:
        """The wide table of ``units`` or ``areas``, with the options in the order of the contest."""
        return self._table(kind, self.heads[kind], coverage, rows, foot)

    def _table(self, kind: str, head: Html, coverage: Html, rows: Iterable[Html], foot: Html = "") -> Html:
        """A table that scrolls in its own box."""
        caption = f"{self.by_place} – {coverage}"
        return (
            f'<div class="scroll" role="region" aria-label="{caption}" tabindex="0"><table class="{kind}">'
            f"<caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n"
            f"<tbody>\n{''.join(rows)}</tbody>\n{foot}</table></div>\n"
        )

    def _head(self, first: Sequence[str], last: Sequence[str] = (), order: Sequence[int] = ()) -> Html:
        counts = (*(f"{_NUMBERED[k]}.short" for k in self.shown), "valid.short")
        names = [self.names[k] for k in order] if order else self.names
        options = "".join(f'<th scope="col" class="option">{name}</th>' for name in names)
        place = f'<th scope="col">{escape(self.place)}</th>'
        return f"{place}{self._columns(*first, *counts)}{options}{self._columns(*last)}"

    def _columns(self, *names: str) -> Html:
        return "".join(f'<th scope="col">{escape(self.wording.say(f"page.{name}"))}</th>' for name in names)


@cache
def _bar(value: int) -> Html:
    """The bar of a share in hundredths of a per cent. Its track is the whole, so that bars compare everywhere."""
    return f'<meter max="100" value="{value // 100}.{value % 100:02d}" aria-hidden="true"></meter>'
