"""How is a canvass written down? One JSON file per division, one for the nation that digests them.

The national file names each division's file by SHA-256, so its own digest stands for every figure down to
the station: that digest is what a publication states and what the commission certifies. Every row says which
entries of the log it comes from. Spec 5.3.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from limpide.canonical import encode, sha256_hex
from limpide.record.definition import Contest, LocalityId
from limpide.record.settlement import Settlement
from limpide.results.canvass import NATION, Area, Canvass, Totals, UnitLine
from limpide.results.edition import Edition, File

Json = Mapping[str, object]


@dataclass(slots=True, eq=False)
class CanvassFiles:
    """The files of one canvass, rewritten where units changed. A private fold beside its ``Canvass``."""

    contest: Contest
    canvass: Canvass
    rows: dict[str, dict[str, msgspec.Raw]] = field(init=False)
    """The written localities of each division, in the order of the definition."""
    digests: dict[str, str] = field(default_factory=dict)
    """SHA-256 of each division's file."""
    digest: str = ""
    """SHA-256 of the national file."""

    def __post_init__(self) -> None:
        """Begins with nothing written."""
        divisions = self.canvass.register.divisions.values()
        self.rows = {d.id: dict.fromkeys(d.localities, msgspec.Raw(b"null")) for d in divisions}

    def rewrite(self, edition: Edition, units: Iterable[str], divisions: Iterable[str]) -> Iterator[File]:
        """The files of ``divisions``, then of the nation, after ``units`` changed."""
        for locality in {self.canvass.units[unit].unit.locality for unit in units}:
            self.write(locality)
        for division in divisions:
            data = self.division_file(edition, division)
            self.digests[division] = sha256_hex(data)
            yield self.path(division), data
        data = self.nation_file(edition)
        self.digest = sha256_hex(data)
        yield self.path("nation"), data

    def write(self, locality: str) -> None:
        """Writes the row of a locality anew."""
        rows = self.rows[self.canvass.register.localities[LocalityId(locality)].division]
        rows[locality] = msgspec.Raw(encode(self._locality(locality)))

    def division_file(self, edition: Edition, division: str) -> bytes:
        """The file of one division, from its localities' rows."""
        found = next(d for d in edition.register.definition.divisions if d.id == division)
        return encode(
            {
                **self._head(edition, self.canvass.area(division)),
                "division": {"id": division, "name": found.name},
                "localities": list(self.rows[division].values()),
                "turnout": self._turnout(division),
            }
        )

    def nation_file(self, edition: Edition) -> bytes:
        """The national file, from the digests of the divisions' files."""
        definition = edition.register.definition
        return encode(
            {
                **self._head(edition, self.canvass.nation),
                "divisions": [
                    {
                        "digest": self.digests[ref.id],
                        "id": ref.id,
                        "name": ref.name,
                        "totals": self._totals(self.canvass.area(ref.id).totals),
                    }
                    for ref in definition.divisions
                ],
                "options": self._options(),
                "rehearsal": definition.rehearsal,
                "turnout": self._turnout(NATION),
            }
        )

    def path(self, division: str) -> str:
        """Where the file of a division, or of the ``nation``, stands on the site."""
        return f"data/r{self.canvass.round}/{self.contest.id}/{division}.json"

    def _head(self, edition: Edition, area: Area) -> Json:
        return {
            "contest": self.contest.id,
            "election": edition.register.election,
            "publication": edition.changed_in(area),
            "round": self.canvass.round,
            "totals": self._totals(area.totals),
        }

    def _options(self) -> list[Json]:
        names = {option.id: option.name for option in self.contest.options}
        return [{"id": option, "name": names[option]} for option in self.canvass.options]

    def _turnout(self, division: str) -> Json:
        return {
            hour: {"units": areas[division].totals.vector[0], "voters": areas[division].totals.vector[1]}
            for hour, areas in sorted(self.canvass.turnout.items())
            if division in areas
        }

    def _locality(self, locality: str) -> Json:
        found = self.canvass.register.localities[LocalityId(locality)]
        return {
            "id": locality,
            "name": found.name,
            "totals": self._totals(self.canvass.area(locality).totals),
            "units": [self._unit(self.canvass.units[unit]) for unit in found.units],
        }

    def _totals(self, totals: Totals) -> Json:
        return {
            "ballots_cast": totals.ballots_cast,
            "ballots_rejected": totals.ballots_rejected,
            "blank_ballots": totals.blank_ballots,
            "units": {state.value: totals.state(state) for state in Settlement if totals.state(state)},
            "valid_votes": totals.valid_votes,
            "voters_awaited": totals.voters_awaited,
            "voters_participated": totals.voters_participated,
            "voters_registered": totals.voters_registered,
            "votes": dict(zip(self.canvass.options, totals.votes, strict=True)),
        }

    def _unit(self, line: UnitLine) -> Json:
        row: dict[str, object] = {"id": line.unit.id, "state": line.settled.state.value}
        if line.unit.name != line.unit.id:
            row["name"] = line.unit.name
        if line.settled.entries:
            row["entries"] = line.settled.entries
        if line.settled.figures is not None:
            row["counted"] = line.settled.counted
            row["figures"] = line.settled.figures
        return row
