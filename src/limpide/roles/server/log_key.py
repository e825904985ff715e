"""Where does the log's secret key live?

In one file that only its owner may read, made once by an explicit command that refuses to replace it. It holds
one line, the private form of a C2SP signed-note key as stock tools write it:
``PRIVATE+KEY+<name>+<key id>+<base64(0x01 ‖ seed)>``.
"""

import base64
import binascii
import os
import secrets
import stat
from pathlib import Path

from limpide.canonical import NotCanonical, Refused
from limpide.roles.folder import read_bounded, sync_folder
from limpide.signing import ED25519, Signer, VerifierKey

_PREFIX = "PRIVATE+KEY+"
_MAX_FILE = 1024
_PRIVATE_LENGTH = 33


def create_log_key(path: Path, name: str) -> VerifierKey:
    """Draws the key of the log named ``name``, gives its public half; raises ``Refused`` where a file is."""
    signer = Signer(name, secrets.token_bytes(32))
    write_log_key(path, signer)
    return signer.key


def write_log_key(path: Path, signer: Signer) -> None:
    """Writes a key file for its owner alone; raises ``Refused`` for a file that is there."""
    encoded = base64.b64encode(bytes([ED25519]) + signer.seed).decode()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused("8.11", f"{path} exists: a key is never replaced", subject=str(path)) from None
    with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123 - a descriptor, not a path
        file.write(f"{_PREFIX}{signer.name}+{signer.key.id.hex()}+{encoded}\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def read_log_key(path: Path) -> Signer:
    """The signer in a key file. What is wrong with the file is said, never what stands in it.

    Raises ``Refused`` when it is missing or others may read it, ``NotCanonical`` for anything but such a line.
    """
    data = read_bounded(path, _MAX_FILE)
    if data is None:
        raise Refused("8.12", f"there is no key file {path}", subject=str(path))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Refused("8.12", f"others than its owner may read {path}: chmod 600", subject=str(path))
    line = data.decode("ascii", "replace").removesuffix("\n")
    name, _, rest = line.removeprefix(_PREFIX).partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        raw = binascii.a2b_base64(encoded, strict_mode=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not line.startswith(_PREFIX) or len(raw) != _PRIVATE_LENGTH or raw[0] != ED25519:
        raise NotCanonical("8.12", f"{path} is not a key file", subject=str(path))
    signer = Signer(name, raw[1:])
    if signer.key.id.hex() != key_id:
        raise NotCanonical("8.12", f"the key in {path} does not carry its own id", subject=str(path))
    return signer
