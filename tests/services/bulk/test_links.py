"""An install link for each of a list: what it installs, who signed it, how it ends, and whose log tells of it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from profiles.exceptions import IdentityError, LinkError
from profiles.models import (
    AuditEntry,
    BulkRun,
    Delivery,
    HandOut,
    Profile,
    Role,
    RunState,
    SigningIdentity,
    User,
)
from profiles.plist.build import build
from profiles.plist.templates.instance import instantiate
from profiles.services import hand_outs, profiles, signing, teams
from profiles.services.bulk import results, retention, runs
from profiles.services.bulk import work as bulk
from profiles.services.bulk.runs import Wish
from profiles.services.document_storage import load
from profiles.services.links import install_address
from profiles.services.teams import home
from profiles.signing.identity import SigningIdentity as Loaded
from tests.services.bulk.run_samples import (
    DONE,
    content_of,
    finished,
    left_over,
    letters,
    people,
    pin,
    rows_of,
    started,
    states,
    work_off,
)
from tests.services.signers import add, openssl_verify
from tests.services.template_samples import join, make_template, save

LINKS = Wish(delivery=Delivery.LINKS)


def token_of(run: BulkRun, number: int) -> str:
    return content_of(run)[letters(number)].decode()


def fetched(token: str) -> bytes:
    """The file, by the steps of the install page."""
    hand_out = hand_outs.find(token)
    hand_outs.offer(hand_out)
    granted = hand_outs.find_granted(hand_outs.confirm(hand_out))
    file = hand_outs.file_of(granted)
    hand_outs.note_served(granted)
    return file.content


def test_everybody_gets_one_link_of_their_own(alice: User, template: Profile) -> None:
    run = finished(alice, template, people(3), LINKS)

    assert (run.state, states(run)) == (RunState.FINISHED, [DONE] * 3)
    tokens = {token_of(run, number) for number in range(3)}
    assert len(tokens) == 3
    found = [hand_outs.find(token) for token in tokens]
    assert {link.recipient_id for link in found} == {row.pk for row in rows_of(run)}
    assert HandOut.objects.count() == 3


def test_the_install_page_gives_a_person_their_own_file_signed(
    alice: User, template: Profile, issued: Loaded, tmp_path: Path
) -> None:
    run = finished(alice, template, people(3), LINKS)
    row = rows_of(run)[1]

    signed = fetched(token_of(run, 1))

    document = instantiate(
        load(template),
        template_id=str(template.pk),
        revision=1,
        uuid=row.uuid,
        answers={"user": letters(1), "pin": pin(1), "room": "R1"},
    )
    root = issued.chain[-1].public_bytes(Encoding.PEM)
    assert openssl_verify(signed, root, tmp_path) == build(document)


def test_a_link_tells_what_it_installs_without_the_secret(alice: User, template: Profile) -> None:
    run = finished(alice, template, people(2), LINKS)

    offer = hand_outs.offer(hand_outs.find(token_of(run, 1)))

    assert (offer.title, offer.description) == ("Office VPN", "Room R1")
    assert offer.identity.name == "This server"
    assert pin(1) not in repr(offer)


def test_a_link_and_a_file_of_the_same_person_install_the_same(alice: User, template: Profile) -> None:
    files = finished(alice, template, people(2))
    run = finished(alice, template, people(2), LINKS)

    for number in range(2):
        link = hand_outs.find(token_of(run, number))
        assert content_of(files)[letters(number)] in hand_outs.file_of(link).content


def test_a_link_installs_the_revision_of_the_run_whatever_becomes_of_the_template(
    alice: User, template: Profile
) -> None:
    run = finished(alice, template, people(1), LINKS)
    save(alice, template, RemoteAddress="new.example.com")

    assert b"new.example.com" not in fetched(token_of(run, 0))


def test_a_link_that_works_once_works_once(alice: User, template: Profile) -> None:
    run = finished(alice, template, people(2), Wish(delivery=Delivery.LINKS, one_time=True))
    fetched(token_of(run, 0))

    with pytest.raises(LinkError, match="works once, and has been used"):
        hand_outs.find(token_of(run, 0))
    fetched(token_of(run, 1))


def test_a_link_that_does_not_works_again(alice: User, template: Profile) -> None:
    run = finished(alice, template, people(1), LINKS)

    assert fetched(token_of(run, 0))
    assert fetched(token_of(run, 0))
    link = HandOut.objects.get()
    assert (link.uses, link.served) == (2, 2)


@pytest.mark.parametrize("days", [1, 30])
def test_a_link_lasts_as_long_as_was_wished_and_the_run_as_long_as_its_links(
    alice: User, template: Profile, days: int
) -> None:
    run = finished(alice, template, people(1), Wish(delivery=Delivery.LINKS, link_days=days))

    link = HandOut.objects.get()
    left = link.expires_at - timezone.now()
    assert timedelta(days=days, minutes=-1) < left <= timedelta(days=days)
    assert run.expires_at >= link.expires_at

    HandOut.objects.update(expires_at=timezone.now())
    with pytest.raises(LinkError, match="This link has expired"):
        hand_outs.find(token_of(run, 0))


def test_a_link_of_a_deleted_run_opens_nothing(alice: User, template: Profile) -> None:
    run = finished(alice, template, people(1), LINKS)
    token = token_of(run, 0)
    grant = hand_outs.confirm(hand_outs.find(token))
    retention.delete(actor=alice, run=run)

    with pytest.raises(HandOut.DoesNotExist):
        hand_outs.find(token)
    with pytest.raises(HandOut.DoesNotExist):
        hand_outs.find_granted(grant)


def test_a_link_of_an_expired_run_opens_nothing(alice: User, template: Profile) -> None:
    run = finished(alice, template, people(1), LINKS)
    token = token_of(run, 0)
    BulkRun.objects.update(expires_at=timezone.now())
    retention.purge()

    with pytest.raises(HandOut.DoesNotExist):
        hand_outs.find(token)
    assert left_over(run.pk) == {"runs": 1, "recipients": 0, "results": 0, "links": 0}


def test_a_link_of_a_cancelled_run_still_works(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("profiles.services.bulk.making.SIZE", 1)
    run = started(alice, template, people(2), LINKS)
    bulk.work(run.pk, seconds=0)
    runs.cancel(actor=alice, run=run)

    assert len(content_of(run)) == 1
    assert fetched(token_of(run, 0))


def test_a_template_in_the_bin_is_withdrawn_and_back_again_works(alice: User, template: Profile) -> None:
    run = finished(alice, template, people(1), LINKS)
    profiles.delete(actor=alice, profile=template)
    with pytest.raises(LinkError, match="This profile was withdrawn"):
        hand_outs.find(token_of(run, 0))

    profiles.restore(actor=alice, profile_id=template.pk)
    assert fetched(token_of(run, 0))


def test_without_its_identity_the_default_one_signs_and_without_any_nothing_is_given(
    alice: User, template: Profile, issued: Loaded
) -> None:
    own = add(alice, "Own", issued)
    run = finished(alice, template, people(1), Wish(delivery=Delivery.LINKS, identity_id=own.pk))
    token = token_of(run, 0)
    assert hand_outs.offer(hand_outs.find(token)).identity == own

    signing.remove(actor=alice, team=home(alice), identity=own)
    assert hand_outs.offer(hand_outs.find(token)).identity.name == "This server"

    SigningIdentity.objects.all().delete()
    with pytest.raises(IdentityError, match="no identity to sign with"):
        hand_outs.confirm(hand_outs.find(token))
    assert HandOut.objects.get().uses == 0


def test_handing_out_a_person_does_not_count_as_installing_the_template(
    alice: User, template: Profile
) -> None:
    run = finished(alice, template, people(1), LINKS)
    fetched(token_of(run, 0))

    template.refresh_from_db()
    assert (template.installed_revision, template.installed_at) == (0, None)


def test_links_of_a_run_are_not_listed_with_those_of_the_template_nor_revoked_there(
    alice: User, template: Profile
) -> None:
    finished(alice, template, people(2), LINKS)

    assert hand_outs.listed(template) == []
    with pytest.raises(HandOut.DoesNotExist):
        hand_outs.revoke(actor=alice, profile=template, hand_out_id=HandOut.objects.first().pk)  # type: ignore[union-attr]


def test_the_log_of_the_team_of_the_run_tells_of_its_links_also_for_a_template_of_another_team(
    alice: User, bob: User, issued: Loaded
) -> None:
    add(None, "This server", issued)
    shared = make_template(alice, visibility="server")
    before = {
        team.pk: AuditEntry.objects.filter(team_id=team.pk).count() for team in (home(alice), home(bob))
    }
    run = finished(bob, shared, people(1), LINKS)
    fetched(token_of(run, 0))

    def told(user: User) -> list[tuple[str, str, str]]:
        entries = AuditEntry.objects.filter(team_id=home(user).pk).order_by("id")[before[home(user).pk] :]
        return [(entry.actor, entry.event, entry.detail) for entry in entries]

    assert told(alice) == [("bob", "template filled in", "by another team")]
    assert told(bob) == [
        ("bob", "bulk run started", "revision 1, 1 recipients, an install link for each"),
        ("bob", "bulk run finished", "1 made"),
        ("somebody with the link", "install link used", f"revision 1, for {letters(0)}"),
        ("somebody with the link", "install file sent", f"revision 1, for {letters(0)}"),
    ]


def test_the_identity_of_the_team_of_the_run_signs_also_for_a_template_of_another_team(
    alice: User, bob: User, issued: Loaded
) -> None:
    add(None, "This server", issued)
    add(alice, "Alice’s", issued)
    bobs = add(bob, "Bob’s", issued)
    run = finished(bob, make_template(alice, visibility="server"), people(1), LINKS)

    assert hand_outs.offer(hand_outs.find(token_of(run, 0))).identity == bobs


def test_a_table_tells_who_gets_which_link_and_until_when(alice: User, template: Profile) -> None:
    run = finished(alice, template, people(2), LINKS)

    lines = list(
        csv.reader(io.StringIO("".join(results.links_csv(user=alice, run=run)).removeprefix("\ufeff")))
    )
    expires = [link.expires_at.isoformat(timespec="seconds") for link in HandOut.objects.order_by("note")]
    assert lines == [
        ["name", "email", "link", "expires"],
        *(
            [
                letters(number),
                f"{letters(number)}@example.org",
                install_address(token_of(run, number)),
                expires[number],
            ]
            for number in range(2)
        ),
    ]


def test_somebody_who_has_left_made_links_that_go_on_working(
    alice: User, bob: User, template: Profile
) -> None:
    join(home(alice), bob, Role.HELPER)
    run = finished(bob, template, people(1), LINKS, team=home(alice))
    teams.remove_member(actor=alice, team=home(alice), user_id=bob.pk)

    assert fetched(token_of(run, 0))


def test_links_are_made_once_however_often_a_run_is_gone_on_with(alice: User, template: Profile) -> None:
    run = started(alice, template, people(2), LINKS)
    work_off(run)
    tokens = content_of(run)
    BulkRun.objects.filter(pk=run.pk).update(state=RunState.PAUSED)
    runs.resume(actor=alice, run=run)
    work_off(run)

    assert run.state == RunState.FINISHED
    assert content_of(run) == tokens
    assert HandOut.objects.count() == 2
