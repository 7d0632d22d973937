"""The profile as a file."""

from __future__ import annotations

import uuid
from typing import cast
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from designer.forms.document_form import DocumentForm
from designer.presentation.review import MAX_PROBLEMS, on_page, shown
from designer.views.profiles import own_profile
from designer.web.parameters import number_of
from profiles.exceptions import DocumentError, EncryptionError, ProblemsError, SigningError
from profiles.models import Revision, User
from profiles.services import download as service
from profiles.services.document_storage import load


@require_safe
def download(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """The profile, signed by `?identity=` or the default identity, or as it is with `?unsigned=1`.

    It is the revision `?revision=`, or the latest.

    Errors in it lead to a page that lists them; `?anyway=1`, which that page offers, hands it out all the same.
    """
    profile = own_profile(request, profile_id)
    context = {"profile": profile, "query": _query(request)}
    try:
        file = service.download(
            user=cast(User, request.user),
            profile=profile,
            revision=_revision(request),
            unsigned=request.GET.get("unsigned") == "1",
            identity_id=_identity(request),
            force=request.GET.get("anyway") == "1",
        )
    except Revision.DoesNotExist:
        raise Http404 from None
    except ProblemsError as error:
        form = DocumentForm(load(profile))
        page, problems = reverse("profile", args=[profile.pk]), on_page(form, error.problems)
        told = [shown(form, problem, page=page) for problem in problems[:MAX_PROBLEMS]]
        more = max(0, len(problems) - MAX_PROBLEMS)
        context |= {"error": error, "problems": told, "more_problems": more}
        return render(request, "designer/download_blocked.html", context, status=409)
    except (DocumentError, SigningError, EncryptionError) as error:
        return render(request, "designer/download_failed.html", {**context, "error": error}, status=409)
    return attached(file)


def attached(file: service.Download) -> HttpResponse:
    """The file as an answer that browsers save and devices install."""
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = (
        f"attachment; filename=\"{file.ascii_filename}\"; filename*=UTF-8''{quote(file.filename, safe='')}"
    )
    response["Cache-Control"] = "no-store"
    return response


def _identity(request: HttpRequest) -> uuid.UUID | None:
    text = request.GET.get("identity")
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


def _revision(request: HttpRequest) -> int | None:
    text = request.GET.get("revision")
    if not text:
        return None
    # A number that is none is that of no revision.
    return number_of(text)


def _query(request: HttpRequest) -> str:
    """The choices of this download with the confirmation added."""
    query = request.GET.copy()
    query["anyway"] = "1"
    return query.urlencode()
