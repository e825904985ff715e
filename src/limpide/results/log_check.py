"""Is the log whole, and does it say what its checkpoint signs?

Every entry is hashed, every hash tile compared with the tree over the entries, and the root with the
checkpoint. Spec 6.20 to 6.23.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass

from limpide.canonical import LimpideError
from limpide.log.check import tile_faults
from limpide.log.checkpoint import SignedCheckpoint, open_checkpoint
from limpide.log.tiles import ENTRIES, WIDTH, Tile, read_bundle
from limpide.record.definition import Definition
from limpide.record.events import SignedEvent, decode_event
from limpide.results.findings import Finding, fault
from limpide.signing import VerifierKey

Read = Callable[[str], bytes | None]
Progress = Callable[[str, int, int], None]
"""Called with a stage, what is done of it and how much there is."""


@dataclass(frozen=True, slots=True)
class LogReading:
    """The entries that a log yields; None where an entry cannot be read or is not the one in the tree."""

    signed: SignedCheckpoint
    key: VerifierKey
    definition: SignedEvent
    entries: list[bytes | None]


def read_log(read: Read, progress: Progress) -> Generator[Finding, None, LogReading | None]:
    """Reads and checks a whole log; None when its beginning or its checkpoint cannot be used at all."""
    opened = yield from _open(read)
    if opened is None:
        return None
    signed, key, definition = opened
    entries: list[bytes | None] = []

    def take(tile: Tile, bundle: list[bytes] | None) -> None:
        entries.extend(bundle if bundle is not None else [None] * tile.width)
        progress("log", len(entries), signed.size)

    for error in tile_faults(read, signed.size, signed.root, take):
        yield fault(error, "log")
        if error.clause == "6.20":
            entries[int(error.facts["index"])] = None
    return LogReading(signed, key, definition, entries)


def _open(read: Read) -> Generator[Finding, None, tuple[SignedCheckpoint, VerifierKey, SignedEvent] | None]:
    """The checkpoint under the key that the definition names, which is the first entry."""
    data = read("checkpoint")
    if data is None:
        yield Finding("6.23", "checkpoint", {"reason": "missing"})
        return None
    definition = None
    for width in (WIDTH, *_widths(data)):
        try:
            entries = read_bundle(read, Tile(ENTRIES, 0, width))
            definition = decode_event(entries[0])
            break
        except LimpideError as error:
            problem = fault(error, "entry 0")
    if definition is None or not isinstance(definition.body, Definition):
        yield problem if definition is None else Finding("4.1", "entry 0", {"reason": definition.kind})
        return None
    try:
        key = VerifierKey.parse(definition.body.log)
        return open_checkpoint(data, key), key, definition
    except LimpideError as error:
        yield fault(error, "checkpoint")
        return None


def _widths(checkpoint: bytes) -> tuple[int, ...]:
    """The width of the first bundle by a checkpoint that nobody has verified yet."""
    lines = checkpoint.split(b"\n", 2)
    size = lines[1] if len(lines) > 1 else b""
    fits = size.isdigit() and len(size) < 4 and 0 < int(size) < WIDTH  # noqa: PLR2004 - below 256
    return (int(size),) if fits else ()
