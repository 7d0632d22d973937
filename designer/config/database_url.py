"""DATABASE_URL, and what Django needs to be told about each database."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from designer.processes.request_lock import THREADS

SQLITE_OPTIONS = {
    # Without these, a few writers at once are told "database is locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA wal_autocheckpoint=4000;",
}
# One connection makes pages; downloads that are read slowly keep theirs, at most as many as there are threads.
POSTGRESQL_POOL = {"min_size": 1, "max_size": THREADS, "timeout": 5}


@dataclass(frozen=True, kw_only=True)
class Database:
    """Where the data lives; `engine` is "sqlite" or "postgresql"."""

    engine: str
    name: str
    user: str = ""
    password: str = field(default="", repr=False)
    host: str = ""
    port: int | None = None
    options: tuple[tuple[str, str], ...] = ()

    def as_django(self) -> dict[str, Any]:
        """One entry of Django's DATABASES."""
        if self.engine == "sqlite":
            return {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": self.name,
                "OPTIONS": dict(SQLITE_OPTIONS),
            }
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": self.port or "",
            "OPTIONS": {**dict(self.options), "pool": dict(POSTGRESQL_POOL)},
        }


def parse_database_url(text: str) -> Database:
    """`sqlite:///relative`, `sqlite:////absolute` or `postgresql://user:password@host:port/name?option=value`.

    Raises ValueError on anything else.
    """
    parts = urlsplit(text)
    name = unquote(parts.path.removeprefix("/"))
    if not name:
        raise ValueError("no database is named")
    if parts.scheme == "sqlite" and not parts.netloc:
        return Database(engine="sqlite", name=name)
    if parts.scheme in ("postgres", "postgresql"):
        return Database(
            engine="postgresql",
            name=name,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            host=unquote(parts.hostname or ""),
            port=parts.port,
            options=tuple(parse_qsl(parts.query, strict_parsing=bool(parts.query))),
        )
    raise ValueError("the kind of database is unknown")
