"""How do trustees send each other secrets through somebody they need not trust?

Hashed ElGamal to the recipient's key, AES-256-GCM for the text, and inside it a signature by the sender that
names the recipient ("Threshold decryption support"; releases from 3.1 on).
"""

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM

from limpide.belenios.group import Element
from limpide.belenios.proofs import proof_text
from limpide.belenios.proving import Draw, prove_knowledge
from limpide.belenios.suite import Suite
from limpide.belenios.trustees import check_message
from limpide.belenios.wire import SignedText, Wire, decode, encode
from limpide.canonical import InvalidSignature, LimpideError

_CLAUSE = "7.55"
_CCM_TAG = 8


class SealedText(Wire, frozen=True, kw_only=True):
    """An encrypted message; without ``algorithm`` it is of a release up to 3.0."""

    algorithm: str | None = None
    alpha: str
    beta: str
    data: str


class AddressedText(Wire, frozen=True, kw_only=True):
    """``channel_msg``: what is signed and then sealed."""

    recipient: str
    message: str


def sign(suite: Suite, sk: int, message: str, draw: Draw) -> SignedText:
    """``message`` with the sender's signature."""
    return SignedText(message=message, signature=proof_text(prove_knowledge(suite, "sigmsg", message, sk, draw)))


def send(suite: Suite, sk: int, ek: Element, message: str, draw: Draw) -> str:
    """``message`` signed by ``sk`` for the owner of ``ek``, sealed."""
    group = suite.group
    addressed = encode(AddressedText(recipient=group.encode(ek), message=message)).decode()
    return seal(suite, ek, encode(sign(suite, sk, addressed, draw)), draw)


def seal(suite: Suite, ek: Element, plain: bytes, draw: Draw) -> str:
    """``plain`` for the owner of ``ek``, from nobody in particular."""
    group = suite.group
    r = draw(group.q)
    k = group.g.power(draw(group.q))
    alpha = group.g.power(r)
    beta = group.multiply(group.power(ek, r), k)
    data = AESGCM(_key(suite, k)).encrypt(_iv(suite, alpha), plain, None)
    sealed = SealedText(algorithm="AES-GCM", alpha=group.encode(alpha), beta=group.encode(beta), data=data.hex())
    return encode(sealed).decode()


def receive(suite: Suite, dk: int, vk: Element, text: str) -> str:
    """The message that the owner of ``vk`` sent to the owner of ``dk``.

    Raises ``InvalidSignature`` (7.55) for whatever is not that; nothing of the content is in the error.
    """
    group = suite.group
    sealed = decode(SealedText, text, _CLAUSE)
    alpha, beta = group.decode([sealed.alpha, sealed.beta], _CLAUSE)
    plain = _open(suite, sealed, alpha, group.divide(beta, group.power(alpha, dk)))
    try:
        signed = decode(SignedText, plain, _CLAUSE)
        check_message(suite, vk, signed.message, signed.signature, _CLAUSE)
        addressed = decode(AddressedText, signed.message, _CLAUSE)
    except LimpideError:
        raise _unreadable() from None
    if addressed.recipient != group.encode(group.g.power(dk)):
        raise _unreadable()
    return addressed.message


def _open(suite: Suite, sealed: SealedText, alpha: Element, k: Element) -> bytes:
    key, iv = _key(suite, k), _iv(suite, alpha)
    try:
        data = bytes.fromhex(sealed.data)
        if sealed.algorithm == "AES-GCM":
            return AESGCM(key).decrypt(iv, data, None)
        if sealed.algorithm is None:
            length = max(2, ((len(data) - _CCM_TAG).bit_length() + 7) // 8)
            return AESCCM(key, tag_length=_CCM_TAG).decrypt(iv[: 15 - length], data, None)
    except (InvalidTag, ValueError):
        raise _unreadable() from None
    raise _unreadable()


def _key(suite: Suite, k: Element) -> bytes:
    return hashlib.sha256(f"key|{suite.group.encode(k)}".encode()).digest()


def _iv(suite: Suite, alpha: Element) -> bytes:
    return hashlib.sha256(f"iv|{suite.group.encode(alpha)}".encode()).digest()


def _unreadable() -> InvalidSignature:
    return InvalidSignature(_CLAUSE, "not a message from this trustee to this recipient")
