"""The archive: every byte determined, every departure named, nothing a traceback."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_elections import NOW, VECTORS, Small, clauses, drawer, one_of, open_small, three_voters, verdict_of

from limpide.belenios.archive import ArchiveWriter, check_prefix, header_block, read_records
from limpide.belenios.events import EventWriter, read_events
from limpide.belenios.faults import Fault
from limpide.belenios.wire import encode
from limpide.canonical import LogFork, NotCanonical, Refused


def whole() -> bytes:
    return three_voters().archive([1], drawer("whole"))


def records_of(archive: bytes) -> list[tuple[str, bytes]]:
    return [(record.kind, record.content) for record in read_records(io.BytesIO(archive))]


def written(records: list[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    writer = ArchiveWriter.create(stream, NOW)
    for kind, content in records:
        writer.append("event" if kind == "event" else "data", content)
    return stream.getvalue()


Step = tuple[str, list[bytes]]


def steps_of(archive: bytes) -> list[Step]:
    """Each event's type and the data records before it."""
    steps: list[Step] = []
    pending: list[bytes] = []
    for kind, content in records_of(archive):
        if kind == "data":
            pending.append(content)
        else:
            steps.append((json.loads(content)["type"], pending))
            pending = []
    return steps


def chained(steps: list[Step]) -> bytes:
    """An archive of these events, hashes and chain consistent, whatever they say."""
    stream = io.BytesIO()
    writer = EventWriter(ArchiveWriter.create(stream, NOW))
    for kind, data in steps:
        writer.append(kind, *data)  # type: ignore[arg-type]
    return stream.getvalue()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_rewriting_changes_nothing() -> None:
    assert written(records_of(whole())) == whole()
    assert chained(steps_of(whole())) == whole()
    assert verdict_of(whole()).faults == ()


def test_a_header_block_is_what_tar_expects() -> None:
    with tarfile.open(fileobj=io.BytesIO(whole())) as tar:
        names = tar.getnames()
    assert names[0] == "BELENIOS"
    assert len(names) == len(records_of(whole())) + 1
    with pytest.raises(NotCanonical):
        list(read_records(io.BytesIO(header_block("BELENIOS", 10**9, NOW))))


CUTS: list[tuple[Callable[[bytes], bytes], str]] = [
    (lambda _: b"", "7.1"),
    (lambda a: a[512 * 2 :], "7.1"),
    (lambda a: a[:700], "7.2"),
    (lambda a: a[:-1], "7.2"),
    (lambda a: a[:-512], "7.2"),
    (lambda a: a + b"\0" * 512, "7.2"),
    (lambda a: a + b"\0" * 1024, "7.2"),
    (lambda a: a + b"x", "7.2"),
    (lambda a: a.replace(b'"version":1,"timestamp"', b'"version":2,"timestamp"', 1), "7.1"),
    (lambda a: a.replace(b'"timestamp":"17', b'"timestamp":"18', 1), "7.1"),
    (lambda a: a.replace(b"0000644", b"0000600", 1), "7.2"),
    (lambda a: a.replace(b".data.json", b".date.json", 1), "7.2"),
    (lambda a: a.replace(b'"Candidate 0"', b'"Candidate 9"', 1), "7.3"),
]


@pytest.mark.parametrize(("change", "clause"), CUTS)
def test_bytes_that_are_no_archive(change: Callable[[bytes], bytes], clause: str) -> None:
    verdict = verdict_of(change(whole()))
    assert not verdict.proven
    assert clauses(verdict)[0] == clause


def test_another_timestamp_on_one_record() -> None:
    records = records_of(whole())
    name = f"{digest(records[0][1])}.data.json"
    old, new = (header_block(name, len(records[0][1]), stamp) for stamp in (NOW, NOW + 1))
    assert clauses(verdict_of(whole().replace(old, new)))[0] == "7.2"


