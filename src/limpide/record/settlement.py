"""Which of the things said about a unit decides its figures?

A pure reading of the unit's few events, in order; the canvass and admission both use it, so that what may
be proclaimed and what is added up are the same question. Spec 5.2.
"""

from dataclasses import dataclass
from enum import StrEnum

from limpide.record.events import (
    Annulment,
    Correction,
    Figures,
    Impediment,
    Reinstatement,
    StationReport,
    UnitStatus,
)
from limpide.record.record import Record


class Settlement(StrEnum):
    """The status of a unit in one contest and round (état)."""

    EXPECTED = "expected"
    REPORTED = "reported"
    CONTESTED = "contested"
    CORRECTED = "corrected"
    ANNULLED = "annulled"
    NOT_OPENED = "not-opened"
    NO_RESULT = "no-result"


@dataclass(frozen=True, slots=True)
class Settled:
    """What holds for one unit: its state, the figures that count, and the entries that say so."""

    state: Settlement
    figures: Figures | None
    """None where nothing counts."""
    counted: int | None
    """Index of the entry whose figures count, or would count were the unit not annulled."""
    entries: tuple[int, ...]
    """Indices of every entry that bears on this contest and round, in order."""


_IMPEDED = {Impediment.NOT_OPENED: Settlement.NOT_OPENED, Impediment.NO_RESULT: Settlement.NO_RESULT}
_NOTHING = Settled(Settlement.EXPECTED, None, None, ())


def settle(record: Record, contest: str, round_: int, unit: str) -> Settled:
    """What holds for a unit.

    The first report counts until a correction; a second, different report leaves the unit contested until the
    commission corrects it. A report after a ``unit-status`` is contested too. A ``unit-status`` settles the
    contests that still wait for a report. An annulment that stands outweighs all of them.
    """
    events = record.unit_events(unit)
    if not events:
        return _NOTHING
    state, figures, counted = Settlement.EXPECTED, None, None
    entries: list[int] = []
    annulled = False
    for index in events:
        event = record.event(index)
        match event.body:
            case StationReport() as body if (body.contest, body.round) == (contest, round_):
                if state is Settlement.EXPECTED:
                    state, figures, counted = Settlement.REPORTED, body.figures, index
                else:
                    state = Settlement.CONTESTED
                    if figures is None:
                        figures, counted = body.figures, index
            case Correction() as body if (body.contest, body.round) == (contest, round_):
                state, figures, counted = Settlement.CORRECTED, body.figures, index
            case UnitStatus() as body if body.round == round_:
                # where a report came first it still counts: the status speaks of the unit's other contests
                if state is Settlement.EXPECTED:
                    state = _IMPEDED[body.status]
            case Annulment() as body if body.round == round_:
                annulled = annulled or not record.is_lifted(event.id)
            case Reinstatement() as body if body.round == round_:
                pass
            case _:
                continue
        entries.append(index)
    if annulled:
        return Settled(Settlement.ANNULLED, None, counted, tuple(entries))
    return Settled(state, figures, counted, tuple(entries))
