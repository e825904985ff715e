"""Does every engine prove exactly the ballots that the protocol in Python accepts?"""

from __future__ import annotations

import hashlib
import json
import random
import re
from functools import cache

import edwards as ed
import pytest
from ballot_maker import HOMOMORPHIC, VECTORS, Maker, Stock, equations_hold

from limpide import _kernel as kernel
from limpide.belenios.ballots import check_ballot
from limpide.belenios.credentials import read_credentials
from limpide.belenios.election import read_election
from limpide.canonical import LimpideError

ENGINES = kernel.engines()
QUICK = [engine for engine in ENGINES if engine != "emulated"]


def verdicts(context: kernel.BallotContext, ballots: list[bytes], threads: int = 0) -> list[int]:
    return list(kernel.vartime_check_ballots(context, ballots, threads=threads)[0])


def test_the_eight_lanes_are_tested_here() -> None:
    if "lanes" not in ENGINES:
        pytest.skip("eight-lane engine not tested: no avx512ifma")


@pytest.mark.parametrize("case", HOMOMORPHIC)
@pytest.mark.parametrize("engine", ENGINES)
def test_ballots_of_the_stock_tool_are_proven_and_multiplied(case: str, engine: str) -> None:
    stock = Stock(VECTORS / case)
    context = stock.context(engine)
    assert context.engine == engine
    assert verdicts(context, stock.ballots) == [0] * len(stock.ballots)
    found, digests, columns = kernel.vartime_check_ballots(context, stock.last)
    assert not any(found)
    assert digests == b"".join(hashlib.sha256(raw).digest() for raw in stock.last)
    tally = json.loads((stock.folder / "encrypted_tally.json").read_text())
    expected = [pair[name] for answer in tally for pair in answer for name in ("alpha", "beta")]
    assert [columns[i : i + 32][::-1].hex() for i in range(0, len(columns), 32)] == expected


@pytest.mark.parametrize("engine", QUICK)
@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 63, 64, 65, 130])
def test_verdicts_do_not_depend_on_neighbours_chunks_or_threads(engine: str, count: int) -> None:
    stock = Stock(VECTORS / "ed25519-basic")
    context = stock.context(engine)
    draw = random.Random(count)
    good = [draw.choice(stock.ballots) for _ in range(count)]
    bad = {i for i in range(count) if draw.random() < 0.2}
    ballots = [broken(raw, draw) if i in bad else raw for i, raw in enumerate(good)]
    for threads in (1, 3):
        assert verdicts(context, ballots, threads) == [int(i in bad) for i in range(count)]
    whole = kernel.vartime_check_ballots(context, ballots)[2]
    assert whole == kernel.vartime_check_ballots(context, [raw for i, raw in enumerate(good) if i not in bad])[2]


def broken(raw: bytes, draw: random.Random) -> bytes:
    """One decimal digit of one proof changed, or one byte anywhere."""
    places = [match.start() for match in re.finditer(rb"[1-9](?=[0-9])", raw)]
    place = draw.choice(places)
    return raw[:place] + (b"1" if raw[place : place + 1] != b"1" else b"2") + raw[place + 1 :]


@pytest.mark.parametrize("engine", QUICK)
def test_one_bad_ballot_is_named_at_each_position(engine: str) -> None:
    stock = Stock(VECTORS / "ed25519-basic")
    context, draw = stock.context(engine), random.Random("position")
    for position in range(17):
        ballots = (stock.ballots * 2)[:17]
        ballots[position] = broken(ballots[position], draw)
        assert verdicts(context, ballots) == [int(i == position) for i in range(17)]
    assert verdicts(context, [broken(raw, draw) for raw in stock.ballots]) == [1] * len(stock.ballots)


@pytest.mark.parametrize("case", HOMOMORPHIC)
def test_no_byte_of_a_ballot_can_change(case: str) -> None:
    """Whatever the Python protocol says of a changed ballot, every engine says; and it never says good."""
    stock = Stock(VECTORS / case)
    election = read_election((stock.folder / "election.json").read_bytes())
    credentials, _ = read_credentials(election, (stock.folder / "public_creds.json").read_bytes().strip())
    draw = random.Random(case)
    changed = []
    for _ in range(400):
        raw = bytearray(draw.choice(stock.ballots))
        place = draw.randrange(len(raw))
        match draw.randrange(6):
            case 0:
                raw[place] ^= 1 << draw.randrange(8)
            case 1:
                del raw[place : place + draw.randrange(1, 80)]
            case 2:
                raw[place:place] = bytes(draw.choices(b'0123456789abcdef",:{}[] \\', k=draw.randrange(1, 4)))
            case 3:
                raw[place] = draw.choice(b"0123456789")
            case 4:
                raw[place] = draw.choice(b"0123456789abcdefABCDEF")
            case _:
                other = draw.choice(stock.ballots)
                raw[place : place + 64] = other[place : place + 64]
        changed.append(bytes(raw))
    expected = [int(raw not in stock.ballots) for raw in changed]
    for text, verdict in list(zip(changed, expected, strict=True))[:60]:
        if verdict:
            with pytest.raises(LimpideError):
                check_ballot(election, credentials, text)
        else:
            check_ballot(election, credentials, text)
    for engine in QUICK:
        assert verdicts(stock.context(engine), changed) == expected
    assert verdicts(stock.context("emulated"), changed[:64]) == expected[:64]


