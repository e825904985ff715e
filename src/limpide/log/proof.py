"""What does a delegate keep as a receipt? C2SP tlog-proof: an inclusion proof with its checkpoint, in one file."""

import base64
import binascii
import re
from dataclasses import dataclass

from limpide.canonical import NotCanonical
from limpide.log.checkpoint import MAX_CHECKPOINT, Checkpoint, decode_hash, encode_hash
from limpide.log.merkle import MAX_SIZE, check_inclusion, leaf_hash
from limpide.log.policy import Cosigned, Policy, check_policy
from limpide.signing import Note, parse_note

HEADER = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63
MAX_EXTRA = 8192
MAX_PROOF = MAX_CHECKPOINT + 2 * MAX_EXTRA + 64 * MAX_HASHES
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class TlogProof:
    """That an entry is number ``index`` of the log of ``checkpoint``. The reader brings the entry. Spec 6.12."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes | None = None
    """Not authenticated: means nothing here."""

    def encode(self) -> bytes:
        """The bytes of the file."""
        extra = [] if self.extra is None else [f"extra {base64.b64encode(self.extra).decode()}"]
        lines = [HEADER, *extra, f"index {self.index}", *map(encode_hash, self.hashes), "", ""]
        return "\n".join(lines).encode() + self.checkpoint.encode()

    @classmethod
    def parse(cls, data: bytes) -> "TlogProof":
        """The proof whose bytes are ``data``; raises ``NotCanonical``."""
        head, empty, note = data[:MAX_PROOF].partition(b"\n\n")
        if not empty or len(data) > MAX_PROOF or not head.isascii():
            raise NotCanonical("6.12", "not a proof file", subject="form")
        header, *lines = head.decode().split("\n")
        extra = _decode_extra(lines.pop(0)) if lines and lines[0].startswith("extra ") else None
        index = _INDEX.fullmatch(lines[0]) if lines else None
        if header != HEADER or index is None or int(index[1]) >= MAX_SIZE or len(lines) > MAX_HASHES + 1:
            raise NotCanonical("6.12", "not the lines of a proof file", subject="lines")
        hashes = tuple(decode_hash(line, "6.12") for line in lines[1:])
        checkpoint = parse_note(note, limit=MAX_CHECKPOINT)
        return cls(index=int(index[1]), hashes=hashes, checkpoint=checkpoint, extra=extra)


def check_proof(data: bytes, entry: bytes, policy: Policy) -> Cosigned:
    """The checkpoint that holds the entry, signed as the policy asks. Spec 6.12.

    Raises ``NotCanonical``, ``InvalidSignature`` or ``InvalidProof``.
    """
    proof = TlogProof.parse(data)
    cosigned = check_policy(proof.checkpoint, policy)
    checkpoint: Checkpoint = cosigned.signed.checkpoint
    check_inclusion(proof.index, checkpoint.size, leaf_hash(entry), proof.hashes, checkpoint.root)
    return cosigned


def _decode_extra(line: str) -> bytes:
    text = line.removeprefix("extra ")
    try:
        extra = binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        extra = b""
    if not extra or len(extra) > MAX_EXTRA or base64.b64encode(extra).decode() != text:
        raise NotCanonical("6.12", "the extra line is not base64", subject="extra")
    return extra
