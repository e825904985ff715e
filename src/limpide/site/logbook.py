"""What has been published so far, and by which fingerprint does a reader know the election?"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from limpide.record.record import Record
from limpide.results.edition import Edition
from limpide.site.wording import Wording


@dataclass(frozen=True, slots=True)
class PublicationView:
    """A publication as the list shows it."""

    number: int
    instant: str
    written: str
    """The instant in words."""
    size: int
    entries: int
    """How many entries it covers that the one before did not."""
    acts: int
    """How many of them are acts."""
    manifest: str
    """SHA-256 of its manifest; empty for the one that is being made, which cannot contain its own digest."""


def publication_views(edition: Edition, wording: Wording) -> Iterator[PublicationView]:
    """Every publication up to this edition's own, the latest first."""
    acts = edition.record.acts()
    known = [
        (p.publication.number, p.publication.instant, p.publication.size, p.publication.manifest)
        for p in edition.record.publications()
    ]
    known.append((edition.number, edition.instant, edition.record.size, ""))
    before = [0, *(size for _, _, size, _ in known)]
    zone = edition.register.definition.time_zone
    for previous, (number, instant, size, manifest) in reversed(list(zip(before, known, strict=False))):
        yield PublicationView(
            number=number,
            instant=instant,
            written=wording.instant(instant, zone),
            size=size,
            entries=size - previous,
            acts=bisect_left(acts, size) - bisect_left(acts, previous),
            manifest=manifest,
        )


def fingerprint(record: Record) -> str:
    """SHA-256 of the definition's text, which names the key of the log, in hexadecimal: the trust anchor."""
    return record.event(0).id.hex()
