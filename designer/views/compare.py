"""Any two profiles, revisions or files side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from designer.presentation.change_groups import groups
from designer.web import current_team
from designer.web.body_limit import takes_body
from designer.web.parameters import number_of
from profiles.exceptions import DocumentError, SigningError
from profiles.models import User
from profiles.plist.diff.documents import PartDiff
from profiles.policy import Action
from profiles.services import comparison as service
from profiles.services import imports
from profiles.services.comparison import Comparison, Found, Side

SIDES: Final = (("old", "From"), ("new", "To"))
"""The two sides: what addresses and fields call them, and what pages do."""

MAX_ROWS: Final = 2_000
"""Changes that a page shows: far more than a person reads."""


@dataclass(frozen=True, kw_only=True)
class Pane:
    """One side of the form: what is chosen, else what there is to choose from by the text that is searched for.

    `without` is the address at which it is not chosen yet, `base` that of its profile, whichever revision was chosen.
    """

    name: str
    title: str
    side: Side | None
    text: str
    found: Found | None
    without: str

    @property
    def base(self) -> str:
        return f"profile:{self.side.profile}" if self.side and self.side.profile else ""


@never_cache
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """What differs between `?old=` and `?new=`; what there is to choose from where one is missing."""
    asked = {name: _asked(request, name) for name, _ in SIDES}
    texts = {name: "" if asked[name] else _text(request, name) for name, _ in SIDES}
    address = _address(asked, texts)
    # What a form says in several fields is an address of its own, which can be kept and passed on.
    if {**request.GET.dict()} != _query(asked, texts):
        if _is_unanswered(request, asked, texts):
            messages.warning(request, "Choose what to compare on both sides.")
        return redirect(address)
    try:
        sides = {name: _resolved(request, reference) for name, reference in asked.items()}
    except service.NOT_THERE:
        raise Http404 from None
    except DocumentError as refusal:
        return _page(request, {}, texts, error=str(refusal), status=422)
    return _page(request, sides, texts)


def _asked(request: HttpRequest, name: str) -> str:
    """The reference of a side; with a number of a revision beside it, that of the revision."""
    reference = request.GET.get(name, "")
    number = number_of(request.GET.get(f"{name}_revision"))
    kind, _, rest = reference.partition(":")
    return f"revision:{rest}:{number}" if kind == "profile" and number else reference


def _is_unanswered(request: HttpRequest, asked: Mapping[str, str], texts: Mapping[str, str]) -> bool:
    """Was the whole form sent, with a side for which it says nothing?"""
    sent = all(name in request.GET or f"{name}_text" in request.GET for name, _ in SIDES)
    return sent and any(not asked[name] and not texts[name] for name, _ in SIDES)


def _text(request: HttpRequest, name: str) -> str:
    return request.GET.get(f"{name}_text", "").strip()[:200]


def _resolved(request: HttpRequest, reference: str) -> Side | None:
    return service.resolve(user=cast(User, request.user), reference=reference) if reference else None


@takes_body(settings.IMPORT_MAX_BYTES + settings.MAX_BODY)
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file for one side, and compare; it waits with those that are to be imported."""
    current_team.require(request, Action.EDIT)
    name = "old" if request.POST.get("side") == "old" else "new"
    asked = {each: request.POST.get(each, "") for each, _ in SIDES}
    file = request.FILES.get("file")
    if file is None:
        return _refused(request, asked, "Choose a file.")
    try:
        row = imports.keep(
            actor=cast(User, request.user),
            team=current_team.current_team(request),
            data=file.read(),
            name=file.name or "",
            limit=settings.IMPORT_MAX_BYTES,
        )
    except (DocumentError, SigningError) as refusal:
        return _refused(request, asked, f"{file.name}: {refusal}")
    return redirect(_address({**asked, name: f"file:{row.pk}"}))


