"""May every entry of the log stand where it stands?

Admission is repeated for all of them, signatures checked in batches while the fold goes on. An entry that is
refused is a fault and has no effect, but keeps its place, so that all later indices stay true.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from limpide.canonical import LimpideError
from limpide.record.admission import VerifiedEvent, admit, open_record, verify_events
from limpide.record.events import SignedEvent, decode_event
from limpide.record.record import Record
from limpide.results.findings import Finding, fault
from limpide.results.log_check import LogReading, Progress

Batch = list[tuple[int, SignedEvent | Finding]]
BATCH = 4096
"""Entries whose signatures are checked in one call of the kernel."""


def fold_record(
    reading: LogReading, documents: Callable[[str], bytes | None], progress: Progress
) -> Generator[Finding, None, Record | None]:
    """The record that a log yields; None when its definition cannot be used."""
    try:
        record = open_record(reading.definition, documents)
    except LimpideError as error:
        yield fault(error, "entry 0")
        return None
    start = record
    with ThreadPoolExecutor(max_workers=1) as pool:
        # the kernel releases the lock: the next batch's signatures are checked while this one is folded
        pending = None
        for batch in chain(_batches(reading.entries), ([],)):
            events = [event for _, event in batch if isinstance(event, SignedEvent)]
            checking = (batch, pool.submit(verify_events, start, events))
            if pending is not None:
                record = yield from _fold(record, pending[0], pending[1].result(), documents)
                progress("record", record.size, len(reading.entries))
            pending = checking
    return record


def _batches(entries: Sequence[bytes | None]) -> Iterator[Batch]:
    for first in range(1, len(entries), BATCH):
        batch: Batch = []
        for index in range(first, min(first + BATCH, len(entries))):
            entry = entries[index]
            try:
                batch.append((index, decode_event(entry) if entry is not None else _unreadable(index)))
            except LimpideError as error:
                batch.append((index, fault(error, f"entry {index}")))
        yield batch


def _fold(
    record: Record,
    batch: Batch,
    verified: Sequence[VerifiedEvent | LimpideError],
    documents: Callable[[str], bytes | None],
) -> Generator[Finding, None, Record]:
    answers = iter(verified)
    for index, event in batch:
        if isinstance(event, Finding):
            yield event
            record = record.skip()
            continue
        answer = next(answers)
        try:
            record = _admit(record, event, answer, documents)
        except LimpideError as error:
            yield fault(error, f"entry {index}")
            record = record.skip()
    return record


def _admit(
    record: Record,
    event: SignedEvent,
    answer: VerifiedEvent | LimpideError,
    documents: Callable[[str], bytes | None],
) -> Record:
    """Admits an event whose signatures were checked against an earlier record: keys may have changed since."""
    if not isinstance(answer, VerifiedEvent):
        (answer,) = verify_events(record, [event])
    if not isinstance(answer, VerifiedEvent):
        raise answer
    return admit(record, answer, documents)


def _unreadable(index: int) -> Finding:
    return Finding("6.20", f"entry {index}", {"index": index})
