"""How many two-signature reports a second does the server take, and how soon are they answered and included?

    python -m bench.intake [--stations N] [--rate R] [--json FILE]

The whole server (intake, publisher with its pages, checkpoints every second) and the load generator share the
machine. First as many as it takes (``most``: 64 connections, each with its next report), then a steady rate,
where the answer is timed from the instant at which the report was due. Inclusion ends when a reader sees a
checkpoint that holds the entry.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.load import write_entries
from bench.nation import LOG, Nation, signer
from limpide.canonical import sha256
from limpide.record.events import decode_event
from limpide.roles.fetching import FolderSource, read_log
from limpide.roles.server.creation import create
from limpide.roles.server.log_key import write_log_key
from limpide.roles.server.supervisor import serve

CONNECTIONS = 64
STEADY_CONNECTIONS = 256


@dataclass(frozen=True, slots=True)
class Phase:
    """What one run of the load generator measured."""

    name: str
    rate: float
    answer: Mapping[str, float]
    included: Mapping[str, float]
    cpu: Mapping[str, float]
    """Seconds of processor a second, by process."""

    def line(self) -> str:
        """One line for people."""
        cpu = ", ".join(f"{name} {share:.0%}" for name, share in self.cpu.items())
        return (
            f"{self.name:7} {self.rate:7.0f}/s   answer p50 {self.answer['p50'] * 1000:.0f} ms, "
            f"p99 {self.answer['p99'] * 1000:.0f} ms   included p50 {self.included['p50']:.2f} s, "
            f"p99 {self.included['p99']:.2f} s   cpu: {cpu}"
        )


def measure(stations: int, most: int, rate: float) -> Iterator[Phase]:
    with tempfile.TemporaryDirectory() as name, serving(Path(name), stations) as (address, nation, root):
        entries = list(nation.reports())
        write_entries(root / "entries", entries)
        yield run("most", root, address, entries, 0, CONNECTIONS, (0, most))
        time.sleep(8)  # the publisher takes what is left
        yield run("steady", root, address, entries, rate, STEADY_CONNECTIONS, (most, stations - most))


@contextmanager
def serving(root: Path, stations: int) -> Iterator[tuple[httpx.URL, Nation, Path]]:
    """A server whose first round is open and counting."""
    nation = Nation.make(stations)
    definition = decode_event(nation.definition)
    named = {ref.document for ref in definition.body.divisions}  # type: ignore[union-attr]
    write_log_key(root / "log.key", signer(LOG))
    documents = {digest: data for digest, data in nation.documents.items() if digest in named}
    create(root / "record", nation.definition, documents, root / "log.key")
    stop, started, addresses = threading.Event(), threading.Event(), [""]

    def ready(public: str, _private: str) -> None:
        addresses[0] = public
        started.set()

    server = threading.Thread(
        target=serve, args=(root / "record",), kwargs={"port": 0, "stop": stop, "ready": ready}
    )
    server.start()
    try:
        assert started.wait(60)
        with httpx.Client(base_url=addresses[0], timeout=60) as client:
            begin(client, nation)
        yield httpx.URL(addresses[0]), nation, root
    finally:
        stop.set()
        server.join()


def begin(client: httpx.Client, nation: Nation) -> None:
    """Sends roll, documents and opening, and waits until a publication says that counting has begun."""
    for entry in nation.opening:
        answer = client.post("/entries", content=entry)
        for digest in answer.json().get("documents", ()) if answer.status_code == httpx.codes.CONFLICT else ():
            client.put(f"/documents/{digest}", content=nation.documents[digest]).raise_for_status()
        client.post("/entries", content=entry).raise_for_status()
    size = 1 + len(nation.opening)
    while True:
        results = client.get("/data/results.json")
        if results.status_code == httpx.codes.OK and results.json()["size"] >= size:
            return
        time.sleep(0.2)


def run(
    name: str,
    root: Path,
    address: httpx.URL,
    entries: list[bytes],
    rate: float,
    connections: int,
    slice_: tuple[int, int],
) -> Phase:
    before, began = processor_seconds(), time.monotonic()
    result = root / "result.json"
    command = [
        sys.executable,
        "-m",
        "bench.load",
        address.host,
        str(address.port),
        str(root / "entries"),
        str(result),
    ]
    generator = subprocess.Popen([*command, str(rate), str(connections), *map(str, slice_)])
    spent = {}
    while generator.poll() is None:
        spent, elapsed = processor_seconds(), time.monotonic() - began
        time.sleep(0.2)
    assert generator.returncode == 0
    cpu = {part: (seconds - before.get(part, 0.0)) / elapsed for part, seconds in spent.items()}
    measured = json.loads(result.read_bytes())
    assert set(measured["statuses"]) == {200}, set(measured["statuses"])
    asked, answered = measured["asked"], measured["answered"]
    sent = entries[slice_[0] : slice_[0] + slice_[1]]
    seen = inclusion(root / "record" / "public", sent, measured["checkpoints"])
    return Phase(
        name,
        len(asked) / (max(answered) - min(asked)),
        percentiles([b - a for a, b in zip(asked, answered, strict=True)]),
        percentiles([b - a for a, b in zip(asked, seen, strict=True)]),
        cpu,
    )


def inclusion(public: Path, sent: list[bytes], checkpoints: list[tuple[float, int]]) -> list[float]:
    """For each entry the instant at which a reader saw a checkpoint that holds it."""
    size = checkpoints[-1][1]
    indices = {sha256(entry): index for index, entry in enumerate(read_log(FolderSource(public), size))}
    growth = iter(checkpoints)
    instant, held, seen = 0.0, 0, {}
    for digest in sorted((sha256(entry) for entry in sent), key=indices.__getitem__):
        while held <= indices[digest]:
            instant, held = next(growth)
        seen[digest] = instant
    return [seen[sha256(entry)] for entry in sent]


def percentiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        name: ordered[int(share * (len(ordered) - 1))] for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1))
    }


def processor_seconds() -> dict[str, float]:
    """Processor time so far of this process's children, by what they are."""
    spent = {}
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal():
            continue
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if int(fields[1]) == os.getpid() and b"-m" in words:
            name = words[words.index(b"-m") + 1].decode().rpartition(".")[2]
            spent[name] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stations", type=int, default=40_000)
    parser.add_argument("--most", type=int, default=10_000, help="reports sent as fast as they are answered")
    parser.add_argument("--rate", type=float, default=1000)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    phases = []
    for phase in measure(chosen.stations, chosen.most, chosen.rate):
        print(phase.line(), flush=True)
        phases.append(phase)
    if chosen.json:
        report = {
            p.name: {"rate": p.rate, "answer": p.answer, "included": p.included, "cpu": p.cpu} for p in phases
        }
        chosen.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
