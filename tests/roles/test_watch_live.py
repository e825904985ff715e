"""The real server under a watcher and a mirror: publications land between two fetches, without a false alarm."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx

from election import UNITS
from limpide.results.verification import Expectations, verify
from limpide.roles.fetching import FolderSource
from limpide.roles.watching.answers import Site, make_client
from limpide.roles.watching.mirror import Mirror
from limpide.roles.watching.settling import Patience
from limpide.roles.watching.trust import Trust
from limpide.roles.watching.watch import Watch
from limpide.site.pages import SitePages
from serving import SETTINGS, Served


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def night(served: Served, seconds: float) -> Iterator[threading.Event]:
    """Stations say how many have voted, all the time; the event is set when they have ended."""
    ended = threading.Event()
    entries = [served.night.turnout(unit, voters).note.encode() for unit in UNITS for voters in range(1, 7)]

    def stations() -> None:
        with httpx.Client(base_url=served.client.base_url) as client:
            for entry in entries:
                client.post("/entries", content=entry)
                if ended.wait(seconds / len(entries)):
                    return
        ended.set()

    playing = threading.Thread(target=stations)
    playing.start()
    try:
        yield ended
    finally:
        ended.set()
        playing.join()


def test_a_night_is_watched_and_mirrored_without_a_false_alarm(tmp_path: Path) -> None:
    settings = SETTINGS.replace("publication_seconds = 0.5", "publication_seconds = 0.1")
    with Served.create(tmp_path, settings=settings) as served, make_client() as client:
        served.begin_counting()
        with Site(str(served.client.base_url), client, now) as site, night(served, 2.5) as ended:
            trust = Trust(served.night.record.event(0).id.hex())
            watch = Watch(tmp_path / "watch", [site], trust, now)
            mirror = Mirror(tmp_path / "mirror", site, trust, now, patience=Patience(5.0))
            seen = []
            while not ended.is_set():
                result = watch.round()
                assert (result.standing, result.alarms, result.away) == ([], [], {})
                seen.append(watch.held.versions.number)
                copied = mirror.round()
                assert (copied.faults, copied.away) == ([], "")
            assert seen == sorted(seen)
            assert seen[-1] > seen[0]
        assert not list((tmp_path / "watch" / "evidence").glob("*/evidence.json"))
        copy = FolderSource(tmp_path / "mirror" / "public")
        verified = verify(copy, SitePages, Expectations(trust.fingerprint))
        assert verified.faults == []
        assert verified.edition is not None


def test_the_page_of_a_station_is_no_invention(served: Served, tmp_path: Path) -> None:
    """Made on request by the server, from the record: not in the manifest, and yet yielded."""
    path = served.client.get(f"/unit/1/{UNITS[0]}").headers["location"]
    with make_client() as client, Site(str(served.client.base_url), client, now) as site:
        trust = Trust(served.night.record.event(0).id.hex())
        watch = Watch(tmp_path / "watch", [site], trust, now, pages=[path, f"/unit/1/{UNITS[0]}"])
        assert watch.round().standing == []
