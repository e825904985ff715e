"""Is an archive, as somebody finds it, the proven election that they mean?

The archive is verified whole; its fingerprint is compared with the one from a poster, and an older copy must be
its beginning.
"""

from dataclasses import replace
from pathlib import Path

from limpide.belenios.archive import check_prefix
from limpide.belenios.box import Engine
from limpide.belenios.faults import Fault, attempt
from limpide.belenios.verdict import Verdict
from limpide.belenios.verification import Progress, verify
from limpide.canonical import Refused


def names_archive(target: str) -> bool:
    """Whether a person means an archive: a ``.bel`` file, or a folder that holds one and no record."""
    path = Path(target)
    if not path.is_dir():
        return path.suffix == ".bel" and "://" not in target
    recorded = any((root / "checkpoint").exists() for root in (path, path / "public"))
    return not recorded and any(path.glob("*.bel"))


def archive_in(target: Path) -> Path:
    """The archive that a path names: the file, or the only ``*.bel`` of a folder. Raises ``Refused`` (7.8)."""
    if not target.is_dir():
        return target
    found = sorted(target.glob("*.bel"))
    if len(found) != 1:
        raise Refused("7.8", f"{len(found)} archives (*.bel) in this folder, not one", archives=len(found))
    return found[0]


def check_archive(
    target: Path,
    *,
    engine: Engine,
    fingerprint: str | None = None,
    older: Path | None = None,
    progress: Progress | None = None,
) -> Verdict:
    """The verdict on a file or folder, with a fault for another fingerprint (7.52) and for lost records (7.7).

    Raises ``OSError`` for what cannot be read at all.
    """
    archive = archive_in(target)
    with archive.open("rb") as stream:
        verdict = verify(stream, engine=engine, progress=progress)
        found = list(verdict.faults)
        if fingerprint is not None and fingerprint != verdict.fingerprint:
            found.append(Fault("7.52", "election", {"fingerprint": verdict.fingerprint or ""}))
        if older is not None:
            with archive_in(older).open("rb") as before:
                found += attempt("archive", check_prefix, before, stream)
    return replace(verdict, faults=tuple(found))
