"""The page that an invitation leads to: join with the account that one has, or make one."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from designer.forms.account_form import AccountForm
from designer.views.by_link import by_link
from designer.web import current_team
from profiles.exceptions import TeamError
from profiles.models import Invitation, Role, Team, User
from profiles.policy import SENTENCES
from profiles.services import teams as service


@login_not_required
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
@by_link(service.find_invitation)
def join(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Say which team one is invited to; on POST become a member, with a new account where nobody is signed in."""
    form = None if request.user.is_authenticated else AccountForm(request.POST or None)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            joined = _join(request, form, token)
            messages.success(request, f"Welcome to “{joined}”.")
            return _go_on(request, joined)
        except TeamError as error:
            if form is None:
                messages.warning(request, str(error))
                return _go_on(request, invitation.team)
            form.add_error("username", str(error))
    role = Role(invitation.role)
    context = {"invitation": invitation, "form": form, "role": role.label, "sentence": SENTENCES[role]}
    return render(request, "team/join.html", context)


def _join(request: HttpRequest, form: AccountForm | None, token: str) -> Team:
    if form is None:
        return service.accept(user=cast(User, request.user), token=token)
    user = service.accept_as_new(
        username=form.cleaned_data["username"], password=form.cleaned_data["password1"], token=token
    )
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return service.home(user)


def _go_on(request: HttpRequest, team: Team) -> HttpResponse:
    request.session[current_team.SESSION_KEY] = str(team.pk)
    return redirect("profiles")
