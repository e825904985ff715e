"""What does the commission sign, and what does each act change?

Each function drafts one act from the record as it is now and refuses, with the reason, what the record would
refuse. Acts that change a result come with their effect, computed and never typed: voters, ballots, and the
votes of each option where a result was in the record already. Members sign apart (``drafts``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from limpide.canonical import Refused
from limpide.record.acts import missing_units
from limpide.record.definition import Contest, ElectionId
from limpide.record.events import (
    Annulment,
    Certification,
    Channel,
    Closing,
    Correction,
    EntryId,
    Figures,
    Impediment,
    KeyReplacement,
    Opening,
    Reinstatement,
    UnitStatus,
)
from limpide.record.events import Qualified as QualifiedOptions
from limpide.record.record import Record
from limpide.record.settlement import settle
from limpide.results.canvass import canvass
from limpide.results.outcome import Qualified, outcome
from limpide.roles.drafts import Draft, draft


@dataclass(frozen=True, slots=True)
class Effect:
    """What an act changes in the sums of one contest: differences, by option in the contest's order."""

    contest: str
    voters: int
    ballots: int
    votes: Mapping[str, int]
    """Empty where no result was in the record."""


def draft_opening(record: Record, round_: int) -> Draft:
    """Opens a round; a later one for the options that the proclaimed outcome sends there.

    Raises ``Refused`` (spec 4.5) where nothing was proclaimed, or a tie waits for a lot to be drawn.
    """
    qualified = () if round_ == 1 else tuple(_qualified(record, round_ - 1))
    if round_ > 1 and not qualified:
        raise Refused("4.5", f"no contest goes to round {round_}", subject=f"round {round_}")
    return draft(_election(record), Opening(channel=Channel.PAPER, round=round_, qualified=qualified))


def draft_closing(record: Record, round_: int) -> Draft:
    """Ends the voting of a round."""
    return draft(_election(record), Closing(channel=Channel.PAPER, round=round_))


def draft_status(record: Record, round_: int, units: Sequence[str], status: Impediment, reason: str) -> Draft:
    """Says that units did not open, or can have no result."""
    body = UnitStatus(reason=reason, round=round_, status=status, units=tuple(sorted(units)))
    return draft(_election(record), body)


def draft_correction(
    record: Record, contest: str, round_: int, unit: str, *, figures: Figures, reason: str
) -> tuple[Draft, Effect]:
    """Replaces the figures that count for a unit, and what that changes.

    Raises ``Refused`` (spec 4.8) where the unit has no report to correct.
    """
    settled = settle(record, contest, round_, unit)
    if settled.counted is None:
        raise Refused("4.8", f"{unit} has no report to correct", subject=unit)
    body = Correction(
        contest=contest,
        figures=figures,
        reason=reason,
        round=round_,
        supersedes=record.event(settled.counted).id.hex(),
        unit=unit,
    )
    before = settled.figures
    return draft(_election(record), body), _difference(record, contest, round_, [(unit, before, figures)])


def draft_annulment(record: Record, round_: int, units: Sequence[str], reason: str) -> tuple[Draft, list[Effect]]:
    """Takes the votes of units out of the count, and what that changes in each contest."""
    body = Annulment(reason=reason, round=round_, units=tuple(sorted(units)))
    effects = [
        _difference(
            record,
            contest.id,
            round_,
            [(unit, settle(record, contest.id, round_, unit).figures, None) for unit in units],
        )
        for contest in record.register.definition.contests
    ]
    return draft(_election(record), body), effects


def draft_reinstatement(record: Record, annulment: EntryId, reason: str) -> tuple[Draft, list[Effect]]:
    """Lifts an annulment, and what that changes. Raises ``Refused`` (spec 4.10) where there is none."""
    index = record.find(annulment)
    body = record.event(index).body if index is not None else None
    if not isinstance(body, Annulment) or record.is_lifted(annulment):
        raise Refused("4.10", "there is no such annulment to lift", subject=annulment.hex())
    effects = []
    for contest in record.register.definition.contests:
        settled = [(unit, settle(record, contest.id, body.round, unit)) for unit in body.units]
        changes = [(unit, None, _counted(record, s.counted)) for unit, s in settled]
        effects.append(_difference(record, contest.id, body.round, changes))
    lifting = Reinstatement(annulment=annulment.hex(), reason=reason, round=body.round)
    return draft(_election(record), lifting), effects


