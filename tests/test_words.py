"""What people read: numbers as their language groups them, and every finding in a sentence."""

import pytest

from limpide.canonical import Refused
from limpide.results.findings import Finding, Severity, fault
from limpide.words import LANGUAGES, catalogue, say, sentence


def test_numbers_are_grouped_as_the_language_does() -> None:
    assert (say(1234567, "fr"), say(1234567, "en"), say("1234567", "fr")) == (
        "1\u202f234\u202f567",
        "1,234,567",
        "1234567",
    )


def test_a_sentence_takes_its_facts_as_they_are() -> None:
    assert sentence("clause.1.2", "en", size=60_001, limit=60_000) == "Too long: 60,001 bytes, at most 60,000."
    assert "{limit}" in sentence("clause.1.7", "fr", name="{limit}")


def test_an_unknown_key_or_fact_is_an_error() -> None:
    for key, facts in (("clause.0.0", {}), ("clause.1.2", {"size": 1})):
        with pytest.raises(KeyError):
            sentence(key, "en", **facts)


def test_a_finding_says_what_is_wrong_in_both_languages() -> None:
    error = Refused("2.4", "2 signatures, 3 are needed", count=2, needed=3)
    finding = fault(error, "entry 7")
    assert (finding.clause, finding.subject, finding.severity) == ("2.4", "entry 7", Severity.FAULT)
    assert {finding.say(language) for language in LANGUAGES} == {
        "Entry no. 7: 2 signature(s) of the commission: 3 are needed.",
        "Entrée n° 7 : 2 signature(s) de la commission : il en faut 3.",
    }


def test_a_finding_names_the_entry_and_what_the_entry_is_about() -> None:
    error = Refused("4.9", "01001-0001 is annulled already", subject="01001-0001")
    said = fault(error, "entry 12").say("en")
    assert said == "Entry no. 12: 01001-0001 is annulled already, or its round is not open."
    assert fault(error, "tile/0/000").say("en").startswith("01001-0001 is")
    assert Finding("6.20", "entry 12", {"index": 12}).say("en").startswith("Entry 12 is not")


def test_a_finding_without_a_sentence_still_names_its_clause() -> None:
    assert Finding("0.0", "entry 7").say("en") == "entry 7: rule 0.0 is broken."
    assert "0.0" in Finding("0.0", "entry 7").say("fr")


def test_catalogues_are_read_once() -> None:
    assert catalogue("fr") is catalogue("fr")
