"""Who holds the decryption key, and do their public keys fit together?

``["Single", K]`` and ``["Pedersen", T]`` pairs; the election key is the product of their sub-keys.
Threshold trustees exist in three generations: releases 2.0 and 2.1 (no context, no signatures), 2.5.1
(context and ``signatures``), 3.0 and later (also a signature on each verification key).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from limpide.belenios.election import Election
from limpide.belenios.faults import Fault, attempt
from limpide.belenios.group import Element, Group
from limpide.belenios.proofs import check_knowledge, check_signature, read_proof
from limpide.belenios.suite import Suite
from limpide.belenios.wire import ProofText, SignedText, SmallInt, Wire, decode, encode
from limpide.canonical import InvalidProof, NotCanonical

MOST_TRUSTEES = 1000
"""Of one threshold group: each signs all certificates, so that reading them costs the square of their number."""


class KeyText(Wire, frozen=True, kw_only=True):
    """A trustee's public key ``K`` with its proof of knowledge."""

    pok: ProofText
    public_key: str
    signature: ProofText | None = None
    name: str | None = None


class ContextText(Wire, frozen=True, kw_only=True):
    """What a certificate is made for (since release 2.5.1)."""

    group: str
    size: SmallInt
    threshold: SmallInt
    index: SmallInt


class CertificateText(Wire, frozen=True, kw_only=True):
    """The message of a certificate: the trustee's signature and encryption keys."""

    context: ContextText | None = None
    verification: str
    encryption: str


class CoefficientsText(Wire, frozen=True, kw_only=True):
    """The message of ``coefexps``: commitments to a polynomial."""

    coefexps: tuple[str, ...]


class PedersenText(Wire, frozen=True, kw_only=True):
    """Threshold parameters ``T``."""

    threshold: Annotated[int, msgspec.Meta(ge=1, le=2**20)]
    certs: Annotated[tuple[SignedText, ...], msgspec.Meta(min_length=1)]
    coefexps: tuple[SignedText, ...]
    signatures: tuple[ProofText, ...] | None = None
    verification_keys: tuple[KeyText, ...]


@dataclass(frozen=True, slots=True)
class Single:
    """A trustee who must take part."""

    text: KeyText
    key: Element

    @property
    def shares(self) -> tuple[Element, ...]:
        """The public key against which the decryption is proven."""
        return (self.key,)


@dataclass(frozen=True, slots=True)
class Pedersen:
    """``n`` trustees of whom any ``threshold`` suffice."""

    text: PedersenText
    certificates: tuple[tuple[Element, Element], ...]
    """``vk_i`` and ``ek_i``."""
    coefexps: tuple[tuple[Element, ...], ...]
    """``A_ik``."""
    key: Element
    """The sub-key ``∏ A_i0``."""
    shares: tuple[Element, ...]
    """``V_j`` as the published polynomials give it, whatever ``verification_keys`` says."""

    @property
    def threshold(self) -> int:
        """How many are needed."""
        return self.text.threshold


Trustee = Single | Pedersen


@dataclass(frozen=True, slots=True)
class Trustees:
    """All trustees, with the public share of each owner; owners are numbered from 1 across groups."""

    items: tuple[Trustee, ...]

    @property
    def shares(self) -> tuple[Element, ...]:
        """The public share of owner ``i`` at index ``i − 1``."""
        return tuple(share for item in self.items for share in item.shares)


def read_trustees(suite: Suite, raw: bytes) -> Trustees:
    """Trustees whose keys are members of the group; nothing is proven yet. Raises a ``LimpideError``."""
    items: list[Trustee] = []
    for kind, value in decode(_PAIRS, raw, "7.11"):
        if kind == "Single":
            text = decode(KeyText, value, "7.11")
            (key,) = suite.group.decode([text.public_key], "7.12")
            items.append(Single(text, key))
        else:
            items.append(_read_pedersen(suite.group, decode(PedersenText, value, "7.11")))
    return Trustees(tuple(items))


def check_trustees(suite: Suite, trustees: Trustees) -> Iterator[Fault]:
    """Every proof and signature of the trustees that does not hold; a remark for an old form."""
    owner = 1
    for item in trustees.items:
        if isinstance(item, Single):
            yield from attempt(f"trustee {owner}", check_key, suite, item.text, "7.12")
        else:
            yield from _check_pedersen(suite, item, owner)
        owner += len(item.shares)


def check_election_key(election: Election, trustees: Trustees) -> Iterator[Fault]:
    """The election's public key is the product of the sub-keys."""
    group = election.suite.group
    if group.product(item.key for item in trustees.items) != election.y.element:
        yield Fault("7.18", "election", {"public_key": group.encode(election.y.element)})


def check_key(suite: Suite, text: KeyText, clause: str) -> None:
    """The proof of knowledge of one trustee key. Raises ``InvalidProof``."""
    (x,) = suite.group.decode([text.public_key], clause)
    proof = read_proof(suite.group, text.pok, clause)
    check_knowledge(suite, "pok", f"{suite.group.name}|{text.public_key}", x, proof, clause)


def check_message(suite: Suite, key: Element, message: str, text: ProofText, clause: str) -> None:
    """A trustee's signature of ``message``. Raises ``InvalidSignature``."""
    check_signature(suite, "sigmsg", message, key, read_proof(suite.group, text, clause), clause)


def public_shares(group: Group, coefexps: Sequence[Sequence[Element]]) -> tuple[Element, ...]:
    """``V_j = ∏_i ∏_k A_ik^(j^k)`` for ``j = 1..n``."""
    # The polynomials are added before they are evaluated: n·t products and n evaluations instead of n².
    total = [group.product(column) for column in zip(*coefexps, strict=True)]
    return tuple(evaluate(group, total, j) for j in range(1, len(coefexps) + 1))


