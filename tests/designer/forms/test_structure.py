"""Payloads that come, move and go in the form, before anything is saved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.http import QueryDict

from designer.forms.actions import act, asked
from designer.forms.document_form import DocumentForm
from designer.forms.payload_list import arrange
from profiles.plist.document import Document, PayloadDocument
from tests.plist.making import document

VPN, IDENTITY, OTHER = (
    "AAAAAAAA-0000-4000-8000-00000000000A",
    "BBBBBBBB-0000-4000-8000-00000000000B",
    "CCCC",
)


@pytest.fixture
def whole() -> Document:
    """A tunnel, and the identity that it refers to."""
    ikev2 = {"AuthenticationMethod": "Certificate", "PayloadCertificateUUID": IDENTITY.lower()}
    vpn = PayloadDocument(
        slug="vpn-ikev2", name="vpn", uuid=VPN, values={"UserDefinedName": "Office", "IKEv2": ikev2}
    )
    scep = PayloadDocument(slug="scep", name="scep", uuid=IDENTITY, values={"PayloadDisplayName": "Device"})
    return document(vpn, scep)


def data(*payloads: str, **more: str | list[str]) -> QueryDict:
    query = QueryDict(mutable=True)
    query.setlist("payload", list(payloads))
    for name, values in more.items():
        query.setlist(name, [values] if isinstance(values, str) else values)
    return query


BY_CERTIFICATE = {f"{VPN}-IKEv2.AuthenticationMethod": "Certificate"}
BOTH = (f"{VPN} vpn-ikev2", f"{IDENTITY} scep")


def order(whole: Document, given: QueryDict) -> list[str]:
    return [place.payload.uuid for place in arrange(whole, given)]


def test_what_the_form_does_not_know_of_stays_at_the_end(whole: Document) -> None:
    assert order(whole, data()) == [VPN, IDENTITY]
    assert order(whole, data(BOTH[1])) == [IDENTITY, VPN]


def test_a_new_payload_has_a_name_of_its_own(whole: Document) -> None:
    given = data(*BOTH, f"{OTHER} scep", "DDDD scep")
    assert [place.payload.name for place in arrange(whole, given)] == ["vpn", "scep", "scep-2", "scep-3"]


@pytest.mark.parametrize(
    "rubbish", ["", "EEEE", "EEEE nothing", "<script> scep", "EEEE scep extra more", "\x00 scep"]
)
def test_rubbish_adds_no_payload(whole: Document, rubbish: str) -> None:
    assert order(whole, data(*BOTH, rubbish)) == [VPN, IDENTITY]


def test_add_puts_a_payload_at_the_end_and_leads_to_it(whole: Document) -> None:
    answer = act(whole, data(*BOTH, add_payload="certificate"), whole)
    places = arrange(whole, answer.data)
    assert [place.payload.slug for place in places] == ["vpn-ikev2", "scep", "certificate"]
    assert answer.focus == places[-1].payload.uuid
    assert asked(answer.data) == ""


def test_add_from_a_reference_refers_to_the_new_one(whole: Document) -> None:
    control = f"{VPN}-IKEv2.PayloadCertificateUUID"
    given = data(*BOTH, **BY_CERTIFICATE, **{control: "", "add_payload": f"identity-pkcs12 {control}"})
    answer = act(whole, given, whole)
    form = DocumentForm(whole, answer.data)
    assert form.document.payloads[0].values["IKEv2"]["PayloadCertificateUUID"] == answer.focus
    assert form.document.payloads[-1].slug == "identity-pkcs12"


def test_what_is_referred_to_is_asked_about_before_it_goes(whole: Document) -> None:
    answer = act(whole, data(*BOTH, remove_payload=IDENTITY), whole)
    assert answer.question
    assert answer.question.referrers == (("vpn", "Identity"),)
    assert not [place for place in arrange(whole, answer.data) if place.removed]
    confirmed = act(whole, data(*BOTH, remove_payload=f"{IDENTITY} confirmed"), whole)
    assert [place.removed for place in arrange(whole, confirmed.data)] == [False, True]


def test_what_nothing_refers_to_goes_at_once_and_comes_back(whole: Document) -> None:
    gone = act(whole, data(*BOTH, remove_payload=VPN), whole)
    assert [part.uuid for part in DocumentForm(whole, gone.data).document.payloads] == [IDENTITY]
    gone.data["keep_payload"] = VPN
    back = act(whole, gone.data, whole)
    assert not [place for place in arrange(whole, back.data) if place.removed]


@pytest.mark.parametrize(
    ("action", "uuid", "expected"),
    [
        ("payload_up", IDENTITY, [IDENTITY, VPN]),
        ("payload_down", VPN, [IDENTITY, VPN]),
        ("payload_up", VPN, [VPN, IDENTITY]),
        ("payload_down", IDENTITY, [VPN, IDENTITY]),
        ("payload_down", "nobody", [VPN, IDENTITY]),
    ],
)
def test_payloads_move_and_stop_at_the_ends(
    whole: Document, action: str, uuid: str, expected: list[str]
) -> None:
    assert order(whole, act(whole, data(*BOTH, **{action: uuid}), whole).data) == expected


def test_a_copy_stands_below_its_original_with_what_was_typed(whole: Document) -> None:
    typed = {f"{VPN}-UserDefinedName": "Office", f"{VPN}-IKEv2.RemoteAddress": "typed.example"}
    answer = act(whole, data(*BOTH, **BY_CERTIFICATE, **typed, duplicate_payload=VPN), whole)
    assert order(whole, answer.data) == [VPN, answer.focus, IDENTITY]
    copy = DocumentForm(whole, answer.data).document.payloads[1]
    assert copy.values["UserDefinedName"] == "Office copy"
    assert copy.values["IKEv2"]["RemoteAddress"] == "typed.example"
    assert copy.values["IKEv2"]["AuthenticationMethod"] == "Certificate"


def test_a_copy_has_the_secrets_that_are_stored_and_so_has_a_copy_of_it(whole: Document) -> None:
    scep = replace(whole.payloads[1], values={"PayloadContent": {"Challenge": "kept secret"}})
    held = replace(whole, payloads=(whole.payloads[0], scep))
    first = act(held, data(*BOTH, duplicate_payload=IDENTITY), held)
    assert "kept secret" not in str(first.data)
    first.data["duplicate_payload"] = first.focus
    second = act(held, first.data, held)
    copies = [part for part in DocumentForm(held, second.data).document.payloads if part.slug == "scep"]
    assert [part.values["PayloadContent"]["Challenge"] for part in copies] == ["kept secret"] * 3
    assert len({part.uuid for part in copies}) == len({part.name for part in copies}) == 3


@pytest.mark.parametrize("posted", [f"{OTHER} certificate {IDENTITY}", f"{OTHER} scep DDDD"])
def test_nothing_is_copied_from_another_type_or_from_what_is_not_there(whole: Document, posted: str) -> None:
    form = DocumentForm(whole, data(*BOTH, posted))
    assert form.document.payloads[-1].uuid == OTHER
    assert form.document.payloads[-1].values == {}


def test_a_copy_of_nothing_changes_nothing(whole: Document) -> None:
    assert order(whole, act(whole, data(*BOTH, duplicate_payload="nobody"), whole).data) == [VPN, IDENTITY]


def test_items_of_a_copy_have_tokens_of_their_own(whole: Document) -> None:
    rules, inside = f"{VPN}-IKEv2.OnDemandRules", "na.ActionParameters"
    more: dict[str, Any] = {rules: ["na"], inside: ["nb"], "nb.DomainAction": "NeverConnect"}
    copied = act(whole, data(*BOTH, **more, duplicate_payload=VPN), whole)
    (rule,) = copied.data.getlist(f"{copied.focus}-IKEv2.OnDemandRules")
    (action,) = copied.data.getlist(f"{rule}.ActionParameters")
    assert not {"na", "nb"} & {rule, action}
    assert copied.data[f"{action}.DomainAction"] == "NeverConnect"
    assert copied.data.getlist(rules) == ["na"]


def test_without_scripts_items_come_and_go_as_well(whole: Document) -> None:
    name = f"{VPN}-IKEv2.OnDemandRules"
    more: dict[str, Any] = {name: ["na", "nb"], "add_item": name}
    added = act(whole, data(*BOTH, **more), whole).data
    assert added.getlist(name)[:2] == ["na", "nb"]
    assert len(added.getlist(name)) == 3
    added["remove_item"] = f"{name}:na"
    assert act(whole, added, whole).data.getlist(name)[0] == "nb"


def test_a_reference_is_a_choice_of_what_can_be_referred_to(whole: Document) -> None:
    html = DocumentForm(whole).parts[1].html
    assert f'<option value="{IDENTITY}" selected>Device (SCEP identity)</option>' in html
    assert "(not in this profile)" not in html


def test_a_reference_that_leads_nowhere_is_shown_and_stays(whole: Document) -> None:
    alone = document(whole.payloads[0])
    reference = {f"{VPN}-IKEv2.PayloadCertificateUUID": IDENTITY.lower()}
    form = DocumentForm(alone, data(BOTH[0], **BY_CERTIFICATE, **reference))
    assert "(not in this profile)" in form.parts[1].html
    assert form.document.payloads[0].values["IKEv2"]["PayloadCertificateUUID"] == IDENTITY.lower()
