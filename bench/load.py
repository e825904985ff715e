"""Who sends a night's reports? A process of its own: raw keep-alive connections, entries signed beforehand.

    python -m bench.load HOST PORT ENTRIES RESULT RATE CONNECTIONS FIRST COUNT

With a rate, entry n is due at n / RATE and its answer is timed from then, however late it could be sent: a slow
server cannot slow the question. Rate 0 sends as fast as answers come. A connection beside them looks at the
checkpoint every 20 ms. RESULT gets, as JSON, due and answered instants, statuses, and the (instant, size) of
each checkpoint.
"""

import asyncio
import json
import struct
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

LOOK_SECONDS = 0.02


def write_entries(path: Path, entries: list[bytes]) -> None:
    path.write_bytes(b"".join(struct.pack(">I", len(entry)) + entry for entry in entries))


def read_entries(path: Path) -> Iterator[bytes]:
    data, at = path.read_bytes(), 0
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 4 + size]
        at += 4 + size


class Connection(asyncio.Protocol):
    """One keep-alive connection with one question at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.received = bytearray()
        self.answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the connection."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Gives the answer once it is whole."""
        self.received += data
        head = self.received.find(b"\r\n\r\n")
        if head < 0:
            return
        start = self.received.lower().find(b"content-length: ", 0, head) + 16
        length = int(self.received[start : self.received.find(b"\r\n", start)])
        if len(self.received) < head + 4 + length:
            return
        status, body = int(self.received[9:12]), bytes(self.received[head + 4 : head + 4 + length])
        del self.received[: head + 4 + length]
        assert self.answer is not None
        self.answer.set_result((status, body))

    def connection_lost(self, _error: Exception | None) -> None:
        """Whoever waits for an answer is told."""
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionError("the server closed the connection"))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Sends a request; gives the status and the body."""
        assert self.transport is not None
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.answer


async def load(host: str, port: int, entries: list[bytes], rate: float, connections: int) -> dict[str, object]:
    loop = asyncio.get_running_loop()
    due = deque(range(len(entries)))
    asked, answered, statuses = ([0.0] * len(entries) for _ in range(3))
    head = f"POST /entries HTTP/1.1\r\nHost: {host}\r\nContent-Length: %d\r\n\r\n".encode()
    began = time.time()

    async def send() -> None:
        _, connection = await loop.create_connection(Connection, host, port)
        while due:
            number = due.popleft()
            now = time.time()
            asked[number] = began + number / rate if rate else now
            if asked[number] > now:
                await asyncio.sleep(asked[number] - now)
            status, _ = await connection.ask(head % len(entries[number]) + entries[number])
            answered[number], statuses[number] = time.time(), status
        assert connection.transport is not None
        connection.transport.close()

    checkpoints: list[tuple[float, int]] = []
    watching = asyncio.create_task(watch(host, port, checkpoints))
    await asyncio.gather(*(send() for _ in range(connections)))
    await asyncio.sleep(2.5)  # the last of them are still to be included
    watching.cancel()
    return {"asked": asked, "answered": answered, "statuses": statuses, "checkpoints": checkpoints}


async def watch(host: str, port: int, checkpoints: list[tuple[float, int]]) -> None:
    _, connection = await asyncio.get_running_loop().create_connection(Connection, host, port)
    request = f"GET /checkpoint HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    while True:
        _, body = await connection.ask(request)
        size = int(body.split(b"\n", 2)[1])
        if not checkpoints or checkpoints[-1][1] != size:
            checkpoints.append((time.time(), size))
        await asyncio.sleep(LOOK_SECONDS)


def main(arguments: list[str]) -> None:
    host, port, source, result, rate, connections, first, count = arguments
    entries = list(read_entries(Path(source)))[int(first) : int(first) + int(count)]
    measured = asyncio.run(load(host, int(port), entries, float(rate), int(connections)))
    Path(result).write_text(json.dumps(measured), encoding="ascii")


if __name__ == "__main__":
    main(sys.argv[1:])
