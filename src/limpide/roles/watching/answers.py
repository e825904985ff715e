"""What exactly did a site answer, and when? The whole answer, because it may have to serve as evidence.

A site is believed in nothing. Answers are bounded in bytes and seconds; a site that is away, busy or slow is
``Unreachable``, which is no fault. Redirects are not followed: that one was sent elsewhere is an answer.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Self

import httpx

from limpide.canonical import sha256_hex
from limpide.log.checkpoint import MAX_CHECKPOINT
from limpide.log.tiles import MAX_BUNDLE
from limpide.roles.fetching import Unreachable

READERS = 8
"""Files asked for at one time from one site."""
AHEAD = 32
TIMEOUT_SECONDS = 10.0
"""Without a byte."""
ANSWER_SECONDS = 60.0
"""For a whole answer."""
MAX_FAILURES = 8
"""Files in a row that a site may fail to answer before it is left alone until the next round."""
_BUSY = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
_SERVER_ERROR = 500
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one address."""

    url: str
    path: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    instant: str
    cut: bool = False
    """The body went on beyond what was asked for."""

    @property
    def sha256(self) -> str:
        """The digest of the body."""
        return sha256_hex(self.body)

    @property
    def is_there(self) -> bool:
        """Something stands at this address."""
        return self.status == HTTPStatus.OK

    @property
    def is_elsewhere(self) -> bool:
        """The reader is sent to another address, or shown these bytes in a dress that they do not name."""
        dressed = any(name == "link" and "stylesheet" in value.lower() for name, value in self._headers())
        sent = any(name == "refresh" for name, _ in self._headers())
        return sent or dressed or self.status // 100 == HTTPStatus.MULTIPLE_CHOICES // 100

    def _headers(self) -> Iterator[tuple[str, str]]:
        return ((name.lower(), value) for name, value in self.headers)


class Site:
    """One address at which the record is shown."""

    def __init__(self, address: str, client: httpx.Client, clock: Clock) -> None:
        self.address = address.rstrip("/")
        self._client = client
        self._clock = clock
        self._readers = ThreadPoolExecutor(READERS, "watcher")

    def get(self, path: str, limit: int) -> Answer:
        """The answer for a path; raises ``Unreachable`` when there is none."""
        url = f"{self.address}/{path}"
        deadline = time.monotonic() + ANSWER_SECONDS
        body = bytearray()
        try:
            with self._client.stream("GET", url, headers={"Cache-Control": "no-cache"}) as response:
                status = response.status_code
                if status >= _SERVER_ERROR or status in _BUSY:
                    raise Unreachable(url, f"status {status}")
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > limit:
                        break
                    if time.monotonic() > deadline:
                        raise Unreachable(url, f"no whole answer in {ANSWER_SECONDS:.0f} s")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(url, type(error).__name__) from None
        headers = tuple(response.headers.multi_items())
        instant = self._clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        return Answer(url, path, status, headers, bytes(body[:limit]), instant, len(body) > limit)

    def get_all(self, wanted: Iterable[tuple[str, int]]) -> Iterator[Answer | Unreachable]:
        """The answer for each path and its limit, in order, several at one time.

        Ends early with a site that fails to answer too often.
        """
        waiting: deque[Future[Answer | Unreachable]] = deque()
        failures = 0
        try:
            for path, limit in wanted:
                waiting.append(self._readers.submit(self._try, path, limit))
                if len(waiting) < AHEAD:
                    continue
                answer = waiting.popleft().result()
                failures = failures + 1 if isinstance(answer, Unreachable) else 0
                yield answer
                if failures >= MAX_FAILURES:
                    return
            while waiting:
                yield waiting.popleft().result()
        finally:
            for each in waiting:
                each.cancel()

    def read(self, path: str) -> bytes | None:
        """The bytes of a tile or checkpoint, None where there are none; raises ``Unreachable``."""
        answer = self.get(path, MAX_CHECKPOINT if path == "checkpoint" else MAX_BUNDLE)
        return answer.body if answer.is_there and not answer.cut else None

    def _try(self, path: str, limit: int) -> Answer | Unreachable:
        try:
            return self.get(path, limit)
        except Unreachable as away:
            return away

    def close(self) -> None:
        """Waits for nothing more."""
        self._readers.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def make_client() -> httpx.Client:
    """What sites are read with."""
    return httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, headers={"User-Agent": "limpide-watch"})
