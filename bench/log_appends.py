"""Log appends alone: ours, ``tlog-scales``, and Tessera POSIX where Go is present. Same entries, same run.

Ours promises first: a batch is judged and durable in the state when it is answered, then in tiles under a
signed checkpoint. As in the server, one thread submits and another integrates what has been promised, without
pause; the clock stops when a published checkpoint holds the last entry. ``tlog-scales`` writes tiles and a
checkpoint for each batch; Tessera is handed all entries at once and chooses its own checkpoints. Contestants take
turns; the figures are medians over the rounds, with the spread.

    python -m bench.log_appends [entries] [batch] [rounds]
"""

import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tlog_scales import signing, writer

from limpide.log.judge import OneByOne
from limpide.log.sequencer import Promise, Sequencer
from limpide.log.tiles import encode_entries
from limpide.signing import Signer

SEED = bytes(range(32))
ORIGIN = "example.org/log"
ENTRY = 700
"""Bytes of an entry: a report with two signatures."""

Contestant = Callable[[Sequence[bytes], int, Path], float]


def limpide(entries: Sequence[bytes], batch: int, folder: Path) -> float:
    signer = Signer(ORIGIN, SEED)
    Sequencer.create(folder / "public", folder / "private/state", signer)
    log = Sequencer.open(folder / "public", folder / "private/state", signer, OneByOne(len))
    start = time.perf_counter()
    submitting = threading.Thread(target=submit_all, args=(log, entries, batch))
    submitting.start()
    while log.checkpoint.size < len(entries):
        log.integrate()
        if log.size == log.checkpoint.size:
            time.sleep(0.001)
    seconds = time.perf_counter() - start
    submitting.join()
    assert log.checkpoint.size == len(entries)
    log.close()
    return seconds


def submit_all(log: Sequencer, entries: Sequence[bytes], batch: int) -> None:
    for at in range(0, len(entries), batch):
        assert all(isinstance(answer, Promise) for answer in log.submit(entries[at : at + batch]))


def scales(entries: Sequence[bytes], batch: int, folder: Path) -> float:
    signer = signing.PlainEd25519Signer(ORIGIN, SEED)
    log = writer.TilesWriter.create(folder / "public", ORIGIN)
    start = time.perf_counter()
    for at in range(0, len(entries), batch):
        for entry in entries[at : at + batch]:
            log.add_leaf(entry)
        log.commit([signer])
    seconds = time.perf_counter() - start
    assert log.size == len(entries)
    return seconds


def build_tessera(folder: Path) -> Contestant | None:
    source = Path(__file__).with_name("tessera")
    if shutil.which("go") is None:
        print("Tessera is left out: Go is not installed.", file=sys.stderr)
        return None
    program = folder / "tessera"
    built = subprocess.run(["go", "build", "-o", program, "."], cwd=source, capture_output=True, check=False)
    if built.returncode:
        print("Tessera is left out: it could not be built (no network?).", file=sys.stderr)
        return None

    def tessera(entries: Sequence[bytes], batch: int, place: Path) -> float:
        listed = folder / "entries"
        listed.write_bytes(encode_entries(entries))
        run = subprocess.run(
            [program, listed, place / "log", str(batch)], capture_output=True, text=True, check=True
        )
        return float(run.stdout)

    return tessera


def main(count: int = 50_000, batch: int = 1000, rounds: int = 5) -> None:
    source = random.Random(count)
    entries = [b"%08d" % number + source.randbytes(ENTRY - 8) for number in range(count)]
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        contestants: dict[str, Contestant] = {"limpide": limpide, "tlog-scales": scales}
        if (tessera := build_tessera(folder)) is not None:
            contestants["tessera"] = tessera
        seconds: dict[str, list[float]] = {each: [] for each in contestants}
        for number in range(rounds):
            for each, run in contestants.items():
                place = folder / f"{each}-{number}"
                place.mkdir()
                seconds[each].append(run(entries, batch, place))
                shutil.rmtree(place)
    report(seconds, count, batch)


def report(seconds: dict[str, list[float]], count: int, batch: int) -> None:
    print(f"{count} entries of {ENTRY} bytes, {batch} at a time, {len(seconds['limpide'])} rounds")
    for name, times in seconds.items():
        ratios = sorted(theirs / ours for theirs, ours in zip(times, seconds["limpide"], strict=True))
        rate = count / statistics.median(times)
        ratio = statistics.median(ratios)
        print(f"{name:12} {rate:9.0f} /s   time / ours {ratio:5.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f})")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
