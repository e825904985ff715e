"""How long does a secret ballot take to make and to verify, beside known tools on the same machine?

    python -m bench.ballots [make] [ed25519] [field] [memory] [decryption] [--ballots N]

Seven candidates, exactly one. Ed25519 is measured in units of one libsodium variable-base multiplication,
interleaved with the work, quiet value; BELENIOS-2048 against the stock tool on the same archive.
"""

import argparse
import io
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from nacl.bindings import crypto_scalarmult_ed25519_noclamp

from limpide.belenios import ceremony as steps
from limpide.belenios.archive import ArchiveWriter
from limpide.belenios.casting import make_ballot
from limpide.belenios.ceremony import Ceremony
from limpide.belenios.credentials import write_credentials
from limpide.belenios.election import Homomorphic, read_election, write_election
from limpide.belenios.events import EventWriter
from limpide.belenios.keys import draw_private_key, draw_seed, partial_decryption, public_key
from limpide.belenios.suite import Suite, suite
from limpide.belenios.trustees import read_trustees
from limpide.belenios.verification import verify
from limpide.belenios.wire import encode
from limpide.roles import ballot_box
from limpide.roles.engines import engine

CANDIDATES = 7
UUID = "Bench1Bench1Be"
NOW = 1_700_000_000
POINT = bytes.fromhex("58" + "66" * 31)
SCALAR = (2**252 - 12345).to_bytes(32, "little")


def anchor(times: int = 20) -> float:
    """Seconds of one libsodium multiplication, the best of a few."""
    best = 1.0
    for _ in range(times):
        start = time.perf_counter()
        crypto_scalarmult_ed25519_noclamp(SCALAR, POINT)
        best = min(best, time.perf_counter() - start)
    return best


def say(what: str, **figures: float | str) -> None:
    print(json.dumps({"what": what, **figures}), flush=True)


def threshold_keys(chosen: Suite, k: int, n: int, draw: Callable[[int], int]) -> tuple[bytes, dict[int, int]]:
    agreed = Ceremony(chosen, n, k)
    seeds = {i: draw_seed(draw) for i in range(1, n + 1)}
    certs = {i: steps.certificate(agreed, i, seeds[i], draw) for i in seeds}
    polynomials = {i: steps.polynomial(agreed, seeds[i], certs, draw) for i in seeds}
    inputs = steps.route(agreed, certs, polynomials)
    outputs = {i: steps.share(agreed, seeds[i], certs, inputs[i], draw)[0] for i in seeds}
    shares = {i: steps.open_share(chosen, seeds[i], json.loads(outputs[i])["private_key"]) for i in seeds}
    return encode([("Pedersen", steps.assemble(agreed, certs, polynomials, outputs))]), shares


def build(path: Path, group: str, count: int, *, threshold: bool = False) -> dict[int, int]:
    """A whole election of ``count`` voters, closed and tallied; returns the trustees' secrets."""
    draw = random.Random(1).randrange
    chosen = suite(group)
    if threshold:
        trustees, shares = threshold_keys(chosen, 3, 5, draw)
    else:
        x = draw_private_key(chosen, draw)
        trustees, shares = encode([("Single", public_key(chosen, x, draw))]), {1: x}
    key = chosen.group.product(item.key for item in read_trustees(chosen, trustees).items)
    question = Homomorphic("Who?", tuple(f"Candidate {i}" for i in range(1, CANDIDATES + 1)), 1, 1, blank=False)
    raw = write_election(
        uuid=UUID,
        name="Bench",
        description="",
        chosen=chosen,
        public_key=chosen.group.encode(key),
        questions=[question],
    )
    exponents = [draw(chosen.group.q) for _ in range(count)]
    credentials = write_credentials(chosen.group, [(chosen.group.g.power(x), None) for x in exponents])
    with path.open("w+b") as stream:
        writer = EventWriter(ArchiveWriter.create(stream, NOW))
        writer.setup(raw, trustees, credentials)
        jobs = [(raw, i, exponents[i : i + 50]) for i in range(0, count, 50)]
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            for ballots in pool.map(_cast, jobs):
                for ballot in ballots:
                    writer.append("Ballot", ballot)
        stream.flush()
        ballot_box.close_box(stream, verify(stream, engine=engine()))
    return shares


def _cast(job: tuple[bytes, int, list[int]]) -> list[bytes]:
    raw, first, exponents = job
    election = read_election(raw)
    draw = random.Random(first).randrange
    return [make_ballot(election, x, [_one(draw(CANDIDATES))], draw) for x in exponents]


def _one(chosen: int) -> list[int]:
    return [int(i == chosen) for i in range(CANDIDATES)]


def finish(path: Path, shares: dict[int, int]) -> None:
    """Decrypts with the first three trustees at most and publishes."""
    draw = random.Random(2).randrange
    with path.open("r+b") as stream:
        for owner in list(shares)[:3]:
            verdict = verify(stream, engine=engine())
            assert verdict.election
            assert verdict.tally
            part = partial_decryption(verdict.election, shares[owner], verdict.tally, draw)
            ballot_box.add_decryption(stream, verdict, part)
        ballot_box.publish(stream, verify(stream, engine=engine()))


