"""Every kind of entry × who signs it × how far the election is: what is not in the table is refused."""

from collections.abc import Callable, Mapping

import pytest

from election import (
    CONTEST,
    HOURS,
    LOG,
    MEMBERS,
    OPERATORS,
    QUORUM,
    UNITS,
    VOTERS,
    Night,
    make_definition,
    seats,
    signer,
)
from limpide.canonical import InvalidSignature, Refused
from limpide.record.events import (
    KINDS,
    Annulment,
    Body,
    Certification,
    Channel,
    Closing,
    Correction,
    Impediment,
    KeyReplacement,
    Opening,
    Publication,
    Qualified,
    Reinstatement,
    RollCommitment,
    StationReport,
    Turnout,
    UnitStatus,
)

FIRST, SECOND, THIRD, *_, LAST = UNITS
"""FIRST reports, SECOND is annulled, THIRD and LAST wait."""
NOTHING = "0" * 64


def defined() -> Night:
    return Night.begin()


def rolled() -> Night:
    night = defined()
    night.commit_roll()
    return night


def opened() -> Night:
    night = rolled()
    night.open()
    return night


def counting() -> Night:
    night = opened()
    night.publish()
    return night


def reporting() -> Night:
    night = counting()
    night.report(FIRST, (40, 30, 20))
    night.annul(SECOND)
    return night


def complete() -> Night:
    night = reporting()
    night.complete()
    night.close()
    night.publish()
    return night


def proclaimed() -> Night:
    night = complete()
    night.certify()
    return night


TIMES: Mapping[str, Callable[[], Night]] = {
    made.__name__: made for made in (defined, rolled, opened, counting, reporting, complete, proclaimed)
}
BEFORE = {"opening", "key-replacement", "publication"}
DURING = {"closing", "turnout", "unit-status", "annulment", "key-replacement", "publication"}
AFTER = {"station-report", "correction", "annulment", "reinstatement", "key-replacement", "publication"}
MAY_BE_ADDED: Mapping[str, set[str]] = {
    "defined": BEFORE | {"roll-commitment"},
    "rolled": BEFORE,
    "opened": DURING,
    "counting": DURING | {"station-report"},
    "reporting": DURING | {"station-report", "correction", "reinstatement"},
    "complete": AFTER | {"certification"},
    "proclaimed": AFTER | {"opening"},
}
TEAMS: Mapping[str, tuple[str, ...]] = {
    "organiser": ("organiser",),
    "registrar": ("registrar",),
    "log": (LOG,),
    "delegate": ("delegate/1",),
    "one member": MEMBERS[:1],
    "two members": MEMBERS[:2],
    "quorum": QUORUM,
    "another quorum": MEMBERS[2:],
    "all members": MEMBERS,
    "organiser with a quorum": (*QUORUM, "organiser"),
    "log with a quorum": (*QUORUM, LOG),
    "one operator": OPERATORS[:1],
    "both operators": OPERATORS,
    "seat 1": seats(LAST)[:1],
    "seat 2": seats(LAST)[1:],
    "both seats": seats(LAST),
    "both seats with a member": (*seats(LAST), MEMBERS[0]),
    "seats of the next round": seats(LAST, 2),
    "seats of another station": seats(FIRST),
    "a seat and an operator": (seats(LAST)[0], OPERATORS[0]),
    "a stranger": ("commission/6",),
}
COMMISSION = {"quorum", "another quorum", "all members"}
MAY_SIGN: Mapping[str, set[str]] = {
    "definition": set(),
    "roll-commitment": {"registrar"},
    "turnout": {"seat 1", "seat 2"},
    "station-report": {"both seats", "both operators"},
    "publication": {"log"},
    **dict.fromkeys(
        (
            *("opening", "closing", "unit-status", "correction", "annulment", "reinstatement"),
            *("key-replacement", "certification"),
        ),
        COMMISSION,
    ),
}


