"""“Fix” beside a problem by plain requests: the page comes back mended, nothing is saved before “Save”."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from designer.forms.mended import MENDED
from profiles.models import Membership, Profile, Role, User
from profiles.plist.reading.read import read
from profiles.services import profiles
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.plist.trees import tree, vpn
from tests.posting import browse

UUID = "11111111-2222-3333-4444-000000000001"
MTU = f"{UUID}-IKEv2.MTU"
SECRET = "hush-in-no-page"
TUNNEL = {
    "RemoteAddress": "vpn.example.com",
    "RemoteIdentifier": "vpn.example.com",
    "LocalIdentifier": "",
    "AuthenticationMethod": "SharedSecret",
    "sharedSecret": SECRET,
    "MTU": "1400",
    "EnablePFS": True,
    "DisconnectOnIdle": False,
}
FIX_MTU = f"{UUID}/wrong-type/IKEv2.MTU"
RENAME = f"{UUID}/missing/IKEv2.SharedSecret"


@pytest.fixture
def odd(alice: User) -> Profile:
    """A profile of Alice's, imported from elsewhere."""
    document = read(tree(vpn(TUNNEL)))
    return profiles.create(actor=alice, team=home(alice), document=document)


def page_of(client: Client, profile: Profile) -> str:
    return client.get(reverse("profile", args=[profile.pk])).content.decode()


def send(client: Client, profile: Profile, data: QueryDict, name: str = "profile") -> Any:
    return client.post(
        reverse(name, args=[profile.pk]),
        data.urlencode(),
        content_type="application/x-www-form-urlencoded",
    )


def press(client: Client, profile: Profile, page: str, **pressed: str) -> str:
    """The page that answers to a button."""
    response = send(client, profile, browse(page).data(**pressed))
    assert response.status_code == 200
    return str(response.content.decode())


def inside(profile: Profile) -> Any:
    profile.refresh_from_db()
    return load(profile).payloads[0].values["IKEv2"]


def buttons(html: str, name: str = "fix") -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)"', html)


def test_each_problem_that_can_be_mended_has_a_button(alice_client: Client, odd: Profile) -> None:
    html = page_of(alice_client, odd)

    assert {FIX_MTU, RENAME, f"{UUID}/other-type/IKEv2.EnablePFS"} <= {*buttons(html)}
    assert buttons(html, "fix_all") == ["other-type"]
    assert 'aria-label="Fix: Rename it to SharedSecret (Office · SharedSecret)">Fix</button>' in html
    assert ">Fix all 2</button>" in html
    assert html.count('class="problem__fix"') == len(buttons(html))


def test_a_fix_changes_the_page_and_the_save_stores_it(alice_client: Client, odd: Profile) -> None:
    mended = press(alice_client, odd, page_of(alice_client, odd), fix=FIX_MTU)

    assert "Fixed: Office · MTU is now 1400 (integer). It is not saved yet." in mended
    assert FIX_MTU not in buttons(mended)
    assert (odd.revision, inside(odd)["MTU"]) == (1, "1400")
    assert send(alice_client, odd, browse(mended).data()).status_code == 302
    assert inside(odd)["MTU"] == 1400
    assert odd.revision == 2
    assert "Fixed" not in page_of(alice_client, odd)


def test_a_secret_under_a_misspelt_key_is_set_under_the_right_one_and_on_no_page(
    alice_client: Client, odd: Profile
) -> None:
    mended = press(alice_client, odd, page_of(alice_client, odd), fix=RENAME)
    data = browse(mended).data()
    preview = send(alice_client, odd, data, "preview_profile").content.decode()
    for html in (mended, preview):
        assert SECRET not in html
        assert "SharedSecret is missing" not in html
        assert RENAME not in buttons(html)
    again = press(alice_client, odd, mended, fix=FIX_MTU)
    assert SECRET not in again
    assert send(alice_client, odd, browse(again).data()).status_code == 302
    assert inside(odd)["SharedSecret"] == SECRET
    assert "sharedSecret" not in inside(odd)


def test_fix_all_mends_what_shares_a_code(alice_client: Client, odd: Profile) -> None:
    mended = press(alice_client, odd, page_of(alice_client, odd), fix_all="other-type")

    assert "Fixed 2 problems: A switch or a number is written in a neighboring type." in mended
    send(alice_client, odd, browse(mended).data())
    assert (inside(odd)["EnablePFS"], inside(odd)["DisconnectOnIdle"]) == (1, 0)
    assert type(inside(odd)["EnablePFS"]) is int
    assert inside(odd)["MTU"] == "1400"


def test_a_fix_that_no_longer_applies_leaves_the_page_as_it_is(alice_client: Client, odd: Profile) -> None:
    page = browse(page_of(alice_client, odd)).data(fix=FIX_MTU, **{MTU: "1300"})

    response = send(alice_client, odd, page)

    assert response.status_code == 200
    html = response.content.decode()
    assert "Nothing was changed: the problem is not there any more." in html
    assert browse(html).data().get(MTU) == "1300"
    assert not [name for name in browse(html).data() if name.endswith(MENDED)]
    assert response["X-Saved"] == "no"


