"""What runs in the process that receives entries? The sequencer, the pool, two listeners, one clock.

Started by the supervisor, whose end of its standard input it watches: when the supervisor is gone, so is intake.
It says ``ready`` on standard output once it listens. Exit status: 0 stopped, 1 refused to start or to go on (a
restart would not help), else it broke and may be started again.
"""

import asyncio
import contextlib
import logging
import resource
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server
from starlette.types import ASGIApp

from limpide.canonical import LimpideError, LogFork
from limpide.log.sequencer import Sequencer
from limpide.roles.collector import collect_rarely
from limpide.roles.folder import Folder
from limpide.roles.server.admission_pool import AdmissionPool
from limpide.roles.server.app import Intake, private_app, public_app
from limpide.roles.server.configuration import (
    Configuration,
    log_key_path,
    read_configuration,
    with_listeners,
)
from limpide.roles.server.documents import DocumentStore
from limpide.roles.server.events import explain, say
from limpide.roles.server.judge import RecordJudge
from limpide.roles.server.log_key import read_log_key
from limpide.roles.server.metrics import Metrics
from limpide.roles.server.station_pages import StationPages
from limpide.site.pages import SitePages

LOOPBACK = "127.0.0.1"
_HEADER_MILLISECONDS = 10_000
_SWITCH_SECONDS = 0.001
"""How soon a waiting thread gets its turn: answering goes on while entries are judged."""
_GOING_SECONDS = 5.0


async def run_intake(folder: Folder, configuration: Configuration, stop: asyncio.Event) -> None:
    """Serves until ``stop`` is set; then answers what waits and lets the log go.

    Raises ``LogFork`` and ``Refused``.
    """
    signer = read_log_key(log_key_path(folder, configuration))
    judge = RecordJudge(folder.document)
    began = time.monotonic()
    sequencer = await asyncio.to_thread(Sequencer.open, folder.public, folder.sequencer, signer, judge)
    try:
        collect_rarely()
        say("intake", "opened", entries=judge.record.size, seconds=f"{time.monotonic() - began:.1f}")
        metrics = Metrics()
        pool = AdmissionPool(sequencer, signer, metrics, configuration.queue)
        documents = DocumentStore(folder, judge.names, configuration.documents_awaited, configuration.uploads)
        stations = StationPages(SitePages(judge.record.register))
        intake = Intake(folder, configuration, sequencer, judge, pool, documents, stations, metrics)
        await _serve(intake, stop)
        await asyncio.to_thread(sequencer.integrate)
    finally:
        sequencer.close()
    say("intake", "stopped", entries=judge.record.size)


async def _serve(intake: Intake, stop: asyncio.Event) -> None:
    configuration = intake.configuration
    public = _listener(public_app(intake), configuration.host, configuration.port, configuration)
    private = _listener(private_app(intake), LOOPBACK, configuration.private_port, configuration)
    judging = asyncio.create_task(intake.pool.run())
    integrating = asyncio.create_task(_integrate(intake))
    async with _serving(public), _serving(private):
        say("intake", "listening", address=f"http://{configuration.host}:{configuration.port}")
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({stopping, judging, integrating}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
    for task in (judging, integrating):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _integrate(intake: Intake) -> None:
    """A checkpoint every interval. A full disk is said and tried again; a fork ends everything."""
    interval = intake.configuration.checkpoint_seconds
    due = time.monotonic() + interval
    while True:
        await asyncio.sleep(max(due - time.monotonic(), 0))
        due = max(due + interval, time.monotonic())
        began = time.perf_counter()
        try:
            await asyncio.to_thread(intake.sequencer.integrate)
        except LogFork:
            raise
        except Exception as error:  # noqa: BLE001 - the sequencer recovers from whatever the store raised
            say("intake", "not-integrated", reason=explain(error))
        intake.metrics.integrating.observe(time.perf_counter() - began)


def _listener(app: ASGIApp, host: str, port: int, configuration: Configuration) -> Server:
    return Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS, max_buffer_size=65_536),
        websockets=False,
        backlog=1024,
        backpressure=configuration.requests,
        log_enabled=False,
    )


@contextlib.asynccontextmanager
async def _serving(server: Server) -> AsyncIterator[None]:
    task = asyncio.create_task(server.serve())
    await asyncio.sleep(0)
    if task.done():
        await task
    try:
        yield
    finally:
        server.stop()  # type: ignore[no-untyped-call]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(task, _GOING_SECONDS)


def main(arguments: Sequence[str]) -> int:
    """``DIR HOST PORT PRIVATE-PORT``: the folder, and where the supervisor decided to listen."""
    root, host, port, private_port = arguments
    folder = Folder(Path(root))
    sys.setswitchinterval(_SWITCH_SECONDS)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    logging.getLogger("_granian").setLevel(logging.CRITICAL)
    try:
        configuration = read_configuration(folder)
        configuration = with_listeners(configuration, host, int(port), int(private_port))
        asyncio.run(_until_stopped(folder, configuration))
    except LimpideError as error:
        say("intake", "refused", reason=explain(error))
        return 1
    return 0


async def _until_stopped(folder: Folder, configuration: Configuration) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_reader(sys.stdin.fileno(), stop.set)  # its end is the supervisor's
    await run_intake(folder, configuration, stop)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
