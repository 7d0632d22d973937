"""Templates: made from profiles, declared, found, and filled in."""

from __future__ import annotations

import logging
import plistlib
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from profiles.exceptions import (
    ConflictError,
    DocumentError,
    NotAllowedError,
    ProblemsError,
    VariablesError,
)
from profiles.models import AuditEntry, Profile, Revision, Role, User, Visibility
from profiles.plist.diff.documents import diff
from profiles.plist.templates.declaration import Declaration, Place, Variable
from profiles.services import download, profiles, templates
from profiles.services.certificate_evidence import check
from profiles.services.document_storage import load, revision_document
from profiles.services.pagination import PER_PAGE
from profiles.services.teams import home
from tests.services.samples import PASSWORD, payload, valid
from tests.services.samples import document as office
from tests.services.template_samples import (
    ANSWERS,
    ASKED,
    ORGANIZATION,
    PIN,
    PROXY_PASSWORD,
    SECRETS,
    SHARED_KEY,
    VARIABLES,
    declared,
    edited,
    fill_in,
    ikev2,
    in_first,
    join,
    make_template,
    save,
    template_document,
)
from tests.services.test_secrets_at_rest import every_column, shapes

FOUR_ROLES = [Role.OWNER, Role.EDITOR, Role.HELPER, Role.VIEWER]


def declare(actor: User, template: Profile, declaration: Declaration, **changed: Any) -> Profile:
    options = {"visibility": template.visibility, "base_revision": template.revision, **changed}
    return templates.declare(actor=actor, template_id=template.pk, declaration=declaration, **options)


def written(actor: User, profile: Profile) -> Any:
    """What a device reads in the file."""
    return plistlib.loads(download.download(user=actor, profile=profile, unsigned=True).content)


# Made from a profile


def test_a_template_is_a_copy_with_its_own_uuids_and_the_profile_stays_as_it_is(alice: User) -> None:
    target = payload("certificate")
    original = office(target, payload("tunnel", PayloadCertificateUUID=target.uuid.lower()))
    profile = profiles.create(actor=alice, team=home(alice), document=original)

    template = templates.make(actor=alice, profile=profile)

    made = load(template)
    assert template.is_template
    assert made.declaration == Declaration()
    assert made.title == original.title
    assert not {made.uuid, *(part.uuid for part in made.payloads)} & {
        original.uuid,
        *(part.uuid for part in original.payloads),
    }
    assert made.payloads[1].values["IKEv2"]["PayloadCertificateUUID"] == made.payloads[0].uuid
    assert made.payloads[0].values["IKEv2"]["AuthPassword"] == PASSWORD
    assert made.payloads[0].unknown == target.unknown
    profile.refresh_from_db()
    assert (profile.revision, profile.is_template, load(profile)) == (1, False, original)


def test_a_template_of_a_filled_in_profile_stands_by_itself(alice: User) -> None:
    made = templates.make(actor=alice, profile=fill_in(alice, make_template(alice)))

    assert (made.template_id, made.template_revision, load(made).origin) == (None, 0, None)


def test_a_template_of_a_template_asks_for_the_same(alice: User) -> None:
    template = make_template(alice)

    copy = templates.make(actor=alice, profile=template)

    declaration = load(copy).declaration
    assert declaration
    assert declaration.variables == VARIABLES
    assert declaration.asked == {in_first(copy, path) for path in ASKED}
    assert not declaration.locked & (load(template).declaration or Declaration()).locked - {ORGANIZATION}


@pytest.mark.parametrize("role", FOUR_ROLES)
def test_who_may_edit_may_make_and_declare_a_template_and_nobody_else(
    alice: User, bob: User, role: Role
) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=valid())
    template = make_template(alice)
    join(home(alice), bob, role)

    if role in (Role.OWNER, Role.EDITOR):
        assert templates.make(actor=bob, profile=profile).created_by == bob
        assert declare(bob, template, Declaration()).revision == 2
        return
    with pytest.raises(NotAllowedError):
        templates.make(actor=bob, profile=profile)
    with pytest.raises(NotAllowedError):
        declare(bob, template, Declaration())
    template.refresh_from_db()
    assert template.revision == 1
    assert Profile.objects.count() == 2


