"""Checkpoints, cosignatures, proof and policy files: good vectors, refused ones, and random bytes."""

import base64
import hashlib
import json
import re
from collections.abc import Callable

import make_refused
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales import signing as scales
from tlog_scales import tlog
from vectors import ELECTION, ENTRIES, FOLDER, load

from limpide.canonical import InvalidSignature, LimpideError, NotCanonical
from limpide.log.check import check_growth, tile_faults
from limpide.log.checkpoint import Checkpoint, add_lines, open_checkpoint, sign_checkpoint
from limpide.log.cosignature import (
    OpaqueKey,
    cosign,
    cosigned_at,
    cosigner_key,
    ml_dsa_44_message,
    parse_lines,
    parse_witness_key,
)
from limpide.log.merkle import EMPTY_ROOT, check_consistency
from limpide.log.policy import Group, Policy, check_policy, parse_policy
from limpide.log.proof import TlogProof, check_proof
from limpide.log.tiles import Tile, decode_bundle
from limpide.signing import Note, SignatureLine, Signer, VerifierKey, encode_line, parse_note

CHECKPOINT = make_refused.CHECKPOINT
PROOF = make_refused.PROOF
LOG = Signer("example.org/primary-2027", bytes.fromhex(ELECTION["log_seed"]))
WITNESS = Signer("witness.example.net/w1", bytes.fromhex(ELECTION["witness_seed"]))
POLICY = parse_policy(make_refused.POLICY)
ROOT = bytes.fromhex(ELECTION["roots"][8])


def test_the_checkpoint_is_reproduced_to_the_byte() -> None:
    assert LOG.key.vkey == ELECTION["log_vkey"]
    assert cosigner_key(WITNESS).vkey == ELECTION["witness_vkey"]
    signed = sign_checkpoint(8, ROOT, LOG)
    line = cosign(signed.note.text, WITNESS, ELECTION["witness_time"])
    assert add_lines(signed, (line,)).encode() == CHECKPOINT
    assert parse_lines(encode_line(line)) == (line,)


def test_the_checkpoint_is_read() -> None:
    signed = open_checkpoint(CHECKPOINT, VerifierKey.parse(ELECTION["log_vkey"]))
    assert signed.checkpoint == Checkpoint("example.org/primary-2027", 8, ROOT)
    assert signed.encode() == CHECKPOINT
    assert cosigned_at(signed.note, cosigner_key(WITNESS)) == ELECTION["witness_time"]
    theirs = tlog.Checkpoint.from_text(CHECKPOINT.decode())
    for vkey in (ELECTION["log_vkey"], ELECTION["witness_vkey"]):
        theirs.verify(scales.Vkey.from_string(vkey))


def test_the_example_of_the_specification() -> None:
    example = load("note.json")
    note = parse_note(example["note"].encode())
    assert note.encode() == example["note"].encode()
    with pytest.raises(NotCanonical):  # a note, not a checkpoint
        open_checkpoint(example["note"].encode(), VerifierKey.parse(example["vkey"]))


def test_every_root_of_the_election_log() -> None:
    for size, root in enumerate(ELECTION["roots"]):
        signed = sign_checkpoint(size, bytes.fromhex(root), LOG)
        assert open_checkpoint(signed.encode(), LOG.key) == signed


def test_extension_lines_are_kept_and_covered() -> None:
    text = Checkpoint(LOG.name, 8, ROOT, ("more", "and more")).text
    note = Note(text, (LOG.sign(text), cosign(text, WITNESS, 5)))
    assert open_checkpoint(note.encode(), LOG.key).checkpoint.extensions == ("more", "and more")
    assert cosigned_at(note, cosigner_key(WITNESS)) == 5
    spoiled = note.encode().replace(b"and more", b"and less")
    with pytest.raises(InvalidSignature):
        open_checkpoint(spoiled, LOG.key)


def test_lines_of_unknown_keys_are_left_aside() -> None:
    key, note = LOG.key, parse_note(CHECKPOINT)
    strangers = (
        SignatureLine("someone.else", key.id, note.lines[0].blob),
        SignatureLine(key.name, b"\0\0\0\0", b"whatever"),
        SignatureLine("pq.example", b"\1\2\3\4", bytes(2428)),
    )
    data = Note(note.text, (*strangers, *note.lines)).encode()
    assert open_checkpoint(data, key).size == 8
    assert check_policy(parse_note(data, limit=65536), POLICY).times == {"one": ELECTION["witness_time"]}


