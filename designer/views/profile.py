"""The designer: one profile as a form, saved, and reviewed while it is typed."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from designer.forms import actions, mending
from designer.forms.certificate_forms import DIALOG_ID, CertificateForm
from designer.forms.certificate_library import Library
from designer.forms.document_form import DocumentForm, Part
from designer.forms.payload_list import FEW
from designer.forms.simulator_form import SimulatorForm
from designer.forms.unknown_values import in_the_clear
from designer.presentation.review import review, shown_mending
from designer.views.profiles import own_profile
from designer.web import current_team
from designer.web.parameters import number_of
from profiles.catalogue import registry
from profiles.exceptions import ConflictError, DocumentError
from profiles.models import Profile, SigningIdentity, User
from profiles.plist.diff.change import Change
from profiles.plist.diff.documents import diff
from profiles.plist.document import Problem
from profiles.plist.validation.profile_rules import identifier_taken
from profiles.policy import Action
from profiles.services import profiles, unknown_values
from profiles.services.document_storage import load
from profiles.services.save_checks import MAX_COMMENT

OPEN_PAYLOAD: Final = "open_payload"
"""What the button that opens a folded payload posts its UUID as."""

OPEN: Final = "open"
KEEP: Final = "keep"
"""In the address, the UUID of the payload to open and look at, and those of the others that are to be open."""

SHOW_VALUE: Final = "show_value"
"""What the button that shows the value of an unknown key posts: the UUID of its part, a blank, and its path."""

MAX_KEPT_OPEN: Final = 50
"""So many payloads stay open over a save: their UUIDs have to fit into an address, and their forms on a page."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """Show a profile, save what was typed, or add, move or take out a payload of the form."""
    row = own_profile(request, profile_id)
    if request.method != "POST":
        wanted = request.GET.get(OPEN, "")
        form = form_of(request, row, None, opened=[*request.GET.getlist(KEEP), wanted])
        return _page(request, row, form, Outcome(focus=wanted))
    current_team.require(request, Action.EDIT)
    if OPEN_PAYLOAD in request.POST:
        return _open(request, row)
    if mending.asked(request.POST):
        return _mend(request, row)
    if SHOW_VALUE in request.POST:
        return _show(request, row)
    return _rearrange(request, row) if actions.asked(request.POST) else _save(request, row)


@require_POST
def preview(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """The review of what is typed, as a piece of the page; nothing is saved."""
    row = own_profile(request, profile_id)
    form = form_of(request, row, request.POST)
    return render(request, "designer/review.html", {"review": review(form, _beside(row, form))})


@require_POST
def open_payload(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """The form of a payload that was folded, beside what is typed, as a piece of the page; nothing is saved."""
    row = own_profile(request, profile_id)
    wanted = request.POST.get(OPEN_PAYLOAD, "")
    form = form_of(request, row, request.POST, opened=[wanted])
    part = _part(form, wanted)
    if part is None or part.place is None:
        raise Http404
    context = {"profile": row, "form": form, "part": part, "outcome": Outcome(focus=wanted), "opened": True}
    pieces = [render_to_string(f"designer/{name}.html", context, request) for name in ("part", "part_nav")]
    return HttpResponse("".join(piece.strip() for piece in pieces))


@never_cache
@require_POST
def show_value(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """The value of an unknown key, for an editor, as a piece of the page; the audit log tells of it."""
    row = own_profile(request, profile_id)
    part, path, value = _asked_for(request, row)
    context = {"row": in_the_clear(path, value), "prefix": part}
    return render(request, "designer/unknown_value.html", context)


def form_of(
    request: HttpRequest,
    row: Profile,
    data: QueryDict | None,
    *,
    opened: Collection[str] = (),
    revealed: Mapping[str, Mapping[str, Any]] | None = None,
) -> DocumentForm:
    """The form of a profile with what was posted, if anything was; from whoever may not change it, nothing counts.

    Where there are so many payloads that they are folded, those with their UUID in `opened` are not; `revealed` are
    values of unknown keys that are shown.
    """
    data = data if current_team.permissions(request, row.team_id)["edit"] else None
    library = Library(cast(User, request.user), row.team_id)
    return DocumentForm(load(row), data, library=library, opened=opened, revealed=revealed)


def _open(request: HttpRequest, row: Profile) -> HttpResponse:
    """The page with one more payload open, for browsers without scripts."""
    wanted = request.POST[OPEN_PAYLOAD]
    form = form_of(request, row, request.POST, opened=[wanted])
    saved = form.is_valid() and form.document == form.stored
    return _page(request, row, form, Outcome(saved=saved, focus=wanted))


def _show(request: HttpRequest, row: Profile) -> HttpResponse:
    """The page with the value of an unknown key, for browsers without scripts."""
    part, path, value = _asked_for(request, row)
    form = form_of(request, row, request.POST, opened=[part], revealed={part: {path: value}})
    saved = form.is_valid() and form.document == form.stored
    return _page(request, row, form, Outcome(saved=saved, focus=part))


def _asked_for(request: HttpRequest, row: Profile) -> tuple[str, str, Any]:
    """Part, path and value of the unknown key that was asked for; 404 where it is gone."""
    part, _, path = request.POST.get(SHOW_VALUE, "").partition(" ")
    try:
        value = unknown_values.show(actor=cast(User, request.user), profile_id=row.pk, part=part, path=path)
    except DocumentError:
        raise Http404 from None
    return part, path, value


def _rearrange(request: HttpRequest, row: Profile) -> HttpResponse:
    form = form_of(request, row, request.POST)
    answer = actions.act(form.stored, request.POST, form.document)
    changed = DocumentForm(form.stored, answer.data, library=form.library)
    return _page(request, row, changed, Outcome(saved=False, focus=answer.focus, question=answer.question))


def _mend(request: HttpRequest, row: Profile) -> HttpResponse:
    form = form_of(request, row, request.POST)
    mended = mending.mend(form, request.POST)
    saved = not mended.done and form.is_valid() and form.document == form.stored
    return _page(request, row, mended.form, Outcome(saved=saved, mended=mended))


def _save(request: HttpRequest, row: Profile) -> HttpResponse:
    form = form_of(request, row, request.POST)
    if not form.is_valid():
        messages.error(
            request, "Not saved: some fields hold something that cannot be read. They are marked below."
        )
        return _page(request, row, form, Outcome(status=422))
    try:
        saved = profiles.save(
            actor=cast(User, request.user),
            profile_id=row.pk,
            document=form.document,
            base_revision=number_of(request.POST.get("base_revision")),
            comment=request.POST.get("comment", "").strip(),
        )
    except ConflictError as conflict:
        return _page(request, row, form, Outcome(status=409, conflict=conflict))
    except DocumentError as error:
        messages.error(request, f"Not saved: {error}")
        return _page(request, row, form, Outcome(status=422))
    _tell(request, form, changed=saved.revision != row.revision)
    address = reverse("profile", args=[saved.pk])
    return redirect(f"{address}?{_kept_open(form)}" if len(form.document.payloads) > FEW else address)


def _kept_open(form: DocumentForm) -> str:
    """The query of an address at which the payloads that are open now are open again."""
    return urlencode([(KEEP, part.prefix) for part in form.open_payloads[:MAX_KEPT_OPEN]])


def _tell(request: HttpRequest, form: DocumentForm, *, changed: bool) -> None:
    """What the save did. With scripts the page shows it by itself, and holds on to what was typed just now."""
    scripted = bool(request.headers.get("HX-Request"))
    # A payload that does not stay open holds on to nothing.
    holds_on = scripted and len(form.open_payloads) <= MAX_KEPT_OPEN
    dropped = form.dropped(stored_only=holds_on)
    if dropped:
        messages.warning(
            request, f"Not in the profile, since no setting makes use of it: {', '.join(dropped)}."
        )
    if not scripted:
        messages.success(request, "Saved." if changed else "Nothing had changed.")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a request: `focus` is the payload to look at, `question` has to be answered first, `mended` are
    the fixes that were asked for.
    """

    status: int = 200
    saved: bool = True
    conflict: ConflictError | None = None
    focus: str = ""
    question: actions.Question | None = None
    mended: mending.Mended | None = None

    @property
    def is_saved(self) -> bool:
        """Is what the page shows what is stored?"""
        return self.saved and self.status == 200


