"""2013: a false "correctif" stood on the official site for one night, and was gone by morning. R26."""

import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from primary import Begin, Primary, beginning

from limpide.roles.watching.answers import Site, make_client
from limpide.roles.watching.files import Pace
from limpide.roles.watching.trust import Trust
from limpide.roles.watching.watch import Round, Watch

TERRITORY = {"75": {"75000": ["75-1", "75-2"]}, "31": {"31000": ["31-1"]}}


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


class Served:
    """A folder behind a real HTTP server, as any newspaper would put it up."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(root)))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def address(self) -> str:
        """Where readers find it."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def copy(self, source: Path) -> None:
        """Becomes a copy of a folder."""
        shutil.copytree(source, self.root, dirs_exist_ok=True)

    def write(self, path: str, data: bytes) -> None:
        """Puts up a page."""
        (self.root / path).write_bytes(data)

    def read(self, path: str) -> bytes:
        """What stands there."""
        return (self.root / path).read_bytes()

    def stop(self) -> None:
        """Takes the server down."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Begins a primary in a folder of its own."""
    yield from beginning(tmp_path)


@pytest.fixture
def primary(begin: Begin) -> Primary:
    """Two of three stations have reported."""
    primary = begin(TERRITORY, ("aline", "basile"))
    primary.open()
    primary.count()
    primary.report("75-1", (10, 20))
    primary.report("31-1", (12, 4))
    primary.publish()
    return primary


class Scene:
    """The official site, a mirror, and somebody who watches both."""

    def __init__(self, primary: Primary, folder: Path) -> None:
        self.primary = primary
        self.folder = folder / "watch"
        self.official = Served(primary.house.folder.public)
        (folder / "mirror").mkdir()
        self.mirror = Served(folder / "mirror")
        self.mirror.copy(self.official.root)
        self._client = make_client()
        self._sites: list[Site] = []
        self.watch = self.start()

    def start(self, **settings: object) -> Watch:
        """A watcher that begins, or goes on after it was stopped."""
        self._sites = [Site(each.address, self._client, self.clock) for each in (self.official, self.mirror)]
        trust = Trust(self.primary.fingerprint)
        given = {"pace": Pace(), "patience": 0.6, **settings}
        return Watch(self.folder, self._sites, trust, self.clock, **given)  # type: ignore[arg-type]

    @staticmethod
    def clock() -> datetime:
        """Now."""
        return datetime.now(UTC)

    def clauses(self, result: Round | None = None) -> set[tuple[str, str]]:
        """What is told by a round: clause and what it is about."""
        return {(alarm.finding.clause, alarm.finding.subject) for alarm in (result or self.watch.round()).alarms}

    def evidence(self) -> dict[str, list[dict[str, object]]]:
        """All that is kept, by path."""
        kept: dict[str, list[dict[str, object]]] = {}
        for file in sorted(self.folder.glob("evidence/*/evidence.json")):
            listing = json.loads(file.read_bytes())
            listing["body"] = (file.parent / "body").read_bytes()
            kept.setdefault(str(listing["path"]), []).append(listing)
        return kept

    def close(self) -> None:
        """Takes everything down."""
        for served in (self.official, self.mirror):
            served.stop()
        for site in self._sites:
            site.close()
        self._client.close()


@pytest.fixture
def scene(primary: Primary, tmp_path: Path) -> Iterator[Scene]:
    """Both sites are up; the watcher has seen nothing yet."""
    scene = Scene(primary, tmp_path)
    yield scene
    scene.close()


def test_r26_true_sites_raise_no_alarm(scene: Scene) -> None:
    for _ in range(2):
        result = scene.watch.round()
        assert (result.standing, result.alarms, result.away) == ([], [], {})
    assert scene.evidence() == {}
