"""How is a zero-knowledge proof of the protocol made?

The counterpart of ``proofs``. Exponents here are secret: they reach the group only through its
constant-time operations, and randomness is drawn by the caller's ``draw``. A prover knows the randomness
of its ciphertexts, so that every commitment, simulated or not, is a power of ``g`` and ``y`` alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from limpide.belenios.group import Base, Ciphertext, Element
from limpide.belenios.proofs import Proof, pair_text
from limpide.belenios.suite import Suite

Draw = Callable[[int], int]
"""A uniform integer below a bound; ``secrets.randbelow`` outside tests."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What is in a ciphertext ``(g^r, y^r g^m)``."""

    m: int = field(repr=False)
    r: int = field(repr=False)

    def less(self, m: int) -> "Opening":
        """The opening of the ciphertext divided by ``g^m``."""
        return Opening(self.m - m, self.r)


def opening_of_sum(openings: Sequence[Opening]) -> Opening:
    """The opening of the product of ciphertexts."""
    return Opening(sum(o.m for o in openings), sum(o.r for o in openings))


def encrypt(suite: Suite, y: Base, opening: Opening) -> Ciphertext:
    """``(g^r, y^r g^m)``."""
    q = suite.group.q
    r = opening.r % q
    return Ciphertext(suite.group.g.power(r), y.power_with_g(r, opening.m % q))


def iprove(
    suite: Suite, y: Base, context: str, c: Ciphertext, opening: Opening, values: Sequence[int], draw: Draw
) -> tuple[Proof, ...]:
    """“``c`` encrypts one of ``values``”; the opening must be of one of them."""
    statements = [opening.less(m) for m in values]
    return prove_one_is_zero(suite, y, "prove", f"{context}|{pair_text(suite.group, c)}", statements, draw)


def prove_one_is_zero(
    suite: Suite, y: Base, tag: str, context: str, statements: Sequence[Opening], draw: Draw
) -> tuple[Proof, ...]:
    """“One of ``statements`` encrypts 0”. Which one shows neither in the operations nor in their number.

    Each branch commits to ``A = g^w``, ``B = y^w g^(m·c)`` with random ``w`` and ``c``; where ``m = 0`` the
    commitment does not depend on ``c``, which is then replaced by what the hash leaves for it.
    """
    group, q = suite.group, suite.group.q
    ws = [draw(q) for _ in statements]
    cs = [draw(q) for _ in statements]
    commitments: list[Element] = []
    for s, w, c in zip(statements, ws, cs, strict=True):
        commitments += (group.g.power(w), y.power_with_g(w, s.m * c % q))
    true = [s.m for s in statements].index(0)
    rest = sum(cs) - cs[true]
    cs[true] = (suite.H(tag, context, commitments) - rest) % q
    return tuple(Proof(c, (w - s.r * c) % q) for s, w, c in zip(statements, ws, cs, strict=True))


def prove_knowledge(suite: Suite, tag: str, context: str, x: int, draw: Draw) -> Proof:
    """“I know the logarithm ``x``”; as a signature, of ``context`` (Schnorr)."""
    q = suite.group.q
    w = draw(q)
    c = suite.H(tag, context, [suite.group.g.power(w)])
    return Proof(c, (w - x * c) % q)


def prove_decryption(
    suite: Suite, fingerprint: str, x: int, key: Element, alpha: Element, draw: Draw
) -> tuple[Element, Proof]:
    """The factor ``α^x`` and the proof that ``x`` is the logarithm of ``key``."""
    group, q = suite.group, suite.group.q
    w = draw(q)
    context = f"{fingerprint}|{group.encode(key)}"
    c = suite.H("decrypt", context, [group.g.power(w), group.power(alpha, w)])
    return group.power(alpha, x), Proof(c, (w - x * c) % q)
