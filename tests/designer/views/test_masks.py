"""What stands for a secret on a page never brings it to where everybody sees it."""

from __future__ import annotations

import json
from html import unescape
from typing import Any, cast

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from profiles.models import Payload, Profile, Revision, User
from profiles.plist.reading.read import read
from profiles.plist.secrets import MASK
from profiles.services import profiles
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.plist.trees import tree, vpn
from tests.posting import browse

HUSH = "hush hush"
RULES = [
    {"Action": "Connect", "SSIDMatch": [f"{MASK} 1", "Office"], "Vendor": HUSH},
    {"Action": "Disconnect", "SSIDMatch": [5]},
]
IKEV2 = {
    "RemoteAddress": "vpn.example.com",
    "RemoteIdentifier": "vpn.example.com",
    "AuthenticationMethod": "SharedSecret",
    "SharedSecret": HUSH,
    "OnDemandEnabled": 1,
    "OnDemandRules": RULES,
}
GIVEN = tree(vpn(IKEV2))


def created(alice: User, given: dict[str, Any] = GIVEN) -> Profile:
    return profiles.create(actor=alice, team=home(alice), document=read(given))


def shown_anywhere(client: Client, profile: Profile) -> str:
    """All that the pages of a profile say of it, and all that its rows hold in the clear."""
    profile.refresh_from_db()
    addresses = [
        reverse("profile", args=[profile.pk]),
        reverse("profile_compatibility", args=[profile.pk]),
        reverse("profile_history", args=[profile.pk]),
        f"{reverse('compare')}?old=revision:{profile.pk}:1&new=profile:{profile.pk}",
    ]
    pages = [client.get(address).content.decode() for address in addresses]
    rows = [row.values for row in Payload.objects.filter(profile=profile)]
    rows += [row.document for row in Revision.objects.filter(profile=profile)]
    return unescape("\n".join([*pages, json.dumps([*rows, profile.envelope])]))


def save(client: Client, profile: Profile, data: Any) -> HttpResponse:
    return cast(HttpResponse, client.post(reverse("profile", args=[profile.pk]), data))


# An item list that no other control can show is JSON, in which a mask stands for what may be secret.

MIXED = tree(vpn({**IKEV2, "OnDemandRules": [RULES[0], "no rule"]}))


def json_of_rules(client: Client, profile: Profile) -> tuple[Any, str, list[Any]]:
    page = browse(client.get(reverse("profile", args=[profile.pk])).content.decode())
    data = page.data()
    (name,) = [name for name in data if name.endswith("-IKEv2.OnDemandRules")]
    return data, name, json.loads(str(data[name]))


def test_a_name_that_reads_like_a_mask_stays_one_beside_an_unknown_key(
    alice_client: Client, alice: User
) -> None:
    profile = created(alice, MIXED)
    data, _, rules = json_of_rules(alice_client, profile)
    assert rules[0]["SSIDMatch"] == [f"{MASK} 1", "Office"]
    assert HUSH not in str(data)

    assert save(alice_client, profile, data).status_code == 302

    assert HUSH not in shown_anywhere(alice_client, profile)
    (part,) = load(profile).payloads
    assert part.values["IKEv2"]["OnDemandRules"] == [RULES[0], "no rule"]


def test_a_mask_in_a_rule_shown_as_json_does_not_become_a_name(alice_client: Client, alice: User) -> None:
    profile = created(alice, MIXED)
    data, name, rules = json_of_rules(alice_client, profile)
    rules[0]["SSIDMatch"] = [rules[0]["Vendor"]]
    data[name] = json.dumps(rules)

    answer = save(alice_client, profile, data)

    assert answer.status_code == 422
    page = unescape(answer.content.decode())
    assert "IKEv2.OnDemandRules[0].SSIDMatch[0]" in page
    assert str(browse(answer.content.decode()).data()[name]).strip() == data[name]
    assert HUSH not in page
    assert HUSH not in shown_anywhere(alice_client, profile)


# Edit as XML


def opened(client: Client, profile: Profile, part: str) -> dict[str, str]:
    page = browse(client.get(reverse("part_xml", args=[profile.pk, part])).content.decode())
    return {name: value.replace("\r\n", "\n") for name, value in page.posted}


def mask_of(xml: str, key: str) -> str:
    return xml[xml.index(f"<key>{key}</key>") :].partition("<string>")[2].partition("</string>")[0]


@pytest.mark.parametrize("secret", ["SharedSecret", "Vendor"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "<key>RemoteAddress</key>\n\t\t<string>vpn.example.com<",
            "<key>RemoteAddress</key>\n\t\t<string>{}<",
        ),
        ("<string>Office<", "<string>{}<"),
        ("<integer>5</integer>", "<string>{}</string>"),
    ],
    ids=["a key", "the title", "an item of a list in an item"],
)
def test_a_mask_in_xml_does_not_become_what_is_shown(
    alice_client: Client, alice: User, secret: str, old: str, new: str
) -> None:
    profile = created(alice)
    part = load(profile).payloads[0].uuid
    data = opened(alice_client, profile, part)
    assert HUSH not in data["xml"]
    assert old in data["xml"]
    data["xml"] = data["xml"].replace(old, new.format(mask_of(data["xml"], secret)))

    for more in ({"check": "1"}, {}):
        answer = alice_client.post(reverse("part_xml", args=[profile.pk, part]), data | more)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
        assert str(browse(answer.content.decode()).data()["xml"]).replace("\r\n", "\n") == data["xml"]
        assert HUSH not in answer.content.decode()
    assert HUSH not in shown_anywhere(alice_client, profile)
