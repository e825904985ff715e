"""What is an option called on a page, and in the record?"""

import re
import unicodedata
from collections.abc import Sequence

from limpide.roles.past_results.election import PastOption, UnusableFile

MOST_OPTIONS = 200
_LONGEST_ID = 32
_LONGEST_NAME = 200
_LETTERS = re.compile(r"[^\W\d_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})


def options_named(names: Sequence[tuple[str, str]]) -> tuple[PastOption, ...]:
    """The options of these (surname, forename) pairs, in this order, with ids that are all different.

    With a forename the name is written in usual case ("Marine Le Pen"); alone, a surname or a list's label is
    left as the file has it. Raises UnusableFile for a name that is empty, unreadable or there twice.
    """
    if not 1 <= len(names) <= MOST_OPTIONS:
        raise UnusableFile(f"{len(names)} candidates, where 1 to {MOST_OPTIONS} are expected")
    options: dict[str, PastOption] = {}
    shown: set[str] = set()
    for surname, forename in names:
        name = usual_case(f"{forename} {surname}".strip()) if forename else surname
        if not _LETTERS.search(name) or len(name) > _LONGEST_NAME or not name.isprintable():
            raise UnusableFile(f"“{name[:40]}” is no readable name of a candidate")
        if name in shown:
            raise UnusableFile(f"two candidates are called “{name[:40]}”")
        shown.add(name)
        option_id = _free_id(slug(surname) or slug(name), options)
        options[option_id] = PastOption(id=option_id, name=name)
    return tuple(options.values())


def usual_case(name: str) -> str:
    """`name` with each word in capitals reduced to one capital."""
    return _LETTERS.sub(lambda word: word[0].capitalize() if word[0].isupper() else word[0], name)


def slug(name: str) -> str:
    """`name` in a-z, 0-9 and single hyphens: "MÉLENCHON" gives `melenchon`. Empty where none is left."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LIGATURES))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return "-".join(re.findall("[a-z0-9]+", letters))[:_LONGEST_ID].strip("-")


def _free_id(wished: str, taken: dict[str, PastOption]) -> str:
    """`wished`, numbered from 2 where another option has it."""
    wished = wished or "option"
    if wished not in taken:
        return wished
    numbered = (f"{wished[: _LONGEST_ID - 4]}-{number}" for number in range(2, MOST_OPTIONS + 2))
    return next(option_id for option_id in numbered if option_id not in taken)
