"""Small elections made by the code under test, whole, with every secret at hand."""

import hashlib
import io
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from limpide.belenios import ceremony as steps
from limpide.belenios.archive import ArchiveWriter
from limpide.belenios.box import Box
from limpide.belenios.casting import make_ballot
from limpide.belenios.ceremony import Ceremony
from limpide.belenios.credentials import (
    draw_code,
    exponent,
    public_credential,
    read_credentials,
    write_credentials,
)
from limpide.belenios.decryption import combine, plaintexts, read_partial, write_result
from limpide.belenios.election import Election, Homomorphic, Question, read_election, write_election
from limpide.belenios.events import EventWriter
from limpide.belenios.keys import draw_private_key, draw_seed, partial_decryption, public_key
from limpide.belenios.logarithm import Logarithms
from limpide.belenios.suite import Suite, suite
from limpide.belenios.tally import EncryptedTally, encrypted_tally, write_sized, write_tally
from limpide.belenios.trustees import Trustees, read_trustees
from limpide.belenios.verdict import Verdict
from limpide.belenios.verification import verify
from limpide.belenios.wire import encode

VECTORS = Path(__file__).parents[2] / "vectors/belenios"
UUID = "Ab1Cd2Ef3Gh4Jk"
NOW = 1_700_000_000
Draw = Callable[[int], int]
Votes = list[tuple[int, list[list[int]]]]
"""(voter, bits of each question) in casting order."""


def drawer(seed: object) -> Draw:
    return random.Random(repr(seed)).randrange


@dataclass
class Keys:
    """Trustees and their secrets by owner."""

    raw: bytes
    secrets: dict[int, int]
    groups: list[tuple[int, int]] = field(default_factory=list)


def make_keys(s: Suite, singles: int, threshold: tuple[int, int] | None, draw: Draw) -> Keys:
    items: list[object] = []
    secret: dict[int, int] = {}
    for owner in range(1, singles + 1):
        secret[owner] = draw_private_key(s, draw)
        items.append(("Single", public_key(s, secret[owner], draw, f"Trustee {owner}")))
    if threshold:
        k, n = threshold
        agreed = Ceremony(s, n, k)
        seeds = {i: draw_seed(draw) for i in range(1, n + 1)}
        certs = {i: steps.certificate(agreed, i, seeds[i], draw) for i in seeds}
        polys = {i: steps.polynomial(agreed, seeds[i], certs, draw) for i in seeds}
        inputs = steps.route(agreed, certs, polys)
        outputs = {}
        for i, seed in seeds.items():
            outputs[i], faults = steps.share(agreed, seed, certs, inputs[i], draw)
            assert not faults
            sealed = json.loads(outputs[i])["private_key"]
            secret[singles + i] = steps.open_share(s, seed, sealed)
        items.append(("Pedersen", steps.assemble(agreed, certs, polys, outputs)))
    return Keys(encode(items), secret)


@dataclass
class Small:
    """An election up to its opening, and what to fill it with."""

    election: Election
    trustees: Trustees
    keys: Keys
    codes: list[str]
    credentials: bytes
    weights: list[int]
    ballots: list[bytes] = field(default_factory=list)

    @property
    def box(self) -> Box:
        known, faults = read_credentials(self.election, self.credentials)
        assert not faults
        return Box(self.election, known)

    def cast(self, voter: int, bits: list[list[int]], draw: Draw) -> bytes:
        x = exponent(self.codes[voter], self.election.uuid, self.election.suite.group)
        ballot = make_ballot(self.election, x, bits, draw)
        self.ballots.append(ballot)
        return ballot

    def tally(self, counted: Sequence[bytes]) -> EncryptedTally:
        box = self.box
        return encrypted_tally(self.election, box.total([box.read(raw) for raw in counted]), [])

    def counted(self) -> list[bytes]:
        last = {json.loads(raw)["credential"]: raw for raw in self.ballots}
        return list(last.values())

    def archive(self, owners: Sequence[int], draw: Draw, *, upto: str = "Result") -> bytes:
        """The archive with the decryptions of ``owners``."""
        stream = io.BytesIO()
        writer = EventWriter(ArchiveWriter.create(stream, NOW))
        writer.setup(self.election.raw, self.keys.raw, self.credentials)
        for ballot in self.ballots:
            writer.append("Ballot", ballot)
        if upto == "Ballot":
            return stream.getvalue()
        counted = self.counted()
        tally = self.tally(counted)
        raw = write_tally(self.election, tally)
        known = self.box.credentials
        weight = sum(known.weight_of(json.loads(b)["credential"]) for b in counted)
        writer.append("EndBallots")
        writer.append("EncryptedTally", raw, write_sized(len(counted), weight, hashlib.sha256(raw).hexdigest()))
        valid = {}
        for owner in owners:
            part = partial_decryption(self.election, self.keys.secrets[owner], tally, draw)
            valid[owner] = read_partial(self.election, part, tally).factors
            writer.owned("PartialDecryption", owner, part)
        if upto == "PartialDecryption":
            return stream.getvalue()
        group = self.election.suite.group
        factors = combine(group, self.trustees, valid, tally)
        logarithms = Logarithms(group, weight)
        result = tuple(map(logarithms.find_all, plaintexts(group, tally, factors)))
        writer.append("Result", write_result(self.election, result))
        return stream.getvalue()


def one_of(count: int, *, blank: bool = False) -> Homomorphic:
    return Homomorphic("Who?", tuple(f"Candidate {i}" for i in range(count)), 1, 1, blank)


def open_small(
    group: str,
    questions: Sequence[Question],
    voters: int,
    *,
    singles: int = 1,
    threshold: tuple[int, int] | None = None,
    weights: Sequence[int] | None = None,
    draw: Draw,
) -> Small:
    s = suite(group)
    keys = make_keys(s, singles, threshold, draw)
    trustees = read_trustees(s, keys.raw)
    y = s.group.encode(s.group.product(item.key for item in trustees.items))
    raw = write_election(
        uuid=UUID, name="Primary", description="“Essai” \x7f", chosen=s, public_key=y, questions=questions
    )
    codes = [draw_code(draw) for _ in range(voters)]
    each: Sequence[int | None] = weights or [None] * voters
    entries = [(public_credential(code, UUID, s.group), w) for code, w in zip(codes, each, strict=True)]
    credentials = write_credentials(s.group, entries)
    return Small(read_election(raw), trustees, keys, codes, credentials, list(weights or [1] * voters))


def random_bits(question: Homomorphic, draw: Draw) -> list[int]:
    n = len(question.answers)
    if question.blank and draw(4) == 0:
        return [1, *[0] * n]
    chosen = set(
        sorted(range(n), key=lambda _: draw(2**30))[: question.min + draw(question.max - question.min + 1)]
    )
    return [0] * question.blank + [int(i in chosen) for i in range(n)]


@cache
def three_voters(group: str = "Ed25519") -> Small:
    """Three candidates, exactly one, three voters, one trustee; everybody has voted once."""
    draw = drawer(("three", group))
    small = open_small(group, [one_of(3)], 4, draw=draw)
    for voter in range(3):
        small.cast(voter, [[int(i == voter % 2) for i in range(3)]], draw)
    return small


def verdict_of(archive: bytes) -> Verdict:
    return verify(io.BytesIO(archive))


def clauses(verdict: Verdict) -> list[str]:
    return [fault.clause for fault in verdict.faults if fault.severity == "fault"]
