"""How do the figures look in the tables that journalists know?

Two CSV files of a canvass, one row per unit whose figures count: the layout of the French Interior Ministry
since 2024 (``;``, every column named, percentages with a comma and a sign) and a long one, one row per unit and
option. Integers are the truth; percentages are rounded half up to two decimals. Spec 5.3.
"""

import csv
import io
from collections.abc import Iterator

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


def ministry_table(canvass: Canvass, contest: Contest) -> bytes:
    """The Ministry's 2024 layout, UTF-8. Votants are the ballots cast, as Inscrits may be unknown (then empty)."""
    names = {option.id: option.name for option in contest.options}
    options = [f"{k};;{_cell(names[o])};;;" for k, o in enumerate(canvass.options, start=1)]
    columns = [column.format(k) for k in range(1, len(options) + 1) for column in _OPTION]
    lines = [";".join((*_MINISTRY, *columns))]
    lines.extend(_ministry_row(canvass.register, line, options) for line in counted_lines(canvass))
    return ("\n".join(lines) + "\n").encode()


def long_table(canvass: Canvass) -> bytes:
    """One row per unit and option: ``division;locality;unit;option;votes``, UTF-8."""
    lines = ["division;locality;unit;option;votes"]
    for line in counted_lines(canvass):
        unit = line.unit
        head = f"{unit.division};{unit.locality};{unit.id};"
        lines.extend(
            f"{head}{option};{votes}" for option, votes in zip(canvass.options, line.totals.votes, strict=True)
        )
    return ("\n".join(lines) + "\n").encode()


def counted_lines(canvass: Canvass) -> Iterator[UnitLine]:
    """The units whose figures count, in the order of the definition."""
    for unit in canvass.register.units:
        line = canvass.units[unit]
        if line.settled.figures is not None:
            yield line


def percentage(part: int, whole: int) -> str:
    """``part`` of ``whole`` in French style, rounded half up: ``71,74%``; empty where there is no whole."""
    if not whole:
        return ""
    hundredths = (20_000 * part + whole) // (2 * whole)
    return f"{hundredths // 100},{hundredths % 100:02d}%"


def _ministry_row(register: Register, line: UnitLine, options: list[str]) -> str:
    unit, totals = line.unit, line.totals
    registered, cast, valid = totals.voters_registered, totals.ballots_cast, totals.valid_votes
    blank, null = totals.blank_ballots, totals.ballots_rejected
    absent = registered - cast if registered else 0
    station = unit.id.removeprefix(f"{unit.locality}_")
    cells = [
        (
            f"{unit.division};{_cell(register.divisions[unit.division].name)};{unit.locality};"
            f"{_cell(register.localities[unit.locality].name)};{station};{registered or ''};{cast};"
            f"{percentage(cast, registered)};{absent if registered else ''};{percentage(absent, registered)};"
            f"{valid};{percentage(valid, registered)};{percentage(valid, cast)};"
            f"{blank};{percentage(blank, registered)};{percentage(blank, cast)};"
            f"{null};{percentage(null, registered)};{percentage(null, cast)}"
        )
    ]
    cells.extend(
        f"{option}{votes};{percentage(votes, registered)};{percentage(votes, valid)};"
        for option, votes in zip(options, totals.votes, strict=True)
    )
    return ";".join(cells)


def _cell(text: str) -> str:
    """A text as a CSV cell, quoted where it must be."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="").writerow([text])
    return out.getvalue()
