"""The walk through a standalone election, run as it is written; and the commands when things go wrong."""

import contextlib
import io
import json
import os
import re
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest

from limpide import cli

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/standalone-election.md"


@dataclass(frozen=True)
class Answered:
    """How a command ended, and what it wrote."""

    exit_code: int
    stdout: str
    stderr: str


def run(*arguments: object, given: str = "") -> Answered:
    typed = io.TextIOWrapper(io.BytesIO(given.encode()))
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with (
        mock.patch.object(sys, "stdin", typed),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as end,
    ):
        cli.main([str(argument) for argument in arguments])
    said = [file.buffer.getvalue().decode() for file in (out, err)]
    assert "Traceback" not in said[1]
    assert isinstance(end.value.code, int)
    return Answered(end.value.code, *said)


def walk(folder: Path, options: str = "") -> subprocess.CompletedProcess[str]:
    blocks = re.findall(r"```bash\n(.*?)```", PAGE.read_text(), re.DOTALL)
    making = "generate|certify|polynomial|route|share|assemble|trustees|open"
    script = "\n".join(blocks)
    if options:
        script = re.sub(
            rf"^(limpide (?:trustee|credentials|ballot-box) (?:{making}) .*)$",
            rf"\1 {options}",
            script,
            flags=re.MULTILINE,
        )
    prefix = f'set -euo pipefail\nlimpide() {{ "{sys.executable}" -m limpide.cli "$@"; }}\n'
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "cache")
    command = ["bash", "-c", prefix + script]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


