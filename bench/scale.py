"""Is it linear? From 1 000 to 700 000 stations: seconds and memory to judge every report and to publish.

Each size runs in a process of its own. Pages are left out of the largest, as ``Pages`` of nothing. The plot is
``docs/scale.svg``: both axes logarithmic, so that a straight line of slope one is linear.
"""

import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.nation import Nation, add
from limpide.results.publication import Publisher
from limpide.roles.server.publisher import NoPages
from limpide.site.pages import SitePages

SIZES = (1_000, 10_000, 70_000, 700_000)
PAGES_UP_TO = 70_000
CHUNK = 10_000
PLOT = Path(__file__).parents[1] / "docs" / "scale.svg"


def run(sizes: Sequence[int] = SIZES) -> dict[str, object]:
    """The rows of every size, and the plot beside the documentation."""
    command = [sys.executable, "-m", "bench.scale"]
    rows = [
        json.loads(subprocess.run([*command, str(size)], check=True, capture_output=True, text=True).stdout)
        for size in sizes
    ]
    PLOT.write_text(plot(rows))
    return {"rows": rows}


def measure(stations: int) -> dict[str, float]:
    """One size, in this process."""
    nation = Nation.make(stations)
    start = time.perf_counter()
    record = nation.record()
    opened = time.perf_counter()
    entries = list(nation.reports())
    signed = time.perf_counter()
    for first in range(0, len(entries), CHUNK):
        record = add(record, entries[first : first + CHUNK], nation.documents)
    admitted = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pages = SitePages(record.register) if stations <= PAGES_UP_TO else NoPages()
    publisher = Publisher(record.register, pages)
    publisher.advance(record, "2017-04-23T18:00:00Z")
    published = time.perf_counter()
    return {
        "stations": stations,
        "open_seconds": round(opened - start, 3),
        "admit_seconds": round(admitted - signed, 3),
        "publish_seconds": round(published - admitted, 3),
        "record_megabytes": round(before),
        "pages": stations <= PAGES_UP_TO,
    }


def plot(rows: Sequence[dict[str, float]]) -> str:
    """Seconds to judge and megabytes held, by number of stations."""
    series = {
        "judging every report, seconds": ("admit_seconds", "#1c4f8f"),
        "record and reports, megabytes": ("record_megabytes", "#8a3b12"),
    }
    width, height, margin = 640, 400, 60
    low, high = -2.0, 4.0

    def place(stations: float, value: float) -> tuple[float, float]:
        x = margin + (math.log10(stations) - 3) / 3 * (width - 2 * margin)
        y = height - margin - (math.log10(value) - low) / (high - low) * (height - 2 * margin)
        return round(x, 1), round(y, 1)

    frame = f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {frame}><title>Time and memory by number of stations</title>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for power in range(-2, 5):
        _, y = place(1000, 10.0**power)
        parts.append(f'<path d="M{margin} {y}H{width - margin}" stroke="#ddd"/>')
        parts.append(f'<text x="{margin - 6}" y="{y + 4}" text-anchor="end">{10.0**power:g}</text>')
    for row in rows:
        x, _ = place(row["stations"], 1)
        parts.append(f'<text x="{x}" y="{height - margin + 18}" text-anchor="middle">{row["stations"]:,}</text>')
    for number, (label, (name, colour)) in enumerate(series.items()):
        points = [place(row["stations"], max(row[name], 0.01)) for row in rows]
        line = " ".join(f"{x},{y}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>' for x, y in points]
        parts.append(f'<text x="{margin + 10}" y="{margin - 30 + 18 * number}" fill="{colour}">{label}</text>')
    return "".join([*parts, "</svg>\n"])


if __name__ == "__main__":
    json.dump(measure(int(sys.argv[1])), sys.stdout)
