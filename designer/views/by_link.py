"""Views for whoever holds a link, with an account or without."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from designer.web import throttle
from designer.web.error_pages import error_page
from profiles.exceptions import LinkError
from profiles.models import Link

AnyLink = TypeVar("AnyLink", bound=Link)


def gone(request: HttpRequest, error: LinkError) -> HttpResponse:
    """410 for a link that opens nothing any more."""
    return error_page(request, status=410, title="This link opens nothing any more", remedy=str(error))


def by_link(
    find: Callable[[str], AnyLink], *, closed: Callable[[HttpRequest, LinkError], HttpResponse] = gone
) -> Callable[
    [Callable[[HttpRequest, AnyLink, str], HttpResponse]], Callable[[HttpRequest, str], HttpResponse]
]:
    """A view of a token becomes one of the link that `find` gives; `closed` answers for a link that is no good.

    A token that nobody made counts as a guess. Nobody keeps or indexes a page whose address opens it.
    """

    def decorate(
        view: Callable[[HttpRequest, AnyLink, str], HttpResponse],
    ) -> Callable[[HttpRequest, str], HttpResponse]:
        @never_cache
        @wraps(view)
        def wrapped(request: HttpRequest, token: str) -> HttpResponse:
            response = _answer(request, token)
            response["X-Robots-Tag"] = "noindex, nofollow"
            return response

        def _answer(request: HttpRequest, token: str) -> HttpResponse:
            if throttle.is_exhausted(request):
                return throttle.refusal(request)
            try:
                link = find(token)
            except ObjectDoesNotExist:
                return throttle.unknown_link(request)
            except LinkError as error:
                return closed(request, error)
            try:
                return view(request, link, token)
            except LinkError as error:
                return closed(request, error)

        return wrapped

    return decorate
