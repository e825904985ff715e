"""How does a statement fall into sentences and tables?

A file named ``.csv`` or ``.tsv``, or one whose lines all have as many semicolons or tabulators, is one table. In
any other text the tables are those of Markdown; the rest are paragraphs of sentences. Spec 10.11.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from limpide.canonical import NotCanonical
from limpide.results.statement_figures import Figure, plain, read_figures

MAX_STATEMENT = 2**20
"""Bytes of a statement."""
_SENTENCE = re.compile(r"(?<=[.!?;…])(?<!\b[A-Z]\.)(?<!\bMme\.)(?<!\bn\.)\s+(?=[^\W\d_]|[\"«“(*_-])")
_ITEM = re.compile(r"\s{0,8}(?:[-*+•–]|[0-9]{1,2}[.)])\s")
_NUMBERING = re.compile(r"^\s{0,8}[0-9]{1,2}[.)](?=\s+[^\W\d])")
_RULE = re.compile(r"\|?[\s:|-]{3,}\|?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, and the head under which it stands."""

    text: str
    line: int
    """The line on which it begins, from 1."""
    heading: str

    def figures(self) -> Iterator[tuple[Figure, int]]:
        """Every figure with the line on which it begins."""
        line, at = self.line, 0
        for figure in read_figures(self.text.replace("\n", " ")):
            line += self.text.count("\n", at, figure.start)
            at = figure.start
            yield figure, line


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row is the head."""

    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    """The line of each row."""
    caption: str
    """The head under which it stands, and the line before it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it was published."""

    name: str
    sentences: tuple[Sentence, ...]
    tables: tuple[Table, ...]

    def words(self) -> Iterator[str]:
        """Every piece of text."""
        yield from (sentence.text for sentence in self.sentences)
        for table in self.tables:
            yield table.caption
            for row in table.rows:
                yield from row


def read_statement(data: bytes, name: str = "") -> Statement:
    """The sentences and tables of a file, in UTF-8 or else in Latin-1.

    Raises ``NotCanonical`` 10.11 for more than a mebibyte, and for what is no text.
    """
    if len(data) > MAX_STATEMENT:
        raise NotCanonical(
            "10.11", f"{len(data)} bytes, at most {MAX_STATEMENT}", subject=name, limit=MAX_STATEMENT
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if "\0" in text:
        raise NotCanonical("10.11", "this is no text", subject=name, limit=MAX_STATEMENT)
    lines = plain(re.sub(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", text)).split("\n")
    delimiter = _delimiter(lines, name)
    if delimiter is not None:
        return Statement(name, (), tuple(_csv_table(lines, delimiter)))
    return _read_text(lines, name)


def _delimiter(lines: list[str], name: str) -> str | None:
    filled = [line for line in lines if line.strip()]
    if not filled:
        return None
    for delimiter in ";\t":
        count = filled[0].count(delimiter)
        if count and len(filled) > 1 and all(line.count(delimiter) == count for line in filled):
            return delimiter
    if not name.lower().endswith((".csv", ".tsv")):
        return None
    return max(";\t,", key=filled[0].count) if any(d in filled[0] for d in ";\t,") else None


def _csv_table(lines: list[str], delimiter: str) -> Iterator[Table]:
    rows: list[list[str]] = []
    numbers: list[int] = []
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append([cell.strip() for cell in row])
                numbers.append(reader.line_num)
    except csv.Error as error:
        raise NotCanonical("10.11", f"this is no table: {error}", subject="table", limit=MAX_STATEMENT) from None
    if rows:
        yield Table(rows, numbers, "")


def _read_text(lines: list[str], name: str) -> Statement:
    sentences: list[Sentence] = []
    tables: list[Table] = []
    heading = ""
    at = 0
    while at < len(lines):
        if _is_row(lines[at]) and at + 1 < len(lines) and _is_row(lines[at + 1]):
            end = at
            while end < len(lines) and _is_row(lines[end]):
                end += 1
            tables.append(_pipe_table(lines, at, end, f"{heading}\n{lines[at - 1] if at else ''}"))
        else:
            end = at
            while end < len(lines) and lines[end].strip() and not _is_row(lines[end]):
                if end > at and _ITEM.match(lines[end]):
                    break
                end += 1
                if lines[end - 1].startswith("#"):
                    break
            end = max(end, at + 1)
            if lines[at].startswith("#"):
                heading = lines[at].lstrip("# ")
            text = _NUMBERING.sub("", "\n".join(lines[at:end]))
            sentences += _sentences(text, at + 1, heading)
        at = end
    return Statement(name, tuple(sentences), tuple(tables))


def _is_row(line: str) -> bool:
    return line.count("|") > 1 or (line.startswith("|") and len(line) > 1)


def _pipe_table(lines: list[str], start: int, end: int, caption: str) -> Table:
    rows, numbers = [], []
    for number in range(start, end):
        line = lines[number].strip()
        if not _RULE.fullmatch(line):
            rows.append([cell.strip(" *_`") for cell in line.removeprefix("|").removesuffix("|").split("|")])
            numbers.append(number + 1)
    return Table(rows, numbers, caption)


def _sentences(text: str, line: int, heading: str) -> Iterator[Sentence]:
    start = 0
    for cut in [*(found.start() for found in _SENTENCE.finditer(text)), len(text)]:
        piece = text[start:cut]
        if all(any(char.isdecimal() for char in row) for row in piece.strip().split("\n")):
            for row in piece.split("\n"):  # a list without marks: each line speaks for itself
                yield Sentence(row, line, heading)
                line += 1
            line -= 1
        elif piece.strip():
            yield Sentence(piece, line, heading)
            line += piece.count("\n")
        else:
            line += piece.count("\n")
        start = cut