EVENTS: list[tuple[Callable[[list[Step]], object], str]] = [
    (lambda s: s.pop(0), "7.5"),
    (lambda s: s.insert(1, s[0]), "7.5"),
    (lambda s: s.insert(2, ("EndBallots", [])), "7.5"),
    (lambda s: s.insert(-1, s[1]), "7.5"),
    (lambda s: s.append(s[-1]), "7.5"),
    (lambda s: s.append(("EndBallots", [])), "7.5"),
    (lambda s: s.remove(("EndBallots", [])), "7.5"),
    (lambda s: s.insert(-2, ("EndShuffles", [])), "7.5"),
    (lambda s: s[1][1].insert(0, b"{}"), "7.6"),
    (lambda s: s[1][1].clear(), "7.6"),
    (lambda s: s[0][1].reverse(), "7.6"),
    (lambda s: s[0][1].pop(0), "7.6"),
    (lambda s: s[0][1].__setitem__(0, s[0][1][0] + b" "), "7.6"),
    (lambda s: s[4][1].append(b"{}"), "7.6"),
    (lambda s: s.insert(1, ("Ballot", [b"{}"] * 20)), "7.6"),
    (lambda s: s.pop(-2), "7.48"),
    (lambda s: s.insert(-1, s[-2]), "7.45"),
    (lambda s: s.append(("Ballot", [])), "7.6"),
]


@pytest.mark.parametrize(("change", "clause"), EVENTS)
def test_events_out_of_order_or_with_other_data(change: Callable[[list[Step]], object], clause: str) -> None:
    steps = steps_of(whole())
    change(steps)
    assert clause in clauses(verdict_of(chained(steps)))


def test_a_broken_chain() -> None:
    records = records_of(whole())
    events = [i for i, (kind, _) in enumerate(records) if kind == "event"]
    changes: list[tuple[int, Callable[[Any], object]]] = [
        (1, lambda e: e.update(height=5)),
        (1, lambda e: e.update(parent="0" * 64)),
        (0, lambda e: e.update(parent="0" * 64)),
        (2, lambda e: e.pop("parent")),
        (2, lambda e: e.update(type="Other")),
    ]
    for position, change in changes:
        copy = list(records)
        event = json.loads(copy[events[position]][1])
        change(event)
        copy[events[position]] = ("event", encode(event))
        assert "7.4" in clauses(verdict_of(written(copy)))
    copy = list(records)
    copy[events[1]] = ("event", copy[events[1]][1].replace(b",", b", "))
    assert "7.4" in clauses(verdict_of(written(copy)))
    assert "7.6" in clauses(verdict_of(written([*records, ("data", b"{}")])))


def content_changed(kind: str, position: int, change: Callable[[bytes], bytes]) -> list[Step]:
    """The archive with one data record changed and every hash that names it made right."""
    steps = steps_of(whole())
    for step in steps:
        if step[0] != kind:
            continue
        old = step[1][position]
        step[1][position] = change(old)
        step[1][-1] = step[1][-1].replace(digest(old).encode(), digest(step[1][position]).encode())
    return steps


CONTENTS = [
    ("Setup", 0, b'"version":1', b'"version":9', "7.9"),
    ("Setup", 0, b'"public_key":"', b'"public_key":"0', "7.10"),
    ("Setup", 1, b'["Single"', b'["Double"', "7.11"),
    ("Setup", 1, b'"public_key":"', b'"public_key":"0', "7.12"),
    ("Setup", 1, b'"response":"', b'"response":"1', "7.12"),
    ("Setup", 2, b'["', b'[1,"', "7.20"),
    ("Setup", 2, b'","', b',7","', "7.20"),
    ("Setup", 2, b'","', b',x","', "7.20"),
    ("Setup", 2, b'["', b'["00', "7.21"),
    ("EncryptedTally", 0, b'"alpha"', b'"alpha":"","alpha"', "7.39"),
    ("EncryptedTally", 0, b"[[", b"[[],[", "7.39"),
    ("EncryptedTally", 1, b'"num_tallied":3', b'"num_tallied":4', "7.40"),
    ("EncryptedTally", 1, b'"total_weight":3', b'"total_weight":"4"', "7.41"),
    ("EncryptedTally", 1, b'"total_weight":3', b'"total_weight":-1', "7.41"),
    ("PartialDecryption", 1, b'"owner":1', b'"owner":2', "7.45"),
    ("PartialDecryption", 1, b'"owner":1', b'"owner":0', "7.45"),
    ("PartialDecryption", 0, b'"decryption_factors":[["', b'"decryption_factors":[["0', "7.46"),
    ("PartialDecryption", 0, b'"decryption_factors":[[', b'"decryption_factors":[[],[', "7.46"),
    ("PartialDecryption", 0, b'"response":"', b'"response":"1', "7.47"),
    ("Result", 0, b'"result":[[', b'"result":[[0,', "7.49"),
    ("Result", 0, b'"result":[[', b'"result":[[[],', "7.49"),
    ("Result", 0, b'"result":[[2', b'"result":[[3', "7.50"),
    ("Result", 0, b'"result":[[2', b'"result":[["02"', "7.49"),
]


