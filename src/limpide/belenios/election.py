"""What is being voted on, in which group, under which key?

``election.json`` is frozen as bytes; its fingerprint φ enters every proof, so it is never written again
from its parsed form.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from limpide.belenios.group import Base
from limpide.belenios.suite import VERSION, Suite, suite
from limpide.belenios.wire import SmallInt, Wire, b64_sha256, decode, encode
from limpide.canonical import NotCanonical, Refused

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_UUID = re.compile(f"[{BASE58}]{{14,}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Homomorphic:
    """Between ``min`` and ``max`` answers are chosen, or, if ``blank``, none at all as a blank vote."""

    question: str
    answers: tuple[str, ...]
    min: int
    max: int
    blank: bool

    @property
    def ciphertexts(self) -> int:
        """The blank bit, if any, then one bit an answer."""
        return len(self.answers) + self.blank


@dataclass(frozen=True, slots=True)
class NonHomomorphic:
    """A vector of small integers, one an answer, revealed vote by vote after shuffles."""

    question: str
    answers: tuple[str, ...]
    ciphertexts = 1


@dataclass(frozen=True, slots=True)
class Lists:
    """One list is chosen, then candidates of that list. Each row: the list's name, its candidates."""

    question: str
    answers: tuple[tuple[str, ...], ...]

    @property
    def ciphertexts(self) -> int:
        """One bit for each name."""
        return sum(map(len, self.answers))


Question = Homomorphic | NonHomomorphic | Lists


@dataclass(frozen=True, slots=True)
class Election:
    """A checked ``election.json``."""

    raw: bytes
    uuid: str
    name: str
    description: str
    suite: Suite
    y: Base
    questions: tuple[Question, ...]
    fingerprint: str
    """φ."""

    @property
    def homomorphic_only(self) -> bool:
        """Whether the tally needs no shuffle."""
        return not any(isinstance(question, NonHomomorphic) for question in self.questions)


class HomomorphicText(Wire, frozen=True, kw_only=True):
    """A homomorphic question; the only kind that stands bare in version 1."""

    answers: tuple[str, ...]
    blank: bool | None = None
    min: SmallInt
    max: SmallInt
    question: str


class NonHomomorphicText(Wire, frozen=True, kw_only=True):
    """The value of a ``NonHomomorphic`` question."""

    answers: tuple[str, ...]
    question: str


class ListsText(Wire, frozen=True, kw_only=True):
    """The value of a ``Lists`` question."""

    answers: tuple[tuple[str, ...], ...]
    question: str


class WrappedText(Wire, frozen=True, kw_only=True):
    """A question with its type; ``extra`` is a hint for counting, free of meaning here."""

    type: str
    value: msgspec.Raw
    extra: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class ElectionText(Wire, frozen=True, kw_only=True):
    """``election.json`` in writing order."""

    version: SmallInt
    description: str
    name: str
    group: str
    public_key: str
    questions: Annotated[tuple[msgspec.Raw, ...], msgspec.Meta(min_length=1)]
    uuid: str
    administrator: str | None = None
    credential_authority: str | None = None
    language: tuple[str, ...] | None = None


def read_election(raw: bytes) -> Election:
    """The election in ``raw``; raises a ``LimpideError`` of clauses 7.9 or 7.10."""
    text = decode(ElectionText, raw, "7.9")
    if text.version != VERSION:
        raise Refused("7.9", f"unknown crypto version {text.version}", version=text.version)
    check_uuid(text.uuid)
    chosen = suite(text.group)
    questions = tuple(read_question(question) for question in text.questions)
    (y,) = chosen.group.decode([text.public_key], "7.10")
    return Election(
        raw=raw,
        uuid=text.uuid,
        name=text.name,
        description=text.description,
        suite=chosen,
        y=chosen.group.base(y),
        questions=questions,
        fingerprint=b64_sha256(raw),
    )


def write_election(
    *, uuid: str, name: str, description: str, chosen: Suite, public_key: str, questions: Sequence[Question]
) -> bytes:
    """The bytes of a new ``election.json``; what it says is checked as when it is read."""
    text = ElectionText(
        version=VERSION,
        description=description,
        name=name,
        group=chosen.group.name,
        public_key=public_key,
        questions=tuple(msgspec.Raw(encode(question_text(question))) for question in questions),
        uuid=uuid,
    )
    raw = encode(text)
    read_election(raw)
    return raw


def question_text(question: Question) -> Wire:
    """The wire form of a question: homomorphic ones bare."""
    match question:
        case Homomorphic():
            return HomomorphicText(
                answers=question.answers,
                blank=question.blank or None,
                min=question.min,
                max=question.max,
                question=question.question,
            )
        case NonHomomorphic():
            value: Wire = NonHomomorphicText(answers=question.answers, question=question.question)
        case Lists():
            value = ListsText(answers=question.answers, question=question.question)
    return WrappedText(type=type(question).__name__, value=msgspec.Raw(encode(value)))


def check_uuid(uuid: str) -> None:
    """At least 14 characters of Base58. Raises ``NotCanonical``."""
    if not _UUID.fullmatch(uuid):
        raise NotCanonical("7.9", "the uuid is not 14 or more Base58 characters", reason="uuid")


def read_question(raw: msgspec.Raw) -> Question:
    """A question as it stands in an election or a template. Raises a ``LimpideError`` of clause 7.9."""
    if b'"value"' in bytes(raw):
        wrapped = _try(WrappedText, raw)
        if wrapped is not None:
            return _read_wrapped(wrapped)
    return _homomorphic(raw)


def _read_wrapped(wrapped: WrappedText) -> Question:
    match wrapped.type:
        case "Homomorphic":
            return _homomorphic(wrapped.value)
        case "NonHomomorphic":
            value = decode(NonHomomorphicText, wrapped.value, "7.9")
            return NonHomomorphic(value.question, value.answers)
        case "Lists":
            lists = decode(ListsText, wrapped.value, "7.9")
            if not lists.answers or not all(lists.answers):
                raise NotCanonical("7.9", "a list without a name", reason="a list without a name")
            return Lists(lists.question, lists.answers)
        case _:
            raise Refused("7.9", "unknown type of question", type=wrapped.type)


def _homomorphic(raw: msgspec.Raw) -> Homomorphic:
    text = decode(HomomorphicText, raw, "7.9")
    if not text.min <= text.max <= len(text.answers):
        raise NotCanonical("7.9", "not min ≤ max ≤ answers", reason="not min ≤ max ≤ answers")
    return Homomorphic(text.question, text.answers, text.min, text.max, bool(text.blank))


def _try(kind: type[WrappedText], raw: msgspec.Raw) -> WrappedText | None:
    try:
        return decode(kind, raw, "7.9")
    except NotCanonical:
        return None
