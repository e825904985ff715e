"""What does the file ``<UUID>.bel`` hold, record by record?

An append-only file of 512-byte blocks that ``tar`` can read, in which every byte is determined: a header
block for each record, its content, zeros up to the next block, and nothing at the end. Reading streams;
no record is trusted for its size beyond the bytes that are there.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import BinaryIO, Literal

from limpide.belenios.wire import SmallInt, Wire, decode_exact, encode, integer
from limpide.canonical import LogFork, NotCanonical

BLOCK = 512
ARCHIVE_VERSION = 1
_HEADER = "BELENIOS"
_NAME_FIELD = 100
_OWNERS = b"0000644\0" + 2 * b"0000000\0"
_NAME = re.compile(r"([0-9a-f]{64})\.(data|event)\.json", re.ASCII)

Kind = Literal["data", "event"]


class HeaderText(Wire, frozen=True, kw_only=True):
    """The first record."""

    version: SmallInt
    timestamp: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its content and where the content starts in the file."""

    kind: Kind
    hash: str
    content: bytes
    offset: int


def read_records(stream: BinaryIO) -> Iterator[Record]:
    """Every record after the header, from the start of a seekable ``stream``.

    Raises ``NotCanonical`` (7.1 to 7.3) where the file stops being an archive; nothing after that can be read.
    """
    end = stream.seek(0, 2)
    stream.seek(0)
    timestamp: int | None = None
    position = 0
    while position < end:
        name, size, stamp = _read_header(stream.read(BLOCK), position)
        padded = -(-size // BLOCK) * BLOCK
        if padded > end - position - BLOCK:
            raise NotCanonical("7.2", "the last record is cut short", offset=position)
        content = stream.read(padded)
        if content.count(0, size) != padded - size:
            raise NotCanonical("7.2", "padding that is not zero", offset=position)
        if timestamp is None:
            timestamp = _check_first(name, stamp, content[:size])
        else:
            yield _record(name, content[:size], position + BLOCK, stamp == timestamp)
        position += BLOCK + padded
    if timestamp is None:
        raise NotCanonical("7.1", "an empty file", offset=0)


def read_at(stream: BinaryIO, offset: int, size: int) -> bytes:
    """A content that was read before, again."""
    stream.seek(offset)
    return stream.read(size)


class ArchiveWriter:
    """Appends records to an archive; all bear the timestamp of the first."""

    def __init__(self, stream: BinaryIO, timestamp: int) -> None:
        self._stream = stream
        self._timestamp = timestamp

    @classmethod
    def create(cls, stream: BinaryIO, timestamp: int) -> "ArchiveWriter":
        """Begins an archive in an empty file."""
        writer = cls(stream, timestamp)
        writer._append(_HEADER, encode(HeaderText(version=ARCHIVE_VERSION, timestamp=str(timestamp))))
        return writer

    @classmethod
    def resume(cls, stream: BinaryIO) -> "ArchiveWriter":
        """Continues an archive at its end."""
        stream.seek(0)
        _, _, timestamp = _read_header(stream.read(BLOCK), 0)
        stream.seek(0, 2)
        return cls(stream, timestamp)

    def append(self, kind: Kind, content: bytes) -> str:
        """Writes one record; the result is its hash."""
        digest = hashlib.sha256(content).hexdigest()
        self._append(f"{digest}.{kind}.json", content)
        return digest

    def _append(self, name: str, content: bytes) -> None:
        padding = -len(content) % BLOCK
        self._stream.write(header_block(name, len(content), self._timestamp) + content + b"\0" * padding)


def check_prefix(older: BinaryIO, newer: BinaryIO) -> None:
    """The older copy is a prefix of the newer. Raises ``LogFork`` (7.7) or ``NotCanonical``."""
    for position, (left, right) in enumerate(zip_longest(read_records(older), read_records(newer))):
        if left is None:
            return
        if right is None or (left.kind, left.hash) != (right.kind, right.hash):
            raise LogFork("7.7", "the older copy is not a prefix of the newer", record=position)


def header_block(name: str, size: int, timestamp: int) -> bytes:
    """The one header block of a record."""
    start = name.encode("ascii").ljust(_NAME_FIELD, b"\0") + _OWNERS + b"%011o\0%011o\0" % (size, timestamp)
    # The checksum counts its own field as spaces; the file type is the digit 0.
    total = sum(start) + 8 * ord(" ") + ord("0")
    return (start + b"%06o\0 0" % total).ljust(BLOCK, b"\0")


def _read_header(block: bytes, position: int) -> tuple[str, int, int]:
    """Name, size and timestamp, if the block is exactly the one that a writer makes of them."""
    try:
        name = block[:100].rstrip(b"\0").decode("ascii")
        size, stamp = int(block[124:135], 8), int(block[136:147], 8)
    except ValueError:
        name, size, stamp = "", 0, 0
    if not name or size < 0 or stamp < 0 or block != header_block(name, size, stamp):
        raise NotCanonical("7.2", "not the header block of a record", offset=position)
    return name, size, stamp


def _check_first(name: str, stamp: int, content: bytes) -> int:
    if name != _HEADER:
        raise NotCanonical("7.1", "the first record is not the header", offset=0)
    header = decode_exact(HeaderText, content, "7.1")
    if header.version != ARCHIVE_VERSION or integer(header.timestamp, 8**11, "7.1") != stamp:
        raise NotCanonical("7.1", "unknown version or timestamp", offset=0)
    return stamp


def _record(name: str, content: bytes, offset: int, same_time: bool) -> Record:
    match = _NAME.fullmatch(name)
    if match is None or not same_time:
        raise NotCanonical("7.2", "not the header block of a record", offset=offset - BLOCK)
    digest = hashlib.sha256(content).hexdigest()
    if digest != match[1]:
        raise NotCanonical("7.3", "the name is not the hash of the content", offset=offset - BLOCK)
    return Record("event" if match[2] == "event" else "data", digest, content, offset)
