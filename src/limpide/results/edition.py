"""What does one publication look at?

An edition is the record up to a size, at an instant, with its canvasses: all that a published file may
depend on. Files say the number of the publication at which they last changed, so that an edition
rewrites only what its new entries touch. Spec 5.3.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from limpide.record.definition import Contest, Register, Round
from limpide.record.record import Record
from limpide.results.canvass import Area, Canvass, begun
from limpide.results.outcome import Outcome, ResultsStatus, outcome

File = tuple[str, bytes]
"""A path relative to the root of the site, and its bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """The record as publication ``number`` sees it at ``instant`` (RFC 3339, UTC)."""

    record: Record
    number: int
    instant: str
    canvasses: Mapping[tuple[int, str], Canvass]
    """By round number and contest id, in the order of the definition."""

    @property
    def register(self) -> Register:
        """The definition and its units."""
        return self.record.register

    def rounds(self) -> Iterator[Round]:
        """The rounds that this edition canvasses."""
        numbers = {number for number, _ in self.canvasses}
        return (r for r in self.register.definition.rounds if r.number in numbers)

    def contests(self, round_: int) -> Iterator[tuple[Contest, Canvass]]:
        """The contests of a round with their canvasses."""
        for contest in self.register.definition.contests:
            found = self.canvasses.get((round_, contest.id))
            if found is not None:
                yield contest, found

    def changed_in(self, area: Area) -> int:
        """The number of the publication at which the figures of an area last changed."""
        return self.record.covering(area.changed)

    def status(self, round_: int, contest: str) -> ResultsStatus:
        """Whether the figures are partial, complete or proclaimed (R22)."""
        certified = self.record.certification(contest, round_)
        if certified is None:
            complete = self.canvasses[round_, contest].nation.totals.is_complete
            return ResultsStatus.UNOFFICIAL_COMPLETE if complete else ResultsStatus.UNOFFICIAL_PARTIAL
        changes = self.record.changes(round_, contest)
        later = bool(changes) and changes[-1] > certified
        return ResultsStatus.CORRECTION if later else ResultsStatus.CERTIFIED

    def outcome(self, round_: int, contest: Contest) -> Outcome:
        """What the rule makes of the canvass."""
        last = round_ == self.register.definition.rounds[-1].number
        return outcome(self.canvasses[round_, contest.id], contest.rule, last_round=last)


class Pages(Protocol):
    """Whoever turns an edition into pages. Each method is a pure function of its arguments."""

    def nation(self, edition: Edition) -> Iterator[File]:
        """The pages that every publication rewrites."""
        ...

    def division(self, edition: Edition, round_: int, division: str) -> Iterator[File]:
        """The pages of one division in one round."""
        ...

    def locality(self, edition: Edition, round_: int, locality: str) -> Iterator[File]:
        """The pages of one locality in one round, its stations as rows."""
        ...


def begin_canvasses(record: Record) -> dict[tuple[int, str], Canvass]:
    """Empty canvasses for every contest that the record canvasses; ``Canvass.advance`` fills them."""
    return {
        (round_, contest): Canvass(record.register, contest, round_, record.options(contest, round_))
        for round_, contest in begun(record)
    }
