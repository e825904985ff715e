"""What does the server answer to an entry, to documents, to a demand for proof?"""

import json
import socket
import threading
from collections.abc import Callable, Iterator

import httpx
import msgspec
import pytest

from election import CONTEST, LOG, OTHER_ELECTION, UNITS, seats, sign, signer
from limpide.canonical import MAX_ENTRY, sha256_hex
from limpide.log.checkpoint import open_checkpoint
from limpide.log.merkle import check_inclusion, leaf_hash
from limpide.log.proof import TlogProof
from limpide.record.definition import Definition
from limpide.record.events import RollCommitment, StationReport, VotersRef, event_text
from limpide.signing import Note, check_note, parse_note, sign_note
from limpide.words import sentence
from serving import SETTINGS, Served

ONE, TWO, THREE, FOUR, *_ = UNITS


def _report(served: Served, unit: str, votes: tuple[int, int, int] = (40, 30, 20)) -> StationReport:
    figures = served.night.figures(unit, votes)
    return StationReport(contest=CONTEST, figures=figures, round=1, unit=unit)


def _good(served: Served) -> bytes:
    return sign(_report(served, ONE), seats(ONE)).note.encode()


def _another_definition(served: Served) -> Definition:
    made: Definition = msgspec.structs.replace(served.night.record.register.definition, rehearsal=True)
    return made


def _false_signature(served: Served) -> bytes:
    other = sign(_report(served, ONE, (1, 2, 3)), seats(ONE)).note
    return Note(sign(_report(served, ONE), seats(ONE)).note.text, other.lines).encode()


def _unsorted(served: Served) -> bytes:
    note = sign(_report(served, ONE), seats(ONE)).note
    return Note(note.text, note.lines[::-1]).encode()


def _text(kind: str, body: str) -> Callable[[Served], bytes]:
    def made(served: Served) -> bytes:
        text = f"limpide/v1 {kind} {served.night.record.register.election}\n{body}\n".encode()
        return sign_note(text, [signer(name) for name in seats(ONE)]).encode()

    return made