def _refused(request: HttpRequest, asked: Mapping[str, str], error: str) -> HttpResponse:
    """The form again, with what was chosen before, as far as that is there."""
    sides: dict[str, Side | None] = {}
    for name, reference in asked.items():
        try:
            sides[name] = _resolved(request, reference)
        except (DocumentError, *service.NOT_THERE):
            sides[name] = None
    return _page(request, sides, {}, error=error, status=422)


def _query(asked: Mapping[str, str], texts: Mapping[str, str]) -> dict[str, str]:
    named = {**asked, **{f"{name}_text": text for name, text in texts.items()}}
    return {name: value for name, value in named.items() if value}


def _address(asked: Mapping[str, str], texts: Mapping[str, str] | None = None) -> str:
    query = urlencode(_query(asked, texts or {}), safe=":")
    return f"{reverse('compare')}?{query}" if query else reverse("compare")


def _page(
    request: HttpRequest,
    sides: Mapping[str, Side | None],
    texts: Mapping[str, str],
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    old, new = (sides.get(name) for name, _ in SIDES)
    references = {name: side.reference for name, side in (("old", old), ("new", new)) if side}
    context: dict[str, Any] = {
        "panes": _panes(request, sides, texts, references),
        "references": references,
        # Two files have nothing left to choose.
        "can_submit": not (old and new) or max(old.latest, new.latest) > 1,
        "error": error,
        "swapped": _address({"old": references.get("new", ""), "new": references.get("old", "")}),
    }
    if old and new:
        context |= _told(service.compare(old=old, new=new))
    return render(request, "compare/compare.html", context, status=status)


def _panes(
    request: HttpRequest,
    sides: Mapping[str, Side | None],
    texts: Mapping[str, str],
    references: Mapping[str, str],
) -> list[Pane]:
    # Both sides are mostly searched for the same: for nothing in particular.
    found = {
        text: service.search(user=cast(User, request.user), text=text)
        for text in {texts.get(name, "") for name, _ in SIDES if not sides.get(name)}
    }
    return [
        Pane(
            name=name,
            title=title,
            side=sides.get(name),
            text=texts.get(name, ""),
            found=None if sides.get(name) else found[texts.get(name, "")],
            without=_address({each: value for each, value in references.items() if each != name}),
        )
        for name, title in SIDES
    ]


def _told(found: Comparison) -> dict[str, Any]:
    """What the page says of a comparison."""
    rows = sum(len(part.changes) for part in found.parts)
    return {
        "found": found,
        "summary": summary(found),
        "groups": groups(_first(found.parts)),
        "more": max(0, rows - MAX_ROWS),
        "identity": groups(_first(found.identity)),
    }


def _first(parts: Iterable[PartDiff]) -> list[PartDiff]:
    """As many of them as a page shows."""
    shown: list[PartDiff] = []
    room = MAX_ROWS
    for part in parts:
        cut = PartDiff(was=part.was, now=part.now, changes=part.changes[:room])
        room -= len(cut.changes)
        shown += [cut] if cut.changes else []
    return shown


def summary(found: Comparison) -> str:
    """How much differs, in a sentence or two; empty where nothing does."""
    differing = [_counted(found.differing, "payload")] if found.differing else []
    differing += ["the profile itself"] if found.has_own else []
    verb = "differs" if found.differing + found.has_own == 1 else "differ"
    whole = [
        f"{_counted(number, 'payload')} {'was' if number == 1 else 'were'} {what}"
        for number, what in ((found.added, "added"), (found.removed, "removed"))
        if number
    ]
    sentences = [f"{' and '.join(differing)} {verb} in {_counted(found.keys, 'key')}"] if differing else []
    sentences += [" and ".join(whole)] if whole else []
    if sentences and found.same:
        sentences.append(f"{_counted(found.same, 'payload')} {'is' if found.same == 1 else 'are'} the same")
    return " ".join(f"{each[0].upper()}{each[1:]}." for each in sentences)


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
