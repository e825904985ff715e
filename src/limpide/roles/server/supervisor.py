"""How does the server start, stay up and stop?

``serve`` starts intake, then the publisher, and starts either again when it dies, more slowly each time. It stops
both when it is told to: the publisher first, then intake, which answers what waits. Neither outlives it.
"""

import contextlib
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from limpide.canonical import Refused
from limpide.roles.folder import Folder
from limpide.roles.server.configuration import log_key_path, read_configuration
from limpide.roles.server.events import say
from limpide.roles.server.log_key import read_log_key

LOOPBACK = "127.0.0.1"
_LOOK_SECONDS = 0.1
_GRACE_SECONDS = 15.0
_QUICK_SECONDS = 10.0
"""A part that lived longer than this starts again at once."""
_MOST_SECONDS = 30.0
GOOD, REFUSED, UNFINISHED = 0, 2, 3


@dataclass(slots=True, eq=False)
class Part:
    """One of the two processes."""

    name: str
    command: Sequence[str]
    running: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    delay: float = 0.0
    again: float = field(default=0.0)
    """Not started before this instant."""

    def start(self) -> None:
        """Starts the process, its standard input held open for as long as this one lives."""
        command = [sys.executable, "-P", "-m", *self.command]
        self.running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own module
        self.started = time.monotonic()

    def ready(self) -> bool:
        """Waits until the process says that it is; False when it ended instead."""
        assert self.running is not None
        assert self.running.stdout is not None
        return self.running.stdout.readline() == b"ready\n"

    def status(self) -> int | None:
        """The exit status, once it has ended; then it is due again after a while."""
        if self.running is None or (status := self.running.poll()) is None:
            return None
        self._forget()
        lived = time.monotonic() - self.started
        self.delay = 0.0 if lived > _QUICK_SECONDS else min(max(2 * self.delay, 0.25), _MOST_SECONDS)
        self.again = time.monotonic() + self.delay
        say(self.name, "ended", status=status, again_in=f"{self.delay:.2f}s")
        return status

    def stop(self) -> None:
        """Asks the process to end, and ends it when it does not."""
        if self.running is None:
            return
        with contextlib.suppress(BrokenPipeError):
            if self.running.stdin is not None:
                self.running.stdin.close()
        try:
            self.running.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            say(self.name, "killed")
            self.running.kill()
            self.running.wait()
        self._forget()

    def _forget(self) -> None:
        if self.running is not None:
            for stream in (self.running.stdin, self.running.stdout):
                if stream is not None:
                    stream.close()
        self.running = None


def serve(
    root: Path,
    host: str | None = None,
    port: int | None = None,
    *,
    stop: threading.Event | None = None,
    ready: Callable[[str, str], None] = lambda _public, _private: None,
) -> int:
    """Serves the record folder ``root`` until ``stop`` is set, or SIGTERM or SIGINT comes to the main thread.

    ``host`` and ``port`` stand above the configuration; port 0 takes a free one. ``ready`` is called with the
    public and the private address once entries are taken. Returns 0 when stopped, 2 when the server refused to
    start. Raises ``Refused`` for a folder or key that cannot be used.
    """
    folder = Folder(root)
    configuration = read_configuration(folder)
    read_log_key(log_key_path(folder, configuration))
    bound = configuration.host if host is None else host
    chosen = (configuration.port if port is None else port) or _free_port(bound)
    private_port = configuration.private_port or _free_port(LOOPBACK)
    private = f"http://{LOOPBACK}:{private_port}"
    room = "limpide.roles.server"
    intake = Part("intake", (f"{room}.intake", str(root), bound, str(chosen), str(private_port)))
    publisher = Part("publisher", (f"{room}.publishing", str(root), private))
    with _stopping(stop or threading.Event()) as ended:
        try:
            return _supervise(intake, publisher, ended, lambda: ready(f"http://{bound}:{chosen}", private))
        finally:
            publisher.stop()
            intake.stop()
            say("supervisor", "stopped")


def _supervise(intake: Part, publisher: Part, ended: threading.Event, ready: Callable[[], None]) -> int:
    intake.start()
    if not intake.ready():
        status = intake.running.wait() if intake.running is not None else REFUSED
        return REFUSED if status == 1 else UNFINISHED
    publisher.start()
    ready()
    while not ended.wait(_LOOK_SECONDS):
        for part in (intake, publisher):
            if part.status() == 1:
                # it refused to go on: two histories, a state that is not ours; people must look
                return UNFINISHED
            if part.running is None and time.monotonic() >= part.again:
                part.start()
                if part is intake:
                    intake.ready()
    return GOOD


@contextlib.contextmanager
def _stopping(event: threading.Event) -> Iterator[threading.Event]:
    """The event, also set by SIGTERM and SIGINT where this is the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield event
        return
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, lambda _number, _frame: event.set()) for number in numbers]
    try:
        yield event
    finally:
        for number, previous in zip(numbers, before, strict=True):
            signal.signal(number, previous)


def _free_port(host: str) -> int:
    try:
        with socket.create_server((host, 0)) as probe:
            return int(probe.getsockname()[1])
    except OSError as error:
        raise Refused("8.16", f"cannot listen on {host}: {error.strerror}", subject=host) from None
