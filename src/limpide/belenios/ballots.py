"""Is a ballot valid: canonical, for this election, by a listed credential, signed, with every proof?"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from limpide.belenios.answers import Answer, check_answer, read_answer
from limpide.belenios.credentials import Credentials
from limpide.belenios.election import Election
from limpide.belenios.faults import Fault, attempt, fault_of
from limpide.belenios.group import Ciphertext
from limpide.belenios.proofs import check_signature, read_proof
from limpide.belenios.wire import ProofText, Wire, b64, b64_sha256, decode_exact, encode
from limpide.canonical import InvalidProof, LimpideError, NotCanonical, Refused


class SignatureText(Wire, frozen=True, kw_only=True):
    """Hash of the unsigned ballot, and the proof that the credential's owner signed it."""

    hash: str
    proof: ProofText


class UnsignedText(Wire, frozen=True, kw_only=True):
    """A ballot without its signature: the bytes that are hashed and signed."""

    election_uuid: str
    election_hash: str
    credential: str
    answers: tuple[msgspec.Raw, ...]


class BallotText(Wire, frozen=True, kw_only=True):
    """A ballot in writing order."""

    election_uuid: str
    election_hash: str
    credential: str
    answers: tuple[msgspec.Raw, ...]
    signature: SignatureText


@dataclass(frozen=True, slots=True)
class Ballot:
    """A ballot of canonical form, with answers of the right shape; nothing is proven yet."""

    text: BallotText
    answers: tuple[Answer, ...]

    @property
    def ciphertexts(self) -> tuple[Ciphertext, ...]:
        """Of all answers, in order."""
        return tuple(c for answer in self.answers for c in answer.ciphertexts)


def tracking_number(raw: bytes) -> str:
    """The smart ballot tracker shown to the voter."""
    return b64_sha256(raw)


def read_text(raw: bytes) -> BallotText:
    """The outer form, canonical but for the answers, which are left as bytes. Raises ``NotCanonical``."""
    return decode_exact(BallotText, raw, "7.24")


def read_ballot(election: Election, text: BallotText) -> Ballot:
    """Raises ``NotCanonical`` (7.24, 7.30) or ``InvalidProof`` (7.31)."""
    if len(text.answers) != len(election.questions):
        raise NotCanonical("7.30", "not one answer a question", reason="not one answer a question")
    group = election.suite.group
    pairs = zip(election.questions, text.answers, strict=True)
    return Ballot(text, tuple(read_answer(group, question, raw) for question, raw in pairs))


def check_ballot(election: Election, credentials: Credentials, raw: bytes) -> None:
    """Nothing, if the ballot is valid; raises ``Refused`` with the first clause that it breaks."""
    _, faults = judge_ballot(election, credentials, raw, "ballot")
    for fault in faults:
        raise Refused(fault.clause, "the ballot is not valid", **{**fault.facts, "subject": fault.subject})


def judge_ballot(
    election: Election, credentials: Credentials, raw: bytes, subject: str
) -> tuple[Ballot | None, list[Fault]]:
    """The ballot, if it has the form of one, and every clause that it breaks. Replay is for whoever sees all."""
    try:
        text = read_text(raw)
    except LimpideError as error:
        return None, [fault_of(error, subject)]
    faults = [
        *_check_header(election, credentials, text, subject),
        *attempt(subject, _check_signed, election, text),
    ]
    try:
        ballot = read_ballot(election, text)
    except LimpideError as error:
        return None, [*faults, fault_of(error, subject)]
    S0 = f"{election.fingerprint}|{text.credential}"
    for number, answer in enumerate(ballot.answers, 1):
        found = check_answer(election, S0, answer, subject)
        faults += [Fault(fault.clause, subject, {**fault.facts, "question": number}) for fault in found]
    return ballot, faults


def unsigned_hash(text: UnsignedText) -> str:
    """``h``, the hash that is signed and that the voter sees before choosing to cast or to challenge."""
    return b64(hashlib.sha256(encode(text)).digest())


def _check_header(election: Election, credentials: Credentials, text: BallotText, subject: str) -> Iterator[Fault]:
    if text.election_uuid != election.uuid:
        yield Fault("7.25", subject, {"uuid": text.election_uuid})
    if text.election_hash != election.fingerprint:
        yield Fault("7.26", subject, {"fingerprint": text.election_hash})
    if credentials.position(text.credential) is None:
        yield Fault("7.27", subject, {"credential": text.credential})


def _check_signed(election: Election, text: BallotText) -> None:
    unsigned = UnsignedText(
        election_uuid=text.election_uuid,
        election_hash=text.election_hash,
        credential=text.credential,
        answers=text.answers,
    )
    h = text.signature.hash
    if h != unsigned_hash(unsigned):
        raise InvalidProof("7.28", "the hash is not that of the ballot")
    group = election.suite.group
    # A listed credential is a member already; an unlisted one must be one before its signature means anything.
    (key,) = group.decode([text.credential], "7.29")
    proof = read_proof(group, text.signature.proof, "7.29")
    check_signature(election.suite, "sig", h, key, proof, "7.29")
