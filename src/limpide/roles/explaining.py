"""What does an error say to a person? The sentence of its clause, in their language."""

from limpide.canonical import LimpideError
from limpide.words import Language, catalogue, sentence


def explain(error: LimpideError, language: Language) -> str:
    """The sentence of the catalogue; where it has none, what the error says itself."""
    facts = dict(error.facts)
    if error.clause.startswith("7.") and "subject" in facts:
        facts["subject"] = say_subject(str(facts["subject"]), language)
    try:
        return sentence(f"clause.{error.clause}", language, **facts)
    except KeyError:
        return error.message


def say_subject(subject: str, language: Language) -> str:
    """What a finding about a Belenios archive concerns, such as ``ballot 5``, in a person's words."""
    kind, _, name = subject.rpartition(" ")
    key = f"subject.numbered.{kind.replace(' ', '-')}" if kind else f"subject.{name}"
    return catalogue(language)[key].format(name=name) if key in catalogue(language) else subject
