"""How does a voter make a ballot from the command line, and find it again?

``limpide voter``. Code and choices come from files or standard input, so that neither shows in a list of
processes; nothing that is printed tells how somebody voted.
"""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from limpide.belenios.archive import read_records
from limpide.belenios.ballots import tracking_number
from limpide.belenios.casting import make_ballot
from limpide.belenios.credentials import exponent
from limpide.belenios.election import Election, read_election
from limpide.belenios.events import Event, read_events
from limpide.belenios.proving import Draw
from limpide.belenios.wire import b64, decode
from limpide.canonical import NotCanonical, Refused
from limpide.roles.desk import answering, archive_in, read_input, show, write_new

app = typer.Typer(no_args_is_help=True, help="Make a ballot, and look it up by its tracking number.")

Bits = tuple[tuple[int, ...], ...]


def election_of(archive: Path) -> Election:
    """The election of an archive. Raises a ``LimpideError``."""
    with archive_in(archive).open("rb") as stream:
        for item in read_events(read_records(stream)):
            if isinstance(item, Event) and item.type == "Setup" and item.data:
                return read_election(item.data[0].content)
    raise Refused("7.5", "the archive holds no election")


def cast_ballot(election: Election, code: str, choices: bytes, draw: Draw) -> bytes:
    """The ballot of a code. Raises ``InvalidSignature`` (7.53) or ``Refused`` (7.54), which repeat nothing."""
    x = exponent(code, election.uuid, election.suite.group)
    try:
        bits = decode(Bits, choices, "7.54")
    except NotCanonical:
        raise Refused("7.54", "the choices are not lists of 0 and 1, one a question") from None
    return make_ballot(election, x, bits, draw)


@app.command()
def vote(
    archive: Annotated[Path, typer.Argument(help="The archive, or the folder that holds it.")],
    code: Annotated[Path, typer.Option(help="File that holds the voting code.")],
    choices: Annotated[Path, typer.Option(help="File with the choices, such as [[0,1,0]]; - for input.")],
    out: Annotated[Path, typer.Option(help="File to write; it must not exist.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Make a ballot; print its tracking number."""
    with answering():
        text = read_input(code).decode("ascii", "replace").strip()
        ballot = cast_ballot(election_of(archive), text, read_input(choices), secrets.randbelow)
        write_new(out, ballot)
        show({"tracking_number": tracking_number(ballot)}, as_json=as_json)


@app.command()
def find(
    archive: Annotated[Path, typer.Argument(help="The archive, or the folder that holds it.")],
    tracker: Annotated[str, typer.Argument(help="A tracking number.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Say at which place of the box the ballot of a tracking number stands."""
    with answering():
        count = 0
        with archive_in(archive).open("rb") as stream:
            for item in read_events(read_records(stream)):
                if isinstance(item, Event) and item.type == "Ballot" and item.data:
                    if b64(bytes.fromhex(item.data[-1].hash)) == tracker:
                        show({"ballot": count, "event": item.height}, as_json=as_json)
                        return
                    count += 1
        raise Refused("7.60", "no ballot of this tracking number", ballots=count)
