"""What has to be on record before the first station reports?

The definition (marked as a rehearsal), signed by the organiser and three of five members; the roll commitment
where the file has a roll; the opening. All of it is made by the same functions that the roles use.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from limpide.record.definition import Contest, ContestOption, ElectionId, Need, Register, Round, Rule, Text
from limpide.roles.drafts import Draft, sign_draft
from limpide.roles.organiser import Description, Station, draft_definition
from limpide.roles.past_results.election import PastStation
from limpide.roles.registrar import commit_counts, draw_salts, roll_root
from limpide.roles.rehearsal.cast import CONTEST, MEMBERS, OPERATORS, ROUND, THRESHOLD, Seated
from limpide.roles.rehearsal.script import HOURS, Script
from limpide.signing import Signer

QUORUM = tuple(f"commission/{seat}" for seat in range(1, THRESHOLD + 1))


def make_definition(
    election: ElectionId,
    script: Script,
    *,
    name: Text,
    counting_opens: str,
    log: str,
    people: Mapping[str, Signer],
    seated: Mapping[str, Seated],
) -> tuple[bytes, Mapping[str, bytes], Register]:
    """The signed definition, its documents, and the register that both make."""
    need = Need.REQUIRED if script.has_roll else Need.ABSENT
    contest = Contest(
        id=CONTEST,
        name=Text(en="Ballot", fr="Scrutin"),
        options=tuple(ContestOption(id=option.id, name=option.name) for option in script.options),
        rule=Rule.TWO_ROUND_MAJORITY,
        voters_participated=need,
        voters_registered=need,
    )
    description = Description(
        election=election,
        name=name,
        contests=(contest,),
        rounds=tuple(_rounds(script, counting_opens)),
        members=MEMBERS,
        threshold=THRESHOLD,
        operators=OPERATORS,
        rehearsal=True,
    )
    keys = {name: signer.key.public for name, signer in people.items()}
    for unit, station in seated.items():
        for round_, pair in enumerate(station.keys, start=1):
            keys[f"{unit}/1/{round_}"], keys[f"{unit}/2/{round_}"] = pair
    drafted = draft_definition(description, map(_station, script.stations), keys, log)
    return sign(drafted.definition, people, ("organiser", *QUORUM)), drafted.documents, drafted.register


def commit_roll(
    register: Register, script: Script, people: Mapping[str, Signer]
) -> tuple[bytes, Mapping[str, bytes]]:
    """The roll commitment, with its documents, to the file's registered voters.

    A rehearsal has no roll: the root stands over one salted line for each station, and no line names anybody.
    """
    voters = {s.station_id: s.voters_registered or 0 for s in script.stations}
    lines = [f"{unit} {count}".encode() for unit, count in voters.items()]
    commitment = commit_counts(register, ROUND, voters, roll_root(draw_salts(len(lines)), lines))
    return sign(commitment.draft, people, ("registrar",)), commitment.documents


def sign(unsigned: Draft, people: Mapping[str, Signer], names: Sequence[str] = QUORUM) -> bytes:
    """The entry that those names sign."""
    return sign_draft(unsigned, [people[name] for name in names]).encode()


def _rounds(script: Script, counting_opens: str) -> Iterator[Round]:
    """The round that is played, and the later ones, two weeks apart."""
    first = datetime.fromisoformat(counting_opens)
    for number in range(1, script.rounds + 1):
        opens = (first + timedelta(weeks=2 * (number - 1))).strftime("%Y-%m-%dT%H:%M:%SZ")
        hours = HOURS if script.turnouts else ()
        yield Round(counting_opens=opens, date=opens[:10], number=number, turnout_hours=hours)


def _station(station: PastStation) -> Station:
    _, underscore, bureau = station.station_id.partition("_")
    return Station(
        division=station.division_id,
        division_name=station.division_name,
        locality=station.locality_id,
        locality_name=station.locality_name,
        unit=station.station_id,
        unit_name=f"Bureau {bureau}" if underscore else "",
    )
