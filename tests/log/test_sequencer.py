"""The writer: promises, checkpoints, proofs, and what it refuses to open."""

import shutil
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tlog_scales import backend, reader
from world import SIGNER, Recorder, World

from limpide.canonical import LimpideError, LogFork, Refused
from limpide.log.checkpoint import sign_checkpoint
from limpide.log.cosignature import cosign, cosigned_at, cosigner_key
from limpide.log.judge import OneByOne
from limpide.log.merkle import check_consistency
from limpide.log.policy import Policy
from limpide.log.proof import check_proof
from limpide.log.sequencer import Promise, Sequencer
from limpide.log.tiles import Tile
from limpide.signing import Signer

POLICY = Policy((SIGNER.key,), {}, {})
WITNESS = Signer("witness.example.net/w1", bytes(range(32, 64)))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path).create()


def entries(*numbers: int) -> list[bytes]:
    return [b"entry %d" % number for number in numbers]


def test_a_promise_is_an_index_and_is_kept(world: World) -> None:
    log = world.open()
    assert log.submit(entries(0, 1)) == [
        Promise(0, log.submit(entries(0))[0].leaf),  # type: ignore[union-attr]
        Promise(1, log.submit(entries(1))[0].leaf),  # type: ignore[union-attr]
    ]
    world.submit(log, entries(0, 1, 2))
    assert log.checkpoint.size == 0
    assert log.size == 3
    assert log.integrate().size == 3
    assert world.check().size == 3
    assert list(log.entries(0, 3)) == entries(0, 1, 2)
    world.submit(log, entries(3))
    assert list(log.entries(1, 4)) == entries(1, 2, 3)
    assert list(log.entries(3, 4)) == entries(3)
    log.close()
    world.settle()


def test_the_same_bytes_get_the_same_answer(world: World) -> None:
    log = world.open()
    first = log.submit([b"a", b"b", b"a", b"no", b"no"])
    assert [getattr(answer, "index", None) for answer in first] == [0, 1, 0, None, None]
    log.integrate()
    again = log.submit([b"b", b"c", b"a"])
    assert [(a.index, a.repeated) for a in again if isinstance(a, Promise)] == [(1, True), (2, False), (0, True)]
    assert log.find(again[0].leaf) == 1  # type: ignore[union-attr]
    assert log.find(bytes(32)) is None
    log.close()


def test_nothing_new_is_no_new_checkpoint(world: World) -> None:
    log = world.open()
    world.submit(log, entries(0))
    signed = log.integrate()
    assert log.integrate() is signed
    log.close()


def test_refusals_are_answers_and_too_long_is_one(world: World) -> None:
    log = world.open()
    refusal, promise, too_long = log.submit([b"no, thanks", b"yes", bytes(65_536)])
    assert isinstance(refusal, Refused)
    assert isinstance(promise, Promise)
    assert isinstance(too_long, Refused)
    assert too_long.clause == "6.1"
    assert isinstance(log.submit([bytes(65_535)])[0], Promise)
    log.integrate()
    world.check()
    log.close()


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=5))
def test_batches_of_any_size_make_the_same_log(tmp_path_factory: pytest.TempPathFactory, sizes: list[int]) -> None:
    world = World(tmp_path_factory.mktemp("log")).create()
    log, done = world.open(), 0
    for size in sizes:
        world.submit(log, entries(*range(done, done + size)))
        done += size
        log.integrate()
        world.check()
    other = reader.TilesReader(backend.LocalBackend(world.public))
    assert other.get_checkpoint().root_hash == other.calculate_root_hash() == log.checkpoint.root
    log.close()


def test_proofs_of_every_entry(world: World) -> None:
    log = world.open()
    world.submit(log, entries(*range(300)))
    with pytest.raises(Refused, match="not in a checkpoint yet"):
        log.proof(0)
    log.integrate()
    world.submit(log, entries(300))
    log.integrate()
    for index in (0, 1, 255, 256, 299, 300):
        assert check_proof(log.proof(index), b"entry %d" % index, POLICY).signed.size == 301
    for index in (-1, 301):
        with pytest.raises(Refused):
            log.proof(index)
    log.close()


def test_consistency_from_every_checkpoint(world: World) -> None:
    log = world.open()
    kept = [world.check()]
    for done in range(0, 900, 150):
        world.submit(log, entries(*range(done, done + 150)))
        kept.append(log.integrate())
    for old in kept:
        for new in kept[kept.index(old) :]:
            check_consistency(old.size, old.root, new.size, new.root, log.consistency(old.size, new.size))
    log.close()


