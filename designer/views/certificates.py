"""The certificates library: looked through, added to, named, removed."""

from __future__ import annotations

import json
import uuid
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from designer.forms.certificate_forms import DIALOG_ID, KEEP, CertificateForm
from designer.web import current_team
from profiles.exceptions import IdentityError
from profiles.models import Certificate, User
from profiles.policy import Action
from profiles.services import certificates, expiry
from profiles.services.certificates import Added, Looked
from profiles.services.expiry import Ending
from profiles.signing.certificates import date_text


@require_safe
def certificate_list(request: HttpRequest) -> HttpResponse:
    """The team's entries: searched, page by page, and the form to add to them."""
    return _page(request, CertificateForm())


@sensitive_post_parameters("password", "pasted")
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Keep what a file holds. A script is told of the entries in a header, and shown the form again when refused."""
    scripted = bool(request.headers.get("HX-Request"))
    form = CertificateForm(request.POST, request.FILES, auto_id=DIALOG_ID if scripted else "id_%s")
    added = _add(request, form) if form.is_valid() else None
    if added is None:
        if scripted:
            return render(request, "certificates/upload_form.html", {"form": form}, status=422)
        return _page(request, form)
    if scripted:
        return HttpResponse(
            status=204, headers={"HX-Trigger": json.dumps({"certificate-added": _told(added)})}
        )
    names = ", ".join(f"“{entry}”" for entry in added.entries)
    messages.success(request, " ".join([f"In the library: {names}.", *added.notes]))
    return redirect("certificates")


def _add(request: HttpRequest, form: CertificateForm) -> Added | None:
    given = form.cleaned_data
    try:
        return certificates.add(
            actor=cast(User, request.user),
            team=current_team.current_team(request),
            data=given["data"],
            password=given["password"],
            keep_password=given["keep_password"] in ("", KEEP),
            name=given["name"],
        )
    except IdentityError as error:
        form.refuse(error)
        return None


def _told(added: Added) -> dict[str, Any]:
    """What a script needs to offer the new entries."""
    return {
        "entries": [
            {
                "id": str(entry.pk),
                "title": entry.name,
                "kind": "identity" if entry.has_key else "certificate",
                "authority": entry.is_authority,
            }
            for entry in added.entries
        ],
        "notes": list(added.notes),
    }


@require_safe
def download(request: HttpRequest, certificate_id: uuid.UUID) -> HttpResponse:
    """The certificate as DER; never the key."""
    row = _own(request, certificate_id)
    response = HttpResponse(bytes(row.der), content_type="application/x-x509-ca-cert")
    response["Content-Disposition"] = f'attachment; filename="{certificates.file_name(row, "cer")}"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def rename(request: HttpRequest, certificate_id: uuid.UUID) -> HttpResponse:
    """Call an entry otherwise."""
    actor = cast(User, request.user)
    try:
        row = certificates.rename(
            actor=actor, certificate_id=certificate_id, name=request.POST.get("name", "")
        )
    except Certificate.DoesNotExist:
        raise Http404 from None
    except IdentityError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"It is called “{row}” now.")
    return redirect("certificates")


@require_POST
def remove(request: HttpRequest, certificate_id: uuid.UUID) -> HttpResponse:
    """Forget an entry, once that was confirmed."""
    row = _own(request, certificate_id)
    current_team.require(request, Action.EDIT)
    if request.POST.get("confirmed") != "1":
        return render(request, "certificates/remove.html", {"entry": row})
    try:
        certificates.remove(actor=cast(User, request.user), certificate_id=row.pk)
    except Certificate.DoesNotExist:  # in another tab, just now
        raise Http404 from None
    messages.success(request, f"“{row}” was removed. Profiles that hold it keep their copy.")
    return redirect("certificates")


def _own(request: HttpRequest, certificate_id: uuid.UUID) -> Certificate:
    rows = Certificate.objects.for_user(cast(User, request.user)).defer("sealed")
    row = get_object_or_404(rows, pk=certificate_id)
    current_team.enter(request, row.team_id)
    return row


def _page(request: HttpRequest, form: CertificateForm) -> HttpResponse:
    user = cast(User, request.user)
    text = request.GET.get("q", "").strip()[:200]
    team_id = current_team.current(request).team_id
    page = certificates.search(user=user, team_id=team_id, text=text, page=request.GET.get("page", "1"))
    looked = certificates.look(user=user, team_id=team_id, rows=list(page))
    context = {
        "page": page,
        "text": text,
        "entries": [(found, *_dates(found), _ending(found)) for found in looked],
        "form": form,
    }
    return render(request, "certificates/list.html", context, status=422 if form.errors else 200)


def _dates(found: Looked) -> tuple[str, str]:
    """From when it is valid and until when, in UTC: “for ever” is the last second of 9999, which has no local time."""
    return date_text(found.facts.not_before), date_text(found.facts.not_after)


def _ending(found: Looked) -> Ending | None:
    """How near its end it is; what has not begun is as little use."""
    if found.facts.not_before > timezone.now():
        return Ending("error", "not valid yet")
    return expiry.ending(found.facts.not_after)
