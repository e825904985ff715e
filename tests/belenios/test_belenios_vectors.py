"""Elections made by the stock tools, accepted with their exact results; altered ones refused by clause."""

import io
import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from small_elections import VECTORS

from limpide.belenios import ceremony
from limpide.belenios.answers import check_answer
from limpide.belenios.archive import ArchiveWriter, read_records
from limpide.belenios.ballots import read_ballot, read_text, tracking_number
from limpide.belenios.credentials import exponent, public_credential
from limpide.belenios.decryption import read_partial
from limpide.belenios.election import NonHomomorphic, read_election
from limpide.belenios.keys import partial_decryption, read_private_key, seed_exponent
from limpide.belenios.suite import Suite, suite
from limpide.belenios.tally import nest, read_tally, write_tally
from limpide.belenios.verdict import Verdict
from limpide.belenios.verification import verify

PRIMITIVES = json.loads((VECTORS / "primitives.json").read_text())
POSITIVE = sorted(path.parent.name for path in VECTORS.glob("*/result.json"))
NEGATIVE = json.loads((VECTORS / "ed25519-negative/expected.json").read_text())
REFUSED = {
    "proof-response-changed": ("ballot 2", {"7.28", "7.32"}),
    "two-votes-forged-overall-proof": ("ballot 2", {"7.33"}),
    "answers-copied-from-another-voter": ("ballot 5", {"7.32", "7.33"}),
    "ballot-not-canonical": ("ballot 1", {"7.24"}),
    "ballot-replayed": ("ballot 6", {"7.38"}),
    "stored-tally-shifted": ("tally", {"7.39"}),
    "result-changed": ("result", {"7.50"}),
    "ballots-hidden-by-event": ("event 4", {"7.5"}),
    "trustee-proof-changed": ("trustee 1", {"7.12"}),
}
THRESHOLD = [
    "ed25519-blank-threshold-3of5",
    "ed25519-weights-2questions",
    "belenios2048-threshold-2of3",
    "belenios2048-threshold-2of3-v2.0",
]


@cache
def only_archive(folder: Path) -> Verdict:
    (path,) = folder.glob("*.bel")
    with path.open("rb") as stream:
        return verify(stream)


@pytest.mark.parametrize("case", POSITIVE)
def test_good_elections_are_proven_with_their_exact_result(case: str) -> None:
    folder = VECTORS / case
    verdict = only_archive(folder)
    assert verdict.proven
    assert verdict.election is not None
    assert verdict.result is not None
    expected = json.loads((folder / "result.json").read_text())["result"]
    plain = json.loads(json.dumps(nest(verdict.election, verdict.result)))
    assert plain == [[int(n) if isinstance(n, str) else n for n in question] for question in expected]
    sized = json.loads((folder / "sized_encrypted_tally.json").read_text())
    assert (verdict.num_tallied, verdict.total_weight) == (sized["num_tallied"], int(sized["total_weight"]))
    assert [fault.clause for fault in verdict.faults] == (["7.19"] if case.endswith("3-v2.0") else [])


@pytest.mark.parametrize("case", POSITIVE)
def test_results_are_the_votes_as_cast(case: str) -> None:
    folder = VECTORS / case
    verdict = only_archive(folder)
    last = {v["voter"]: v["choice"] for v in json.loads((folder / "votes.json").read_text()) if v["choice"]}
    assert verdict.election is not None
    assert verdict.result is not None
    codes = json.loads((folder / "private_creds.json").read_text())
    group = verdict.election.suite.group
    entries = json.loads((folder / "public_creds.json").read_text())
    weight = {e.partition(",")[0]: int(e.partition(",")[2] or 1) for e in entries}
    for number, question in enumerate(verdict.election.questions):
        if isinstance(question, NonHomomorphic):
            cast = Counter(tuple(choice[number]) for choice in last.values())
            assert Counter(verdict.result[number]) == cast
            continue
        totals = [0] * question.ciphertexts
        for voter, choice in last.items():
            flat = [bit for row in choice[number] for bit in (row if isinstance(row, list) else [row])]
            public = group.encode(public_credential(codes[voter], verdict.election.uuid, group))
            totals = [t + bit * weight[public] for t, bit in zip(totals, flat, strict=True)]
        assert list(verdict.result[number]) == totals


@pytest.mark.parametrize("case", sorted(NEGATIVE))
def test_altered_elections_are_refused_by_the_clause_that_is_broken(case: str) -> None:
    verdict = only_archive(VECTORS / "ed25519-negative" / case)
    assert verdict.proven is (NEGATIVE[case]["expected"] == "accept")
    if case in REFUSED:
        subject, clauses = REFUSED[case]
        assert {fault.clause for fault in verdict.faults if fault.subject == subject} == clauses
        assert not any("ballot" in f.subject and f.subject != subject for f in verdict.faults)
    else:
        assert verdict.faults == ()


