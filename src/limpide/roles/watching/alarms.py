"""How do people hear of a fact when they are not looking at a screen? By mail, and by a message to a program.

An alarm that could not be delivered waits in the memory for the next round. What is sent says what anybody can
check; the address of a webhook, which may be a secret, is named in no error.
"""

import smtplib
import socket
import ssl
from dataclasses import dataclass
from email.message import EmailMessage

import httpx

from limpide.canonical import LimpideError, NotCanonical
from limpide.roles.watching.memory import Memory
from limpide.words import Language, sentence

TIMEOUT_SECONDS = 15.0
MAX_WAITING = 1000
"""Alarms that wait for one channel; the oldest are dropped beyond. All of them stand in the folder of evidence."""
_SMTP_PORT = 25


class Undelivered(LimpideError):
    """Alarms that a channel did not take; they are sent again."""

    def __init__(self, channel: str, reason: str) -> None:
        super().__init__("alarm", f"{channel}: {reason}", subject=channel, reason=reason)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mailbox, and the relay that takes mail for it."""

    to: str
    host: str
    port: int
    sender: str
    language: Language

    @classmethod
    def parse(cls, to: str, smtp: str, sender: str | None, language: Language) -> "Mail":
        """Of ``HOST:PORT``; raises ``NotCanonical``."""
        host, _, port = smtp.rpartition(":") if ":" in smtp else (smtp, "", str(_SMTP_PORT))
        addresses = (to, sender or to)
        if not host or not port.isdecimal() or any("@" not in each or not each.isprintable() for each in addresses):
            raise NotCanonical("9.11", "not a mailbox and a relay", subject=smtp)
        return cls(to, host, int(port), sender or to, language)

    @property
    def name(self) -> str:
        """What people call this channel."""
        return f"mail {self.to}"

    def send(self, alarms: list[dict[str, str]]) -> None:
        """One message for all; raises ``Undelivered``."""
        message = EmailMessage()
        message["Subject"] = sentence("watch.subject", self.language, count=len(alarms))
        message["From"], message["To"] = self.sender, self.to
        lines = [
            f"[{alarm['clause']}] {alarm['sentence']}\n{alarm['instant']}  {alarm['url']}\n{alarm['evidence']}\n"
            for alarm in alarms
        ]
        message.set_content("\n".join(lines))
        try:
            with smtplib.SMTP(self.host, self.port, socket.gethostname(), TIMEOUT_SECONDS) as relay:
                if relay.has_extn("starttls"):
                    relay.starttls(context=ssl.create_default_context())
                relay.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise Undelivered(self.name, type(error).__name__) from None


@dataclass(frozen=True, slots=True, repr=False)
class Webhook:
    """A program that takes alarms as JSON."""

    url: str

    @property
    def name(self) -> str:
        """What people call this channel: its host, nothing that may be secret."""
        return f"webhook {httpx.URL(self.url).host}"

    @classmethod
    def parse(cls, url: str) -> "Webhook":
        """Raises ``NotCanonical`` for what is no address."""
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL:
            parsed = httpx.URL()
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise NotCanonical("9.11", "not the address of a webhook", subject="webhook")
        return cls(url)

    def send(self, alarms: list[dict[str, str]]) -> None:
        """``{"alarms": […]}``; raises ``Undelivered``."""
        try:
            answer = httpx.post(self.url, json={"alarms": alarms}, timeout=TIMEOUT_SECONDS, follow_redirects=False)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Undelivered(self.name, type(error).__name__) from None
        if not answer.is_success:
            raise Undelivered(self.name, f"status {answer.status_code}")


Channel = Mail | Webhook


def deliver(memory: Memory, channels: list[Channel], alarms: list[dict[str, str]]) -> list[Undelivered]:
    """Sends new alarms, and those that wait; gives what failed. The memory is stored after that."""
    failures = []
    for channel in channels:
        waiting = [*memory.outbox.pop(channel.name, []), *alarms]
        if not waiting:
            continue
        try:
            channel.send(waiting)
        except Undelivered as failure:
            memory.outbox[channel.name] = waiting[-MAX_WAITING:]
            failures.append(failure)
    return failures
