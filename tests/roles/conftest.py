"""A server for the tests of this room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from serving import Served


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests of the room that do not stop it: round 1 is open and counting."""
    root: Path = tmp_path_factory.mktemp("server")
    with Served.create(root) as made:
        made.begin_counting()
        yield made
