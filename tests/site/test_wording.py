"""Are counts, shares, names and instants written as a reader of each language expects?"""

import re
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limpide.record.definition import Text
from limpide.record.events import KINDS
from limpide.record.settlement import Settlement
from limpide.results.outcome import ResultsStatus
from limpide.site.wording import Wording, escape, hundredths, reached
from limpide.words import catalogue

FR, EN = Wording("fr"), Wording("en")
COUNTS = st.integers(0, 10**9)


@given(COUNTS, st.integers(1, 10**9))
def test_a_share_is_rounded_half_up_to_a_hundredth(part: int, whole: int) -> None:
    assert hundredths(part, whole) == floor(Fraction(10_000 * part, whole) + Fraction(1, 2))


@given(COUNTS, COUNTS)
def test_coverage_is_all_only_when_all_is_in(counted: int, missing: int) -> None:
    if counted + missing:
        assert (reached(counted, counted + missing) == 10_000) == (missing == 0)


def test_counts_and_shares_in_both_languages() -> None:
    assert FR.counts[36_054_394] == "36\u202f054\u202f394"
    assert EN.counts[36_054_394] == "36,054,394"
    assert FR.share(8_656_346, 36_054_394) == "24,01\u202f%"
    assert EN.share(8_656_346, 36_054_394) == "24.01%"
    assert EN.share(1, 0) == "—"
    assert EN.change(-42) == "−42"
    assert EN.change(0) == "0"
    assert FR.change(1234) == "+1\u202f234"


def test_nouns_follow_the_grammar_of_the_language() -> None:
    assert [FR.number("page.count.units", n) for n in (0, 1, 2)] == ["0 bureau", "1 bureau", "2 bureaux"]
    assert [EN.number("page.count.units", n) for n in (0, 1, 2)] == ["0 stations", "1 station", "2 stations"]


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        ("2017-04-23T22:30:00Z", "24 avril 2017 à 00 h 30, heure de Paris"),
        ("2027-03-28T00:59:59Z", "28 mars 2027 à 01 h 59, heure de Paris"),
        ("2027-03-28T01:00:00Z", "28 mars 2027 à 03 h 00, heure de Paris"),
        ("2027-10-31T00:59:59Z", "31 octobre 2027 à 02 h 59, heure de Paris"),
        ("2027-10-31T01:00:00Z", "31 octobre 2027 à 02 h 00, heure de Paris"),
        ("2027-12-31T23:30:00Z", "1er janvier 2028 à 00 h 30, heure de Paris"),
    ],
)
def test_instants_are_written_in_paris_time(instant: str, written: str) -> None:
    assert FR.instant(instant, "Europe/Paris") == written


def test_another_time_zone_is_written_in_utc_and_says_so() -> None:
    assert EN.instant("2027-04-11T20:04:00Z", "Pacific/Noumea") == "11 April 2027 at 20:04 UTC"


def test_names_are_listed() -> None:
    assert FR.names(("a",)) == "a"
    assert EN.names(("a", "b", "c")) == "a, b and c"
    assert FR.name(Text(fr="Primaire", en="Primary")) == "Primaire"
    assert FR.round(1, 2) == "Premier tour"
    assert FR.round(2, 2) == "Tour 2"
    assert EN.round(1, 1) == "Single round"


def test_a_code_without_words_stands_for_itself() -> None:
    assert FR.code("reason", "flood") == "inondation"
    assert FR.code("reason", "never-heard-of") == "never-heard-of"


@given(st.text())
def test_escaped_text_holds_no_markup_and_no_control_character(text: str) -> None:
    escaped = escape(text)
    assert not set(escaped) & {"<", ">", '"', "'", "\x00", "\x1b", "\x7f"}
    assert "&" not in re.sub(r"&(amp|lt|gt|quot|#x27);", "", escaped)


def test_both_catalogues_say_the_same_things_with_the_same_facts() -> None:
    french, english = catalogue("fr"), catalogue("en")
    ours = [key for key in french if key.startswith(("page.", "state.", "reason.", "kind."))]
    assert set(ours) == {k for k in english if k.startswith(("page.", "state.", "reason.", "kind."))}
    for key in ours:
        assert set(re.findall(r"{\w+}", french[key])) == set(re.findall(r"{\w+}", english[key]))
        assert french[key].strip()
        assert english[key].strip()


def test_every_kind_state_and_status_has_words() -> None:
    words = catalogue("fr")
    assert all(f"kind.{kind}" in words for kind in KINDS)
    assert all(f"state.{state.value}" in words for state in (*Settlement, *ResultsStatus))
