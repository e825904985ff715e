"""How do ``n`` trustees make a key that any ``k`` of them, and no fewer, can use?

Verifiable secret sharing by files ("Threshold decryption support"). Each step checks all that came before
and names who is absent or whose contribution is false. Nobody who only carries the files learns anything;
between steps a trustee keeps nothing but its seed.

    certificate → (all certificates) → polynomial → (route) → share → (assemble) → trustees
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from limpide.belenios.channel import receive, send, sign
from limpide.belenios.contributions import (
    CoefficientsSecretText,
    InputText,
    OutputText,
    PolynomialText,
    SecretText,
    ShareText,
)
from limpide.belenios.faults import Fault, attempt, fault_of
from limpide.belenios.group import Element
from limpide.belenios.keys import public_key, seed_exponent
from limpide.belenios.proofs import proof_text
from limpide.belenios.proving import Draw, prove_knowledge
from limpide.belenios.suite import Suite
from limpide.belenios.trustees import (
    CertificateText,
    CoefficientsText,
    ContextText,
    KeyText,
    PedersenText,
    certificates_message,
    check_certificate,
    check_key,
    check_message,
    evaluate,
    public_shares,
    read_certificate,
    read_coefficients,
)
from limpide.belenios.wire import ProofText, SignedText, decode, encode, integer
from limpide.canonical import InvalidProof, LimpideError, Refused


@dataclass(frozen=True, slots=True)
class Ceremony:
    """The parameters that everybody agrees on beforehand."""

    suite: Suite
    size: int
    threshold: int

    def __post_init__(self) -> None:
        if not 1 <= self.threshold < self.size:
            raise Refused("7.56", "the threshold must be at least 1 and below the number of trustees")

    def context(self, index: int) -> ContextText:
        """What the certificate of trustee ``index``, from 1, is made for."""
        return ContextText(group=self.suite.group.name, size=self.size, threshold=self.threshold, index=index)


def certificate(ceremony: Ceremony, index: int, seed: str, draw: Draw) -> bytes:
    """First step of trustee ``index``: its public keys, signed."""
    suite = ceremony.suite
    group = suite.group
    sk = seed_exponent(suite, "sk", seed)
    text = CertificateText(
        context=ceremony.context(index),
        verification=group.encode(group.g.power(sk)),
        encryption=group.encode(group.g.power(seed_exponent(suite, "dk", seed))),
    )
    return encode(sign(suite, sk, encode(text).decode(), draw))


def certificate_faults(ceremony: Ceremony, certificates: Mapping[int, bytes]) -> list[Fault]:
    """Who is absent, and whose certificate is false."""
    faults = _absent(ceremony, certificates)
    for index, raw in sorted(certificates.items()):
        faults += attempt(_name(index), _check_certificate, ceremony, index, raw)
    return faults


def polynomial(ceremony: Ceremony, seed: str, certificates: Mapping[int, bytes], draw: Draw) -> bytes:
    """Second step: a secret polynomial, its values sealed for each trustee, commitments to it.

    Raises the first fault of the certificates: nothing is sent to a key that is not proven.
    """
    _require(certificate_faults(ceremony, certificates))
    suite = ceremony.suite
    group, q = suite.group, suite.group.q
    certs = _certs(certificates)
    keys = [read_certificate(group, cert)[1:] for cert in certs]
    sk, index = _identify(suite, seed, keys)
    coefficients = [draw(q) for _ in range(ceremony.threshold)]
    commitments = [group.g.power(a) for a in coefficients]
    coefexps = CoefficientsText(coefexps=tuple(map(group.encode, commitments)))
    kept = CoefficientsSecretText(polynomial=tuple(map(str, coefficients)))
    text = PolynomialText(
        polynomial=send(suite, sk, keys[index - 1][1], encode(kept).decode(), draw),
        secrets=tuple(
            send(suite, sk, ek, encode(SecretText(secret=str(_value(coefficients, j, q)))).decode(), draw)
            for j, (_, ek) in enumerate(keys, 1)
        ),
        coefexps=sign(suite, sk, encode(coefexps).decode(), draw),
        signature=proof_text(
            prove_knowledge(suite, "sigmsg", certificates_message(certs, group, commitments), sk, draw)
        ),
    )
    return encode(text)


def polynomial_faults(
    ceremony: Ceremony, certificates: Mapping[int, bytes], polynomials: Mapping[int, bytes]
) -> list[Fault]:
    """Who is absent, and whose public commitments or signatures are false."""
    faults = certificate_faults(ceremony, certificates) + _absent(ceremony, polynomials)
    if faults:
        return faults
    certs = _certs(certificates)
    for index, raw in sorted(polynomials.items()):
        faults += attempt(_name(index), _check_polynomial, ceremony, certs, index, raw)
    return faults


def route(
    ceremony: Ceremony, certificates: Mapping[int, bytes], polynomials: Mapping[int, bytes]
) -> dict[int, bytes]:
    """What each trustee is to receive; done by anybody. Raises the first fault found."""
    _require(polynomial_faults(ceremony, certificates, polynomials))
    texts = [decode(PolynomialText, polynomials[i], "7.14") for i in sorted(polynomials)]
    return {
        j: encode(
            InputText(
                polynomial=texts[j - 1].polynomial,
                secrets=tuple(text.secrets[j - 1] for text in texts),
                coefexps=tuple(text.coefexps for text in texts),
                signatures=tuple(text.signature for text in texts),
            )
        )
        for j in range(1, ceremony.size + 1)
    }


def share(
    ceremony: Ceremony, seed: str, certificates: Mapping[int, bytes], received: bytes, draw: Draw
) -> tuple[bytes, list[Fault]]:
    """Third step: the trustee's verification key and sealed share, if every value sent to it is right.

    Otherwise nothing, and a fault for each trustee who cheated it.
    """
    _require(certificate_faults(ceremony, certificates))
    suite = ceremony.suite
    group, q = suite.group, suite.group.q
    certs = _certs(certificates)
    keys = [read_certificate(group, cert)[1:] for cert in certs]
    sk, index = _identify(suite, seed, keys)
    dk = seed_exponent(suite, "dk", seed)
    text = decode(InputText, received, "7.57")
    if {len(text.secrets), len(text.coefexps), len(text.signatures)} != {ceremony.size}:
        raise InvalidProof("7.57", "not one contribution a trustee")
    total = 0
    faults: list[Fault] = []
    for i, (vk, _) in enumerate(keys, 1):
        try:
            _check_commitments(ceremony, certs, i, text.coefexps[i - 1], text.signatures[i - 1])
            commitments = read_coefficients(group, text.coefexps[i - 1], ceremony.threshold)
            total += _received_value(suite, dk, vk, text.secrets[i - 1], commitments, index)
        except LimpideError as error:
            faults.append(fault_of(error, _name(i)))
    if faults:
        return b"", faults
    x = total % q
    key = public_key(suite, x, draw)
    key = KeyText(
        pok=key.pok,
        public_key=key.public_key,
        signature=proof_text(prove_knowledge(suite, "sigmsg", key.public_key, sk, draw)),
    )
    sealed = send(suite, sk, keys[index - 1][1], encode(ShareText(decryption_key=str(x))).decode(), draw)
    return encode(OutputText(private_key=sealed, public_key=key)), []


def output_faults(
    ceremony: Ceremony,
    certificates: Mapping[int, bytes],
    polynomials: Mapping[int, bytes],
    outputs: Mapping[int, bytes],
) -> list[Fault]:
    """Who is absent, and whose verification key is not the one that the polynomials give."""
    faults = polynomial_faults(ceremony, certificates, polynomials) + _absent(ceremony, outputs)
    if faults:
        return faults
    item = _pedersen(ceremony, certificates, polynomials)
    for index, raw in sorted(outputs.items()):
        faults += attempt(_name(index), _check_output, ceremony, item, index, raw)
    return faults


def assemble(
    ceremony: Ceremony,
    certificates: Mapping[int, bytes],
    polynomials: Mapping[int, bytes],
    outputs: Mapping[int, bytes],
) -> PedersenText:
    """Last step, done by anybody: the public parameters of the group. Raises the first fault found."""
    _require(output_faults(ceremony, certificates, polynomials, outputs))
    texts = [decode(PolynomialText, polynomials[i], "7.14") for i in sorted(polynomials)]
    return PedersenText(
        threshold=ceremony.threshold,
        certs=tuple(_certs(certificates)),
        coefexps=tuple(text.coefexps for text in texts),
        signatures=tuple(text.signature for text in texts),
        verification_keys=tuple(decode(OutputText, outputs[i], "7.16").public_key for i in sorted(outputs)),
    )


def open_share(suite: Suite, seed: str, sealed: str) -> int:
    """The decryption share in a trustee's sealed file. Raises ``InvalidSignature`` (7.55)."""
    vk = suite.group.g.power(seed_exponent(suite, "sk", seed))
    message = receive(suite, seed_exponent(suite, "dk", seed), vk, sealed)
    # Release 2.0 adds the values that it received without reducing the sum.
    bound = suite.group.q << 32
    return integer(decode(ShareText, message, "7.55").decryption_key, bound, "7.55") % suite.group.q