def judge(path: Path, cores: int) -> None:
    """Run in a process of its own: the seconds of one verification, the anchor, the memory."""
    if cores == 1:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    anchors: list[float] = []
    spent = processor_spent = 0.0

    def interleave(done: int) -> None:
        nonlocal spent, processor_spent
        if done % 512 == 0:
            start, processor = time.perf_counter(), time.process_time()
            anchors.append(anchor())
            spent += time.perf_counter() - start
            processor_spent += time.process_time() - processor

    with path.open("rb") as stream:
        start, processor = time.perf_counter(), time.process_time()
        verdict = verify(stream, engine=engine(cores), progress=interleave)
        seconds = time.perf_counter() - start - spent
        processor = time.process_time() - processor - processor_spent
    assert verdict.proven, verdict.faults
    used = resource.getrusage(resource.RUSAGE_SELF)
    quiet = min(anchors, default=anchor())
    usual = statistics.median(anchors or [quiet])
    figures = {
        "seconds": seconds,
        "processor": processor,
        "quiet": quiet,
        "usual": usual,
        "megabytes": used.ru_maxrss // 1024,
    }
    print(json.dumps(figures))


def measured(path: Path, cores: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.ballots", "--judge", str(path), "--cores", str(cores)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def bench_make() -> None:
    """One core, both groups."""
    for group, count in (("Ed25519", 200), ("BELENIOS-2048", 10)):
        chosen = suite(group)
        draw = random.Random(3).randrange
        key = chosen.group.encode(chosen.group.g.power(draw_private_key(chosen, draw)))
        question = Homomorphic("Who?", tuple(map(str, range(CANDIDATES))), 1, 1, blank=False)
        raw = write_election(
            uuid=UUID, name="", description="", chosen=chosen, public_key=key, questions=[question]
        )
        election = read_election(raw)
        times = []
        for _ in range(count):
            start = time.perf_counter()
            make_ballot(election, draw(chosen.group.q), [_one(draw(CANDIDATES))], draw)
            times.append(time.perf_counter() - start)
        say(f"make {group}", ms_median=1e3 * statistics.median(times), ms_quiet=1e3 * min(times))


def bench_ed25519(folder: Path, count: int) -> None:
    path = folder / f"ed25519-{count}.bel"
    finish(path, build(path, "Ed25519", count))
    one = measured(path, 1)
    two = measured(path, 2)
    # On one pinned core processor time is wall time, without what other programs took of the core.
    each = one["processor"] / count
    say(
        f"verify Ed25519, {count} ballots",
        processor_us_a_ballot_one_core=1e6 * each,
        us_a_ballot_one_core=1e6 * one["seconds"] / count,
        us_a_ballot_two_cores=1e6 * two["seconds"] / count,
        units_of_quiet_libsodium=each / one["quiet"],
        units_of_usual_libsodium=each / one["usual"],
        libsodium_us=1e6 * one["quiet"],
        speedup_of_two_cores=one["seconds"] / two["seconds"],
        megabytes=one["megabytes"],
    )


def bench_field(folder: Path, count: int = 1000) -> None:
    path = folder / f"{UUID}.bel"
    finish(path, build(path, "BELENIOS-2048", count))
    ours = measured(path, 2)["seconds"]
    alone = measured(path, 1)
    figures: dict[str, float | str] = {
        "ms_a_ballot_two_cores": 1e3 * ours / count,
        "ms_a_ballot_one_core": 1e3 * alone["seconds"] / count,
        "processor_ms_a_ballot_one_core": 1e3 * alone["processor"] / count,
    }
    if shutil.which("belenios-tool"):
        alone_folder = folder / "stock"
        alone_folder.mkdir()
        shutil.copy(path, alone_folder)
        start = time.perf_counter()
        subprocess.run(
            ["belenios-tool", "election", "verify", "--dir", alone_folder], check=True, capture_output=True
        )
        stock = time.perf_counter() - start
        figures |= {"stock_ms_a_ballot": 1e3 * stock / count, "times_faster": stock / ours}
    say(f"verify BELENIOS-2048, {count} ballots", **figures)


def bench_memory(folder: Path, count: int) -> None:
    for ballots in (count // 5, count):
        path = folder / f"memory-{ballots}.bel"
        build(path, "Ed25519", ballots)
        found = measured(path, 2)
        say(
            f"memory, {ballots} ballots",
            megabytes=found["megabytes"],
            us_a_ballot=1e6 * found["seconds"] / ballots,
            archive_megabytes=path.stat().st_size / 2**20,
        )


def bench_decryption(folder: Path, count: int) -> None:
    path = folder / "threshold.bel"
    shares = build(path, "Ed25519", count, threshold=True)
    with path.open("rb") as stream:
        verdict = verify(io.BytesIO(stream.read()), engine=engine())
    assert verdict.election
    assert verdict.tally
    start = time.perf_counter()
    partial_decryption(verdict.election, shares[1], verdict.tally, random.Random(4).randrange)
    partial = time.perf_counter() - start
    start = time.perf_counter()
    finish(path, shares)
    say(
        f"decryption by 3 of 5, {count} ballots",
        ms_a_partial_decryption=1e3 * partial,
        seconds_with_four_verifications=time.perf_counter() - start,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["make", "ed25519", "field"])
    parser.add_argument("--ballots", type=int, default=20_000)
    parser.add_argument("--judge", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--cores", type=int, default=1, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.judge:
        judge(given.judge, given.cores)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts: dict[str, Callable[[], None]] = {
            "make": bench_make,
            "ed25519": lambda: bench_ed25519(folder, given.ballots),
            "field": lambda: bench_field(folder),
            "memory": lambda: bench_memory(folder, 5 * given.ballots),
            "decryption": lambda: bench_decryption(folder, given.ballots),
        }
        for part in given.parts:
            parts[part]()


if __name__ == "__main__":
    main()
