"""How does a trustee get a key and decrypt its share?"""

import hashlib
import re

from limpide.belenios.decryption import write_partial
from limpide.belenios.election import BASE58, Election
from limpide.belenios.proofs import proof_text
from limpide.belenios.proving import Draw, prove_decryption, prove_knowledge
from limpide.belenios.suite import Suite
from limpide.belenios.tally import EncryptedTally
from limpide.belenios.trustees import KeyText
from limpide.belenios.wire import decode, encode, integer
from limpide.canonical import InvalidSignature, NotCanonical

_SEED = 22
_SEED_TEXT = re.compile(f"[{BASE58}]{{{_SEED}}}", re.ASCII)


def draw_private_key(suite: Suite, draw: Draw) -> int:
    """A secret ``x``."""
    return draw(suite.group.q)


def write_private_key(x: int) -> bytes:
    """The file that a single trustee keeps, as stock tools write it."""
    return encode(str(x))


def read_private_key(suite: Suite, raw: bytes) -> int:
    """Raises ``InvalidSignature`` (7.53), which never quotes the file."""
    try:
        return integer(decode(str, raw.strip(), "7.53"), suite.group.q, "7.53")
    except NotCanonical:
        raise InvalidSignature("7.53", "not a private key") from None


def public_key(suite: Suite, x: int, draw: Draw, name: str | None = None) -> KeyText:
    """``K``: the public key of ``x`` with its proof of knowledge."""
    key = suite.group.encode(suite.group.g.power(x))
    pok = prove_knowledge(suite, "pok", f"{suite.group.name}|{key}", x, draw)
    return KeyText(pok=proof_text(pok), public_key=key, name=name)


def draw_seed(draw: Draw) -> str:
    """The secret of a threshold trustee: 22 Base58 characters."""
    return "".join(BASE58[draw(len(BASE58))] for _ in range(_SEED))


def read_seed(raw: bytes) -> str:
    """Raises ``InvalidSignature`` (7.53), which never quotes the file."""
    text = raw.strip().decode("ascii", "replace")
    if not _SEED_TEXT.fullmatch(text):
        raise InvalidSignature("7.53", "not a trustee's seed")
    return text


def seed_exponent(suite: Suite, purpose: str, seed: str) -> int:
    """``sk`` or ``dk``: the exponents of a threshold trustee's signature and encryption keys."""
    digest = hashlib.sha256(f"{purpose}|{seed}".encode()).digest()
    return int.from_bytes(digest, "big") % suite.group.q


def partial_decryption(election: Election, x: int, tally: EncryptedTally, draw: Draw) -> bytes:
    """The record of a trustee whose secret key or share is ``x``."""
    suite = election.suite
    key = suite.group.g.power(x)
    factors, proofs = [], []
    for ciphertexts in tally:
        pairs = [prove_decryption(suite, election.fingerprint, x, key, c.alpha, draw) for c in ciphertexts]
        factors.append([factor for factor, _ in pairs])
        proofs.append([proof for _, proof in pairs])
    return write_partial(election, factors, proofs)