def test_cosignatures_are_kept_and_published(world: World) -> None:
    log, key = world.open(), cosigner_key(WITNESS)
    world.submit(log, entries(0, 1))
    first = log.integrate()
    log.keep_cosignatures(first, [cosign(first.note.text, WITNESS, 1_804_000_000)])
    assert cosigned_at(world.check().note, key) == 1_804_000_000
    world.submit(log, entries(2))
    second = log.integrate()
    assert cosigned_at(world.check().note, key) is None
    # A receipt prefers the cosigned checkpoint, while there is one that holds the entry.
    cosigned = Policy((SIGNER.key,), {"w": key}, {}, "w")
    assert check_proof(log.proof(1), b"entry 1", cosigned).times == {"w": 1_804_000_000}
    assert check_proof(log.proof(2), b"entry 2", POLICY).signed.size == 3
    # A late answer about an older checkpoint does not replace a newer one.
    log.keep_cosignatures(second, [cosign(second.note.text, WITNESS, 1_804_000_002)])
    log.keep_cosignatures(first, [cosign(first.note.text, WITNESS, 1_804_000_003)])
    assert check_proof(log.proof(1), b"entry 1", cosigned).signed.size == 3
    log.close()
    log = world.open()
    assert check_proof(log.proof(2), b"entry 2", cosigned).times == {"w": 1_804_000_002}
    log.close()


def test_partial_tiles_go_once_a_later_checkpoint_has_the_full_one(world: World) -> None:
    log = world.open()
    partial = world.public / Tile(-1, 0, 10).path
    world.submit(log, entries(*range(10)))
    log.integrate()
    world.submit(log, entries(*range(10, 260)))
    log.integrate()
    assert partial.exists()
    world.submit(log, entries(260))
    log.integrate()
    assert not partial.parent.exists()
    assert (world.public / Tile(-1, 1, 4).path).exists()
    world.check()
    log.close()


