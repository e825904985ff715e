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
        """The finding as a person reads it."""
        key = f"clause.{self.clause}"
        facts = {"subject": self.subject, **self.facts}
        try:
            return sentence(key, language, **facts)
        except KeyError:
            words = catalogue(language).get("clause.unknown", "{subject}")
            return words.format(subject=self.subject, clause=self.clause)


def fault(error: LimpideError, subject: str) -> Finding:
    """The finding that an error amounts to."""
    return Finding(error.clause, subject, {"reason": error.message, **error.facts, "subject": subject})
