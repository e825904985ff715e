"""Whatever the bytes, a reader answers with an election that closes or with one sentence."""

import gzip
import lzma
import tracemalloc
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from test_past_results_layouts import LAYOUTS

from limpide.canonical import LimpideError
from limpide.roles.past_results.reading import read_past_election

contents = st.sampled_from([content.encode() for content in LAYOUTS.values()])
packers = st.sampled_from([bytes, gzip.compress, lzma.compress])
fragments = st.sampled_from(
    [
        b"",
        b";",
        b",",
        b'"',
        b"\n",
        b"\r",
        b"\x00",
        b"\xff",
        b"\xc3",
        b"-1",
        b"1e3",
        b"999999999999",
        b" ",
        b"\xef\xbb\xbf",
        b"0",
    ]
)


def answer(content: bytes) -> str | None:
    try:
        election = read_past_election(content)
    except LimpideError as refusal:
        return str(refusal)
    for station in election.stations:
        assert sum(station.votes) + station.blank_ballots + station.ballots_rejected == station.ballots_cast
        assert len(station.votes) == len(election.options)
    return None


@settings(max_examples=300, derandomize=True)
@given(
    st.binary(max_size=2_000), st.sampled_from([b"", b"\x1f\x8b\x08\x00", b"\xfd7zXZ\x00\x00\x04", b"\xef\xbb\xbf"])
)
def test_any_bytes(content: bytes, start: bytes) -> None:
    assert answer(start + content) is not None


@settings(max_examples=300, derandomize=True)
@given(contents, packers, st.data())
def test_a_file_with_pieces_replaced(content: bytes, pack: Callable[[bytes], bytes], data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        content = content[:start] + data.draw(fragments) + content[start + data.draw(st.integers(0, 12)) :]
    answer(pack(content))


@settings(max_examples=300, derandomize=True)
@given(contents, st.sampled_from([gzip.compress, lzma.compress]), st.data())
def test_a_compressed_file_with_a_byte_changed_or_its_end_cut(
    content: bytes, pack: Callable[[bytes], bytes], data: st.DataObject
) -> None:
    packed = bytearray(pack(content))
    where = data.draw(st.integers(0, len(packed) - 1))
    if data.draw(st.booleans()):
        answer(bytes(packed[:where]))
    else:
        packed[where] ^= data.draw(st.integers(1, 255))
        answer(bytes(packed))


@settings(max_examples=300, derandomize=True)
@given(contents, st.lists(st.lists(st.text(max_size=12), max_size=40), max_size=5), st.sampled_from(";,"))
def test_a_known_header_and_any_rows(content: bytes, rows: list[list[str]], delimiter: str) -> None:
    header = content.decode().splitlines()[0]
    answer("\n".join([header, *(delimiter.join(row) for row in rows)]).encode("utf-8", "replace"))


def test_memory_does_not_follow_what_a_file_expands_to() -> None:
    """20 MiB of one line, of quotes, of empty lines or of short rows: refused in less than 4 MiB."""
    header = LAYOUTS["wide-2017"].encode()
    for filling in (b"x", b'"\n', b"\n", b","):
        packed = gzip.compress(header + filling * (20 * 2**20 // len(filling)) + b"x", compresslevel=1)
        tracemalloc.start()
        try:
            assert answer(packed)
            assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
        finally:
            tracemalloc.stop()
