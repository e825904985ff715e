"""What has this log promised and signed? The private store of the writer.

Trusted: whoever alters it can make the writer sign a second history. It holds the latest checkpoint that was
signed, moved only by compare-and-swap, and the entries that were accepted and are not yet in tiles. The
statements fit SQLite and PostgreSQL.
"""

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from limpide.canonical import LogFork, Refused
from limpide.log.checkpoint import SignedCheckpoint, open_checkpoint
from limpide.log.storage import Fault, no_fault, sync_folder
from limpide.log.tiles import decode_entries, encode_entries
from limpide.signing import VerifierKey

FORMAT = 1
_LATEST, _COSIGNED = "latest", "cosigned"

_TABLES = sa.MetaData()
_LOG = sa.Table(
    "log",
    _TABLES,
    sa.Column("format", sa.Integer, nullable=False),
    sa.Column("vkey", sa.Text, nullable=False),
    # The fencing token: who took it last is the writer, everybody before is refused.
    sa.Column("token", sa.BigInteger, nullable=False),
)
_CHECKPOINT = sa.Table(
    "checkpoint",
    _TABLES,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("root", sa.LargeBinary, nullable=False),
    sa.Column("note", sa.LargeBinary, nullable=False),
)
_PENDING = sa.Table(
    "pending",
    _TABLES,
    # The position of the first entry of a batch; its entries lie end to end, as in a bundle.
    sa.Column("start", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entries", sa.LargeBinary, nullable=False),
)

# Statements are built once; building one costs more than the database does.
_HOLD = sa.update(_LOG).where(_LOG.c.token == sa.bindparam("mine")).values(token=sa.bindparam("mine"))
_TAKE_OVER = sa.update(_LOG).values(token=_LOG.c.token + 1)
_ACCEPT = sa.insert(_PENDING)
_INTEGRATED = sa.delete(_PENDING).where(_PENDING.c.start < sa.bindparam("size"))
_SWAP = sa.update(_CHECKPOINT).where(
    (_CHECKPOINT.c.kind == _LATEST)
    & (_CHECKPOINT.c.size == sa.bindparam("old_size"))
    & (_CHECKPOINT.c.root == sa.bindparam("old_root"))
)


class State:
    """The state of one log, in the hands of one writer. Each change raises ``LogFork`` once another took over."""

    def __init__(self, engine: sa.Engine, key: VerifierKey, fault: Fault = no_fault) -> None:
        self._engine = engine
        self._writing = engine.execution_options(writes=True)
        self._key = key
        self._fault = fault
        self._token = self._take_over()

    def check_writer(self) -> None:
        """Nobody else has become the writer."""
        with self._engine.connect() as connection:
            if connection.execute(sa.select(_LOG.c.token)).scalar_one() != self._token:
                raise _taken_over()

    def latest(self) -> SignedCheckpoint:
        """The last checkpoint that was signed."""
        return self._checkpoint(_LATEST)

    def cosigned(self) -> SignedCheckpoint:
        """The last checkpoint that a witness cosigned; before the first of these, that of the empty log."""
        return self._checkpoint(_COSIGNED)

    def pending(self, start: int) -> list[bytes]:
        """The entries from ``start`` on that were accepted and are not yet in tiles."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(_PENDING).order_by(_PENDING.c.start)).all()
        entries: list[bytes] = []
        for row in rows:
            if row.start != start + len(entries):
                raise LogFork("6.18", "the state has lost entries that it had accepted", subject="pending")
            entries += decode_entries(bytes(row.entries), "pending")
        return entries

    def accept(self, start: int, entries: Sequence[bytes]) -> None:
        """These entries are durable from position ``start`` on when this returns. Spec 6.15."""
        self._fault("before accept")
        with self._writing.begin() as connection:
            self._hold(connection)
            connection.execute(_ACCEPT, {"start": start, "entries": encode_entries(entries)})
        self._fault("after accept")

    def advance(self, old: SignedCheckpoint, new: SignedCheckpoint) -> None:
        """The new checkpoint in place of the old one, the latest; raises ``LogFork`` if it is not. Spec 6.17."""
        self._fault("before compare-and-swap")
        with self._writing.begin() as connection:
            self._hold(connection)
            swap = {"old_size": old.size, "old_root": old.root, **_values(new)}
            if connection.execute(_SWAP, swap).rowcount != 1:
                raise LogFork("6.17", "another checkpoint was signed meanwhile", subject=str(new.size))
            connection.execute(_INTEGRATED, {"size": new.size})
        self._fault("after compare-and-swap")

    def keep_cosigned(self, signed: SignedCheckpoint) -> None:
        """A checkpoint with its cosignatures; also as the latest while it is that."""
        row = _CHECKPOINT.c
        with self._writing.begin() as connection:
            self._hold(connection)
            newer = (row.kind == _COSIGNED) & (row.size <= signed.size)
            connection.execute(sa.update(_CHECKPOINT).where(newer).values(_values(signed)))
            same = (row.kind == _LATEST) & (row.size == signed.size) & (row.root == signed.root)
            connection.execute(sa.update(_CHECKPOINT).where(same).values(_values(signed)))

    def close(self) -> None:
        """Forgets the connections; writes nothing."""
        self._engine.dispose()

    def _take_over(self) -> int:
        with self._writing.begin() as connection:
            log = connection.execute(sa.select(_LOG)).one()
            if (log.format, log.vkey) != (FORMAT, self._key.vkey):
                raise Refused("6.19", "the state is that of another log", subject=log.vkey)
            connection.execute(_TAKE_OVER)
        return int(log.token) + 1

    def _hold(self, connection: sa.Connection) -> None:
        # An update, not a question: it locks the row until the transaction ends.
        if connection.execute(_HOLD, {"mine": self._token}).rowcount != 1:
            raise _taken_over()

    def _checkpoint(self, kind: str) -> SignedCheckpoint:
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(_CHECKPOINT).where(_CHECKPOINT.c.kind == kind)).one()
        signed = open_checkpoint(bytes(row.note), self._key)
        if (signed.size, signed.root) != (row.size, bytes(row.root)):
            raise LogFork("6.18", "the state contradicts its own checkpoint", subject=kind)
        return signed


class WriterLock:
    """That no second process of this machine writes the same log. Spec 6.17."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise LogFork("6.17", "another sequencer is writing this log", subject=path.name) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets another process write."""
        self._file.close()


def create_state(path: Path, empty: SignedCheckpoint, key: VerifierKey) -> None:
    """The state of a new log: whole under its name, or not at all. Spec 6.19."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(new)))
    with engine.begin() as connection:
        _TABLES.create_all(connection)
        connection.execute(sa.insert(_LOG).values(format=FORMAT, vkey=key.vkey, token=0))
        kinds = [{"kind": kind, **_values(empty)} for kind in (_LATEST, _COSIGNED)]
        connection.execute(sa.insert(_CHECKPOINT), kinds)
    engine.dispose()
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.rename(path)
    sync_folder(path.parent)


def sqlite_engine(path: Path) -> sa.Engine:
    """SQLite with a write-ahead log, durable at every commit; a writer locks when it begins."""
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - SQLAlchemy types it so
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "wal_autocheckpoint=8000"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _values(signed: SignedCheckpoint) -> dict[str, Any]:
    return {"size": signed.size, "root": signed.root, "note": signed.encode()}


def _taken_over() -> LogFork:
    return LogFork("6.17", "another sequencer has taken over this log", subject="token")
