"""A primary in two rounds, from the opening of the first to the proclamation of the second."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from primary import Begin, beginning

from limpide.canonical import Refused
from limpide.results.outcome import Elected, Qualified

TERRITORY = {"01": {"01001": ["01-1", "01-2"]}, "02": {"02001": ["02-1"]}}
FIRST = {"01-1": (40, 30, 20), "01-2": (35, 36, 10), "02-1": (20, 25, 30)}
SECOND = {"01-1": (50, 41), "01-2": (45, 40), "02-1": (30, 44)}


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Begins a primary in a folder of its own."""
    yield from beginning(tmp_path)


def test_a_primary_in_two_rounds_to_the_end(begin: Begin) -> None:
    primary = begin(TERRITORY, ("aline", "basile", "carole"), rounds=2)
    primary.commit_roll({"01-1": 100, "01-2": 100, "02-1": 90})
    primary.open()
    primary.publish()
    with pytest.raises(Refused, match=r"\[3\.2\]"):
        primary.report("01-1", FIRST["01-1"])
    primary.count()
    for unit, votes in FIRST.items():
        primary.report(unit, votes, blank=1)
    primary.close()
    primary.publish()
    primary.proclaim()
    edition = primary.check().edition
    assert edition is not None
    assert edition.outcome(1, primary.contest) == Qualified(("aline", "basile"))
    primary.publish()

    primary.open(2)
    with pytest.raises(Refused, match=r"\[3\.2\]"):
        primary.report("01-1", SECOND["01-1"], round_=2)
    primary.count(2)
    for unit, two in SECOND.items():
        primary.report(unit, two, round_=2)
    primary.publish()
    with pytest.raises(Refused, match=r"\[5\.5\]"):
        primary.proclaim(2)
    primary.close(2)
    primary.publish()
    primary.proclaim(2)
    primary.publish()
    assert primary.totals(1) == {"aline": 95, "basile": 91, "carole": 60}
    assert primary.totals(2) == {"aline": 125, "basile": 125}


def test_the_second_round_is_won_by_plurality(begin: Begin) -> None:
    primary = begin(TERRITORY, ("aline", "basile"), rounds=2)
    primary.open()
    primary.count()
    for unit, votes in (("01-1", (9, 1)), ("01-2", (9, 1)), ("02-1", (9, 1))):
        primary.report(unit, votes)
    primary.close()
    primary.publish()
    primary.proclaim()
    edition = primary.check().edition
    assert edition is not None
    decided = edition.outcome(1, primary.contest)
    assert isinstance(decided, Elected)
    assert decided.option == "aline"
    with pytest.raises(Refused, match=r"\[4\.5\]"):
        primary.open(2)
