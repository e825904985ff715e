"""How does one copy a site that goes on changing, so that the copy is of one moment?

Files are copied by their manifest, again those that changed meanwhile, until a whole manifest holds and the last
publication of the log is the one it belongs to. Each turn copies only what differs, so that turns get shorter.
A site that does not change and still does not hold together is copied as it is: the verifier will say what is
wrong. A copy is trusted as little as the site: it is for the verifier, or for being served elsewhere. Spec 8.10.
"""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from limpide.canonical import LimpideError, Refused, Sha256Hex, sha256_hex
from limpide.log.checkpoint import Checkpoint
from limpide.log.tiles import WIDTH, Tile, tiles_of
from limpide.record.admission import documents_of
from limpide.record.events import Publication, decode_event
from limpide.results.publication import MANIFEST, part_path
from limpide.roles.fetching import FolderSource, Source, Unreachable, read_checkpoint, read_log
from limpide.roles.folder import check_path
from limpide.signing import parse_note

TURNS = 500
STEADY_SECONDS = 5.0
"""A publication takes less to be put in place: who is unchanged for longer is not in the middle of one."""
_PAUSE_SECONDS = 0.2


class _Manifest(msgspec.Struct, frozen=True):
    files: dict[str, Sha256Hex]
    parts: dict[str, Sha256Hex] = {}  # msgspec gives each its own


def copy_site(source: Source, root: Path) -> FolderSource:
    """A copy of ``source`` in ``root``, which may hold an earlier one; raises ``Unreachable`` if none can be had.

    Raises ``Refused`` for a folder that holds something else.

    Before the first publication it is a copy of the log alone.
    """
    root.mkdir(parents=True, exist_ok=True)
    copy = FolderSource(root)
    # files that no manifest lists will be removed: only from what is a copy
    if any(root.iterdir()) and not any((root / name).is_file() for name in (MANIFEST, "checkpoint")):
        raise Refused("8.11", f"{root} holds something else than a copy", subject=str(root))
    kept = ("tile/", "checkpoint")
    held = {path: sha256_hex(copy.read(path) or b"") for path in copy.listing() if not path.startswith(kept)}
    seen: tuple[bytes | None, bytes] | None = None
    since = time.monotonic()
    for _ in range(TURNS):
        manifest, whole = _copy_files(source, root, held)
        checkpoint = read_checkpoint(source)
        if seen != (manifest, checkpoint):
            seen, since = (manifest, checkpoint), time.monotonic()
        size = _size(checkpoint)
        _copy_log(source, root, size)
        stated, documents = _survey(copy, size)
        agreed = whole and stated == (None if manifest is None else sha256_hex(manifest))
        if agreed or time.monotonic() - since > STEADY_SECONDS:
            _copy_documents(source, root, documents)
            _write(root, "checkpoint", checkpoint)
            return copy
        time.sleep(_PAUSE_SECONDS)
    raise Unreachable(source.address, "it changed faster than it could be copied")


def _copy_files(source: Source, root: Path, held: dict[str, str]) -> tuple[bytes | None, bool]:
    """Copies what the manifest lists and differs from what is held; the manifest, and whether all of it fits."""
    manifest = source.read(MANIFEST)
    if manifest is None:
        return None, True
    _write(root, MANIFEST, manifest)
    listed = _decode(manifest)
    whole = _take(source, root, {part_path(name): digest for name, digest in listed.parts.items()}, held)
    copy, wanted = FolderSource(root), {**listed.files}
    for name in listed.parts:
        wanted |= _decode(copy.read(part_path(name)) or b"").files
    whole = _take(source, root, wanted, held) and whole
    kept = {*wanted, MANIFEST, *map(part_path, listed.parts)}
    for path in [path for path in held if path not in kept and not path.startswith("documents/")]:
        (root / path).unlink(missing_ok=True)
        del held[path]
    return manifest, whole


def _take(source: Source, root: Path, wanted: dict[str, str], held: dict[str, str]) -> bool:
    """Copies those files of these digests that are not held; were all of them there as they should be?"""
    whole = True
    for path, data in source.read_all([path for path, digest in wanted.items() if held.get(path) != digest]):
        whole = whole and data is not None and sha256_hex(data) == wanted[path]
        held.pop(path, None)
        (root / path).unlink(missing_ok=True)
        if data is not None:
            _write(root, path, data)
            held[path] = sha256_hex(data)
    return whole


def _copy_log(source: Source, root: Path, size: int) -> None:
    """Copies the tiles of a log of that size that are not held: what has the same path has the same bytes."""
    missing = (tile for tile in tiles_of(size) if not (root / tile.path).is_file())
    for path, read in source.read_all(tile.path for tile in missing):
        tile = Tile.parse(path)
        # a partial tile is dropped when the full one has taken its place
        dropped = read is None and tile.width < WIDTH
        taken = tile.full if dropped else tile
        data = source.read(taken.path) if dropped else read
        if data is None:
            raise Unreachable(source.address, f"{path} is missing")
        _write(root, taken.path, data)


def _survey(copy: FolderSource, size: int) -> tuple[str | None, list[str]]:
    """The manifest that the last publication states, and the digests of all documents that entries name."""
    manifest: str | None = None
    documents: list[str] = []
    for entry in read_log(copy, size):
        try:
            event = decode_event(entry)
        except LimpideError:
            continue  # the verifier will name it
        if isinstance(event.body, Publication):
            manifest = event.body.manifest
        documents += documents_of(event)
    return manifest, documents


def _copy_documents(source: Source, root: Path, digests: Iterable[str]) -> None:
    paths: Iterator[str] = (f"documents/{digest}" for digest in dict.fromkeys(digests))
    for path, data in source.read_all(path for path in paths if not (root / path).is_file()):
        if data is not None:
            _write(root, path, data)


def _size(checkpoint: bytes) -> int:
    return Checkpoint.parse(parse_note(checkpoint).text).size


def _decode(manifest: bytes) -> _Manifest:
    """What a manifest lists; nothing where it is none, which the verifier will say."""
    try:
        return msgspec.json.decode(manifest, type=_Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _Manifest({})


def _write(root: Path, path: str, data: bytes) -> None:
    target = root / check_path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
