"""The client of witnesses, against a small witness of our own and a stock one."""

import base64
import hashlib
import os
import shutil
import socket
import sqlite3
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from vectors import ELECTION
from world import SIGNER, Recorder, World

from limpide._kernel import sign_ed25519
from limpide.canonical import InvalidProof, InvalidSignature, LimpideError, LogFork, NotCanonical, Refused
from limpide.log.checkpoint import MAX_CHECKPOINT, Checkpoint, decode_hash, open_checkpoint, sign_checkpoint
from limpide.log.cosignature import cosign, cosigned_at, cosigner_key
from limpide.log.merkle import EMPTY_ROOT, check_consistency
from limpide.log.policy import Policy, check_policy
from limpide.log.sequencer import Sequencer
from limpide.log.witness import Post, Witness, add_checkpoint_body
from limpide.signing import Signer, VerifierKey, encode_line

NAME = "witness.example.net/w1"
KEY = Signer(NAME, bytes(range(32, 64)))
POLICY = Policy((SIGNER.key,), {"w": cosigner_key(KEY)}, {}, "w")


@dataclass
class SmallWitness:
    """C2SP tlog-witness, in memory, for one log."""

    seen: Checkpoint = field(default_factory=lambda: Checkpoint(SIGNER.name, 0, EMPTY_ROOT))
    asked: int = 0

    def post(self, url: str, body: bytes) -> tuple[int, bytes]:
        assert url == "https://witness.example.net/add-checkpoint"
        self.asked += 1
        head, _, note = body.partition(b"\n\n")
        old, *hashes = head.decode().split("\n")
        signed = open_checkpoint(note, SIGNER.key)
        if old != f"old {self.seen.size}":
            return 409, f"{self.seen.size}\n".encode()
        proof = [decode_hash(each, "6.9") for each in hashes]
        try:
            check_consistency(self.seen.size, self.seen.root, signed.size, signed.root, proof)
        except InvalidProof:
            return 422, b""
        self.seen = signed.checkpoint
        return 200, encode_line(cosign(signed.note.text, KEY, 1_804_000_000))


def address(size: int = 0) -> Witness:
    return Witness(cosigner_key(KEY), "https://witness.example.net/", size)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Sequencer]:
    world = World(tmp_path).create()
    log = world.open()
    log.submit([b"one", b"two", b"three"])
    log.integrate()
    yield log
    log.close()


def test_the_request_of_the_election_log() -> None:
    key = VerifierKey.parse(ELECTION["log_vkey"])
    signed = open_checkpoint(ELECTION["checkpoint_8"].encode(), key)
    expected = ELECTION["add_checkpoint_body_3_to_8"].encode()
    hashes = [base64.b64decode(line) for line in expected.split(b"\n")[1:5]]
    assert add_checkpoint_body(3, hashes, signed) == expected
    with pytest.raises(NotCanonical):
        add_checkpoint_body(3, hashes * 16, signed)


def test_a_witness_follows_the_log(log: Sequencer) -> None:
    witness, theirs = address(), SmallWitness()
    for number in range(5):
        line = witness.ask(log.checkpoint, log.consistency, theirs.post)
        log.keep_cosignatures(log.checkpoint, [line])
        assert check_policy(log.checkpoint.note, POLICY).times == {"w": 1_804_000_000}
        assert witness.size == theirs.seen.size == log.checkpoint.size
        log.submit([b"entry %d" % number])
        log.integrate()
    # The same size again is fine, and a client that has forgotten asks twice.
    asked = theirs.asked
    address().ask(log.checkpoint, log.consistency, theirs.post)
    address(2).ask(log.checkpoint, log.consistency, theirs.post)
    assert theirs.asked == asked + 4


def test_a_witness_that_has_seen_more_or_something_else(log: Sequencer) -> None:
    ahead = SmallWitness(Checkpoint(SIGNER.name, 9, bytes(32)))
    with pytest.raises(LogFork, match="has seen 9 entries"):
        address().ask(log.checkpoint, log.consistency, ahead.post)
    aside = SmallWitness(Checkpoint(SIGNER.name, 2, bytes(32)))
    with pytest.raises(LogFork, match="another history"):
        address().ask(log.checkpoint, log.consistency, aside.post)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((404, b""), Refused),
        ((500, b"x"), Refused),
        ((409, b""), NotCanonical),
        ((409, b"08\n"), NotCanonical),
        ((409, b"3"), NotCanonical),
        ((409, b"0\n"), Refused),
        ((200, b""), NotCanonical),
        ((200, b"\xe2\x80\x94 someone.else AAAAAAAA\n"), InvalidSignature),
        ((200, bytes(10_000_000)), NotCanonical),
    ],
)
def test_answers_that_are_worth_nothing(
    log: Sequencer, answer: tuple[int, bytes], kind: type[LimpideError]
) -> None:
    with pytest.raises(kind):
        address().ask(log.checkpoint, log.consistency, lambda _url, _body: answer)


