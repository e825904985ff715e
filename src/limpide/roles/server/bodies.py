"""How is a request's body read without trusting its sender? Counted as it arrives, against the clock. Spec 8.3."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request

from limpide.roles.server.problems import Problem

_LINGER_BYTES = 32 * 2**20
_LINGER_SECONDS = 2.0


class RefusedBody(Exception):
    """A body that is too large, too slow or cut off. It carries the problem to answer with."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


async def read_body(request: Request, *, limit: int, seconds: float) -> bytes:
    """The whole body; raises ``RefusedBody`` as soon as it is longer than ``limit`` or ``seconds`` have passed."""
    return b"".join([chunk async for chunk in stream_body(request, limit=limit, seconds=seconds)])


async def stream_body(request: Request, *, limit: int, seconds: float) -> AsyncIterator[bytes]:
    """The chunks of the body, under the same two bounds: never more than ``limit`` bytes are passed on."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > limit:
        await _linger(request)
        raise RefusedBody(_too_large(limit))
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    break
                yield chunk
            else:
                return
    except TimeoutError:
        slow = f"the request took more than {seconds:g} seconds"
        raise RefusedBody(Problem(HTTPStatus.REQUEST_TIMEOUT, "8.3", slow, {"limit": int(seconds)})) from None
    except ClientDisconnect:
        raise RefusedBody(Problem(HTTPStatus.BAD_REQUEST, "8.3", "the request was cut off", {"limit": 0})) from None
    await _linger(request)
    raise RefusedBody(_too_large(limit))


async def _linger(request: Request) -> None:
    """Lets the sender finish, within bounds: a connection closed on it would take the refusal away unread."""
    size = 0
    with contextlib.suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(_LINGER_SECONDS):
            while size < _LINGER_BYTES:
                message = await request.receive()
                size += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return


def _too_large(limit: int) -> Problem:
    sentence = f"more than {limit} bytes"
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "1.2", sentence, {"size": limit + 1, "limit": limit})
