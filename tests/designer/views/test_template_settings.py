"""The page of variables and locks by plain requests."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from profiles.models import Profile, Role, User
from profiles.plist.templates.declaration import MAX_VARIABLES, Declaration, Variable
from profiles.services import profiles, templates
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.posting import Page, browse
from tests.services.samples import PASSWORD, valid
from tests.services.template_samples import (
    SECRETS,
    VARIABLES,
    declared,
    fill_in,
    in_first,
    join,
    make_template,
    save,
    template_document,
)

NEW = 4
"""The row of the page that is blank."""


@pytest.fixture
def template(alice: User) -> Profile:
    return make_template(alice)


def address(template: Profile) -> str:
    return reverse("template_settings", args=[template.pk])


def opened(client: Client, template: Profile) -> Page:
    response = client.get(address(template))
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return browse(response.content.decode())


def send(client: Client, template: Profile, data: QueryDict) -> Any:
    """Post the form as a browser does."""
    return client.post(address(template), data.urlencode(), content_type="application/x-www-form-urlencoded")


def declaration(template: Profile) -> Declaration:
    template.refresh_from_db()
    found = load(template).declaration
    assert found
    return found


def test_a_profile_becomes_a_template_and_the_page_opens(alice: User, alice_client: Client) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=valid())

    response = alice_client.post(reverse("make_template", args=[profile.pk]), follow=True)

    template = Profile.objects.get(is_template=True)
    assert response.redirect_chain == [(address(template), 302)]
    page = response.content.decode()
    assert "This is the template; the profile stays as it is." in page
    assert PASSWORD not in page
    assert alice_client.get(reverse("make_template", args=[profile.pk])).status_code == 405


def test_saving_what_was_opened_changes_nothing(alice_client: Client, template: Profile) -> None:
    before = declaration(template)

    response = send(alice_client, template, opened(alice_client, template).data())

    assert response["Location"] == address(template)
    assert declaration(template) == before
    assert template.revision == 1


def test_what_was_typed_is_declared_in_a_new_revision(alice_client: Client, template: Profile) -> None:
    place = in_first(template, "UserDefinedName")
    data = opened(alice_client, template).data(
        **{
            f"variable-{NEW}-name": "office",
            f"variable-{NEW}-label": "Office",
            "variable-3-DELETE": "on",
            f"use {place.part} {place.path}": "locked",
            f"use {place.part} IKEv2.MTU": "",
            "about-summary": "Another.",
            "about-visibility": "server",
            "about-comment": "Offices",
        }
    )

    assert send(alice_client, template, data).status_code == 302

    found = declaration(template)
    assert [variable.name for variable in found.variables] == ["user", "domain", "pin", "office"]
    assert place in found.locked
    assert in_first(template, "IKEv2.MTU") not in found.asked
    assert found.summary == "Another."
    assert (template.revision, template.visibility) == (2, "server")
    assert template.revisions.get(number=2).comment == "Offices"


def test_what_is_wrong_is_told_in_its_row_and_all_that_was_typed_stays(
    alice_client: Client, template: Profile
) -> None:
    place = in_first(template, "UserDefinedName")
    typed = {
        f"variable-{NEW}-name": "1 wrong",
        f"variable-{NEW}-help": "typed <b>",
        f"use {place.part} {place.path}": "locked",
        "about-summary": "typed summary",
        "about-visibility": "server",
    }

    response = send(alice_client, template, opened(alice_client, template).data(**typed))

    assert response.status_code == 422
    html = response.content.decode()
    page = browse(html).data()
    assert {name: page[name] for name in typed} == typed
    assert "A variable cannot be called '1 wrong'." in unescape(html)
    assert f'aria-describedby="id_variable-{NEW}-name_error"' in html
    assert f'id="id_variable-{NEW}-name_error"' in html
    assert '<p class="notice notice--error" role="alert">Not saved' in html
    template.refresh_from_db()
    assert (template.revision, template.visibility) == (1, "team")


def test_what_the_database_cannot_hold_is_told(alice_client: Client, template: Profile) -> None:
    data = opened(alice_client, template).data(**{"variable-0-label": "a\x07b"})

    response = send(alice_client, template, data)

    assert response.status_code == 422
    assert "control character U+0007" in response.content.decode()
    assert declaration(template).variables == VARIABLES


def test_a_default_for_what_stands_in_a_secret_key_is_refused(
    alice_client: Client, template: Profile
) -> None:
    page = opened(alice_client, template)
    fields = {name: value for name, value in page.posted if name != "variable-2-secret"}
    query = QueryDict(mutable=True)
    query.update({**fields, "variable-2-default": "4711"})

    response = send(alice_client, template, query)

    assert response.status_code == 422
    assert (
        "PIN is a secret, but the default of PIN would be stored in the clear." in response.content.decode()
    )


def test_a_save_in_between_is_told_and_nothing_is_lost(
    alice: User, alice_client: Client, bob: User, template: Profile
) -> None:
    join(home(alice), bob, Role.EDITOR)
    mine = opened(alice_client, template).data(**{f"variable-{NEW}-name": "office"})
    save(bob, template, AuthName="{{user}}/{{domain}}")

    response = send(alice_client, template, mine)

    assert response.status_code == 409
    assert "bob saved this template after you opened it." in response.content.decode()
    assert declaration(template).variables == VARIABLES
    again = browse(response.content.decode()).data()
    assert (again[f"variable-{NEW}-name"], again["base_revision"]) == ("office", "2")
    assert send(alice_client, template, again).status_code == 302
    assert [variable.name for variable in declaration(template).variables][-1] == "office"
    assert load(template).payloads[0].values["IKEv2"]["AuthName"] == "{{user}}/{{domain}}"


def test_a_colleague_who_declared_the_very_same_meanwhile_takes_nothing_away(
    alice: User, alice_client: Client, template: Profile
) -> None:
    mine = opened(alice_client, template).data(**{f"variable-{NEW}-name": "office", "about-summary": "Mine."})
    theirs = declared(load(template), variables=(*VARIABLES, Variable(name="office")))
    save(alice, template, theirs)

    response = send(alice_client, template, mine)
    assert response.status_code == 409
    send(alice_client, template, browse(response.content.decode()).data())

    assert declaration(template).variables == (*VARIABLES, Variable(name="office"))
    assert declaration(template).summary == "Mine."


@pytest.mark.parametrize("base", ["", "-1", "x", "9" * 30])
def test_a_base_that_never_was_is_a_conflict(alice_client: Client, template: Profile, base: str) -> None:
    data = opened(alice_client, template).data(**{"base_revision": base, "about-summary": "Other."})

    assert send(alice_client, template, data).status_code == 409


@pytest.mark.parametrize(
    "tampered",
    [
        {"variable-TOTAL_FORMS": "100000000"},
        {"variable-TOTAL_FORMS": "x"},
        {"variable-TOTAL_FORMS": ""},
        {"variable-INITIAL_FORMS": "100000000"},
        {"variable-INITIAL_FORMS": "-5"},
        {"variable-0-kind": "\x00"},
        {"variable-0-DELETE": "\x00"},
        {"about-visibility": "world"},
    ],
)
def test_a_form_that_was_tampered_with_is_refused_or_read(
    alice_client: Client, template: Profile, tampered: dict[str, str]
) -> None:
    response = send(alice_client, template, opened(alice_client, template).data(**tampered))

    assert response.status_code in (302, 422)
    assert len(declaration(template).variables) >= 3


def test_a_form_of_nothing_is_refused(alice_client: Client, template: Profile) -> None:
    response = alice_client.post(address(template))

    assert response.status_code == 422
    assert "The page came back without its rows." in response.content.decode()
    assert declaration(template).variables == VARIABLES


def test_problems_of_the_template_are_shown(alice: User, alice_client: Client, template: Profile) -> None:
    save(alice, template, AuthName="{{nobody}}", RemoteIdentifier="{{pin}}")

    page = unescape(alice_client.get(address(template)).content.decode())

    assert "{{nobody}} is no variable of this template." in page
    assert "The variable pin is secret, but stands in IKEv2.RemoteIdentifier, which is shown." in page


def test_a_template_with_a_hundred_undeclared_variables_opens(
    alice: User, alice_client: Client, template: Profile
) -> None:
    save(alice, template, AuthName=" ".join(f"{{{{v{number}}}}}" for number in range(2 * MAX_VARIABLES)))

    page = opened(alice_client, template).data()

    assert page["variable-TOTAL_FORMS"] == str(MAX_VARIABLES)


def test_no_secret_is_in_the_page(alice_client: Client, template: Profile) -> None:
    page = alice_client.get(address(template)).content.decode()

    for secret in SECRETS:
        assert secret not in page
    assert "a secret" in page


def test_every_control_has_a_name_for_who_cannot_see(alice_client: Client, template: Profile) -> None:
    html = alice_client.get(address(template)).content.decode()
    form = html[html.index('<form method="post" class="settings"') :]

    controls = re.findall(r"<(?:input|select|textarea)\b[^>]*>", form)
    assert len(controls) > 100
    for control in controls:
        identity = re.search(r'\bid="([^"]+)"', control)
        assert (
            'type="hidden"' in control
            or "aria-label=" in control
            or (identity and f'for="{identity[1]}"' in form)
            or 'type="checkbox"' in control  # inside its label
        ), control


@pytest.mark.parametrize("role", [Role.EDITOR, Role.HELPER, Role.VIEWER])
def test_who_may_not_edit_looks_and_changes_nothing(
    alice: User, alice_client: Client, bob: User, bob_client: Client, template: Profile, role: Role
) -> None:
    join(home(alice), bob, role)
    data = opened(bob_client, template).data(**{"about-summary": "Bob’s."})
    html = bob_client.get(address(template)).content.decode()

    response = send(bob_client, template, data)

    may = role == Role.EDITOR
    assert response.status_code == (302 if may else 403)
    assert (declaration(template).summary == "Bob’s.") == may
    assert ('<fieldset class="locked" disabled>' in html) == (not may)


def test_a_viewer_cannot_name_another_team(
    alice: User, bob: User, bob_client: Client, template: Profile
) -> None:
    join(home(alice), bob, Role.VIEWER)
    data = opened(bob_client, template).data(**{"about-summary": "Bob’s.", "team": str(home(bob).pk)})

    assert send(bob_client, template, data).status_code == 403


def test_a_colleague_cannot_make_it_private(
    alice: User, bob: User, bob_client: Client, template: Profile
) -> None:
    join(home(alice), bob, Role.EDITOR)

    response = send(
        bob_client, template, opened(bob_client, template).data(**{"about-visibility": "private"})
    )

    assert response.status_code == 422
    assert "Only whoever made the template can keep it for themselves." in response.content.decode()


def test_the_template_of_others_is_not_there(alice: User, bob_client: Client, template: Profile) -> None:
    private = make_template(alice, visibility="private")
    for_everyone = make_template(alice, visibility="server")
    for row in (template, private, for_everyone, fill_in(alice, template)):
        assert bob_client.get(address(row)).status_code == 404
        assert bob_client.post(address(row)).status_code == 404


def test_a_profile_is_no_template(alice: User, alice_client: Client, template: Profile) -> None:
    profile = fill_in(alice, template)

    assert alice_client.get(address(profile)).status_code == 404
    with pytest.raises(Profile.DoesNotExist):
        templates.declare(
            actor=alice,
            template_id=profile.pk,
            declaration=Declaration(),
            visibility="team",
            base_revision=1,
        )


def test_what_came_of_it_is_counted(alice: User, alice_client: Client, template: Profile) -> None:
    fill_in(alice, template)
    fill_in(alice, template)
    assert "2 profiles</a> made from it</p>" in alice_client.get(address(template)).content.decode()

    save(alice, template, MTU=1300)

    assert "2 profiles</a> made from it, 2 behind</p>" in alice_client.get(address(template)).content.decode()


def test_a_template_without_payloads_can_be_declared(alice: User, alice_client: Client) -> None:
    whole = template_document()
    bare = make_template(
        alice, document=declared(type(whole)(uuid=whole.uuid, envelope={}, targets={}, payloads=()))
    )

    assert send(alice_client, bare, opened(alice_client, bare).data()).status_code == 302
