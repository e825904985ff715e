"""How does a checker of this room say what is wrong, without stopping?

Primitives raise a ``LimpideError`` with a clause of ``spec/7-ballots.md``; whatever looks at a whole
ballot, trustee or archive turns each into a ``Fault`` and goes on.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, ParamSpec

from limpide.canonical import LimpideError

P = ParamSpec("P")
Severity = Literal["fault", "remark"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A clause that does not hold, of what, and the facts that its sentence needs."""

    clause: str
    subject: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    severity: Severity = "fault"


def attempt(subject: str, check: Callable[P, object], /, *arguments: P.args, **named: P.kwargs) -> Iterator[Fault]:
    """The fault that ``check`` raises, if it raises one."""
    try:
        check(*arguments, **named)
    except LimpideError as error:
        yield fault_of(error, subject)


def fault_of(error: LimpideError, subject: str) -> Fault:
    """An error of a primitive, as a fault of ``subject``."""
    return Fault(error.clause, subject, {**error.facts})
