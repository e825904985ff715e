"""Is what looks wrong wrong, or only in motion?

Publications land between two fetches, and files are moved one by one. So what looks wrong is looked at again for
some seconds: a newer publication may explain the bytes, or the site may have been between two states. Spec 9.10.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from limpide.log.checkpoint import CHECKPOINT
from limpide.roles.watching.answers import Answer, Site
from limpide.roles.watching.checkpoints import View, addresses_away
from limpide.roles.watching.files import judge
from limpide.roles.watching.suspicions import LASTING, RECORD, Docket, Suspicion

Look = Callable[[Docket], list[View]]
_PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Patience:
    """How long something may be in motion, and how to wait."""

    seconds: float
    sleep: Callable[[float], None] = time.sleep

    def pause(self) -> None:
        """Waits a little."""
        self.sleep(min(_PAUSE_SECONDS, self.seconds / 2))


def settle(
    docket: Docket, sites: Sequence[Site], look: Look, now: Callable[[], float], age: float, patience: Patience
) -> None:
    """Drops from ``docket`` what turns out to be explained, adds what a second look finds."""
    deadline = time.monotonic() + patience.seconds
    while time.monotonic() < deadline:
        moving = [key for key, each in docket.found.items() if _may_move(key, each, docket)]
        if not moving:
            return
        patience.pause()
        again = Docket(docket.held, docket.memory, docket.evidence)
        away = addresses_away(look(again))
        for key in moving:
            suspicion = docket.found[key]
            site = next(site for site in sites if site.address == suspicion.site)
            if site.address not in away and _is_explained(suspicion, site, again, now(), age):
                docket.explain(key)
        _join(docket, again)


def _may_move(key: str, suspicion: Suspicion, docket: Docket) -> bool:
    """Is it new, and of a kind that time may explain?"""
    return (
        suspicion.finding.clause not in ("5.12", "9.2")
        and suspicion.site != RECORD
        and key not in docket.memory.facts
    )


def _is_explained(suspicion: Suspicion, site: Site, again: Docket, now: float, age: float) -> bool:
    """Is what was shown right by what is known now, or is now shown what is right?"""
    answer = suspicion.answer
    assert answer is not None
    if answer.path == CHECKPOINT:
        subject = suspicion.finding.subject
        return all((each.site, each.finding.subject) != (site.address, subject) for each in again.found.values())
    if suspicion.finding.clause not in LASTING:
        for each in site.get_all([(answer.path, len(answer.body) + 2**20)]):
            if not isinstance(each, Answer):
                return False
            answer = each
    return judge(answer, again.held, site.address, now, age) is None


def _join(docket: Docket, again: Docket) -> None:
    """Takes in what a second look has found; what was known keeps its first evidence."""
    docket.checkpoints |= again.checkpoints
    for key, suspicion in again.found.items():
        if key not in docket.found:
            docket.found[key] = suspicion
            if key in again.pieces:
                docket.pieces[key] = again.pieces[key]
        elif key in again.pieces:
            docket.evidence.drop(again.pieces[key])
