"""The page that an invitation leads to: join with the account that one has, or make one."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import UserCreationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from designer import teams, throttle
from designer.views.errors import error_page
from profiles.exceptions import LinkError, TeamError
from profiles.models import Invitation, Role, Team, User
from profiles.policy import SENTENCES
from profiles.services import teams as service


class NewMemberForm(UserCreationForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """User name, unlike all others in any case, and the password twice, held to Django's password rules."""

    class Meta:
        model = User
        fields = ("username",)


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Say which team one is invited to; on POST become a member, with a new account where nobody is signed in."""
    if throttle.is_exhausted(request):
        return throttle.refusal(request)
    try:
        invitation = service.find_invitation(token)
    except Invitation.DoesNotExist:
        return throttle.unknown_link(request)
    except LinkError as error:
        return _gone(request, error)
    form = None if request.user.is_authenticated else NewMemberForm(request.POST or None)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            joined = _join(request, form, token)
            messages.success(request, f"Welcome to “{joined}”.")
            return _go_on(request, joined)
        except LinkError as error:
            return _gone(request, error)
        except TeamError as error:
            if form is None:
                messages.warning(request, str(error))
                return _go_on(request, invitation.team)
            form.add_error("username", str(error))
    role = Role(invitation.role)
    context = {"invitation": invitation, "form": form, "role": role.label, "sentence": SENTENCES[role]}
    return render(request, "team/join.html", context)


def _join(request: HttpRequest, form: NewMemberForm | None, token: str) -> Team:
    if form is None:
        return service.accept(user=cast(User, request.user), token=token)
    user = service.accept_as_new(
        username=form.cleaned_data["username"], password=form.cleaned_data["password1"], token=token
    )
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return service.home(user)


def _go_on(request: HttpRequest, team: Team) -> HttpResponse:
    request.session[teams.SESSION_KEY] = str(team.pk)
    return redirect("profiles")


def _gone(request: HttpRequest, error: LinkError) -> HttpResponse:
    return error_page(request, status=410, title="This link opens nothing any more", remedy=str(error))