def test_a_stranger_finds_nothing_to_make_declare_or_fill_in(alice: User, bob: User) -> None:
    profile = profiles.create(actor=alice, team=home(alice), document=valid())
    template = make_template(alice)

    with pytest.raises(Profile.DoesNotExist):
        templates.make(actor=bob, profile=profile)
    with pytest.raises(Profile.DoesNotExist):
        declare(bob, template, Declaration())
    with pytest.raises(Profile.DoesNotExist):
        templates.find(user=bob, template_id=template.pk)
    with pytest.raises(Profile.DoesNotExist):
        fill_in(bob, template)
    with pytest.raises(NotAllowedError):
        fill_in(bob, template, team=home(alice))


# Declared


def test_what_is_declared_is_a_revision_with_a_comment(alice: User) -> None:
    template = templates.make(
        actor=alice, profile=profiles.create(actor=alice, team=home(alice), document=valid())
    )
    declaration = Declaration(
        variables=(Variable(name="user"),), locked=frozenset({in_first(template, "IKEv2.AuthName")})
    )

    saved = declare(alice, template, declaration, comment="Locked", visibility="server")

    assert load(saved).declaration == declaration
    assert (saved.revision, saved.visibility) == (2, "server")
    assert saved.revisions.get(number=2).comment == "Locked"
    assert revision_document(saved.revisions.get(number=1)).declaration == Declaration()


def test_who_can_see_it_changes_without_a_revision_and_is_logged(alice: User) -> None:
    template = make_template(alice)

    saved = declare(
        alice, template, load(template).declaration or Declaration(), visibility=Visibility.SERVER
    )

    assert (saved.revision, saved.visibility) == (1, "server")
    entry = AuditEntry.objects.latest("id")
    assert (entry.event, entry.detail) == (
        "template visibility changed",
        "visible to: everyone on this server",
    )


def test_a_declaration_on_top_of_another_save_is_a_conflict(alice: User, bob: User) -> None:
    template = make_template(alice)
    join(home(alice), bob, Role.EDITOR)
    save(bob, template, MTU=1300)

    with pytest.raises(ConflictError, match="bob saved this profile"):
        declare(alice, template, Declaration(), base_revision=1, visibility="server")

    template.refresh_from_db()
    assert (template.revision, template.visibility) == (2, "team")
    assert load(template).declaration == template_document_declaration(template)


def template_document_declaration(template: Profile) -> Declaration | None:
    return revision_document(template.revisions.get(number=1)).declaration


def test_a_visibility_that_is_none_is_refused(alice: User) -> None:
    with pytest.raises(DocumentError, match="no such choice"):
        declare(alice, make_template(alice), Declaration(), visibility="world")


def test_a_colleague_cannot_hide_the_template_of_another_from_themselves(alice: User, bob: User) -> None:
    template = make_template(alice)
    join(home(alice), bob, Role.EDITOR)

    with pytest.raises(DocumentError, match="Only whoever made the template"):
        declare(bob, template, Declaration(), visibility="private")
    template.refresh_from_db()
    assert template.visibility == "team"
    assert declare(alice, template, Declaration(), visibility="private").visibility == "private"


@pytest.mark.parametrize("secret", [True, False])
def test_a_default_that_would_be_a_secret_in_the_clear_is_not_stored(alice: User, secret: bool) -> None:
    variable = Variable(name="pin", label="PIN", secret=secret, default=PIN)

    with pytest.raises(DocumentError, match="default of PIN would be stored in the clear") as caught:
        make_template(alice, document=declared(template_document(), variables=(VARIABLES[0], variable)))

    assert PIN not in str(caught.value)


