"""How does a newcomer see the whole of it in two minutes?

The first round of the presidential election of 2017, station by station, played again: a server is started, stations
report to it over HTTP from a process of their own, the site grows, a mistake is corrected, a proclamation is
refused while a station is missing, then made; and the verifier recomputes everything.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from limpide.canonical import Refused
from limpide.record.definition import Text
from limpide.roles.client import Client, Crowd
from limpide.roles.drafts import read_draft
from limpide.roles.explaining import explain
from limpide.roles.folder import Folder, write_durably
from limpide.roles.rehearsal.house import LOG_KEY
from limpide.roles.rehearsal.replay import RESULTS, Report, Results, Tell
from limpide.roles.rehearsal.script import Script
from limpide.roles.rehearse import Prepared, prepare
from limpide.roles.server.configuration import read_configuration
from limpide.roles.server.supervisor import serve
from limpide.words import Language

NAME = Text(
    en="Rehearsal: presidential election of 2017, first round",
    fr="Répétition : élection présidentielle de 2017, premier tour",
)
PUBLICATION_SECONDS = 3.0
_POLL_SECONDS = 0.2
_PATIENCE_SECONDS = 120.0


class Serving:
    """The server of one record folder, supervised from a thread of this process."""

    def __init__(self, folder: Folder, port: int) -> None:
        self._stop, self._ready = threading.Event(), threading.Event()
        self._folder, self._port = folder.root, port
        self._thread = threading.Thread(target=self._run, name="server")
        self.address = ""
        self.status: int | None = None

    def start(self) -> str:
        """The public address, once the server takes entries; raises ``Refused`` when it does not start."""
        self._thread.start()
        while not self._ready.wait(_POLL_SECONDS):
            if not self._thread.is_alive():
                raise Refused("8.1", "the server did not start", subject=str(self._folder))
        return self.address

    def stop(self) -> None:
        """Stops the server; what it promised is on disk."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        def ready(public: str, _private: str) -> None:
            self.address = public
            self._ready.set()

        self.status = serve(self._folder, port=self._port, stop=self._stop, ready=ready)


@dataclass(slots=True)
class ServerVenue:
    """The play over HTTP, in real time."""

    client: Client
    counting_opens: str
    last: bytes = b""
    """The identity of the last entry that was added."""

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

    def report(self, reports: Sequence[Report], tell: Tell) -> None:
        """Has all stations report as fast as the server takes it, in the order of their arrival."""
        crowd = Crowd(self.client.address, [entry for _, entry in reports])
        began, seen = time.monotonic(), 0
        for answered in crowd.send():
            results = self._look()
            if results is not None and results.publication > seen:
                seen = results.publication
                (standing,) = results.contests
                tell(
                    "published",
                    publication=seen,
                    missing=standing.number("units_missing"),
                    rate=round(answered / (time.monotonic() - began)),
                )
        if crowd.refusals:
            raise Refused("8.2", f"{len(crowd.refusals)} reports refused: {crowd.refusals[0]}")
        self.last = read_draft(reports[-1][1]).note.identity

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
    _publish_often(prepared.folder)
    serving = Serving(prepared.folder, port)
    address = serving.start()
    try:
        tell("serving", address=address)
        with Client(address, language) as client:
            if prepared.roll is not None:
                entry, documents = prepared.roll
                client.post_with_documents(entry, documents)
            results = prepared.play.night(ServerVenue(client, opens), tell)
    except BaseException:
        serving.stop()
        raise
    return Demonstration(prepared, serving, results)


def _publish_often(folder: Folder) -> None:
    configuration = read_configuration(folder)
    lines = f'log_key = "{LOG_KEY}"\npublication_seconds = {min(PUBLICATION_SECONDS, configuration.publication_seconds)}\n'
    write_durably(folder.configuration, lines.encode(), folder.stage)