def bodies(night: Night) -> Mapping[str, Body]:
    """One body of each kind that would be right at its time."""
    record = night.record
    published = record.publications()
    digest = published[-1].publication.canvasses[0].digest if published else NOTHING
    reported = any(isinstance(record.event(i).body, StationReport) for i in record.unit_events(FIRST))
    annulled = [i for i in record.unit_events(SECOND) if isinstance(record.event(i).body, Annulment)]
    second = Opening(
        channel=Channel.PAPER, round=2, qualified=(Qualified(contest=CONTEST, options=("aline", "basile")),)
    )
    figures = night.figures(LAST, (1, 2, 3))
    roll = rolled().record.event(1).body
    assert isinstance(roll, RollCommitment)
    return {
        "definition": make_definition()[0],
        "roll-commitment": roll,
        "opening": second if record.opening(1) else Opening(channel=Channel.PAPER, round=1),
        "closing": Closing(channel=Channel.PAPER, round=1),
        "turnout": Turnout(hour=HOURS[0], round=1, unit=LAST, voters=3),
        "station-report": StationReport(contest=CONTEST, figures=figures, round=1, unit=LAST),
        "unit-status": UnitStatus(reason="flood", round=1, status=Impediment.NO_RESULT, units=(LAST,)),
        "correction": Correction(
            contest=CONTEST,
            figures=night.figures(FIRST, (1, 2, 3)),
            reason="recount",
            round=1,
            supersedes=night.last_report(FIRST).hex() if reported else NOTHING,
            unit=FIRST,
        ),
        "annulment": Annulment(reason="fraud", round=1, units=(THIRD,)),
        "reinstatement": Reinstatement(
            annulment=record.event(annulled[-1]).id.hex() if annulled else NOTHING, reason="appeal", round=1
        ),
        "key-replacement": KeyReplacement(name="delegate/1", new=signer("delegate/1", 1).key.vkey, reason="lost"),
        "publication": Publication(
            canvasses=(),
            instant="2027-01-18T00:00:00Z",
            manifest=NOTHING,
            number=len(published) + 1,
            size=record.size,
        ),
        "certification": Certification(canvass=digest, contest=CONTEST, publication=len(published) or 1, round=1),
    }


def test_the_tables_speak_of_every_kind() -> None:
    assert set(MAY_SIGN) == set(KINDS) == set(bodies(counting()))
    assert set().union(*MAY_BE_ADDED.values()) == set(KINDS) - {"definition"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("time", TIMES)
def test_only_who_may_sign_and_only_in_its_time(time: str, kind: str) -> None:
    night = TIMES[time]()
    if time == "defined":
        night.documents.update(rolled().documents)
    body = bodies(night)[kind]
    size = night.record.size
    for team, names in TEAMS.items():
        tried = night.branch()
        if team in MAY_SIGN[kind] and kind in MAY_BE_ADDED[time]:
            tried.try_(body, *names)
            assert tried.record.size == size + 1, team
        else:
            with pytest.raises((Refused, InvalidSignature)) as caught:
                tried.try_(body, *names)
            assert caught.value.clause[0] in "12345", team
            assert tried.record.size == size, team
    assert night.record.size == size


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("time", [time for time in TIMES if time not in {"defined", "rolled"}])
def test_r29_the_organiser_can_only_read_after_opening(time: str, kind: str) -> None:
    night = TIMES[time]()
    with pytest.raises(Refused) as caught:
        night.try_(bodies(night)[kind], "organiser")
    if kind in MAY_BE_ADDED[time]:
        assert caught.value.clause == ("3.1" if kind in {"station-report", "turnout"} else "2.3")


@pytest.mark.parametrize(("names", "clause"), [(MEMBERS[:2], "2.4"), (("organiser", *QUORUM), "2.3")])
def test_an_act_needs_the_threshold_and_nobody_else(names: tuple[str, ...], clause: str) -> None:
    with pytest.raises(Refused) as caught:
        counting().try_(Closing(channel=Channel.PAPER, round=1), *names)
    assert caught.value.clause == clause


def test_every_unit_has_its_voters() -> None:
    assert counting().record.voters_registered(1) == VOTERS
