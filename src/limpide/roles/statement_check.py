"""How does anybody check a published text or table against a record?

The record is read as the verifier reads it: nothing is said of a statement before the log and every signature in it
are good. Spec 10.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from limpide.canonical import Refused
from limpide.record.definition import DivisionId, LocalityId, UnitId
from limpide.record.record import Record
from limpide.results.canvass import NATION
from limpide.results.findings import Finding, Severity
from limpide.results.log_check import Progress
from limpide.results.statement_index import Origin
from limpide.results.statement_text import MAX_STATEMENT, Statement, read_statement
from limpide.results.statements import Checked, check_statement
from limpide.roles.auditor import read_record
from limpide.roles.past_results.election import UnusableFile


@dataclass(frozen=True, slots=True)
class Checking:
    """A statement, checked against a record."""

    record: Record
    checked: Checked


def check_statement_file(
    file: Path,
    target: str,
    *,
    publication: int | None,
    fingerprint: str | None,
    areas: Sequence[str],
    round_: int | None,
    snapshots: Sequence[Path],
    progress: Progress,
) -> Checking:
    """Checks a file against the record at ``target``; ``snapshots`` were published before it, in order.

    Raises ``UnusableFile``, ``NotCanonical`` 10.11, ``Refused`` 5.12 for another election, 10.12 for a publication
    and 10.14 for a place that is not there, ``Unverified`` and ``Unreachable`` as ``read_record`` does.
    """
    statement, *earlier = (_read(path) for path in (file, *snapshots))
    record = read_record(target, progress)
    found = record.event(0).id.hex()
    if fingerprint is not None and fingerprint != found:
        raise Refused("5.12", "this is another election", fingerprint=found)
    for area in areas:
        _check_area(record, area)
    checked = check_statement(
        statement, record, publication=publication, areas=areas, round_=round_, earlier=earlier
    )
    if fingerprint is None:
        checked.findings.append(Finding("5.13", "definition", {"fingerprint": found}, Severity.REMARK))
    return Checking(record, checked)


def data_file(record: Record, origin: Origin) -> str:
    """Where on the site the count stands that a figure comes from."""
    register = record.register
    division = origin.area
    if UnitId(origin.area) in register.units:
        division = register.units[UnitId(origin.area)].division
    elif LocalityId(origin.area) in register.localities:
        division = register.localities[LocalityId(origin.area)].division
    return f"data/r{origin.round}/{origin.contest}/{division or 'nation'}.json"


def area_name(record: Record, area: str) -> str:
    """What a place is called; nothing for the nation."""
    register = record.register
    division = register.divisions.get(DivisionId(area))
    locality = register.localities.get(LocalityId(area))
    unit = register.units.get(UnitId(area))
    place = division or locality or unit
    return area if place is None else place.name


def _read(path: Path) -> Statement:
    try:
        with path.open("rb") as file:
            return read_statement(file.read(MAX_STATEMENT + 1), path.name)
    except OSError as error:
        raise UnusableFile(f"{path}: {error.strerror}") from None


def _check_area(record: Record, area: str) -> None:
    register = record.register
    known = (register.divisions.keys(), register.localities.keys(), register.units.keys())
    if area != NATION and not any(area in names for names in known):
        raise Refused("10.14", f"there is no place {area}", subject=area[:80])
