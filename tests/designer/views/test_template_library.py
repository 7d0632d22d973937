"""The library of templates: whose are shown, found, imported and exported."""

from __future__ import annotations

import json
import logging
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from profiles.models import Profile, Role, User
from profiles.services import profiles, sharing
from profiles.services.document_storage import load
from profiles.services.pagination import PER_PAGE
from profiles.services.teams import home
from tests.services.template_samples import SECRETS, declared, join, make_template, save

PAGE, IMPORT = reverse("templates"), reverse("import_template")


def library(client: Client, **query: str | int) -> str:
    response = client.get(PAGE, query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def upload(client: Client, content: bytes | str, **more: Any) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    return client.post(IMPORT, {"file": SimpleUploadedFile("template.json", raw), **more})


# Whose


def test_an_empty_library_says_where_templates_come_from(alice_client: Client) -> None:
    assert "choose More › Save as template" in library(alice_client)
    assert "Nobody shares a template with everyone yet" in library(alice_client, show="everyone")
    assert "No templates yet" in library(alice_client, show="no-such-tab")


def test_a_row_says_what_it_is_for_and_what_can_be_done(alice: User, alice_client: Client) -> None:
    template = make_template(alice)

    page = library(alice_client)

    assert "For people who travel." in page
    assert "revision 1" in page
    for name in (
        "use_template",
        "template_settings",
        "template_instances",
        "export_template",
        "share_template",
        "duplicate_profile",
        "delete_profile",
    ):
        assert reverse(name, args=[template.pk]) in page, name


def test_without_a_summary_a_row_shows_the_identifier(alice: User, alice_client: Client) -> None:
    template = make_template(alice)
    save(alice, template, declared(load(template), summary=""))

    assert "com.example.vpn.office" in library(alice_client)


def test_the_private_is_shown_to_its_maker_and_to_nobody_else(
    alice: User, alice_client: Client, bob: User, bob_client: Client
) -> None:
    make_template(alice, name="Hers alone", visibility="private")
    make_template(alice, name="The team’s")
    join(home(alice), bob, Role.OWNER)
    bob_client.post(reverse("choose_team"), {"team": str(home(alice).pk)})

    assert "Hers alone" in library(alice_client)
    assert "Only you" in library(alice_client)
    page = library(bob_client)
    assert "The team’s" in page
    assert "Hers alone" not in page


def test_those_for_everyone_can_be_filled_in_and_no_more(
    alice: User, alice_client: Client, bob_client: Client
) -> None:
    template = make_template(alice, name="For all", visibility="server")

    page = library(bob_client, show="everyone")
    assert "For all" in page
    assert "alice’s team" in page
    assert "For all" not in library(bob_client)
    assert reverse("use_template", args=[template.pk]) in page
    for name in ("profile", "template_settings", "export_template", "share_template", "profile_history"):
        assert reverse(name, args=[template.pk]) not in page
        assert bob_client.get(reverse(name, args=[template.pk])).status_code == 404, name
    for name in ("duplicate_profile", "delete_profile", "make_template", "update_all"):
        assert bob_client.post(reverse(name, args=[template.pk])).status_code == 404, name
    assert reverse("template_settings", args=[template.pk]) in library(alice_client, show="everyone")


@pytest.mark.parametrize("role", [Role.HELPER, Role.VIEWER])
def test_a_role_sees_what_it_may_do(alice: User, bob: User, bob_client: Client, role: Role) -> None:
    template = make_template(alice)
    join(home(alice), bob, role)
    bob_client.post(reverse("choose_team"), {"team": str(home(alice).pk)})

    page = library(bob_client)

    assert (reverse("use_template", args=[template.pk]) in page) == (role == Role.HELPER)
    assert reverse("delete_profile", args=[template.pk]) not in page
    assert "Import a template" not in page


def test_what_is_for_oneself_alone_has_a_tab_of_its_own(
    alice: User, bob: User, alice_client: Client, bob_client: Client
) -> None:
    join(home(alice), bob, Role.EDITOR)
    bob_client.post(reverse("choose_team"), {"team": str(home(alice).pk)})
    make_template(alice, name="Draft", visibility="private")
    make_template(alice, name="Shared")

    alone = library(alice_client, show="private")

    assert "Draft" in alone
    assert "Shared" not in alone
    assert "No template is for you alone" in library(bob_client, show="private")
    assert "Draft" not in library(bob_client)


def test_a_template_that_is_deleted_leads_back_to_the_library_with_a_way_to_undo(
    alice: User, alice_client: Client
) -> None:
    template = make_template(alice)

    response = alice_client.post(reverse("delete_profile", args=[template.pk]), follow=True)

    assert response.redirect_chain == [(PAGE, 302)]
    undo = reverse("restore_profile", args=[template.pk])
    assert f"form='undo-delete' formaction='{undo}'" in response.content.decode()
    assert alice_client.post(undo, follow=True).redirect_chain == [(PAGE, 302)]
    assert "Office VPN" in library(alice_client)


# Found


def test_words_are_found_in_any_case_and_kept_in_the_tabs(alice: User, alice_client: Client) -> None:
    for name in ("Zürich VPN", "Berlin ÄRZTE"):
        make_template(alice, name=name)

    page = library(alice_client, q="ärzte berLIN")

    assert "Berlin ÄRZTE" in page
    assert "Zürich VPN" not in page
    assert "?show=everyone&q=%C3%A4rzte+berLIN" in page
    assert "No template matches “<b>”" in unescape(library(alice_client, q="<b>"))
    assert "<b>" not in alice_client.get(PAGE, {"q": "<b>"}).content.decode()
    assert "No template matches" in library(alice_client, q="\x00")


def test_starting_points_are_found_too(alice_client: Client) -> None:
    assert "Always On" in library(alice_client, show="product")
    assert "Nothing matches" in library(alice_client, show="product", q="nowhere")


@pytest.mark.parametrize("show", ["team", "everyone"])
def test_a_long_library_takes_as_many_queries_as_a_short_one(
    alice: User, alice_client: Client, show: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            library(alice_client, show=show)
        return len(captured)

    for _ in range(3):
        make_template(alice, visibility="server")
    queries()
    few = queries()
    for _ in range(57):
        make_template(alice, visibility="server")

    assert queries() == few
    assert library(alice_client, show=show).count("list__name") == PER_PAGE
    assert 'rel="next"' not in library(alice_client, show=show, page=99)
    assert library(alice_client, show=show, page="rubbish").count("list__name") == PER_PAGE


def test_the_next_page_keeps_what_was_looked_for(alice: User, alice_client: Client) -> None:
    for _ in range(PER_PAGE + 1):
        make_template(alice, visibility="server")

    page = library(alice_client, show="everyone", q="office")

    assert "show=everyone&q=office&page=2" in page


# Files


def test_an_export_is_a_file_without_secrets(alice: User, alice_client: Client) -> None:
    template = make_template(alice, name="Büro: VPN")

    response = alice_client.get(reverse("export_template", args=[template.pk]))

    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == (
        "attachment; filename=\"template.json\"; filename*=UTF-8''B%C3%BCro%20VPN.json"
    )
    assert response["Cache-Control"] == "no-store"
    text = response.content.decode()
    assert json.loads(text)["format"] == "profile-designer-template"
    for secret in SECRETS:
        assert secret not in text


def test_what_was_exported_is_imported_and_what_it_lacks_is_told(
    alice: User, alice_client: Client, bob: User, bob_client: Client
) -> None:
    template = make_template(alice)
    text = alice_client.get(reverse("export_template", args=[template.pk])).content

    response = upload(bob_client, b"\xef\xbb\xbf" + text)

    imported = Profile.objects.get(team=home(bob))
    assert response["Location"] == reverse("profile", args=[imported.pk])
    page = unescape(bob_client.get(response["Location"]).content.decode())
    assert "“Office VPN” is in the library." in page
    assert "To be filled in, since a shared template holds no secrets: " in page
    assert "(tunnel 0), Vendor (tunnel 0)" in page
    assert imported.visibility == "team"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The submitted file is empty."),
        (b"{}", "no template that a designer has written"),
        (b"not json", "not valid JSON"),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "not UTF-8"),
        (bytes(range(256)) * 100, "not UTF-8"),
        (b"[" * 100_000, "nests deeper"),
        (
            b'{"format": "profile-designer-template", "version": 3, "more": 1}',
            "newer version of the designer (3)",
        ),
        (b'{"a": ' + b"9" * 10_000 + b"}", "too many digits"),
        (b" " * 1_000_001, "1,000,001 bytes; a template has less than 1,000,000"),
    ],
)
def test_a_file_that_is_no_template_is_refused_with_a_sentence(
    alice_client: Client, content: bytes, sentence: str
) -> None:
    response = upload(alice_client, content)

    assert response.status_code == 422
    page = unescape(response.content.decode())
    assert sentence in page
    assert 'aria-invalid="true"' in page
    assert "Import a template" in page
    assert not Profile.objects.exists()


