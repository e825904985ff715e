"""Which logs and which witnesses does a reader trust? C2SP tlog-policy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from limpide.canonical import InvalidSignature, NotCanonical
from limpide.log.checkpoint import Checkpoint, SignedCheckpoint, verify_checkpoint
from limpide.log.cosignature import OpaqueKey, WitnessKey, cosigned_at, parse_witness_key
from limpide.signing import ED25519, ED25519_COSIGNATURE, Note, VerifierKey

MAX_POLICY = 262_144
MAX_MEMBERS = 1000
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_BLANK = re.compile(r"[ \t]+")
NONE = "none"


@dataclass(frozen=True, slots=True)
class Group:
    """A quorum within a quorum: ``needed`` of the members, which are witnesses or groups."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """The logs that may sign, the witnesses that may cosign, and who of them is enough. Spec 6.13."""

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, WitnessKey]
    groups: Mapping[str, Group]
    quorum: str = NONE

    def satisfied_by(self, names: frozenset[str]) -> bool:
        """Whether these witnesses are enough."""
        return self.quorum == NONE or self._has(self.quorum, names)

    def _has(self, member: str, names: frozenset[str]) -> bool:
        group = self.groups.get(member)
        if group is None:
            return member in names
        # Members stand on earlier lines, so this ends.
        return sum(self._has(each, names) for each in group.members) >= group.needed


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint that satisfies a policy: who cosigned it, and when."""

    signed: SignedCheckpoint
    times: Mapping[str, int]


def check_policy(note: Note, policy: Policy) -> Cosigned:
    """The checkpoint of a log of the policy, cosigned by its quorum. Spec 6.5, 6.11, 6.13.

    Raises ``NotCanonical`` or ``InvalidSignature``.
    """
    origin = Checkpoint.parse(note.text).origin
    keys = [key for key in policy.logs if key.name == origin]
    if not keys:
        raise InvalidSignature("6.5", "no log of the policy has this origin", subject=origin[:120])
    present = {(line.name, line.key_id) for line in note.lines}
    signing = [key for key in keys if (key.name, key.id) in present] or keys[:1]
    # Every line of a known key must verify, not only one of them.
    signed, *_ = [verify_checkpoint(note, key) for key in signing]
    cosigned = {name: cosigned_at(note, key) for name, key in policy.witnesses.items()}
    times = {name: time for name, time in cosigned.items() if time is not None}
    if not policy.satisfied_by(frozenset(times)):
        raise InvalidSignature("6.13", f"{len(times)} cosignatures are not the quorum", subject=policy.quorum)
    return Cosigned(signed, times)


def parse_policy(data: bytes) -> Policy:
    """The policy whose file is ``data``; raises ``NotCanonical``."""
    if len(data) > MAX_POLICY:
        raise NotCanonical("6.13", f"{len(data)} bytes are no policy", subject="size")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise NotCanonical("6.13", "not UTF-8", subject="encoding") from None
    reading = _Reading()
    for number, line in enumerate(text.split("\n"), 1):
        words = [word for word in _BLANK.split(line) if word]
        if words and not words[0].startswith("#"):
            reading.line(words, number)
    if reading.quorum is None:
        raise NotCanonical("6.13", "no quorum line", subject="quorum")
    return Policy(tuple(reading.logs), reading.witnesses, reading.groups, reading.quorum)


class _Reading:
    """A policy while its lines are read. A name is defined before it is used, and used once."""

    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, WitnessKey] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._grouped: set[str] = set()
        self._keys: set[object] = set()

    def line(self, words: list[str], number: int) -> None:
        match words:
            # Addresses after a key say where to ask; what is trusted is the key.
            case ["log", vkey] | ["log", vkey, _]:
                self.logs.append(self._log(vkey, number))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self._name(name, number)
                self.witnesses[name] = self._witness(vkey, number)
            case ["group", name, needed, *members] if 0 < len(members) <= MAX_MEMBERS:
                self._name(name, number)
                self.groups[name] = Group(self._needed(needed, members, number), tuple(members))
                self._group(members, number)
            case ["quorum", name] if self.quorum is None and (name == NONE or self._known(name)):
                self.quorum = name
            case _:
                raise _refusal(number, "is not understood")

    def _known(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups

    def _name(self, name: str, number: int) -> None:
        if name == NONE or self._known(name):
            raise _refusal(number, "defines a name twice")

    def _log(self, vkey: str, number: int) -> VerifierKey:
        key = VerifierKey.parse(vkey)
        if key.type != ED25519:
            raise _refusal(number, "is not an Ed25519 key of a log")
        self._once(key.public, number)
        return key

    def _witness(self, vkey: str, number: int) -> WitnessKey:
        key = parse_witness_key(vkey)
        match key:
            case OpaqueKey():
                self._once(key, number)
            case VerifierKey():
                if key.type != ED25519_COSIGNATURE:
                    raise _refusal(number, "is not a key for cosignatures")
                self._once(key.public, number)
            case _:
                assert_never(key)
        return key

    def _once(self, public: object, number: int) -> None:
        if public in self._keys:
            raise _refusal(number, "repeats a public key")
        self._keys.add(public)

    def _needed(self, word: str, members: list[str], number: int) -> int:
        needed = {"any": 1, "all": len(members)}.get(word) or (int(word) if _NUMBER.fullmatch(word) else 0)
        if not 1 <= needed <= len(members):
            raise _refusal(number, "asks for a number that its members cannot give")
        return needed

    def _group(self, members: list[str], number: int) -> None:
        for member in members:
            if not self._known(member) or member in self._grouped:
                raise _refusal(number, "groups a name that is unknown or grouped already")
            self._grouped.add(member)


def _refusal(number: int, what: str) -> NotCanonical:
    return NotCanonical("6.13", f"line {number} of the policy {what}", subject=f"line {number}")
