"""How is a page made of its frame and its figures?

Frames and prose are Jinja templates, rendered once for each language into a ``Form``: bytes with holes. The
pages of 36 000 localities are then holes filled, which costs microseconds. What fills a hole is HTML already.
"""

import re
from collections.abc import Mapping
from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from limpide.site.wording import CONTROLS, Wording, escape
from limpide.words import Language

_HOLE = re.compile("\x00([a-z_]+)\x00")
OTHER: Mapping[Language, Language] = {"fr": "en", "en": "fr"}


class Form:
    """A page, or part of one, with named holes."""

    __slots__ = ("_names", "_parts")

    def __init__(self, text: str) -> None:
        pieces = _HOLE.split(text)
        self._parts = [piece.encode() for piece in pieces[::2]]
        self._names = pieces[1::2]

    def fill(self, values: Mapping[str, bytes]) -> bytes:
        """The bytes with every hole filled; raises ``KeyError`` for one that is not."""
        filled = [self._parts[0]]
        for name, part in zip(self._names, self._parts[1:], strict=True):
            filled.append(values[name])
            filled.append(part)
        return b"".join(filled)


def hole(name: str) -> Markup:
    """What stands in a template where a form shall have a hole."""
    return Markup(f"\x00{name}\x00")  # noqa: S704 - the name is ours


def render(template: str, wording: Wording, /, **facts: object) -> str:
    """The template in one language. ``facts`` that are not ``Markup`` are escaped."""
    return (
        _environment()
        .get_template(template)
        .render(lang=wording.language, other=OTHER[wording.language], t=partial(_say, wording), w=wording, **facts)
    )


def _say(wording: Wording, key: str, /, **facts: str | int) -> Markup:
    """A sentence of the catalogue as HTML; a fact that is a hole stays one."""
    said = {name: fact if isinstance(fact, Markup) else _fact(wording, fact) for name, fact in facts.items()}
    return Markup(escape(wording.sentences[key])).format(**said)  # noqa: S704 - escaped here


def _fact(wording: Wording, fact: str | int) -> Markup:
    return Markup(escape(fact) if isinstance(fact, str) else wording.counts[fact])  # noqa: S704 - idem


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("limpide.site"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_clean,
    )


def _clean(value: object) -> object:
    """No text of a definition can bring a hole, or another control character, into a page."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else value.translate(CONTROLS)
