"""Lists of dictionaries as small forms: what is stored, typed, copied and moved, secrets included."""

from __future__ import annotations

from typing import Any

import pytest
from crispy_forms.utils import render_crispy_form
from django.http import QueryDict

from designer.forms.document_form import DocumentForm
from designer.forms.payload_form import PayloadForm, form_class
from designer.presentation.review import review
from profiles.catalogue import registry
from profiles.plist.document import PayloadDocument
from tests.designer.forms.making import posted_to, query
from tests.plist.making import document
from tests.posting import browse

ALWAYS_ON = registry.payload("vpn-always-on")
VPN = registry.payload("vpn-ikev2")
LIST = "part-AlwaysOn.TunnelConfigurations"
RULES = "part-IKEv2.OnDemandRules"
FIRST = {"ProtocolType": "IKEv2", "RemoteAddress": "one.example", "SharedSecret": "first secret"}
SECOND = {"ProtocolType": "IKEv2", "RemoteAddress": "two.example", "SharedSecret": "second secret"}
METHOD = {"AuthenticationMethod": "SharedSecret"}


def stored(*tunnels: dict[str, Any]) -> dict[str, Any]:
    return {"AlwaysOn": {"TunnelConfigurations": [{**tunnel, **METHOD} for tunnel in tunnels]}}


def form(held: dict[str, Any], data: QueryDict | None = None, payload: Any = ALWAYS_ON) -> PayloadForm:
    return form_class(payload)(data, stored=held, prefix="part")


def posted(held: dict[str, Any], payload: Any = ALWAYS_ON) -> QueryDict:
    """What a browser posts of an untouched form."""
    return browse(render_crispy_form(form(held, payload=payload))).data()


def tunnels(held: dict[str, Any], data: QueryDict) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = form(held, data).values()["AlwaysOn"]["TunnelConfigurations"]
    return found


def test_an_untouched_list_stays_as_it_is_with_its_secrets() -> None:
    held = stored(FIRST, SECOND)
    assert form(held, posted(held)).values() == held


def test_the_page_holds_no_secret() -> None:
    html = render_crispy_form(form(stored(FIRST, SECOND)))
    assert "first secret" not in html
    assert "one.example" in html


def test_a_secret_moves_with_its_item() -> None:
    held = stored(FIRST, SECOND)
    data = posted(held)
    data.setlist(LIST, data.getlist(LIST)[::-1])
    assert [tunnel["SharedSecret"] for tunnel in tunnels(held, data)] == ["second secret", "first secret"]


def test_an_item_that_is_gone_takes_its_secret_along() -> None:
    held = stored(FIRST, SECOND)
    data = posted(held)
    data.setlist(LIST, data.getlist(LIST)[1:])
    assert [tunnel["SharedSecret"] for tunnel in tunnels(held, data)] == ["second secret"]


def test_a_copy_keeps_the_secret_of_what_it_is_a_copy_of() -> None:
    held = stored(FIRST)
    data = posted(held)
    (token,) = data.getlist(LIST)
    copy = f"{token}yn123"
    for name in [*data]:
        if name.startswith(f"{token}."):
            data.setlist(name.replace(token, copy), data.getlist(name))
    data.setlist(LIST, [token, copy])
    data[f"{copy}.RemoteAddress"] = "copy.example"
    first, second = tunnels(held, data)
    assert (first["RemoteAddress"], second["RemoteAddress"]) == ("one.example", "copy.example")
    assert first["SharedSecret"] == second["SharedSecret"] == "first secret"


def test_no_secret_lands_in_another_item_that_took_its_place() -> None:
    data = posted(stored(FIRST, SECOND))
    # Somebody else put another tunnel in front meanwhile.
    meanwhile = stored({**SECOND, "RemoteAddress": "three.example", "SharedSecret": "third"}, FIRST, SECOND)
    found = tunnels(meanwhile, data)
    assert [tunnel["RemoteAddress"] for tunnel in found] == ["one.example", "two.example"]
    assert all("SharedSecret" not in tunnel for tunnel in found)


