"""Who else has seen this checkpoint, and when? C2SP tlog-cosignature.

A witness signs that, at a time, this is the largest consistent checkpoint it has seen of that origin.
Ed25519 cosignatures (type 0x04) are made and verified here; ML-DSA-44 ones (0x06) are read and left aside.
"""

import binascii
import hashlib
import struct
from dataclasses import dataclass

from limpide.canonical import InvalidSignature, NotCanonical
from limpide.log.checkpoint import Checkpoint
from limpide.signing import (
    ED25519,
    ED25519_COSIGNATURE,
    Note,
    SignatureLine,
    Signer,
    VerifierKey,
    check_signatures,
    parse_note,
)

MAX_TIME = 2**63 - 1
_FIELD = 8 + 64


@dataclass(frozen=True, slots=True)
class OpaqueKey:
    """A witness's key of a type whose signatures are not verified here: it never counts. Spec 6.11."""

    name: str
    type: int
    id: bytes


WitnessKey = VerifierKey | OpaqueKey


def cosigner_key(signer: Signer) -> VerifierKey:
    """The key under which a signer's cosignatures verify. It must sign nothing else."""
    return VerifierKey(signer.name, signer.key.public, ED25519_COSIGNATURE)


def parse_witness_key(vkey: str) -> WitnessKey:
    """The witness's key that ``vkey`` denotes, of any type; raises ``NotCanonical``. Spec 6.13."""
    name, _, rest = vkey.partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        raw = binascii.a2b_base64(encoded, strict_mode=True)
    except (binascii.Error, ValueError):
        raw = b""
    if raw[:1] in (bytes([ED25519]), bytes([ED25519_COSIGNATURE])):
        return VerifierKey.parse(vkey)
    own_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if not name or not raw or own_id.hex() != key_id:
        raise NotCanonical("6.13", "not a verifier key, or not with its own id", subject=name[:120])
    return OpaqueKey(name, raw[0], own_id)


def cosignature_message(time: int, text: bytes) -> bytes:
    """What an Ed25519 cosignature signs: the time, and the whole text of the checkpoint."""
    return b"cosignature/v1\ntime %d\n%s" % (time, text)


def ml_dsa_44_message(name: str, time: int, checkpoint: Checkpoint, *, start: int = 0) -> bytes:
    """What an ML-DSA-44 cosignature signs. Extension lines are not covered."""
    return b"".join(
        (
            b"subtree/v1\n\0",
            _short(name.encode()),
            struct.pack(">Q", time),
            _short(checkpoint.origin.encode()),
            struct.pack(">QQ", start, checkpoint.size),
            checkpoint.root,
        )
    )


def cosign(text: bytes, signer: Signer, time: int) -> SignatureLine:
    """A witness's line under the text of a checkpoint. The witness must have verified and recorded it before."""
    signature = signer.sign(cosignature_message(time, text)).blob
    return SignatureLine(signer.name, cosigner_key(signer).id, struct.pack(">Q", time) + signature)


def cosigned_at(note: Note, key: WitnessKey) -> int | None:
    """The latest time at which the witness cosigned, None when it did not; raises ``InvalidSignature``. Spec 6.11.

    A false line of a known key spoils the note, as a false line of the log would.
    """
    lines = [line for line in note.lines if (line.name, line.key_id) == (key.name, key.id)]
    if isinstance(key, OpaqueKey) or key.type != ED25519_COSIGNATURE or not lines:
        return None
    times = [int.from_bytes(line.blob[:8]) for line in lines]
    checks = [
        (key, cosignature_message(time, note.text), line.blob[8:]) for time, line in zip(times, lines, strict=True)
    ]
    sized = all(len(line.blob) == _FIELD for line in lines)
    if not sized or max(times) > MAX_TIME or not all(check_signatures(checks)):
        raise InvalidSignature("6.11", f"the cosignature of {key.name} is false", subject=key.name)
    return max(times)


def parse_lines(data: bytes) -> tuple[SignatureLine, ...]:
    """The signature lines that a witness answers with; raises ``NotCanonical``."""
    return parse_note(b"-\n\n" + data).lines


def _short(value: bytes) -> bytes:
    if not 0 < len(value) < 256:  # noqa: PLR2004 - the length is one byte
        raise NotCanonical("6.11", "a name that one byte cannot measure", subject="name")
    return bytes([len(value)]) + value
