"""May the commission, the registrar or the server do this now? Spec 4.4 to 4.11, 5.1, 5.5."""

from collections.abc import Collection, Iterable

from limpide.canonical import NotCanonical, Refused
from limpide.record.definition import Round
from limpide.record.events import (
    Annulment,
    Certification,
    Closing,
    Correction,
    EntryId,
    Impediment,
    KeyReplacement,
    Opening,
    Publication,
    Qualified,
    Reinstatement,
    StationReport,
    UnitStatus,
)
from limpide.record.record import Record
from limpide.record.reports import check_counting, check_figures, known_unit, reports_of
from limpide.record.settlement import Settlement, settle
from limpide.signing import ED25519, VerifierKey


def check_signers(names: tuple[str, ...], allowed: Collection[str], threshold: int) -> None:
    """Raises ``Refused`` unless at least ``threshold`` of ``allowed`` signed, and nobody else. Spec 2.3, 2.4."""
    strangers = [name for name in names if name not in allowed]
    if strangers:
        raise Refused("2.3", f"{strangers[0]} may not sign this", name=strangers[0])
    if len(names) < threshold:
        raise Refused("2.4", f"{len(names)} signatures, {threshold} are needed", count=len(names), needed=threshold)


def check_commission(record: Record, names: tuple[str, ...]) -> None:
    """Raises ``Refused`` unless m of the n members signed. Spec 2.4."""
    commission = record.register.definition.commission
    members = {f"commission/{seat}" for seat in range(1, len(commission.members) + 1)}
    check_signers(names, members, commission.threshold)


def check_opening(record: Record, body: Opening, names: tuple[str, ...]) -> None:
    """Spec 4.5: once for each round; round 1 by the definition's options, later ones by those that qualified."""
    check_commission(record, names)
    round_ = _known_round(record, body.round)
    if record.opening(body.round, body.channel) is not None:
        raise Refused("4.5", f"round {body.round} has been opened before", subject=f"round {body.round}")
    if round_.number == 1:
        if body.qualified:
            raise Refused("4.5", "the options of round 1 are those of the definition", subject="round 1")
        return
    _check_qualified(record, round_, body.qualified)


def check_closing(record: Record, body: Closing, names: tuple[str, ...]) -> None:
    """Spec 4.6: once, after the opening."""
    check_commission(record, names)
    if record.opening(body.round, body.channel) is None or record.is_closed(body.round, body.channel):
        raise Refused("4.6", f"round {body.round} is not open", subject=f"round {body.round}")


def check_unit_status(record: Record, body: UnitStatus, names: tuple[str, ...]) -> None:
    """Spec 4.7: units of an open round that still wait in a contest, and in every one if they did not open."""
    check_commission(record, names)
    _check_open(record, body.round, "4.7")
    contests = record.contests(body.round)
    for unit in _distinct(body.units, "4.7"):
        known_unit(record, unit)
        waiting = [settle(record, c, body.round, unit).state is Settlement.EXPECTED for c in contests]
        if not (all(waiting) if body.status is Impediment.NOT_OPENED else any(waiting)):
            raise Refused("4.7", f"{unit} has a report or a status already", subject=unit)


def check_correction(record: Record, body: Correction, names: tuple[str, ...]) -> None:
    """Spec 4.8: supersedes the last correction of a unit, or before the first one any of its reports."""
    check_commission(record, names)
    unit = known_unit(record, body.unit)
    check_counting(record, body.round)
    check_figures(record, body.contest, body.round, body.figures, unit.id)
    index = record.find(EntryId(bytes.fromhex(body.supersedes)))
    target = record.event(index).body if index is not None else None
    place = (body.contest, body.round, body.unit)
    if not isinstance(target, StationReport | Correction) or (target.contest, target.round, target.unit) != place:
        raise Refused("4.8", "what it supersedes is no report of this unit", subject=unit.id)
    corrections = [b for b in reports_of(record, *place) if isinstance(b, Correction)]
    if corrections and corrections[-1] is not target:
        raise Refused("4.8", "a later correction of this unit is on record", subject=unit.id)


def check_annulment(record: Record, body: Annulment, names: tuple[str, ...]) -> None:
    """Spec 4.9: units of a round that has been opened, none of them annulled now."""
    check_commission(record, names)
    _check_open(record, body.round, "4.9")
    for unit in _distinct(body.units, "4.9"):
        known_unit(record, unit)
        if annulled_by(record, body.round, unit) is not None:
            raise Refused("4.9", f"{unit} is annulled already", subject=unit)


def check_reinstatement(record: Record, body: Reinstatement, names: tuple[str, ...]) -> None:
    """Spec 4.10: lifts an annulment of the same round that stands."""
    check_commission(record, names)
    annulment = EntryId(bytes.fromhex(body.annulment))
    index = record.find(annulment)
    target = record.event(index).body if index is not None else None
    if not isinstance(target, Annulment) or target.round != body.round or record.is_lifted(annulment):
        raise Refused("4.10", "there is no such annulment to lift", subject=f"round {body.round}")


