"""Profiles that follow their template: one by one after a look at what changes, or all that nothing speaks against."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from designer.forms.short_form import AnswersForm
from designer.views.profiles import own_profile
from designer.views.templates import own_template
from designer.web import current_team
from designer.web.parameters import number_of
from profiles.exceptions import ConflictError, DocumentError
from profiles.models import Profile, User
from profiles.plist.templates.declaration import Place
from profiles.plist.templates.merge import Side
from profiles.policy import Action
from profiles.services import updates
from profiles.services.pagination import PER_PAGE, page_of
from profiles.services.profiles import HEAVY


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def update_profile(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """Show what the template would change, ask what it asks anew, and on POST with `confirmed` update."""
    profile = own_profile(request, profile_id)
    current_team.require(request, Action.EDIT)
    try:
        return _update(request, profile)
    except DocumentError as error:
        messages.error(request, str(error))
        return redirect("profile", profile.pk)


def _update(request: HttpRequest, profile: Profile) -> HttpResponse:
    user = cast(User, request.user)
    posted = request.POST if request.method == "POST" else None
    open_questions = updates.open_questions(user=user, profile=profile)
    form = AnswersForm(posted, open_questions.document, name="", only=open_questions.names)
    if posted:
        form.keep_secrets()
    context: dict[str, Any] = {"profile": profile, "template": open_questions.template, "answers": form}
    if open_questions.names and not form.is_valid():
        return render(request, "templates/update.html", context, status=422 if posted else 200)
    answers = form.answers() if open_questions.names else {}
    take = _taken(posted or {})
    proposed = updates.propose(user=user, profile=profile, answers=answers, take=take)
    context |= {
        "changes": [change for change in proposed.merge.changes if change not in proposed.merge.conflicts],
        "conflicts": [
            (f"take {each.place.part} {each.place.path}", each) for each in proposed.merge.conflicts
        ],
        "revision": proposed.revision,
    }
    if posted is None or posted.get("confirmed") != "1":
        return render(request, "templates/update.html", context)
    try:
        updates.update(
            actor=user,
            profile=profile,
            base_revision=number_of(posted.get("base_revision")),
            revision=number_of(posted.get("revision")),
            answers=answers,
            take=take,
        )
    except ConflictError as error:
        who = error.author or "Somebody"
        context["error"] = (
            f"{who} saved this profile after you opened it. Look at what changes now, then update."
        )
    except DocumentError as error:
        context["error"] = str(error)
    if "error" in context:
        return render(request, "templates/update.html", context, status=409)
    messages.success(request, f"Up to date with revision {proposed.revision} of “{proposed.template}”.")
    return redirect("profile", profile.pk)


def _taken(data: Any) -> dict[Place, Side]:
    """Which side was chosen for each conflict."""
    taken: dict[Place, Side] = {}
    for name in data:
        word, _, place = name.partition(" ")
        part, _, path = place.partition(" ")
        if word == "take" and data[name] in ("mine", "theirs"):
            taken[Place(part, path)] = data[name]
    return taken


@require_safe
def instances(request: HttpRequest, template_id: uuid.UUID) -> HttpResponse:
    """The profiles that were made from a template, those behind it first."""
    template = own_template(request, template_id)
    found = updates.instances(user=cast(User, request.user), template=template)
    rows = found.select_related("team", "updated_by").defer(*HEAVY).order_by("template_revision", "id")
    page = page_of(rows, request.GET.get("page", "1"))
    behind = updates.instances(user=cast(User, request.user), template=template, behind=True).count()
    return render(request, "templates/instances.html", {"template": template, "page": page, "behind": behind})


@require_POST
def update_all(request: HttpRequest, template_id: uuid.UUID) -> HttpResponse:
    """Show what would change, and once that was confirmed update every profile that nothing speaks against."""
    template = own_template(request, template_id)
    current_team.require(request, Action.EDIT)
    user = cast(User, request.user)
    if request.POST.get("confirmed") != "1":
        behind = updates.instances(user=user, template=template, behind=True).count()
        looked = updates.review(user=user, template=template, most=PER_PAGE)
        context = {"template": template, "looked": looked, "more": behind - len(looked)}
        return render(request, "templates/update_all.html", context)
    updated = updates.update_all(actor=user, template=template)
    more = updates.instances(user=user, template=template, behind=True).count() - len(updated.left)
    messages.success(
        request, f"Updated: {updated.done}.{f' {more} more wait: update all again.' if more > 0 else ''}"
    )
    if updated.left:
        messages.warning(
            request,
            f"To be looked at one by one, since both sides changed, or something is asked: {len(updated.left)}.",
        )
    return redirect("template_instances", template.pk)


@require_POST
def detach(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """Let a profile stand by itself."""
    profile = own_profile(request, profile_id)
    try:
        updates.detach(actor=cast(User, request.user), profile=profile)
    except (ConflictError, DocumentError) as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            "Detached. Nothing is locked any more, and no template updates it. The history has the way back.",
        )
    return redirect("profile", profile.pk)
