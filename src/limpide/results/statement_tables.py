"""What does a table say, cell by cell?

A cell means what the heads of its row and of its column mean together. Tables lie either way: options down the
side, or places down the side and options across. Spec 10.9.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from limpide.results.canvass import NATION
from limpide.results.statement_figures import Figure, Kind, read_number
from limpide.results.statement_index import DECIMALS, Derivable, Origin, rounded
from limpide.results.statement_text import Table
from limpide.results.statement_words import Heading, Measure, Names

Key = tuple[Measure, frozenset[str]]
"""What is counted, and of which option."""
BASES = (Measure.VALID, Measure.CAST, Measure.PARTICIPATED, Measure.REGISTERED)
SAME = {m: frozenset((Measure.PARTICIPATED, Measure.CAST)) for m in (Measure.PARTICIPATED, Measure.CAST)}
"""Published tables call either of them voters (votants)."""
TOTAL = (Measure.VALID, Measure.CAST, Measure.PARTICIPATED)
"""What the total of a column of votes may be."""


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
            return TOTAL if self.row.is_total or self.column.is_total else ()
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
        of = [self.column.of, self.row.of, *BASES]
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
        wanted = frozenset(same for m in self.measures for same in SAME.get(m, (m,)))
        of = self.column.of or self.row.of
        if origin.of is None:
            return not wanted or origin.measure in wanted
        bases = SAME.get(of, frozenset((of,))) if of else frozenset(BASES)
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


def written(part: int, whole: int, like: Figure) -> str:
    """The percentage of ``part`` in ``whole`` with the decimals and the mark of another figure."""
    decimals = min(like.decimals, DECIMALS)
    mark = "." if "." in like.text else ","
    head, rest = divmod(rounded(part, whole, decimals) or 0, 10**decimals)
    return f"{head}{mark}{rest:0{decimals}} %" if decimals else f"{head} %"
