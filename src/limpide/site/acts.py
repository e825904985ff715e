"""What did the commission, the organiser and the registrar do, why, and with what effect?

The page of acts: each with the number of its entry, who signed it, its reason in words, and what it changed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never

from markupsafe import Markup

from limpide.record.definition import Contest, Register, UnitId
from limpide.record.events import (
    Annulment,
    Body,
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
from limpide.record.definition import Definition
from limpide.record.record import Record
from limpide.site.effects import Effect, Tally, effects
from limpide.site.paths import locality_path
from limpide.site.sheets import Html
from limpide.site.wording import NOTHING, Wording, escape
from limpide.words import Language


@dataclass(frozen=True, slots=True)
class ActView:
    """An act as the page shows it."""

    index: int
    kind: str
    title: str
    signers: str
    reason: str
    sentence: Markup
    publication: int
    effects: tuple[Markup, ...]
    id: str


def act_views(record: Record, wording: Wording) -> Iterator[ActView]:
    """Every act, the latest first."""
    for index in reversed(record.acts()):
        event = record.event(index)
        reason = getattr(event.body, "reason", "")
        yield ActView(
            index,
            event.kind,
            wording.say(f"kind.{event.kind}"),
            ", ".join(line.name for line in event.note.lines),
            wording.code("reason", reason) if reason else "",
            Markup(_sentence(record, event, wording)),  # noqa: S704 - escaped where it is made
            record.covering(index),
            tuple(
                Markup(_effect(record.register, effect, event.body, wording))  # noqa: S704 - idem
                for effect in effects(record, index)
            ),
            event.id.hex(),
        )


def round_name(register: Register, number: int, wording: Wording) -> str:
    """``Premier tour``; ``Tour unique`` where there is one only."""
    rounds = len(register.definition.rounds)
    if rounds == 1:
        return wording.say("page.round.only")
    return wording.say("page.round.first" if number == 1 else "page.round.later", number=number)


def _sentence(record: Record, event: SignedEvent, wording: Wording) -> Html:
    register, body = record.register, event.body
    match body:
        case Definition():
            facts = {
                "contests": len(body.contests),
                "divisions": len(body.divisions),
                "rounds": len(body.rounds),
                "units": len(register.units),
            }
            return escape(wording.say("page.act.definition", **facts))
        case RollCommitment():
            voters = sum(record.voters_registered(body.round).values())
            return _say(
                wording, "roll-commitment", round=_round(record, body, wording), voters=wording.counts[voters]
            )
        case Opening():
            named = [
                f"{wording.name(contest.name)} : {wording.names(_option_names(contest, q.options))}"
                for q in body.qualified
                if (contest := register.contest(q.contest)) is not None
            ]
            opened = _say(wording, "opening", round=_round(record, body, wording))
            return " ".join((opened, *(escape(f"{name}.") for name in named)))
        case Closing():
            return _say(wording, "closing", round=_round(record, body, wording))
        case UnitStatus():
            state = wording.say(f"state.{body.status.value}")
            return f"{_say(wording, 'unit-status', round=_round(record, body, wording), state=state)} {_units(register, body.units, body.round, wording.language)}"
        case Correction():
            corrected = record.find(EntryId(bytes.fromhex(body.supersedes)))
            said = _say(wording, "correction", round=_round(record, body, wording), entry=corrected or 0)
            return f"{said} {_units(register, (body.unit,), body.round, wording.language)}"
        case Annulment():
            said = _say(wording, "annulment", round=_round(record, body, wording))
            return f"{said} {_units(register, body.units, body.round, wording.language)}"
        case Reinstatement():
            annulment = record.find(EntryId(bytes.fromhex(body.annulment))) or 0
            said = _say(wording, "reinstatement", round=_round(record, body, wording))
            return f'{said} <a href="#e{annulment}">{escape(wording.say("page.entry", number=annulment))}</a>'
        case KeyReplacement():
            return _say(wording, "key-replacement", name=body.name)
        case Certification():
            contest = register.contest(body.contest)
            name = wording.name(contest.name) if contest else body.contest
            said = _say(wording, "certification", round=_round(record, body, wording), contest=name)
            link = f'<a href="publications.html#p{body.publication}">{escape(wording.say("page.publication", number=body.publication))}</a>'
            return f"{said} {link} <code>{body.canvass}</code>"
        case StationReport() | Turnout() | Publication():
            return ""  # no acts: the record does not list them among its acts
        case _ as unreachable:
            assert_never(unreachable)


def _say(wording: Wording, kind: str, /, **facts: str | int) -> Html:
    return escape(wording.say(f"page.act.{kind}", **facts))


def _round(
    record: Record,
    body: RollCommitment | Opening | Closing | UnitStatus | Correction | Annulment | Reinstatement | Certification,
    wording: Wording,
) -> str:
    return round_name(record.register, body.round, wording)


def _option_names(contest: Contest, options: Iterable[str]) -> tuple[str, ...]:
    named = {option.id: option.name for option in contest.options}
    return tuple(named[option] for option in options)


def _units(register: Register, units: Iterable[str], round_: int, language: Language) -> Html:
    return ", ".join(_unit_link(register, unit, round_, language) for unit in units)


def _unit_link(register: Register, unit_id: str, round_: int, language: Language) -> Html:
    unit = register.units[UnitId(unit_id)]
    locality = register.localities[unit.locality]
    path = locality_path(register, round_, locality.id, language).removeprefix(f"{language}/")
    name = unit.id if unit.name == unit.id else f"{unit.name} ({unit.id})"
    return f'<a href="{path}">{escape(locality.name)}, {escape(name)}</a>'


def _effect(register: Register, effect: Effect, body: Body, wording: Wording) -> Html:
    contest = register.contest(effect.contest)
    assert contest is not None  # an effect is made for a contest of the definition
    say = wording.say
    named = {option.id: escape(option.name) for option in contest.options}
    labels = [
        *(escape(say(f"page.{name}")) for name in ("voters_participated", "ballots_cast", "blank_ballots")),
        escape(say("page.ballots_rejected")),
        *(named[option] for option in effect.options),
    ]
    before, after = effect.before, effect.after
    change = after - before
    heads = "".join(
        f'<th scope="col">{escape(say(key))}</th>'
        for key in ("page.figure", "page.act.before", "page.act.after", "page.change")
    )
    rows = "".join(
        f'<tr{"" if delta else " class=unchanged"}><th scope="row">{label}</th><td>{wording.counts[old]}</td>'
        f"<td>{wording.counts[new]}</td><td>{wording.change(delta)}</td></tr>\n"
        for label, old, new, delta in zip(
            labels, before.counts[1:], after.counts[1:], change.counts[1:], strict=True
        )
    )
    caption = escape(
        say(
            "page.act.effect",
            contest=wording.name(contest.name),
            units=wording.number("page.count.units", len(effect.units)),
        )
    )
    table = (
        f'<table class="version"><caption>{caption}</caption>\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody></table>\n"
    )
    return table + (_by_unit(register, effect, labels, wording) if len(effect.units) > 1 else "")


def _by_unit(register: Register, effect: Effect, labels: list[Html], wording: Wording) -> Html:
    """The change in each unit, where an act concerns several."""
    say = wording.say
    heads = "".join(f'<th scope="col">{label}</th>' for label in (escape(say("page.unit")), *labels))
    rows = []
    for unit in effect.units:
        change: Tally = unit.after - unit.before
        cells = "".join(f"<td>{wording.change(delta) if delta else NOTHING}</td>" for delta in change.counts[1:])
        known = register.units[UnitId(unit.unit)]
        place = register.localities[known.locality].name
        rows.append(f'<tr><th scope="row">{escape(place)}, {escape(known.name)}</th>{cells}</tr>\n')
    caption = escape(say("page.act.by-unit"))
    return (
        f'<details><summary>{caption}</summary>\n<div class="scroll" role="region" aria-label="{caption}" tabindex="0">'
        f'<table class="units"><caption>{caption}</caption>\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody></table></div></details>\n"
    )
