"""What does a browser, a cache or a mirror get for a path?"""

import gzip

import httpx
import pytest

from election import UNITS
from serving import Served

OFTEN = ("/checkpoint", "/manifest.json", "/fr/index.html", "/", "/data/results.json")


@pytest.mark.parametrize("path", OFTEN)
def test_what_changes_is_asked_for_anew_and_answered_briefly(served: Served, path: str) -> None:
    first = served.client.get(path)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["access-control-allow-origin"] == "*"
    again = served.client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) in ((304, b""), (200, again.content))
    assert served.client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_what_never_changes_may_be_kept(served: Served) -> None:
    size = int(served.client.get("/checkpoint").text.split("\n")[1])
    for path in (f"/tile/entries/000.p/{size}", f"/tile/0/000.p/{size}"):
        answer = served.client.get(path)
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"] == "application/octet-stream"


def test_types(served: Served) -> None:
    types = {
        "/checkpoint": "text/plain; charset=utf-8",
        "/fr/index.html": "text/html; charset=utf-8",
        "/style.css": "text/css; charset=utf-8",
        "/manifest.json": "application/json",
        "/data/r1/primaire/long.csv": "text/csv; charset=utf-8",
    }
    for path, content_type in types.items():
        answer = served.client.get(path)
        assert answer.headers["content-type"] == content_type
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in served.client.get("/fr/index.html").headers["content-security-policy"]


def test_compressed_when_asked(served: Served) -> None:
    plain = served.client.get("/fr/index.html", headers={"Accept-Encoding": "identity"})
    with served.client.stream("GET", "/fr/index.html", headers={"Accept-Encoding": "br, gzip;q=0.5"}) as answer:
        packed = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["etag"] != plain.headers["etag"]
    assert gzip.decompress(packed) == plain.content
    refused = served.client.get("/fr/index.html", headers={"Accept-Encoding": "gzip;q=0"})
    assert "content-encoding" not in refused.headers


def test_head(served: Served) -> None:
    body = served.client.get("/fr/index.html", headers={"Accept-Encoding": "identity"})
    head = served.client.head("/fr/index.html", headers={"Accept-Encoding": "identity"})
    assert head.content == b""
    assert head.headers["content-length"] == str(len(body.content))


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.html",
        "/%2e%2e/server.toml",
        "/..%2fserver.toml",
        "/fr/%2e%2e/%2e%2e/private/sequencer.sqlite",
        "//etc/passwd",
        "/.hidden",
        "/fr/.%2fx",
        "/checkpoint/",
        "/checkpoint/x",
        "/%00",
        "/" + "a" * 5000,
        "/documents/",
        "/tile",
    ],
)
def test_what_is_no_file_is_not_found(served: Served, path: str) -> None:
    url = httpx.URL(served.client.base_url, raw_path=path.encode())
    answer = served.client.get(url)
    if answer.status_code == 308:
        answer = served.client.get(answer.headers["location"])
    assert (answer.status_code, answer.json()["clause"]) == (404, "8.9")


def test_other_methods_are_refused(served: Served) -> None:
    assert served.client.post("/checkpoint").status_code == 405
    assert served.client.delete("/fr/index.html").status_code == 405
    assert served.client.get("/entries").status_code in (404, 405)


def test_the_page_of_a_station_is_made_on_request(served: Served) -> None:
    unit = UNITS[0]
    for language, other in (("fr", "en"), ("en", "fr")):
        asked = served.client.get(f"/unit/1/{unit}", params={"lang": language})
        assert asked.status_code == 303
        place = asked.headers["location"]
        assert place == f"/{language}/r1/01/01001/{unit}.html"
        page = served.client.get(place)
        assert page.status_code == 200
        assert unit in page.text
        again = served.client.get(place, headers={"If-None-Match": page.headers["etag"]})
        assert again.status_code == 304
        assert served.client.get(place.replace("/01001/", "/01002/")).status_code == 404
        assert served.client.get(place.replace("/r1/", "/r2/")).status_code == 404
        header = served.client.get(f"/unit/1/{unit}", headers={"Accept-Language": f"{other};q=0.2, {language}"})
        assert header.headers["location"] == place
    assert served.client.get("/unit/1/nowhere").status_code == 404
    assert served.client.get(f"/unit/x/{unit}").status_code == 404
    assert not (served.folder.public / "fr" / "r1" / "01" / "01001").exists()
