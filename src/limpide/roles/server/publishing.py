"""What runs in the process that publishes? One loop: at most one publication an interval, when one is due.

Started by the supervisor, whose end of its standard input it watches. Exit status as for intake.
"""

import os
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from limpide.canonical import LimpideError, LogFork
from limpide.record.record import Record
from limpide.results.edition import Pages
from limpide.roles.collector import collect_rarely
from limpide.roles.folder import Folder
from limpide.roles.server.configuration import Configuration, log_key_path, read_configuration
from limpide.roles.server.events import explain, say
from limpide.roles.server.log_key import read_log_key
from limpide.roles.server.publisher import POLL_SECONDS, NoPages, Publishing, post_to
from limpide.site.pages import SitePages

_YIELDING = 15
"""Whoever reports goes first: the publisher takes the processor time that intake leaves."""


def run_publisher(folder: Folder, configuration: Configuration, address: str, stop: threading.Event) -> None:
    """Publishes until ``stop`` is set. Raises what ends it: a log that forks, a publication refused."""
    signer = read_log_key(log_key_path(folder, configuration))

    def make_pages(record: Record) -> Pages:
        return SitePages(record.register) if configuration.pages else NoPages()

    publishing = Publishing(folder, signer, post_to(address), make_pages)
    say("publisher", "restored", files=publishing.restore())
    collect_rarely()
    due = time.monotonic()
    if publishing.publisher is None:
        # the first publication writes every page: roll and opening, which mostly follow at once, go into it
        due += configuration.publication_seconds
    while not stop.wait(max(due - time.monotonic(), POLL_SECONDS)):
        began = time.monotonic()
        made = publishing.publish(datetime.now(UTC))
        if made is not None:
            if made.body.number == 1:
                collect_rarely()
            due = began + configuration.publication_seconds
            facts = {"entries": made.body.size, "files": len(made.files)}
            seconds = f"{time.monotonic() - began:.2f}"
            say("publisher", "published", publication=made.body.number, **facts, seconds=seconds)


def main(arguments: Sequence[str]) -> int:
    """``DIR ADDRESS``: the folder, and where intake takes entries."""
    root, address = arguments
    folder = Folder(Path(root))
    os.nice(_YIELDING)
    stop = threading.Event()
    threading.Thread(target=_watch, args=(stop,), daemon=True).start()
    try:
        run_publisher(folder, read_configuration(folder), address, stop)
    except LimpideError as error:
        say("publisher", "refused", reason=explain(error))
        return 1 if isinstance(error, LogFork) else 3
    except Exception as error:  # noqa: BLE001 - its text may quote what it holds; the supervisor starts anew
        say("publisher", "broke", reason=explain(error))
        return 3
    return 0


def _watch(stop: threading.Event) -> None:
    # not through sys.stdin, whose lock a thread may not hold when the interpreter ends
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
