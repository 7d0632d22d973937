"""Who may do what with a run: whoever may hand out in its team, and nobody else."""

from __future__ import annotations

import inspect
import uuid
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from profiles.exceptions import NotAllowedError
from profiles.models import AuditEntry, BulkResult, BulkRun, Profile, Role, RunState, User
from profiles.policy import Action, may
from profiles.services.bulk import corrections, loading, results, retention, runs
from profiles.services.teams import home
from tests.services.bulk.run_samples import (
    FAILED,
    UNSIGNED,
    checked,
    matching_of,
    people,
    person,
    table_of,
)
from tests.services.template_samples import join

S = RunState
Act = Callable[[User, BulkRun], Any]

ACTS: dict[str, tuple[Act, str]] = {
    "loading.load_table": (
        lambda user, run: loading.load_table(
            actor=user, team=run.team, template_id=run.template_id, table=table_of(people(1))
        ),
        S.DRAFT,
    ),
    "runs.find": (lambda user, run: runs.find(user=user, run_id=run.pk), S.DRAFT),
    "runs.listed": (lambda user, run: runs.listed(user=user, team=run.team), S.DRAFT),
    "runs.match": (lambda user, run: runs.match(actor=user, run=run, matching=matching_of(run)), S.DRAFT),
    "runs.start": (lambda user, run: runs.start(actor=user, run=run, wish=UNSIGNED), S.CHECKED),
    "runs.pause": (lambda user, run: runs.pause(actor=user, run=run), S.RUNNING),
    "runs.cancel": (lambda user, run: runs.cancel(actor=user, run=run), S.RUNNING),
    "runs.resume": (lambda user, run: runs.resume(actor=user, run=run), S.PAUSED),
    "runs.retry": (lambda user, run: runs.retry(actor=user, run=run), S.FINISHED),
    "corrections.find_row": (
        lambda user, run: corrections.find_row(user=user, run=run, number=3),
        S.CHECKED,
    ),
    "corrections.correct": (
        lambda user, run: corrections.correct(actor=user, run=run, number=3, cells={}),
        S.CHECKED,
    ),
    "results.zip_of": (lambda user, run: results.zip_of(user=user, run=run), S.FINISHED),
    "results.links_csv": (lambda user, run: results.links_csv(user=user, run=run), S.FINISHED),
    "results.wrong_csv": (lambda user, run: results.wrong_csv(user=user, run=run), S.CHECKED),
    "retention.delete": (lambda user, run: retention.delete(actor=user, run=run), S.DRAFT),
}
"""What people do with runs, and a state in which that can be done."""


@pytest.fixture
def prepared(alice: User, template: Profile) -> Callable[[str], BulkRun]:
    """A run of Alice’s with which that can be done."""

    def prepare(name: str) -> BulkRun:
        run = checked(alice, template, [person(0), person(1, user="Bad"), person(2)])
        first = run.recipients.order_by("row")[0]
        run.recipients.filter(pk=first.pk).update(state=FAILED)
        BulkResult.objects.create(recipient=first, sealed=b"x")
        BulkRun.objects.update(
            state=ACTS[name][1], delivery="links" if name == "results.links_csv" else "files"
        )
        run.refresh_from_db()
        return run

    return prepare


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (BulkRun, BulkResult, AuditEntry)]


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("role", [Role.VIEWER, None], ids=["a viewer", "a stranger"])
def test_whoever_may_not_hand_out_is_refused_and_changes_nothing(
    alice: User, bob: User, prepared: Callable[[str], BulkRun], name: str, role: Role | None
) -> None:
    run = prepared(name)
    if role:
        join(home(alice), bob, role)
    before = everything()

    with pytest.raises((NotAllowedError, BulkRun.DoesNotExist)):
        ACTS[name][0](bob, run)
    assert everything() == before


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("role", [role for role in Role if role != Role.VIEWER])
def test_whoever_may_hand_out_may_do_all_of_it(
    alice: User, bob: User, prepared: Callable[[str], BulkRun], name: str, role: Role
) -> None:
    run = prepared(name)
    join(home(alice), bob, role)
    assert may(bob, Action.HAND_OUT, run.team_id)

    ACTS[name][0](bob, run)


def test_what_is_not_there_is_not_there_for_anybody(alice: User, bob: User, template: Profile) -> None:
    run = checked(alice, template, people(1))
    for user, run_id in ((alice, uuid.uuid4()), (bob, run.pk)):
        with pytest.raises(BulkRun.DoesNotExist):
            runs.find(user=user, run_id=run_id)


@pytest.mark.parametrize("module", [loading, runs, corrections, results, retention])
def test_every_function_that_somebody_calls_is_looked_at_here(module: ModuleType) -> None:
    found = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and {"actor", "user"} & {*inspect.signature(inspect.unwrap(function)).parameters}
    }
    assert found == {name for name in ACTS if name.startswith(f"{module.__name__.rpartition('.')[2]}.")}
