"""The short form: a new profile from a template, or what was asked for it answered again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from designer.forms.certificate_library import Library
from designer.forms.short_form import ShortForm
from designer.presentation.review import ShownProblem, shown
from designer.template_errors import ShownErrors, shown_errors
from designer.templatetags.rules import beside
from designer.views.profiles import own_profile
from designer.web import current_team
from designer.web.parameters import number_of
from profiles.exceptions import ConflictError, DocumentError, ProblemsError
from profiles.models import Profile, Team, User, Visibility
from profiles.plist.document import Document, Problem
from profiles.plist.templates.instance import identifier_varies
from profiles.policy import Action
from profiles.services import refilling, templates, updates
from profiles.services.causes import Filled, mark_of, own_errors
from profiles.services.document_storage import load

AGAIN: Final = "again"
ANOTHER: Final = "another"
"""What the buttons are called that fill in a profile again, the one with its id and revision, and make another."""


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
        current_team.enter(request, template.team_id)
    team = current_team.require(request, Action.FILL)
    document = load(template)
    form = ShortForm(
        document,
        request.POST if request.method == "POST" else None,
        name=templates.proposed_name(document),
        library=Library(user, team.pk),
    )
    found = own_errors(document, asking=True)
    own = shown_errors(user, template.pk, document, found, told="No answer can fix them.")
    context = {
        "form": form,
        "template": template,
        "summary": (template.declaration or {}).get("summary", ""),
        "own_errors": own,
    }
    if request.method != "POST":
        return render(request, "templates/fill_in.html", context)
    if not form.is_valid():
        return _again(request, form, context)
    filled = _Filled(template=template, document=document, form=form, context=context)
    if AGAIN in request.POST:
        return _fill_again(request, team, filled)
    if ANOTHER not in request.POST and (before := filled.before(user, team)):
        return _again(request, form, before, status=409)
    try:
        profile = templates.use(actor=user, team=team, template=template, **filled.typed)
    except Profile.DoesNotExist:
        raise Http404 from None
    except DocumentError as error:
        return _again(request, form, context, error)
    messages.success(request, f"“{profile}” is ready. Hand it out, or download it.")
    return redirect("profile", profile.pk)


@dataclass(frozen=True, kw_only=True)
class _Filled:
    """A template with what was typed into its short form, and what its page shows besides."""

    template: Profile
    document: Document
    form: ShortForm
    context: dict[str, Any]

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed, as the services take it."""
        return {
            "name": self.form.answers.name,
            "answers": self.form.answers.answers(),
            "values": self.form.values(),
        }

    def before(self, user: User, team: Team) -> dict[str, Any]:
        """For the page: what was made for the same person before; empty where nothing was."""
        found = refilling.filled_before(
            user=user, team=team, template=self.template, document=self.document, **self.typed
        )
        shown = {"before": found, "same_identifier": identifier_varies(self.document)}
        return self.context | shown if found else {}


def _fill_again(request: HttpRequest, team: Team, filled: _Filled) -> HttpResponse:
    """Let the profile that was chosen hold what was typed, unless that is not there any more."""
    user = cast(User, request.user)
    chosen, _, revision = request.POST[AGAIN].partition(" ")
    made_from_it = Profile.objects.for_user(user).filter(team=team, template=filled.template)
    try:
        profile = made_from_it.get(pk=_id(chosen))
        saved = updates.fill_again(
            actor=user, profile=profile, base_revision=number_of(revision), **filled.typed
        )
    except Profile.DoesNotExist:
        error = DocumentError(
            "That profile is not there any more. What you typed is still here: make another."
        )
        return _again(request, filled.form, filled.context, error, status=409)
    except ConflictError as conflict:
        error = DocumentError(_told(conflict))
        context = filled.before(user, team) or filled.context
        return _again(request, filled.form, context, error, status=409)
    except DocumentError as error:
        return _again(request, filled.form, filled.context, error)
    if saved.revision == profile.revision:
        messages.success(request, f"“{saved}” holds just that already. Hand it out, or download it.")
    else:
        messages.success(
            request,
            f"“{saved}” is filled in again. Hand it out anew, so that it replaces what is on the devices.",
        )
    return redirect("profile", saved.pk)


def _id(text: str) -> uuid.UUID:
    """Raises Profile.DoesNotExist for what is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Profile.DoesNotExist from None


def _told(conflict: ConflictError) -> str:
    return (
        f"{conflict.author or 'Somebody'} saved this profile after you opened it. What you typed is still here: look "
        "at the profile, then save again."
    )


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """Show what was answered, secrets apart; on POST answer again."""
    profile = own_profile(request, profile_id)
    current_team.require(request, Action.FILL)
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
    except ConflictError as conflict:
        return _again(request, form, context, DocumentError(_told(conflict)), status=409)
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
    problems = form.unreadable()
    if isinstance(error, ProblemsError):
        of_answers = _of_answers(context, error.problems)
        error = error if of_answers else DocumentError("No profile was made, since the template has errors.")
        problems = _told_beside(form, of_answers)
        for problem in problems:
            form.mark(problem)
    context |= {"error": error, "problems": [_placed(form, problem) for problem in problems]}
    return render(request, "templates/fill_in.html", context, status=status)


def _of_answers(context: Mapping[str, Any], found: Sequence[Problem]) -> list[Problem]:
    """The problems but for those of the template itself, which the page tells anyway."""
    own: ShownErrors | None = context.get("own_errors")
    known = {mark_of(each.problem) for each in own.problems} if own else set()
    return [problem for problem in found if mark_of(problem) not in known]


def _told_beside(form: ShortForm, found: Sequence[Problem]) -> list[Problem]:
    """Put each problem beside the answer that it comes from; those of which that cannot be told."""
    filled = Filled(template=form.document, answers=form.answers.answers(), values=form.values())
    causes = filled.causes(found)
    left = []
    for problem in filled.told(found):
        name = causes.get(mark_of(problem))
        if name in form.answers.fields:
            form.answers.add_error(name, beside(problem))
        else:
            left.append(problem)
    return left


def _placed(form: ShortForm, problem: Problem) -> ShownProblem:
    """The problem with its row, where the form shows that."""
    placed = shown(form.keys, problem)
    return placed if form.asks_for(problem) else replace(placed, row="")