def check_key_replacement(record: Record, body: KeyReplacement, names: tuple[str, ...]) -> None:
    """Spec 4.11: the name has a key, the new one bears the same name and has been nobody's so far.

    A key that returned would undo its own replacement; a key of somebody else would sign twice.
    """
    check_commission(record, names)
    old = record.key(body.name)
    try:
        new = VerifierKey.parse(body.new)
    except NotCanonical as error:
        raise Refused("4.11", error.message, subject=body.name) from None
    if old is None or body.name == record.register.server.name:
        raise Refused("4.11", f"no key named {body.name} can be replaced", subject=body.name)
    if new.name != body.name or new.type != ED25519 or new.id == old.id:
        raise Refused("4.11", f"the new key of {body.name} is not another key of that name", subject=body.name)
    if any(new.public == known for known in record.known_keys(body.name)):
        raise Refused("4.11", f"the new key of {body.name} has been somebody's already", subject=body.name)


def check_publication(record: Record, body: Publication, names: tuple[str, ...]) -> None:
    """Spec 5.1: numbered in order, later than the one before and covering it, never about entries to come."""
    check_signers(names, {record.register.server.name}, 1)
    latest = record.latest
    number, instant, covered = (0, "", 0)
    if latest is not None:
        number, instant, covered = latest.publication.number, latest.publication.instant, latest.entry
    if body.number != number + 1:
        raise Refused("5.1", f"publication {number + 1} is due, not {body.number}", number=body.number)
    if body.instant <= instant:
        raise Refused("5.1", "a publication is not earlier than the one before", number=body.number)
    if len({(c.contest, c.round) for c in body.canvasses}) != len(body.canvasses):
        raise Refused("5.1", f"publication {body.number} states one canvass twice", number=body.number)
    if not covered < body.size <= record.size:
        raise Refused("5.1", f"publication {body.number} covers {body.size} entries", number=body.number)


def check_certification(record: Record, body: Certification, names: tuple[str, ...]) -> None:
    """Spec 5.5: nothing missing, nothing contested, nothing changed since the publication it proclaims."""
    check_commission(record, names)
    where = f"round {body.round}"
    if not record.is_closed(body.round):
        raise Refused("5.5", f"{where} has not been closed", subject=where)
    publications = record.publications()
    if body.publication > len(publications):
        raise Refused("5.5", f"there is no publication {body.publication}", subject=where)
    publication = publications[body.publication - 1].publication
    digests = {(c.contest, c.round): c.digest for c in publication.canvasses}
    if digests.get((body.contest, body.round)) != body.canvass:
        raise Refused("5.5", f"publication {body.publication} has another canvass", subject=where)
    changes = record.changes(body.round, body.contest)
    if changes and changes[-1] >= publication.size:
        raise Refused("5.5", f"the canvass changed after publication {body.publication}", subject=where)
    missing = missing_units(record, body.contest, body.round)
    if missing:
        shown = ", ".join(missing[:5])
        raise Refused("5.6", f"{len(missing)} units have no status: {shown}", count=len(missing), units=shown)


def missing_units(record: Record, contest: str, round_: int) -> list[str]:
    """Units that keep a contest from being proclaimed: nothing said, or contradictory things. Spec 5.6."""
    open_ = (Settlement.EXPECTED, Settlement.CONTESTED)
    return [unit for unit in record.register.units if settle(record, contest, round_, unit).state in open_]


def annulled_by(record: Record, round_: int, unit: str) -> int | None:
    """Index of the annulment that holds for a unit now, or None."""
    for index in reversed(record.unit_events(unit)):
        event = record.event(index)
        if isinstance(event.body, Annulment) and event.body.round == round_ and not record.is_lifted(event.id):
            return index
    return None


def _check_qualified(record: Record, round_: Round, qualified: Iterable[Qualified]) -> None:
    where = f"round {round_.number}"
    previous = round_.number - 1
    named = {q.contest: q.options for q in qualified}
    certified = [
        c.id for c in record.register.definition.contests if record.certification(c.id, previous) is not None
    ]
    if not named or sorted(named) != sorted(q.contest for q in qualified) or not set(named) <= set(certified):
        raise Refused("4.5", f"{where} opens for contests that were proclaimed in the one before", subject=where)
    for contest, options in named.items():
        if not set(options) < set(record.options(contest, previous)) or len(set(options)) != len(options):
            raise Refused("4.5", f"the options of {where} are not among those of the one before", subject=where)


def _check_open(record: Record, number: int, clause: str) -> None:
    _known_round(record, number)
    if record.opening(number) is None:
        raise Refused(clause, f"round {number} has not been opened", subject=f"round {number}")


def _known_round(record: Record, number: int) -> Round:
    round_ = record.register.round(number)
    if round_ is None:
        raise Refused("4.5", f"there is no round {number}", subject=f"round {number}")
    return round_


def _distinct(units: tuple[str, ...], clause: str) -> tuple[str, ...]:
    for position, unit in enumerate(sorted(units)[1:]):
        if unit == sorted(units)[position]:
            raise Refused(clause, f"{unit} stands twice in this act", subject=unit)
    return units
