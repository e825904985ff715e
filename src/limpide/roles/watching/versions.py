"""Which bytes may stand at a path, since when, and until when?

A file is the one that the latest publication yields, or for a while an earlier one: sites are updated while they
are read, and copies take time. Kept as lines that are only added, so that a watcher that was restarted still
recognises what is merely late.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec

from limpide.canonical import NotCanonical, Sha256Hex

LONG_AGO = 0.0


class Version(NamedTuple):
    """The bytes of a path, and when this watcher first knew that they are yielded (seconds since 1970)."""

    digest: str
    since: float
    number: int
    """The first publication that yields them."""


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One publication as it was first known."""

    number: int
    since: float
    files: dict[str, Sha256Hex]


@dataclass(slots=True, eq=False)
class Versions:
    """Every version of every path that has been yielded while the watcher watched."""

    file: Path | None = None
    number: int = 0
    """The last publication taken in."""
    paths: dict[str, list[Version]] = field(default_factory=dict)

    @classmethod
    def load(cls, file: Path) -> "Versions":
        """What an earlier run has kept; a last line that was cut off is dropped.

        Raises ``NotCanonical`` for a file that is none.
        """
        versions = cls(file)
        if not file.is_file():
            return versions
        *lines, cut = file.read_bytes().split(b"\n")
        try:
            for line in lines:
                versions._take(msgspec.json.decode(line, type=_Line))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise NotCanonical("9.1", f"{file.name} is not what a watcher keeps", subject=str(file)) from None
        if cut:
            file.write_bytes(b"".join(line + b"\n" for line in lines))
        return versions

    def take(self, number: int, since: float, digests: Mapping[str, str]) -> list[str]:
        """Takes a publication in; gives the paths whose bytes it changed."""
        changed = {path: digest for path, digest in digests.items() if self.digest(path) != digest}
        line = _Line(number, since if self.number else LONG_AGO, changed)
        if self.file is not None:
            with self.file.open("ab") as file:
                file.write(msgspec.json.encode(line) + b"\n")
        self._take(line)
        return list(changed)

    def digest(self, path: str) -> str | None:
        """What stands there now, None for a path that is not yielded."""
        versions = self.paths.get(path)
        return versions[-1].digest if versions else None

    def age(self, path: str, digest: str | None, now: float) -> float | None:
        """For how many seconds ``digest`` (None: nothing) has no longer been what stands there.

        Zero for what does stand there; None for bytes that never did.
        """
        versions = self.paths[path]
        if versions[-1].digest == digest:
            return 0.0
        if digest is None:
            return now - versions[0].since
        later = [after for before, after in itertools.pairwise(versions) if before.digest == digest]
        return now - later[-1].since if later else None

    def changed(self, number: int) -> list[str]:
        """The paths whose bytes changed after publication ``number``."""
        return [path for path, versions in self.paths.items() if versions[-1].number > number]

    def _take(self, line: _Line) -> None:
        self.number = line.number
        for path, digest in line.files.items():
            self.paths.setdefault(path, []).append(Version(digest, line.since, line.number))
