"""Which stations could have made these sums? Stations drawn from nothing but totals, and a record of them.

``synthesise`` cuts each count of a published table into as many stations as there were; the stations add up to
the table exactly. ``Night`` and ``World`` then play them: a definition, one report each, publications.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from election import CONTEST, Night, make_definition, seats, sign, signer
from limpide.canonical import encode, sha256_hex
from limpide.record.admission import VerifiedEvent, admit, verify_events
from limpide.record.definition import (
    Contest,
    ContestOption,
    DivisionDocument,
    DivisionRef,
    LocalityEntry,
    Need,
    Rule,
    Text,
    UnitEntry,
    encode_public_key,
)
from limpide.record.events import Figures, StationReport
from limpide.results.statement_words import normal
from published import World


@dataclass(frozen=True)
class Sums:
    """What the stations add up to."""

    votes: Mapping[str, int]
    """By the name of the option."""
    blank: int
    rejected: int

    @property
    def voters(self) -> int:
        """Votes, blank and null ballots."""
        return sum(self.votes.values()) + self.blank + self.rejected


def option_id(name: str) -> str:
    """A name as an option's id."""
    return normal(name.rpartition(" ")[2]).replace(" ", "-")


def cut(total: int, parts: int, rng: random.Random) -> list[int]:
    """A count in as many parts, of uneven size, that add up to it."""
    cuts = sorted(rng.randint(0, total) for _ in range(parts - 1))
    even = [total * k // parts for k in range(1, parts)]
    marks = [0, *sorted((a + 19 * b) // 20 for a, b in zip(cuts, even, strict=True)), total]
    return [after - before for before, after in pairwise(marks)]


def synthesise(sums: Sums, stations: int, seed: int = 2017) -> Iterator[Figures]:
    """The figures of each station."""
    rng = random.Random(seed)
    counts = [cut(count, stations, rng) for count in (*sums.votes.values(), sums.blank, sums.rejected)]
    for *votes, blank, rejected in zip(*counts, strict=True):
        yield Figures(
            ballots_cast=sum(votes) + blank + rejected,
            ballots_rejected=rejected,
            blank_ballots=blank,
            votes={option_id(name): count for name, count in zip(sums.votes, votes, strict=True)},
        )


def play(sums: Sums, *, stations: int, reporting: int, publish_at: Sequence[int] = (), places: int = 20) -> World:
    """A world in which ``reporting`` of ``stations`` report these sums, published at the end and after some."""
    units = [f"{k % places + 1:02}001-{k // places + 1:04}" for k in range(stations)]
    documents = {}
    divisions = []
    for k in range(places):
        mine = [unit for unit in units if unit.startswith(f"{k + 1:02}001-")]
        document = DivisionDocument(
            division=f"{k + 1:02}",
            localities=(LocalityEntry(id=f"{k + 1:02}001", name=f"Ville {k + 1}", units=tuple(map(_entry, mine))),),
        )
        data = encode(document)
        documents[sha256_hex(data)] = data
        name = f"Pays {k + 1}"
        divisions.append(DivisionRef(document=sha256_hex(data), id=f"{k + 1:02}", name=name, units=len(mine)))
    contest = Contest(
        id=CONTEST,
        name=Text(en="Candidate", fr="Candidature"),
        options=tuple(ContestOption(id=option_id(name), name=name) for name in sums.votes),
        rule=Rule.TWO_ROUND_MAJORITY,
        voters_participated=Need.ABSENT,
        voters_registered=Need.ABSENT,
    )
    definition, _ = make_definition(contests=(contest,), divisions=tuple(divisions))
    world = World(Night.begin(definition, documents))
    world.night.open()
    world.publish()
    reports = list(zip(units, synthesise(sums, reporting), strict=False))
    done = 0
    for upto in (*publish_at, reporting):
        _report(world.night, reports[done:upto])
        done = upto
        world.publish()
    return world


def _report(night: Night, reports: Sequence[tuple[str, Figures]]) -> None:
    """Both seats of every station sign; the signatures are checked in one batch."""
    bodies = [StationReport(contest=CONTEST, figures=f, round=1, unit=unit) for unit, f in reports]
    events = [sign(body, seats(body.unit)) for body in bodies]
    for verified in verify_events(night.record, events):
        assert isinstance(verified, VerifiedEvent)
        night.record = admit(night.record, verified, night.documents.get)


def _entry(unit: str) -> UnitEntry:
    keys = ([encode_public_key(signer(name).key.public) for name in seats(unit, round_)] for round_ in (1, 2))
    return UnitEntry(id=unit, keys=tuple((one, two) for one, two in keys))
