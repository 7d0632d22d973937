"""The first account of all."""

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from profiles.models.user import User


def create_first_admin(*, username: str, password: str) -> User | None:
    """The new superuser, or None where somebody has an account already, even one made a moment ago.

    The password was checked by the caller.
    """
    with transaction.atomic():
        # SQLite's transaction holds the write lock by now; PostgreSQL needs a row to queue at.
        ContentType.objects.select_for_update().get(app_label="profiles", model="user")
        if User.objects.exists():
            return None
        return User.objects.create_superuser(username=username, password=password)
