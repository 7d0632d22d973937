"""A bulk run held, gone on with, and forgotten."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from designer.forms.run_forms import ResumeForm
from designer.views.by_run import by_run
from designer.views.run import MOVED_ON, identities_of
from profiles.exceptions import BulkError, SigningError
from profiles.models import BulkRun, User
from profiles.services.bulk import retention, runs
from profiles.services.bulk.progress import progress_of
from profiles.tasks import wake


@require_POST
@by_run
def pause(request: HttpRequest, found: BulkRun) -> HttpResponse:
    """Take no more recipients for the time being."""
    return _done(request, found, runs.pause, "It is paused.")


@require_POST
@by_run
def cancel(request: HttpRequest, found: BulkRun) -> HttpResponse:
    """Take no more recipients at all."""
    return _done(request, found, runs.cancel, "It is cancelled. What was made is still here.")


@require_POST
@by_run
def resume(request: HttpRequest, found: BulkRun) -> HttpResponse:
    """Go on, signed by another identity where one is chosen."""
    form = ResumeForm(identities_of(found), request.POST)
    if not form.is_valid():
        messages.error(request, MOVED_ON)
        return redirect("run", found.pk)
    identity_id: uuid.UUID | None = form.cleaned_data["identity"]
    return _done(request, found, partial(runs.resume, identity_id=identity_id), "It goes on.", wakes=True)


@require_POST
@by_run
def retry(request: HttpRequest, found: BulkRun) -> HttpResponse:
    """Make what has failed or was corrected."""
    return _done(request, found, runs.retry, "It goes on.", wakes=True)


@require_http_methods(["GET", "HEAD", "POST"])
@by_run
def delete(request: HttpRequest, found: BulkRun) -> HttpResponse:
    """Ask whether the run is to be forgotten; on POST forget it."""
    if request.method != "POST":
        return render(request, "runs/delete.html", {"run": found, "progress": progress_of(found)})
    try:
        retention.delete(actor=cast(User, request.user), run=found)
    except BulkError as error:
        messages.error(request, str(error))
        return redirect("run", found.pk)
    messages.success(request, f"The run of “{found}” is deleted.")
    return redirect("runs")


def _done(
    request: HttpRequest, found: BulkRun, act: Callable[..., BulkRun], told: str, *, wakes: bool = False
) -> HttpResponse:
    try:
        act(actor=cast(User, request.user), run=found)
    except (BulkError, SigningError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, told)
        if wakes:
            wake(found.pk)
    return redirect("run", found.pk)
