"""What does a table say, cell by cell, and do its own sums and percentages close?

A cell means what the heads of its row and of its column mean together. Tables lie either way: options down the
side, or places down the side and options across. Spec 10.2, 10.5, 10.6.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from limpide.results.canvass import NATION
from limpide.results.findings import Finding, Severity
from limpide.results.statement_figures import Figure, Kind, read_number
from limpide.results.statement_index import Derivable, Origin, rounded
from limpide.results.statement_text import Table
from limpide.results.statement_words import Heading, Measure, Names

Key = tuple[Measure, frozenset[str]]
"""What is counted, and of which option."""
_BASES = (Measure.VALID, Measure.CAST, Measure.PARTICIPATED, Measure.REGISTERED)
_SAME = {m: frozenset((Measure.PARTICIPATED, Measure.CAST)) for m in (Measure.PARTICIPATED, Measure.CAST)}
"""Published tables call either of them voters (votants)."""
_TOTAL = (Measure.VALID, Measure.CAST, Measure.PARTICIPATED)
"""What the total of a column of votes may be."""
JUMP_PER_CENT = 1
"""A growth that leaves no share changed is remarked on above this."""
_FEWEST = 3
"""Shares that must all be equal before that is remarked on."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in a table, and what it is said to be."""

    figure: Figure
    line: int
    row: Heading
    column: Heading
    place: tuple[int, int]

    @property
    def options(self) -> frozenset[str]:
        """The options that its heads name."""
        return self.row.options | self.column.options

    @property
    def area(self) -> str:
        """The place that its heads name, else the nation."""
        return next((a for a in (self.row.area, self.column.area) if a), NATION)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What it counts, as far as its heads say; several where any of them may be meant."""
        if self.options:
            return (Measure.VOTES,)
        named = [m for m in (self.row.measure, self.column.measure) if m not in (None, Measure.VOTES)]
        if not named:
            return _TOTAL if self.row.is_total or self.column.is_total else ()
        return tuple(m for m in dict.fromkeys(named) if m is not None)

    @property
    def key(self) -> Key | None:
        """What it counts, where that is certain."""
        return (self.measures[0], self.options) if len(self.measures) == 1 else None

    @property
    def series(self) -> tuple[str, int]:
        """The row or the column whose figures belong together with it."""
        down = bool(self.row.options or self.row.measure or self.row.is_total or self.row.is_others)
        return ("column", self.place[1]) if down and not self.column.options else ("row", self.place[0])

    def origins(self, index: Derivable) -> list[Origin]:
        """What a record yields that is this figure, at this place of the table."""
        return [origin for origin in index.of(self.figure) if self._is_meant(origin)]

    def expected(self, index: Derivable) -> str | None:
        """What the record yields at this place, written as the table writes; None where its heads do not say."""
        if not self._is_certain:
            return None
        options = tuple(sorted(self.options))
        found = [o for measure in self.measures for o in index.cells.get((self.area, measure, options), ())]
        if not found:
            return None
        if self.figure.kind is Kind.COUNT:
            return str(found[0].value)
        of = [self.column.of, self.row.of, *_BASES]
        wholes = [o for m in of if m is not None for o in index.cells.get((self.area, m, ()), ()) if o.value]
        if not wholes or found[0].measure is wholes[0].measure:
            return None
        return written(found[0].value, wholes[0].value, self.figure)

    @property
    def _is_certain(self) -> bool:
        return len(self.measures) == 1 and len(self.options) <= 1

    def _is_meant(self, origin: Origin) -> bool:
        if origin.area != self.area or (self.options and frozenset(origin.options) != self.options):
            return False
        wanted = frozenset(same for m in self.measures for same in _SAME.get(m, (m,)))
        of = self.column.of or self.row.of
        if origin.of is None:
            return not wanted or origin.measure in wanted
        bases = _SAME.get(of, frozenset((of,))) if of else frozenset(_BASES)
        if not wanted:
            return of is None or origin.measure is of or origin.of in bases
        return origin.measure in wanted and (of is None or origin.of in bases or of in self.measures)


@dataclass(slots=True, eq=False)
class Sheet:
    """A table read: its cells, and those that nothing explains."""

    table: Table
    cells: list[Cell] = field(default_factory=list)
    unexplained: list[tuple[str, int]] = field(default_factory=list)
    """Cells under no head that is known: to be read as text, with their line."""

    def series(self) -> Mapping[tuple[str, int], list[Cell]]:
        """The counts that belong together, by row or by column."""
        found: dict[tuple[str, int], list[Cell]] = {}
        for cell in self.cells:
            if cell.figure.kind is Kind.COUNT and cell.figure.count is not None:
                found.setdefault(cell.series, []).append(cell)
        return found


def read_table(table: Table, names: Names) -> Sheet:
    """The cells of a table with what their heads mean."""
    sheet = Sheet(table)
    first = table.rows[0] if table.rows else ()
    has_head = not any(read_number(text) for text in first[1:]) and any(any(c.isalpha() for c in t) for t in first)
    width = max((len(row) for row in table.rows), default=0)
    heads = [names.heading(first[k]) if has_head and k < len(first) else Heading("") for k in range(width)]
    labels = 0 if heads and heads[0].means_something and heads[0].area is None else 1
    for number, row in enumerate(table.rows):
        if number == 0 and has_head:
            continue
        head, is_said = _row_heading(row, heads, labels, names)
        for place, text in enumerate(row):
            if place < labels or not any(c.isdecimal() for c in text):
                continue
            column = heads[place]
            figure = read_number(text, is_share=column.is_share or head.is_share)
            if column.is_name:
                continue
            meant = head.means_something or (column.means_something and not is_said)
            if figure is None or not meant:
                sheet.unexplained.append((text, table.lines[number]))
            else:
                sheet.cells.append(Cell(figure, table.lines[number], head, column, (number, place)))
    return sheet


def _row_heading(row: Sequence[str], heads: Sequence[Heading], labels: int, names: Names) -> tuple[Heading, bool]:
    """What a row is about: its first cell that says so; and whether it bears any label."""
    said = False
    for place, text in enumerate(row[:4]):
        if place >= labels and (heads[place].means_something or read_number(text)):
            break
        if text:
            found = names.heading(text)
            if found.means_something:
                return found, True
            said = True
    return Heading(row[0] if labels and row else ""), said


def check_sums(sheet: Sheet, contests: Sequence[frozenset[str]]) -> Iterator[Finding]:
    """Every sum that does not close, by its difference; ``contests`` are the options of each. Spec 10.2."""
    for cells in sheet.series().values():
        values = {cell.key: cell for cell in reversed(cells) if cell.key is not None}
        votes = [cell for key, cell in values.items() if key[1]]
        others = [cell for cell in cells if cell.row.is_others or cell.column.is_others]
        whole = any(options <= {o for cell in votes for o in cell.options} for options in contests) or others
        total = next((cell for cell in cells if cell.measures == _TOTAL), None)
        yield from _close(
            votes=[*votes, *others] if votes and whole else [],
            unmarked=_unmarked(values),
            valid=values.get((Measure.VALID, frozenset())),
            voters=values.get((Measure.PARTICIPATED, frozenset())) or values.get((Measure.CAST, frozenset())),
            total=total,
        )
    yield from _check_places(sheet)


def _unmarked(values: Mapping[Key, Cell]) -> list[Cell]:
    both = values.get((Measure.BLANK_AND_NULL, frozenset()))
    if both is not None:
        return [both]
    parts = [values.get((measure, frozenset())) for measure in (Measure.BLANK, Measure.NULL)]
    return [part for part in parts if part is not None] if all(parts) else []


def _close(
    *, votes: list[Cell], unmarked: list[Cell], valid: Cell | None, voters: Cell | None, total: Cell | None
) -> Iterator[Finding]:
    cast = _sum(votes)
    if votes and valid:
        yield from _differ(cast, valid)
    if unmarked and voters and (votes or valid):
        yield from _differ(_sum(unmarked) + (_sum([valid]) if valid else cast), voters)
    if votes and total and cast != total.figure.count:
        yield from _differ(cast + _sum(unmarked), total)


def _check_places(sheet: Sheet) -> Iterator[Finding]:
    """The places of a table against its line of totals."""
    for column in sorted({cell.place[1] for cell in sheet.cells if cell.row.is_total}):
        cells = [c for c in sheet.cells if c.place[1] == column and c.figure.kind is Kind.COUNT]
        parts = [cell for cell in cells if cell.row.area]
        totals = [cell for cell in cells if cell.row.is_total]
        if len(parts) > 1 and len(totals) == 1:
            yield from _differ(_sum(parts), totals[0])


def check_shares(sheet: Sheet) -> Iterator[Finding]:
    """Every percentage that its own row's count does not give, of any total of the table. Spec 10.5."""
    series = sheet.series()
    bases = {name: _wholes(cells) for name, cells in series.items()}
    counts: dict[tuple[int, Key], Cell] = {}
    for cell in sheet.cells:
        if cell.key is not None and cell.figure.kind is Kind.COUNT:
            counts.setdefault((cell.place[0], cell.key), cell)
    for cell in sheet.cells:
        digits, decimals = cell.figure.digits, cell.figure.decimals
        if cell.figure.kind is not Kind.SHARE or cell.key is None or digits is None:
            continue
        count = counts.get((cell.place[0], cell.key))
        if count is None or count.figure.count is None:
            continue
        wholes = [whole for whole in bases[count.series] if whole > 0]
        given = [rounded(count.figure.count, whole, decimals) for whole in wholes]
        if given and digits not in given:
            nearest = min(wholes, key=lambda w: abs((rounded(count.figure.count or 0, w, decimals) or 0) - digits))
            expected = written(count.figure.count, nearest, cell.figure)
            facts: dict[str, str | int] = {
                "line": cell.line,
                "place": cell.row.text or cell.column.text,
                "figure": cell.figure.text,
            }
            stated: dict[str, str | int] = {"count": count.figure.count, "expected": expected}
            yield Finding("10.5", f"line {cell.line}", {**facts, **stated})


