"""How do tiles become files that survive a crash?

Everything public of a log lies in one folder that anything can serve. A file appears whole or not at all, and
is on the disk when its write returns. Nothing here is trusted: what the folder says is checked against the state.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from limpide.canonical import LogFork
from limpide.log.tiles import ENTRIES, WIDTH, Tile, decode_bundle

Fault = Callable[[str], None]
"""Called with a name before and after every write, so that a test can fail there."""
_NEW = ".new"
_TOGETHER = 128
"""Files that are open at once."""
_THREADS = 8


def no_fault(_point: str) -> None:
    """The fault point of a log that is not under test."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The public files of one log."""

    root: Path
    fault: Fault = no_fault
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_THREADS), repr=False)
    """Waits for the disk: asked for many files together, a journaling file system answers once."""

    def close(self) -> None:
        """Ends the threads; writes nothing."""
        self._threads.shutdown()

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, None where there is none."""
        return read_file(self.root / path)

    def write_tiles(self, files: Iterable[tuple[str, bytes]]) -> None:
        """All of these files, durable; raises ``LogFork`` for one that is there with other bytes. Spec 6.16."""
        new = []
        for path, data in files:
            there = self.read(path)
            if there is None:
                new.append((path, data))
            elif there != data:
                raise LogFork("6.18", f"{path} exists with other bytes", subject=path)
        for at in range(0, len(new), _TOGETHER):
            self._write(new[at : at + _TOGETHER])

    def replace(self, path: str, data: bytes) -> None:
        """This file with these bytes, durable, whatever it was."""
        self._write([(path, data)])

    def staged(self, index: int, width: int) -> Iterator[list[bytes]]:
        """The bundles of this index that hold more than ``width`` entries; raises ``NotCanonical``."""
        full = Tile(ENTRIES, index)
        partials = (self.root / full.path).with_name(f"{index % 1000:03}.p")
        widths = [int(name) for name in _names(partials) if name.isascii() and name.isdigit()]
        for tile in (full, *(Tile(ENTRIES, index, each) for each in sorted(widths) if each < WIDTH)):
            data = self.read(tile.path) if tile.width > width else None
            if data is not None:
                yield decode_bundle(data, tile)

    def drop_partials(self, tiles: Iterable[Tile]) -> None:
        """Forgets the partial tiles of these full ones, as C2SP tlog-tiles allows."""
        for tile in tiles:
            path = self.root / tile.path
            shutil.rmtree(path.with_name(path.name + ".p"), ignore_errors=True)

    def _write(self, files: Sequence[tuple[str, bytes]]) -> None:
        """All are written, then all are synchronised, then all get their names."""
        folders: set[Path] = set()
        targets = [self.root / path for path, _ in files]
        news = [target.with_name(target.name + _NEW) for target in targets]
        with ExitStack() as stack:
            opened = []
            for (path, data), new in zip(files, news, strict=True):
                self._make(new.parent, folders)
                self.fault(f"before write {path}")
                file = stack.enter_context(new.open("wb"))
                file.write(data)
                file.flush()
                opened.append(file.fileno())
            self._sync(opened)
        for (path, _), new, target in zip(files, news, targets, strict=True):
            self.fault(f"before rename {path}")
            new.replace(target)
            self.fault(f"after rename {path}")
            folders.add(target.parent)
        self.fault("before sync")
        with ExitStack() as stack:
            self._sync([_open_folder(folder, stack) for folder in folders])
        self.fault("after sync")

    def _sync(self, descriptors: Sequence[int]) -> None:
        if len(descriptors) > 1:
            list(self._threads.map(os.fsync, descriptors))
        elif descriptors:
            os.fsync(descriptors[0])

    def _make(self, folder: Path, folders: set[Path]) -> None:
        if not folder.is_dir():
            self._make(folder.parent, folders)
            folder.mkdir(exist_ok=True)
            folders.add(folder.parent)


def read_file(path: Path) -> bytes | None:
    """The bytes of a file, None where there is none."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def replace_file(path: Path, data: bytes) -> None:
    """This file with these bytes, durable, whatever it was; its folder is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + _NEW)
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """The names in this folder are on the disk."""
    with ExitStack() as stack:
        os.fsync(_open_folder(folder, stack))


def _open_folder(folder: Path, stack: ExitStack) -> int:
    descriptor = os.open(folder, os.O_RDONLY)
    stack.callback(os.close, descriptor)
    return descriptor


def _names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()] if folder.is_dir() else []
