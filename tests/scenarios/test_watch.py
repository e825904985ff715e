"""2013: a false "correctif" stood on the official site for one night, and was gone by morning. R26."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from primary import Begin, Primary, beginning

from election import sign, signer
from limpide import _kernel
from limpide.log.checkpoint import sign_checkpoint
from limpide.log.growth import new_tiles
from limpide.log.policy import parse_policy
from limpide.record.events import Annulment
from limpide.roles.rehearsal.house import LOG_KEY
from limpide.roles.server.log_key import read_log_key
from limpide.roles.watching.answers import Site, make_client
from limpide.roles.watching.files import Pace
from limpide.roles.watching.settling import Patience
from limpide.roles.watching.trust import Trust
from limpide.roles.watching.watch import Watch
from limpide.signing import ED25519_COSIGNATURE, VerifierKey
from static_site import StaticSite

TERRITORY = {"75": {"75000": ["75-1", "75-2"]}, "31": {"31000": ["31-1"]}}


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
        self.seconds = 0
        """By how much the watcher's clock is ahead: twenty more at each round."""
        self.official = StaticSite(primary.house.folder.public)
        (folder / "mirror").mkdir()
        self.mirror = StaticSite(folder / "mirror")
        self.mirror.copy(self.official.root)
        self._client = make_client()
        self._sites: list[Site] = []
        self.watch = self.start()

    def start(self, **settings: object) -> Watch:
        """A watcher that begins, or goes on after it was stopped."""
        self._sites = [Site(each.address, self._client, self.clock) for each in (self.official, self.mirror)]
        trust, folder = settings.pop("trust", Trust(self.primary.fingerprint)), settings.pop("folder", self.folder)
        given = {"pace": Pace(), "patience": Patience(0.3), **settings}
        return Watch(folder, self._sites, trust, self.clock, **given)  # type: ignore[arg-type]

    def clock(self) -> datetime:
        """Now."""
        return datetime.now(UTC) + timedelta(seconds=self.seconds)

    def clauses(self) -> set[tuple[str, str]]:
        """What the next round tells: clause and what it is about."""
        self.seconds += 20
        told = {(alarm.finding.clause, alarm.finding.subject) for alarm in self.watch.round().alarms}
        self.watch.save()
        return told

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


def test_r26_the_correctif_of_2013_is_exposed_and_kept(scene: Scene) -> None:
    """Another winner, one figure, an invented statement; all of it gone before morning."""
    scene.watch.round()
    index, page = scene.mirror.read("fr/index.html"), scene.mirror.read("fr/r1/75/75000.html")
    statement = b"<html><p>La commission proclame Basile.</p></html>"
    scene.mirror.write("fr/correctif.html", statement)
    scene.mirror.write("fr/communique.html", b'<html><a href="index.html">resultats</a></html>')
    link = b'<p><a href="correctif.html">Correctif</a> <a href="./communique.html#x">!</a></p></body>'
    scene.mirror.write("fr/index.html", index.replace(b"</body>", link))
    scene.mirror.write("fr/r1/75/75000.html", page.replace(b"20", b"29", 1))
    (scene.mirror.root / "style.css").unlink()
    told = scene.clauses() | scene.clauses() | scene.clauses()
    assert told == {
        ("9.5", "fr/index.html"),
        ("9.5", "fr/r1/75/75000.html"),
        ("9.6", "style.css"),
        ("9.7", "fr/communique.html"),
        ("9.7", "fr/correctif.html"),
    }
    # before morning everything is as it was
    shutil.rmtree(scene.mirror.root)
    scene.mirror.root.mkdir()
    scene.mirror.copy(scene.official.root)
    result = scene.watch.round()
    assert (result.standing, result.alarms) == ([], [])
    assert (scene.mirror.address, "fr/correctif.html") in result.gone
    (kept,) = scene.evidence()["fr/correctif.html"]
    assert kept["body"] == statement
    assert (kept["site"], kept["status"]) == (scene.mirror.address, 200)
    (altered,) = scene.evidence()["fr/index.html"]
    piece = next(scene.folder.glob("evidence/*-" + str(altered["sha256"])[:16]))
    assert (piece / "expected").read_bytes() == index
    assert (piece / "checkpoint").read_bytes() == scene.official.read("checkpoint")
    assert "last-modified" in (piece / "headers").read_text().lower()


def test_r26_what_was_told_is_not_told_again(scene: Scene) -> None:
    scene.mirror.write("fr/index.html", b"<html>Basile</html>")
    assert scene.clauses() == {("9.5", "fr/index.html")}
    result = scene.watch.round()
    assert len(result.standing) == 1
    assert result.alarms == []
    scene.watch = scene.start()
    assert scene.watch.round().alarms == []
    scene.mirror.write("fr/index.html", b"<html>Carole</html>")
    assert scene.clauses() == {("9.5", "fr/index.html")}
    assert len(scene.evidence()["fr/index.html"]) == 2


def test_r26_a_page_that_nothing_links_to_is_found_when_somebody_points_to_it(scene: Scene) -> None:
    scene.mirror.write("secret.html", b"Basile")
    assert scene.clauses() == set()
    scene.watch = scene.start(pages=[f"{scene.mirror.address}/secret.html"])
    assert scene.clauses() == {("9.7", "secret.html")}


