"""What looks wrong on a site, before and after it has been judged?

A suspicion is born with its evidence on disk. It is dropped when the record explains it or when the site was only
hesitating; what is left at the end of a round is a finding. Spec 9.10, 9.11.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from limpide.canonical import sha256_hex
from limpide.log.checkpoint import CHECKPOINT
from limpide.results.findings import Finding
from limpide.roles.watching.answers import Answer
from limpide.roles.watching.evidence import Context, Evidence
from limpide.roles.watching.held import Held
from limpide.roles.watching.memory import Memory

MAX_PIECES = 100
"""Pieces of evidence of one site in one round."""
MAX_OF_PATH = 32
"""False versions of one path of one site that are kept and told."""
RECORD = "record"
"""Stands for a site where the record itself is at fault."""
LASTING = ("9.2", "9.5", "9.7")
"""What no later good behaviour of a site explains."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One thing that looks wrong, where, and what was answered there."""

    finding: Finding
    site: str
    answer: Answer | None = None
    digest: str = ""
    """Of the bytes shown; empty where nothing was shown."""

    @property
    def key(self) -> str:
        """What makes two suspicions one fact."""
        return f"{self.finding.clause} {self.site} {self.finding.subject} {self.digest}"


@dataclass(slots=True, eq=False)
class Docket:
    """The suspicions of one round."""

    held: Held
    memory: Memory
    evidence: Evidence
    found: dict[str, Suspicion] = field(default_factory=dict)
    pieces: dict[str, Path] = field(default_factory=dict)
    """Evidence kept in this round, by the key of its suspicion."""
    checkpoints: dict[str, bytes] = field(default_factory=dict)
    """What each site shows as its checkpoint."""
    _kept: dict[str, int] = field(default_factory=dict)

    def record(self, finding: Finding) -> None:
        """The record itself is at fault; the reader's own copy of the log is the evidence."""
        suspicion = Suspicion(finding, RECORD)
        self.found[suspicion.key] = suspicion

    def suspect(self, finding: Finding, site: str, answer: Answer, more: Mapping[str, bytes]) -> bool:
        """Notes a suspicion, its evidence first; False where there are too many to keep now."""
        suspicion = Suspicion(finding, site, answer, _digest(answer))
        key = suspicion.key
        if key not in self.memory.facts and key not in self.found:
            told = f"{finding.clause} {site} {finding.subject} "
            if self._kept.get(site, 0) >= MAX_PIECES:
                return False
            if sum(known.startswith(told) for known in self.memory.facts) >= MAX_OF_PATH:
                return True
            self._kept[site] = self._kept.get(site, 0) + 1
            self.pieces[key] = self.evidence.keep(answer, self._context(site), more)
        self.found[key] = suspicion
        return True

    def explain(self, key: str) -> None:
        """There was no fault: the suspicion and what was kept of it in this round are dropped."""
        del self.found[key]
        piece = self.pieces.pop(key, None)
        if piece is not None:
            self.evidence.drop(piece)

    def _context(self, site: str) -> Context:
        record = self.held.record
        latest = record.latest if record is not None else None
        return Context(
            site,
            self.checkpoints.get(site),
            record.event(0).id.hex() if record is not None else "",
            self.held.size,
            latest.publication.number if latest is not None else 0,
        )


def _digest(answer: Answer) -> str:
    """What was shown, of a checkpoint without its signatures: a witness may sign the same one again."""
    if not answer.is_there and not answer.is_elsewhere:
        return ""
    return sha256_hex(answer.body.partition(b"\n\n")[0]) if answer.path == CHECKPOINT else answer.sha256
