"""An earlier record is still what it was: ``until`` equals refolding, and branches do not mix."""

import pytest

from election import CONTEST, HOURS, LOG, MEMBERS, QUORUM, ROUNDS, UNITS, Night, refold, seats, signer
from limpide.record.events import Channel, KeyReplacement
from limpide.record.record import Record
from limpide.record.settlement import settle

FIRST, SECOND, THIRD, *_, LAST = UNITS
NAMES = (
    "organiser",
    LOG,
    *QUORUM,
    *seats(FIRST),
    *seats(THIRD, 2),
    FIRST,
    f"{FIRST}/3/1",
    f"{FIRST}/a/b",
    "nobody",
)


@pytest.fixture(scope="module")
def eventful() -> Night:
    """A night in which everything happens, over two rounds."""
    night = Night.counting()
    night.turnout(FIRST, 10)
    night.report(FIRST, (1, 2, 3))
    night.report(FIRST, (3, 2, 1))
    night.correct(FIRST, (2, 2, 2))
    annulment = night.annul(SECOND, THIRD)
    night.report(SECOND, (5, 5, 5))
    night.replace_key(QUORUM[0])
    night.reinstate(annulment)
    night.declare(LAST)
    night.replace_key(seats(THIRD)[0])
    night.complete()
    night.close()
    night.publish()
    night.certify()
    night.commit_roll(2)
    night.open(2, ("carole", "aline"))
    night.publish()
    night.turnout(FIRST, 12, HOURS[1], 2)
    night.complete((20, 30), 2)
    night.close(2)
    night.publish()
    night.certify(2)
    return night


def seen(record: Record) -> dict[str, object]:
    """All that a record answers."""
    assert record.latest == (record.publications()[-1] if record.publications() else None)
    rounds = {
        number: (
            record.opening(number),
            record.opening(number, Channel.PAPER) is not None and record.is_closed(number),
            record.contests(number),
            record.options(CONTEST, number),
            record.voters_registered(number),
            record.certification(CONTEST, number),
            record.last_global(number),
            list(record.changes(number)),
            list(record.changes(number, CONTEST)),
            list(record.turnouts(number, 5)),
        )
        for number in (*ROUNDS, 3)
    }
    return {
        "size": record.size,
        "events": list(record.events()),
        "rounds": rounds,
        "counting": [record.is_counting(r) for r in record.register.definition.rounds],
        "instant": record.instant,
        "publications": list(record.publications()),
        "acts": list(record.acts()),
        "units": {unit: list(record.unit_events(unit)) for unit in UNITS},
        "settled": [settle(record, CONTEST, number, unit) for number in ROUNDS for unit in UNITS],
        "concerned": [list(record.concerned(index)) for index in range(record.size)],
        "covering": [record.covering(index) for index in range(record.size)],
        "keys": {name: record.key(name) for name in NAMES},
        "known": [list(record.known_keys(name)) for name in NAMES],
        "found": [record.find(record.event(index).id) for index in range(record.size)],
        "lifted": [record.is_lifted(record.event(index).id) for index in range(record.size)],
    }


def test_until_equals_refolding(eventful: Night) -> None:
    entries, documents = eventful.bundle()
    for size in range(1, len(entries) + 1):
        assert seen(eventful.record.until(size)) == seen(refold(entries[:size], documents)), size


def test_what_comes_later_is_not_found_earlier(eventful: Night) -> None:
    earlier = eventful.record.until(5)
    assert earlier.find(eventful.record.event(5).id) is None
    for index in (5, -1):
        with pytest.raises(IndexError):
            earlier.event(index)
    for size in (0, 6):
        with pytest.raises(IndexError):
            earlier.until(size)


def test_branches_do_not_mix(eventful: Night) -> None:
    entries, documents = eventful.bundle()
    replacement = KeyReplacement(name="delegate/1", new=signer("delegate/1", 1).key.vkey, reason="lost")
    for size in range(2, len(entries)):
        branch = eventful.branch()
        branch.record = eventful.record.until(size - 1)
        before = seen(branch.record)
        branch.try_(replacement, *MEMBERS[1:4])
        other = branch.record
        assert other.ledger is not eventful.record.ledger
        assert seen(branch.record.until(size - 1)) == before
        assert other.size == size
    assert seen(eventful.record) == seen(refold(entries, documents))


def test_admitting_leaves_the_earlier_record_as_it_was(eventful: Night) -> None:
    entries, documents = eventful.bundle()
    night = Night(refold(entries[:4], documents), dict(documents))
    earlier, before = night.record, seen(night.record)
    for entry in entries[4:]:
        night.submit(entry)
    assert seen(earlier) == before


def test_a_refused_entry_takes_a_place_and_changes_nothing(eventful: Night) -> None:
    night = Night.counting()
    night.report(FIRST, (1, 2, 3))
    night.record = night.record.skip()
    place = night.record.size - 1
    with pytest.raises(IndexError):
        night.record.event(place)
    night.report(SECOND, (1, 2, 3))
    assert list(night.record.concerned(place)) == []
    assert night.record.until(place + 1).size == place + 1
    branch = night.branch()
    branch.record = night.record.until(place + 1)
    branch.report(THIRD, (1, 2, 3))
    assert list(branch.record.unit_events(THIRD)) == [place + 1]
    assert list(branch.record.unit_events(SECOND)) == []
