"""How long does the whole verifier take on a national record, beside the same signature checks by a peer?

The peer is the ``cryptography`` package, one core, checking exactly the signatures of the record's reports in
this run. Printed: seconds of both, their ratio, and the memory of the verifier's processes together.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bench.nation import Nation, signer, write_folder
from limpide.log.tiles import read_entries
from limpide.record.events import StationReport, decode_event
from limpide.site.pages import SitePages

STATIONS = 69_242
RUNS = 2
BATCH = 2_500


def run(stations: int = STATIONS, runs: int = RUNS) -> dict[str, object]:
    """The measurement, as the figures that ``docs/performance.md`` keeps."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "record"
        record = write_folder(folder, Nation.make(stations), SitePages, BATCH)
        size = record.size
        del record
        pairs = [(peer_seconds(folder, size), *verify_seconds(folder)) for _ in range(runs)]
    return {
        "stations": stations,
        "publications": -(-stations // BATCH) + 1,
        "peer_seconds": [round(peer, 2) for peer, _, _ in pairs],
        "verify_seconds": [round(ours, 2) for _, ours, _ in pairs],
        "ratios": [round(ours / peer, 2) for peer, ours, _ in pairs],
        "peak_megabytes": max(round(memory) for _, _, memory in pairs),
    }


def peer_seconds(folder: Path, size: int) -> float:
    """The same signatures by ``cryptography`` on one core; keys and messages are at hand."""
    checks = []
    for entry in read_entries(lambda path: _read(folder / path), size, 0, size):
        event = decode_event(entry)
        if isinstance(event.body, StationReport):
            checks += [(signer(line.name).key.public, event.note.text, line.blob) for line in event.note.lines]
    start = time.perf_counter()
    for public, text, blob in checks:
        Ed25519PublicKey.from_public_bytes(public).verify(blob, text)
    return time.perf_counter() - start


def verify_seconds(folder: Path) -> tuple[float, float]:
    """Seconds of ``limpide verify`` as a user starts it, and the peak of its processes' memory in megabytes."""
    command = [str(Path(sys.executable).with_name("limpide")), "verify", str(folder), "--json"]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        peak = [0.0]
        watcher = threading.Thread(target=_watch, args=(process, peak))
        watcher.start()
        process.wait()
        watcher.join()
    if process.returncode:
        raise SystemExit(f"the verifier found a fault: {process.returncode}")
    return time.perf_counter() - start, peak[0]


def _watch(process: "subprocess.Popen[bytes]", peak: list[float]) -> None:
    """Proportional set size of the process and its children: pages shared after a fork count once."""
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(_pss, [process.pid, *_children(process.pid)])) / 1024)
        time.sleep(0.1)


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    json.dump(run(), sys.stdout, indent=1)
