"""How does a dress rehearsal run, from a file of past results to a record and its site?

``prepare`` draws and signs, and founds the record folder; ``rehearse`` plays the night in one process. The
demonstration plays the same preparation over HTTP.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from limpide.record.definition import Text
from limpide.record.events import EntryId
from limpide.roles.drafts import read_draft
from limpide.roles.folder import Folder
from limpide.roles.past_results.election import UnusableFile
from limpide.roles.rehearsal.cast import draw_people, seat_stations
from limpide.roles.rehearsal.house import House, Keyring, PagesOf
from limpide.roles.rehearsal.replay import HouseVenue, Play, Results, Tell
from limpide.roles.rehearsal.script import Script
from limpide.roles.rehearsal.stage import commit_roll, make_definition
from limpide.roles.seats import draw_election_id
from limpide.words import Language

LOG_NAME = "rehearsal.limpide.example"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record folder that holds a definition, and everybody who is to act in it."""

    folder: Folder
    fingerprint: EntryId
    """What would stand on posters."""
    roll: tuple[bytes, Mapping[str, bytes]] | None
    """The roll commitment with its documents, where the file has a roll."""
    play: Play


def prepare(
    script: Script,
    root: Path,
    *,
    name: Text,
    counting_opens: Callable[[], str],
    tell: Tell,
    language: Language,
) -> Prepared:
    """Draws every code, signs every report and founds the record; raises ``UnusableFile`` where ``root`` exists.

    ``counting_opens`` is asked for its instant when the seats are drawn and the definition is to be written.
    """
    if root.exists():
        raise UnusableFile(f"{root} exists: a record is created once")
    election = draw_election_id()
    people = draw_people(election)
    tell("drawing", count=2 * len(script.stations))
    seated = seat_stations(election, script, os.cpu_count() or 1)
    with Keyring(f"{LOG_NAME}/{election}") as keyring:
        definition, documents, register = make_definition(
            election,
            script,
            name=name,
            counting_opens=counting_opens(),
            log=keyring.key.vkey,
            people=people,
            seated=seated,
        )
        folder = keyring.found(root, definition, documents)
    fingerprint = EntryId(read_draft(definition).note.identity)
    tell("defined", stations=len(script.stations), fingerprint=fingerprint.hex())
    roll = commit_roll(register, script, people) if script.has_roll else None
    return Prepared(folder, fingerprint, roll, Play(election, script, people, seated, language))


def rehearse(
    script: Script,
    root: Path,
    *,
    name: Text,
    closing: datetime,
    pages: PagesOf,
    tell: Tell,
    language: Language,
    every: int = 5,
    speed: float = 0.0,
) -> tuple[Prepared, Results]:
    """The whole rehearsal in this process: the record folder it leaves, and the last published results."""
    opens = closing.strftime("%Y-%m-%dT%H:%M:%SZ")
    prepared = prepare(script, root, name=name, counting_opens=lambda: opens, tell=tell, language=language)
    house = House(prepared.folder, pages)
    try:
        if prepared.roll is not None:
            entry, documents = prepared.roll
            house.put_documents(documents)
            house.add(entry)
        results = prepared.play.night(HouseVenue(house, closing, every, speed), tell)
    finally:
        house.close()
    return prepared, results
