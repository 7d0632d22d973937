"""EMAIL_URL: who takes the designer's e-mail."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
"""Kind of connection -> the port where servers expect it."""


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Who takes e-mail; `kind` is one of PORTS. Without a host, nobody does."""

    kind: str = ""
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def backend(self) -> str:
        """Django's class for it."""
        return f"django.core.mail.backends.{'smtp' if self.host else 'dummy'}.EmailBackend"


def parse_email_url(text: str) -> MailServer:
    """`smtp://user:password@host:port`, `smtp+starttls://…` or `smtps://…`; raises ValueError on anything else."""
    parts = urlsplit(text)
    if parts.scheme not in PORTS or not parts.hostname or parts.port == 0:
        raise ValueError("the kind of server is unknown, or none is named")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("there is more than a server")
    return MailServer(
        kind=parts.scheme,
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
