"""What every scenario may ask for."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from primary import Primary, Territory

Begin = Callable[..., Primary]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Begins a primary; its folder is released at the end."""
    begun: list[Primary] = []

    def start(territory: Territory, options: Sequence[str], *, rounds: int = 1) -> Primary:
        begun.append(Primary.begin(tmp_path, territory, options, rounds=rounds))
        return begun[-1]

    yield start
    for primary in begun:
        primary.check(every_publication=True)
        primary.house.close()
