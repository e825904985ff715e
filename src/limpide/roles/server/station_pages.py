"""What does the page of one station say? It is published nowhere: whoever asks gets it rendered.

A pure function of the record at its last publication, like every page; a reader with the record makes the same.
"""

import re
import threading

from limpide.record.definition import UnitId
from limpide.record.record import Record
from limpide.results.canvass import begun, canvass_unit
from limpide.results.edition import Edition
from limpide.site.pages import SitePages
from limpide.site.paths import unit_path
from limpide.words import LANGUAGES, Language

_PATH = re.compile(r"^([a-z]{2})/r([1-9])/[^/]+/[^/]+/([^/]+)\.html$")


class StationPages:
    """Renders station pages of one election. Any thread may ask."""

    def __init__(self, pages: SitePages) -> None:
        self._pages = pages
        self._rendering = threading.Lock()

    def path(self, round_: int, unit: str, language: Language) -> str | None:
        """Where the page of a station stands, None when there is no such station."""
        if UnitId(unit) not in self._pages.register.units:
            return None
        return unit_path(self._pages.register, round_, UnitId(unit), language)

    def render(self, record: Record, path: str) -> bytes | None:
        """The page that stands at ``path`` by the last publication of ``record``, None when there is none."""
        match = _PATH.match(path)
        latest = record.latest
        if match is None or latest is None:
            return None
        language = next((name for name in LANGUAGES if name == match[1]), None)
        round_, unit = int(match[2]), match[3]
        if language is None or self.path(round_, unit, language) != path:
            return None
        seen = record.until(latest.publication.size)
        canvasses = {
            (number, contest): canvass_unit(seen, contest, number, unit)
            for number, contest in begun(seen)
            if number == round_
        }
        if not canvasses:
            return None
        edition = Edition(seen, latest.publication.number, latest.publication.instant, canvasses)
        with self._rendering:
            _, page = self._pages.station(edition, round_, unit, language)
        return page
