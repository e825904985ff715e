"""On which machinery are ballots judged?

GMP holds the interpreter's lock, so the 2048-bit groups use processes; the kernel releases it. The answer is
the same on any engine, in the same order.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from limpide.belenios.box import Box, Chunk, ChunkVerdict, Engine, in_turn
from limpide.belenios.credentials import Credentials
from limpide.belenios.election import read_election

_AHEAD = 2
"""Chunks in flight for each process: enough to keep it busy, few enough to bound memory."""


@dataclass(frozen=True, slots=True)
class Processes:
    """An engine over ``count`` processes."""

    count: int

    def __call__(self, box: Box, chunks: Iterable[Chunk]) -> Iterator[ChunkVerdict]:
        """Verdicts in the order of the chunks; at most a few chunks are read ahead."""
        waiting: deque[Future[ChunkVerdict]] = deque()
        with ProcessPoolExecutor(
            self.count,
            mp_context=get_context("spawn"),
            initializer=_open_box,
            initargs=(box.election.raw, box.credentials),
        ) as pool:
            for chunk in chunks:
                waiting.append(pool.submit(_judge, chunk))
                if len(waiting) > _AHEAD * self.count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


def engine(cores: int | None = None) -> Engine:
    """The engine for that many cores, all of them unless told."""
    count = cores or len(os.sched_getaffinity(0))
    return in_turn if count == 1 else Processes(count)


# The box of a worker process, which judges for one archive only.
_boxes: list[Box] = []


def _open_box(election: bytes, credentials: Credentials) -> None:
    _boxes.append(Box(read_election(election), credentials))


def _judge(chunk: Chunk) -> ChunkVerdict:
    return _boxes[-1].judge(chunk)