def _page(request: HttpRequest, row: Profile, form: DocumentForm, outcome: Outcome) -> HttpResponse:
    context: dict[str, Any] = {
        "profile": row,
        "form": form,
        "review": review(form, _beside(row, form)),
        "identities": SigningIdentity.objects.for_team(row.team_id).defer("sealed"),
        "base_revision": _next_base(request, row, outcome.conflict),
        "conflict": _conflict(outcome.conflict) if outcome.conflict else None,
        "types": registry.payloads().values(),
        "origin": form.stored.origin,
        "longest_comment": MAX_COMMENT,
        "behind": row.is_behind,
        "outcome": outcome,
        "mended": outcome.mended and shown_mending(outcome.mended),
        "kept_open": f"{_kept_open(form)}&" if form.open_payloads else "",
        "simulator": SimulatorForm(),
        "upload": CertificateForm(auto_id=DIALOG_ID),
        "asked_about": _part(form, outcome.question.uuid) if outcome.question else None,
        "referrers": [(_titled(form, name), label) for name, label in outcome.question.referrers]
        if outcome.question
        else [],
    }
    if not outcome.is_saved:
        form.keep_secrets(but=outcome.mended.names if outcome.mended else ())
    response = render(request, "designer/profile.html", context, status=outcome.status)
    # What a script has to know before it swaps the answer in.
    response["X-Saved"] = "yes" if outcome.is_saved else "no"
    return response


