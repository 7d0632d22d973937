"""The library of templates: looked through, added to from profiles and files, and taken away as files."""

from __future__ import annotations

import uuid
from typing import Any, cast
from urllib.parse import quote, urlencode

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from designer.forms.identity_forms import MAX_UPLOAD, UploadField
from designer.views.profiles import own_profile
from designer.web import current_team
from designer.web.addresses import addresses
from profiles.exceptions import DocumentError, SpecError
from profiles.models import Profile, User
from profiles.plist.spec.syntax import decode
from profiles.services import sharing, starting_points
from profiles.services import templates as service
from profiles.services.document_storage import load
from profiles.services.download import file_stem

TEAM, PRIVATE, EVERYONE, PRODUCT = "team", "private", "everyone", "product"
ADDRESSES = (
    "profile",
    "use_template",
    "template_settings",
    "template_instances",
    "export_template",
    "share_template",
    "duplicate_profile",
    "delete_profile",
)
"""Where one can go from a row of the list."""

TABS = ((TEAM, "Team"), (PRIVATE, "Only you"), (EVERYONE, "Everyone"), (PRODUCT, "Starting points"))


class TemplateFileField(UploadField):
    """A template as a file, cleaned to its text."""

    def clean(self, data: UploadedFile[bytes] | None, initial: object = None) -> str:  # type: ignore[override]
        if data and (data.size or 0) > MAX_UPLOAD:
            raise forms.ValidationError(
                f"This file has {data.size:,} bytes; a template has less than {MAX_UPLOAD:,}. Choose another."
            )
        try:
            return decode(super().clean(data, initial), "The file")
        except SpecError as error:
            raise forms.ValidationError(str(error)) from None


class ImportForm(forms.Form):
    """A template as a file."""

    file = TemplateFileField(label="Template file", help_text="A .json file that a designer has exported.")


@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """The templates of the team or of everyone, or the starting points of the product."""
    return _page(request, ImportForm())


def _page(request: HttpRequest, upload: ImportForm) -> HttpResponse:
    show = request.GET.get("show", TEAM)
    show = show if show in dict(TABS) else TEAM
    text = request.GET.get("q", "").strip()[:200]
    context: dict[str, Any] = {"show": show, "text": text, "upload": upload}
    context["tabs"] = [(name, title, _address(name, text)) for name, title in TABS]
    if show == PRODUCT:
        context["points"] = _points(text)
    else:
        page = service.search(
            user=cast(User, request.user),
            team=current_team.current_team(request),
            show=cast(service.Show, show),
            text=text,
            page=request.GET.get("page", "1"),
        )
        of = addresses(*ADDRESSES)
        context |= {
            "page": page,
            "rows": [
                (
                    row,
                    of(row.pk),
                    (row.declaration or {}).get("summary", ""),
                    current_team.is_member(request, row.team_id),
                )
                for row in page
            ],
        }
    return render(request, "templates/library.html", context, status=422 if upload.errors else 200)


def _points(text: str) -> list[starting_points.StartingPoint]:
    words = text.casefold().split()
    return [
        point
        for point in starting_points.all_points().values()
        if all(word in f"{point.title} {point.summary}".casefold() for word in words)
    ]


def _address(show: str, text: str) -> str:
    wanted = {"show": show if show != TEAM else "", "q": text}
    query = urlencode({name: value for name, value in wanted.items() if value})
    return f"{reverse('templates')}?{query}" if query else reverse("templates")


def own_template(request: HttpRequest, template_id: uuid.UUID) -> Profile:
    """The template of that id in one of the user's teams, or 404."""
    rows = Profile.objects.for_user(cast(User, request.user)).filter(is_template=True)
    template = get_object_or_404(rows, pk=template_id)
    current_team.enter(request, template.team_id)
    return template


@require_POST
def make(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """Make a template of a profile, and go on to say what is variable in it."""
    profile = own_profile(request, profile_id)
    template = service.make(actor=cast(User, request.user), profile=profile)
    messages.success(
        request,
        "This is the template; the profile stays as it is. Say below what differs from one person to the next.",
    )
    return redirect("template_settings", template.pk)


@require_POST
def import_file(request: HttpRequest) -> HttpResponse:
    """Make a template of a file."""
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form)
    try:
        imported = sharing.import_file(
            actor=cast(User, request.user),
            team=current_team.current_team(request),
            text=form.cleaned_data["file"],
        )
    except DocumentError as error:
        form.add_error("file", str(error))
        return _page(request, form)
    return imported_page(request, imported)


def imported_page(request: HttpRequest, imported: sharing.Imported) -> HttpResponse:
    """On to the new template, with what it lacks."""
    missing = ", ".join(f"{each.label} ({each.payload})" for each in imported.to_be_filled_in)
    messages.success(request, f"“{imported.template}” is in the library.")
    if missing:
        messages.warning(request, f"To be filled in, since a shared template holds no secrets: {missing}.")
    return redirect("profile", imported.template.pk)


@require_safe
def export(request: HttpRequest, template_id: uuid.UUID) -> HttpResponse:
    """The template as a file, without its secrets."""
    template = own_template(request, template_id)
    text = sharing.export(user=cast(User, request.user), template=template)
    return json_file(text, f"{file_stem(load(template))}.json")


def json_file(text: str, name: str) -> HttpResponse:
    """A text that browsers save under that name."""
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = (
        f"attachment; filename=\"template.json\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    response["Cache-Control"] = "no-store"
    return response
