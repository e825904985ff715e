"""How do the bytes of a results file become rows of cells, whoever wrote them?

Compression (gzip, xz), encoding (UTF-8, Windows-1252, Latin-1), separator (semicolon, comma) and line ends
are found, never asked. The content is expanded piece by piece, twice: once to find the encoding, once
to read. What is held at any moment is the given bytes, one piece and one line.
"""

import codecs
import csv
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Iterator
from typing import Protocol

from limpide.roles.past_results.election import UnusableFile

LARGEST_EXPANDED_BYTES = 256 * 2**20
LONGEST_LINE = 2**16
_EMPTY_LINES_AT_END = 100
_XZ_MEMORY = 128 * 2**20  # `xz -9` needs 65 MiB to be undone
_PIECE = 2**16
_NOT_TEXT = {
    b"PK\x03\x04": "a ZIP archive or a workbook",
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0": "a workbook",
}
_MARKS = {"cp1252": re.compile(rb"[\x80-\x9f]"), "none": re.compile(rb"[\x81\x8d\x8f\x90\x9d]")}


class Writable(Protocol):
    """What `readinto` fills."""

    def __len__(self) -> int: ...
    def __setitem__(self, where: slice, piece: bytes) -> None: ...


def find_encoding(content: bytes) -> str:
    """The name of an encoding that decodes all of `content`; raises UnusableFile when there is none.

    Text that is valid UTF-8 is UTF-8. Otherwise the bytes 80 … 9F decide: control characters in Latin-1,
    quotes and ligatures in Windows-1252, which is what a French desktop writes.
    """
    for magic, what in _NOT_TEXT.items():
        if content.startswith(magic):
            raise UnusableFile(f"this is {what}, not a CSV text; export it as CSV first")
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8, found = True, set[str]()
    for position, piece in enumerate(_pieces(content)):
        utf8 = utf8 and _decodes(decoder, piece)
        found.update(name for name, mark in _MARKS.items() if mark.search(piece))
        if position == 0 and piece.startswith(codecs.BOM_UTF8):
            found.add("utf-8-sig")
    if utf8 and _decodes(decoder, b"", final=True):
        return "utf-8-sig" if "utf-8-sig" in found else "utf-8"
    if "none" in found:
        raise UnusableFile("the content is text neither in UTF-8 nor in Windows-1252")
    return "cp1252" if "cp1252" in found else "latin-1"


def _pieces(content: bytes) -> Iterator[bytes]:
    expanded = 0
    try:
        with _expanded(content) as source:
            while piece := source.read(_PIECE):
                expanded += len(piece)
                if expanded > LARGEST_EXPANDED_BYTES:
                    raise UnusableFile(f"the content exceeds {LARGEST_EXPANDED_BYTES >> 20} MiB once decompressed")
                yield piece
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as broken:
        raise UnusableFile(f"the compressed content is damaged ({broken})") from broken


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True


class Rows:
    """The rows of a file: the first is `header`, iterating gives the others.

    `line` is the number of the last one read. `encoding` is what `find_encoding` says of `content`, so
    that nothing fails to decode here.
    """

    def __init__(self, content: bytes, encoding: str) -> None:
        self._lines = self._bounded(io.TextIOWrapper(_expanded(content), encoding=encoding, newline=""))
        self._unread = 0
        self.line = 0
        first = next(self._lines, "")
        self._unread = 0
        self.delimiter = ";" if first.count(";") > first.count(",") else ","
        try:
            cells = next(csv.reader([first], delimiter=self.delimiter, strict=True), [])
        except csv.Error as broken:
            raise UnusableFile(f"line 1: {broken}") from broken
        self.header = [" ".join(cell.split()) for cell in cells]

    def _bounded(self, text: io.TextIOWrapper) -> Iterator[str]:
        """One row is one line: a quoted cell that ran over would let a row grow without bound."""
        while line := text.readline(LONGEST_LINE + 1):
            self.line += 1
            if len(line) > LONGEST_LINE:
                raise UnusableFile(f"line {self.line}: longer than {LONGEST_LINE} characters")
            self._unread += 1
            if self._unread > 1:
                raise UnusableFile(f"line {self.line - 1}: a quoted cell does not end on its line")
            yield line

    def __iter__(self) -> Iterator[list[str]]:
        empty = 0
        try:
            for row in csv.reader(self._lines, delimiter=self.delimiter, strict=True):
                self._unread = 0
                if not row:
                    empty = empty or self.line
                if empty and (row or self.line - empty > _EMPTY_LINES_AT_END):
                    raise UnusableFile(f"line {empty}: empty, and more lines follow")
                if row:
                    yield row
        except csv.Error as broken:
            raise UnusableFile(f"line {self.line}: {broken}") from broken


def _expanded(content: bytes) -> gzip.GzipFile | io.BufferedReader | io.BytesIO:
    if content.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=io.BytesIO(content))
    if content.startswith(b"\xfd7zXZ\x00"):
        return io.BufferedReader(_Xz(content), _PIECE)
    return io.BytesIO(content)


class _Xz(io.RawIOBase):
    """One xz stream. `lzma.LZMAFile` has no bound on the memory that a file may claim; this one has."""

    def __init__(self, content: bytes) -> None:
        self._decompressor = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
        self._content = content

    def readable(self) -> bool:
        return True

    def readinto(self, target: Writable) -> int:  # type: ignore[override]  # the stub names a private buffer type
        piece = b""
        while not piece and not self._decompressor.eof:
            given, self._content = self._content, b""
            if not given and self._decompressor.needs_input:
                raise EOFError("it ends too early")
            piece = self._decompressor.decompress(given, max_length=len(target))
        if self._decompressor.unused_data:
            raise lzma.LZMAError("bytes after its end")
        target[: len(piece)] = piece
        return len(piece)
