"""The designer by plain requests: what a page holds, and what a save does."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from profiles.encryption import KeyRing
from profiles.models import Profile, User
from profiles.services import profiles
from profiles.services.documents import load
from tests.posting import Page, browse
from tests.services.samples import PASSWORD, changed

HTMX = {"HX-Request": "true"}


def opened(client: Client, profile: Profile) -> Page:
    """The designer's page as a browser has it."""
    return browse(client.get(reverse("profile", args=[profile.pk])).content.decode())


def field(profile: Profile, name: str) -> str:
    """What the field of a key of the first payload is called."""
    return f"{load(profile).payloads[0].uuid}-IKEv2.{name}"


def send(client: Client, profile: Profile, data: QueryDict, name: str = "profile", **headers: Any) -> Any:
    """Post a form as a browser does."""
    return client.post(
        reverse(name, args=[profile.pk]),
        data.urlencode(),
        content_type="application/x-www-form-urlencoded",
        headers=headers or None,
    )


def test_saving_what_was_opened_changes_nothing(alice_client: Client, profile: Profile) -> None:
    before = load(profile)

    response = send(alice_client, profile, opened(alice_client, profile).data())

    assert response.status_code == 302
    profile.refresh_from_db()
    assert profile.revision == 1
    assert load(profile) == before


def test_what_was_typed_is_saved_as_a_new_revision(alice_client: Client, profile: Profile) -> None:
    mtu = field(profile, "MTU")

    send(alice_client, profile, opened(alice_client, profile).data(**{mtu: "1300", "targets-macOS": "14.0"}))

    profile.refresh_from_db()
    assert profile.revision == 2
    assert load(profile).payloads[0].values["IKEv2"]["MTU"] == 1300
    assert load(profile).targets == {"iOS": "17.0", "macOS": "14.0"}


def test_a_draft_with_errors_is_saved(alice_client: Client, profile: Profile) -> None:
    send(alice_client, profile, opened(alice_client, profile).data(**{field(profile, "MTU"): "5"}))

    assert load(profile).payloads[0].values["IKEv2"]["MTU"] == 5


def test_what_has_no_value_is_refused_and_still_there(alice_client: Client, profile: Profile) -> None:
    mtu, name = field(profile, "MTU"), field(profile, "AuthName")
    data = opened(alice_client, profile).data(**{mtu: "much", name: "somebody"})

    response = send(alice_client, profile, data)

    assert response.status_code == 422
    page = browse(response.content.decode())
    assert page.data().get(mtu) == "much"
    assert page.data().get(name) == "somebody"
    assert "“much” is not a whole number" in response.content.decode()
    assert load(profile).payloads[0].values["IKEv2"]["AuthName"] == "alice"


def test_no_page_holds_a_secret(alice_client: Client, profile: Profile) -> None:
    typed = {field(profile, "AuthPassword"): "typed-just-now", field(profile, "MTU"): "much"}
    data = opened(alice_client, profile).data(**typed)
    bodies = [
        alice_client.get(reverse("profile", args=[profile.pk])),
        send(alice_client, profile, data, "preview_profile"),
        send(alice_client, profile, data),
    ]
    assert [response.status_code for response in bodies] == [200, 200, 422]
    for response in bodies:
        assert PASSWORD not in response.content.decode()
        assert "typed-just-now" not in response.content.decode()


def test_a_secret_is_kept_replaced_and_removed(alice_client: Client, profile: Profile) -> None:
    secret = field(profile, "AuthPassword")

    def save(**typed: str) -> Any:
        send(alice_client, profile, opened(alice_client, profile).data(**typed))
        return load(profile).payloads[0].values["IKEv2"].get("AuthPassword")

    assert save() == PASSWORD
    assert save(**{secret: " new & <b> "}) == " new & <b> "
    assert save(**{f"{secret}.remove": "1"}) is None


def test_a_concealed_field_is_not_saved_and_the_page_says_so(alice_client: Client, profile: Profile) -> None:
    timer = field(profile, "DisconnectOnIdleTimer")

    response = send(alice_client, profile, opened(alice_client, profile).data(**{timer: "60"}))

    assert "DisconnectOnIdleTimer" not in load(profile).payloads[0].values["IKEv2"]
    page = alice_client.get(response["Location"]).content.decode()
    assert "Not in the profile, since no setting makes use of it: Idle period." in page


