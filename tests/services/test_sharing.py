"""Templates for people elsewhere: links that end, and files without a secret."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from profiles.exceptions import DocumentError, LinkError, NotAllowedError, SpecError
from profiles.models import AuditEntry, Profile, Role, ShareLink, User
from profiles.models.link import digest
from profiles.plist.templates.declaration import Declaration, Variable
from profiles.services import profiles, sharing
from profiles.services.document_storage import load
from profiles.services.links import LIFETIMES
from profiles.services.teams import home
from tests.services.samples import SECRETS as OFFICE_SECRETS
from tests.services.samples import document as office
from tests.services.template_samples import (
    SECRETS,
    SHARED_KEY,
    VARIABLES,
    declared,
    edited,
    join,
    make_template,
    template_document,
)
from tests.services.test_templates import FOUR_ROLES


@pytest.fixture
def template(alice: User) -> Profile:
    return make_template(alice)


def link(alice: User, template: Profile) -> ShareLink:
    return sharing.share(actor=alice, template=template, days=7).link


# Links


@pytest.mark.parametrize("days", LIFETIMES)
def test_a_link_lasts_as_long_as_was_chosen_and_is_found_by_its_token_alone(
    alice: User, template: Profile, days: int
) -> None:
    shared = sharing.share(actor=alice, template=template, days=days)

    left = shared.link.expires_at - timezone.now()
    assert timedelta(days=days) - timedelta(minutes=1) < left <= timedelta(days=days)
    assert sharing.find_shared(shared.token) == shared.link
    assert shared.link.token_hash == digest(shared.token)
    for wrong in ("", shared.token[:-1], shared.token.swapcase(), shared.link.token_hash, "\ud800", "é"):
        with pytest.raises(ShareLink.DoesNotExist):
            sharing.find_shared(wrong)


def test_the_token_is_stored_and_told_nowhere(
    alice: User, template: Profile, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shared = sharing.share(actor=alice, template=template, days=7)
    sharing.download_shared(shared.link)

    stored = [*ShareLink.objects.values(), *AuditEntry.objects.values()]
    assert shared.token not in repr(stored)
    assert shared.token not in caplog.text


@pytest.mark.parametrize("days", [0, -1, 2, 366, 10**9])
def test_no_other_time_can_be_chosen(alice: User, template: Profile, days: int) -> None:
    with pytest.raises(LinkError, match="A link lasts 1 day"):
        sharing.share(actor=alice, template=template, days=days)
    assert not ShareLink.objects.exists()


def test_an_expired_or_revoked_link_says_so_and_serves_nothing(alice: User, template: Profile) -> None:
    expired, revoked = (sharing.share(actor=alice, template=template, days=1) for _ in range(2))
    ShareLink.objects.filter(pk=expired.link.pk).update(expires_at=timezone.now())
    before = [
        ShareLink.objects.select_related("template").get(pk=each.link.pk) for each in (expired, revoked)
    ]
    sharing.revoke(actor=alice, template=template, link_id=revoked.link.pk)
    sharing.revoke(actor=alice, template=template, link_id=revoked.link.pk)

    for shared, held, word in zip((expired, revoked), before, ("expired", "revoked"), strict=True):
        with pytest.raises(LinkError, match=word):
            sharing.find_shared(shared.token)
        with pytest.raises(LinkError, match=word):
            sharing.download_shared(held)
        with pytest.raises(LinkError, match=word):
            sharing.take(actor=alice, team=home(alice), link=held)
        assert ShareLink.objects.get(pk=shared.link.pk).uses == 0
    assert Profile.objects.count() == 1


def test_uses_are_counted_and_looking_is_none(alice: User, bob: User, template: Profile) -> None:
    shared = sharing.share(actor=alice, template=template, days=7)
    sharing.find_shared(shared.token)
    sharing.download_shared(shared.link)
    sharing.take(actor=bob, team=home(bob), link=sharing.find_shared(shared.token))

    found = sharing.links(template)[0]
    assert (found.uses, found.last_used_at is not None) == (2, True)
    log = AuditEntry.objects.filter(team_id=template.team_id, event="share link used").order_by("id")
    assert [(entry.actor, entry.detail) for entry in log] == [
        ("somebody with the link", "as a file"),
        ("bob", "copied"),
    ]


@pytest.mark.parametrize("gone", ["deleted", "purged"])
def test_a_link_to_a_template_that_is_gone_is_not_known(alice: User, template: Profile, gone: str) -> None:
    shared = sharing.share(actor=alice, template=template, days=7)
    if gone == "deleted":
        profiles.delete(actor=alice, profile=template)
    else:
        Profile.objects.filter(pk=template.pk).delete()

    with pytest.raises(ShareLink.DoesNotExist):
        sharing.find_shared(shared.token)


def test_a_link_is_revoked_with_its_own_template_alone(alice: User, template: Profile) -> None:
    other = make_template(alice)

    with pytest.raises(ShareLink.DoesNotExist):
        sharing.revoke(actor=alice, template=other, link_id=link(alice, template).pk)
    assert ShareLink.objects.get().state() == "open"


# Copies


def test_a_copy_is_a_template_of_ones_own_without_its_secrets(
    alice: User, bob: User, template: Profile
) -> None:
    imported = sharing.take(actor=bob, team=home(bob), link=link(alice, template))

    copy = load(imported.template)
    assert (imported.template.team, imported.template.visibility, imported.template.is_template) == (
        home(bob),
        "team",
        True,
    )
    assert copy.declaration
    assert copy.declaration.variables == VARIABLES
    tunnel = copy.payloads[0].values["IKEv2"]
    assert "PPK" not in tunnel
    assert tunnel["AuthPassword"] == "{{pin}}"
    assert copy.payloads[0].unknown == {}
    assert {gap.path for gap in imported.to_be_filled_in} == {"IKEv2.PPK", "Vendor"}
    assert copy.uuid != load(template).uuid
    assert imported.template.revisions.get().comment == "From “Office VPN”"


def test_the_copy_does_not_follow_and_the_original_knows_nothing_of_it(
    alice: User, bob: User, template: Profile
) -> None:
    imported = sharing.take(actor=bob, team=home(bob), link=link(alice, template))

    assert imported.template.template_id is None
    template.refresh_from_db()
    assert template.revision == 1


@pytest.mark.parametrize("role", FOUR_ROLES)
def test_who_may_edit_shares_takes_and_imports_and_whoever_may_look_exports(
    alice: User, bob: User, template: Profile, role: Role
) -> None:
    team = home(alice)
    there = link(alice, template)
    text = sharing.export(user=alice, template=template)
    join(team, bob, role)
    acts: list[Any] = [
        lambda: sharing.share(actor=bob, template=template, days=7),
        lambda: sharing.take(actor=bob, team=team, link=there),
        lambda: sharing.import_file(actor=bob, team=team, text=text),
        lambda: sharing.revoke(actor=bob, template=template, link_id=there.pk),
    ]

    assert sharing.export(user=bob, template=template) == text
    if role in (Role.OWNER, Role.EDITOR):
        for act in acts:
            act()
        return
    for act in acts:
        with pytest.raises(NotAllowedError):
            act()
    there.refresh_from_db()
    assert (there.uses, there.state()) == (0, "open"), "a refusal is no use"
    assert Profile.objects.count() == 1


def test_a_stranger_shares_and_exports_nothing(alice: User, bob: User) -> None:
    template = make_template(alice, visibility="server")

    with pytest.raises(NotAllowedError):
        sharing.share(actor=bob, template=template, days=7)
    with pytest.raises(NotAllowedError):
        sharing.export(user=bob, template=template)
    with pytest.raises(NotAllowedError):
        sharing.import_file(actor=bob, team=home(alice), text="{}")


# Files


def test_a_file_holds_no_secret_and_lists_each_to_be_filled_in(alice: User) -> None:
    template = make_template(alice, document=replace(office(), declaration=Declaration()))

    text = sharing.export(user=alice, template=template)

    for secret in OFFICE_SECRETS:
        assert secret not in text
    gaps = {(gap["payload"], gap["path"]) for gap in json.loads(text)["to_be_filled_in"]}
    assert gaps == {
        ("office", "IKEv2.AuthPassword"),
        ("office", "IKEv2.AuthPasword"),
        ("office", "IKEv2.OnDemandRules[0].Secrit"),
        ("office", "VendorConfig"),
        ("profile", "VendorNote"),
    }
    assert AuditEntry.objects.latest("id").event == "template exported"


def test_what_was_exported_is_imported_elsewhere(alice: User, bob: User, template: Profile) -> None:
    text = sharing.export(user=alice, template=template)

    imported = sharing.import_file(actor=bob, team=home(bob), text=text)

    for secret in SECRETS:
        assert secret not in text
    there, here = load(template), load(imported.template)
    assert here.title == there.title
    assert (here.declaration or Declaration()).summary == "For people who travel."
    assert len((here.declaration or Declaration()).locked) == 5
    assert imported.template.revisions.get().comment == "From a file"
    assert AuditEntry.objects.latest("id").event == "template imported"
    again = sharing.export(user=bob, template=imported.template)
    assert SHARED_KEY.decode() not in again


def test_a_secret_default_of_a_file_is_dropped(alice: User) -> None:
    document = declared(template_document(), variables=(VARIABLES[0], Variable(name="pin", default="x")))
    text = sharing.export(
        user=alice, template=make_template(alice, document=edited(document, AuthPassword=None))
    )
    data = json.loads(text)
    data["payloads"][0]["values"]["IKEv2"]["AuthPassword"] = "{{pin}}"

    imported = sharing.import_file(actor=alice, team=home(alice), text=json.dumps(data))

    declaration = load(imported.template).declaration
    assert declaration
    assert [variable.default for variable in declaration.variables] == ["", ""]
    assert "variables.pin" in {gap.path for gap in imported.to_be_filled_in}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "not valid JSON"),
        ("[]", "no template that a designer has written"),
        ("{}", "no template that a designer has written"),
        ('{"format": "profile-designer-template", "version": 3}', "newer version of the designer"),
        ('{"format": "profile-designer-template", "version": "1"}', "does not tell its version"),
        ("[" * 5_000, "nests deeper"),
        ("\ufffd\ufffd", "not valid JSON"),
        ('{"format": NaN}', "no number"),
    ],
)
def test_a_file_that_is_no_template_is_refused_with_a_sentence(alice: User, text: str, sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        sharing.import_file(actor=alice, team=home(alice), text=text)
    assert not Profile.objects.exists()


def test_what_a_file_brings_and_no_database_can_hold_is_refused(alice: User, template: Profile) -> None:
    data = json.loads(sharing.export(user=alice, template=template))
    one = data["payloads"][0]
    data["payloads"] = [
        {**one, "name": f"{n}", "uuid": f"{n:08X}-0000-4000-8000-000000000000"} for n in range(501)
    ]
    data["to_be_filled_in"] = []

    with pytest.raises(DocumentError, match="at most 500"):
        sharing.import_file(actor=alice, team=home(alice), text=json.dumps(data))


def test_a_template_with_two_variables_of_one_name_is_not_copied(
    alice: User, bob: User, template: Profile
) -> None:
    twice = make_template(alice, document=declared(template_document(), variables=(*VARIABLES, VARIABLES[0])))
    there = link(alice, twice)

    with pytest.raises(SpecError, match="Two variables are called 'user'"):
        sharing.take(actor=bob, team=home(bob), link=there)
    there.refresh_from_db()
    assert there.uses == 0
