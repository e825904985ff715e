"""``python -m bench [name …]``: runs measurements one after the other and prints their figures as JSON."""

import json
import sys
from collections.abc import Callable

from bench import republish, scale, verify

MEASUREMENTS: dict[str, Callable[[], dict[str, object]]] = {
    "verify": verify.run,
    "republish": republish.run,
    "scale": scale.run,
}
"""``intake``, ``log_appends`` and ``ballots`` have options of their own: ``python -m bench.<name>``."""


def main(names: list[str]) -> int:
    """Runs the named measurements, all when none is named."""
    unknown = set(names) - set(MEASUREMENTS)
    if unknown:
        sys.stderr.write(
            f"No such measurement: {', '.join(sorted(unknown))}. There are: {', '.join(MEASUREMENTS)}\n"
        )
        return 2
    for name in names or MEASUREMENTS:
        json.dump({name: MEASUREMENTS[name]()}, sys.stdout, indent=1)
        sys.stdout.write("\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
