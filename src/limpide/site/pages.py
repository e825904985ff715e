"""Which pages does an edition have, and what is on each?

``SitePages`` is built once from a register. What it remembers are frames, and the rows of areas whose totals are
the very ones they were written from: a page is a pure function of the edition all the same. A locality's page
depends on the lines of its own units only, so that a publication costs what its batch touches.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from limpide.record.definition import Contest, DivisionId, LocalityId, Register, UnitId
from limpide.record.record import Record
from limpide.results.canvass import Canvass, Totals
from limpide.results.edition import Edition, File
from limpide.site.acts import act_views
from limpide.site.forms import Form, hole, render
from limpide.site.logbook import fingerprint, publication_views
from limpide.site.night import ContestView, contest_view, round_view, turnout_table
from limpide.site.paths import division_path, locality_file, locality_path, unit_path
from limpide.site.sections import division_section, locality_section, station_section
from limpide.site.sheets import Html, Ranking, Sheet
from limpide.site.wording import Wording, escape
from limpide.words import LANGUAGES, Language

_AREA_HOLES = ("name", "id", "path", "sections", "changed", "anchor")
_HOLES = {
    "division.html": ("turnout", *_AREA_HOLES),
    "locality.html": ("division", *_AREA_HOLES),
    "station.html": ("division", "locality", "locality_path", *_AREA_HOLES),
}
_Rows = dict[Language, Html]


@dataclass(slots=True, eq=False)
class SitePages:
    """The pages of one election. See ``limpide.results.edition.Pages``."""

    register: Register
    wordings: dict[Language, Wording] = field(init=False)
    _sheets: dict[tuple[int, str, tuple[str, ...], Language, str], Sheet] = field(default_factory=dict)
    _forms: dict[tuple[str, int, Language], Form] = field(default_factory=dict)
    _rows: dict[tuple[int, str, LocalityId], tuple[Totals, _Rows]] = field(default_factory=dict)
    """The row of a locality in its division's table, by round, contest and locality."""
    _acts: dict[Language, tuple[object, tuple[int, int], File]] = field(default_factory=dict)
    """The page of acts, the ledger that it is of, its last act and the publication that covers that."""

    def __post_init__(self) -> None:
        """Begins with nothing remembered."""
        self.wordings = {language: Wording(language) for language in LANGUAGES}

    def nation(self, edition: Edition) -> Iterator[File]:
        """The style, the choice of language; in each: the front page, acts, publications, how to verify."""
        yield "style.css", _style()
        yield "index.html", self._choice()
        for wording in self.wordings.values():
            yield self._front(edition, wording)
            yield self._acts_page(edition.record, wording)
            yield self._page("publications", wording, publications=publication_views(edition, wording))
            yield self._page("verify", wording, fingerprint=fingerprint(edition.record))

    def division(self, edition: Edition, round_: int, division: str) -> Iterator[File]:
        """The page of a division: its totals, and its localities as rows."""
        found = self.register.divisions[DivisionId(division)]
        contests = [
            (contest, canvass, [self._row(canvass, contest, locality) for locality in found.localities])
            for contest, canvass in edition.contests(round_)
        ]
        changed = max(edition.changed_in(canvass.divisions[found.id]) for _, canvass, _ in contests)
        for language, wording in self.wordings.items():
            sections = [
                division_section(
                    canvass,
                    self._sheet(contest, canvass, wording, "locality"),
                    found.id,
                    "".join([row[language] for row in rows]),
                )
                for contest, canvass, rows in contests
            ]
            page = self._form("division.html", round_, wording).fill(
                {
                    "name": escape(found.name).encode(),
                    "id": found.id.encode(),
                    "path": f"{found.id}/index.html".encode(),
                    "sections": "".join(sections).encode(),
                    "turnout": turnout_table(contests[0][1], found.id, wording).encode(),
                    "changed": wording.counts[changed].encode(),
                    "anchor": str(changed).encode(),
                }
            )
            yield division_path(round_, found.id, language), page

    def locality(self, edition: Edition, round_: int, locality: str) -> Iterator[File]:
        """The page of a locality: its totals, and its stations as rows."""
        found = self.register.localities[LocalityId(locality)]
        contests = [
            (contest, canvass, Ranking.of(canvass.localities[found.id].totals))
            for contest, canvass in edition.contests(round_)
        ]
        changed = max(edition.changed_in(canvass.localities[found.id]) for _, canvass, _ in contests)
        values = {
            "name": escape(found.name).encode(),
            "id": found.id.encode(),
            "path": f"{found.division}/{locality_file(found)}".encode(),
            "division": escape(self.register.divisions[found.division].name).encode(),
            "anchor": str(changed).encode(),
        }
        for language, wording in self.wordings.items():
            sections = [
                locality_section(
                    edition.record, canvass, self._sheet(contest, canvass, wording, "unit"), found, ranking
                )
                for contest, canvass, ranking in contests
            ]
            values["sections"] = "".join(sections).encode()
            values["changed"] = wording.counts[changed].encode()
            page = self._form("locality.html", round_, wording).fill(values)
            yield locality_path(self.register, round_, found.id, language), page

    def station(self, edition: Edition, round_: int, unit: str, language: Language) -> File:
        """The page of one station: rendered on request, and in no manifest."""
        found = self.register.units[UnitId(unit)]
        locality = self.register.localities[found.locality]
        wording = self.wordings[language]
        contests = list(edition.contests(round_))
        changed = max(edition.record.covering(canvass.units[found.id].changed) for _, canvass in contests)
        sections = (
            station_section(edition.record, canvass, self._sheet(contest, canvass, wording, "unit"), found.id)
            for contest, canvass in contests
        )
        page = self._form("station.html", round_, wording).fill(
            {
                "name": escape(found.name).encode(),
                "id": found.id.encode(),
                "path": f"{found.division}/{found.locality}/{found.id}.html".encode(),
                "locality": escape(locality.name).encode(),
                "locality_path": locality_file(locality).encode(),
                "division": escape(self.register.divisions[found.division].name).encode(),
                "sections": "".join(sections).encode(),
                "changed": wording.counts[changed].encode(),
                "anchor": str(changed).encode(),
            }
        )
        return unit_path(self.register, round_, found.id, language), page

    def _front(self, edition: Edition, wording: Wording) -> File:
        rounds = [
            round_view(
                edition,
                round_,
                wording.round(round_.number, len(self.register.definition.rounds)),
                [self._contest_view(edition, *held, wording) for held in edition.contests(round_.number)],
                wording,
            )
            for round_ in edition.rounds()
        ]
        return self._page("index", wording, edition=edition, rounds=rounds[::-1])

    def _acts_page(self, record: Record, wording: Wording) -> File:
        """The page of acts, written again only after a new act: a ledger grows, and does not change."""
        last = record.acts()[-1]
        known = self._acts.get(wording.language)
        if known is None or known[0] is not record.ledger or known[1] != (last, record.covering(last)):
            page = self._page("acts", wording, acts=act_views(record, wording))
            known = self._acts[wording.language] = (record.ledger, (last, record.covering(last)), page)
        return known[2]

    def _contest_view(self, edition: Edition, contest: Contest, canvass: Canvass, wording: Wording) -> ContestView:
        divisions = [
            (
                f'<a href="r{canvass.round}/{division.id}/index.html">{escape(division.name)}</a>',
                canvass.divisions[division.id].totals,
            )
            for division in self.register.divisions.values()
        ]
        return contest_view(edition, canvass, self._sheet(contest, canvass, wording, "division"), divisions)

    def _row(self, canvass: Canvass, contest: Contest, locality: LocalityId) -> _Rows:
        """A locality as a row of its division, in both languages; written again only where its totals are new."""
        key, totals = (canvass.round, contest.id, locality), canvass.localities[locality].totals
        remembered = self._rows.get(key)
        if remembered is not None and remembered[0] is totals:
            return remembered[1]
        found = self.register.localities[locality]
        link = f'<a href="{locality_file(found)}">{escape(found.name)}</a>'
        rows = {
            language: self._sheet(contest, canvass, wording, "locality").area_row(link, totals)
            for language, wording in self.wordings.items()
        }
        self._rows[key] = (totals, rows)
        return rows

    def _sheet(self, contest: Contest, canvass: Canvass, wording: Wording, place: str) -> Sheet:
        key = (canvass.round, contest.id, canvass.options, wording.language, place)
        if key not in self._sheets:
            territory = self.register.definition.territory.value
            kind = "unit" if place == "unit" else f"{place}.{territory}"
            several = len(self.register.definition.contests) > 1
            title = wording.name(contest.name) if several else wording.say("page.result")
            self._sheets[key] = Sheet(
                wording,
                contest,
                canvass.options,
                place=wording.say(f"page.{kind}"),
                by_place=escape(wording.say(f"page.by.{kind}")),
                title=escape(title),
            )
        return self._sheets[key]

    def _form(self, template: str, round_: int, wording: Wording) -> Form:
        key = (template, round_, wording.language)
        if key not in self._forms:
            definition = self.register.definition
            found = self.register.round(round_)
            assert found is not None  # an edition canvasses rounds of its definition only
            depth = 4 if template == "station.html" else 3  # fr/r1/01/index.html, fr/r1/01/01001/0001.html
            frame = render(
                template,
                wording,
                definition=definition,
                root="../" * depth,
                home="../" * (depth - 1),
                round=found,
                round_name=wording.round(round_, len(definition.rounds)),
                **{name: hole(name) for name in _HOLES[template]},
            )
            self._forms[key] = Form(frame)
        return self._forms[key]

    def _page(self, name: str, wording: Wording, /, **facts: object) -> File:
        """A page of the nation."""
        text = render(
            f"{name}.html",
            wording,
            definition=self.register.definition,
            election=self.register.election,
            root="../",
            home="",
            here=f"{name}.html",
            **facts,
        )
        return f"{wording.language}/{name}.html", text.encode()

    def _choice(self) -> bytes:
        """The root of the site: French first, and no script to guess for the reader."""
        french, english = self.wordings["fr"], self.wordings["en"]
        return render(
            "choice.html", french, definition=self.register.definition, french=french, english=english
        ).encode()


def station_page(edition: Edition, round_: int, unit: str, language: Language) -> bytes:
    """The page of one station, by an edition alone."""
    return SitePages(edition.register).station(edition, round_, unit, language)[1]


@cache
def _style() -> bytes:
    return resources.files("limpide.site").joinpath("style.css").read_bytes()
