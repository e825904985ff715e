"""What can a stranger read of a record, from a folder or from an address?

Both give the same things: the checkpoint, tiles, documents and published files, each by its path below the public
root, each bounded in size. Nothing read is trusted; whoever asks checks it. Many files are read in one call,
so that a distant site costs a few round trips and a bounded memory.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Protocol, Self

import httpx

from limpide.canonical import LimpideError, NotCanonical, sha256_hex
from limpide.log.checkpoint import MAX_CHECKPOINT
from limpide.log.tiles import MAX_BUNDLE, read_entries
from limpide.roles.folder import MAX_DOCUMENT, MAX_PUBLISHED, check_path, is_digest, read_bounded

READERS = 8
"""Files asked for at one time from a distant site."""
AHEAD = 64
"""Files read before they are asked for."""
TIMEOUT_SECONDS = 30.0


class Unreachable(LimpideError):
    """A source that could not be read to the end: nothing is said about what it holds."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__("source", f"{address}: {reason}", subject=address, reason=reason)


class Source(Protocol):
    """Where a record is read from."""

    @property
    def address(self) -> str:
        """What people call it."""
        ...

    def read(self, path: str, limit: int = MAX_PUBLISHED) -> bytes | None:
        """The bytes at a path below the public root, None where there is nothing.

        Raises ``NotCanonical`` for more than ``limit`` bytes or what is no path, ``Unreachable``.
        """
        ...

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Each path with its bytes, in order; a few are read ahead."""
        ...

    def listing(self) -> Iterable[str] | None:
        """Every path below the public root, None where that cannot be known."""
        ...

    def close(self) -> None:
        """Lets go of connections."""
        ...


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A record folder, or a plain copy of its public root."""

    root: Path

    @property
    def address(self) -> str:
        """The path of the folder."""
        return str(self.root)

    def read(self, path: str, limit: int = MAX_PUBLISHED) -> bytes | None:
        """The bytes of a file."""
        try:
            return read_bounded(f"{self.root}/{check_path(path)}", limit)
        except OSError as error:
            raise Unreachable(self.address, f"{path}: {error.strerror}") from None

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """One after the other: a disk needs no more."""
        return ((path, self.read(path)) for path in paths)

    def listing(self) -> Iterable[str]:
        """Every file of the folder."""
        return (path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file())

    def close(self) -> None:
        """Nothing is held."""


class SiteSource:
    """A site over HTTP. Redirects are not followed: another place is another source."""

    def __init__(self, address: str, client: httpx.Client | None = None) -> None:
        self.address = address.rstrip("/")
        self._client = client or httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False)
        self._readers = ThreadPoolExecutor(READERS, "reader")

    def read(self, path: str, limit: int = MAX_PUBLISHED) -> bytes | None:
        """The body of the answer to a GET, decompressed, counted as it arrives."""
        url = f"{self.address}/{check_path(path)}"
        body = bytearray()
        try:
            with self._client.stream("GET", url) as response:
                if response.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
                    return None
                if response.status_code != HTTPStatus.OK:
                    raise Unreachable(url, f"status {response.status_code}")
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > limit:
                        raise NotCanonical("1.2", f"{url}: more than {limit} bytes", size=len(body), limit=limit)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(url, type(error).__name__) from None
        return bytes(body)

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Several at one time, at most ``AHEAD`` in memory."""
        waiting: deque[tuple[str, Future[bytes | None]]] = deque()
        try:
            for path in paths:
                waiting.append((path, self._readers.submit(self.read, path)))
                if len(waiting) >= AHEAD:
                    first, answer = waiting.popleft()
                    yield first, answer.result()
            while waiting:
                first, answer = waiting.popleft()
                yield first, answer.result()
        finally:
            for _, answer in waiting:
                answer.cancel()

    def listing(self) -> None:
        """A site does not say what else stands there."""

    def close(self) -> None:
        """Ends the connections."""
        self._readers.shutdown(cancel_futures=True)
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_source(target: str) -> FolderSource | SiteSource:
    """The source that a person named: an ``http(s)://`` address, a record folder, or a copy of its public root.

    Raises ``Unreachable`` for a folder without a checkpoint.
    """
    if target.startswith(("http://", "https://")):
        return SiteSource(target)
    for root in (Path(target) / "public", Path(target)):
        if (root / "checkpoint").is_file():
            return FolderSource(root)
    raise Unreachable(target, "no record here: there is no file named checkpoint")


def read_checkpoint(source: Source) -> bytes:
    """The bytes of the signed checkpoint, not looked at; raises ``Unreachable`` when there is none."""
    data = source.read("checkpoint", MAX_CHECKPOINT)
    if data is None:
        raise Unreachable(source.address, "there is no checkpoint")
    return data


def read_log(source: Source, size: int, start: int = 0) -> Iterator[bytes]:
    """Entries ``start`` to ``size`` of a log of that size, as the bundles have them."""
    return read_entries(lambda path: source.read(path, MAX_BUNDLE), size, start, size)


def read_document(source: Source, digest: str) -> bytes | None:
    """The document of that SHA-256, None when it is absent or its bytes are others."""
    data = source.read(f"documents/{digest}", MAX_DOCUMENT) if is_digest(digest) else None
    return data if data is not None and sha256_hex(data) == digest else None
