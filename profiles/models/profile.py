"""A profile, as its team sees it in the list."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from profiles.models.lengths import NAME_LENGTH, SORT_KEY_LENGTH
from profiles.models.sealed import SealedModel
from profiles.models.team import Team, teams_of
from profiles.models.user import User


class Visibility(models.TextChoices):
    """Who can see a template and start from it."""

    PRIVATE = "private", "Only you"
    TEAM = "team", "The team"
    SERVER = "server", "Everyone on this server"


class ProfileQuerySet(models.QuerySet["Profile"]):
    """Profiles, and the one place that says who can see them."""

    def owned_by(self, user: User) -> Self:
        """All of the user's teams, deleted ones too, without the private templates of others."""
        return self.filter(team__in=teams_of(user)).open_to(user)

    def open_to(self, user: User) -> Self:
        """Without the private templates of others."""
        return self.filter(Q(created_by=user) | ~Q(visibility=Visibility.PRIVATE))

    def for_user(self, user: User) -> Self:
        """What there is in the user's teams; what may be done there, `profiles.policy` says."""
        return self.owned_by(user).filter(deleted_at=None)

    def templates_for(self, user: User) -> Self:
        """The templates that the user can start from: those of the user's teams, and those for everyone."""
        here = self.owned_by(user).filter(is_template=True, deleted_at=None)
        return here | self.filter(visibility=Visibility.SERVER, is_template=True, deleted_at=None)


class Profile(SealedModel):
    """The envelope of a profile or template, and what the lists show of it.

    `envelope`, `targets`, `declaration` and `origin` are JSON as in a Document; `sealed` holds the secrets of the
    envelope and the answers. `name`, `identifier`, `sort_key` and `search_key` repeat the envelope, cut to what a list
    needs; `template` and `template_revision` repeat the origin. `revision` is the number of the latest Revision,
    `installed_revision` that of the one handed out last, 0 for none.
    """

    # The indexes below serve it; by one of its own SQLite would fetch all rows of a team, only to sort them.
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="profiles", db_index=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_template = models.BooleanField(default=False)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.TEAM)
    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    identifier = models.CharField(max_length=NAME_LENGTH, blank=True)
    sort_key = models.CharField(max_length=SORT_KEY_LENGTH, blank=True, editable=False)
    search_key = models.CharField(max_length=4 * NAME_LENGTH, blank=True, editable=False)
    uuid = models.CharField(max_length=NAME_LENGTH)
    envelope = models.JSONField(default=dict)
    targets = models.JSONField(default=dict)
    declaration = models.JSONField(null=True, blank=True)
    origin = models.JSONField(null=True, blank=True)
    # Without a constraint: a profile remembers its template also when that is gone for good.
    template = models.ForeignKey(
        "self",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="instances",
    )
    template_revision = models.PositiveIntegerField(default=0)
    installed_revision = models.PositiveIntegerField(default=0)
    installed_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["team", "updated_at", "id"],
                name="profile_by_change",
                condition=Q(deleted_at=None, is_template=False),
            ),
            models.Index(
                fields=["team", "sort_key", "id"],
                name="profile_by_name",
                condition=Q(deleted_at=None, is_template=False),
            ),
            models.Index(
                # The last two, so that those who may see a template are told without opening its row.
                fields=["team", "updated_at", "id", "visibility", "created_by"],
                name="template_by_change",
                condition=Q(deleted_at=None, is_template=True),
            ),
            models.Index(
                fields=["updated_at", "id"],
                name="template_for_all",
                condition=Q(deleted_at=None, is_template=True, visibility=Visibility.SERVER),
            ),
            models.Index(
                fields=["team", "identifier"],
                name="profile_by_identifier",
                condition=Q(deleted_at=None, is_template=False),
            ),
            models.Index(fields=["deleted_at"], name="profile_bin", condition=Q(deleted_at__isnull=False)),
        ]

    @property
    def is_behind(self) -> bool:
        """Has the template that it was made from moved on, as far as it is still there?"""
        try:
            template = self.template
        except Profile.DoesNotExist:
            return False
        return (
            template is not None
            and template.deleted_at is None
            and self.template_revision < template.revision
        )

    def __str__(self) -> str:
        return self.name or self.identifier or str(self.pk)
