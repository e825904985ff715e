"""The commission's acts: drafted from the record, their effect computed, what is missing named."""

import pytest

from election import CONTEST, ELECTION, MEMBERS, OPTIONS, QUORUM, UNITS, VOTERS, Night, make_contest, signer
from limpide.canonical import Refused
from limpide.record.events import Impediment, Opening
from limpide.record.record import Record
from limpide.record.settlement import Settlement, settle
from limpide.roles import commission
from limpide.roles.drafts import Draft, merge_drafts, read_draft, sign_draft
from limpide.roles.registrar import commit_counts, draw_salts, read_roll, roll_root


def sign_apart(night: Night, unsigned: Draft, names: tuple[str, ...] = QUORUM) -> None:
    """Each member signs a copy; the merged file goes to the record."""
    copies = [sign_draft(read_draft(unsigned.encode()), [signer(name)]) for name in names]
    night.submit(merge_drafts(copies).encode())


def state(record: Record, unit: str) -> Settlement:
    return settle(record, CONTEST, 1, unit).state


def test_a_round_from_opening_to_the_next_one() -> None:
    night = Night.begin()
    night.commit_roll()
    sign_apart(night, commission.draft_opening(night.record, 1), MEMBERS)
    night.publish()
    night.complete()
    sign_apart(night, commission.draft_closing(night.record, 1))
    with pytest.raises(Refused, match=r"\[5\.5\].*awaited"):
        commission.draft_certification(night.record, make_contest(), 1)
    night.publish()
    sign_apart(night, commission.draft_certification(night.record, make_contest(), 1))
    second = commission.draft_opening(night.record, 2)
    assert isinstance(second.body, Opening)
    assert second.body.qualified[0].options == OPTIONS[:2]
    sign_apart(night, second)


def test_too_few_members_are_refused(night: Night) -> None:
    with pytest.raises(Refused, match=r"\[2\.4\]"):
        sign_apart(night, commission.draft_closing(night.record, 1), MEMBERS[:2])


def test_a_second_round_waits_for_the_proclamation(night: Night) -> None:
    with pytest.raises(Refused, match=r"\[4\.5\]"):
        commission.draft_opening(night.record, 2)


def test_a_correction_shows_its_effect_before_anybody_signs(night: Night) -> None:
    night.report(UNITS[0], (40, 30, 20))
    figures = night.figures(UNITS[0], (38, 30, 20))
    drafted, effect = commission.draft_correction(
        night.record, CONTEST, 1, UNITS[0], figures=figures, reason="typo"
    )
    assert (effect.voters, effect.ballots) == (-2, -2)
    assert effect.votes == {"aline": -2, "basile": 0, "carole": 0}
    sign_apart(night, drafted)
    assert state(night.record, UNITS[0]) is Settlement.CORRECTED


def test_a_station_without_a_report_has_none_to_correct(night: Night) -> None:
    figures = night.figures(UNITS[0], (1, 1, 1))
    with pytest.raises(Refused, match=r"\[4\.8\]"):
        commission.draft_correction(night.record, CONTEST, 1, UNITS[0], figures=figures, reason="typo")


def test_an_annulment_and_its_lifting_undo_each_other(night: Night) -> None:
    night.report(UNITS[0], (40, 30, 20))
    drafted, (down,) = commission.draft_annulment(night.record, 1, UNITS[:2], "fraud")
    assert (down.ballots, dict(down.votes)) == (-90, {"aline": -40, "basile": -30, "carole": -20})
    sign_apart(night, drafted)
    annulment = night.record.event(night.record.size - 1).id
    drafted, (up,) = commission.draft_reinstatement(night.record, annulment, "appeal")
    assert (up.voters, up.ballots) == (-down.voters, -down.ballots)
    assert all(up.votes[option] == -down.votes[option] for option in OPTIONS)
    sign_apart(night, drafted)
    with pytest.raises(Refused, match=r"\[4\.10\]"):
        commission.draft_reinstatement(night.record, annulment, "appeal")


def test_an_annulment_where_nothing_was_known_shows_no_option(night: Night) -> None:
    _, (effect,) = commission.draft_annulment(night.record, 1, UNITS[:1], "fraud")
    assert (effect.voters, effect.ballots, effect.votes) == (0, 0, {})


def test_r01_what_is_missing_is_named_with_what_hangs_on_it(night: Night) -> None:
    for unit in UNITS[:-2]:
        night.report(unit, (40, 30, 20))
    with pytest.raises(Refused) as refusal:
        commission.draft_certification(night.record, make_contest(), 1)
    awaited = VOTERS[UNITS[-1]] + VOTERS[UNITS[-2]]
    assert refusal.value.clause == "5.6"
    assert dict(refusal.value.facts) == {
        "count": 2,
        "margin": 10 * (len(UNITS) - 2),
        "units": f"{UNITS[-2]}, {UNITS[-1]}",
        "voters": awaited,
    }
    sign_apart(night, commission.draft_status(night.record, 1, UNITS[-2:], Impediment.NOT_OPENED, "flood"))
    commission.check_complete(night.record, CONTEST, 1)


def test_a_replaced_key_no_longer_signs(night: Night) -> None:
    new = signer("commission/1", 1).key.vkey
    sign_apart(night, commission.draft_key_replacement(night.record, "commission/1", new, "lost"))
    with pytest.raises(Refused, match=r"\[2\.2\]"):
        sign_apart(night, commission.draft_closing(night.record, 1))


def test_the_registrar_commits_without_a_line_leaving() -> None:
    night = Night.begin()
    roll = "unit;name\n" + "".join(f"{unit};secret {n}\n" for unit in UNITS for n in range(3))
    units, lines = read_roll(roll.encode())
    salts = draw_salts(len(lines))
    root = roll_root(salts, lines)
    counts = {unit: units.count(unit) for unit in UNITS}
    commitment = commit_counts(night.record.register, 1, counts, root)
    night.documents.update(commitment.documents)
    signed = sign_draft(commitment.draft, [signer("registrar")])
    night.submit(signed.encode())
    assert night.record.voters_registered(1) == counts
    public = signed.encode() + b"".join(commitment.documents.values())
    assert b"secret" not in public
    assert salts[:16].hex().encode() not in public
    assert roll_root(draw_salts(len(lines)), lines) != root


def test_drafts_say_whose_election_they_are_of(night: Night) -> None:
    assert commission.draft_closing(night.record, 1).election == ELECTION