def test_the_verdict_is_the_same_each_time() -> None:
    for case in sorted(NEGATIVE):
        first = only_archive(VECTORS / "ed25519-negative" / case)
        for _ in range(20):
            assert only_archive.__wrapped__(VECTORS / "ed25519-negative" / case).faults == first.faults


@pytest.mark.parametrize("case", [path.parent.name for path in VECTORS.glob("*/trace_ballot_0.json")])
def test_every_hash_of_a_ballot(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = VECTORS / case
    trace = json.loads((folder / "trace_ballot_0.json").read_text())
    raw = (folder / "ballots.jsons").read_bytes().split(b"\n")[0]
    election = read_election((folder / "election.json").read_bytes())
    assert election.fingerprint == trace["fingerprint"]
    assert tracking_number(raw) == trace["tracker"]
    text = read_text(raw)
    hashes = []
    original = Suite.H

    def record(self: Suite, tag: str, context: str, elements: list[bytes]) -> int:
        value = original(self, tag, context, elements)  # type: ignore[arg-type]
        encoded = [self.group.encode(x) for x in elements]  # type: ignore[arg-type]
        hashes.append((f"{tag}|{context}|", encoded, str(value)))
        return value

    monkeypatch.setattr(Suite, "H", record)
    S0 = f"{election.fingerprint}|{text.credential}"
    for answer in read_ballot(election, text).answers:
        assert not list(check_answer(election, S0, answer, "ballot"))
    expected = [(h["hash_input_prefix"], h["elements"], h["scalar"]) for h in trace["hashes"] if h["tag"] != "sig"]
    assert sorted(hashes) == sorted(expected)


@pytest.mark.parametrize("name", ["Ed25519", "BELENIOS-2048", "RFC-3526-2048"])
def test_recorded_derivations(name: str) -> None:
    chosen = suite(name)
    for case in PRIMITIVES[name]["credentials"]:
        if case["release"] != "4.0-dev":
            assert str(exponent(case["private"], case["uuid"], chosen.group)) == case["exponent"]
            public = public_credential(case["private"], case["uuid"], chosen.group)
            assert chosen.group.encode(public) == case["public"]
    pki = PRIMITIVES[name]["pki_seed_v1"]
    for purpose, key in (("sk", "vk"), ("dk", "ek")):
        x = seed_exponent(chosen, purpose, pki["seed"])
        assert str(x) == pki[purpose]
        assert chosen.group.encode(chosen.group.g.power(x)) == pki[key]


@pytest.mark.parametrize("case", POSITIVE)
def test_private_credentials_are_those_of_the_public_list(case: str) -> None:
    folder = VECTORS / case
    election = read_election((folder / "election.json").read_bytes())
    codes = json.loads((folder / "private_creds.json").read_text()).values()
    group = election.suite.group
    public = {group.encode(public_credential(code, election.uuid, group)) for code in codes}
    assert public == {entry.partition(",")[0] for entry in json.loads((folder / "public_creds.json").read_text())}


@pytest.mark.parametrize("case", [case for case in POSITIVE if (VECTORS / case / "trustee_1.privkey").exists()])
def test_our_decryption_has_the_factors_of_theirs(case: str) -> None:
    folder = VECTORS / case
    verdict = only_archive(folder)
    assert verdict.election is not None
    assert verdict.tally is not None
    x = read_private_key(verdict.election.suite, (folder / "trustee_1.privkey").read_bytes())
    ours = read_partial(
        verdict.election, partial_decryption(verdict.election, x, verdict.tally, _draw), verdict.tally
    )
    assert ours.factors == verdict.decryptions[1]


@pytest.mark.parametrize("case", THRESHOLD)
def test_shares_sealed_by_stock_tools_open(case: str) -> None:
    folder = VECTORS / case
    verdict = only_archive(folder)
    assert verdict.election is not None
    assert verdict.trustees is not None
    group = verdict.election.suite.group
    for path in folder.glob("*.dkey"):
        owner = int(path.stem.removeprefix("trustee_"))
        seed = path.with_suffix(".key").read_text().strip()
        x = ceremony.open_share(verdict.election.suite, seed, path.read_text())
        assert group.g.power(x) == verdict.trustees.shares[owner - 1]


def test_a_stored_tally_is_written_back_to_the_same_bytes() -> None:
    for case in POSITIVE:
        folder = VECTORS / case
        election = read_election((folder / "election.json").read_bytes())
        raw = (folder / "encrypted_tally.json").read_bytes().strip()
        assert write_tally(election, read_tally(election, raw)) == raw


def test_archives_are_written_back_to_the_same_bytes() -> None:
    for path in VECTORS.glob("*/*.bel"):
        with path.open("rb") as stream:
            original = stream.read()
            stamp = int(original[136:147], 8)
            copy = io.BytesIO()
            writer = ArchiveWriter.create(copy, stamp)
            for record in read_records(stream):
                assert writer.append(record.kind, record.content) == record.hash
        assert copy.getvalue() == original


def _draw(bound: int) -> int:
    return bound // 3
