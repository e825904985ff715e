"""Where are the columns of this file, is this cell a count, and has this station been seen before?"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from operator import itemgetter

from limpide.roles.past_results.election import PastStation, UnusableFile
from limpide.roles.past_results.text import Rows

MOST_STATIONS = 200_000
_LONGEST_NAME = 200
_ID = re.compile(r"[0-9A-Za-z_-]{1,32}")
_DIGITS = 9
_COUNT = re.compile(rf"[0-9]{{1,{_DIGITS}}}")


class Sheet:
    """One file being read. A refusal is one sentence that names the line, and the column if there is one."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._columns: dict[str, list[int]] = {}
        for column, title in enumerate(rows.header):
            self._columns.setdefault(title.casefold(), []).append(column)
        self._names: dict[str, str] = {}
        self._stations: set[str] = set()

    @property
    def header(self) -> Sequence[str]:
        """The titles of the columns, in the file's own case."""
        return self._rows.header

    def refusal(self, sentence: str, column: int | None = None) -> UnusableFile:
        """The error that says `sentence` of the last row read."""
        place = f"line {self._rows.line}"
        if column is None:
            return UnusableFile(f"{place}: {sentence}", line=self._rows.line)
        title = self.header[column] if column < len(self.header) else f"number {column + 1}"
        return UnusableFile(f"{place}, column “{title}”: {sentence}", line=self._rows.line, column=title)

    def has(self, title: str) -> bool:
        """Whether the header names this column, in any case."""
        return title.casefold() in self._columns

    def column(self, title: str) -> int:
        """The only column of this title."""
        match self._columns.get(title.casefold(), []):
            case [column]:
                return column
            case []:
                raise UnusableFile(f"line 1: the column “{title}” is missing", line=1, column=title)
            case several:
                raise UnusableFile(f"line 1: {len(several)} columns are called “{title}”", line=1, column=title)

    def columns(self, *titles: str) -> list[int]:
        """The columns of these titles, in this order."""
        return [self.column(title) for title in titles]

    def rows(self, width: int | None = None) -> Iterator[list[str]]:
        """Every row after the header, as wide as `width`, or as the first row where None."""
        for row in self._rows:
            width = width or len(row)
            if len(row) != width:
                raise self.refusal(f"{len(row)} cells where {width} are expected")
            yield row

    def first_and_all(self, width: int | None = None) -> tuple[list[str], Iterator[list[str]]]:
        """The first row, which names the candidates, and every row including it."""
        rows = self.rows(width)
        first = next(rows, None)
        if first is None:
            raise UnusableFile("the file has a header and no station")
        return first, chain([first], rows)

    def counts(self, columns: Sequence[int]) -> Callable[[Sequence[str]], list[int]]:
        """A function from a row to the counts in `columns` (at least two), each 1 to 9 decimal digits."""
        pick = itemgetter(*columns)

        def read(row: Sequence[str]) -> list[int]:
            cells = pick(row)
            # One look at all the cells together; a look at each only to say which one is wrong.
            together = "".join(cells)
            digits = together.isdigit() and together.isascii()
            if not digits or "" in cells or len(max(cells, key=len)) > _DIGITS:
                wrong = next(column for column in columns if not _COUNT.fullmatch(row[column]))
                raise self.refusal(f"“{row[wrong][:40]}” is not a count", wrong)
            return [int(cell) for cell in cells]

        return read

    def station(
        self,
        *,
        division: tuple[str, str],
        locality: tuple[str, str],
        station_id: str,
        registered: int | None,
        cast: int,
        blank: int,
        rejected: int,
        votes: Sequence[int],
    ) -> PastStation:
        """The station of the last row read; `division` and `locality` are ids with their names.

        Ids are unique over stations and both levels above, so that they can stand in one hierarchy.
        """
        if station_id in self._stations or station_id in self._names:
            raise self.refusal(f"the identifier {station_id} has been met before")
        if len(self._stations) == MOST_STATIONS:
            raise self.refusal(f"more than {MOST_STATIONS} stations")
        if not _ID.fullmatch(station_id):
            raise self.refusal(
                f"“{station_id[:40]}” cannot identify a station (letters without accent, digits, _ and -)"
            )
        if (counted := sum(votes) + blank + rejected) != cast:
            raise self.refusal(f"votes, blank and null ballots are {counted} in all, ballots cast are {cast}")
        if registered is not None and cast > registered:
            raise self.refusal(f"{cast} voters where {registered} are registered")
        self._stations.add(station_id)
        return PastStation(
            division_id=division[0],
            division_name=self._name(*division),
            locality_id=locality[0],
            locality_name=self._name(*locality),
            station_id=station_id,
            voters_registered=registered,
            voters_participated=None if registered is None else cast,
            ballots_cast=cast,
            blank_ballots=blank,
            ballots_rejected=rejected,
            votes=tuple(votes),
        )

    def _name(self, unit_id: str, name: str) -> str:
        """The one name of a division or locality, however many stations repeat it."""
        known = self._names.get(unit_id)
        if known == name:
            return known
        if known is not None:
            raise self.refusal(f"{unit_id} is called “{name[:40]}”, and “{known}” before")
        if not _ID.fullmatch(unit_id):
            raise self.refusal(f"“{unit_id[:40]}” cannot identify a unit (letters without accent, digits, _ and -)")
        if not name or len(name) > _LONGEST_NAME or not name.isprintable():
            raise self.refusal(f"{unit_id} has no readable name")
        if unit_id in self._stations:
            raise self.refusal(f"the identifier {unit_id} has been met before")
        self._names[unit_id] = name
        return name
