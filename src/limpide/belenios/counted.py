"""Which ballot of each credential counts, and where does it stand?

The last one. Places are packed by the position of the credential in the published list, so that memory grows by
some tens of bytes a voter, however many ballots there are.
"""

from array import array
from collections.abc import Iterator
from typing import NamedTuple

from limpide.belenios.credentials import Credentials

_DIGEST = 32
_NONE = -1


class Place(NamedTuple):
    """Where a ballot stands in the file, and the hash that names it."""

    offset: int
    size: int
    hash: str


class Counted:
    """The last ballot of each credential so far."""

    def __init__(self, credentials: Credentials) -> None:
        count = len(credentials)
        self._credentials = credentials
        self._offsets = array("q", [_NONE]) * count
        self._sizes = array("L", [0]) * count
        self._hashes = bytearray(count * _DIGEST)
        self._strangers: dict[str, Place] = {}
        """Ballots of credentials that are not listed: each is a fault, and counts as stored."""
        self.number = 0
        self.weight = 0

    def replace(self, credential: str, place: Place) -> Place | None:
        """Lets the ballot at ``place`` count; returns the place of the one that it supersedes, if any."""
        position = self._credentials.position(credential)
        if position is None:
            before = self._strangers.get(credential)
            self._strangers[credential] = place
        else:
            before = self._at(position)
            self._offsets[position] = place.offset
            self._sizes[position] = place.size
            self._hashes[position * _DIGEST : (position + 1) * _DIGEST] = bytes.fromhex(place.hash)
        if before is None:
            self.number += 1
            self.weight += 1 if position is None else self._credentials.weight(position)
        return before

    def places(self) -> Iterator[Place]:
        """Every ballot that counts."""
        for position in range(len(self._offsets)):
            place = self._at(position)
            if place is not None:
                yield place
        yield from self._strangers.values()

    def _at(self, position: int) -> Place | None:
        offset = self._offsets[position]
        if offset == _NONE:
            return None
        digest = self._hashes[position * _DIGEST : (position + 1) * _DIGEST]
        return Place(offset, self._sizes[position], digest.hex())
