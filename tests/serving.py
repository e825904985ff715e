"""A real server on a free loopback port, in processes of its own, for the tiny election.

    with Served.create(folder) as served:
        served.post(served.night.open())

The night beside it judges the same entries, so that a test can sign what fits.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self, TextIO

import httpx

from election import HOURS, LOG, QUORUM, ROUNDS, Night, make_definition, sign, signer
from limpide.record.definition import Definition, Round
from limpide.record.events import SignedEvent
from limpide.roles.fetching import FolderSource, read_log
from limpide.roles.folder import Folder
from limpide.roles.server.creation import create
from limpide.roles.server.log_key import write_log_key

_PROGRAM = """
import sys
from pathlib import Path
from limpide.roles.server.supervisor import serve
sys.exit(serve(Path(sys.argv[1]), port=0, ready=lambda *addresses: print(*addresses, flush=True)))
"""
SETTINGS = "publication_seconds = 0.5\ncheckpoint_seconds = 0.2\nbody_seconds = 1.0\nrequests = 512\n"
PATIENCE = 30.0


def definition_now(**changes: object) -> tuple[Definition, dict[str, bytes]]:
    """The tiny election on the day of the test: counting opened an hour ago."""
    opened = datetime.now(UTC) - timedelta(hours=1)
    instants = {number: (opened + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ") for number in ROUNDS}
    rounds = tuple(
        Round(counting_opens=instants[n], date=instants[n][:10], number=n, turnout_hours=HOURS) for n in ROUNDS
    )
    return make_definition(**{"rounds": rounds, **changes})


@dataclass(slots=True)
class Served:
    """A record folder and the server over it."""

    folder: Folder
    night: Night
    process: "subprocess.Popen[str] | None" = None
    client: httpx.Client = field(init=False)
    private: str = ""

    @classmethod
    def create(cls, root: Path, *, settings: str = SETTINGS, **changes: object) -> Self:
        """A new record, not served yet."""
        definition, documents = definition_now(**changes)
        key = root / "log.key"
        write_log_key(key, signer(LOG))
        create(root / "record", sign(definition, ("organiser", *QUORUM)).note.encode(), documents, key)
        folder = Folder(root / "record")
        with folder.configuration.open("a") as file:
            file.write(settings)
        return cls(folder, Night.begin(definition, documents))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, errors: TextIO | None = None) -> None:
        """Starts supervisor, intake and publisher, and waits until entries are taken."""
        command = [sys.executable, "-c", _PROGRAM, str(self.folder.root)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline().split()
        assert line, f"the server did not start: {self.process.wait()}"
        public, self.private = line
        self.client = httpx.Client(base_url=public, timeout=PATIENCE)

    def stop(self) -> int:
        """Ends the server as an operator does; gives its exit status."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends every process of the server at once, as a power cut does."""
        for process in (*self.parts().values(), *([self.process.pid] if self.process else [])):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.client.close()
        self.process = None
        return status

    def parts(self) -> dict[str, int]:
        """The processes that the supervisor has started, by name."""
        found = {}
        for process in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                words = (process / "cmdline").read_bytes().decode().split("\0") if process.name.isdecimal() else ()
                if str(self.folder.root) in words and "-m" in words:
                    found[words[words.index("-m") + 1].rpartition(".")[2]] = int(process.name)
        return found

    def post(self, event: SignedEvent | bytes) -> httpx.Response:
        """Sends an entry."""
        return self.client.post("/entries", content=event if isinstance(event, bytes) else event.note.encode())

    def taken(self, event: SignedEvent) -> SignedEvent:
        """Sends an entry that must be taken."""
        answer = self.post(event)
        assert answer.status_code == 200, answer.text
        return event

    def commit_roll(self) -> None:
        """Sends the roll with its documents, as the server asks for them."""
        event = self.night.commit_roll()
        for digest in self.post(event).json()["documents"]:
            assert self.client.put(f"/documents/{digest}", content=self.night.documents[digest]).status_code == 201
        self.taken(event)

    def begin_counting(self) -> None:
        """Roll, opening, and a publication of today: from now on stations may report."""
        self.commit_roll()
        self.taken(self.night.open())
        self.await_publication()
        # the night beside goes on from what the server has published
        for entry in list(self.log())[self.night.record.size :]:
            self.night.submit(entry)

    def await_publication(self, size: int | None = None) -> int:
        """The number of a publication that covers ``size`` entries (all of the night), once it is in place."""
        wanted = self.night.record.size if size is None else size
        for _ in _until(PATIENCE):
            answer = self.client.get("/data/results.json")
            if answer.status_code == httpx.codes.OK and answer.json()["size"] >= wanted:
                return int(answer.json()["publication"])
        raise AssertionError("no publication came")

    def await_included(self, size: int) -> None:
        """Waits until the checkpoint holds ``size`` entries."""
        for _ in _until(PATIENCE):
            if int(self.client.get("/checkpoint").text.split("\n")[1]) >= size:
                return
        raise AssertionError("no checkpoint came")

    def log(self) -> Iterator[bytes]:
        """The entries of the published log."""
        source = FolderSource(self.folder.public)
        size = int((self.folder.public / "checkpoint").read_text().split("\n")[1])
        return read_log(source, size)


def _until(seconds: float) -> Iterator[None]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(0.05)