# Filled in


def test_a_variable_is_filled_in_wherever_it_stands(alice: User) -> None:
    made = load(fill_in(alice, make_template(alice), user="carol", domain="vpn.example.org", room="12"))

    (tunnel,) = made.payloads
    assert made.envelope["PayloadDescription"] == "Room 12"
    assert tunnel.values["IKEv2"]["AuthName"] == "carol"
    assert tunnel.values["IKEv2"]["LocalIdentifier"] == "carol@vpn.example.org"
    assert tunnel.values["IKEv2"]["OnDemandRules"] == [
        {"Action": "Connect", "SSIDMatch": ["carol-home", "Guest"]}
    ]
    assert tunnel.values["IKEv2"]["AuthPassword"] == PIN
    assert tunnel.values["Proxies"]["HTTPProxyUsername"] == "carol"
    assert tunnel.unknown == {"Vendor": {"Owners": ["carol"]}}


def test_a_profile_remembers_its_template_and_the_revision(alice: User) -> None:
    template = save(alice, make_template(alice), MTU=1400)

    profile = fill_in(alice, template)

    assert (profile.is_template, profile.template_id, profile.template_revision) == (False, template.pk, 2)
    origin = load(profile).origin
    assert origin
    assert (origin.template, origin.revision, origin.title) == (str(template.pk), 2, "Office VPN")
    assert dict(origin.answers) == ANSWERS
    assert profile.revisions.get().comment == "From the template “Office VPN”, revision 2"


def test_profiles_of_one_template_install_beside_each_other(alice: User) -> None:
    template = make_template(alice)

    one, two = (load(fill_in(alice, template)) for _ in range(2))

    assert one.identifier != two.identifier
    assert not {one.uuid, one.payloads[0].uuid} & {two.uuid, two.payloads[0].uuid}


def test_keys_that_are_asked_for_hold_what_was_given(alice: User) -> None:
    values = {
        "IKEv2.MTU": 1300,
        "DNS.ServerAddresses": ["10.0.0.1"],
        "Proxies.HTTPProxyPassword": PROXY_PASSWORD,
    }

    made = load(fill_in(alice, make_template(alice), values=values)).payloads[0].values

    assert made["IKEv2"]["MTU"] == 1300
    assert made["DNS"] == {"DNSProtocol": "Cleartext", "ServerAddresses": ["10.0.0.1"]}
    assert made["Proxies"]["HTTPProxyPassword"] == PROXY_PASSWORD


@pytest.mark.parametrize("path", ["IKEv2.RemoteAddress", "IKEv2.PPK", "IKEv2.AuthName", "IKEv2.NoSuchKey"])
def test_a_value_for_what_is_not_asked_for_is_refused(alice: User, path: str) -> None:
    template = make_template(alice)

    with pytest.raises(DocumentError, match="does not ask for"):
        fill_in(alice, template, values={path: "evil.example.com"})
    assert Profile.objects.count() == 1


@pytest.mark.parametrize(("typed", "name"), [("", "Office VPN"), ("  Bob’s \n VPN ", "Bob’s VPN")])
def test_the_profile_is_called_as_was_typed_or_as_the_template(alice: User, typed: str, name: str) -> None:
    assert fill_in(alice, make_template(alice), name=typed).name == name


def test_a_name_that_the_template_locks_is_that_of_the_template(alice: User) -> None:
    document = declared(template_document(name="VPN of {{user}}"), locked=frozenset({templates.NAME}))

    assert fill_in(alice, make_template(alice, document=document), name="Mine").name == "VPN of bob"


