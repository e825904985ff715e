"""A whole primary by the command line alone: the walk-through of the README, with a server over HTTP.

Seats are three stations'; nobody shares a file but drafts, copies and public keys.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from limpide import cli
from limpide.commands.voice import FAULT, GOOD, USAGE
from limpide.roles.client import Client

UNITS = """division;division_name;locality;locality_name;unit;unit_name
01;Ain;01001;Ambérieu;01001-1;École
01;Ain;01002;Bourg;01002-1;Mairie
02;Aisne;02001;Laon;02001-1;Halle
"""
FIGURES = """ballots_cast = {cast}
blank_ballots = 1
ballots_rejected = 0
voters_participated = {cast}
voters_registered = {registered}
votes = {{ aline = {aline}, basile = {basile} }}
"""
PATIENCE = 60.0


class Desk:
    """Types commands in one folder; codes come from the sheets that were printed."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self.codes: dict[str, str] = {}
        self.out = self.err = ""

    def __call__(self, line: str, expected: int = GOOD) -> str:
        """Types a line (file names are of this folder), and gives what it wrote on standard output."""
        words = [str(self.folder / word[1:]) if word.startswith("@") else word for word in line.split()]
        with pytest.raises(SystemExit) as end:
            cli.main([*words, "--lang", "en"])
        self.out, self.err = self._capsys.readouterr()
        assert end.value.code == expected, self.err
        assert not any(code in self.err for code in self.codes.values())
        return self.out

    def read_sheets(self, sheets: str) -> None:
        """Opens the envelopes."""
        for sheet in sheets.split("\f")[:-1]:
            seat = re.search(r"^Seat +(\S+)$", sheet, re.MULTILINE)
            code = re.search(r"^ +((?:\w{4}-){5}\w{2})$", sheet, re.MULTILINE)
            assert seat
            assert code
            self.codes[seat[1]] = code[1]

    def code(self, seat: str) -> str:
        """A file that holds the code of a seat, as a descriptor would."""
        (self.folder / "code").write_text(self.codes[seat])
        return "--code-file @code"

    def sign(self, draft: str, *seats: str) -> str:
        """Each seat signs a copy; gives the name of the merged file."""
        copies = []
        for seat in seats:
            role, _, number = seat.partition("/")
            person = role if role in ("organiser", "registrar", "commission", "operator") else "station"
            which = number.split("/")[0]
            chosen = f"--seat {which}" if which else ""
            copy = f"{draft}.{seat.replace('/', '-')}"
            (self.folder / copy).unlink(missing_ok=True)
            self(f"{person} sign @{draft} {chosen} {self.code(seat)} -o @{copy}")
            copies.append(f"@{copy}")
        (self.folder / f"{draft}.note").unlink(missing_ok=True)
        self(f"commission merge {' '.join(copies)} -o @{draft}.note")
        return f"{draft}.note"


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


@pytest.fixture
def served(desk: Desk) -> Iterator[str]:
    """The address of a server over a record that was made by the command line."""
    write = desk.folder.joinpath
    desk("server key primary.example/2027 -o @log.key")
    write("log.pub").write_text(desk.out)
    desk("organiser begin")
    described = re.sub(r"\n\[\[rounds\]\]\nnumber = 2.*?\n\n", "\n", desk.out, flags=re.DOTALL)
    write("election.toml").write_text(described.replace("2027-01-17", "2020-01-17"))
    write("units.csv").write_text(UNITS)
    for role in ("organiser", "commission"):
        desk(f"{role} codes @election.toml @units.csv --keys-out @{role}.keys")
        desk.read_sheets(desk.out)
        assert not any(code in write(f"{role}.keys").read_text() for code in desk.codes.values())
    keys = "--keys @organiser.keys --keys @commission.keys --log @log.pub"
    desk(f"organiser draft @election.toml @units.csv {keys} -o @drafted")
    write("definition").write_bytes(write("drafted", "definition.txt").read_bytes())
    note = desk.sign("definition", "organiser", "commission/1", "commission/2", "commission/4")
    desk(f"server create @record --definition @{note} --documents @drafted/documents --log-key @log.key")
    with write("record", "server.toml").open("a") as settings:
        settings.write("publication_seconds = 0.3\ncheckpoint_seconds = 0.2\n")
    command = [sys.executable, "-m", "limpide.cli", "serve", str(write("record")), "--port", "0", "--json"]
    with (
        write("server.log").open("wb") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log) as server,
    ):
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())["address"]
        server.terminate()


def act(desk: Desk, url: str, line: str, *seats: str) -> None:
    """Drafts an act, has it signed apart, and sends it."""
    desk.folder.joinpath("act").unlink(missing_ok=True)
    desk(f"{line} -o @act")
    desk(f"commission send @{desk.sign('act', *seats)} {url}")


