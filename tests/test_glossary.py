"""The glossary names every kind of entry, every state and every figure."""

from pathlib import Path

from limpide.record.events import KINDS, Figures
from limpide.record.settlement import Settlement
from limpide.results.outcome import ResultsStatus
from limpide.words import catalogue

TEXT = (Path(__file__).parents[1] / "GLOSSARY.md").read_text()


def test_every_state_and_figure_has_its_french_word() -> None:
    for name in (*Settlement, *Figures.__struct_fields__):
        assert f"`{name}`" in TEXT


def test_states_are_called_what_the_pages_call_them() -> None:
    words = catalogue("fr")
    for state in (*Settlement, *ResultsStatus):
        assert f"`{state}` | {words[f'state.{state}'].lower()} |" in TEXT


def test_every_kind_of_entry_has_its_french_word() -> None:
    spelled = {"definition": "election definition", "roll-commitment": "roll commitment", "turnout": "turnout"}
    for kind in KINDS:
        assert f"`{kind}`" in TEXT or spelled.get(kind, kind.replace("-", " ")) in TEXT
