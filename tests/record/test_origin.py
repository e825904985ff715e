"""Whose entry is it? Other elections, replays, strangers, replaced keys."""

from election import (
    CONTEST,
    LOG,
    OTHER_ELECTION,
    QUORUM,
    UNITS,
    Night,
    refusal,
    seats,
    sign,
    signer,
)
from limpide.record.admission import VerifiedEvent, admit, verify_events
from limpide.record.events import (
    Channel,
    Closing,
    KeyReplacement,
    StationReport,
)

FIRST, SECOND, *_, LAST = UNITS


class TestKeys:
    def test_the_old_key_ends_and_the_new_one_begins(self, night: Night) -> None:
        old = night.branch()
        night.replace_key(seats(FIRST)[1])
        old.record = night.record
        assert refusal(old.report, FIRST, (1, 2, 3)).clause == "2.2"
        night.report(FIRST, (1, 2, 3))

    def test_a_member_replaced_signs_with_the_new_key(self, night: Night) -> None:
        night.replace_key("commission/1")
        stale = sign(Closing(channel=Channel.PAPER, round=1), QUORUM)
        assert refusal(night.admit, stale).clause == "2.2"
        night.close()

    def test_a_key_replaced_between_check_and_admission(self, night: Night) -> None:
        report = StationReport(contest=CONTEST, figures=night.figures(FIRST, (1, 2, 3)), round=1, unit=FIRST)
        (verified,) = verify_events(night.record, [night.sign(report, seats(FIRST))])
        assert isinstance(verified, VerifiedEvent)
        night.replace_key(seats(FIRST)[0])
        late = refusal(admit, night.record, verified, night.documents.get)
        assert late.clause == "2.2"

    def test_another_key_replaced_between_check_and_admission(self, night: Night) -> None:
        report = StationReport(contest=CONTEST, figures=night.figures(FIRST, (1, 2, 3)), round=1, unit=FIRST)
        (verified,) = verify_events(night.record, [night.sign(report, seats(FIRST))])
        assert isinstance(verified, VerifiedEvent)
        night.replace_key(seats(SECOND)[0])
        assert admit(night.record, verified, night.documents.get).size == night.record.size + 1

    def test_an_old_key_does_not_return_and_nobody_signs_twice(self, night: Night) -> None:
        seat = seats(FIRST)[0]
        night.replace_key(seat)
        night.replace_key("commission/2")
        publics = [
            signer(seat).key.public,
            signer(seat, 1).key.public,
            signer(seats(FIRST)[1]).key.public,
            signer("commission/1").key.public,
            signer("commission/2").key.public,
            signer("commission/2", 1).key.public,
        ]
        for public in publics:
            vkey = type(signer(seat).key)(seat, public).vkey
            body = KeyReplacement(name=seat, new=vkey, reason="stolen")
            assert refusal(night.try_, body, *QUORUM).clause == "4.11"

    def test_neither_the_log_nor_an_unknown_name_nor_another_name(self, night: Night) -> None:
        fresh = signer(LOG, 1).key
        for name, vkey in (
            (LOG, fresh.vkey),
            ("commission/6", signer("commission/6").key.vkey),
            ("organiser", fresh.vkey),
            ("organiser", "organiser"),
            ("organiser", type(fresh)("organiser", fresh.public, 4).vkey),
        ):
            body = KeyReplacement(name=name, new=vkey, reason="lost")
            assert refusal(night.try_, body, *QUORUM).clause == "4.11"


class TestOrigin:
    def test_an_entry_of_another_election(self, night: Night) -> None:
        body = Closing(channel=Channel.PAPER, round=1)
        refused = refusal(night.admit, sign(body, QUORUM, election=OTHER_ELECTION))
        assert (refused.clause, refused.facts["name"]) == ("1.5", OTHER_ELECTION)

    def test_a_check_against_another_record_is_no_check(self, night: Night) -> None:
        """A ``VerifiedEvent`` of one election is judged again by the other."""
        stray = sign(Closing(channel=Channel.PAPER, round=1), QUORUM, election=OTHER_ELECTION)
        refused = refusal(admit, night.record, VerifiedEvent(stray, night.record.key_change), night.documents.get)
        assert refused.clause == "1.5"

    def test_a_replayed_entry(self, night: Night) -> None:
        entries, _ = night.bundle()
        for entry in entries:
            assert refusal(night.submit, entry).clause == "1.7"

    def test_an_unknown_key_under_a_known_name(self, night: Night) -> None:
        stray = sign(Closing(channel=Channel.PAPER, round=1), QUORUM, generation=7)
        assert refusal(night.admit, stray).clause == "2.2"

    def test_a_false_signature(self, night: Night) -> None:
        good = night.sign(Closing(channel=Channel.PAPER, round=1), QUORUM).note
        other = night.sign(Closing(channel=Channel.PAPER, round=2), QUORUM).note
        swapped = type(good)(good.text, (*good.lines[:2], other.lines[2])).encode()
        refused = refusal(night.submit, swapped)
        assert (refused.clause, refused.facts["name"]) == ("2.7", QUORUM[2])

    def test_one_false_signature_among_many_events_names_its_own(self, night: Night) -> None:
        events = [
            night.sign(
                StationReport(contest=CONTEST, figures=night.figures(u, (1, 2, 3)), round=1, unit=u), seats(u)
            )
            for u in UNITS
        ]
        wrong = type(events[3].note)(events[3].note.text, events[2].note.lines)
        stranger = sign(Closing(channel=Channel.PAPER, round=1), ("commission/9",))
        mixed = [*events[:3], type(events[3])(events[3].election, events[3].body, wrong, events[3].id), stranger]
        answers = verify_events(night.record, [*mixed, *events[4:]])
        assert [getattr(answer, "clause", "good") for answer in answers] == [
            *("good", "good", "good", "2.7", "2.2", "good", "good")
        ]
        assert verify_events(night.record, []) == []
