"""The short form by plain requests, the answers page, and what the designer lets be changed of what comes of it."""

from __future__ import annotations

import logging
import plistlib
import re
import uuid
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from profiles.models import AuditEntry, Profile, Role, User
from profiles.plist.document import PayloadDocument, random_uuid
from profiles.plist.templates.declaration import Origin
from profiles.services import certificates, profiles, signing, updates
from profiles.services.document_storage import load
from profiles.services.teams import home
from profiles.signing.identity import SigningIdentity as Loaded
from tests.posting import Page, browse
from tests.services.samples import valid
from tests.services.signers import p12
from tests.services.template_samples import (
    PIN,
    PROXY_PASSWORD,
    SECRETS,
    SHARED_KEY,
    declared,
    fill_in,
    ikev2,
    in_first,
    join,
    make_template,
    save,
    template_document,
)
from tests.services.test_templates import leave

TYPED = "typed-just-now-and-in-no-page"


@pytest.fixture
def template(alice: User) -> Profile:
    return make_template(alice)


@pytest.fixture
def filled(alice: User, template: Profile) -> Profile:
    """Filled in for Bob, with a secret that was asked for."""
    values = {"Proxies.HTTPProxyPassword": PROXY_PASSWORD}
    return fill_in(alice, template, values=values, domain="example.com")


def address(row: Profile, name: str = "use_template") -> str:
    return reverse(name, args=[row.pk])


def opened(client: Client, where: str) -> Page:
    response = client.get(where)
    assert response.status_code == 200
    return browse(response.content.decode())


def send(client: Client, where: str, data: QueryDict) -> Any:
    """Post a form as a browser does."""
    return client.post(where, data.urlencode(), content_type="application/x-www-form-urlencoded")


def key(row: Profile, path: str) -> str:
    """What the field of a key of the first payload is called."""
    return f"{load(row).payloads[0].uuid}-{path}"


def answered(template: Profile, page: Page, **more: str) -> QueryDict:
    """The page filled in with what is asked."""
    given = {
        "answer-user": "bob",
        "answer-pin": PIN,
        key(template, "Proxies.HTTPProxyPassword"): PROXY_PASSWORD,
    }
    return page.data(**(given | more))


def made() -> Profile:
    return Profile.objects.get(is_template=False)


# Made


def test_the_page_says_what_it_makes_and_asks_for_it(alice_client: Client, template: Profile) -> None:
    response = alice_client.get(address(template))

    page = response.content.decode()
    assert "For people who travel." in page
    assert "the team “alice’s team”" in page
    assert "no-store" in response["Cache-Control"]
    for secret in SECRETS:
        assert secret not in page
    assert "vpn.example.com" not in page, "a key that is not asked for"


def test_what_was_filled_in_is_a_profile(alice_client: Client, template: Profile) -> None:
    data = answered(template, opened(alice_client, address(template)), **{key(template, "IKEv2.MTU"): "1300"})

    response = send(alice_client, address(template), data)

    profile = made()
    assert response["Location"] == address(profile, "profile")
    assert (profile.name, profile.template, profile.template_revision) == ("Office VPN", template, 1)
    assert ikev2(profile)["AuthName"] == "bob"
    assert ikev2(profile)["MTU"] == 1300
    assert load(profile).payloads[0].values["Proxies"]["HTTPProxyPassword"] == PROXY_PASSWORD
    page = alice_client.get(response["Location"]).content.decode()
    assert "“Office VPN” is ready." in page
    for secret in SECRETS:
        assert secret not in page


@pytest.mark.parametrize(("typed", "name"), [("", "VPN of bob"), ("Mine", "Mine"), ("{{user}}", "{{user}}")])
def test_a_name_with_a_variable_follows_unless_another_is_typed(
    alice: User, alice_client: Client, typed: str, name: str
) -> None:
    template = make_template(alice, name="VPN of {{user}}")
    page = opened(alice_client, address(template))
    assert page.data()["answer-profile-name"] == ""

    send(alice_client, address(template), answered(template, page, **{"answer-profile-name": typed}))

    assert made().name == name


def test_an_answer_comes_out_as_it_was_typed(alice_client: Client, template: Profile) -> None:
    signing.ensure_local_identity()
    answer = "{{user}} </string> <!-- & \"'“ \\1"
    data = answered(
        template, opened(alice_client, address(template)), **{"answer-room": answer, "answer-pin": answer}
    )

    send(alice_client, address(template), data)

    file = alice_client.get(address(made(), "download_profile"), {"unsigned": "1"}).content
    assert plistlib.loads(file)["PayloadDescription"] == f"Room {answer}"
    assert plistlib.loads(file)["PayloadContent"][0]["IKEv2"]["AuthPassword"] == answer


# Made before


