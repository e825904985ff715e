"""Does the judge answer whatever comes, and refuse without forgetting?"""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from election import UNITS, Night
from limpide.canonical import LimpideError
from limpide.roles.server.judge import DocumentsAwaited, RecordJudge


def _judge(night: Night) -> tuple[RecordJudge, list[bytes]]:
    entries, documents = night.bundle()
    judge = RecordJudge(documents.get)
    judge.restore(entries)
    return judge, entries


_NIGHT = Night.counting()
_PARENT, _ENTRIES = _judge(_NIGHT)
_FRESH = [_NIGHT.branch().report(unit, (1, 2, 3)).note.encode() for unit in UNITS]


@settings(max_examples=300)
@given(st.sampled_from(_ENTRIES + _FRESH), st.randoms(use_true_random=False), st.integers(1, 6))
def test_mutated_entries_are_answered(entry: bytes, draw: random.Random, changes: int) -> None:
    mutated = bytearray(entry)
    for _ in range(changes):
        at = draw.randrange(len(mutated))
        match draw.randrange(4):
            case 0:
                mutated[at] ^= 1 << draw.randrange(8)
            case 1:
                del mutated[at : at + draw.randrange(1, 30)]
            case 2:
                mutated[at:at] = mutated[max(at - 20, 0) : at]
            case _:
                mutated[at:at] = draw.randbytes(draw.randrange(1, 5))
        if not mutated:
            break
    size = _PARENT.record.size
    (answer,) = _PARENT.admit([bytes(mutated)])
    if bytes(mutated) not in _FRESH:
        assert isinstance(answer, LimpideError)
        assert _PARENT.record.size == size


@given(st.binary(max_size=300))
def test_any_bytes_are_answered(data: bytes) -> None:
    (answer,) = _PARENT.admit([data])
    assert isinstance(answer, LimpideError)


def test_each_of_a_batch_has_its_own_answer(night: Night) -> None:
    judge, _ = _judge(night)
    good = [night.report(unit, (1, 2, 3)).note.encode() for unit in UNITS[:3]]
    answers = judge.admit([good[0], b"nothing", good[1], good[0], good[2][:-40], good[2]])
    assert [getattr(answer, "clause", None) for answer in answers] == [None, "1.4", None, "1.7", "1.4", None]
    assert judge.record.size == night.record.size


def test_an_entry_that_follows_what_it_needs_in_one_batch() -> None:
    night = Night.begin()
    judge, entries = _judge(night)
    roll, opening = night.commit_roll().note.encode(), night.open().note.encode()
    (awaited,) = judge.admit([roll])
    assert isinstance(awaited, DocumentsAwaited)
    assert set(awaited.documents) <= set(night.documents)
    complete = RecordJudge(night.documents.get)
    complete.restore(entries)
    assert list(complete.admit([roll, opening])) == [None, None]
    assert complete.names(awaited.documents[0])
    assert not complete.names("0" * 64)


def test_restored_it_knows_what_it_knew(night: Night) -> None:
    night.complete()
    judge, entries = _judge(night)
    again = RecordJudge(night.documents.get)
    again.restore(iter(entries))
    assert again.record.size == judge.record.size == len(entries)
    again.restore([])
    (refusal,) = again.admit(entries[1:2])
    assert isinstance(refusal, LimpideError)
    assert refusal.clause == "4.1"
    assert list(again.admit(entries[:1])) == [None]
