"""A template and a list of people, of whom each gets a profile of their own."""

from __future__ import annotations

import uuid
from typing import Final, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from profiles.models.lengths import NAME_LENGTH
from profiles.models.profile import Profile
from profiles.models.signing_identity import SigningIdentity
from profiles.models.team import Team, teams_of
from profiles.models.user import User


class RunState(models.TextChoices):
    """How far a run has come; the label is how its page calls that."""

    LOADING = "loading", "Being read"
    DRAFT = "draft", "Columns to be matched"
    CHECKING = "checking", "Checking"
    CHECKED = "checked", "Ready to start"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    CANCELLED = "cancelled", "Cancelled"
    FINISHED = "finished", "Finished"
    EXPIRED = "expired", "Expired"


WORKED_ON: Final = (RunState.CHECKING, RunState.RUNNING)
"""States in which workers have something to do."""


class Delivery(models.TextChoices):
    """How people get what was made for them; the label is how the form calls it."""

    FILES = "files", "A zip of files"
    LINKS = "links", "An install link for each"
    EMAIL = "email", "An e-mail with an install link to each"

    @property
    def is_by_link(self) -> bool:
        """Does everybody get an install link, by which the file is made when it is asked for?"""
        return self is not Delivery.FILES


class BulkRunQuerySet(models.QuerySet["BulkRun"]):
    """Runs, and the one place that says who can see them."""

    def for_user(self, user: User) -> Self:
        """Those of the user's teams; what may be done with them, `profiles.policy` says."""
        return self.filter(team__in=teams_of(user))

    def worked_on(self) -> Self:
        """Those that workers have something to do for."""
        return self.filter(state__in=WORKED_ON)

    def note_progress(self, run: BulkRun) -> None:
        """A worker has finished something, so nothing stands in its way any more.

        A run that was paused meanwhile goes on saying why.
        """
        now = timezone.now()
        if not self.worked_on().filter(pk=run.pk).update(progressed_at=now, notice="", retry_at=None):
            self.filter(pk=run.pk).update(progressed_at=now)


class BulkRun(models.Model):
    """One list of people for one revision of a template.

    source         the name of the file that the list came from; empty where it was pasted
    columns        the names of the columns of the list
    mapping        name of a variable -> number of its column; what is left out gets its default
    key_column     what tells people apart: the same text gives the same PayloadUUIDs in each run
    email_column   where their e-mail addresses are
    signer_name    what `identity` was called when it was chosen; empty for the default of the team
    notice         why workers cannot go on just now; empty while they can
    retry_at       before then, workers leave it alone
    counted_from   with `counted`, when and with how much made the measured rate begins
    progressed_at  when a worker last finished something
    totals         state of a recipient -> how many, kept when the recipients are gone
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="runs", db_index=False)
    template = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="runs")
    template_revision = models.PositiveIntegerField()
    title = models.CharField(max_length=NAME_LENGTH)
    source = models.CharField(max_length=NAME_LENGTH, blank=True)
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    key_column = models.PositiveIntegerField(null=True, blank=True)
    email_column = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.DRAFT)
    delivery = models.CharField(max_length=10, choices=Delivery, default=Delivery.FILES)
    unsigned = models.BooleanField(default=False)
    identity = models.ForeignKey(
        SigningIdentity, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    signer_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    link_days = models.PositiveIntegerField(default=0)
    one_time = models.BooleanField(default=False)
    subject = models.CharField(max_length=NAME_LENGTH, blank=True)
    message = models.TextField(blank=True)
    notice = models.TextField(blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)
    counted_from = models.DateTimeField(null=True, blank=True)
    counted = models.PositiveIntegerField(default=0)
    progressed_at = models.DateTimeField(null=True, blank=True)
    totals = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["team", "-created_at", "-id"], name="run_list"),
            models.Index(fields=["state"], name="run_work", condition=models.Q(state__in=WORKED_ON)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_worked_on(self) -> bool:
        """Do workers have something to do for it?"""
        return self.state in WORKED_ON