@pytest.fixture
def before(alice_client: Client, template: Profile) -> Profile:
    """Filled in for Bob on the page."""
    send(alice_client, address(template), answered(template, opened(alice_client, address(template))))
    return made()


def filled_twice(client: Client, template: Profile, **more: str) -> Any:
    return send(client, address(template), answered(template, opened(client, address(template)), **more))


def test_the_same_person_is_told_before_a_second_profile_is_made(
    alice_client: Client, template: Profile, before: Profile
) -> None:
    response = filled_twice(alice_client, template, **{"answer-pin": TYPED})

    assert response.status_code == 409
    html = unescape(response.content.decode())
    assert "The team has a profile that looks like this one. Another would be installed beside it" in html
    assert f'href="{address(before, "profile")}"' in html
    assert made() == before
    page = browse(response.content.decode()).data()
    assert (page["answer-user"], page["answer-pin"]) == ("bob", TYPED)
    assert "no-store" in response["Cache-Control"]
    for secret in (PIN, SHARED_KEY.decode()):
        assert secret not in html


def test_it_is_filled_in_again_with_what_was_typed(
    alice_client: Client, template: Profile, before: Profile
) -> None:
    page = browse(filled_twice(alice_client, template, **{"answer-pin": TYPED}).content.decode())
    was = load(before)

    response = send(alice_client, address(template), page.data(again=f"{before.pk} {before.revision}"))

    assert response["Location"] == address(before, "profile")
    assert made() == before
    assert load(before).uuid == was.uuid
    assert ikev2(before)["AuthPassword"] == TYPED
    told = alice_client.get(response["Location"]).content.decode()
    assert "“Office VPN” is filled in again. Hand it out anew" in told
    assert TYPED not in told


def test_just_the_same_is_said_to_be_there_already(
    alice_client: Client, template: Profile, before: Profile
) -> None:
    page = browse(filled_twice(alice_client, template).content.decode())

    response = send(alice_client, address(template), page.data(again=f"{before.pk} {before.revision}"))

    assert "holds just that already" in alice_client.get(response["Location"]).content.decode()
    before.refresh_from_db()
    assert before.revision == 1


def test_another_is_made_for_whoever_means_it(
    alice_client: Client, template: Profile, before: Profile
) -> None:
    page = browse(filled_twice(alice_client, template).content.decode())

    response = send(alice_client, address(template), page.data(another="1"))

    assert response.status_code == 302
    assert Profile.objects.filter(is_template=False).count() == 2
    first, second = (load(each) for each in Profile.objects.filter(is_template=False))
    assert first.identifier != second.identifier


def test_somebody_else_is_asked_nothing(alice_client: Client, template: Profile, before: Profile) -> None:
    assert filled_twice(alice_client, template, **{"answer-user": "carol"}).status_code == 302
    assert Profile.objects.filter(is_template=False).count() == 2


def test_the_enter_key_fills_in_nothing_again(
    alice_client: Client, template: Profile, before: Profile
) -> None:
    html = filled_twice(alice_client, template).content.decode()

    form = html[html.index('id="short"') :]
    assert re.findall(r"<button[^>]*>", form)[0] == (
        '<button class="visually-hidden" tabindex="-1" aria-hidden="true">'
    )


def test_the_same_identifier_is_told_as_what_it_does(alice: User, alice_client: Client) -> None:
    document = template_document()
    identifier = {"PayloadIdentifier": "com.example.{{user}}"}
    template = make_template(alice, document=replace(document, envelope={**document.envelope, **identifier}))
    assert filled_twice(alice_client, template).status_code == 302

    html = filled_twice(alice_client, template).content.decode()

    assert "would have the same identifier, so that each replaces the other on a device." in html


def test_a_save_in_between_is_told_and_asked_anew(
    alice: User, alice_client: Client, template: Profile, before: Profile
) -> None:
    page = browse(filled_twice(alice_client, template, **{"answer-pin": TYPED}).content.decode())
    save(alice, before, EnablePFS=1)

    response = send(alice_client, address(template), page.data(again=f"{before.pk} 1"))

    assert response.status_code == 409
    html = unescape(response.content.decode())
    assert "alice saved this profile after you opened it." in html
    assert f'value="{before.pk} 2"' in html
    assert browse(html).data()["answer-pin"] == TYPED


@pytest.mark.parametrize("again", ["", "x", "x 1", "00000000-0000-4000-8000-000000000000 1"])
def test_a_profile_that_is_not_there_is_told_and_what_was_typed_stays(
    alice_client: Client, template: Profile, before: Profile, again: str
) -> None:
    page = browse(filled_twice(alice_client, template, **{"answer-pin": TYPED}).content.decode())

    response = send(alice_client, address(template), page.data(again=again))

    assert response.status_code == 409
    assert "That profile is not there any more." in response.content.decode()
    assert browse(response.content.decode()).data()["answer-pin"] == TYPED
    assert ikev2(before)["AuthPassword"] == PIN


