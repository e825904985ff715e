"""Grades and approvals as encrypted votes: the ranking of the sums is that of the votes."""

from small_elections import drawer, open_small, verdict_of

from limpide.belenios.election import Question
from limpide.results.judgment import approval, approval_question, judged, judgment_questions, majority_judgment

OPTIONS = ["Ada", "Grace", "Emmy"]
GRADES = ["Très bien", "Bien", "Passable", "À rejeter"]


def test_majority_judgment_and_approval_in_one_ballot() -> None:
    draw = drawer("judgment")
    asked: list[Question] = [*judgment_questions(OPTIONS, GRADES), approval_question("Qui ?", OPTIONS)]
    small = open_small("Ed25519", asked, 4, draw=draw)
    votes: list[tuple[list[int | None], str]] = [
        ([0, 1, 3], "110"),
        ([1, 1, 3], "010"),
        ([2, 0, None], "111"),
        ([0, 3, None], "blank"),
    ]
    for voter, (grades, approved) in enumerate(votes):
        bits = [[int(g is None), *(int(g == i) for i in range(4))] for g in grades]
        bits.append([1, 0, 0, 0] if approved == "blank" else [0, *map(int, approved)])
        small.cast(voter, bits, draw)
    verdict = verdict_of(small.archive([1], draw))
    assert verdict.faults == ()
    assert verdict.result is not None
    counts = judged(OPTIONS, verdict.result[:3])
    assert counts == {"Ada": (2, 1, 1, 0), "Grace": (1, 2, 0, 1), "Emmy": (0, 0, 0, 2)}
    assert majority_judgment(counts) == (("Ada",), ("Grace",), ("Emmy",))
    blank, *approvals = verdict.result[3]
    assert (blank, approval(dict(zip(OPTIONS, approvals, strict=True)))) == (1, (("Grace",), ("Ada",), ("Emmy",)))
