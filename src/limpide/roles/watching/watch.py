"""Do the sites of one record still show it, now?

A round looks at every site, keeps what differs as evidence, looks again at what may only be in motion, and says
what is left. It can be stopped at any point: evidence is on disk before anything is concluded from it.
Spec 9.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from limpide.canonical import Refused
from limpide.results.findings import Finding
from limpide.roles.watching.answers import Answer, Clock, Site
from limpide.roles.watching.checkpoints import View, addresses_away, look
from limpide.roles.watching.evidence import Evidence
from limpide.roles.watching.files import Library, Pace, compare, wanted_paths
from limpide.roles.watching.held import Held
from limpide.roles.watching.links import path_of
from limpide.roles.watching.memory import load_memory, store_memory
from limpide.roles.watching.settling import Patience, settle
from limpide.roles.watching.suspicions import RECORD, Docket, Suspicion
from limpide.roles.watching.trust import Trust

PATIENCE_SECONDS = 5.0
"""For how long something that looks wrong may turn out to be in motion."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One fact, told once."""

    finding: Finding
    site: str
    url: str
    instant: str
    sha256: str
    evidence: str
    """The folder of its evidence; empty where the record itself is at fault."""


@dataclass(slots=True)
class Round:
    """What one round has come to."""

    standing: list[Suspicion] = field(default_factory=list)
    """Everything that is wrong now, told before or not."""
    alarms: list[Alarm] = field(default_factory=list)
    """What is told for the first time."""
    away: dict[str, str] = field(default_factory=dict)
    """Sites that could not be read, and why."""
    gone: list[tuple[str, str]] = field(default_factory=list)
    """Site and path where something false stood that stands there no more."""


class Watch:
    """A watcher of some sites, with its folder."""

    def __init__(
        self,
        root: Path,
        sites: Sequence[Site],
        trust: Trust,
        clock: Clock,
        *,
        pace: Pace | None = None,
        pages: Sequence[str] = (),
        patience: Patience | None = None,
    ) -> None:
        self.held = Held(root, root / "copy", trust, versions=root / "versions.jsonl")
        self.evidence = Evidence(root / "evidence")
        self.sites = sites
        self._file = root / "memory.json"
        self.memory = load_memory(self._file)
        self._pages = pages
        self._pace = pace or Pace()
        self._patience = patience or Patience(PATIENCE_SECONDS)
        self._clock = clock
        self._of_record = list(self.held.resume())
        self._check_same_election()

    def round(self) -> Round:
        """Looks at every site once, and again at what may be in motion.

        The caller tells the alarms, then saves: interrupted between, it tells them again rather than never.
        """
        docket = Docket(self.held, self.memory, self.evidence)
        for finding in self._of_record:
            docket.record(finding)
        odd = {site.address: set(self.memory.site(site.address).odd) for site in self.sites}
        views = self._look(docket)
        result = Round(away=addresses_away(views))
        reachable = [view.site for view in views if isinstance(view.answer, Answer)]
        if self.held.record is not None:
            library = Library(self.held, self.memory)
            now = self._now()
            for site in reachable:
                away = self._compare(site, docket, library, now)
                if away is not None:
                    result.away[site.address] = away
        settle(docket, self.sites, self._look, self._now, self._pace.age, self._patience)
        self._of_record = [each.finding for each in docket.found.values() if each.site == RECORD]
        self._conclude(docket, result, odd)
        return result

    def save(self) -> None:
        """Keeps what is remembered."""
        store_memory(self.memory, self._file, self.held.stage)

    def _look(self, docket: Docket) -> list[View]:
        views = look(self.sites, docket, self._now(), self._pace.age)
        number = self.held.versions.number
        changed = self.held.versions.changed
        for site in self.sites:
            remembered = self.memory.site(site.address)
            if remembered.number < number:
                remembered.due = list(dict.fromkeys((*remembered.due, *changed(remembered.number))))
                remembered.number = number
        self.held.keep()
        return views

    def _compare(self, site: Site, docket: Docket, library: Library, now: float) -> str | None:
        remembered = self.memory.site(site.address)
        pages = [path for path in (path_of(page, site.address) for page in self._pages) if path is not None]
        sample = library.sample(remembered, now, self._pace.reread)
        return compare(site, docket, wanted_paths(self.held, remembered, pages, sample), now, self._pace.age)

    def _conclude(self, docket: Docket, result: Round, odd: dict[str, set[str]]) -> None:
        for key, suspicion in docket.found.items():
            result.standing.append(suspicion)
            if key in self.memory.facts:
                continue
            piece = docket.pieces.get(key)
            answer = suspicion.answer
            self.memory.facts[key] = piece.name if piece is not None else ""
            result.alarms.append(
                Alarm(
                    suspicion.finding,
                    suspicion.site,
                    answer.url if answer is not None else "",
                    answer.instant if answer is not None else self._clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
                    suspicion.digest,
                    "" if piece is None else str(piece),
                )
            )
        for site, before in odd.items():
            if site in result.away:
                continue
            wrong = {each.finding.subject for each in docket.found.values() if each.site == site}
            remembered = self.memory.site(site)
            remembered.odd = [path for path in remembered.odd if (path or "index.html") in wrong]
            result.gone += [(site, path or "index.html") for path in sorted(before - set(remembered.odd))]
        oldest = min((self.memory.site(site.address).size for site in self.sites), default=0)
        self.memory.larger = {size: since for size, since in self.memory.larger.items() if int(size) > oldest}

    def _check_same_election(self) -> None:
        """A watcher's folder is of one election; raises ``Refused``."""
        record = self.held.record
        wanted = self.held.trust.fingerprint
        if record is not None:
            self.memory.fingerprint = record.event(0).id.hex()
            if wanted is not None and wanted != self.memory.fingerprint:
                raise Refused("5.12", "this folder is of another election", fingerprint=self.memory.fingerprint)

    def _now(self) -> float:
        moment: datetime = self._clock()
        return moment.timestamp()
