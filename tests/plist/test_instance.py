"""A template becomes a profile: filled in, with UUIDs and an identifier of its own, and the same each time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.exceptions import DocumentError, VariablesError
from profiles.plist.document import Document, PayloadDocument, derived_uuid
from profiles.plist.templates.declaration import Declaration, Origin, Place, Variable
from profiles.plist.templates.instance import instantiate, place_in_instance
from profiles.plist.validation.references import referrers
from profiles.plist.validation.validate import validate
from tests.plist.making import (
    ABSENT,
    PROFILE_UUID,
    TUNNEL_UUID,
    WITH_SECRET,
    document,
    in_tunnel,
    payload,
    template,
    tunnel,
)

UUID = "ABCDEF12-0000-4000-8000-000000000001"
OTHER = "ABCDEF13-0000-4000-8000-000000000002"
IDENTITY_UUID = "9E1B7A52-5C0E-4E0B-8E5B-1A2B3C4D5E6F"
USER = Variable(name="user")
WHOLE = template(
    AuthName="{{user}}",
    AuthPassword="{{pw}}",
    variables=(USER, Variable(name="pw", secret=True), Variable(name="dept", default="it")),
    envelope={"PayloadDisplayName": "VPN of {{user}}", "PayloadOrganization": "{{dept}}"},
    locked=["RemoteAddress"],
    asked=["MTU", "LocalIdentifier"],
)
ANSWERS = {"user": "alice", "pw": "hunter2"}


def made(whole: Document = WHOLE, uuid: str = UUID, values: Any = None, **answers: str) -> Document:
    return instantiate(
        whole, template_id="t1", revision=3, uuid=uuid, answers={**ANSWERS, **answers}, values=values or {}
    )


def test_a_profile_has_the_answers_and_the_defaults() -> None:
    profile = made()
    assert profile.title == "VPN of alice"
    assert profile.envelope["PayloadOrganization"] == "it"
    assert profile.payloads[0].values["IKEv2"]["AuthName"] == "alice"
    assert profile.payloads[0].values["IKEv2"]["AuthPassword"] == "hunter2"
    assert made(dept="hr").envelope["PayloadOrganization"] == "hr"


def test_a_profile_is_no_template_and_knows_where_it_comes_from() -> None:
    profile = made(nobody="x")
    assert profile.declaration is None
    assert profile.origin == Origin(
        template="t1",
        revision=3,
        title="VPN of {{user}}",
        locked=frozenset({in_tunnel("RemoteAddress", derived_uuid(UUID, TUNNEL_UUID))}),
        answers=ANSWERS,
    )
    assert "hunter2" not in repr(profile)


def test_the_same_template_and_answers_give_the_same_profile() -> None:
    assert made() == made()


def test_profiles_of_one_template_share_no_uuid_and_no_identifier() -> None:
    one, other = made(), made(uuid=OTHER)
    assert (one.uuid, other.uuid) == (UUID, OTHER)
    assert one.payloads[0].uuid == derived_uuid(UUID, TUNNEL_UUID)
    assert one.payloads[0].uuid != other.payloads[0].uuid
    assert (one.identifier, other.identifier) == ("com.example.vpn.abcdef12", "com.example.vpn.abcdef13")
    assert validate(one) == []


def test_the_case_of_a_uuid_makes_no_difference_to_those_derived_from_it() -> None:
    lower = replace(WHOLE, payloads=tuple(replace(part, uuid=part.uuid.lower()) for part in WHOLE.payloads))
    assert made(lower, uuid=UUID.lower()).payloads == made().payloads


@pytest.mark.parametrize(
    ("identifier", "become"),
    [
        ("com.example.{{user}}", "com.example.alice"),
        ("com.example.vpn", "com.example.vpn.abcdef12"),
        ("{{pw}}.{{ user }}", "hunter2.alice"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_identifier_that_uses_a_variable_stays_and_any_other_gets_an_end(
    identifier: str | None, become: str
) -> None:
    envelope = {**WHOLE.envelope, "PayloadIdentifier": identifier}
    assert made(replace(WHOLE, envelope=envelope)).identifier == become


def test_references_follow_their_payloads() -> None:
    identity = PayloadDocument(slug="identity-pkcs12", name="id", uuid=IDENTITY_UUID, values={})
    tunnel = payload({"PayloadCertificateUUID": IDENTITY_UUID.lower()}, unknown={"Vendor": [PROFILE_UUID]})
    profile = made(replace(document(tunnel, identity), declaration=Declaration()))
    office, moved = profile.payloads
    assert office.values["IKEv2"]["PayloadCertificateUUID"] == moved.uuid == derived_uuid(UUID, IDENTITY_UUID)
    assert office.unknown == {"Vendor": [UUID]}
    assert referrers(profile, moved.uuid) == [
        ("office", registry.payload("vpn-ikev2").by_path["IKEv2.PayloadCertificateUUID"].label)
    ]


def test_a_reference_that_a_device_ignores_is_one_all_the_same() -> None:
    whole = tunnel(WITH_SECRET, PayloadCertificateUUID=IDENTITY_UUID)
    assert [problem.code for problem in validate(whole)] == ["ignored"]
    assert [name for name, _ in referrers(whole, IDENTITY_UUID)] == ["office"]


def test_an_answer_that_looks_like_a_uuid_of_the_template_stays_as_it_is() -> None:
    assert made(user=TUNNEL_UUID).payloads[0].values["IKEv2"]["AuthName"] == TUNNEL_UUID


def test_what_the_template_asks_for_is_put_in_as_it_is() -> None:
    values = {in_tunnel("MTU"): 1300, in_tunnel("LocalIdentifier"): "{{user}} <b>"}
    inside = made(values=values).payloads[0].values["IKEv2"]
    assert (inside["MTU"], inside["LocalIdentifier"]) == (1300, "{{user}} <b>")
    assert inside["AuthName"] == "alice"


def test_a_reference_that_was_chosen_in_the_template_follows() -> None:
    identity = PayloadDocument(slug="identity-pkcs12", name="id", uuid=IDENTITY_UUID, values={})
    whole = template(asked=["PayloadCertificateUUID"])
    whole = replace(whole, payloads=(*whole.payloads, identity))
    office, moved = made(whole, values={in_tunnel("PayloadCertificateUUID"): IDENTITY_UUID}).payloads
    assert office.values["IKEv2"]["PayloadCertificateUUID"] == moved.uuid


def test_an_asked_key_without_a_value_is_taken_out() -> None:
    whole = template(MTU=1300, asked=["MTU"])
    assert made(whole).payloads[0].values["IKEv2"]["MTU"] == 1300
    assert "MTU" not in made(whole, values={in_tunnel("MTU"): ABSENT}).payloads[0].values["IKEv2"]


@pytest.mark.parametrize(
    "place", [in_tunnel("RemoteAddress"), in_tunnel("AuthName"), Place("profile", "PayloadDisplayName")]
)
def test_a_value_for_what_is_not_asked_for_is_refused(place: Place) -> None:
    with pytest.raises(DocumentError, match="does not ask for"):
        made(values={place: "x"})


@pytest.mark.parametrize("answer", ["", "  "])
def test_a_required_variable_without_an_answer_is_named(answer: str) -> None:
    with pytest.raises(VariablesError) as refusal:
        made(user=answer)
    assert refusal.value.names == ["user"]


def test_a_variable_that_may_be_left_out_becomes_an_empty_text() -> None:
    whole = template(AuthName="{{user}}", variables=(replace(USER, required=False),))
    assert made(whole, user="").payloads[0].values["IKEv2"]["AuthName"] == ""


def test_a_place_of_the_envelope_is_the_same_in_a_profile() -> None:
    envelope = Place("profile", "PayloadDisplayName")
    assert place_in_instance(envelope, UUID) == envelope
    assert place_in_instance(in_tunnel("MTU"), UUID) == in_tunnel("MTU", made().payloads[0].uuid)


def test_the_template_stays_as_it_was() -> None:
    before = repr([dict(part.values) for part in WHOLE.payloads]), repr(WHOLE)
    made(values={in_tunnel("MTU"): 1300})
    assert before == (repr([dict(part.values) for part in WHOLE.payloads]), repr(WHOLE))
