"""What is one way to break a clause, and how is it made to look right otherwise?"""

from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field

from election import CONTEST, OPTIONS, QUORUM, UNITS, Night, make_definition, sign, signer
from limpide.record.events import Body, Publication, StationReport
from limpide.signing import sign_note

FIRST, SECOND, THIRD, *_, LAST = UNITS


@dataclass(frozen=True)
class Case:
    """One folder: what comes before, what is judged, and the clauses that must trip."""

    name: str
    """``<clause>-<what was done>``"""
    expect: tuple[str, ...]
    night: InitVar[Night | None] = None
    """The record before; None where the entry is a definition or there is a code."""
    entry: bytes = b""
    code: str = ""
    documents: Mapping[str, bytes] = field(default_factory=dict)
    """Documents of this folder alone, by the digest under which they stand."""
    record: tuple[bytes, ...] = field(init=False)
    """The entries before, as they are now: the night may go on."""
    shared: Mapping[str, bytes] = field(init=False)
    """The documents of that night."""

    def __post_init__(self, night: Night | None) -> None:
        """Keeps the night's entries and documents."""
        entries, documents = night.bundle() if night else ([], make_definition()[1])
        object.__setattr__(self, "record", tuple(entries))
        object.__setattr__(self, "shared", documents)


def report_of(night: Night) -> StationReport:
    """A good report of the first station."""
    return StationReport(contest=CONTEST, figures=night.figures(FIRST, (40, 30, 20)), round=1, unit=FIRST)


def publication_of(night: Night) -> Publication:
    """The next publication, an hour after counting opened."""
    return Publication(
        canvasses=(),
        instant="2027-01-17T20:00:00Z",
        manifest="0" * 64,
        number=len(night.record.publications()) + 1,
        size=night.record.size,
    )


def definition_of(**changes: object) -> bytes:
    """A definition with changed members, signed by all who must."""
    return sign(make_definition(**changes)[0], ("organiser", *QUORUM)).note.encode()


def entry_of(night: Night, body: Body, *names: str) -> bytes:
    """The bytes of a body that those names sign with the keys they have in that night."""
    return night.sign(body, names).note.encode()


def signed(text: bytes, names: Sequence[str]) -> bytes:
    """A text signed as it is, well-formed or not."""
    return sign_note(text, map(signer, names)).encode()


def replaced(text: bytes, old: bytes, new: bytes) -> bytes:
    """The text with one thing changed, which must be there."""
    if old not in text:
        raise ValueError(old)
    return text.replace(old, new, 1)


def counted(*votes: int, cast: int | None = None) -> dict[str, object]:
    """The members of figures that say these votes."""
    return {
        "votes": dict(zip(OPTIONS, votes, strict=True)),
        "ballots_cast": sum(votes) if cast is None else cast,
        "voters_participated": sum(votes) if cast is None else cast,
    }
