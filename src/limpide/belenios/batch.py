"""How are many homomorphic ballots over Ed25519 judged at once?

The kernel takes bytes and says *good* or *not proven good*, and multiplies the good ones; whatever is not
good is judged by the protocol in Python, which alone names clauses.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from limpide import _kernel
from limpide.belenios.ballots import Ballot
from limpide.belenios.box import Box, Chunk, ChunkVerdict, Judge
from limpide.belenios.credentials import Credentials
from limpide.belenios.election import Election, Homomorphic
from limpide.belenios.faults import Fault
from limpide.belenios.group import Element
from limpide.belenios.tally import Columns

_HEX = 64


@dataclass(frozen=True, slots=True)
class BatchBox:
    """A ``Box`` with the kernel's whole-ballot check in front of it; the verdicts are the same."""

    box: Box
    context: _kernel.BallotContext
    threads: int
    """Of the kernel for each chunk; 1 where chunks are judged side by side."""

    def judge(self, chunk: Chunk) -> ChunkVerdict:
        """As ``Box.judge``."""
        verdicts, _, sums = _kernel.vartime_check_ballots(self.context, chunk.ballots, threads=self.threads)
        start = len('{"election_uuid":"","election_hash":"') + len(self.box.election.uuid)
        start += len(self.box.election.fingerprint) + len('","credential":"')
        credentials: list[str | None] = [raw[start : start + _HEX].decode("latin-1") for raw in chunk.ballots]
        columns = Columns(tuple(Element(sums[i : i + 32]) for i in range(0, len(sums), 32)))
        faults: list[Fault] = []
        if any(verdicts):
            for i, verdict in enumerate(verdicts):
                if verdict:
                    alone = self.box.judge(Chunk(chunk.first + i, (chunk.ballots[i],)))
                    faults += alone.faults
                    credentials[i] = alone.credentials[0]
                    columns = columns.times(self.box.election.suite.group, alone.columns)
        return ChunkVerdict(chunk, tuple(faults), tuple(credentials), columns)

    def read(self, raw: bytes) -> Ballot:
        """As ``Box.read``."""
        return self.box.read(raw)

    def total(self, ballots: Sequence[Ballot]) -> Columns:
        """As ``Box.total``."""
        return self.box.total(ballots)

    @property
    def election(self) -> Election:
        """As ``Box.election``."""
        return self.box.election

    @property
    def credentials(self) -> Credentials:
        """As ``Box.credentials``."""
        return self.box.credentials


def open_box(election: Election, credentials: Credentials, *, threads: int = 1) -> Judge:
    """The quickest box that can judge ballots of this election."""
    box = Box(election, credentials)
    questions = [question for question in election.questions if isinstance(question, Homomorphic)]
    # Weights on some lines only are a fault of the list; no total of such a list means anything.
    if election.suite.group.name != "Ed25519" or len(questions) != len(election.questions):
        return box
    try:
        context = _kernel.BallotContext(
            election.uuid,
            election.fingerprint,
            election.y.element,
            [(len(q.answers), q.blank, q.min, q.max) for q in questions],
            _points(credentials),
            None
            if credentials.weights is None
            else [1 if weight is None else weight for _, weight in credentials.entries()],
            threads=threads,
        )
    except (ValueError, OverflowError):
        # A question or a weight beyond the kernel's bounds, or a credential that is no element: the protocol
        # says what.
        return box
    return BatchBox(box, context, threads)


def _points(credentials: Credentials) -> bytearray:
    """The credentials as the kernel takes them; raises ``ValueError`` for what is not hexadecimal."""
    points = bytearray()
    for text, _ in credentials.entries():
        points += bytes.fromhex(text)[::-1]
    return points
