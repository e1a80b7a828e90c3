"""E-mails: handed to an SMTP server, or kept in the folder that plays one.

Holds the two ways out, and the choice between them (DIPTYCH_MAIL_URL). Does not hold words nor occasions: jobs do. The
key of a letter makes its Message-ID, so that a server may tell one that was sent twice.
"""

import hashlib
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from functools import cache
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from diptych.commons.settings import settings

DEADLINE_SECONDS = 10.0


class Post(Protocol):
    """A way out for letters."""

    def send(self, letter: EmailMessage) -> None:
        """Hand a letter over, or raise (OSError, smtplib.SMTPException): the caller tries again later."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server: smtp:// (STARTTLS where it is offered; needed before a password goes out) or smtps://."""

    url: str

    def send(self, letter: EmailMessage) -> None:
        """Hand a letter over, on a connection of its own."""
        parts = urlsplit(self.url)
        host, safe = parts.hostname or "localhost", ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=DEADLINE_SECONDS, context=safe)
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=DEADLINE_SECONDS)
        with server:
            server.ehlo()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=safe)
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(letter)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The fake: letters are files of a folder, one a Message-ID, as the server would have received them."""

    folder: Path

    def send(self, letter: EmailMessage) -> None:
        """Keep a letter; the same one twice is one."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = hashlib.sha256(str(letter["Message-ID"]).encode()).hexdigest()[:32]
        (self.folder / f"{name}.eml").write_bytes(letter.as_bytes(policy=SMTP))

    def letters(self, *, to: str = "") -> list[EmailMessage]:
        """The letters kept, latest first; those of one address where it is given."""
        files = sorted(self.folder.glob("*.eml"), key=lambda file: (-file.stat().st_mtime_ns, file.name))
        read = [BytesParser(policy=default).parsebytes(file.read_bytes()) for file in files]
        return [
            letter for letter in read if isinstance(letter, EmailMessage) and (not to or str(letter["To"]).lower() == to.lower())
        ]


@cache
def post() -> Post:
    """The way out that the settings name."""
    known = settings()
    url = known["DIPTYCH_MAIL_URL"]
    return mailbox() if url == "fake" else Server(url)


def mailbox() -> Mailbox:
    """The fake's folder, for the demo and tests that read what was sent."""
    return Mailbox(Path(settings()["DIPTYCH_HOME"]).absolute() / "mailbox")


def send(*, to: str, subject: str, text: str, html: str, key: str) -> None:
    """Send one letter, as text and as HTML. Raises where it could not be handed over."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = settings()["DIPTYCH_MAIL_FROM"], to, subject
    letter["Message-ID"] = (
        f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{urlsplit(settings()['DIPTYCH_BASE_URL']).hostname}>"
    )
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text)
    letter.add_alternative(html, subtype="html")
    post().send(letter)
