"""How do two operators enter the paper of a station that cannot report itself?

Blind and one after the other: the second never sees what the first entered. Equal figures become one text that
both sign; different ones are named, and a third person settles them from the scan. The first entry waits
in the office store and never in the log.
"""

from limpide.canonical import Refused
from limpide.record.events import StationReport
from limpide.roles.drafts import Draft, merge_drafts
from limpide.roles.station import entered_twice


def join_entries(first: Draft, second: Draft) -> Draft:
    """The report that both operators signed.

    Raises ``Refused`` (spec 3.1): the two drafts are not of one report, or differ in the figures that it names.
    """
    one, other = first.body, second.body
    if not isinstance(one, StationReport) or not isinstance(other, StationReport):
        raise Refused("3.1", "two reports are compared, and one of these is none", subject="operator")
    place, elsewhere = (one.contest, one.round, one.unit), (other.contest, other.round, other.unit)
    if place != elsewhere or first.election != second.election:
        raise Refused("3.1", f"these are reports of two stations: {one.unit}, {other.unit}", subject=one.unit)
    different = entered_twice(one.figures, other.figures)
    if different:
        raise Refused("3.1", f"the two entries differ: {', '.join(different)}", subject=one.unit)
    return merge_drafts((first, second))
