"""Can everybody read it? Contrast by WCAG 2.2 (AA), light and dark; nothing fetched from elsewhere."""

import re
from importlib import resources
from itertools import product

import pytest

STYLE = resources.files("limpide.site").joinpath("style.css").read_text(encoding="utf-8")
_LIGHT, _DARK = (
    dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", block))
    for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)[:2]
)
_TEXT = ("ink", "soft", "link", "partial", "complete", "certified", "corrected")


@pytest.mark.parametrize(
    ("scheme", "colour", "ground"), list(product(("light", "dark"), _TEXT, ("paper", "sheet")))
)
def test_text_has_contrast_aa(scheme: str, colour: str, ground: str) -> None:
    colours = _LIGHT if scheme == "light" else _DARK
    assert _contrast(colours[colour], colours[ground]) >= 4.5


@pytest.mark.parametrize("colours", [_LIGHT, _DARK])
def test_bars_stand_out_from_their_track(colours: dict[str, str]) -> None:
    assert _contrast(colours["accent"], colours["track"]) >= 3
    assert _contrast(colours["partial"], colours["track"]) >= 3


def test_nothing_comes_from_elsewhere() -> None:
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert "http" not in STYLE


def test_it_serves_dark_paper_and_forced_colours() -> None:
    for query in ("(prefers-color-scheme: dark)", "print", "(forced-colors: active)"):
        assert f"@media {query}" in STYLE


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    channels = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
