"""The shape of the tree: which room may use which, and where the world outside may be touched.

The pure rooms (canonical, signing, codes, record, results, belenios, site, words) are functions of their arguments:
no input or output, no clock, no environment, no randomness. What they may import is listed, not what they may not.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "limpide"
MODULES = sorted(SOURCE.rglob("*.py"))

ROOMS: dict[str, set[str]] = {
    "canonical": set(),
    "words": set(),
    "signing": {"canonical", "_kernel"},
    "codes": {"canonical", "signing"},
    "belenios": {"canonical", "_kernel"},
    "log": {"canonical", "signing", "_kernel"},
    "record": {"canonical", "signing", "codes", "belenios"},
    "results": {"canonical", "signing", "belenios", "log", "record", "words", "_kernel"},
    "site": {"canonical", "record", "results", "log", "words"},
    "roles": {
        *("canonical", "signing", "codes", "belenios", "log", "record", "results", "site", "words", "_kernel"),
    },
    "commands": {"canonical", "signing", "codes", "belenios", "log", "record", "results", "site", "roles", "words"},
    "cli": {"canonical", "commands", "roles", "words"},
}
"""Which rooms each room may import. ``log`` does not know ``record``: admission is handed to its sequencer."""

CALCULATING = {
    *("array", "base64", "binascii", "bisect", "collections", "contextlib", "dataclasses", "datetime", "enum"),
    "fractions",
    *("functools", "hashlib", "heapq", "hmac", "itertools", "json", "math", "operator", "re", "string", "struct"),
    *("types", "typing", "unicodedata", "msgspec"),
}
"""Modules that only calculate."""
PURE: dict[str, set[str]] = {
    "canonical": set(),
    "signing": set(),
    "codes": {"secrets"},  # draw_code draws from the operating system
    "record": set(),
    "results": {"concurrent", "csv", "io"},  # all cores; tables are written into memory
    "belenios": {"gmpy2", "cryptography", "secrets"},  # provers draw; its verifier does not
    "site": {"html", "importlib", "jinja2", "markupsafe"},  # reads its own templates and style sheet
    "words": {"importlib", "babel"},  # reads its own catalogue
}
"""What a pure room may import besides, and why."""
EFFECTS = {"open", "input", "print", "exec", "eval", "compile", "breakpoint", "__import__", "hash", "id"}
"""Built-in functions that touch the world, or whose answer differs from run to run."""
CLOCKS = {"now", "today", "utcnow", "fromtimestamp", "environ", "getenv"}
RESOURCE_READERS = {("words", "open")}
"""Method calls named as an effect that read a file of the package itself."""

LONGEST = 350
REFUSED_WORDS = {
    "manager",
    "service",
    "handler",
    "helper",
    "helpers",
    "utils",
    "util",
    "process",
    "data",
    "info",
    "race",
}


def room_of(module: Path) -> str:
    return module.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(module: Path) -> Iterator[tuple[str, int]]:
    """Dotted names that a module imports, also inside functions, with their lines."""
    for node in ast.walk(ast.parse(module.read_text())):
        match node:
            case ast.Import(names=names):
                yield from ((alias.name, node.lineno) for alias in names)
            case ast.ImportFrom(module="limpide", names=names):
                yield from ((f"limpide.{alias.name}", node.lineno) for alias in names)
            case ast.ImportFrom(module=str(name), level=0):
                yield name, node.lineno
            case ast.ImportFrom():
                yield "relative", node.lineno


def named(module: Path) -> str:
    return str(module.relative_to(SOURCE))


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_room_imports_only_what_the_table_allows(module: Path) -> None:
    room = room_of(module)
    if room == "__init__":
        return
    for name, line in imports(module):
        assert name != "relative", f"{named(module)}:{line}: imports are absolute"
        parts = name.split(".")
        if parts[0] == "limpide" and parts[1] != room:
            assert parts[1] in ROOMS[room], f"{named(module)}:{line}: {room} may not import {parts[1]}"


def test_the_table_has_no_circle() -> None:
    order = list(ROOMS)
    for room, allowed in ROOMS.items():
        assert all(other == "_kernel" or order.index(other) < order.index(room) for other in allowed), room


@pytest.mark.parametrize("module", [module for module in MODULES if room_of(module) in PURE], ids=named)
def test_a_pure_room_only_calculates(module: Path) -> None:
    room = room_of(module)
    for name, line in imports(module):
        top = name.split(".")[0]
        assert top == "limpide" or top in CALCULATING | PURE[room], f"{named(module)}:{line}: {name}"
    for node in ast.walk(ast.parse(module.read_text())):
        match node:
            case ast.Call(func=ast.Name(id=called)) if called in EFFECTS:
                pytest.fail(f"{named(module)}:{node.lineno}: calls {called}")
            case ast.Attribute(attr=used) if used in CLOCKS:
                pytest.fail(f"{named(module)}:{node.lineno}: uses {used}")
            case ast.Call(func=ast.Attribute(attr="open")) if (room, "open") not in RESOURCE_READERS:
                pytest.fail(f"{named(module)}:{node.lineno}: opens something")
            case ast.Global() | ast.Nonlocal():
                pytest.fail(f"{named(module)}:{node.lineno}: changes a name outside its function")


def test_randomness_is_drawn_in_one_function_of_codes() -> None:
    tree = ast.parse((SOURCE / "codes.py").read_text())
    drawing = {
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id == "secrets"
    }
    assert drawing == {"draw_code"}


def test_the_core_verifier_needs_the_kernel_and_msgspec_alone() -> None:
    """Whoever checks log, signatures, canvass, JSON and CSV trusts few other people's programs."""
    for room in ("canonical", "signing", "codes", "record", "results"):
        for module in (module for module in MODULES if room_of(module) == room):
            for name, line in imports(module):
                top = name.split(".")[0]
                ours = top in {"limpide", "msgspec"} or top in sys.stdlib_module_names
                assert ours, f"{named(module)}:{line}: {name}"


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_module_says_what_it_answers_and_stays_short(module: Path) -> None:
    text = module.read_text()
    assert ast.get_docstring(ast.parse(text)), "the first line of a module is the question it answers"
    assert text.count("\n") <= LONGEST
    if module.name == "__init__.py" and module.parent.name != "words":
        body = ast.parse(text).body
        assert len(body) == 1, "the sign on the door holds one paragraph and re-exports nothing"


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_names_are_of_the_field(module: Path) -> None:
    tree = ast.parse(module.read_text())
    names = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    words = {word for name in names for word in _words(name)} | set(module.stem.split("_"))
    assert not words & REFUSED_WORDS


def _words(name: str) -> Iterator[str]:
    word = ""
    for letter in name:
        if letter.isupper() and word:
            yield word.lower()
            word = ""
        word += letter
    yield word.lower()