@pytest.mark.parametrize("change", ["moved", "changed"])
def test_no_secret_lands_in_a_copy_of_what_changed_meanwhile(change: str) -> None:
    data = posted(stored(FIRST))
    (token,) = data.getlist(LIST)
    data.setlist(LIST, [f"{token}yn1"])
    meanwhile = (
        stored(SECOND, FIRST) if change == "moved" else stored({**FIRST, "RemoteAddress": "x.example"})
    )
    (copy,) = tunnels(meanwhile, data)
    assert "SharedSecret" not in copy


def test_a_secret_in_an_item_is_replaced_and_removed() -> None:
    held = stored(FIRST, SECOND)
    data = posted(held)
    first, second = data.getlist(LIST)
    data[f"{first}.SharedSecret"] = " new "
    data[f"{second}.SharedSecret.remove"] = "1"
    assert [tunnel.get("SharedSecret") for tunnel in tunnels(held, data)] == [" new ", None]


def test_a_token_tells_nothing_of_a_secret() -> None:
    one, other = (posted(stored({**FIRST, "SharedSecret": secret})) for secret in ("a", "b"))
    assert one.getlist(LIST) == other.getlist(LIST)
    assert one.getlist(LIST) != posted(stored(SECOND)).getlist(LIST)


@pytest.mark.parametrize(
    "token",
    ["0", "0x", "0x0x0", "1x0x0", "9" * 80, f"{'9' * 70}x0x0", "0xyn1", "y", "yyy", "x", "_", "nx0x0"],
)
def test_a_token_that_names_no_stored_item_is_that_of_a_new_one(token: str) -> None:
    data = query({LIST: [token], f"{token}.RemoteAddress": "new.example"})
    assert tunnels(stored(FIRST), data) == [{"RemoteAddress": "new.example"}]


@pytest.mark.parametrize("token", ["", "a.b", "a-b", "a b", "٣", "../x", "x" * 81, "a\x00"])
def test_what_cannot_be_a_token_is_no_item(token: str) -> None:
    data = query({LIST: [token, "na"], f"{token}.RemoteAddress": "odd.example"})
    assert tunnels(stored(FIRST), data) == [{}]


def test_an_item_that_holds_itself_is_read_as_deep_as_its_kind_goes() -> None:
    data = query(
        {
            RULES: ["na"],
            "part-IKEv2.OnDemandEnabled": "1",
            "na.Action": "EvaluateConnection",
            "na.ActionParameters": ["na", "na"],
            "na.Domains": "a.example",
        }
    )
    assert form({}, data, VPN).values()["IKEv2"]["OnDemandRules"] == [
        {"Action": "EvaluateConnection", "ActionParameters": [{"Domains": ["a.example"]}]}
    ]


def test_more_items_than_anybody_looks_at_are_refused_and_still_there() -> None:
    tokens = [f"n{number}" for number in range(1_001)]
    whole = form({}, query({RULES: tokens, "part-IKEv2.OnDemandEnabled": "1"}), VPN)
    assert whole.errors["IKEv2.OnDemandRules"] == ["These are 1,001 entries; at most 1,000 are allowed."]
    assert browse(render_crispy_form(whole)).data().getlist(RULES) == tokens


def test_what_is_unknown_inside_an_item_stays() -> None:
    held = stored({**FIRST, "Vendor": {"Deep": [1, b"x"]}})
    assert form(held, posted(held)).values() == held


def test_new_items_are_read_in_the_order_of_their_tokens() -> None:
    data = query(
        {
            RULES: ["nb", "na", "../bad", "nb"],
            "part-IKEv2.OnDemandEnabled": "1",
            "na.Action": "Connect",
            "nb.Action": "Disconnect",
            "nb.InterfaceTypeMatch": "WiFi",
            "nb.SSIDMatch": "Office\r\n\r\n Office 5G ",
        }
    )
    assert form({}, data, VPN).values()["IKEv2"]["OnDemandRules"] == [
        {"Action": "Disconnect", "InterfaceTypeMatch": "WiFi", "SSIDMatch": ["Office", "Office 5G"]},
        {"Action": "Connect"},
    ]


