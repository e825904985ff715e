# ruff: noqa: PYI021 - the kernel is documented here, once
"""What the kernel computes over arrays. Long calls release the interpreter lock.

Arrays of fixed items are `bytes` laid end to end. `threads` 0 means one for each core. A wrong length
raises ValueError, a wrong type TypeError. Names in `vartime_` are for public values only.
"""

from collections.abc import Sequence

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
