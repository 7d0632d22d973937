"""The data of these tests, for processes that they start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection


def same_data() -> dict[str, str]:
    """The settings by which a process works on the same database, with the same keys."""
    return {
        "DATABASE_URL": _database_url(connection.settings_dict),
        "DATA_DIR": str(settings.DATA_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
        "ENCRYPTION_KEYS": settings.ENCRYPTION_KEYS,
    }


def _database_url(database: dict[str, Any]) -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