def test_a_second_false_line_of_a_known_key_spoils_the_note() -> None:
    note = parse_note(CHECKPOINT)
    for line in note.lines:
        false = SignatureLine(line.name, line.key_id, line.blob[:-1] + bytes([line.blob[-1] ^ 1]))
        with pytest.raises(InvalidSignature):
            check_policy(Note(note.text, (*note.lines, false)), POLICY)


@pytest.mark.parametrize("blob", [b"x", bytes(71), bytes(73), b"\xff" * 8 + bytes(64)])
def test_a_cosignature_of_another_length_or_time(blob: bytes) -> None:
    key = cosigner_key(WITNESS)
    note = Note(parse_note(CHECKPOINT).text, (SignatureLine(key.name, key.id, blob),))
    with pytest.raises(InvalidSignature):
        cosigned_at(note, key)


def test_ml_dsa_44_is_read_and_never_counts() -> None:
    vector = load("ml_dsa_44.json")
    checkpoint = open_checkpoint(CHECKPOINT, LOG.key).checkpoint
    message = ml_dsa_44_message(vector["name"], ELECTION["witness_time"], checkpoint)
    assert message.hex() == vector["message_hex"]
    for name in ("", "n" * 256):
        with pytest.raises(NotCanonical):
            ml_dsa_44_message(name, 0, checkpoint)
    raw = b"\6" + bytes(1312)
    own_id = parse_id(vector["name"], raw)
    key = parse_witness_key(f"{vector['name']}+{own_id}+{base64.b64encode(raw).decode()}")
    assert isinstance(key, OpaqueKey)
    line = SignatureLine(key.name, key.id, bytes(8 + 2420))
    assert cosigned_at(Note(checkpoint.text, (line,)), key) is None
    with pytest.raises(NotCanonical):
        parse_witness_key(f"{vector['name']}+00000000+{base64.b64encode(raw).decode()}")


def parse_id(name: str, raw: bytes) -> str:
    return hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8]


def test_the_proof_file_is_read_and_reproduced() -> None:
    proof = TlogProof.parse(PROOF)
    assert proof.index == 3
    assert proof.encode() == PROOF
    cosigned = check_proof(PROOF, ENTRIES[3], POLICY)
    assert cosigned.signed.size == 8
    assert cosigned.times == {"one": ELECTION["witness_time"]}
    with pytest.raises(LimpideError):
        check_proof(PROOF, ENTRIES[4], POLICY)
    extra = TlogProof(index=3, hashes=proof.hashes, checkpoint=proof.checkpoint, extra=b"for you")
    assert TlogProof.parse(extra.encode()) == extra
    check_proof(extra.encode(), ENTRIES[3], POLICY)


def test_policies() -> None:
    keys = [Signer(f"w/{i}", bytes([i]) * 32) for i in range(4)]
    lines = [f"witness w{i} {cosigner_key(key).vkey}" for i, key in enumerate(keys)]
    groups = ["group\tinner  1 w1 w2", "group outer all w0 inner", "group spare any w3", "quorum outer"]
    text = "\n".join(["# a comment", f"log {LOG.key.vkey} https://log.example", "", *lines, *groups])
    policy = parse_policy(text.encode())
    assert policy.groups["inner"] == Group(1, ("w1", "w2"))
    for names, enough in [("", False), ("w0", False), ("w0 w1", True), ("w0 w2", True), ("w1 w2 w3", False)]:
        assert policy.satisfied_by(frozenset(names.split())) is enough
    assert parse_policy(f"log {LOG.key.vkey}\nquorum none".encode()).satisfied_by(frozenset())
    note = sign_checkpoint(8, ROOT, LOG).note
    with pytest.raises(InvalidSignature):
        check_policy(note, policy)
    cosigned = Note(note.text, (*note.lines, *(cosign(note.text, key, 7) for key in keys[:2])))
    assert check_policy(cosigned, policy).times == {"w0": 7, "w1": 7}
    with pytest.raises(InvalidSignature) as caught:
        check_policy(note, Policy((Signer("example.org/x", bytes(32)).key,), {}, {}))
    assert caught.value.clause == "6.5"


# What is refused


def read_bundle_of_eight(data: bytes) -> None:
    files = {"tile/entries/000.p/8": data, "tile/0/000.p/8": make_refused.TILE}
    decode_bundle(data, Tile(-1, 0, 8))
    for fault in tile_faults(files.get, 8, ROOT):
        raise fault


def read_tile_of_eight(data: bytes) -> None:
    files = {"tile/entries/000.p/8": make_refused.BUNDLE, "tile/0/000.p/8": data}
    for fault in tile_faults(files.get, 8, ROOT):
        raise fault


