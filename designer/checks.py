"""What must be there before the designer can serve anybody."""

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured


def missing_keys() -> str:
    """One sentence about keys that are not there, or ""."""
    missing = [name for name in ("SECRET_KEY", "ENCRYPTION_KEYS") if not _is_set(name)]
    if not missing:
        return ""
    return (
        f"The keys {' and '.join(missing)} are missing, or the files in {settings.KEYS_DIR} cannot be read: "
        "run `python manage.py prepare`, or set them in the environment."
    )


def _is_set(name: str) -> bool:
    try:
        return bool(getattr(settings, name))
    except ImproperlyConfigured:  # how Django answers for an empty SECRET_KEY
        return False


@register(deploy=True)
def check_keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """For `check --deploy` alone: commands that need no keys must not be told that there are none."""
    sentence = missing_keys()
    return [Error(sentence, id="designer.E001")] if sentence else []
