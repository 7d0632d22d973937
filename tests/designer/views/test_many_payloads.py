"""A profile of many payloads by plain requests: pages stay small, and what is folded stays as it is stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from designer.forms.payload_list import FEW
from designer.views.profile import MAX_KEPT_OPEN
from profiles.models import Membership, Profile, Role, User
from profiles.plist.document import Document, random_uuid
from profiles.services import profiles
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.posting import Page, browse
from tests.services.samples import PASSWORD, SECRETS, document, payload

MANY = FEW + 10
HTMX = {"HX-Request": "true"}


def titled(number: int, **ikev2: Any) -> Document:
    """A document of so many tunnels, called Office 0 and so on, each with secrets."""
    parts = []
    for index in range(number):
        part = payload(f"tunnel-{index}", **ikev2)
        parts.append(replace(part, values={**part.values, "UserDefinedName": f"Office {index}"}))
    return document(*parts)


Make = Callable[..., Profile]


@pytest.fixture
def make(alice: User) -> Make:
    """Stores a profile of Alice's with so many tunnels."""

    def made(number: int = MANY, **ikev2: Any) -> Profile:
        return profiles.create(actor=alice, team=home(alice), document=titled(number, **ikev2))

    return made


def address(profile: Profile, name: str = "profile") -> str:
    return reverse(name, args=[profile.pk])


def get(client: Client, profile: Profile, query: str = "") -> str:
    return client.get(f"{address(profile)}?{query}").content.decode()


def opened(client: Client, profile: Profile, *uuids: str) -> Page:
    """The page with these payloads open, as a browser has it."""
    return browse(get(client, profile, "&".join(f"keep={uuid}" for uuid in uuids)))


def send(client: Client, profile: Profile, data: QueryDict, name: str = "profile", **headers: str) -> Any:
    return client.post(
        address(profile, name),
        data.urlencode(),
        content_type="application/x-www-form-urlencoded",
        headers=headers or None,
    )


def uuids(profile: Profile) -> list[str]:
    return [part.uuid for part in load(profile).payloads]


def open_parts(html: str) -> list[str]:
    """The payloads whose fields a page has."""
    return re.findall(r'<section class="part(?: part--removed)?" id="part-(?!profile)([^"]+)"', html)


def test_a_hundred_payloads_make_a_page_that_a_browser_can_show(make: Make, alice_client: Client) -> None:
    few, many = (get(alice_client, make(number)) for number in (FEW, 100))
    assert len(many) < len(few)
    assert len(browse(many).posted) < len(browse(few).posted)
    assert (len(open_parts(few)), open_parts(many)) == (FEW, [])


def test_each_folded_payload_has_a_heading_and_a_button_that_says_what_it_opens(
    make: Make, alice_client: Client
) -> None:
    profile = make()
    html = get(alice_client, profile)
    for number, uuid in enumerate(uuids(profile)):
        assert f'<h2 class="part__title" id="part-{uuid}-title"' in html
        assert f'Open<span class="visually-hidden"> Office {number}</span></button>' in html


@pytest.mark.parametrize("name", ["profile", "preview_profile", "open_payload"])
def test_more_payloads_cost_no_more_statements(make: Make, alice_client: Client, name: str) -> None:
    def statements(number: int) -> int:
        profile = make(number)
        first = uuids(profile)[0]
        data = opened(alice_client, profile).data(open_payload=first)
        with CaptureQueriesContext(connection) as captured:
            if name == "profile":
                get(alice_client, profile, f"open={first}")
            else:
                assert send(alice_client, profile, data, name).status_code == 200
            return len(captured)

    assert statements(FEW + 1) == statements(4 * FEW)


def test_saving_a_page_of_folded_payloads_changes_nothing(make: Make, alice_client: Client) -> None:
    profile = make()
    before = load(profile)

    response = send(alice_client, profile, opened(alice_client, profile).data())

    assert response.status_code == 302
    profile.refresh_from_db()
    assert (profile.revision, load(profile)) == (1, before)


def test_what_was_typed_into_an_open_one_is_all_that_is_saved(make: Make, alice_client: Client) -> None:
    profile = make()
    before = load(profile).payloads
    first = before[0].uuid
    page = opened(alice_client, profile, first)

    send(alice_client, profile, page.data(**{f"{first}-IKEv2.MTU": "1300"}))

    saved, *others = load(profile).payloads
    assert saved.values["IKEv2"] == {**before[0].values["IKEv2"], "MTU": 1300}
    assert tuple(others) == before[1:]


