"""On which machinery are ballots judged?

GMP holds the interpreter's lock, so the 2048-bit groups use processes; the kernel releases it. The answer is
the same on any engine, in the same order.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from limpide.belenios.batch import BatchBox
from limpide.belenios.box import Box, Chunk, ChunkVerdict, Engine, Judge, in_turn
from limpide.belenios.credentials import Credentials
from limpide.belenios.election import read_election

_AHEAD = 2
"""Chunks in flight for each process: enough to keep it busy, few enough to bound memory."""


@dataclass(frozen=True, slots=True)
class Parallel:
    """An engine over ``count`` threads or processes; verdicts come in the order of the chunks."""

    count: int

    def __call__(self, box: Judge, chunks: Iterable[Chunk]) -> Iterator[ChunkVerdict]:
        """Judges a few chunks ahead, so that memory stays bounded."""
        if isinstance(box, BatchBox):
            with ThreadPoolExecutor(self.count) as threads:
                yield from _in_order(threads, box.judge, chunks, self.count)
            return
        initial = (box.election.raw, box.credentials)
        context = get_context("spawn")
        with ProcessPoolExecutor(self.count, context, initializer=_open, initargs=initial) as processes:
            yield from _in_order(processes, _judge, chunks, self.count)


def engine(cores: int | None = None) -> Engine:
    """The engine for that many cores, all of them unless told."""
    count = cores or len(os.sched_getaffinity(0))
    return in_turn if count == 1 else Parallel(count)


def _in_order(
    pool: Executor, judge: Callable[[Chunk], ChunkVerdict], chunks: Iterable[Chunk], count: int
) -> Iterator[ChunkVerdict]:
    waiting: deque[Future[ChunkVerdict]] = deque()
    for chunk in chunks:
        waiting.append(pool.submit(judge, chunk))
        if len(waiting) > _AHEAD * count:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


# The box of a worker process, which judges for one archive only.
_boxes: list[Box] = []


def _open(election: bytes, credentials: Credentials) -> None:
    _boxes.append(Box(read_election(election), credentials))


def _judge(chunk: Chunk) -> ChunkVerdict:
    return _boxes[-1].judge(chunk)
