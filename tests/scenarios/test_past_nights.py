"""R30: nights that happened, played again from their published results, end at the true figures.

Each is a whole rehearsal in one process: sealed codes, two signatures a report, a mistake corrected, a proclamation
refused while one station is missing, then made; and the public verifier with a fingerprint at the end.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from limpide.record.definition import Text
from limpide.record.events import Correction
from limpide.results.outcome import Qualified
from limpide.results.verification import Expectations, Verification, verify
from limpide.roles.auditor import Reading, totals_of
from limpide.roles.fetching import open_source
from limpide.roles.past_results.reading import demo_file, read_past_election_file
from limpide.roles.rehearsal.script import Script, write_script
from limpide.roles.rehearse import rehearse
from limpide.roles.server.publisher import NoPages

CLOSING = datetime(2017, 4, 23, 17, tzinfo=UTC)


def play(script: Script, root: Path) -> tuple[Verification, list[str]]:
    """The whole night, then the verifier; pages are left out, which other tests check."""
    steps: list[str] = []
    prepared, _ = rehearse(
        script,
        root,
        name=Text(en="Rehearsal", fr="Répétition"),
        closing=CLOSING,
        pages=lambda _register: NoPages(),
        tell=lambda key, **_facts: steps.append(key),
        language="fr",
        every=1_000,
    )
    expected = Expectations(prepared.fingerprint.hex())
    return verify(Reading(open_source(str(root))), lambda _register: NoPages(), expected), steps


def totals(result: Verification) -> Mapping[str, Any]:
    assert result.edition is not None
    (canvass,) = result.edition.canvasses.values()
    return totals_of(canvass)


def test_r30_a_few_stations_of_2017_with_every_incident(tmp_path: Path) -> None:
    script = write_script(read_past_election_file(demo_file()), stations=40, rounds=2)
    result, steps = play(script, tmp_path / "record")
    assert result.faults == []
    for step in ("too-early", "corrected", "refused", "late-reported", "proclaimed"):
        assert step in steps
    counted = totals(result)
    assert counted["units_counted"] == 40
    assert list(counted["votes"].values()) == [
        sum(station.votes[place] for station in script.stations) for place in range(len(script.options))
    ]
    assert result.record is not None
    assert result.record.register.definition.rehearsal
    assert sum(isinstance(event.body, Correction) for event in result.record.events()) == 1


def test_r30_the_nation_in_2017_comes_out_exact(tmp_path: Path) -> None:
    """69 242 stations, 138 484 signatures."""
    script = write_script(read_past_election_file(demo_file()), rounds=2)
    result, _ = play(script, tmp_path / "record")
    assert result.faults == []
    counted = totals(result)
    assert counted["units"] == counted["units_counted"] == 69_242
    assert counted["voters_registered"] == 47_582_183
    assert counted["voters_participated"] == counted["ballots_cast"] == 37_003_728
    assert counted["blank_ballots"] == 659_997
    assert counted["valid_votes"] == 36_054_394
    assert counted["votes"]["macron"] == 8_656_346
    assert counted["votes"]["le-pen"] == 7_678_491
    assert result.edition is not None
    assert result.record is not None
    contest = result.record.register.definition.contests[0]
    assert result.edition.outcome(1, contest) == Qualified(("macron", "le-pen"))


def test_r01_the_primary_of_2011_comes_out_exact(tmp_path: Path) -> None:
    """9 391 stations whose file has no roll: nothing is invented in its place."""
    data = os.environ.get("LIMPIDE_DATA")
    if data is None:
        pytest.skip("LIMPIDE_DATA is not set: the results of the 2011 primary are not in the repository")
    script = write_script(
        read_past_election_file(Path(data) / "primaires_fr" / "primaire_gauche_2011_t1_bureaux.csv"), rounds=2
    )
    result, _ = play(script, tmp_path / "record")
    assert result.faults == []
    counted = totals(result)
    assert counted["units_counted"] == 9_391
    assert counted["ballots_cast"] == 2_661_284
    assert counted["voters_registered"] == 0
    assert "70058" in result.record.register.units if result.record else False
