"""Do the sums and percentages of a table close, and can one table follow another?

No record is needed for that: a table is compared with itself, and with the one before. Spec 10.2, 10.5, 10.6.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from limpide.results.findings import Finding, Severity
from limpide.results.statement_figures import Kind
from limpide.results.statement_index import rounded
from limpide.results.statement_tables import BASES, SAME, TOTAL, Cell, Key, Sheet, written
from limpide.results.statement_words import Measure

JUMP_PER_CENT = 1
"""A growth that leaves no share changed is remarked on above this."""
_FEWEST = 3
"""Shares that must all be equal before that is remarked on."""


def check_sums(sheet: Sheet, contests: Sequence[frozenset[str]]) -> Iterator[Finding]:
    """Every sum that does not close, by its difference; ``contests`` are the options of each. Spec 10.2."""
    for cells in sheet.series().values():
        values = {cell.key: cell for cell in reversed(cells) if cell.key is not None}
        votes = [cell for key, cell in values.items() if key[1]]
        others = [cell for cell in cells if cell.row.is_others or cell.column.is_others]
        whole = _has_all(cells, contests)
        total = next((cell for cell in cells if cell.measures == TOTAL), None)
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
    columns: dict[int, list[Cell]] = {}
    for cell in sheet.cells:
        if cell.figure.kind is Kind.COUNT:
            columns.setdefault(cell.place[1], []).append(cell)
    for cells in columns.values():
        parts = [cell for cell in cells if cell.row.area]
        totals = [cell for cell in cells if cell.row.is_total]
        if len(parts) > 1 and len(totals) == 1:
            yield from _differ(_sum(parts), totals[0])


def check_shares(sheet: Sheet, contests: Sequence[frozenset[str]]) -> Iterator[Finding]:
    """Every percentage that its own row's count does not give, of any total of the table. Spec 10.5."""
    bases = {name: _wholes(cells, contests) for name, cells in sheet.series().items()}
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
        of = cell.column.of or cell.row.of
        said = of if of in BASES and of not in cell.measures else None
        wholes = [whole for name, whole in bases[count.series] if whole > 0 and _may_be(name, said)]
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


def _profile(sheet: Sheet) -> tuple[int, dict[frozenset[str], int]] | None:
    """The voters of a table, and each option's share in hundredths: as given, else of its votes."""
    voters = [
        cell.figure.count
        for cell in sheet.cells
        if cell.figure.count and cell.figure.kind is Kind.COUNT and set(cell.measures) & set(SAME)
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


def _wholes(cells: Sequence[Cell], contests: Sequence[frozenset[str]]) -> list[tuple[Measure, int]]:
    """What the percentages of a table may be parts of: its totals, and the sums of its lines.

    Nothing where the table shows neither every option nor the valid votes: the whole may then be another.
    """
    totals = [(m, c.figure.count or 0) for c in cells for m in c.measures if m in BASES]
    if not _has_all(cells, contests):
        return totals if any(cell.measures == (Measure.VALID,) for cell in cells) else []
    votes = _sum([c for c in cells if c.options or c.row.is_others or c.column.is_others])
    unmarked = _sum(_unmarked({cell.key: cell for cell in cells if cell.key is not None}))
    return [*totals, (Measure.VALID, votes), (Measure.CAST, votes + unmarked)]


def _has_all(cells: Iterable[Cell], contests: Sequence[frozenset[str]]) -> bool:
    """Does a row or column hold the votes of every option of a contest, or a line for the others?"""
    listed = list(cells)
    named = {option for cell in listed for option in cell.options}
    if any(cell.row.is_others or cell.column.is_others for cell in listed):
        return bool(named)
    return any(options <= named for options in contests)


def _may_be(whole: Measure, said: Measure | None) -> bool:
    return said is None or whole in SAME.get(said, (said,))


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