def test_no_profile_of_another_template_or_team_is_filled_in(
    alice: User, bob: User, bob_client: Client, template: Profile
) -> None:
    shared = make_template(alice, visibility="server")
    theirs = fill_in(alice, shared)
    page = opened(bob_client, address(shared))
    for other in (theirs, fill_in(alice, template)):
        response = send(bob_client, address(shared), answered(shared, page, again=f"{other.pk} 1"))
        assert response.status_code == 409
        assert "That profile is not there any more." in response.content.decode()
        other.refresh_from_db()
        assert other.revision == 1


def test_what_both_have_changed_is_left_to_an_editor(
    alice: User, alice_client: Client, template: Profile, before: Profile
) -> None:
    save(alice, before, DeadPeerDetectionRate="Low")
    save(alice, template, DeadPeerDetectionRate="High")
    page = browse(filled_twice(alice_client, template).content.decode())

    response = send(alice_client, address(template), page.data(again=f"{before.pk} 2"))

    assert response.status_code == 422
    assert "was changed both in the profile and in its template since" in response.content.decode()


def test_filling_in_takes_as_few_statements_however_many_were_made(
    alice: User, alice_client: Client, template: Profile
) -> None:
    def statements() -> int:
        data = answered(template, opened(alice_client, address(template)))
        with CaptureQueriesContext(connection) as captured:
            assert send(alice_client, address(template), data).status_code == 409
        return len(captured)

    values = {"IKEv2.MTU": None, "DNS.ServerAddresses": ["192.0.2.1"]}
    fill_in(alice, template, values=values)
    few = statements()
    for _ in range(8):
        fill_in(alice, template, values=values)
    assert statements() == few


# Wrong


def test_what_is_missing_or_ill_formed_is_told_beside_it_and_all_that_was_typed_stays(
    alice_client: Client, template: Profile
) -> None:
    typed = {
        "answer-profile-name": "Mine",
        "answer-user": "BOB!",
        "answer-domain": "no host",
        "answer-pin": TYPED,
        "answer-room": "12 <b>",
        key(template, "IKEv2.MTU"): "much",
        key(template, "DNS.ServerAddresses"): "10.0.0.1\r\n10.0.0.2",
        key(template, "Proxies.HTTPProxyPassword"): PROXY_PASSWORD,
    }

    response = send(alice_client, address(template), opened(alice_client, address(template)).data(**typed))

    assert response.status_code == 422
    html = response.content.decode()
    page = browse(html)
    assert {name: page.data()[name] for name in typed} == typed
    assert 'role="alert"' in html
    for sentence in (
        "User name is not of the form that the template asks for (Small letters and dots).",
        "Domain is no host name or IP address.",
        "“much” is not a whole number",
    ):
        assert sentence in unescape(html)
    assert 'aria-describedby="id_answer-user_helptext id_answer-user_error"' in html
    assert "no-store" in response["Cache-Control"]
    assert not Profile.objects.filter(is_template=False).exists()
    fresh = alice_client.get(address(template)).content.decode()
    assert TYPED not in fresh
    assert PROXY_PASSWORD not in fresh

    mended = page.data(
        **{"answer-user": "bob", "answer-domain": "example.org", key(template, "IKEv2.MTU"): ""}
    )
    assert send(alice_client, address(template), mended).status_code == 302
    assert ikev2(made())["AuthPassword"] == TYPED


def test_a_required_answer_that_is_missing_is_told(alice_client: Client, template: Profile) -> None:
    response = send(alice_client, address(template), opened(alice_client, address(template)).data())

    html = response.content.decode()
    assert response.status_code == 422
    assert "User name is missing. Fill it in." in html
    assert "PIN is missing. Fill it in." in html
    assert "Some answers are missing or cannot be read." in html


def test_what_could_not_be_installed_is_listed_with_links_to_what_is_asked(
    alice: User, alice_client: Client, template: Profile
) -> None:
    document = load(template)
    save(alice, template, ServerCertificateIssuerCommonName=None, OnDemandRules=[{"Action": "Fly"}])
    document = load(template)
    data = answered(template, opened(alice_client, address(template)), **{key(template, "IKEv2.MTU"): "5"})

    response = send(alice_client, address(template), data)

    assert response.status_code == 422
    html = unescape(response.content.decode())
    row = f"id_{document.payloads[0].uuid}-IKEv2-MTU_row"
    told = f'<span class="problem__severity">Error</span> <a class="problem__place" href="#{row}">Office · MTU</a>'
    assert (
        f'{told} <span class="problem__message">MTU is 5, but the least allowed is 1280 bytes.</span>' in html
    )
    marked = html.partition(f'id="{row}"')[2].partition('class="key__problem"')[2].partition("</p>")[0]
    assert marked.endswith(">Error: MTU is 5, but the least allowed is 1280 bytes.")
    own = html.partition("The template itself has errors")[2]
    assert "Rule 1 · Action" in own
    assert html.count("cannot be 'Fly'") == 1, "the template's own, so it is told once"
    page = browse(response.content.decode()).data()
    assert (page["answer-pin"], page[key(template, "IKEv2.MTU")]) == (PIN, "5")
    assert not Profile.objects.filter(is_template=False).exists()


