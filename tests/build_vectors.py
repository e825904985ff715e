"""Writes the vectors of spec 1 to 5: ``python tests/build_vectors.py``. The same bytes at every run.

``vectors/tampered/<clause>-<name>/``, ``vectors/good/<name>/``, and what they share: ``vectors/entries/`` and
``vectors/documents/``, each file under the SHA-256 of its bytes. ``spec/README.md`` says what the files mean.
"""

import itertools
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from election import CONTEST, ELECTION, HOURS, OPERATORS, UNITS, Night, make_definition
from limpide.canonical import encode, sha256_hex
from limpide.codes import ALPHABET, SealedCode, derive_signer, print_code, read_code
from limpide.record.definition import Need
from limpide.record.events import StationReport
from limpide.results.canvass import begun, canvass
from tampering import bytes_and_signers, commission_acts, definitions, station_reports
from tampering.case import FIRST, LAST, SECOND, THIRD, Case

ROOT = Path(__file__).parents[1] / "vectors"
SHARED = ("entries", "documents")
Files = dict[str, bytes]


def cases() -> Iterator[Case]:
    """Every tampered vector."""
    for part in (bytes_and_signers, station_reports, definitions, commission_acts):
        yield from part.cases()


def good_nights() -> Iterator[tuple[str, Night]]:
    """Records that are admitted whole, without a remark."""
    yield "one-round", Night.proclaimed()
    yield "everything-happens", _everything()
    yield "operators-and-silent-forms", _silent_forms()


def vectors() -> Files:
    """Every file, by its path under ``vectors/``."""
    files: Files = {}
    for case in cases():
        folder = f"tampered/{case.name}"
        files[f"{folder}/expect"] = "".join(f"{clause}\n" for clause in case.expect).encode()
        if case.code:
            files[f"{folder}/code"] = case.code.encode()
            continue
        files[f"{folder}/entry"] = case.entry
        files[f"{folder}/record"] = _store(files, case.record, case.shared)
        files.update((f"{folder}/documents/{digest}", data) for digest, data in case.documents.items())
    for name, night in good_nights():
        files[f"good/{name}/record"] = _store(files, *night.bundle())
        files[f"good/{name}/expect"] = b""
        files[f"good/{name}/canvass.json"] = msgspec.json.format(encode(list(sums(night))), indent=1) + b"\n"
    files["codes.json"] = msgspec.json.format(encode(list(codes())), indent=1) + b"\n"
    return files


def sums(night: Night) -> Iterator[Mapping[str, object]]:
    """What the record adds up to, for each round and contest."""
    for round_, contest in begun(night.record):
        fold = canvass(night.record, contest, round_)
        totals = fold.nation.totals
        yield {
            "ballots_cast": totals.ballots_cast,
            "ballots_rejected": totals.ballots_rejected,
            "blank_ballots": totals.blank_ballots,
            "contest": contest,
            "round": round_,
            "states": {unit: line.settled.state for unit, line in fold.units.items()},
            "voters_awaited": totals.voters_awaited,
            "voters_participated": totals.voters_participated,
            "voters_registered": totals.voters_registered,
            "votes": dict(zip(fold.options, totals.votes, strict=True)),
        }


def codes() -> Iterator[Mapping[str, object]]:
    """Codes, what people may type for them, and the keys that they hold. Spec 2.5, 2.6."""
    for secret, unit, seat, round_ in (
        ("0123456789ABCDEFGHJK", UNITS[0], 1, 1),
        ("ZZZZZZZZZZVVVVVVVVVV", UNITS[0], 2, 2),
        ("00000000000000000000", "commission", 3, 0),
    ):
        code = _complete(secret)
        look_alikes = code.replace("0", "o").replace("1", "l").replace("V", "u")
        signer = derive_signer(code, election=ELECTION, unit=unit, seat=seat, round_=round_)
        yield {
            "code": print_code(code),
            "election": ELECTION,
            "key": signer.key.vkey,
            "name": signer.name,
            "round": round_,
            "seat": seat,
            "seed": signer.seed.hex(),
            "typed": [code.lower(), look_alikes, f" {code[:9]} - {code[9:]}\n"],
            "unit": unit,
        }


def _complete(secret: str) -> SealedCode:
    """The one code that begins with those 20 characters, found by reading."""
    for first, second in itertools.product(ALPHABET, repeat=2):
        try:
            return read_code(secret + first + second)
        except Exception:  # noqa: BLE001 - all but one of the 1024 are wrong
            continue
    raise AssertionError(secret)


def _everything() -> Night:
    """Two rounds: contested, corrected, annulled, reinstated, not opened, keys replaced."""
    night = Night.counting()
    night.turnout(FIRST, 10)
    night.turnout(FIRST, 12)
    night.report(FIRST, (40, 30, 20))
    night.report(FIRST, (30, 40, 20))
    night.correct(FIRST, (31, 39, 20))
    night.correct(FIRST, (31, 38, 21))
    annulment = night.annul(SECOND, THIRD)
    night.report(SECOND, (60, 60, 60))
    night.replace_key("commission/1")
    night.reinstate(annulment)
    night.annul(THIRD, reason="ballots-missing")
    night.declare(LAST)
    night.replace_key(f"{UNITS[3]}/1/1")
    night.complete((90, 80, 10))
    night.close()
    night.publish()
    night.certify()
    night.commit_roll(2)
    night.open(2, ("basile", "aline"))
    night.publish()
    night.turnout(FIRST, 12, HOURS[1], 2)
    night.complete((20, 30), 2)
    night.close(2)
    night.publish()
    night.certify(2)
    night.correct(SECOND, (61, 59, 60))
    night.publish()
    return night


def _silent_forms() -> Night:
    """Forms that need not say how many were registered and signed; a paper read by two operators."""
    made, _ = make_definition()
    contest = msgspec.structs.replace(
        made.contests[0], voters_registered=Need.OPTIONAL, voters_participated=Need.ABSENT
    )
    night = Night.begin(make_definition(contests=(contest,), rehearsal=True)[0])
    night.commit_roll()
    night.open()
    night.publish()
    for unit in UNITS:
        full = night.figures(unit, (40, 30, 20), blank=2, rejected=1)
        silent = msgspec.structs.replace(full, voters_participated=msgspec.UNSET)
        if unit != FIRST:
            silent = msgspec.structs.replace(silent, voters_registered=msgspec.UNSET)
        body = StationReport(contest=CONTEST, figures=silent, remarks=("read-from-paper",), round=1, unit=unit)
        night.try_(body, *OPERATORS)
    return night


def _store(files: Files, entries: list[bytes] | tuple[bytes, ...], documents: Mapping[str, bytes]) -> bytes:
    """Keeps entries and documents under their digests; gives the list of the entries."""
    files.update((f"documents/{digest}", data) for digest, data in documents.items())
    files.update((f"entries/{sha256_hex(entry)}", entry) for entry in entries)
    return "".join(f"{sha256_hex(entry)}\n" for entry in entries).encode()


def _is_ours(folder: Path) -> bool:
    return (folder / "record").exists() or (folder / "code").exists()


def main() -> None:
    """Replaces what stands in ``vectors/`` by what is built."""
    for folder in (*(ROOT / "tampered").glob("*"), *(ROOT / "good").glob("*")):
        if _is_ours(folder):
            shutil.rmtree(folder)
    for name in SHARED:
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for path, data in vectors().items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_bytes(data)


if __name__ == "__main__":
    main()
