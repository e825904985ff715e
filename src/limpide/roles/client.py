"""How does somebody bring an entry to a server, and know that it was taken?

The server's answer is the same entry with one more line: its promise. A refusal carries its clause and a sentence
in the reader's language. A server that is busy says when to come again, and the same bytes get the same answer,
so that sending twice is always safe. Spec 8.2 to 8.7.
"""

import http.client
import time
import urllib.parse
from collections.abc import Mapping
from http import HTTPStatus
from typing import Self

import msgspec

from limpide.canonical import LimpideError, NotCanonical, Refused, sha256_hex
from limpide.log.proof import TlogProof
from limpide.signing import Note, parse_note
from limpide.words import Language

TIMEOUT_SECONDS = 30.0
MAX_ANSWER = 64 * 2**20
_PATIENCE_SECONDS = 60.0
_LATER = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.TOO_EARLY)


class Unanswered(LimpideError):
    """A server that gave no answer. What was sent may be sent again."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__("server", f"{address}: {reason}", subject=address, reason=reason)


class Problem(msgspec.Struct, frozen=True):
    """The part of an RFC 9457 problem that people read."""

    clause: str = "server"
    detail: str = ""
    documents: tuple[str, ...] = ()


class Client:
    """One connection that is kept open. Not shared between threads."""

    def __init__(self, address: str, language: Language = "fr") -> None:
        parts = urllib.parse.urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NotCanonical("8.2", f"not the address of a server: {address[:200]}", subject=address[:200])
        make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self.address = address.rstrip("/")
        self._root = parts.path.rstrip("/")
        self._connection = make(parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)
        self._headers = {"Accept-Language": language}

    def post(self, entry: bytes) -> Note:
        """The server's promise for an entry; raises ``Refused`` with its clause and sentence, ``Unanswered``."""
        status, answer = self._insist("POST", "/entries", entry)
        if status != HTTPStatus.OK:
            raise self._refusal(status, answer)
        return parse_note(answer)

    def post_with_documents(self, entry: bytes, documents: Mapping[str, bytes]) -> Note:
        """The promise for an entry that names documents: sends those that the server lacks, and the entry again."""
        status, answer = self._insist("POST", "/entries", entry)
        if status == HTTPStatus.CONFLICT:
            for digest in _problem(answer).documents:
                if digest not in documents:
                    raise self._refusal(status, answer)
                self.put_document(documents[digest])
            return self.post(entry)
        if status != HTTPStatus.OK:
            raise self._refusal(status, answer)
        return parse_note(answer)

    def put_document(self, data: bytes) -> None:
        """Sends a document that an entry names."""
        status, answer = self._insist("PUT", f"/documents/{sha256_hex(data)}", data)
        if status not in (HTTPStatus.OK, HTTPStatus.CREATED):
            raise self._refusal(status, answer)

    def get(self, path: str) -> bytes | None:
        """The bytes at a public path, or None."""
        status, answer = self._ask("GET", f"/{path}", None)
        if status in (HTTPStatus.OK, HTTPStatus.NOT_FOUND):
            return answer if status == HTTPStatus.OK else None
        raise self._refusal(status, answer)

    def index_of(self, entry_id: bytes) -> int:
        """The index of an entry that was promised, once a checkpoint holds it. Nothing is proved here."""
        status, answer = self._insist("GET", f"/proof/{entry_id.hex()}", None)
        if status != HTTPStatus.OK:
            raise self._refusal(status, answer)
        return TlogProof.parse(answer).index

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _insist(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        """Asks until the server is neither away nor busy, for a minute at most."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        wait = 0.05
        while True:
            try:
                status, answer = self._ask(method, path, body)
            except Unanswered:
                if time.monotonic() > deadline:
                    raise
            else:
                if status not in _LATER or time.monotonic() > deadline:
                    return status, answer
            time.sleep(wait)
            wait = min(2 * wait, 1.0)

    def _ask(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        try:
            self._connection.request(method, self._root + path, body, self._headers)
            response = self._connection.getresponse()
            answer = response.read(MAX_ANSWER + 1)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Unanswered(self.address, type(error).__name__) from None
        if len(answer) > MAX_ANSWER:
            self._connection.close()
            raise NotCanonical("1.2", f"{path}: more than {MAX_ANSWER} bytes", size=len(answer), limit=MAX_ANSWER)
        return response.status, answer

    def _refusal(self, status: int, answer: bytes) -> Refused:
        problem = _problem(answer)
        return Refused(problem.clause, problem.detail or f"{self.address}: status {status}", status=status)


def _problem(answer: bytes) -> Problem:
    try:
        return msgspec.json.decode(answer, type=Problem)
    except msgspec.MsgspecError:
        return Problem()
