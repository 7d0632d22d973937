"""One part of a profile as XML, by plain requests."""

from __future__ import annotations

import plistlib
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from profiles.models import Profile, User
from profiles.plist.build import property_list
from profiles.plist.document import ENVELOPE_NAME
from profiles.plist.reading.read import read
from profiles.services import profiles
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.plist.exactness import differences
from tests.plist.trees import WIFI, tree, vpn
from tests.posting import browse
from tests.services.samples import changed

GIVEN = tree(vpn({"RemoteAddress": "a.example.com", "Vendor": {"z": "hush", "a": 1.0}}), WIFI)


@pytest.fixture
def profile(alice: User) -> Profile:
    return profiles.create(actor=alice, team=home(alice), document=read(GIVEN))


def address(profile: Profile, part: str) -> str:
    return reverse("part_xml", args=[profile.pk, part])


def parts(profile: Profile) -> list[str]:
    profile.refresh_from_db()
    return [part.uuid for part in load(profile).payloads]


def opened(client: Client, profile: Profile, part: str) -> dict[str, str]:
    """What the page would post."""
    response = client.get(address(profile, part))
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return {name: value.replace("\r\n", "\n") for name, value in browse(response.content.decode()).posted}


def stored(profile: Profile) -> dict[str, object]:
    profile.refresh_from_db()
    return property_list(load(profile))


def test_what_nobody_changed_is_no_new_revision(alice_client: Client, profile: Profile) -> None:
    for part in (ENVELOPE_NAME, *parts(profile)):
        response = alice_client.post(address(profile, part), opened(alice_client, profile, part))
        assert response.status_code == 302
    assert differences(stored(profile), GIVEN) == []
    assert profile.revision == 1


def test_a_key_that_no_field_stands_for_is_changed(alice_client: Client, profile: Profile) -> None:
    wifi = parts(profile)[1]
    data = opened(alice_client, profile, wifi)
    assert "hush" not in data["xml"]
    data["xml"] = data["xml"].replace("<true/>", "<false/>")
    response = alice_client.post(address(profile, wifi), data)
    assert response["Location"] == f"{reverse('profile', args=[profile.pk])}#part-{wifi}"
    assert differences(stored(profile), tree(GIVEN["PayloadContent"][0], WIFI | {"AutoJoin": False})) == []
    assert profile.revision == 2


def test_to_check_saves_nothing_and_tells_what_is_wrong(alice_client: Client, profile: Profile) -> None:
    vpn_part = parts(profile)[0]
    data = opened(alice_client, profile, vpn_part)
    data["xml"] = data["xml"].replace("<string>a.example.com</string>", "<integer>7</integer>")
    response = alice_client.post(address(profile, vpn_part), data | {"check": "1"})
    page = unescape(response.content.decode())
    assert response.status_code == 200
    assert "RemoteAddress has to be a string, but is an integer." in page
    assert str(browse(response.content.decode()).data()["xml"]).replace("\r\n", "\n") == data["xml"]
    assert profile.revision == 1


@pytest.mark.parametrize(
    "xml", ["<dict>", "<dict><key>a</key></dict>", "<array/>", "", "<dict><foo/></dict>"]
)
def test_what_is_no_xml_is_refused_and_stays_typed(alice_client: Client, profile: Profile, xml: str) -> None:
    part = parts(profile)[0]
    data = opened(alice_client, profile, part) | {"xml": xml}
    for more in ({}, {"check": "1"}):
        response = alice_client.post(address(profile, part), data | more)
        assert response.status_code == 422
        assert 'role="alert"' in response.content.decode()
        assert browse(response.content.decode()).data()["xml"] == xml
    assert differences(stored(profile), GIVEN) == []


def test_what_others_saved_in_between_is_told_and_their_other_parts_stay(
    alice_client: Client, alice: User, profile: Profile
) -> None:
    vpn_part, wifi = parts(profile)
    data = opened(alice_client, profile, wifi)
    data["xml"] = data["xml"].replace("<true/>", "<false/>")
    profiles.save(
        actor=alice, profile_id=profile.pk, document=changed(load(profile), MTU=1300), base_revision=1
    )
    response = alice_client.post(address(profile, wifi), data)
    assert response.status_code == 409
    again = {name: v.replace("\r\n", "\n") for name, v in browse(response.content.decode()).posted}
    assert again["xml"] == data["xml"]
    assert alice_client.post(address(profile, wifi), again).status_code == 302
    after = plistlib.loads(plistlib.dumps(stored(profile)))
    assert after["PayloadContent"][1] == WIFI | {"AutoJoin": False}
    assert after["PayloadContent"][0]["IKEv2"]["MTU"] == 1300
    assert vpn_part == parts(profile)[0]


def test_a_payload_that_is_gone_is_told_and_the_text_stays(
    alice_client: Client, alice: User, profile: Profile
) -> None:
    wifi = parts(profile)[1]
    data = opened(alice_client, profile, wifi)
    rest = read(tree(GIVEN["PayloadContent"][0]))
    profiles.save(actor=alice, profile_id=profile.pk, document=rest, base_revision=1)
    response = alice_client.post(address(profile, wifi), data)
    assert response.status_code == 422
    assert "no longer in the profile" in response.content.decode()
    assert alice_client.get(address(profile, wifi)).status_code == 404


def test_the_envelope_is_a_part_too(alice_client: Client, profile: Profile) -> None:
    data = opened(alice_client, profile, ENVELOPE_NAME)
    assert "PayloadContent" not in data["xml"]
    data["xml"] = data["xml"].replace("</dict>", "<key>Company</key><real>1</real></dict>")
    assert alice_client.post(address(profile, ENVELOPE_NAME), data).status_code == 302
    assert differences(stored(profile), GIVEN | {"Company": 1.0}) == []


def test_a_key_that_stands_twice_is_told(alice_client: Client, profile: Profile) -> None:
    part = parts(profile)[1]
    data = opened(alice_client, profile, part)
    data["xml"] = data["xml"].replace("<dict>", "<dict><key>AutoJoin</key><false/>", 1)
    assert "stands twice" in alice_client.post(address(profile, part), data | {"check": "1"}).content.decode()
    response = alice_client.post(address(profile, part), data, follow=True)
    assert "stands twice" in response.content.decode()
