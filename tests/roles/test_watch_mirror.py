"""Does a mirror only ever become better?"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from limpide.commands.voice import FAULT, GOOD, UNFINISHED, USAGE
from limpide.results.verification import Expectations, verify
from limpide.roles.fetching import FolderSource
from limpide.roles.watching.answers import Site, make_client
from limpide.roles.watching.mirror import Copied, Mirror
from limpide.roles.watching.settling import Patience
from limpide.roles.watching.trust import Trust
from limpide.site.pages import SitePages
from serving import Served
from static_site import StaticSite
from test_cli import Terminal


class Desk:
    """A newspaper, and the site that it copies."""

    def __init__(self, served: Served, folder: Path) -> None:
        self.served = served
        self.fingerprint = served.night.record.event(0).id.hex()
        (folder / "site").mkdir()
        self.source = StaticSite(folder / "site")
        self.source.copy(served.folder.public)
        self.root = folder / "mirror"
        self._client = make_client()
        self.site = Site(self.source.address, self._client, lambda: datetime.now(UTC))

    def round(self) -> Copied:
        """One round of a mirror that begins, or goes on after it was stopped."""
        clock = lambda: datetime.now(UTC)  # noqa: E731
        return Mirror(self.root, self.site, Trust(self.fingerprint), clock, patience=Patience(0.2)).round()

    def faults(self) -> list[str]:
        """What the public verifier finds in the copy."""
        copy = FolderSource(self.root / "public")
        return [each.clause for each in verify(copy, SitePages, Expectations(self.fingerprint)).faults]

    def files(self) -> dict[str, bytes]:
        """All that stands in the copy."""
        public = self.root / "public"
        return {str(p.relative_to(public)): p.read_bytes() for p in public.rglob("*") if p.is_file()}

    def close(self) -> None:
        """Takes everything down."""
        self.source.stop()
        self.site.close()
        self._client.close()


@pytest.fixture
def desk(served: Served, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(served, tmp_path)
    yield desk
    desk.close()


def test_a_copy_is_verified_and_passes_the_verifier(desk: Desk) -> None:
    copied = desk.round()
    assert (copied.faults, copied.away, copied.late) == ([], "", False)
    assert copied.files > 10
    assert desk.faults() == []
    shown = {p.relative_to(desk.source.root).as_posix() for p in desk.source.root.rglob("*") if p.is_file()}
    copied_paths = set(desk.files())
    # partial tiles of earlier checkpoints are of no use
    assert {path for path in shown - copied_paths if ".p/" not in path} == set()
    assert desk.round().files == 0


@pytest.mark.parametrize("path", ["fr/index.html", "manifest.json", "data/results.json", "style.css"])
def test_a_fault_places_nothing_and_keeps_evidence(desk: Desk, path: str) -> None:
    (desk.source.root / path).write_bytes(desk.source.read(path).replace(b"e", b"E"))
    copied = desk.round()
    assert [finding.clause for finding, _ in copied.faults] == ["9.5"]
    assert desk.files() == {}
    (_, evidence), *_ = copied.faults
    assert json.loads((Path(evidence) / "evidence.json").read_bytes())["path"] == path
    desk.source.copy(desk.served.folder.public)
    assert desk.round().files > 10
    assert desk.faults() == []


def test_good_files_are_never_replaced_by_bad_ones(desk: Desk) -> None:
    desk.round()
    before = desk.files()
    desk.served.taken(desk.served.night.turnout("02002-0001", 7))
    desk.served.await_publication()
    desk.source.copy(desk.served.folder.public)
    desk.source.write("fr/index.html", b"<html>Basile</html>")
    assert [finding.clause for finding, _ in desk.round().faults] == ["9.5"]
    assert desk.files() == before
    assert desk.faults() == []
    (desk.source.root / "fr/index.html").unlink()
    assert desk.round().late or desk.files() == before
    desk.source.copy(desk.served.folder.public)
    assert desk.round().files > 3
    assert desk.faults() == []


def test_a_shrunk_log_and_a_false_tile_place_nothing(desk: Desk) -> None:
    earlier = desk.source.read("checkpoint")
    desk.served.taken(desk.served.night.turnout("02002-0002", 7))
    desk.served.await_publication()
    desk.source.copy(desk.served.folder.public)
    desk.round()
    before = desk.files()
    good = desk.source.read("checkpoint")
    desk.source.write("checkpoint", earlier)
    assert [finding.clause for finding, _ in desk.round().faults] == ["9.3"]
    desk.source.write("checkpoint", good.replace(b"\n\n", b"\nmore\n\n"))
    assert [finding.clause for finding, _ in desk.round().faults] == ["9.8"]
    assert desk.files() == before


def test_what_was_damaged_here_is_made_again(desk: Desk) -> None:
    desk.round()
    (desk.root / "public" / "fr" / "index.html").write_bytes(b"")
    (desk.root / "public" / "manifest.json").unlink()
    assert desk.round().files == 2
    assert desk.faults() == []


def test_the_command_copies_and_says_why_it_does_not(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal(capsys)
    mirror = ("mirror", desk.source.address, "--out", str(desk.root), "--once", "--lang", "en")
    assert terminal.type(*mirror) == USAGE
    assert terminal.type(*mirror, "--expect", "0" * 64) == FAULT
    assert "[5.12]" in terminal.err
    assert terminal.type(*mirror, "--expect", desk.fingerprint, "--json") == GOOD
    assert json.loads(terminal.out)["size"] > 2
    assert terminal.type("verify", str(desk.root), "--expect", desk.fingerprint) == GOOD
    address = "http://127.0.0.1:9"
    away = ("mirror", address, "--out", str(desk.root), "--once", "--expect", desk.fingerprint)
    assert terminal.type(*away) == UNFINISHED
