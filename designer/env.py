"""What the environment says: read once, checked, typed, frozen.

A file named `.env` beside `manage.py` fills in what the environment leaves out. An empty value counts as not set.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from environs import Env

from designer.database import Database, parse_database_url
from profiles.catalogue.envelope import REVERSE_DNS
from profiles.plist.spec_file import IDENTIFIER_PREFIX

BASE_DIR = Path(__file__).resolve().parent.parent
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

T = TypeVar("T")


class BadSettingError(Exception):
    """A setting cannot be used: one sentence that names it, and never its value, which may be a secret."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Every setting that the environment makes, named as there but in lower case; `.env.example` explains each."""

    public_url: str
    host: str
    port: int
    web_workers: int
    trusted_proxy_count: int
    data_dir: Path
    static_dir: Path
    database_url: Database
    redis_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    encryption_keys: str = field(repr=False)
    organization: str
    identifier_prefix: str
    time_zone: str
    log_level: str
    debug: bool


NAMES = tuple(each.name.upper() for each in fields(Environment))


def read(env_file: Path | None = BASE_DIR / ".env") -> Environment:
    """The checked settings; raises BadSettingError on the first that cannot be used."""
    env = Env()
    if env_file is not None and env_file.is_file():
        env.read_env(str(env_file), recurse=False)

    def setting(name: str, parse: Callable[[str], T], default: T, must: str) -> T:
        text = env.str(name, default="").strip()
        if not text:
            return default
        try:
            return parse(text)
        except (ValueError, LookupError, OSError):
            raise BadSettingError(f"The setting {name} must {must}: correct it, or leave it out.") from None

    port = setting("PORT", _whole(1, 65535), 8000, "be a whole number from 1 to 65535")
    public_url = setting(
        "PUBLIC_URL",
        _origin,
        f"http://127.0.0.1:{port}",
        "be an address without a path, such as https://profiles.example.org",
    )
    data_dir = setting("DATA_DIR", _folder, BASE_DIR / "var", "be the path of a folder")
    return Environment(
        public_url=public_url,
        host=setting("HOST", _host, "127.0.0.1", "be the name or number of the address to listen on"),
        port=port,
        web_workers=setting("WEB_WORKERS", _whole(1, 256), _cores(), "be a whole number from 1 to 256"),
        trusted_proxy_count=setting(
            "TRUSTED_PROXY_COUNT",
            _whole(0, 10),
            int(public_url.startswith("https:")),
            "be a whole number from 0 to 10",
        ),
        data_dir=data_dir,
        static_dir=setting("STATIC_DIR", _folder, BASE_DIR / "var" / "static", "be the path of a folder"),
        database_url=setting(
            "DATABASE_URL",
            parse_database_url,
            Database(engine="sqlite", name=str(data_dir / "designer.sqlite3")),
            "be sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME",
        ),
        redis_url=setting("REDIS_URL", _redis, "", "be redis://HOST:PORT/NUMBER"),
        secret_key=setting("SECRET_KEY", _secret_key, "", "have at least 50 characters"),
        encryption_keys=setting("ENCRYPTION_KEYS", str, "", "list keys as ID:BASE64"),
        organization=setting("ORGANIZATION", _one_line, "", "be one line of at most 200 characters"),
        identifier_prefix=setting(
            "IDENTIFIER_PREFIX",
            _reverse_dns,
            IDENTIFIER_PREFIX,
            "be in reverse-DNS form, such as org.example.profiles",
        ),
        time_zone=setting("TIME_ZONE", _time_zone, "UTC", "be a time zone such as UTC or Europe/Berlin"),
        log_level=setting("LOG_LEVEL", _log_level, "INFO", f"be one of {', '.join(LOG_LEVELS)}"),
        debug=setting("DEBUG", _switch, False, "be on or off"),
    )


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text)
        if not lowest <= number <= highest:
            raise ValueError
        return number

    return parse


def _origin(text: str) -> str:
    parts = urlsplit(text)
    extras = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if parts.scheme not in ("http", "https") or not parts.hostname or extras:
        raise ValueError
    if parts.port == 0 or not re.fullmatch(r"[a-z0-9.:_-]+", parts.hostname):
        raise ValueError
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _folder(text: str) -> Path:
    path = BASE_DIR / Path(text).expanduser()
    if "\0" in text or (path.exists() and not path.is_dir()):
        raise ValueError
    return path


def _host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", text):
        raise ValueError
    return text


def _redis(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("redis", "rediss", "unix") or not (parts.hostname or parts.path):
        raise ValueError
    if parts.scheme != "unix" and not re.fullmatch(r"/?\d*", parts.path):
        raise ValueError
    return text


def _secret_key(text: str) -> str:
    if len(text) < 50:
        raise ValueError
    return text


def _one_line(text: str) -> str:
    if len(text) > 200 or not text.isprintable():
        raise ValueError
    return text


def _reverse_dns(text: str) -> str:
    if not re.fullmatch(REVERSE_DNS, text):
        raise ValueError
    return text


def _time_zone(text: str) -> str:
    return ZoneInfo(text).key


def _log_level(text: str) -> str:
    return LOG_LEVELS[LOG_LEVELS.index(text.upper())]


def _switch(text: str) -> bool:
    return {
        "on": True,
        "true": True,
        "yes": True,
        "1": True,
        "off": False,
        "false": False,
        "no": False,
        "0": False,
    }[text.lower()]


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
