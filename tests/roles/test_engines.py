"""Any engine gives the same verdict, in the same order; progress is told; copies and fingerprints are compared."""

from pathlib import Path

import pytest

from limpide.belenios.verification import verify
from limpide.canonical import Refused
from limpide.roles.archive_check import archive_in, check_archive
from limpide.roles.engines import Parallel, engine

VECTORS = Path(__file__).parents[2] / "vectors/belenios"
CASES = ["ed25519-basic", "belenios2048-basic-v2.0", "ed25519-negative/answers-copied-from-another-voter"]


@pytest.mark.parametrize("case", CASES)
def test_two_workers_say_what_one_says(case: str) -> None:
    alone = check_archive(VECTORS / case, engine=engine(1))
    told: list[int] = []
    together = check_archive(VECTORS / case, engine=Parallel(2), progress=told.append)
    assert (together.faults, together.result, together.tally) == (alone.faults, alone.result, alone.tally)
    assert told[-1] == together.ballots
    assert told == sorted(told)


def test_all_cores_are_used_unless_told() -> None:
    assert engine(3) == Parallel(3)
    with archive_in(VECTORS / "ed25519-basic").open("rb") as stream:
        assert verify(stream, engine=engine()).proven


def test_another_fingerprint_and_an_older_copy(tmp_path: Path) -> None:
    case = VECTORS / "ed25519-basic"
    found = check_archive(case, engine=engine(1))
    assert found.fingerprint
    older = tmp_path / "older.bel"
    older.write_bytes(archive_in(case).read_bytes()[: 512 * 20])
    good = check_archive(case, engine=engine(1), fingerprint=found.fingerprint, older=archive_in(case))
    assert good.faults == ()
    other = VECTORS / "ed25519-nh-lists"
    bad = check_archive(case, engine=engine(1), fingerprint="A" * 43, older=other)
    assert [fault.clause for fault in bad.faults] == ["7.52", "7.7"]
    cut = check_archive(case, engine=engine(1), older=older)
    assert [fault.clause for fault in cut.faults] == ["7.2"]


def test_a_folder_holds_one_archive(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        archive_in(tmp_path)
    for name in ("a.bel", "b.bel"):
        (tmp_path / name).touch()
    with pytest.raises(Refused):
        archive_in(tmp_path)
    assert archive_in(tmp_path / "a.bel").name == "a.bel"
