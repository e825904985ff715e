"""Which words do people read? One catalogue, French and English, keyed by symbolic names."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

from babel.messages.pofile import read_po

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """Every sentence of a language by its key."""
    source = resources.files(__name__).joinpath(f"{language}.po")
    with source.open("rb") as file:
        messages = read_po(file, locale=language, abort_invalid=True)
    return {str(message.id): str(message.string) for message in messages if message.id}


def sentence(key: str, language: Language, /, **facts: str | int) -> str:
    """The sentence of ``key`` with its placeholders filled; raises ``KeyError`` for an unknown key or fact."""
    template = catalogue(language)[key]
    return template.format_map({name: say(value, language) for name, value in facts.items()})


def say(value: str | int, language: Language) -> str:
    """An integer with thin groups of three digits (French) or commas (English); a string as it is."""
    if isinstance(value, str):
        return value
    return f"{value:,}".replace(",", "\u202f") if language == "fr" else f"{value:,}"
