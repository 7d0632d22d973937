"""Values of keys that the designer does not know: numbers, switches and dates are shown, others when an editor asks."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from profiles.models import AuditEntry, Membership, Profile, Role, User
from profiles.plist.document import ENVELOPE_NAME
from profiles.plist.reading.read import read
from profiles.plist.secrets import MASK
from profiles.services import profiles
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.plist.trees import tree, vpn
from tests.posting import browse

HUSH = "hush hush"
RESTRICTIONS = {
    "PayloadType": "com.apple.applicationaccess",
    "PayloadVersion": 1,
    "PayloadUUID": "11111111-2222-3333-4444-555555555555",
    "PayloadIdentifier": "com.example.restrictions",
    "allowCamera": False,
    "forceDelay": 30,
    "ratingLimit": 1.5,
    "since": datetime(2027, 1, 31, 12),  # noqa: DTZ001 - as plistlib has it
    "blocked": [1, {"on": True}],
    "token": HUSH,
    "blob": b"\x00hush",
    "apps": ["com.example.one", {"id": 5}],
    "a.b c": "<dotted>",
}
RULES = [{"Action": "Connect", "Vendor": HUSH, "Number": 7}]
IKEV2 = {"SharedSecret": "declared secret", "OnDemandRules": RULES}


@pytest.fixture
def profile(alice: User) -> Profile:
    given = tree(RESTRICTIONS, vpn(IKEV2), Company=HUSH)
    return profiles.create(actor=alice, team=home(alice), document=read(given))


def page_of(client: Client, profile: Profile) -> str:
    return client.get(reverse("profile", args=[profile.pk])).content.decode()


def rows_of(page: str) -> dict[str, str]:
    """What the page lists of unknown keys: the text beside each path."""
    found = re.findall(r'<li class="unknown__row"[^>]*>(.*?)</li>', page, re.DOTALL)
    rows = {}
    for row in found:
        path = re.search(r'unknown__path">(.*?)</code>', row)
        value = re.search(r"unknown__value[^>]*>(.*?)</", row, re.DOTALL)
        assert path
        assert value
        rows[unescape(path[1].replace("<wbr>", ""))] = unescape(value[1])
    return rows


def asked(page: str, path: str) -> str:
    """What the button beside a path posts."""
    values = re.findall(r'name="show_value" value="([^"]*)"', page)
    return next(value for value in map(unescape, values) if value.partition(" ")[2] == path)


def show(client: Client, profile: Profile, value: str, name: str = "show_value", **more: str) -> Any:
    return client.post(reverse(name, args=[profile.pk]), {"show_value": value, **more})


def test_numbers_switches_and_dates_are_shown_and_all_else_is_masked(
    alice_client: Client, profile: Profile
) -> None:
    page = page_of(alice_client, profile)
    assert rows_of(page) == {
        "Company": MASK,
        "allowCamera": "false",
        "forceDelay": "30",
        "ratingLimit": "1.5",
        "since": "2027-01-31T12:00:00Z",
        "blocked": '[1, {"on": true}]',
        "token": MASK,
        "blob": f"{MASK} 5 bytes",
        "apps": f'["{MASK}", {{"id": 5}}]',
        "a.b c": MASK,
        "IKEv2.OnDemandRules[0].Vendor": MASK,
        "IKEv2.OnDemandRules[0].Number": "7",
    }
    assert page.count('name="show_value"') == 6
    assert HUSH not in page
    assert "com.example.one" not in page


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("Company", HUSH),
        ("token", HUSH),
        ("blob", "AGh1c2g="),
        ("apps", '"com.example.one",\n  {\n    "id": 5'),
        (r"a\.b c", "<dotted>"),
        ("IKEv2.OnDemandRules[0].Vendor", HUSH),
    ],
)
def test_an_editor_is_shown_one_value_and_the_log_tells_of_it(
    alice_client: Client, profile: Profile, path: str, shown: str
) -> None:
    answer = show(alice_client, profile, asked(page_of(alice_client, profile), path))

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert shown in unescape(answer.content.decode())
    assert "show_value" not in answer.content.decode()
    entry = AuditEntry.objects.get(event="secret shown")
    assert (entry.actor, entry.name) == ("alice", "Office")
    assert entry.detail.endswith(f"/{path}, revision 1")
    assert "hush" not in repr(vars(entry))
    assert rows_of(page_of(alice_client, profile))[path.replace("\\", "")].count(MASK) == 1


def test_without_scripts_the_page_comes_back_with_the_value_and_what_was_typed(
    alice_client: Client, profile: Profile
) -> None:
    page = page_of(alice_client, profile)
    data = browse(page).data(show_value=asked(page, "token"))
    part = load(profile).payloads[1].uuid
    data[f"{part}-UserDefinedName"] = "Typed"

    answer = alice_client.post(reverse("profile", args=[profile.pk]), data)

    again = answer.content.decode()
    assert answer.status_code == 200
    assert answer["X-Saved"] == "no"
    assert rows_of(again)["token"] == HUSH
    assert rows_of(again)["Company"] == MASK
    assert browse(again).data()[f"{part}-UserDefinedName"] == "Typed"
    assert AuditEntry.objects.filter(event="secret shown").count() == 1
    profile.refresh_from_db()
    assert profile.revision == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.HELPER])
def test_whoever_may_not_edit_is_shown_no_value(
    profile: Profile, alice_client: Client, bob: User, bob_client: Client, role: Role
) -> None:
    Membership.objects.create(team=profile.team, user=bob, role=role)
    value = asked(page_of(alice_client, profile), "token")

    assert "show_value" not in page_of(bob_client, profile)
    for name in ("show_value", "profile"):
        answer = show(bob_client, profile, value, name)
        assert answer.status_code == 403
        assert HUSH not in answer.content.decode()
    assert not AuditEntry.objects.filter(event="secret shown").exists()


@pytest.mark.parametrize(
    "path", ["IKEv2.SharedSecret", "IKEv2", "IKEv2.OnDemandRules", "gone", "", "PayloadUUID"]
)
@pytest.mark.parametrize("number", [0, 1])
def test_what_is_no_unknown_key_is_not_shown(
    alice_client: Client, profile: Profile, path: str, number: int
) -> None:
    part = load(profile).payloads[number].uuid
    for value in (f"{part} {path}", f"{ENVELOPE_NAME} {path}", f"nobody {path}", path):
        assert show(alice_client, profile, value).status_code == 404
    assert not AuditEntry.objects.filter(event="secret shown").exists()


def test_a_value_is_shown_on_post_alone(alice_client: Client, profile: Profile) -> None:
    value = asked(page_of(alice_client, profile), "token")
    assert (
        alice_client.get(reverse("show_value", args=[profile.pk]), {"show_value": value}).status_code == 405
    )
    answer = alice_client.get(reverse("profile", args=[profile.pk]), {"show_value": value})
    assert HUSH not in answer.content.decode()


def test_a_payload_that_is_not_saved_yet_offers_no_value(alice_client: Client, profile: Profile) -> None:
    page = page_of(alice_client, profile)
    part = load(profile).payloads[0].uuid
    answer = alice_client.post(
        reverse("profile", args=[profile.pk]), browse(page).data(duplicate_payload=part)
    )
    again = answer.content.decode()
    assert again.count("unknown__row") > page.count("unknown__row")
    assert again.count('name="show_value"') == page.count('name="show_value"')


def test_of_very_many_keys_the_page_lists_some(alice_client: Client, alice: User) -> None:
    many = RESTRICTIONS | {f"key{number:04}": number for number in range(300)}
    made = profiles.create(actor=alice, team=home(alice), document=read(tree(many)))
    page = page_of(alice_client, made)
    assert page.count("unknown__row") == 200
    assert "And 109 more." in page


# The XML of a part


def opened(client: Client, profile: Profile, part: str) -> dict[str, str]:
    page = browse(client.get(reverse("part_xml", args=[profile.pk, part])).content.decode())
    return {name: value.replace("\r\n", "\n") for name, value in page.posted}


def test_xml_is_shown_with_its_unknown_values_and_saved_without_a_change(
    alice_client: Client, profile: Profile
) -> None:
    for part in (ENVELOPE_NAME, *(each.uuid for each in load(profile).payloads)):
        data = opened(alice_client, profile, part)
        assert MASK in data["xml"]
        answer = alice_client.post(reverse("part_xml", args=[profile.pk, part]), data | {"show": "1"})
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        again = dict(browse(answer.content.decode()).posted)
        assert HUSH in again["xml"]
        assert "declared secret" not in again["xml"]
        assert alice_client.post(reverse("part_xml", args=[profile.pk, part]), again).status_code == 302
    profile.refresh_from_db()
    assert profile.revision == 1
    details = [*AuditEntry.objects.filter(event="secret shown").values_list("detail", flat=True)]
    assert [detail.partition("/")[2] for detail in details] == ["all unknown keys, revision 1"] * 3
    assert "hush" not in str(details)


def test_what_was_typed_into_the_xml_stays_when_values_are_shown(
    alice_client: Client, profile: Profile
) -> None:
    part = load(profile).payloads[0].uuid
    data = opened(alice_client, profile, part)
    data["xml"] = data["xml"].replace("<false/>", "<true/>  <!-- typed -->")
    answer = alice_client.post(reverse("part_xml", args=[profile.pk, part]), data | {"show": "1"})
    again = dict(browse(answer.content.decode()).posted)
    assert "<true/>  <!-- typed -->" in again["xml"]
    assert MASK not in again["xml"]
    assert 'name="show"' not in answer.content.decode()


def test_xml_without_a_mask_shows_nothing_and_logs_nothing(alice_client: Client, profile: Profile) -> None:
    part = load(profile).payloads[0].uuid
    data = opened(alice_client, profile, part) | {"xml": "<dict/>", "show": "1"}
    answer = alice_client.post(reverse("part_xml", args=[profile.pk, part]), data)
    assert HUSH not in answer.content.decode()
    assert not AuditEntry.objects.filter(event="secret shown").exists()


def test_whoever_may_not_edit_is_not_shown_the_values_in_xml(
    profile: Profile, bob: User, bob_client: Client
) -> None:
    Membership.objects.create(team=profile.team, user=bob, role=Role.VIEWER)
    part = load(profile).payloads[0].uuid
    page = bob_client.get(reverse("part_xml", args=[profile.pk, part])).content.decode()
    assert 'name="show"' not in page
    data = dict(browse(page).posted) | {"show": "1"}
    answer = bob_client.post(reverse("part_xml", args=[profile.pk, part]), data)
    assert answer.status_code == 403
    assert HUSH not in answer.content.decode()