def test_a_false_cosignature_and_a_dead_line(log: Sequencer) -> None:
    other = sign_checkpoint(3, bytes(32), SIGNER)
    line = encode_line(cosign(other.note.text, KEY, 5))
    with pytest.raises(InvalidSignature):
        address().ask(log.checkpoint, log.consistency, lambda _url, _body: (200, line))

    def dead(_url: str, _body: bytes) -> tuple[int, bytes]:
        raise ConnectionRefusedError

    with pytest.raises(Refused, match="did not answer"):
        address().ask(log.checkpoint, log.consistency, dead)


# A stock witness: torchwood's litewitness, which keeps its key in an ssh-agent.

VERSION = "v0.9.0"


def installed() -> Path:
    """The program, installed once into the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "limpide" / f"torchwood-{VERSION}"
    program = cache / "litewitness"
    if program.exists():
        return program
    if shutil.which("go") is None:
        pytest.skip("litewitness needs Go, which is not installed")
    command = ["go", "install", f"filippo.io/torchwood/cmd/litewitness@{VERSION}"]
    go = {**os.environ, "GOBIN": str(cache)}
    try:
        run = subprocess.run(command, env=go, capture_output=True, timeout=240, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("litewitness could not be fetched in four minutes")
    if run.returncode:
        pytest.skip(f"litewitness could not be installed: {run.stderr.decode()[-200:]}")
    return program


class Agent:
    """Enough of the ssh-agent protocol for one Ed25519 key: list, and sign."""

    def __init__(self, path: Path, seed: bytes, public: bytes) -> None:
        self._seed = seed
        self.blob = string(b"ssh-ed25519") + string(public)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                while head := stream.read(4):
                    answer = self._answer(stream.read(int.from_bytes(head)))
                    stream.write(string(answer))
                    stream.flush()

    def _answer(self, request: bytes) -> bytes:
        match request[0]:
            case 11:
                return b"\x0c" + struct.pack(">I", 1) + string(self.blob) + string(b"limpide test")
            case 13:
                at = 5 + int.from_bytes(request[1:5])
                data = request[at + 4 : at + 4 + int.from_bytes(request[at : at + 4])]
                return b"\x0e" + string(string(b"ssh-ed25519") + string(sign_ed25519(self._seed, data)))
        return b"\x05"


def string(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


@pytest.fixture
def litewitness(tmp_path: Path) -> Iterator[str]:
    program, database, sock = installed(), tmp_path / "litewitness.db", tmp_path / "agent"
    agent = Agent(sock, KEY.seed, KEY.key.public)
    fingerprint = "SHA256:" + base64.b64encode(hashlib.sha256(agent.blob).digest()).decode().rstrip("=")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{probe.getsockname()[1]}"
    identity = ["-name", NAME, "-key", fingerprint, "-ssh-agent", str(sock)]
    command = [str(program), "-db", str(database), *identity, "-listen", listen]
    with (tmp_path / "litewitness.log").open("wb") as output:
        running = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        wait_for(listen, running)
        introduce(database)
        yield f"http://{listen}"
    finally:
        running.terminate()
        running.wait()
        agent.close()


def wait_for(listen: str, running: subprocess.Popen[bytes]) -> None:
    host, port = listen.split(":")
    for _ in range(100):
        assert running.poll() is None
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.1)


def introduce(database: Path) -> None:
    """Makes our log known to the witness, as its operator does."""
    root = base64.b64encode(EMPTY_ROOT).decode()
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)", (SIGNER.name, root))
        connection.execute("INSERT INTO key (origin, key) VALUES (?, ?)", (SIGNER.name, SIGNER.key.vkey))


def post_with(client: httpx.Client) -> Post:
    def post(url: str, body: bytes) -> tuple[int, bytes]:
        try:
            answer = client.post(url, content=body)
        except httpx.HTTPError as error:
            raise ConnectionError from error
        return answer.status_code, answer.content[:MAX_CHECKPOINT]

    return post


def test_a_stock_witness_cosigns_our_log(litewitness: str, tmp_path: Path) -> None:
    world = World(tmp_path / "log").create()
    log = world.open()
    witness = Witness(cosigner_key(KEY), litewitness)
    with httpx.Client(timeout=20) as client:
        post = post_with(client)
        for number in range(6):
            log.submit([b"entry %d %d" % (number, i) for i in range(70 * number + 1)])
            signed = log.integrate()
            line = witness.ask(signed, log.consistency, post)
            log.keep_cosignatures(signed, [line])
            cosigned = check_policy(world.check().note, POLICY)
            assert abs(cosigned.times["w"] - time.time()) < 60
        assert cosigned_at(log.checkpoint.note, cosigner_key(KEY)) is not None
        # A client that has forgotten everything is told the size, and goes on from there.
        Witness(cosigner_key(KEY), litewitness).ask(log.checkpoint, log.consistency, post)
        log.close()
        # A second history of the same log is refused, shorter or longer.
        forked = World(tmp_path / "fork").create()
        log = Sequencer.open(forked.public, forked.state, SIGNER, Recorder())
        for size in (3, 3000):
            log.submit([b"other %d" % i for i in range(size)])
            log.integrate()
            with pytest.raises(LogFork):
                Witness(cosigner_key(KEY), litewitness).ask(log.checkpoint, log.consistency, post)
        log.close()