def read_log(data: bytes) -> None:
    log = json.loads(data)
    files = {path: bytes.fromhex(each) for path, each in log["files"].items()}
    for fault in tile_faults(files.get, log["size"], bytes.fromhex(log["root"])):
        raise fault


def read_growth(data: bytes) -> None:
    files = {"tile/entries/000.p/8": make_refused.BUNDLE, "tile/0/000.p/8": make_refused.TILE}
    check_growth(files.get, open_checkpoint(data, LOG.key), open_checkpoint(CHECKPOINT, LOG.key))


def read_consistency(data: bytes) -> None:
    growth = json.loads(data)
    old, new = growth["sizes"]
    roots, proof = ([bytes.fromhex(each) for each in growth[name]] for name in ("roots", "proof"))
    check_consistency(old, roots[0], new, roots[1], proof)


READERS: dict[str, Callable[[bytes], object]] = {
    "checkpoint": lambda data: check_policy(parse_note(data, limit=65536), POLICY),
    "proof": lambda data: check_proof(data, ENTRIES[3], POLICY),
    "bundle": read_bundle_of_eight,
    "tile": read_tile_of_eight,
    "path": lambda data: Tile.parse(data.decode()),
    "policy": parse_policy,
    "log": read_log,
    "growth": read_growth,
    "consistency": read_consistency,
}
GOOD = {
    "checkpoint": CHECKPOINT,
    "proof": PROOF,
    "bundle": make_refused.BUNDLE,
    "tile": make_refused.TILE,
    "path": b"tile/entries/x001/234.p/8",
    "policy": make_refused.POLICY,
}
REFUSED = json.loads(make_refused.TARGET.read_text())


@pytest.mark.parametrize("kind", GOOD)
def test_the_good_ones_are_read(kind: str) -> None:
    READERS[kind](GOOD[kind])


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case['read_as']}: {case['name']}")
def test_refused(case: dict[str, str]) -> None:
    if not case["refused_by"]:
        READERS[case["read_as"]](base64.b64decode(case["base64"]))
        return
    with pytest.raises(LimpideError) as caught:
        READERS[case["read_as"]](base64.b64decode(case["base64"]))
    assert caught.value.clause == case["refused_by"]


def test_every_checked_clause_has_a_vector() -> None:
    specification = (FOLDER.parents[1] / "spec/6-log.md").read_text()
    checked = set(re.findall(r"\*\*(6\.[0-9]+)\*\* \*checked\*", specification))
    assert checked <= {case["refused_by"] for case in REFUSED}
    assert len(checked) >= 14


def test_the_refused_vectors_are_those_that_their_source_writes() -> None:
    assert make_refused.TARGET.read_text() == make_refused.text()


@pytest.mark.parametrize("kind", ["checkpoint", "proof", "bundle", "tile"])
def test_every_flipped_byte_is_refused(kind: str) -> None:
    """But for the lines of unknown keys, which nobody reads, and which these files do not have."""
    good = GOOD[kind]
    for at in range(len(good)):
        spoiled = good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
        with pytest.raises(LimpideError):
            READERS[kind](spoiled)


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_random_changes_are_read_or_refused_and_nothing_else(kind: str, data: st.DataObject) -> None:
    good = GOOD[kind]
    at = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(at, min(len(good), at + 40)))
    middle = data.draw(st.binary(max_size=40) | st.sampled_from([b"\n", b"\n\n", b"=", b" ", "—".encode(), good]))
    spoiled = good[:at] + middle + good[end:]
    try:
        READERS[kind](spoiled if kind != "path" else spoiled.decode(errors="replace").encode())
    except LimpideError:
        return
    if kind == "proof":
        assert TlogProof.parse(spoiled).encode() == spoiled
    if kind == "checkpoint":
        assert parse_note(spoiled, limit=65536).encode() == spoiled


@given(st.sampled_from(sorted(GOOD)), st.binary(max_size=300))
def test_random_bytes_are_refused(kind: str, data: bytes) -> None:
    with pytest.raises(LimpideError):
        READERS[kind](data if kind != "path" else data.decode(errors="replace").encode())


def test_sizes_are_bounded_before_anything_is_read() -> None:
    for kind in ("checkpoint", "proof", "policy"):
        with pytest.raises(LimpideError):
            READERS[kind](GOOD[kind] + b"# " + bytes(2_000_000))


def test_the_empty_log_has_one_root() -> None:
    with pytest.raises(NotCanonical):
        Checkpoint.parse(Checkpoint(LOG.name, 0, ROOT).text)
    assert Checkpoint.parse(Checkpoint(LOG.name, 0, EMPTY_ROOT).text).size == 0
