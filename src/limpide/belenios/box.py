"""Are these ballots valid, and what do they add up to?

The unit of parallel work: a ``Box`` knows the election and its credentials, a ``Chunk`` is a run of ballots
in archive order, a ``ChunkVerdict`` is what a chunk yields. Any engine that maps a box over chunks in order
gives the same answer.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from limpide.belenios.ballots import Ballot, judge_ballot, read_ballot, read_text
from limpide.belenios.credentials import Credentials
from limpide.belenios.election import Election
from limpide.belenios.faults import Fault
from limpide.belenios.tally import Columns, columns

CHUNK = 64
"""Ballots judged together: enough to share work, few enough to be nothing in memory."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Ballots in archive order, numbered from ``first``."""

    first: int
    ballots: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ChunkVerdict:
    """What a chunk yields."""

    chunk: Chunk
    faults: tuple[Fault, ...]
    credentials: tuple[str | None, ...]
    """Of each ballot; none where a ballot cannot be read, and so cannot be added."""
    columns: Columns
    """The products over the ballots that can be read."""


@dataclass(frozen=True, slots=True)
class Box:
    """An election and who may vote in it."""

    election: Election
    credentials: Credentials

    def judge(self, chunk: Chunk) -> ChunkVerdict:
        """Every fault of every ballot of the chunk, and their sum."""
        faults: list[Fault] = []
        readable: list[Ballot] = []
        credentials: list[str | None] = []
        for index, raw in enumerate(chunk.ballots, chunk.first):
            ballot, found = judge_ballot(self.election, self.credentials, raw, f"ballot {index}")
            faults += found
            credentials.append(ballot.text.credential if ballot else None)
            if ballot:
                readable.append(ballot)
        return ChunkVerdict(chunk, tuple(faults), tuple(credentials), self.total(readable))

    def read(self, raw: bytes) -> Ballot:
        """The ballot, valid or not; raises a ``LimpideError`` for what does not have the form of one."""
        return read_ballot(self.election, read_text(raw))

    def total(self, ballots: Sequence[Ballot]) -> Columns:
        """The products over ballots, each with the weight of its credential."""
        weights = [self.credentials.weight_of(ballot.text.credential) for ballot in ballots]
        return columns(self.election, ballots, weights)


class Judge(Protocol):
    """What judges chunks: a ``Box``, or something quicker with the same verdicts."""

    @property
    def election(self) -> Election:
        """The election."""

    @property
    def credentials(self) -> Credentials:
        """Who may vote."""

    def judge(self, chunk: Chunk) -> ChunkVerdict:
        """Every fault of every ballot of the chunk, and their sum."""

    def read(self, raw: bytes) -> Ballot:
        """The ballot, valid or not; raises a ``LimpideError`` for what does not have the form of one."""

    def total(self, ballots: Sequence[Ballot]) -> Columns:
        """The products over ballots, each with the weight of its credential."""


Engine = Callable[[Judge, Iterable[Chunk]], Iterator[ChunkVerdict]]
"""Judges chunks, in order, on whatever machinery."""


def in_turn(box: Judge, chunks: Iterable[Chunk]) -> Iterator[ChunkVerdict]:
    """One chunk after the other, here."""
    return map(box.judge, chunks)
