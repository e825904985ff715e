"""The vectors of the log room, as values."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "vectors/log"


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text())


TREE = load("tree.json")
ELECTION = load("election.json")
ENTRIES = [entry.encode() for entry in ELECTION["entries"]]
