"""Does the stub of the kernel name exactly what the module has, with the same arguments?"""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import limpide
from limpide import _kernel

STUB = ast.parse((Path(limpide.__file__).parent / "_kernel.pyi").read_text())


def names(arguments: ast.arguments) -> list[str]:
    return [argument.arg for argument in arguments.posonlyargs + arguments.args + arguments.kwonlyargs]


def test_the_stub_is_the_module() -> None:
    stubbed = {node.name for node in STUB.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert stubbed == {name for name in dir(_kernel) if not name.startswith("_")}


def test_functions_take_the_arguments_of_the_stub() -> None:
    for node in STUB.body:
        if isinstance(node, ast.FunctionDef):
            signature = inspect.signature(getattr(_kernel, node.name))
            assert list(signature.parameters) == names(node.args), node.name
