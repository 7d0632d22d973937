"""Templates for people elsewhere: links, and the page that they lead to."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from designer import teams, throttle
from designer.forms.document_form import DocumentForm
from designer.links import absolute
from designer.review import review
from designer.views.errors import error_page
from designer.views.profile import number_of
from designer.views.templates import imported_page, json_file, own_template
from profiles.exceptions import DocumentError, LinkError
from profiles.models import ShareLink, User
from profiles.policy import Action
from profiles.services import sharing
from profiles.services.documents import load
from profiles.services.download import file_stem


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, template_id: uuid.UUID) -> HttpResponse:
    """The links of a template; on POST a new one, shown this once."""
    template = own_template(request, template_id)
    teams.require(request, Action.EDIT)
    context: dict[str, Any] = {"template": template, "days": sharing.SHARED_DAYS}
    if request.method == "POST":
        try:
            shared = sharing.share(
                actor=cast(User, request.user), template=template, days=number_of(request.POST.get("days"))
            )
        except DocumentError as error:
            messages.error(request, str(error))
            return redirect("share_template", template.pk)
        context |= {
            "link": absolute(reverse("shared", args=[shared.token])),
            "expires": shared.link.expires_at,
        }
    context["links"] = sharing.links(template)
    return render(request, "templates/share.html", context)


@require_POST
def revoke(request: HttpRequest, template_id: uuid.UUID, link_id: uuid.UUID) -> HttpResponse:
    """Let a link show nothing any more."""
    template = own_template(request, template_id)
    try:
        sharing.revoke(actor=cast(User, request.user), template=template, link_id=link_id)
    except ShareLink.DoesNotExist:
        raise Http404 from None
    messages.success(request, "The link was revoked.")
    return redirect("share_template", template.pk)


@login_not_required
@never_cache
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What a link shows: the template without its secrets."""
    return _with_link(request, token, _show)


@login_not_required
@never_cache
@require_POST
def download(request: HttpRequest, token: str) -> HttpResponse:
    """The shared template as a file."""
    return _with_link(request, token, _download)


@require_POST
def take(request: HttpRequest, token: str) -> HttpResponse:
    """A copy for one's own team."""
    return _with_link(request, token, _take)


def _with_link(request: HttpRequest, token: str, act: Any) -> HttpResponse:
    if throttle.is_exhausted(request):
        return throttle.refusal(request)
    try:
        answer: HttpResponse = act(request, token, sharing.find_shared(token))
    except ShareLink.DoesNotExist:
        return throttle.unknown_link(request)
    except LinkError as error:
        return error_page(request, status=410, title="This link opens nothing any more", remedy=str(error))
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _show(request: HttpRequest, token: str, link: ShareLink) -> HttpResponse:
    document = load(link.template)
    context = {
        "token": token,
        "link": link,
        "template": link.template,
        "declaration": document.declaration,
        "review": review(DocumentForm(document)),
    }
    return render(request, "templates/shared.html", context)


def _download(request: HttpRequest, token: str, link: ShareLink) -> HttpResponse:
    return json_file(sharing.download_shared(link), f"{file_stem(load(link.template))}.json")


def _take(request: HttpRequest, token: str, link: ShareLink) -> HttpResponse:
    team = teams.require(request, Action.EDIT)
    try:
        imported = sharing.take(actor=cast(User, request.user), team=team, link=link)
    except DocumentError as error:
        messages.error(request, f"Not copied: {error}")
        return redirect("shared", token)
    return imported_page(request, imported)
