"""Bulk runs as a whole: matched with their template, started, held, and gone on with.

Everything takes Action.HAND_OUT in the team of the run. Every function raises BulkRun.DoesNotExist for what is not
there or not to be seen, NotAllowedError, and BulkError for what cannot be done with the run as it stands.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from profiles.exceptions import BulkError
from profiles.models import BulkRun, Delivery, RecipientState, RunState, Team, User
from profiles.plist.templates.declaration import Declaration
from profiles.policy import Action, require
from profiles.services import audit, signing
from profiles.services.audit import Event
from profiles.services.bulk.making import signer_of
from profiles.services.bulk.rows import secret_columns
from profiles.services.bulk.templates import template_document
from profiles.services.links import DEFAULT_DAYS, LIFETIMES
from profiles.services.pagination import LongPage, page_of
from profiles.services.profiles import HEAVY_TEMPLATE
from profiles.services.save_checks import one_line

LINK: Final = "{{link}}"
"""What stands in a message for the install link."""

MAX_MESSAGE: Final = 5_000
"""Characters."""

MATCHABLE: Final = (RunState.DRAFT, RunState.CHECKING, RunState.CHECKED)
"""States in which columns can be matched anew."""

PAUSABLE: Final = (RunState.RUNNING,)
CANCELLABLE: Final = (RunState.RUNNING, RunState.PAUSED)

HALTED: Final = (RunState.PAUSED, RunState.CANCELLED)
"""States from which a run can be gone on with."""

_HIDDEN: Final = (*HEAVY_TEMPLATE, "identity__sealed")


@dataclass(frozen=True, kw_only=True)
class Matching:
    """Which column is which.

    variables   name of a variable -> number of its column
    key         the column that tells people apart
    email       the column of their e-mail addresses; None for none
    """

    variables: Mapping[str, int]
    key: int
    email: int | None = None


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How people get what is made for them, and who signs it; `subject` and `message` are those of e-mails."""

    delivery: Delivery = Delivery.FILES
    identity_id: uuid.UUID | None = None
    unsigned: bool = False
    link_days: int = DEFAULT_DAYS
    one_time: bool = False
    subject: str = ""
    message: str = ""


def find(*, user: User, run_id: uuid.UUID) -> BulkRun:
    """That run."""
    run = BulkRun.objects.for_user(user).select_related("template", "identity").defer(*_HIDDEN).get(pk=run_id)
    require(user, Action.HAND_OUT, run.team_id)
    return run


def listed(*, user: User, team: Team, page: int | str = 1) -> LongPage:
    """One page of the runs of the team, the newest first."""
    require(user, Action.HAND_OUT, team.pk)
    return page_of(team.runs.select_related("created_by").exclude(state=RunState.LOADING), page)


@transaction.atomic
def match(*, actor: User, run: BulkRun, matching: Matching) -> BulkRun:
    """Say which column is which, and have every row checked."""
    run = _locked(actor, run, MATCHABLE, "Its columns cannot be matched any more. Begin a new run.")
    _require_columns(run, matching)
    run.mapping = dict(matching.variables)
    run.key_column, run.email_column = matching.key, matching.email
    _go(run, RunState.CHECKING)
    run.save()
    run.recipients.update(
        state=RecipientState.NEW, key="", uuid="", reason="", warnings="", claim=None, claimed_until=None
    )
    return run


@transaction.atomic
def start(*, actor: User, run: BulkRun, wish: Wish) -> BulkRun:
    """Have workers make what is ready; rows to be corrected stay as they are.

    Raises IdentityError where there is nothing to sign with.
    """
    run = _locked(actor, run, (RunState.CHECKED,), "It was started already, or is still being checked.")
    if not run.recipients.filter(state=RecipientState.READY).exists():
        raise BulkError("No row is ready. Correct the rows that are marked first.")
    _fill(run, wish)
    now = timezone.now()
    run.started_by, run.started_at = actor, now
    run.expires_at = kept_until(run)
    _go(run, RunState.RUNNING)
    run.save()
    _record(Event.RUN_STARTED, actor, run, detail=_detail(run))
    return run


@transaction.atomic
def pause(*, actor: User, run: BulkRun) -> BulkRun:
    """Let workers finish what they have in hand, and take no more."""
    run = _locked(actor, run, PAUSABLE, "It is not running.")
    _halt(run, RunState.PAUSED)
    _record(Event.RUN_PAUSED, actor, run)
    return run


@transaction.atomic
def cancel(*, actor: User, run: BulkRun) -> BulkRun:
    """The same for good, as far as anybody plans; what was made stays."""
    run = _locked(actor, run, CANCELLABLE, "It is not running.")
    _halt(run, RunState.CANCELLED)
    _record(Event.RUN_CANCELLED, actor, run)
    return run


@transaction.atomic
def resume(*, actor: User, run: BulkRun, identity_id: uuid.UUID | None = None) -> BulkRun:
    """Go on, on behalf of `actor`, and signed by that identity where one is named."""
    run = _locked(actor, run, HALTED, "It was not halted.")
    if identity_id is not None:
        _choose_identity(run, identity_id)
    _restart(actor, run)
    return run