@pytest.mark.parametrize(
    "answer",
    [
        "{{pin}}",
        "{{user}}",
        "{{ nothing }}",
        "</string><key>Evil</key>",
        "<!--",
        "]]>",
        "&amp;",
        "“‘'\"`\\",
        "$(id)",
        "\\1",
        "a\tb",
        "日本 🗝",
        " blank ",
    ],
)
def test_an_answer_is_data_whatever_it_looks_like(alice: User, answer: str) -> None:
    template = make_template(alice)

    file = written(alice, fill_in(alice, template, room=answer, pin=answer))

    assert file["PayloadDescription"] == f"Room {answer}"
    assert file["PayloadContent"][0]["IKEv2"]["AuthPassword"] == answer


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"user": ""}, "User name is missing. Fill it in."),
        ({"user": "  "}, "User name is missing. Fill it in."),
        ({"pin": ""}, "PIN is missing. Fill it in."),
        ({"user": "BOB"}, "User name is not of the form that the template asks for"),
        ({"domain": "no host"}, "Domain is no host name or IP address."),
        ({"other": "x"}, "The template has no variable 'other'. Leave it out."),
    ],
)
def test_an_answer_that_is_missing_ill_formed_or_not_asked_for_is_told_and_nothing_is_made(
    alice: User, answers: dict[str, str], sentence: str
) -> None:
    template = make_template(alice)

    with pytest.raises(VariablesError) as caught:
        templates.use(
            actor=alice,
            team=home(alice),
            template=template,
            name="",
            answers={**ANSWERS, **answers},
            values={},
        )

    assert caught.value.names == [*answers]
    assert str(caught.value).startswith(sentence)
    assert PIN not in str(caught.value)
    assert Profile.objects.count() == 1


def test_a_variable_that_is_not_declared_stops_the_profile(alice: User) -> None:
    template = save(alice, make_template(alice), RemoteIdentifier="{{forgotten}}")

    with pytest.raises(VariablesError, match=r"There is no value for \{\{forgotten\}\}"):
        fill_in(alice, template)


def test_what_could_not_be_installed_is_not_made_and_its_problems_are_listed(alice: User) -> None:
    template = make_template(alice)

    with pytest.raises(ProblemsError, match="cannot be installed") as caught:
        fill_in(alice, template, values={"IKEv2.MTU": 5})

    assert [problem.path for problem in caught.value.problems] == ["IKEv2.MTU"]
    assert Profile.objects.count() == 1


@pytest.mark.parametrize("role", FOUR_ROLES)
def test_who_may_fill_in_may_make_profiles_and_a_viewer_may_not(alice: User, bob: User, role: Role) -> None:
    template = make_template(alice)
    join(home(alice), bob, role)

    if role != Role.VIEWER:
        assert fill_in(bob, template, team=home(alice)).created_by == bob
        return
    with pytest.raises(NotAllowedError):
        fill_in(bob, template, team=home(alice))
    assert Profile.objects.count() == 1


def test_a_viewer_cannot_carry_the_secrets_of_a_template_into_a_team_of_their_own(
    alice: User, bob: User
) -> None:
    template = make_template(alice)
    join(home(alice), bob, Role.VIEWER)

    with pytest.raises(NotAllowedError):
        fill_in(bob, template, team=home(bob))
    with pytest.raises(NotAllowedError):
        templates.find(user=bob, template_id=template.pk)


# Locked


@pytest.mark.parametrize(
    "changes",
    [
        {"RemoteAddress": "evil.example.com"},
        {"RemoteAddress": None},
        {"LocalIdentifier": "eve"},
        {"OnDemandRules": [{"Action": "Connect", "SSIDMatch": ["bob-home", "Guest", "Cafe"]}]},
        {"OnDemandRules": []},
        {"PPK": b"another"},
        {"PPK": SHARED_KEY.decode()},
        {"PPK": None},
    ],
)
def test_a_locked_key_cannot_be_changed(alice: User, changes: dict[str, Any]) -> None:
    profile = fill_in(alice, make_template(alice))
    before = load(profile)
    (name,) = changes

    with pytest.raises(DocumentError, match=f"IKEv2.{name} is locked by the template “Office VPN”") as caught:
        save(alice, profile, **changes)

    assert SHARED_KEY.decode() not in str(caught.value)
    profile.refresh_from_db()
    assert (profile.revision, load(profile)) == (1, before)


