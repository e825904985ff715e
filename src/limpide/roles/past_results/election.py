"""What is a past election, whatever file it came from?"""

from collections.abc import Sequence
from dataclasses import dataclass

from limpide.canonical import LimpideError


class UnusableFile(LimpideError):
    """A results file that cannot be read for certain: one sentence, with line and column when there is one.

    Files of the past are not under the specification, so the clause is the word `file`, and the text is bare.
    """

    def __init__(self, message: str, **facts: str | int) -> None:
        super().__init__("file", message, **facts)

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOption:
    """One candidate or list (candidat, liste)."""

    id: str  # [a-z0-9-]{1,32}
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastStation:
    """The published counts of one polling station (bureau de vote).

    `sum(votes) + blank_ballots + ballots_rejected == ballots_cast`, and `votes` follows the options of its
    election. The three ids match `[0-9A-Za-z_-]{1,32}`. The Ministry publishes one figure, *votants*, for
    signatures on the roll and for ballots: both fields then hold it. A file without a roll leaves
    `voters_registered` and `voters_participated` at None.
    """

    division_id: str  # département
    division_name: str
    locality_id: str  # commune
    locality_name: str
    station_id: str  # bureau de vote
    voters_registered: int | None  # inscrits
    voters_participated: int | None  # votants (émargements)
    ballots_cast: int  # votants (bulletins)
    blank_ballots: int  # blancs
    ballots_rejected: int  # nuls
    votes: tuple[int, ...]  # suffrages exprimés, par candidat


@dataclass(frozen=True, slots=True, kw_only=True)
class PastElection:
    """Every station of one file, in the order of the file. Station ids are unique."""

    options: tuple[PastOption, ...]
    stations: Sequence[PastStation]
    layout: str
    encoding: str
