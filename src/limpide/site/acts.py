"""What did the commission, the organiser and the registrar do, why, and with what effect?

The page of acts: each with the number of its entry, who signed it, its reason in words, and what it changed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never

from markupsafe import Markup

from limpide.record.definition import Contest, Definition, Register, UnitId
from limpide.record.events import (
    Annulment,
    Certification,
    Closing,
    Correction,
    EntryId,
    KeyReplacement,
    Opening,
    Publication,
    Reinstatement,
    RollCommitment,
    SignedEvent,
    StationReport,
    Turnout,
    UnitStatus,
)
from limpide.record.record import Record
from limpide.site.effects import Effect, effects
from limpide.site.paths import locality_path
from limpide.site.sheets import Html
from limpide.site.wording import NOTHING, Wording, escape

_COUNTS = ("voters_participated", "ballots_cast", "blank_ballots", "ballots_rejected")
_CHANGED = ' class="changed"'


@dataclass(frozen=True, slots=True)
class ActView:
    """An act as the page shows it."""

    index: int
    kind: str
    id: str
    signers: str
    reason: str
    """In words; empty where the act has none."""
    sentence: Markup
    effects: tuple[Markup, ...]
    """A table for each contest that the act can touch."""
    publication: int
    """The first publication that covers it."""


def act_views(record: Record, wording: Wording) -> Iterator[ActView]:
    """Every act, the latest first."""
    for index in reversed(record.acts()):
        event = record.event(index)
        reason = getattr(event.body, "reason", "")
        tables = [_effect_table(record.register, effect, wording) for effect in effects(record, index)]
        yield ActView(
            index=index,
            kind=event.kind,
            id=event.id.hex(),
            signers=", ".join(line.name for line in event.note.lines),
            reason=wording.code("reason", reason) if reason else "",
            sentence=Markup(" ".join(_sentence(record, event, wording))),  # noqa: S704 - escaped where it is made
            effects=tuple(Markup(table) for table in tables),  # noqa: S704 - idem
            publication=record.covering(index),
        )


def _sentence(record: Record, event: SignedEvent, wording: Wording) -> Iterator[Html]:
    """What an act says: a sentence, then what it points at."""
    register, body = record.register, event.body
    key = f"page.act.{event.kind}"
    number = getattr(body, "round", 1)
    facts: dict[str, str | int] = {"round": wording.round(number, len(register.definition.rounds))}
    pointed: Iterable[Html] = ()
    match body:
        case Definition():
            facts |= {"contests": len(body.contests), "divisions": len(body.divisions)}
            facts |= {"rounds": len(body.rounds), "units": len(register.units)}
        case RollCommitment():
            facts["voters"] = sum(record.voters_registered(body.round).values())
        case Opening():
            pointed = [_qualified(register, q.contest, q.options, wording) for q in body.qualified]
        case Closing():
            pass
        case UnitStatus():
            facts["state"] = wording.say(f"state.{body.status.value}")
            pointed = _unit_links(register, body.units, number, wording)
        case Correction():
            facts["entry"] = _index(record, body.supersedes)
            pointed = _unit_links(register, (body.unit,), number, wording)
        case Annulment():
            pointed = _unit_links(register, body.units, number, wording)
        case Reinstatement():
            lifted = _index(record, body.annulment)
            pointed = [f'<a href="#e{lifted}">{escape(wording.say("page.entry", number=lifted))}</a>']
        case KeyReplacement():
            facts["name"] = body.name
        case Certification():
            facts["contest"] = wording.name(_contest(register, body.contest).name)
            publication = escape(wording.say("page.publication", number=body.publication))
            link = f'<a href="publications.html#p{body.publication}">{publication}</a>'
            pointed = [link, f"<code>{body.canvass}</code>"]
        case StationReport() | Turnout() | Publication():
            return  # no acts: a record does not list them among its acts
        case _ as unreachable:
            assert_never(unreachable)
    yield escape(wording.say(key, **facts))
    yield from pointed


def _index(record: Record, entry: str) -> int:
    index = record.find(EntryId(bytes.fromhex(entry)))
    assert index is not None  # admission has checked that the entry is on record
    return index


def _contest(register: Register, contest: str) -> Contest:
    found = register.contest(contest)
    assert found is not None  # admission has checked that the contest is one of the definition
    return found


def _qualified(register: Register, contest_id: str, options: Iterable[str], wording: Wording) -> Html:
    contest = _contest(register, contest_id)
    named = {option.id: option.name for option in contest.options}
    names = wording.names(tuple(named[option] for option in options))
    return escape(wording.say("page.act.qualified", contest=wording.name(contest.name), names=names))


def _unit_links(register: Register, units: Iterable[str], round_: int, wording: Wording) -> Iterator[Html]:
    links = []
    for unit in units:
        path = locality_path(register, round_, register.units[UnitId(unit)].locality, wording.language)
        links.append(f'<a href="../{path}">{_unit_name(register, unit)}</a>')
    yield ", ".join(links)


def _unit_name(register: Register, unit_id: str) -> Html:
    unit = register.units[UnitId(unit_id)]
    said = unit.name if unit.id in unit.name else f"{unit.name} ({unit.id})"
    return escape(f"{register.localities[unit.locality].name}, {said}")


def _effect_table(register: Register, effect: Effect, wording: Wording) -> Html:
    contest, say = _contest(register, effect.contest), wording.say
    named = {option.id: escape(option.name) for option in contest.options}
    labels = [*(escape(say(f"page.{name}")) for name in _COUNTS), *(named[option] for option in effect.options)]
    before, after = effect.before, effect.after
    rows = [
        f'<tr{_CHANGED if change else ""}><th scope="row">{label}</th><td>{wording.counts[old]}</td>'
        f"<td>{wording.counts[new]}</td><td>{wording.change(change)}</td></tr>\n"
        for label, old, new, change in zip(
            labels, before.counts, after.counts, (after - before).counts, strict=True
        )
    ]
    heads = _heads(escape(say(f"page.{key}")) for key in ("figure", "act.before", "act.after", "change"))
    units = wording.number("page.count.units", len(effect.units))
    caption = escape(say("page.act.effect", contest=wording.name(contest.name), units=units))
    table = (
        f'<table class="version difference"><caption>{caption}</caption>\n<thead>{heads}</thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody></table>\n"
    )
    return table + (_by_unit(register, effect, labels, wording) if len(effect.units) > 1 else "")


def _by_unit(register: Register, effect: Effect, labels: Iterable[Html], wording: Wording) -> Html:
    """The change in each unit, where an act concerns several."""
    rows = []
    for unit in effect.units:
        changes = (unit.after - unit.before).counts
        cells = "".join(f"<td>{wording.change(change) if change else NOTHING}</td>" for change in changes)
        rows.append(f'<tr><th scope="row">{_unit_name(register, unit.unit)}</th>{cells}</tr>\n')
    caption = escape(wording.say("page.act.by-unit"))
    heads = _heads((escape(wording.say("page.unit")), *labels))
    return (
        f'<details><summary>{caption}</summary>\n<div class="scroll" role="region" aria-label="{caption}" '
        f'tabindex="0"><table class="changes"><caption>{caption}</caption>\n<thead>{heads}</thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody></table></div></details>\n"
    )


def _heads(labels: Iterable[Html]) -> Html:
    cells = "".join(f'<th scope="col">{label}</th>' for label in labels)
    return f"<tr>{cells}</tr>"
