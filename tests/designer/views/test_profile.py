"""The designer by plain requests: what a page holds, and what a save does."""

from dataclasses import replace
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from profiles.encryption import KeyRing
from profiles.models import Profile, User
from profiles.plist.document import PayloadDocument, random_uuid
from profiles.services import profiles
from profiles.services.document_storage import load
from tests.posting import Page, browse
from tests.services.samples import PASSWORD, changed, payload

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


def test_a_payload_that_somebody_added_in_between_outlives_a_save_over_it(
    alice: User, alice_client: Client, profile: Profile
) -> None:
    mine = opened(alice_client, profile).data(**{field(profile, "MTU"): "1300"})
    theirs = replace(load(profile), payloads=(payload("theirs"), *load(profile).payloads))
    profiles.save(actor=alice, profile_id=profile.pk, document=theirs, base_revision=1)

    response = send(alice_client, profile, mine)
    assert response.status_code == 409
    send(alice_client, profile, browse(response.content.decode()).data())

    mended, added = load(profile).payloads
    assert (mended.uuid, mended.values["IKEv2"]["MTU"]) == (theirs.payloads[1].uuid, 1300)
    assert added == theirs.payloads[0]


def test_a_payload_that_somebody_took_out_in_between_comes_back_as_it_was_typed_without_secrets(
    alice: User, alice_client: Client, profile: Profile
) -> None:
    mtu = field(profile, "MTU")
    mine = opened(alice_client, profile).data(**{mtu: "1300"})
    profiles.save(
        actor=alice, profile_id=profile.pk, document=replace(load(profile), payloads=()), base_revision=1
    )

    response = send(alice_client, profile, mine)
    assert response.status_code == 409
    again = browse(response.content.decode()).data()
    assert again[mtu] == "1300"
    assert load(profile).payloads == ()
    send(alice_client, profile, again)

    (back,) = load(profile).payloads
    assert back.values["IKEv2"]["MTU"] == 1300
    assert "AuthPassword" not in back.values["IKEv2"]


def test_two_who_add_a_payload_each_end_up_with_both(
    alice: User, alice_client: Client, profile: Profile
) -> None:
    mine = opened(alice_client, profile).data(add_payload="scep")
    added = browse(send(alice_client, profile, mine).content.decode()).data()
    theirs = PayloadDocument(slug="scep", name="scep", uuid=random_uuid(), values={"PayloadDisplayName": "X"})
    document = load(profile)
    profiles.save(
        actor=alice,
        profile_id=profile.pk,
        document=replace(document, payloads=(*document.payloads, theirs)),
        base_revision=1,
    )

    response = send(alice_client, profile, added)
    assert response.status_code == 409
    assert send(alice_client, profile, browse(response.content.decode()).data()).status_code == 302

    assert sorted(part.name for part in load(profile).payloads) == ["scep", "scep-2", "tunnel 0"]
    assert theirs in load(profile).payloads


@pytest.mark.parametrize(
    "action", ["add_payload", "duplicate_payload", "remove_payload", "payload_up", "payload_down"]
)
def test_arranging_payloads_saves_nothing_and_keeps_what_is_typed(
    alice_client: Client, profile: Profile, action: str
) -> None:
    mtu, secret = field(profile, "MTU"), field(profile, "AuthPassword")
    before = load(profile)
    asked_for = "scep" if action == "add_payload" else before.payloads[0].uuid
    data = opened(alice_client, profile).data(**{mtu: "1300", secret: "typed-just-now", action: asked_for})

    response = send(alice_client, profile, data)

    assert (response.status_code, response["X-Saved"]) == (200, "no")
    profile.refresh_from_db()
    assert (profile.revision, load(profile)) == (1, before)
    page = response.content.decode()
    assert browse(page).data()[mtu] == "1300"
    assert "typed-just-now" not in page
    assert PASSWORD not in page
    assert browse(page).data()["base_revision"] == "1"


def test_a_duplicate_of_a_stored_payload_has_its_secret_once_it_is_saved(
    alice_client: Client, profile: Profile
) -> None:
    (office,) = load(profile).payloads
    asked = opened(alice_client, profile).data(duplicate_payload=office.uuid)
    page = send(alice_client, profile, asked).content.decode()
    assert send(alice_client, profile, browse(page).data()).status_code == 302

    first, copy = load(profile).payloads
    assert first == office
    assert copy.values["IKEv2"] == office.values["IKEv2"]
    assert copy.unknown == office.unknown


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
    data = opened(alice_client, profile).data(**{field(profile, "MTU"): "5", "targets-iOS": "13.0"})

    page = send(alice_client, profile, data, "preview_profile", **HTMX).content.decode()

    assert "1 error" in page
    assert "MTU is 5, but the least allowed is 1280 bytes." in page
    assert "not on iOS / iPadOS before 14.0" in page
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
    rules = [{"Action": "Fly", "SSIDMatch": [f"Office {number}"]} for number in range(900)]
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


def test_a_list_that_both_changed_is_one_row_of_a_conflict_however_many_items_it_has(
    alice: User, alice_client: Client, profile: Profile
) -> None:
    rules = [{"Action": "Connect", "SSIDMatch": ["Home"]}, {"Action": "Disconnect"}]
    profiles.save(
        actor=alice,
        profile_id=profile.pk,
        document=changed(load(profile), OnDemandRules=rules),
        base_revision=1,
    )
    mine = opened(alice_client, profile).data()
    profiles.save(
        actor=alice,
        profile_id=profile.pk,
        document=changed(load(profile), OnDemandRules=[{"Action": "Ignore"}, rules[1]]),
        base_revision=2,
    )
    del mine[field(profile, "OnDemandRules")]

    rows = send(alice_client, profile, mine).context["conflict"]["rows"]

    (row,) = [row for row in rows if "OnDemandRules" in row["path"]]
    assert (row["path"], row["both"], row["mine"]) == ("IKEv2.OnDemandRules", True, "not set")
    assert "Home" in row["before"]
    assert "Ignore" in row["theirs"]