def test_a_page_as_it_is_saved_says_so_where_nothing_was_changed(alice_client: Client, odd: Profile) -> None:
    response = send(alice_client, odd, browse(page_of(alice_client, odd)).data(fix="nothing"))
    assert response["X-Saved"] == "yes"


def test_a_conflict_keeps_what_was_fixed(alice: User, alice_client: Client, odd: Profile) -> None:
    mended = press(alice_client, odd, page_of(alice_client, odd), fix=RENAME)
    theirs = load(odd)
    document = read(tree(vpn({**TUNNEL, "AuthName": "theirs"})))
    assert [part.uuid for part in document.payloads] == [part.uuid for part in theirs.payloads]
    profiles.save(actor=alice, profile_id=odd.pk, document=document, base_revision=1)

    response = send(alice_client, odd, browse(mended).data())
    assert response.status_code == 409
    again = send(alice_client, odd, browse(response.content.decode()).data())
    assert again.status_code == 302
    assert inside(odd)["SharedSecret"] == SECRET


@pytest.mark.parametrize("role", [Role.VIEWER, Role.HELPER])
def test_whoever_may_not_edit_has_no_buttons_and_fixes_nothing(
    odd: Profile, bob: User, bob_client: Client, role: Role
) -> None:
    Membership.objects.create(team=odd.team, user=bob, role=role)
    html = page_of(bob_client, odd)
    assert "MTU has to be an integer" in html
    assert buttons(html) == []
    response = send(bob_client, odd, browse(html).data(fix=FIX_MTU))
    assert response.status_code in (302, 403)
    assert inside(odd)["MTU"] == "1400"


def test_notes_that_somebody_made_up_reveal_no_secret(alice_client: Client, odd: Profile) -> None:
    forged = [
        '{"path": "UserDefinedName", "moved": [[["UserDefinedName"], ["IKEv2", "sharedSecret"]]]}',
        '{"path": "IKEv2.AuthName", "moved": [[["IKEv2", "AuthName"], ["IKEv2", "sharedSecret"]]]}',
        '{"path": "IKEv2", "moved": [[["IKEv2"], ["IKEv2", "sharedSecret"]]]}',
        "{",
        "[" * 10_000,
    ]
    for note in forged:
        data = browse(page_of(alice_client, odd)).data(**{f"{UUID}-{MENDED}": note})
        for name in ("preview_profile", "profile_compatibility", "profile"):
            assert SECRET not in send(alice_client, odd, data, name).content.decode()
        assert SECRET not in page_of(alice_client, odd)
        data["add_payload"] = "scep"
        assert SECRET not in send(alice_client, odd, data).content.decode()


FINE = {**TUNNEL, "sharedSecret": None, "SharedSecret": SECRET, "MTU": 1400, "ppkIdentifier": "a"}
RENAME_PPK = f"{UUID}/misspelt-key/IKEv2.ppkIdentifier"
MISSING = "PPK is missing"


def imported(owner: User, **ikev2: Any) -> Profile:
    """A profile with a tunnel that is right but for a misspelt key, and for what is given."""
    values = {name: value for name, value in {**FINE, **ikev2}.items() if value is not None}
    return profiles.create(actor=owner, team=home(owner), document=read(tree(vpn(values))))


def told(page: str) -> str:
    """What the page says of a fix, in a browser with scripts."""
    return page.partition('<div class="mended')[2].partition("<button")[0]


def test_a_fix_that_brings_an_error_says_so_and_where(alice: User, alice_client: Client) -> None:
    fine = imported(alice)
    before = page_of(alice_client, fine)
    assert MISSING not in before
    mended = press(alice_client, fine, before, fix=RENAME_PPK)

    assert "It is not saved yet." in told(mended)
    assert "<p>Now the profile has an error; before it had none.</p>" in told(mended)
    assert '<span class="problem__severity">Error</span>' in told(mended)
    assert f'href="#id_{UUID}-IKEv2-PPK_row">Office · PPK</a>' in told(mended)
    assert MISSING in told(mended)
    assert "data-undoable" in told(mended)
    assert inside(fine)["ppkIdentifier"] == "a"


def test_a_fix_beside_other_errors_tells_those_that_it_brings(alice: User, alice_client: Client) -> None:
    wrong = imported(alice, MTU=5)
    mended = told(press(alice_client, wrong, page_of(alice_client, wrong), fix=RENAME_PPK))

    assert "Now an error is told that the profile did not have before." in mended
    assert mended.count('<li class="problem') == 1


def test_a_fix_that_brings_none_says_nothing_of_errors(alice_client: Client, odd: Profile) -> None:
    mended = told(press(alice_client, odd, page_of(alice_client, odd), fix=FIX_MTU))
    assert "MTU is now 1400" in mended
    assert "error" not in mended
    assert "data-brought" not in mended
