"""How does a newcomer see the whole of it in two minutes?

The first round of the presidential election of 2017, station by station, played again: a server is started,
stations report to it over HTTP from a process of their own, the site grows, a mistake is corrected, a proclamation
is refused while a station is missing, then made; and the verifier recomputes everything.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from limpide.canonical import Refused
from limpide.record.definition import Text
from limpide.roles.client import Client
from limpide.roles.crowd import Crowd
from limpide.roles.drafts import read_draft
from limpide.roles.folder import Folder, write_durably
from limpide.roles.rehearsal.house import LOG_KEY
from limpide.roles.rehearsal.replay import RESULTS, Report, Results, Tell
from limpide.roles.rehearsal.script import Script
from limpide.roles.rehearse import Prepared, prepare
from limpide.words import Language

NAME = Text(
    en="Rehearsal: presidential election of 2017, first round",
    fr="Répétition : élection présidentielle de 2017, premier tour",
)
_FEW = 10_000
_POLL_SECONDS = 0.2
_PATIENCE_SECONDS = 120.0


class Serving:
    """``limpide serve`` for one record folder, in a process of its own; what it says goes to ``server.log``."""

    def __init__(self, root: Path, port: int, language: Language) -> None:
        self._log = root / "server.log"
        command = [
            sys.executable,
            "-P",
            "-m",
            "limpide.cli",
            "serve",
            str(root),
            "--port",
            str(port),
            "--json",
            "--lang",
            language,
        ]
        with self._log.open("wb") as log:
            # a session of its own: Ctrl-C reaches us first, and we stop it
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                command, stdout=subprocess.PIPE, stderr=log, start_new_session=True
            )

    def address(self) -> str:
        """The public address, once entries are taken; raises ``Refused`` when the server does not start."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            said = self._log.read_text(errors="replace").strip().rpartition("\n")[2]
            raise Refused("8.1", f"the server did not start: {said}", subject=said)
        return str(msgspec.json.decode(line)["address"])

    def stop(self) -> None:
        """Stops the server; what it promised is on disk."""
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


@dataclass(slots=True)
class ServerVenue:
    """The play over HTTP, in real time."""

    client: Client
    counting_opens: str
    last: bytes = b""
    """The identity of the last entry that was added."""
    seen: int = 0
    """The last publication that was spoken of."""

    def add(self, entry: bytes) -> None:
        """Posts one entry."""
        self.client.post(entry)
        self.last = read_draft(entry).note.identity

    def publish(self) -> Results:
        """Waits until a publication covers the last entry that was added."""
        index = self.client.index_of(self.last)
        return self._await(lambda results: results.size > index)

    def open_counting(self) -> None:
        """Waits until a publication has reached the instant."""
        self._await(lambda results: results.instant >= self.counting_opens)

    def state(self, entries: Sequence[bytes]) -> None:
        """Has all stations state their turnout."""
        for _ in self._send(entries):
            pass

    def report(self, reports: Sequence[Report], tell: Tell) -> None:
        """Has all stations report as fast as the server takes it, in the order of their arrival."""
        for _ in self._send([entry for _, entry in reports]):
            results = self._look()
            if results is not None and results.publication > self.seen:
                self.seen = results.publication
                (standing,) = results.contests
                tell("published", publication=self.seen, missing=standing.number("units_missing"))

    def _send(self, entries: Sequence[bytes]) -> Iterator[int]:
        crowd = Crowd(self.client.address, entries)
        yield from crowd.send()
        if crowd.refusals:
            raise Refused("8.2", f"{len(crowd.refusals)} entries refused: {crowd.refusals[0]}")
        self.last = read_draft(entries[-1]).note.identity

    def _await(self, reached: Callable[[Results], bool]) -> Results:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            results = self._look()
            if results is not None and reached(results):
                return results
            time.sleep(_POLL_SECONDS)
        raise Refused("8.10", "no publication came", subject=self.client.address)

    def _look(self) -> Results | None:
        data = self.client.get(RESULTS)
        return msgspec.json.decode(data, type=Results) if data is not None else None


@dataclass(slots=True)
class Demonstration:
    """What is left when the play is over: the folder, and the server that shows it."""

    prepared: Prepared
    serving: Serving
    address: str
    results: Results


def demonstrate(script: Script, root: Path, *, port: int, language: Language, tell: Tell) -> Demonstration:
    """Plays the script over HTTP; the server is still up when this returns. Raises what refuses the play."""
    margin = timedelta(seconds=4 + len(script.stations) // 7000)
    opens = ""

    def counting_opens() -> str:
        nonlocal opens
        opens = (datetime.now(UTC) + margin).strftime("%Y-%m-%dT%H:%M:%SZ")
        return opens

    prepared = prepare(script, root, name=NAME, counting_opens=counting_opens, tell=tell, language=language)
    _publish_often(prepared.folder, len(script.stations))
    serving = Serving(prepared.folder.root, port, language)
    try:
        address = serving.address()
        tell("serving", address=address)
        with Client(address, language) as client:
            if prepared.roll is not None:
                entry, documents = prepared.roll
                client.post_with_documents(entry, documents)
            results = prepared.play.night(ServerVenue(client, opens), tell)
    except BaseException:
        serving.stop()
        raise
    return Demonstration(prepared, serving, address, results)


def _publish_often(folder: Folder, stations: int) -> None:
    """An audience of a demonstration does not wait: a publication every second, or every three of a nation."""
    seconds = 1 if stations <= _FEW else 3
    lines = f'log_key = "{LOG_KEY}"\npublication_seconds = {seconds}\ncheckpoint_seconds = 0.5\n'
    write_durably(folder.configuration, lines.encode(), folder.stage)
