"""The stub says what the kernel offers, no more and no less."""

import ast
import inspect
from pathlib import Path

import pytest

from limpide import _kernel

STUB = Path(_kernel.__file__).with_name("_kernel.pyi")
TREE = ast.parse(STUB.read_text())
DECLARED = {node.name: node for node in TREE.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def test_the_names_are_those_of_the_module() -> None:
    offered = {name for name in dir(_kernel) if not name.startswith("_")}
    assert offered == set(DECLARED)


@pytest.mark.parametrize("name", sorted(n for n, d in DECLARED.items() if isinstance(d, ast.FunctionDef)))
def test_the_arguments_are_those_of_the_module(name: str) -> None:
    node = DECLARED[name]
    assert isinstance(node, ast.FunctionDef)
    declared = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    parameters = inspect.signature(getattr(_kernel, name)).parameters
    assert declared == list(parameters)
    written = [*node.args.defaults, *(default for default in node.args.kw_defaults if default is not None)]
    defaults = [ast.literal_eval(default) for default in written]
    assert defaults == [p.default for p in parameters.values() if p.default is not p.empty]


def test_every_declaration_says_what_is_true_of_its_result() -> None:
    assert all(ast.get_docstring(node) for node in DECLARED.values())
