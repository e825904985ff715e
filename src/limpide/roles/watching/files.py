"""Does a site show at each path what the record yields there, and nothing at others?

At each round: the nation's pages, what a publication changed, what was odd before, what people pointed to, and so
much of the rest that everything is read again within a stated time. Spec 9.1, 9.4 to 9.7.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from limpide.log.tiles import WIDTH, tiles_of
from limpide.results.findings import Finding
from limpide.roles.fetching import Unreachable
from limpide.roles.watching.answers import Answer, Site
from limpide.roles.watching.held import Held
from limpide.roles.watching.links import links
from limpide.roles.watching.memory import Memory, SiteMemory
from limpide.roles.watching.suspicions import Docket

MAX_FILES = 2000
"""Files read of one site in one round, beyond those that are always read."""
MAX_FOLLOWED = 500
"""Unknown addresses that are looked at in one round because false pages name them."""
MAX_UNKNOWN = 16 * 2**20
"""Bytes read of what the record does not yield, and beyond the length of what it does."""
INDEX = "index.html"
_RENDERED = ("unit/", "proof/")
"""Answers of a server that are no pages."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is late, and how soon everything is read again, in seconds."""

    age: float = 120.0
    reread: float = 60.0


class Library:
    """Every path that a site of the record has, in the order in which this watcher samples them."""

    def __init__(self, held: Held, memory: Memory) -> None:
        self._held = held
        paths = [*held.versions.paths, *_permanent(held)]
        self.ranked = sorted((memory.rank(path), path) for path in paths)

    def sample(self, site: SiteMemory, now: float, reread: float) -> list[str]:
        """The next part of all paths for a site, as much as the time since the last round asks for."""
        passed = min(1.0, (now - site.read_at) / reread) if reread > 0 else 1.0
        count = min(math.ceil(len(self.ranked) * passed), MAX_FILES)
        later = [item for item in self.ranked if item[0] > site.after]
        taken = (later + self.ranked)[:count]
        if taken:
            site.after = taken[-1][0]
        site.read_at = now
        return [path for _, path in taken]


def compare(site: Site, docket: Docket, wanted: Sequence[str], now: float, age: float) -> str | None:
    """Reads the wanted paths of a site, and what false pages name; suspects what does not fit.

    Gives why the site could not be read to the end, where it could not.
    """
    held, memory = docket.held, docket.memory.site(site.address)
    away = None
    asked = dict.fromkeys(wanted)
    followed = 0
    turn = list(asked)
    while turn:
        named: list[str] = []
        for answer in site.get_all((path, _limit(held, path)) for path in turn):
            if isinstance(answer, Unreachable):
                away = answer.message
                continue
            finding = judge(answer, held, site.address, now, age)
            _remember(memory, answer, finding, held)
            if finding is None:
                continue
            docket.suspect(finding, site.address, answer, _expected(held, answer.path))
            if finding.clause in ("9.5", "9.7"):
                named += links(answer, site.address)
        turn = [path for path in dict.fromkeys(named) if path not in asked and not known(held, path)]
        turn = turn[: MAX_FOLLOWED - followed]
        followed += len(turn)
        asked |= dict.fromkeys(turn)
    return away


def judge(answer: Answer, held: Held, site: str, now: float, age: float) -> Finding | None:
    """What is wrong with an answer, None for one that is right or merely late."""
    path = answer.path or INDEX
    if not held.yields(path):
        return _judge_other(answer, path, held, site)
    if answer.is_there or answer.is_elsewhere:
        shown = None if answer.cut or answer.is_elsewhere else held.versions.age(path, answer.sha256, now)
        if shown is None:
            return Finding("9.5", path, {"site": site})
        return Finding("9.4", path, {"site": site, "seconds": int(shown)}) if shown > age else None
    absent = held.versions.age(path, None, now)
    # a server of plain files need not know what stands at its root
    late = not answer.path or (absent is not None and absent <= age)
    return None if late else Finding("9.6", path, {"site": site})


def _judge_other(answer: Answer, path: str, held: Held, site: str) -> Finding | None:
    if path.startswith(("tile/", "documents/")):
        kept = held.copy.read(path)
        if kept is None or (answer.is_there and answer.body == kept):
            return None
        return Finding("9.5" if answer.is_there else "9.6", path, {"site": site})
    if not answer.is_there or path.startswith(_RENDERED):
        return None
    pages = [held.station(path, back) for back in (0, 1)]
    if pages[0] is None:
        return Finding("9.7", path, {"site": site})
    return None if answer.body in pages else Finding("9.5", path, {"site": site})


def wanted_paths(held: Held, memory: SiteMemory, pages: Sequence[str], sample: Sequence[str]) -> list[str]:
    """What is read of a site in this round."""
    always = ["", *held.nation(), *pages, *memory.odd] if held.nation() else [*pages, *memory.odd]
    return list(dict.fromkeys((*always, *memory.due[:MAX_FILES], *sample)))


def known(held: Held, path: str) -> bool:
    """Is it a path of the site of this record?"""
    return held.yields(path) or path == "checkpoint" or path.startswith(("tile/", "documents/", *_RENDERED))


def _remember(memory: SiteMemory, answer: Answer, finding: Finding | None, held: Held) -> None:
    path = answer.path
    false = finding is not None and finding.clause in ("9.5", "9.6", "9.7")
    if false and path not in memory.odd:
        memory.odd.append(path)
    right = answer.is_there and answer.sha256 == held.versions.digest(path)
    if right and path in memory.due:
        memory.due.remove(path)


def _expected(held: Held, path: str) -> dict[str, bytes]:
    path = path or INDEX
    data = held.expected(path) if held.yields(path) else held.station(path)
    if data is None and path.startswith(("tile/", "documents/")):
        data = held.copy.read(path)
    return {} if data is None else {"expected": data}


def _limit(held: Held, path: str) -> int:
    """As many bytes as prove that too many are shown."""
    file = held.copy.root / (path or INDEX)
    size = file.stat().st_size if held.yields(path or INDEX) and file.is_file() else 0
    return size + MAX_UNKNOWN


def _permanent(held: Held) -> Iterator[str]:
    """Tiles that never change, and documents that the reader has."""
    yield from (tile.path for tile in tiles_of(held.size) if tile.width == WIDTH)
    documents = held.copy.root / "documents"
    if documents.is_dir():
        yield from (f"documents/{file.name}" for file in documents.iterdir())
