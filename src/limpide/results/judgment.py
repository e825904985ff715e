"""Who comes first when voters grade or approve options (jugement majoritaire, vote par approbation)?

*Majority judgment* (M. Balinski, R. Laraki, "Majority Judgment", 2010): an option's majority grade is the best
grade such that more than half of its judges give it that one or a better one. Options of one majority grade are
told apart by their gauge: the shares ``p`` of better and ``q`` of worse grades. Online, each option is one
homomorphic question whose answers are the grades, best first; on paper, each is a row of counts. Blank votes
judge nothing.

A tie is a value: options that the rule cannot tell apart share a place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from limpide.belenios.election import Homomorphic

Ranking = tuple[tuple[str, ...], ...]
"""Options from first to last; those of one place in the order of the definition."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """Where an option stands: its majority grade (0 is the best) and the shares that judge it better and worse."""

    grade: int
    better: Fraction
    worse: Fraction

    @property
    def merit(self) -> tuple[int, Fraction]:
        """Ordered as the options are: the smaller the better."""
        # With more supporters than opponents of its grade an option leans upwards, by as many as support it.
        return self.grade, -self.better if self.better > self.worse else self.worse


def judgment_questions(options: Sequence[str], grades: Sequence[str]) -> tuple[Homomorphic, ...]:
    """The Belenios questions of majority judgment: one an option, one grade or a blank vote for each."""
    return tuple(Homomorphic(option, tuple(grades), 1, 1, blank=True) for option in options)


def approval_question(question: str, options: Sequence[str]) -> Homomorphic:
    """The Belenios question of approval: any number of options, or a blank vote."""
    return Homomorphic(question, tuple(options), 0, len(options), blank=True)


def judged(options: Sequence[str], result: Sequence[Sequence[int]]) -> dict[str, tuple[int, ...]]:
    """The counts of grades by option in a Belenios result of ``judgment_questions``, blank votes left out."""
    return {option: tuple(numbers[1:]) for option, numbers in zip(options, result, strict=True)}


def gauge(counts: Sequence[int]) -> Gauge | None:
    """The gauge of an option from the counts of its grades, best first; none if nobody judged it."""
    judges = sum(counts)
    if judges == 0:
        return None
    better = 0
    grade = 0
    while 2 * (better + counts[grade]) <= judges:
        better += counts[grade]
        grade += 1
    worse = judges - better - counts[grade]
    return Gauge(grade, Fraction(better, judges), Fraction(worse, judges))


def majority_judgment(grades: Mapping[str, Sequence[int]]) -> Ranking:
    """The ranking of options by majority grade and gauge; options that nobody judged share the last place."""
    gauges = {option: gauge(counts) for option, counts in grades.items()}
    merits = {option: found.merit for option, found in gauges.items() if found is not None}
    unjudged = tuple(option for option, found in gauges.items() if found is None)
    ranking = _places(merits)
    return (*ranking, unjudged) if unjudged else ranking


def approval(votes: Mapping[str, int]) -> Ranking:
    """The ranking of options by how many approve of them."""
    return _places({option: (-count, Fraction(0)) for option, count in votes.items()})


def _places(merits: Mapping[str, tuple[int, Fraction]]) -> Ranking:
    return tuple(
        tuple(option for option, merit in merits.items() if merit == place)
        for place in sorted(set(merits.values()))
    )
