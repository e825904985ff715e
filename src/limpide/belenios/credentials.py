"""Who may vote: what is a credential, and what does the published list say?

A private credential is a code; it gives an exponent and the public credential ``⟨g^x⟩``. How the exponent
is derived is invisible to a verifier; it matters to a voter who uses a stock booth.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from limpide.belenios.election import BASE58, Election
from limpide.belenios.faults import Fault
from limpide.belenios.group import Element, Group
from limpide.belenios.proving import Draw
from limpide.belenios.wire import MAX_WEIGHT, decode, encode, integer
from limpide.canonical import InvalidProof, InvalidSignature

_BLOCKS = (5, 6, 5, 6)
_OLD_BLOCKS = (3, 3, 3, 3, 3)
_OLD_ITERATIONS = 1000
_CHECK = 53


@dataclass(frozen=True, slots=True)
class Credentials:
    """The published list: each public credential on the wire, with its weight."""

    weights: Mapping[str, int]
    weighted: bool


def draw_code(draw: Draw) -> str:
    """A new private credential: 22 Base58 characters written 5-6-5-6 (since release 2.4)."""
    return "-".join("".join(BASE58[draw(len(BASE58))] for _ in range(size)) for size in _BLOCKS)


def draw_old_code(draw: Draw) -> str:
    """A private credential of releases 2.0 to 2.2: 14 characters and a check character, in threes."""
    symbols = [draw(len(BASE58)) for _ in range(14)]
    symbols.append(_check_symbol(symbols))
    code = "".join(BASE58[symbol] for symbol in symbols)
    return "-".join(code[i : i + 3] for i in range(0, len(code), 3))


def exponent(code: str, uuid: str, group: Group) -> int:
    """The secret exponent of a code of either shape; raises ``InvalidSignature`` for anything else."""
    blocks = code.split("-")
    shape = tuple(map(len, blocks))
    if all(symbol in BASE58 for block in blocks for symbol in block):
        if shape == _BLOCKS:
            return _derive(code, uuid) % group.q
        if shape == _OLD_BLOCKS:
            symbols = [BASE58.index(symbol) for block in blocks for symbol in block]
            if symbols[-1] == _check_symbol(symbols[:-1]):
                key = hashlib.pbkdf2_hmac("sha256", code.encode(), uuid.encode(), _OLD_ITERATIONS, 32)
                return int.from_bytes(key, "big") % group.q
    raise InvalidSignature("7.53", "not a private credential")


def public_credential(code: str, uuid: str, group: Group) -> Element:
    """``g^x``."""
    return group.g.power(exponent(code, uuid, group))


def write_credentials(group: Group, entries: Iterable[tuple[Element, int | None]]) -> bytes:
    """The published list of (public credential, weight), sorted so that its order says nothing."""
    return encode(
        [
            group.encode(c) if weight is None else f"{group.encode(c)},{weight}"
            for c, weight in sorted(entries, key=lambda entry: entry[0])
        ]
    )


def read_credentials(raw: bytes) -> tuple[tuple[str, int | None], ...]:
    """The entries of a published list, unchecked but for their shape; raises ``NotCanonical``."""
    return tuple(_read_entry(line) for line in decode(tuple[str, ...], raw, "7.20"))


def check_credentials(
    election: Election, entries: Iterable[tuple[str, int | None]]
) -> tuple[Credentials, list[Fault]]:
    """The list by public credential, and every clause that it breaks."""
    faults = []
    weights: dict[str, int] = {}
    plain = False
    weighted = False
    for text, weight in entries:
        if text in weights:
            faults.append(Fault("7.22", f"credential {text}"))
        weights[text] = 1 if weight is None else weight
        plain |= weight is None
        weighted |= weight is not None
    faults += _strangers(election.suite.group, list(weights))
    if plain and weighted:
        faults.append(Fault("7.20", "credentials", {"reason": "weights on some lines only"}))
    if not election.homomorphic_only and any(weight != 1 for weight in weights.values()):
        faults.append(Fault("7.23", "credentials"))
    return Credentials(weights, weighted), faults


def _strangers(group: Group, texts: list[str], chunk: int = 1024) -> Iterator[Fault]:
    """Entries that are not members of the group, found in chunks so that good lists are quick."""
    for start in range(0, len(texts), chunk):
        part = texts[start : start + chunk]
        if _members(group, part):
            continue
        yield from (Fault("7.21", f"credential {text}") for text in part if not _members(group, [text]))


def _members(group: Group, texts: list[str]) -> bool:
    try:
        group.decode(texts, "7.21")
    except InvalidProof:
        return False
    return True


def _read_entry(line: str) -> tuple[str, int | None]:
    text, comma, weight = line.partition(",")
    if not comma:
        return text, None
    return text, integer(weight, MAX_WEIGHT, "7.20")


def _derive(code: str, uuid: str) -> int:
    prefix = f"derive_credential|{uuid}|"
    halves = (hashlib.sha256(f"{prefix}{i}|{code}".encode()).digest() for i in range(2))
    return int.from_bytes(b"".join(halves), "big")


def _check_symbol(symbols: list[int]) -> int:
    n = 0
    for symbol in symbols:
        n = n * len(BASE58) + symbol
    return _CHECK - n % _CHECK