def test_no_file_at_all_is_told(alice_client: Client) -> None:
    for data in ({}, {"file": "a text"}):
        response = alice_client.post(IMPORT, data)
        assert response.status_code == 422
        assert "This field is required." in response.content.decode()


def test_a_file_far_too_large_is_refused_before_it_is_read(alice_client: Client) -> None:
    assert upload(alice_client, b" " * 5_000_000).status_code == 413


def test_a_secret_that_was_written_into_a_file_is_neither_kept_nor_told(
    alice: User, alice_client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    data = json.loads(sharing.export(user=alice, template=make_template(alice)))
    data["payloads"][0]["values"]["IKEv2"]["AuthPassword"] = "written-in-by-hand"

    response = upload(alice_client, json.dumps(data))

    page = alice_client.get(response["Location"]).content.decode()
    assert "written-in-by-hand" not in page
    assert "written-in-by-hand" not in caplog.text
    imported = Profile.objects.get(pk=response["Location"].rpartition("/")[2])
    assert "AuthPassword" not in load(imported).payloads[0].values["IKEv2"]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.HELPER, Role.VIEWER])
def test_who_may_edit_imports(alice: User, bob: User, bob_client: Client, role: Role) -> None:
    text = sharing.export(user=alice, template=make_template(alice))
    join(home(alice), bob, role)

    response = upload(bob_client, text, team=str(home(alice).pk))

    assert response.status_code == (302 if role == Role.EDITOR else 403)
    assert Profile.objects.count() == (2 if role == Role.EDITOR else 1)


def test_a_template_can_be_deleted_and_brought_back(alice: User, alice_client: Client) -> None:
    template = make_template(alice)

    alice_client.post(reverse("delete_profile", args=[template.pk]))
    assert "No templates yet" in library(alice_client)

    alice_client.post(reverse("restore_profile", args=[template.pk]))
    assert "For people who travel." in library(alice_client)


def test_a_duplicate_is_a_template_too(alice: User, alice_client: Client) -> None:
    template = make_template(alice, visibility="private")

    copy = profiles.duplicate(actor=alice, profile=template)

    assert (copy.is_template, copy.visibility) == (True, "private")
    assert "Office VPN copy" in library(alice_client)
