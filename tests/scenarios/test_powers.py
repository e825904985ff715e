"""R29, 2017: once the round is open the organiser can only read. Its key tries every kind, and is refused."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from primary import CONTEST, Begin, Primary, beginning

from election import seats
from limpide.canonical import Refused
from limpide.record.definition import Text
from limpide.record.events import (
    KINDS,
    Annulment,
    Body,
    Certification,
    Channel,
    Closing,
    Correction,
    Impediment,
    KeyReplacement,
    Opening,
    Publication,
    Reinstatement,
    RollCommitment,
    StationReport,
    Turnout,
    UnitStatus,
    VotersRef,
)

TERRITORY = {"75": {"75000": ["75-1", "75-2"]}}
DIGEST = "0" * 64


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Begins a primary in a folder of its own."""
    yield from beginning(tmp_path)


@pytest.fixture
def primary(begin: Begin) -> Primary:
    """Counting has begun, and one station has reported."""
    primary = begin(TERRITORY, ("aline", "basile"))
    primary.open()
    primary.count()
    primary.report("75-1", (10, 20))
    primary.publish()
    return primary


def attempts(primary: Primary) -> dict[str, Body]:
    """An entry of every kind that would help one side, true in everything but its signer."""
    record = primary.record
    definition = record.register.definition
    figures = primary.figures("75-2", (500, 0))
    report = record.event(record.unit_events("75-1")[0]).id.hex()
    return {
        "definition": msgspec.structs.replace(definition, name=Text(en="Another", fr="Autre")),
        "roll-commitment": RollCommitment(
            root=DIGEST, round=1, voters=(VotersRef(division="75", document=DIGEST),)
        ),
        "opening": Opening(channel=Channel.PAPER, round=1),
        "closing": Closing(channel=Channel.PAPER, round=1),
        "turnout": Turnout(hour="12:00", round=1, unit="75-2", voters=500),
        "station-report": StationReport(contest=CONTEST, figures=figures, round=1, unit="75-2"),
        "unit-status": UnitStatus(reason="flood", round=1, status=Impediment.NO_RESULT, units=("75-2",)),
        "correction": Correction(
            contest=CONTEST,
            figures=primary.figures("75-1", (30, 0)),
            reason="typing-error",
            round=1,
            supersedes=report,
            unit="75-1",
        ),
        "annulment": Annulment(reason="fraud", round=1, units=("75-1",)),
        "reinstatement": Reinstatement(annulment=report, reason="appeal", round=1),
        "key-replacement": KeyReplacement(name="commission/1", new="commission/1+0", reason="lost"),
        "publication": Publication(canvasses=(), instant="2030-01-01T00:00:00Z", manifest=DIGEST, number=3, size=2),
        "certification": Certification(canvass=DIGEST, contest=CONTEST, publication=1, round=1),
    }


def test_every_kind_is_tried(primary: Primary) -> None:
    assert attempts(primary).keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_r29_the_organiser_can_only_read(primary: Primary, kind: str) -> None:
    size, totals = primary.record.size, primary.totals()
    body = attempts(primary)[kind]
    for names in (("organiser",), ("organiser", "commission/1", "commission/2", "commission/3")):
        with pytest.raises(Refused):
            primary.add(body, *names)
    assert primary.record.size == size
    assert primary.totals() == totals


def test_r09_one_seat_alone_opens_nothing(primary: Primary) -> None:
    """Whoever holds all codes of one issuer still signs no report."""
    body = attempts(primary)["station-report"]
    for names in ((seats("75-2")[0],), (seats("75-2")[1],), (seats("75-1")[0], seats("75-2")[1])):
        with pytest.raises(Refused):
            primary.add(body, *names)
