"""Which bytes does a reader get for a path below the public root, and how long may they be kept?

The root is read as any mirror would serve it. Tiles and documents never change and may be kept for ever;
all else is asked for anew each time and mostly answered by 304. Compressed forms of a file are kept in a
bounded store, made one at a time.
"""

import asyncio
import gzip
import mimetypes
import os
import stat
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from limpide.canonical import NotCanonical, sha256_hex
from limpide.roles.folder import check_path
from limpide.roles.server.problems import no_file

_CHUNK = 64 * 1024
_COMPRESSIBLE = ("text/", "application/json", "image/svg+xml", "application/javascript", "application/atom+xml")
_LEAST_COMPRESSED = 1024
_MOST_COMPRESSED = 32 * 2**20
_IMMUTABLE = "public, max-age=31536000, immutable"
_REVALIDATED = "no-cache"
_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
}
POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
"""Pages load nothing from elsewhere and run no script but the site's own files."""


@dataclass(slots=True, eq=False)
class PublicFiles:
    """An ASGI application over the public root. GET and HEAD only."""

    root: Path
    render: Callable[[str], Awaitable[bytes | None]]
    """Makes what is published nowhere, for a path without a file."""
    store_bytes: int = 64 * 2**20
    compressed: "OrderedDict[tuple[str, str], bytes]" = field(default_factory=OrderedDict)
    stored: int = 0
    compressing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        request = Request(scope, receive)
        await (await self.answer(request))(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """The response for the request's path."""
        if request.method not in ("GET", "HEAD"):
            return Response(status_code=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET, HEAD"})
        asked = request.url.path.lstrip("/")
        path = f"{asked}index.html" if not asked or asked.endswith("/") else asked
        try:
            file = (self.root / check_path(path)).open("rb")
        except IsADirectoryError:
            return RedirectResponse(f"/{asked}/", HTTPStatus.PERMANENT_REDIRECT)
        except (NotCanonical, FileNotFoundError, NotADirectoryError):
            return await self._render(request, path)
        return await self._open(request, path, file)

    async def _render(self, request: Request, path: str) -> Response:
        page = await self.render(path)
        if page is None:
            return no_file(path).response(request.headers)
        headers = {**file_headers(path), "ETag": f'"{sha256_hex(page)[:32]}"'}
        if _knows(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(page, headers=headers)

    async def _open(self, request: Request, path: str, file: BinaryIO) -> Response:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            file.close()
            return Response(status_code=HTTPStatus.NOT_FOUND)
        tag = f"{status.st_mtime_ns:x}-{status.st_size:x}"
        headers = file_headers(path)
        squeezed = _may_compress(headers["Content-Type"], status.st_size) and _accepts_gzip(request)
        if squeezed:
            tag += "-gz"
            headers["Content-Encoding"] = "gzip"
        headers["ETag"] = f'"{tag}"'
        if _knows(request.headers.get("if-none-match", ""), headers["ETag"]):
            file.close()
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        if squeezed:
            return Response(await self._compress(path, tag, file), headers=headers)
        if status.st_size <= _CHUNK:
            with file:
                return Response(file.read(), headers=headers)
        # the open file is what was measured, whatever takes its name meanwhile
        headers["Content-Length"] = str(status.st_size)
        return StreamingResponse(_chunks(file), headers=headers)

    async def _compress(self, path: str, tag: str, file: BinaryIO) -> bytes:
        with file:
            async with self.compressing:
                found = self.compressed.get((path, tag))
                if found is not None:
                    self.compressed.move_to_end((path, tag))
                    return found
                made = await asyncio.to_thread(lambda: gzip.compress(file.read(), 4, mtime=0))
                self.compressed[path, tag] = made
                self.stored += len(made)
                while self.stored > self.store_bytes:
                    _, dropped = self.compressed.popitem(last=False)
                    self.stored -= len(dropped)
                return made


def file_headers(path: str) -> dict[str, str]:
    """The headers of a public file that depend on its path alone."""
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag",
        "Cache-Control": _REVALIDATED,
        "Content-Security-Policy": POLICY,
        "Content-Type": _content_type(path),
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Referrer-Policy": "no-referrer",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if path.startswith(("tile/", "documents/")):
        headers["Cache-Control"] = _IMMUTABLE
    if path.startswith("documents/"):
        # what a signer sent is kept, not shown: a browser never interprets it under this origin
        headers["Content-Disposition"] = "attachment"
        headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return headers


def _content_type(path: str) -> str:
    if path == "checkpoint":
        return "text/plain; charset=utf-8"
    if path.startswith(("tile/", "documents/")):
        return "application/octet-stream"
    suffix = Path(path).suffix
    return _TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")


def _may_compress(content_type: str, size: int) -> bool:
    return content_type.startswith(_COMPRESSIBLE) and _LEAST_COMPRESSED <= size <= _MOST_COMPRESSED


def _accepts_gzip(request: Request) -> bool:
    for item in request.headers.get("accept-encoding", "").split(","):
        coding, _, parameter = item.strip().partition(";")
        if coding.strip() == "gzip":
            return parameter.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _knows(if_none_match: str, tag: str) -> bool:
    tags = [item.strip().removeprefix("W/") for item in if_none_match.split(",")]
    return tag in tags or tags == ["*"]


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            yield chunk