def check_succession(earlier: Sheet, later: Sheet, name: str) -> Iterator[Finding]:
    """Did the total grow while every share stayed the same to the hundredth? Spec 10.6."""
    before, after = _profile(earlier), _profile(later)
    if before is None or after is None:
        return
    (total, shares), (grown, same) = before, after
    if shares == same and 100 * (grown - total) > JUMP_PER_CENT * total:
        facts: dict[str, str | int] = {"name": name, "before": total, "after": grown, "shares": len(shares)}
        yield Finding("10.6", name, facts, Severity.REMARK)


def written(part: int, whole: int, like: Figure) -> str:
    """The percentage of ``part`` in ``whole`` with the decimals and the mark of another figure."""
    share = rounded(part, whole, like.decimals) or 0
    mark = "." if "." in like.text else ","
    head, rest = divmod(share, 10**like.decimals)
    return f"{head}{mark}{rest:0{like.decimals}} %" if like.decimals else f"{head} %"


def _profile(sheet: Sheet) -> tuple[int, dict[frozenset[str], int]] | None:
    """The voters of a table, and each option's share in hundredths: as given, else of its votes."""
    voters = [
        cell.figure.count
        for cell in sheet.cells
        if cell.figure.count and cell.figure.kind is Kind.COUNT and set(cell.measures) & set(_SAME)
    ]
    shares = {
        cell.options: cell.figure.digits * 10 ** (2 - cell.figure.decimals)
        for cell in sheet.cells
        if cell.figure.kind is Kind.SHARE
        and cell.options
        and cell.figure.digits is not None
        and cell.figure.decimals <= 2  # noqa: PLR2004 - hundredths
    }
    votes = {c.options: c.figure.count or 0 for c in sheet.cells if c.options and c.figure.kind is Kind.COUNT}
    total = voters[0] if voters else sum(votes.values())
    if len(shares) < len(votes):
        shares = {options: rounded(count, sum(votes.values()), 2) or 0 for options, count in votes.items()}
    return (total, shares) if total and len(shares) >= _FEWEST else None


def _wholes(cells: Iterable[Cell]) -> list[int]:
    """What the percentages of a table may be parts of: its totals, or the sums of its lines."""
    listed = list(cells)
    totals = [c.figure.count or 0 for c in listed if set(c.measures) & set(_BASES)]
    votes = _sum([c for c in listed if c.options or c.row.is_others or c.column.is_others])
    unmarked = _sum(_unmarked({cell.key: cell for cell in listed if cell.key is not None}))
    return [*totals, votes, votes + unmarked]


def _sum(cells: Iterable[Cell]) -> int:
    return sum(cell.figure.count or 0 for cell in cells)


def _differ(lines: int, total: Cell) -> Iterator[Finding]:
    stated = total.figure.count or 0
    if lines != stated:
        place = total.row.text if total.series[0] == "column" else total.column.text
        facts: dict[str, str | int] = {
            "line": total.line,
            "place": place,
            "sum": lines,
            "total": stated,
            "difference": lines - stated,
        }
        yield Finding("10.2", f"line {total.line}", facts)
