"""Every vector of spec 1 to 5 trips exactly the clauses that it expects, and every checked clause has one."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import msgspec
import pytest

import build_vectors
from election import Night, refold
from limpide.canonical import LimpideError, sha256_hex
from limpide.codes import derive_signer, print_code, read_code
from limpide.record.admission import open_record
from limpide.record.events import decode_event
from limpide.record.record import Record
from limpide.results.canvass import begun, canvass
from limpide.results.log_check import LogReading
from limpide.results.record_check import fold_record
from limpide.results.remarks import check_canvass
from test_clauses import STATED

ROOT = build_vectors.ROOT
TAMPERED = sorted(f for f in (ROOT / "tampered").iterdir() if (f / "record").exists() or (f / "code").exists())
GOOD = sorted(f for f in (ROOT / "good").iterdir() if (f / "record").exists())
REMARKS = {clause for clause, mark in STATED.items() if mark == "remark"}
DOCUMENTS = {path.name: path.read_bytes() for path in (ROOT / "documents").iterdir()}


def is_judged_here(clause: str) -> bool:
    """Later clauses are about published files and the log, and have vectors of their own."""
    return clause.partition(".")[0] in {"1", "2", "3", "4"} or clause in {"5.1", "5.2", "5.5", "5.6"}


def documents_of(folder: Path) -> Mapping[str, bytes]:
    return {**DOCUMENTS, **{path.name: path.read_bytes() for path in folder.glob("documents/*")}}


def entries_of(folder: Path) -> list[bytes]:
    return [(ROOT / "entries" / name).read_bytes() for name in (folder / "record").read_text().split()]


def remarks(record: Record) -> Iterator[str]:
    for round_, contest in begun(record):
        roll = dict(record.voters_registered(round_))
        for finding in check_canvass(canvass(record, contest, round_), roll):
            yield finding.clause


def judge(folder: Path) -> set[str]:
    """The clauses that trip."""
    try:
        if (folder / "code").exists():
            read_code((folder / "code").read_text())
            return set()
        entries, documents, entry = entries_of(folder), documents_of(folder), (folder / "entry").read_bytes()
        if not entries:
            return set(remarks(open_record(decode_event(entry), documents.get)))
        night = Night(refold(entries, DOCUMENTS), dict(documents))
        assert not set(remarks(night.record)) - {"5.2"}
        night.submit(entry)
        return set(remarks(night.record))
    except LimpideError as error:
        return {error.clause}


@pytest.mark.parametrize("folder", TAMPERED, ids=lambda folder: folder.name)
def test_exactly_the_expected_clauses_trip(folder: Path) -> None:
    expected = (folder / "expect").read_text().split()
    assert judge(folder) == set(expected)
    assert folder.name.split("-")[0] in expected


def found_by_the_verifier(folder: Path) -> list[tuple[str, str]]:
    """The clauses and subjects that the public verifier finds in a log with this entry, and one more after it."""
    entries, entry = entries_of(folder), (folder / "entry").read_bytes()
    log = [*entries, entry, *entries[-1:]]
    reading = SimpleNamespace(definition=decode_event(log[0]), entries=list(log))
    fold = fold_record(cast("LogReading", reading), documents_of(folder).get, lambda *_: None)
    return [(finding.clause, finding.subject) for finding in fold]


@pytest.mark.parametrize("folder", [f for f in TAMPERED if (f / "record").exists()], ids=lambda folder: folder.name)
def test_the_public_verifier_names_the_same_clause(folder: Path) -> None:
    expected = set((folder / "expect").read_text().split())
    size = len(entries_of(folder))
    found = found_by_the_verifier(folder)
    replay = [("1.7", f"entry {size + 1}")] if size else []
    if expected & REMARKS:
        assert found == replay
    else:
        assert [clause for clause, _ in found] == [*expected, *(clause for clause, _ in replay)]
        assert found[0][1] == f"entry {size}"


@pytest.mark.parametrize("folder", GOOD, ids=lambda folder: folder.name)
def test_a_good_record_is_admitted_and_adds_up(folder: Path) -> None:
    record = refold(entries_of(folder), DOCUMENTS)
    assert sorted(set(remarks(record))) == (folder / "expect").read_text().split()
    written = msgspec.json.decode((folder / "canvass.json").read_bytes())
    assert msgspec.json.decode(msgspec.json.encode(list(build_vectors.sums(Night(record, {}))))) == written


@pytest.mark.parametrize("clause", [clause for clause, mark in STATED.items() if mark and is_judged_here(clause)])
def test_every_checked_clause_has_a_vector(clause: str) -> None:
    assert any(folder.name.split("-")[0] == clause for folder in TAMPERED)


def test_codes() -> None:
    for vector in msgspec.json.decode((ROOT / "codes.json").read_bytes()):
        code = read_code(vector["code"])
        assert print_code(code) == vector["code"]
        assert all(read_code(typed) == code for typed in vector["typed"])
        place = {"election": vector["election"], "unit": vector["unit"], "seat": vector["seat"]}
        signer = derive_signer(code, **place, round_=vector["round"])
        assert (signer.name, signer.key.vkey, signer.seed.hex()) == (vector["name"], vector["key"], vector["seed"])


def test_the_folder_holds_what_the_builder_builds() -> None:
    built = build_vectors.vectors()
    for path, data in built.items():
        assert (ROOT / path).read_bytes() == data, f"{path}: run tests/build_vectors.py"
    folders = (*TAMPERED, *GOOD, *(ROOT / name for name in build_vectors.SHARED))
    found = {str(path.relative_to(ROOT)) for folder in folders for path in folder.rglob("*") if path.is_file()}
    assert found == set(built) - {"codes.json"}
    assert sum(map(len, built.values())) < 1_000_000


def test_entries_and_documents_stand_under_their_digests() -> None:
    for name in build_vectors.SHARED:
        assert all(sha256_hex(path.read_bytes()) == path.name for path in (ROOT / name).iterdir())