def test_what_the_template_itself_has_is_told_before_anything_is_filled_in(
    alice: User, alice_client: Client, template: Profile
) -> None:
    where = address(template)
    assert "The template itself has errors" not in alice_client.get(where).content.decode()
    save(alice, template, OnDemandRules=[{"Action": "Fly"}])

    html = unescape(alice_client.get(where).content.decode())

    assert "The template itself has errors" in html
    assert "cannot be 'Fly'" in html
    assert f'<a href="{address(template, "profile")}">Correct the template</a>' in html
    page = opened(alice_client, where)
    again = unescape(send(alice_client, where, answered(template, page)).content.decode())
    assert "No profile was made, since the template has errors." in again
    assert again.count("cannot be 'Fly'") == 1


def test_a_helper_is_told_whom_to_ask(alice: User, bob: User, bob_client: Client, template: Profile) -> None:
    join(home(alice), bob, Role.HELPER)
    save(alice, template, OnDemandRules=[{"Action": "Fly"}])

    html = unescape(bob_client.get(address(template)).content.decode())

    assert "Ask an editor to correct the template." in html
    assert f'href="{address(template, "profile")}' in html, "where it can be looked at"


def test_whoever_cannot_open_the_template_gets_no_link_to_it(
    alice: User, bob_client: Client, template: Profile
) -> None:
    save(alice, template, OnDemandRules=[{"Action": "Fly"}])
    Profile.objects.filter(pk=template.pk).update(visibility="server")

    html = unescape(bob_client.get(address(template)).content.decode())

    assert "Ask an editor to correct the template." in html
    assert "cannot be 'Fly'" in html
    assert address(template, "profile") not in html


def beside(html: str, name: str) -> str:
    """What is told beside the field of a variable."""
    found = re.search(rf'id="id_answer-{name}_error"[^>]*>(.*?)</(?:p|div)>', html, re.DOTALL)
    return unescape(re.sub("<[^>]*>", "", found[1])) if found else ""


def test_what_an_answer_causes_is_told_beside_it_and_all_that_was_typed_stays(
    alice: User, alice_client: Client, template: Profile
) -> None:
    save(alice, template, RemoteAddress="{{room}}")
    typed = {"answer-room": "two words", "answer-pin": TYPED, key(template, "IKEv2.MTU"): "1300"}
    page = opened(alice_client, address(template))

    response = send(alice_client, address(template), answered(template, page, **typed))

    assert response.status_code == 422
    html = response.content.decode()
    assert "two words" in beside(html, "room")
    assert beside(html, "user") == ""
    assert {name: browse(html).data()[name] for name in typed} == typed
    assert "The template itself has errors" not in html
    mended = browse(html).data(**{"answer-room": "vpn.example.com"})
    assert send(alice_client, address(template), mended).status_code == 302
    assert ikev2(made())["AuthPassword"] == TYPED


def test_of_two_answers_in_one_text_the_one_at_fault_is_told(
    alice: User, alice_client: Client, template: Profile
) -> None:
    save(alice, template, RemoteAddress="{{user}}.{{room}}")
    page = opened(alice_client, address(template))

    response = send(alice_client, address(template), answered(template, page, **{"answer-room": "two words"}))

    html = response.content.decode()
    assert response.status_code == 422
    assert beside(html, "room")
    assert beside(html, "user") == ""


def test_a_sentence_that_would_tell_a_secret_answer_is_another(
    alice: User, alice_client: Client, template: Profile
) -> None:
    save(alice, template, AuthenticationMethod="{{pin}}")
    page = opened(alice_client, address(template))

    response = send(alice_client, address(template), answered(template, page, **{"answer-pin": TYPED}))

    html = response.content.decode()
    assert response.status_code == 422
    assert "What the secret makes of it is no value. Correct the secret." in beside(html, "pin")
    assert browse(html).data()["answer-pin"] == TYPED
    assert html.count(TYPED) == 1, "in the field itself, and nowhere else"


def test_a_variable_that_nobody_declared_is_told(
    alice: User, alice_client: Client, template: Profile
) -> None:
    save(alice, template, RemoteIdentifier="{{forgotten}}")

    response = send(
        alice_client, address(template), answered(template, opened(alice_client, address(template)))
    )

    assert response.status_code == 422
    assert "There is no value for {{forgotten}}" in response.content.decode()


