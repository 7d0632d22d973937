"""Profiles that follow their template, are answered again, or let go of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from profiles.exceptions import (
    ConflictError,
    DocumentError,
    NotAllowedError,
    ProblemsError,
    VariablesError,
)
from profiles.models import AuditEntry, Profile, Role, User
from profiles.plist.document import PayloadDocument, random_uuid
from profiles.plist.templates.declaration import Declaration, Place, Variable
from profiles.plist.templates.merge import Side
from profiles.services import history, profiles, teams, templates, updates
from profiles.services.document_storage import load, revision_document
from profiles.services.teams import home
from tests.services.samples import valid
from tests.services.template_samples import (
    ANSWERS,
    ASKED,
    PIN,
    PROXY_PASSWORD,
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
from tests.services.test_templates import FOUR_ROLES, leave

ANOTHER = "another-secret-in-no-text"


@pytest.fixture
def template(alice: User) -> Profile:
    return make_template(alice)


@pytest.fixture
def profile(alice: User, template: Profile) -> Profile:
    """Filled in for Bob, with all that was asked for."""
    values = {"IKEv2.MTU": 1300, "Proxies.HTTPProxyPassword": PROXY_PASSWORD}
    return fill_in(alice, template, name="Bob’s VPN", values=values)


def update(
    actor: User,
    profile: Profile,
    *,
    answers: Mapping[str, str] | None = None,
    take: Mapping[Place, Side] | None = None,
) -> Profile:
    """Look, and confirm."""
    profile.refresh_from_db()
    proposed = updates.propose(user=actor, profile=profile, answers=answers, take=take or {})
    return updates.update(
        actor=actor,
        profile=profile,
        base_revision=profile.revision,
        revision=proposed.revision,
        answers=answers or {},
        take=take or {},
    )


def answer(
    actor: User,
    profile: Profile,
    *,
    name: str = "Bob’s VPN",
    values: Mapping[str, Any] | None = None,
    **answers: str,
) -> Profile:
    """Answer again; what is not given is answered as it is."""
    profile.refresh_from_db()
    _, document = updates.questions(user=actor, profile=profile)
    asked = (document.declaration or Declaration()).asked
    parts = document.places()
    held = {place: parts[place.part][1].flat(parts[place.part][2]).get(place.path) for place in asked}
    origin = load(profile).origin
    assert origin
    return updates.answer(
        actor=actor,
        profile=profile,
        base_revision=profile.revision,
        name=name,
        answers={**origin.answers, **answers},
        values=held | {in_first(document, path): value for path, value in (values or {}).items()},
    )


def another(**values: Any) -> PayloadDocument:
    """One more tunnel, without a problem."""
    return edited(replace(valid(), payloads=valid(payloads=2).payloads[1:]), **values).payloads[0]


def declare(actor: User, template: Profile, **changes: Any) -> Profile:
    template.refresh_from_db()
    return save(actor, template, declared(load(template), **changes))


# The template moves on


def test_a_profile_is_behind_once_its_template_was_saved(
    alice: User, template: Profile, profile: Profile
) -> None:
    assert not Profile.objects.get(pk=profile.pk).is_behind
    assert not updates.instances(user=alice, template=template, behind=True).exists()

    save(alice, template, RemoteAddress="new.example.com")

    assert Profile.objects.get(pk=profile.pk).is_behind
    assert [*updates.instances(user=alice, template=template, behind=True)] == [profile]
    assert [row.template.revision for row in profiles.search(user=alice, team=home(alice))] == [2]


def test_an_update_is_looked_at_before_anything_is_stored(
    alice: User, template: Profile, profile: Profile
) -> None:
    before = load(profile)
    save(alice, template, MTU=1500, RemoteIdentifier="new.example.com")

    proposed = updates.propose(user=alice, profile=profile)

    (change,) = proposed.merge.changes
    assert (change.label, change.mine, change.theirs) == (
        "Remote identifier",
        "vpn.example.com",
        "new.example.com",
    )
    assert proposed.merge.conflicts == ()
    profile.refresh_from_db()
    assert (profile.revision, load(profile)) == (1, before)


def test_an_update_is_a_revision_with_a_comment_in_the_log(
    alice: User, template: Profile, profile: Profile
) -> None:
    save(alice, template, RemoteIdentifier="new.example.com")

    updated = update(alice, profile)

    assert (updated.revision, updated.template_revision) == (2, 2)
    assert not Profile.objects.get(pk=updated.pk).is_behind
    assert updated.revisions.get(number=2).comment == "Updated to revision 2 of “Office VPN”"
    entry = AuditEntry.objects.latest("id")
    assert (entry.event, entry.name) == ("profile updated from its template", "Bob’s VPN")
    assert ikev2(updated)["RemoteIdentifier"] == "new.example.com"


def test_an_update_fills_in_what_was_answered(alice: User, template: Profile, profile: Profile) -> None:
    save(alice, template, RemoteIdentifier="{{user}}.example.com", AuthName="{{domain}}/{{user}}")

    values = ikev2(update(alice, profile))

    assert values["RemoteIdentifier"] == "bob.example.com"
    assert values["AuthName"] == "example.com/bob"
    assert values["AuthPassword"] == PIN


def test_what_was_asked_for_stays_as_it_was_answered(
    alice: User, template: Profile, profile: Profile
) -> None:
    save(alice, template, MTU=1500)

    updated = update(alice, profile)

    assert ikev2(updated)["MTU"] == 1300
    assert load(updated).payloads[0].values["Proxies"]["HTTPProxyPassword"] == PROXY_PASSWORD
    assert updated.name == "Bob’s VPN"


def test_what_was_edited_by_hand_stays(alice: User, template: Profile, profile: Profile) -> None:
    save(alice, profile, EnablePFS=1)
    save(alice, template, RemoteIdentifier="new.example.com")

    values = ikev2(update(alice, profile))

    assert (values["EnablePFS"], values["RemoteIdentifier"]) == (1, "new.example.com")


@pytest.mark.parametrize(
    ("side", "kept"), [(None, "mine"), ("mine", "mine"), ("theirs", "theirs.example.com")]
)
def test_what_both_changed_is_chosen(
    alice: User, template: Profile, profile: Profile, side: Side | None, kept: str
) -> None:
    save(alice, profile, RemoteIdentifier="mine")
    save(alice, template, RemoteIdentifier="theirs.example.com")

    (conflict,) = updates.propose(user=alice, profile=profile).merge.conflicts
    updated = update(alice, profile, take={conflict.place: side} if side else {})

    assert ikev2(updated)["RemoteIdentifier"] == kept
    assert updated.template_revision == 2
    assert update(alice, updated).revision == updated.revision, "it is not asked again"


def test_what_is_locked_now_becomes_as_the_template_has_it(
    alice: User, template: Profile, profile: Profile
) -> None:
    save(alice, profile, RemoteIdentifier="mine")
    declare(alice, template, locked=frozenset({in_first(template, "IKEv2.RemoteIdentifier")}))

    updated = update(alice, profile)

    assert ikev2(updated)["RemoteIdentifier"] == "vpn.example.com"
    with pytest.raises(DocumentError, match="RemoteIdentifier is locked"):
        save(alice, updated, RemoteIdentifier="mine")
    assert (
        ikev2(save(alice, updated, RemoteAddress="free.example.com"))["RemoteAddress"] == "free.example.com"
    )


def test_a_locked_list_and_a_locked_secret_follow(alice: User, template: Profile, profile: Profile) -> None:
    save(alice, template, PPK=b"new key", OnDemandRules=[{"Action": "Disconnect", "SSIDMatch": ["{{user}}"]}])

    proposed = updates.propose(user=alice, profile=profile)
    values = ikev2(update(alice, profile))

    assert values["PPK"] == b"new key"
    assert values["OnDemandRules"] == [{"Action": "Disconnect", "SSIDMatch": ["bob"]}]
    assert SHARED_KEY.decode() not in repr(proposed.merge.changes)
    assert "new key" not in repr(proposed.merge.changes)


def test_a_new_required_variable_is_asked_first(alice: User, template: Profile, profile: Profile) -> None:
    document = edited(load(template), ProviderDesignatedRequirement="{{office}}")
    new = Variable(name="office", label="Office", pattern="[A-Z]+")
    save(alice, template, declared(document, variables=(*VARIABLES, new)))

    open_ = updates.open_questions(user=alice, profile=profile)
    assert (open_.template, open_.names) == (template, ("office",))
    with pytest.raises(VariablesError, match="office"):
        updates.propose(user=alice, profile=profile)

    updated = update(alice, profile, answers={"office": "BERLIN"})

    assert ikev2(updated)["ProviderDesignatedRequirement"] == "BERLIN"
    origin = load(updated).origin
    assert origin
    assert dict(origin.answers) == {**ANSWERS, "office": "BERLIN"}
    assert updates.open_questions(user=alice, profile=updated).names == ()


def test_an_answer_that_does_not_fit_any_more_is_asked_again(
    alice: User, template: Profile, profile: Profile
) -> None:
    declare(alice, template, variables=(replace(VARIABLES[0], pattern="[0-9]+"), *VARIABLES[1:]))

    assert updates.open_questions(user=alice, profile=profile).names == ("user",)


def test_an_answer_that_is_not_asked_any_more_goes(alice: User, template: Profile, profile: Profile) -> None:
    document = edited(load(template), AuthPassword=None)
    save(
        alice, template, declared(document, variables=tuple(each for each in VARIABLES if each.name != "pin"))
    )

    updated = update(alice, profile)

    origin = load(updated).origin
    assert origin
    assert "pin" not in origin.answers
    assert "AuthPassword" not in ikev2(updated)


def test_an_undeclared_variable_in_the_template_stops_its_profiles_with_a_sentence(
    alice: User, template: Profile, profile: Profile
) -> None:
    save(alice, template, RemoteIdentifier="{{forgotten}}")

    with pytest.raises(VariablesError, match="declare it in the template"):
        updates.propose(user=alice, profile=profile)
    assert updates.update_all(actor=alice, template=template) == updates.Updated(done=0, left=(profile,))


def test_a_template_that_was_saved_between_look_and_confirmation_is_looked_at_again(
    alice: User, template: Profile, profile: Profile
) -> None:
    save(alice, template, RemoteIdentifier="new.example.com")
    seen = updates.propose(user=alice, profile=profile).revision
    save(alice, template, RemoteIdentifier="newer.example.com")

    with pytest.raises(DocumentError, match="The template was saved meanwhile"):
        updates.update(actor=alice, profile=profile, base_revision=1, revision=seen, answers={}, take={})

    profile.refresh_from_db()
    assert profile.revision == 1


def test_a_profile_that_was_saved_between_look_and_confirmation_is_a_conflict(
    alice: User, bob: User, template: Profile, profile: Profile
) -> None:
    join(home(alice), bob, Role.EDITOR)
    save(alice, template, RemoteIdentifier="new.example.com")
    seen = updates.propose(user=alice, profile=profile).revision
    save(bob, profile, EnablePFS=1)

    with pytest.raises(ConflictError, match="bob saved"):
        updates.update(actor=alice, profile=profile, base_revision=1, revision=seen, answers={}, take={})

    assert ikev2(profile)["EnablePFS"] == 1
    assert ikev2(profile)["RemoteIdentifier"] == "vpn.example.com"


def test_no_change_or_conflict_tells_a_secret(alice: User, template: Profile, profile: Profile) -> None:
    save(alice, profile, AuthPassword=ANOTHER)
    save(alice, template, AuthPassword="x{{pin}}", PPK=ANOTHER.encode())

    merge = updates.propose(user=alice, profile=profile).merge

    told = repr((merge.changes, merge.conflicts, updates.propose(user=alice, profile=profile).merge.document))
    assert len(merge.conflicts) == 1
    for secret in (PIN, ANOTHER, SHARED_KEY.decode(), PROXY_PASSWORD):
        assert secret not in told


# All at once


def test_all_follow_but_those_that_somebody_has_to_look_at(alice: User, template: Profile) -> None:
    plain, edited_, conflicting = (fill_in(alice, template, user=name) for name in ("ann", "ben", "cat"))
    save(alice, edited_, EnablePFS=1)
    save(alice, conflicting, RemoteIdentifier="mine")
    current = save(alice, template, RemoteIdentifier="new.example.com")
    fresh = fill_in(alice, current, user="dan")

    updated = updates.update_all(actor=alice, template=template)

    assert (updated.done, updated.left) == (2, (conflicting,))
    for each in (plain, edited_, conflicting, fresh):
        each.refresh_from_db()
    assert [plain.revision, edited_.revision, conflicting.revision, fresh.revision] == [2, 3, 2, 1]
    assert ikev2(plain)["RemoteIdentifier"] == ikev2(edited_)["RemoteIdentifier"] == "new.example.com"
    assert ikev2(edited_)["EnablePFS"] == 1
    assert ikev2(conflicting)["RemoteIdentifier"] == "mine"


def test_all_leaves_those_that_have_to_answer_more(alice: User, template: Profile, profile: Profile) -> None:
    declare(alice, template, variables=(*VARIABLES, Variable(name="office")))

    assert updates.update_all(actor=alice, template=template) == updates.Updated(done=0, left=(profile,))


def test_all_leaves_those_in_teams_where_the_role_does_not_allow_it(
    alice: User, bob: User, template: Profile, profile: Profile
) -> None:
    Profile.objects.filter(pk=template.pk).update(visibility="server")
    mine = home(bob)
    there = fill_in(bob, template)
    join(mine, alice, Role.VIEWER)
    save(alice, template, RemoteIdentifier="new.example.com")

    updated = updates.update_all(actor=alice, template=template)

    assert (updated.done, updated.left) == (1, (there,))
    there.refresh_from_db()
    assert there.revision == 1


# Answered again


def test_another_answer_reaches_every_place_and_nothing_else(
    alice: User, template: Profile, profile: Profile
) -> None:
    save(alice, profile, EnablePFS=1)
    more = another(AuthName="by hand")
    save(alice, profile, replace(load(profile), payloads=(*load(profile).payloads, more)))

    answered = answer(alice, profile, user="carol")

    tunnel, kept = load(answered).payloads
    assert tunnel.values["IKEv2"]["AuthName"] == "carol"
    assert tunnel.values["IKEv2"]["LocalIdentifier"] == "carol@example.com", "locked, and follows"
    assert tunnel.values["IKEv2"]["OnDemandRules"][0]["SSIDMatch"] == ["carol-home", "Guest"]
    assert tunnel.unknown == {"Vendor": {"Owners": ["carol"]}}
    assert tunnel.values["IKEv2"]["AuthPassword"] == PIN
    assert tunnel.values["IKEv2"]["EnablePFS"] == 1
    assert tunnel.values["IKEv2"]["MTU"] == 1300
    assert kept == more
    assert (answered.revision, answered.revisions.get(number=4).comment) == (4, "Filled in again")
    assert (answered.name, answered.template_revision) == ("Bob’s VPN", 1)


def test_what_was_answered_is_shown_with_the_keys_as_they_are_now(
    alice: User, template: Profile, profile: Profile
) -> None:
    save(alice, profile, MTU=1290)
    save(alice, template, MTU=1500)

    _, document = updates.questions(user=alice, profile=profile)

    values = document.payloads[0].values
    assert (values["IKEv2"]["MTU"], values["IKEv2"]["AuthName"]) == (1290, "{{user}}")
    assert values["Proxies"]["HTTPProxyPassword"] == PROXY_PASSWORD


def test_keys_that_are_asked_for_are_answered_again(alice: User, template: Profile, profile: Profile) -> None:
    answered = answer(alice, profile, values={"IKEv2.MTU": None, "Proxies.HTTPProxyPassword": ANOTHER})

    assert "MTU" not in ikev2(answered)
    assert load(answered).payloads[0].values["Proxies"]["HTTPProxyPassword"] == ANOTHER


def test_the_same_answers_make_no_revision(alice: User, template: Profile, profile: Profile) -> None:
    save(alice, profile, EnablePFS=1, AuthName="by hand")

    assert answer(alice, profile).revision == 2
    assert ikev2(profile)["AuthName"] == "by hand"


def test_an_answer_is_meant_over_what_was_edited_by_hand(
    alice: User, template: Profile, profile: Profile
) -> None:
    save(alice, profile, AuthName="by hand")

    assert ikev2(answer(alice, profile, user="carol"))["AuthName"] == "carol"


def test_a_payload_that_was_taken_out_by_hand_stays_out(alice: User) -> None:
    document = template_document(another(AuthName="{{user}}"))
    document = declared(document, locked=frozenset())
    profile = fill_in(alice, make_template(alice, document=document))
    whole = load(profile)
    save(alice, profile, replace(whole, payloads=whole.payloads[:1]))

    answered = answer(alice, profile, name=profile.name, user="carol")

    assert [part.name for part in load(answered).payloads] == ["tunnel 0"]
    assert ikev2(answered)["AuthName"] == "carol"


def test_an_answer_on_top_of_another_save_is_a_conflict(
    alice: User, template: Profile, profile: Profile
) -> None:
    save(alice, profile, EnablePFS=1)

    with pytest.raises(ConflictError):
        updates.answer(
            actor=alice,
            profile=profile,
            base_revision=1,
            name="",
            answers={**ANSWERS, "user": "carol"},
            values={},
        )
    assert ikev2(profile)["AuthName"] == "bob"


def test_answers_with_which_it_could_not_be_installed_are_refused(
    alice: User, template: Profile, profile: Profile
) -> None:
    with pytest.raises(ProblemsError) as caught:
        answer(alice, profile, values={"IKEv2.MTU": 5})

    assert [problem.path for problem in caught.value.problems] == ["IKEv2.MTU"]
    profile.refresh_from_db()
    assert profile.revision == 1


def test_a_required_answer_cannot_be_taken_back(alice: User, template: Profile, profile: Profile) -> None:
    with pytest.raises(VariablesError, match="User name is missing"):
        answer(alice, profile, user="")


@pytest.mark.parametrize(
    ("typed", "name"), [("VPN of bob", "VPN of carol"), ("Mine", "Mine"), ("", "VPN of carol")]
)
def test_a_name_that_the_template_has_given_follows_the_answers(alice: User, typed: str, name: str) -> None:
    profile = fill_in(alice, make_template(alice, name="VPN of {{user}}"))
    assert profile.name == "VPN of bob"

    assert answer(alice, profile, name=typed, user="carol").name == name


def test_a_reference_that_is_asked_for_is_one_of_the_template_while_it_is_asked(alice: User) -> None:
    identity = PayloadDocument(
        slug="scep",
        name="identity",
        uuid=random_uuid(),
        values={
            "PayloadContent": {"URL": "https://scep.example.com/scep", "Key Type": "RSA", "Keysize": 2048}
        },
    )
    document = edited(
        template_document(identity), AuthenticationMethod="Certificate", PayloadCertificateUUID=identity.uuid
    )
    place = in_first(document, "IKEv2.PayloadCertificateUUID")
    profile = fill_in(alice, make_template(alice, document=declared(document, asked=frozenset({place}))))
    here = load(profile).payloads[1].uuid
    assert ikev2(profile)["PayloadCertificateUUID"] == here != identity.uuid

    _, asked = updates.questions(user=alice, profile=profile)
    assert asked.payloads[0].values["IKEv2"]["PayloadCertificateUUID"] == identity.uuid

    answered = answer(alice, profile, name=profile.name, user="carol")
    assert ikev2(answered)["PayloadCertificateUUID"] == here


# Let go


def test_a_profile_that_is_detached_is_locked_no_more(
    alice: User, template: Profile, profile: Profile
) -> None:
    detached = updates.detach(actor=alice, profile=profile)

    assert (detached.template_id, detached.template_revision, load(detached).origin) == (None, 0, None)
    assert AuditEntry.objects.latest("id").event == "profile detached from its template"
    assert (
        ikev2(save(alice, detached, RemoteAddress="free.example.com"))["RemoteAddress"] == "free.example.com"
    )
    assert not updates.instances(user=alice, template=template).exists()
    for act in (
        lambda: updates.propose(user=alice, profile=detached),
        lambda: updates.questions(user=alice, profile=detached),
        lambda: updates.detach(actor=alice, profile=detached),
    ):
        with pytest.raises(DocumentError, match="was not made from a template, or was detached"):
            act()


def test_the_history_has_the_way_back_to_the_template(
    alice: User, template: Profile, profile: Profile
) -> None:
    updates.detach(actor=alice, profile=profile)

    back = history.restore(actor=alice, profile_id=profile.pk, number=1, base_revision=2)

    assert (back.template_id, back.template_revision) == (template.pk, 1)
    assert load(back) == revision_document(back.revisions.get(number=1))
    with pytest.raises(DocumentError, match="is locked"):
        save(alice, back, RemoteAddress="evil.example.com")
    assert ikev2(answer(alice, back, user="carol"))["AuthName"] == "carol"


# Without the template


@pytest.mark.parametrize("gone", ["deleted", "purged", "private", "hidden"])
def test_without_its_template_a_profile_says_so_and_can_be_detached(
    alice: User, bob: User, template: Profile, gone: str
) -> None:
    Profile.objects.filter(pk=template.pk).update(visibility="server")
    profile = fill_in(bob, template)
    save(alice, template, RemoteIdentifier="new.example.com")
    leave(alice, template, gone)

    for act in (
        lambda: updates.propose(user=bob, profile=profile),
        lambda: updates.open_questions(user=bob, profile=profile),
        lambda: updates.questions(user=bob, profile=profile),
        lambda: answer_blindly(bob, profile),
        lambda: updates.update(actor=bob, profile=profile, base_revision=1, revision=2, answers={}, take={}),
    ):
        with pytest.raises(
            DocumentError, match="“Office VPN” was deleted, or is not shared with you any more"
        ):
            act()
    if gone in ("deleted", "purged"):
        assert not Profile.objects.get(pk=profile.pk).is_behind
    assert load(updates.detach(actor=bob, profile=profile)).origin is None


def answer_blindly(actor: User, profile: Profile) -> Profile:
    return updates.answer(
        actor=actor, profile=profile, base_revision=1, name="", answers={**ANSWERS, "user": "eve"}, values={}
    )


def test_all_is_done_with_a_template_that_is_gone(alice: User, template: Profile, profile: Profile) -> None:
    save(alice, template, RemoteIdentifier="new.example.com")
    profiles.delete(actor=alice, profile=template)

    assert updates.update_all(actor=alice, template=template) == updates.Updated(done=0, left=(profile,))


# Roles


@pytest.mark.parametrize("role", FOUR_ROLES)
def test_a_helper_answers_an_editor_updates_and_a_viewer_looks(
    alice: User, bob: User, template: Profile, profile: Profile, role: Role
) -> None:
    join(home(alice), bob, role)
    save(alice, template, RemoteIdentifier="new.example.com")

    if role == Role.VIEWER:
        with pytest.raises(NotAllowedError):
            updates.update_all(actor=bob, template=template)
        with pytest.raises((NotAllowedError, DocumentError)):
            answer_blindly(bob, profile)
    else:
        assert ikev2(answer(bob, profile, user="carol"))["AuthName"] == "carol"
    profile.refresh_from_db()
    if role in (Role.OWNER, Role.EDITOR):
        assert update(bob, profile).template_revision == 2
        profile.refresh_from_db()
        assert updates.detach(actor=bob, profile=profile).template_id is None
        return
    with pytest.raises(NotAllowedError):
        updates.update(
            actor=bob, profile=profile, base_revision=profile.revision, revision=2, answers={}, take={}
        )
    with pytest.raises(NotAllowedError):
        updates.detach(actor=bob, profile=profile)
    with pytest.raises(NotAllowedError):
        save(bob, profile, EnablePFS=1)
    profile.refresh_from_db()
    assert profile.template_revision == 1


def test_a_stranger_reaches_no_profile_of_a_template_for_everyone(
    alice: User, bob: User, template: Profile, profile: Profile
) -> None:
    Profile.objects.filter(pk=template.pk).update(visibility="server")
    save(alice, template, RemoteIdentifier="new.example.com")

    assert not updates.instances(user=bob, template=template).exists()
    with pytest.raises(NotAllowedError):
        updates.update_all(actor=bob, template=template)
    with pytest.raises(NotAllowedError):
        updates.update(actor=bob, profile=profile, base_revision=1, revision=2, answers={}, take={})
    with pytest.raises(Profile.DoesNotExist):
        updates.detach(actor=bob, profile=profile)
    with pytest.raises(Profile.DoesNotExist):
        answer_blindly(bob, profile)


def test_a_former_member_still_fills_nothing_in(alice: User, bob: User, template: Profile) -> None:
    join(home(alice), bob, Role.HELPER)
    teams.remove_member(actor=alice, team=home(alice), user_id=bob.pk)

    with pytest.raises(NotAllowedError):
        fill_in(bob, template, team=home(alice))
    with pytest.raises(Profile.DoesNotExist):
        fill_in(bob, template, team=home(bob))


def test_what_is_asked_for_is_known_by_the_places_of_the_template(
    alice: User, template: Profile, profile: Profile
) -> None:
    found, document = updates.questions(user=alice, profile=profile)

    assert found == template
    assert document.declaration
    assert document.declaration.asked == {in_first(template, path) for path in ASKED}
    assert templates.NAME not in document.declaration.asked
