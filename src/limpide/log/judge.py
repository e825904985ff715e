"""Who decides what may be added to a log? Not the log: the judge that its writer is handed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from limpide.canonical import LimpideError


class Judge(Protocol):
    """Decides what may be added, and may keep in memory what follows from it.

    Called by one thread at a time, in the order of the log.
    """

    def restore(self, entries: Iterable[bytes]) -> None:
        """The log holds exactly these entries: whatever was known before is forgotten."""

    def admit(self, entries: Sequence[bytes]) -> Sequence[LimpideError | None]:
        """For each entry, None if it is taken in, or why not; each is judged with those before it taken in."""


@dataclass(frozen=True, slots=True)
class OneByOne:
    """The judge that asks a function, entry by entry; what it refuses it raises, and changes nothing."""

    admit_one: Callable[[bytes], object]
    forget: Callable[[], object] = lambda: None

    def restore(self, entries: Iterable[bytes]) -> None:
        """Forgets, then admits what the log holds."""
        self.forget()
        for entry in entries:
            self.admit_one(entry)

    def admit(self, entries: Sequence[bytes]) -> Sequence[LimpideError | None]:
        """The refusals that the function raised."""
        return [self._refusal(entry) for entry in entries]

    def _refusal(self, entry: bytes) -> LimpideError | None:
        try:
            self.admit_one(entry)
        except LimpideError as refusal:
            return refusal
        return None
