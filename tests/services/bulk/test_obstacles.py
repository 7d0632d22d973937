"""What can stand in the way of a run: it says so, loses nothing, and goes on when that is mended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django.fixtures import Settings

from profiles.encryption import KeyRing
from profiles.exceptions import IdentityError
from profiles.models import BulkRun, Delivery, HandOut, Profile, Role, RunState, SigningIdentity, User
from profiles.services import profiles, signing, teams
from profiles.services.bulk import claims, runs
from profiles.services.bulk import templates as presses
from profiles.services.bulk import work as bulk
from profiles.services.bulk.runs import Wish
from profiles.services.signing import default_identity
from profiles.services.teams import home
from profiles.signing.identity import SigningIdentity as Loaded
from tests.services.bulk.post_office import BY_MAIL, PostOffice
from tests.services.bulk.run_samples import (
    DONE,
    READY,
    UNSIGNED,
    checked,
    meanwhile,
    people,
    put_off,
    started,
    states,
    work_off,
)
from tests.services.signers import add
from tests.services.template_samples import join

FILES, LINKS = Wish(), Wish(delivery=Delivery.LINKS)
every_delivery = pytest.mark.parametrize("wish", [FILES, LINKS, BY_MAIL], ids=["files", "links", "e-mail"])


def assert_paused(run: BulkRun, sentence: str) -> None:
    work_off(run)
    assert (run.state, states(run)) == (RunState.PAUSED, [READY] * len(states(run)))
    assert sentence in run.notice
    assert not claims.in_hand(run).exists()


def assert_waits(run: BulkRun, sentence: str) -> None:
    work_off(run)
    assert (run.state, states(run)) == (RunState.RUNNING, [READY] * len(states(run)))
    assert sentence in run.notice
    assert run.retry_at is not None
    assert run.pk not in bulk.stalled()
    assert not claims.in_hand(run).exists()


def assert_goes_on(run: BulkRun, actor: User, **resumed: Any) -> None:
    if run.state == RunState.PAUSED:
        runs.resume(actor=actor, run=run, **resumed)
    else:
        put_off(run)
    work_off(run)
    assert (run.state, run.notice) == (RunState.FINISHED, "")
    assert states(run) == [DONE] * len(states(run))


Lose = Callable[[User, User], object]
LOSSES: dict[str, Lose] = {
    "another role": lambda alice, bob: teams.change_role(
        actor=alice, team=home(alice), user_id=bob.pk, role=Role.VIEWER
    ),
    "removed": lambda alice, bob: teams.remove_member(actor=alice, team=home(alice), user_id=bob.pk),
    "deleted": lambda _alice, bob: bob.delete(),
}


@pytest.mark.parametrize("loss", LOSSES)
@every_delivery
def test_what_somebody_started_who_may_not_any_more_pauses_until_somebody_who_may_goes_on(
    alice: User, bob: User, template: Profile, post: PostOffice, loss: str, wish: Wish
) -> None:
    join(home(alice), bob, Role.HELPER)
    run = started(bob, template, people(2), wish, team=home(alice))
    LOSSES[loss](alice, bob)

    assert_paused(run, "Whoever started this may not hand out profiles any more.")
    assert not post.taken
    assert_goes_on(run, alice)
    assert run.started_by == alice


def test_it_also_pauses_between_two_chunks(
    alice: User, bob: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("profiles.services.bulk.making.SIZE", 2)
    join(home(alice), bob, Role.HELPER)
    run = started(bob, template, people(4), team=home(alice))
    meanwhile(
        monkeypatch,
        "profiles.services.bulk.making.store",
        lambda: teams.remove_member(actor=alice, team=home(alice), user_id=bob.pk),
    )

    work_off(run)
    assert (run.state, states(run)) == (RunState.PAUSED, [DONE, DONE, READY, READY])


def test_what_another_worker_finishes_afterwards_does_not_wipe_the_reason_away(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("profiles.services.bulk.making.SIZE", 2)
    run = started(alice, template, people(4))

    def meet_an_obstacle() -> None:
        profiles.delete(actor=alice, profile=template)
        bulk.work(run.pk)

    meanwhile(monkeypatch, "profiles.services.bulk.making.store", meet_an_obstacle)
    work_off(run)

    assert (run.state, states(run)) == (RunState.PAUSED, [DONE, DONE, READY, READY])
    assert "was deleted" in run.notice


@every_delivery
def test_a_template_in_the_bin_pauses_the_run_until_it_is_brought_back(
    alice: User, template: Profile, post: PostOffice, wish: Wish
) -> None:
    run = started(alice, template, people(2), wish)
    profiles.delete(actor=alice, profile=template)

    assert_paused(run, "The template “Office VPN” was deleted. Bring it back, then go on.")
    runs.resume(actor=alice, run=run)
    assert_paused(run, "The template “Office VPN” was deleted.")
    profiles.restore(actor=alice, profile_id=template.pk)
    assert_goes_on(run, alice)


@every_delivery
def test_without_anything_to_sign_with_the_run_pauses_until_something_is_chosen(
    alice: User, template: Profile, post: PostOffice, issued: Loaded, wish: Wish
) -> None:
    run = started(alice, template, people(2), wish)
    SigningIdentity.objects.all().delete()

    assert_paused(run, "There is no identity to sign with.")
    own = add(alice, "Own", issued)
    assert_goes_on(run, alice, identity_id=own.pk)
    assert run.identity == own


@every_delivery
def test_an_identity_that_has_expired_pauses_the_run_until_another_is_chosen(
    alice: User, template: Profile, post: PostOffice, issued: Loaded, wish: Wish
) -> None:
    run = started(alice, template, people(2), wish)
    SigningIdentity.objects.update(not_after=timezone.now() - timedelta(seconds=1))

    assert_paused(run, "The certificate of “This server” has expired. Renew it, or choose another")
    own = add(alice, "Own", issued)
    assert_goes_on(run, alice, identity_id=own.pk)


def test_an_identity_that_is_removed_while_it_signs_pauses_the_run(
    alice: User, template: Profile, issued: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = add(alice, "Own", issued)
    run = started(alice, template, people(2), Wish(identity_id=own.pk))

    def remove() -> None:
        SigningIdentity.objects.filter(pk=own.pk).delete()
        signing._loaded.cache_clear()  # noqa: SLF001 - as after `signing.remove`, once it is committed

    meanwhile(monkeypatch, "profiles.services.signing.sign_with", remove, call=2)
    assert_paused(run, "The signing identity was removed meanwhile.")
    assert_goes_on(run, alice, identity_id=default_identity(home(alice).pk).pk)


@pytest.mark.parametrize("delivery", [Delivery.FILES, Delivery.LINKS])
def test_nothing_else_signs_for_an_identity_that_was_chosen_and_removed_between_two_chunks(
    alice: User, template: Profile, issued: Loaded, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("profiles.services.bulk.making.SIZE", 1)
    own = add(alice, "Own", issued)
    run = started(alice, template, people(2), Wish(delivery=delivery, identity_id=own.pk))
    bulk.work(run.pk, seconds=0)
    signing.remove(actor=alice, team=home(alice), identity=own)

    work_off(run)
    assert (run.state, states(run)) == (RunState.PAUSED, [DONE, READY])
    assert run.notice == "“Own”, which was to sign, was removed. Choose another to sign with."

    runs.resume(actor=alice, run=run)
    work_off(run)
    assert (run.state, states(run)) == (RunState.PAUSED, [DONE, READY])

    assert_goes_on(run, alice, identity_id=default_identity(home(alice).pk).pk)


def test_a_run_that_cannot_be_signed_is_not_started(alice: User, template: Profile, issued: Loaded) -> None:
    run = checked(alice, template, people(1))
    SigningIdentity.objects.update(not_after=timezone.now())
    with pytest.raises(IdentityError, match="has expired"):
        runs.start(actor=alice, run=run, wish=FILES)
    with pytest.raises(IdentityError, match="has expired"):
        runs.start(actor=alice, run=run, wish=LINKS)
    run.refresh_from_db()
    assert run.state == RunState.CHECKED

    runs.start(actor=alice, run=run, wish=UNSIGNED)
    work_off(run)
    assert states(run) == [DONE]


def test_an_identity_of_another_team_is_not_chosen(
    alice: User, bob: User, template: Profile, issued: Loaded
) -> None:
    foreign = add(bob, "Bob’s", issued)
    run = checked(alice, template, people(1))
    with pytest.raises(IdentityError, match="no such signing identity"):
        runs.start(actor=alice, run=run, wish=Wish(identity_id=foreign.pk))

    runs.start(actor=alice, run=run, wish=FILES)
    runs.pause(actor=alice, run=run)
    with pytest.raises(IdentityError, match="no such signing identity"):
        runs.resume(actor=alice, run=run, identity_id=foreign.pk)
    run.refresh_from_db()
    assert run.state == RunState.PAUSED


# A link needs no secret of a row, and its token can be sealed with any key.
@pytest.mark.parametrize(
    ("wish", "keys"),
    [(FILES, ""), (FILES, "another"), (LINKS, ""), (BY_MAIL, ""), (BY_MAIL, "another")],
    ids=["files-none", "files-another", "links-none", "e-mail-none", "e-mail-another"],
)
@pytest.mark.parametrize("cached", [True, False], ids=["with the template in memory", "in a new process"])
def test_without_its_encryption_key_the_run_waits_and_goes_on_when_it_is_back(
    alice: User, template: Profile, post: PostOffice, settings: Settings, wish: Wish, keys: str, cached: bool
) -> None:
    run = started(alice, template, people(2), wish)
    if not cached:
        forget_templates()
    right = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = keys and KeyRing.generate_key_line()

    assert_waits(run, "encryption key")
    assert not post.taken
    assert not HandOut.objects.exists()
    settings.ENCRYPTION_KEYS = right
    assert_goes_on(run, alice)


def forget_templates() -> None:
    """As in a process that has just begun."""
    presses.template_document.cache_clear()
    presses._press.cache_clear()  # noqa: SLF001 - the same


def test_a_key_that_was_rotated_opens_what_the_old_one_sealed(
    alice: User, template: Profile, settings: Settings
) -> None:
    run = started(alice, template, people(2))
    settings.ENCRYPTION_KEYS = f"{KeyRing.generate_key_line()}\n{settings.ENCRYPTION_KEYS}"
    work_off(run)

    assert states(run) == [DONE] * 2


def _full(*arguments: Any, **keywords: Any) -> None:
    raise OperationalError("database or disk is full")


def _locked(*arguments: Any, **keywords: Any) -> None:
    raise OperationalError("database is locked")


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (_full, "The disk of the database is full. Free some space; this goes on by itself then."),
        (_locked, "The database does not answer as it should. This goes on by itself once it does."),
    ],
    ids=["full", "locked"],
)
@pytest.mark.parametrize("place", ["making.store", "claims.take", "work.finish"])
def test_a_database_that_takes_nothing_keeps_the_run_waiting_and_loses_nothing(
    alice: User, template: Profile, transactional_db: None, place: str, trouble: Any, sentence: str
) -> None:
    run = started(alice, template, people(2))
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(f"profiles.services.bulk.{place}", trouble)
        work_off(run)
    assert (run.state, run.notice) == (RunState.RUNNING, sentence)
    assert run.retry_at is not None
    assert bulk.work(run.pk) is False
    assert run.pk not in bulk.stalled()

    put_off(run)
    work_off(run)
    assert (run.state, run.notice, states(run)) == (RunState.FINISHED, "", [DONE] * 2)


def test_what_cannot_even_be_written_down_stops_no_worker(
    alice: User, template: Profile, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(alice, template, people(2))
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr("profiles.services.bulk.making.store", _full)
        broken.setattr(type(BulkRun.objects.all()), "update", _full)
        assert bulk.work(run.pk) is False

    put_off(run)
    work_off(run)
    assert states(run) == [DONE] * 2


def test_a_worker_that_meets_an_obstacle_does_not_touch_a_run_that_was_halted_meanwhile(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = started(alice, template, people(2), FILES)

    def stop_and_lose_the_identity() -> None:
        runs.cancel(actor=alice, run=run)
        SigningIdentity.objects.all().delete()

    meanwhile(monkeypatch, "profiles.services.bulk.making.signer_of", stop_and_lose_the_identity)
    work_off(run)

    assert (run.state, run.notice) == (RunState.CANCELLED, "")
    assert states(run) == [READY] * 2