def evaluate(group: Group, commitments: Sequence[Element], j: int) -> Element:
    """``∏_k A_k^(j^k)``: the commitment to the polynomial's value at ``j``."""
    return group.vartime_multi_power(commitments, [pow(j, k, group.q) for k in range(len(commitments))])


def read_certificate(group: Group, signed: SignedText) -> tuple[CertificateText, Element, Element]:
    """The message of a certificate with its keys ``vk`` and ``ek``. Raises a ``LimpideError``."""
    text = decode(CertificateText, signed.message.encode(), "7.13")
    vk, ek = group.decode([text.verification, text.encryption], "7.13")
    return text, vk, ek


def check_certificate(suite: Suite, signed: SignedText, expected: ContextText) -> None:
    """Context and signature of one certificate. Raises a ``LimpideError``."""
    text, vk, _ = read_certificate(suite.group, signed)
    if text.context is not None and text.context != expected:
        raise InvalidProof("7.13", "the certificate was made for something else")
    check_message(suite, vk, signed.message, signed.signature, "7.13")


def read_coefficients(group: Group, signed: SignedText, threshold: int) -> tuple[Element, ...]:
    """The commitments of one trustee, exactly ``threshold`` members. Raises a ``LimpideError``."""
    text = decode(CoefficientsText, signed.message.encode(), "7.14")
    if len(text.coefexps) != threshold:
        raise NotCanonical("7.14", "not as many coefficients as the threshold", reason="coefficients")
    return group.decode(text.coefexps, "7.14")


def certificates_message(certs: Sequence[SignedText], group: Group, coefexps: Sequence[Element]) -> str:
    """What trustee ``i`` signs once it has seen every certificate (``signatures``)."""
    body = _SignedCertificates(certs=tuple(certs), coefexps=tuple(map(group.encode, coefexps)))
    return f"certs_sig|{encode(body).decode()}"


class _SignedCertificates(Wire, frozen=True, kw_only=True):
    certs: tuple[SignedText, ...]
    coefexps: tuple[str, ...]


_PAIRS = Annotated[tuple[tuple[Literal["Single", "Pedersen"], msgspec.Raw], ...], msgspec.Meta(min_length=1)]


def _read_pedersen(group: Group, text: PedersenText) -> Pedersen:
    n = len(text.certs)
    lengths = {n, len(text.coefexps), len(text.verification_keys)}
    if text.signatures is not None:
        lengths.add(len(text.signatures))
    if n > MOST_TRUSTEES:
        raise NotCanonical("7.11", "too many trustees", reason="too many trustees")
    if lengths != {n} or text.threshold > n:
        raise NotCanonical("7.11", "lists of different lengths", reason="lists of different lengths")
    certificates = tuple(read_certificate(group, signed)[1:] for signed in text.certs)
    coefexps = tuple(read_coefficients(group, signed, text.threshold) for signed in text.coefexps)
    key = group.product(commitments[0] for commitments in coefexps)
    return Pedersen(text, certificates, coefexps, key, public_shares(group, coefexps))


def _check_pedersen(suite: Suite, item: Pedersen, first: int) -> Iterator[Fault]:
    text = item.text
    n = len(text.certs)
    for i in range(n):
        subject = f"trustee {first + i}"
        vk = item.certificates[i][0]
        expected = ContextText(group=suite.group.name, size=n, threshold=text.threshold, index=i + 1)
        yield from attempt(subject, check_certificate, suite, text.certs[i], expected)
        coefexps = text.coefexps[i]
        yield from attempt(subject, check_message, suite, vk, coefexps.message, coefexps.signature, "7.14")
        if text.signatures is not None:
            message = certificates_message(text.certs, suite.group, item.coefexps[i])
            yield from attempt(subject, check_message, suite, vk, message, text.signatures[i], "7.15")
        yield from attempt(subject, check_verification_key, suite, item, i)
    yield from _check_generation(item, first)


def check_verification_key(suite: Suite, item: Pedersen, i: int) -> None:
    """Key, proof and, in the newest form, signature of the trustee at index ``i``. Raises a ``LimpideError``."""
    key = item.text.verification_keys[i]
    if key.public_key != suite.group.encode(item.shares[i]):
        raise InvalidProof("7.16", "the verification key is not that of the polynomials")
    check_key(suite, key, "7.12")
    if key.signature is not None:
        vk = item.certificates[i][0]
        check_message(suite, vk, key.public_key, key.signature, "7.17")


def _check_generation(item: Pedersen, first: int) -> Iterator[Fault]:
    """One form throughout. The newest is silent; an older one is a remark; a mixture is a fault.

    A form is given by what *all* trustees carry, so that no signature can be dropped from one of them.
    """
    text = item.text
    subject = f"trustee {first}"
    contexts = {read_context(signed) for signed in text.certs}
    signed_keys = {key.signature is not None for key in text.verification_keys}
    generation = (contexts, text.signatures is not None, signed_keys)
    if generation == ({True}, True, {True}):
        return
    if generation in (({True}, True, {False}), ({False}, False, {False})):
        release = "2.5.1" if text.signatures is not None else "2.0"
        yield Fault("7.19", subject, {"release": release}, "remark")
    else:
        yield Fault("7.15", subject, {"reason": "signatures are missing"})


def read_context(signed: SignedText) -> bool:
    """Whether a certificate says what it was made for."""
    return decode(CertificateText, signed.message, "7.13").context is not None
