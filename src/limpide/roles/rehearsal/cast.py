"""Who plays, and how do 138 000 seats get their keys and sign in a few seconds?

Every code is drawn from the operating system's randomness, becomes a key by the derivation of every sealed code,
signs what its seat has to say and is forgotten, all within one worker process: no store ever holds one.
The check characters are left out, since nobody types these codes.
"""

import multiprocessing
import secrets
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import msgspec

from limpide.codes import ALPHABET, SealedCode, derive_signer, draw_code
from limpide.record.definition import ElectionId
from limpide.record.events import Figures, StationReport, Turnout, event_text
from limpide.roles.past_results.election import PastStation
from limpide.roles.rehearsal.script import HOURS, Script
from limpide.roles.seats import seat_signer
from limpide.signing import Signer, sign_note

MEMBERS, THRESHOLD, OPERATORS = 5, 3, 2
CONTEST = "scrutin"
ROUND = 1
_SECRET = 20
_LETTERS = bytes(ALPHABET[byte % 32].encode()[0] for byte in range(256))
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Seated:
    """A station whose seats have signed: their public keys by round, and what they signed."""

    keys: tuple[tuple[bytes, bytes], ...]
    report: bytes
    """The first report."""
    turnouts: tuple[bytes, ...] = ()
    """By hour, signed by seat 1."""


def draw_people(election: ElectionId) -> Mapping[str, Signer]:
    """The signers outside stations, each from a fresh code. They live as long as the rehearsal runs."""
    names = ["organiser", "registrar"]
    names += [f"commission/{seat}" for seat in range(1, MEMBERS + 1)]
    names += [f"operator/{seat}" for seat in range(1, OPERATORS + 1)]
    return {name: seat_signer(name, draw_code(), election) for name in names}


def seat_stations(election: ElectionId, script: Script, workers: int) -> Mapping[str, Seated]:
    """Draws both seats of every station, and signs its first report with them."""
    stations = script.first_reports()
    chunks = [stations[start : start + _CHUNK] for start in range(0, len(stations), _CHUNK)]
    seated: dict[str, Seated] = {}
    for signed in _in_workers(workers, election, script, chunks):
        seated.update(signed)
    return seated


def figures_of(station: PastStation, options: Sequence[str]) -> Figures:
    """The figures that a station's line in the file amounts to."""
    registered, participated = station.voters_registered, station.voters_participated
    return Figures(
        ballots_cast=station.ballots_cast,
        ballots_rejected=station.ballots_rejected,
        blank_ballots=station.blank_ballots,
        votes=dict(zip(options, station.votes, strict=True)),
        voters_participated=msgspec.UNSET if participated is None else participated,
        voters_registered=msgspec.UNSET if registered is None else registered,
    )


def sign_chunk(
    election: ElectionId,
    options: tuple[str, ...],
    rounds: int,
    stations: Sequence[PastStation],
    stated: Sequence[tuple[int, ...]],
) -> list[tuple[str, Seated]]:
    """Both seats of some stations for every round, drawn, used once and forgotten."""
    drawn = secrets.token_bytes(2 * rounds * _SECRET * len(stations)).translate(_LETTERS).decode()
    codes = (SealedCode(drawn[at : at + _SECRET]) for at in range(0, len(drawn), _SECRET))
    seated = []
    for station, voters in zip(stations, stated, strict=True):
        unit = station.station_id
        pens = [
            tuple(derive_signer(next(codes), election=election, unit=unit, seat=s, round_=r) for s in (1, 2))
            for r in range(1, rounds + 1)
        ]
        body = StationReport(contest=CONTEST, figures=figures_of(station, options), round=ROUND, unit=unit)
        report = sign_note(event_text(election, body), pens[ROUND - 1]).encode()
        said = [
            Turnout(hour=hour, round=ROUND, unit=unit, voters=n) for hour, n in zip(HOURS, voters, strict=False)
        ]
        turnouts = [sign_note(event_text(election, each), pens[ROUND - 1][:1]).encode() for each in said]
        keys = tuple((one.key.public, two.key.public) for one, two in pens)
        seated.append((unit, Seated(keys, report, tuple(turnouts))))
    return seated


def _in_workers(
    workers: int, election: ElectionId, script: Script, chunks: Sequence[Sequence[PastStation]]
) -> Iterator[Iterable[tuple[str, Seated]]]:
    options = tuple(option.id for option in script.options)
    stated = [[script.turnouts.get(station.station_id, ()) for station in chunk] for chunk in chunks]
    sign = partial(sign_chunk, election, options, script.rounds)
    if workers < 2 or len(chunks) < 2:  # noqa: PLR2004 - nothing to share
        yield from map(sign, chunks, stated)
        return
    # a fork is quick, and safe while there is one thread; elsewhere each worker starts anew
    quick = sys.platform == "linux" and threading.active_count() == 1
    context = multiprocessing.get_context("fork" if quick else "spawn")
    with ProcessPoolExecutor(workers, context) as pool:
        yield from pool.map(sign, chunks, stated)
