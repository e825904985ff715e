"""How does a value become bytes, and back, in exactly one way?

RFC 8785 canonical JSON restricted to what an election record needs: objects with ASCII member
names, arrays, strings, booleans and integers within ±(2^53 − 1); no floats, no null. One value has
one byte string: ``encode(decode(T, b)) == b`` always, everything else raises ``NotCanonical``.

The tree of errors, all that a public function of Limpide may raise:

    LimpideError
    ├── NotCanonical       bytes that are not the one encoding of a value of the expected shape
    ├── InvalidSignature   a signature, key or code that does not verify
    ├── InvalidProof       a Merkle or zero-knowledge proof that does not verify
    ├── Refused            a well-formed thing that the rules do not allow now
    └── LogFork            two histories of one log, or a state that would create a second one
"""

import hashlib
from collections.abc import Hashable, Mapping
from functools import cache
from typing import Annotated, Any, TypeVar, cast

import msgspec

T = TypeVar("T")

MAX_INTEGER = 2**53 - 1
MAX_ENTRY = 60_000
"""The size in bytes above which no entry is read. Spec 1.2."""

Count = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
"""A number of people or papers."""
_REASON = 200
"""Characters of a parser's complaint that an error keeps: it may quote what it read."""
Sha256Hex = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class LimpideError(Exception):
    """Every error of Limpide: a clause of the specification and the facts its sentence needs."""

    def __init__(self, clause: str, message: str, **facts: str | int) -> None:
        super().__init__(f"[{clause}] {message}")
        self.clause = clause
        self.message = message
        self.facts: Mapping[str, str | int] = facts


class NotCanonical(LimpideError):
    """Bytes that are not the canonical encoding of the expected value."""


class InvalidSignature(LimpideError):
    """A signature, key or sealed code that does not verify."""


class InvalidProof(LimpideError):
    """A proof that does not verify."""


class Refused(LimpideError):
    """A well-formed thing that the rules do not allow now."""


class LogFork(LimpideError):
    """Two histories of one log."""


def encode(value: object) -> bytes:
    """The canonical bytes of a frozen struct, mapping, sequence, string or integer."""
    return _ENCODER.encode(value)


def decode(kind: type[T], data: bytes, *, limit: int = MAX_ENTRY, clause: str = "1.1") -> T:
    """The value of type ``kind`` whose only encoding is ``data``; raises ``NotCanonical``.

    ``limit`` bounds the size in bytes before anything is parsed; the nesting depth is bounded by ``kind``.
    """
    if len(data) > limit:
        raise NotCanonical("1.2", f"{len(data)} bytes, at most {limit}", size=len(data), limit=limit)
    try:
        value: T = _decoder(cast("Hashable", kind)).decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        reason = str(error)[:_REASON]
        raise NotCanonical(clause, f"not the expected form: {reason}", reason=reason) from None
    if _ENCODER.encode(value) != data:
        raise NotCanonical(clause, "not in canonical form", reason="not in canonical form")
    return value


def sha256(data: bytes) -> bytes:
    """SHA-256, 32 bytes."""
    return hashlib.sha256(data).digest()


def sha256_hex(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


_ENCODER = msgspec.json.Encoder(order="sorted")


@cache
def _decoder(kind: Hashable) -> Any:  # noqa: ANN401 - a msgspec decoder is generic in what it decodes
    return msgspec.json.Decoder(kind, strict=True)
