"""Will a witness cosign this checkpoint? The client's side of C2SP tlog-witness.

A witness is asked and never waited for: whatever goes wrong here is told, and the log goes on. What a witness
says unsigned (its size) can at most raise an alarm.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from limpide.canonical import InvalidSignature, LogFork, NotCanonical, Refused
from limpide.log.checkpoint import MAX_CHECKPOINT, SignedCheckpoint, decode_size, encode_hash
from limpide.log.cosignature import cosigned_at, parse_lines
from limpide.signing import Note, SignatureLine, VerifierKey

Post = Callable[[str, bytes], tuple[int, bytes]]
"""Posts a body to an address: the status and the body of the answer. Raises ``OSError`` without an answer."""
Consistency = Callable[[int, int], Sequence[bytes]]
"""The consistency proof between two sizes of the log."""

MAX_HASHES = 63
_OK, _CONFLICT, _UNPROCESSABLE = 200, 409, 422
_TRIES = 3
_SIZE = re.compile(rb"([0-9]{1,19})\n")


@dataclass(slots=True)
class Witness:
    """A witness of one log: its key, where it listens, and how far it has followed, as far as is known."""

    key: VerifierKey
    prefix: str
    size: int = 0

    def ask(self, signed: SignedCheckpoint, consistency: Consistency, post: Post) -> SignatureLine:
        """The witness's line under this checkpoint, verified. Spec 6.9.

        Raises ``Refused`` when it did not answer or would not, ``InvalidSignature`` or ``NotCanonical`` when its
        answer is worth nothing, ``LogFork`` when it has seen another history, or more of this one.
        """
        for _ in range(_TRIES):
            old = self.size
            proof = consistency(old, signed.size)
            body = add_checkpoint_body(old, proof, signed)
            try:
                status, answer = post(f"{self.prefix.rstrip('/')}/add-checkpoint", body)
            except OSError as error:
                raise _refusal(self, f"did not answer: {type(error).__name__}") from error
            if status == _OK:
                line = self._line(signed, answer)
                self.size = signed.size
                return line
            if status != _CONFLICT:
                break
            self.size = self._conflict(signed, answer)
            if self.size == old:
                break
        if status == _UNPROCESSABLE:
            raise LogFork("6.14", f"{self.key.name} has seen another history", subject=self.key.name)
        raise _refusal(self, f"answered {status}")

    def _conflict(self, signed: SignedCheckpoint, answer: bytes) -> int:
        """The size that the witness has; raises ``LogFork`` when it is beyond ours."""
        match = _SIZE.fullmatch(answer)
        if match is None:
            raise NotCanonical("6.9", f"{self.key.name} did not say its size", subject=self.key.name)
        size = decode_size(match[1].decode())
        if size > signed.size:
            raise LogFork(
                "6.14", f"{self.key.name} has seen {size} entries, not {signed.size}", subject=self.key.name
            )
        return size

    def _line(self, signed: SignedCheckpoint, answer: bytes) -> SignatureLine:
        lines = parse_lines(answer[:MAX_CHECKPOINT])
        mine = [line for line in lines if (line.name, line.key_id) == (self.key.name, self.key.id)]
        # Lines of other keys of the witness are not ours to judge, and are left out.
        if not mine or cosigned_at(Note(signed.note.text, tuple(mine)), self.key) is None:
            raise InvalidSignature("6.11", f"{self.key.name} answered without its line", subject=self.key.name)
        return mine[-1]


def add_checkpoint_body(old: int, proof: Sequence[bytes], signed: SignedCheckpoint) -> bytes:
    """The request: the size the witness is believed to have, the proof, and the checkpoint with the log's line."""
    if len(proof) > MAX_HASHES:
        raise NotCanonical("6.9", "a proof of more than 63 hashes", subject="proof")
    lines = [f"old {old}", *map(encode_hash, proof), "", ""]
    own = tuple(line for line in signed.note.lines if line.name == signed.checkpoint.origin)
    return "\n".join(lines).encode() + Note(signed.note.text, own).encode()


def _refusal(witness: Witness, what: str) -> Refused:
    return Refused("6.9", f"{witness.key.name} {what}", subject=witness.key.name)
