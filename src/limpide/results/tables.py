"""How do the figures look in the tables that journalists know?

Two CSV files of a canvass, one row per unit whose figures count: the layout of the French Interior Ministry
since 2024 (``;``, every column named, percentages with a comma and a sign) and a long one, one row per unit and
option. Integers are the truth; percentages are rounded half up to two decimals. Spec 5.3.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from limpide.record.definition import Contest, Register
from limpide.results.canvass import Canvass, UnitLine

_MINISTRY = (
    "Code département",
    "Libellé département",
    "Code commune",
    "Libellé commune",
    "Code BV",
    "Inscrits",
    "Votants",
    "% Votants",
    "Abstentions",
    "% Abstentions",
    "Exprimés",
    "% Exprimés/inscrits",
    "% Exprimés/votants",
    "Blancs",
    "% Blancs/inscrits",
    "% Blancs/votants",
    "Nuls",
    "% Nuls/inscrits",
    "% Nuls/votants",
)
_OPTION = (
    "Numéro de panneau {}",
    "Nuance candidat {}",
    "Nom candidat {}",
    "Prénom candidat {}",
    "Sexe candidat {}",
    "Voix {}",
    "% Voix/inscrits {}",
    "% Voix/exprimés {}",
    "Elu {}",
)


@dataclass(slots=True, eq=False)
class Tables:
    """The rows of both tables, written anew where units changed. A private fold beside its ``Canvass``."""

    contest: Contest
    canvass: Canvass
    rows: dict[str, tuple[str, str]] = field(init=False)
    """By unit, in the order of the definition: its row of the Ministry's table and its rows of the long one."""

    def __post_init__(self) -> None:
        """Begins with no unit counted."""
        self.rows = dict.fromkeys(self.canvass.register.units, ("", ""))

    def rewrite(self, units: Iterable[str]) -> None:
        """Takes in the units whose line changed."""
        names = {option.id: option.name for option in self.contest.options}
        options = [f"{k};;{_cell(names[o])};;;" for k, o in enumerate(self.canvass.options, start=1)]
        for unit in units:
            line = self.canvass.units[unit]
            counts = line.settled.figures is not None
            ministry = _ministry_row(self.canvass.register, line, options) if counts else ""
            self.rows[unit] = (ministry, _long_rows(self.canvass.options, line) if counts else "")

    def ministry(self) -> bytes:
        """The Ministry's 2024 layout, UTF-8. Votants are the ballots cast; Inscrits are empty where unknown."""
        numbers = range(1, len(self.canvass.options) + 1)
        columns = (*_MINISTRY, *(column.format(k) for k in numbers for column in _OPTION))
        return "".join((";".join(columns), "\n", *(row for row, _ in self.rows.values()))).encode()

    def long(self) -> bytes:
        """One row per unit and option: ``division;locality;unit;option;votes``, UTF-8."""
        head = "division;locality;unit;option;votes\n"
        return "".join((head, *(rows for _, rows in self.rows.values()))).encode()


def percentage(part: int, whole: int) -> str:
    """``part`` of ``whole`` in French style, rounded half up: ``71,74%``; empty where there is no whole."""
    if not whole:
        return ""
    hundredths = (20_000 * part + whole) // (2 * whole)
    return f"{hundredths // 100},{hundredths % 100:02d}%"


def _ministry_row(register: Register, line: UnitLine, options: Sequence[str]) -> str:
    unit, totals = line.unit, line.totals
    registered, cast, valid = totals.voters_registered, totals.ballots_cast, totals.valid_votes
    blank, null = totals.blank_ballots, totals.ballots_rejected
    absent = registered - cast
    absences = f"{absent};{percentage(absent, registered)}" if absent >= 0 and registered else ";"
    station = unit.id.removeprefix(f"{unit.locality}_")
    head = (
        f"{unit.division};{_cell(register.divisions[unit.division].name)};{unit.locality};"
        f"{_cell(register.localities[unit.locality].name)};{station};{registered or ''};{cast};"
        f"{percentage(cast, registered)};{absences};"
        f"{valid};{percentage(valid, registered)};{percentage(valid, cast)};"
        f"{blank};{percentage(blank, registered)};{percentage(blank, cast)};"
        f"{null};{percentage(null, registered)};{percentage(null, cast)}"
    )
    cells = [
        f";{option}{votes};{percentage(votes, registered)};{percentage(votes, valid)};"
        for option, votes in zip(options, totals.votes, strict=True)
    ]
    return f"{head}{''.join(cells)}\n"


def _long_rows(options: Sequence[str], line: UnitLine) -> str:
    head = f"{line.unit.division};{line.unit.locality};{line.unit.id};"
    votes = zip(options, line.totals.votes, strict=True)
    return "".join([f"{head}{option};{count}\n" for option, count in votes])


@lru_cache(maxsize=100_000)
def _cell(text: str) -> str:
    """A text as a CSV cell, quoted where it must be."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="").writerow([text])
    return out.getvalue()
