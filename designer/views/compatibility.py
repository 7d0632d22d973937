"""Which system sends, ignores or refuses what is set."""

from __future__ import annotations

import uuid
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from designer.forms.document_form import DocumentForm
from designer.views.profile import form_of
from designer.views.profiles import own_profile
from profiles.catalogue.versions import TITLES
from profiles.plist.compatibility import Row, compatibility, systems
from profiles.plist.document import Document


@require_http_methods(["GET", "HEAD", "POST"])
def compatibility_view(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """A page about the profile as it is saved; for what was posted, the table alone."""
    profile = own_profile(request, profile_id)
    posted = request.POST if request.method == "POST" else None
    form = form_of(request, profile, posted)
    context = {"profile": profile, "systems": _systems(form.document), "groups": _groups(form)}
    page = "designer/compatibility_table.html" if posted is not None else "designer/compatibility.html"
    return render(request, page, context)


def _systems(document: Document) -> list[tuple[str, str]]:
    """Title and lowest version of each system that has a column; without a target, all of them."""
    return [(TITLES[system], document.targets.get(system, "")) for system in systems(document.targets)]


def _groups(form: DocumentForm) -> list[tuple[str, list[Row]]]:
    titles = {part.name: part.title for part in form.parts}
    rows = groupby(compatibility(form.document), key=lambda row: row.payload)
    return [(titles.get(name, name), list(group)) for name, group in rows]
