"""Which figures does a line of text state, and what stands in it that is no figure?

Digits in the ways that French and English write them: groups of three set apart by any kind of space, a point, a
comma or an apostrophe; decimals after a comma or a point; percentages; millions and thousands, with digits or with
words. Dates, hours, ordinals, numbers of articles, telephone numbers, addresses and codes are recognised by plain
rules and left out. Every pattern is bounded, so that reading is linear in the text. Spec 10.13.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_LONGEST = 15
"""Digits of the longest figure that is weighed; a longer one is no count of anything here."""


class Kind(StrEnum):
    """How a figure is written."""

    COUNT = "count"
    SHARE = "share"
    """A percentage, or a number with decimals."""
    ROUND = "round"
    """Thousands or millions: ``1,6 million``, ``deux millions``, ``tens of thousands``."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it is stated."""

    text: str
    kind: Kind
    digits: int | None
    """All its digits as one integer: 3635 for ``36,35 %``. None where there is no value, or too long a one."""
    decimals: int
    approximate: bool
    """Do words such as *près de* or *about* stand beside it?"""
    start: int
    end: int

    @property
    def count(self) -> int | None:
        """Its value as a count, where it is one."""
        return None if self.decimals else self.digits


_MONTH = (
    r"(?:janv(?:ier)?|f[ée]vr(?:ier)?|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[ée]cembre"
    r"|january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
)
_NUMBERED = (
    r"(?:n[°ºo]s?\.?|№|#|§|art(?:icles?|\.)?|clauses?|sections?|chapitres?|chapters?|pages?|p\.|annexes?|appendix"
    r"|publications?|[ée]ditions?|entr(?:y|ies)|entr[ée]es?|si[èe]ges?|seats?|versions?|alin[ée]as?|paragraphe?s?"
    r"|figure|tableau|table|note|L\.|R\.|D\.|d[ée]cisions?|d[ée]crets?|lois?|law|recomm[ae]ndations?"
    r"|d[ée]lib[ée]rations?|bureau|station|unit[ée]?|circonscription|arrondissement|ISO|RGAA|WCAG|NIST|RFC"
    r"|clause|CNIL)"
)
_NAMED = r"(?![0-9]|[ .,'’][0-9]|\s?%)"
"""What must not follow a number that names something, lest a figure be taken for a name."""
_DIGITS = r"[0-9]+(?:[.,][0-9]+)?"
_GROUPED = (
    r"[0-9]{1,3}(?P<sep>[ .,'’])[0-9]{3}(?:(?P=sep)[0-9]{3}){0,6}(?![0-9])"
    r"(?:(?!(?P=sep))[.,][0-9]+)?"
)
_ORDER = (
    ("un une a one", 1),
    ("deux two", 2),
    ("trois three", 3),
    ("quatre four", 4),
    ("cinq five", 5),
    ("six", 6),
    ("sept seven", 7),
    ("huit eight", 8),
    ("neuf nine", 9),
    ("dix ten", 10),
    ("onze eleven", 11),
    ("douze twelve", 12),
    ("quinze fifteen", 15),
    ("vingt twenty", 20),
    ("trente thirty", 30),
    ("quarante forty", 40),
    ("cinquante fifty", 50),
    ("soixante sixty", 60),
    ("cent hundred", 100),
)
_WORDS = {word: value for words, value in _ORDER for word in words.split()}
_WORD = "(?:" + "|".join(sorted(_WORDS, key=len, reverse=True)) + ")"
_SCALE = r"(?:milliards?|millions?|milliers?|mille|thousands?|billions?)"

