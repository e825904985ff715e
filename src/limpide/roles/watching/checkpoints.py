"""Does what each site shows as its checkpoint belong to one growing log?

The largest is followed; smaller ones must be of its past. Spec 9.2 to 9.4, 9.8, 9.9.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from limpide.canonical import LimpideError, LogFork, Refused
from limpide.log.check import check_growth
from limpide.log.checkpoint import CHECKPOINT, MAX_CHECKPOINT, SignedCheckpoint
from limpide.log.tiles import HashTiles, TileReader
from limpide.results.findings import Finding, fault
from limpide.roles.fetching import Unreachable
from limpide.roles.folder import MAX_DOCUMENT
from limpide.roles.watching.answers import Answer, Site
from limpide.roles.watching.suspicions import Docket
from limpide.roles.watching.trust import size_claimed


@dataclass(frozen=True, slots=True)
class View:
    """What one site shows as its checkpoint; ``signed`` where it is of the history that is followed."""

    site: Site
    answer: Answer | Unreachable
    signed: SignedCheckpoint | None = None


def look(sites: Iterable[Site], docket: Docket, now: float, age: float) -> list[View]:
    """Reads every site's checkpoint, follows the largest, and suspects what does not fit.

    The record is advanced, its publications made, and all of that kept.
    """
    asked = [View(site, _ask(site)) for site in sites]
    asked.sort(key=lambda view: -size_claimed(view.answer.body) if isinstance(view.answer, Answer) else 1)
    views = [_judge(view, docket, now) for view in asked]
    held = docket.held
    sizes = [view.signed.size for view in views if view.signed is not None]
    for finding in held.publish(now, min(sizes, default=0)):
        docket.record(finding)
    for view in views:
        if isinstance(view.answer, Answer) and view.signed is not None:
            _check_age(view.site, view.answer, view.signed, docket, now, age)
    return views


def _ask(site: Site) -> Answer | Unreachable:
    try:
        return site.get(CHECKPOINT, MAX_CHECKPOINT)
    except Unreachable as away:
        return away


def _judge(view: View, docket: Docket, now: float) -> View:
    answer, site, held = view.answer, view.site, docket.held
    if isinstance(answer, Unreachable):
        return view
    docket.checkpoints[site.address] = answer.body
    remembered = docket.memory.site(site.address)
    try:
        if not answer.is_there:
            docket.suspect(_finding("9.6", site, CHECKPOINT), site.address, answer, {})
            return view
        signed = held.open(answer.body, site.read)
        if signed.size < remembered.size:
            facts = {"size": signed.size, "before": remembered.size}
            before = {"before": remembered.checkpoint.encode()}
            docket.suspect(
                Finding("9.3", CHECKPOINT, {"site": site.address, **facts}), site.address, answer, before
            )
        if not _fits(site, answer, signed, docket, now):
            return view
        _take(site, answer, docket)
    except Unreachable as away:
        return View(site, away)
    except LimpideError as error:
        docket.suspect(_not_the_logs(error, site), site.address, answer, {})
        return view
    if signed.size > remembered.size:
        remembered.size, remembered.checkpoint = signed.size, answer.body.decode()
    return View(site, answer, signed)


def _not_the_logs(error: LimpideError, site: Site) -> Finding:
    """What is wrong with bytes that are no checkpoint of this log. Another election keeps its own clause."""
    if error.clause == "5.12":
        return fault(error, CHECKPOINT)
    return Finding("9.8", CHECKPOINT, {"site": site.address, "clause": error.clause})


def _fits(site: Site, answer: Answer, signed: SignedCheckpoint, docket: Docket, now: float) -> bool:
    """Is this checkpoint of our history? A larger one is followed."""
    held = docket.held
    tiles: dict[str, bytes] = {}

    def read(path: str) -> bytes | None:
        data = site.read(path)
        if data is not None:
            tiles[path] = data
        return data

    try:
        if held.signed is not None and signed.size <= held.size:
            held.check_prefix(signed)
            return True
        held.advance(answer.body, site.read)
        docket.memory.larger[str(signed.size)] = now
    except Unreachable:
        raise
    except LimpideError:
        forks = signed.size <= held.size or _is_another_tree(read, signed, held.signed)
        finding = _finding("9.2" if forks else "9.9", site, CHECKPOINT)
        ours = {"ours": held.signed.encode()} if held.signed is not None else {}
        shown = {path.replace("/", "-"): data for path, data in tiles.items()}
        docket.suspect(finding, site.address, answer, {**ours, **shown})
        return False
    return True


def _is_another_tree(read: TileReader, signed: SignedCheckpoint, ours: SignedCheckpoint | None) -> bool:
    """Do these tiles hold the tree of a larger checkpoint, and is ours none of its past?"""
    try:
        if ours is None or HashTiles(read, signed.size).root() != signed.root:
            return False
        check_growth(read, ours, signed)
    except LogFork:
        return True
    except Unreachable:
        raise
    except LimpideError:
        return False
    return False


def _take(site: Site, answer: Answer, docket: Docket) -> None:
    """Takes what was followed into the record; a document that is missing holds it up."""

    def read(digest: str) -> bytes | None:
        document = site.get(f"documents/{digest}", MAX_DOCUMENT)
        return document.body if document.is_there and not document.cut else None

    if not docket.held.fold.waiting:
        return
    try:
        for finding in docket.held.take(read):
            docket.record(finding)
    except Refused as missing:
        if missing.clause != "9.6":
            raise
        docket.suspect(_finding("9.6", site, str(missing.facts["subject"])), site.address, answer, {})


def _check_age(
    site: Site, answer: Answer, signed: SignedCheckpoint, docket: Docket, now: float, age: float
) -> None:
    """Suspects a site whose log has been outgrown for too long."""
    record = docket.held.record
    since = docket.memory.late_since(signed.size)
    if record is None or since is None:
        return
    unseen = [published for published in record.publications() if published.entry >= signed.size]
    if unseen:
        # a publication says when it was made, which may be before we looked
        since = min(since, _seconds(unseen[0].publication.instant))
    if now - since > age:
        facts: dict[str, str | int] = {"site": site.address, "seconds": int(now - since)}
        docket.suspect(Finding("9.4", CHECKPOINT, facts), site.address, answer, {})


def _finding(clause: str, site: Site, subject: str) -> Finding:
    return Finding(clause, subject, {"site": site.address})


def _seconds(instant: str) -> float:
    return datetime.strptime(instant, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()


def addresses_away(views: Sequence[View]) -> dict[str, str]:
    """The sites that gave no answer, and why."""
    return {view.site.address: view.answer.message for view in views if isinstance(view.answer, Unreachable)}
