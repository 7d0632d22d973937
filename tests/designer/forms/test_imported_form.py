"""What was imported comes back from the form as it was, whatever is in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from designer.forms.document_form import DocumentForm
from profiles.plist.build import property_list
from profiles.plist.document import Document
from profiles.plist.reading.read import read
from tests.plist import wild
from tests.plist.exactness import differences, losses
from tests.plist.trees import identity, tree, vpn
from tests.posting import browse


def posted(document: Document) -> Document:
    """The document after a browser posted its form as it was shown."""
    form = DocumentForm(document)
    html = "".join(part.html for part in form.parts)
    slots = [part.place.posted for part in form.parts if part.place]
    again = DocumentForm(document, browse(html).data(payload=slots))
    return again.document


@settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
@given(wild.profiles())
def test_whatever_was_imported_comes_back_from_the_form(given: dict[str, Any]) -> None:
    assert losses(property_list(posted(read(given))), given) == []


@pytest.mark.parametrize(
    "ikev2",
    [
        {"AuthName": ""},
        {"Proxies": {}},
        {"OnDemandRules": []},
        {"OnDemandRules": [{}, {"Action": "Connect", "SSIDMatch": [""], "Vendor": [1.0]}]},
        {"DisconnectOnIdle": True, "DisconnectOnIdleTimer": 300},
        {"MTU": 1400.0},
        {"MTU": "1400"},
        {"IKESecurityAssociationParameters": {"DiffieHellmanGroup": "14", "Vendor": {"b": 1, "a": ""}}},
        {"IKESecurityAssociationParameters": "odd"},
        {"SharedSecret": b"hush"},
        {"SharedSecret": ""},
        "odd",
    ],
    ids=str,
)
def test_an_odd_value_comes_back_from_the_form(ikev2: Any) -> None:
    given = tree(vpn(ikev2))
    assert differences(property_list(posted(read(given))), given) == []


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n"], ids=repr)
def test_a_choice_with_a_line_break_comes_back_from_the_form(ending: str) -> None:
    given = tree(vpn({"AuthenticationMethod": f"a{ending}b", "DisableMOBIKE": f"1{ending}"}))
    assert differences(property_list(posted(read(given))), given) == []


@pytest.mark.parametrize("blank", [" ", "\t", "\u2028"], ids=repr)
def test_what_holds_nothing_but_space_comes_back_from_the_form(blank: str) -> None:
    for texts in ({"en": blank}, {"en": "x", "de": blank}):
        given = tree(vpn({"PayloadCertificateUUID": blank}), ConsentText=texts)
        assert differences(property_list(posted(read(given))), given) == []


@pytest.mark.parametrize("methods", [[""], ["0"], [36, ""], [True], [99]], ids=str)
def test_an_odd_choice_in_a_list_comes_back_with_what_it_reveals(methods: list[Any]) -> None:
    given = tree(
        vpn(
            {
                "ChildSecurityAssociationParameters": {"PostQuantumKeyExchangeMethods": methods},
                "AllowPostQuantumKeyExchangeFallback": "",
            }
        )
    )
    assert differences(property_list(posted(read(given))), given) == []


def test_a_reference_is_offered_as_the_payload_is_called_in_the_file() -> None:
    inside = {"AuthenticationMethod": "Certificate", "PayloadCertificateUUID": "my-identity"}
    html = "".join(part.html for part in DocumentForm(read(tree(vpn(inside), identity()))).parts)
    assert 'value="my-identity" selected' in html
    assert "not in this profile" not in html
