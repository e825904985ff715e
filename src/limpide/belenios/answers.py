"""Is the answer to one question a valid encrypted vote?

One reader and one checker for each kind of question. ``S0 = φ|⟨C⟩`` binds every proof to the election
and the credential; ``S`` adds all ciphertexts of the answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

import msgspec

from limpide.belenios.election import Election, Homomorphic, Lists, NonHomomorphic, Question
from limpide.belenios.faults import Fault, attempt
from limpide.belenios.group import Ciphertext, Group
from limpide.belenios.proofs import (
    NonZeroProof,
    Proof,
    check_iprove,
    check_knowledge,
    check_nonzero,
    check_one_is_zero,
    less,
    pair_text,
    read_ciphertexts,
    read_proof,
    total,
)
from limpide.belenios.wire import CiphertextText, ProofText, Wire, decode_exact, integer
from limpide.canonical import NotCanonical


class HomomorphicAnswerText(Wire, frozen=True, kw_only=True):
    """Wire form of a homomorphic answer."""

    choices: tuple[CiphertextText, ...]
    individual_proofs: tuple[tuple[ProofText, ProofText], ...]
    overall_proof: tuple[ProofText, ...]
    blank_proof: tuple[ProofText, ProofText] | None = None


class NonHomomorphicAnswerText(Wire, frozen=True, kw_only=True):
    """Wire form of a non-homomorphic answer."""

    choices: CiphertextText
    proof: ProofText


class NonZeroText(Wire, frozen=True, kw_only=True):
    """Wire form of a proof that a ciphertext does not encrypt 0."""

    commitment: str
    challenge: str
    response: tuple[str, str]


class ListsAnswerText(Wire, frozen=True, kw_only=True):
    """Wire form of an answer to a Lists question."""

    choices: tuple[tuple[CiphertextText, ...], ...]
    individual_proofs: tuple[tuple[tuple[ProofText, ProofText], ...], ...]
    overall_proof: ProofText
    list_proofs: tuple[tuple[ProofText, ProofText], ...]
    nonzero_proof: NonZeroText


AnswerText = HomomorphicAnswerText | NonHomomorphicAnswerText | ListsAnswerText


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the right shape whose ciphertexts are members of the group; proofs still on the wire."""

    question: Question
    text: AnswerText
    ciphertexts: tuple[Ciphertext, ...]
    """All, in order; for Lists row by row."""


def read_answer(group: Group, question: Question, raw: msgspec.Raw) -> Answer:
    """Raises ``NotCanonical`` (7.24, 7.30) or ``InvalidProof`` (7.31)."""
    match question:
        case Homomorphic():
            text: AnswerText = decode_exact(HomomorphicAnswerText, raw, "7.24")
        case NonHomomorphic():
            text = decode_exact(NonHomomorphicAnswerText, raw, "7.24")
        case Lists():
            text = decode_exact(ListsAnswerText, raw, "7.24")
        case _:
            assert_never(question)
    _check_shape(question, text)
    return Answer(question, text, read_ciphertexts(group, _ciphertexts(text), "7.31"))


def check_answer(election: Election, S0: str, answer: Answer, subject: str) -> Iterator[Fault]:
    """Every proof of the answer that does not hold."""
    match answer.question, answer.text:
        case Homomorphic() as question, HomomorphicAnswerText() as text:
            yield from _check_individual(election, S0, answer, text.individual_proofs, subject)
            yield from _check_homomorphic(election, S0, question, answer.ciphertexts, text, subject)
        case Lists() as lists, ListsAnswerText() as text:
            individual = [pair for row in text.individual_proofs for pair in row]
            yield from _check_individual(election, S0, answer, individual, subject)
            yield from _check_lists(election, S0, lists, answer.ciphertexts, text, subject)
        case _, text:
            assert isinstance(text, NonHomomorphicAnswerText)
            yield from attempt(subject, _check_raweg, election, S0, answer.ciphertexts[0], text.proof)


def _ciphertexts(text: AnswerText) -> tuple[CiphertextText, ...]:
    match text:
        case HomomorphicAnswerText():
            return text.choices
        case NonHomomorphicAnswerText():
            return (text.choices,)
        case ListsAnswerText():
            return tuple(c for row in text.choices for c in row)


def _check_shape(question: Question, text: AnswerText) -> None:
    """As many ciphertexts and proofs as the question asks for. Raises ``NotCanonical``."""
    if isinstance(question, Homomorphic) and isinstance(text, HomomorphicAnswerText):
        n = question.ciphertexts
        expected: object = (n, n, question.max - question.min + 1 + question.blank, question.blank)
        found: object = (
            len(text.choices),
            len(text.individual_proofs),
            len(text.overall_proof),
            text.blank_proof is not None,
        )
    elif isinstance(question, Lists) and isinstance(text, ListsAnswerText):
        rows = [len(row) for row in question.answers]
        expected = (rows, rows, len(rows))
        found = (
            [len(row) for row in text.choices],
            [len(row) for row in text.individual_proofs],
            len(text.list_proofs),
        )
    else:
        return
    if expected != found:
        raise NotCanonical("7.30", "the answer does not fit the question", reason="shape")


