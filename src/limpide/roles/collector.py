"""When does Python look for cycles of dead objects? Rarely, where millions of live ones would be walked in vain.

A record is events and indices that stay, and has no cycle. The collector would walk all of them again and again,
and stop the process for tenths of a second each time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_ALLOCATIONS = 100_000
_GENERATIONS = (20, 100)


@contextmanager
def no_collection() -> Iterator[None]:
    """Never, for as long as one piece of work takes."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def collect_rarely() -> None:
    """For a server: what is there now stays and is never walked, what comes later is walked rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, *_GENERATIONS)
