"""Is a list of ciphertexts a re-encryption of another in a hidden order?

Wikström's proof as in CHVote 1.3.2 and Belenios "Shuffles", one for each non-homomorphic question. Letters
as in the specification; ``e`` are the inputs, ``e'`` (``outputs``) the outputs.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from limpide.belenios.election import Election
from limpide.belenios.group import Ciphertext, Element, Group
from limpide.belenios.proofs import read_ciphertexts
from limpide.belenios.suite import suite
from limpide.belenios.wire import CiphertextText, Wire, decode, integer
from limpide.canonical import InvalidProof, NotCanonical

Texts = tuple[str, ...]


class ShuffleText(Wire, frozen=True, kw_only=True):
    """The record ``shuffle``: outputs and proof of each non-homomorphic question."""

    ciphertexts: tuple[tuple[CiphertextText, ...], ...]
    proofs: tuple["ProofTuple", ...]


ProofTuple = tuple[
    tuple[str, str, str, tuple[str, str], Texts],
    tuple[str, str, str, str, Texts, Texts],
    Texts,
    Texts,
]


@dataclass(frozen=True, slots=True)
class ShuffleProof:
    """``π``: commitments, responses, permutation commitment, chain."""

    t1: Element
    t2: Element
    t3: Element
    t41: Element
    t42: Element
    t_hat: tuple[Element, ...]
    s1: int
    s2: int
    s3: int
    s4: int
    s_hat: tuple[int, ...]
    s_prime: tuple[int, ...]
    c: tuple[Element, ...]
    c_hat: tuple[Element, ...]


def read_shuffle(
    election: Election, raw: bytes, inputs: Sequence[Sequence[Ciphertext]]
) -> list[tuple[tuple[Ciphertext, ...], ShuffleProof]]:
    """Outputs and proof of each question, all elements members. Raises a ``LimpideError`` of clause 7.42."""
    group = election.suite.group
    text = decode(ShuffleText, raw, "7.42")
    if not len(text.ciphertexts) == len(text.proofs) == len(inputs):
        raise NotCanonical("7.42", "not one shuffle a question", reason="not one shuffle a question")
    return [
        _read(group, texts, proof, len(e))
        for texts, proof, e in zip(text.ciphertexts, text.proofs, inputs, strict=True)
    ]


def check_shuffle(
    election: Election, e: Sequence[Ciphertext], outputs: Sequence[Ciphertext], proof: ShuffleProof
) -> None:
    """``outputs`` are the inputs ``e``, re-encrypted and reordered. Raises ``InvalidProof`` (7.43)."""
    group, q = election.suite.group, election.suite.group.q
    g, y, n = group.g, election.y, len(e)
    h, *hs = generators(group.name, n)
    str_c = _pairs(group, e) + _pairs(group, outputs) + _list(group, proof.c)
    u = _challenges(election, str_c, n)
    c = _challenge(election, str_c, proof)
    c_bar = group.divide(group.product(proof.c), group.product(hs))
    product_u = 1
    for u_i in u:
        product_u = product_u * u_i % q
    last = proof.c_hat[-1] if n else h
    c_hat = group.divide(last, group.vartime_multi_power([h], [product_u]))
    power = group.vartime_multi_power
    c_tilde = power(proof.c, u)
    alpha = power([x.alpha for x in e], u)
    beta = power([x.beta for x in e], u)
    s_prime = proof.s_prime
    expected = [
        g.vartime_commit(proof.s1, c_bar, -c % q),
        g.vartime_commit(proof.s2, c_hat, -c % q),
        power([c_tilde, g.element, *hs], [-c, proof.s3, *s_prime]),
        power([beta, y.element, *(x.beta for x in outputs)], [-c, -proof.s4, *s_prime]),
        power([alpha, g.element, *(x.alpha for x in outputs)], [-c, -proof.s4, *s_prime]),
    ]
    before = (h, *proof.c_hat[:-1])
    expected += [power([proof.c_hat[i], g.element, before[i]], [-c, proof.s_hat[i], s_prime[i]]) for i in range(n)]
    found = [proof.t1, proof.t2, proof.t3, proof.t41, proof.t42, *proof.t_hat]
    if expected != found:
        raise InvalidProof("7.43", "the shuffle is not proven")


@lru_cache(maxsize=4)
def generators(name: str, n: int) -> tuple[Element, ...]:
    """``h, h_1..h_n`` of the group of that name, all different. Raises ``InvalidProof`` (7.43)."""
    group = suite(name).group
    found = tuple(group.generator(i) for i in range(-1, n))
    if len(set(found)) != n + 1:
        raise InvalidProof("7.43", "two independent generators are equal")
    return found


def _challenges(election: Election, str_c: str, n: int) -> list[int]:
    prefix = f"shuffle-challenges|{election.fingerprint}|{str_c}"
    seed = hashlib.sha256(prefix.encode()).hexdigest()
    return [_integer(seed + hashlib.sha256(str(i).encode()).hexdigest()) % election.suite.group.q for i in range(n)]


def _challenge(election: Election, str_c: str, proof: ShuffleProof) -> int:
    group = election.suite.group
    str_t = _list(group, (proof.t1, proof.t2, proof.t3, proof.t41, proof.t42, *proof.t_hat))
    str_y = str_c + _list(group, proof.c_hat) + group.encode(election.y.element)
    return _integer(f"shuffle-challenge|{election.fingerprint}|{str_t}{str_y}") % group.q


def _integer(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")


def _pairs(group: Group, ciphertexts: Sequence[Ciphertext]) -> str:
    return _list(group, [x for c in ciphertexts for x in (c.alpha, c.beta)])


def _list(group: Group, elements: Sequence[Element]) -> str:
    return "".join(f"{group.encode(x)}," for x in elements)


def _read(
    group: Group, texts: Sequence[CiphertextText], proof: ProofTuple, n: int
) -> tuple[tuple[Ciphertext, ...], ShuffleProof]:
    (t1, t2, t3, (t41, t42), t_hat), (s1, s2, s3, s4, s_hat, s_prime), c, c_hat = proof
    if {len(texts), len(t_hat), len(s_hat), len(s_prime), len(c), len(c_hat)} != {n}:
        raise NotCanonical("7.42", "not as many items as ciphertexts", reason="lengths")
    first = group.decode([t1, t2, t3, t41, t42], "7.42")
    numbers = [integer(s, group.q, "7.42") for s in (s1, s2, s3, s4)]
    return read_ciphertexts(group, texts, "7.42"), ShuffleProof(
        t1=first[0],
        t2=first[1],
        t3=first[2],
        t41=first[3],
        t42=first[4],
        t_hat=group.decode(t_hat, "7.42"),
        s1=numbers[0],
        s2=numbers[1],
        s3=numbers[2],
        s4=numbers[3],
        s_hat=tuple(integer(s, group.q, "7.42") for s in s_hat),
        s_prime=tuple(integer(s, group.q, "7.42") for s in s_prime),
        c=group.decode(c, "7.42"),
        c_hat=group.decode(c_hat, "7.42"),
    )
