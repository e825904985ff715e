"""How do people sign the same bytes, apart and at different times?

A draft is a file: the text of an entry alone, or a signed note of it with some of its signatures. Each person
signs a copy; the copies travel by any means and are merged. The file says everything, so there is nothing
to agree on but its digest, which each signer can read aloud. Spec 1.3, 1.4.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from limpide.canonical import MAX_ENTRY, NotCanonical
from limpide.codes import ALPHABET
from limpide.record.definition import ElectionId
from limpide.record.events import Body, SignedEvent, decode_event, event_text
from limpide.signing import Note, SignatureLine, Signer, merge_notes, sign_note

_NO_ONE = (SignatureLine("draft", bytes(4), bytes(1)),)
_DOOR_BITS, _DIGIT_BITS = 80, 5
_LOOK_ALIKE = str.maketrans("OILU", "011V", "- \u00a0\u202f")


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry in the making: what it says, and who has signed so far."""

    election: ElectionId
    body: Body
    note: Note
    """Perhaps without a single line."""

    @property
    def signers(self) -> tuple[str, ...]:
        """The names under the text so far."""
        return tuple(line.name for line in self.note.lines)

    def encode(self) -> bytes:
        """The bytes of the file: the text alone while nobody has signed."""
        return self.note.encode() if self.note.lines else self.note.text


def draft(election: ElectionId, body: Body) -> Draft:
    """The draft that says ``body``, signed by nobody."""
    return Draft(election, body, Note(event_text(election, body), ()))


def read_draft(data: bytes) -> Draft:
    """The draft in a file; raises ``NotCanonical``."""
    if len(data) > MAX_ENTRY:
        raise NotCanonical("1.2", f"{len(data)} bytes, at most {MAX_ENTRY}", size=len(data), limit=MAX_ENTRY)
    unsigned = b"\n\n" not in data
    event = decode_event(Note(data, _NO_ONE).encode() if unsigned else data)
    note = Note(data, ()) if unsigned else event.note
    return Draft(event.election, event.body, note)


def sign_draft(unsigned: Draft, signers: Sequence[Signer]) -> Draft:
    """The same text with the lines of ``signers`` added."""
    lines = sign_note(unsigned.note.text, signers)
    return Draft(unsigned.election, unsigned.body, merge_notes(unsigned.note, lines))


def merge_drafts(drafts: Iterable[Draft]) -> Draft:
    """One draft with the lines of all; raises ``NotCanonical`` when they do not say the same."""
    return reduce(lambda one, other: Draft(one.election, one.body, merge_notes(one.note, other.note)), drafts)


def as_event(finished: Draft) -> SignedEvent:
    """The event that the signed draft is; raises ``NotCanonical`` while nobody has signed."""
    return decode_event(finished.note.encode())


def door_code(text: bytes) -> str:
    """Sixteen characters that stand for an entry's text on the paper at the door: 80 bits of its SHA-256."""
    number = int.from_bytes(Note(text, ()).identity[: _DOOR_BITS // 8], "big")
    digits = [ALPHABET[number >> shift & 31] for shift in range(_DOOR_BITS - _DIGIT_BITS, -1, -_DIGIT_BITS)]
    return "-".join("".join(digits[start : start + 4]) for start in range(0, len(digits), 4))


def same_door_code(seen: str, true: str) -> bool:
    """Is what somebody read at the door that code? Forgiving of case, separators and look-alikes, as codes are."""
    return seen.upper().translate(_LOOK_ALIKE) == true.translate(_LOOK_ALIKE)
