"""Does what the server writes down keep secrets, bodies and addresses to itself? R9."""

import base64
from pathlib import Path

from election import LOG, UNITS, signer
from serving import Served


def test_standard_error_says_what_happened_and_nothing_else(tmp_path: Path) -> None:
    served = Served.create(tmp_path)
    with (tmp_path / "errors").open("w") as errors:
        served.start(errors=errors)
        served.begin_counting()
        report = served.night.report(UNITS[0], (41, 31, 21))
        served.taken(report)
        served.post(report.note.encode()[:-30])
        served.client.get("/nowhere/secret-path")
        served.await_publication()
        served.stop()
    said = (tmp_path / "errors").read_text()
    lines = said.splitlines()
    assert all(line.split(" ")[1] in ("intake", "publisher", "supervisor") for line in lines)
    assert [line for line in lines if " published " in line]
    seed = base64.b64encode(b"\x01" + signer(LOG).seed).decode()
    for secret in (seed[10:30], signer(LOG).seed.hex(), "secret-path", "votes", UNITS[0], "httpx"):
        assert secret not in said


def test_secrets_are_in_no_argument_and_no_served_file(tmp_path: Path) -> None:
    served = Served.create(tmp_path)
    seed = base64.b64encode(b"\x01" + signer(LOG).seed)
    with served:
        served.commit_roll()
        for process in served.parts().values():
            words = (Path("/proc") / str(process) / "cmdline").read_bytes()
            variables = (Path("/proc") / str(process) / "environ").read_bytes()
            assert seed not in words + variables
    for path in served.folder.root.rglob("*"):
        if path.is_file():
            assert seed not in path.read_bytes()
            assert signer(LOG).seed not in path.read_bytes()
