"""What does a nation look like, without its signatures?

A register of as many localities as asked, two stations in some, and a record in which all or part have reported.
Nothing is signed or admitted: it is for measuring pages and looking at them.
"""

import itertools
import random
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from election import ELECTION, make_definition, sign
from limpide.record.definition import (
    Contest,
    ContestOption,
    Definition,
    Division,
    DivisionId,
    DivisionRef,
    Locality,
    LocalityId,
    Register,
    Round,
    Rule,
    Text,
    Unit,
    UnitId,
)
from limpide.record.events import (
    Body,
    Channel,
    EntryId,
    Figures,
    Opening,
    RollCommitment,
    SignedEvent,
    StationReport,
    event_text,
)
from limpide.record.record import Record
from limpide.results.canvass import canvass
from limpide.results.edition import Edition
from limpide.signing import Note, SignatureLine

CONTEST = "president"
INSTANT = "2027-04-11T20:04:00Z"


def make_register(localities: int, divisions: int, options: int, *, rehearsal: bool = True) -> Register:
    """A register of ``localities`` with 1.9 stations each on average."""
    definition, _ = make_definition(
        contests=(
            Contest(
                id=CONTEST,
                name=Text(fr="Présidence", en="President"),
                options=tuple(ContestOption(id=f"o{k}", name=f"Prénom CANDIDATURE-{k}") for k in range(options)),
                rule=Rule.TWO_ROUND_MAJORITY,
            ),
        ),
        rounds=(
            Round(counting_opens="2027-04-11T18:00:00Z", date="2027-04-11", number=1, turnout_hours=("12:00",)),
            Round(counting_opens="2027-04-25T18:00:00Z", date="2027-04-25", number=2),
        ),
        rehearsal=rehearsal,
    )
    return _populate(definition, localities, divisions)


def make_edition(register: Register, *, reported: float = 1.0, seed: int = 2027) -> Edition:
    """An edition in which a share of the stations, drawn by ``seed``, has reported."""
    record = make_record(register, reported=reported, seed=seed)
    return Edition(record, 2, INSTANT, {(1, CONTEST): canvass(record, CONTEST, 1)})


def make_record(register: Register, *, reported: float, seed: int) -> Record:
    """A record with a roll, an opening and reports."""
    draw = random.Random(seed)
    record = Record.start(register, sign(register.definition, ("organiser",)))
    voters: dict[str, int] = {unit: draw.randrange(80, 1400) for unit in register.units}
    roll = RollCommitment(root="0" * 64, round=1, voters=())
    record = record.append(unsigned(register, roll, ("registrar",)), voters)
    record = record.append(unsigned(register, Opening(channel=Channel.PAPER, round=1), ("commission/1",)))
    units = [unit for unit in register.units if draw.random() < reported]
    draw.shuffle(units)
    for report in reports(register, units, voters, draw):
        record = record.append(unsigned(register, report, (f"{report.unit}/1/1", f"{report.unit}/2/1")))
    return record


def reports(
    register: Register, units: Iterable[str], voters: Mapping[str, int], draw: random.Random
) -> Iterable[StationReport]:
    """Plausible counts: a turnout of three quarters, a few blank and null ballots, options of unequal favour."""
    options = [option.id for option in register.definition.contests[0].options]
    favour = [1 / (k + 3) for k in range(len(options))]
    for unit in units:
        registered = voters[unit]
        cast = int(registered * draw.uniform(0.62, 0.88))
        blank, rejected = int(cast * draw.uniform(0, 0.03)), int(cast * draw.uniform(0, 0.02))
        votes = _split(cast - blank - rejected, favour, draw)
        yield StationReport(
            contest=CONTEST,
            figures=Figures(
                ballots_cast=cast,
                ballots_rejected=rejected,
                blank_ballots=blank,
                votes=dict(zip(options, votes, strict=True)),
                voters_participated=cast,
                voters_registered=registered,
            ),
            round=1,
            unit=unit,
        )


def unsigned(register: Register, body: Body, names: Sequence[str]) -> SignedEvent:
    """An event with the lines of ``names`` and no signatures in them."""
    note = Note(event_text(register.election, body), tuple(SignatureLine(name, b"", b"") for name in names))
    return SignedEvent(register.election, body, note, EntryId(note.identity))


def _populate(definition: Definition, localities: int, divisions: int) -> Register:
    per_division = -(-localities // divisions)
    placed: dict[DivisionId, Division] = {}
    communes: dict[LocalityId, Locality] = {}
    units: dict[UnitId, Unit] = {}
    stations = itertools.cycle((1, 1, 1, 5, 1, 1, 2, 1, 3, 1, 4, 2))
    for number in range(localities):
        division = DivisionId(f"{number // per_division + 1:02d}")
        commune = LocalityId(f"{division}{number % per_division + 1:03d}")
        ids = tuple(UnitId(f"{commune}_{k + 1:04d}") for k in range(next(stations)))
        communes[commune] = Locality(commune, f"Saint-Exemple-de-l’Étang-{number}", division, ids)
        for k, unit in enumerate(ids, start=1):
            units[unit] = Unit(unit, f"Bureau {k}", commune, division, ())
        known = placed.get(division, Division(division, f"Département {division}", ()))
        placed[division] = Division(division, known.name, (*known.localities, commune))
    refs = tuple(
        DivisionRef(
            document="0" * 64,
            id=division.id,
            name=division.name,
            units=sum(len(communes[commune].units) for commune in division.localities),
        )
        for division in placed.values()
    )
    return Register(ELECTION, msgspec.structs.replace(definition, divisions=refs), placed, communes, units, {})


def _split(total: int, favour: Sequence[float], draw: random.Random) -> list[int]:
    weights = [weight * draw.uniform(0.7, 1.3) for weight in favour]
    whole = sum(weights)
    votes = [int(total * weight / whole) for weight in weights]
    votes[0] += total - sum(votes)
    return votes
