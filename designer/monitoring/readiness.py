"""What must be well before people are sent to this server."""

from collections.abc import Callable, Mapping
from typing import Final

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import OperationalError

from designer.celery import app
from profiles.services.bulk.progress import is_worker_alive

OK: Final = "ok"
NO_ANSWER: Final = "no answer"

Check = Callable[[], str]
"""What it says of its part: OK, or a word or two on what is wrong, which anybody may read."""


def database() -> str:
    """Does it answer?"""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return NO_ANSWER
    return OK


def migrations() -> str:
    """Has `manage.py prepare` made the tables that this code works with?"""
    if connection.connection is None:
        return "unknown"  # the database was asked just before, and did not answer
    try:
        executor = MigrationExecutor(connection)
        return "missing" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else OK
    except DatabaseError:
        return "unknown"


def broker() -> str:
    """Can workers be woken? Known within two seconds."""
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0)
    except OperationalError:
        return NO_ANSWER
    return OK


def workers() -> str:
    """Has one left a sign of life lately? Pages are well without."""
    try:
        return OK if is_worker_alive() else "silent"
    except DatabaseError:
        return "unknown"


REQUIRED: Mapping[str, Check] = {"database": database, "migrations": migrations, "broker": broker}
"""Name -> check, in this order; where one does not say OK, people are to be kept away."""

REMARKS: Mapping[str, Check] = {"workers": workers}
"""Name -> check that is told beside those, and keeps nobody away."""
