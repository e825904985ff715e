"""Is the copy of a site that goes on changing a copy of one moment?"""

import shutil
import threading
from pathlib import Path

import httpx
import pytest

from election import UNITS
from limpide.canonical import Refused
from limpide.results.verification import Expectations, verify
from limpide.roles.fetching import FolderSource, SiteSource, Unreachable
from limpide.roles.mirroring import copy_site
from limpide.site.pages import SitePages
from serving import SETTINGS, Served


def test_copied_in_the_middle_of_the_night(tmp_path: Path) -> None:
    settings = SETTINGS.replace("publication_seconds = 0.5", "publication_seconds = 0.1")
    with Served.create(tmp_path, settings=settings) as served:
        served.begin_counting()
        stop = threading.Event()
        entries = [served.night.turnout(unit, voters).note.encode() for unit in UNITS for voters in range(1, 9)]

        def stations() -> None:
            with httpx.Client(base_url=served.client.base_url) as client:
                for entry in entries:
                    client.post("/entries", content=entry)
                    if stop.wait(0.1):
                        return

        night = threading.Thread(target=stations)
        night.start()
        sizes = []
        try:
            with SiteSource(str(served.client.base_url)) as site:
                for _ in range(3):
                    copy = copy_site(site, tmp_path / "copy")
                    result = verify(copy, SitePages, Expectations())
                    assert result.faults == []
                    assert result.record is not None
                    sizes.append(result.record.size)
        finally:
            stop.set()
            night.join()
        assert sizes == sorted(sizes)


def test_what_is_no_longer_listed_is_removed(served: Served, tmp_path: Path) -> None:
    source = FolderSource(served.folder.public)
    copy = copy_site(source, tmp_path / "copy")
    (copy.root / "extra.html").write_bytes(b"of an earlier copy")
    (copy.root / "index.html").write_bytes(b"altered")
    copy_site(source, copy.root)
    assert verify(copy, SitePages, Expectations()).faults == []


@pytest.mark.parametrize("path", ["index.html", "manifest.json", "manifest/r1/01.json", "data/results.json"])
def test_a_false_site_is_copied_as_it_is(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr("limpide.roles.mirroring.STEADY_SECONDS", 0.3)
    false = tmp_path / "false"
    shutil.copytree(served.folder.public, false)
    (false / path).write_bytes((false / path).read_bytes().replace(b"e", b"\xff", 1))
    copy = copy_site(FolderSource(false), tmp_path / "copy")
    faults = verify(copy, SitePages, Expectations()).faults
    assert path in {fault.subject for fault in faults}


def test_a_log_without_its_tiles_is_no_site(served: Served, tmp_path: Path) -> None:
    false = tmp_path / "false"
    shutil.copytree(served.folder.public, false)
    shutil.rmtree(false / "tile")
    with pytest.raises(Unreachable):
        copy_site(FolderSource(false), tmp_path / "copy")


def test_what_is_no_copy_is_left_alone(served: Served, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(Refused):
        copy_site(FolderSource(served.folder.public), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
