"""What an install link leads to, for somebody without an account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from profiles.catalogue.versions import Targets
from profiles.encryption import KeyRing
from profiles.models import AuditEntry, HandOut, Profile, SigningIdentity, User
from profiles.plist.build import build
from profiles.services import hand_outs, profiles, signing
from profiles.services.document_storage import load
from profiles.services.links import Issued
from profiles.services.teams import home
from tests.designer.user_agents import FOREIGN, IPHONE, MAC, SAFARI
from tests.services.samples import valid
from tests.services.signers import openssl_verify

PASSPHRASE = "blue elephant 7"


@pytest.fixture(autouse=True)
def _nothing_was_counted(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def once(alice: User, profile: Profile) -> Issued[HandOut]:
    """A link that works once."""
    return hand_outs.create(actor=alice, profile=profile, one_time=True)


@pytest.fixture
def guarded(alice: User, profile: Profile) -> Issued[HandOut]:
    """A link that takes PASSPHRASE."""
    return hand_outs.create(actor=alice, profile=profile, passphrase=PASSPHRASE)


def address(made: Issued[HandOut]) -> str:
    return reverse("install", args=[made.token])


def text(response: Any) -> str:
    """What a reader reads."""
    body = re.sub(r"<(style|script|svg).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def file_address(client: Client, made: Issued[HandOut], **answers: str) -> str:
    """Confirm, and return where that leads."""
    response = client.post(address(made), answers)
    assert response.status_code == 303
    return response["Location"]


def handed_out_for(alice: User, targets: Targets) -> Issued[HandOut]:
    profile = profiles.create(actor=alice, team=home(alice), document=replace(valid(), targets=targets))
    return hand_outs.create(actor=alice, profile=profile)


def test_the_page_says_what_it_is_before_anything_is_downloaded(
    client: Client, once: Issued[HandOut]
) -> None:
    page = text(client.get(address(once), headers={"User-Agent": SAFARI}))

    told = (
        "Office VPN",
        "Adds the VPN connection “Office”",
        "You can remove it in Settings at any time.",
        "Signed by Profile Designer signing",
        "Shows as Verified on devices that trust",
        "Profile Downloaded",
        "within 8 minutes",
        "once only",
    )
    for each in told:
        assert each in page


def test_the_page_offers_no_way_into_the_designer(client: Client, once: Issued[HandOut]) -> None:
    page = client.get(address(once)).content.decode()
    assert reverse("profiles") not in page
    assert reverse("account_login") not in page


@pytest.mark.parametrize("answer", ["page", "confirmation", "file", "gone", "unknown"])
def test_nothing_of_it_is_kept_indexed_or_passed_on(
    client: Client, once: Issued[HandOut], answer: str
) -> None:
    page = client.get(address(once))
    confirmation = client.post(address(once))
    answers = {"page": page, "confirmation": confirmation}
    if answer == "file":
        answers["file"] = client.get(confirmation["Location"])
    if answer == "gone":
        answers["gone"] = client.get(address(once))
    if answer == "unknown":
        answers["unknown"] = client.get("/i/nothing")

    response = answers[answer]

    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"


def test_a_fresh_visitor_confirms_with_the_token_of_the_form(once: Issued[HandOut], tmp_path: Path) -> None:
    visitor = Client(enforce_csrf_checks=True)
    page = visitor.get(address(once)).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token

    assert visitor.post(address(once)).status_code == 403
    confirmed = visitor.post(address(once), {"csrfmiddlewaretoken": token[1]})

    assert confirmed.status_code == 303
    response = visitor.get(confirmed["Location"])
    assert response["Content-Type"] == "application/x-apple-aspen-config"
    assert 'filename="Office-VPN.mobileconfig"' in response["Content-Disposition"]
    content = openssl_verify(response.content, signing.authority_certificate(), tmp_path)
    assert content == build(load(once.link.profile))


def test_looking_changes_nothing(client: Client, once: Issued[HandOut]) -> None:
    before = AuditEntry.objects.count()
    for _ in range(3):
        assert client.get(address(once)).status_code == 200
        assert client.head(address(once)).status_code == 200
    assert HandOut.objects.get().uses == 0
    assert AuditEntry.objects.count() == before
    assert client.post(address(once)).status_code == 303


def test_a_second_confirmation_of_a_link_that_works_once_is_refused(
    client: Client, once: Issued[HandOut]
) -> None:
    client.post(address(once))
    for response in (client.get(address(once)), client.post(address(once))):
        assert response.status_code == 410
        assert "This link works once, and has been used." in text(response)


def test_who_was_overtaken_is_told_so(
    client: Client, once: Issued[HandOut], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = hand_outs.find(once.token)
    hand_outs.confirm(once.link)
    monkeypatch.setattr(hand_outs, "find", lambda token: found)  # as it was a moment before
    response = client.post(address(once))
    assert response.status_code == 410
    assert "has been used" in text(response)


def test_the_file_is_sent_as_often_as_the_device_asks_and_counted(
    client: Client, once: Issued[HandOut], profile: Profile
) -> None:
    where = file_address(client, once)

    assert client.head(where)["Content-Type"] == "application/x-apple-aspen-config"
    assert HandOut.objects.get().served == 0
    for _ in range(2):
        assert client.get(where).status_code == 200

    hand_out = HandOut.objects.get()
    assert (hand_out.uses, hand_out.served) == (1, 2)
    profile.refresh_from_db()
    assert profile.installed_revision == 1
    entries = AuditEntry.objects.filter(event__in=["install link used", "install file sent"])
    assert [(entry.event, entry.actor, entry.address) for entry in entries] == [
        ("install file sent", "somebody with the link", "127.0.0.1"),
        ("install file sent", "somebody with the link", "127.0.0.1"),
        ("install link used", "somebody with the link", "127.0.0.1"),
    ]


def test_the_file_is_not_sent_after_its_time_nor_after_a_revocation(
    alice: User, client: Client, once: Issued[HandOut], profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = file_address(client, once)
    with monkeypatch.context() as patched:
        patched.setattr(hand_outs, "GRANT_SECONDS", -1)
        late = client.get(where)
    hand_outs.revoke(actor=alice, profile=profile, hand_out_id=once.link.pk)
    revoked = client.get(where)

    assert (late.status_code, revoked.status_code) == (410, 410)
    assert "not fetched in time" in text(late)
    assert "revoked" in text(revoked)
    assert HandOut.objects.get().served == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "This link has expired."),
        ({"revoked_at": timezone.now()}, "This link was revoked."),
        ({"uses": 1}, "This link works once, and has been used."),
    ],
)
def test_a_link_that_is_over_says_why(
    client: Client, once: Issued[HandOut], change: dict[str, object], sentence: str
) -> None:
    HandOut.objects.update(**change)
    for response in (client.get(address(once)), client.post(address(once))):
        assert response.status_code == 410
        assert sentence in text(response)


def test_a_deleted_profile_was_withdrawn(
    alice: User, client: Client, once: Issued[HandOut], profile: Profile
) -> None:
    profiles.delete(actor=alice, profile=profile)
    response = client.get(address(once))
    assert response.status_code == 410
    assert "This profile was withdrawn." in text(response)


@pytest.mark.parametrize("path", ["/i/x", "/i/file", "/i/file/x", "/i/%00", "/i/" + "x" * 3000, "/i/é"])
def test_a_link_that_nobody_made_is_not_known(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "This link is not known here" in text(response)


def test_the_passphrase_is_asked_for_and_opens(client: Client, guarded: Issued[HandOut]) -> None:
    page = client.get(address(guarded)).content.decode()
    assert 'type="password" name="passphrase"' in page
    assert client.get(file_address(client, guarded, passphrase=PASSPHRASE)).status_code == 200


def test_a_wrong_passphrase_gets_the_form_again_and_a_line_in_the_log_without_it(
    client: Client, guarded: Issued[HandOut], caplog: pytest.LogCaptureFixture
) -> None:
    response = client.post(address(guarded), {"passphrase": "green elephant"})

    assert response.status_code == 403
    assert "That is not the passphrase of this link." in text(response)
    page = response.content.decode()
    assert 'name="passphrase"' in page
    assert "green elephant" not in page
    entry = AuditEntry.objects.filter(event="install link refused").get()
    assert "green elephant" not in f"{entry.detail}{entry.name}{caplog.text}"
    assert HandOut.objects.get().uses == 0


def test_passphrases_are_guessed_a_few_times_only(client: Client, guarded: Issued[HandOut]) -> None:
    statuses = [
        client.post(address(guarded), {"passphrase": f"elephant {number}"}).status_code for number in range(6)
    ]
    assert statuses == [403] * 5 + [429]
    assert client.post(address(guarded), {"passphrase": PASSPHRASE}).status_code == 429
    assert client.get(address(guarded)).status_code == 200


def test_what_can_no_longer_be_signed_is_a_page_and_uses_nothing_up(
    client: Client, once: Issued[HandOut]
) -> None:
    SigningIdentity.objects.all().delete()
    for response in (client.get(address(once)), client.post(address(once))):
        assert response.status_code == 409
        assert "This profile cannot be installed just now" in text(response)
    assert HandOut.objects.get().uses == 0


def test_an_identity_that_goes_between_confirmation_and_file_is_a_page(
    client: Client, once: Issued[HandOut]
) -> None:
    where = file_address(client, once)
    SigningIdentity.objects.all().delete()
    response = client.get(where)
    assert response.status_code == 409
    assert "This profile cannot be installed just now" in text(response)
    assert HandOut.objects.get().served == 0


def test_a_lost_encryption_key_is_a_page(
    alice: User, client: Client, profile: Profile, settings: Settings
) -> None:
    made = hand_outs.create(actor=alice, profile=profile)
    where = file_address(client, made)
    settings.ENCRYPTION_KEYS = KeyRing.generate_key_line()
    for response in (client.get(address(made)), client.post(address(made)), client.get(where)):
        assert response.status_code == 503
        assert "This profile cannot be installed just now" in text(response)
    assert HandOut.objects.get().uses == 1


CHROME = f"{IPHONE} CriOS/125.0 Mobile/15E148 Safari/604.1"


def test_another_browser_on_an_iphone_is_sent_to_safari(client: Client, once: Issued[HandOut]) -> None:
    response = client.get(address(once), headers={"User-Agent": CHROME})
    assert "Open this page in Safari You are looking at it in Chrome" in text(response)
    assert f'value="http://127.0.0.1:8000{address(once)}"' in response.content.decode()
    assert "<summary>Download the file here all the same" in response.content.decode()
    assert "<svg" not in response.content.decode()


def test_safari_is_sent_nowhere(client: Client, once: Issued[HandOut]) -> None:
    response = client.get(address(once), headers={"User-Agent": SAFARI})
    assert "Open this page" not in text(response)
    assert "all the same" not in text(response)
    assert "<svg" not in response.content.decode()


@pytest.mark.parametrize("user_agent", FOREIGN)
def test_a_device_of_another_make_shows_the_code_for_an_iphone(
    client: Client, once: Issued[HandOut], user_agent: str
) -> None:
    response = client.get(address(once), headers={"User-Agent": user_agent})
    assert "This is for Apple devices" in text(response)
    assert response.content.decode().count("<svg") == 1


def test_a_mac_shows_the_code_too(client: Client, once: Issued[HandOut]) -> None:
    response = client.get(address(once), headers={"User-Agent": f"{MAC} Version/17.5 Safari/605.1.15"})
    assert "This is for Apple devices" not in text(response)
    assert response.content.decode().count("<svg") == 1


def test_an_iphone_is_told_that_a_profile_is_for_others(
    alice: User, client: Client, profile: Profile
) -> None:
    made = handed_out_for(alice, {"macOS": "14.0", "tvOS": "17.0"})
    page = text(client.get(address(made), headers={"User-Agent": SAFARI}))
    assert "This is not for iPhone or iPad It is made for Mac and Apple TV." in page


@pytest.mark.parametrize(
    ("targets", "titles"),
    [
        ({"iOS": "17.0"}, ["iPhone or iPad iOS / iPadOS 17.0 or later"]),
        (
            {"macOS": "14.0", "iOS": "17.4"},
            ["iPhone or iPad iOS / iPadOS 17.4 or later", "Mac macOS 14.0 or later"],
        ),
        ({}, ["iPhone or iPad", "Mac", "Apple TV", "Apple Vision Pro"]),
        ({"iOS": "17.0", "watchOS": "11.0"}, ["iPhone or iPad iOS / iPadOS 17.0 or later"]),
    ],
)
def test_the_steps_are_those_of_the_devices_that_the_profile_is_for_this_one_first(
    alice: User, client: Client, profile: Profile, targets: Targets, titles: list[str]
) -> None:
    made = handed_out_for(alice, targets)
    page = client.get(address(made), headers={"User-Agent": SAFARI}).content.decode()
    found = re.findall(r'<details class="guide"( open)?>\s*<summary>(.*?)</summary>', page)
    assert [" ".join(re.sub(r"<[^>]*>", " ", title).split()) for _, title in found] == titles
    assert found[0][0] == " open"
    assert [is_open for is_open, _ in found[1:]] == [""] * (len(found) - 1)
