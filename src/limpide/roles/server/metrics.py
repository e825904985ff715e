"""How is the server doing? Counts for the operator, in the Prometheus text format; no addresses, no bodies."""

import bisect
from collections import Counter
from dataclasses import dataclass, field

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds; the upper bounds of the histograms."""


@dataclass(slots=True, eq=False)
class Histogram:
    """How often a duration fell below each bound."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0

    def observe(self, seconds: float) -> None:
        """Counts one duration."""
        self.counts[bisect.bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds

    def lines(self, name: str) -> list[str]:
        """The exposition of the histogram."""
        lines, below = [f"# TYPE {name} histogram"], 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), self.counts, strict=True):
            below += count
            lines.append(f'{name}_bucket{{le="{bound}"}} {below}')
        return [*lines, f"{name}_sum {self.total:.6f}", f"{name}_count {below}"]


@dataclass(slots=True, eq=False)
class Metrics:
    """What intake counts since it started."""

    admitted: int = 0
    repeated: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """By clause."""
    documents: int = 0
    batches: int = 0
    answering: Histogram = field(default_factory=Histogram)
    """From the arrival of an entry's body to its answer."""
    judging: Histogram = field(default_factory=Histogram)
    """From the judgement of a batch to its durability."""
    integrating: Histogram = field(default_factory=Histogram)
    """One checkpoint: tiles, signature, state."""

    def expose(self, **gauges: float) -> str:
        """The whole page, with the present value of each gauge."""
        lines = [
            "# TYPE limpide_entries_admitted_total counter",
            f"limpide_entries_admitted_total {self.admitted}",
            "# TYPE limpide_entries_repeated_total counter",
            f"limpide_entries_repeated_total {self.repeated}",
            "# TYPE limpide_entries_refused_total counter",
            *(f'limpide_entries_refused_total{{clause="{c}"}} {n}' for c, n in sorted(self.refused.items())),
            "# TYPE limpide_documents_total counter",
            f"limpide_documents_total {self.documents}",
            "# TYPE limpide_batches_total counter",
            f"limpide_batches_total {self.batches}",
            *self.answering.lines("limpide_answer_seconds"),
            *self.judging.lines("limpide_batch_seconds"),
            *self.integrating.lines("limpide_integration_seconds"),
        ]
        for name, value in gauges.items():
            lines += [f"# TYPE limpide_{name} gauge", f"limpide_{name} {value:g}"]
        return "\n".join(lines) + "\n"
