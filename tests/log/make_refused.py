"""Writes vectors/log/refused.json: bytes that a reader of logs must refuse, and by which clause.

Derived from the good vectors of the election log. Run by hand; a test compares the file with this source.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence

from vectors import ELECTION, ENTRIES, FOLDER

from limpide._kernel import leaf_hashes, tree_root
from limpide.log.checkpoint import sign_checkpoint
from limpide.log.growth import new_tiles
from limpide.log.merkle import EMPTY_ROOT, consistency_nodes, leaf_hash, subtree_roots
from limpide.log.tiles import encode_entries
from limpide.signing import Signer

TARGET = FOLDER / "refused.json"
CHECKPOINT = ELECTION["checkpoint_8"].encode()
PROOF = ELECTION["proof_file_entry_3"].encode()
BUNDLE = encode_entries(ENTRIES)
TILE = b"".join(map(leaf_hash, ENTRIES))
POLICY = (
    f"log {ELECTION['log_vkey']}\nwitness one {ELECTION['witness_vkey']}\n"
    f"group all-of-them all one\nquorum all-of-them\n"
).encode()

Case = tuple[str, str, bytes, str]
"""What it is, what it is read as, the bytes, the clause that refuses it; none for a good one beside them."""


def flip(data: bytes, find: bytes, replacement: bytes) -> bytes:
    assert find in data
    return data.replace(find, replacement, 1)


def signature_flipped(name: str) -> bytes:
    """The checkpoint with one bit of a signature changed, in valid base64."""
    lines = CHECKPOINT.decode().split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith(f"— {name} "))
    blob = bytearray(base64.b64decode(lines[at].rsplit(" ", 1)[1]))
    blob[-1] ^= 1
    lines[at] = f"— {name} {base64.b64encode(blob).decode()}"
    return "\n".join(lines).encode()


def checkpoints() -> Iterator[Case]:
    log, witness = "example.org/primary-2027", "witness.example.net/w1"
    root = b"LqmZKY4KQCeWbC36kUwpo0bOYshAihyiHTYB13pbTF0="
    yield "a bit of the log's signature", "checkpoint", signature_flipped(log), "2.7"
    yield "a bit of the witness's signature", "checkpoint", signature_flipped(witness), "6.11"
    yield "another size", "checkpoint", flip(CHECKPOINT, b"\n8\n", b"\n9\n"), "2.7"
    yield "another root", "checkpoint", flip(CHECKPOINT, b"LqmZ", b"LqmY"), "2.7"
    yield "size with a leading zero", "checkpoint", flip(CHECKPOINT, b"\n8\n", b"\n08\n"), "6.4"
    yield "size with a sign", "checkpoint", flip(CHECKPOINT, b"\n8\n", b"\n+8\n"), "6.4"
    yield "size above 2^63 - 1", "checkpoint", flip(CHECKPOINT, b"\n8\n", b"\n9223372036854775808\n"), "6.4"
    yield "root without padding", "checkpoint", flip(CHECKPOINT, root, root[:-1]), "6.4"
    yield "root of 31 bytes", "checkpoint", flip(CHECKPOINT, root, base64.b64encode(bytes(31))), "6.4"
    yield "root with spare bits", "checkpoint", flip(CHECKPOINT, b"TF0=", b"TF1="), "6.4"
    yield "a second origin line", "checkpoint", log.encode() + b"\n" + CHECKPOINT, "6.4"
    yield "another origin", "checkpoint", flip(CHECKPOINT, b"example.org/primary-2027\n", b"example.org/x\n"), "6.5"
    yield "two lines", "checkpoint", flip(CHECKPOINT, root + b"\n", b""), "6.4"
    yield "CR LF line ends", "checkpoint", CHECKPOINT.replace(b"\n", b"\r\n"), "1.4"
    yield "no signature", "checkpoint", CHECKPOINT.split("—".encode())[0], "1.4"
    yield (
        "without the log's line",
        "checkpoint",
        b"".join(CHECKPOINT.splitlines(keepends=True)[:4])[:-1]
        + b"\n"
        + (CHECKPOINT.splitlines(keepends=True)[-1]),
        "2.7",
    )
    yield "without the witness's line", "checkpoint", b"".join(CHECKPOINT.splitlines(keepends=True)[:-1]), "6.13"


def proofs() -> Iterator[Case]:
    hashes = PROOF.split(b"\n")[2:5]
    yield "a bit of a hash", "proof", flip(PROOF, b"d7OC", b"d7OD"), "6.2"
    yield "another index", "proof", flip(PROOF, b"index 3\n", b"index 2\n"), "6.2"
    yield "index equal to the size", "proof", flip(PROOF, b"index 3\n", b"index 8\n"), "6.2"
    yield "one hash less", "proof", flip(PROOF, hashes[2] + b"\n", b""), "6.2"
    yield "one hash more", "proof", flip(PROOF, hashes[2], hashes[2] + b"\n" + hashes[2]), "6.2"
    yield "hashes swapped", "proof", flip(PROOF, b"\n".join(hashes[:2]), b"\n".join(hashes[1::-1])), "6.2"
    yield "a hash of 31 bytes", "proof", flip(PROOF, hashes[0], base64.b64encode(bytes(31))), "6.12"
    yield "index with a leading zero", "proof", flip(PROOF, b"index 3", b"index 03"), "6.12"
    yield "no index", "proof", flip(PROOF, b"index 3\n", b""), "6.12"
    yield "another version", "proof", flip(PROOF, b"proof@v1", b"proof@v2"), "6.12"
    yield "an extra line that is not base64", "proof", flip(PROOF, b"index", b"extra *\nindex"), "6.12"
    yield "CR LF line ends", "proof", PROOF.replace(b"\n", b"\r\n"), "6.12"
    yield "64 hashes", "proof", flip(PROOF, hashes[0], b"\n".join([hashes[0]] * 62)), "6.12"
    yield (
        "the checkpoint's signature",
        "proof",
        flip(PROOF, CHECKPOINT, signature_flipped("example.org/primary-2027")),
        "2.7",
    )


def tiles() -> Iterator[Case]:
    yield "a trailing byte", "bundle", BUNDLE + b"\0", "6.8"
    yield "a trailing entry", "bundle", BUNDLE + b"\0\0", "6.8"
    yield "an entry less", "bundle", encode_entries(ENTRIES[:7]), "6.8"
    yield "cut in an entry", "bundle", BUNDLE[:-1], "6.8"
    yield "cut in a length", "bundle", BUNDLE[: -len(ENTRIES[7]) - 1], "6.8"
    yield "an entry that does not match its tile", "bundle", BUNDLE[:-1] + b"\n", "6.20"
    yield "two entries swapped", "bundle", encode_entries([*ENTRIES[:6], ENTRIES[7], ENTRIES[6]]), "6.20"
    yield "a trailing byte", "tile", TILE + b"\0", "6.7"
    yield "a hash less", "tile", TILE[:-32], "6.7"
    yield "a bit of a hash", "tile", bytes([TILE[0] ^ 1]) + TILE[1:], "6.20"
    for path in (
        "tile/0/00", "tile/0/0000", "tile/00/000", "tile/8/000", "tile/-1/000", "tile/0/x000/000",
        "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/entries", "tile/0/x001/x234/67",
        "tile/0/../000", "tile/0/000/", "/tile/0/000", "tile/0/٠٠٠",
    ):  # fmt: skip
        yield f"the path {path}", "path", path.encode(), "6.6"


def trees() -> Iterator[Case]:
    """Whole logs, growth from a checkpoint that was kept, and consistency proofs."""
    leaves = [b"leaf %d" % i for i in range(256)]
    files = dict(new_tiles(lambda _path: None, 0, leaves))
    yield "a log", "log", as_log(files, tree_root(leaf_hashes(leaves))), ""
    spoiled = {**files, "tile/1/000.p/1": bytes(32)}
    yield "a hash tile that is not computed from the one below", "log", as_log(spoiled, bytes(32)), "6.21"
    yield "another root", "log", as_log(files, bytes(32)), "6.22"
    yield (
        "a tile that is missing",
        "log",
        as_log({**files, "tile/0/000": None}, tree_root(leaf_hashes(leaves))),
        "6.7",
    )
    signer = Signer("example.org/primary-2027", bytes.fromhex(ELECTION["log_seed"]))
    other = sign_checkpoint(3, bytes.fromhex(ELECTION["roots"][4]), signer)
    yield "another history", "growth", other.encode(), "6.14"
    yield "a log that was longer", "growth", sign_checkpoint(9, bytes(32), signer).encode(), "6.14"
    sizes = (3, 8)
    roots = [bytes.fromhex(ELECTION["roots"][size]) for size in sizes]
    node = subtree_roots(TILE)
    proof = [node(*each) for each in consistency_nodes(*sizes)]
    yield "consistent", "consistency", as_growth(sizes, roots, proof), ""
    yield "a hash less", "consistency", as_growth(sizes, roots, proof[:-1]), "6.3"
    yield "a hash more", "consistency", as_growth(sizes, roots, [*proof, proof[0]]), "6.3"
    yield "the proof missing", "consistency", as_growth(sizes, roots, []), "6.3"
    yield "the old root", "consistency", as_growth(sizes, [bytes(32), roots[1]], proof), "6.3"
    yield "the new root", "consistency", as_growth(sizes, [roots[0], bytes(32)], proof), "6.3"
    yield "another old size", "consistency", as_growth((4, 8), roots, proof), "6.3"
    yield "a larger old size", "consistency", as_growth((9, 8), roots, proof), "6.3"
    yield "something to prove from nothing", "consistency", as_growth((0, 8), [EMPTY_ROOT, roots[1]], proof), "6.3"
    yield "one size and two roots", "consistency", as_growth((8, 8), roots, []), "6.3"
    yield "a hash of 31 bytes", "consistency", as_growth(sizes, roots, [proof[0][:31], *proof[1:]]), "6.3"


def as_log(files: Mapping[str, bytes | None], root: bytes) -> bytes:
    """A log as JSON: its size, its root, and its files in hexadecimal."""
    shown = {path: data.hex() for path, data in files.items() if data is not None}
    return json.dumps({"size": 256, "root": root.hex(), "files": shown}).encode()


def as_growth(sizes: tuple[int, int], roots: Sequence[bytes], proof: Sequence[bytes]) -> bytes:
    """A consistency proof as JSON, hashes in hexadecimal."""
    hexadecimal = {"roots": [root.hex() for root in roots], "proof": [item.hex() for item in proof]}
    return json.dumps({"sizes": sizes, **hexadecimal}).encode()


def policies() -> Iterator[Case]:
    witness = ELECTION["witness_vkey"].encode()
    yield "no quorum", "policy", flip(POLICY, b"quorum all-of-them\n", b""), "6.13"
    yield "two quorums", "policy", POLICY + b"quorum none\n", "6.13"
    yield "a quorum of nobody known", "policy", flip(POLICY, b"quorum all-of-them", b"quorum other"), "6.13"
    yield "a group before its members", "policy", b"group first any one\n" + POLICY, "6.13"
    yield "a member of two groups", "policy", flip(POLICY, b"quorum", b"group again any one\nquorum"), "6.13"
    yield (
        "one name for two witnesses",
        "policy",
        flip(POLICY, b"group", b"witness one " + witness + b"\ngroup"),
        "6.13",
    )
    yield (
        "one key for two witnesses",
        "policy",
        flip(POLICY, b"group", b"witness two " + witness + b"\ngroup"),
        "6.13",
    )
    yield "two of one", "policy", flip(POLICY, b" all one", b" 2 one"), "6.13"
    yield "none of one", "policy", flip(POLICY, b" all one", b" 0 one"), "6.13"
    yield "a key with another key's id", "policy", flip(POLICY, b"+669be294+", b"+669be295+"), "1.4"
    yield "a log's key as a witness's", "policy", flip(POLICY, witness, ELECTION["log_vkey"].encode()), "6.13"
    yield "a witness's key as a log's", "policy", flip(POLICY, ELECTION["log_vkey"].encode(), witness), "6.13"
    yield (
        "a comment after content",
        "policy",
        flip(POLICY, b"quorum all-of-them", b"quorum all-of-them # yes"),
        "6.13",
    )
    yield "not UTF-8", "policy", POLICY + b"\xff", "6.13"


def text() -> str:
    cases = [*checkpoints(), *proofs(), *tiles(), *trees(), *policies()]
    rows = [
        {"name": name, "read_as": kind, "base64": base64.b64encode(data).decode(), "refused_by": clause}
        for name, kind, data, clause in cases
    ]
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"


if __name__ == "__main__":
    TARGET.write_text(text())
