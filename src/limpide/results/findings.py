"""What can be wrong, and how grave is it?

A *fault* is a proof that fails: the record or the site is wrong. A *remark* is a signed fact that contradicts
itself or looks odd: people must look at paper. The sentence stands in the catalogue under ``clause.<clause>``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from limpide.canonical import LimpideError
from limpide.words import Language, catalogue, sentence


class Severity(StrEnum):
    """How grave a finding is."""

    FAULT = "fault"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (constat): the clause, what it is about, and the facts of its sentence."""

    clause: str
    subject: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    severity: Severity = Severity.FAULT

    def say(self, language: Language) -> str:
        """The finding as a person reads it; one about an entry names the entry."""
        key = f"clause.{self.clause}"
        facts = {"subject": self.subject, **self.facts}
        try:
            words = sentence(key, language, **facts)
        except KeyError:
            unknown = catalogue(language).get("clause.unknown", "{subject}")
            return unknown.format(subject=self.subject, clause=self.clause)
        kind, _, index = self.subject.partition(" ")
        if kind == "entry" and "index" not in self.facts:
            return sentence("finding.entry", language, index=int(index), words=words)
        return words


def fault(error: LimpideError, subject: str) -> Finding:
    """The finding that an error amounts to. Its sentence keeps the error's own subject, such as a unit."""
    return Finding(error.clause, subject, {"reason": error.message, "subject": subject, **error.facts})
