"""How the text of a setting becomes a value; each raises ValueError, LookupError or OSError where it cannot."""

import re
from collections.abc import Callable
from email.utils import getaddresses
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from profiles.catalogue.rules.envelope import REVERSE_DNS

BASE_DIR = Path(__file__).resolve().parents[2]

SWITCH = {
    "on": True,
    "true": True,
    "yes": True,
    "1": True,
    "off": False,
    "false": False,
    "no": False,
    "0": False,
}


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """A whole number in that range."""

    def parse(text: str) -> int:
        number = int(text)
        if not lowest <= number <= highest:
            raise ValueError
        return number

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    """One of these words, however it is capitalised."""
    return lambda text: {choice.lower(): choice for choice in choices}[text.lower()]


def secret(shortest: int) -> Callable[[str], str]:
    """A text that is long enough not to be guessed."""

    def parse(text: str) -> str:
        if len(text) < shortest:
            raise ValueError
        return text

    return parse


def switch(text: str) -> bool:
    """On or off."""
    return SWITCH[text.lower()]


def origin(text: str) -> str:
    """An address on the web without a path."""
    parts = urlsplit(text)
    extras = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if parts.scheme not in ("http", "https") or not parts.hostname or extras:
        raise ValueError
    if parts.port == 0 or not re.fullmatch(r"[a-z0-9.:_-]+", parts.hostname):
        raise ValueError
    return f"{parts.scheme}://{parts.netloc.lower()}"


def folder(text: str) -> Path:
    """The path of a folder, which need not be there yet; a relative one begins beside `manage.py`."""
    path = BASE_DIR / Path(text).expanduser()
    if "\0" in text or (path.exists() and not path.is_dir()):
        raise ValueError
    return path


def host(text: str) -> str:
    """The name or number of an address."""
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", text):
        raise ValueError
    return text


def redis(text: str) -> str:
    """Where a Redis is."""
    parts = urlsplit(text)
    if parts.scheme not in ("redis", "rediss", "unix") or not (parts.hostname or parts.path):
        raise ValueError
    if parts.scheme != "unix" and not re.fullmatch(r"/?\d*", parts.path):
        raise ValueError
    return text


def broker(text: str) -> str:
    """Where a Redis or a RabbitMQ is that carries messages."""
    parts = urlsplit(text)
    if parts.scheme not in ("redis", "rediss", "amqp", "amqps") or not parts.hostname or parts.port == 0:
        raise ValueError
    return redis(text) if parts.scheme.startswith("redis") else text


def one_line(text: str) -> str:
    """Something to be read by people."""
    if len(text) > 200 or not text.isprintable():
        raise ValueError
    return text


def sender(text: str) -> str:
    """An e-mail address, with or without a name: `VPN team <vpn@example.org>`."""
    addresses = getaddresses([one_line(text)])
    if len(addresses) != 1 or not re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", addresses[0][1]):
        raise ValueError
    return text


def reverse_dns(text: str) -> str:
    """What identifiers begin with."""
    if not re.fullmatch(REVERSE_DNS, text):
        raise ValueError
    return text


def time_zone(text: str) -> str:
    """A zone that this machine knows."""
    return ZoneInfo(text).key
