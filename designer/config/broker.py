"""CELERY_BROKER_URL, and what Celery needs to be told about each kind of broker."""

from pathlib import Path
from typing import Any

# Whoever publishes gets an answer within two seconds, or an error.
PROMPT = {"max_retries": 0}
# Other programs may use the same Redis.
REDIS = {"global_keyprefix": "profile-designer:", "socket_connect_timeout": 1, "socket_timeout": 1}


def broker_options(url: str, folder: Path) -> dict[str, Any]:
    """CELERY_BROKER_TRANSPORT_OPTIONS for that broker, or for the folder where none is named."""
    if not url:
        return PROMPT | {"folder": str(folder), "polling_interval": 0.05}
    return PROMPT | (REDIS if is_redis(url) else {})


def is_redis(url: str) -> bool:
    """Is that broker a Redis?"""
    return url.startswith("redis")
