"""No credential, key or vote shows where it must not; provers touch secrets through constant time only."""

import ast
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from small_elections import drawer, one_of, open_small

import limpide.belenios
from limpide.belenios import ceremony as steps
from limpide.belenios.casting import make_ballot
from limpide.belenios.credentials import draw_code, draw_old_code, exponent
from limpide.belenios.keys import read_private_key, read_seed
from limpide.belenios.proving import Opening
from limpide.belenios.suite import suite
from limpide.canonical import InvalidSignature, LimpideError
from limpide.roles.voter import cast_ballot

ROOM = Path(limpide.belenios.__file__).parent
PROVERS = ["proving", "casting", "keys", "channel", "ceremony", "credentials"]
MARKER = "31415926535897932384"


@pytest.mark.parametrize("module", PROVERS)
def test_provers_use_nothing_of_variable_time(module: str) -> None:
    tree = ast.parse((ROOM / f"{module}.py").read_text())
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert not {name for name in names if name.startswith("vartime_")}


def test_the_room_imports_nothing_but_bytes_and_itself() -> None:
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("limpide"):
                assert node.module == "limpide" or node.module.startswith(("limpide.belenios", "limpide.canonical"))
                assert node.module != "limpide" or [alias.name for alias in node.names] == ["_kernel"]


def test_openings_hide_themselves() -> None:
    assert MARKER not in repr(Opening(int(MARKER), int(MARKER)))


def test_errors_repeat_no_secret() -> None:
    small = open_small("Ed25519", [one_of(3)], 1, draw=drawer("secrets"))
    group = small.election.suite.group
    attempts: list[Callable[[], object]] = [
        lambda: exponent(f"{MARKER}", small.election.uuid, group),
        lambda: exponent(small.codes[0][:-1] + "l", "0", group),
        lambda: read_private_key(small.election.suite, f'"{MARKER}x"'.encode()),
        lambda: read_private_key(small.election.suite, MARKER.encode()),
        lambda: read_seed(MARKER.encode()),
        lambda: make_ballot(small.election, 5, [[int(MARKER), 0, 0]], drawer(1)),
        lambda: make_ballot(small.election, 5, [[1, 1, 1]], drawer(1)),
        lambda: cast_ballot(small.election, small.codes[0], f"[[{MARKER}]]".encode(), drawer(1)),
        lambda: cast_ballot(small.election, small.codes[0], f'[["{MARKER}"]]'.encode(), drawer(1)),
        lambda: steps.open_share(small.election.suite, "1" * 22, f'{{"alpha":"{MARKER}"}}'),
    ]
    for attempt in attempts:
        try:
            attempt()
        except LimpideError as error:
            chain = [error, error.__cause__, None if error.__suppress_context__ else error.__context__]
            said = "".join(f"{e} {e!r} {getattr(e, 'facts', '')}" for e in chain if e)
            assert MARKER not in said
            assert small.codes[0][:8] not in said


def test_codes_of_both_shapes() -> None:
    group = suite("Ed25519").group
    draw = drawer("codes")
    for make in (draw_code, draw_old_code):
        for _ in range(20):
            code = make(draw)
            assert exponent(code, "1" * 14, group) != exponent(code, "2" * 14, group)
    code = draw_old_code(draw)
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    for other in (
        wrong,
        "",
        "x",
        code.replace("-", ""),
        code + "-",
        "0" * 5 + "-" + "0" * 6 + "-00000-000000",
        "é-" * 4,
    ):
        with pytest.raises(InvalidSignature):
            exponent(other, "1" * 14, group)


def test_a_ballot_does_not_show_its_choice() -> None:
    """The same draws with another choice differ in ciphertexts and proofs only, and have the same form."""
    small = open_small("Ed25519", [one_of(3)], 1, draw=drawer("choice"))
    shapes = set()
    for bits in ([1, 0, 0], [0, 1, 0], [0, 0, 1]):
        raw = make_ballot(small.election, 5, [bits], drawer("same"))
        text = json.dumps(json.loads(raw))
        shapes.add("".join(c for c in text if c not in "0123456789abcdef"))
    stream = io.StringIO()
    print(len(shapes), file=stream)
    assert len({shape.count('"') for shape in shapes}) == 1
