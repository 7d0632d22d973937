"""The form of a payload: what was posted laid over what is stored."""

from __future__ import annotations

from typing import Any

import pytest
from crispy_forms.utils import render_crispy_form

from designer.forms.payload_form import PayloadForm, form_class
from profiles.catalogue.payloads.vpn_ikev2 import PAYLOAD
from tests.designer.forms.making import Posted, query, tunnel_form, values
from tests.posting import browse

EAP = {"AuthenticationMethod": "None", "ExtendedAuthEnabled": 1, "AuthPassword": "hunter2"}
EAP_POSTED = {"AuthenticationMethod": "None", "ExtendedAuthEnabled": "1"}
METHODS = "IKESecurityAssociationParameters.PostQuantumKeyExchangeMethods"


def page(form: PayloadForm) -> str:
    return str(render_crispy_form(form))


def shown_again(stored: dict[str, Any]) -> dict[str, Any]:
    """What is saved when nothing is changed."""
    data = browse(page(tunnel_form(stored))).data()
    posted = {
        name.removeprefix("part-IKEv2."): data.getlist(name)
        for name in data
        if name.startswith("part-IKEv2.")
    }
    return values(stored, posted)


def test_an_unbound_form_means_what_is_stored() -> None:
    form = tunnel_form(EAP)
    assert form.values() == {"IKEv2": EAP}
    assert form.dropped == []


def test_what_is_posted_replaces_what_is_stored() -> None:
    found = values({**EAP, "MTU": 1300, "AuthName": "alice"}, {**EAP_POSTED, "AuthName": "bob", "MTU": ""})
    assert found == {**EAP, "AuthName": "bob"}


def test_switches_are_numbers_and_never_truth_values() -> None:
    found = values({}, {"ExtendedAuthEnabled": "1", "EnablePFS": "0"})
    assert [(value, type(value)) for value in found.values()] == [(1, int), (0, int)]


def test_a_secret_is_kept_replaced_and_removed() -> None:
    assert values(EAP, EAP_POSTED)["AuthPassword"] == "hunter2"
    assert values(EAP, {**EAP_POSTED, "AuthPassword": " n&w "})["AuthPassword"] == " n&w "
    assert "AuthPassword" not in values(EAP, {**EAP_POSTED, "AuthPassword.remove": "1"})


def test_a_secret_that_cannot_be_read_counts_as_not_set_and_is_an_error() -> None:
    form = tunnel_form(EAP, {**EAP_POSTED, "AuthPassword": "x\x00"})
    assert list(form.errors) == ["IKEv2.AuthPassword"]
    assert "AuthPassword" not in form.values()["IKEv2"]


def test_no_page_shows_a_stored_or_a_typed_secret() -> None:
    typed = tunnel_form(EAP, {**EAP_POSTED, "AuthPassword": "hunter3", "PPK": "hunter4", "MTU": "much"})
    for form in (tunnel_form(EAP), typed):
        assert "hunter" not in page(form)
        assert 'data-stored="true"' in page(form)


@pytest.mark.parametrize(
    ("name", "stray"),
    [("AuthenticationMethod", "Password"), ("EnablePFS", True), ("DeadPeerDetectionRate", "low")],
)
def test_a_stored_value_that_is_no_choice_stays_until_it_is_changed(name: str, stray: Any) -> None:
    assert shown_again({name: stray})[name] is stray
    assert name not in values({name: stray}, {name: ""})


def test_a_stray_value_of_one_form_is_no_choice_of_the_next() -> None:
    assert tunnel_form({"EnablePFS": 7}, {"EnablePFS": "7"}).is_valid()
    assert not tunnel_form({}, {"EnablePFS": "7"}).is_valid()
    assert "(as written)" not in page(tunnel_form({}))


def test_keys_without_a_field_stay() -> None:
    stored = {**EAP, "Vendor": {"a.b": [1, b"x"]}, "Odd.Name": "x"}
    assert values(stored, EAP_POSTED) == stored


def test_what_is_typed_into_a_concealed_field_is_dropped() -> None:
    form = tunnel_form({}, {"DisconnectOnIdleTimer": "60"})
    assert form.values() == {"IKEv2": {}}
    assert [key.name for key in form.dropped] == ["DisconnectOnIdleTimer"]
    assert form.is_concealed(form.payload.by_path["IKEv2.DisconnectOnIdleTimer"])


def test_a_field_that_its_switch_reveals_is_meant() -> None:
    form = tunnel_form({}, {"DisconnectOnIdle": "1", "DisconnectOnIdleTimer": "60"})
    assert form.values() == {"IKEv2": {"DisconnectOnIdle": 1, "DisconnectOnIdleTimer": 60}}
    assert form.dropped == []


