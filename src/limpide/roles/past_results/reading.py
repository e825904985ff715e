"""What did the stations of this file report?"""

from pathlib import Path

from limpide.roles.past_results.election import PastElection, UnusableFile
from limpide.roles.past_results.layouts import LAYOUTS
from limpide.roles.past_results.sheet import Sheet
from limpide.roles.past_results.text import Rows, find_encoding

LARGEST_FILE = 128 * 2**20
DEMO = Path("demo/data/2017-presidentielle-1_par_bureau_large.csv.xz")


def read_past_election(content: bytes) -> PastElection:
    """Every station of a results file, plain or compressed by gzip or xz.

    Raises UnusableFile, with one sentence that says where, rather than guess: an unknown layout, a missing
    column, a cell that is no count, a sum that does not close, an identifier met twice.
    """
    encoding = find_encoding(content)
    rows = Rows(content, encoding)
    sheet = Sheet(rows)
    for layout, (sign, read) in LAYOUTS.items():
        if sheet.has(sign):
            options, stations = read(sheet)
            election = PastElection(options=options, stations=tuple(stations), layout=layout, encoding=encoding)
            if not election.stations:
                raise UnusableFile("the file has a header and no station")
            return election
    signs = ", ".join(f"“{sign}” ({layout})" for layout, (sign, _) in LAYOUTS.items())
    raise UnusableFile(
        f"line 1: not a known layout of results by station; one of these columns would tell: {signs}"
    )


def read_past_election_file(path: Path) -> PastElection:
    """The election in the file at `path`; raises UnusableFile, with its name in the sentence."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as failure:
        raise UnusableFile(f"{path}: cannot be read ({failure.strerror})") from failure
    if len(content) > LARGEST_FILE:
        raise UnusableFile(f"{path}: larger than {LARGEST_FILE >> 20} MiB")
    try:
        return read_past_election(content)
    except UnusableFile as refusal:
        raise UnusableFile(f"{path}: {refusal}", **refusal.facts) from refusal


def demo_file() -> Path:
    """The first round of 2017 by station, in the repository; raises UnusableFile where it is absent."""
    path = Path(__file__).parents[4] / DEMO
    if not path.is_file():
        raise UnusableFile(
            f"{DEMO} is not here: the demonstration runs from a clone of the repository, with `make demo`"
        )
    return path
