"""What is left when the power goes, whenever it goes?"""

import os
import signal
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from election import LOG, UNITS, Night, signer
from limpide.canonical import LimpideError
from limpide.log.check import check_growth
from limpide.log.checkpoint import open_checkpoint
from limpide.log.sequencer import Sequencer
from limpide.record.events import SignedEvent
from limpide.results.findings import Finding
from limpide.results.publication import MANIFEST
from limpide.results.verification import Expectations, verify
from limpide.roles.fetching import FolderSource
from limpide.roles.server.judge import RecordJudge
from limpide.roles.server.publisher import Publishing
from limpide.roles.server.supervisor import REFUSED, serve
from limpide.site.pages import SitePages
from serving import Served


def _many(night: Night) -> list[SignedEvent]:
    """144 entries that may come in any order."""
    turnouts = [
        night.turnout(unit, voters, hour) for unit in UNITS for voters in range(1, 9) for hour in ("12:00", "17:00")
    ]
    return [*turnouts, *(night.report(unit, (first, 30, 20)) for unit in UNITS for first in range(8))]


def _faults(served: Served) -> list[Finding]:
    """What the public verifier finds, the missing fingerprint aside."""
    result = verify(FolderSource(served.folder.public), SitePages, Expectations())
    assert result.edition is not None
    return result.faults


def _send(address: httpx.URL, entries: list[SignedEvent], answers: dict[bytes, bytes]) -> None:
    with httpx.Client(base_url=address, timeout=10) as client:
        for event in entries:
            try:
                answer = client.post("/entries", content=event.note.encode())
            except httpx.TransportError:
                return
            if answer.status_code == 200:
                answers[event.note.encode()] = answer.content


def test_killed_in_mid_intake_everything_promised_is_there(tmp_path: Path) -> None:
    served = Served.create(tmp_path)
    answers: dict[bytes, bytes] = {}
    served.start()
    served.begin_counting()
    entries = _many(served.night)
    earlier = open_checkpoint((served.folder.public / "checkpoint").read_bytes(), signer(LOG).key)
    for kill_at in (30, 60, 100):
        left = [event for event in entries if event.note.encode() not in answers]
        senders = [
            threading.Thread(target=_send, args=(served.client.base_url, left[start::4], answers))
            for start in range(4)
        ]
        for sender in senders:
            sender.start()
        while len(answers) < kill_at and any(sender.is_alive() for sender in senders):
            time.sleep(0.001)
        served.kill()
        for sender in senders:
            sender.join()
        served.start()
        latest = open_checkpoint((served.folder.public / "checkpoint").read_bytes(), signer(LOG).key)
        check_growth(FolderSource(served.folder.public).read, earlier, latest)
        earlier = latest
        for entry, answer in answers.items():
            assert served.post(entry).content == answer
    for event in entries:
        served.taken(event)
    accepted = httpx.get(f"{served.private}/health").json()["accepted"]
    served.await_included(accepted)
    log = list(served.log())
    assert {event.note.encode() for event in entries} <= set(log)
    assert len(log) == len(set(log))
    served.await_publication(accepted)
    assert served.stop() == 0
    assert _faults(served) == []


def test_intake_and_publisher_are_started_again(tmp_path: Path) -> None:
    with Served.create(tmp_path) as served:
        served.begin_counting()
        for name, unit in (("intake", UNITS[0]), ("publishing", UNITS[1]), ("publishing", UNITS[2])):
            os.kill(_running(served, name), signal.SIGKILL)
            event = served.night.report(unit, (40, 30, 20))
            for _ in range(200):
                try:
                    if served.post(event).status_code == 200:
                        break
                except httpx.TransportError:
                    pass
                time.sleep(0.05)
            served.await_included(served.night.record.size)
        served.await_publication()
        served.stop()
        assert _faults(served) == []


def _running(served: Served, name: str) -> int:
    """The process of that part, once the supervisor has started it."""
    for _ in range(200):
        if name in served.parts():
            return served.parts()[name]
        time.sleep(0.05)
    raise AssertionError(f"{name} was not started again")


def test_a_second_server_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with Served.create(tmp_path) as served:
        assert serve(served.folder.root, port=0, stop=threading.Event()) == REFUSED
        assert "another sequencer is writing this log" in capfd.readouterr().err
        served.commit_roll()


def test_stopped_cleanly_nothing_stays_behind(tmp_path: Path) -> None:
    served = Served.create(tmp_path)
    served.start()
    served.commit_roll()
    assert set(served.parts()) == {"intake", "publishing"}
    size = served.night.record.size
    assert served.stop() == 0
    assert served.parts() == {}
    assert len(list(served.log())) >= size