def test_no_page_and_no_piece_of_one_holds_a_secret(make: Make, alice_client: Client) -> None:
    profile = make()
    data = opened(alice_client, profile).data(open_payload=uuids(profile)[0])
    bodies = [get(alice_client, profile), get(alice_client, profile, f"open={uuids(profile)[0]}")]
    bodies += [
        send(alice_client, profile, data, name).content.decode() for name in ("open_payload", "profile")
    ]
    assert [secret for body in bodies for secret in SECRETS if secret in body] == []


def test_an_address_opens_a_payload_and_leads_to_it(make: Make, alice_client: Client) -> None:
    profile = make()
    second, third = uuids(profile)[1:3]
    html = get(alice_client, profile, f"keep={third}&open={second}")
    assert open_parts(html) == [second, third]
    assert re.findall(r'id="([^"]+)" tabindex="-1" autofocus', html) == [f"part-{second}-title"]
    assert open_parts(get(alice_client, profile, "open=nobody&keep=<script>")) == []


def test_the_piece_of_an_opened_payload_is_what_its_page_has(make: Make, alice_client: Client) -> None:
    profile = make()
    uuid = uuids(profile)[4]
    piece = send(alice_client, profile, opened(alice_client, profile).data(open_payload=uuid), "open_payload")
    own = [each for each in browse(piece.content.decode()).posted if each[0] != "csrfmiddlewaretoken"]
    whole = opened(alice_client, profile, uuid).posted
    assert own == [each for each in whole if each in own]
    assert (f"{uuid}-UserDefinedName", "Office 4") in own
    assert ("payload", f"{uuid} vpn-ikev2") in own
    assert f'id="nav-{uuid}"' in piece.content.decode()


def test_an_opened_payload_knows_of_what_is_not_saved_yet(make: Make, alice_client: Client) -> None:
    profile = make(AuthenticationMethod="Certificate")
    fresh = random_uuid()
    data = opened(alice_client, profile).data(open_payload=uuids(profile)[0])
    data.appendlist("payload", f"{fresh} scep")
    data[f"{fresh}-PayloadDisplayName"] = "Typed just now"
    piece = send(alice_client, profile, data, "open_payload").content.decode()
    assert f'<option value="{fresh}">Typed just now (SCEP identity)</option>' in piece


@pytest.mark.parametrize("wanted", ["", "nobody", "profile"])
def test_there_is_no_piece_of_what_is_no_payload(make: Make, alice_client: Client, wanted: str) -> None:
    profile = make()
    data = opened(alice_client, profile).data(open_payload=wanted)
    assert send(alice_client, profile, data, "open_payload").status_code == 404


@pytest.mark.parametrize("typed", [True, False])
def test_without_scripts_a_button_opens_one_and_keeps_what_is_typed(
    make: Make, alice_client: Client, typed: bool
) -> None:
    profile = make()
    first, second = uuids(profile)[:2]
    mtu = {f"{first}-IKEv2.MTU": "1300"} if typed else {}
    page = opened(alice_client, profile, first)

    response = send(alice_client, profile, page.data(open_payload=second, **mtu))

    html = response.content.decode()
    assert open_parts(html) == [first, second]
    assert browse(html).data().get(f"{first}-IKEv2.MTU") == mtu.get(f"{first}-IKEv2.MTU", "")
    assert ("Not saved" in html) == typed
    assert load(profile).payloads[0].values["IKEv2"].get("MTU") is None


def test_a_viewer_opens_by_a_link_and_changes_nothing(make: Make, bob: User, bob_client: Client) -> None:
    profile = make()
    Membership.objects.create(team=profile.team, user=bob, role=Role.VIEWER)
    first, second = uuids(profile)[:2]
    links = re.findall(r'href="(\?[^"]*open=[^"]+)"', get(bob_client, profile, f"open={first}"))
    assert links[0].replace("&amp;", "&") == f"?keep={first}&open={second}"
    html = get(bob_client, profile, links[0][1:].replace("&amp;", "&"))
    assert open_parts(html) == [first, second]
    assert send(bob_client, profile, QueryDict(f"open_payload={second}"), "open_payload").status_code == 200
    assert send(bob_client, profile, QueryDict(f"open_payload={second}")).status_code == 403


