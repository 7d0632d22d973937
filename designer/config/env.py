"""What the environment says: read once, checked, typed, frozen.

A file named `.env` beside `manage.py` fills in what the environment leaves out. An empty value counts as not set.
Each setting NAME can also be given as NAME_FILE, the path of a file that holds it, as secrets of containers are.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TypeVar

from environs import Env

from designer.config import parsers as value
from designer.config.database_url import Database, parse_database_url
from designer.config.email_url import MailServer, parse_email_url
from designer.config.parsers import BASE_DIR
from profiles.plist.reading.load import MAX_BYTES
from profiles.plist.spec.file import IDENTIFIER_PREFIX

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOG_FORMATS = ("line", "json")
LONGEST_FILE = 100_000  # bytes

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
    database_password: str = field(repr=False)
    redis_url: str = field(repr=False)
    celery_broker_url: str = field(repr=False)
    workers: int
    worker_nice: int
    results_days: int
    import_max_bytes: int
    email_url: MailServer
    email_from: str
    secret_key: str = field(repr=False)
    encryption_keys: str = field(repr=False)
    organization: str
    identifier_prefix: str
    time_zone: str
    log_level: str
    log_format: str
    metrics_token: str = field(repr=False)
    debug: bool


NAMES = tuple(each.name.upper() for each in fields(Environment))
FILE_NAMES = tuple(f"{name}_FILE" for name in NAMES)


def read(env_file: Path | None = BASE_DIR / ".env") -> Environment:
    """The checked settings; raises BadSettingError on the first that cannot be used."""
    env = Env()
    if env_file is not None and env_file.is_file():
        env.read_env(str(env_file), recurse=False)

    def setting(name: str, parse: Callable[[str], T], default: T, must: str) -> T:
        text = _text(env, name)
        if not text:
            return default
        try:
            return parse(text)
        except (ValueError, LookupError, OSError):
            raise BadSettingError(f"The setting {name} must {must}: correct it, or leave it out.") from None

    def number(name: str, lowest: int, highest: int, default: int) -> int:
        must = f"be a whole number from {lowest} to {highest}"
        return setting(name, value.whole(lowest, highest), default, must)

    port = number("PORT", 1, 65535, 8000)
    public_url = setting(
        "PUBLIC_URL",
        value.origin,
        f"http://127.0.0.1:{port}",
        "be an address without a path, such as https://profiles.example.org",
    )
    data_dir = setting("DATA_DIR", value.folder, BASE_DIR / "var", "be the path of a folder")
    database = setting(
        "DATABASE_URL",
        parse_database_url,
        Database(engine="sqlite", name=str(data_dir / "designer.sqlite3")),
        "be sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME",
    )
    password = setting("DATABASE_PASSWORD", str, "", "be a password")
    return Environment(
        public_url=public_url,
        host=setting("HOST", value.host, "127.0.0.1", "be the name or number of the address to listen on"),
        port=port,
        web_workers=number("WEB_WORKERS", 1, 256, _cores()),
        trusted_proxy_count=number("TRUSTED_PROXY_COUNT", 0, 10, int(public_url.startswith("https:"))),
        data_dir=data_dir,
        static_dir=setting(
            "STATIC_DIR", value.folder, BASE_DIR / "var" / "static", "be the path of a folder"
        ),
        database_url=replace(database, password=database.password or password),
        database_password=password,
        redis_url=setting("REDIS_URL", value.redis, "", "be redis://HOST:PORT/NUMBER"),
        celery_broker_url=setting(
            "CELERY_BROKER_URL",
            value.broker,
            "",
            "be redis://HOST:PORT/NUMBER, rediss://… or amqp://USER:PASSWORD@HOST:PORT/NAME",
        ),
        workers=number("WORKERS", 1, 256, _cores()),
        worker_nice=number("WORKER_NICE", 0, 19, 10),
        results_days=number("RESULTS_DAYS", 1, 365, 7),
        import_max_bytes=number("IMPORT_MAX_BYTES", 10_000, 50_000_000, MAX_BYTES),
        email_url=setting(
            "EMAIL_URL",
            parse_email_url,
            MailServer(),
            "be smtp://USER:PASSWORD@HOST:PORT, smtp+starttls://… or smtps://…",
        ),
        email_from=setting(
            "EMAIL_FROM", value.sender, "", "be an e-mail address, such as VPN team <vpn@example.org>"
        ),
        secret_key=setting("SECRET_KEY", value.secret(50), "", "have at least 50 characters"),
        encryption_keys=setting("ENCRYPTION_KEYS", str, "", "list keys as ID:BASE64"),
        organization=setting("ORGANIZATION", value.one_line, "", "be one line of at most 200 characters"),
        identifier_prefix=setting(
            "IDENTIFIER_PREFIX",
            value.reverse_dns,
            IDENTIFIER_PREFIX,
            "be in reverse-DNS form, such as org.example.profiles",
        ),
        time_zone=setting("TIME_ZONE", value.time_zone, "UTC", "be a time zone such as UTC or Europe/Berlin"),
        log_level=setting(
            "LOG_LEVEL", value.one_of(*LOG_LEVELS), "INFO", f"be one of {', '.join(LOG_LEVELS)}"
        ),
        log_format=setting("LOG_FORMAT", value.one_of(*LOG_FORMATS), "line", "be line or json"),
        metrics_token=setting("METRICS_TOKEN", value.secret(16), "", "have at least 16 characters"),
        debug=setting("DEBUG", value.switch, False, "be on or off"),
    )


def _text(env: Env, name: str) -> str:
    """What the setting or its file says, or ""."""
    text = str(env.str(name, default="")).strip()
    path = str(env.str(f"{name}_FILE", default="")).strip()
    if not path:
        return text
    if text:
        raise BadSettingError(f"The setting {name} must not be given twice: leave out {name} or {name}_FILE.")
    try:
        with (BASE_DIR / Path(path).expanduser()).open("rb") as file:
            content = file.read(LONGEST_FILE).decode()
    except (OSError, ValueError):
        raise BadSettingError(
            f"The setting {name}_FILE must be the path of a text file that can be read: correct it, or leave it out."
        ) from None
    return content.strip()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
