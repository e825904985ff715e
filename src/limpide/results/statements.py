"""Which figures of a statement does the record not yield?

A statement is a text or table that somebody published. Each of its figures is looked for among those that the
record yields at one publication; what is not there is named, with where it would be true. An estimate is not a
result, and says what it is. Spec 10.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeGuard

from limpide.canonical import Refused
from limpide.record.record import Record
from limpide.results.canvass import NATION
from limpide.results.findings import Finding, Severity
from limpide.results.statement_claims import check_claims
from limpide.results.statement_figures import Figure, Kind, read_figures
from limpide.results.statement_index import Derivable, Origin, derivable, edition_at, editions
from limpide.results.statement_sums import check_shares, check_succession, check_sums
from limpide.results.statement_tables import Cell, read_table
from limpide.results.statement_text import Statement
from limpide.results.statement_words import Names, has_interval, is_estimate

_NO_OPTION = frozenset(("",))
"""Named by a row whose label is unknown: no option's figure is meant."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure of a statement, and what its words ask of it."""

    figure: Figure
    line: int
    place: str
    """The heads of its row and column, in a table."""
    cell: Cell | None
    options: frozenset[str]
    """Options that its sentence names: another option's figure is not meant."""
    areas: frozenset[str]
    labelled: bool
    """Do its words say that it is an estimate?"""
    interval: bool

    def origins(self, index: Derivable) -> list[Origin]:
        """What it is, by the record; nothing where the record does not yield it."""
        if self.figure.approximate:
            return []
        if self.cell is not None:
            return self.cell.origins(index)
        return [
            origin
            for origin in index.of(self.figure)
            if origin.area in self.areas
            and (not self.options or not origin.options or not self.options.isdisjoint(origin.options))
        ]


@dataclass(slots=True)
class Checked:
    """What was found, and what every figure is."""

    publication: int
    findings: list[Finding] = field(default_factory=list)
    figures: list[tuple[Stated, list[Origin]]] = field(default_factory=list)

    @property
    def faults(self) -> list[Finding]:
        """The findings that say the statement is wrong."""
        return [finding for finding in self.findings if finding.severity is Severity.FAULT]


def check_statement(
    statement: Statement,
    record: Record,
    *,
    publication: int | None = None,
    areas: Sequence[str] = (),
    round_: int | None = None,
    earlier: Sequence[Statement] = (),
) -> Checked:
    """Every figure of a statement against a publication of a record, the last one unless another is named.

    ``areas`` are places whose figures count although the text does not name them; ``earlier`` are the tables
    published before this one, in order. Raises ``Refused`` 10.12 where there is no such publication.
    """
    published = {each.publication.number: each.publication for each in record.publications()}
    number = publication if publication is not None else max(published, default=0)
    if number not in published:
        raise Refused("10.12", f"there is no publication {number}", publication=number, last=len(published))
    names = Names(record.register)
    edition = edition_at(record, published[number])
    contests = [frozenset(canvass.options) for canvass in edition.canvasses.values()]
    stated = [*_in_tables(statement, names), *_in_sentences(statement, names, frozenset((NATION, *areas)))]
    wanted = sorted({area for each in stated for area in each.areas})
    index = derivable(edition, wanted, round_=round_)
    checked = Checked(number, figures=[(each, each.origins(index)) for each in stated])
    missing = [each for each, origins in checked.figures if not origins]
    when = _other_publications(record, missing, wanted, number, round_)
    for each in missing:
        checked.findings += _name(each, index, when.get(id_of(each)))
    for table in statement.tables:
        sheet = read_table(table, names)
        checked.findings += check_sums(sheet, contests)
        checked.findings += check_shares(sheet, contests)
    checked.findings += _check_snapshots([*earlier, statement], names)
    checked.findings += check_claims(statement)
    checked.findings.sort(key=_line)
    return checked


def _in_tables(statement: Statement, names: Names) -> Iterator[Stated]:
    for table in statement.tables:
        sheet = read_table(table, names)
        caption = f"{table.caption} {statement.name} {' '.join(table.rows[0]) if table.rows else ''}"
        labelled, interval = is_estimate(caption), has_interval(caption)
        for cell in sheet.cells:
            place = ", ".join(head.text for head in (cell.row, cell.column) if head.text)
            label = labelled or is_estimate(place)
            yield Stated(
                cell.figure, cell.line, place, cell, cell.options, frozenset((cell.area,)), label, interval
            )
        for text, line in sheet.unexplained:
            for figure in read_figures(text):
                yield Stated(figure, line, text[:60], None, _NO_OPTION, frozenset((NATION,)), labelled, interval)


def _in_sentences(statement: Statement, names: Names, areas: frozenset[str]) -> Iterator[Stated]:
    for sentence in statement.sentences:
        figures = list(sentence.figures())
        if not figures:
            continue
        text = f"{sentence.heading} {sentence.text}" if not sentence.text.startswith("#") else sentence.text
        named = areas | names.areas_in(text)
        options = names.options_in(sentence.text)
        labelled, interval = is_estimate(text), has_interval(sentence.text)
        flat = sentence.text.replace("\n", " ")
        for figure, line in figures:
            if names.is_in_name(flat[max(0, figure.start - 60) : figure.start], figure.text):
                continue
            yield Stated(figure, line, "", None, options, named, labelled, interval)


def id_of(stated: Stated) -> tuple[int, str, str, int]:
    """What tells a figure from every other of its statement."""
    return stated.line, stated.place, stated.figure.text, stated.figure.start


def _other_publications(
    record: Record, missing: Sequence[Stated], areas: Sequence[str], number: int, round_: int | None
) -> Mapping[tuple[int, str, str, int], int]:
    """The publication nearest to ``number`` at which each missing figure is true."""
    found: dict[tuple[int, str, str, int], int] = {}
    if not missing:
        return found
    for edition in editions(record):
        if edition.number == number:
            continue
        index = derivable(edition, areas, round_=round_)
        for each in missing:
            before = found.get(id_of(each))
            nearer = before is None or abs(edition.number - number) < abs(before - number)
            if nearer and each.origins(index):
                found[id_of(each)] = edition.number
    return found


def _name(stated: Stated, index: Derivable, then: int | None) -> Iterator[Finding]:
    """What is wrong with a figure that the record does not yield."""
    subject = f"line {stated.line}"
    facts: dict[str, str | int] = {
        "line": stated.line,
        "figure": stated.figure.text,
        "publication": index.publication,
    }
    if stated.labelled:
        yield Finding("10.4", subject, facts, Severity.REMARK)
        if not stated.interval:
            yield Finding("10.10", subject, facts, Severity.REMARK)
        return
    if stated.figure.approximate or stated.figure.kind is Kind.ROUND:
        yield Finding("10.3", subject, facts)
        return
    if then is not None:
        yield Finding("10.8", subject, {**facts, "then": then})
        return
    expected = stated.cell.expected(index) if stated.cell else None
    if _is_text(expected):
        yield Finding("10.9", subject, {**facts, "place": stated.place, "expected": expected})
        return
    yield Finding("10.1", subject, facts)


def _is_text(value: str | None) -> TypeGuard[str]:
    return value is not None


def _check_snapshots(statements: Sequence[Statement], names: Names) -> Iterator[Finding]:
    sheets = [(s.name, read_table(s.tables[0], names)) for s in statements if s.tables]
    for (_, before), (name, after) in pairwise(sheets):
        yield from check_succession(before, after, name)


def _line(finding: Finding) -> tuple[int, str]:
    line = finding.facts.get("line")
    return (line if isinstance(line, int) else 0), finding.clause
