"""Who owns what is measured."""

from profiles.models import User


def person(name: str) -> User:
    """A new user with nothing of their own."""
    return User.objects.create_user(username=name)
