"""The page on which the first administrator makes an account."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from designer.forms.account_form import AccountForm
from designer.web.error_pages import error_page
from designer.web.setup_link import SetupLinkError, check_token
from profiles.models import User
from profiles.services.first_admin import create_first_admin


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def first_run(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first superuser and sign it in; 404 for a link that is no good, 410 for one that was used."""
    try:
        check_token(token)
    except SetupLinkError:
        return error_page(
            request,
            status=404,
            title="This setup link is not valid, or has expired",
            remedy="Run `make run` or `python manage.py prepare` again: it prints a fresh link, good for 24 hours.",
        )
    if User.objects.exists():
        return _used(request)
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = create_first_admin(
            username=form.cleaned_data["username"], password=form.cleaned_data["password1"]
        )
        if user is None:
            return _used(request)
        login(request, user)
        return redirect("/")
    return render(request, "first_run/first_run.html", {"form": form})


def _used(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        status=410,
        title="This setup link has been used",
        remedy="The first administrator has an account by now: sign in with it, or ask its owner.",
    )