REFUSALS: dict[str, tuple[Callable[[Served], bytes], int, str]] = {
    "empty": (lambda _: b"", 400, "1.4"),
    "truncated": (lambda served: _good(served)[:-20], 400, "1.4"),
    "cut before the signatures": (lambda served: _good(served).partition(b"\n\n")[0], 400, "1.4"),
    "not UTF-8": (lambda served: _good(served).replace(b"primaire", b"prim\xffire"), 400, "1.4"),
    "control characters": (lambda served: _good(served).replace(b"primaire", b"prim\x00ire"), 400, "1.4"),
    "too large": (lambda served: _good(served) + b"x" * MAX_ENTRY, 413, "1.2"),
    "lines in another order": (_unsorted, 400, "1.4"),
    "unknown kind": (_text("coronation", "{}"), 400, "1.3"),
    "no object": (_text("station-report", "[]"), 400, "1.1"),
    "deep": (_text("station-report", "[" * 20_000), 400, "1.1"),
    "a float": (_text("closing", '{"channel":"paper","round":1.0}'), 400, "1.1"),
    "another order of members": (_text("closing", '{"round":1,"channel":"paper"}'), 400, "1.1"),
    "an unknown member": (_text("closing", '{"channel":"paper","hour":1,"round":1}'), 400, "1.1"),
    "another election": (
        lambda served: sign(_report(served, ONE), seats(ONE), election=OTHER_ELECTION).note.encode(),
        409,
        "1.5",
    ),
    "unknown key": (
        lambda served: sign(_report(served, ONE), ("nobody/1/1", "nobody/2/1")).note.encode(),
        403,
        "2.2",
    ),
    "a key of the same name": (
        lambda served: sign(_report(served, ONE), seats(ONE), generation=1).note.encode(),
        403,
        "2.2",
    ),
    "false signature": (_false_signature, 403, "2.7"),
    "one seat": (lambda served: sign(_report(served, ONE), seats(ONE)[:1]).note.encode(), 409, "3.1"),
    "another station's seats": (lambda served: sign(_report(served, ONE), seats(TWO)).note.encode(), 409, "3.1"),
    "the organiser": (lambda served: sign(_report(served, ONE), ("organiser",)).note.encode(), 409, "3.1"),
    "a second definition": (
        lambda served: sign(_another_definition(served), ("organiser",)).note.encode(),
        409,
        "4.1",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal_names_its_clause_in_both_languages(served: Served, name: str) -> None:
    make, status, clause = REFUSALS[name]
    entry = make(served)
    before = httpx.get(f"{served.private}/health").json()["accepted"]
    details = set()
    for language in ("fr", "en"):
        headers = {"Accept-Language": f"{language}, *;q=0.1"}
        answer = served.client.post("/entries", content=entry, headers=headers)
        assert (answer.status_code, answer.json()["clause"]) == (status, clause)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-language"] == language
        assert answer.json()["type"] == f"urn:limpide:clause:{clause}"
        assert answer.json()["detail"]
        details.add(answer.json()["detail"])
    assert httpx.get(f"{served.private}/health").json()["accepted"] == before
    assert details


def test_the_answer_is_the_entry_with_the_servers_line(served: Served) -> None:
    event = served.night.report(TWO, (40, 30, 20))
    answer = served.post(event)
    assert answer.status_code == 200
    promise = parse_note(answer.content)
    assert promise.text == event.note.text
    assert promise.lines[:-1] == event.note.lines
    check_note(promise, signer(LOG).key)
    assert served.post(event).content == answer.content


def test_another_note_of_the_same_text_is_refused(served: Served) -> None:
    report = _report(served, THREE)
    served.taken(sign(report, seats(THREE)))
    text = event_text(served.night.record.register.election, report)
    again = sign_note(text, [signer(name) for name in ("operator/1", "operator/2")]).encode()
    answer = served.post(again)
    assert (answer.status_code, answer.json()["clause"]) == (409, "1.7")


def test_an_entry_of_the_servers_own_key_bears_its_line_already(served: Served) -> None:
    for entry in served.log():
        if b" publication " in entry.partition(b"\n")[0]:
            assert served.post(entry).content == entry
            return
    pytest.fail("nothing was published")


def test_proof_once_a_checkpoint_holds_the_entry(served: Served) -> None:
    event = served.taken(sign(_report(served, FOUR), seats(FOUR)))
    path = f"/proof/{event.id.hex()}"
    early = served.client.get(path)
    assert early.status_code in (200, 425)
    served.await_included(httpx.get(f"{served.private}/health").json()["accepted"])
    proof = TlogProof.parse(served.client.get(path).content)
    signed = open_checkpoint(proof.checkpoint.encode(), signer(LOG).key)
    check_inclusion(proof.index, signed.size, leaf_hash(event.note.encode()), proof.hashes, signed.root)
    for unknown in ("0" * 64, "x", "%2e%2e%2fcheckpoint"):
        assert served.client.get(f"/proof/{unknown}").status_code == 404


def test_documents_are_taken_when_an_entry_awaits_them(served: Served) -> None:
    data = b'{"division":"01","voters":{}}'
    digest, client = sha256_hex(data), served.client
    unasked = client.put(f"/documents/{digest}", content=data)
    assert (unasked.status_code, unasked.json()["clause"]) == (403, "8.4")
    roll = RollCommitment(root="1" * 64, round=2, voters=(VotersRef(division="01", document=digest),))
    stranger = served.post(sign(roll, ("commission/1",)))
    assert (stranger.status_code, stranger.json()["clause"]) == (409, "2.3")
    assert client.put(f"/documents/{digest}", content=data).status_code == 403
    awaited = served.post(sign(roll, ("registrar",)))
    assert (awaited.status_code, awaited.json()["clause"]) == (409, "8.5")
    assert awaited.json()["documents"] == [digest]
    other = client.put(f"/documents/{digest}", content=b"other bytes")
    assert (other.status_code, other.json()["clause"]) == (400, "8.4")
    assert client.get(f"/documents/{digest}").status_code == 404
    assert client.put(f"/documents/{digest}", content=data).status_code == 201
    assert client.put(f"/documents/{digest}", content=data).status_code == 200
    stored = client.get(f"/documents/{digest}")
    assert stored.content == data
    assert stored.headers["content-disposition"] == "attachment"
    assert "immutable" in stored.headers["cache-control"]
    refused = served.post(sign(roll, ("registrar",)))
    assert (refused.status_code, refused.json()["clause"]) == (409, "4.4")
    assert client.put("/documents/nothing", content=data).status_code == 400
    assert not list(served.folder.stage.iterdir())


def test_a_document_that_is_too_large_leaves_nothing(served: Served) -> None:
    digest = "ab" * 32
    roll = RollCommitment(root="2" * 64, round=2, voters=(VotersRef(division="01", document=digest),))
    assert served.post(sign(roll, ("registrar",))).json()["documents"] == [digest]

    def chunks() -> Iterator[bytes]:
        for _ in range(17):
            yield bytes(2**20)

    try:
        answer = served.client.put(f"/documents/{digest}", content=chunks())
    except httpx.WriteError:
        pass  # refused before it was all sent
    else:
        assert answer.status_code == 413
    announced = served.client.put(f"/documents/{digest}", content=bytes(16 * 2**20 + 1))
    assert announced.status_code == 413
    assert not list(served.folder.stage.iterdir())


def _raw(served: Served, *parts: bytes) -> bytes:
    """What the server says to bytes sent as they are."""
    url = served.client.base_url
    with socket.create_connection((url.host, url.port), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
        return connection.recv(65_536)


def test_a_body_without_length_is_counted_as_it_arrives(served: Served) -> None:
    chunk = b"%x\r\n" % 40_000 + b"x" * 40_000 + b"\r\n"
    head = b"POST /entries HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert b" 413 " in _raw(served, head, chunk, chunk).partition(b"\r\n")[0]


def test_a_slow_body_is_given_up(served: Served) -> None:
    answer = _raw(served, b"POST /entries HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n", b"limpide")
    assert b" 408 " in answer.partition(b"\r\n")[0]
    assert sentence("clause.8.3", "fr").encode() in answer


def test_slow_senders_do_not_keep_others_out(served: Served) -> None:
    url = served.client.base_url
    slow = [socket.create_connection((url.host, url.port), timeout=20) for _ in range(200)]
    try:
        for connection in slow:
            connection.sendall(b"POST /entries HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\nlimpide/v1 ")
        assert served.client.post("/entries", content=b"", timeout=1.0).status_code == 400
    finally:
        for connection in slow:
            connection.close()


def test_the_operators_addresses_are_not_public(served: Served) -> None:
    for path in ("/health", "/metrics"):
        assert served.client.get(path).status_code == 404
        assert httpx.get(served.private + path).status_code == 200
    assert "limpide_entries_admitted_total" in httpx.get(f"{served.private}/metrics").text


def test_more_than_may_wait_is_told_to_come_again(tmp_path: object) -> None:
    with Served.create(tmp_path, settings=SETTINGS + "queue = 2\n") as served:  # type: ignore[arg-type]
        served.begin_counting()
        entries = [served.night.turnout(unit, voters) for unit in UNITS for voters in range(1, 9)]
        statuses: list[int] = []

        def send(event: object) -> None:
            with httpx.Client(base_url=served.client.base_url) as client:
                while True:
                    answer = client.post("/entries", content=event.note.encode())  # type: ignore[attr-defined]
                    statuses.append(answer.status_code)
                    if answer.status_code == 200:
                        return
                    assert answer.status_code == 503
                    assert answer.headers["retry-after"]
                    assert json.loads(answer.content)["clause"] == "8.6"

        threads = [threading.Thread(target=send, args=(event,)) for event in entries]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert statuses.count(200) == len(entries)
        assert 503 in statuses
