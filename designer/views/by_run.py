"""Views of a bulk run."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from designer.web import current_team
from profiles.models import BulkRun, User
from profiles.services.bulk import runs

View = Callable[..., HttpResponseBase]


def by_run(view: View) -> View:
    """A view of an id becomes one of the run, in the team that it belongs to.

    404 for what is not there, others' or deleted in the meantime; whoever may not hand out is refused.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, run_id: uuid.UUID, **more: Any) -> HttpResponseBase:
        try:
            found = runs.find(user=cast(User, request.user), run_id=run_id)
            current_team.enter(request, found.team_id)
            return view(request, found, **more)
        except BulkRun.DoesNotExist:
            raise Http404 from None

    return wrapped