def test_r26_an_earlier_checkpoint_is_a_rollback(scene: Scene) -> None:
    earlier = scene.mirror.read("checkpoint")
    scene.primary.report("75-2", (1, 1))
    scene.mirror.copy(scene.official.root)
    assert scene.clauses() == set()
    scene.mirror.write("checkpoint", earlier)
    assert scene.clauses() == {("9.3", "checkpoint")}
    assert scene.clauses() == set()
    (kept,) = scene.evidence()["checkpoint"]
    assert kept["body"] == earlier


@pytest.mark.parametrize("more", [0, 1], ids=["same size", "larger"])
def test_r26_a_forked_log_is_exposed_by_comparing(scene: Scene, more: int) -> None:
    """The log's own key signs two histories, and shows one of them on the mirror."""
    assert scene.clauses() == set()
    size = scene.primary.record.size
    entries = [scene.primary.record.event(index).note.encode() for index in range(size - 1)]
    entries += [b"another entry"] * (1 + more)
    log_signer = read_log_key(scene.primary.house.folder.root / LOG_KEY)
    for path, data in new_tiles(lambda _: None, 0, entries):
        scene.mirror.write(path, data)
    forked = sign_checkpoint(len(entries), _kernel.tree_root(_kernel.leaf_hashes(entries)), log_signer).encode()
    scene.mirror.write("checkpoint", forked)
    assert scene.clauses() == {("9.2", "checkpoint")}
    scene.mirror.copy(scene.official.root)
    assert scene.watch.round().standing == []
    (kept,) = scene.evidence()["checkpoint"]
    assert kept["body"] == forked
    (ours,) = scene.folder.glob("evidence/*/ours")
    assert ours.read_bytes() == scene.official.read("checkpoint")


def test_r26_a_checkpoint_that_is_not_the_logs(scene: Scene) -> None:
    assert scene.clauses() == set()
    data = scene.mirror.read("checkpoint")
    scene.mirror.write("checkpoint", data.replace(b"\n", b"0\n", 2))
    assert scene.clauses() == {("9.8", "checkpoint")}
    scene.mirror.write("checkpoint", b"<html>sign in</html>")
    assert scene.clauses() == {("9.8", "checkpoint")}


def test_r26_an_act_of_a_body_that_is_not_competent_is_named(scene: Scene) -> None:
    """The log takes an annulment that the organiser has signed, and nobody of the commission."""
    assert scene.clauses() == set()
    body = Annulment(reason="convenience", round=1, units=("75-1",))
    size = scene.primary.record.size
    entries = [scene.primary.record.event(index).note.encode() for index in range(size)]
    entries.append(sign(body, ("organiser",)).note.encode())
    log_signer = read_log_key(scene.primary.house.folder.root / LOG_KEY)
    for path, data in new_tiles(lambda _: None, 0, entries):
        scene.mirror.write(path, data)
    root = _kernel.tree_root(_kernel.leaf_hashes(entries))
    scene.mirror.write("checkpoint", sign_checkpoint(size + 1, root, log_signer).encode())
    ((clause, subject),) = scene.clauses()
    assert (clause, subject) == ("2.3", f"entry {size}")
    assert len(scene.watch.round().standing) == 1


def test_r26_a_stale_mirror_is_named_after_the_stated_age(scene: Scene) -> None:
    assert scene.clauses() == set()
    scene.primary.report("75-2", (1, 1))
    scene.primary.publish()
    assert scene.clauses() == set()
    scene.watch = scene.start(pace=Pace(age=-1.0))
    told = scene.clauses()
    assert ("9.4", "checkpoint") in told
    assert ("9.4", "fr/index.html") in told
    assert {clause for clause, _ in told} == {"9.4"}
    scene.mirror.copy(scene.official.root)
    scene.watch = scene.start()
    assert scene.watch.round().standing == []


def test_r26_a_new_watcher_does_not_accuse_a_mirror_that_is_late(scene: Scene) -> None:
    for _ in range(3):
        scene.primary.report("75-2", (1, scene.primary.minute))
        scene.primary.publish()
    assert scene.clauses() == set()


def test_r26_a_site_that_is_away_is_not_at_fault(scene: Scene) -> None:
    scene.watch.round()
    address = scene.mirror.address
    scene.mirror.stop()
    result = scene.watch.round()
    assert list(result.away) == [address]
    assert result.standing == []
    scene.mirror = StaticSite(scene.folder)


def test_r26_a_policy_alone_names_the_log_and_its_witnesses(scene: Scene, tmp_path: Path) -> None:
    log = scene.primary.record.register.definition.log
    trust = Trust(policy=parse_policy(f"log {log}\nquorum none\n".encode()))
    watch = scene.start(trust=trust, folder=tmp_path / "by-policy")
    assert watch.round().standing == []
    assert watch.held.size == scene.primary.record.size
    vkey = VerifierKey("w", signer("w").key.public, ED25519_COSIGNATURE).vkey
    asked = f"log {log}\nwitness w {vkey}\nquorum w\n".encode()
    watch = scene.start(trust=Trust(policy=parse_policy(asked)), folder=tmp_path / "by-witness")
    assert {alarm.finding.clause for alarm in watch.round().alarms} == {"9.8"}


def test_r26_an_alarm_that_was_not_told_before_a_stop_is_told_after_it(scene: Scene) -> None:
    scene.mirror.write("fr/index.html", b"<html>Basile</html>")
    assert len(scene.watch.round().alarms) == 1
    scene.watch = scene.start()  # the first stopped before it had said so
    assert scene.clauses() == {("9.5", "fr/index.html")}