def test_texts_that_mean_the_same_are_refused() -> None:
    stock = Stock(VECTORS / "ed25519-basic")
    raw = stock.ballots[0]
    ballot = json.loads(raw)
    scalar = ballot["signature"]["proof"]["response"]
    point = ballot["answers"][0]["choices"][0]["alpha"]
    assert any(digit in point for digit in "abcdef")
    changed = [
        raw + b"\n",
        b" " + raw,
        raw[:-1],
        raw.replace(b",", b", "),
        raw.replace(point.encode(), point.upper().encode()),
        raw.replace(scalar.encode(), b"0" + scalar.encode()),
        raw.replace(scalar.encode(), str(int(scalar) + ed.q).encode()),
        raw.replace(scalar.encode(), b"+" + scalar.encode()),
        raw.replace(b'"alpha"', b'"\\u0061lpha"'),
        raw.replace(b'{"hash"', b'{"extra":0,"hash"'),
        json.dumps(dict(reversed(ballot.items())), separators=(",", ":")).encode(),
        b"",
        b"{}",
        b"[" * 100_000,
    ]
    for engine in ENGINES:
        assert verdicts(stock.context(engine), [*changed, raw]) == [1] * len(changed) + [0]


@cache
def strangers() -> tuple[Maker, list[bytes]]:
    """Four good ballots, then sixteen of which only the membership of a point is wrong."""
    maker = Maker(answers=2)
    ballots = [maker.ballot(voter, chosen) for voter in range(2) for chosen in (0, 1)]
    low = ed.low_order_points()[1:]
    for torsion in low:
        ballots += [maker.ballot(0, 0, alpha=torsion), maker.ballot(1, 1, beta=torsion)]
    # Torsion that cancels within a ciphertext, and between ballots.
    ballots.append(maker.ballot(2, 0, alpha=low[0], beta=ed.negate(low[0])))
    ballots.append(maker.ballot(2, 0, alpha=ed.negate(low[0]), beta=low[0]))
    assert all(equations_hold(maker, raw) for raw in ballots)
    return maker, ballots


@pytest.mark.parametrize("engine", QUICK)
def test_points_outside_the_subgroup_are_refused_though_every_equation_holds(engine: str) -> None:
    maker, ballots = strangers()
    assert verdicts(maker.context(engine), ballots) == [0] * 4 + [1] * 16
    # Among so many that membership is tested by subsets.
    many = [ballots[0]] * 300
    many[123] = ballots[7]
    assert verdicts(maker.context(engine), many) == [int(i == 123) for i in range(300)]


@pytest.mark.parametrize("engine", ENGINES)
def test_ballots_of_plain_integers_are_proven(engine: str) -> None:
    maker = Maker(answers=3)
    ballots = [maker.ballot(voter, chosen) for voter in range(3) for chosen in (0, 2)]
    assert verdicts(maker.context(engine), ballots) == [0] * 6
    # Adding a member of the group breaks equations, not membership.
    assert verdicts(maker.context(engine), [maker.ballot(0, 0, alpha=ed.mul(ed.BASE, 8))]) == [1]
    assert verdicts(Maker(answers=3, uuid="AnotherUuid").context(engine), ballots) == [1] * 6


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("valid", set()),
        ("proof-response-changed", {2}),
        ("two-votes-forged-overall-proof", {2}),
        ("answers-copied-from-another-voter", {5}),
        ("ballot-not-canonical", {1}),
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_negative_elections(name: str, bad: set[int], engine: str) -> None:
    (path,) = (VECTORS / "ed25519-negative" / name).glob("*.bel")
    records = contents(path.read_bytes())
    raw = next(record for record in records if record.startswith(b'{"version":1,"description"'))
    election = json.loads(raw)
    listed = json.loads(next(record for record in records if record.startswith(b'["')))
    ballots = [record for record in records if record.startswith(b'{"election_uuid"')]
    fingerprint = json.loads(ballots[0])["election_hash"]
    context = kernel.BallotContext(
        election["uuid"],
        fingerprint,
        bytes.fromhex(election["public_key"])[::-1],
        [(3, False, 1, 1)],
        b"".join(bytes.fromhex(credential)[::-1] for credential in listed),
        engine=engine,
    )
    assert verdicts(context, ballots) == [int(i in bad) for i in range(len(ballots))]


def contents(archive: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(archive):
        size = int(archive[at + 124 : at + 135], 8)
        found.append(archive[at + 512 : at + 512 + size])
        at += 512 + -(-size // 512) * 512
    return found


def test_arguments_that_no_election_has_raise_a_sentence() -> None:
    maker = Maker()
    key, phi = ed.encode(maker.y), maker.fingerprint
    mixed = ed.encode(ed.add(maker.y, ed.low_order_points()[4]))
    one = [(1, False, 0, 1)]
    for arguments, sentence in [
        (('a"b', phi, key, one, key), "uuid must be letters and digits"),
        (("", phi, key, one, key), "uuid must be letters and digits"),
        (("a", phi[:-1], key, one, key), "fingerprint must be 43 characters"),
        (("a", phi, mixed, one, key), "key is not a member"),
        (("a", phi, key, [], key), "question 0"),
        (("a", phi, key, [*one, (2, False, 2, 1)], key), "question 1"),
        (("a", phi, key, [(1, False, 0, 2)], key), "question 0"),
        (("a", phi, key, [(0, True, 0, 0)], key), "question 0"),
        (("a", phi, key, [(2**64 - 1, True, 0, 0)], key), "question 0"),
        (("a", phi, key, one, key + mixed), "credential 1 is not a member"),
        (("a", phi, key, one, key, [1, 2]), "credentials holds 1 items and weights holds 2"),
    ]:
        for engine in ENGINES:
            with pytest.raises(ValueError, match=sentence):
                kernel.BallotContext(*arguments, engine=engine)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="engine magic is not available here: "):
        maker.context("magic")
