"""Scripts, casts and the clock of a rehearsal."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest

from limpide.codes import ALPHABET, SealedCode, derive_signer
from limpide.record.definition import ElectionId, Text
from limpide.record.events import StationReport, decode_event
from limpide.roles.past_results.election import PastElection, PastOption, PastStation, UnusableFile
from limpide.roles.rehearsal import cast
from limpide.roles.rehearsal.script import write_script
from limpide.roles.rehearse import rehearse
from limpide.roles.seats import draw_election_id
from limpide.roles.server.publisher import NoPages

ELECTION = ElectionId("NightNightNightNightNi")


def past(count: int = 9, registered: int | None = 200) -> PastElection:
    stations = tuple(
        PastStation(
            division_id=f"0{n % 3}",
            division_name=f"Pays {n % 3}",
            locality_id=f"0{n % 3}00{n}",
            locality_name=f"Commune {n}",
            station_id=f"0{n % 3}00{n}_0001",
            voters_registered=registered,
            voters_participated=None if registered is None else 100 + n,
            ballots_cast=100 + n,
            blank_ballots=1,
            ballots_rejected=0,
            votes=(60 - n % 50, 39 + n + n % 50),
        )
        for n in range(count)
    )
    return PastElection(
        options=(PastOption(id="aline", name="Aline"), PastOption(id="basile", name="Basile")),
        stations=stations,
        layout="wide-2017",
        encoding="utf-8",
    )


def test_the_same_arguments_give_the_same_script() -> None:
    assert write_script(past(), seed=3) == write_script(past(), seed=3)
    assert write_script(past(), seed=3).minutes != write_script(past(), seed=4).minutes


def test_a_mistake_closes_its_sums_and_is_not_the_late_station() -> None:
    script = write_script(past())
    assert script.mistaken is not None
    true = script.truth(script.mistaken.station_id)
    assert script.mistaken != true
    assert sum(script.mistaken.votes) == sum(true.votes)
    assert dataclasses.replace(script.mistaken, votes=true.votes) == true
    assert script.late not in (None, script.mistaken.station_id)


def test_stations_are_spread_over_the_file() -> None:
    chosen = write_script(past(300), stations=30).stations
    assert len({station.station_id for station in chosen}) == 30
    places = [past(300).stations.index(station) for station in chosen]
    assert places == list(range(0, 300, 10))


@pytest.mark.parametrize("count", [0, 10])
def test_more_stations_than_there_are_is_refused(count: int) -> None:
    with pytest.raises(UnusableFile):
        write_script(past(9), stations=count)


def test_a_cast_signs_with_keys_that_derive_from_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[SealedCode] = []

    def remember(code: SealedCode, *, election: str, unit: str, seat: int, round_: int) -> object:
        drawn.append(code)
        return derive_signer(code, election=election, unit=unit, seat=seat, round_=round_)

    monkeypatch.setattr(cast, "derive_signer", remember)
    script = write_script(past(3), rounds=2)
    seated = cast.seat_stations(ELECTION, script, workers=1)
    assert len(set(drawn)) == 3 * 2 * 2
    assert all(len(code) == 20 and set(code) <= set(ALPHABET) for code in drawn)
    for unit, station in seated.items():
        body = decode_event(station.report).body
        assert isinstance(body, StationReport)
        assert body.unit == unit
        assert len(station.keys) == 2
        assert not any(code.encode() in station.report for code in drawn)


def test_workers_give_what_one_process_gives() -> None:
    script = write_script(past(1500), incidents=False)
    reports = {
        workers: {
            unit: decode_event(s.report).body for unit, s in cast.seat_stations(ELECTION, script, workers).items()
        }
        for workers in (1, 2)
    }
    assert reports[1] == reports[2]


@pytest.mark.parametrize("registered", [200, None])
def test_a_rehearsal_ends_at_the_truth(tmp_path: Path, registered: int | None) -> None:
    steps: list[str] = []
    script = write_script(past(9, registered))
    prepared, results = rehearse(
        script,
        tmp_path / "record",
        name=Text(en="Rehearsal", fr="Répétition"),
        closing=datetime(2027, 1, 17, 19, tzinfo=UTC),
        pages=lambda _register: NoPages(),
        tell=lambda key, **_facts: steps.append(key),
        language="en",
    )
    assert steps[:2] == ["drawing", "defined"]
    assert steps[-1] == "proclaimed"
    assert results.contests[0].status == "certified"
    assert prepared.roll is not None or registered is None
    with pytest.raises(UnusableFile):
        rehearse(
            script,
            tmp_path / "record",
            name=Text(en="Rehearsal", fr="Répétition"),
            closing=datetime(2027, 1, 17, 19, tzinfo=UTC),
            pages=lambda _register: NoPages(),
            tell=lambda *_args, **_facts: None,
            language="en",
        )


def test_no_secret_of_a_rehearsal_is_on_disk_but_the_log_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R9: no store holds a code or a seed."""
    seeds: list[bytes] = []

    def remember(code: SealedCode, *, election: str, unit: str, seat: int, round_: int) -> object:
        made = derive_signer(code, election=election, unit=unit, seat=seat, round_=round_)
        seeds.extend((code.encode(), made.seed, made.seed.hex().encode()))
        return made

    monkeypatch.setattr(cast, "derive_signer", remember)
    rehearse(
        write_script(past(9)),
        tmp_path / "record",
        name=Text(en="Rehearsal", fr="Répétition"),
        closing=datetime(2027, 1, 17, 19, tzinfo=UTC),
        pages=lambda _register: NoPages(),
        tell=lambda *_args, **_facts: None,
        language="en",
    )
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert seeds
    assert not [seed for seed in seeds if seed in stored]


def test_election_ids_are_drawn() -> None:
    assert draw_election_id() != draw_election_id()
