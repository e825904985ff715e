"""Reading figures: the ways in which French and English write them, what is no figure, and anything at all."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limpide.canonical import NotCanonical
from limpide.results.statement_figures import Kind, plain, read_figures, read_number
from limpide.results.statement_text import MAX_STATEMENT, Statement, read_statement

SPACES = " \u00a0\u202f\u2009\u2007\u2008\u200a\u2002\u3000"


def read(text: str) -> list[tuple[str, int | None, int]]:
    return [(figure.kind.value, figure.digits, figure.decimals) for figure in read_figures(plain(text))]


@pytest.mark.parametrize("separator", [*SPACES, ".", ",", "'", "’", "&nbsp;", "\u00ad \u200b"])
def test_groups_are_set_apart_in_many_ways(separator: str) -> None:
    assert read(f"soit 1{separator}601{separator}138 votants") == [("count", 1_601_138, 0)]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("1601138", [("count", 1_601_138, 0)]),
        ("１６０１ votants", [("count", 1601, 0)]),
        ("1 601 138² votants", [("count", 1_601_138, 0)]),
        ("35,86 %", [("share", 3586, 2)]),
        ("“35.86%”", [("share", 3586, 2)]),
        ("35\u202f%", [("share", 35, 0)]),
        ("35 pour cent, 35 per cent", [("share", 35, 0), ("share", 35, 0)]),
        ("36,631 %", [("share", 36_631, 3)]),
        ("1.601.138,5", [("share", 16_011_385, 1)]),
        ("1,601", [("count", 1601, 0)]),
        ("0,123", [("share", 123, 3)]),
        ("1,6 million", [("round", 1_600_000, 0)]),
        ("1,601 million", [("round", 1_601_000, 0)]),
        ("2 millions", [("round", 2_000_000, 0)]),
        ("35k, 1.6M", [("round", 35_000, 0), ("round", 1_600_000, 0)]),
        ("deux millions", [("round", 2_000_000, 0)]),
        ("un million et demi", [("round", 1_500_000, 0)]),
        ("half a million", [("round", 500_000, 0)]),
        ("trois cent mille voix", [("round", 300_000, 0)]),
        ("dizaines de milliers", [("round", None, 0)]),
        ("entre 35 et 37 %", [("share", 35, 0), ("share", 37, 0)]),
        ("entre 1,9 et 2,1 millions", [("round", 1_900_000, 0), ("round", 2_100_000, 0)]),
        ("2017 voix", [("count", 2017, 0)]),
        ("au tour 36,35 %", [("share", 3635, 2)]),
        ("au second tour 1 601 138 votants", [("count", 1_601_138, 0)]),
        ("publication 12 345", [("count", 12_345, 0)]),
        ("le 22 janvier 1 601 138 votants", [("count", 1_601_138, 0)]),
        ("9" * 5000, [("count", None, 0)]),
    ],
)
def test_a_figure_is_read(text: str, figures: list[tuple[str, int | None, int]]) -> None:
    assert read(text) == figures


@pytest.mark.parametrize(
    "text",
    [
        *("le 22 janvier 2017", "les 22 et 29 janvier", "January 22, 2017", "22/01/2017", "2017-01-22T20:34:00Z"),
        *(
            "à 20 h 34",
            "à 20:34",
            "20 heures",
            "at 8 p.m.",
            "pendant 30 minutes",
            "en 2017",
            "1er tour",
            "2nd round",
        ),
        *("2e", "3ème", "article 5.2", "art. L. 52-1", "n° 2019-053", "publication 12", "bureau 0012", "tour 2"),
        *(
            "01 23 45 67 89",
            "+33 1 23 45 67 89",
            "https://example.org/2017/12345",
            "a12@example.org",
            "T1-06",
            "2A",
        ),
        *("ISO 27001", "RGAA 4.1", "0012", "plus de 50 % des voix", "a" * 63 + "1", "Corse-du-Sud 2A"),
    ],
)
def test_what_is_no_figure_is_left_out(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "approximate"),
    [
        *((f"{words} 1 601 138", True) for words in ("près de", "environ", "plus de", "nearly", "closer to", "~")),
        *((f"{words} 1 601 138", False) for words in ("soit", "exactement", "avec", "for", "près du port,")),
        ("1 601 138 votants environ", True),
        ("plus proche de deux millions", True),
    ],
)
def test_words_make_a_figure_approximate(text: str, approximate: bool) -> None:
    (figure,) = read_figures(plain(text))
    assert figure.approximate is approximate


def test_a_cell_is_one_number_or_none() -> None:
    found = read_number("36.350", is_share=True)
    assert found is not None
    assert (found.kind, found.digits, found.decimals) == (Kind.SHARE, 36_350, 3)
    assert read_number("36 voix") is None
    assert read_number("") is None


@given(st.integers(0, 10**9), st.sampled_from([*SPACES, ".", ",", "'"]))
def test_a_number_is_read_as_it_was_written(number: int, separator: str) -> None:
    assert read(f"voix : {number:,}".replace(",", separator)) in ([("count", number, 0)], _year(number))


def _year(number: int) -> list[tuple[str, int | None, int]]:
    return [] if 1900 <= number < 2100 else [("none", None, 0)]


PIECES = st.sampled_from(
    [
        *(
            "1",
            "12",
            "123",
            " 456",
            ",5",
            ".5",
            " %",
            "%",
            " million",
            " mille",
            "deux ",
            "près de ",
            "\u202f",
            "|",
            ";",
        ),
        *(
            "\n",
            "n°",
            " janvier",
            "h",
            ":",
            "/",
            "-",
            "+33 ",
            "0",
            "a",
            "M",
            "k",
            "²",
            "٣",
            "½",
            "(",
            ")",
            ". ",
            "\t",
            "#",
        ),
        *(
            "http://",
            "@",
            "x-",
            "et ",
            " et demi",
            "half a ",
            "Hamon",
            '"',
            "\u200b",
            "&nbsp;",
            "’",
            "20",
            "CNIL ",
            "\r",
        ),
    ]
)


@settings(max_examples=300)
@given(st.lists(PIECES | st.text(max_size=4), max_size=60).map("".join))
def test_any_text_is_read(text: str) -> None:
    flat = plain(text)
    assert plain(flat) == flat
    end = 0
    for figure in read_figures(flat):
        assert end <= figure.start < figure.end <= len(flat)
        assert figure.digits is None or 0 <= figure.digits < 10**24
        end = figure.end


@settings(max_examples=200)
@given(
    st.binary(max_size=400) | st.lists(PIECES, max_size=60).map("".join).map(str.encode),
    st.sampled_from(["", "a.csv"]),
)
def test_any_bytes_are_a_statement_or_refused(data: bytes, name: str) -> None:
    try:
        statement = read_statement(data, name)
    except NotCanonical as error:
        clause = error.clause
    else:
        clause = ""
        check_lines(statement, data)
    assert clause in {"", "10.11"}


def check_lines(statement: Statement, data: bytes) -> None:
    for table in statement.tables:
        assert len(table.rows) == len(table.lines)
    most = 1 + len(data)
    assert all(1 <= line <= most for sentence in statement.sentences for _, line in sentence.figures())


def test_what_is_too_large_or_no_text_is_refused() -> None:
    for data in (b"1" * (MAX_STATEMENT + 1), b"a\0b"):
        with pytest.raises(NotCanonical) as caught:
            read_statement(data)
        assert caught.value.clause == "10.11"
    assert read_statement(b"\xe9lus : 3\xa0456").sentences[0].text == "élus : 3 456"


@pytest.mark.parametrize(
    "piece", ["1 ", "1,", "111 ", "a1-", "1/", "n°", "un ", "mai ", "a@", "près de ", "1|", '"', "."]
)
def test_reading_takes_time_in_proportion(piece: str) -> None:
    def seconds(size: int) -> float:
        text = (piece * size)[: 3 * size] + random.Random(0).choice("ab")
        began = time.process_time()
        for sentence in read_statement(text.encode()[:MAX_STATEMENT]).sentences:
            list(sentence.figures())
        return time.process_time() - began

    seconds(1000)
    small, large = seconds(8_000), seconds(64_000)
    assert large < 24 * small + 0.2
