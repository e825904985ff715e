"""How does a voter make a ballot?

Homomorphic questions only. Choices are the bits in the order of the ciphertexts: the blank bit first where
the question allows blank votes. No error ever repeats a choice or a code.
"""

from collections.abc import Sequence

import msgspec

from limpide.belenios.answers import HomomorphicAnswerText, context
from limpide.belenios.ballots import BallotText, SignatureText, UnsignedText, unsigned_hash
from limpide.belenios.election import Election, Homomorphic
from limpide.belenios.proofs import Proof, ciphertext_text, proof_text
from limpide.belenios.proving import (
    Draw,
    Opening,
    encrypt,
    iprove,
    opening_of_sum,
    prove_knowledge,
    prove_one_is_zero,
)
from limpide.belenios.wire import ProofText, encode
from limpide.canonical import Refused

Choices = Sequence[Sequence[int]]
"""For each question its bits."""


def make_ballot(election: Election, x: int, choices: Choices, draw: Draw) -> bytes:
    """The ballot of the credential whose exponent is ``x``. Raises ``Refused`` (7.54)."""
    if len(choices) != len(election.questions):
        raise Refused("7.54", "not one choice a question")
    suite = election.suite
    credential = suite.group.encode(suite.group.g.power(x))
    S0 = f"{election.fingerprint}|{credential}"
    pairs = zip(election.questions, choices, strict=True)
    unsigned = UnsignedText(
        election_uuid=election.uuid,
        election_hash=election.fingerprint,
        credential=credential,
        answers=tuple(msgspec.Raw(encode(_answer(election, S0, q, bits, draw))) for q, bits in pairs),
    )
    h = unsigned_hash(unsigned)
    proof = prove_knowledge(suite, "sig", h, x, draw)
    signed = BallotText(
        election_uuid=unsigned.election_uuid,
        election_hash=unsigned.election_hash,
        credential=credential,
        answers=unsigned.answers,
        signature=SignatureText(hash=h, proof=proof_text(proof)),
    )
    return encode(signed)


def check_choices(question: object, bits: Sequence[int]) -> None:
    """The question allows these bits. Raises ``Refused`` (7.54)."""
    if not isinstance(question, Homomorphic):
        raise Refused("7.54", "ballots are made for homomorphic questions only")
    if len(bits) != question.ciphertexts or any(type(bit) is not int or bit not in (0, 1) for bit in bits):
        raise Refused("7.54", "not one bit an answer")
    blank = question.blank and bits[0] == 1
    chosen = sum(bits[question.blank :])
    if chosen != 0 if blank else not question.min <= chosen <= question.max:
        raise Refused("7.54", "too few or too many answers")


def _answer(
    election: Election, S0: str, question: object, bits: Sequence[int], draw: Draw
) -> HomomorphicAnswerText:
    check_choices(question, bits)
    assert isinstance(question, Homomorphic)
    suite, y, group = election.suite, election.y, election.suite.group
    openings = [Opening(bit, draw(group.q)) for bit in bits]
    ciphertexts = [encrypt(suite, y, opening) for opening in openings]
    S = context(group, S0, ciphertexts)
    individual = []
    for c, opening in zip(ciphertexts, openings, strict=True):
        first, second = _texts(iprove(suite, y, S0, c, opening, (0, 1), draw))
        individual.append((first, second))
    values = range(question.min, question.max + 1)
    blank_proof = None
    if question.blank:
        blank, chosen = openings[0], opening_of_sum(openings[1:])
        first, second = _texts(prove_one_is_zero(suite, y, "bproof0", S, [blank, chosen], draw))
        blank_proof = (first, second)
        allowed = [blank.less(1), *(chosen.less(m) for m in values)]
        overall = prove_one_is_zero(suite, y, "bproof1", S, allowed, draw)
    else:
        opening = opening_of_sum(openings)
        overall = iprove(suite, y, S, encrypt(suite, y, opening), opening, values, draw)
    return HomomorphicAnswerText(
        choices=tuple(ciphertext_text(group, c) for c in ciphertexts),
        individual_proofs=tuple(individual),
        overall_proof=_texts(overall),
        blank_proof=blank_proof,
    )


def _texts(proofs: Sequence[Proof]) -> tuple[ProofText, ...]:
    return tuple(map(proof_text, proofs))
