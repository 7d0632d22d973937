"""The short form: a new profile from a template, or what was asked for it answered again."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from designer import teams
from designer.forms.short_form import ShortForm
from designer.library import Library
from designer.posted import number_of
from designer.review import ShownProblem, shown
from designer.views.profiles import own_profile
from profiles.exceptions import ConflictError, DocumentError, ProblemsError
from profiles.models import Profile, User, Visibility
from profiles.plist.document import Problem
from profiles.policy import Action
from profiles.services import templates, updates
from profiles.services.documents import load


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def use_template(request: HttpRequest, template_id: uuid.UUID) -> HttpResponse:
    """Ask just what the template asks; on POST make the profile and open it."""
    user = cast(User, request.user)
    try:
        template = templates.find(user=user, template_id=template_id)
    except Profile.DoesNotExist:
        raise Http404 from None
    # What is for everyone is filled in for the team that one is in.
    if template.visibility != Visibility.SERVER and request.method != "POST":
        teams.enter(request, template.team_id)
    team = teams.require(request, Action.FILL)
    document = load(template)
    form = ShortForm(
        document,
        request.POST if request.method == "POST" else None,
        name=templates.proposed_name(document),
        library=Library(user, team.pk),
    )
    context = {"form": form, "template": template, "summary": (template.declaration or {}).get("summary", "")}
    if request.method != "POST":
        return render(request, "templates/fill_in.html", context)
    if not form.is_valid():
        return _again(request, form, context)
    try:
        profile = templates.use(
            actor=user,
            team=team,
            template=template,
            name=form.answers.name,
            answers=form.answers.answers(),
            values=form.values(),
        )
    except Profile.DoesNotExist:
        raise Http404 from None
    except DocumentError as error:
        return _again(request, form, context, error)
    messages.success(request, f"“{profile}” is ready. Hand it out, or download it.")
    return redirect("profile", profile.pk)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """Show what was answered, secrets apart; on POST answer again."""
    profile = own_profile(request, profile_id)
    teams.require(request, Action.FILL)
    try:
        template, document = updates.questions(user=cast(User, request.user), profile=profile)
    except DocumentError as error:
        messages.error(request, str(error))
        return redirect("profile", profile.pk)
    mine = load(profile)
    form = ShortForm(
        document,
        request.POST if request.method == "POST" else None,
        name=mine.title,
        answers=mine.origin.answers if mine.origin else {},
        library=Library(cast(User, request.user), profile.team_id),
    )
    context = {"form": form, "template": template, "profile": profile}
    if request.method != "POST":
        return render(request, "templates/fill_in.html", context)
    if not form.is_valid():
        return _again(request, form, context)
    try:
        updates.answer(
            actor=cast(User, request.user),
            profile=profile,
            base_revision=number_of(request.POST.get("base_revision")),
            name=form.answers.name,
            answers=form.answers.answers(),
            values=form.values(),
        )
    except ConflictError as error:
        sentence = (
            f"{error.author or 'Somebody'} saved this profile after you opened it. What you typed is still here: look "
            "at the profile, then save again."
        )
        return _again(request, form, context, DocumentError(sentence), status=409)
    except DocumentError as error:
        return _again(request, form, context, error)
    messages.success(request, "Saved. Hand it out anew, so that it reaches the devices.")
    return redirect("profile", profile.pk)


def _again(
    request: HttpRequest,
    form: ShortForm,
    context: dict[str, Any],
    error: DocumentError | None = None,
    *,
    status: int = 422,
) -> HttpResponse:
    """The form with what is wrong, and with all that was typed."""
    form.keep_secrets()
    problems = error.problems if isinstance(error, ProblemsError) else form.unreadable()
    context |= {"error": error, "problems": [_placed(form, problem) for problem in problems]}
    return render(request, "templates/fill_in.html", context, status=status)


def _placed(form: ShortForm, problem: Problem) -> ShownProblem:
    """The problem with its row, where the form shows that."""
    placed = shown(form.keys, problem)
    return placed if form.asks_for(problem) else replace(placed, row="")