def test_lists_inside_items_are_read_too() -> None:
    data = query(
        {
            RULES: ["na"],
            "part-IKEv2.OnDemandEnabled": "1",
            "na.Action": "EvaluateConnection",
            "na.ActionParameters": ["nx"],
            "nx.DomainAction": "NeverConnect",
            "nx.Domains": "a.example",
            "nx.RequiredURLStringProbe": "https://probe.example/",
        }
    )
    # The probe only belongs to “connect if needed”.
    assert form({}, data, VPN).values()["IKEv2"]["OnDemandRules"] == [
        {
            "Action": "EvaluateConnection",
            "ActionParameters": [{"DomainAction": "NeverConnect", "Domains": ["a.example"]}],
        }
    ]


def test_what_is_typed_into_a_concealed_key_of_an_item_is_not_meant() -> None:
    data = query(
        {
            RULES: ["na"],
            "part-IKEv2.OnDemandEnabled": "1",
            "na.Action": "Connect",
            "na.ActionParameters": ["nx"],
            "nx.Domains": "a.example",
        }
    )
    assert form({}, data, VPN).values()["IKEv2"]["OnDemandRules"] == [{"Action": "Connect"}]


def test_what_is_set_in_vain_in_an_item_stays_until_it_is_removed() -> None:
    parameters = [{"Domains": ["a.example"], "DomainAction": "NeverConnect"}]
    rules = [{"Action": "Connect", "ActionParameters": parameters}]
    held = {"IKEv2": {"OnDemandEnabled": 1, "OnDemandRules": rules}}
    assert form(held, posted(held, VPN), VPN).values() == held


def test_an_item_with_nothing_set_is_one_all_the_same() -> None:
    data = query({RULES: ["na"], "part-IKEv2.OnDemandEnabled": "1"})
    assert form({}, data, VPN).values()["IKEv2"]["OnDemandRules"] == [{}]


@pytest.mark.parametrize("number", ["ten", "9" * 400])
def test_what_cannot_be_read_in_an_item_is_told_at_its_row(number: str) -> None:
    part = PayloadDocument(slug="vpn-always-on", name="vpn", uuid="part", values=stored(FIRST, SECOND))
    data = posted(stored(FIRST, SECOND))
    token = data.getlist(LIST)[1]
    data[f"{token}.MTU"] = number
    whole = posted_to(document(part), data)

    assert not whole.is_valid()
    (problem,) = list(whole.problems())
    assert problem.path == "AlwaysOn.TunnelConfigurations[1].MTU"
    assert whole.row_id(problem) == f"id_{token}-MTU_row"
    # All else is still there.
    kept = whole.document.payloads[0].values["AlwaysOn"]["TunnelConfigurations"]
    assert [tunnel["RemoteAddress"] for tunnel in kept] == ["one.example", "two.example"]
    assert f'id="id_{token}-MTU_row"' in whole.parts[1].html


def test_what_cannot_be_read_in_an_item_of_an_item_is_told_at_its_row() -> None:
    part = PayloadDocument(slug="vpn-ikev2", name="vpn", uuid="part", values={})
    data = query(
        {
            RULES: ["na", "nb"],
            "part-IKEv2.OnDemandEnabled": "1",
            "nb.Action": "EvaluateConnection",
            "nb.ActionParameters": ["nx", "ny"],
            "ny.Domains": "a\x00b",
        }
    )
    whole = posted_to(document(part), data)

    (problem,) = list(whole.problems())
    assert problem.path == "IKEv2.OnDemandRules[1].ActionParameters[1].Domains"
    assert whole.row_id(problem) == "id_ny-Domains_row"
    html = whole.parts[1].html
    assert problem.message in html
    # Its boxes are open, so that it can be seen.
    boxes = [html.partition(f'id="item-{token}">')[2].partition("<summary")[0] for token in ("ny", "nx")]
    assert [box.endswith(" open>") for box in boxes] == [True, False]


