"""How does one language write counts, shares, names and instants?

Counts are exact. A share is for reading only: it is made from two integers at the last moment and rounded half
up to a hundredth of a per cent. How far a count has come is rounded down instead, so that 100 % means all.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from limpide.record.definition import Text
from limpide.words import Language, catalogue, say

NOTHING = "—"
_CACHED = 100_000
CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), "\ufffd")


def escape(text: str) -> str:
    """A text as it may stand in HTML, in an element or in a quoted attribute; control characters replaced."""
    escaped = html.escape(text)
    return escaped if escaped.isprintable() else escaped.translate(CONTROLS)


def hundredths(part: int, whole: int) -> int:
    """``part`` of ``whole`` in hundredths of a per cent, rounded half up; ``whole`` is positive."""
    return (20_000 * part + whole) // (2 * whole)


def reached(part: int, whole: int) -> int:
    """How far ``part`` has come towards ``whole``, in hundredths of a per cent, rounded down."""
    return 10_000 * part // whole


class Counts(dict[int, str]):
    """Integers as a language writes them. Remembers the small ones."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self.language = language

    def __missing__(self, count: int) -> str:
        written = say(count, self.language)
        if count < _CACHED:
            self[count] = written
        return written


class Shares(dict[int, str]):
    """Hundredths of a per cent as a language writes them."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self.language = language

    def __missing__(self, value: int) -> str:
        point, sign = (",", "\u202f%") if self.language == "fr" else (".", "%")
        written = self[value] = f"{value // 100}{point}{value % 100:02d}{sign}"
        return written


@dataclass(slots=True, eq=False)
class Wording:
    """One language. What it gives is text, not HTML, unless it says otherwise."""

    language: Language
    counts: Mapping[int, str] = field(init=False)
    shares: Mapping[int, str] = field(init=False)
    sentences: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Begins with empty memories."""
        self.counts = Counts(self.language)
        self.shares = Shares(self.language)
        self.sentences = catalogue(self.language)

    def say(self, key: str, /, **facts: str | int) -> str:
        """The sentence of ``key`` with its placeholders filled; raises ``KeyError`` for an unknown one."""
        return self.sentences[key].format_map({name: self._fact(value) for name, value in facts.items()})

    def number(self, key: str, count: int) -> str:
        """A count with its noun: ``3 bureaux``. French counts 0 in the singular, English in the plural."""
        single = count < 2 if self.language == "fr" else count == 1  # noqa: PLR2004 - the grammar of both
        return self.say(f"{key}.one" if single else f"{key}.many", count=count)

    def code(self, prefix: str, code: str) -> str:
        """The words of a code that an entry bears; the code itself where the catalogue has none."""
        return self.sentences.get(f"{prefix}.{code}", code)

    def share(self, part: int, whole: int) -> str:
        """``part`` of ``whole`` as a percentage, a dash where there is no whole."""
        return self.shares[hundredths(part, whole)] if whole else NOTHING

    def change(self, difference: int) -> str:
        """A difference with its sign."""
        if difference == 0:
            return "0"
        return f"{'+' if difference > 0 else '−'}{self.counts[abs(difference)]}"

    def name(self, text: Text) -> str:
        """A text of the definition in this language."""
        return text.fr if self.language == "fr" else text.en

    def names(self, names: tuple[str, ...]) -> str:
        """``a, b and c``."""
        *first, last = names
        return f"{', '.join(first)} {self.say('page.and')} {last}" if first else last

    def round(self, number: int, rounds: int) -> str:
        """``Premier tour``; ``Tour unique`` where there is one only."""
        if rounds == 1:
            return self.say("page.round.only")
        return self.say("page.round.first") if number == 1 else self.say("page.round.later", number=number)

    def day(self, date: str) -> str:
        """``23 avril 2017`` for ``2017-04-23``."""
        year, month, day = date.split("-")
        names = self.say("page.months").split()
        first = self.language == "fr" and day == "01"
        return f"{'1er' if first else int(day)} {names[int(month) - 1]} {year}"

    def instant(self, instant: str, zone: str) -> str:
        """An instant of the record in the election's time zone, which it names."""
        moment = datetime.strptime(instant, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        key = "page.instant.utc"
        if zone == "Europe/Paris":
            moment += timedelta(hours=2 if _is_summer(moment) else 1)
            key = "page.instant.paris"
        return self.say(key, day=self.day(f"{moment:%Y-%m-%d}"), hour=f"{moment:%H}", minute=f"{moment:%M}")

    def _fact(self, value: str | int) -> str:
        return value if isinstance(value, str) else self.counts[value]


def _is_summer(moment: datetime) -> bool:
    """Summer time of the European Union, directive 2000/84/EC: 01:00 UTC, last Sundays of March and October.

    Written here because a time zone database differs from machine to machine, and a page must not.
    """
    start, end = (datetime(moment.year, month, 31, 1, tzinfo=UTC) for month in (3, 10))
    return _sunday_before(start) <= moment < _sunday_before(end)


def _sunday_before(moment: datetime) -> datetime:
    return moment - timedelta(days=(moment.weekday() + 1) % 7)
