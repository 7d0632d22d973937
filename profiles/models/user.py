"""Who works here."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person who signs in by user name; our own class, so that it can grow without a hard migration."""
