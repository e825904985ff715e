"""What do trustees exchange while they make a key together?"""

from limpide.belenios.trustees import KeyText
from limpide.belenios.wire import ProofText, SignedText, Wire


class PolynomialText(Wire, frozen=True, kw_only=True):
    """What a trustee publishes once it has seen all certificates."""

    polynomial: str
    secrets: tuple[str, ...]
    coefexps: SignedText
    signature: ProofText


class InputText(Wire, frozen=True, kw_only=True):
    """``vinput``: what is routed to one trustee."""

    polynomial: str
    secrets: tuple[str, ...]
    coefexps: tuple[SignedText, ...]
    signatures: tuple[ProofText, ...]


class OutputText(Wire, frozen=True, kw_only=True):
    """``voutput``: a trustee's sealed share, for itself, and its public verification key."""

    private_key: str
    public_key: KeyText


class SecretText(Wire, frozen=True, kw_only=True):
    """One value of a polynomial, sealed for its recipient."""

    secret: str


class CoefficientsSecretText(Wire, frozen=True, kw_only=True):
    """A trustee's polynomial, sealed for itself."""

    polynomial: tuple[str, ...]


class ShareText(Wire, frozen=True, kw_only=True):
    """A trustee's decryption share, sealed for itself."""

    decryption_key: str
