"""Handing out a profile by link: the page on which links are made, listed and revoked."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from designer.forms.document_form import DocumentForm
from designer.presentation.qr import qr_code
from designer.presentation.review import MAX_PROBLEMS, ShownProblem, on_page, shown
from designer.views.profiles import own_profile
from designer.web import current_team
from designer.web.addresses import absolute
from profiles.exceptions import DocumentError, EncryptionError, LinkError, ProblemsError, SigningError
from profiles.models import HandOut, Profile, SigningIdentity, User
from profiles.models.lengths import NAME_LENGTH
from profiles.plist.validation.validate import has_errors
from profiles.policy import Action, refusal
from profiles.services import hand_outs as service
from profiles.services import links
from profiles.services.document_storage import load


class UnrepeatedInput(forms.TextInput):
    """A text that can be read while it is typed, and is not shown again."""

    def format_value(self, value: Any) -> None:
        return None


def _told(check: Callable[[str], str], text: str) -> str:
    """What `check` makes of it; its sentence as that of a form."""
    try:
        return check(text)
    except LinkError as error:
        raise forms.ValidationError(str(error)) from None


class HandOutForm(forms.Form):
    """How long the link lasts, what else guards it, and who signs."""

    note = forms.CharField(
        required=False,
        max_length=NAME_LENGTH,
        label="For whom",
        help_text="For you to tell links apart; they do not see it.",
        widget=forms.TextInput(attrs={"placeholder": "Bob’s new iPhone", "autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        required=False,
        coerce=int,
        choices=[*links.LIFETIMES.items()],
        initial=links.DEFAULT_DAYS,
        label="Works for",
    )
    identity = forms.ChoiceField(required=False, label="Signed by")
    passphrase = forms.CharField(
        required=False,
        strip=False,
        label="Passphrase",
        help_text=f"Optional, {service.SHORTEST_PASSPHRASE} characters or more. Tell it to them by another way than "
        "the link. It is asked for before the file; the page itself can be seen without.",
        widget=UnrepeatedInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "class": "code"}
        ),
    )
    one_time = forms.BooleanField(
        required=False, label="Works once", help_text="For one device: the first download is the only one."
    )

    def __init__(self, data: Any = None, *, identities: Sequence[SigningIdentity]) -> None:
        super().__init__(data)
        self.fields["identity"] = forms.ChoiceField(
            required=False,
            label="Signed by",
            choices=[("", "The team’s default"), *((str(row.pk), row.name) for row in identities)],
        )

    def clean_days(self) -> int:
        return self.cleaned_data["days"] or links.DEFAULT_DAYS

    def clean_note(self) -> str:
        return _told(service.tidy_note, self.cleaned_data["note"])

    def clean_passphrase(self) -> str:
        return _told(service.tidy_passphrase, self.cleaned_data["passphrase"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            self.ask_again()
        return cleaned

    def ask_again(self) -> None:
        """Ask for what the page does not keep."""
        if self.cleaned_data.get("passphrase"):
            self.add_error("passphrase", "Type the passphrase again, or leave it out: it was not kept.")


@never_cache
@sensitive_post_parameters("passphrase")
@require_http_methods(["GET", "HEAD", "POST"])
def hand_out(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """The links of a profile; on POST make one and show it, this once.

    What keeps it from being made is told on the same page, 409, with what was chosen.
    """
    profile = _profile(request, profile_id)
    rows = list(SigningIdentity.objects.for_team(profile.team_id).defer("sealed"))
    form = HandOutForm(request.POST if request.method == "POST" else None, identities=rows)
    if not form.is_bound:
        return _page(request, profile, form)
    if not form.is_valid():
        return _page(request, profile, form, status=422)
    chosen = dict(form.cleaned_data)
    identity = chosen.pop("identity")
    try:
        made = service.create(
            actor=cast(User, request.user),
            profile=profile,
            identity_id=uuid.UUID(identity) if identity else None,
            **chosen,
        )
    except ProblemsError:
        return _refused(request, profile, form, f"“{profile}” has errors, so no link was made.")
    except (DocumentError, SigningError, EncryptionError) as error:
        return _refused(request, profile, form, f"{error} No link was made.", page=reverse("signing"))
    link = absolute(reverse("install", args=[made.token]))
    fresh = HandOutForm(identities=rows)
    return _page(request, profile, fresh, made=made.link, link=link, qr=qr_code(link))


@require_POST
def revoke(request: HttpRequest, profile_id: uuid.UUID, hand_out_id: uuid.UUID) -> HttpResponse:
    """Let a link install nothing any more."""
    profile = _profile(request, profile_id)
    try:
        service.revoke(actor=cast(User, request.user), profile=profile, hand_out_id=hand_out_id)
    except HandOut.DoesNotExist:
        raise Http404 from None
    messages.success(request, "The link was revoked. What was installed by it stays where it is.")
    return redirect("hand_out", profile.pk)


def _profile(request: HttpRequest, profile_id: uuid.UUID) -> Profile:
    """A profile that whoever asks may hand out; 404 for what is not theirs, and for templates."""
    profile = own_profile(request, profile_id)
    if profile.is_template:
        raise Http404
    if not current_team.permissions(request, profile.team_id)["hand_out"]:
        raise refusal(Action.HAND_OUT)
    return profile


def _refused(
    request: HttpRequest, profile: Profile, form: HandOutForm, reason: str, *, page: str = ""
) -> HttpResponse:
    """The page with what was chosen, and why that came to nothing; `page` is where that can be mended."""
    form.ask_again()
    return _page(request, profile, form, status=409, refusal=reason, remedy=page)


def _page(
    request: HttpRequest, profile: Profile, form: HandOutForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    problems = _doubts(profile)
    context = {
        "profile": profile,
        "form": form,
        "problems": problems[:MAX_PROBLEMS],
        "has_errors": has_errors(each.problem for each in problems),
        "more_problems": max(0, len(problems) - MAX_PROBLEMS),
        "hand_outs": service.listed(profile),
        "most": links.LISTED,
        **more,
    }
    return render(request, "hand_out/hand_out.html", context, status=status)


def _doubts(profile: Profile) -> list[ShownProblem]:
    """What to know before handing it out; nothing where its secrets cannot be opened, which making a link tells."""
    try:
        found = service.doubts(profile)
        form = DocumentForm(load(profile)) if found else None
    except EncryptionError:
        return []
    page = reverse("profile", args=[profile.pk])
    return [shown(form, problem, page=page) for problem in on_page(form, found)] if form else []
