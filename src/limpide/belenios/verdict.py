"""What does an archive prove, and what does it not?"""

from collections.abc import Mapping
from dataclasses import dataclass

from limpide.belenios.decryption import Factors, Result
from limpide.belenios.election import Election
from limpide.belenios.events import EventType
from limpide.belenios.faults import Fault
from limpide.belenios.tally import EncryptedTally
from limpide.belenios.trustees import Trustees


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an archive proves and what it does not."""

    faults: tuple[Fault, ...]
    election: Election | None
    ballots: int
    """Stored, superseded ones included."""
    num_tallied: int
    total_weight: int
    tally: EncryptedTally | None
    """Recomputed from the ballots, shuffled as published: what trustees decrypt."""
    trustees: Trustees | None
    decryptions: Mapping[int, Factors]
    """The valid ones, by owner."""
    last_event: EventType | None
    result: Result | None
    """The published result; proven if there is no fault."""

    @property
    def fingerprint(self) -> str | None:
        """φ, by which people recognise the election."""
        return self.election.fingerprint if self.election else None

    @property
    def proven(self) -> bool:
        """Whether everything holds; remarks do not matter."""
        return all(fault.severity == "remark" for fault in self.faults)
