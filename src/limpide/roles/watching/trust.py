"""Which log does a watcher follow? The one that the fingerprint or the policy names, and no other."""

from dataclasses import dataclass

from limpide.canonical import InvalidSignature, LimpideError, NotCanonical, Refused
from limpide.log.checkpoint import MAX_CHECKPOINT, Checkpoint, SignedCheckpoint, verify_checkpoint
from limpide.log.policy import Policy, check_policy
from limpide.log.tiles import TileReader, read_entries
from limpide.record.definition import Definition
from limpide.record.events import decode_event
from limpide.signing import Note, VerifierKey, parse_note


@dataclass(frozen=True, slots=True)
class Trust:
    """What a watcher brings: a fingerprint from paper, a policy, or both."""

    fingerprint: str | None = None
    policy: Policy | None = None

    def __post_init__(self) -> None:
        """Refuses to trust just anybody."""
        if self.fingerprint is None and self.policy is None:
            raise NotCanonical("5.13", "a fingerprint or a policy is needed", fingerprint="?")

    def find_key(self, checkpoint: bytes, read: TileReader) -> VerifierKey:
        """The log's key as the definition names it, which is the first entry under this checkpoint.

        Raises what is wrong with either: 5.12 for another definition, 6.5 for a log that the policy does not know.
        """
        size = Checkpoint.parse(parse_note(checkpoint, limit=MAX_CHECKPOINT).text).size
        if not size:
            raise NotCanonical("6.4", "an empty log has no definition", subject="size")
        event = decode_event(next(iter(read_entries(read, size, 0, 1))))
        if self.fingerprint is not None and event.id.hex() != self.fingerprint:
            raise Refused("5.12", "another election", fingerprint=event.id.hex())
        if not isinstance(event.body, Definition):
            raise Refused("4.1", "the first entry is no definition", subject=event.kind)
        key = VerifierKey.parse(event.body.log)
        if self.policy is not None and key not in self.policy.logs:
            raise InvalidSignature("6.5", "the policy does not name this log", subject=key.name)
        return key

    def open(self, checkpoint: bytes, key: VerifierKey) -> SignedCheckpoint:
        """The checkpoint that this log signed, and its policy's quorum cosigned; raises what is wrong with it."""
        note: Note = parse_note(checkpoint, limit=MAX_CHECKPOINT)
        signed = verify_checkpoint(note, key)
        if self.policy is not None:
            check_policy(note, self.policy)
        return signed


def size_claimed(checkpoint: bytes) -> int:
    """The size that a checkpoint claims before anybody has checked it; −1 for bytes that are none."""
    try:
        return Checkpoint.parse(parse_note(checkpoint, limit=MAX_CHECKPOINT).text).size
    except LimpideError:
        return -1
