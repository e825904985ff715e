"""How does anybody check a record, or read one to act on it?

The same verifier for both. ``audit`` says all that is wrong; ``read_record`` is for people who are about to sign:
it gives the record only when its log and every signature in it are good.
"""

import os
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

from limpide.canonical import LimpideError, NotCanonical, Refused
from limpide.record.definition import Definition
from limpide.record.events import SignedEvent, decode_event
from limpide.record.record import Record
from limpide.results.canvass import Canvass, Totals
from limpide.results.findings import Finding, Severity
from limpide.results.log_check import Progress, read_log
from limpide.results.publication_check import Engine
from limpide.results.record_check import fold_record
from limpide.results.verification import Expectations, Verification, verify
from limpide.roles.collector import no_collection
from limpide.roles.fetching import FolderSource, SiteSource, open_source
from limpide.roles.folder import check_path
from limpide.roles.mirroring import copy_site
from limpide.site.pages import SitePages

T = TypeVar("T")

_MAX_DEFINITION = 60_000


class Unverified(LimpideError):
    """A record that cannot be acted on: the first thing that is wrong with it."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.clause, finding.subject, **{"subject": finding.subject, **finding.facts})
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Reading:
    """A folder or a site, as the verifier reads it."""

    source: FolderSource | SiteSource

    def read(self, path: str) -> bytes | None:
        """The bytes at a path; what no file can be called is not there."""
        try:
            return self.source.read(check_path(path))
        except NotCanonical:
            return None

    def listing(self) -> Iterable[str] | None:
        """Every path of a folder; unknown for a site."""
        return _walk(self.source.root) if isinstance(self.source, FolderSource) else None


def audit(
    target: str,
    expected: Expectations,
    *,
    every_publication: bool,
    engine: Engine,
    progress: Progress,
) -> Verification:
    """All that is wrong with the record at ``target``, and what it yields; raises ``Unreachable``."""
    with (
        closing(open_source(target)) as source,
        tempfile.TemporaryDirectory(prefix="limpide-") as place,
        no_collection(),
    ):
        # a site goes on changing while it is read: what is verified is one moment of it
        copy = copy_site(source, Path(place) / "copy") if isinstance(source, SiteSource) else source
        return verify(
            Reading(copy),
            SitePages,
            expected,
            engine=engine,
            every_publication=every_publication,
            progress=progress,
        )


def read_record(target: str, progress: Progress = lambda _stage, _done, _total: None) -> Record:
    """The record at ``target``, its log and signatures checked; raises ``Unverified`` or ``Unreachable``."""
    with closing(open_source(target)) as source:
        reading = _first_fault(read_log(Reading(source).read, progress))
        read = Reading(source).read
        return _first_fault(fold_record(reading, lambda digest: read(f"documents/{digest}"), progress))


def read_definition(target: str) -> SignedEvent:
    """The definition in a file, or the first entry of a folder or site. Its signatures are not looked at."""
    path = Path(target)
    if path.is_file():
        event = decode_event(path.read_bytes()[: _MAX_DEFINITION + 1])
    else:
        with closing(open_source(target)) as source:
            event = _first_fault(read_log(Reading(source).read, lambda *_: None)).definition
    if not isinstance(event.body, Definition):
        raise Refused("4.1", f"{target} is not a definition", subject=target)
    return event


def totals_of(canvass: Canvass) -> Mapping[str, int | Mapping[str, int]]:
    """The national counts that were recomputed, by the names of the fields."""
    totals: Totals = canvass.nation.totals
    return {
        "units": totals.units,
        "units_counted": totals.units_counted,
        "units_awaited": totals.units_awaited,
        "units_contested": totals.units_contested,
        "voters_registered": totals.voters_registered,
        "voters_participated": totals.voters_participated,
        "ballots_cast": totals.ballots_cast,
        "blank_ballots": totals.blank_ballots,
        "ballots_rejected": totals.ballots_rejected,
        "valid_votes": totals.valid_votes,
        "votes": dict(zip(canvass.options, totals.votes, strict=True)),
    }


def _first_fault(checking: Generator[Finding, None, T | None]) -> T:
    """What a check yields in the end; raises the first fault on the way."""
    while True:
        try:
            finding = next(checking)
        except StopIteration as end:
            if end.value is None:
                raise Refused("6.23", "this record cannot be read", subject="record") from None
            return cast("T", end.value)
        if finding.severity is Severity.FAULT:
            raise Unverified(finding)


def _walk(root: Path) -> Iterator[str]:
    for folder, _, names in os.walk(root):
        below = Path(folder).relative_to(root)
        for name in names:
            yield (below / name).as_posix()
