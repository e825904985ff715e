"""Which documents does the server take, and how? Spec 8.4.

Only those that an accepted entry names, or that an entry with verified signers waits for. The body goes to a
staged file as it arrives, counted and hashed; what is not the document named leaves nothing.
"""

import asyncio
import hashlib
import os
import tempfile
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

from limpide.canonical import NotCanonical, Refused
from limpide.roles.folder import Folder, is_digest, sync_folder


class DocumentStore:
    """The documents of a record folder, and those that are awaited."""

    def __init__(self, folder: Folder, named: Callable[[str], bool], awaited: int, uploads: int) -> None:
        self._folder, self._named, self._limit = folder, named, awaited
        self._awaited: OrderedDict[str, None] = OrderedDict()
        self._uploads = asyncio.Semaphore(uploads)

    def expect(self, digests: Iterable[str]) -> None:
        """From now on these are taken; the longest awaited give way to them when there are too many."""
        for digest in digests:
            self._awaited[digest] = None
            self._awaited.move_to_end(digest)
        while len(self._awaited) > self._limit:
            self._awaited.popitem(last=False)

    def check(self, digest: str) -> bool:
        """Is this document still to come? False when it is there; raises ``Refused`` when nobody asked for it."""
        if not is_digest(digest):
            raise NotCanonical("8.4", "not a SHA-256", subject=digest[:80])
        if self._folder.has_document(digest):
            return False
        if digest not in self._awaited and not self._named(digest):
            raise Refused("8.4", "no entry names this document", subject=digest)
        return True

    async def receive(self, digest: str, chunks: AsyncIterator[bytes]) -> None:
        """Stores the document, durably; raises ``NotCanonical`` when the bytes are not those of the digest."""
        async with self._uploads:
            descriptor, name = tempfile.mkstemp(dir=self._folder.stage)
            staged = Path(name)
            try:
                hasher = hashlib.sha256()
                with open(descriptor, "wb") as file:  # noqa: ASYNC230, PTH123 - to the page cache, a chunk at a time
                    async for chunk in chunks:
                        hasher.update(chunk)
                        file.write(chunk)
                    file.flush()
                    if hasher.hexdigest() != digest:
                        raise NotCanonical("8.4", "these bytes have another SHA-256", subject=digest)
                    await asyncio.to_thread(self._place, file.fileno(), staged, digest)
            finally:
                staged.unlink(missing_ok=True)  # noqa: ASYNC240 - where it was placed there is nothing to do
        self._awaited.pop(digest, None)

    def _place(self, descriptor: int, staged: Path, digest: str) -> None:
        """Durable under its name when this returns."""
        os.fsync(descriptor)
        staged.chmod(0o644)
        staged.replace(self._folder.documents / digest)
        sync_folder(self._folder.documents)
