"""What every test may ask for: nights at the usual moments, each its own. Properties use fixed seeds."""

import pytest
from hypothesis import settings

from election import Night

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
