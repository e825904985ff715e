"""Where does each page stand, relative to the root of the site? These addresses are permanent."""

from limpide.record.definition import Locality, LocalityId, Register, UnitId
from limpide.words import Language


def division_path(round_: int, division: str, language: Language) -> str:
    """The page of a division in a round."""
    return f"{language}/r{round_}/{division}/index.html"


def locality_path(register: Register, round_: int, locality: LocalityId, language: Language) -> str:
    """The page of a locality in a round."""
    found = register.localities[locality]
    return f"{language}/r{round_}/{found.division}/{locality_file(found)}"


def locality_file(locality: Locality) -> str:
    """The name of a locality's page. No identifier has a dot, so nothing takes the place of a division's index."""
    return "index.locality.html" if locality.id == "index" else f"{locality.id}.html"


def unit_path(register: Register, round_: int, unit: UnitId, language: Language) -> str:
    """The page of one station in a round, which is rendered on request."""
    found = register.units[unit]
    return f"{language}/r{round_}/{found.division}/{found.locality}/{found.id}.html"
