"""Is every sender answered, whatever happens to the others or to the disk?"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import cast

import pytest

from election import LOG, UNITS, Night, signer
from limpide.canonical import LimpideError, Refused
from limpide.log.sequencer import Answer, Promise, Sequencer
from limpide.roles.server.admission_pool import BATCH, AdmissionPool, Busy, promise
from limpide.roles.server.metrics import Metrics
from limpide.signing import parse_note

Scene = Callable[[AdmissionPool], Awaitable[None]]


class _Log:
    """A sequencer that takes everything, but for what a test wants."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.broken = False

    def submit(self, entries: Sequence[bytes]) -> Sequence[Answer]:
        self.batches.append(len(entries))
        if self.broken:
            raise OSError(28, "No space left on device")
        return [
            Refused("3.2", "too early", subject="round 1") if entry.startswith(b"early") else Promise(0, b"")
            for entry in entries
        ]


def _run(log: _Log, scene: Scene, limit: int = 10_000) -> Metrics:
    metrics = Metrics()

    async def play() -> None:
        pool = AdmissionPool(cast("Sequencer", log), signer(LOG), metrics, limit)
        running = asyncio.create_task(pool.run())
        try:
            await scene(pool)
        finally:
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

    asyncio.run(play())
    return metrics


def _note(number: int) -> bytes:
    return b"text %d\n\n" % number + "— somebody AAAAAAAA\n".encode()


def test_each_has_the_answer_of_its_own_entry() -> None:
    log = _Log()

    async def many(pool: AdmissionPool) -> None:
        entries = [b"early\n\nx" if number % 7 == 0 else _note(number) for number in range(BATCH + 500)]
        answers = await asyncio.gather(*map(pool.submit, entries), return_exceptions=True)
        for entry, answer in zip(entries, answers, strict=True):
            if entry.startswith(b"early"):
                assert isinstance(answer, LimpideError)
            else:
                assert isinstance(answer, bytes)
                assert answer.startswith(entry)

    metrics = _run(log, many)
    assert max(log.batches) <= BATCH
    assert metrics.admitted + metrics.refused["3.2"] == BATCH + 500
    assert f"limpide_entries_admitted_total {metrics.admitted}" in metrics.expose()


def test_a_full_disk_promises_nothing_and_passes() -> None:
    log = _Log()

    async def full(pool: AdmissionPool) -> None:
        log.broken = True
        answers = await asyncio.gather(*(pool.submit(_note(n)) for n in range(5)), return_exceptions=True)
        assert all(isinstance(answer, Busy) for answer in answers)
        log.broken = False
        assert (await pool.submit(_note(1))).startswith(_note(1))

    assert _run(log, full).admitted == 1


def test_a_sender_who_goes_away_disturbs_nobody() -> None:
    async def away(pool: AdmissionPool) -> None:
        gone = asyncio.create_task(pool.submit(_note(1)))
        await asyncio.sleep(0)
        gone.cancel()
        assert (await pool.submit(_note(2))).startswith(_note(2))

    assert _run(_Log(), away).admitted == 2


def test_too_many_are_told_at_once() -> None:
    async def crowd(pool: AdmissionPool) -> None:
        answers = await asyncio.gather(*(pool.submit(_note(n)) for n in range(10)), return_exceptions=True)
        assert [isinstance(answer, Busy) for answer in answers] == [False] * 4 + [True] * 6

    _run(_Log(), crowd, limit=4)


def test_a_promise_is_the_note_with_one_more_line(night: Night) -> None:
    event = night.report(UNITS[0], (1, 2, 3))
    made = parse_note(promise(event.note.encode(), signer(LOG)))
    assert made.text == event.note.text
    assert made.lines == (*event.note.lines, signer(LOG).sign(event.note.text))
    own = night.publish().note.encode()
    assert promise(own, signer(LOG)) == own
