"""A new account."""

from __future__ import annotations

from django.contrib.auth.forms import UserCreationForm

from profiles.models import User


class AccountForm(UserCreationForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """User name, unlike all others in any case, and the password twice, held to Django's password rules."""

    class Meta:
        model = User
        fields = ("username",)
