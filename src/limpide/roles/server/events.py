"""What happened, for the operator? One line an event on standard error: never a body, an address or a secret."""

import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from limpide.canonical import LimpideError


def say(part: str, what: str, **facts: object) -> None:
    """Writes the line: instant, part of the server, what happened, facts as ``name=value``."""
    instant = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    words = [instant, part, what, *(f"{name}={value}" for name, value in facts.items())]
    sys.stderr.write(" ".join(words).replace("\n", " ") + "\n")
    sys.stderr.flush()


def explain(error: BaseException) -> str:
    """What an error may say here: ours speak in full, of others the kind and place: they may quote secrets."""
    if isinstance(error, LimpideError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + where
