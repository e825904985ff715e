"""Whose keys does a definition name? Spec 4.3."""

from collections.abc import Iterable, Mapping

from limpide.canonical import NotCanonical, Refused
from limpide.signing import ED25519, VerifierKey


def named_keys(roles: Iterable[tuple[str | None, str]]) -> Mapping[str, VerifierKey]:
    """The keys by name, from pairs of the name expected (None where any will do) and a verifier key.

    Raises ``Refused``: a key that bears another name, a name or a public key that stands twice.
    """
    keys: dict[str, VerifierKey] = {}
    publics: set[bytes] = set()
    for expected, vkey in roles:
        key = parse_key(vkey)
        if expected is not None and key.name != expected:
            raise Refused("4.3", f"the key of {expected} is named {key.name}", subject=expected)
        if key.name in keys or key.public in publics:
            raise Refused("4.3", f"the key of {key.name} stands twice", subject=key.name)
        keys[key.name] = key
        publics.add(key.public)
    return keys


def parse_key(vkey: str) -> VerifierKey:
    """The Ed25519 key that a definition writes so; raises ``Refused``."""
    try:
        key = VerifierKey.parse(vkey)
    except NotCanonical as error:
        raise Refused("4.3", error.message, subject=vkey[:40]) from None
    if key.type != ED25519:
        raise Refused("4.3", f"the key of {key.name} is not Ed25519", subject=key.name)
    return key
