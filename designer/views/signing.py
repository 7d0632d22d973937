"""The identities that sign profiles: listed with what devices will say to them, added, chosen, removed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from designer.forms.identity_forms import PemForm, Pkcs12Form
from designer.web import current_team
from profiles.exceptions import EncryptionError, IdentityError
from profiles.models import SigningIdentity, User
from profiles.policy import Action
from profiles.services import expiry, signing
from profiles.services.expiry import Ending
from profiles.signing.certificates import date_text
from profiles.signing.verdict import Verdict

# Both forms stand on one page.
PKCS12_ID, PEM_ID = "id_pkcs12_%s", "id_pem_%s"


@dataclass(frozen=True)
class Listed:
    """An identity with its verdict, or with the sentence that says why there is none."""

    identity: SigningIdentity
    verdict: Verdict | None
    failure: str
    is_own: bool
    is_default: bool

    @property
    def valid_until(self) -> str:
        """The day in UTC, as everywhere: some certificates end in the last hour that there is."""
        return date_text(self.identity.not_after)

    @property
    def ending(self) -> Ending | None:
        """How near that day is."""
        return expiry.ending(self.identity.not_after)


@require_safe
def signing_list(request: HttpRequest) -> HttpResponse:
    """All identities that sign in the team, and the forms to add one."""
    return _page(request)


@sensitive_post_parameters("password")
@require_POST
def add_pkcs12(request: HttpRequest) -> HttpResponse:
    """Keep what a PKCS #12 file holds."""
    form = Pkcs12Form(request.POST, request.FILES, auto_id=PKCS12_ID)
    if form.is_valid():
        name, data, password = (form.cleaned_data[field] for field in ("name", "file", "password"))
        actor, team = cast(User, request.user), current_team.current_team(request)
        return _added(
            request,
            "pkcs12",
            form,
            lambda: signing.add_pkcs12(actor=actor, team=team, name=name, data=data, password=password),
        )
    return _page(request, pkcs12=form)


@sensitive_post_parameters("password")
@require_POST
def add_pem(request: HttpRequest) -> HttpResponse:
    """Keep a private key and its chain."""
    form = PemForm(request.POST, request.FILES, auto_id=PEM_ID)
    if form.is_valid():
        actor, team = cast(User, request.user), current_team.current_team(request)
        return _added(
            request, "pem", form, lambda: signing.add_pem(actor=actor, team=team, **form.cleaned_data)
        )
    return _page(request, pem=form)


def _added(
    request: HttpRequest, kind: str, form: forms.Form, add: Callable[[], SigningIdentity]
) -> HttpResponse:
    try:
        identity = add()
    except IdentityError as error:
        form.add_error(None, str(error))
        return _page(request, **{kind: form})
    messages.success(request, f"“{identity.name}” can sign from now on.")
    return redirect("signing")


@require_POST
def choose_default(request: HttpRequest, identity_id: uuid.UUID) -> HttpResponse:
    """Sign with this one when nothing else is said."""
    identity = _identity(request, identity_id)
    actor, team = cast(User, request.user), current_team.require(request, Action.MANAGE)
    return _done(
        request,
        lambda: signing.choose_default(actor=actor, team=team, identity=identity),
        f"“{identity.name}” signs your downloads from now on.",
    )


@require_POST
def remove(request: HttpRequest, identity_id: uuid.UUID) -> HttpResponse:
    """Forget an identity and its key, once that was confirmed."""
    identity = _identity(request, identity_id)
    actor, team = cast(User, request.user), current_team.require(request, Action.MANAGE)
    if identity.team_id and request.POST.get("confirmed") != "1":
        return render(request, "signing/remove.html", {"identity": identity})
    return _done(
        request,
        lambda: signing.remove(actor=actor, team=team, identity=identity),
        f"“{identity.name}” and its key were removed. What it signed stays valid.",
    )


@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """The certificate of this server's own authority, for devices that should trust it."""
    response = HttpResponse(signing.authority_certificate(), content_type="application/x-x509-ca-cert")
    response["Content-Disposition"] = 'attachment; filename="profile-designer-authority.crt"'
    return response


def _identity(request: HttpRequest, identity_id: uuid.UUID) -> SigningIdentity:
    rows = SigningIdentity.objects.for_user(cast(User, request.user)).defer("sealed")
    row = get_object_or_404(rows, pk=identity_id)
    if row.team_id:
        current_team.enter(request, row.team_id)
    return row


def _done(request: HttpRequest, act: Callable[[], None], told: str) -> HttpResponse:
    try:
        act()
    except (IdentityError, EncryptionError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, told)
    return redirect("signing")


def _page(
    request: HttpRequest, *, pkcs12: forms.Form | None = None, pem: forms.Form | None = None
) -> HttpResponse:
    rows = SigningIdentity.objects.for_team(current_team.current(request).team_id).defer("sealed")
    default = next(
        (row.pk for row in sorted(rows, key=lambda row: row.team_id is None) if row.is_default), None
    )
    context = {
        "identities": [_listed(row, default) for row in rows],
        "forms": [
            ("pkcs12", "PKCS #12 file", pkcs12 or Pkcs12Form(auto_id=PKCS12_ID)),
            ("pem", "PEM files", pem or PemForm(auto_id=PEM_ID)),
        ],
        "open": "pem" if pem else "pkcs12",
    }
    return render(request, "signing/list.html", context, status=422 if pkcs12 or pem else 200)


def _listed(row: SigningIdentity, default: uuid.UUID | None) -> Listed:
    own = row.team_id is not None
    try:
        return Listed(row, signing.verdict(row), "", own, row.pk == default)
    except (EncryptionError, IdentityError) as error:
        return Listed(row, None, str(error), own, row.pk == default)
