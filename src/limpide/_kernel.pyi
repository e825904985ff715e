# ruff: noqa: PYI021 - the kernel is documented here, once
"""What the kernel computes over arrays. Long calls release the interpreter lock.

Arrays of fixed items are `bytes` laid end to end. `threads` 0 means one for each core. A wrong length
raises ValueError, a wrong type TypeError. Names in `vartime_` are for public values only.
"""

from collections.abc import Sequence
from typing import Self

from typing_extensions import Buffer

def vartime_verify_ed25519(keys: bytes, messages: Sequence[bytes], signatures: bytes, threads: int = 0) -> bytes:
    """A verdict for each signature, spec 2.11 to 2.15: 0 good, 1 key not canonical, 2 key of small order,
    3 S not canonical, 4 R of small order, 5 R is not the encoding of [S]B - [k]A.
    """

def sign_ed25519(seed: bytes, message: bytes) -> bytes:
    """The 64 bytes of RFC 8032, 5.1.6. Constant time in the seed."""

def public_ed25519(seed: bytes) -> bytes:
    """The public key of a seed, RFC 8032, 5.1.5. Constant time in the seed."""

def leaf_hashes(entries: Sequence[bytes], threads: int = 0) -> bytes:
    """RFC 6962: SHA-256(0x00 ‖ entry) for each entry."""

def tree_root(hashes: bytes) -> bytes:
    """RFC 6962: the root of the tree over these leaf or perfect-subtree hashes; SHA-256("") for none."""

def tile_roots(hashes: bytes, threads: int = 0) -> bytes:
    """The root of each full group of 256 hashes; a last group that is not full has none."""

# The group and ballots: points are 32 bytes of RFC 8032 each, scalars 32 bytes, little-endian, below the order q.
# A bad item raises ValueError with its index. What is not named `vartime_` takes constant time.

def engines() -> list[str]:
    """The engines that this machine can use, the preferred one first; "emulated" is for tests."""

def vartime_decode(points: Buffer, *, engine: str | None = None, threads: int = 0) -> bytes:
    """A verdict for each item: 0 member of the group, 1 not a point, 2 outside the prime-order subgroup."""

def vartime_double_mul(base: Buffer, c: Buffer, fixed: Buffer, r: Buffer, *, threads: int = 0) -> bytes:
    """fixed^r · base^c for every (base, c, r)."""

def vartime_multi_mul(points: Buffer, scalars: Buffer, terms: int, *, threads: int = 0) -> bytes:
    """For each row of `terms` items: the product of the powers."""

def vartime_sum_axis(
    points: Buffer, columns: int, weights: Sequence[int] | None = None, *, threads: int = 0
) -> bytes:
    """For each column: the product over the rows; weights, one a row, are below 2^64."""

def add(left: Buffer, right: Buffer, *, threads: int = 0) -> bytes:
    """The products left · right."""

def subtract(left: Buffer, right: Buffer, *, threads: int = 0) -> bytes:
    """The quotients left / right."""

def mul_base(scalars: Buffer, *, threads: int = 0) -> bytes:
    """g^s."""

def mul(points: Buffer, scalars: Buffer, *, threads: int = 0) -> bytes:
    """P^s."""

class FixedBase:
    """A point with a table, such as the election public key, for constant-time multiplications."""

    def __new__(cls, point: Buffer) -> Self: ...
    def mul(self, scalars: Buffer, *, threads: int = 0) -> bytes:
        """point^s."""

    def double_mul(self, s: Buffer, t: Buffer, *, threads: int = 0) -> bytes:
        """point^s · g^t."""

class BallotContext:
    """What whole ballots are checked against: homomorphic questions only, as (answers, blank, min, max); the key
    and the credentials as points; the fingerprint in Base64.
    """

    engine: str
    def __new__(
        cls,
        uuid: str,
        fingerprint: str,
        key: Buffer,
        questions: Sequence[tuple[int, bool, int, int]],
        credentials: Buffer,
        weights: Sequence[int] | None = None,
        *,
        engine: str | None = None,
        threads: int = 0,
    ) -> Self: ...

def vartime_check_ballots(
    context: BallotContext, ballots: Sequence[bytes], *, threads: int = 0
) -> tuple[bytes, bytes, bytes]:
    """A verdict for each ballot: 0 good, 1 not proven good (the protocol in Python then says why); the SHA-256 of
    each; and each alpha and beta in turn of the product over the good ones, to the power of the weights of their
    credentials. Duplicates are not looked for.
    """