# Forged


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("__IKEv2.RemoteAddress", "evil.example.com"),
        ("__IKEv2.PPK", "evil"),
        ("__IKEv2.PPK.remove", "1"),
        ("__IKEv2.OnDemandRules", "nabcdef"),
        ("__UserDefinedName", "Evil"),
        ("__Proxies.HTTPEnable", "0"),
        ("profile-PayloadDisplayName", "Evil"),
        ("profile-PayloadOrganization", "Evil"),
        ("targets-iOS", "12.0"),
        ("targets-macOS", "14.0"),
        ("removed", "__"),
        ("payload", "6F1D0F9E-9A0B-4B3C-8C4D-2A1B3C4D5E6F scep"),
        ("add_payload", "scep"),
        ("remove_payload", "__"),
        ("base_revision", "99"),
        ("answer-other", "x"),
        ("declaration", "{}"),
    ],
)
def test_what_is_not_asked_changes_nothing_whatever_was_posted(
    alice_client: Client, template: Profile, name: str, value: str
) -> None:
    part = load(template).payloads[0].uuid
    page = opened(alice_client, address(template))
    send(alice_client, address(template), answered(template, page))
    honest = load(made())
    Profile.objects.filter(is_template=False).delete()
    forged = {name.replace("__", f"{part}-"): value.replace("__", part)}

    assert send(alice_client, address(template), answered(template, page, **forged)).status_code == 302

    dishonest = load(made())
    assert (dishonest.targets, len(dishonest.payloads)) == (honest.targets, len(honest.payloads))
    assert dishonest.title == honest.title
    for part_name in ("values", "unknown", "slug", "name"):
        assert getattr(dishonest.payloads[0], part_name) == getattr(honest.payloads[0], part_name)
    rest = {"PayloadOrganization", "PayloadDescription", "ConsentText"}
    assert {name: dishonest.envelope[name] for name in rest} == {name: honest.envelope[name] for name in rest}
    template.refresh_from_db()
    assert template.revision == 1


def test_a_form_of_nothing_at_all_is_told_what_is_missing(alice_client: Client, template: Profile) -> None:
    assert alice_client.post(address(template)).status_code == 422
    assert alice_client.post(address(template), {"answer-user": ["a", "b"]}).status_code == 422


# Who may


def test_what_cannot_be_seen_is_not_there(alice: User, bob_client: Client, template: Profile) -> None:
    private = make_template(alice, visibility="private")
    for row in (template, private, fill_in(alice, template)):
        assert bob_client.get(address(row)).status_code == 404
        assert bob_client.post(address(row)).status_code == 404
    assert bob_client.get(reverse("use_template", args=[uuid.uuid4()])).status_code == 404


def test_a_template_for_everyone_is_filled_in_for_ones_own_team(
    alice: User, bob: User, bob_client: Client
) -> None:
    template = make_template(alice, visibility="server")
    page = opened(bob_client, address(template))

    response = send(bob_client, address(template), answered(template, page))

    assert response["Location"] == address(made(), "profile")
    assert made().team == home(bob)
    for name in ("profile", "template_settings", "template_instances", "export_template", "share_template"):
        assert bob_client.get(address(template, name)).status_code == 404, name


def test_a_template_for_everyone_is_filled_in_for_the_team_that_one_is_in(
    alice: User, bob: User, bob_client: Client
) -> None:
    template = make_template(alice, visibility="server")
    join(home(alice), bob, Role.VIEWER)

    page = opened(bob_client, address(template))
    send(bob_client, address(template), answered(template, page))

    assert made().team == home(bob)


def test_a_template_of_a_team_takes_one_into_that_team(
    alice: User, bob: User, bob_client: Client, template: Profile
) -> None:
    join(home(alice), bob, Role.HELPER)

    page = opened(bob_client, address(template))
    assert page.data()["team"] == str(home(alice).pk)
    send(bob_client, address(template), answered(template, page))

    assert made().team == home(alice)


@pytest.mark.parametrize("team", ["own", "theirs", "rubbish"])
def test_a_viewer_fills_nothing_in_whatever_team_is_named(
    alice: User, bob: User, bob_client: Client, template: Profile, team: str
) -> None:
    join(home(alice), bob, Role.VIEWER)
    named = {"own": str(home(bob).pk), "theirs": str(home(alice).pk)}.get(team, team)
    data = {"team": named, "answer-user": "eve", "answer-pin": "1"}

    assert bob_client.get(address(template)).status_code == 403
    assert bob_client.post(address(template), data).status_code == 403
    assert not Profile.objects.filter(is_template=False).exists()


def test_a_team_of_others_cannot_be_named(alice: User, bob: User, bob_client: Client) -> None:
    template = make_template(alice, visibility="server")
    page = opened(bob_client, address(template))

    send(bob_client, address(template), answered(template, page, team=str(home(alice).pk)))

    assert made().team == home(bob)


