"""What the buttons of the form ask for, at its limits and beyond what any page would post."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from designer.forms.actions import ACTIONS, act, asked
from designer.forms.document_form import DocumentForm
from designer.forms.payload_list import arrange
from profiles.catalogue import registry
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.reading.budget import MAX_PAYLOADS
from tests.designer.forms.making import query
from tests.plist.making import TUNNEL_UUID, document, payload
from tests.posting import browse

IDENTITY = "BBBBBBBB-0000-4000-8000-00000000000B"
RULES = f"{TUNNEL_UUID}-IKEv2.OnDemandRules"
ON = {f"{TUNNEL_UUID}-IKEv2.OnDemandEnabled": "1"}


def whole() -> Document:
    """A tunnel, and the identity that it refers to."""
    by_certificate = {"AuthenticationMethod": "Certificate", "PayloadCertificateUUID": IDENTITY}
    scep = PayloadDocument(slug="scep", name="scep", uuid=IDENTITY, values={"PayloadDisplayName": "Device"})
    return document(payload(by_certificate), scep)


def untouched(stored: Document) -> QueryDict:
    """What a browser posts of this document's form, without its frame."""
    form = DocumentForm(stored)
    data = browse("".join(part.html for part in form.parts)).data()
    data.setlist("payload", [part.place.posted for part in form.parts if part.place])
    return data


def done(stored: Document, data: QueryDict, action: str, asked_for: str) -> QueryDict:
    """The form's data after a button was pressed."""
    pressed = data.copy()
    pressed[action] = asked_for
    return act(stored, pressed, DocumentForm(stored, data).document).data


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    "asked_for", [" ", "nobody", "nobody confirmed", ":", "a:b", "\x00", "<script>", "x" * 100_000, "payload"]
)
def test_what_no_button_asks_for_changes_no_payload(action: str, asked_for: str) -> None:
    stored = whole()
    data = done(stored, untouched(stored), action, asked_for)
    assert asked(data) == ""
    assert DocumentForm(stored, data).document == stored


@pytest.mark.parametrize("action", ACTIONS)
def test_a_button_without_a_value_asks_for_nothing(action: str) -> None:
    assert asked(query({action: ""})) == ""


def test_past_the_most_payloads_that_can_be_stored_none_is_added_or_copied() -> None:
    scep = whole().payloads[1]
    full = document(
        *(
            PayloadDocument(slug="scep", name=f"scep-{number}", uuid=f"U{number}", values=scep.values)
            for number in range(MAX_PAYLOADS)
        )
    )
    data = query({"payload": [f"U{number} scep" for number in range(MAX_PAYLOADS)]})
    for action, asked_for in (("add_payload", "scep"), ("duplicate_payload", "U7")):
        data[action] = asked_for
        answer = act(full, data, full)
        assert (len(arrange(full, answer.data)), answer.focus) == (MAX_PAYLOADS, "")
        del data[action]


@pytest.mark.parametrize("slug", sorted(registry.payloads()))
def test_each_type_can_be_added_and_has_nothing_set(slug: str) -> None:
    stored = whole()
    form = DocumentForm(stored, done(stored, untouched(stored), "add_payload", slug))
    assert form.document.payloads[:2] == stored.payloads
    assert (form.document.payloads[2].slug, form.document.payloads[2].values) == (slug, {})
    assert form.is_valid()


def test_nobody_is_asked_about_what_only_a_removed_payload_refers_to() -> None:
    stored = whole()
    data = done(stored, untouched(stored), "remove_payload", TUNNEL_UUID)
    data = done(stored, data, "remove_payload", IDENTITY)
    assert DocumentForm(stored, data).document.payloads == ()


def test_a_removed_payload_is_no_choice_of_a_reference() -> None:
    stored = whole()
    data = done(stored, untouched(stored), "remove_payload", f"{IDENTITY} confirmed")
    form = DocumentForm(stored, data)
    assert "(not in this profile)" in form.parts[1].html
    # The reference stays, so that Undo mends it.
    assert DocumentForm(stored, done(stored, data, "keep_payload", IDENTITY)).document == stored


def test_what_cannot_be_read_in_a_removed_payload_keeps_nobody_from_saving() -> None:
    stored = document(payload(), payload(name="branch", uuid="CCCC"))
    data = untouched(stored)
    data["CCCC-IKEv2.MTU"] = "much"
    assert not DocumentForm(stored, data).is_valid()
    gone = done(stored, data, "remove_payload", "CCCC")
    form = DocumentForm(stored, gone)
    assert form.is_valid()
    assert form.document.payloads == stored.payloads[:1]
    assert done(stored, gone, "keep_payload", "CCCC")["CCCC-IKEv2.MTU"] == "much"


def test_without_scripts_items_come_and_go_inside_items() -> None:
    stored = whole()
    data = done(stored, query({**ON, "payload": f"{TUNNEL_UUID} vpn-ikev2"}), "add_item", RULES)
    (rule,) = data.getlist(RULES)
    data[f"{rule}.Action"] = "EvaluateConnection"
    for _ in range(2):
        data = done(stored, data, "add_item", f"{rule}.ActionParameters")
    first, second = data.getlist(f"{rule}.ActionParameters")
    data[f"{first}.DomainAction"], data[f"{second}.DomainAction"] = "NeverConnect", "ConnectIfNeeded"
    data = done(stored, data, "remove_item", f"{rule}.ActionParameters:{first}")
    assert DocumentForm(stored, data).document.payloads[0].values["IKEv2"]["OnDemandRules"] == [
        {"Action": "EvaluateConnection", "ActionParameters": [{"DomainAction": "ConnectIfNeeded"}]}
    ]