def test_many_threads_submit_while_one_integrates(world: World) -> None:
    log = world.open()
    groups: list[list[int]] = [[] for _ in range(8)]

    def work(group: list[int], start: int) -> None:
        for number in range(start, start + 40):
            (answer,) = log.submit([b"entry %d" % number])
            assert isinstance(answer, Promise)
            group.append(answer.index)

    threads = [threading.Thread(target=work, args=(group, 1000 * i)) for i, group in enumerate(groups)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        log.integrate()
    for thread in threads:
        thread.join()
    log.integrate()
    assert sorted(index for group in groups for index in group) == list(range(320))
    for number, group in enumerate(groups):
        assert [list(log.entries(index, index + 1)) for index in group] == [
            [b"entry %d" % entry] for entry in range(1000 * number, 1000 * number + 40)
        ]
    world.check()
    log.close()


# What it refuses


def refused(world: World, kind: type[LimpideError], clause: str) -> None:
    with pytest.raises(kind) as caught:
        world.open()
    assert caught.value.clause == clause


def filled(world: World, *steps: int) -> None:
    log, done = world.open(), log_size(world)
    for size in steps:
        world.submit(log, entries(*range(done, done + size)))
        done += size
        log.integrate()
    log.close()


def log_size(world: World) -> int:
    return world.check().size


def test_a_log_is_created_once_and_never_by_opening(world: World, tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        world.create()
    assert caught.value.clause == "6.19"
    other = World(tmp_path / "other")
    refused(other, Refused, "6.19")
    other.public.mkdir(parents=True)
    (other.public / "tile").mkdir()
    with pytest.raises(Refused):
        other.create()


def test_a_lost_state_is_not_made_again(world: World) -> None:
    filled(world, 5)
    world.state.unlink()
    refused(world, Refused, "6.19")
    with pytest.raises(Refused):
        world.create()


def test_the_state_of_another_log(world: World) -> None:
    with pytest.raises(Refused) as caught:
        Sequencer.open(world.public, world.state, Signer("example.org/other", bytes(32)), Recorder())
    assert caught.value.clause == "6.19"


def test_a_second_sequencer(world: World) -> None:
    log = world.open()
    refused(world, LogFork, "6.17")
    log.close()
    world.settle()


def test_a_sequencer_that_was_replaced_writes_no_more(world: World, tmp_path: Path) -> None:
    old = world.open()
    # As if on another machine, where the lock of this one is not seen.
    world.state.with_name("state.lock").unlink()
    new = world.open()
    with pytest.raises(LogFork):
        old.submit([b"late"])
    with pytest.raises(LogFork):
        old.integrate()
    world.submit(new, [b"a"])
    new.integrate()
    world.check()
    old.close()
    new.close()


@pytest.mark.parametrize("steps", [(3,), (256,), (300, 300), (5, 1)])
def test_a_restored_old_state(world: World, tmp_path: Path, steps: tuple[int, ...]) -> None:
    filled(world, 7)
    shutil.copytree(world.state.parent, tmp_path / "backup")
    filled(world, *steps)
    shutil.rmtree(world.state.parent)
    shutil.copytree(tmp_path / "backup", world.state.parent)
    refused(world, LogFork, "6.18")
    # Not even where the published checkpoint was restored, and the tiles were not.
    (world.public / "checkpoint").write_bytes(world.seen[-1].encode())
    refused(world, LogFork, "6.18")


@pytest.mark.parametrize("steps", [(3,), (256,), (300, 300)])
def test_a_restored_old_folder(world: World, tmp_path: Path, steps: tuple[int, ...]) -> None:
    filled(world, 7)
    shutil.copytree(world.public, tmp_path / "backup")
    filled(world, *steps)
    shutil.rmtree(world.public)
    shutil.copytree(tmp_path / "backup", world.public)
    refused(world, LogFork, "6.18")


@pytest.mark.parametrize("steps", [(3,), (256,), (300, 300)])
def test_state_and_folder_restored_together(world: World, tmp_path: Path, steps: tuple[int, ...]) -> None:
    filled(world, 7)
    for name in ("public", "private"):
        shutil.copytree(tmp_path / name, tmp_path / "backup" / name)
    filled(world, *steps)
    for name in ("public", "private"):
        shutil.rmtree(tmp_path / name)
        shutil.copytree(tmp_path / "backup" / name, tmp_path / name)
    with pytest.raises(LogFork, match="different pasts") as caught:
        world.open()
    assert caught.value.clause == "6.18"
    # Without the register nothing on this machine remembers: then only a witness or a reader notices.
    Sequencer.open(world.public, world.state, SIGNER, Recorder()).close()


def test_a_register_that_is_spoiled_or_lost(world: World) -> None:
    filled(world, 7)
    remembered = world.register.read_bytes()
    assert remembered == world.check().encode()
    world.register.write_bytes(b"spoiled")
    refused(world, LogFork, "6.18")
    world.register.unlink()
    world.settle()
    assert world.register.read_bytes() == remembered


def test_another_history_of_the_same_size(world: World) -> None:
    filled(world, 7)
    (world.public / "checkpoint").write_bytes(sign_checkpoint(7, bytes(32), SIGNER).encode())
    refused(world, LogFork, "6.18")


def test_a_missing_or_spoiled_checkpoint(world: World) -> None:
    filled(world, 7)
    (world.public / "checkpoint").write_bytes(b"spoiled")
    refused(world, LogFork, "6.18")
    (world.public / "checkpoint").unlink()
    refused(world, LogFork, "6.18")


@pytest.mark.parametrize("path", ["tile/0/000.p/7", "tile/entries/000.p/7"])
def test_a_flipped_bit_in_a_tile(world: World, path: str) -> None:
    filled(world, 7)
    spoiled = bytearray((world.public / path).read_bytes())
    spoiled[-1] ^= 1
    (world.public / path).write_bytes(spoiled)
    refused(world, LogFork, "6.18")


def test_a_tile_that_changes_under_the_writer(world: World) -> None:
    filled(world, 7)
    log = world.open()
    world.submit(log, [b"more"])
    (world.public / "tile/0/000.p/7").write_bytes(bytes(7 * 32))
    with pytest.raises(LogFork):
        log.integrate()
    with pytest.raises(LogFork):
        log.submit([b"even more"])
    log.close()
    assert len(world.seen) == 1


def test_a_tile_is_never_written_over(world: World) -> None:
    filled(world, 7)
    log = world.open()
    world.submit(log, [b"more"])
    (world.public / "tile/0/000.p/8").write_bytes(bytes(8 * 32))
    with pytest.raises(LogFork, match="other bytes"):
        log.integrate()
    log.close()


def test_the_judge_that_raises(world: World) -> None:
    taken: list[bytes] = []

    def admit(entry: bytes) -> None:
        if entry.startswith(b"no"):
            raise Refused("4.1", "no")
        taken.append(entry)

    log = Sequencer.open(world.public, world.state, SIGNER, OneByOne(admit, taken.clear))
    kinds = [type(answer) for answer in log.submit([b"a", b"no", b"b"])]
    assert kinds == [Promise, Refused, Promise]
    log.close()
    log = Sequencer.open(world.public, world.state, SIGNER, OneByOne(admit, taken.clear))
    assert taken == [b"a", b"b"]
    log.close()
