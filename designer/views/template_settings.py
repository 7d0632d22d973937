"""What makes a template: variables, what is locked or asked for, who can see it."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from designer.forms.document_form import DocumentForm
from designer.forms.template_form import TemplateForm
from designer.presentation.review import MAX_PROBLEMS, on_page, shown
from designer.views.templates import own_template
from designer.web import current_team
from designer.web.parameters import number_of
from profiles.exceptions import ConflictError, DocumentError
from profiles.models import Profile, User
from profiles.policy import Action
from profiles.services import templates, updates
from profiles.services.certificate_evidence import check
from profiles.services.document_storage import load


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def template_settings(request: HttpRequest, template_id: uuid.UUID) -> HttpResponse:
    """Show what is declared; on POST declare it."""
    template = own_template(request, template_id)
    document = load(template)
    if request.method != "POST":
        return _page(request, template, TemplateForm(document, visibility=template.visibility))
    current_team.require(request, Action.EDIT)
    form = TemplateForm(document, request.POST)
    if not form.is_valid():
        return _page(request, template, form, status=422, error="Not saved: what is wrong is marked below.")
    try:
        templates.declare(
            actor=cast(User, request.user),
            template_id=template.pk,
            declaration=form.declaration(),
            visibility=form.about.cleaned_data["visibility"],
            base_revision=number_of(request.POST.get("base_revision")),
            comment=form.about.cleaned_data["comment"],
            visibility_before=request.POST.get("visibility_before"),
        )
    except ConflictError as error:
        who = error.author or "Somebody"
        message = (
            f"{who} saved this template after you opened it. Nothing of yours is stored yet: look at its history, "
            "then save again to put yours in its place."
        )
        return _page(request, template, form, status=409, error=message, base=error.revision)
    except DocumentError as error:
        return _page(request, template, form, status=422, error=str(error))
    messages.success(request, "Saved.")
    return redirect("template_settings", template.pk)


def _page(
    request: HttpRequest,
    template: Profile,
    form: TemplateForm,
    *,
    status: int = 200,
    error: str = "",
    base: int | None = None,
) -> HttpResponse:
    document = form.document
    keys = DocumentForm(document)
    problems = on_page(keys, check(document))
    page = reverse("profile", args=[template.pk])
    behind = updates.instances(user=cast(User, request.user), template=template, behind=True)
    context: dict[str, Any] = {
        "template": template,
        "form": form,
        "error": error,
        "base_revision": base or (request.POST.get("base_revision") or template.revision),
        "problems": [shown(keys, problem, page=page) for problem in problems[:MAX_PROBLEMS]],
        "more_problems": max(0, len(problems) - MAX_PROBLEMS),
        "behind": behind.count(),
        "instances": updates.instances(user=cast(User, request.user), template=template).count(),
    }
    return render(request, "templates/settings.html", context, status=status)
