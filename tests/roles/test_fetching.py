"""Do a folder, a copy of it and an address say the same, and is what they say bounded?"""

import gzip
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from limpide.canonical import NotCanonical
from limpide.log.checkpoint import open_checkpoint
from limpide.results.verification import Expectations, verify
from limpide.roles.fetching import (
    FolderSource,
    SiteSource,
    Unreachable,
    open_source,
    read_checkpoint,
    read_document,
    read_log,
)
from limpide.site.pages import SitePages
from serving import Served


def test_three_ways_to_read_one_record(served: Served, tmp_path: Path) -> None:
    served.taken(served.night.report("01001-0001", (40, 30, 20)))
    served.await_publication()
    mirror = tmp_path / "mirror"
    shutil.copytree(served.folder.public, mirror)
    folder, copy = open_source(str(served.folder.root)), open_source(str(mirror))
    with SiteSource(str(served.client.base_url)) as site:
        readings = []
        for source in (folder, copy, site):
            signed = open_checkpoint(read_checkpoint(source), served.night.record.register.server)
            entries = list(read_log(source, signed.size))
            for digest in served.night.documents:
                assert read_document(source, digest) == served.night.documents[digest]
            assert read_document(source, "0" * 64) is None
            assert read_document(source, "nothing") is None
            paths = ["manifest.json", "nowhere.html", *["fr/index.html", "en/index.html"] * 100]
            files = list(source.read_all(paths))
            assert [path for path, _ in files] == paths
            readings.append((entries, [data for _, data in files]))
            result = verify(source, SitePages, Expectations())
            assert result.faults == []
        assert readings[0] == readings[1] == readings[2]
        unknown: object = site.listing()  # type: ignore[func-returns-value]
        assert unknown is None
    assert "checkpoint" in set(folder.listing() or ())


def test_no_record(tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        open_source(str(tmp_path))
    with pytest.raises(Unreachable):
        read_checkpoint(FolderSource(tmp_path))


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a//b", "", ".x", "a/.x", "a\0b", "x" * 200])
def test_what_is_no_path_is_not_asked_for(tmp_path: Path, path: str) -> None:
    with pytest.raises(NotCanonical):
        FolderSource(tmp_path).read(path)
    with SiteSource("http://127.0.0.1:1") as site, pytest.raises(NotCanonical):
        site.read(path)


def test_size_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(bytes(1000))
    assert FolderSource(tmp_path).read("big", 1000) == bytes(1000)
    with pytest.raises(NotCanonical):
        FolderSource(tmp_path).read("big", 999)


@contextmanager
def _site(answers: dict[str, tuple[int, dict[str, str], bytes]]) -> Iterator[SiteSource]:
    class Answering(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            status, headers, body = answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with SiteSource(f"http://127.0.0.1:{server.server_port}/") as site:
            yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_site_that_misbehaves() -> None:
    bomb = gzip.compress(bytes(10_000_000))
    answers = {
        "/good": (200, {"Content-Length": "4"}, b"good"),
        "/gone": (410, {}, b""),
        "/moved": (302, {"Location": "/good"}, b""),
        "/broken": (500, {}, b"sorry"),
        "/short": (200, {"Content-Length": "100"}, b"cut"),
        "/bomb": (200, {"Content-Encoding": "gzip"}, bomb),
        "/garbled": (200, {"Content-Encoding": "gzip"}, b"no gzip"),
    }
    with _site(answers) as site:
        assert site.read("good") == b"good"
        assert site.read("gone") is None
        assert site.read("nothing") is None
        for path in ("moved", "broken", "short", "garbled"):
            with pytest.raises(Unreachable):
                site.read(path)
        with pytest.raises(NotCanonical):
            site.read("bomb", 100_000)
        with pytest.raises(Unreachable):
            list(site.read_all(["good"] * 200 + ["broken"] + ["good"] * 200))
    with SiteSource("http://127.0.0.1:1") as nobody, pytest.raises(Unreachable):
        nobody.read("checkpoint")