def until_it_may(desk: Desk, line: str, expected: int, said: str) -> None:
    """Types a line again until it ends as expected, since publications take their time."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        desk.folder.joinpath("act").unlink(missing_ok=True)
        try:
            desk(line, expected)
        except AssertionError:
            time.sleep(0.3)
            continue
        if said in desk.err:
            return
        time.sleep(0.3)
    raise AssertionError(desk.err)


def published(url: str, status: str) -> None:
    """Waits for a publication whose result has that status."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with Client(url) as client:
            data = client.get("data/results.json")
        if data is not None and json.loads(data)["contests"][0]["status"] == status:
            return
        time.sleep(0.2)
    raise AssertionError(f"no publication is {status}")


QUORUM = ("commission/1", "commission/3", "commission/5")


def figures(desk: Desk, aline: int, basile: int, *, cast: int | None = None, registered: int = 100) -> None:
    text = FIGURES.format(aline=aline, basile=basile, cast=cast or aline + basile + 1, registered=registered)
    desk.folder.joinpath("figures.toml").write_text(text)


def test_a_whole_primary_by_the_command_line_alone(desk: Desk, served: str) -> None:
    write = desk.folder.joinpath
    write("roll.csv").write_text(
        "unit;name\n" + "".join(f"{u};n{n}\n" for u in ("01001-1", "02001-1") for n in range(3))
    )
    desk(f"registrar commit {served} @roll.csv --salts @salts -o @roll")
    write("roll-draft").write_bytes(write("roll", "roll-commitment.txt").read_bytes())
    desk(f"registrar send @{desk.sign('roll-draft', 'registrar')} {served} --documents @roll/documents")

    act(desk, served, f"commission opening {served}", *QUORUM)
    figures(desk, 40, 30, cast=70)
    desk(f"station report {served} 01001-1 --figures @figures.toml", FAULT)
    assert "Error [3.4]" in desk.err
    assert "--explain 3.4" in desk.err
    figures(desk, 40, 30)
    write("again.toml").write_text(write("figures.toml").read_text().replace("= 40", "= 41"))
    desk(f"station report {served} 01001-1 --figures @figures.toml --again @again.toml", FAULT)
    assert "votes.aline" in desk.err
    published(served, "unofficial-partial")  # it carries the instant that opens counting
    act(desk, served, f"station report {served} 01001-1 --figures @figures.toml", "01001-1/1/1", "01001-1/2/1")
    code = desk("station door-code @act").strip()
    assert code in desk("station show @act.note")

    figures(desk, 30, 20)
    for operator in ("operator/1", "operator/2"):
        copy = operator.replace("/", "-")
        desk(f"operator report {served} 02001-1 --figures @figures.toml -o @{copy}.txt")
        desk(f"operator sign @{copy}.txt --seat {copy[-1]} {desk.code(operator)} -o @{copy}")
    desk("operator join @operator-1 @operator-2 -o @joined")
    desk(f"operator send @joined {served}")

    figures(desk, 41, 30)
    act(
        desk,
        served,
        f"commission correction {served} 01001-1 --figures @figures.toml --reason typing-error",
        *QUORUM,
    )
    act(desk, served, f"commission closing {served}", *QUORUM)
    until_it_may(desk, f"commission certification {served} -o @act", FAULT, "01002-1")
    act(desk, served, f"commission unit-status {served} 01002-1 --reason flood", *QUORUM)
    until_it_may(desk, f"commission certification {served} -o @act", GOOD, "")
    desk(f"commission send @{desk.sign('act', *QUORUM)} {served}")

    fingerprint = json.loads(desk("organiser show @definition --json"))["id"]
    published(served, "certified")
    answer = json.loads(desk(f"verify {served} --expect {fingerprint} --json"))
    (result,) = answer["results"]
    assert result["status"] == "certified"
    assert result["totals"]["votes"] == {"aline": 71, "basile": 50}
    desk(f"auditor mirror {served} -o @copy")
    desk(f"verify @copy --expect {fingerprint}")


def test_a_wrong_code_is_noticed_before_anything_is_signed(desk: Desk, served: str) -> None:
    desk(f"commission opening {served} -o @act")
    code = desk.codes["commission/1"]
    desk.folder.joinpath("code").write_text(code[:-1] + ("0" if code[-1] != "0" else "1"))
    desk("commission sign @act --seat 1 --code-file @code", USAGE)
    assert "[2.5]" in desk.err
    desk(f"commission sign @act --seat 1 {desk.code('commission/2')} --record {served}", FAULT)
    assert "[2.2]" in desk.err
    desk(f"commission send @act {served}", USAGE)
