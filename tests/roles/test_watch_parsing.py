"""Can anything that a site sends, or that a damaged folder holds, stop a watcher?"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limpide.canonical import NotCanonical
from limpide.roles.folder import check_path
from limpide.roles.watching.answers import Answer
from limpide.roles.watching.evidence import Context, Evidence
from limpide.roles.watching.files import Library
from limpide.roles.watching.held import Held
from limpide.roles.watching.links import links, path_of
from limpide.roles.watching.memory import Memory, SiteMemory, load_memory, store_memory
from limpide.roles.watching.trust import Trust, size_claimed
from limpide.roles.watching.versions import Versions

ROOT = "https://primaire.example/site"
PIECES = st.sampled_from(
    [
        '<a href="',
        '">',
        "http://[",
        "<![",
        "<!DOCTYPE ",
        "../",
        "//evil/",
        f"{ROOT}/a.html",
        "%00",
        "%2e%2e/",
        "\\",
        "'",
    ]
)


def answer(body: bytes, path: str = "fr/index.html", **given: object) -> Answer:
    facts = {"status": 200, "headers": (), "instant": "2027-01-17T20:00:00Z", **given}
    return Answer(url=f"{ROOT}/{path}", path=path, body=body, **facts)  # type: ignore[arg-type]


@given(st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=12).map(lambda parts: "".join(parts).encode())))
def test_links_of_anything_are_public_paths(body: bytes) -> None:
    for path in ("fr/index.html", "manifest.json"):
        for link in links(answer(body, path), ROOT):
            assert check_path(link) == link


def test_links_are_those_of_the_site() -> None:
    named = (
        "x.html?y#z",
        "/site/en/",
        "../a/b.svg",
        "https://evil.example/",
        "/elsewhere.html",
        "../../../etc/passwd",
    )
    page = "".join(f'<a href="{name}">' for name in (*named, "mailto:a@b", ".hidden")).encode()
    assert links(answer(page), ROOT) == ["fr/x.html", "en/index.html", "a/b.svg"]
    assert links(answer(b'{"files":{"correctif.html":"0"}}', "manifest.json"), ROOT) == ["correctif.html"]
    assert path_of(f"{ROOT}/a.html", ROOT) == "a.html"
    assert path_of("/a/", ROOT) == "a/index.html"
    assert path_of("https://evil.example/a", ROOT) is None


@pytest.mark.parametrize("headers", [(("Refresh", "0; url=x"),), (("Link", "<x.css>; rel=StyleSheet"),)])
def test_a_header_may_send_the_reader_elsewhere(headers: tuple[tuple[str, str], ...]) -> None:
    assert answer(b"", headers=headers).is_elsewhere
    assert not answer(b"", headers=(("Link", "<x>; rel=preconnect"),)).is_elsewhere


@given(st.binary(max_size=200))
def test_a_size_of_anything(data: bytes) -> None:
    assert size_claimed(data) >= -1


@pytest.mark.parametrize("load", [load_memory, Versions.load])
@settings(max_examples=30)
@given(data=st.binary(min_size=1, max_size=80))
def test_a_damaged_memory_is_refused_or_read(
    load: Callable[[Path], object], data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("x") / "memory"
    file.write_bytes(data + b"\n")
    with suppress(NotCanonical):
        load(file)


def test_a_memory_is_what_was_stored(tmp_path: Path) -> None:
    memory = Memory(salt="s", sites={ROOT: SiteMemory(size=3, due=["a"])}, facts={"9.5 x y z": "piece"})
    store_memory(memory, tmp_path / "memory", tmp_path)
    assert load_memory(tmp_path / "memory") == memory
    assert load_memory(tmp_path / "absent").salt != load_memory(tmp_path / "absent").salt


def test_versions_say_what_was_there_when(tmp_path: Path) -> None:
    versions = Versions.load(tmp_path / "versions")
    assert versions.take(1, 100.0, {"a": "0" * 64, "b": "1" * 64}) == ["a", "b"]
    assert versions.take(2, 200.0, {"a": "2" * 64, "c": "3" * 64}) == ["a", "c"]
    with (tmp_path / "versions").open("ab") as file:
        file.write(b'{"number":3,"si')  # the machine stopped here
    for each in (versions, Versions.load(tmp_path / "versions")):
        assert each.number == 2
        assert each.age("a", "2" * 64, 250.0) == 0.0
        assert each.age("a", "0" * 64, 250.0) == 50.0
        assert each.age("a", "9" * 64, 250.0) is None
        assert each.age("c", None, 250.0) == 50.0
        assert each.age("a", None, 250.0) == 250.0
        assert sorted(each.changed(1)) == ["a", "c"]


def test_everything_is_read_again_within_the_stated_time(tmp_path: Path) -> None:
    held = Held(tmp_path / "held", tmp_path / "copy", Trust("0" * 64))
    paths = {f"page-{number}.html": "0" * 64 for number in range(1000)}
    held.versions.take(1, 0.0, paths)
    memory, site, now = Memory(salt="s"), SiteMemory(), 1_000_000.0
    library = Library(held, memory)
    assert set(library.sample(site, now, 60.0)) == set(paths)
    read: list[str] = []
    for seconds in (20, 40, 60):
        part = library.sample(site, now + seconds, 60.0)
        assert len(part) < 400
        read += part
    assert set(read) == set(paths)
    other = Library(held, Memory(salt="t")).sample(SiteMemory(read_at=now), now + 20, 60.0)
    assert other != library.sample(SiteMemory(read_at=now), now + 20, 60.0)


def test_evidence_is_whole_and_never_overwritten(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path / "evidence")
    context = Context(ROOT, b"checkpoint", "0" * 64, 7, 2)
    first, second = (evidence.keep(answer(b"false"), context, {"expected": b"true"}) for _ in range(2))
    assert first != second
    assert first.name.startswith("20270117T200000Z-")
    for piece in (first, second):
        assert sorted(file.name for file in piece.iterdir()) == [
            *("body", "checkpoint", "evidence.json", "expected", "headers"),
        ]
    evidence.drop(second)
    assert list((tmp_path / "evidence").iterdir()) == [first]


def test_nobody_is_trusted_by_default() -> None:
    with pytest.raises(NotCanonical):
        Trust()
