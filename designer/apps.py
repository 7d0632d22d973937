"""The applications that Django loads by name."""

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig as DjangoStaticFilesConfig


class DesignerConfig(AppConfig):
    """The web designer and its commands."""

    name = "designer"

    def ready(self) -> None:
        """Register the system checks."""
        from designer import checks  # noqa: F401, PLC0415 - checks register themselves once applications are loaded


class StaticFilesConfig(DjangoStaticFilesConfig):
    """Django's static files without the variants of Bootstrap and htmx that no page uses."""

    ignore_patterns = [  # noqa: RUF012 - a list in Django, too
        *DjangoStaticFilesConfig.ignore_patterns,
        "*.rtl.*",
        "bootstrap-grid.*",
        "bootstrap-reboot.*",
        "bootstrap-utilities.*",
        "bootstrap.esm.*",
        "htmx.amd.js",
        "htmx.cjs.js",
        "htmx.esm.*",
        "htmx.min.js.gz",
    ]
