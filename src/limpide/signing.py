"""Who said it? C2SP signed notes with several signers.

C2SP signed-note: a text of one or more lines, an empty line, then one line per signature
``— <key name> <base64(key id ‖ signature)>``. The signature covers the text with its final newline.
Here every key is Ed25519 in the strict sense of ``spec/2-signatures.md``.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from limpide import _kernel
from limpide.canonical import MAX_ENTRY, InvalidSignature, NotCanonical, sha256

ED25519 = 0x01
ED25519_COSIGNATURE = 0x04
MAX_LINES = 64
"""More signature lines than any act needs. Spec 1.4."""
_DASH = "— ".encode()
_FORBIDDEN = re.compile(rb"[\x00-\x09\x0b-\x1f]")
_KEY_NAME = re.compile(r"[!-*,-~]{1,120}")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under its name. C2SP signed-note, "Verifier keys"."""

    name: str
    public: bytes
    """32 bytes, RFC 8032."""
    type: int = ED25519
    id: bytes = field(init=False)
    """The 4 bytes that a signature line repeats."""

    def __post_init__(self) -> None:
        """Refuses a name or a key that no signature line could carry; raises ``NotCanonical``."""
        if not _KEY_NAME.fullmatch(self.name):
            raise NotCanonical("1.4", f"not a key name: {self.name[:40]!r}", reason="not a key name")
        if len(self.public) != 32:  # noqa: PLR2004 - RFC 8032 §5.1.5
            raise NotCanonical("1.4", f"the key of {self.name} is not 32 bytes", reason="not 32 bytes")
        digest = hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()
        object.__setattr__(self, "id", digest[:4])

    @property
    def vkey(self) -> str:
        """``name+<key id>+<base64(type ‖ key)>``."""
        encoded = base64.b64encode(bytes([self.type]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"

    @classmethod
    def parse(cls, vkey: str) -> "VerifierKey":
        """The key that ``vkey`` denotes; raises ``NotCanonical``, also when the key id is not its own."""
        name, _, rest = vkey.partition("+")
        _, _, encoded = rest.partition("+")
        raw = _unbase64(encoded.encode(), f"the verifier key of {name[:40]!r}")
        key = cls(name, raw[1:], raw[0] if raw else 0)
        if key.vkey != vkey:
            raise NotCanonical(
                "1.4", f"the verifier key of {name} does not carry its own id", reason="not its own id"
            )
        return key


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature line: who, by which key, and the bytes after the key id."""

    name: str
    key_id: bytes
    blob: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A signed note. Two notes with the same text are the same statement."""

    text: bytes
    lines: tuple[SignatureLine, ...]

    def encode(self) -> bytes:
        """The bytes of the note."""
        return self.text + b"\n" + b"".join(map(encode_line, self.lines))

    @property
    def identity(self) -> bytes:
        """SHA-256 of the text: what the note says, whoever signed it. Spec 1.3."""
        return sha256(self.text)


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A secret key under its name. It has no readable form."""

    name: str
    seed: bytes
    key: VerifierKey = field(init=False)

    def __post_init__(self) -> None:
        """Derives the public half."""
        object.__setattr__(self, "key", VerifierKey(self.name, _kernel.public_ed25519(self.seed)))

    def sign(self, text: bytes) -> SignatureLine:
        """This signer's line under ``text``."""
        return SignatureLine(self.name, self.key.id, _kernel.sign_ed25519(self.seed, text))


def encode_line(line: SignatureLine) -> bytes:
    """The signature line with its newline."""
    return _DASH + line.name.encode() + b" " + base64.b64encode(line.key_id + line.blob) + b"\n"


def parse_note(data: bytes, *, limit: int = MAX_ENTRY) -> Note:
    """The note whose bytes are ``data``; raises ``NotCanonical``. Spec 1.4.

    Signature lines may be of any key type; ``limit`` bounds the size in bytes.
    """
    if len(data) > limit:
        raise NotCanonical("1.2", f"{len(data)} bytes, at most {limit}", size=len(data), limit=limit)
    split = data.rfind(b"\n\n")
    if split < 0 or not data.endswith(b"\n") or len(data) == split + 2:
        raise NotCanonical("1.4", "not a signed note: no signature line", reason="no signature line")
    text = data[: split + 1]
    if _FORBIDDEN.search(data):
        raise NotCanonical("1.4", "a control character", reason="a control character")
    try:
        data.decode()
    except UnicodeDecodeError:
        raise NotCanonical("1.4", "not UTF-8", reason="not UTF-8") from None
    raw = data[split + 2 : -1].split(b"\n")
    if len(raw) > MAX_LINES:
        raise NotCanonical("1.4", f"{len(raw)} signature lines", reason=f"{len(raw)} signature lines")
    return Note(text, tuple(map(_parse_line, raw)))


def sign_note(text: bytes, signers: Iterable[Signer]) -> Note:
    """The text signed by all of ``signers``, lines sorted by name."""
    lines = (signer.sign(text) for signer in signers)
    return Note(text, tuple(sorted(lines, key=lambda line: line.name)))


def merge_notes(first: Note, second: Note) -> Note:
    """One note with the lines of both; raises ``NotCanonical`` when their texts differ. Spec 1.4."""
    if first.text != second.text:
        raise NotCanonical("1.4", "two different texts cannot be merged", reason="two different texts")
    lines = {(line.name, line.key_id): line for line in (*first.lines, *second.lines)}
    return Note(first.text, tuple(sorted(lines.values(), key=lambda line: line.name)))


def check_signatures(checks: Sequence[tuple[VerifierKey, bytes, bytes]]) -> Sequence[bool]:
    """For each (key, text, 64-byte signature): does it verify, in the strict sense of spec 2.1?"""
    keys = b"".join(key.public for key, _, _ in checks)
    texts = [text for _, text, _ in checks]
    fits = all(len(signature) == 64 for _, _, signature in checks)  # noqa: PLR2004 - RFC 8032 §5.1.6
    blobs = b"".join(sig if fits else sig[:64].ljust(64, b"\0") for _, _, sig in checks)
    verdicts = _kernel.vartime_verify_ed25519(keys, texts, blobs)
    if fits:
        return [verdict == 0 for verdict in verdicts]
    return [v == 0 and len(sig) == 64 for v, (_, _, sig) in zip(verdicts, checks, strict=True)]  # noqa: PLR2004


def check_note(note: Note, key: VerifierKey) -> None:
    """Raises ``InvalidSignature`` unless a line of ``key`` verifies and none of its lines fails."""
    lines = [line for line in note.lines if (line.name, line.key_id) == (key.name, key.id)]
    if not lines:
        raise InvalidSignature("2.7", f"no signature of {key.name}", name=key.name)
    if not all(check_signatures([(key, note.text, line.blob) for line in lines])):
        raise InvalidSignature("2.7", f"the signature of {key.name} is false", name=key.name)


def _parse_line(raw: bytes) -> SignatureLine:
    name, space, encoded = raw[len(_DASH) :].partition(b" ")
    if not raw.startswith(_DASH) or not space:
        raise NotCanonical("1.4", "not a signature line", reason="not a signature line")
    text = name.decode()
    if not _KEY_NAME.fullmatch(text):
        raise NotCanonical("1.4", f"not a key name: {text[:40]!r}", reason="not a key name")
    blob = _unbase64(encoded, f"the signature of {text}")
    if len(blob) < 5:  # noqa: PLR2004 - a key id and something signed
        raise NotCanonical("1.4", f"the signature of {text} is too short", reason="a signature is too short")
    return SignatureLine(text, blob[:4], blob[4:])


def _unbase64(encoded: bytes, what: str) -> bytes:
    try:
        raw = binascii.a2b_base64(encoded, strict_mode=True)
    except binascii.Error:
        raw = b""
    # the last quantum may hide bits that decoding drops: compare with the one encoding
    if not raw or base64.b64encode(raw) != encoded:
        raise NotCanonical("1.4", f"{what} is not base64", reason=f"{what} is not base64")
    return raw
