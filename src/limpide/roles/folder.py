"""Where does everything of one record lie, and what do its files hold?

``public/`` is the served root and what a mirror copies: ``checkpoint``, ``tile/…``, ``documents/<sha256>``, the
published files and their manifest. ``private/`` is the server's own: the sequencer's state, and the stage
on which files are made before they are moved into place. ``server.toml`` is the configuration.
"""

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from limpide.canonical import NotCanonical, sha256_hex
from limpide.record.definition import MAX_DIVISION

MAX_DOCUMENT = MAX_DIVISION
"""Bytes of one document. Spec 8.4."""
MAX_PUBLISHED = 512 * 2**20
"""Bytes of one published file: the national tables of 70 000 stations are a tenth of it."""
_DIGEST = re.compile("^[0-9a-f]{64}$")
_PATH = re.compile(r"^(?!\.)[0-9A-Za-z._-]{1,120}(/(?!\.)[0-9A-Za-z._-]{1,120}){0,11}$")


@dataclass(frozen=True, slots=True)
class Folder:
    """The paths of one record folder; nothing is read or made by looking."""

    root: Path

    @property
    def public(self) -> Path:
        """The served root."""
        return self.root / "public"

    @property
    def private(self) -> Path:
        """State that no mirror needs."""
        return self.root / "private"

    @property
    def documents(self) -> Path:
        """Documents by their SHA-256."""
        return self.public / "documents"

    @property
    def stage(self) -> Path:
        """Where files are written before they are moved: the same file system as ``public``."""
        return self.private / "stage"

    @property
    def edition(self) -> Path:
        """Where the publisher makes the files of the next publication: the same file system again."""
        return self.private / "edition"

    @property
    def sequencer(self) -> Path:
        """The state of the log's one writer."""
        return self.private / "sequencer.sqlite"

    @property
    def configuration(self) -> Path:
        """What ``limpide serve`` reads."""
        return self.root / "server.toml"

    def create(self) -> None:
        """Makes the empty folder; raises ``FileExistsError`` for one that is there."""
        self.root.mkdir(parents=True)
        for made in (self.public, self.private, self.documents, self.stage, self.edition):
            made.mkdir()
        self.private.chmod(0o700)

    def read(self, path: str) -> bytes | None:
        """The bytes of a public file by its path, or None; raises ``NotCanonical`` for what is no path."""
        return read_bounded(self.public / check_path(path), MAX_PUBLISHED)

    def document(self, digest: str) -> bytes | None:
        """The document of that SHA-256, or None when it is absent or its bytes are others."""
        if not is_digest(digest):
            return None
        data = read_bounded(self.documents / digest, MAX_DOCUMENT)
        return data if data is not None and sha256_hex(data) == digest else None

    def has_document(self, digest: str) -> bool:
        """Is there a file for that digest?"""
        return is_digest(digest) and (self.documents / digest).is_file()

    def store_document(self, data: bytes) -> str:
        """Writes a document durably under its digest, which is returned."""
        digest = sha256_hex(data)
        write_durably(self.documents / digest, data, self.stage)
        return digest


def is_digest(text: str) -> bool:
    """Is it a SHA-256 in lower-case hexadecimal?"""
    return _DIGEST.match(text) is not None


def check_path(path: str) -> str:
    """The path of a public file, relative, without hidden or parent folders; raises ``NotCanonical``."""
    if not _PATH.match(path):
        raise NotCanonical("8.9", f"not a public path: {path[:80]!r}", subject=path[:80])
    return path


def read_bounded(path: Path | str, limit: int) -> bytes | None:
    """The bytes of a regular file, None when there is none; raises ``NotCanonical`` above ``limit`` bytes."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - tens of thousands of files: a string will do
            # asking for no more than stands there spares a buffer of the limit's size
            data = file.read(min(limit, os.fstat(file.fileno()).st_size) + 1) or b""
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
    if len(data) > limit:
        raise NotCanonical("1.2", f"{Path(path).name}: more than {limit} bytes", size=len(data), limit=limit)
    return data


def write_durably(path: Path, data: bytes, stage: Path) -> None:
    """Puts a file in place at once and for good: staged, synchronised, renamed, its folder synchronised."""
    descriptor, staged = tempfile.mkstemp(dir=stage)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(staged).chmod(0o644)
    Path(staged).replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
