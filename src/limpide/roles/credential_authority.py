"""How does a credential authority draw voting codes, and publish what does not give them away?

The public list is sorted and bears no name; the private file pairs logins and codes,
and is the only secret. A voter's login goes nowhere else.
"""

from collections.abc import Sequence

from limpide.belenios.credentials import (
    draw_code,
    draw_old_code,
    public_credential,
    write_credentials,
)
from limpide.belenios.election import check_uuid
from limpide.belenios.proving import Draw
from limpide.belenios.suite import suite
from limpide.belenios.wire import MAX_WEIGHT, integer
from limpide.canonical import Refused


def read_voters(text: str) -> list[tuple[str, int | None]]:
    """Logins with their weights, one ``login`` or ``login,weight`` a line. Raises a ``LimpideError``."""
    voters: list[tuple[str, int | None]] = []
    for line in text.splitlines():
        login, comma, weight = line.strip().rpartition(",")
        if comma:
            voters.append((login, integer(weight, MAX_WEIGHT, "7.20")))
        elif weight:
            voters.append((weight, None))
    if len({login for login, _ in voters}) != len(voters):
        raise Refused("7.22", "two voters have the same login")
    if len({weight is None for _, weight in voters}) > 1:
        raise Refused("7.20", "either every voter has a weight or none", reason="weights on some lines only")
    return voters


def draw_credentials(
    group: str, uuid: str, voters: Sequence[tuple[str, int | None]], draw: Draw, *, old: bool = False
) -> tuple[dict[str, str], bytes]:
    """A code for each login, and the public list in an order that says nothing."""
    check_uuid(uuid)
    chosen = suite(group).group
    codes = {login: (draw_old_code if old else draw_code)(draw) for login, _ in voters}
    entries = [(public_credential(codes[login], uuid, chosen), weight) for login, weight in voters]
    return codes, write_credentials(chosen, entries)
