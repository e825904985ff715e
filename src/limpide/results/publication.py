"""What is published, file by file, at each publication?

``Publisher.advance`` gives the files that an edition changes and the body of its ``publication`` entry. It is a
fold over the record: advancing through every publication or starting at the last one yields the same
bytes. The manifest lists every file with its SHA-256, in parts: one for each round and division, and one
for the nation which digests the others. Spec 5.3.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from limpide.canonical import encode, sha256_hex
from limpide.record.definition import Contest, LocalityId, Register, UnitId
from limpide.record.events import CanvassDigest, Publication
from limpide.record.record import Record
from limpide.results.canvass import Canvass, begun, canvass
from limpide.results.canvass_files import CanvassFiles
from limpide.results.edition import Edition, File, Pages
from limpide.results.outcome import Elected, NoVotes, Outcome, Qualified, Tied, Undecided
from limpide.results.tables import Tables

TABLES_EVERY = timedelta(minutes=10)
"""The national tables are rewritten after an act, else at most this often."""
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class EditionFiles:
    """What one publication writes: the changed files (manifest last), and the entry that states it."""

    edition: Edition
    body: Publication
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Changes:
    """What the entries since the last edition touched, by round."""

    units: Mapping[tuple[int, str], set[str]]
    """By (round, contest)."""
    localities: Mapping[int, list[str]]
    divisions: Mapping[int, list[str]]


@dataclass(slots=True, eq=False)
class CanvassFold:
    """All canvasses of a record with their files, advanced from edition to edition."""

    register: Register
    canvasses: dict[tuple[int, str], Canvass] = field(default_factory=dict)
    files: dict[tuple[int, str], CanvassFiles] = field(default_factory=dict)

    def advance(self, record: Record, instant: str) -> tuple[Edition, Changes]:
        """The next edition, and what differs from the one before."""
        latest = record.latest
        due = latest.publication.number + 1 if latest else 1
        for round_, contest_id in begun(record):
            if (round_, contest_id) not in self.canvasses:
                fold = Canvass(self.register, contest_id, round_, record.options(contest_id, round_))
                self.canvasses[round_, contest_id] = fold
                self.files[round_, contest_id] = CanvassFiles(self._contest(contest_id), fold)
        edition = Edition(record, due, instant, self.canvasses)
        since = {key: fold.size for key, fold in self.canvasses.items()}
        units = {key: fold.advance(record) for key, fold in self.canvasses.items()}
        localities: dict[int, list[str]] = {}
        divisions: dict[int, list[str]] = {}
        for number in [round_.number for round_ in edition.rounds()]:
            keys = [key for key in self.canvasses if key[0] == number]
            touched = {self.register.units[UnitId(unit)].locality for key in keys for unit in units[key]}
            localities[number] = [name for name in self.register.localities if name in touched]
            divisions[number] = [
                name
                for name in self.register.divisions
                if any(not since[key] or self.canvasses[key].area(name).changed >= since[key] for key in keys)
            ]
        return edition, Changes(units, localities, divisions)

    def rewrite(self, edition: Edition, changes: Changes) -> Iterator[File]:
        """The canvass files that the changes touch."""
        for key, files in self.files.items():
            yield from files.rewrite(edition, changes.units[key], changes.divisions[key[0]])

    def digests(self) -> tuple[CanvassDigest, ...]:
        """What the publication entry states of each canvass."""
        return tuple(
            CanvassDigest(contest=contest, digest=files.digest, round=round_)
            for (round_, contest), files in self.files.items()
        )

    def _contest(self, contest_id: str) -> Contest:
        return next(c for c in self.register.definition.contests if c.id == contest_id)


@dataclass(slots=True, eq=False)
class Publisher:
    """Makes editions one after the other, rewriting only what changed. A private fold."""

    register: Register
    pages: Pages
    fold: CanvassFold = field(init=False)
    parts: dict[str, dict[str, str]] = field(default_factory=dict)
    """SHA-256 of every file, by part of the manifest ("" for the nation) and path."""
    part_digests: dict[str, str] = field(default_factory=dict)
    tables: dict[tuple[int, str], Tables] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begins with nothing published."""
        self.fold = CanvassFold(self.register)

    def advance(self, record: Record, instant: str) -> EditionFiles:
        """The edition of ``record`` at ``instant`` (RFC 3339, UTC, later than the last publication's)."""
        fresh = not self.parts
        edition, changes = self.fold.advance(record, instant)
        files: dict[str, bytes] = {}
        for path, data in self.fold.rewrite(edition, changes):
            files[path] = data
            self._list(part_of(path), path, data)
        for round_, divisions in changes.divisions.items():
            for division in divisions:
                self._take(files, f"r{round_}/{division}", self.pages.division(edition, round_, division))
            for locality in changes.localities[round_]:
                division = self.register.localities[LocalityId(locality)].division
                self._take(files, f"r{round_}/{division}", self.pages.locality(edition, round_, locality))
        self._take(files, "", nation_files(edition, self.fold.digests()))
        self._take(files, "", self.pages.nation(edition))
        for key, units in changes.units.items():
            if key not in self.tables:
                self.tables[key] = empty_tables(edition, *key)
            self.tables[key].rewrite(units)
        if tables_number(record, edition) == edition.number:
            for each in self.tables.values():
                self._take(files, "", table_files(each))
        elif fresh:
            self._take(files, "", latest_tables(record, edition))
        manifest = self._manifest(files)
        body = Publication(
            canvasses=self.fold.digests(),
            instant=instant,
            manifest=sha256_hex(manifest),
            number=edition.number,
            size=record.size,
        )
        return EditionFiles(edition, body, files)

    def _take(self, files: dict[str, bytes], part: str, made: Iterator[File]) -> None:
        for path, data in made:
            files[path] = data
            self._list(part, path, data)

    def _list(self, part: str, path: str, data: bytes) -> None:
        self.parts.setdefault(part, {})[path] = sha256_hex(data)
        self.part_digests.pop(part, None)

    def _manifest(self, files: dict[str, bytes]) -> bytes:
        for part, listed in self.parts.items():
            if part and part not in self.part_digests:
                data = encode({"files": listed})
                files[part_path(part)] = data
                self.part_digests[part] = sha256_hex(data)
        manifest = encode({"files": self.parts[""], "parts": self.part_digests})
        files[MANIFEST] = manifest
        return manifest