def test_the_page_does_what_it_says(tmp_path: Path) -> None:
    done = walk(tmp_path)
    assert done.returncode == 0, done.stderr
    last = json.loads(done.stdout.strip().splitlines()[-1])
    assert last["proven"] is True
    assert (last["ballots"], last["num_tallied"], last["total_weight"]) == (3, 2, 2)
    assert [each["result"] for each in last["results"]] == [[1, 1, 0, 0]]
    assert "vote blanc  1\n  Ada         1\n  Grace       0" in done.stdout
    secret = ["alice/trustee.privkey", "bob/1.key", "authority/private_creds.json"]
    for name in secret:
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    said = done.stdout + done.stderr
    for code in json.loads((tmp_path / "authority/private_creds.json").read_text()).values():
        assert code not in said
        for path in tmp_path.rglob("*"):
            if (
                path.is_file()
                and path.suffix != ".pyc"
                and path.name not in {"private_creds.json", "ada.code", "grace.code"}
            ):
                assert code.encode() not in path.read_bytes()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an open election of three voters and one trustee."""
    folder = tmp_path_factory.mktemp("urn")
    uuid = run("ballot-box", "draw-uuid").stdout.strip()
    run("trustee", "generate", "--out", folder)
    run("credentials", "generate", "--uuid", uuid, "--count", 3, "--out", folder)
    run("ballot-box", "trustees", folder / "trustee.pubkey", "--out", folder / "trustees.json")
    question = {"question": "?", "answers": ["a", "b"], "min": 1, "max": 1}
    template = {"description": "", "name": "n", "questions": [question]}
    (folder / "template.json").write_text(json.dumps(template))
    named = ("--trustees", folder / "trustees.json", "--credentials", folder / "public_creds.json")
    done = run(
        "ballot-box", "open", folder, "--uuid", uuid, "--template", folder / "template.json", *named, "--json"
    )
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["uuid"] == uuid
    for number, code in json.loads((folder / "private_creds.json").read_text()).items():
        (folder / f"{number}.code").write_text(code)
    return folder


def cast(folder: Path, number: int, name: str, choices: str = "[[1,0]]") -> Answered:
    files = ("--code", folder / f"{number}.code", "--out", folder / name)
    return run("voter", "vote", folder, *files, "--choices", "-", given=choices)


def test_what_is_refused_and_how(opened: Path) -> None:
    good = cast(opened, 1, "one.ballot")
    assert good.exit_code == 0
    again = cast(opened, 1, "one.ballot")
    assert (again.exit_code, "one.ballot" in again.stderr) == (2, True)
    for choices in ("[[1,1]]", "[[2,0]]", "[[1]]", "nonsense", "[]", "[[0,0]]"):
        done = cast(opened, 1, "bad.ballot", choices)
        assert (done.exit_code, "7.54" in done.stderr) == (1, True)
        assert not (opened / "bad.ballot").exists()
    (opened / "9.code").write_text("not a code")
    done = cast(opened, 9, "bad.ballot")
    assert (done.exit_code, "7.53" in done.stderr, "not a code" in done.stderr) == (2, True, False)
    assert run("ballot-box", "add", opened, opened / "one.ballot").exit_code == 0
    done = run("ballot-box", "add", opened, opened / "one.ballot")
    assert (done.exit_code, "7.38" in done.stderr) == (1, True)
    (opened / "false.ballot").write_bytes(
        (opened / "one.ballot").read_bytes().replace(b'"response":"', b'"response":"1', 1)
    )
    done = run("ballot-box", "add", opened, opened / "false.ballot")
    assert (done.exit_code, "[7." in done.stderr) == (1, True)
    assert run("verify", opened).exit_code == 0
    found = run("voter", "find", opened, good.stdout.strip(), "--json")
    assert json.loads(found.stdout) == {"ballot": 0, "event": 1}
    assert run("voter", "find", opened, "A" * 43).exit_code == 1
    early = run(
        "trustee", "decrypt", opened, "--key", opened / "trustee.privkey", "--out", opened / "d", "--cores", 1
    )
    assert (early.exit_code, "7.59" in early.stderr, (opened / "d").exists()) == (1, True, False)
    assert run("ballot-box", "publish", opened, "--cores", 1).exit_code == 1
    assert run("verify", opened / "nowhere.bel").exit_code == 2
    assert run("voter", "find", opened / "nowhere.bel", "A" * 43).exit_code == 2
    none = run("voter", "find", opened.parent, "A" * 43)
    assert (none.exit_code, "7.8" in none.stderr) == (1, True)


def test_nothing_is_appended_to_a_damaged_box(opened: Path, tmp_path: Path) -> None:
    (archive,) = opened.glob("*.bel")
    damaged = tmp_path / archive.name
    damaged.write_bytes(archive.read_bytes()[:-512])
    before = damaged.read_bytes()
    cast(opened, 2, "two.ballot")
    assert run("ballot-box", "add", damaged, opened / "two.ballot").exit_code == 1
    assert run("ballot-box", "close", damaged, "--cores", 1).exit_code == 1
    assert damaged.read_bytes() == before
    assert run("verify", damaged).exit_code == 1


def test_after_closing(opened: Path) -> None:
    cast(opened, 3, "three.ballot", "[[0,1]]")
    assert run("ballot-box", "close", opened, "--cores", 1, "--json").exit_code == 0
    done = run("ballot-box", "add", opened, opened / "three.ballot")
    assert (done.exit_code, "7.5" in done.stderr) == (1, True)
    run("trustee", "generate", "--out", opened.parent)
    other = run(
        "trustee",
        "decrypt",
        opened,
        "--key",
        opened.parent / "trustee.privkey",
        "--out",
        opened / "x",
        "--cores",
        1,
    )
    assert (other.exit_code, "7.59" in other.stderr) == (1, True)
    mine = ("--key", opened / "trustee.privkey", "--out", opened / "d", "--cores", 1)
    assert run("trustee", "decrypt", opened, *mine).exit_code == 0
    assert run("ballot-box", "publish", opened, "--cores", 1).exit_code == 1
    assert run("ballot-box", "add-decryption", opened, opened / "d", "--cores", 1).exit_code == 0
    assert run("ballot-box", "add-decryption", opened, opened / "d", "--cores", 1).exit_code == 1
    done = run("ballot-box", "publish", opened, "--cores", 1, "--json")
    assert [each["result"] for each in json.loads(done.stdout)["results"]] == [[1, 0]]
    assert run("verify", opened, "--json").exit_code == 0


def test_voters_files(tmp_path: Path) -> None:
    uuid = "1" * 14
    voters = tmp_path / "voters.csv"
    for number, (text, code) in enumerate(
        [("a,1\nb,7000000000\n", 0), ("a\na\n", 1), ("a,1\nb\n", 1), ("", 2), ("a,-1\n", 2), ("a,x\n", 2)]
    ):
        voters.write_text(text)
        out = tmp_path / str(number)
        out.mkdir()
        done = run("credentials", "generate", "--uuid", uuid, "--voters", voters, "--out", out, "--json")
        assert done.exit_code == code, text
    assert run("credentials", "generate", "--uuid", "short", "--count", 1, "--out", tmp_path).exit_code == 2
    derived = run(
        "credentials",
        "derive",
        "--uuid",
        uuid,
        given=json.loads((tmp_path / "0/private_creds.json").read_text())["a"],
    )
    assert derived.stdout.strip() in (tmp_path / "0/public_creds.json").read_text()


def test_a_trustee_beyond_the_last_makes_no_key(tmp_path: Path) -> None:
    done = run("trustee", "certify", "--number", 4, "--size", 3, "--threshold", 2, "--out", tmp_path)
    assert (done.exit_code, "7.56" in done.stderr, list(tmp_path.iterdir())) == (1, True, [])


def test_the_commission_holds_the_urn_as_well() -> None:
    done = run("commission", "ballot-box", "draw-uuid", "--json")
    assert len(json.loads(done.stdout)["uuid"]) == 22
