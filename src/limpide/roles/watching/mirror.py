"""How does a newspaper keep a copy that it can answer for?

It follows one site. The log is verified and folded, each publication is made anew from the record, and each file
that the site shows is compared with it; only when all of that agrees is any of it placed. So a copy never becomes
worse: on a fault it stays as it was. ``public/`` is what to serve. Spec 9.12.
"""

import math
import time
from dataclasses import dataclass, field
from pathlib import Path

from limpide.results.findings import Finding
from limpide.roles.fetching import Unreachable
from limpide.roles.watching.answers import Clock, Site
from limpide.roles.watching.checkpoints import View, addresses_away, look
from limpide.roles.watching.evidence import Evidence
from limpide.roles.watching.files import MAX_UNKNOWN, judge
from limpide.roles.watching.held import Held
from limpide.roles.watching.memory import Memory
from limpide.roles.watching.settling import Patience, settle
from limpide.roles.watching.suspicions import Docket
from limpide.roles.watching.trust import Trust

PATIENCE_SECONDS = 20.0
"""For how long a round waits for the files of a publication."""
LATE_SECONDS = 60.0
"""For how long they may be on their way into place."""


@dataclass(slots=True)
class Copied:
    """What one round has done."""

    faults: list[tuple[Finding, str]] = field(default_factory=list)
    """What is wrong with the source, and the folder of its evidence. Then nothing was placed."""
    away: str = ""
    """Why the source could not be read."""
    late: bool = False
    """Files of the last publication were not all there yet: they are placed in a later round."""
    files: int = 0
    """Files placed, of the log and of the site."""


class Mirror:
    """A copy of one site in a folder of its own."""

    def __init__(
        self, root: Path, site: Site, trust: Trust, clock: Clock, *, patience: Patience | None = None
    ) -> None:
        self.held = Held(root / "private", root / "public", trust)
        self.site = site
        self._evidence = Evidence(root / "evidence")
        self._memory = Memory()
        self._clock = clock
        self._patience = patience or Patience(PATIENCE_SECONDS)
        self._checked: set[tuple[str, str]] = set()
        self._own = list(self.held.resume())
        if self.held.signed is not None:
            remembered = self._memory.site(site.address)
            remembered.size, remembered.checkpoint = self.held.size, self.held.signed.encode().decode()

    def round(self) -> Copied:
        """Follows the source, and places what it has come to if all of it is right."""
        docket = Docket(self.held, self._memory, self._evidence)
        for finding in self._own:
            docket.record(finding)
        away = addresses_away(self._look(docket))
        wanted = self._wanted()
        deadline = time.monotonic() + self._patience.seconds
        while not away and not docket.found:
            reason = self._compare(wanted, docket)
            wanted = self._wanted()
            if reason:
                away = {self.site.address: reason}
            if not wanted or away or time.monotonic() > deadline:
                break
            self._patience.pause()
            away = addresses_away(self._look(docket))
        settle(docket, [self.site], self._look, self._now, LATE_SECONDS, self._patience)
        faults = [(each.finding, str(docket.pieces.get(key, ""))) for key, each in docket.found.items()]
        if faults or away:
            return Copied(faults=faults, away="".join(away.values()))
        if self._wanted() or self.held.fold.waiting:
            return Copied(late=True)
        placed = len(self.held.pending) + sum(self._differs(path) for path in self.held.made)
        self.held.keep()
        return Copied(files=placed)

    def _look(self, docket: Docket) -> list[View]:
        return look([self.site], docket, self._now(), math.inf)

    def _wanted(self) -> list[str]:
        """Files that the record yields, are not in place, and have not been seen right at the source."""
        digest = self.held.versions.digest
        return [p for p in self.held.made if (p, digest(p)) not in self._checked and self._differs(p)]

    def _differs(self, path: str) -> bool:
        return self.held.copy.read(path) != self.held.made[path]

    def _compare(self, wanted: list[str], docket: Docket) -> str:
        """Notes which of these the source shows as they should be, suspects what is neither that nor late."""
        held, site = self.held, self.site
        for answer in site.get_all((path, len(held.made[path]) + MAX_UNKNOWN) for path in wanted):
            if isinstance(answer, Unreachable):
                return answer.message
            path = answer.path
            if answer.is_there and not answer.cut and answer.sha256 == held.versions.digest(path):
                self._checked.add((path, answer.sha256))
                continue
            finding = judge(answer, held, site.address, self._now(), LATE_SECONDS)
            if finding is not None:
                docket.suspect(finding, site.address, answer, {"expected": held.made[path]})
        return ""

    def _now(self) -> float:
        return self._clock().timestamp()