def part_of(path: str) -> str:
    """The part of the manifest that lists a canvass file."""
    _, round_, _, name = path.split("/")
    division = name.removesuffix(".json")
    return "" if division == "nation" else f"{round_}/{division}"


def part_path(part: str) -> str:
    """Where a part of the manifest stands."""
    return f"manifest/{part}.json"


def nation_files(edition: Edition, digests: tuple[CanvassDigest, ...]) -> Iterator[File]:
    """``data/results.json``: where each contest stands. Estimates have no place in it (R22)."""
    contests = []
    for stated in digests:
        contest = next(c for c, _ in edition.contests(stated.round) if c.id == stated.contest)
        certified = edition.record.certification(contest.id, stated.round)
        contests.append(
            {
                "canvass": stated.digest,
                "contest": contest.id,
                "outcome": _outcome_json(edition.outcome(stated.round, contest)),
                "round": stated.round,
                "status": edition.status(stated.round, contest.id).value,
                **({} if certified is None else {"certification": certified}),
            }
        )
    yield (
        "data/results.json",
        encode(
            {
                "contests": contests,
                "election": edition.register.election,
                "instant": edition.instant,
                "publication": edition.number,
                "rehearsal": edition.register.definition.rehearsal,
                "size": edition.record.size,
            }
        ),
    )


def empty_tables(edition: Edition, round_: int, contest_id: str) -> Tables:
    """The national tables of a contest, before any unit is taken in."""
    return next(Tables(contest, fold) for contest, fold in edition.contests(round_) if contest.id == contest_id)


def table_files(tables: Tables) -> Iterator[File]:
    """Both tables as files."""
    folder = f"data/r{tables.canvass.round}/{tables.contest.id}"
    yield f"{folder}/ministry.csv", tables.ministry()
    yield f"{folder}/long.csv", tables.long()


def tables_number(record: Record, edition: Edition) -> int:
    """The number of the publication that the tables of this edition are of.

    The first one, then each that covers a new act, and otherwise each that comes ``TABLES_EVERY`` later.
    """
    acts = record.acts()
    made = [(p.publication.number, p.publication.size, p.publication.instant) for p in record.publications()]
    last, last_size, last_instant = 0, 0, datetime.min  # noqa: DTZ901 - instants are all UTC and only compared
    for number, size, instant in (*made, (edition.number, record.size, edition.instant)):
        now = datetime.strptime(instant, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - idem
        acts_since = bisect_left(acts, size) - bisect_left(acts, last_size)
        if acts_since or now - last_instant >= TABLES_EVERY:
            last, last_size, last_instant = number, size, now
    return last


def latest_tables(record: Record, edition: Edition) -> Iterator[File]:
    """The tables as they stand at an edition, which an earlier publication may have made."""
    number = tables_number(record, edition)
    seen = edition
    if number != edition.number:
        earlier = record.until(record.publications()[number - 1].publication.size)
        canvasses = {key: canvass(earlier, key[1], key[0]) for key in edition.canvasses}
        seen = Edition(earlier, number, edition.instant, canvasses)
    for key, fold in seen.canvasses.items():
        tables = empty_tables(seen, *key)
        tables.rewrite(fold.units)
        yield from table_files(tables)


def _outcome_json(outcome: Outcome) -> Mapping[str, object]:
    match outcome:
        case Undecided(units_missing, voters_awaited, margin):
            return {
                "kind": "undecided",
                "margin": margin,
                "units_missing": units_missing,
                "voters_awaited": voters_awaited,
            }
        case Elected(option, share):
            numbers = {"denominator": share.denominator, "numerator": share.numerator}
            return {"kind": "elected", "option": option, "share": numbers}
        case Qualified(options):
            return {"kind": "qualified", "options": options}
        case Tied(options, places, qualified):
            return {"kind": "tied", "options": options, "places": places, "qualified": qualified}
        case NoVotes():
            return {"kind": "no-votes"}
