"""What does the operator decide? One file, read once; unknown keys are errors.

The comments here are the manual: ``server.toml`` holds any of these fields.
"""

from pathlib import Path
from typing import Annotated

import msgspec

from limpide.canonical import Refused
from limpide.roles.folder import Folder, read_bounded, write_durably

_MAX_FILE = 65_536
Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]


class Configuration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of one server."""

    log_key: str
    """The file of the log's secret key; a relative path starts at the record folder."""
    host: str = "127.0.0.1"
    """Where the public listener binds. A proxy that speaks TLS stands before it."""
    port: Port = 8080
    """The public port."""
    private_port: Port = 0
    """The loopback port of /health and /metrics, and of the publisher's posts. 0 takes a free one."""
    checkpoint_seconds: Annotated[float, msgspec.Meta(gt=0, le=60)] = 1.0
    """How often waiting entries are integrated and a checkpoint signed."""
    publication_seconds: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 5.0
    """The least time between two publications."""
    pages: bool = True
    """Whether pages are published, or the figures alone."""
    queue: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 8192
    """Entries that may wait to be judged; above it the answer is 503 and Retry-After."""
    requests: Annotated[int, msgspec.Meta(ge=16, le=65_536)] = 2048
    """Connections served at one time, each for 10 idle seconds at most; others wait in the kernel's queue."""
    body_seconds: Annotated[float, msgspec.Meta(gt=0, le=600)] = 10.0
    """How long the body of an entry may take to arrive."""
    document_seconds: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 120.0
    """How long a document may take to arrive."""
    documents_awaited: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1024
    """Documents awaited at one time, for entries that named them before they were sent."""
    uploads: Annotated[int, msgspec.Meta(ge=1, le=64)] = 4
    """Documents received at one time, each up to 16 MiB."""


def read_configuration(folder: Folder) -> Configuration:
    """The configuration in a record folder; raises ``Refused`` with what is wrong."""
    data = read_bounded(folder.configuration, _MAX_FILE)
    if data is None:
        raise Refused("8.13", f"{folder.root} is not a record folder", subject=str(folder.root))
    try:
        return msgspec.toml.decode(data, type=Configuration)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Refused(
            "8.14", f"{folder.configuration}: {error}", subject=f"{folder.configuration}: {error}"
        ) from None


def write_configuration(folder: Folder, log_key: Path) -> None:
    """Writes the least configuration: where the key is, everything else by default."""
    quoted = msgspec.json.encode(str(log_key)).decode()  # a JSON string is a TOML basic string
    write_durably(folder.configuration, f"log_key = {quoted}\n".encode(), folder.stage)


def log_key_path(folder: Folder, configuration: Configuration) -> Path:
    """The path of the key file."""
    return folder.root / configuration.log_key


def with_listeners(configuration: Configuration, host: str, port: int, private_port: int) -> Configuration:
    """The same configuration, listening elsewhere."""
    return msgspec.structs.replace(configuration, host=host, port=port, private_port=private_port)
