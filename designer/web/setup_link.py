"""The one-time link that lets the first administrator in."""

from django.core import signing
from django.urls import reverse

from designer.web.addresses import absolute

SALT = "designer.setup"
LIFETIME = 24 * 60 * 60  # seconds


class SetupLinkError(Exception):
    """The link was not made here, or has expired."""


def setup_url() -> str:
    """A fresh link, good for 24 hours and while nobody has an account."""
    token = signing.dumps("first administrator", salt=SALT)
    return absolute(reverse("first_run", kwargs={"token": token}))


def check_token(token: str) -> None:
    """Raises SetupLinkError unless the token came from here within its lifetime."""
    try:
        signing.loads(token, salt=SALT, max_age=LIFETIME)
    except signing.BadSignature as error:
        raise SetupLinkError("The link is not valid, or has expired.") from error