def _beside(row: Profile, form: DocumentForm) -> Iterator[Problem]:
    """What is wrong with the profile beside others of its team."""
    yield from identifier_taken(profiles.namesakes(row, form.document.identifier))


def _part(form: DocumentForm, prefix: str) -> Part | None:
    return next((part for part in form.parts if part.prefix == prefix), None)


def _titled(form: DocumentForm, name: str) -> str:
    return next((part.title for part in form.parts if part.name == name), name)


def _next_base(request: HttpRequest, row: Profile, conflict: ConflictError | None) -> int:
    """The revision that the next save builds on: after a conflict has been shown, the one in between."""
    if conflict:
        return conflict.revision
    return number_of(request.POST.get("base_revision")) if request.method == "POST" else row.revision


def _conflict(conflict: ConflictError) -> Mapping[str, Any]:
    """Whose change it was, what it changed, and what the two now differ in."""
    # Lists as a whole, so that a path leads to the same in all three.
    theirs = diff(conflict.base, conflict.theirs, lists="whole")
    mine = diff(conflict.base, conflict.mine, lists="whole")
    between = diff(conflict.theirs, conflict.mine, lists="whole")
    places = dict.fromkeys((c.payload, c.path, c.label) for c in [*theirs, *mine])
    return {"error": conflict, "rows": [_compared(place, theirs, mine, between) for place in places]}


def _compared(
    place: tuple[str, str, str], theirs: list[Change], mine: list[Change], between: list[Change]
) -> dict[str, Any]:
    """One row: what stood there, what stands there now, what would; `both` where two people changed it differently."""

    def of(changes: list[Change]) -> Change | None:
        return next((c for c in changes if (c.payload, c.path, c.label) == place), None)

    their, my, apart = of(theirs), of(mine), of(between)
    before = (their or my or Change(*place, "", "")).old
    now = their.new if their else before
    return {
        "label": place[2],
        "path": place[1],
        "before": before,
        "theirs": now,
        # Two secrets look alike; that they differ is for the comparison of the two to say.
        "mine": apart.new if apart else now,
        "both": bool(their and my and apart),
    }
