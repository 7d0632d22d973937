"""A new account."""

from __future__ import annotations

from django.contrib.auth.forms import BaseUserCreationForm

from profiles.models import User


class AccountForm(BaseUserCreationForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """User name, and the password twice, held to Django's password rules."""

    class Meta:
        model = User
        fields = ("username",)