def test_what_was_stored_in_vain_stays_until_it_is_removed() -> None:
    stored = {"DisconnectOnIdleTimer": 60}
    form = tunnel_form(stored, {"DisconnectOnIdleTimer": "60"})
    assert form.values() == {"IKEv2": stored}
    assert not form.is_concealed(form.payload.by_path["IKEv2.DisconnectOnIdleTimer"])
    assert values(stored, {"DisconnectOnIdleTimer": ""}) == {}


def test_what_was_in_use_goes_when_its_switch_is_turned_off() -> None:
    stored = {"DisconnectOnIdle": 1, "DisconnectOnIdleTimer": 60}
    assert values(stored, {"DisconnectOnIdle": "0", "DisconnectOnIdleTimer": "60"}) == {"DisconnectOnIdle": 0}


def test_a_stored_secret_goes_when_its_switch_is_turned_off() -> None:
    form = tunnel_form(EAP, {"AuthenticationMethod": "SharedSecret", "ExtendedAuthEnabled": "0"})
    assert "AuthPassword" not in form.values()["IKEv2"]
    assert [key.name for key in form.dropped] == ["AuthPassword"]


def test_a_dropped_value_no_longer_reveals_others() -> None:
    certificate = "11111111-2222-3333-4444-555555555555"
    posted = {"ExtendedAuthEnabled": "0", "PayloadCertificateUUID": certificate, "TLSMinimumVersion": "1.2"}
    assert values({}, posted) == {"ExtendedAuthEnabled": 0}
    assert values({}, {**posted, "ExtendedAuthEnabled": "1"})["TLSMinimumVersion"] == "1.2"


def test_a_field_with_an_error_is_shown_as_it_was_typed_and_counts_as_not_set() -> None:
    form = tunnel_form({"MTU": 1300}, {"MTU": "<much>"})
    assert form.values() == {}
    assert 'value="&lt;much&gt;"' in page(form)
    assert "“&lt;much&gt;” is not a whole number. Use digits only." in page(form)


@pytest.mark.parametrize("text", ['"><script>', "</textarea><b>", "{0} {} %s", "' onfocus='x"])
def test_a_hostile_text_stays_a_text_on_the_page(text: str) -> None:
    stored = {
        "RemoteAddress": text,
        "LocalIdentifier": text,
        "EnablePFS": text,
        "OnDemandRules": [{text: text}],
    }
    assert "<script" not in page(tunnel_form(stored))
    assert "<b>" not in page(tunnel_form(stored))
    assert shown_again({"RemoteAddress": text})["RemoteAddress"] == text


def test_a_list_is_read_in_order_and_its_end_is_no_value() -> None:
    stored = {"IKESecurityAssociationParameters": {"PostQuantumKeyExchangeMethods": [36]}}
    found = values(stored, {METHODS: ["37", "", "0"]})
    assert found["IKESecurityAssociationParameters"]["PostQuantumKeyExchangeMethods"] == [37, 0]
    assert values(stored, {}) == {}


def test_rules_are_small_forms() -> None:
    names: Posted = {"part-IKEv2.OnDemandEnabled": "1", "part-IKEv2.OnDemandRules": ["n1", "n2"]}
    items: Posted = {"n1.Action": "Disconnect", "n1.SSIDMatch": "Büro\r\n", "n2.Action": "Connect"}
    form = form_class(PAYLOAD)(query({**names, **items}), stored={}, prefix="part")
    rules = [{"Action": "Disconnect", "SSIDMatch": ["Büro"]}, {"Action": "Connect"}]
    assert form.values() == {"IKEv2": {"OnDemandEnabled": 1, "OnDemandRules": rules}}


def test_a_list_keeps_an_item_that_is_no_choice() -> None:
    stored = {"IKESecurityAssociationParameters": {"PostQuantumKeyExchangeMethods": [36, 35]}}
    assert shown_again(stored) == stored


@pytest.mark.parametrize(
    "stored",
    [
        {"IKESecurityAssociationParameters": {"PostQuantumKeyExchangeMethods": 36}},
        {"IKESecurityAssociationParameters": "AES"},
        {"OnDemandRules": 5},
        {"MTU": "1300"},
        {"RemoteAddress": 5},
        {"PPK": "text"},
    ],
)
def test_a_stored_value_of_the_wrong_type_can_be_shown(stored: dict[str, Any]) -> None:
    form = tunnel_form(stored)
    page(form)
    assert form.rendered_fields == set(form.fields)