# Answered again


def test_the_answers_page_shows_what_was_answered_but_for_secrets(
    alice_client: Client, filled: Profile
) -> None:
    html = alice_client.get(address(filled, "answer_again")).content.decode()

    page = browse(html).data()
    assert (page["answer-user"], page["answer-pin"], page["base_revision"]) == ("bob", "", "1")
    assert "Set. Leave empty to keep it." in html
    assert "Set · type to change it" in html
    for secret in SECRETS:
        assert secret not in html


def test_another_answer_reaches_every_place_and_blank_secrets_are_kept(
    alice: User, alice_client: Client, filled: Profile
) -> None:
    save(alice, filled, EnablePFS=1)
    where = address(filled, "answer_again")

    response = send(alice_client, where, opened(alice_client, where).data(**{"answer-user": "carol"}))

    assert response["Location"] == address(filled, "profile")
    values = ikev2(filled)
    assert (values["AuthName"], values["LocalIdentifier"], values["AuthPassword"], values["EnablePFS"]) == (
        "carol",
        "carol@example.com",
        PIN,
        1,
    )
    assert load(filled).payloads[0].values["Proxies"]["HTTPProxyPassword"] == PROXY_PASSWORD
    assert load(filled).title == "Office VPN"


def test_answers_that_change_nothing_make_no_revision(alice_client: Client, filled: Profile) -> None:
    where = address(filled, "answer_again")

    send(alice_client, where, opened(alice_client, where).data())

    filled.refresh_from_db()
    assert filled.revision == 1


def test_a_save_in_between_is_told_and_what_was_typed_stays(
    alice: User, alice_client: Client, filled: Profile
) -> None:
    where = address(filled, "answer_again")
    mine = opened(alice_client, where).data(**{"answer-user": "carol", "answer-pin": TYPED})
    save(alice, filled, EnablePFS=1)

    response = send(alice_client, where, mine)

    assert response.status_code == 409
    assert "alice saved this profile after you opened it." in response.content.decode()
    assert ikev2(filled)["AuthName"] == "bob"
    again = browse(response.content.decode()).data()
    assert (again["answer-user"], again["answer-pin"]) == ("carol", TYPED)
    assert send(alice_client, where, again).status_code == 302
    values = ikev2(filled)
    assert (values["AuthName"], values["AuthPassword"], values["EnablePFS"]) == ("carol", TYPED, 1)


@pytest.mark.parametrize("base", ["", "-1", "x", "9" * 30])
def test_a_base_that_never_was_is_a_conflict(alice_client: Client, filled: Profile, base: str) -> None:
    where = address(filled, "answer_again")

    data = opened(alice_client, where).data(**{"answer-user": "carol", "base_revision": base})

    assert send(alice_client, where, data).status_code == 409


def test_an_answer_that_is_none_is_told(alice_client: Client, filled: Profile) -> None:
    where = address(filled, "answer_again")

    response = send(alice_client, where, opened(alice_client, where).data(**{"answer-user": "BOB"}))

    assert response.status_code == 422
    assert browse(response.content.decode()).data()["base_revision"] == "1"
    assert ikev2(filled)["AuthName"] == "bob"


def test_a_helper_answers_again_and_a_viewer_does_not(
    alice: User, bob: User, bob_client: Client, filled: Profile
) -> None:
    membership_of_bob = join(home(alice), bob, Role.HELPER)
    where = address(filled, "answer_again")
    send(bob_client, where, opened(bob_client, where).data(**{"answer-user": "carol"}))
    assert ikev2(filled)["AuthName"] == "carol"

    membership_of_bob.memberships.filter(team=home(alice)).update(role=Role.VIEWER)
    assert bob_client.get(where).status_code == 403
    data = {"team": str(home(bob).pk), "answer-user": "eve", "base_revision": "2"}
    assert bob_client.post(where, data).status_code == 403
    assert ikev2(filled)["AuthName"] == "carol"


def test_a_helper_cannot_reach_beyond_what_is_asked(
    alice: User, bob: User, bob_client: Client, filled: Profile
) -> None:
    join(home(alice), bob, Role.HELPER)
    where = address(filled, "answer_again")
    template = Profile.objects.get(is_template=True)
    forged: dict[str, str | list[str]] = {
        "answer-user": "carol",
        key(template, "IKEv2.RemoteAddress"): "evil.example.com",
        key(filled, "IKEv2.RemoteAddress"): "evil.example.com",
        key(filled, "IKEv2.EnablePFS"): "1",
        "removed": load(filled).payloads[0].uuid,
        "payload": [f"{random_uuid()} scep"],
    }

    assert send(bob_client, where, opened(bob_client, where).data(**forged)).status_code == 302

    (tunnel,) = load(filled).payloads
    assert tunnel.values["IKEv2"]["RemoteAddress"] == "vpn.example.com"
    assert "EnablePFS" not in tunnel.values["IKEv2"]