def _received_value(
    suite: Suite, dk: int, vk: Element, sealed: str, commitments: Sequence[Element], index: int
) -> int:
    """``s = f(index)`` as trustee ``vk`` sent it, checked against its commitments."""
    message = receive(suite, dk, vk, sealed)
    value = integer(decode(SecretText, message, "7.55").secret, suite.group.q, "7.57")
    if suite.group.g.power(value) != evaluate(suite.group, commitments, index):
        raise InvalidProof("7.57", "the value sent does not fit the commitments")
    return value


def _value(coefficients: Sequence[int], j: int, q: int) -> int:
    result = 0
    for a in reversed(coefficients):
        result = (result * j + a) % q
    return result


def _identify(suite: Suite, seed: str, keys: Sequence[tuple[Element, Element]]) -> tuple[int, int]:
    """The signing key of a seed and which certificate is its. Raises ``Refused``."""
    sk = seed_exponent(suite, "sk", seed)
    vk = suite.group.g.power(sk)
    for index, (other, _) in enumerate(keys, 1):
        if other == vk:
            return sk, index
    raise Refused("7.56", "the certificate of this key is not among those of the ceremony")


def _check_certificate(ceremony: Ceremony, index: int, raw: bytes) -> None:
    signed = decode(SignedText, raw, "7.13")
    text, _, _ = read_certificate(ceremony.suite.group, signed)
    if text.context is None:
        raise InvalidProof("7.13", "the certificate does not say what it is for")
    check_certificate(ceremony.suite, signed, ceremony.context(index))


