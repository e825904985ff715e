"""Sealed codes: mistakes are noticed, look-alikes forgiven, nothing quoted, keys derived as RFC 5869 says."""

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from limpide.canonical import InvalidSignature
from limpide.codes import (
    ALPHABET,
    SealedCode,
    _check_digits,
    derive_signer,
    draw_code,
    key_name,
    print_code,
    read_code,
)

KNOWN = SealedCode("0123456789ABCDEFGHJKFZ")
DIGITS = st.lists(st.integers(0, 31), min_size=20, max_size=20)
PLACES = st.integers(0, 21)
SHIFT = st.integers(1, 31)


def code_of(digits: list[int]) -> SealedCode:
    return SealedCode("".join(ALPHABET[digit] for digit in (*digits, *_check_digits(digits))))


def shifted(code: str, place: int, shift: int) -> str:
    wrong = ALPHABET[(ALPHABET.index(code[place]) + shift) % 32]
    return code[:place] + wrong + code[place + 1 :]


def is_noticed(typed: str) -> bool:
    with pytest.raises(InvalidSignature) as caught:
        read_code(typed)
    return caught.value.clause == "2.5" and set(caught.value.facts) == {"length"}


@given(DIGITS)
def test_a_printed_code_reads_back(digits: list[int]) -> None:
    code = code_of(digits)
    assert read_code(print_code(code)) == read_code(code.lower()) == code


@given(DIGITS, PLACES, SHIFT)
def test_one_wrong_character_is_noticed(digits: list[int], place: int, shift: int) -> None:
    assert is_noticed(shifted(code_of(digits), place, shift))


@given(DIGITS, st.lists(PLACES, min_size=2, max_size=2, unique=True), SHIFT, SHIFT)
def test_two_wrong_characters_are_noticed(digits: list[int], places: list[int], one: int, two: int) -> None:
    assert is_noticed(shifted(shifted(code_of(digits), places[0], one), places[1], two))


@given(DIGITS, st.integers(0, 20))
def test_an_adjacent_exchange_is_noticed(digits: list[int], place: int) -> None:
    code = code_of(digits)
    exchanged = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert exchanged == code or is_noticed(exchanged)


def test_every_pair_of_wrong_characters_in_one_code() -> None:
    """The code is linear, so what holds for one code word holds for all."""
    for first in range(22):
        for second in range(first + 1, 22):
            for shift in range(1, 32):
                for other in (1, 5, 31):
                    assert is_noticed(shifted(shifted("0" * 22, first, shift), second, other))


def test_look_alikes_case_and_separators_are_forgiven() -> None:
    assert read_code("OI23-4567-89AB-CDEF-GHJK-FZ") == KNOWN
    for typed in (
        "oi23 4567 89ab cdef ghjk fz",
        "0L23456789ABCDEFGHJKFZ\n",
        "0l23–4567‑89ab\u202fcdef\u00a0ghjk\tfz\r\n",
    ):
        assert read_code(typed) == KNOWN
    vee = code_of([ALPHABET.index("V")] * 20)
    assert read_code(vee.replace("V", "u")) == vee


@pytest.mark.parametrize("typed", ["", "0", KNOWN[:-1], KNOWN + "0", KNOWN[:-1] + "*", KNOWN[:-1] + "é", "\0" * 22])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert is_noticed(typed)


def test_nothing_typed_is_quoted() -> None:
    for typed in ("7QK2-M8XW-ZZZZ-ZZZZ-ZZZZ-ZZ", "SECRET"):
        with pytest.raises(InvalidSignature) as caught:
            read_code(typed)
        said = f"{caught.value} {caught.value.facts}"
        assert not any(part in said for part in typed.split("-"))


def test_drawn_codes_differ_and_read() -> None:
    drawn = {draw_code() for _ in range(100)}
    assert len(drawn) == 100
    assert all(read_code(code) == code for code in drawn)
    assert len({character for code in drawn for character in code}) == 32


def test_the_known_code_and_its_key() -> None:
    assert code_of(list(range(20))) == KNOWN
    signer = derive_signer(KNOWN, election="NightNightNightNightNi", unit="01001-0001", seat=1, round_=2)
    assert signer.name == "01001-0001/1/2"
    info = b"limpide/v1 key|NightNightNightNightNi|01001-0001|1|2"
    assert signer.seed == HKDF(SHA256(), 32, None, info).derive(KNOWN[:20].encode())


def test_a_code_gives_another_key_for_each_election_unit_seat_and_round() -> None:
    places = [
        ("a", "u", 1, 1),
        ("b", "u", 1, 1),
        ("a", "v", 1, 1),
        ("a", "u", 2, 1),
        ("a", "u", 1, 2),
        ("a", "commission", 1, 0),
    ]
    signers = [derive_signer(KNOWN, election=e, unit=u, seat=s, round_=r) for e, u, s, r in places]
    assert len({signer.seed for signer in signers}) == len(places)
    assert not any(KNOWN[:4] in repr(signer) or signer.seed.hex() in repr(signer) for signer in signers)


def test_key_names() -> None:
    assert (key_name("01001-0001", 2, 1), key_name("commission", 3, 0)) == ("01001-0001/2/1", "commission/3")
