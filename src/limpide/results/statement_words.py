"""What do the words beside a figure mean: which count, which option, which place?

The vocabulary in which French and English results are published. Words are compared without case, accents or
punctuation. Spec 10.2, 10.3.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from limpide.record.definition import Register


class Measure(StrEnum):
    """What is counted. The values are keys of the catalogue, ``figure.<value>``."""

    REGISTERED = "voters_registered"
    PARTICIPATED = "voters_participated"
    CAST = "ballots_cast"
    BLANK = "blank_ballots"
    NULL = "ballots_rejected"
    BLANK_AND_NULL = "blank_and_null"
    VALID = "valid_votes"
    VOTES = "votes"
    MARGIN = "margin"
    ABSTENTIONS = "abstentions"
    AWAITED = "voters_awaited"
    UNITS = "units"
    UNITS_COUNTED = "units_counted"
    UNITS_AWAITED = "units_awaited"
    UNITS_WITHOUT = "units_without"
    OPTIONS = "options"
    DIVISIONS = "divisions"
    LOCALITIES = "localities"
    ROUNDS = "rounds"


_LABELS: Mapping[Measure, str] = {
    Measure.REGISTERED: "inscrits|electeurs inscrits|registered|registered voters|inscrits sur la liste",
    Measure.PARTICIPATED: "votants|participants|emargements|voters|participation|turnout|nombre de votants",
    Measure.CAST: "bulletins|bulletins trouves|ballots|ballots cast|bulletins deposes|bulletins dans l urne",
    Measure.BLANK: "blancs|votes blancs|bulletins blancs|blank|blanks|blank ballots|blank votes|blanc",
    Measure.NULL: "nuls|votes nuls|bulletins nuls|nul|null|null ballots|null votes|rejected|spoiled"
    "|spoiled ballots|invalid",
    Measure.BLANK_AND_NULL: "blancs et nuls|blancs nuls|votes blancs et nuls|bulletins blancs et nuls"
    "|blank and null|blank null|blank void|blank and void|blancs ou nuls|blancs et nul",
    Measure.VALID: "exprimes|suffrages exprimes|voix exprimees|valid|valid votes|votes exprimes|suffrages valables",
    Measure.VOTES: "voix|votes|suffrages|nombre de voix|votes cast for|score",
    Measure.MARGIN: "ecart|ecart de voix|avance|margin|lead|difference|marge",
    Measure.ABSTENTIONS: "abstentions|abstention|abstentionnistes|absent",
    Measure.UNITS: "bureaux|bureaux de vote|stations|polling stations|bureaux au total|total bureaux|bureaux total"
    "|units|total stations|bureaux ouverts|nombre de bureaux",
    Measure.UNITS_COUNTED: "bureaux comptes|bureaux depouilles|bureaux remontes|stations counted|units counted"
    "|bureaux pris en compte|polling stations counted|stations reporting|bureaux comptabilises|bureaux valides",
    Measure.UNITS_AWAITED: "bureaux manquants|bureaux attendus|stations awaited|units awaited|stations missing"
    "|missing stations|missing polling stations|bureaux non remontes",
}
_MEASURES = {label: measure for measure, labels in _LABELS.items() for label in labels.split("|")}
_TOTALS = frozenset(("total", "totaux", "ensemble", "totals", "somme", "sum", "total general", "grand total"))
_OTHERS = frozenset(("autres", "autre", "other", "others", "divers"))
_WHOLE = frozenset(("france", "nation", "national", "pays", "country", "france entiere", "nationwide"))
_CODES = frozenset(
    (
        *("code", "codes", "id", "numero", "n", "no", "rang", "rank", "date", "heure", "hour", "panneau", "insee"),
        *("annee", "year", "code departement", "code commune", "code bv", "code bureau"),
    )
)
_SMALL = frozenset(
    (
        "de",
        "des",
        "du",
        "d",
        "of",
        "the",
        "les",
        "le",
        "la",
        "l",
        "en",
        "nombre",
        "number",
        "total",
        "sur",
        "in",
        "on",
    )
)
_SHARES = frozenset(("%", "pct", "pourcentage", "pourcentages", "percent", "percentage", "share", "part", "taux"))
_ESTIMATE = re.compile(
    r"\b(?:estim\w*|projection\w*|projet[ée]\w*|projected|extrapol\w*|sondages?|polls?|forecast\w*|pr[ée]vision\w*)",
    re.IGNORECASE,
)
_NOT_ESTIMATE = re.compile(
    r"\b(?:pas|not?|sans|ni|non|nor|without|aucune?|jamais|never) (?:en )?"
    r"(?:une? |an? |d['’e] ?|des |les |any |by )?$",
    re.IGNORECASE,
)
_INTERVAL = re.compile(
    r"\b(?:entre|between|from|de) [^.;]{1,60}? (?:et|and|to|à) |±|\+/-|\bmarge|\bmargin of|\bintervalle?"
    r"|[0-9] ?[-–] ?[0-9]",
    re.IGNORECASE,
)


def normal(text: str) -> str:
    """The words of a text: no case, no accents, single spaces; ``%`` stands as a word."""
    flat = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"[^\W_]+|%", "".join(c for c in flat if not unicodedata.combining(c))))


@dataclass(frozen=True, slots=True)
class Heading:
    """What the head of a row or of a column says of its cells."""

    text: str
    options: frozenset[str] = frozenset()
    measure: Measure | None = None
    area: str | None = None
    """A place by its id, the nation by the empty id; None where no place is meant."""
    is_share: bool = False
    of: Measure | None = None
    """What the percentages below are parts of, where the head says so."""
    is_total: bool = False
    is_others: bool = False
    is_name: bool = False
    """Does it head codes, dates or ranks, which are no figures?"""

    @property
    def means_something(self) -> bool:
        """Is it the head of figures at all?"""
        return bool(
            self.options
            or self.measure
            or self.area is not None
            or self.is_share
            or self.is_total
            or self.is_others
        )


@dataclass(slots=True, eq=False)
class Names:
    """What the options and places of one election are called."""

    register: Register
    options: dict[str, set[str]] = field(default_factory=dict)
    """Option ids by the words of a name: the whole, what follows the first name, the id."""
    places: dict[str, set[str]] = field(default_factory=dict)
    """Ids of divisions and localities by the words of their name."""

    def __post_init__(self) -> None:
        """Reads the definition."""
        for contest in self.register.definition.contests:
            for option in contest.options:
                words = normal(option.name)
                for name in (words, words.partition(" ")[2], normal(option.id)):
                    if name:
                        self.options.setdefault(name, set()).add(option.id)
        for places in (self.register.localities.values(), self.register.divisions.values()):
            for place in places:
                self.places.setdefault(normal(place.name), set()).add(place.id)
        self.places.pop("", None)

    def options_in(self, text: str) -> frozenset[str]:
        """Every option that a text names."""
        return frozenset(option for ids in _longest(normal(text).split(), self.options) for option in ids)

    def areas_in(self, text: str) -> frozenset[str]:
        """Every place that a text names with a capital letter."""
        words = [normal(word) for word in re.findall(r"[^\W_]+", text)]
        capital = {normal(word) for word in re.findall(r"[^\W_]+", text) if word[0].isupper()}
        found = _longest(words, self.places, starts=capital)
        return frozenset(area for ids in found for area in ids)

    def area_of(self, label: str) -> str | None:
        """The place of a row: its id, or a name that only one place has."""
        text = label.strip()
        if normal(text) in _WHOLE:
            return ""
        if text in self.register.divisions or text in self.register.localities or text in self.register.units:
            return text
        ids = self.places.get(normal(text), set())
        divisions = ids & self.register.divisions.keys()
        if len(divisions or ids) == 1:
            (found,) = divisions or ids
            return found
        return None

    def is_in_name(self, before: str, number: str) -> bool:
        """Does a number end the name of a place, as in *Paris 13*?"""
        words = [*normal(before[-_NAME_WINDOW:]).split()[-3:], normal(number)]
        return number.isdecimal() and any(" ".join(words[at:]) in self.places for at in range(len(words) - 1))

    def heading(self, label: str) -> Heading:
        """What the head of a row or column means."""
        label = label[:_LONGEST_HEAD]
        words = normal(label)
        options = self.options.get(words, set())
        if len(options) == 1:
            return Heading(label, frozenset(options))
        split = words.split()
        counted = " ".join(word for word in split if word not in _SMALL)
        measure = _MEASURES.get(words) or _MEASURES.get(counted)
        if measure is not None:
            return Heading(label, measure=measure)
        if words in _TOTALS | _OTHERS | _CODES:
            return Heading(label, is_total=words in _TOTALS, is_others=words in _OTHERS, is_name=words in _CODES)
        shares = [word for word in split if word in _SHARES]
        rest = " ".join(word for word in counted.split() if word not in _SHARES)
        if shares:
            named = self.options_in(rest)
            of = _MEASURES.get(rest) or next((_MEASURES[w] for w in reversed(rest.split()) if w in _MEASURES), None)
            return Heading(label, named if len(named) == 1 else frozenset(), is_share=True, of=of)
        named = self.options_in(words)
        if len(named) == 1 and any(word in _MEASURES for word in split):
            return Heading(label, named)
        return Heading(label, area=self.area_of(label))


def is_estimate(text: str) -> bool:
    """Does a sentence, or the head of a table, say that what it states is an estimate?"""
    return any(not _NOT_ESTIMATE.search(text[max(0, f.start() - 24) : f.start()]) for f in _ESTIMATE.finditer(text))


def has_interval(text: str) -> bool:
    """Does it say between which values the estimate lies?"""
    return bool(_INTERVAL.search(text))


_LONGEST_HEAD = 200
_NAME_WINDOW = 60
_LONGEST_NAME = 8
"""Words of the longest name that is looked for."""


def _longest(words: list[str], names: Mapping[str, set[str]], starts: set[str] | None = None) -> Iterator[set[str]]:
    """The names that stand in a list of words, the longest at each place."""
    at = 0
    while at < len(words):
        step = 1
        if starts is None or words[at] in starts:
            for length in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
                found = names.get(" ".join(words[at : at + length]))
                if found:
                    yield found
                    step = length
                    break
        at += step