def test_what_cannot_be_read_in_a_concealed_list_of_an_item_does_not_matter() -> None:
    part = PayloadDocument(slug="vpn-ikev2", name="vpn", uuid="part", values={})
    data = query(
        {
            RULES: ["na"],
            "part-IKEv2.OnDemandEnabled": "1",
            "na.Action": "Connect",
            "na.ActionParameters": ["nx"],
            "nx.Domains": "a\x00b",
        }
    )
    whole = posted_to(document(part), data)
    assert list(whole.problems()) == []
    assert whole.document.payloads[0].values["IKEv2"]["OnDemandRules"] == [{"Action": "Connect"}]


def test_what_cannot_be_read_where_a_value_is_set_in_vain_is_told() -> None:
    held = stored({**FIRST, "DisconnectOnIdleTimer": 60})
    part = PayloadDocument(slug="vpn-always-on", name="vpn", uuid="part", values=held)
    data = posted(held)
    (token,) = data.getlist(LIST)
    data[f"{token}.DisconnectOnIdleTimer"] = "soon"
    (problem,) = list(posted_to(document(part), data).problems())
    assert problem.path == "AlwaysOn.TunnelConfigurations[0].DisconnectOnIdleTimer"


def test_typed_secrets_in_items_are_held_on_to_when_nothing_was_saved() -> None:
    part = PayloadDocument(slug="vpn-always-on", name="vpn", uuid="part", values=stored(FIRST))
    data = posted(stored(FIRST))
    (token,) = data.getlist(LIST)
    data[f"{token}.SharedSecret"] = "typed secret"
    whole = posted_to(document(part), data)
    whole.keep_secrets()
    html = whole.parts[1].html
    assert "hx-preserve" in html.partition(f'id="id_{token}-SharedSecret_secret"')[2].partition(">")[0]
    assert "typed secret" not in html


def test_a_problem_is_placed_at_the_row_inside_the_item() -> None:
    part = PayloadDocument(slug="vpn-always-on", name="vpn", uuid="part", values=stored(FIRST, {}))
    whole = DocumentForm(document(part))
    shown = {(each.problem.path, each.place, each.row) for each in review(whole).problems}
    token = whole.parts[1].form.fields["AlwaysOn.TunnelConfigurations"].items[1].token
    path = "AlwaysOn.TunnelConfigurations[1].RemoteAddress"
    assert (path, "Always On VPN · Tunnel 2 · RemoteAddress", f"id_{token}-RemoteAddress_row") in shown


def test_each_item_says_what_it_does() -> None:
    rules = [
        {"Action": "Disconnect", "InterfaceTypeMatch": "WiFi", "SSIDMatch": ["Büro <1>"]},
        {"Action": "Connect"},
    ]
    part = PayloadDocument(
        slug="vpn-ikev2",
        name="vpn",
        uuid="part",
        values={"IKEv2": {"OnDemandEnabled": 1, "OnDemandRules": rules}},
    )
    whole = DocumentForm(document(part))
    said = [sentence for _, sentence in whole.sentences()]
    assert said == ["On Wi-Fi “Büro <1>”: disconnect.", "On any network: connect."]
    html = whole.parts[1].html
    assert "Büro &lt;1&gt;" in html
    assert "Büro <1>" not in html
    assert all(f'id="{id_}"' in html for id_, _ in whole.sentences())


def test_pages_that_look_alike_do_not_mix_their_items() -> None:
    first = stored({**FIRST, "SharedSecret": "x"})
    second = stored({**FIRST, "RemoteAddress": "other.example"})
    assert "other.example" not in render_crispy_form(form(first))
    assert "other.example" in render_crispy_form(form(second))
    assert "other.example" not in render_crispy_form(form(first))
