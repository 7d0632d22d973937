"""What the right pane shows: problems once each, and a property list without secrets."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from designer.forms.document_form import MAX_UNKNOWN, DocumentForm
from designer.presentation.review import MAX_PROBLEMS, Review, review
from profiles.plist.build import build
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.reading.read import read
from tests.designer.forms.making import posted_to, query
from tests.plist.making import TUNNEL_UUID, WITH_SECRET, document, payload, tunnel
from tests.plist.trees import tree, vpn

SECRETS: Mapping[str, object] = {
    **WITH_SECRET,
    "SharedSecret": "hunter2",
    "AuthPassword": "hunter2 & <more>",
    "Password": "hunter2",
    "PPK": b"hunter2",
    "PPKIdentifier": "name",
}


def posted(whole: Document, **typed: str) -> Review:
    """The review after only this was posted for the tunnel."""
    return review(
        posted_to(whole, query({f"{TUNNEL_UUID}-IKEv2.{name}": text for name, text in typed.items()}))
    )


def text(shown: list[str]) -> str:
    """The lines as they are read on the page."""
    return "\n".join(html.unescape(re.sub(r"<[^>]*>", "", line)) for line in shown)


def test_a_review_shows_no_secret() -> None:
    whole = document(payload(SECRETS, unknown={"Vendor": {"Token": "hunter2"}}))
    for found in (
        review(DocumentForm(whole)),
        posted(whole, SharedSecret="hunter3\x00", PPK="hunter3", MTU="x"),
    ):
        assert "hunter" not in repr(found)
        assert "aHVudGVy" not in repr(found)


def test_a_secret_is_masked_and_data_shows_its_length() -> None:
    shown = text(list(review(DocumentForm(document(payload(SECRETS)))).lines))
    assert "<string>••••••••</string>" in shown
    assert "<data>•••••••• 7 bytes</data>" in shown


def test_a_review_shows_no_secret_of_an_item() -> None:
    tunnels = [{"ProtocolType": "IKEv2", "RemoteAddress": "one.example", "SharedSecret": "hunter2"}]
    always_on = PayloadDocument(
        slug="vpn-always-on",
        name="always",
        uuid=TUNNEL_UUID,
        values={"AlwaysOn": {"TunnelConfigurations": tunnels}},
    )
    whole = document(always_on)
    name = f"{TUNNEL_UUID}-AlwaysOn.TunnelConfigurations"
    typed = query({name: ["na"], "na.SharedSecret": "hunter3\x00", "na.RemoteAddress": "new.example"})
    for found in (review(DocumentForm(whole)), review(posted_to(whole, typed))):
        assert "hunter" not in repr(found)
    assert "one.example" in text(list(review(DocumentForm(whole)).lines))


def test_a_key_that_cannot_be_read_is_told_once() -> None:
    found = posted(tunnel(), DisconnectOnIdle="1", DisconnectOnIdleTimer="soon")
    about = [
        shown.problem.code for shown in found.problems if shown.problem.path == "IKEv2.DisconnectOnIdleTimer"
    ]
    assert about == ["unreadable"]
    missing = posted(tunnel(), DisconnectOnIdle="1")
    about = [
        shown.problem.code
        for shown in missing.problems
        if shown.problem.path == "IKEv2.DisconnectOnIdleTimer"
    ]
    assert about == ["missing"]


def test_problems_are_counted_in_words() -> None:
    whole = tunnel(MTU=1, LocalIdentifier="CN=x", SharedSecret="s", PPKIdentifier="k")
    assert review(DocumentForm(whole)).counts == [
        ("error", "2 errors"),
        ("warning", "1 warning"),
        ("advice", "1 advice"),
    ]
    assert review(DocumentForm(tunnel())).counts == []
    assert review(DocumentForm(tunnel(MTU=1))).counts == [("error", "1 error")]


def test_a_problem_says_where_it_is() -> None:
    (shown,) = review(DocumentForm(tunnel(MTU=1))).problems
    assert shown.place == "Office · MTU"
    assert shown.row == f"id_{TUNNEL_UUID}-IKEv2-MTU_row"
    (shown,) = review(DocumentForm(document())).problems
    assert (shown.place, shown.row) == ("Profile", "")


def test_of_keys_with_one_name_the_place_says_which() -> None:
    found = review(DocumentForm(tunnel(ChildSecurityAssociationParameters={"LifeTimeInMinutes": 1})))
    assert [shown.place for shown in found.problems] == ["Office · Child lifetime · LifeTimeInMinutes"]


def test_a_long_title_leaves_room_for_the_key() -> None:
    named = payload({"MTU": 1})
    whole = document(replace(named, values={**named.values, "UserDefinedName": "x" * 300}))
    (shown,) = review(DocumentForm(whole)).problems
    assert len(shown.place) < 80
    assert shown.place.endswith("… · MTU")


def test_a_key_that_nobody_knows_leads_to_where_it_is_shown() -> None:
    whole = document(payload({"Ours": {"Inside": 1}, "OnDemandRules": [{"Odd": 1}]}, unknown={"a.b": 1}))
    form = DocumentForm(whole)
    rows = {shown.problem.path: shown.row for shown in review(form).problems}
    page = form.parts[1]
    shown = {row.path: f"id_{TUNNEL_UUID}-unknown-{row.anchor}" for row in page.unknown_values}
    assert len({*shown.values()}) == len(shown) == 3
    assert shown.items() <= rows.items()


def test_a_key_beyond_those_that_are_listed_leads_to_the_list() -> None:
    whole = document(payload({}, unknown={f"X{number}": 1 for number in range(MAX_UNKNOWN + 1)}))
    part = DocumentForm(whole).parts[1]
    assert part.row_id(f"X{MAX_UNKNOWN - 1}") == f"id_{TUNNEL_UUID}-unknown-{part.unknown_values[-1].anchor}"
    assert part.row_id(f"X{MAX_UNKNOWN}") == f"id_{TUNNEL_UUID}-unknown"


def test_problems_stand_in_the_order_of_the_form_whatever_the_order_of_the_values() -> None:
    given: dict[str, Any] = {"NATKeepAliveInterval": 1, "MTU": 1, "RemoteAddress": "", "Ours": 1}
    orders = [
        [shown.problem.path for shown in review(DocumentForm(tunnel(**dict(values)))).problems]
        for values in (given.items(), reversed(given.items()))
    ]
    assert orders[0] == orders[1]
    errors = [path for path in orders[0] if path != "IKEv2.Ours"]
    form = [key.path for key in payload({}).payload.keys]
    assert sorted(errors[:3], key=form.index) == errors[:3]


def test_a_key_that_a_target_does_not_know_has_a_badge() -> None:
    badges = {
        badge.row: badge.text for badge in review(DocumentForm(tunnel(targets={"macOS": "26.0"}))).badges
    }
    assert badges[f"id_{TUNNEL_UUID}-IKEv2-EnableFallback_row"] == "not on macOS"
    assert f"id_{TUNNEL_UUID}-IKEv2-MTU_row" not in badges
    assert review(DocumentForm(tunnel())).badges == []


def test_the_lines_are_the_property_list() -> None:
    whole = document(payload({"MTU": 1300, "OnDemandRules": [{"Action": "Connect"}]}))
    assert text(list(review(DocumentForm(whole)).lines)) == html.unescape(
        build(whole).decode().replace("\t", "  ").rstrip("\n")
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "</string><script>alert(1)</script>",
        "a\n<key>b</key>\n<string>c</string>",
        "&lt;b&gt;",
        "'\"><img src=x>",
        "{0} {} {x}",
        "</span>",
        "<data>AAAA</data>",
    ],
)
def test_a_hostile_text_stays_a_text_in_the_lines(hostile: str) -> None:
    whole = document(payload({"AuthName": hostile, hostile: 1}, unknown={hostile: hostile}))
    for line in review(DocumentForm(whole)).lines:
        assert re.sub(r'</?span(?: class="xml__(?:tag|key)")?>', "", line).count("<") == 0
        assert line.count("<span") == line.count("</span>")
    assert "alert" not in hostile or "&lt;script" in "".join(review(DocumentForm(whole)).lines).replace(
        "&amp;", "&"
    )


@pytest.mark.parametrize("value", ["a\x00b", 5, b"x"])
def test_without_a_property_list_there_are_problems_and_no_lines(value: object) -> None:
    found = review(DocumentForm(tunnel(AuthName=value)))
    assert found.lines == []
    assert found.counts == [("error", "1 error")]


def imported(*payloads: object) -> Review:
    """The review of a file from elsewhere."""
    return review(DocumentForm(read(tree(*payloads))))


def test_what_can_be_mended_says_how_and_the_first_of_several_offers_all() -> None:
    found = imported(vpn({"EnablePFS": True}, 1), vpn({"EnablePFS": True, "MTU": "1400"}, 2))
    fixes = [(each.problem.code, each.fix) for each in found.problems if each.fix]
    first, second = (fix for code, fix in fixes if code == "other-type")
    assert (first.label, first.number, first.kind) == (
        "Write 1 as an integer",
        2,
        "A switch or a number is written in a neighboring type",
    )
    assert (second.number, second.kind) == (0, "")
    (alone,) = (fix for code, fix in fixes if code == "wrong-type")
    assert (alone.number, alone.id) == (0, "11111111-2222-3333-4444-000000000002/wrong-type/IKEv2.MTU")
    assert all(each.problem.fix for each in found.problems if each.fix)


def test_what_needs_judgement_has_no_fix() -> None:
    assert [each.fix for each in review(DocumentForm(tunnel(MTU=1))).problems] == [None]


def test_all_of_a_code_are_counted_also_beyond_what_is_listed() -> None:
    rules = [{"Action": "Connect", "SSIDMatch": [f"n{number}", ""]} for number in range(MAX_PROBLEMS + 50)]
    found = imported(vpn({"OnDemandEnabled": 1, "OnDemandRules": rules}))
    numbers = [each.fix.number for each in found.problems if each.fix and each.fix.number]
    assert MAX_PROBLEMS + 50 in numbers


def test_what_needs_judgement_is_not_counted_among_all() -> None:
    names = ["a\nb", "c\nd", "Smith, John 5G"]
    found = imported(vpn({"OnDemandRules": [{"Action": "Connect", "SSIDMatch": names}]}))
    fixes = [each.fix for each in found.problems if each.fix and each.problem.code == "several-in-one"]
    assert [each.number for each in fixes] == [2, 0, 0]
