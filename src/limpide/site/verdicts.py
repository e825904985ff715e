"""What may be said of who is ahead?

While a unit is awaited or contested: the gap in votes and what is not in, never a winner (R1, R22). Afterwards
what the rule makes of the canvass, and whether anybody has proclaimed it.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import assert_never

from limpide.record.definition import Contest, Rule
from limpide.results.canvass import Canvass
from limpide.results.edition import Edition
from limpide.results.outcome import Elected, NoVotes, Qualified, ResultsStatus, Tied, Undecided
from limpide.site.sheets import Ranking
from limpide.site.wording import Wording

_PROCLAIMED = (ResultsStatus.CERTIFIED, ResultsStatus.CORRECTION)


def verdict(edition: Edition, contest: Contest, canvass: Canvass, wording: Wording) -> Iterator[str]:
    """Sentences about a contest in a round, the most important first."""
    names = {option.id: option.name for option in contest.options}
    say = wording.say
    match edition.outcome(canvass.round, contest):
        case Undecided():
            yield from _apart(edition, contest, canvass, wording)
            return
        case NoVotes():
            yield say("page.no-votes")
        case Elected(option, share):
            shown = wording.share(share.numerator, share.denominator)
            yield say("page.elected", name=names[option], share=shown)
        case Qualified(options):
            yield say("page.qualified", names=wording.names(tuple(names[o] for o in options)))
        case Tied(options, places, through):
            if through:
                yield say("page.qualified", names=wording.names(tuple(names[o] for o in through)))
            tied = wording.names(tuple(names[o] for o in options))
            yield say("page.tied", names=tied, places=wording.number("page.count.places", places))
        case _ as unreachable:
            assert_never(unreachable)
    if edition.status(canvass.round, contest.id) not in _PROCLAIMED:
        yield say("page.not-proclaimed")


def _apart(edition: Edition, contest: Contest, canvass: Canvass, wording: Wording) -> Iterator[str]:
    totals = canvass.nation.totals
    ranking = Ranking.of(totals)
    names = {option.id: option.name for option in contest.options}
    ranked = [(names[canvass.options[k]], ranking.votes[k]) for k in ranking.order]
    last = canvass.round == edition.register.definition.rounds[-1].number
    # the places that decide: the first, and where two qualify the second
    deciding = 2 if contest.rule is Rule.TWO_ROUND_MAJORITY and not last else 1
    awaited = _awaited(canvass, wording)
    if not ranking.valid:
        yield wording.say("page.nothing-yet", awaited=awaited)
        return
    gaps = list(pairwise(ranked))[:deciding]
    for key, ((ahead, more), (behind, fewer)) in zip(("page.apart", "page.apart-second"), gaps, strict=False):
        apart = wording.number("page.count.votes-apart", more - fewer)
        yield wording.say(key, apart=apart, ahead=ahead, behind=behind, awaited=awaited)
    if totals.units_contested:
        yield wording.say("page.contested", units=wording.number("page.count.units", totals.units_contested))
    yield wording.say("page.undecided")


def _awaited(canvass: Canvass, wording: Wording) -> str:
    totals = canvass.nation.totals
    if not totals.units_awaited:
        return wording.say("page.none-awaited")
    units = wording.number("page.count.units", totals.units_awaited)
    if not totals.voters_awaited:
        return wording.say("page.units-awaited", units=units)
    voters = wording.number("page.count.voters", totals.voters_awaited)
    return wording.say("page.units-voters-awaited", units=units, voters=voters)
