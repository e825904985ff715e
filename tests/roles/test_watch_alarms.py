"""Do people hear of a fact, once, by mail and by a message, also when the relay was away at first?"""

import http.server
import json
import shutil
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from limpide.canonical import NotCanonical
from limpide.commands.voice import FAULT, GOOD, UNFINISHED, USAGE
from limpide.roles.watching.alarms import Mail, Webhook, deliver
from limpide.roles.watching.memory import Memory
from serving import Served
from static_site import StaticSite
from test_cli import Terminal

ALARM = {
    "clause": "9.7",
    "evidence": "watch/evidence/x",
    "instant": "2027-01-17T20:00:00Z",
    "sentence": "Cette page n’est pas officielle.",
    "sha256": "0" * 64,
    "site": "https://primaire.example",
    "subject": "correctif.html",
    "url": "https://primaire.example/correctif.html",
}


class _Relay(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as one message needs."""

    def handle(self) -> None:
        """Takes one conversation."""
        self._say("220 relay")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(":")[0].upper()
            if verb == "DATA":
                self._say("354 go on")
                data = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.messages.append(data)  # type: ignore[attr-defined]
            self._say("221 bye" if verb == "QUIT" else "250 fine")
            if verb == "QUIT":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Takes one message."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.messages.append(body)  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def listening(server: socketserver.TCPServer) -> Iterator[tuple[int, list[bytes]]]:
    """The port of a server, and what it was sent."""
    messages: list[bytes] = []
    server.messages = messages  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_address[1], messages
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def relay() -> Iterator[tuple[int, list[bytes]]]:
    with listening(socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Relay)) as heard:
        yield heard


@pytest.fixture
def hook() -> Iterator[tuple[int, list[bytes]]]:
    with listening(http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Hook)) as heard:
        yield heard


def test_one_mail_for_all_alarms_of_a_round(relay: tuple[int, list[bytes]]) -> None:
    port, messages = relay
    mail = Mail.parse("desk@journal.example", f"127.0.0.1:{port}", None, "fr")
    assert deliver(Memory(), [mail], [ALARM, {**ALARM, "clause": "9.5"}]) == []
    (message,) = (message_from_bytes(data, policy=default) for data in messages)
    assert message["To"] == "desk@journal.example"
    assert "2 constat" in message["Subject"]
    assert "n’est pas officielle" in message.get_content()
    assert "[9.5]" in message.get_content()


def test_what_was_not_delivered_is_sent_again_once(hook: tuple[int, list[bytes]]) -> None:
    port, messages = hook
    memory = Memory()
    away = Webhook.parse("http://127.0.0.1:9/secret-token")
    (failure,) = deliver(memory, [away], [ALARM])
    assert "secret" not in failure.message + repr(away)
    back = Webhook.parse(f"http://127.0.0.1:{port}/secret-token")
    assert back.name == away.name
    assert deliver(memory, [back], []) == []
    assert deliver(memory, [back], []) == []
    assert [json.loads(body) for body in messages] == [{"alarms": [ALARM]}]
    (failure,) = deliver(memory, [Mail.parse("a@b.example", "127.0.0.1:9", None, "en")], [ALARM])
    assert failure.clause == "alarm"


@pytest.mark.parametrize("url", ["", "journal.example", "ftp://x", "http://", "\x00"])
def test_no_webhook(url: str) -> None:
    with pytest.raises(NotCanonical):
        Webhook.parse(url)


@pytest.mark.parametrize(
    ("to", "smtp"), [("desk", "h:25"), ("a@b\r\nBcc: c@d", "h:25"), ("a@b", ":25"), ("a@b", "h:x")]
)
def test_no_mail(to: str, smtp: str) -> None:
    with pytest.raises(NotCanonical):
        Mail.parse(to, smtp, None, "fr")


def test_the_command_tells_everybody_once_and_ends_with_one(
    served: Served,
    tmp_path: Path,
    relay: tuple[int, list[bytes]],
    hook: tuple[int, list[bytes]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("limpide.roles.watching.watch.PATIENCE_SECONDS", 0.2)
    terminal = Terminal(capsys)
    (tmp_path / "site").mkdir()
    site = StaticSite(tmp_path / "site")
    try:
        site.copy(served.folder.public)
        fingerprint = served.night.record.event(0).id.hex()
        watch = ["watch", site.address, "--out", str(tmp_path / "watch"), "--once", "--lang", "en"]
        assert terminal.type(*watch) == USAGE
        watch += ["--expect", fingerprint]
        assert terminal.type(*watch) == GOOD
        watch += ["--mail", "desk@journal.example", "--smtp", f"127.0.0.1:{relay[0]}"]
        watch += ["--webhook", f"http://127.0.0.1:{hook[0]}/x"]
        site.write("correctif.html", b"<html>Basile</html>")
        assert terminal.type(*watch, "--page", "/correctif.html", "--json") == FAULT
        told, summary = (json.loads(line) for line in terminal.out.splitlines())
        assert told["alarm"]["clause"] == "9.7"
        assert summary["standing"] == [{"clause": "9.7", "site": site.address, "path": "correctif.html"}]
        assert "not official" in terminal.err
        assert Path(told["alarm"]["evidence"], "body").read_bytes() == b"<html>Basile</html>"
        assert terminal.type(*watch, "--page", "/correctif.html") == FAULT
        assert (len(relay[1]), len(hook[1])) == (1, 1)
        (site.root / "correctif.html").unlink()
        assert terminal.type(*watch, "--page", "/correctif.html") == GOOD
        assert "evidence is kept" in terminal.err
        assert terminal.type("watch", "http://127.0.0.1:9", *watch[2:]) == UNFINISHED
        shutil.rmtree(site.root)
        wrong = ["watch", site.address, "--out", str(tmp_path / "watch"), "--once", "--expect", "0" * 64]
        assert terminal.type(*wrong) == FAULT
        assert terminal.type("watch", "folder", *watch[2:]) == USAGE
    finally:
        site.stop()