def test_a_profile_from_no_template_has_nothing_to_answer(alice_client: Client, filled: Profile) -> None:
    alice = filled.created_by
    assert alice
    updates.detach(actor=alice, profile=filled)

    response = alice_client.get(address(filled, "answer_again"), follow=True)

    assert "was not made from a template, or was detached from it" in response.content.decode()


@pytest.mark.parametrize("gone", ["deleted", "purged", "private", "hidden"])
def test_without_the_template_the_pages_work_and_say_what_happened(
    alice: User, bob: User, bob_client: Client, gone: str
) -> None:
    signing.ensure_local_identity()
    template = make_template(alice, visibility="server")
    profile = fill_in(bob, template)
    leave(alice, template, gone)

    page = bob_client.get(address(profile, "profile"))
    assert page.status_code == 200
    assert "From “Office VPN”" in page.content.decode()
    for name in ("profiles", "templates"):
        assert bob_client.get(reverse(name)).status_code == 200
    for name in ("download_profile", "hand_out", "profile_history"):
        assert bob_client.get(address(profile, name)).status_code == 200, name
    data = browse(page.content.decode()).data(**{key(profile, "IKEv2.MTU"): "1300"})
    assert send(bob_client, address(profile, "profile"), data).status_code == 302
    assert ikev2(profile)["MTU"] == 1300
    for name in ("answer_again", "update_profile"):
        response = bob_client.get(address(profile, name), follow=True)
        assert "was deleted, or is not shared with you any more" in response.content.decode(), name
        assert bob_client.post(address(profile, name), {"answer-user": "eve"}).status_code == 302
    assert bob_client.get(address(template)).status_code == 404
    assert bob_client.post(address(template)).status_code == 404
    assert bob_client.post(address(profile, "detach_profile"), follow=True).status_code == 200
    profile.refresh_from_db()
    assert load(profile).origin is None


# What is locked, in the designer


def test_a_locked_key_is_shown_out_of_reach(alice_client: Client, filled: Profile) -> None:
    html = alice_client.get(address(filled, "profile")).content.decode()

    before, _, rest = html.partition(f'name="{key(filled, "IKEv2.RemoteAddress")}"')
    assert before.rfind('<fieldset class="locked" disabled>') > before.rfind("</fieldset>")
    assert "vpn.example.com" in rest[:200]
    assert html.count("Locked by the template") == 5
    for secret in SECRETS:
        assert secret not in html


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IKEv2.RemoteAddress", "evil.example.com"),
        ("IKEv2.RemoteAddress", ""),
        ("IKEv2.LocalIdentifier", "eve"),
        ("IKEv2.OnDemandRules", "nabcdef012345"),
        ("IKEv2.OnDemandRules", ""),
        ("IKEv2.PPK", "evil"),
        ("IKEv2.PPK.remove", "1"),
        ("IKEv2.PPK.encoding", "hex"),
        ("profile-PayloadOrganization", "Evil"),
    ],
)
def test_a_forged_value_of_a_locked_key_is_ignored_and_the_rest_is_saved(
    alice_client: Client, filled: Profile, name: str, value: str
) -> None:
    before = load(filled)
    named = name if name.startswith("profile-") else key(filled, name)
    data = opened(alice_client, address(filled, "profile")).data(
        **{named: value, key(filled, "IKEv2.MTU"): "1300"}
    )

    assert send(alice_client, address(filled, "profile"), data).status_code == 302

    after = load(filled)
    expected = {**before.payloads[0].values, "IKEv2": {**before.payloads[0].values["IKEv2"], "MTU": 1300}}
    assert after.payloads[0].values == expected
    assert after.envelope == before.envelope


@pytest.mark.parametrize("how", ["removed", "another uuid", "in other letters"])
def test_a_payload_with_a_locked_key_stays_and_nothing_that_was_typed_is_lost(
    alice_client: Client, filled: Profile, how: str
) -> None:
    before = load(filled)
    part = before.payloads[0].uuid
    page = opened(alice_client, address(filled, "profile"))
    mtu = key(filled, "IKEv2.MTU")
    known = f"{part} vpn-ikev2"
    payloads = {
        "removed": [known],
        "another uuid": [known, f"{random_uuid()} vpn-ikev2 {part}"],
        "in other letters": [known, f"{part.lower()} vpn-ikev2"],
    }[how]
    data = page.data(**{mtu: "1300", "profile-PayloadDescription": "typed"})
    data.setlist("payload", payloads)
    if how != "in other letters":
        data["removed"] = part

    response = send(alice_client, address(filled, "profile"), data)

    assert response.status_code == 422
    html = unescape(response.content.decode())
    assert "Not saved: " in html
    assert "is locked by the template “Office VPN”" in html or "have the UUID" in html
    again = browse(response.content.decode()).data()
    assert (again[mtu], again["profile-PayloadDescription"]) == ("1300", "typed")
    filled.refresh_from_db()
    assert (filled.revision, load(filled)) == (1, before)


