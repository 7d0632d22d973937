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

from designer.forms.document_form import DocumentForm
from designer.presentation.review import review
from designer.views.by_link import by_link
from designer.views.templates import imported_page, json_file, own_template
from designer.web import current_team
from designer.web.addresses import absolute
from designer.web.parameters import number_of
from profiles.exceptions import DocumentError, LinkError
from profiles.models import ShareLink, User
from profiles.policy import Action
from profiles.services import sharing
from profiles.services.document_storage import load
from profiles.services.download import file_stem
from profiles.services.links import DEFAULT_DAYS, LIFETIMES


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, template_id: uuid.UUID) -> HttpResponse:
    """The links of a template; on POST a new one, shown this once."""
    template = own_template(request, template_id)
    current_team.require(request, Action.EDIT)
    context: dict[str, Any] = {"template": template, "lifetimes": LIFETIMES.items(), "usual": DEFAULT_DAYS}
    if request.method == "POST":
        try:
            shared = sharing.share(
                actor=cast(User, request.user), template=template, days=number_of(request.POST.get("days"))
            )
        except LinkError as error:
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
@require_safe
@by_link(sharing.find_shared)
def shared(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """What a link shows: the template without its secrets."""
    document = load(link.template)
    context = {
        "token": token,
        "link": link,
        "template": link.template,
        "declaration": document.declaration,
        "review": review(DocumentForm(document)),
    }
    return render(request, "templates/shared.html", context)


@login_not_required
@require_POST
@by_link(sharing.find_shared)
def download(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """The shared template as a file."""
    return json_file(sharing.download_shared(link), f"{file_stem(load(link.template))}.json")


@require_POST
@by_link(sharing.find_shared)
def take(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """A copy for one's own team."""
    team = current_team.require(request, Action.EDIT)
    try:
        imported = sharing.take(actor=cast(User, request.user), team=team, link=link)
    except DocumentError as error:
        messages.error(request, f"Not copied: {error}")
        return redirect("shared", token)
    return imported_page(request, imported)
