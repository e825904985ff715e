"""``limpide verify`` of a Belenios archive: both languages, every exit status, what is said of whom."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from limpide import cli
from limpide.belenios.faults import Fault
from limpide.commands.archive import finding_of, plain
from limpide.commands.voice import FAULT, GOOD, USAGE
from limpide.words import LANGUAGES, Language, catalogue

Typed = Callable[..., tuple[int, str, str]]
"""Types a command: its exit status, what it wrote, what it said."""

VECTORS = Path(__file__).parents[1] / "vectors" / "belenios"
WEIGHTED = VECTORS / "ed25519-weights-2questions" / "uWRGBQQNJQb1G6.bel"
BLANK = VECTORS / "ed25519-blank-threshold-3of5" / "GoxPGFBccnif5n.bel"
FINGERPRINT = "kwHTvLCtbupVLbBAkobQtzwtD5FykmpzTqkMxgrKMEE"


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Typed:
    def type_(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert isinstance(end.value.code, int)
        assert "Traceback" not in err
        return end.value.code, out, err

    return type_


def test_the_result_and_the_fingerprint_are_said(typed: Typed) -> None:
    status, out, err = typed("verify", BLANK, "--expect", FINGERPRINT)
    assert status == GOOD
    assert FINGERPRINT in out
    assert "25 bulletins dans l'urne, 24 comptés" in out
    assert "  vote blanc   3\n  Candidate 1  2\n" in out
    assert "C'est bien l'élection attendue" in err
    status, out, err = typed("verify", BLANK.parent, "--lang", "en")
    assert (status, "blank vote" in out, "Without --expect" in err) == (GOOD, True, True)


def test_json_has_all_of_it(typed: Typed) -> None:
    status, out, _ = typed("verify", WEIGHTED, "--json")
    said = json.loads(out)
    assert status == GOOD
    assert (said["proven"], said["ballots"], said["num_tallied"]) == (True, 11, 10)
    assert said["total_weight"] == 2_000_000_171
    first, second = said["results"]
    assert (first["blank"], first["result"]) == (False, [100, 7, 44, 45])
    assert (second["blank"], len(second["result"]), len(second["answers"])) == (True, 4, 3)
    assert said["findings"] == []


def test_another_election_or_another_past_is_a_fault(typed: Typed, tmp_path: Path) -> None:
    status, out, _ = typed("verify", BLANK, "--expect", "A" * 43)
    assert (status, "FAUTE [7.52]" in out) == (FAULT, True)
    assert typed("verify", BLANK, "--expect", "A" * 42)[0] == USAGE
    assert typed("verify", BLANK, "--since", BLANK)[0] == GOOD
    status, out, _ = typed("verify", BLANK, "--since", WEIGHTED)
    assert (status, "FAUTE [7.7]" in out) == (FAULT, True)
    assert typed("verify", BLANK, "--since", tmp_path / "absent.bel")[0] == USAGE


def test_what_is_unfinished_is_a_remark(typed: Typed, tmp_path: Path) -> None:
    archive = BLANK.read_bytes()
    # the last event, with its result, and the two empty blocks after it
    running = tmp_path / BLANK.name
    cut = _headers(archive)[-2]
    running.write_bytes(archive[:cut])
    status, out, _ = typed("verify", tmp_path)
    assert (status, "remarque [7.51]" in out) == (GOOD, True)
    assert typed("verify", tmp_path, "--strict")[0] == FAULT
    # an older copy is the beginning of the archive, and not the other way round
    assert typed("verify", BLANK, "--since", running)[0] == GOOD
    assert typed("verify", running, "--since", BLANK)[0] == FAULT


def test_a_false_ballot_is_named(typed: Typed, tmp_path: Path) -> None:
    archive = tmp_path / "false.bel"
    archive.write_bytes(BLANK.read_bytes().replace(b'"signature":{"hash":"', b'"signature":{"hash":"x', 1)[:-1])
    status, out, _ = typed("verify", archive)
    assert (status, "FAUTE [7." in out) == (FAULT, True)


def test_what_is_no_archive_is_unusable(typed: Typed, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.bel"
    nothing.write_bytes(b"nothing at all")
    status, out, _ = typed("verify", nothing)
    assert (status, "[7.2]" in out) == (USAGE, True)
    assert typed("verify", tmp_path / "absent.bel")[0] == USAGE
    shutil.copy(BLANK, tmp_path)
    status, _, err = typed("verify", tmp_path)
    assert (status, "[7.8]" in err, "2" in err) == (FAULT, True, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_subjects_are_said_in_the_language(language: Language) -> None:
    numbered = ("ballot", "trustee", "shuffle of trustee", "event", "credential")
    for subject in (*(f"{kind} 5" for kind in numbered), "election", "tally", "result", "credentials", "archive"):
        said = finding_of(Fault("7.4", subject), language)
        assert said.subject == subject
        assert said.facts["subject"] != subject
        assert said.say(language).startswith(str(said.facts["subject"]))
    assert finding_of(Fault("7.38", "ballot 5"), "fr").say("fr") == "Bulletin 5 : ce bulletin est déjà dans l'urne."
    assert "clause.7.52" in catalogue(language)


def test_a_name_cannot_write_elsewhere_on_the_screen() -> None:
    assert plain("Zoé Ünal") == "Zoé Ünal"
    assert plain("a\nb\x1b[2Jc") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}[2Jc"


def _headers(archive: bytes) -> list[int]:
    """Where the records of an archive begin."""
    found, at = [], 0
    while at + 512 <= len(archive) and any(archive[at : at + 512]):
        found.append(at)
        size = int(archive[at + 124 : at + 135], 8)
        at += 512 + -(-size // 512) * 512
    return found
