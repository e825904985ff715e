"""What every test may ask for: nights at the usual moments, and one server. Properties use fixed seeds."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from election import Night
from serving import Served

settings.register_profile("fixed", derandomize=True, database=None, deadline=None)
settings.load_profile("fixed")


@pytest.fixture
def night() -> Night:
    """Counting has begun in round 1 and nobody has reported."""
    return Night.counting()


@pytest.fixture
def proclaimed() -> Night:
    """Round 1 is complete, closed and certified."""
    return Night.proclaimed()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for the tests of a module that do not stop it: round 1 is open and counting."""
    with Served.create(tmp_path_factory.mktemp("server")) as made:
        made.begin_counting()
        yield made
