"""Does the manual say what the program does?"""

import re
from pathlib import Path

import msgspec

from limpide.roles.server.configuration import Configuration

MANUAL = Path(__file__).parents[2] / "docs" / "operations.md"


def test_every_setting_stands_in_the_manual_with_its_default() -> None:
    rows = re.findall(
        r"^\| `([a-z_]+)` \| (?:`([^`]+)`|none[^|]*) \|", MANUAL.read_text(encoding="utf-8"), re.MULTILINE
    )
    fields = msgspec.structs.fields(Configuration)
    assert [name for name, _ in rows] == [field.name for field in fields]
    for (_, default), field in zip(rows, fields, strict=True):
        assert field.required == (default == "")
        if default:
            assert msgspec.toml.decode(f"value = {default}")["value"] == field.default
