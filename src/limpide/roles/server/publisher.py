"""How does what is on record become files, without ever holding up who reports?

A process of its own. It follows the log as any reader does, makes the next edition on a stage, posts the
``publication`` entry as any signer does, waits until a checkpoint holds it, and only then moves the files into
place, the manifest last. Killed at any point it loses nothing: a publication on record is made again from the
record; one that is not on record leaves only a stage, which the next start clears. Spec 8.10.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

import httpx
import msgspec

from limpide.canonical import Refused
from limpide.record.events import Publication, event_text
from limpide.record.record import Record
from limpide.results.edition import Edition, File, Pages
from limpide.results.publication import MANIFEST, EditionFiles, Publisher
from limpide.roles.fetching import FolderSource
from limpide.roles.folder import Folder, check_path
from limpide.roles.following import Follower, replay
from limpide.roles.server.events import say
from limpide.signing import Signer, sign_note

POLL_SECONDS = 0.05
_PATIENCE_SECONDS = 60.0
Clock = Callable[[], datetime]
Post = Callable[[bytes], None]


class NoPages:
    """A site without pages: the figures alone, for measuring and for very large records."""

    def nation(self, _edition: Edition) -> Iterator[File]:
        """Nothing."""
        return iter(())

    def division(self, _edition: Edition, _round: int, _division: str) -> Iterator[File]:
        """Nothing."""
        return iter(())

    def locality(self, _edition: Edition, _round: int, _locality: str) -> Iterator[File]:
        """Nothing."""
        return iter(())


@dataclass(slots=True, eq=False)
class Publishing:
    """The record as followed, the fold that makes editions, and where they go."""

    folder: Folder
    signer: Signer
    post: Post
    make_pages: Callable[[Record], Pages]
    follower: Follower = field(init=False)
    record: Record | None = None
    publisher: Publisher | None = None

    def __post_init__(self) -> None:
        """Begins with nothing read."""
        source = FolderSource(self.folder.public)
        self.follower = Follower(lambda: source.read("checkpoint"), source.read, self.signer.key)

    def follow(self) -> Record | None:
        """The record of the latest checkpoint, None before the first entry."""
        self.record = replay(self.record, self.follower.advance(), self.folder.document)
        return self.record

    def restore(self) -> int:
        """Puts the files of the last publication on record in place; gives how many were not. Clears the stage."""
        shutil.rmtree(self.folder.edition, ignore_errors=True)
        self.folder.edition.mkdir()
        record = self.follow()
        if record is None or record.latest is None:
            return 0
        stated = record.latest.publication
        self.publisher = Publisher(record.register, self.make_pages(record))
        made = self.publisher.advance(record.until(stated.size), stated.instant)
        if made.body != stated:
            # other software made it; what it published stays until the next publication replaces every file
            say("publisher", "differs", publication=stated.number)
            return 0
        changed = {path: data for path, data in made.files.items() if self.folder.read(path) != data}
        self.stage(changed)
        self.place(changed)
        return len(changed)

    def publish(self, now: datetime) -> EditionFiles | None:
        """The next edition, on record and in place; None when nothing asks for one yet."""
        record = self.follow()
        instant = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        if record is None or instant <= record.instant or not is_due(record, instant):
            return None
        if self.publisher is None:
            self.publisher = Publisher(record.register, self.make_pages(record))
        made = self.publisher.advance(record, instant)
        self.stage(made.files)
        self.post(sign_note(event_text(record.register.election, made.body), [self.signer]).encode())
        self._await(made.body)
        self.place(made.files)
        return made

    def stage(self, files: Mapping[str, bytes]) -> None:
        """Writes the files where nobody reads them."""
        for path, data in files.items():
            staged = self.folder.edition / check_path(path)
            staged.parent.mkdir(parents=True, exist_ok=True)
            staged.write_bytes(data)

    def place(self, files: Mapping[str, bytes]) -> None:
        """Moves the staged files into place, the manifest last: until then it lists what was there before."""
        for path in sorted(files, key=lambda path: (path == MANIFEST, path.startswith("manifest/"))):
            target = self.folder.public / path
            target.parent.mkdir(parents=True, exist_ok=True)
            (self.folder.edition / path).replace(target)

    def _await(self, body: Publication) -> None:
        """Follows the log until it holds the publication."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            record = self.follow()
            if record is not None and record.latest is not None and record.latest.publication == body:
                return
            time.sleep(POLL_SECONDS)
        raise Refused("8.10", f"publication {body.number} was promised and is in no checkpoint", number=body.number)


def is_due(record: Record, instant: str) -> bool:
    """Has anything been said since the last publication, or has an awaited instant come?"""
    latest = record.latest
    if latest is None:
        return True
    since = range(latest.publication.size, record.size)
    if any(not isinstance(record.event(index).body, Publication) for index in since):
        return True
    rounds = record.register.definition.rounds
    return any(
        record.instant < round_.counting_opens <= instant and record.opening(round_.number) is not None
        for round_ in rounds
    )


def post_to(address: str) -> Post:
    """Posts an entry to a server until it answers; raises ``Refused`` with its sentence when it says no."""
    client = httpx.Client(base_url=address, timeout=10.0, trust_env=False)

    def post(entry: bytes) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                answer = client.post("/entries", content=entry)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == HTTPStatus.OK:
                return
            if answer is not None and answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                problem = msgspec.json.decode(answer.content)
                raise Refused(problem["clause"], problem["detail"])
            if time.monotonic() > deadline:
                raise Refused("8.6", "the server takes no entries")
            time.sleep(POLL_SECONDS)

    return post
