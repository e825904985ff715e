"""``limpide watch``, ``limpide mirror``: who comes back, and does not look away."""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from limpide.canonical import NotCanonical
from limpide.commands.voice import FAULT, GOOD, UNFINISHED, Voice, read_file
from limpide.log.policy import parse_policy
from limpide.roles.watching.alarms import Channel, Mail, Webhook, deliver
from limpide.roles.watching.answers import Site, make_client
from limpide.roles.watching.files import Pace
from limpide.roles.watching.mirror import Copied, Mirror
from limpide.roles.watching.trust import Trust
from limpide.roles.watching.watch import Alarm, Round, Watch

_FINGERPRINT = re.compile("^[0-9a-f]{64}$")

Sites = Annotated[list[str], typer.Argument(metavar="URL…", help="help.watch-sites", show_default=False)]
Source = Annotated[str, typer.Argument(metavar="URL", help="help.mirror-site", show_default=False)]
Expect = Annotated[str | None, typer.Option("--expect", help="help.expect", show_default=False)]
Policy = Annotated[Path | None, typer.Option("--policy", help="help.policy", show_default=False)]
Once = Annotated[bool, typer.Option("--once", help="help.once")]
Interval = Annotated[float, typer.Option("--interval", help="help.interval", min=1)]
PACE = Pace()


def watch(
    ctx: typer.Context,
    sites: Sites,
    out: Annotated[Path, typer.Option("--out", "-o", help="help.watch-out", show_default=False)],
    expect: Expect = None,
    policy: Policy = None,
    once: Once = False,
    interval: Interval = 20.0,
    reread: Annotated[float, typer.Option("--reread", help="help.reread", min=0)] = PACE.reread,
    late: Annotated[float, typer.Option("--late", help="help.late", min=0)] = PACE.age,
    page: Annotated[list[str] | None, typer.Option("--page", help="help.page", show_default=False)] = None,
    mail: Annotated[str | None, typer.Option("--mail", help="help.mail", show_default=False)] = None,
    mail_from: Annotated[str | None, typer.Option("--mail-from", help="help.mail-from", show_default=False)] = None,
    smtp: Annotated[str, typer.Option("--smtp", help="help.smtp")] = "localhost:25",
    webhook: Annotated[str | None, typer.Option("--webhook", help="help.webhook", show_default=False)] = None,
) -> None:
    """Compares sites with their record, again and again."""
    voice: Voice = ctx.obj
    trust = _trust(expect, policy)
    channels: list[Channel] = []
    if mail is not None:
        channels.append(Mail.parse(mail, smtp, mail_from, voice.language))
    if webhook is not None:
        channels.append(Webhook.parse(webhook))
    with _open(sites) as opened:
        watching = Watch(out, opened, trust, _now, pace=Pace(late, reread), pages=page or ())
        away: dict[str, str] = {}
        while True:
            began = time.monotonic()
            result = watching.round()
            alarms = [_alarm_json(alarm, voice) for alarm in result.alarms]
            _tell(voice, result, alarms, away)
            away = result.away
            for failure in deliver(watching.memory, channels, alarms):
                voice.say("undelivered", reason=failure.message)
            watching.save()
            if once:
                size, publication = watching.held.size, watching.held.versions.number
                _summarise(voice, result, size, publication)
                raise typer.Exit(FAULT if result.standing else UNFINISHED if away else GOOD)
            time.sleep(max(0.0, interval - (time.monotonic() - began)))


def mirror(
    ctx: typer.Context,
    source: Source,
    out: Annotated[Path, typer.Option("--out", "-o", help="help.mirror-out", show_default=False)],
    expect: Expect = None,
    policy: Policy = None,
    once: Once = False,
    interval: Interval = 20.0,
) -> None:
    """Copies a site that it has verified, and goes on copying."""
    voice: Voice = ctx.obj
    trust = _trust(expect, policy)
    with _open([source]) as (site,):
        copy = Mirror(out, site, trust, _now)
        while True:
            began = time.monotonic()
            copied = copy.round()
            _tell_copied(voice, copied, copy)
            if copied.faults:
                raise typer.Exit(FAULT)
            if once:
                raise typer.Exit(UNFINISHED if copied.away or copied.late else GOOD)
            time.sleep(max(0.0, interval - (time.monotonic() - began)))


def _trust(expect: str | None, policy: Path | None) -> Trust:
    fingerprint = None if expect is None else expect.strip().lower()
    if fingerprint is not None and not _FINGERPRINT.match(fingerprint):
        raise NotCanonical("5.12", "a fingerprint has 64 hexadecimal digits", fingerprint=fingerprint[:80])
    return Trust(fingerprint, None if policy is None else parse_policy(read_file(policy)))


@contextmanager
def _open(addresses: list[str]) -> Iterator[list[Site]]:
    for address in addresses:
        if not address.startswith(("http://", "https://")):
            raise NotCanonical("8.2", f"not the address of a site: {address[:200]}", subject=address[:200])
    with ExitStack() as stack:
        client = stack.enter_context(make_client())
        yield [stack.enter_context(Site(address, client, _now)) for address in dict.fromkeys(addresses)]


def _tell(voice: Voice, result: Round, alarms: list[dict[str, str]], away: dict[str, str]) -> None:
    for alarm in alarms:
        voice.say("alarm", **alarm)
        if voice.json:
            voice.give({"alarm": alarm}, "")
    for site, reason in result.away.items():
        if site not in away:
            voice.say("away-site", site=site, reason=reason)
    for site in away.keys() - result.away.keys():
        voice.say("back-site", site=site)
    for site, path in result.gone:
        voice.say("gone-page", site=site, path=path)


def _summarise(voice: Voice, result: Round, size: int, publication: int) -> None:
    standing = [
        {"clause": each.finding.clause, "site": each.site, "path": each.finding.subject} for each in result.standing
    ]
    value = {"size": size, "publication": publication, "standing": standing, "away": sorted(result.away)}
    words = voice.words("watched", size=size, publication=publication, faults=len(standing), away=len(result.away))
    voice.give(value, words)


def _alarm_json(alarm: Alarm, voice: Voice) -> dict[str, str]:
    return {
        "clause": alarm.finding.clause,
        "evidence": alarm.evidence,
        "instant": alarm.instant,
        "sentence": alarm.finding.say(voice.language),
        "sha256": alarm.sha256,
        "site": alarm.site,
        "subject": alarm.finding.subject,
        "url": alarm.url,
    }


def _tell_copied(voice: Voice, copied: Copied, copy: Mirror) -> None:
    for finding, evidence in copied.faults:
        voice.say("mirror-fault", clause=finding.clause, sentence=finding.say(voice.language), evidence=evidence)
    if copied.faults:
        voice.say("mirror-stopped", count=len(copied.faults))
    if copied.away:
        voice.say("away-site", site=copy.site.address, reason=copied.away)
    if copied.late:
        voice.say("mirror-late", site=copy.site.address)
    if copied.files:
        held = copy.held
        facts = {"files": copied.files, "size": held.size, "publication": held.versions.number}
        voice.give(facts, voice.words("mirror-placed", **facts))


def _now() -> datetime:
    return datetime.now(UTC)
