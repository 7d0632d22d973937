"""The keys of this server for masks, the same in all its processes and over restarts."""

from __future__ import annotations

import uuid

from django.utils.crypto import salted_hmac


def mask_key(owner: uuid.UUID) -> bytes:
    """What `plist.masks` makes masks with for the pages of a team or a profile; it changes with SECRET_KEY.

    One for each, so that nobody learns from masks of their own what those of others stand for.
    """
    return salted_hmac("profiles.plist.masks", str(owner), algorithm="sha256").digest()
