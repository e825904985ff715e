"""A folder behind a real HTTP server on loopback, as any newspaper would put it up; its owner may falsify it."""

import http.server
import shutil
import threading
from functools import partial
from pathlib import Path


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


class _Server(http.server.ThreadingHTTPServer):
    request_queue_size = 64  # a reader with eight connections must not wait for a lost one to be tried again


class StaticSite:
    """Serves until it is stopped."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._server = _Server(("127.0.0.1", 0), partial(_Quiet, directory=str(root)))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def address(self) -> str:
        """Where readers find it."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def copy(self, source: Path) -> None:
        """Becomes a copy of a folder."""
        shutil.copytree(source, self.root, dirs_exist_ok=True)

    def write(self, path: str, data: bytes) -> None:
        """Puts up a page."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def read(self, path: str) -> bytes:
        """What stands there."""
        return (self.root / path).read_bytes()

    def stop(self) -> None:
        """Takes the server down."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
