"""With the stock tool of Debian 12 (release 2.0, 2048-bit groups): its elections hold for us, ours for it."""

import json
import secrets
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_elections import Small, drawer, make_keys, open_small, random_bits

from limpide.belenios.casting import make_ballot
from limpide.belenios.credentials import exponent
from limpide.belenios.decryption import Result
from limpide.belenios.election import Homomorphic
from limpide.belenios.keys import read_private_key, write_private_key
from limpide.belenios.suite import suite
from limpide.belenios.tally import write_tally
from limpide.belenios.verdict import Verdict
from limpide.belenios.verification import verify
from limpide.belenios.wire import encode
from limpide.roles import ballot_box
from limpide.roles.credential_authority import draw_credentials
from limpide.roles.trustee import decrypt_share

pytestmark = pytest.mark.skipif(
    shutil.which("belenios-tool") is None,
    reason="belenios-tool is not installed (Debian: apt install belenios-tool)",
)
GROUP = "BELENIOS-2048"
TEMPLATE = {
    "description": "Essai",
    "name": "Primaire",
    "questions": [
        {"answers": ["Ada", "Grace", "Emmy"], "blank": True, "min": 1, "max": 2, "question": "Qui ?"},
        {"answers": ["Oui", "Non"], "min": 0, "max": 1, "question": "Quoi ?"},
    ],
}
VOTES = [
    [[0, 1, 0, 1], [1, 0]],
    [[1, 0, 0, 0], [0, 1]],
    [[0, 0, 1, 0], [0, 0]],
    [[0, 1, 1, 0], [0, 1]],
]


