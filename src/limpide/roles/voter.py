"""How does a voter make a ballot for an archive, and find it again?

No error tells a code or a choice.
"""

from typing import BinaryIO

from limpide.belenios.archive import read_records
from limpide.belenios.casting import make_ballot
from limpide.belenios.credentials import exponent
from limpide.belenios.election import Election, read_election
from limpide.belenios.events import Event, read_events
from limpide.belenios.proving import Draw
from limpide.belenios.wire import b64, decode
from limpide.canonical import NotCanonical, Refused

Bits = tuple[tuple[int, ...], ...]


def election_of(stream: BinaryIO) -> Election:
    """The election of an archive. Raises a ``LimpideError``."""
    for item in read_events(read_records(stream)):
        if isinstance(item, Event) and item.type == "Setup" and item.data:
            return read_election(item.data[0].content)
    raise Refused("7.5", "the archive holds no election", subject="archive")


def cast_ballot(election: Election, code: str, choices: bytes, draw: Draw) -> bytes:
    """The ballot of a code. Raises ``InvalidSignature`` (7.53) or ``Refused`` (7.54), which repeat nothing."""
    x = exponent(code, election.uuid, election.suite.group)
    try:
        bits = decode(Bits, choices, "7.54")
    except NotCanonical:
        raise Refused("7.54", "the choices are not lists of 0 and 1, one a question") from None
    return make_ballot(election, x, bits, draw)


def find_ballot(stream: BinaryIO, tracker: str) -> tuple[int, int]:
    """The place of a ballot among ballots, from 0, and the height of its event. Raises ``Refused`` (7.60)."""
    count = 0
    for item in read_events(read_records(stream)):
        if isinstance(item, Event) and item.type == "Ballot" and item.data:
            if b64(bytes.fromhex(item.data[-1].hash)) == tracker:
                return count, item.height
            count += 1
    raise Refused("7.60", "no ballot of this tracking number", ballots=count)