@pytest.mark.parametrize("envelope", [{"PayloadOrganization": "Evil"}, {"PayloadOrganization": ""}, {}])
def test_a_locked_key_of_the_envelope_cannot_be_changed(alice: User, envelope: dict[str, Any]) -> None:
    profile = fill_in(alice, make_template(alice))
    before = load(profile)
    rest = {name: value for name, value in before.envelope.items() if name != "PayloadOrganization"}

    with pytest.raises(DocumentError, match="PayloadOrganization is locked"):
        save(alice, profile, replace(before, envelope={**rest, **envelope}))


def test_a_payload_with_a_locked_key_cannot_be_taken_out_nor_take_another_uuid(alice: User) -> None:
    profile = fill_in(alice, make_template(alice))
    before = load(profile)
    (tunnel,) = before.payloads

    for payloads in ((), (replace(tunnel, uuid=str(uuid.uuid4())),)):
        with pytest.raises(DocumentError, match="is locked"):
            save(alice, profile, replace(before, payloads=payloads))
    assert load(profile) == before


def test_what_is_not_locked_can_be_changed(alice: User) -> None:
    profile = fill_in(alice, make_template(alice))
    more = payload("more")
    document = edited(load(profile), AuthName="carol", MTU=1300)

    save(alice, profile, replace(document, payloads=(more, *document.payloads)))

    assert [part.name for part in load(profile).payloads] == ["more", "tunnel 0"]
    assert load(profile).payloads[1].values["IKEv2"]["AuthName"] == "carol"


def test_a_key_that_is_locked_and_not_set_stays_so(alice: User) -> None:
    document = template_document()
    locked = {in_first(document, "IKEv2.ProviderBundleIdentifier"), in_first(document, "IKEv2.NoSuchKey")}
    profile = fill_in(alice, make_template(alice, document=declared(document, locked=frozenset(locked))))

    for name in ("ProviderBundleIdentifier", "NoSuchKey"):
        with pytest.raises(DocumentError, match=f"{name} is locked"):
            save(alice, profile, edited(load(profile), **{name: "x"}))


def test_a_copy_of_a_filled_in_profile_stands_by_itself(alice: User) -> None:
    copy = profiles.duplicate(actor=alice, profile=fill_in(alice, make_template(alice)))

    assert (copy.template_id, load(copy).origin) == (None, None)
    assert ikev2(save(alice, copy, RemoteAddress="other.example.com"))["RemoteAddress"] == "other.example.com"


# Secrets


@pytest.mark.django_db(transaction=True)
def test_no_column_holds_an_answer_or_a_secret_of_a_template_in_the_clear(
    caplog: pytest.LogCaptureFixture,
) -> None:
    alice = User.objects.create_user("alice")
    caplog.set_level(logging.DEBUG)
    template = make_template(alice)
    values = {"Proxies.HTTPProxyPassword": PROXY_PASSWORD}
    profile = fill_in(alice, template, values=values, room="room-in-no-column-but-the-description")
    save(alice, profile, MTU=1300)
    templates.make(actor=alice, profile=template)
    profiles.duplicate(actor=alice, profile=profile)

    columns = every_column()
    assert b"vpn.example.com" in columns
    assert columns.count(b"room-in-no-column-but-the-description") == 5, "the description, and nothing else"
    for secret in SECRETS:
        assert not [shape for shape in shapes(secret) if shape in columns], secret
        assert secret not in caplog.text


def test_no_comparison_tells_an_answer(alice: User) -> None:
    template = make_template(alice)
    one, two = load(fill_in(alice, template)), load(fill_in(alice, template, pin="other-pin-in-no-page"))

    told = repr(diff(one, replace(two, payloads=one.payloads, uuid=one.uuid)))

    assert "Answers to the template" in told
    assert PIN not in told
    assert "other-pin-in-no-page" not in told
    assert PIN not in repr(one)


