"""Does a Belenios archive prove its result?

The whole procedure of the specification ("Verifications"), never stopping early: every clause that does
not hold is a fault, and each later step goes on with whatever could be established. Memory is bounded by
the credentials and by the largest record, not by the ballots.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import BinaryIO

from limpide.belenios.archive import Record, read_at, read_records
from limpide.belenios.ballots import Ballot, tracking_number
from limpide.belenios.batch import open_box
from limpide.belenios.box import CHUNK, Chunk, ChunkVerdict, Engine, Judge, in_turn
from limpide.belenios.counted import Counted, Place
from limpide.belenios.credentials import NOBODY, read_credentials
from limpide.belenios.decryption import (
    Factors,
    Result,
    check_partial,
    check_result,
    combine,
    plaintexts,
    read_partial,
    read_result,
)
from limpide.belenios.election import NonHomomorphic, read_election
from limpide.belenios.events import DATA, Event, Grammar, read_events, read_owned
from limpide.belenios.faults import Fault, attempt, fault_of
from limpide.belenios.group import Ciphertext
from limpide.belenios.shuffles import check_shuffle, read_shuffle
from limpide.belenios.tally import (
    Columns,
    EncryptedTally,
    encrypted_tally,
    no_columns,
    read_sized,
    read_tally,
    same_tally,
)
from limpide.belenios.trustees import Trustees, check_election_key, check_trustees, read_trustees
from limpide.belenios.verdict import Verdict
from limpide.canonical import LimpideError

Progress = Callable[[int], None]
"""Told the number of ballots judged so far."""


def verify(stream: BinaryIO, *, engine: Engine = in_turn, progress: Progress | None = None) -> Verdict:
    """The verdict on an archive, of a running or a finished election."""
    reader = _Reader(stream, engine, progress or (lambda _: None))
    reader.read()
    return Verdict(
        faults=(*reader.structure, *reader.faults),
        election=reader.box.election if reader.box else None,
        ballots=reader.ballots,
        num_tallied=reader.counted.number,
        total_weight=reader.counted.weight,
        tally=reader.tally,
        trustees=reader.trustees,
        decryptions=reader.decryptions,
        last_event=reader.grammar.last,
        result=reader.result,
    )


class _Reader:
    """One pass over an archive: a fold of its events."""

    def __init__(self, stream: BinaryIO, engine: Engine, progress: Progress) -> None:
        self.stream = stream
        self.engine = engine
        self.progress = progress
        self.items = read_events(read_records(stream))
        self.held: Event | None = None
        self.grammar = Grammar()
        # What is wrong with the file and what is wrong with its content are listed apart: an engine that
        # reads ahead must not change the order of findings.
        self.structure: list[Fault] = []
        self.faults: list[Fault] = []
        self.box: Judge | None = None
        self.trustees: Trustees | None = None
        self.ballots = 0
        self.places: dict[int, list[Place]] = {}
        self.counted = Counted(NOBODY)
        self.superseded: list[Place] = []
        self.seen: dict[str, set[str]] = {}
        self.products: Columns | None = None
        self.tally: EncryptedTally | None = None
        self.shufflers: set[int] = set()
        self.decrypters: set[int] = set()
        self.decryptions: dict[int, Factors] = {}
        self.result: Result | None = None

    def read(self) -> None:
        """Everything, to the end of the file."""
        while (event := self._next()) is not None:
            if event.type == "Ballot" and self.box is not None:
                self.held = event
                for verdict in self.engine(self.box, self._chunks()):
                    self._absorb(self.box, verdict)
                continue
            self.structure += self.grammar.check(event)
            # Data that is not what the event names is a fault already, and means nothing here.
            if len(event.data) >= DATA[event.type]:
                self._event(event)
        if self.box is not None and self.tally is None:
            self.tally = self._add_up(self.box)
        if self.grammar.last != "Result":
            self.faults.append(Fault("7.51", "election", {"ballots": self.ballots}, "remark"))

    def _next(self) -> Event | None:
        if self.held is not None:
            event, self.held = self.held, None
            return event
        for item in self.items:
            if isinstance(item, Event):
                return item
            self.structure.append(item)
        return None

    def _chunks(self) -> Iterator[Chunk]:
        """Runs of ballots up to the first other event, which is held back."""
        run: list[Record] = []
        while (event := self._next()) is not None:
            if event.type != "Ballot":
                self.held = event
                break
            self.structure += self.grammar.check(event)
            run += event.data[-1:]
            if len(run) == CHUNK:
                yield self._chunk(run)
                run = []
        if run:
            yield self._chunk(run)

    def _chunk(self, run: list[Record]) -> Chunk:
        first = self.ballots
        self.ballots += len(run)
        self.places[first] = [Place(record.offset, len(record.content), record.hash) for record in run]
        return Chunk(first, tuple(record.content for record in run))

    def _absorb(self, box: Judge, verdict: ChunkVerdict) -> None:
        """Adds a chunk to the tally and finds replays; a later ballot of a credential supersedes."""
        self.faults += verdict.faults
        first = verdict.chunk.first
        group = box.election.suite.group
        self.products = verdict.columns if self.products is None else self.products.times(group, verdict.columns)
        places = self.places.pop(first)
        for index, (credential, place) in enumerate(zip(verdict.credentials, places, strict=True), first):
            if credential is None:
                continue
            before = self.counted.replace(credential, place)
            if before is None:
                continue
            self.superseded.append(before)
            # Identical bytes bear the same credential: only those who vote again need their past.
            past = self.seen.setdefault(credential, {before.hash})
            if place.hash in past:
                tracker = tracking_number(verdict.chunk.ballots[index - first])
                self.faults.append(Fault("7.38", f"ballot {index}", {"tracker": tracker}))
            past.add(place.hash)
        self.progress(first + len(places))

    def _event(self, event: Event) -> None:
        match event.type:
            case "Setup":
                self._setup(event)
            case "EncryptedTally":
                self._encrypted_tally(event)
            case "Shuffle":
                self._shuffle(event)
            case "PartialDecryption":
                self._partial_decryption(event)
            case "Result":
                self._result(event)
            case "Ballot":
                self.ballots += 1
            case "EndBallots" | "EndShuffles":
                pass

    def _setup(self, event: Event) -> None:
        if self.box is not None:
            return
        raw_election, raw_trustees, raw_credentials = (record.content for record in event.data[:3])
        try:
            election = read_election(raw_election)
        except LimpideError as error:
            self.faults.append(fault_of(error, "election"))
            return
        self.grammar.expect_shuffles(wanted=not election.homomorphic_only)
        try:
            self.trustees = read_trustees(election.suite, raw_trustees)
        except LimpideError as error:
            self.faults.append(fault_of(error, "trustees"))
        else:
            self.faults += check_trustees(election.suite, self.trustees)
            self.faults += check_election_key(election, self.trustees)
        try:
            credentials, faults = read_credentials(election, raw_credentials)
        except LimpideError as error:
            credentials, faults = NOBODY, []
            self.faults.append(fault_of(error, "credentials"))
        self.faults += faults
        self.counted = Counted(credentials)
        self.box = open_box(election, credentials)

    def _encrypted_tally(self, event: Event) -> None:
        """Recomputes the tally and its size and compares them with what is stored."""
        if self.box is None or self.tally is not None:
            return
        election = self.box.election
        self.tally = self._add_up(self.box)
        try:
            stored = read_tally(election, event.data[0].content)
        except LimpideError as error:
            self.faults.append(fault_of(error, "tally"))
        else:
            if not same_tally(election, stored, self.tally):
                self.faults.append(Fault("7.39", "tally", {"num_tallied": self.counted.number}))
        try:
            num_tallied, total_weight, _ = read_sized(event.data[1].content)
        except LimpideError as error:
            self.faults.append(fault_of(error, "tally"))
            return
        if num_tallied != self.counted.number:
            facts = {"stored": num_tallied, "recomputed": self.counted.number}
            self.faults.append(Fault("7.40", "tally", facts))
        if total_weight != self.counted.weight:
            facts = {"stored": total_weight, "recomputed": self.counted.weight}
            self.faults.append(Fault("7.41", "tally", facts))

    def _add_up(self, box: Judge) -> EncryptedTally:
        """The tally over the last ballot of each credential, whatever is stored, and its weight."""
        election = box.election
        products = self.products or no_columns(election)
        for ballots in self._again(box, iter(self.superseded)):
            products = products.without(election.suite.group, box.total(ballots))
        listed: list[list[Ciphertext]] = [[] for q in election.questions if isinstance(q, NonHomomorphic)]
        if listed:
            for ballots in self._again(box, self.counted.places()):
                for ballot in ballots:
                    answers = [a for a in ballot.answers if isinstance(a.question, NonHomomorphic)]
                    for column, answer in zip(listed, answers, strict=True):
                        column.extend(answer.ciphertexts)
        return encrypted_tally(election, products, listed)

    def _again(self, box: Judge, places: Iterator[Place]) -> Iterator[list[Ballot]]:
        """Ballots read a second time from the file, a chunk at a time; those listed could be read before."""
        here = self.stream.tell()
        while part := list(islice(places, CHUNK)):
            yield [box.read(read_at(self.stream, place.offset, place.size)) for place in part]
        self.stream.seek(here)

    def _shuffle(self, event: Event) -> None:
        owned = read_owned(event)
        if self.box is None or self.trustees is None or self.tally is None or owned is None:
            return
        election = self.box.election
        owner, record = owned
        subject = f"shuffle of trustee {owner}"
        if owner in self.shufflers or not 1 <= owner <= len(self.trustees.shares):
            self.faults.append(Fault("7.44", subject, {"owner": owner}))
        self.shufflers.add(owner)
        kinds = [isinstance(question, NonHomomorphic) for question in election.questions]
        inputs = [ciphertexts for ciphertexts, kind in zip(self.tally, kinds, strict=True) if kind]
        try:
            shuffled = read_shuffle(election, record.content, inputs)
        except LimpideError as error:
            self.faults.append(fault_of(error, subject))
            return
        for e, (outputs, proof) in zip(inputs, shuffled, strict=True):
            self.faults += attempt(subject, check_shuffle, election, e, outputs, proof)
        results = iter(outputs for outputs, _ in shuffled)
        self.tally = tuple(
            next(results) if kind else ciphertexts for ciphertexts, kind in zip(self.tally, kinds, strict=True)
        )

    def _partial_decryption(self, event: Event) -> None:
        owned = read_owned(event)
        if self.box is None or self.trustees is None or self.tally is None or owned is None:
            return
        owner, record = owned
        subject = f"trustee {owner}"
        if owner in self.decrypters or not 1 <= owner <= len(self.trustees.shares):
            self.faults.append(Fault("7.45", subject, {"owner": owner}))
            return
        self.decrypters.add(owner)
        election = self.box.election
        try:
            partial = read_partial(election, record.content, self.tally)
            check_partial(election, self.trustees.shares[owner - 1], self.tally, partial)
        except LimpideError as error:
            self.faults.append(fault_of(error, subject))
        else:
            self.decryptions[owner] = partial.factors

    def _result(self, event: Event) -> None:
        if self.box is None or self.trustees is None or self.tally is None:
            return
        election = self.box.election
        group = election.suite.group
        try:
            self.result = read_result(election, event.data[0].content)
            factors = combine(group, self.trustees, self.decryptions, self.tally)
        except LimpideError as error:
            self.faults.append(fault_of(error, "result"))
            return
        for question, item in check_result(election, plaintexts(group, self.tally, factors), self.result):
            facts = {"question": question + 1, "item": item + 1}
            self.faults.append(Fault("7.50", "result", facts))