def test_a_save_in_between_is_shown_and_never_overwritten(
    alice: User, alice_client: Client, profile: Profile
) -> None:
    mtu, name = field(profile, "MTU"), field(profile, "AuthName")
    mine = opened(alice_client, profile).data(**{mtu: "1300", name: "mine"})
    profiles.save(
        actor=alice,
        profile_id=profile.pk,
        document=changed(load(profile), AuthName="theirs"),
        base_revision=1,
    )

    response = send(alice_client, profile, mine)

    assert response.status_code == 409
    page = response.content.decode()
    assert "alice saved this profile" in page
    assert "theirs" in page
    assert load(profile).payloads[0].values["IKEv2"]["AuthName"] == "theirs"
    again = browse(page).data()
    assert again.get(mtu) == "1300"

    assert send(alice_client, profile, again).status_code == 302
    assert load(profile).payloads[0].values["IKEv2"]["AuthName"] == "mine"


@pytest.mark.parametrize("base", ["", "-1", "x", "9" * 30, "٣"])
def test_a_base_revision_that_never_was_leads_to_a_conflict(
    alice_client: Client, profile: Profile, base: str
) -> None:
    data = opened(alice_client, profile).data(**{"base_revision": base, field(profile, "MTU"): "1300"})

    assert send(alice_client, profile, data).status_code == 409


def test_a_script_without_a_session_is_told_so(client: Client, profile: Profile) -> None:
    response = client.post(reverse("preview_profile", args=[profile.pk]), headers=HTMX)

    assert response.status_code == 401
    assert "signed out" in response.content.decode()


def test_a_field_of_ten_megabytes_is_refused_with_a_reason(alice_client: Client, profile: Profile) -> None:
    data = opened(alice_client, profile).data(**{field(profile, "AuthName"): "x" * 10_000_000})

    response = send(alice_client, profile, data)

    assert response.status_code == 413
    assert "too much to send" in response.content.decode()
    assert load(profile).payloads[0].values["IKEv2"]["AuthName"] == "alice"


def test_a_control_character_is_refused_beside_its_field(alice_client: Client, profile: Profile) -> None:
    data = opened(alice_client, profile).data(**{field(profile, "AuthName"): "a\x07b"})

    response = send(alice_client, profile, data)

    assert response.status_code == 422
    assert "control character U+0007" in response.content.decode()


def test_the_review_names_problems_and_shows_the_profile(alice_client: Client, profile: Profile) -> None:
    data = opened(alice_client, profile).data(**{field(profile, "MTU"): "5", "targets-watchOS": "11.0"})

    page = send(alice_client, profile, data, "preview_profile", **HTMX).content.decode()

    assert "1 error" in page
    assert "MTU is 5, but the least allowed is 1280 bytes." in page
    assert "not on watchOS" in page
    assert '<span class="xml__key">MTU</span>' in page
    assert "••••••••" in page


def test_pages_are_not_cached(alice_client: Client, profile: Profile) -> None:
    assert "no-store" in alice_client.get(reverse("profile", args=[profile.pk]))["Cache-Control"]


def test_what_the_catalogue_does_not_know_is_shown_nowhere_and_stays(
    alice: User, alice_client: Client, profile: Profile
) -> None:
    hidden = "imported-and-unknown"
    rules = [{"Action": "Disconnect", "Vendor": hidden}, {"Action": "Connect", "Deep": {"Key": hidden}}]
    document = changed(load(profile), OnDemandRules=rules, VendorKey=hidden)
    profiles.save(actor=alice, profile_id=profile.pk, document=document, base_revision=1)
    page = opened(alice_client, profile)
    late = page.data(**{"base_revision": "1", field(profile, "MTU"): "1300"})

    shown = [
        alice_client.get(reverse("profile", args=[profile.pk])),
        send(alice_client, profile, page.data(), "preview_profile"),
        send(alice_client, profile, late),
    ]
    send(alice_client, profile, page.data(**{field(profile, "MTU"): "1300"}))

    assert [response.status_code for response in shown] == [200, 200, 409]
    assert all(hidden not in response.content.decode() for response in shown)
    kept = load(profile).payloads[0].values["IKEv2"]
    assert (kept["OnDemandRules"], kept["VendorKey"], kept["MTU"]) == (rules, hidden, 1300)


def test_a_flood_of_problems_is_counted_and_cut_short(
    alice: User, alice_client: Client, profile: Profile
) -> None:
    rules = [{"Action": "Connect", "X": 1}] * 900
    document = changed(load(profile), OnDemandEnabled=1, OnDemandRules=rules)
    profiles.save(actor=alice, profile_id=profile.pk, document=document, base_revision=1)

    page = send(
        alice_client, profile, opened(alice_client, profile).data(), "preview_profile"
    ).content.decode()

    assert "900 errors" in page
    assert "more lines" in page
    assert page.count('class="problem__place"') == 200


def test_without_its_key_a_profile_says_what_is_missing(
    alice_client: Client, profile: Profile, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = KeyRing.generate_key_line()
    settings.ENCRYPTION_KEYS_PATH = None

    response = alice_client.get(reverse("profile", args=[profile.pk]))

    assert response.status_code == 503
    assert "key" in response.content.decode()
    assert "Traceback" not in response.content.decode()
