"""How are a thousand entries a second each answered only when they are safe?

Requests put their entries into one pool; one task takes everything that waits, has it judged and made durable in
one transaction on a thread of its own, and answers all. An answer is a promise: the entry with the server's
line under the same text. Spec 8.2.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus

from limpide.canonical import LimpideError
from limpide.log.sequencer import Promise, Sequencer
from limpide.roles.server.metrics import Metrics
from limpide.roles.server.problems import Problem
from limpide.signing import Signer, encode_line

BATCH = 1024
"""Entries judged in one transaction."""
GATHERING_SECONDS = 0.01
"""A short wait for company: a transaction costs as much for one entry as for fifty."""


class Busy(Exception):
    """Nothing was promised; the sender may try again."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.problem = Problem(HTTPStatus.SERVICE_UNAVAILABLE, "8.6", sentence, retry_seconds=2)


@dataclass(frozen=True, slots=True)
class _Waiting:
    entry: bytes
    answer: "asyncio.Future[bytes]"


class AdmissionPool:
    """Entries that wait to be judged, and the task that takes them."""

    def __init__(self, sequencer: Sequencer, signer: Signer, metrics: Metrics, limit: int) -> None:
        self._sequencer, self._signer, self._metrics, self._limit = sequencer, signer, metrics, limit
        self._waiting: deque[_Waiting] = deque()
        self._arrived = asyncio.Event()
        self._writer = ThreadPoolExecutor(1, "admission")

    def __len__(self) -> int:
        return len(self._waiting)

    async def submit(self, entry: bytes) -> bytes:
        """The promise for an entry, once it is durable; raises the refusal, or ``Busy``."""
        if len(self._waiting) >= self._limit:
            raise Busy(f"{self._limit} entries are waiting")
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(entry, answer))
        self._arrived.set()
        return await answer

    async def run(self) -> None:
        """Judges for as long as it is not cancelled."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                await self._arrived.wait()
                await asyncio.sleep(GATHERING_SECONDS)
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH))]
                if not self._waiting:
                    self._arrived.clear()
                entries = [each.entry for each in batch]
                answers = await loop.run_in_executor(self._writer, self._answer, entries)
                for each, answer in zip(batch, answers, strict=True):
                    if each.answer.done():  # the sender has gone; the entry stays
                        continue
                    if isinstance(answer, bytes):
                        each.answer.set_result(answer)
                    else:
                        each.answer.set_exception(answer)
        finally:
            self._writer.shutdown()
            for each in self._waiting:
                each.answer.cancel()

    def _answer(self, entries: Sequence[bytes]) -> Sequence[bytes | LimpideError | Busy]:
        self._metrics.batches += 1
        began = time.perf_counter()
        try:
            verdicts = self._sequencer.submit(entries)
        except Exception:  # noqa: BLE001 - whatever the store raised, nothing is promised and the sequencer recovers
            return [Busy("the log could not be written")] * len(entries)
        self._metrics.judging.observe(time.perf_counter() - began)
        answers: list[bytes | LimpideError | Busy] = []
        for entry, verdict in zip(entries, verdicts, strict=True):
            if isinstance(verdict, Promise):
                self._metrics.repeated += verdict.repeated
                self._metrics.admitted += not verdict.repeated
                answers.append(promise(entry, self._signer))
            else:
                self._metrics.refused[verdict.clause] += 1
                answers.append(verdict)
        return answers


def promise(entry: bytes, signer: Signer) -> bytes:
    """An admitted entry with the server's line under the same text: a function of the entry alone."""
    text, _, lines = entry.rpartition(b"\n\n")
    own = f"— {signer.name} ".encode()
    if any(line.startswith(own) for line in lines.split(b"\n")):
        return entry  # the server's own entry bears its line already
    return entry + encode_line(signer.sign(text + b"\n"))
