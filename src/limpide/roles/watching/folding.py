"""What record do the entries of a log make, when one of them may have no right to stand there?

As a verifier folds it: an entry that is refused is a fault and has no effect, but keeps its place. Entries whose
documents have not been found yet wait, with all that follow them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from limpide.canonical import LimpideError
from limpide.record.admission import (
    Documents,
    VerifiedEvent,
    admit,
    documents_needed,
    documents_of,
    open_record,
    verify_events,
)
from limpide.record.events import SignedEvent, decode_event
from limpide.record.record import Record
from limpide.results.findings import Finding, fault
from limpide.roles.following import BATCH


@dataclass(slots=True, eq=False)
class Fold:
    """A record, and the entries that are not in it yet."""

    record: Record | None = None
    waiting: list[bytes] = field(default_factory=list)

    def documents(self) -> Iterator[tuple[str, bool]]:
        """The digest of each document that waiting entries name, and whether they cannot be folded without it."""
        for entry in self.waiting:
            try:
                event = decode_event(entry)
            except LimpideError:
                continue  # folding will name it
            needed = documents_needed(event)
            yield from ((digest, True) for digest in needed)
            yield from ((digest, False) for digest in documents_of(event) if digest not in needed)

    def advance(self, documents: Documents) -> Iterator[Finding]:
        """Takes all that waits into the record; gives every entry that may not stand where it stands.

        Raises what is wrong with a definition, without which there is no record.
        """
        if self.record is None and self.waiting:
            self.record = open_record(decode_event(self.waiting[0]), documents)
            del self.waiting[0]
        while self.waiting:
            yield from self._take(self.waiting[:BATCH], documents)
            del self.waiting[:BATCH]

    def _take(self, batch: list[bytes], documents: Documents) -> Iterator[Finding]:
        record = self.record
        assert record is not None
        events = [_decode(entry) for entry in batch]
        sound = [event for event in events if isinstance(event, SignedEvent)]
        # signatures of the whole batch at once; ``admit`` looks again where a key was replaced within it
        verdicts = iter(verify_events(record, sound))
        for event in events:
            answer = next(verdicts) if isinstance(event, SignedEvent) else event
            try:
                record = _admit(record, event, answer, documents)
            except LimpideError as error:
                yield fault(error, f"entry {record.size}")
                record = record.skip()
        self.record = record


def _decode(entry: bytes) -> SignedEvent | LimpideError:
    try:
        return decode_event(entry)
    except LimpideError as error:
        return error


def _admit(
    record: Record,
    event: SignedEvent | LimpideError,
    answer: VerifiedEvent | LimpideError,
    documents: Callable[[str], bytes | None],
) -> Record:
    if isinstance(event, LimpideError):
        raise event
    if not isinstance(answer, VerifiedEvent):
        (answer,) = verify_events(record, [event])
    if not isinstance(answer, VerifiedEvent):
        raise answer
    return admit(record, answer, documents)