def _check_polynomial(ceremony: Ceremony, certs: Sequence[SignedText], index: int, raw: bytes) -> None:
    text = decode(PolynomialText, raw, "7.14")
    if len(text.secrets) != ceremony.size:
        raise InvalidProof("7.57", "not one value a trustee")
    _check_commitments(ceremony, certs, index, text.coefexps, text.signature)


def _check_commitments(
    ceremony: Ceremony, certs: Sequence[SignedText], index: int, coefexps: SignedText, signature: ProofText
) -> None:
    suite = ceremony.suite
    vk = read_certificate(suite.group, certs[index - 1])[1]
    check_message(suite, vk, coefexps.message, coefexps.signature, "7.14")
    commitments = read_coefficients(suite.group, coefexps, ceremony.threshold)
    check_message(suite, vk, certificates_message(certs, suite.group, commitments), signature, "7.15")


def _check_output(
    ceremony: Ceremony, item: tuple[list[Element], tuple[Element, ...]], index: int, raw: bytes
) -> None:
    suite = ceremony.suite
    vks, shares = item
    key = decode(OutputText, raw, "7.16").public_key
    if key.public_key != suite.group.encode(shares[index - 1]):
        raise InvalidProof("7.16", "the verification key is not that of the polynomials")
    check_key(suite, key, "7.12")
    if key.signature is None:
        raise InvalidProof("7.17", "the verification key is not signed")
    check_message(suite, vks[index - 1], key.public_key, key.signature, "7.17")


def _pedersen(
    ceremony: Ceremony, certificates: Mapping[int, bytes], polynomials: Mapping[int, bytes]
) -> tuple[list[Element], tuple[Element, ...]]:
    """The signature keys, and the public share of each trustee."""
    group = ceremony.suite.group
    vks = [read_certificate(group, cert)[1] for cert in _certs(certificates)]
    texts = [decode(PolynomialText, polynomials[i], "7.14") for i in sorted(polynomials)]
    coefexps = [read_coefficients(group, text.coefexps, ceremony.threshold) for text in texts]
    return vks, public_shares(group, coefexps)


def _certs(certificates: Mapping[int, bytes]) -> list[SignedText]:
    return [decode(SignedText, certificates[index], "7.13") for index in sorted(certificates)]


def _absent(ceremony: Ceremony, contributions: Mapping[int, bytes]) -> list[Fault]:
    expected = range(1, ceremony.size + 1)
    strangers = sorted(set(contributions) - set(expected))
    missing = [Fault("7.58", _name(index)) for index in expected if index not in contributions]
    return missing + [Fault("7.58", _name(index), {"reason": "no such trustee"}) for index in strangers]


def _name(index: int) -> str:
    return f"trustee {index}"


def _require(faults: Sequence[Fault]) -> None:
    for fault in faults:
        raise Refused(fault.clause, f"{fault.subject} is absent or at fault", **fault.facts, subject=fault.subject)