def _check_individual(
    election: Election, S0: str, answer: Answer, proofs: Sequence[tuple[ProofText, ProofText]], subject: str
) -> Iterator[Fault]:
    """Each ciphertext encrypts 0 or 1. The context is ``S0``: these proofs do not see their neighbours."""
    for c, pair in zip(answer.ciphertexts, proofs, strict=True):
        yield from attempt(subject, _check_bit, election, S0, c, pair)


def _check_bit(election: Election, S0: str, c: Ciphertext, pair: Sequence[ProofText]) -> None:
    proofs = _read(election, pair, "7.32")
    check_iprove(election.suite, election.y, S0, c, (0, 1), proofs, "7.32")


def _check_homomorphic(
    election: Election,
    S0: str,
    question: Homomorphic,
    ciphertexts: Sequence[Ciphertext],
    text: HomomorphicAnswerText,
    subject: str,
) -> Iterator[Fault]:
    group = election.suite.group
    S = context(group, S0, ciphertexts)
    values = range(question.min, question.max + 1)
    if text.blank_proof is None:
        yield from attempt(subject, _check_sum, election, S, total(group, ciphertexts), values, text)
        return
    blank, chosen = ciphertexts[0], total(group, ciphertexts[1:])
    either = [blank, chosen]
    yield from attempt(subject, _check_or, election, "bproof0", S, either, text.blank_proof, "7.34")
    allowed = [less(group, blank, 1), *(less(group, chosen, m) for m in values)]
    yield from attempt(subject, _check_or, election, "bproof1", S, allowed, text.overall_proof, "7.33")


def _check_sum(
    election: Election, S: str, c: Ciphertext, values: Sequence[int], text: HomomorphicAnswerText
) -> None:
    proofs = _read(election, text.overall_proof, "7.33")
    check_iprove(election.suite, election.y, S, c, values, proofs, "7.33")


def _check_or(
    election: Election,
    tag: str,
    S: str,
    statements: Sequence[Ciphertext],
    texts: Sequence[ProofText],
    clause: str,
) -> None:
    proofs = _read(election, texts, clause)
    check_one_is_zero(election.suite, election.y, tag, S, statements, proofs, clause)


def _check_raweg(election: Election, S0: str, c: Ciphertext, text: ProofText) -> None:
    """Knowledge of the randomness: nobody can cast a copy or a variation of another's ciphertext."""
    group = election.suite.group
    (proof,) = _read(election, [text], "7.35")
    statement = f"{S0}|{group.encode(election.y.element)},{pair_text(group, c)}"
    check_knowledge(election.suite, "raweg", statement, c.alpha, proof, "7.35")


def _check_lists(
    election: Election,
    S0: str,
    question: Lists,
    ciphertexts: Sequence[Ciphertext],
    text: ListsAnswerText,
    subject: str,
) -> Iterator[Fault]:
    group = election.suite.group
    S = context(group, S0, ciphertexts)
    rows = split_rows(question, ciphertexts)
    one_list = total(group, [row[0] for row in rows])
    yield from attempt(subject, _check_one_list, election, S, one_list, text.overall_proof)
    for row, pair in zip(rows, text.list_proofs, strict=True):
        # The list is chosen, or none of its candidates is.
        either = [less(group, row[0], 1), total(group, row[1:])]
        yield from attempt(subject, _check_or, election, "lproof", S, either, pair, "7.36")
    candidates = total(group, [c for row in rows for c in row[1:]])
    yield from attempt(subject, _check_some_candidate, election, S, candidates, text.nonzero_proof)


def _check_one_list(election: Election, S: str, c: Ciphertext, text: ProofText) -> None:
    check_iprove(election.suite, election.y, S, c, (1,), _read(election, [text], "7.33"), "7.33")


def _check_some_candidate(election: Election, S: str, c: Ciphertext, text: NonZeroText) -> None:
    group = election.suite.group
    (a0,) = group.decode([text.commitment], "7.37")
    scalars = [integer(x, group.q, "7.37") for x in (text.challenge, *text.response)]
    check_nonzero(election.suite, election.y, S, c, NonZeroProof(a0, *scalars), "7.37")


def context(group: Group, S0: str, ciphertexts: Sequence[Ciphertext]) -> str:
    """``S``: ``S0`` and every ciphertext of the answer, the blank one too."""
    return f"{S0}|{','.join(pair_text(group, c) for c in ciphertexts)}"


def split_rows(question: Lists, ciphertexts: Sequence[Ciphertext]) -> list[Sequence[Ciphertext]]:
    """The ciphertexts of a Lists answer, list by list."""
    rows = []
    start = 0
    for row in question.answers:
        rows.append(ciphertexts[start : start + len(row)])
        start += len(row)
    return rows


def _read(election: Election, texts: Sequence[ProofText], clause: str) -> tuple[Proof, ...]:
    return tuple(read_proof(election.suite.group, text, clause) for text in texts)
