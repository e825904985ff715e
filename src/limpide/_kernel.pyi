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

# --- the group and ballots ---------------------------------------------------------------------------
# Points: 32 bytes of RFC 8032 each; scalars: 32 bytes, little-endian, below the order q. Arrays are
# contiguous buffers of such items. `threads=0` is one thread a core. A bad item raises ValueError with
# its index. `vartime_` functions are for public values only; all others take constant time.

def engines() -> list[
    str
]: ...  # those that this machine can use, the preferred one first; "emulated" is for tests
def vartime_decode(
    points: Buffer, *, engine: str | None = None, threads: int = 0
) -> bytes: ...  # per item: 0 member of the group, 1 not a point, 2 outside the prime-order subgroup
def vartime_double_mul(
    base: Buffer, c: Buffer, fixed: Buffer, r: Buffer, *, threads: int = 0
) -> bytes: ...  # fixed^r · base^c for every (base, c, r)
def vartime_multi_mul(
    points: Buffer, scalars: Buffer, terms: int, *, threads: int = 0
) -> bytes: ...  # per row of `terms`: the product of the powers
def vartime_sum_axis(
    points: Buffer, columns: int, weights: Sequence[int] | None = None, *, threads: int = 0
) -> bytes: ...  # per column: the product over the rows; weights (one a row) below 2^64
def add(left: Buffer, right: Buffer, *, threads: int = 0) -> bytes: ...  # left · right
def subtract(left: Buffer, right: Buffer, *, threads: int = 0) -> bytes: ...  # left / right
def mul_base(scalars: Buffer, *, threads: int = 0) -> bytes: ...  # g^s
def mul(points: Buffer, scalars: Buffer, *, threads: int = 0) -> bytes: ...  # P^s

class FixedBase:  # a point with a table, such as the election public key, for constant-time multiplications
    def __new__(cls, point: Buffer) -> Self: ...
    def mul(self, scalars: Buffer, *, threads: int = 0) -> bytes: ...  # point^s
    def double_mul(self, s: Buffer, t: Buffer, *, threads: int = 0) -> bytes: ...  # point^s · g^t

# Whole ballots of an election with homomorphic questions only, as (answers, blank, min, max): the key and
# the credentials as points, the fingerprint in Base64. A verdict is 0 good or 1 not proven good: what is
# not good is judged again, with its reason, by the protocol in Python. Duplicates are not looked for.

class BallotContext:
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
) -> tuple[bytes, bytes, bytes]: ...  # a verdict a ballot, their SHA-256, and each alpha and beta in turn of

# the product over the good ones, to the power of the weights of their credentials

# --- end of the group and ballots --------------------------------------------------------------------
