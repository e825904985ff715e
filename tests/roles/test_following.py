"""Does a follower see every entry once, and notice a log that shrinks or forks?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election import LOG, Night, signer
from limpide import _kernel
from limpide.canonical import LimpideError, LogFork, NotCanonical, Refused
from limpide.log.checkpoint import sign_checkpoint
from limpide.log.merkle import HASH_SIZE
from limpide.log.tiles import ENTRIES, WIDTH, Tile, encode_entries
from limpide.roles.following import Follower, RightEdge, replay


@given(st.lists(st.integers(0, 40), max_size=8))
def test_the_right_edge_has_the_root_of_the_tree(steps: list[int]) -> None:
    edge, leaves = RightEdge(), b""
    for step in steps:
        more = _kernel.leaf_hashes([bytes([number, step]) for number in range(step)])
        edge, leaves = edge.extended(more), leaves + more
        assert edge.root() == _kernel.tree_root(leaves)
        assert edge.size == len(leaves) // HASH_SIZE


class _Log:
    """A log in memory that its owner may falsify."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.checkpoint = b""

    def sign(self) -> None:
        root = _kernel.tree_root(_kernel.leaf_hashes(self.entries))
        self.checkpoint = sign_checkpoint(len(self.entries), root, signer(LOG)).encode()

    def read(self, path: str) -> bytes | None:
        tile = Tile.parse(path)
        assert tile.level == ENTRIES
        entries = self.entries[tile.index * WIDTH : tile.index * WIDTH + tile.width]
        return encode_entries(entries) if len(entries) == tile.width else None


def _follower(log: _Log) -> Follower:
    return Follower(lambda: log.checkpoint, log.read, signer(LOG).key)


def test_every_entry_once() -> None:
    log = _Log()
    seen: list[bytes] = []
    follower = _follower(log)
    for count in (1, 254, 1, 1, 300, 0, 7):
        log.entries += [b"%d" % (len(log.entries) + number) for number in range(count)]
        log.sign()
        seen += follower.advance()
    assert seen == log.entries
    assert follower.advance() == ()


@pytest.mark.parametrize("where", [0, 3, 9])
def test_another_past_is_a_fork(where: int) -> None:
    log = _Log()
    log.entries = [b"%d" % number for number in range(10)]
    log.sign()
    follower = _follower(log)
    follower.advance()
    log.entries[where] = b"another"
    log.entries.append(b"more")
    log.sign()
    with pytest.raises(LogFork):
        follower.advance()


def test_a_smaller_log_is_a_fork() -> None:
    log = _Log()
    log.entries = [b"%d" % number for number in range(10)]
    log.sign()
    follower = _follower(log)
    follower.advance()
    log.entries.pop()
    log.sign()
    with pytest.raises(LogFork):
        follower.advance()


def test_entries_that_the_checkpoint_does_not_sign() -> None:
    log = _Log()
    log.entries = [b"1", b"2"]
    log.sign()
    log.entries[1] = b"3"
    with pytest.raises(LogFork):
        _follower(log).advance()
    log.sign()
    log.checkpoint = log.checkpoint.replace(b"\n2\n", b"\n3\n")
    with pytest.raises(LimpideError):
        _follower(log).advance()


def test_replay_is_the_record(night: Night) -> None:
    night.complete()
    entries, documents = night.bundle()
    record = replay(None, entries, documents.get)
    assert record is not None
    assert [e.id for e in record.events()] == [e.id for e in night.record.events()]
    assert replay(None, [], documents.get) is None
    with pytest.raises(Refused):
        replay(record, entries[:1], documents.get)
    with pytest.raises(NotCanonical):
        replay(record, [b"nothing"], documents.get)
