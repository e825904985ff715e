"""Where does each publisher put a station's figures?

A layout is recognised by one column that no other has, and reads a sheet into options and stations.

| layout | published by | recognised by |
| --- | --- | --- |
| `wide-2017` | open-data republication of the 2017 results, one column per candidate | `commune_libelle` |
| `ministry-2017` | Interior Ministry, 2017 to 2022: candidates named once in the header | `N°Panneau` |
| `ministry-2024` | Interior Ministry, from 2024: numbered headers | `Voix 1` |
| `primary-2011` | Primaire citoyenne of 2011: no roll, no commune | `BUREAU DE VOTE` |

Percentages are never read: they follow from the counts. Every sum that a row states is checked.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, count, takewhile
from operator import itemgetter
from types import MappingProxyType
from typing import TypeAlias

from limpide.roles.past_results.divisions import DIVISION_NAMES
from limpide.roles.past_results.election import PastOption, PastStation, UnusableFile
from limpide.roles.past_results.names import options_named
from limpide.roles.past_results.sheet import Sheet

Reading: TypeAlias = tuple[tuple[PastOption, ...], Iterator[PastStation]]


def read_wide_2017(sheet: Sheet) -> Reading:
    """One row a station, one column a candidate. Null ballots are voters less blank and valid ones."""
    where = sheet.columns("departement", "commune", "bureau", "commune_libelle")
    figures = sheet.columns("inscrits", "votants", "blancs", "exprimes")
    known = {*where, *figures, sheet.column("circonscription")}
    candidates = [column for column in range(len(sheet.header)) if column not in known]
    options = options_named([(sheet.header[column], "") for column in candidates])
    places, counts = itemgetter(*where), sheet.counts(figures + candidates)

    def stations() -> Iterator[PastStation]:
        for row in sheet.rows(len(sheet.header)):
            division, commune, bureau, commune_name = places(row)
            registered, voters, blank, valid, *votes = counts(row)
            _check_valid(sheet, valid, votes, figures[3])
            if (rejected := voters - blank - valid) < 0:
                raise sheet.refusal(f"{voters} voters, fewer than blank and valid ballots", figures[1])
            locality = _locality_id(sheet, division, commune, where[1])
            yield sheet.station(
                division=(division, _division_name(sheet, division, where[0])),
                locality=(locality, commune_name),
                station_id=_station_id(locality, bureau),
                registered=registered,
                cast=voters,
                blank=blank,
                rejected=rejected,
                votes=votes,
            )

    return options, stations()


def read_ministry_2017(sheet: Sheet) -> Reading:
    """The header names one candidate's block of columns; rows repeat the block without header cells."""
    start = sheet.column("N°Panneau")
    block = len(sheet.header) - start
    surname, forename, vote = (column - start for column in sheet.columns("Nom", "Prénom", "Voix"))
    if min(surname, forename, vote) < 0:
        raise UnusableFile("line 1: the candidate's columns do not follow “N°Panneau”")
    first, rows = sheet.first_and_all()
    if (len(first) - start) % block:
        raise sheet.refusal(f"{len(first)} cells: {start} and a multiple of {block} are expected")
    blocks = range(start, len(first), block)
    place = sheet.columns(
        "Code du département",
        "Libellé du département",
        "Code de la commune",
        "Libellé de la commune",
        "Code du b.vote",
    )
    return _ministry(
        sheet,
        place=place,
        names=[(first[column + surname], first[column + forename]) for column in blocks],
        identity=[column + offset for column in blocks for offset in (surname, forename)],
        votes=[column + vote for column in blocks],
        first=first,
        rows=rows,
    )


def read_ministry_2024(sheet: Sheet) -> Reading:
    """Every block has numbered header cells; where there are fewer candidates the last blocks are empty.

    A European election has lists in place of candidates; their short label is the name.
    """
    place = sheet.columns("Code département", "Libellé département", "Code commune", "Libellé commune", "Code BV")
    numbers = list(takewhile(lambda k: sheet.has(f"Voix {k}"), count(1)))
    lists = sheet.has("Libellé abrégé de liste 1") and not sheet.has("Nom candidat 1")
    titles = ("Libellé abrégé de liste",) if lists else ("Nom candidat", "Prénom candidat")
    identity = [sheet.columns(*(f"{title} {k}" for title in titles)) for k in numbers]
    votes = [sheet.column(f"Voix {k}") for k in numbers]
    first, rows = sheet.first_and_all(len(sheet.header))
    standing = sum(first[block[0]] != "" for block in identity)
    return _ministry(
        sheet,
        place=place,
        names=[(first[block[0]], "" if lists else first[block[1]]) for block in identity[:standing]],
        # A block that is empty in the first row stays so: its votes are compared as a name is.
        identity=[*chain.from_iterable(identity), *votes[standing:]],
        votes=votes[:standing],
        first=first,
        rows=rows,
    )


