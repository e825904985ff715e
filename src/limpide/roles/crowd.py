"""How do many stations report at one time?

From a process of their own, over connections that stay open, so that what is measured is the server. The entries go
to the process on its standard input, each after its length; it says on its standard output how many were answered.
"""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from limpide.canonical import LimpideError
from limpide.roles.client import Client, Unanswered

_LENGTH = 4
_UNSAID = 25
"""Answers between two lines of progress: often enough to be seen, seldom enough to cost nothing."""


@dataclass(slots=True, eq=False)
class Crowd:
    """Stations that all want to report now."""

    address: str
    entries: Sequence[bytes]
    connections: int = 24
    refusals: list[str] = field(default_factory=list)
    """What was answered where an entry was not taken."""

    def send(self) -> Iterator[int]:
        """Sends all entries in order; gives, again and again, how many were answered so far.

        Raises ``Unanswered`` when the process of the stations ends before its time.
        """
        command = [sys.executable, "-P", "-m", "limpide.roles.crowd", self.address, str(self.connections)]
        with tempfile.TemporaryFile() as file:
            for entry in self.entries:
                file.write(len(entry).to_bytes(_LENGTH) + entry)
            file.seek(0)
            process = subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE)  # noqa: S603 - our own module
        answered = 0
        try:
            assert process.stdout is not None
            for line in process.stdout:
                count, _, refusal = line.decode("utf-8", "replace").rstrip("\n").partition(" ")
                answered += int(count)
                if refusal:
                    self.refusals.append(refusal)
                yield answered
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        if answered < len(self.entries):
            raise Unanswered(self.address, f"{answered} of {len(self.entries)} were sent")


def main(arguments: Sequence[str]) -> int:
    """``ADDRESS CONNECTIONS``: the stations themselves."""
    address, connections = arguments
    entries, reading, saying = _entries(sys.stdin.buffer), threading.Lock(), threading.Lock()

    def say(count: int, refusal: str) -> None:
        with saying:
            sys.stdout.write(f"{count} {' '.join(refusal.split())}\n")
            sys.stdout.flush()

    def work() -> None:
        unsaid = 0
        with Client(address) as client:
            while True:
                with reading:
                    entry = next(entries, None)
                if entry is None:
                    break
                refusal = _try(client, entry)
                unsaid += 1
                if refusal or unsaid >= _UNSAID:
                    say(unsaid, refusal)
                    unsaid = 0
        say(unsaid, "")

    threads = [threading.Thread(target=work) for _ in range(int(connections))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 0


def _entries(file: BinaryIO) -> Iterator[bytes]:
    while length := file.read(_LENGTH):
        yield file.read(int.from_bytes(length))


def _try(client: Client, entry: bytes) -> str:
    try:
        client.post(entry)
    except LimpideError as refusal:
        return str(refusal)
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
