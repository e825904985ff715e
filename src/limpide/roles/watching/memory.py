"""What does a watcher remember from round to round, and from run to run?

Of each site the largest checkpoint that it showed, with its signatures, and where the reading of its files has got
to; every fact that was said, so that it is not said again; alarms that could not be delivered yet.
"""

import secrets
from pathlib import Path

import msgspec

from limpide.canonical import NotCanonical, sha256_hex
from limpide.roles.folder import write_durably


class SiteMemory(msgspec.Struct, forbid_unknown_fields=True):
    """What is remembered of one site."""

    checkpoint: str = ""
    """The largest that it showed, as text."""
    size: int = 0
    number: int = 0
    """The publication up to which changed files have been asked for."""
    after: str = ""
    """Where the rolling sample stopped: the rank of the last path read."""
    read_at: float = 0.0
    due: list[str] = []
    """Changed files that have not been seen right yet."""
    odd: list[str] = []
    """Paths at which something false was seen: they are looked at in every round."""


class Memory(msgspec.Struct, forbid_unknown_fields=True):
    """All that is remembered, one file."""

    fingerprint: str = ""
    salt: str = ""
    """Makes the order of the rolling sample, which no site may know."""
    sites: dict[str, SiteMemory] = {}
    larger: dict[str, float] = {}
    """By size, when each largest checkpoint was first seen."""
    facts: dict[str, str] = {}
    """What was said, by its key: where its evidence is."""
    outbox: dict[str, list[dict[str, str]]] = {}
    """By channel, alarms that were not delivered yet."""

    def site(self, address: str) -> SiteMemory:
        """What is remembered of a site."""
        return self.sites.setdefault(address, SiteMemory())

    def rank(self, path: str) -> str:
        """The place of a path in this watcher's own order."""
        return sha256_hex(f"{self.salt}|{path}".encode())

    def late_since(self, size: int) -> float | None:
        """Since when a log larger than ``size`` has been known."""
        return min((since for known, since in self.larger.items() if int(known) > size), default=None)


def load_memory(file: Path) -> Memory:
    """What an earlier run has kept, or a new memory; raises ``NotCanonical`` for a file that is none."""
    if not file.is_file():
        return Memory(salt=secrets.token_hex(16))
    try:
        return msgspec.json.decode(file.read_bytes(), type=Memory)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise NotCanonical("9.1", f"{file} is not what a watcher keeps", subject=str(file)) from None


def store_memory(memory: Memory, file: Path, stage: Path) -> None:
    """Writes it durably, at once."""
    write_durably(file, msgspec.json.encode(memory), stage)