def test_without_the_supervisor_nothing_goes_on(tmp_path: Path) -> None:
    served = Served.create(tmp_path)
    served.start()
    assert served.process is not None
    os.kill(served.process.pid, signal.SIGKILL)
    for _ in range(200):
        if not served.parts():
            break
        time.sleep(0.05)
    assert served.parts() == {}
    served.kill()


class _Interrupted(Exception):
    pass


class _Room:
    """A log and a publisher in this process, the publisher interrupted where a test wants."""

    def __init__(self, root: Path) -> None:
        served = Served.create(root)
        self.folder, self.night = served.folder, served.night
        judge = RecordJudge(self.folder.document)
        self.log = Sequencer.open(self.folder.public, self.folder.sequencer, signer(LOG), judge)
        self.night.commit_roll()
        for data in self.night.documents.values():
            self.folder.store_document(data)
        self.night.open()
        self.add(*(self.night.record.event(index).note.encode() for index in range(1, self.night.record.size)))

    def add(self, *entries: bytes) -> None:
        for answer in self.log.submit(entries):
            if isinstance(answer, LimpideError):
                raise answer
        self.log.integrate()
        self.night.record = Night.begin(self.night.record.register.definition, self.night.documents).record
        for entry in list(self.log.entries(1, self.log.size)):
            self.night.submit(entry)

    def publishing(self) -> Publishing:
        return Publishing(self.folder, signer(LOG), self.add, lambda r: SitePages(r.register))

    def faults(self) -> list[Finding]:
        return verify(FolderSource(self.folder.public), SitePages, Expectations()).faults


def _now(plus: int) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=plus)


@pytest.mark.parametrize("where", ["staging", "before the post", "after the post", "moving", "before the manifest"])
def test_interrupted_publication(tmp_path: Path, where: str) -> None:
    room = _Room(tmp_path)
    first = room.publishing()
    assert first.restore() == 0
    assert first.publish(_now(0)) is not None
    assert room.faults() == []
    room.add(room.night.report(UNITS[0], (40, 30, 20)).note.encode())
    with pytest.MonkeyPatch.context() as patch:
        _interrupt(first, where, patch)
        with pytest.raises(_Interrupted):
            first.publish(_now(1))
    again = room.publishing()
    again.restore()
    on_record = where in ("after the post", "moving", "before the manifest")
    assert len(room.night.record.publications()) == 1 + on_record
    assert (again.publish(_now(2)) is None) == on_record
    assert room.faults() == []
    assert not any(path.is_file() for path in room.folder.edition.rglob("*"))
    room.log.close()


def _interrupt(publishing: Publishing, where: str, patch: pytest.MonkeyPatch) -> None:
    """Makes the publisher break off at that point."""
    stage, place, post = Publishing.stage, Publishing.place, publishing.post

    def broken_stage(self: Publishing, files: Mapping[str, bytes]) -> None:
        if where == "staging":
            stage(self, dict(list(files.items())[:3]))
            raise _Interrupted
        stage(self, files)

    def broken_place(self: Publishing, files: Mapping[str, bytes]) -> None:
        kept = {path: data for path, data in files.items() if not path.startswith("manifest")}
        place(self, kept if where == "before the manifest" else dict(list(kept.items())[:3]))
        raise _Interrupted

    def broken_post(entry: bytes) -> None:
        if where != "before the post":
            post(entry)
        if where in ("before the post", "after the post"):
            raise _Interrupted

    patch.setattr(Publishing, "stage", broken_stage)
    patch.setattr(Publishing, "place", broken_place)
    publishing.post = broken_post


def test_restored_files_are_those_of_the_publication_on_record(tmp_path: Path) -> None:
    """Tables are not of the last publication: a fresh publisher makes them as they were."""
    room = _Room(tmp_path)
    publishing = room.publishing()
    publishing.restore()
    assert publishing.publish(_now(0)) is not None
    for second, unit in enumerate(UNITS[:4], start=1):
        room.add(room.night.report(unit, (40, 30, 20)).note.encode())
        assert publishing.publish(_now(second)) is not None
    files = {path: path.read_bytes() for path in room.folder.public.rglob("*") if path.is_file()}
    assert room.publishing().restore() == 0
    (room.folder.public / MANIFEST).unlink()
    (room.folder.public / "index.html").write_bytes(b"another page")
    assert room.publishing().restore() == 2
    assert {path: path.read_bytes() for path in room.folder.public.rglob("*") if path.is_file()} == files
    assert room.faults() == []
    room.log.close()
