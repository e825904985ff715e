"""Which hash and which groups does a crypto version use?

Version 1 here. Another version changes this module: the tag would go to the domain separation of its
hash, the rest of the protocol names its hashes by tag and context only.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from limpide.belenios.ed25519 import Ed25519
from limpide.belenios.group import Element, Group
from limpide.canonical import Refused

VERSION = 1


@dataclass(frozen=True, slots=True)
class Suite:
    """Crypto version 1 over one group."""

    group: Group

    def H(self, tag: str, context: str, elements: Iterable[Element]) -> int:
        """``H(tag|context|; X1,…,Xn)``: SHA-256 of prefix and elements, as an integer modulo ``q``."""
        joined = ",".join(map(self.group.encode, elements))
        digest = hashlib.sha256(f"{tag}|{context}|{joined}".encode()).digest()
        return int.from_bytes(digest, "big") % self.group.q


@cache
def suite(group: str) -> Suite:
    """The suite over the group of that name; raises ``Refused`` for an unknown one."""
    match group:
        case "Ed25519":
            return Suite(Ed25519())
        case "BELENIOS-2048" | "RFC-3526-2048":
            try:
                from limpide.belenios import finite_field  # noqa: PLC0415 - GMP is optional
            except ImportError:
                raise Refused("7.9", f"{group} needs gmpy2: install limpide[2048]", group=group) from None
            build = finite_field.belenios_2048 if group == "BELENIOS-2048" else finite_field.rfc_3526_2048
            return Suite(build())
        case _:
            raise Refused("7.9", "unknown group", group=group)
