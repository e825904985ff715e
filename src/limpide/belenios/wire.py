"""How do Belenios objects become bytes?

Compact JSON, members in declared order, absent optional members omitted, big numbers as canonical
decimal strings. Structs here are the *wire* forms; the checked values are made by the modules that
know what they mean.
"""

import base64
import hashlib
import json
import re
from collections.abc import Hashable
from functools import cache
from typing import Annotated, Any, TypeVar, cast

import msgspec

from limpide.canonical import NotCanonical

T = TypeVar("T")

SmallInt = Annotated[int, msgspec.Meta(ge=0, le=2**30 - 1)]
"""An index, a height, a number of answers."""
HexHash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]

MAX_JSON_NUMBER = 2**30 - 1
"""The largest weight written as a JSON number; larger ones are decimal strings."""
MAX_WEIGHT = 2**63 - 1
_REASON = 200
"""Characters of a parser's complaint that an error keeps: it may quote what it read."""
_DECIMAL = re.compile(r"0|[1-9][0-9]*", re.ASCII)


class Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A Belenios object as it stands in a file, its members in writing order."""


class ProofText(Wire, frozen=True, kw_only=True):
    """A proof ``(c, r)``."""

    challenge: str
    response: str


class CiphertextText(Wire, frozen=True, kw_only=True):
    """A ciphertext ``(α, β)``."""

    alpha: str
    beta: str


class SignedText(Wire, frozen=True, kw_only=True):
    """A string signed with a trustee's key (section "Messages")."""

    message: str
    signature: ProofText


def encode(value: object) -> bytes:
    """The compact JSON of ``value``. Belenios escapes DEL, which JSON leaves free."""
    return msgspec.json.encode(value).replace(b"\x7f", b"\\u007f")


def decode(kind: type[T], data: bytes | str | msgspec.Raw, clause: str) -> T:
    """The value of type ``kind`` that ``data`` holds; raises ``NotCanonical`` with ``clause``.

    An object that names a member twice is refused: readers could take it either way.
    """
    value = _parse(kind, data, clause)
    text = data if isinstance(data, str) else bytes(data)
    try:
        json.loads(text, object_pairs_hook=_distinct)
    except (ValueError, RecursionError) as error:
        raise _malformed(clause, error) from None
    return value


def decode_exact(kind: type[T], data: bytes | msgspec.Raw, clause: str) -> T:
    """As ``decode``, and refuses every byte string but the one that ``encode`` gives."""
    value = _parse(kind, data, clause)
    if encode(value) != bytes(data):
        raise NotCanonical(clause, "not in canonical form", reason="not in canonical form")
    return value


def integer(text: str, bound: int, clause: str) -> int:
    """The integer ``0 ≤ n < bound`` whose canonical decimal is ``text``; raises ``NotCanonical``."""
    if len(text) <= bound.bit_length() // 3 + 1 and _DECIMAL.fullmatch(text):
        value = int(text)
        if value < bound:
            return value
    raise NotCanonical(clause, "not a canonical number in range", reason="not a canonical number in range")


def weight(value: int | str, clause: str) -> int:
    """A weight or count, written as a number up to 2^30 − 1 and as a string above; both are read."""
    if isinstance(value, str):
        return integer(value, MAX_WEIGHT, clause)
    if 0 <= value < MAX_WEIGHT:
        return value
    raise NotCanonical(clause, "a weight out of range", reason="a weight out of range")


def weight_text(value: int) -> int | str:
    """The wire form of a weight."""
    return value if value <= MAX_JSON_NUMBER else str(value)


def b64(digest: bytes) -> str:
    """Base64 of a digest without its final ``=``, as fingerprints and trackers are shown."""
    return base64.b64encode(digest).decode().rstrip("=")


def b64_sha256(data: bytes) -> str:
    """The fingerprint of ``data``."""
    return b64(hashlib.sha256(data).digest())


def _parse(kind: type[T], data: bytes | str | msgspec.Raw, clause: str) -> T:
    try:
        value: T = _decoder(cast("Hashable", kind)).decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError) as error:
        raise _malformed(clause, error) from None
    return value


def _malformed(clause: str, error: Exception) -> NotCanonical:
    reason = str(error)[:_REASON]
    return NotCanonical(clause, f"not the expected form: {reason}", reason=reason)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object names a member twice")
    return members


@cache
def _decoder(kind: Hashable) -> Any:  # noqa: ANN401 - a msgspec decoder is generic in what it decodes
    return msgspec.json.Decoder(kind, strict=True)
