"""The writer killed at every write and between any two, by an error at every write, and at random by a signal."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from world import World

from limpide.canonical import LimpideError
from limpide.log.sequencer import Sequencer


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: a kill does not forget what the system was told to write."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as name:
        yield Path(name)


class Killed(BaseException):
    """The process ends here: nothing after this point runs."""


def script(world: World, log: Sequencer) -> None:
    """Grows over the edge of a tile, in several batches and checkpoints."""
    for start, end in [(0, 3), (3, 250), (250, 513)]:
        world.submit(log, [b"entry %d" % number for number in range(start, end)])
        log.integrate()
    world.submit(log, [b"last"])


def failing_at(number: int, error: type[BaseException]) -> Callable[[str], None]:
    """A fault at the number-th point that is passed."""
    passed = 0

    def fault(_point: str) -> None:
        nonlocal passed
        passed += 1
        if passed == number:
            raise error

    return fault


def points(folder: Path) -> list[str]:
    seen: list[str] = []
    world = World(folder).create()
    log = world.open(seen.append)
    script(world, log)
    log.close()
    return seen


def test_every_kind_of_write_has_its_points(folder: Path) -> None:
    seen = points(folder)
    writes = ("write", "rename", "sync", "accept", "compare-and-swap", "register")
    kinds = {f"{when} {write}" for write in writes for when in ("before", "after")} - {"after write"}
    assert {" ".join(point.split(" ")[:2]) for point in seen} == kinds
    assert {"before rename checkpoint", "before rename tile/entries/001", "before rename tile/0/001"} <= set(seen)


def test_killed_at_every_write_and_between_any_two(folder: Path) -> None:
    total = len(points(folder / "count"))
    assert total > 60
    for number in range(1, total + 1):
        world = World(folder / str(number)).create()
        log = world.open(failing_at(number, Killed))
        with pytest.raises(Killed):
            script(world, log)
        log.close()
        world.check()
        world.settle()
        # Whoever was not answered asks again, and gets an answer that is kept.
        log = world.open()
        script(world, log)
        log.integrate()
        log.close()
        world.settle()
        assert len(world.promised) == world.check().size == 514


def test_killed_again_while_it_recovers(folder: Path) -> None:
    """The publication of what was signed is itself a write."""
    names = points(folder / "count")
    at = max(i for i, name in enumerate(names, 1) if name == "after register")
    world = World(folder / "log").create()
    log = world.open(failing_at(at, Killed))
    with pytest.raises(Killed):
        script(world, log)
    log.close()
    for number in (1, 2, 3):
        with pytest.raises(Killed):
            world.open(failing_at(number, Killed))
        world.check()
    world.settle()


@pytest.mark.parametrize(("error", "step"), [(OSError, 1), (RuntimeError, 7)])
def test_an_error_at_every_write_heals(folder: Path, error: type[Exception], step: int) -> None:
    """Not stored, and stored although an error came back: the same sequencer goes on, and nothing is lost."""
    total = len(points(folder / "count"))
    for number in range(1, total + 1, step):
        world = World(folder / str(number)).create()
        log = world.open(failing_at(number, error))
        with pytest.raises(LimpideError if error is OSError else error):
            script(world, log)
        world.check()
        script(world, log)
        log.integrate()
        assert log._judge.taken == list(log.entries(0, log.size))  # type: ignore[attr-defined]
        log.close()
        world.settle()
        assert len(world.promised) == world.check().size == 514


def test_two_hundred_random_kills(folder: Path) -> None:
    """Real processes and real signals, at any instant. Every acknowledgement was read from a pipe."""
    world = World(folder).create()
    arena = Path(__file__).with_name("arena.py")
    run = subprocess.run(
        [sys.executable, str(arena), str(folder), "200"], capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout)
    world.promised = {bytes.fromhex(entry): index for entry, index in report["promised"].items()}
    assert report["kills"] == 200
    assert len(world.promised) > 1000
    world.settle()
