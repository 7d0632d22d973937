"""Values that no admin would type, but files, scripts and slips bring: none breaks the page, none is lost unseen."""

from __future__ import annotations

from typing import Any

import pytest
from crispy_forms.utils import render_crispy_form
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from designer.forms.builder import field_for
from designer.forms.document_form import DocumentForm
from designer.forms.payload_form import form_class
from designer.forms.widgets import PostedSecret
from designer.presentation.review import review
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.keys import Data, ListOf, Switch, Text
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.payloads.vpn_ikev2 import PAYLOAD
from profiles.plist.build import property_list
from profiles.services.starting_points import all_points, begin
from tests.designer.forms.making import posted_to, query
from tests.plist.making import TUNNEL_UUID, document, payload, problems
from tests.posting import browse

METHODS = "IKESecurityAssociationParameters"


def resaved(held: dict[str, Any], part: Payload = PAYLOAD) -> dict[str, Any]:
    """What an untouched form makes of stored values."""
    data = browse(render_crispy_form(form_class(part)(stored=held, prefix="p"))).data()
    return form_class(part)(data, stored=held, prefix="p").values()


def of_rules(rules: object) -> DocumentForm:
    """The designer with these On-Demand rules stored."""
    return DocumentForm(document(payload({"OnDemandEnabled": 1, "OnDemandRules": rules})))


def test_null_in_a_rule_is_as_if_it_were_not_there() -> None:
    form = of_rules([{"Action": "Connect", "SSIDMatch": None}])

    assert not [shown for shown in review(form).problems if "Rules" in shown.problem.path]
    built = property_list(form.document)["PayloadContent"][0]["IKEv2"]
    assert built["OnDemandRules"] == [{"Action": "Connect"}]


def test_null_as_an_item_is_a_problem() -> None:
    found = review(of_rules([{"Action": "Connect", "SSIDMatch": [None]}]))

    assert "IKEv2.OnDemandRules[0].SSIDMatch[0]" in [shown.problem.path for shown in found.problems]
    assert found.lines == []


@pytest.mark.parametrize("rules", ["text", ["text"], [5], {"Action": "Connect"}])
def test_rules_that_are_none_stay_until_they_are_changed(rules: object) -> None:
    held = {"IKEv2": {"OnDemandEnabled": 1, "OnDemandRules": rules}}
    assert resaved(held) == held


def test_a_text_that_looks_like_a_switch_stays_until_the_switch_is_used() -> None:
    assert resaved({"IKEv2": {"EnablePFS": "1"}})["IKEv2"]["EnablePFS"] == "1"
    field: Any = field_for(Switch("K", label="K")).holding("1")
    assert type(field.clean("1")) is int


@pytest.mark.parametrize(
    "held",
    [
        {"UserDefinedName": " Office "},
        {"UserDefinedName": "two\nlines"},
        {"IKEv2": {METHODS: {"PostQuantumKeyExchangeMethods": [36, 99]}}},
    ],
)
def test_what_is_stored_does_not_change_by_being_shown(held: dict[str, Any]) -> None:
    result = resaved(held)
    assert {**result.get("IKEv2", {}), **result} == {**held.get("IKEv2", {}), **held}


@pytest.mark.parametrize("value", ["abc", 5, {"a": 1}])
def test_a_list_of_another_type_can_be_shown(value: object) -> None:
    assert render_crispy_form(
        form_class(PAYLOAD)(stored={"IKEv2": {METHODS: {"PostQuantumKeyExchangeMethods": value}}}, prefix="p")
    )


@pytest.mark.parametrize("value", ["abc", 5])
def test_a_consent_text_of_another_type_can_be_shown(value: object) -> None:
    assert render_crispy_form(form_class(ENVELOPE)(stored={"ConsentText": value}, prefix="p"))


@pytest.mark.parametrize(
    ("encoding", "text"), [("base64", "=="), ("hex", "0x"), ("text", "  "), ("text", "\ud800")]
)
def test_what_stands_for_no_bytes_does_not_replace_a_secret(encoding: str, text: str) -> None:
    with pytest.raises(ValidationError):
        field_for(Data("K", label="K", secret=True)).clean(PostedSecret(text, encoding=encoding))


def test_a_row_of_blanks_does_not_count() -> None:
    field = field_for(ListOf("K", label="K", item=Text("", label="Text")))
    read = field.widget.value_from_datadict({"K": "a\n  \n"}, MultiValueDict(), "K")
    assert field.clean(read) == ["a"]


def test_a_dictionary_that_is_a_text_gives_way_to_what_is_typed() -> None:
    typed = query({f"{TUNNEL_UUID}-IKEv2.MTU": "1300"})
    form = posted_to(document(payload(top={"IKEv2": "text"})), typed)

    assert form.document.payloads[0].values["IKEv2"] == {"MTU": 1300}


def test_a_carriage_return_is_told_of() -> None:
    assert problems(AuthPassword="a\r\nb") == [("warning", "AuthPassword", "carriage-return")]


def test_a_new_profile_shares_nothing_with_its_starting_point() -> None:
    point = all_points()["post-quantum"]
    first, second = (begin(point, name="", organization="", identifier_prefix="x.y") for _ in range(2))

    assert first.payloads[0].values["IKEv2"] is not second.payloads[0].values["IKEv2"]
