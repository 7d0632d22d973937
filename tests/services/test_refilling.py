"""A template that was filled in for the same person before: told by what is no secret, and filled in again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from profiles.exceptions import ConflictError, DocumentError, NotAllowedError, VariablesError
from profiles.models import Profile, Role, User
from profiles.plist.templates.declaration import Declaration, Place, Variable
from profiles.services import profiles, refilling, updates
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.services.template_samples import (
    ANSWERS,
    PIN,
    PROXY_PASSWORD,
    VARIABLES,
    declared,
    fill_in,
    ikev2,
    in_first,
    join,
    make_template,
    save,
    template_document,
)

ANOTHER = "another-secret-in-no-text"


@pytest.fixture
def template(alice: User) -> Profile:
    return make_template(alice)


@pytest.fixture
def bobs(alice: User, template: Profile) -> Profile:
    """Filled in for Bob."""
    return fill_in(alice, template, values={"IKEv2.MTU": 1300, "Proxies.HTTPProxyPassword": PROXY_PASSWORD})


def typed(
    template: Profile, name: str, answers: Mapping[str, str], values: Mapping[str, Any]
) -> dict[str, Any]:
    document = load(template)
    known = {each.name for each in (document.declaration or Declaration()).variables}
    usual = {each: ANSWERS[each] for each in ANSWERS if each in known}
    return {
        "name": name,
        "answers": {**usual, **answers},
        "values": {in_first(template, path): value for path, value in values.items()},
    }


def before(
    who: User,
    template: Profile,
    *,
    name: str = "",
    values: Mapping[str, Any] | None = None,
    **answers: str,
) -> list[Profile]:
    given = values if values is not None else {"IKEv2.MTU": 1300}
    return refilling.filled_before(
        user=who,
        team=home(who),
        template=template,
        document=load(template),
        **typed(template, name, answers, given),
    )


def again(who: User, profile: Profile, *, name: str = "", values: Any = None, **answers: str) -> Profile:
    template = Profile.objects.get(instances=profile)
    return updates.fill_again(
        actor=who,
        profile=profile,
        base_revision=profile.revision,
        **typed(template, name, answers, values or {}),
    )


# Told


def test_the_same_answers_are_told(alice: User, template: Profile, bobs: Profile) -> None:
    assert before(alice, template) == [bobs]
    assert before(alice, template, user=" BOB ") == [bobs]
    assert before(alice, template, domain="example.com") == [bobs], "what stands for no answer"
    assert before(alice, template, name="Office VPN") == [bobs], "the name that the template proposes"


@pytest.mark.parametrize(
    "other", [{"user": "carol"}, {"domain": "example.org"}, {"room": "7"}, {"values": {"IKEv2.MTU": 1400}}]
)
def test_other_answers_are_another_person(
    alice: User, template: Profile, bobs: Profile, other: dict[str, Any]
) -> None:
    assert before(alice, template, **other) == []


@pytest.mark.parametrize("pin", [PIN, ANOTHER])
@pytest.mark.parametrize("word", [PROXY_PASSWORD, ANOTHER])
def test_secrets_make_no_difference(
    alice: User, template: Profile, bobs: Profile, pin: str, word: str
) -> None:
    values = {"IKEv2.MTU": 1300, "Proxies.HTTPProxyPassword": word}
    assert before(alice, template, values=values, pin=pin) == [bobs]
    assert before(alice, template, values=values, pin=pin, user="carol") == []


def test_a_name_that_was_typed_tells_people_apart(alice: User, template: Profile) -> None:
    anna = fill_in(alice, template, name="Anna")
    assert before(alice, template, name="Ben", values={}) == []
    assert before(alice, template, name=" Anna ", user="carol", values={}) == [anna]


def test_a_name_with_a_variable_follows_the_answers(alice: User) -> None:
    template = make_template(alice, name="VPN of {{user}}")
    bobs = fill_in(alice, template)
    assert before(alice, template, values={}) == [bobs]
    assert before(alice, template, values={}, user="carol") == []
    assert before(alice, template, values={}, name="VPN of bob", user="carol") == [bobs]


def test_where_secrets_alone_tell_people_apart_nothing_is_told(alice: User) -> None:
    pin = Variable(name="pin", secret=True)
    document = template_document()
    only = declared(
        document, variables=(pin,), asked=frozenset({in_first(document, "Proxies.HTTPProxyPassword")})
    )
    texts = {"AuthName": "a", "LocalIdentifier": "a", "PPKIdentifier": "a", "OnDemandRules": []}
    (tunnel,) = only.payloads
    values = {**tunnel.values, "IKEv2": {**tunnel.values["IKEv2"], **texts}, "Proxies": {}}
    only = replace(
        only,
        payloads=(replace(tunnel, values=values, unknown={}),),
        envelope={**only.envelope, "PayloadDescription": "a"},
    )
    template = make_template(alice, document=only)
    named = fill_in(alice, template, name="Anna")
    fill_in(alice, template)
    assert before(alice, template, values={}) == []
    assert before(alice, template, values={}, pin=ANOTHER) == []
    assert before(alice, template, values={}, pin=ANOTHER, name="Anna") == [named]


def test_where_nothing_is_asked_all_are_the_same(alice: User) -> None:
    document = template_document()
    (tunnel,) = document.payloads
    inside = {**tunnel.values["IKEv2"], "AuthName": "a", "AuthPassword": "b", "LocalIdentifier": "a"}
    values = {"UserDefinedName": "Office", "IKEv2": {**inside, "PPKIdentifier": "a", "OnDemandRules": []}}
    plain = replace(
        document,
        payloads=(replace(tunnel, values=values, unknown={}),),
        envelope={**document.envelope, "PayloadDescription": "a"},
        declaration=Declaration(),
    )
    template = make_template(alice, document=plain)
    first = fill_in(alice, template)
    assert before(alice, template, values={}) == [first]


def test_those_of_other_teams_templates_and_of_the_bin_do_not_count(
    alice: User, bob: User, template: Profile, bobs: Profile
) -> None:
    other = make_template(alice, visibility="server")
    fill_in(bob, other, team=home(bob))
    assert before(alice, other, values={}) == []
    assert [each.team for each in before(bob, other, values={})] == [home(bob)]
    profiles.delete(actor=alice, profile=bobs)
    assert before(alice, template) == []


def test_one_that_was_detached_stands_by_itself(alice: User, template: Profile, bobs: Profile) -> None:
    updates.detach(actor=alice, profile=bobs)
    assert before(alice, template) == []


def test_one_of_an_older_revision_is_told_with_what_the_template_asks_now(
    alice: User, template: Profile, bobs: Profile
) -> None:
    document = load(template)
    more = (*VARIABLES, Variable(name="floor", default="1"))
    save(alice, template, declared(document, variables=more))
    template.refresh_from_db()
    assert before(alice, template, floor="") == [bobs]
    assert before(alice, template, floor="2") == []


def test_as_few_statements_however_many_there_are(alice: User, template: Profile) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            before(alice, template)
        return len(captured)

    fill_in(alice, template, values={"IKEv2.MTU": 1300})
    few = statements()
    for _ in range(2 * refilling.MOST_TOLD):
        fill_in(alice, template, values={"IKEv2.MTU": 1300})
    assert statements() == few
    assert len(before(alice, template)) == refilling.MOST_TOLD


# Filled in again


def test_what_is_filled_in_again_replaces_what_is_on_a_device(
    alice: User, template: Profile, bobs: Profile
) -> None:
    was = load(bobs)
    saved = again(alice, bobs, pin=ANOTHER, room="7", values={"IKEv2.MTU": 1400})
    now = load(saved)
    assert Profile.objects.filter(is_template=False).get() == saved
    assert (now.uuid, now.identifier) == (was.uuid, was.identifier)
    assert [part.uuid for part in now.payloads] == [part.uuid for part in was.payloads]
    assert (ikev2(saved)["AuthPassword"], ikev2(saved)["MTU"]) == (ANOTHER, 1400)
    assert now.envelope["PayloadDescription"] == "Room 7"
    assert saved.revisions.latest("number").comment == "Filled in again, with revision 1 of “Office VPN”"


def test_secrets_that_are_left_empty_stay(alice: User, template: Profile, bobs: Profile) -> None:
    saved = again(alice, bobs, pin="", room="7")
    assert ikev2(saved)["AuthPassword"] == PIN
    assert load(saved).payloads[0].values["Proxies"]["HTTPProxyPassword"] == PROXY_PASSWORD
    assert "MTU" not in ikev2(saved), "what is no secret is what was typed"


def test_a_name_of_its_own_stays_unless_another_is_typed(alice: User, template: Profile) -> None:
    anna = fill_in(alice, template, name="Anna")
    assert load(again(alice, anna, name="Office VPN", room="1")).title == "Anna"
    anna.refresh_from_db()
    assert load(again(alice, anna, room="2")).title == "Anna"
    anna.refresh_from_db()
    assert load(again(alice, anna, name="Anne", room="3")).title == "Anne"


def test_the_same_again_makes_no_revision(alice: User, template: Profile, bobs: Profile) -> None:
    assert again(alice, bobs, values={"IKEv2.MTU": 1300}).revision == 1


def test_it_follows_its_template_and_keeps_what_was_edited_by_hand(
    alice: User, template: Profile, bobs: Profile
) -> None:
    save(alice, bobs, EnablePFS=1)
    save(alice, template, RemoteAddress="new.example.com", RemoteIdentifier="new.example.com")
    bobs.refresh_from_db()
    saved = again(alice, bobs, room="7", values={"IKEv2.MTU": 1300})
    saved.refresh_from_db()
    values = ikev2(saved)
    assert (values["RemoteAddress"], values["EnablePFS"], values["MTU"]) == ("new.example.com", 1, 1300)
    assert saved.template_revision == 2
    assert load(saved).envelope["PayloadDescription"] == "Room 7"


def test_what_both_have_changed_is_for_an_editor(alice: User, template: Profile, bobs: Profile) -> None:
    save(alice, bobs, DeadPeerDetectionRate="Low")
    save(alice, template, DeadPeerDetectionRate="High")
    bobs.refresh_from_db()
    with pytest.raises(DocumentError, match="was changed both in the profile and in its template since"):
        again(alice, bobs, room="7")
    assert ikev2(bobs)["DeadPeerDetectionRate"] == "Low"


def test_an_answer_is_meant_over_what_was_edited_by_hand(
    alice: User, template: Profile, bobs: Profile
) -> None:
    save(alice, bobs, AuthName="by hand")
    save(alice, template, RemoteIdentifier="new.example.com")
    bobs.refresh_from_db()
    saved = again(alice, bobs, user="carol")
    assert ikev2(saved)["AuthName"] == "carol"


def test_what_is_asked_anew_has_to_be_answered(alice: User, template: Profile, bobs: Profile) -> None:
    document = load(template)
    save(alice, template, declared(document, variables=(*VARIABLES, Variable(name="floor"))))
    with pytest.raises(VariablesError, match="floor is missing"):
        again(alice, bobs)
    assert again(alice, bobs, floor="2").revision == 2


def test_a_save_in_between_is_a_conflict(alice: User, template: Profile, bobs: Profile) -> None:
    save(alice, bobs, EnablePFS=1)
    bobs.revision = 1
    with pytest.raises(ConflictError):
        again(alice, bobs, room="7")


def test_a_helper_fills_in_again_and_a_viewer_does_not(
    alice: User, bob: User, template: Profile, bobs: Profile
) -> None:
    join(home(alice), bob, Role.HELPER)
    assert again(bob, bobs, room="7").revision == 2
    bob.memberships.filter(team=home(alice)).update(role=Role.VIEWER)
    bobs.refresh_from_db()
    with pytest.raises((NotAllowedError, DocumentError)):
        again(bob, bobs, room="8")


def test_no_error_tells_what_was_typed(alice: User, template: Profile, bobs: Profile) -> None:
    with pytest.raises(VariablesError) as raised:
        again(alice, bobs, user="NOT " + ANOTHER, pin=ANOTHER)
    assert ANOTHER not in str(raised.value)
    with pytest.raises(DocumentError) as refused:
        updates.fill_again(
            actor=alice,
            profile=bobs,
            base_revision=1,
            name="",
            answers=ANSWERS,
            values={Place("profile", "PayloadOrganization"): ANOTHER},
        )
    assert ANOTHER not in str(refused.value)
