"""How are many homomorphic ballots over Ed25519 judged at once?

The kernel takes bytes and says *good* or *not proven good*; whatever is not good is judged by the protocol
in Python, which alone names clauses. A good ballot is canonical, so its ciphertexts stand at known places
and are read without parsing it again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress

from limpide import _kernel
from limpide.belenios.ballots import Ballot
from limpide.belenios.box import Box, Chunk, ChunkVerdict, Judge
from limpide.belenios.credentials import Credentials
from limpide.belenios.election import Election, Homomorphic
from limpide.belenios.faults import Fault
from limpide.belenios.group import Element
from limpide.belenios.tally import Columns, no_columns

_HEX = 64
_OPENING = b'{"choices":[{"alpha":"'
_BETWEEN = len('","beta":"')
_PAIR = len('{"alpha":"') + _HEX + _BETWEEN + _HEX + len('"},')


@dataclass(frozen=True, slots=True)
class BatchBox:
    """A ``Box`` with the kernel's whole-ballot check in front of it; the verdicts are the same."""

    box: Box
    context: _kernel.BallotContext
    sizes: tuple[int, ...]
    """Ciphertexts of each question."""
    threads: int
    """Of the kernel for each chunk; 1 where chunks are judged side by side."""

    def judge(self, chunk: Chunk) -> ChunkVerdict:
        """As ``Box.judge``."""
        verdicts, _ = _kernel.vartime_check_ballots(self.context, chunk.ballots, threads=self.threads)
        good = [verdict == 0 for verdict in verdicts]
        start = len('{"election_uuid":"","election_hash":"') + len(self.box.election.uuid)
        start += len(self.box.election.fingerprint) + len('","credential":"')
        credentials: list[str | None] = [raw[start : start + _HEX].decode("latin-1") for raw in chunk.ballots]
        columns = self._total(list(compress(chunk.ballots, good)), list(compress(credentials, good)))
        faults: list[Fault] = []
        if not all(good):
            for i in range(len(good)):
                if not good[i]:
                    alone = self.box.judge(Chunk(chunk.first + i, (chunk.ballots[i],)))
                    faults += alone.faults
                    credentials[i] = alone.credentials[0]
                    columns = columns.times(self.box.election.suite.group, alone.columns)
        return ChunkVerdict(chunk, tuple(faults), tuple(credentials), columns)

    def read(self, raw: bytes) -> Ballot | None:
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

    def _total(self, ballots: Sequence[bytes], credentials: Iterable[str | None]) -> Columns:
        if not ballots:
            return no_columns(self.box.election)
        weights = None
        if self.box.credentials.weighted:
            known = self.box.credentials.weights
            weights = [known[credential] for credential in credentials if credential is not None]
        width = 2 * sum(self.sizes)
        # Written most significant digit first: reversing the bytes of all reverses the order of columns too.
        digits = b"".join(piece for raw in reversed(ballots) for piece in self._pieces(raw))
        points = bytes.fromhex(digits.decode("latin-1"))[::-1]
        sums = _kernel.vartime_sum_axis(points, width, weights, threads=self.threads)
        found = [Element(sums[i : i + 32]) for i in range(0, len(sums), 32)]
        return Columns(tuple(reversed(found)))

    def _pieces(self, raw: bytes) -> list[bytes]:
        """The digits of every element of a canonical ballot, in order."""
        pieces = []
        position = 0
        for size in self.sizes:
            position = raw.index(_OPENING, position) + len(_OPENING)
            for _ in range(size):
                beta = position + _HEX + _BETWEEN
                pieces.append(raw[position : position + _HEX])
                pieces.append(raw[beta : beta + _HEX])
                position += _PAIR
        return pieces


def open_box(election: Election, credentials: Credentials, *, threads: int = 1) -> Judge:
    """The quickest box that can judge ballots of this election."""
    box = Box(election, credentials)
    questions = [question for question in election.questions if isinstance(question, Homomorphic)]
    if election.suite.group.name != "Ed25519" or len(questions) != len(election.questions):
        return box
    try:
        context = _kernel.BallotContext(
            election.uuid,
            election.fingerprint,
            election.y.element,
            [(len(q.answers), q.blank, q.min, q.max) for q in questions],
            b"".join(bytes.fromhex(text)[::-1] for text in credentials.weights),
            threads=threads,
        )
    except ValueError:
        # A question beyond the kernel's bounds, or a credential that is no element: the protocol says what.
        return box
    return BatchBox(box, context, tuple(question.ciphertexts for question in questions), threads)