def test_a_secret_variable_in_a_key_that_is_shown_is_warned_of(alice: User) -> None:
    document = edited(template_document(), AuthName="{{pin}}")

    (problem,) = [problem for problem in check(document) if problem.code == "shown-variable"]

    assert problem.severity.value == "warning"
    assert problem.message == (
        "The variable pin is secret, but stands in IKEv2.AuthName, which is shown. Write it into a secret key alone, "
        "or do not call it secret."
    )


# Who finds which


def test_a_private_template_is_there_for_its_maker_alone(alice: User, bob: User) -> None:
    template = make_template(alice, visibility="private")
    join(home(alice), bob, Role.OWNER)

    assert templates.find(user=alice, template_id=template.pk) == template
    assert template in templates.search(user=alice, team=home(alice))
    assert template not in templates.search(user=bob, team=home(alice))
    with pytest.raises(Profile.DoesNotExist):
        fill_in(bob, template, team=home(alice))
    with pytest.raises(Profile.DoesNotExist):
        declare(bob, template, Declaration())


def test_a_template_for_everyone_is_filled_in_elsewhere_and_not_changed(alice: User, bob: User) -> None:
    template = make_template(alice, visibility="server")

    assert template in templates.search(user=bob, team=home(bob), show="everyone")
    assert template not in templates.search(user=bob, team=home(bob))
    profile = fill_in(bob, template)
    assert (profile.team, profile.template) == (home(bob), template)
    for forbidden in (
        lambda: declare(bob, template, Declaration()),
        lambda: templates.make(actor=bob, profile=template),
        lambda: profiles.duplicate(actor=bob, profile=template),
        lambda: profiles.delete(actor=bob, profile=template),
        lambda: download.download(user=bob, profile=template),
    ):
        with pytest.raises(Profile.DoesNotExist):
            forbidden()
    with pytest.raises(NotAllowedError):
        profiles.create(actor=bob, team=home(alice), document=load(profile))


def test_a_template_is_not_in_the_list_of_profiles_nor_the_other_way_round(alice: User) -> None:
    template = make_template(alice)
    profile = fill_in(alice, template)

    assert [*profiles.search(user=alice, team=home(alice))] == [profile]
    assert [*templates.search(user=alice, team=home(alice))] == [template]
    with pytest.raises(Profile.DoesNotExist):
        templates.find(user=alice, template_id=profile.pk)


def test_a_deleted_template_is_in_no_list_and_cannot_be_filled_in(alice: User) -> None:
    template = make_template(alice, visibility="server")
    profiles.delete(actor=alice, profile=template)

    assert not [*templates.search(user=alice, team=home(alice))]
    assert not [*templates.search(user=alice, team=home(alice), show="everyone")]
    with pytest.raises(Profile.DoesNotExist):
        fill_in(alice, template)


def test_words_are_found_in_any_case(alice: User) -> None:
    for name in ("Zürich VPN", "Berlin ÄRZTE", "100%"):
        make_template(alice, name=name)

    def found(text: str) -> list[str]:
        return sorted(row.name for row in templates.search(user=alice, team=home(alice), text=text))

    assert found("zürich") == ["Zürich VPN"]
    assert found("ärzte BER") == ["Berlin ÄRZTE"]
    assert found("%") == ["100%"]
    assert found("nowhere") == found("\x00") == []
    assert len(found("")) == 3


