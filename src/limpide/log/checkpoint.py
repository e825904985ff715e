"""How large is the log, and what is its root, signed? C2SP tlog-checkpoint."""

import base64
import binascii
import re
from dataclasses import dataclass

from limpide.canonical import InvalidSignature, NotCanonical
from limpide.log.merkle import EMPTY_ROOT, HASH_SIZE, MAX_SIZE
from limpide.signing import ED25519, Note, SignatureLine, Signer, VerifierKey, check_note, parse_note

CHECKPOINT = "checkpoint"
"""The path of the latest one, below the log's address."""
MAX_CHECKPOINT = 65_536
"""The largest checkpoint that is read, in bytes. Spec 6.4."""
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the log says of itself. Extension lines are kept as they are and mean nothing here. Spec 6.4."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> bytes:
        """The text that the log signs."""
        lines = (self.origin, str(self.size), encode_hash(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines).encode()

    @classmethod
    def parse(cls, text: bytes) -> "Checkpoint":
        """The checkpoint whose text is ``text``; raises ``NotCanonical``."""
        # A note's text ends with a newline, and is UTF-8 without other control characters.
        lines = text.decode().removesuffix("\n").split("\n")
        if len(lines) < 3 or not all(lines):  # noqa: PLR2004 - origin, size, root
            raise NotCanonical("6.4", "not the lines of a checkpoint", subject="lines")
        origin, size, root, *extensions = lines
        number = decode_size(size)
        checkpoint = cls(origin, number, decode_hash(root, "6.4"), tuple(extensions))
        if number == 0 and checkpoint.root != EMPTY_ROOT:
            raise NotCanonical("6.4", "the root of the empty tree is another", subject="root")
        return checkpoint


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint whose log's signature has been verified, with all lines that stand under it."""

    checkpoint: Checkpoint
    note: Note

    @property
    def size(self) -> int:
        """The number of entries."""
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        """The root of their tree."""
        return self.checkpoint.root

    def encode(self) -> bytes:
        """The bytes of the signed note."""
        return self.note.encode()


def open_checkpoint(data: bytes, key: VerifierKey) -> SignedCheckpoint:
    """The checkpoint that the log of ``key`` has signed. Spec 6.4, 6.5.

    Raises ``NotCanonical``, or ``InvalidSignature`` also for another origin than the key's name. Lines of
    other keys are not looked at.
    """
    return verify_checkpoint(parse_note(data, limit=MAX_CHECKPOINT), key)


def verify_checkpoint(note: Note, key: VerifierKey) -> SignedCheckpoint:
    """As ``open_checkpoint``, for a note that has been parsed."""
    checkpoint = Checkpoint.parse(note.text)
    if key.type != ED25519 or checkpoint.origin != key.name:
        raise InvalidSignature("6.5", f"not the origin {key.name}", subject=checkpoint.origin[:120])
    check_note(note, key)
    return SignedCheckpoint(checkpoint, note)


def sign_checkpoint(size: int, root: bytes, signer: Signer) -> SignedCheckpoint:
    """The checkpoint of this tree, its origin the signer's name. The caller must know that it forks nothing."""
    checkpoint = Checkpoint(signer.name, size, root)
    return SignedCheckpoint(checkpoint, Note(checkpoint.text, (signer.sign(checkpoint.text),)))


def add_lines(signed: SignedCheckpoint, lines: tuple[SignatureLine, ...]) -> SignedCheckpoint:
    """The same checkpoint with cosignatures under it; one line for each key, the last given."""
    kept = {(line.name, line.key_id): line for line in (*signed.note.lines, *lines)}
    return SignedCheckpoint(signed.checkpoint, Note(signed.note.text, tuple(kept.values())))


def decode_size(text: str) -> int:
    """A tree size in ASCII decimal without leading zeros; raises ``NotCanonical``."""
    if not _SIZE.fullmatch(text) or int(text) > MAX_SIZE:
        raise NotCanonical("6.4", f"not a tree size: {text[:30]!r}", subject="size")
    return int(text)


def encode_hash(value: bytes) -> str:
    """Base64 with padding."""
    return base64.b64encode(value).decode()


def decode_hash(text: str, clause: str) -> bytes:
    """The 32 bytes whose base64 is ``text``; raises ``NotCanonical`` under the clause of what holds it."""
    try:
        value = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        value = b""
    if len(value) != HASH_SIZE or encode_hash(value) != text:
        raise NotCanonical(clause, "not a hash in base64", subject="hash")
    return value
