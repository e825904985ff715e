"""When does a trustee decrypt its share?

Only after it has verified the whole archive, and only once the ballot box is closed.
"""

from limpide.belenios.keys import partial_decryption
from limpide.belenios.proving import Draw
from limpide.belenios.verdict import Verdict
from limpide.canonical import Refused


def decrypt_share(verdict: Verdict, x: int, draw: Draw) -> tuple[int, bytes]:
    """The owner number and partial decryption of the trustee whose secret is ``x``.

    Raises ``Refused`` (7.59) unless the whole archive holds and its tally is made, or if no trustee has this key.
    """
    election, tally, trustees = verdict.election, verdict.tally, verdict.trustees
    for fault in verdict.faults:
        if fault.severity == "fault":
            raise Refused(fault.clause, "the archive does not hold; nothing is decrypted", subject=fault.subject)
    if election is None or tally is None or trustees is None:
        raise Refused("7.59", "there is nothing to decrypt")
    ready = "EncryptedTally" if election.homomorphic_only else "EndShuffles"
    if verdict.last_event not in {ready, "PartialDecryption"}:
        raise Refused("7.59", "the ballot box is not closed; nothing is decrypted")
    key = election.suite.group.g.power(x)
    if key not in trustees.shares:
        raise Refused("7.59", "no trustee of this election has this key")
    return trustees.shares.index(key) + 1, partial_decryption(election, x, tally, draw)
