"""What every test may ask for: nights at the usual moments, each its own."""

import pytest

from election import Night


@pytest.fixture
def night() -> Night:
    """Counting has begun in round 1 and nobody has reported."""
    return Night.counting()


@pytest.fixture
def proclaimed() -> Night:
    """Round 1 is complete, closed and certified."""
    return Night.proclaimed()
