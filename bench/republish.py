"""What does a publication cost after a batch of 500 reports into a national record, and does it follow the batch?

All stations but the last batches have reported; then batches of 50, 500 and 5 000 reports are published in turn,
pages included, by the publisher's own fold. Files are made, digested and listed; writing them is the disk's.
"""

import time

from bench.nation import LOG, Nation, add, event
from limpide.results.publication import Publisher
from limpide.site.pages import SitePages

BATCHES = (50, 500, 5_000, 500, 50)


def run(stations: int = 69_242) -> dict[str, object]:
    """Seconds and files of each batch."""
    nation = Nation.make(stations)
    record = nation.record()
    publisher = Publisher(record.register, SitePages(record.register))
    reports = list(nation.reports())
    first = len(reports) - sum(BATCHES)
    rows = []
    for number, batch in enumerate((0, first, *BATCHES)):
        record = add(record, reports[:batch], nation.documents)
        del reports[:batch]
        start = time.perf_counter()
        made = publisher.advance(record, f"2017-04-23T18:00:{number:02}Z")
        seconds = time.perf_counter() - start
        record = add(record, [event(made.body, [LOG])], nation.documents)
        rows.append({"batch": batch, "seconds": round(seconds, 3), "files": len(made.files)})
    return {"stations": stations, "publications": rows}
