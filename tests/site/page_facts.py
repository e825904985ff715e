"""How does a test read a page? With the standard library's parser, as facts: tags, texts, links, tables."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})


@dataclass
class Table:
    """A table: its class, its caption, and its rows of texts."""

    kind: str
    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)

    def by_name(self) -> Mapping[str, list[str]]:
        """The rows by their first cell."""
        return {row[0]: row[1:] for row in self.rows}


class Page(HTMLParser):
    """A parsed page; raises ``ValueError`` where tags do not nest."""

    def __init__(self, data: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[Table] = []
        self.texts: list[str] = []
        self.cell: list[str] | None = None
        source = data.decode("utf-8")
        if not source.startswith("<!doctype html>\n"):
            raise ValueError("no doctype")
        self.feed(source)
        self.close()
        if self.stack:
            raise ValueError(f"open at the end: {self.stack}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len({name for name, _ in attrs}) != len(attrs):
            raise ValueError(f"an attribute twice in {tag}")
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append(Table(dict(attrs).get("class") or ""))
        elif tag == "tr":
            self.tables[-1].rows.append([])
        elif tag in {"th", "td", "caption"}:
            self.cell = []
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack.pop() != tag:
            raise ValueError(f"</{tag}> where {self.stack} is open")
        if tag in {"th", "td", "caption"} and self.cell is not None:
            text = " ".join("".join(self.cell).split())
            if tag == "caption":
                self.tables[-1].caption = text
            else:
                self.tables[-1].rows[-1].append(text)
            self.cell = None

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self.cell is not None:
            self.cell.append(data)

    @property
    def text(self) -> str:
        """All text, with single spaces."""
        return " ".join(" ".join(self.texts).split())

    def table(self, kind: str) -> Table:
        """The first table of that class."""
        return next(table for table in self.tables if kind in table.kind.split())

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of that name."""
        return [attrs for name, attrs in self.tags if name == tag]

    def links(self) -> list[str]:
        """Every address that the page points at."""
        return [value for _, attrs in self.tags for name in ("href", "src") if (value := attrs.get(name))]

    def ids(self) -> set[str]:
        """Every anchor of the page."""
        return {value for _, attrs in self.tags if (value := attrs.get("id"))}


def number(text: str) -> int:
    """An integer as a page writes it."""
    return int(text.replace("\u202f", "").replace(",", "").replace("−", "-"))


def targets(path: str, page: Page) -> Iterator[tuple[str, str]]:
    """Where the links of a page lead: a path of the site, and an anchor."""
    for link in page.links():
        address, _, anchor = link.partition("#")
        yield posixpath.normpath(posixpath.join(posixpath.dirname(path), address)) if address else path, anchor
