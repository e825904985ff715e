"""``limpide check-statement`` as it is typed, on a record in a folder."""

import json
from pathlib import Path

import pytest

from limpide import cli
from limpide.commands.voice import FAULT, GOOD, UNFINISHED, USAGE
from published import World
from synthesised import Sums, play

SUMS = Sums({"Aline Roy": 4000, "Basile de Rugy": 3000, "Carole Martin": 1000}, blank=150, rejected=50)


@pytest.fixture(scope="module")
def world() -> World:
    return play(SUMS, stations=40, reporting=35, publish_at=(20,), places=4)


@pytest.fixture(scope="module")
def record(world: World, tmp_path_factory: pytest.TempPathFactory) -> str:
    root = tmp_path_factory.mktemp("record")
    for path, data in world.fetch().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return str(root)


@pytest.fixture
def fingerprint(world: World) -> str:
    return world.night.record.event(0).id.hex()


def typed(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of ``check-statement``."""
    with pytest.raises(SystemExit) as end:
        cli.main(["check-statement", *map(str, arguments)])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    assert isinstance(end.value.code, int)
    return end.value.code, out, err


def write(folder: Path, text: str | bytes, name: str = "release.md") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_true_release_is_good_and_every_figure_says_what_it_is(
    capsys: pytest.CaptureFixture[str], record: str, fingerprint: str, tmp_path: Path
) -> None:
    release = write(tmp_path, "8 200 votants ; Aline Roy : 4 000 voix (50,00 %).")
    arguments = (release, "--record", record, "--expect", fingerprint)
    status, out, err = typed(capsys, *arguments)
    assert status == GOOD
    assert "4 000 = voix, Aline Roy, ensemble" in out
    assert "50,00 % = voix en % des exprimés, Aline Roy" in out
    assert "3" in err
    status, out, _ = typed(capsys, *arguments, "--lang", "en", "--json")
    answer = json.loads(out)
    assert (status, answer["findings"], answer["publication"], len(answer["figures"])) == (GOOD, [], 3, 3)
    (origin,) = answer["figures"][1]["origins"]
    assert origin["file"] == "data/r1/primaire/nation.json"
    assert (origin["what"], origin["count"]) == ("votes, Aline Roy, the whole", 4000)


def test_r02_a_false_figure_is_a_fault_in_both_languages(
    capsys: pytest.CaptureFixture[str], record: str, fingerprint: str, tmp_path: Path
) -> None:
    release = write(tmp_path, "8 201 votants, près de deux millions.\n".encode("latin-1"))
    for language, word in (("fr", "FAUTE"), ("en", "FAULT")):
        status, out, _ = typed(capsys, release, "--record", record, "--expect", fingerprint, "--lang", language)
        assert status == FAULT
        assert f"{word} [10.1]" in out
        assert f"{word} [10.3]" in out


def test_r03_a_figure_of_another_publication_is_said_to_be(
    capsys: pytest.CaptureFixture[str], record: str, tmp_path: Path
) -> None:
    release = write(tmp_path, "8 200 votants")
    status, out, _ = typed(capsys, release, "--record", record, "--publication", 2, "--json", "--lang=en")
    answer = json.loads(out)
    assert status == FAULT
    assert [finding["clause"] for finding in answer["findings"]] == ["10.8", "5.13"]
    assert answer["findings"][0]["sentence"].endswith("is true at publication 3, not at publication 2.")


def test_tables_one_after_the_other(
    capsys: pytest.CaptureFixture[str], record: str, fingerprint: str, tmp_path: Path
) -> None:
    rows = "candidat;voix\nAline Roy;{}\nBasile de Rugy;{}\nCarole Martin;{}\nVotants;{}\n"
    half = write(tmp_path, rows.format(2000, 1500, 500, 4100), "midnight.csv")
    whole = write(tmp_path, rows.format(4000, 3000, 1000, 8200), "morning.csv")
    arguments = (whole, "--record", record, "--expect", fingerprint)
    assert typed(capsys, *arguments)[0] == GOOD
    status, out, _ = typed(capsys, *arguments, "--after", half)
    assert status == GOOD
    assert "[10.6] morning.csv" in out


def test_places_and_rounds_are_named(
    capsys: pytest.CaptureFixture[str], record: str, fingerprint: str, tmp_path: Path
) -> None:
    release = write(tmp_path, "8 200 votants")
    arguments = (release, "--record", record, "--expect", fingerprint)
    for place in ("02", "02001", "02001-0001"):
        assert typed(capsys, *arguments, "--place", place, "--round", 1)[0] == GOOD
    assert typed(capsys, *arguments, "--round", 2)[0] == FAULT
    status, _, err = typed(capsys, *arguments, "--place", "nowhere")
    assert status == FAULT
    assert "nowhere" in err


def test_what_cannot_be_checked_ends_as_every_command_does(
    capsys: pytest.CaptureFixture[str], record: str, tmp_path: Path
) -> None:
    release = write(tmp_path, "8 200 votants")
    assert typed(capsys, tmp_path / "absent.md", "--record", record)[0] == USAGE
    assert typed(capsys, write(tmp_path, b"\0", "binary"), "--record", record)[0] == USAGE
    assert typed(capsys, write(tmp_path, b"1" * 2**21, "large"), "--record", record)[0] == USAGE
    assert typed(capsys, release, "--record", record, "--expect", "abc")[0] == USAGE
    assert typed(capsys, release, "--record", record, "--expect", "0" * 64)[0] == FAULT
    assert typed(capsys, release, "--record", record, "--publication", 99)[0] == FAULT
    assert typed(capsys, release, "--record", tmp_path)[0] == UNFINISHED
    assert typed(capsys, release)[0] == USAGE
