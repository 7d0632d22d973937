"""The page that an install link leads to, for anybody who holds the link; no account is asked for."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from designer.presentation.devices import NAMES, Device, Kind, recognise
from designer.presentation.qr import qr_code
from designer.views.by_link import by_link
from designer.views.download import attached
from designer.web import throttle
from designer.web.addresses import absolute
from designer.web.error_pages import too_many_requests
from profiles.catalogue.versions import TITLES, OperatingSystem, Targets
from profiles.exceptions import (
    DocumentError,
    EncryptionError,
    LinkError,
    PassphraseError,
    ProfileDesignerError,
    SigningError,
)
from profiles.models import HandOut
from profiles.services import hand_outs as service

logger = logging.getLogger(__name__)

FIRST_EFFECTS: Final = 4
"""Parts of a profile that are described before the rest folds away."""

PHONE_SYSTEMS: Final[frozenset[OperatingSystem]] = frozenset({"iOS", "visionOS", "watchOS"})
"""What gets its profiles by opening the page on an iPhone, an iPad or a Vision Pro."""

FAILURES = (DocumentError, SigningError, EncryptionError)
"""Why a profile that could be handed out once may not be by now."""


@dataclass(frozen=True, kw_only=True)
class Steps:
    """How to install on one kind of device; `since` is the oldest system that the profile is for, empty for any."""

    title: str
    since: str
    template: str
    is_open: bool


def _gone(request: HttpRequest, error: LinkError) -> HttpResponse:
    return _closed(request, status=410, title="This link installs nothing any more", remedy=str(error))


@login_not_required
@sensitive_post_parameters("passphrase")
@require_http_methods(["GET", "HEAD", "POST"])
@by_link(service.find, closed=_gone)
def install(request: HttpRequest, hand_out: HandOut, token: str) -> HttpResponse:
    """Say what the profile does and how it is installed; a POST confirms, and leads to the file."""
    try:
        return _confirmed(request, hand_out) if request.method == "POST" else _page(request, hand_out)
    except FAILURES as error:
        return _failed(request, error)


@login_not_required
@require_safe
@by_link(service.find_granted, closed=_gone)
def install_file(request: HttpRequest, hand_out: HandOut, token: str) -> HttpResponse:
    """The signed file, for five minutes after the confirmation."""
    try:
        response = attached(service.file_of(hand_out))
    except FAILURES as error:
        return _failed(request, error)
    if request.method == "GET":
        service.note_served(hand_out)
    return response


def _confirmed(request: HttpRequest, hand_out: HandOut) -> HttpResponse:
    if hand_out.passphrase and throttle.is_passphrase_exhausted(request, hand_out.pk):
        return too_many_requests(request)
    try:
        grant = service.confirm(hand_out, passphrase=request.POST.get("passphrase", ""))
    except PassphraseError as error:
        throttle.count_passphrase(request, hand_out.pk)
        return _page(request, hand_out, refusal=str(error), status=403)
    response = redirect("install_file", grant)
    response.status_code = 303
    return response


def _page(request: HttpRequest, hand_out: HandOut, *, refusal: str = "", status: int = 200) -> HttpResponse:
    offer = service.offer(hand_out)
    device = recognise(request.headers.get("User-Agent", ""))
    link = absolute(request.path)
    *parts, whole = offer.effects
    systems = offer.systems
    by_phone = PHONE_SYSTEMS.intersection(systems)
    context = {
        "hand_out": hand_out,
        "offer": offer,
        "parts": parts[:FIRST_EFFECTS],
        "more_parts": parts[FIRST_EFFECTS:],
        "whole": whole.sentences,
        "device": device,
        "elsewhere": bool(device.hindrance) or device.kind is Kind.FOREIGN,
        "unfit": [NAMES[system] for system in systems] if device.kind is Kind.PHONE and not by_phone else [],
        "steps": _steps(systems, offer.targets, device),
        "link": link,
        "qr": qr_code(link) if device.kind is not Kind.PHONE and by_phone else "",
        "longest": service.LONGEST_PASSPHRASE,
        "refusal": refusal,
    }
    return render(request, "install/install.html", context, status=status)


def _steps(systems: Sequence[OperatingSystem], targets: Targets, device: Device) -> list[Steps]:
    """Those for the devices that the profile is for, this very one first and unfolded."""
    likely = [system for system in device.likely if system in systems]
    ordered = [*likely, *(system for system in systems if system not in likely)]
    return [_steps_on(system, targets, is_open=system in (likely or ordered)[:2]) for system in ordered]


def _steps_on(system: OperatingSystem, targets: Targets, *, is_open: bool) -> Steps:
    since = f"{TITLES[system]} {targets[system]} or later" if system in targets else ""
    return Steps(title=NAMES[system], since=since, template=f"install/steps_{system}.html", is_open=is_open)


def _failed(request: HttpRequest, error: ProfileDesignerError) -> HttpResponse:
    """409 where somebody has to mend the profile or choose who signs it, 503 where the server has a defect."""
    logger.error("A profile that was handed out cannot be sent: %s", error)
    return _closed(
        request,
        status=503 if isinstance(error, EncryptionError) else 409,
        title="This profile cannot be installed just now",
        remedy="It cannot be signed as it stands. Tell whoever sent you the link: they can have that fixed.",
    )


def _closed(request: HttpRequest, *, status: int, title: str, remedy: str) -> HttpResponse:
    context = {"status": status, "title": title, "remedy": remedy}
    return render(request, "install/closed.html", context, status=status)
