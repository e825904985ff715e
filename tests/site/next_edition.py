"""What would a night publish now?"""

from collections.abc import Mapping

from election import Night
from limpide.results.edition import Edition
from limpide.results.publication import CanvassFold, Publisher
from limpide.site.pages import SitePages

INSTANT = "2027-02-01T00:00:00Z"


def publish(night: Night) -> Mapping[str, bytes]:
    """Every file of the next edition."""
    register = night.record.register
    return Publisher(register, SitePages(register)).advance(night.record, INSTANT).files


def pages(night: Night) -> dict[str, bytes]:
    """Every page of the next edition."""
    return {path: data for path, data in publish(night).items() if path.endswith(".html")}


def edition(night: Night) -> Edition:
    """The next edition, without files."""
    return CanvassFold(night.record.register).advance(night.record, INSTANT)[0]
