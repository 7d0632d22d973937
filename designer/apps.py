"""The application that Django loads by name."""

from django.apps import AppConfig, apps

# Variants of Bootstrap and htmx that no page uses; collectstatic passes over them.
UNUSED_STATIC_FILES = [
    "*.rtl.*",
    "bootstrap-grid.*",
    "bootstrap-reboot.*",
    "bootstrap-utilities.*",
    "bootstrap.esm.*",
    "htmx.amd.js",
    "htmx.cjs.js",
    "htmx.esm.*",
    "htmx.min.js.gz",
    "ext",
]


class DesignerConfig(AppConfig):
    """The web designer and its commands."""

    name = "designer"

    def ready(self) -> None:
        """Register the system checks, make our Celery application that of all tasks, and slim down the static files."""
        from designer import celery, checks  # noqa: F401, PLC0415 - both register themselves once settings are there

        static_files = apps.get_app_config("staticfiles")
        static_files.ignore_patterns = [*static_files.ignore_patterns, *UNUSED_STATIC_FILES]  # type: ignore[attr-defined]
