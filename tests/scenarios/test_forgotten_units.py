"""R1, 2012: 98 votes apart, three federations overseas left out of the sum, and their 1 304 votes reverse it.

The national figures, the three federations and their 1 304 votes are those of the time; how the votes lie within
metropolitan France, and the number registered, are modelled.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from primary import CONTEST, Begin, Primary, beginning

from limpide.canonical import Refused
from limpide.record.events import Certification, Impediment
from limpide.roles import commission
from limpide.roles.drafts import draft
from limpide.words import sentence

METROPOLE = {"75-1": (30_000, 30_900), "06-1": (31_000, 27_900), "72-1": (26_388, 28_490)}
OVERSEAS = {"976-1": (120, 130), "988-1": (400, 500), "986-1": (70, 84)}
TERRITORY = {
    "75": {"75000": ["75-1"]},
    "06": {"06000": ["06-1"]},
    "72": {"72000": ["72-1"]},
    "976": {"97600": ["976-1"]},
    "988": {"98800": ["988-1"]},
    "986": {"98600": ["986-1"]},
}
REGISTERED = dict.fromkeys(METROPOLE, 40000) | dict.fromkeys(OVERSEAS, 1000)


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Begins a primary in a folder of its own."""
    yield from beginning(tmp_path)


@pytest.fixture
def primary(begin: Begin) -> Primary:
    """Metropolitan France has reported, and the round is closed."""
    primary = begin(TERRITORY, ("cope", "fillon"))
    primary.commit_roll(REGISTERED)
    primary.open()
    primary.count()
    for unit, votes in METROPOLE.items():
        primary.report(unit, votes)
    primary.close()
    primary.publish()
    return primary


def test_r01_three_federations_missing_and_98_votes_apart(primary: Primary) -> None:
    with pytest.raises(Refused) as refusal:
        primary.proclaim()
    assert refusal.value.clause == "5.6"
    assert dict(refusal.value.facts) == {"count": 3, "margin": 98, "units": "976-1, 988-1, 986-1", "voters": 3_000}
    said = sentence("clause.5.6", "fr", **refusal.value.facts)
    assert all(unit in said for unit in OVERSEAS)


@pytest.mark.parametrize(("language", "expected"), [("fr", ("98 voix", "3 000")), ("en", ("98 votes", "3,000"))])
def test_r01_the_page_says_what_is_missing(primary: Primary, language: str, expected: tuple[str, ...]) -> None:
    page = primary.page(f"{language}/index.html")
    assert all(words in page for words in expected)


def test_r01_a_proclamation_signed_all_the_same_is_refused_by_the_record(primary: Primary) -> None:
    latest = primary.record.latest
    assert latest is not None
    digest = latest.publication.canvasses[0].digest
    body = Certification(canvass=digest, contest=CONTEST, publication=latest.publication.number, round=1)
    with pytest.raises(Refused, match=r"\[5\.6\]"):
        primary.decide(draft(primary.record.register.election, body))


def test_r01_the_forgotten_votes_reverse_the_result(primary: Primary) -> None:
    assert primary.totals() == {"cope": 87_388, "fillon": 87_290}
    for unit, votes in OVERSEAS.items():
        primary.report(unit, votes)
    primary.publish()
    primary.proclaim()
    assert primary.totals() == {"cope": 87_978, "fillon": 88_004}
    assert sum(map(sum, OVERSEAS.values())) == 1_304


def test_r01_a_unit_may_have_no_result_but_never_no_status(primary: Primary) -> None:
    primary.decide(
        commission.draft_status(primary.record, 1, list(OVERSEAS), Impediment.NO_RESULT, "missing-report")
    )
    primary.publish()
    primary.proclaim()
    assert primary.totals() == {"cope": 87_388, "fillon": 87_290}
