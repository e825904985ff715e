"""May a station say this now?

Spec 3.1: a procès-verbal needs both seats of its station, or two operators who read the paper. Spec 3.2:
none before counting opens. Spec 3.3: the options, and the figures that the form asks for, are exactly those
of the contest. Whether the sums close is no question of admission.
"""

from collections.abc import Iterator

from limpide.canonical import Refused
from limpide.codes import key_name
from limpide.record.definition import Need, Unit, UnitId
from limpide.record.events import Annulment, Correction, Figures, StationReport, Turnout, UnitStatus
from limpide.record.record import Record

MAX_REPORTS = 8
"""Different reports of one station for one contest: enough for evidence, too few for a flood. Spec 3.5."""
OPERATORS = 2


def check_report(record: Record, body: StationReport, names: tuple[str, ...]) -> None:
    """Raises ``Refused`` unless the report may be added now."""
    unit = known_unit(record, body.unit)
    seats = tuple(key_name(unit.id, seat, body.round) for seat in (1, 2))
    if names != seats and not _are_operators(names):
        raise Refused("3.1", "a report needs both seats of its station, or two operators", subject=unit.id)
    check_counting(record, body.round)
    check_figures(record, body.contest, body.round, body.figures, unit.id)
    earlier = list(reports_of(record, body.contest, body.round, unit.id))
    if any(isinstance(other, Correction) for other in earlier):
        raise Refused("3.5", "the commission has corrected this station's report", subject=unit.id)
    if len(earlier) >= MAX_REPORTS:
        raise Refused("3.5", f"{MAX_REPORTS} reports of this station are on record", subject=unit.id)


def check_turnout(record: Record, body: Turnout, names: tuple[str, ...]) -> None:
    """Raises ``Refused`` unless the turnout may be added now. Spec 3.6."""
    unit = known_unit(record, body.unit)
    round_ = record.register.round(body.round)
    if round_ is None or body.hour not in round_.turnout_hours:
        raise Refused("3.6", f"no turnout is asked at {body.hour}", subject=unit.id)
    if names not in tuple((key_name(unit.id, seat, body.round),) for seat in (1, 2)):
        raise Refused("3.1", "a turnout is signed by one seat of its station", subject=unit.id)
    if record.opening(body.round) is None or record.is_closed(body.round):
        raise Refused("3.6", f"round {body.round} is not open", subject=unit.id)
    said = sum(
        isinstance(other, Turnout) and (other.round, other.hour) == (body.round, body.hour)
        for other in (record.event(index).body for index in record.unit_events(unit.id))
    )
    if said >= MAX_REPORTS:
        raise Refused("3.6", f"{MAX_REPORTS} turnouts of this hour are on record", subject=unit.id)


def known_unit(record: Record, unit: str) -> Unit:
    """The unit of that id; raises ``Refused``: nobody reports who is not in the frozen list. Spec 3.1."""
    found = record.register.units.get(UnitId(unit))
    if found is None:
        raise Refused("3.1", f"{unit} is not a unit of this election", subject=unit)
    return found


def check_counting(record: Record, number: int) -> None:
    """Raises ``Refused`` unless the round is open and its counting has begun. Spec 3.2."""
    round_ = record.register.round(number)
    if round_ is None or record.opening(number) is None:
        raise Refused("3.2", f"round {number} has not been opened", subject=f"round {number}")
    if not record.is_counting(round_):
        opens = round_.counting_opens
        raise Refused("3.2", f"counting opens at {opens}", subject=f"round {number}", opens=opens)


def check_figures(record: Record, contest_id: str, round_: int, figures: Figures, unit: str) -> None:
    """Raises ``Refused`` unless the figures name what the contest asks, no more and no less. Spec 3.3."""
    contest = record.register.contest(contest_id)
    if contest is None or contest_id not in record.contests(round_):
        raise Refused("3.3", f"there is no contest {contest_id} in round {round_}", subject=unit)
    if figures.votes.keys() != set(record.options(contest_id, round_)):
        raise Refused("3.3", "the options are not those of this contest and round", subject=unit)
    for name, need, value in (
        ("voters_registered", contest.voters_registered, figures.voters_registered),
        ("voters_participated", contest.voters_participated, figures.voters_participated),
    ):
        stated = isinstance(value, int)
        if (need is Need.REQUIRED and not stated) or (need is Need.ABSENT and stated):
            raise Refused("3.3", f"{name} is {need} in this contest", subject=unit)


def reports_of(
    record: Record, contest: str, round_: int, unit: str
) -> Iterator[StationReport | Correction | UnitStatus | Annulment]:
    """What decides the figures of a unit in one contest and round, in order."""
    for index in record.unit_events(unit):
        match record.event(index).body:
            case StationReport() | Correction() as body if (body.contest, body.round) == (contest, round_):
                yield body
            case UnitStatus() | Annulment() as body if body.round == round_:
                yield body


def _are_operators(names: tuple[str, ...]) -> bool:
    return len(names) == OPERATORS and all(name.startswith("operator/") for name in names)
