"""What do the trustees' partial decryptions reveal, and did each do its part?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from limpide.belenios.election import Election, Homomorphic, Lists, NonHomomorphic
from limpide.belenios.group import Element, Group
from limpide.belenios.proofs import Proof, check_decryption, proof_text, read_proof
from limpide.belenios.tally import EncryptedTally, nest, read_nested
from limpide.belenios.trustees import Pedersen, Single, Trustees
from limpide.belenios.wire import ProofText, Wire, decode, encode, weight, weight_text
from limpide.canonical import NotCanonical, Refused

MAX_EMBEDDED = 255
"""The largest number of a non-homomorphic answer."""
Factors = tuple[tuple[Element, ...], ...]
"""``F`` for each ciphertext of the tally, by question."""
Result = tuple[tuple[Any, ...], ...]
"""By question: numbers, in the flat order of the tally, or vectors in the order of the last shuffle."""


class PartialText(Wire, frozen=True, kw_only=True):
    """A partial decryption in writing order, both members in the shape of the tally."""

    decryption_factors: Any
    decryption_proofs: Any


class ResultText(Wire, frozen=True, kw_only=True):
    """``result.json``."""

    result: Any


@dataclass(frozen=True, slots=True)
class PartialDecryption:
    """Factors and proofs of one trustee, of the shape of the tally; nothing is proven yet."""

    factors: Factors
    proofs: tuple[tuple[ProofText, ...], ...]


def read_partial(election: Election, raw: bytes, tally: EncryptedTally) -> PartialDecryption:
    """Raises ``NotCanonical`` or ``InvalidProof`` of clause 7.46."""
    text = decode(PartialText, raw, "7.46")
    factors = read_nested(election, encode(text.decryption_factors), str, "7.46")
    proofs = read_nested(election, encode(text.decryption_proofs), ProofText, "7.46")
    sizes = [len(ciphertexts) for ciphertexts in tally]
    if [len(fs) for fs in factors] != sizes or [len(ps) for ps in proofs] != sizes:
        raise NotCanonical("7.46", "not the shape of the tally", reason="shape")
    decoded = tuple(election.suite.group.decode(texts, "7.46") for texts in factors)
    return PartialDecryption(decoded, tuple(map(tuple, proofs)))


def check_partial(election: Election, share: Element, tally: EncryptedTally, partial: PartialDecryption) -> None:
    """Every factor is ``α^x`` for the trustee's key. Raises ``InvalidProof`` (7.47).

    The proof hashes neither ``α`` nor the factor: ``tally`` must be one's own, shuffled if need be.
    """
    for ciphertexts, factors, proofs in zip(tally, partial.factors, partial.proofs, strict=True):
        for c, factor, text in zip(ciphertexts, factors, proofs, strict=True):
            proof = read_proof(election.suite.group, text, "7.47")
            check_decryption(election.suite, election.fingerprint, share, c.alpha, factor, proof, "7.47")


def write_partial(
    election: Election, factors: Sequence[Sequence[Element]], proofs: Sequence[Sequence[Proof]]
) -> bytes:
    """The record ``partial_decryption``."""
    group = election.suite.group
    return encode(
        PartialText(
            decryption_factors=nest(election, [[group.encode(f) for f in fs] for fs in factors]),
            decryption_proofs=nest(election, [[proof_text(p) for p in ps] for ps in proofs]),
        )
    )


def combine(group: Group, trustees: Trustees, valid: Mapping[int, Factors], tally: EncryptedTally) -> Factors:
    """The total factor of each ciphertext from the valid partial decryptions, by owner.

    Raises ``Refused`` (7.48) if a single trustee or too many threshold trustees are missing.
    """
    chosen: list[tuple[int, int]] = []
    first = 1
    for item in trustees.items:
        owners = range(first, first + len(item.shares))
        present = [owner for owner in owners if owner in valid]
        match item:
            case Single():
                needed = 1
            case Pedersen():
                needed = item.threshold
        if len(present) < needed:
            missing = next(owner for owner in owners if owner not in valid)
            raise Refused("7.48", "too few partial decryptions", missing=missing, needed=needed)
        chosen += zip(present, _weights(group, item, first, present[:needed]), strict=False)
        first += len(item.shares)
    exponents = [exponent for _, exponent in chosen]
    return tuple(
        tuple(
            group.vartime_multi_power([valid[owner][q][i] for owner, _ in chosen], exponents)
            for i in range(len(ciphertexts))
        )
        for q, ciphertexts in enumerate(tally)
    )


def plaintexts(group: Group, tally: EncryptedTally, factors: Factors) -> Factors:
    """``β / F`` for each ciphertext: ``g^m``, or the embedded vector."""
    return tuple(
        tuple(group.divide(c.beta, f) for c, f in zip(ciphertexts, fs, strict=True))
        for ciphertexts, fs in zip(tally, factors, strict=True)
    )


def read_result(election: Election, raw: bytes) -> Result:
    """The published result, flattened by question. Raises ``NotCanonical`` (7.49)."""
    text = decode(ResultText, raw, "7.49")
    vectors = [isinstance(question, NonHomomorphic) for question in election.questions]
    kind = int | str | tuple[int, ...]
    flat = read_nested(election, encode(text.result), kind, "7.49")
    for question, items, is_vector in zip(election.questions, flat, vectors, strict=True):
        for i, item in enumerate(items):
            if isinstance(item, tuple) is not is_vector:
                raise NotCanonical("7.49", "not the shape of the questions", reason="shape")
            if isinstance(item, tuple):
                _check_vector(item, len(question.answers))
            else:
                items[i] = weight(item, "7.49")
    return tuple(map(tuple, flat))


def write_result(election: Election, result: Result) -> bytes:
    """The record ``result``."""
    texts = [[item if isinstance(item, tuple) else weight_text(item) for item in items] for items in result]
    return encode(ResultText(result=nest(election, texts)))


def check_result(election: Election, plain: Factors, result: Result) -> list[tuple[int, int]]:
    """Where the result is not what was decrypted: (question, item), both from 0."""
    group = election.suite.group
    wrong = []
    for q, (question, elements, items) in enumerate(zip(election.questions, plain, result, strict=True)):
        if len(elements) != len(items):
            wrong.append((q, min(len(elements), len(items))))
            continue
        for i, (element, item) in enumerate(zip(elements, items, strict=True)):
            match question:
                case NonHomomorphic():
                    same = group.to_ints(len(question.answers), element) == item
                case Homomorphic() | Lists():
                    same = group.vartime_multi_power([group.g.element], [item]) == element
            if not same:
                wrong.append((q, i))
    return wrong


def _weights(group: Group, item: Single | Pedersen, first: int, present: Sequence[int]) -> list[int]:
    """Lagrange coefficients at 0 over the indices inside the group."""
    if isinstance(item, Single):
        return [1]
    indices = [owner - first + 1 for owner in present]
    return [lagrange(group.q, j, indices) for j in indices]


def lagrange(q: int, j: int, indices: Sequence[int]) -> int:
    """``λ_j = ∏_{k≠j} k/(k − j) mod q``."""
    result = 1
    for k in indices:
        if k != j:
            result = result * k * pow(k - j, -1, q) % q
    return result


def _check_vector(vector: tuple[int, ...], count: int) -> None:
    if len(vector) != count or not all(0 <= value <= MAX_EMBEDDED for value in vector):
        raise NotCanonical("7.49", "not a vector of the question", reason="vector")