def test_other_payloads_come_and_go(alice_client: Client, filled: Profile) -> None:
    page = opened(alice_client, address(filled, "profile"))
    added = send(alice_client, address(filled, "profile"), page.data(add_payload="scep"))

    assert (
        send(alice_client, address(filled, "profile"), browse(added.content.decode()).data()).status_code
        == 302
    )
    assert [part.slug for part in load(filled).payloads] == ["vpn-ikev2", "scep"]


def test_a_free_key_that_conceals_a_locked_one_can_be_changed(alice: User, alice_client: Client) -> None:
    document = template_document()
    place = in_first(document, "IKEv2.AuthPassword")
    filled = fill_in(alice, make_template(alice, document=declared(document, locked=frozenset({place}))))
    data = opened(alice_client, address(filled, "profile")).data(
        **{key(filled, "IKEv2.ExtendedAuthEnabled"): "0"}
    )

    assert send(alice_client, address(filled, "profile"), data).status_code == 302

    assert (ikev2(filled)["ExtendedAuthEnabled"], ikev2(filled)["AuthPassword"]) == (0, PIN)


@pytest.mark.parametrize("locked", ["Password", "PayloadContent", "PayloadCertificateFileName"])
def test_what_is_chosen_from_the_library_does_not_reach_a_locked_key(
    alice: User, alice_client: Client, issued: Loaded, locked: str
) -> None:
    stored = {
        "PayloadContent": p12(issued, "old"),
        "Password": "old",
        "PayloadCertificateFileName": "old.p12",
        "PayloadDisplayName": "Old",
    }
    identity = PayloadDocument(slug="identity-pkcs12", name="identity", uuid=random_uuid(), values=stored)
    document = replace(valid(), payloads=(identity,))
    origin = Origin(
        template=str(uuid.uuid4()), revision=1, title="VPN", locked=frozenset({in_first(document, locked)})
    )
    filled = profiles.create(actor=alice, team=home(alice), document=replace(document, origin=origin))
    added = certificates.add(
        actor=alice, team=home(alice), data=p12(issued, "new"), password="new", name="New", keep_password=True
    )
    entry = next(each for each in added.entries if each.has_key)
    data = opened(alice_client, address(filled, "profile")).data(
        **{key(filled, "PayloadContent"): str(entry.pk)}
    )

    response = send(alice_client, address(filled, "profile"), data)

    assert response.status_code == 302
    filled.refresh_from_db()
    values = load(filled).payloads[0].values
    assert values[locked] == stored[locked]
    assert (values["PayloadContent"] == stored["PayloadContent"]) == (locked == "PayloadContent")


# Secrets


def test_no_page_no_log_and_no_line_of_the_audit_log_tells_an_answer(
    alice: User, alice_client: Client, filled: Profile, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    template = Profile.objects.get(is_template=True)
    profiles.duplicate(actor=alice, profile=filled)
    save(alice, template, AuthPassword="x{{pin}}", MTU=1290)
    where = address(filled, "answer_again")
    send(alice_client, where, opened(alice_client, where).data(**{"answer-pin": TYPED}))
    addresses = [
        *(
            address(filled, name)
            for name in ("profile", "answer_again", "update_profile", "profile_history", "hand_out")
        ),
        f"{address(filled, 'compare_revisions')}?from=1&to=2",
        *(address(template, name) for name in ("profile", "use_template", "template_settings")),
        *(address(template, name) for name in ("template_instances", "export_template", "share_template")),
        *(reverse(name) for name in ("profiles", "templates", "audit")),
    ]
    exports = [reverse(name) for name in ("export_audit_csv", "export_audit_json")]
    for each in (*addresses, *exports):
        response = alice_client.post(each) if each in exports else alice_client.get(each)
        assert response.status_code == 200, each
        body = b"".join(response).decode()
        for secret in (*SECRETS, TYPED, SHARED_KEY.hex(), SHARED_KEY.hex(" ").upper()):
            assert secret not in body, each
    told = repr([*AuditEntry.objects.values()]) + caplog.text
    for secret in (*SECRETS, TYPED):
        assert secret not in told


def test_a_get_or_a_head_changes_nothing(alice_client: Client, template: Profile, filled: Profile) -> None:
    for where in (address(template), address(filled, "answer_again")):
        assert alice_client.head(where).status_code == 200
        assert alice_client.put(where).status_code == 405
    assert Profile.objects.count() == 2