@pytest.mark.parametrize("show", ["team", "everyone"])
def test_pages_are_short_and_take_as_many_queries_however_many_there_are(
    alice: User, show: templates.Show
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page = templates.search(user=alice, team=home(alice), show=show)
            _ = [(row.name, row.team if show == "everyone" else None, row.declaration) for row in page]
        return len(captured)

    for _ in range(3):
        make_template(alice, visibility="server")
    few = queries()
    for _ in range(2 * PER_PAGE):
        make_template(alice, visibility="server")

    assert queries() == few
    pages = [
        templates.search(user=alice, team=home(alice), show=show, page=number)
        for number in (1, 3, 99, "rubbish")
    ]
    assert [len(page.object_list) for page in pages] == [PER_PAGE, 3, 3, PER_PAGE]


# Templates that go while profiles depend on them


@pytest.mark.parametrize("gone", ["deleted", "purged", "private", "hidden"])
def test_profiles_outlive_their_template(alice: User, bob: User, gone: str) -> None:
    template = make_template(alice, visibility="server")
    profile = fill_in(bob, template)
    leave(alice, template, gone)

    profile = Profile.objects.for_user(bob).get(pk=profile.pk)
    assert load(profile).origin
    assert written(bob, profile)["PayloadContent"][0]["IKEv2"]["AuthName"] == "bob"
    assert ikev2(save(bob, profile, MTU=1300))["MTU"] == 1300
    with pytest.raises(DocumentError, match="is locked"):
        save(bob, profile, RemoteAddress="evil.example.com")
    (row,) = profiles.search(user=bob, team=home(bob))
    assert row == profile
    assert profiles.duplicate(actor=bob, profile=profile).template_id is None
    profiles.delete(actor=bob, profile=profile)


def leave(alice: User, template: Profile, gone: str) -> None:
    """Let a template go: in the bin, for good, or out of the sight of others."""
    if gone == "deleted":
        profiles.delete(actor=alice, profile=template)
    elif gone == "purged":
        Profile.objects.filter(pk=template.pk).delete()
        assert not Revision.objects.filter(profile_id=template.pk).exists()
    else:
        Profile.objects.filter(pk=template.pk).update(
            visibility={"private": "private", "hidden": "team"}[gone]
        )


def test_a_place_that_is_both_locked_and_asked_for_cannot_be() -> None:
    place = Place("profile", "PayloadDescription")
    with pytest.raises(DocumentError, match="Choose one"):
        declared(template_document(), locked=frozenset({place}), asked=frozenset({place}))


# What leaves the team


def test_a_template_of_one_team_makes_no_profiles_of_another(alice: User, bob: User) -> None:
    template = make_template(alice)
    join(home(alice), bob, Role.HELPER)

    with pytest.raises(DocumentError, match="is for its own team alone"):
        fill_in(bob, template, team=home(bob))
    assert not Profile.objects.filter(is_template=False).exists()
    assert fill_in(bob, template, team=home(alice)).team == home(alice)


def test_the_team_of_a_template_for_everyone_sees_who_filled_it_in(alice: User, bob: User) -> None:
    template = make_template(alice, visibility="server")

    fill_in(bob, template, team=home(bob))

    entry = AuditEntry.objects.get(event="template filled in")
    assert (entry.team_id, entry.actor, entry.name) == (home(alice).pk, "bob", "Office VPN")


@pytest.mark.parametrize(("of", "becomes"), [("server", "team"), ("team", "team"), ("private", "private")])
def test_a_copy_is_shared_with_the_team_at_most(alice: User, of: str, becomes: str) -> None:
    template = make_template(alice, visibility=of)

    assert profiles.duplicate(actor=alice, profile=template).visibility == becomes


def test_who_opened_it_before_a_colleague_narrowed_it_does_not_widen_it_again(alice: User) -> None:
    template = make_template(alice, visibility="server")
    declaration = load(template).declaration or Declaration()
    declare(alice, template, declaration, visibility="team", visibility_before="server")

    with pytest.raises(DocumentError, match="Somebody has changed who can start from it"):
        declare(alice, template, declaration, visibility="server", visibility_before="server")
    template.refresh_from_db()
    assert template.visibility == "team"
