"""How is what a site showed kept, so that it can be shown after the site has changed?

Each piece is a folder, complete and durable before anything is concluded from it: written aside, synchronised,
renamed. Spec 9.10.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from limpide.canonical import encode, sha256_hex
from limpide.roles.folder import sync_folder
from limpide.roles.watching.answers import Answer

MANIFEST = "evidence.json"
MAX_KEPT = 16 * 2**20
"""Bytes of one body."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a piece of evidence is of: the site, its checkpoint, and what the reader held at that moment."""

    site: str
    checkpoint: bytes | None
    fingerprint: str
    size: int
    publication: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """The folder in which pieces are kept."""

    root: Path

    def keep(self, answer: Answer, context: Context, more: Mapping[str, bytes]) -> Path:
        """Stores an answer, with ``more`` files such as ``expected``; gives the folder of the piece."""
        self.root.mkdir(parents=True, exist_ok=True)
        files = {
            "body": answer.body[:MAX_KEPT],
            "headers": "".join(f"{name}: {value}\n" for name, value in answer.headers).encode(),
            **({} if context.checkpoint is None else {"checkpoint": context.checkpoint}),
            **more,
        }
        listing = {
            "cut": answer.cut or len(answer.body) > MAX_KEPT,
            "files": {name: sha256_hex(data) for name, data in files.items()},
            "instant": answer.instant,
            "path": answer.path,
            "record": {
                "fingerprint": context.fingerprint,
                "publication": context.publication,
                "size": context.size,
            },
            "sha256": answer.sha256,
            "site": context.site,
            "status": answer.status,
            "url": answer.url,
        }
        staged = self.root / ".stage"
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir()
        for name, data in {**files, MANIFEST: encode(listing)}.items():
            with (staged / name).open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(staged)
        piece = self._free(f"{answer.instant.replace('-', '').replace(':', '')}-{answer.sha256[:16]}")
        staged.rename(piece)
        sync_folder(self.root)
        return piece

    def drop(self, piece: Path) -> None:
        """Removes a piece that the record has explained: there was no fault."""
        shutil.rmtree(piece, ignore_errors=True)

    def _free(self, name: str) -> Path:
        piece, number = self.root / name, 1
        while piece.exists():
            number += 1
            piece = self.root / f"{name}-{number}"
        return piece
