"""How is work over divisions spread over the cores of this machine?

Processes are forked, so that they share the record that was folded before without copying or pickling it; only
answers travel. Where forking is not to be had, the same work is done one piece after the other.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def fork_map(function: Callable[[T], R], items: Sequence[T], /) -> Iterator[R]:
    """``function`` of each item, in order, over all cores. ``function`` may be a closure; answers are pickled."""
    workers = min(len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1, len(items))
    if workers < 2:  # noqa: PLR2004 - nothing to share out
        yield from map(function, items)
        return
    context = multiprocessing.get_context("fork")
    with context.Pool(workers, _receive, (function,)) as pool:
        yield from pool.imap(_work, items)
        pool.close()
        pool.join()


_FUNCTION: list[Callable[[Any], Any]] = []
"""What this forked process was made for; empty in the parent."""


def _receive(function: Callable[[Any], Any]) -> None:
    _FUNCTION[:] = [function]
    # the parent alone decides when to stop: what it does at a signal is not for its workers
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _work(item: Any) -> Any:  # noqa: ANN401 - whatever the function takes and gives
    return _FUNCTION[0](item)
