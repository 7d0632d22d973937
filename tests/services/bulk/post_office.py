"""A mail server on loopback that keeps what it takes, and can be made to fail in the ways that mail servers do."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings

from profiles.models import Delivery
from profiles.services.bulk.runs import Wish
from tests.processes import free_port
from tests.services.bulk.run_samples import letters

SENDER: Final = "Profiles <profiles@mail.example.com>"
BY_MAIL: Final = Wish(delivery=Delivery.EMAIL, subject="Your VPN", message="Install this: {{link}}\n")


def setting(office: PostOffice) -> dict[str, Any]:
    """What leads the designer to it."""
    return {
        "EMAIL_ENABLED": True,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": office.port,
        "EMAIL_TIMEOUT": 5,
        "DEFAULT_FROM_EMAIL": SENDER,
    }


def address(number: int) -> str:
    """Where that person gets e-mail."""
    return f"{letters(number)}@example.org"


def links_in(message: EmailMessage) -> list[str]:
    """The addresses of this server that stand in an e-mail."""
    return re.findall(rf"{re.escape(settings.PUBLIC_URL)}/\S+", message.get_content())


class PostOffice:
    """Its state may change while it runs.

    recipients   the beginning of an address -> the answer to it
    contents     the beginning of an address -> the answer to an e-mail for it
    sender       the answer to any sender; empty while all may send
    cutting      the beginnings of addresses after whose e-mails the connection ends without an answer
    per_session  how many e-mails it takes in a connection, which it ends afterwards, saying so or not
    """

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []
        self.recipients: dict[str, str] = {}
        self.contents: dict[str, str] = {}
        self.sender = ""
        self.cutting: set[str] = set()
        self.per_session = 1_000
        self.polite = True
        self.arrived = threading.Event()
        self.waiting: threading.Event | None = None
        self.port = free_port()
        self._server: Controller | None = None
        self._sessions: dict[Any, int] = {}

    def open(self) -> None:
        """Begin to answer."""
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)
        self._server.start()

    def close(self) -> None:
        """Answer nobody any more."""
        if self._server:
            self._server.stop()
            self._server = None

    @property
    def addresses(self) -> list[str]:
        """Whom it has e-mails for, in the order in which they came."""
        return [address for address, _ in self.taken]

    def message(self, address: str) -> EmailMessage:
        """The one e-mail for that address."""
        (message,) = self.messages(address)
        return message

    def messages(self, address: str) -> list[EmailMessage]:
        """All e-mails for that address."""
        return [message for to, message in self.taken if to == address]

    async def handle_MAIL(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: Sequence[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.sender or "250 OK"

    async def handle_RCPT(  # noqa: N802 - the same
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Sequence[str]
    ) -> str:
        if answer := _found(self.recipients, address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        assert isinstance(envelope.content, bytes)
        (address,) = envelope.rcpt_tos
        self.arrived.set()
        if self.waiting:
            while not self.waiting.is_set():
                await asyncio.sleep(0.005)
        if answer := _found(self.contents, address):
            return answer
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append((address, message))
        if address.startswith(tuple(self.cutting)):
            _hang_up(server)
            return "250 OK"
        self._sessions[session.peer] = self._sessions.get(session.peer, 0) + 1
        return "250 OK"

    async def handle_NOOP(  # noqa: N802 - the same
        self, server: SMTP, session: Session, _envelope: Envelope, _argument: str
    ) -> str:
        if self._sessions.get(session.peer, 0) < self.per_session:
            return "250 OK"
        if not self.polite:
            _hang_up(server)
        return "421 Enough for now"


def _hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


def _found(answers: dict[str, str], address: str) -> str:
    return next((answer for start, answer in answers.items() if address.startswith(start)), "")
