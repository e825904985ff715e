"""Which other pages of the same site does a page name?

Asked only of bytes that the record does not yield, so the reading is lenient and bounded.
"""

import posixpath
import urllib.parse
from contextlib import suppress
from html.parser import HTMLParser

import msgspec

from limpide.canonical import NotCanonical
from limpide.roles.folder import check_path
from limpide.roles.watching.answers import Answer

MAX_LINKS = 200
_MAX_READ = 2**20
_ATTRIBUTES = ("href", "src", "data", "action")


def links(answer: Answer, root: str) -> list[str]:
    """The paths below ``root`` that the body of an answer names, each once."""
    if answer.path.endswith(".json"):
        named = _listed(answer.body)
    else:
        parser = _Links()
        # the parser of the standard library stops with this at some declarations: what it found until then counts
        with suppress(AssertionError):
            parser.feed(answer.body[:_MAX_READ].decode("utf-8", "replace"))
        joined = (_join(answer.url, link) for link in parser.found)
        named = [address.removeprefix(f"{root}/") for address in joined if address.startswith(f"{root}/")]
    paths = (_path(name) for name in named)
    return list(dict.fromkeys(path for path in paths if path is not None))[:MAX_LINKS]


def path_of(named: str, root: str) -> str | None:
    """The path below ``root`` that a person gave, as an address or as a path; None for what is neither."""
    name = named.removeprefix(f"{root}/")
    return None if "://" in name else _path(name.lstrip("/"))


def _join(base: str, link: str) -> str:
    """The address that a link means; empty for what is none."""
    try:
        return urllib.parse.urljoin(base, link.strip())
    except ValueError:
        return ""


def _path(name: str) -> str | None:
    name = urllib.parse.unquote(name.partition("#")[0].partition("?")[0])
    if not name or name.endswith("/"):
        name += "index.html"
    try:
        return check_path(posixpath.normpath(name))
    except NotCanonical:
        return None


class _Listing(msgspec.Struct, frozen=True):
    files: dict[str, str] = {}  # msgspec gives each its own


def _listed(body: bytes) -> list[str]:
    """The files that a manifest names."""
    try:
        return list(msgspec.json.decode(body, type=_Listing).files)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return []


class _Links(HTMLParser):
    """Gathers what the attributes of a page point to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Every address that an element names."""
        self.found += [value for name, value in attrs if name in _ATTRIBUTES and value]
