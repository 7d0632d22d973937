"""Links to templates: made, looked at from outside, taken up, and ended."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profiles.models import AuditEntry, Profile, Role, ShareLink, User
from profiles.models.link import new_token
from profiles.services import profiles, sharing
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.services.samples import document as office
from tests.services.template_samples import (
    SECRETS,
    VARIABLES,
    declared,
    join,
    make_template,
    template_document,
)


@pytest.fixture
def template(alice: User) -> Profile:
    return make_template(alice)


@pytest.fixture
def token(alice: User, template: Profile) -> str:
    return sharing.share(actor=alice, template=template, days=7).token


def links(template: Profile) -> str:
    return reverse("share_template", args=[template.pk])


def shared(token: str, name: str = "shared") -> str:
    return reverse(name, args=[token])


# Made


def test_a_link_is_shown_once_and_leads_to_the_page(
    alice_client: Client, client: Client, template: Profile
) -> None:
    page = alice_client.post(links(template), {"days": "7"}).content.decode()

    (link,) = re.findall(r'value="(https?://[^"]+/s/[^"]+)"', page)
    assert client.get("/s/" + link.partition("/s/")[2]).status_code == 200
    listed = alice_client.get(links(template)).content.decode()
    assert link not in listed
    assert "taken 0 times" in listed
    assert "by alice" in listed
    assert ShareLink.objects.get().token_hash not in listed


@pytest.mark.parametrize("days", ["", "0", "8", "-1", "x", "9" * 40, "٧"])
def test_no_other_time_can_be_chosen(alice_client: Client, template: Profile, days: str) -> None:
    response = alice_client.post(links(template), {"days": days}, follow=True)

    assert "A link lasts 1 day, 7 days" in response.content.decode()
    assert not ShareLink.objects.exists()


def test_a_link_is_revoked(alice_client: Client, client: Client, template: Profile, token: str) -> None:
    where = reverse("revoke_share", args=[template.pk, ShareLink.objects.get().pk])
    assert alice_client.get(where).status_code == 405

    page = alice_client.post(where, follow=True).content.decode()

    assert "The link was revoked." in page
    assert "revoked · taken 0 times" in page
    assert client.get(shared(token)).status_code == 410
    other = reverse("revoke_share", args=[template.pk, template.pk])
    assert alice_client.post(other).status_code == 404


@pytest.mark.parametrize("role", [Role.HELPER, Role.VIEWER])
def test_a_helper_or_a_viewer_shares_nothing(
    alice: User, bob: User, bob_client: Client, template: Profile, token: str, role: Role
) -> None:
    join(home(alice), bob, role)
    where = reverse("revoke_share", args=[template.pk, ShareLink.objects.get().pk])
    data = {"team": str(home(bob).pk), "days": "7"}

    assert bob_client.get(links(template)).status_code == 403
    assert bob_client.post(links(template), data).status_code == 403
    assert bob_client.post(where, data).status_code == 403
    assert ShareLink.objects.get().state() == "open"


def test_a_stranger_finds_no_links(bob_client: Client, template: Profile, token: str) -> None:
    where = reverse("revoke_share", args=[template.pk, ShareLink.objects.get().pk])

    assert bob_client.get(links(template)).status_code == 404
    assert bob_client.post(links(template), {"days": "7"}).status_code == 404
    assert bob_client.post(where).status_code == 404


# Looked at


def test_whoever_has_the_link_looks_without_an_account_and_sees_no_secret(
    alice: User, client: Client, template: Profile, token: str
) -> None:
    for row in (template, make_template(alice, document=declared(office()))):
        token = sharing.share(actor=alice, template=row, days=7).token
        response = client.get(shared(token))

        assert response.status_code == 200
        page = unescape(response.content.decode())
        assert "vpn.example.com" in page or "It cannot be shown, since it has errors." in page
        for secret in (
            *SECRETS,
            "hunter2-in-no-column",
            "imported-and-in-no-column",
            "misspelt-and-in-no-column",
        ):
            assert secret not in page
        assert token not in page.replace(shared(token), "")
        # Browsers send no origin with the forms of a page that allows no referrer at all.
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert "no-store" in response["Cache-Control"]


def test_the_page_says_what_is_asked_and_until_when(client: Client, token: str) -> None:
    page = unescape(client.get(shared(token)).content.decode())

    for text in (
        "A template of “alice’s team”",
        "For people who travel.",
        "User name",
        "{{user}}",
        "••••••••",
    ):
        assert text in page
    assert "PIN <code>pin</code>" in page
    assert "secret" in page
    assert "Copy to" not in page
    assert "Download as a file" in page


def test_labels_of_elsewhere_are_data(alice: User, client: Client) -> None:
    variables = (replace(VARIABLES[0], label="<script>x"), *VARIABLES[1:])
    document = declared(template_document(name="<b>"), variables=variables, summary="<i>")
    token = sharing.share(actor=alice, template=make_template(alice, document=document), days=1).token

    page = client.get(shared(token)).content.decode()

    assert "&lt;script&gt;x" in page
    assert "<b>" not in page
    assert "<i>" not in page


def test_head_is_answered_and_nothing_else_but_get(client: Client, token: str) -> None:
    response = client.head(shared(token))

    assert (response.status_code, response.content) == (200, b"")
    assert client.post(shared(token)).status_code == 405
    for name in ("download_shared", "take_shared"):
        assert client.get(shared(token, name)).status_code in (302, 405)
        assert client.head(shared(token, name)).status_code in (302, 405)
    assert ShareLink.objects.get().uses == 0


# Taken up


def test_whoever_has_the_link_downloads_the_file_and_that_is_counted(
    alice_client: Client, client: Client, template: Profile, token: str
) -> None:
    response = client.post(shared(token, "download_shared"))

    assert response["Content-Type"] == "application/json"
    assert "Office%20VPN.json" in response["Content-Disposition"]
    text = response.content.decode()
    assert json.loads(text)["to_be_filled_in"]
    for secret in SECRETS:
        assert secret not in text
    assert ShareLink.objects.get().uses == 1
    assert "taken 1 time," in alice_client.get(links(template)).content.decode()
    entry = AuditEntry.objects.latest("id")
    assert (entry.actor, entry.event, entry.address) == (
        "somebody with the link",
        "share link used",
        "127.0.0.1",
    )


def test_a_copy_goes_to_ones_own_team(bob: User, bob_client: Client, template: Profile, token: str) -> None:
    page = bob_client.get(shared(token)).content.decode()
    assert "Copy to “bob’s team”" in page

    response = bob_client.post(shared(token, "take_shared"), {"team": str(home(bob).pk)})

    copy = Profile.objects.get(team=home(bob))
    assert response["Location"] == reverse("profile", args=[copy.pk])
    assert copy.is_template
    shown = unescape(bob_client.get(response["Location"]).content.decode())
    assert "“Office VPN” is in the library." in shown
    assert "To be filled in" in shown
    for secret in SECRETS:
        assert secret not in shown
    assert ShareLink.objects.get().uses == 1


@pytest.mark.parametrize("role", [Role.HELPER, Role.VIEWER])
def test_a_copy_needs_a_role_that_may_make_templates(
    alice: User, bob: User, bob_client: Client, token: str, role: Role
) -> None:
    join(home(alice), bob, role)
    bob_client.post(reverse("choose_team"), {"team": str(home(alice).pk)})
    assert "Copy to" not in bob_client.get(shared(token)).content.decode()

    response = bob_client.post(shared(token, "take_shared"), {"team": str(home(alice).pk)})

    assert response.status_code == 403
    assert (Profile.objects.count(), ShareLink.objects.get().uses) == (1, 0)


def test_a_copy_needs_an_account(client: Client, token: str) -> None:
    response = client.post(shared(token, "take_shared"))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))
    assert ShareLink.objects.get().uses == 0


def test_a_template_that_no_file_can_hold_says_so(alice: User, bob_client: Client) -> None:
    twice = make_template(alice, document=declared(template_document(), variables=(*VARIABLES, VARIABLES[0])))
    token = sharing.share(actor=alice, template=twice, days=7).token

    response = bob_client.post(shared(token, "take_shared"), follow=True)

    assert response.redirect_chain == [(shared(token), 302)]
    assert "Not copied: Two variables are called 'user'." in unescape(response.content.decode())


# Ended


@pytest.mark.parametrize("state", ["expired", "revoked"])
def test_a_link_that_has_ended_says_so_and_serves_nothing(
    client: Client, bob_client: Client, token: str, state: str
) -> None:
    now = timezone.now()
    ShareLink.objects.update(
        **({"expires_at": now - timedelta(seconds=1)} if state == "expired" else {"revoked_at": now})
    )

    for response in (
        client.get(shared(token)),
        client.post(shared(token, "download_shared")),
        bob_client.post(shared(token, "take_shared")),
    ):
        assert response.status_code == 410
        assert state in response.content.decode()
        assert "vpn.example.com" not in response.content.decode()
    assert ShareLink.objects.get().uses == 0


@pytest.mark.parametrize("gone", ["deleted", "purged"])
def test_a_template_that_is_gone_is_not_known(
    alice: User, client: Client, template: Profile, token: str, gone: str
) -> None:
    if gone == "deleted":
        profiles.delete(actor=alice, profile=template)
    else:
        Profile.objects.filter(pk=template.pk).delete()

    response = client.get(shared(token))

    assert response.status_code == 404
    assert "This link is not known here" in response.content.decode()


def test_a_link_whose_maker_left_still_works_and_is_listed(
    alice: User, alice_client: Client, bob: User, client: Client, template: Profile
) -> None:
    join(home(alice), bob, Role.EDITOR)
    token = sharing.share(actor=bob, template=template, days=7).token
    bob.memberships.all().delete()
    bob.delete()

    assert client.get(shared(token)).status_code == 200
    assert alice_client.get(links(template)).status_code == 200


# Guessed


def ask(client: Client, name: str, token: str) -> Any:
    return client.get(shared(token)) if name == "shared" else client.post(shared(token, name))


@pytest.mark.parametrize("name", ["shared", "download_shared"])
def test_guesses_are_slowed_down(client: Client, token: str, name: str) -> None:
    statuses = [ask(client, name, new_token()).status_code for _ in range(22)]

    assert statuses == [404] * 20 + [429] * 2
    refused = client.get(shared(token))
    assert refused.status_code == 429
    assert "Retry-After" in refused


def test_links_that_are_right_are_no_guesses(client: Client, token: str) -> None:
    assert {client.get(shared(token)).status_code for _ in range(30)} == {200}


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("token", ["x", "é", "%00", "%ed%a0%80", "a" * 500, "' OR 1=1"])
def test_what_is_no_token_is_not_known(client: Client, token: str) -> None:
    assert client.get(f"/s/{token}/").status_code == 404


def test_no_log_tells_a_token(client: Client, token: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="designer")
    client.get(shared(token))
    client.post(shared(token, "download_shared"))

    assert token not in caplog.text
    assert token not in repr([*AuditEntry.objects.values()])


def test_a_copy_is_as_the_original_but_for_its_secrets(
    alice: User, bob: User, bob_client: Client, template: Profile, token: str
) -> None:
    bob_client.post(shared(token, "take_shared"), {"team": str(home(bob).pk)})

    copy, original = load(Profile.objects.get(team=home(bob))), load(template)
    assert copy.declaration
    assert original.declaration
    assert (copy.title, copy.targets, copy.declaration.variables) == (
        original.title,
        original.targets,
        original.declaration.variables,
    )
    assert {place.path for place in copy.declaration.locked} == {
        place.path for place in original.declaration.locked
    }
