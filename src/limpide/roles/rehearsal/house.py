"""How does a whole night run in one process, without a network?

The same parts as the server's (creation, sequencer, admission, publisher, folder), called in turn by whoever plays.
Time is an argument: a night of fifteen hours takes as long as its computation. What it leaves is a record
folder like any other, which ``limpide serve`` shows and ``limpide verify`` checks.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from limpide.canonical import LimpideError
from limpide.log.checkpoint import SignedCheckpoint
from limpide.log.sequencer import Sequencer
from limpide.record.definition import Register
from limpide.record.events import SignedEvent, event_text
from limpide.record.record import Record
from limpide.results.edition import Pages
from limpide.results.publication import Publisher
from limpide.roles.folder import Folder
from limpide.roles.server.configuration import write_configuration
from limpide.roles.server.creation import create
from limpide.roles.server.judge import RecordJudge
from limpide.roles.server.log_key import create_log_key, read_log_key
from limpide.signing import VerifierKey, sign_note

PagesOf = Callable[[Register], Pages]
LOG_KEY = Path("private/log.key")


class House:
    """One record folder, and everything that writes it."""

    def __init__(self, folder: Folder, pages: PagesOf) -> None:
        self.folder = folder
        self._signer = read_log_key(folder.root / LOG_KEY)
        self._judge = RecordJudge(folder.document)
        self._sequencer = Sequencer.open(folder.public, folder.sequencer, self._signer, self._judge)
        register = self.record.register
        self._publisher = Publisher(register, pages(register))

    @property
    def record(self) -> Record:
        """The record so far."""
        return self._judge.record

    @property
    def checkpoint(self) -> SignedCheckpoint:
        """The latest checkpoint."""
        return self._sequencer.checkpoint

    def put_documents(self, documents: Mapping[str, bytes]) -> None:
        """Stores documents under their digests."""
        for data in documents.values():
            self.folder.store_document(data)

    def submit(self, entries: Sequence[bytes]) -> list[LimpideError | None]:
        """For each entry None, or why it was refused."""
        answers = self._sequencer.submit(entries)
        return [answer if isinstance(answer, LimpideError) else None for answer in answers]

    def add(self, entry: bytes) -> SignedEvent:
        """Adds one entry and signs a checkpoint over it; raises what refuses it."""
        (refusal,) = self.submit([entry])
        if refusal is not None:
            raise refusal
        self._sequencer.integrate()
        return self.record.event(self.record.size - 1)

    def publish(self, instant: str) -> Mapping[str, bytes]:
        """Publishes the record as it is, at an instant; gives the files that were written."""
        made = self._publisher.advance(self.record, instant)
        # the files stand before the entry that states them: a reader never finds an entry without its files
        for path, data in made.files.items():
            target = self.folder.public / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        text = event_text(self.record.register.election, made.body)
        self.add(sign_note(text, [self._signer]).encode())
        return made.files

    def close(self) -> None:
        """Lets another process serve the folder."""
        self._sequencer.close()


class Keyring:
    """A new log key, which moves into the record folder once that is made, and else is forgotten."""

    def __init__(self, name: str) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="limpide-")
        self._path = Path(self._place.name) / LOG_KEY.name
        self.key: VerifierKey = create_log_key(self._path, name)

    def found(self, root: Path, definition: bytes, documents: Mapping[str, bytes]) -> Folder:
        """Creates the record folder; raises what refuses it."""
        root.parent.mkdir(parents=True, exist_ok=True)
        create(root, definition, documents, self._path)
        folder = Folder(root)
        kept = root / LOG_KEY
        kept.touch(mode=0o600, exist_ok=False)
        kept.write_bytes(self._path.read_bytes())
        write_configuration(folder, LOG_KEY)
        return folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._place.cleanup()
