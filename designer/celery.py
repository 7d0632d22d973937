"""The Celery application, by which tasks are sent; designer/apps.py loads it wherever Django is set up."""

from typing import Any

from celery import Celery
from celery.signals import setup_logging

app = Celery("profile-designer")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["profiles"])


@setup_logging.connect
def _leave_logging_alone(**about: Any) -> None:
    """As long as somebody listens to this, Celery does not set up logging of its own."""