def test_what_is_open_stays_open_over_a_save(make: Make, alice_client: Client) -> None:
    profile = make()
    wanted = uuids(profile)[2:4]
    for more in ({}, {"payload_up": wanted[0]}):
        page = opened(alice_client, profile, *wanted)
        response = send(alice_client, profile, page.data(**more))
        after = response if more else alice_client.get(response["Location"])
        assert sorted(open_parts(after.content.decode())) == sorted(wanted)


def test_a_page_of_few_payloads_has_a_plain_address_after_a_save(make: Make, alice_client: Client) -> None:
    profile = make(FEW)
    assert send(alice_client, profile, opened(alice_client, profile).data())["Location"] == address(profile)


def test_what_is_folded_after_a_save_holds_on_to_nothing_and_that_is_told(
    make: Make, alice_client: Client
) -> None:
    number = MAX_KEPT_OPEN + 1
    profile = make(number)
    concealed = f"{uuids(profile)[0]}-IKEv2.DisconnectOnIdleTimer"
    page = opened(alice_client, profile, *uuids(profile))
    response = send(alice_client, profile, page.data(**{concealed: "600"}), **HTMX)
    html = alice_client.get(response["Location"]).content.decode()
    assert open_parts(html) == uuids(profile)[:MAX_KEPT_OPEN]
    assert "since no setting makes use of it: Idle period." in html


def test_a_refused_save_keeps_open_what_was_typed_into(make: Make, alice_client: Client) -> None:
    profile = make()
    first, second = uuids(profile)[:2]
    page = opened(alice_client, profile, first, second)
    typed = {f"{first}-IKEv2.MTU": "much", f"{second}-UserDefinedName": "Typed"}

    response = send(alice_client, profile, page.data(**typed))

    assert response.status_code == 422
    html = response.content.decode()
    assert open_parts(html) == [first, second]
    assert {name: browse(html).data().get(name) for name in typed} == typed
    assert "“much” is not a whole number" in html


def test_a_conflict_keeps_what_was_typed_and_what_they_did_to_the_folded_ones(
    make: Make, alice: User, alice_client: Client
) -> None:
    profile = make()
    mine, theirs, gone = uuids(profile)[:3]
    page = opened(alice_client, profile, mine)
    before = load(profile)
    changed = [
        replace(part, values={**part.values, "UserDefinedName": "Theirs"}) if part.uuid == theirs else part
        for part in before.payloads
        if part.uuid != gone
    ]
    profiles.save(
        actor=alice,
        profile_id=profile.pk,
        document=replace(before, payloads=tuple(changed)),
        base_revision=1,
    )

    response = send(alice_client, profile, page.data(**{f"{mine}-UserDefinedName": "Mine"}))

    assert response.status_code == 409
    html = response.content.decode()
    assert open_parts(html) == [mine]
    assert send(alice_client, profile, browse(html).data()).status_code == 302
    titles = {part.uuid: part.values["UserDefinedName"] for part in load(profile).payloads}
    assert (titles[mine], titles[theirs], gone in titles) == ("Mine", "Theirs", False)


def test_a_copy_of_a_folded_payload_is_open_and_saved_with_its_secrets(
    make: Make, alice_client: Client
) -> None:
    profile = make()
    first = uuids(profile)[0]
    data = opened(alice_client, profile).data(duplicate_payload=first)

    html = send(alice_client, profile, data).content.decode()

    (copy,) = open_parts(html)
    assert "Office 0 copy" in html
    send(alice_client, profile, browse(html).data())
    original, stored = load(profile).payloads[:2]
    assert stored.uuid == copy
    assert stored.values["IKEv2"] == original.values["IKEv2"]
    assert stored.values["IKEv2"]["AuthPassword"] == PASSWORD
    assert stored.unknown == original.unknown


def test_the_review_judges_what_is_folded_and_leads_to_it(make: Make, alice_client: Client) -> None:
    profile = make(MTU=5)
    first = uuids(profile)[0]
    data = opened(alice_client, profile).data(**{"targets-watchOS": "11.0"})

    html = send(alice_client, profile, data, "preview_profile").content.decode()

    assert f'data-row="id_{first}-IKEv2-MTU_row"' in html
    assert f'<a class="problem__place" href="#part-{first}">Office 0 · MTU</a>' in html
    assert re.findall(rf'data-part="part-{first}" data-severity="error">(\d+)<', html) != []
    assert "watchOS" in html