@pytest.mark.parametrize(("kind", "position", "old", "new", "clause"), CONTENTS)
def test_contents_that_do_not_hold(kind: str, position: int, old: bytes, new: bytes, clause: str) -> None:
    steps = content_changed(kind, position, lambda content: content.replace(old, new, 1))
    verdict = verdict_of(chained(steps))
    assert clause in clauses(verdict), verdict.faults


def test_a_credential_listed_twice() -> None:
    def twice(content: bytes) -> bytes:
        entries = json.loads(content)
        return encode([*entries, entries[0]])

    assert clauses(verdict_of(chained(content_changed("Setup", 2, twice)))) == ["7.22"]


def test_another_election_key() -> None:
    small = open_small("Ed25519", [one_of(3)], 4, draw=drawer("another"))
    steps = content_changed("Setup", 1, lambda _: small.keys.raw)
    assert "7.18" in clauses(verdict_of(chained(steps)))


def test_weights_are_not_for_vectors() -> None:
    folder = VECTORS / "ed25519-nh-lists"
    (path,) = folder.glob("*.bel")
    steps = steps_of(path.read_bytes())
    old = steps[0][1][2]
    steps[0][1][2] = encode([f"{entry},2" for entry in json.loads(old)])
    steps[0][1][-1] = steps[0][1][-1].replace(digest(old).encode(), digest(steps[0][1][2]).encode())
    assert "7.23" in clauses(verdict_of(chained(steps)))


SHUFFLES = [
    (lambda s: s["ciphertexts"][0].reverse(), "7.43"),
    (lambda s: s["ciphertexts"][0].pop(), "7.42"),
    (lambda s: s["ciphertexts"].append([]), "7.42"),
    (lambda s: s["proofs"][0][1].__setitem__(0, "1"), "7.43"),
    (lambda s: s["proofs"][0][1][5].__setitem__(0, "1"), "7.43"),
    (lambda s: s["proofs"][0][2].__setitem__(0, s["proofs"][0][2][1]), "7.43"),
    (lambda s: s["proofs"][0][0].__setitem__(0, "0" * 64), "7.42"),
    (lambda s: s["proofs"][0][1].__setitem__(3, "x"), "7.42"),
]


@pytest.mark.parametrize(("change", "clause"), SHUFFLES)
def test_shuffles_that_do_not_hold(change: Callable[[object], object], clause: str) -> None:
    (path,) = (VECTORS / "ed25519-nh-lists").glob("*.bel")
    steps = steps_of(path.read_bytes())
    step = next(step for step in steps if step[0] == "Shuffle")
    shuffle = json.loads(step[1][0])
    change(shuffle)
    old, step[1][0] = step[1][0], encode(shuffle)
    step[1][1] = step[1][1].replace(digest(old).encode(), digest(step[1][0]).encode())
    assert clause in clauses(verdict_of(chained(steps)))


