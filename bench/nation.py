"""How is a night of any size made for a measurement? Synthetic stations, real signatures, real files.

Eleven options, two stations a locality, localities spread over 107 divisions, both seats sign. The same at every
run. The files are those of a record folder's public part.
"""

import hashlib
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from limpide import _kernel
from limpide.canonical import encode, sha256_hex
from limpide.log.checkpoint import sign_checkpoint
from limpide.log.growth import new_tiles
from limpide.record.admission import VerifiedEvent, admit, open_record, verify_events
from limpide.record.definition import (
    Commission,
    Contest,
    ContestOption,
    Definition,
    DivisionDocument,
    DivisionRef,
    ElectionId,
    LocalityEntry,
    Register,
    Round,
    Rule,
    Text,
    UnitEntry,
    encode_public_key,
)
from limpide.record.events import (
    Body,
    Channel,
    Figures,
    Opening,
    RollCommitment,
    StationReport,
    VotersDocument,
    VotersRef,
    decode_event,
    event_text,
)
from limpide.record.record import Record
from limpide.results.edition import Pages
from limpide.results.publication import Publisher
from limpide.signing import Signer, sign_note

ELECTION = ElectionId("BenchBenchBenchBenchBe")
LOG = "limpide.example/bench"
DIVISIONS = 107
MEMBERS = tuple(f"commission/{seat}" for seat in range(1, 6))
OPTIONS = tuple(f"option-{number}" for number in range(1, 12))
MakePages = Callable[[Register], Pages]


def signer(name: str) -> Signer:
    """The signer of that name."""
    return Signer(name, hashlib.sha256(f"limpide bench|{name}".encode()).digest())


def event(body: Body, names: Iterable[str]) -> bytes:
    """A signed entry."""
    return sign_note(event_text(ELECTION, body), map(signer, names)).encode()


@dataclass(slots=True)
class Nation:
    """A definition of ``stations`` units with its documents, and the entries that begin the night."""

    documents: dict[str, bytes]
    definition: bytes
    opening: list[bytes]
    units: list[str]

    @classmethod
    def make(cls, stations: int) -> "Nation":
        """``stations`` units, two a locality, spread over the divisions."""
        documents: dict[str, bytes] = {}
        refs, rolls, units = [], [], []
        for division, localities in _territory(stations):
            entries = tuple(_locality(name, members) for name, members in localities)
            mine = [unit for _, members in localities for unit in members]
            units += mine
            data = encode(DivisionDocument(division=division, localities=entries))
            roll = encode(VotersDocument(division=division, voters=dict.fromkeys(mine, 1000)))
            documents |= {sha256_hex(data): data, sha256_hex(roll): roll}
            refs.append(
                DivisionRef(document=sha256_hex(data), id=division, name=f"Département {division}", units=len(mine))
            )
            rolls.append(VotersRef(division=division, document=sha256_hex(roll)))
        definition = _definition(tuple(refs))
        start = [
            event(RollCommitment(root="0" * 64, round=1, voters=tuple(rolls)), ["registrar"]),
            event(Opening(channel=Channel.PAPER, round=1), MEMBERS[:3]),
        ]
        return cls(documents, event(definition, ["organiser", *MEMBERS[:3]]), start, units)

    def record(self) -> Record:
        """The record when counting is about to begin."""
        record = open_record(decode_event(self.definition), self.documents.get)
        return add(record, self.opening, self.documents)

    def reports(self) -> Iterator[bytes]:
        """Every station's signed report, in a mixed order that is the same at every run."""
        order = list(self.units)
        random.Random(2017).shuffle(order)
        return map(report, order)


def report(unit: str) -> bytes:
    """The report of one station."""
    draw = random.Random(unit)
    votes = {option: draw.randrange(90) for option in OPTIONS}
    cast = sum(votes.values()) + 12
    figures = Figures(
        ballots_cast=cast,
        ballots_rejected=4,
        blank_ballots=8,
        votes=votes,
        voters_participated=cast,
        voters_registered=1000,
    )
    body = StationReport(contest="president", figures=figures, round=1, unit=unit)
    return event(body, (f"{unit}/1/1", f"{unit}/2/1"))


def add(record: Record, entries: Iterable[bytes], documents: dict[str, bytes]) -> Record:
    """The record with those entries, judged as a server judges."""
    events = [decode_event(entry) for entry in entries]
    for verified in verify_events(record, events):
        if not isinstance(verified, VerifiedEvent):
            raise verified
        record = admit(record, verified, documents.get)
    return record


def write_folder(folder: Path, nation: Nation, pages: MakePages, batch: int) -> Record:
    """A whole night in ``folder``, with a publication after every ``batch`` reports."""
    record = nation.record()
    publisher = Publisher(record.register, pages(record.register))
    entries = list(nation.reports())
    number = 0
    for first in range(-batch, len(entries), batch):
        record = add(record, entries[max(first, 0) : first + batch], nation.documents)
        made = publisher.advance(
            record, f"2017-04-23T{18 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"
        )
        number += 5
        write(folder, made.files)
        record = add(record, [event(made.body, [LOG])], nation.documents)
    write(folder, {f"documents/{digest}": data for digest, data in nation.documents.items()})
    write(folder, log_files([e.note.encode() for e in record.events()]))
    return record


def log_files(entries: list[bytes]) -> dict[str, bytes]:
    """The checkpoint and tiles of a log of those entries."""
    files = dict(new_tiles(lambda _: None, 0, entries))
    root = _kernel.tree_root(_kernel.leaf_hashes(entries))
    files["checkpoint"] = sign_checkpoint(len(entries), root, signer(LOG)).encode()
    return files


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes files below a folder."""
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _territory(stations: int) -> Iterator[tuple[str, list[tuple[str, list[str]]]]]:
    divisions = min(DIVISIONS, max(1, stations // 4))
    for number in range(divisions):
        name = f"{number + 1:03}"
        count = stations // divisions + (number < stations % divisions)
        localities: list[tuple[str, list[str]]] = []
        for first in range(0, count, 2):
            locality = f"{name}{first // 2:04}"
            members = [f"{locality}_{seat:04}" for seat in range(1, min(2, count - first) + 1)]
            localities.append((locality, members))
        yield name, localities


def _locality(name: str, members: list[str]) -> LocalityEntry:
    units = tuple(UnitEntry(id=unit, keys=((_public(unit, 1), _public(unit, 2)),)) for unit in members)
    return LocalityEntry(id=name, name=f"Commune {name}", units=units)


def _public(unit: str, seat: int) -> str:
    return encode_public_key(signer(f"{unit}/{seat}/1").key.public)


def _definition(divisions: tuple[DivisionRef, ...]) -> Definition:
    options = tuple(ContestOption(id=option, name=option.replace("-", " ").title()) for option in OPTIONS)
    contest = Contest(
        id="president", name=Text(en="President", fr="Présidence"), options=options, rule=Rule.TWO_ROUND_MAJORITY
    )
    return Definition(
        commission=Commission(members=tuple(signer(name).key.vkey for name in MEMBERS), threshold=3),
        contests=(contest,),
        divisions=divisions,
        log=signer(LOG).key.vkey,
        name=Text(en="A measured night", fr="Une nuit mesurée"),
        organiser=signer("organiser").key.vkey,
        registrar=signer("registrar").key.vkey,
        rehearsal=True,
        rounds=(Round(counting_opens="2017-04-23T18:00:00Z", date="2017-04-23", number=1),),
    )
