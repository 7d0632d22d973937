"""A profile, handed out to be installed."""

from __future__ import annotations

import uuid

from django.db import models

from profiles.models.lengths import NAME_LENGTH
from profiles.models.link import Link, LinkQuerySet
from profiles.models.profile import Profile
from profiles.models.recipient import Recipient
from profiles.models.signing_identity import SigningIdentity


class HandOut(Link):
    """A link that installs one revision of a profile, or what one person gets from a template in a bulk run.

    With a `recipient`, `profile` is the template.
    `passphrase` is empty, or hashed like a password; `identity` signs, the default of the team where there is none.
    `uses` counts confirmations, `served` how often the file was sent, which a device may ask for twice.
    """

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="hand_outs")
    revision = models.PositiveIntegerField()
    recipient = models.OneToOneField(
        Recipient, on_delete=models.CASCADE, null=True, blank=True, related_name="hand_out"
    )
    note = models.CharField(max_length=NAME_LENGTH, blank=True)
    one_time = models.BooleanField(default=False)
    passphrase = models.CharField(max_length=256, blank=True)
    identity = models.ForeignKey(
        SigningIdentity, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    served = models.PositiveIntegerField(default=0)

    objects = LinkQuerySet["HandOut"].as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["profile", "-created_at"], name="hand_out_list")]

    def __str__(self) -> str:
        return f"Install link of {self.profile}"

    @property
    def team_id(self) -> uuid.UUID:
        """The team that hands it out, which may have started from a template of another one."""
        return self.recipient.run.team_id if self.recipient else self.profile.team_id

    @property
    def works_once(self) -> bool:
        return self.one_time
