"""The bulk runs of a team, and the beginning of a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from designer.forms.run_forms import ListForm
from designer.web import current_team
from designer.web.addresses import addresses
from designer.web.body_limit import takes_body
from profiles.exceptions import BulkError, DocumentError
from profiles.models import Profile, User
from profiles.policy import Action
from profiles.services import templates
from profiles.services.bulk import loading, runs
from profiles.services.bulk.csv.reader import MAX_BYTES

MOST_BYTES = 2 * MAX_BYTES
"""More than a list may have, so that one which is too large is told so beside its field, and not cut off."""


@require_safe
def run_list(request: HttpRequest) -> HttpResponse:
    """The runs of the current team, the newest first."""
    team = current_team.require(request, Action.HAND_OUT)
    page = runs.listed(user=cast(User, request.user), team=team, page=request.GET.get("page", "1"))
    of = addresses("run")
    context = {"page": page, "rows": [(row, of(row.pk)["run"]) for row in page]}
    return render(request, "runs/list.html", context)


@takes_body(MOST_BYTES)
@never_cache
@sensitive_post_parameters("pasted")
@require_http_methods(["GET", "HEAD", "POST"])
def new_run(request: HttpRequest) -> HttpResponse:
    """Ask for a template and a list; on POST keep the list, and go on to match its columns."""
    team = current_team.require(request, Action.HAND_OUT)
    user = cast(User, request.user)
    choices = templates.fillable(user=user, team=team)
    if request.method != "POST":
        form = ListForm(templates=choices, initial={"template": request.GET.get("template", "")})
        return _page(request, form)
    form = ListForm(request.POST, request.FILES, templates=choices, known=_known(request, choices))
    if not form.is_valid() or form.table is None:
        return _page(request, form)
    try:
        run = loading.load_table(
            actor=user,
            team=team,
            template_id=form.cleaned_data["template"],
            table=form.table,
            source=form.source,
        )
    except (BulkError, DocumentError) as error:
        form.refuse(str(error))
        return _page(request, form)
    except Profile.DoesNotExist:  # deleted just now
        form.refuse("This template is not there any more. Choose another.")
        return _page(request, form)
    return redirect("run", run.pk)


def _page(request: HttpRequest, form: ListForm) -> HttpResponse:
    context: dict[str, Any] = {"form": form}
    return render(request, "runs/new.html", context, status=422 if form.errors else 200)


def _known(request: HttpRequest, choices: Sequence[Profile]) -> list[str]:
    """By what the header of a list for the chosen template is known."""
    chosen = request.POST.get("template")
    template = next((each for each in choices if str(each.pk) == chosen), None)
    return loading.header_names(template) if template else []
