"""Starts a writer, kills it at a random instant, checks the log, two hundred times over. Run by a test.

The processes are forked from this one, which has no threads, so that a start costs milliseconds.
"""

import json
import os
import random
import select
import signal
import sys
import time
from pathlib import Path

from world import World


def write_until_killed(world: World, number: int, pipe: int) -> None:
    """Submits and integrates for ever; acknowledges each promise in one write to the pipe."""
    log, source, count = world.open(), random.Random(number), 0
    while True:
        batch = [b"writer %d entry %d" % (number, count + i) for i in range(source.randrange(1, 40))]
        before = dict(world.promised)
        world.submit(log, batch)
        count += len(batch)
        new = [(entry.hex(), index) for entry, index in world.promised.items() if entry not in before]
        os.write(pipe, (json.dumps(new) + "\n").encode())
        world.promised.clear()
        if source.random() < 0.6:
            log.integrate()


def kill_one(world: World, number: int, source: random.Random) -> bytes:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            write_until_killed(World(world.folder), number, write)
        finally:
            os._exit(1)
    os.close(write)
    if number % 2:
        select.select([read], [], [])  # the first promise, then any instant; else any instant of the start
    time.sleep(source.uniform(0.0, 0.03))
    os.kill(child, signal.SIGKILL)
    with os.fdopen(read, "rb") as pipe:
        acknowledged = pipe.read()
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the writer ended before it was killed"
    return acknowledged


def main(folder: Path, kills: int) -> None:
    world, source = World(folder), random.Random(6962)
    for number in range(kills):
        lines = kill_one(world, number, source).split(b"\n")
        # A line that the kill has cut is no acknowledgement.
        for line in lines[:-1]:
            for entry, index in json.loads(line):
                assert world.promised.setdefault(bytes.fromhex(entry), index) == index
        if number % 25 == 24:
            world.check()
    promised = {entry.hex(): index for entry, index in world.promised.items()}
    json.dump({"kills": kills, "promised": promised}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
