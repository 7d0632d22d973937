"""One bulk run: its columns, its rows, how far it has come, and what it needs to go on."""

from __future__ import annotations

from typing import Any, Final, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from designer.forms.run_forms import MatchForm, ResumeForm, StartForm
from designer.template_errors import ShownErrors, of_run
from designer.views.by_run import by_run
from profiles.exceptions import BulkError, EncryptionError, SigningError
from profiles.models import BulkRun, RecipientState, RunState, SigningIdentity, User
from profiles.plist.document import Document
from profiles.plist.secrets import MASK
from profiles.services.bulk import corrections, runs
from profiles.services.bulk.progress import progress_of
from profiles.services.bulk.rows import preview
from profiles.services.bulk.templates import template_document
from profiles.services.bulk.verdict import OF_TEMPLATE
from profiles.tasks import wake

MOVED_ON: Final = "This run has moved on in the meantime. This is how it stands now."


@never_cache
@require_safe
@by_run
def run(request: HttpRequest, found: BulkRun) -> HttpResponse:
    """What the state of the run calls for."""
    return render(request, "runs/run.html", _context(request, found))


@never_cache
@require_safe
@by_run
def progress(request: HttpRequest, found: BulkRun) -> HttpResponse:
    """How far it has come, for the page to show; once its state has changed the page has to be shown anew."""
    response = render(request, "runs/progress.html", {"run": found, "progress": progress_of(found)})
    if found.state != request.GET.get("state") or not found.is_worked_on:
        response["HX-Refresh"] = "true"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@by_run
def match(request: HttpRequest, found: BulkRun) -> HttpResponse:
    """Say which column is which, and have all rows checked."""
    if request.method != "POST":
        return _to_the_page(request, found)
    form = MatchForm(found, document_of(found), request.POST)
    if form.is_valid():
        try:
            runs.match(actor=cast(User, request.user), run=found, matching=form.matching)
        except BulkError as error:
            form.add_error(None, str(error))
        else:
            wake(found.pk)
            return redirect("run", found.pk)
    return _again(request, found, match=form)


@require_http_methods(["GET", "HEAD", "POST"])
@by_run
def start(request: HttpRequest, found: BulkRun) -> HttpResponse:
    """Have what is ready made."""
    if request.method != "POST":
        return _to_the_page(request, found)
    form = StartForm(found, identities_of(found), request.POST)
    if form.is_valid():
        try:
            runs.start(actor=cast(User, request.user), run=found, wish=form.wish)
        except (BulkError, SigningError) as error:
            form.add_error(None, str(error))
        else:
            wake(found.pk)
            messages.success(request, "It runs. You can leave this page and come back.")
            return redirect("run", found.pk)
    return _again(request, found, start=form)


def document_of(found: BulkRun) -> Document:
    """The template of a run as it was when the run was begun."""
    return template_document(found.template_id, found.template_revision)


def identities_of(found: BulkRun) -> list[SigningIdentity]:
    """What may sign it."""
    return list(SigningIdentity.objects.for_team(found.team_id).defer("sealed"))


def own_errors_of(request: HttpRequest, found: BulkRun, *, doubts: bool = False) -> ShownErrors | None:
    """What is wrong with the template of a run, whatever its rows say; nothing where its secrets cannot be opened.

    What is doubtful, too, where that is asked for.
    """
    try:
        return of_run(cast(User, request.user), found, doubts=doubts)
    except EncryptionError:
        return None


def _to_the_page(request: HttpRequest, found: BulkRun) -> HttpResponse:
    """To the page itself, for whoever asks for the address of one of its forms, as after signing in again."""
    response = redirect("run", found.pk)
    if query := request.GET.urlencode():
        response["Location"] += f"?{query}"
    return response


def _again(
    request: HttpRequest, found: BulkRun, *, match: MatchForm | None = None, start: StartForm | None = None
) -> HttpResponse:
    """The page with what was typed, and what is wrong with it; if it asks for something else by now, it says so."""
    form = match or start
    found.refresh_from_db(fields=["state"])
    context = _context(request, found, match=match, start=start)
    if form is not None and form in (context["match"], context["start"]):
        return render(request, "runs/run.html", context, status=422)
    refused = map(str, form.non_field_errors() if form else [])
    messages.error(request, " ".join(refused) or MOVED_ON)
    return redirect("run", found.pk)


def _context(
    request: HttpRequest, found: BulkRun, *, match: MatchForm | None = None, start: StartForm | None = None
) -> dict[str, Any]:
    """What the page shows, with forms that somebody has sent already where there are any."""
    moment = progress_of(found)
    context: dict[str, Any] = {"run": found, "progress": moment, "match": None, "start": None}
    context["can_pause"], context["can_cancel"] = (
        found.state in runs.PAUSABLE,
        found.state in runs.CANCELLABLE,
    )
    if found.state in runs.MATCHABLE and not found.is_worked_on:
        context["match"] = match or MatchForm(found, document_of(found))
        context["preview"] = preview(found)
        context["hides"] = any(MASK in cells for cells in context["preview"])
    if found.state == RunState.CHECKED and moment.count(RecipientState.READY):
        context["start"] = start or StartForm(found, identities_of(found))
    if found.state == RunState.PAUSED and moment.waits_for and not found.unsigned:
        context["resume"] = ResumeForm(identities_of(found))
    # Once it has started, there is nothing more to be thought over.
    is_open = found.state in (RunState.DRAFT, RunState.CHECKED)
    if is_open or moment.count(RecipientState.INVALID):
        context["own_errors"] = own_errors_of(request, found, doubts=is_open)
    if found.state in corrections.CORRECTABLE:
        # Nothing in such a row is to be corrected.
        context["of_template"], context["open_states"] = OF_TEMPLATE, corrections.OPEN
        context["page"] = corrections.rows_to_look_at(found, request.GET.get("page", "1"))
    return context
