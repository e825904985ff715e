"""Ballots made with plain integers, whole or with one thing wrong, and those of the stock tool."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import edwards as ed

from limpide import _kernel as kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

VECTORS = Path(__file__).parents[2] / "vectors/belenios"
HOMOMORPHIC = ["ed25519-basic", "ed25519-blank-threshold-3of5", "ed25519-weights-2questions"]
Question = tuple[int, bool, int, int]


def b64_sha256(raw: bytes) -> str:
    return base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")


def text(point: ed.Point) -> str:
    return ed.encode(point)[::-1].hex()


@dataclass
class Stock:
    """A folder of vectors."""

    folder: Path

    def __post_init__(self) -> None:
        raw = (self.folder / "election.json").read_bytes()
        self.election = json.loads(raw)
        self.fingerprint = b64_sha256(raw)
        self.ballots = (self.folder / "ballots.jsons").read_bytes().splitlines()
        entries = [line.split(",") for line in json.loads((self.folder / "public_creds.json").read_text())]
        self.credentials = [entry[0] for entry in entries]
        self.weights = [int(entry[1]) for entry in entries] if len(entries[0]) > 1 else None

    def context(self, engine: str | None = None) -> kernel.BallotContext:
        questions = self.election["questions"]
        return kernel.BallotContext(
            self.election["uuid"],
            self.fingerprint,
            bytes.fromhex(self.election["public_key"])[::-1],
            [(len(q["answers"]), q.get("blank", False), q["min"], q["max"]) for q in questions],
            b"".join(bytes.fromhex(credential)[::-1] for credential in self.credentials),
            self.weights,
            engine=engine,
        )

    @property
    def last(self) -> list[bytes]:
        """The ballots that count."""
        return list({json.loads(raw)["credential"]: raw for raw in self.ballots}.values())


@dataclass
class Maker:
    """An election of one question "0 or 1 of so many" and its voters' secrets."""

    answers: int = 1
    voters: int = 3
    uuid: str = "Ab1Cd2Ef3Gh4Jk"
    draw: random.Random = field(default_factory=lambda: random.Random("ballots"))

    def __post_init__(self) -> None:
        self.fingerprint = b64_sha256(b"an election")
        self.y = self.power(ed.BASE, self.draw.randrange(ed.q))
        self.secrets = [self.draw.randrange(ed.q) for _ in range(self.voters)]

    def context(self, engine: str | None = None) -> kernel.BallotContext:
        listed = b"".join(ed.encode(self.power(ed.BASE, x)) for x in self.secrets)
        question = (self.answers, False, 0, 1)
        return kernel.BallotContext(
            self.uuid, self.fingerprint, ed.encode(self.y), [question], listed, engine=engine
        )

    @staticmethod
    def power(base: ed.Point, n: int) -> ed.Point:
        return ed.mul(base, n % ed.q)

    def ballot(
        self, voter: int = 0, chosen: int = 0, alpha: ed.Point = ed.IDENTITY, beta: ed.Point = ed.IDENTITY
    ) -> bytes:
        """Candidate ``chosen``, with points added to the first ciphertext.

        Where these are of low order, challenges on the first ciphertext are multiples of eight, so that
        every equation holds and only membership is wrong.
        """
        credential = text(self.power(ed.BASE, self.secrets[voter]))
        bound = f"{self.fingerprint}|{credential}"
        r = [self.draw.randrange(ed.q) for _ in range(self.answers)]
        bits = [int(i == chosen) for i in range(self.answers)]
        pairs = []
        for i in range(self.answers):
            a, b = self.power(ed.BASE, r[i]), self.power(self.y, r[i])
            b = ed.add(b, ed.mul(ed.BASE, bits[i]))
            pairs.append((ed.add(a, alpha), ed.add(b, beta)) if i == 0 else (a, b))
        eight = alpha != ed.IDENTITY or beta != ed.IDENTITY
        proofs = [
            self.prove(bound, pairs[i], r[i], bits[i], multiple=8 if eight and i == 0 else 1)
            for i in range(self.answers)
        ]
        statement = bound + "|" + ",".join(f"{text(a)},{text(b)}" for a, b in pairs)
        total = pairs[0]
        for a, b in pairs[1:]:
            total = ed.add(total[0], a), ed.add(total[1], b)
        overall = self.prove(statement, total, sum(r), sum(bits), multiple=8 if eight else 1)
        ballot: dict[str, object] = {
            "election_uuid": self.uuid,
            "election_hash": self.fingerprint,
            "credential": credential,
            "answers": [
                {
                    "choices": [{"alpha": text(a), "beta": text(b)} for a, b in pairs],
                    "individual_proofs": proofs,
                    "overall_proof": overall,
                }
            ],
        }
        h = b64_sha256(dump(ballot))
        w = self.draw.randrange(ed.q)
        c = challenge(f"sig|{h}|", [self.power(ed.BASE, w)])
        ballot["signature"] = {"hash": h, "proof": proof(c, w - self.secrets[voter] * c)}
        return dump(ballot)

    def prove(
        self, statement: str, pair: tuple[ed.Point, ed.Point], r: int, bit: int, *, multiple: int
    ) -> list[dict[str, str]]:
        """The interval proof of {0, 1}; both challenges are multiples of ``multiple``."""
        alpha, beta = pair
        other = 1 - bit
        while True:
            w, s = self.draw.randrange(ed.q), self.draw.randrange(ed.q)
            simulated = self.draw.randrange(ed.q // 8) * 8
            shifted = ed.add(beta, ed.negate(ed.mul(ed.BASE, other)))
            commitments = {
                bit: (self.power(ed.BASE, w), self.power(self.y, w)),
                other: (
                    ed.add(self.power(ed.BASE, s), ed.mul(alpha, simulated)),
                    ed.add(self.power(self.y, s), ed.mul(shifted, simulated)),
                ),
            }
            points = [point for m in (0, 1) for point in commitments[m]]
            true = (challenge(f"prove|{statement}|{text(alpha)},{text(beta)}|", points) - simulated) % ed.q
            if true % multiple == 0:
                found = {bit: proof(true, w - r * true), other: proof(simulated, s)}
                return [found[0], found[1]]


def equations_hold(maker: Maker, raw: bytes) -> bool:
    """Whether every proof of the answer adds up, whatever group the points are in."""
    ballot = json.loads(raw)
    (answer,) = ballot["answers"]
    bound = f"{ballot['election_hash']}|{ballot['credential']}"
    pairs = [(point(c["alpha"]), point(c["beta"])) for c in answer["choices"]]
    total = (ed.IDENTITY, ed.IDENTITY)
    for a, b in pairs:
        total = ed.add(total[0], a), ed.add(total[1], b)
    statement = bound + "|" + ",".join(f"{text(a)},{text(b)}" for a, b in pairs)
    cases = [(bound, pair, proofs) for pair, proofs in zip(pairs, answer["individual_proofs"], strict=True)]
    for prefix, (alpha, beta), proofs in [*cases, (statement, total, answer["overall_proof"])]:
        commitments, challenges = [], 0
        for m, item in enumerate(proofs):
            c, r = int(item["challenge"]), int(item["response"])
            shifted = ed.add(beta, ed.negate(ed.mul(ed.BASE, m)))
            commitments.append(ed.add(ed.mul(ed.BASE, r), ed.mul(alpha, c)))
            commitments.append(ed.add(ed.mul(maker.y, r), ed.mul(shifted, c)))
            challenges += c
        if challenge(f"prove|{prefix}|{text(alpha)},{text(beta)}|", commitments) != challenges % ed.q:
            return False
    return True


def point(digits: str) -> ed.Point:
    found = ed.decode(bytes.fromhex(digits)[::-1])
    assert found is not None
    return found


def challenge(prefix: str, points: Sequence[ed.Point]) -> int:
    return int(hashlib.sha256((prefix + ",".join(map(text, points))).encode()).hexdigest(), 16) % ed.q


def proof(c: int, r: int) -> dict[str, str]:
    return {"challenge": str(c % ed.q), "response": str(r % ed.q)}


def dump(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
