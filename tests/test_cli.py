"""What is typed and how it ends: exit statuses, both languages, never a traceback, help as the README shows it."""

import json
import re
from pathlib import Path

import pytest

from limpide import cli
from limpide.commands.voice import FAULT, GOOD, UNFINISHED, USAGE
from limpide.words import catalogue

ROOT = Path(__file__).parents[1]
ROLES = (
    *("organiser", "commission", "station", "operator", "registrar", "auditor", "server"),
    *("credentials", "trustee", "voter", "ballot-box"),
)
WORDS = ("verify", "demo", "rehearse", "serve")


class Terminal:
    """Types commands, and keeps what they answer."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def type(self, *arguments: str) -> int:
        """The exit status of a command; what it wrote is in ``out`` and ``err``."""
        with pytest.raises(SystemExit) as end:
            cli.main(arguments)
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err
        assert isinstance(end.value.code, int)
        return end.value.code


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["verify"], ["verify", "--nothing"], ["--lang", "de", "verify", "x"]]
)
def test_wrong_usage_is_two(terminal: Terminal, arguments: list[str]) -> None:
    assert terminal.type(*arguments) == USAGE
    assert terminal.err
    assert not terminal.out


def test_an_unusable_input_is_two(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "results.csv").write_text("nothing\n")
    assert terminal.type("rehearse", str(tmp_path / "results.csv"), "--out", str(tmp_path / "r")) == USAGE
    assert terminal.type("station", "door-code", str(tmp_path / "absent")) == USAGE
    assert terminal.type("station", "door-code", str(tmp_path / "results.csv")) == USAGE
    assert terminal.type("verify", str(tmp_path), "--expect", "abc") == USAGE


def test_what_is_not_there_or_does_not_answer_is_three(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.type("verify", str(tmp_path)) == UNFINISHED
    assert terminal.type("verify", "http://127.0.0.1:9") == UNFINISHED


def test_a_checkpoint_that_is_none_is_unreadable(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_text("nothing\n")
    assert terminal.type("verify", str(tmp_path)) == USAGE


@pytest.mark.parametrize("language", ["fr", "en"])
def test_help_is_in_the_language_asked_for_and_says_every_word(terminal: Terminal, language: str) -> None:
    for arguments in ([], *([role] for role in ROLES)):
        terminal.type(*arguments, "--help", f"--lang={language}")
        assert "help." not in terminal.out
    assert terminal.type("--lang", language, "verify", "--help") == GOOD
    words = catalogue("fr" if language == "fr" else "en")
    assert words["cli.help.verify"] in terminal.out


def test_every_command_and_option_has_its_sentence() -> None:
    def keys(command: object) -> set[str]:
        said = {getattr(command, "help", None), *(getattr(p, "help", None) for p in getattr(command, "params", ()))}
        inner = getattr(command, "commands", {})
        return {str(key) for key in said if key}.union(*(keys(each) for each in inner.values()), set())

    for language in ("fr", "en"):
        words = catalogue("fr" if language == "fr" else "en")
        assert {key for key in keys(cli.build()) if f"cli.{key}" not in words} == set()


def test_a_small_night_is_rehearsed_and_verified(terminal: Terminal, tmp_path: Path) -> None:
    data = ROOT / "demo" / "data" / "2017-presidentielle-1_par_bureau_large.csv.xz"
    record = str(tmp_path / "record")
    assert terminal.type("rehearse", str(data), "--out", record, "--stations", "12", "--json") == GOOD
    fingerprint = json.loads(terminal.out)["fingerprint"]
    assert "REFUSÉE" in terminal.err
    assert terminal.type("rehearse", str(data), "--out", record, "--stations", "12") == USAGE
    assert terminal.type("verify", record, "--expect", fingerprint, "--json", "--lang", "en") == GOOD
    answer = json.loads(terminal.out)
    assert answer["fingerprint"] == fingerprint
    assert answer["results"][0]["totals"]["units_counted"] == 12
    assert answer["results"][0]["status"] == "certified"
    assert terminal.type("verify", record, "--expect", "0" * 64) == FAULT
    assert "[5.12]" in terminal.out
    assert terminal.type("verify", record) == GOOD
    assert terminal.type("verify", record, "--strict") == FAULT
    checkpoint = tmp_path / "kept"
    checkpoint.write_bytes((tmp_path / "record" / "public" / "checkpoint").read_bytes())
    assert terminal.type("verify", record, "--since", str(checkpoint), "--expect", fingerprint) == GOOD
    assert terminal.type("auditor", "station", record, "01001_0001", "--json") == GOOD
    *_, said = json.loads(terminal.out)["entries"]
    seen = said["door_code"].lower().replace("-", " ").replace("0", "o")
    assert terminal.type("auditor", "station", record, "01001_0001", "--door-code", seen) == GOOD
    assert terminal.type("auditor", "station", record, "01001_0001", "--door-code", "0000") == FAULT
    assert terminal.type("auditor", "station", record, "nowhere") == USAGE
    page = tmp_path / "record" / "public" / "data" / "results.json"
    page.write_bytes(page.read_bytes().replace(b"certified", b"certifiee"))
    assert terminal.type("verify", record, "--expect", fingerprint) == FAULT
    assert "FAUTE [5.8]" in terminal.out


def test_data_goes_to_standard_output_and_sentences_to_standard_error(terminal: Terminal) -> None:
    assert terminal.type("organiser", "begin") == GOOD
    assert terminal.out.startswith('election = "')
    assert terminal.err == ""


def test_the_help_that_the_readme_shows_is_the_help(terminal: Terminal) -> None:
    shown = re.findall(
        r"```console\n\$ limpide ([^\n]*--help[^\n]*)\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL
    )
    assert shown
    for command, text in shown:
        terminal.type(*command.split())
        assert terminal.out == text


def test_every_command_that_the_readme_types_exists(terminal: Terminal) -> None:
    typed = re.findall(
        r"^\$ limpide ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", (ROOT / "README.md").read_text(), re.MULTILINE
    )
    assert typed
    tree = cli.build().commands
    for first, second in typed:
        assert first in tree
        assert not second or first not in ROLES or second in tree[first].commands  # type: ignore[attr-defined]
