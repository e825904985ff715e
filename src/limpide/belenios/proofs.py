"""Does a zero-knowledge proof of the protocol hold?

Every disjunctive proof of a ballot ("Proofs of interval membership", "Proofs of possibly-blank votes",
list proofs) says that *one of several ciphertexts encrypts 0*; the others are proofs of knowledge. Each
checker recomputes the commitments from ``(c, r)`` and compares the challenge. All values here are public.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from limpide.belenios.group import Base, Ciphertext, Element, Group
from limpide.belenios.suite import Suite
from limpide.belenios.wire import CiphertextText, ProofText, integer
from limpide.canonical import InvalidProof, InvalidSignature


@dataclass(frozen=True, slots=True)
class Proof:
    """Challenge and response, both reduced modulo ``q``."""

    c: int
    r: int


@dataclass(frozen=True, slots=True)
class NonZeroProof:
    """That a ciphertext does not encrypt 0: commitment, challenge, two responses."""

    A0: Element
    c: int
    t1: int
    t2: int


def read_proof(group: Group, text: ProofText, clause: str) -> Proof:
    """The proof on the wire; raises ``NotCanonical``."""
    return Proof(integer(text.challenge, group.q, clause), integer(text.response, group.q, clause))


def proof_text(proof: Proof) -> ProofText:
    """The wire form."""
    return ProofText(challenge=str(proof.c), response=str(proof.r))


def read_ciphertexts(group: Group, texts: Sequence[CiphertextText], clause: str) -> tuple[Ciphertext, ...]:
    """Ciphertexts whose elements are members of the group; raises ``InvalidProof``."""
    elements = group.decode([x for text in texts for x in (text.alpha, text.beta)], clause)
    return tuple(map(Ciphertext, elements[::2], elements[1::2]))


def ciphertext_text(group: Group, c: Ciphertext) -> CiphertextText:
    """The wire form."""
    return CiphertextText(alpha=group.encode(c.alpha), beta=group.encode(c.beta))


def pair_text(group: Group, c: Ciphertext) -> str:
    """``⟨α⟩,⟨β⟩`` as it stands in the contexts of proofs."""
    return f"{group.encode(c.alpha)},{group.encode(c.beta)}"


def total(group: Group, ciphertexts: Sequence[Ciphertext]) -> Ciphertext:
    """The ciphertext of the sum."""
    return Ciphertext(group.product(c.alpha for c in ciphertexts), group.product(c.beta for c in ciphertexts))


def less(group: Group, c: Ciphertext, m: int) -> Ciphertext:
    """The ciphertext of the same plaintext minus ``m``: ``(α, β/g^m)``."""
    if m == 0:
        return c
    return Ciphertext(c.alpha, group.divide(c.beta, group.g.element if m == 1 else group.g.power(m)))


def check_iprove(
    suite: Suite, y: Base, S: str, c: Ciphertext, values: Sequence[int], proofs: Sequence[Proof], clause: str
) -> None:
    """“(α, β) encrypts one of ``values``” (``iprove``). Raises ``InvalidProof``."""
    context = f"{S}|{pair_text(suite.group, c)}"
    statements = [less(suite.group, c, m) for m in values]
    check_one_is_zero(suite, y, "prove", context, statements, proofs, clause)


def check_one_is_zero(
    suite: Suite,
    y: Base,
    tag: str,
    context: str,
    statements: Sequence[Ciphertext],
    proofs: Sequence[Proof],
    clause: str,
) -> None:
    """“One of ``statements`` encrypts 0”, with one ``(c_j, r_j)`` for each. Raises ``InvalidProof``."""
    if len(proofs) != len(statements):
        raise InvalidProof(clause, f"{len(proofs)} proofs for {len(statements)} statements")
    g = suite.group.g
    commitments = []
    for s, proof in zip(statements, proofs, strict=True):
        commitments.append(g.vartime_commit(proof.r, s.alpha, proof.c))
        commitments.append(y.vartime_commit(proof.r, s.beta, proof.c))
    if sum(proof.c for proof in proofs) % suite.group.q != suite.H(tag, context, commitments):
        raise InvalidProof(clause, "the challenges do not sum to the hash")


def check_knowledge(suite: Suite, tag: str, context: str, x: Element, proof: Proof, clause: str) -> None:
    """“The prover knows the logarithm of ``x``” (Schnorr). Raises ``InvalidProof``."""
    commitment = suite.group.g.vartime_commit(proof.r, x, proof.c)
    if proof.c != suite.H(tag, context, [commitment]):
        raise InvalidProof(clause, "the challenge is not the hash")


def check_signature(suite: Suite, tag: str, message: str, key: Element, proof: Proof, clause: str) -> None:
    """A Schnorr signature of ``message``. Raises ``InvalidSignature``."""
    try:
        check_knowledge(suite, tag, message, key, proof, clause)
    except InvalidProof:
        raise InvalidSignature(clause, "the signature does not verify") from None


def check_decryption(
    suite: Suite, fingerprint: str, x: Element, alpha: Element, factor: Element, proof: Proof, clause: str
) -> None:
    """“``factor`` is ``α^x`` for the logarithm of the trustee's key” ("Partial decryption").

    Raises ``InvalidProof``.
    """
    group = suite.group
    a = group.g.vartime_commit(proof.r, x, proof.c)
    b = group.vartime_multi_power((alpha, factor), (proof.r, proof.c))
    if proof.c != suite.H("decrypt", f"{fingerprint}|{group.encode(x)}", [a, b]):
        raise InvalidProof(clause, "the challenge is not the hash")


def check_nonzero(suite: Suite, y: Base, S: str, c: Ciphertext, proof: NonZeroProof, clause: str) -> None:
    """“``c`` does not encrypt 0”. Raises ``InvalidProof``."""
    group = suite.group
    a1 = group.g.vartime_commit(proof.t2, c.alpha, proof.t1)
    a2 = group.multiply(
        y.vartime_commit(proof.t2, c.beta, proof.t1), group.vartime_multi_power((proof.A0,), (proof.c,))
    )
    if group.one == proof.A0 or proof.c != suite.H("nonzero", S, [proof.A0, a1, a2]):
        raise InvalidProof(clause, "the challenge is not the hash")
