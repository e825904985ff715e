"""What does an error say to a person? The sentence of its clause, in their language."""

from limpide.canonical import LimpideError
from limpide.words import Language, sentence


def explain(error: LimpideError, language: Language) -> str:
    """The sentence of the catalogue; where it has none, what the error says itself."""
    try:
        return sentence(f"clause.{error.clause}", language, **error.facts)
    except KeyError:
        return error.message
