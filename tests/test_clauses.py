"""One number, four places: a clause stands in the specification, in the code, among the vectors and in words."""

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from limpide.words import LANGUAGES, Language, catalogue

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src" / "limpide").rglob("*.py"))
SPECIFICATION = sorted((ROOT / "spec").glob("[0-9]*-*.md"))
VECTORS = ROOT / "vectors"
CLAUSE = re.compile(r"^[1-9][0-9]?\.[1-9][0-9]?$")
HEADING = re.compile(r"\*\*([1-9][0-9]?\.[1-9][0-9]?)\*\*( \*checked\*| \*remark\*)?")
ERRORS = {"NotCanonical", "InvalidSignature", "InvalidProof", "Refused", "LogFork", "LimpideError"}
FINDINGS = {"Finding", "_remark"}


@dataclass(frozen=True)
class Raised:
    """Where the code names a clause, and the facts that it gives."""

    clause: str
    where: str
    facts: frozenset[str] | None
    """None where they are not written out."""


def raised() -> Iterator[Raised]:
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text())):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(clause)), *rest]):
                    if name in ERRORS | FINDINGS and CLAUSE.match(clause):
                        where = f"{source.relative_to(ROOT)}:{node.lineno}"
                        yield Raised(clause, where, _facts(name, rest, node.keywords))


def passed_on() -> set[str]:
    """Clauses that ballots hand to the primitive which may raise them; ``belenios/faults.py`` adds the subject."""
    nodes = (node for path in BALLOTS for node in ast.walk(ast.parse(path.read_text())))
    return {text for node in nodes if isinstance(node, ast.Constant) and CLAUSE.match(text := str(node.value))}


def _facts(name: str, rest: list[ast.expr], keywords: list[ast.keyword]) -> frozenset[str] | None:
    named = frozenset(keyword.arg for keyword in keywords if keyword.arg)
    if name in ERRORS:
        return named if all(keyword.arg for keyword in keywords) else None
    for written in rest:
        if isinstance(written, ast.Dict) and None in written.keys:
            return None  # others are unpacked into these
        if isinstance(written, ast.Dict):
            keys = [key.value for key in written.keys if isinstance(key, ast.Constant)]
            named |= frozenset(str(key) for key in keys)
        elif isinstance(written, ast.Call | ast.Name) and written is not rest[0]:
            return None
    return named | {"subject"}


def placeholders(template: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}


RAISED = list(raised())
BALLOTS = sorted((ROOT / "src/limpide/belenios").glob("*.py"))
CLAUSES = sorted({r.clause for r in RAISED} | passed_on(), key=lambda clause: [int(n) for n in clause.split(".")])
STATED = {
    number: (mark or "").strip(" *") for path in SPECIFICATION for number, mark in HEADING.findall(path.read_text())
}
WRITTEN = {path.name.partition("-")[0] for path in SPECIFICATION}
"""First numbers of the sections that stand in the specification."""


def test_the_code_was_read() -> None:
    assert {"1.1", "2.7", "3.4", "4.11", "5.6"} <= set(CLAUSES) | {"1.1"}
    assert len(RAISED) > 100


def test_a_clause_stands_once() -> None:
    found = [number for path in SPECIFICATION for number, _ in HEADING.findall(path.read_text())]
    assert len(found) == len(set(found))
    for path in SPECIFICATION:
        section = path.name.partition("-")[0]
        assert all(number.partition(".")[0] == section for number, _ in HEADING.findall(path.read_text()))


def test_the_index_names_every_section() -> None:
    index = (ROOT / "spec" / "README.md").read_text()
    assert all(f"({path.name})" in index for path in SPECIFICATION)


@pytest.mark.parametrize("clause", [clause for clause in CLAUSES if clause.partition(".")[0] in WRITTEN])
def test_a_clause_that_the_code_names_stands_in_the_specification(clause: str) -> None:
    assert clause in STATED


@pytest.mark.parametrize("clause", [clause for clause in CLAUSES if clause.partition(".")[0] in WRITTEN])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clause_has_a_sentence_made_of_its_facts(language: Language, clause: str) -> None:
    template = catalogue(language)[f"clause.{clause}"]
    for place in RAISED:
        # a role that cannot fill the sentence says its own message instead: roles/explaining.py
        if place.clause == clause and place.facts is not None and "/roles/" not in place.where:
            added = {"subject"} if "/belenios/" in place.where else set()
            assert placeholders(template) <= place.facts | added, place.where


@pytest.mark.parametrize("number", [number for number, mark in STATED.items() if mark == "checked"])
def test_a_checked_clause_is_one_that_the_code_names(number: str) -> None:
    assert number in CLAUSES or number == "1.1", "1.1 is the clause that decoding uses unless told another"


def test_both_languages_say_the_same_things() -> None:
    french, english = (catalogue(language) for language in LANGUAGES)
    assert set(french) == set(english)
    different = [key for key in french if placeholders(french[key]) != placeholders(english[key])]
    assert not different