def draft_key_replacement(record: Record, name: str, new: str, reason: str) -> Draft:
    """Ends the key of a seat, a member, a delegate; ``new`` is a verifier key of the same name."""
    return draft(_election(record), KeyReplacement(name=name, new=new, reason=reason))


def draft_certification(record: Record, contest: Contest, round_: int) -> Draft:
    """Proclaims the canvass of the last publication.

    Raises ``Refused``: the round is not closed or no publication covers its last change (spec 5.5), or units
    lack a status (spec 5.6), each named with what the gap between the first two is.
    """
    where = f"round {round_}"
    check_complete(record, contest.id, round_)
    if not record.is_closed(round_):
        raise Refused("5.5", f"{where} has not been closed", subject=where)
    latest = record.latest
    changes = record.changes(round_, contest.id)
    if latest is None or (changes and changes[-1] >= latest.publication.size):
        raise Refused("5.5", f"the next publication is to be awaited: {where} has changed", subject=where)
    digests = {(c.contest, c.round): c.digest for c in latest.publication.canvasses}
    digest = digests.get((contest.id, round_))
    if digest is None:
        raise Refused("5.5", f"publication {latest.publication.number} has no canvass of {where}", subject=where)
    body = Certification(canvass=digest, contest=contest.id, publication=latest.publication.number, round=round_)
    return draft(_election(record), body)


def check_complete(record: Record, contest: str, round_: int) -> None:
    """Raises ``Refused`` (spec 5.6) while a unit lacks a status; it names them, and what hangs on them."""
    missing = missing_units(record, contest, round_)
    if not missing:
        return
    totals = canvass(record, contest, round_).nation.totals
    ranked = sorted(totals.votes, reverse=True)
    margin = ranked[0] - ranked[1] if len(ranked) > 1 else sum(ranked)
    shown = ", ".join(missing[:10]) + (", …" if len(missing) > 10 else "")  # noqa: PLR2004 - what fits on a line
    raise Refused(
        "5.6",
        f"{margin} votes apart, {len(missing)} units and {totals.voters_awaited} registered not in: {shown}",
        count=len(missing),
        units=shown,
        margin=margin,
        voters=totals.voters_awaited,
    )


def _qualified(record: Record, round_: int) -> list[QualifiedOptions]:
    through = []
    for contest in record.register.definition.contests:
        if record.certification(contest.id, round_) is None:
            continue
        decided = outcome(canvass(record, contest.id, round_), contest.rule, last_round=False)
        if isinstance(decided, Qualified):
            through.append(QualifiedOptions(contest=contest.id, options=decided.options))
    return through


def _difference(
    record: Record, contest: str, round_: int, changes: Sequence[tuple[str, Figures | None, Figures | None]]
) -> Effect:
    options = record.options(contest, round_)
    known = any(before or after for _, before, after in changes)
    votes = dict.fromkeys(options, 0) if known else {}
    voters = ballots = 0
    for _, before, after in changes:
        for sign, figures in ((-1, before), (1, after)):
            if figures is None:
                continue
            participated = figures.voters_participated
            voters += sign * (participated if isinstance(participated, int) else figures.ballots_cast)
            ballots += sign * figures.ballots_cast
            for option in options:
                votes[option] += sign * figures.votes.get(option, 0)
    return Effect(contest, voters, ballots, votes)


def _counted(record: Record, index: int | None) -> Figures | None:
    body = record.event(index).body if index is not None else None
    return getattr(body, "figures", None)


def _election(record: Record) -> ElectionId:
    return record.register.election