def _ministry(
    sheet: Sheet,
    *,
    place: list[int],
    names: list[tuple[str, str]],
    identity: list[int],
    votes: list[int],
    first: list[str],
    rows: Iterator[list[str]],
) -> Reading:
    """What both layouts of the Ministry share; `identity` are the cells that all rows must have in common."""
    figures = sheet.columns("Inscrits", "Abstentions", "Votants", "Blancs", "Nuls", "Exprimés")
    if not votes:
        raise sheet.refusal("no candidate is named")
    options = options_named(names)
    places, candidates, counts = itemgetter(*place), itemgetter(*identity), sheet.counts(figures + votes)
    expected = candidates(first)

    def stations() -> Iterator[PastStation]:
        for row in rows:
            if candidates(row) != expected:
                other = next(column for column in identity if row[column] != first[column])
                raise sheet.refusal("the candidates are not those of the first station", other)
            division, division_name, commune, commune_name, bureau = places(row)
            registered, absent, voters, blank, rejected, valid, *received = counts(row)
            _check_valid(sheet, valid, received, figures[5])
            if registered - absent != voters:
                raise sheet.refusal(
                    f"{registered} registered and {absent} absent do not leave {voters} voters", figures[2]
                )
            locality = _locality_id(sheet, division, commune, place[2])
            yield sheet.station(
                division=(division, division_name),
                locality=(locality, commune_name),
                station_id=_station_id(locality, bureau),
                registered=registered,
                cast=voters,
                blank=blank,
                rejected=rejected,
                votes=received,
            )

    return options, stations()


def read_primary_2011(sheet: Sheet) -> Reading:
    """Ballots only. Without communes, each département gets one locality: its code and 000."""
    station, place, blanks, nulls = sheet.columns("BUREAU DE VOTE", "DEPARTEMENT", "VOTES BLANCS", "VOTES NULS")
    candidates = [column for column in range(len(sheet.header)) if column not in {station, place, blanks, nulls}]
    # The header has whole names, "MARTINE AUBRY": all of it is written as names with a forename are.
    options = options_named([("", sheet.header[column]) for column in candidates])
    counts = sheet.counts([blanks, nulls, *candidates])

    def stations() -> Iterator[PastStation]:
        for row in sheet.rows(len(sheet.header)):
            blank, rejected, *votes = counts(row)
            division = row[place]
            name = _division_name(sheet, division, place)
            yield sheet.station(
                division=(division, name),
                locality=(f"{division}000", name),
                station_id=row[station],
                registered=None,
                cast=blank + rejected + sum(votes),
                blank=blank,
                rejected=rejected,
                votes=votes,
            )

    return options, stations()


def _check_valid(sheet: Sheet, valid: int, votes: list[int], column: int) -> None:
    if (counted := sum(votes)) != valid:
        raise sheet.refusal(f"{valid} valid votes, but the candidates have {counted}", column)


def _division_name(sheet: Sheet, division: str, column: int) -> str:
    try:
        return DIVISION_NAMES[division]
    except KeyError:
        raise sheet.refusal(f"“{division[:40]}” is no code of a département", column) from None


def _locality_id(sheet: Sheet, division: str, commune: str, column: int) -> str:
    """The INSEE code, five characters: the département's two and the commune's three, or all five."""
    match len(division), len(commune):
        case 2, 3:
            return division + commune
        case _, 5:
            return commune
    raise sheet.refusal(f"“{commune[:40]}” is no code of a commune", column)


def _station_id(locality: str, bureau: str) -> str:
    """`75056_0001`. The point of the few codes like 01.1 cannot be in an identifier: a hyphen."""
    return f"{locality}_{bureau.replace('.', '-')}"


LAYOUTS: Mapping[str, tuple[str, Callable[[Sheet], Reading]]] = MappingProxyType(
    {
        "wide-2017": ("commune_libelle", read_wide_2017),
        "ministry-2017": ("N°Panneau", read_ministry_2017),
        "ministry-2024": ("Voix 1", read_ministry_2024),
        "primary-2011": ("BUREAU DE VOTE", read_primary_2011),
    }
)
