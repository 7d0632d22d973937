"""Profiles from elsewhere: taken as files or text, looked at, saved or thrown away."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from designer.forms.import_forms import ImportForm, limit_text
from designer.presentation import import_review
from designer.presentation.review import MAX_PROBLEMS, counts_of, told_brought
from designer.web import current_team
from designer.web.body_limit import takes_body
from profiles.exceptions import DocumentError, EncryptionError, SigningError
from profiles.models import ImportedFile, User
from profiles.policy import Action
from profiles.services import imports as service

PASSWORD = "password-"  # noqa: S105 — what the names of the fields begin with

ILLEGIBLE: Final = (DocumentError, SigningError, EncryptionError)
"""Why a file cannot be read any more: another version reads less, or the key is gone."""


@takes_body(settings.DATA_UPLOAD_MAX_NUMBER_FILES * settings.IMPORT_MAX_BYTES + settings.MAX_BODY)
@never_cache
@sensitive_post_parameters("pasted")
@require_http_methods(["GET", "HEAD", "POST"])
def import_profiles(request: HttpRequest) -> HttpResponse:
    """Show what waits and the form; on POST keep each file that can be read."""
    current_team.require(request, Action.EDIT)
    if request.method != "POST":
        return _page(request, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    kept: list[ImportedFile] = []
    refused: list[tuple[str, str]] = []
    for name, data in form.given:
        try:
            kept.append(_keep(request, name, data))
        except (DocumentError, SigningError) as refusal:
            refused.append((name or service.UNNAMED, str(refusal)))
    if refused:
        return _page(request, form, refused=refused, kept=kept, status=422)
    if len(kept) == 1:
        return redirect("import_file", kept[0].pk)
    messages.success(request, f"{len(kept)} files can be read. Look at each, then save it or throw it away.")
    return redirect("import_profiles")


def _keep(request: HttpRequest, name: str, data: bytes) -> ImportedFile:
    return service.keep(
        actor=cast(User, request.user),
        team=current_team.current_team(request),
        data=data,
        name=name,
        limit=settings.IMPORT_MAX_BYTES,
    )


def _page(
    request: HttpRequest,
    form: ImportForm,
    *,
    refused: Collection[tuple[str, str]] = (),
    kept: Collection[ImportedFile] = (),
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "refused": refused,
        "kept": {row.pk for row in kept},
        "waiting": service.waiting(user=cast(User, request.user), team=current_team.current_team(request)),
        "limit": limit_text(),
    }
    return render(request, "imports/import.html", context, status=status)


@never_cache
@require_safe
def import_file(request: HttpRequest, file_id: uuid.UUID) -> HttpResponse:
    """All that there is to say of a file."""
    with _or_missing():
        try:
            opened = service.document(user=cast(User, request.user), file_id=file_id)
        except ILLEGIBLE as error:
            return _illegible(request, _row(request, file_id), error)
    current_team.enter(request, opened.row.team_id)
    return _review(request, opened)


@sensitive_post_parameters()
@require_POST
def save_import(request: HttpRequest, file_id: uuid.UUID) -> HttpResponse:
    """Make a profile or a template of a file."""
    user, as_template = cast(User, request.user), "template" in request.POST
    with _or_missing():
        row = _row(request, file_id)
        current_team.require(request, Action.EDIT)
        try:
            opened = service.document(user=user, file_id=file_id)
        except ILLEGIBLE as error:
            return _illegible(request, row, error)
        try:
            saved = service.save(
                actor=user,
                opened=opened,
                chosen=request.POST.getlist("repair"),
                as_template=as_template,
                passwords=_passwords(request),
                declared=request.POST.getlist("variable"),
            )
        except DocumentError as refusal:
            return _review(request, opened, error=str(refusal), status=422)
    messages.success(request, " ".join(_told(saved, as_template)))
    if brought := told_brought(saved.brought):
        way_back = " The history has the file as it was." if saved.profile.revision > 1 else ""
        messages.warning(request, f"{brought}{way_back}")
    return redirect("profile", saved.profile.pk)


def _told(saved: service.Saved, as_template: bool) -> Iterator[str]:
    """What was saved, and what became of what is in it."""
    yield "Saved as a template." if as_template else "Saved as a profile."
    if declared := len((saved.profile.declaration or {}).get("variables", ())):
        are = "1 variable is" if declared == 1 else f"{declared} variables are"
        yield f"{are} declared: look at “Variables and locks” before somebody fills it in."
    yield from saved.notes


def _passwords(request: HttpRequest) -> dict[str, str]:
    """What was typed to open identities, by the UUIDs of their payloads."""
    return {
        name.removeprefix(PASSWORD): str(value)
        for name, value in request.POST.items()
        if name.startswith(PASSWORD) and value
    }


@require_POST
def discard_import(request: HttpRequest, file_id: uuid.UUID) -> HttpResponse:
    """Forget a file, whether or not it can still be read."""
    with _or_missing():
        row = _row(request, file_id)
        current_team.require(request, Action.EDIT)
        service.discard(actor=cast(User, request.user), file_id=file_id)
    messages.success(request, f"“{row}” is thrown away.")
    return redirect("import_profiles")


@contextmanager
def _or_missing() -> Iterator[None]:
    """404 for a file that is not there, or that somebody has decided about meanwhile."""
    try:
        yield
    except ImportedFile.DoesNotExist:
        raise Http404 from None


def _row(request: HttpRequest, file_id: uuid.UUID) -> ImportedFile:
    """The file without what is in it; from here on the request is about its team."""
    row = service.find(user=cast(User, request.user), file_id=file_id)
    current_team.enter(request, row.team_id)
    return row


def _illegible(request: HttpRequest, row: ImportedFile, error: Exception) -> HttpResponse:
    """What is left to do with a file that cannot be read any more."""
    status = 503 if isinstance(error, EncryptionError) else 409
    return render(request, "imports/illegible.html", {"row": row, "error": error}, status=status)


def _review(
    request: HttpRequest, opened: service.Opened, *, error: str = "", status: int = 200
) -> HttpResponse:
    found = service.describe(user=cast(User, request.user), opened=opened)
    chosen = set(request.POST.getlist("repair"))
    parts, words = import_review.parts(found.file.document), import_review.Words(found.file.document)
    context: dict[str, Any] = {
        "found": found,
        "file": found.file,
        "parts": parts,
        "variables": words.variables(found.variables),
        # All of them, unless a form came back that says otherwise.
        "declared": request.POST.getlist("variable") if request.POST else None,
        "folded": len(parts) > import_review.UNFOLDED,
        "groups": import_review.by_code(words, found.repairs),
        "chosen": chosen,
        "counts": counts_of(found.problems),
        "problems": words.problems(found.problems[:MAX_PROBLEMS]),
        "more_problems": max(0, len(found.problems) - MAX_PROBLEMS),
        "error": error,
        "password": PASSWORD,
    }
    return render(request, "imports/review.html", context, status=status)
