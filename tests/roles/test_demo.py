"""The demonstration, as a newcomer runs it: a process, a server, and nothing left behind."""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from limpide.roles.past_results.reading import demo_file, read_past_election_file
from limpide.roles.rehearsal.script import Script, write_script

COMMAND = [sys.executable, "-m", "limpide.cli", "demo", "--lang", "en", "--stations", "40"]
PATIENCE = 90.0


def truth() -> Script:
    return write_script(read_past_election_file(demo_file()), stations=40, rounds=2)


def test_a_short_demonstration_ends_with_the_verdict(tmp_path: Path) -> None:
    out = tmp_path / "shown"
    ended = subprocess.run(
        [*COMMAND, "--no-serve", "--json", "--out", str(out)],
        capture_output=True,
        timeout=PATIENCE,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    script = truth()
    assert script.mistaken is not None
    assert "REFUSED [5.6]" in ended.stderr
    assert f"({script.late})" in ended.stderr
    assert f"station {script.mistaken.station_id} had exchanged two lines" in ended.stderr
    answer = json.loads(ended.stdout)
    (result,) = answer["results"]
    assert result["status"] == "certified"
    assert result["totals"]["units_counted"] == 40
    assert list(result["totals"]["votes"].values()) == [
        sum(station.votes[place] for station in script.stations) for place in range(len(script.options))
    ]
    assert not [finding for finding in answer["findings"] if finding["severity"] == "fault"]
    assert (out / "public" / "checkpoint").is_file()
    assert "répétition" in (out / "public" / "fr" / "index.html").read_text().lower()


@pytest.fixture
def shown() -> "Iterator[tuple[subprocess.Popen[str], str]]":
    """A demonstration that is over, its site still up."""
    with subprocess.Popen(COMMAND, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "stays up" in line:
                address = re.search(r"http://[0-9.:]+", line)
                assert address
                yield process, address[0]
                break
        process.kill()


def test_the_site_stays_up_until_ctrl_c_and_then_nothing_is_left(
    shown: "tuple[subprocess.Popen[str], str]",
) -> None:
    process, address = shown
    with urllib.request.urlopen(f"{address}/en/index.html", timeout=10) as page:
        assert b"MACRON" in page.read()
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/checkpoint", timeout=1).close()
        except OSError:
            return
        time.sleep(0.1)
    raise AssertionError(f"{address} still answers")
