"""Who may vote: what is a credential, and what does the published list say?

A private credential is a code; it gives an exponent and the public credential ``⟨g^x⟩``. How the exponent
is derived is invisible to a verifier; it matters to a voter who uses a stock booth.
"""

import hashlib
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise

from limpide.belenios.election import BASE58, Election
from limpide.belenios.faults import Fault
from limpide.belenios.group import Element, Group
from limpide.belenios.proving import Draw
from limpide.belenios.wire import MAX_WEIGHT, encode, integer
from limpide.canonical import InvalidProof, InvalidSignature, NotCanonical

_BLOCKS = (5, 6, 5, 6)
_OLD_BLOCKS = (3, 3, 3, 3, 3)
_OLD_ITERATIONS = 1000
_CHECK = 53
_KEY = 32
_FIRST = 8
_CHUNK = 1024
_LINE = re.compile(rb'"([0-9a-f,]*)"')


@dataclass(frozen=True, slots=True)
class Credentials:
    """The published list, packed: a voter costs a hundred bytes, not a thousand."""

    raw: bytes = field(repr=False)
    keys: bytes = field(repr=False)
    """SHA-256 of each public credential, sorted."""
    firsts: Sequence[int] = field(repr=False)
    """The first eight bytes of each of ``keys``, in which a credential is looked up."""
    weights: Sequence[int] | None = field(repr=False)
    """In the order of ``keys``; none where the election has no weights."""

    def __len__(self) -> int:
        return len(self.keys) // _KEY

    def position(self, text: str) -> int | None:
        """The place of a public credential among ``keys``; none if it is not listed."""
        key = _key(text)
        first = int.from_bytes(key[:_FIRST], "big")
        place = bisect_left(self.firsts, first)
        while place < len(self.firsts) and self.firsts[place] == first:
            if self.keys[place * _KEY : (place + 1) * _KEY] == key:
                return place
            place += 1
        return None

    def weight(self, position: int) -> int:
        """The weight at a position."""
        return 1 if self.weights is None else self.weights[position]

    def weight_of(self, text: str) -> int:
        """The weight of a public credential; 1 if it is not listed."""
        position = self.position(text)
        return 1 if position is None else self.weight(position)

    def entries(self) -> Iterator[tuple[str, int | None]]:
        """Public credentials and weights in the order of the list."""
        return map(_read_entry, _lines(self.raw))


NOBODY = Credentials(raw=b"[]", keys=b"", firsts=(), weights=None)
"""The list of an election in which nobody may vote."""


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


def read_credentials(election: Election, raw: bytes) -> tuple[Credentials, list[Fault]]:
    """The published list, and every clause that its entries break. Raises ``NotCanonical`` (7.20)."""
    plain = 0
    listed = []
    for text, weight in map(_read_entry, _lines(raw)):
        plain += weight is None
        listed.append(_key(text) + (1 if weight is None else weight).to_bytes(8, "big"))
    weighted = plain < len(listed)
    listed.sort()
    packed = bytearray(_KEY * len(listed))
    weights = array("Q", [1]) * len(listed) if weighted else None
    firsts = array("Q", [0]) * len(listed)
    for i, entry in enumerate(listed):
        packed[i * _KEY : (i + 1) * _KEY] = entry[:_KEY]
        if weights is not None:
            weights[i] = int.from_bytes(entry[_KEY:], "big")
        firsts[i] = int.from_bytes(entry[:_FIRST], "big")
    del listed
    found = Credentials(raw, bytes(packed), firsts, weights)
    faults = [*_repeated(found), *_strangers(election.suite.group, found)]
    if weighted and plain:
        faults.append(Fault("7.20", "credentials", {"reason": "weights on some lines only"}))
    if not election.homomorphic_only and weights is not None and any(weight != 1 for weight in weights):
        faults.append(Fault("7.23", "credentials"))
    return found, faults


def _lines(raw: bytes) -> Iterator[str]:
    """The strings of a JSON array without white space or escapes, one at a time. Raises ``NotCanonical``."""
    if raw == b"[]":
        return
    position = 0
    separator = b"["
    while position < len(raw) - 1:
        match = _LINE.match(raw, position + 1)
        if match is None or raw[position : position + 1] != separator:
            break
        yield match[1].decode("ascii")
        position = match.end()
        separator = b","
    if position == 0 or raw[position:] != b"]":
        raise NotCanonical("7.20", "not a list of credentials", reason="not a list of credentials")


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _repeated(found: Credentials) -> Iterator[Fault]:
    """A fault for each credential that stands twice, in the order of the list."""
    keys = (found.keys[i : i + _KEY] for i in range(0, len(found.keys), _KEY))
    repeated = {key for key, after in pairwise(keys) if key == after}
    seen = set()
    for text, _ in found.entries() if repeated else ():
        key = _key(text)
        if key in repeated and key in seen:
            yield Fault("7.22", f"credential {text}")
        seen.add(key)


def _strangers(group: Group, found: Credentials) -> Iterator[Fault]:
    """Entries that are not members of the group, found in chunks so that good lists are quick."""
    entries = found.entries()
    while part := [text for text, _ in islice(entries, _CHUNK)]:
        if not _members(group, part):
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