_DAY = r"[0-9]{1,2}(?:er|st|nd|rd|th)?"
_YEAR = r"(?:19|20)[0-9]{2}(?![0-9])"
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
_ZONE = r"(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_LEFT_OUT = (
    # addresses and digests
    r"https?://\S{1,2000}|www\.\S{1,2000}|[\w.+-]{1,64}@[\w.-]{1,128}|\b[0-9a-f]{64}\b",
    # dates and instants
    rf"\b[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[T ]{_CLOCK}{_ZONE})?(?![0-9])",
    r"\b[0-9]{1,2}(?P<slash>[/.])[0-9]{1,2}(?P=slash)(?:[0-9]{4}|[0-9]{2})(?![0-9])",
    rf"\b{_DAY}(?: ?(?:et|and|au|to|[-–,]) ?{_DAY})? {_MONTH}(?: {_YEAR}(?![ .,][0-9]{{3}}))?",
    rf"\b{_MONTH} {_DAY}(?![0-9]|[ .,][0-9]{{3}}(?![0-9]))(?:,? {_YEAR})?",
    rf"\b{_MONTH} {_YEAR}",
    # hours and durations
    r"(?<![0-9])[0-9]{1,2} ?h(?: ?[0-9]{2}(?![0-9]))?\b",
    rf"(?<![0-9]){_CLOCK}(?![0-9])",
    r"\b[0-9]{1,3} ?(?:heures?|hours?|minutes?|min|secondes?|seconds?|jours?|days?|ans|years?|[ap]m|o'clock)\b",
    r"\b[0-9]{1,2} ?[ap]\.m\.",
    # ordinals
    r"\b[0-9]{1,4} ?(?:er|re|[èe]re|[èe]|[èe]mes?|nde?|st|nd|rd|th)\b",
    # telephone numbers
    r"(?<![0-9])0[1-9](?:[ .-]?[0-9]{2}){4}(?![0-9])",
    r"\+[0-9]{1,3} ?(?:\(0\) ?)?[0-9](?:[ .-]?[0-9]{2}){4}(?![0-9])",
    # what is numbered
    rf"\b(?:tour|round) [1-9]{_NAMED}",
    rf"(?<!\w){_NUMBERED} ?(?:n[°ºo]\.? ?)?[A-Z]{{0,2}}[.-]? ?[0-9]{{1,5}}(?:[./–-][0-9]{{1,4}}){{0,4}}{_NAMED}",
    # codes: a leading zero, letters and digits in one word
    r"(?<![0-9.,'’])0[0-9]{1,15}(?:[-_][0-9A-Za-z]{1,16}){0,3}(?![0-9.,])",
    r"[^\W\d][\w-]{0,60}[0-9][\w-]{0,60}",
    r"\b[0-9]{1,3}(?-i:[ABC])\b",
)
_RANGE = r" ?(?:et|à|and|to|ou|or|[-–]) ?[0-9]{1,3}(?:[.,][0-9]{1,3})? ?"
_UNIT = (
    r" ?(?:%|‰|pour ?cents?\b|per ?cent\b|pct\b|points?\b)"
    rf"| ?(?P<scale>{_SCALE})\b(?P<half> et demie?)?"
    r"|(?P<letter>(?-i:[kKM]))(?![.\w])"
    rf"|(?={_RANGE}(?:(?P<range_scale>{_SCALE})\b|%|pour ?cents?\b|per ?cent\b))"  # between 35 and 37 %
)
_IN_WORDS = (
    rf"\b(?P<words>{_WORD}(?:[ -](?:cents?|hundred))?)[ -](?P<times>{_SCALE})\b(?P<times_half> et demie?)?",
    rf"\b(?:un demi[- ]|half an? |une demie? )(?P<half_scale>{_SCALE})\b",
    rf"\bone and a half (?P<more_scale>{_SCALE})\b",
)
_TENS = r"(?:dizaines?|centaines?|tens|hundreds) (?:de|of)"
_VAGUE = rf"\b(?P<vague>(?:{_TENS}|des|several|plusieurs) (?:milliers|millions|thousands))\b"
_PATTERN = re.compile(
    f"(?P<left_out>{'|'.join(_LEFT_OUT)})|(?P<number>{_GROUPED}|{_DIGITS})(?P<after>{_UNIT})?"
    f"|{'|'.join(_IN_WORDS)}|{_VAGUE}",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:\b(?:pr[èe]s|environ|quelques?|presque|plus|moins|autour|proches?|approximativement|aux alentours|alentour"
    r"|avoisin\w*|frôl\w*|approch\w*|vers|about|nearly|almost|around|roughly|some|close|closer|more|over|less|under"
    r"|approximately|upwards|nearing|à peu près|au moins|at least|up to|jusqu'à)|[~≈±<>≤≥])"
    r"(?: proches?| près)?(?: de| d'| des| du| à| aux| les| to| the| than| of| que)? ?(?:les |the |a )?$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"^ ?(?:[^\W\d]{1,20} )?(?:environ|or so|à peu près|approximately)\b", re.IGNORECASE)
_COUNTED = re.compile(
    r"^ (?:voix|votes?|votants?|voters?|bulletins?|ballots?|inscrits?|registered|suffrages?|exprim[ée]s|blancs?"
    r"|blanks?|nuls?|bureaux|stations|units|unit[ée]s|participants?|[ée]margements?)\b",
    re.IGNORECASE,
)
_THRESHOLD = re.compile(r"(?:plus|more|moins|less|over|under|majorité|majority)[^0-9]{0,14}$", re.IGNORECASE)
_ENTITIES = re.compile(r"&(?:nbsp|thinsp|nnbsp|ensp|emsp|#160|#8239|#8201|#xa0|#x202f|#x2009);", re.IGNORECASE)
_WINDOW = 40
"""Characters beside a figure that are looked at for words."""


def plain(text: str) -> str:
    """The text as figures are looked for in it: ASCII digits, one kind of space, nothing invisible."""
    text = _ENTITIES.sub(" ", text)
    odd = {char for char in set(text) if char > "\x7f"}
    table: dict[int, str | None] = {}
    for char in odd:
        if char.isdecimal():
            table[ord(char)] = str(unicodedata.decimal(char))
        elif char.isdigit():  # superscripts call notes, and are no part of the figure before them
            table[ord(char)] = " "
        elif unicodedata.category(char) == "Cf":
            table[ord(char)] = None
        elif unicodedata.category(char) == "Zs":
            table[ord(char)] = " "
        elif char in "％٪﹪":
            table[ord(char)] = "%"
    return text.translate(table)


def read_figures(text: str) -> Iterator[Figure]:
    """Every figure of a text that went through ``plain``, in order."""
    for found in _PATTERN.finditer(text):
        if found["left_out"] is not None:
            continue
        before = text[max(0, found.start() - _WINDOW) : found.start()]
        after = text[found.end() : found.end() + _WINDOW]
        kind, digits, decimals = _value(found)
        if kind is Kind.COUNT and _is_no_figure(found.group(), before, after):
            continue
        if kind is Kind.SHARE and digits is not None and digits == 50 * 10**decimals and _THRESHOLD.search(before):
            continue  # the majority that a rule asks for
        approximate = _is_approximate(before, after)
        yield Figure(found.group().strip(), kind, digits, decimals, approximate, *found.span())


def read_number(text: str, *, is_share: bool = False) -> Figure | None:
    """The figure that a cell holds, where it is one number alone; ``is_share`` where its head says so."""
    found = _CELL.fullmatch(text.strip())
    if found is None:
        return None
    is_share = is_share or bool(found["after"])
    digits, decimals = _parse(found["number"], found["sep"], scaled=is_share)
    kind = Kind.SHARE if is_share or decimals else Kind.COUNT
    return Figure(text.strip(), kind, digits, decimals, approximate=False, start=0, end=len(text))


def _value(found: re.Match[str]) -> tuple[Kind, int | None, int]:
    if found["vague"] is not None:
        return Kind.ROUND, None, 0
    if found["number"] is None:
        return Kind.ROUND, _in_words(found), 0
    after = found["after"]
    if after == "" and found["sep"] is not None:
        after = None  # no lower end of a range in percent or millions
    digits, decimals = _parse(found["number"], found["sep"], scaled=after is not None)
    if after is None:
        return (Kind.SHARE if decimals else Kind.COUNT), digits, decimals
    scale = found["scale"] or found["letter"] or found["range_scale"]
    if scale is None:
        return Kind.SHARE, digits, decimals
    if digits is None:
        return Kind.ROUND, None, 0
    times = _scale(scale)
    whole, rest = divmod(digits * times, 10**decimals)
    return Kind.ROUND, (whole + (times // 2 if found["half"] else 0) if not rest else None), 0


def _parse(number: str, separator: str | None, *, scaled: bool) -> tuple[int | None, int]:
    """A number's digits and decimals. One group after a comma or a point is a group, unless a unit says not."""
    if separator is not None and separator in ".," and number.count(separator) == 1:
        head, _, rest = number.partition(separator)
        if head == "0" or (scaled and rest.isdecimal()):
            return _digits(head + rest), len(rest)
    whole, mark, fraction = number, "", ""
    if separator is None:
        whole, mark, fraction = number.partition("," if "," in number else ".")
    else:
        other = {",": ".", ".": ","}.get(separator, "")
        for candidate in (other or ",", "."):
            if candidate != separator and candidate in number:
                whole, mark, fraction = number.partition(candidate)
                break
        whole = whole.replace(separator, "")
    return _digits(whole + fraction), len(fraction) if mark else 0


def _digits(text: str) -> int | None:
    return int(text) if len(text) <= _LONGEST else None


def _in_words(found: re.Match[str]) -> int:
    if found["half_scale"]:
        return _scale(found["half_scale"]) // 2
    if found["more_scale"]:
        return 3 * _scale(found["more_scale"]) // 2
    number, *hundred = re.split("[ -]", found["words"].lower())
    times = _scale(found["times"])
    return _WORDS[number] * (100 if hundred else 1) * times + (times // 2 if found["times_half"] else 0)


def _scale(word: str) -> int:
    lower = word.lower()
    if word in "kKM":
        return 10**6 if word == "M" else 10**3
    if lower.startswith(("milliard", "bill")):
        return 10**9
    return 10**6 if lower.startswith("million") else 10**3


def _is_no_figure(written: str, before: str, after: str) -> bool:
    """A year, or the number of an item in a list."""
    bare = written.strip()
    if bare.isdecimal() and len(bare) == len("2017") and bare.startswith(("19", "20")):
        return not _COUNTED.match(after)
    listed = not before.strip(" >-*|")
    return listed and bare.isdecimal() and len(bare) <= len("10") and bool(re.match(r"[.)] [^\d]", after))


def _is_approximate(before: str, after: str) -> bool:
    word = before.rstrip()[-1:]  # nothing but a word or a sign is worth a search
    if (word.isalpha() or word in "'~≈±<>≤≥") and word and _BEFORE.search(before):
        return True
    return after.lstrip()[:1].isalpha() and bool(_AFTER.match(after))


_CELL = re.compile(rf"[+-]? ?(?P<number>{_GROUPED}|{_DIGITS}) ?(?P<after>%|pct|points?)?", re.IGNORECASE)