def test_who_may_shuffle_and_when() -> None:
    (path,) = (VECTORS / "ed25519-nh-lists").glob("*.bel")
    good = steps_of(path.read_bytes())
    places = [i for i, step in enumerate(good) if step[0] == "Shuffle"]
    changes: list[tuple[Callable[[list[Step]], object], str]] = [
        (lambda s: s[places[1]][1].__setitem__(1, s[places[1]][1][1].replace(b'"owner":2', b'"owner":1')), "7.44"),
        (lambda s: s[places[1]][1].__setitem__(1, s[places[1]][1][1].replace(b'"owner":2', b'"owner":3')), "7.44"),
        (lambda s: s.remove(("EndShuffles", [])), "7.5"),
        (lambda s: s.__delitem__(slice(places[0], places[1] + 2)), "7.5"),
    ]
    for change, clause in changes:
        steps = steps_of(path.read_bytes())
        change(steps)
        assert clause in clauses(verdict_of(chained(steps)))


def replayed(small: Small, ballots: list[bytes]) -> bytes:
    original, small.ballots = small.ballots, ballots
    try:
        return small.archive([1], drawer("again"))
    finally:
        small.ballots = original


def test_replays_are_found_wherever_they_stand() -> None:
    draw = drawer("replays")
    small = open_small("Ed25519", [one_of(2)], 3, draw=draw)
    a, b, c, a2 = (small.cast(voter, [[1, 0]], draw) for voter in (0, 1, 2, 0))
    assert clauses(verdict_of(replayed(small, [a, b, c, a2]))) == []
    for ballots, twice in (([a, a], 1), ([a, b, a], 2), ([a, a2, b, a], 3), ([a, a2, a, a2], 2)):
        verdict = verdict_of(replayed(small, ballots))
        assert verdict.faults[0].clause == "7.38"
        assert verdict.faults[0].subject == f"ballot {twice}"


def test_prefixes() -> None:
    small = three_voters()
    older, newer = (small.archive([1], drawer("whole"), upto=upto) for upto in ("Ballot", "Result"))
    check_prefix(io.BytesIO(older), io.BytesIO(newer))
    check_prefix(io.BytesIO(newer), io.BytesIO(newer))
    other = replayed(small, small.ballots[::-1])
    for left, right in ((newer, older), (older, other), (older, whole()[:512])):
        with pytest.raises((LogFork, NotCanonical)):
            check_prefix(io.BytesIO(left), io.BytesIO(right))


def test_resuming_an_archive() -> None:
    stream = io.BytesIO(three_voters().archive([1], drawer(1), upto="Ballot"))
    EventWriter.resume(stream).append("EndBallots")
    events = list(read_events(read_records(stream)))
    assert not any(isinstance(event, Fault) for event in events)
    with pytest.raises(Refused):
        EventWriter.resume(io.BytesIO(stream.getvalue()[:-512]))


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_any_byte_of_an_archive_changed(data: st.DataObject) -> None:
    archive = bytearray(whole())
    place = data.draw(st.integers(0, len(archive) - 1))
    byte = data.draw(st.integers(0, 255))
    if archive[place] != byte:
        archive[place] = byte
        assert not verdict_of(bytes(archive)).proven


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_hostile_contents_under_true_hashes(data: st.DataObject) -> None:
    """Whatever stands in a record, the verifier answers; only what is unchanged is proven."""
    steps = steps_of(whole())
    kind, contents = steps[data.draw(st.integers(0, len(steps) - 1))]
    if not contents:
        return
    place = data.draw(st.integers(0, len(contents) - 1))
    old = contents[place]
    raw = bytearray(old)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw)))
        end = min(len(raw), start + data.draw(st.integers(0, 6)))
        raw[start:end] = data.draw(
            st.binary(max_size=6) | st.sampled_from([b"{}", b"[]", b'"', b"0", b"null", b"-1"])
        )
    contents[place] = bytes(raw)
    if place < len(contents) - 1:
        contents[-1] = contents[-1].replace(digest(old).encode(), digest(contents[place]).encode())
    verdict = verdict_of(chained(steps))
    # Names and descriptions may change: that is another election, whose ballots are then false.
    assert not verdict.proven or bytes(raw) == old or kind == "Setup", verdict.faults


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_as_an_archive(raw: bytes) -> None:
    assert not verdict_of(raw).proven