@transaction.atomic
def retry(*, actor: User, run: BulkRun) -> BulkRun:
    """Have what failed tried again, and what was corrected since made, too."""
    run = _locked(actor, run, (RunState.RUNNING, *HALTED, RunState.FINISHED), "It has not begun.")
    run.recipients.filter(state=RecipientState.FAILED).update(state=RecipientState.READY, reason="")
    if not run.recipients.filter(state=RecipientState.READY).exists():
        raise BulkError("Nothing is left to be made.")
    _restart(actor, run)
    return run


def kept_until(run: BulkRun) -> datetime:
    """Until when a run is kept of which something was made just now: its links work as long."""
    return max(run.expires_at, timezone.now() + timedelta(days=max(settings.RESULTS_DAYS, run.link_days)))


def _restart(actor: User, run: BulkRun) -> None:
    run.started_by = actor
    run.finished_at = None
    _go(run, RunState.RUNNING)
    run.save()
    _record(Event.RUN_RESUMED, actor, run)


def _locked(actor: User, run: BulkRun, states: Collection[str], refusal: str) -> BulkRun:
    """The run as it is now, until the transaction ends, if it is in one of these states."""
    row = BulkRun.objects.for_user(actor).select_for_update(of=("self",)).get(pk=run.pk)
    require(actor, Action.HAND_OUT, row.team_id)
    if row.state not in states:
        raise BulkError(f"The state of this run is “{row.get_state_display()}”. {refusal}")
    return row


def _go(run: BulkRun, state: RunState) -> None:
    """Into a state that is worked on, with a rate that begins now; the caller saves."""
    past = run.recipients.filter(state__in=[RecipientState.DONE, RecipientState.FAILED])
    run.state, run.notice, run.retry_at = state, "", None
    run.counted_from, run.counted = timezone.now(), past.count() if state == RunState.RUNNING else 0


def _halt(run: BulkRun, state: RunState) -> None:
    run.state, run.notice, run.retry_at = state, "", None
    run.expires_at = kept_until(run)
    run.save()


def _require_columns(run: BulkRun, matching: Matching) -> None:
    document = template_document(run.template_id, run.template_revision)
    declared = {each.name: each for each in (document.declaration or Declaration()).variables}
    columns = [*matching.variables.values(), matching.key]
    if matching.email is not None:
        columns.append(matching.email)
    if any(number not in range(len(run.columns)) for number in columns):
        raise BulkError("The list has no such column. Choose one of those it has.")
    if unknown := sorted(set(matching.variables) - set(declared)):
        raise BulkError(f"The template has no variable {unknown[0][:60]!r}. Leave it out.")
    for name, variable in declared.items():
        if variable.required and not variable.default and name not in matching.variables:
            raise BulkError(f"{variable.title} comes from no column, and has no default. Choose its column.")
    if matching.key in secret_columns(document, matching.variables):
        raise BulkError(
            "The column that tells people apart is shown in lists, but this one is a secret. Choose another."
        )


def _choose_identity(run: BulkRun, identity_id: uuid.UUID | None) -> None:
    """Let that identity sign, or the default of the team where none is named; raises IdentityError."""
    found = signing.find_identity(team_id=run.team_id, identity_id=identity_id) if identity_id else None
    run.identity, run.signer_name = found, found.name if found else ""


def _fill(run: BulkRun, wish: Wish) -> None:
    """Put what is wished for into the run; the caller saves."""
    run.delivery, run.unsigned = wish.delivery, wish.unsigned and wish.delivery == Delivery.FILES
    if not run.unsigned:
        _choose_identity(run, wish.identity_id)
        # To be told now that there is nothing to sign with, and not by a worker.
        signer_of(run)
    if wish.delivery.is_by_link:
        if wish.link_days not in LIFETIMES:
            raise BulkError(f"A link lasts {', '.join(LIFETIMES.values())}. Choose one of them.")
        run.link_days, run.one_time = wish.link_days, wish.one_time
    if wish.delivery == Delivery.EMAIL:
        _require_email(run, wish)
        run.subject = one_line(wish.subject, "The subject", refusal=BulkError)
        run.message = wish.message.strip()


def _require_email(run: BulkRun, wish: Wish) -> None:
    if not settings.EMAIL_ENABLED:
        raise BulkError("This server sends no e-mail. Set EMAIL_URL, or choose another way.")
    if run.email_column is None:
        raise BulkError("No column holds e-mail addresses. Match the columns again, and choose it.")
    if not wish.subject.strip():
        raise BulkError("The subject is empty. Write one.")
    if LINK not in wish.message:
        raise BulkError(f"The message does not hold {LINK}. Write it where the install link belongs.")
    if len(wish.message) > MAX_MESSAGE:
        raise BulkError(
            f"The message has {len(wish.message):,} characters, more than the {MAX_MESSAGE:,} allowed. Shorten it."
        )


def _detail(run: BulkRun) -> str:
    ready = run.recipients.filter(state=RecipientState.READY).count()
    how = run.get_delivery_display().lower()
    return (
        f"revision {run.template_revision}, {ready:,} recipients, {how}{', unsigned' if run.unsigned else ''}"
    )


def _record(event: Event, actor: User | None, run: BulkRun, *, detail: str = "") -> None:
    audit.record(event, actor=actor, team_id=run.team_id, subject=run, detail=detail)
