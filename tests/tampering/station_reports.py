"""Which reports are refused, and which are remarked on? Spec 3, 5.2."""

from collections.abc import Iterator, Mapping

import msgspec

from election import BEFORE_COUNTING, CONTEST, HOURS, OPERATORS, QUORUM, Night, seats
from limpide.record.events import StationReport, Turnout
from tampering.case import FIRST, LAST, SECOND, Case, counted, entry_of, report_of

TURNOUT = Turnout(hour=HOURS[0], round=1, unit=FIRST, voters=50)


def cases() -> Iterator[Case]:
    """In the order of the clauses."""
    yield from _who()
    yield from _when()
    yield from _form()
    yield from _how_many()
    yield from _remarks()


def _who() -> Iterator[Case]:
    night = Night.counting()
    report = report_of(night)
    for name, names in (
        ("one-seat", seats(FIRST)[:1]),
        ("seats-of-another-station", seats(SECOND)),
        ("seats-of-another-round", seats(FIRST, 2)),
        ("one-operator", OPERATORS[:1]),
        ("a-seat-and-an-operator", (seats(FIRST)[0], OPERATORS[0])),
        ("the-organiser", ("organiser",)),
        ("the-commission", QUORUM),
    ):
        yield Case(f"3.1-{name}", ("3.1",), night, entry_of(night, report, *names))
    stray = msgspec.structs.replace(report, unit="99999-0001")
    yield Case("3.1-unknown-unit", ("3.1",), night, entry_of(night, stray, *OPERATORS))
    yield Case("3.1-turnout-by-both-seats", ("3.1",), night, entry_of(night, TURNOUT, *seats(FIRST)))


def _when() -> Iterator[Case]:
    night = Night.begin()
    entry = entry_of(night, report_of(night), *seats(FIRST))
    yield Case("3.2-before-opening", ("3.2",), night, entry)
    night.open()
    yield Case("3.2-before-any-publication", ("3.2",), night, entry)
    night.publish(BEFORE_COUNTING)
    yield Case("3.2-a-minute-early", ("3.2",), night, entry)


def _form() -> Iterator[Case]:
    night = Night.counting()
    report = report_of(night)
    figures = report.figures
    for name, changed in (
        ("option-missing", msgspec.structs.replace(figures, votes={"aline": 40, "basile": 30})),
        ("option-too-many", msgspec.structs.replace(figures, votes={**figures.votes, "denis": 0})),
        ("figure-missing", msgspec.structs.replace(figures, voters_participated=msgspec.UNSET)),
    ):
        body = msgspec.structs.replace(report, figures=changed)
        yield Case(f"3.3-{name}", ("3.3",), night, entry_of(night, body, *seats(FIRST)))
    elsewhere = msgspec.structs.replace(report, contest="mairie")
    yield Case("3.3-unknown-contest", ("3.3",), night, entry_of(night, elsewhere, *seats(FIRST)))
    second = Night.proclaimed()
    second.open(2, ("aline", "basile"))
    second.publish()
    again = msgspec.structs.replace(report, round=2)
    yield Case("3.3-option-that-is-out", ("3.3",), second, entry_of(second, again, *seats(FIRST, 2)))


def _how_many() -> Iterator[Case]:
    night = Night.counting()
    entry = entry_of(night, report_of(night), *seats(FIRST))
    corrected = night.branch()
    corrected.report(FIRST, (40, 30, 19))
    corrected.correct(FIRST, (40, 30, 18))
    yield Case("3.5-after-a-correction", ("3.5",), corrected, entry)
    flooded = night.branch()
    for count in range(8):
        flooded.report(FIRST, (count, 1, 1))
    yield Case("3.5-ninth-report", ("3.5",), flooded, entry)
    another_hour = msgspec.structs.replace(TURNOUT, hour="13:00")
    yield Case("3.6-another-hour", ("3.6",), night, entry_of(night, another_hour, seats(FIRST)[0]))
    night.close()
    yield Case("3.6-after-closing", ("3.6",), night, entry_of(night, TURNOUT, seats(FIRST)[0]))


def _remarks() -> Iterator[Case]:
    """Reports that are admitted and remarked on. The roll of the first station is 100, of the last 600."""
    night = Night.counting()
    good = night.figures(FIRST, (40, 30, 20))
    wrong: Mapping[str, Mapping[str, object]] = {
        "3.4-sums-do-not-close": {"ballots_cast": 91, "voters_participated": 91},
        "3.7-more-voters-than-registered": {**counted(51, 30, 20)},
        "3.8-signatures-and-ballots-differ": {"voters_participated": 89},
        "3.9-another-roll": {"voters_registered": 110},
        "3.10-many-blank": {**counted(37, 30, 20, cast=90), "blank_ballots": 3},
        "3.11-no-valid-vote": {**counted(0, 0, 0, cast=90), "blank_ballots": 90},
        "3.13-nearly-everybody": {**counted(45, 30, 20)},
    }
    besides = {"3.7": ("3.7", "3.13"), "3.11": ("3.10", "3.11")}
    for name, changes in wrong.items():
        figures = msgspec.structs.replace(good, **changes)
        clause = name.split("-")[0]
        entry = entry_of(night, _said(FIRST, figures), *seats(FIRST))
        yield Case(name, besides.get(clause, (clause,)), night, entry)
    landslide = _said(LAST, night.figures(LAST, (190, 5, 5)))
    yield Case("3.12-nearly-unanimous", ("3.12",), night, entry_of(night, landslide, *seats(LAST)))
    entry = entry_of(night, report_of(night), *seats(FIRST))
    told = night.branch()
    told.report(FIRST, (30, 40, 20))
    yield Case("5.2-two-different-reports", ("5.2",), told, entry)
    absent = night.branch()
    absent.declare(FIRST)
    yield Case("5.2-a-report-after-a-status", ("5.2",), absent, entry)


def _said(unit: str, figures: msgspec.Struct) -> StationReport:
    report = StationReport(contest=CONTEST, figures=Night.begin().figures(unit, (0, 0, 0)), round=1, unit=unit)
    changed: StationReport = msgspec.structs.replace(report, figures=figures)
    return changed
