"""May these entries be added now? The record's own rules, for the sequencer, many entries at once."""

from collections.abc import Iterable, Iterator, Sequence

from limpide.canonical import LimpideError, NotCanonical, Refused
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
from limpide.roles.following import replay

_NOT_BEGUN = Refused("4.1", "a record begins with its definition", subject="definition")


class DocumentsAwaited(Refused):
    """An entry that may be added once these documents are there. Its signers were verified and may say this."""

    def __init__(self, refusal: Refused, documents: tuple[str, ...]) -> None:
        super().__init__(refusal.clause, refusal.message, **refusal.facts)
        self.documents = documents


class RecordJudge:
    """The record as it stands, all accepted entries included. One thread at a time calls it; any may read."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._record: Record | None = None
        self._named: set[str] = set()

    @property
    def record(self) -> Record:
        """The record of everything accepted so far."""
        if self._record is None:
            raise Refused("4.1", "the record has no definition yet", subject="definition")
        return self._record

    def names(self, digest: str) -> bool:
        """Does an accepted entry name this document?"""
        return digest in self._named

    def restore(self, entries: Iterable[bytes]) -> None:
        """The record of these entries and no others."""
        self._record = replay(None, entries, self._documents)
        events = self._record.events() if self._record is not None else ()
        self._named = {digest for event in events for digest in documents_of(event)}

    def admit(self, entries: Sequence[bytes]) -> Sequence[LimpideError | None]:
        """For each entry None when it is taken in, or why not. Signatures are checked in one call of the kernel."""
        if self._record is None:
            return [self._begin(entry) if position == 0 else _NOT_BEGUN for position, entry in enumerate(entries)]
        decoded = [_decode(entry) for entry in entries]
        events = [event for event in decoded if isinstance(event, SignedEvent)]
        verified: Iterator[VerifiedEvent | LimpideError] = iter(verify_events(self.record, events))
        return [
            event if isinstance(event, NotCanonical) else self._admit(next(verified), event) for event in decoded
        ]

    def _begin(self, definition: bytes) -> LimpideError | None:
        try:
            self._record = open_record(decode_event(definition), self._documents)
        except LimpideError as refusal:
            return refusal
        self._named.update(digest for event in self._record.events() for digest in documents_of(event))
        return None

    def _admit(self, verified: VerifiedEvent | LimpideError, event: SignedEvent) -> LimpideError | None:
        if not isinstance(verified, VerifiedEvent):
            return verified
        try:
            self._record = admit(self.record, verified, self._documents)
        except Refused as refusal:
            if refusal.clause != "1.6":
                return refusal
            missing = tuple(d for d in documents_needed(event) if self._documents(d) is None)
            return DocumentsAwaited(refusal, missing) if missing else refusal
        except LimpideError as refusal:
            return refusal
        self._named.update(documents_of(event))
        return None


def _decode(entry: bytes) -> SignedEvent | NotCanonical:
    try:
        return decode_event(entry)
    except NotCanonical as error:
        return error