def tool(*arguments: object, folder: Path, given: bytes = b"") -> bytes:
    done = subprocess.run(
        ["belenios-tool", *map(str, arguments)],
        cwd=folder,
        input=given,
        capture_output=True,
        check=False,
        env={"BELENIOS_USE_URANDOM": "1", "PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def verdict_on(path: Path) -> Verdict:
    with path.open("rb") as stream:
        return verify(stream)


def plain(result: Result | None) -> list[list[int]]:
    return [list(items) for items in result or ()]


def sums(votes: list[list[list[int]]], weights: list[int]) -> list[list[int]]:
    return [
        [sum(w * vote[q][i] for vote, w in zip(votes, weights, strict=True)) for i in range(len(votes[0][q]))]
        for q in range(len(votes[0]))
    ]


def stock_opened(folder: Path, voters: str) -> tuple[str, dict[str, str]]:
    """An election opened by the stock tool alone; the codes by login."""
    uuid = tool("setup", "generate-token", folder=folder).decode().strip()
    (folder / "voters.txt").write_text(voters)
    options = ("--uuid", uuid, "--group", GROUP)
    tool("setup", "generate-credentials", *options, "--file", "voters.txt", folder=folder)
    (private,) = folder.glob("*.privcreds")
    codes = dict(line.split() for line in private.read_text().splitlines())
    (public,) = folder.glob("*.pubcreds")
    public.rename(folder / "public_creds.json")
    for _ in range(2):
        tool("setup", "generate-trustee-key", "--group", GROUP, folder=folder)
    keys = b"".join(path.read_bytes().strip() + b"\n" for path in sorted(folder.glob("*.pubkey")))
    (folder / "public_keys.jsons").write_bytes(keys)
    tool("setup", "make-trustees", folder=folder)
    (folder / "template.json").write_text(json.dumps(TEMPLATE))
    tool("setup", "make-election", *options, "--template", "template.json", folder=folder)
    tool("archive", "init", folder=folder)
    for name in ("election.json", "trustees.json", "public_creds.json"):
        (folder / name).unlink()
    return uuid, codes


def stock_ballot(folder: Path, code: str, vote: object) -> bytes:
    (folder / "code").write_text(code)
    (folder / "vote").write_text(json.dumps(vote))
    return tool("election", "generate-ballot", "--privcred", "code", "--ballot", "vote", folder=folder).strip()


def add_event(folder: Path, kind: str, content: bytes = b"") -> None:
    tool("archive", "add-event", f"--type={kind}", folder=folder, given=content)


def test_an_election_of_theirs_with_ballots_of_both(tmp_path: Path) -> None:
    weights = [3, 1, 2_000_000_000, 5]
    voters = "".join(f"v{i}@example.org,v{i},{w}\n" for i, w in enumerate(weights))
    uuid, codes = stock_opened(tmp_path, voters)
    archive = tmp_path / f"{uuid}.bel"
    election = verdict_on(archive).election
    assert election is not None
    for number, (code, vote) in enumerate(zip(codes.values(), VOTES, strict=True)):
        if number % 2:
            ballot = make_ballot(election, exponent(code, uuid, election.suite.group), vote, secrets.randbelow)
        else:
            ballot = stock_ballot(tmp_path, code, vote)
        if number == 3:
            with archive.open("r+b") as stream:
                assert len(list(ballot_box.add_ballots(stream, [ballot]))) == 1
        else:
            add_event(tmp_path, "Ballot", ballot)
    add_event(tmp_path, "EndBallots")
    theirs = tool("election", "compute-encrypted-tally", folder=tmp_path).strip()
    running = verdict_on(archive)
    assert running.proven
    assert running.tally is not None
    assert write_tally(election, running.tally) == theirs.splitlines()[0]
    add_event(tmp_path, "EncryptedTally", theirs)
    for owner, path in enumerate(sorted(tmp_path.glob("*.privkey")), 1):
        if owner == 1:
            part = tool("election", "decrypt", "--privkey", path, "--trustee-id", owner, folder=tmp_path)
            add_event(tmp_path, "PartialDecryption", part)
        else:
            x = read_private_key(election.suite, path.read_bytes())
            found, ours = decrypt_share(verdict_on(archive), x, secrets.randbelow)
            assert found == owner
            with archive.open("r+b") as stream:
                assert ballot_box.add_decryption(stream, verdict_on(archive), ours) == owner
    add_event(tmp_path, "Result", tool("election", "compute-result", folder=tmp_path))
    tool("election", "verify", folder=tmp_path)
    verdict = verdict_on(archive)
    assert verdict.faults == ()
    assert plain(verdict.result) == sums(VOTES, weights)


def test_an_election_of_ours_with_ballots_of_both(tmp_path: Path) -> None:
    draw = secrets.randbelow
    uuid = ballot_box.draw_uuid(draw)
    codes, public = draw_credentials(GROUP, uuid, [(f"v{i}", None) for i in range(4)], draw, old=True)
    keys = make_keys(suite(GROUP), 1, (2, 3), draw)
    archive = tmp_path / f"{uuid}.bel"
    with archive.open("w+b") as stream:
        election = ballot_box.open_election(
            stream,
            uuid=uuid,
            template=json.dumps(TEMPLATE).encode(),
            trustees=keys.raw,
            credentials=public,
            group=GROUP,
            now=1_700_000_000,
        )
    tool("election", "verify", folder=tmp_path)
    for number, (code, vote) in enumerate(zip(codes.values(), VOTES, strict=True)):
        if number % 2:
            ballot = make_ballot(election, exponent(code, uuid, election.suite.group), vote, draw)
            add_event(tmp_path, "Ballot", ballot)
        else:
            ballot = stock_ballot(tmp_path, code, vote)
            with archive.open("r+b") as stream:
                list(ballot_box.add_ballots(stream, [ballot]))
    with archive.open("r+b") as stream:
        ballot_box.close_box(stream, verify(stream))
    tool("election", "verify", folder=tmp_path)
    (tmp_path / "key").write_bytes(write_private_key(keys.secrets[1]))
    part = tool("election", "decrypt", "--privkey", "key", "--trustee-id", 1, folder=tmp_path).strip()
    with archive.open("r+b") as stream:
        assert ballot_box.add_decryption(stream, verify(stream), part.splitlines()[0]) == 1
        for owner in (4, 2):
            found, ours = decrypt_share(verify(stream), keys.secrets[owner], draw)
            assert ballot_box.add_decryption(stream, verify(stream), ours) == owner == found
        result = ballot_box.publish(stream, verify(stream))
    tool("election", "verify", folder=tmp_path)
    assert plain(result) == sums(VOTES, [1] * 4)
    assert verdict_on(archive).faults == ()


@st.composite
def asked(draw: st.DrawFn) -> Homomorphic:
    count = draw(st.integers(2, 6))
    low = draw(st.integers(0, 2))
    return Homomorphic(
        "?", tuple(map(str, range(count))), low, draw(st.integers(low, min(count, 3))), draw(st.booleans())
    )


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    questions=st.lists(asked(), min_size=1, max_size=2),
    weights=st.none() | st.lists(st.integers(1, 10**6), min_size=2, max_size=2),
    threshold=st.none() | st.sampled_from([(1, 2), (2, 3)]),
    seed=st.integers(0, 10**6),
)
def test_elections_of_ours_hold_for_them(
    tmp_path: Path,
    questions: list[Homomorphic],
    weights: list[int] | None,
    threshold: tuple[int, int] | None,
    seed: int,
) -> None:
    draw = drawer(seed)
    small: Small = open_small(GROUP, questions, 2, threshold=threshold, weights=weights, draw=draw)
    for voter in (0, 1, 0):
        small.cast(voter, [random_bits(question, draw) for question in questions], draw)
    owners = [1, *range(2, 2 + threshold[0])] if threshold else [1]
    folder = tmp_path / str(seed)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / f"{small.election.uuid}.bel").write_bytes(small.archive(owners, draw))
    tool("election", "verify", folder=folder)


def test_both_refuse_a_false_ballot(tmp_path: Path) -> None:
    draw = drawer("false")
    small = open_small(GROUP, [Homomorphic("?", ("a", "b"), 1, 1, blank=False)], 1, draw=draw)
    ballot = json.loads(small.cast(0, [[1, 0]], draw))
    ballot["answers"][0]["overall_proof"][0]["response"] = "1"
    small.ballots[0] = encode(ballot)
    (tmp_path / f"{small.election.uuid}.bel").write_bytes(small.archive([1], draw))
    with pytest.raises(AssertionError):
        tool("election", "verify", folder=tmp_path)
    assert not verdict_on(tmp_path / f"{small.election.uuid}.bel").proven


def test_the_derivation_of_codes(tmp_path: Path) -> None:
    uuid = "1" * 14
    codes, public = draw_credentials(GROUP, uuid, [("a", None)], secrets.randbelow, old=True)
    options = ("--uuid", uuid, "--group", GROUP, "--derive", codes["a"])
    theirs = tool("setup", "generate-credentials", *options, folder=tmp_path).decode().strip()
    assert json.loads(public) == [theirs]
