"""Payloads of a long document: folded, they post nothing but that they are there, and stay as they are stored."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest
from django.http import QueryDict

from designer.forms.actions import act
from designer.forms.document_form import DocumentForm, Part
from designer.forms.payload_list import FEW, arrange
from designer.presentation.review import MAX_PROBLEMS, review
from profiles.catalogue.findings import Severity
from profiles.plist.document import Document, PayloadDocument, derived_uuid
from profiles.plist.templates.declaration import Declaration, Place
from profiles.plist.validation.validate import validate
from tests.designer.forms.making import on_page
from tests.plist.exactness import differences
from tests.plist.making import WITH_SECRET, document, payload
from tests.posting import browse

ODD: dict[str, Any] = {
    "MTU": "1400",
    "OnDemandRules": [{"Secrit": b"x"}],
    "AuthPasword": "misspelt",
    "Proxies": {},
}
"""Values that no field holds as they are."""


def tunnel(number: int, **ikev2: Any) -> PayloadDocument:
    """A tunnel with a secret and keys that nobody knows."""
    return payload(
        {**WITH_SECRET, "SharedSecret": f"secret {number}", **ikev2},
        name=f"vpn-{number}",
        uuid=derived_uuid("tunnel", str(number)),
        unknown={"Vendor": {"b": number, "a": ""}},
        top={"UserDefinedName": f"Office {number}"},
    )


def many(number: int = FEW + 2, **ikev2: Any) -> Document:
    return document(*(tunnel(each, **ikev2) for each in range(number)))


def posted(whole: Document, opened: Collection[str] = (), **changed: str | list[str]) -> DocumentForm:
    """The form after the page with those payloads open was posted."""
    return DocumentForm(whole, on_page(DocumentForm(whole, opened=opened), **changed))


def folded(form: DocumentForm) -> list[bool]:
    return [part.folded for part in form.parts if part.place]


def made(part: Part) -> bool:
    """Was its form made?"""
    return "form" in vars(part)


def test_few_payloads_stand_open_and_of_many_all_are_folded() -> None:
    assert folded(DocumentForm(many(FEW))) == [False] * FEW
    assert folded(DocumentForm(many(FEW + 1))) == [True] * (FEW + 1)


def test_no_form_is_made_for_what_is_folded() -> None:
    whole = many(MTU="much", OnDemandEnabled=1, OnDemandRules=[{"Action": "EvaluateConnection"}])
    for form in (DocumentForm(whole), posted(whole)):
        assert review(form).problems
        assert form.is_valid()
        form.keep_secrets()
        assert (form.dropped(stored_only=False), list(form.sentences())) == ([], [])
        assert form.document == whole
        assert [made(part) for part in form.parts] == [True] + [False] * len(whole.payloads)


def test_what_is_folded_is_saved_exactly_as_it_is_stored() -> None:
    whole = many(**ODD)
    form = posted(whole, **{"profile-PayloadOrganization": "Changed"})
    assert form.document.envelope["PayloadOrganization"] == "Changed"
    assert form.document.payloads == whole.payloads
    assert (
        differences(
            [part.values for part in form.document.payloads], [part.values for part in whole.payloads]
        )
        == []
    )


def test_what_is_typed_into_those_that_are_open_is_all_that_changes() -> None:
    whole = many(**ODD)
    first, last = whole.payloads[1].uuid, whole.payloads[-1].uuid
    form = posted(
        whole,
        [first, last],
        **{f"{first}-IKEv2.LocalIdentifier": "one", f"{last}-IKEv2.RemoteAddress": "two"},
    )
    changed = [before != after for before, after in zip(whole.payloads, form.document.payloads, strict=True)]
    assert changed == [False, True, *[False] * (len(whole.payloads) - 3), True]
    after, before = (each.payloads[-1].values["IKEv2"] for each in (form.document, whole))
    assert after == {**before, "RemoteAddress": "two"}
    assert folded(form) == [not each for each in changed]


def test_what_was_open_stays_open_when_it_cannot_be_read() -> None:
    whole = many()
    uuid = whole.payloads[2].uuid
    form = posted(whole, [uuid], **{f"{uuid}-IKEv2.MTU": "much"})
    assert not form.is_valid()
    assert "much" in form.parts[3].html


def test_fields_that_no_page_has_change_nothing_in_a_folded_payload() -> None:
    whole = many()
    assert posted(whole, **{f"{whole.payloads[0].uuid}-IKEv2.MTU": "1300"}).document == whole


def test_what_somebody_else_changed_in_a_folded_payload_stays() -> None:
    page = on_page(DocumentForm(many()))
    theirs = many(MTU=1300)
    assert DocumentForm(theirs, page).document == theirs


def test_a_folded_payload_that_somebody_else_removed_does_not_come_back_empty() -> None:
    page = on_page(DocumentForm(many()))
    theirs = replace(many(), payloads=many().payloads[1:])
    assert DocumentForm(theirs, page).document == theirs


def test_what_somebody_else_added_is_folded_at_the_end() -> None:
    page = on_page(DocumentForm(many(FEW)))
    form = DocumentForm(many(FEW + 1), page)
    assert folded(form) == [False] * FEW + [True]
    assert form.document == many(FEW + 1)


def test_an_action_leaves_folded_what_is_folded() -> None:
    whole = many()
    uuid = whole.payloads[1].uuid
    page = on_page(DocumentForm(whole), payload_up=uuid)
    form = DocumentForm(whole, act(whole, page, whole).data)
    assert folded(form) == [True] * len(whole.payloads)
    assert form.document.payloads == (whole.payloads[1], whole.payloads[0], *whole.payloads[2:])


def test_a_folded_payload_is_removed_and_brought_back() -> None:
    whole = many()
    uuid = whole.payloads[1].uuid
    gone = DocumentForm(whole, act(whole, on_page(DocumentForm(whole), remove_payload=uuid), whole).data)
    assert gone.document.payloads == (whole.payloads[0], *whole.payloads[2:])
    assert gone.parts[2].folded
    assert gone.parts[2].removed
    back = DocumentForm(whole, act(whole, on_page(gone, keep_payload=uuid), whole).data)
    assert back.document == whole


def test_a_copy_of_a_folded_payload_is_open_and_has_all_that_is_stored() -> None:
    whole = many(**ODD)
    answer = act(whole, on_page(DocumentForm(whole), duplicate_payload=whole.payloads[0].uuid), whole)
    for form in (first := DocumentForm(whole, answer.data), DocumentForm(whole, on_page(first))):
        original, copy, *others = form.document.payloads
        assert (original, *others) == whole.payloads
        assert copy.uuid == answer.focus
        assert copy.unknown == original.unknown
        assert copy.values == {**original.values, "UserDefinedName": "Office 0 copy"}
        assert folded(form) == [True, False, *[True] * len(others)]


def test_what_is_typed_into_a_copy_of_a_folded_payload_counts() -> None:
    whole = many()
    answer = act(whole, on_page(DocumentForm(whole), duplicate_payload=whole.payloads[0].uuid), whole)
    page = on_page(DocumentForm(whole, answer.data), **{f"{answer.focus}-UserDefinedName": "Mine"})
    copy = DocumentForm(whole, page).document.payloads[1]
    assert copy.values == {**whole.payloads[0].values, "UserDefinedName": "Mine"}


def test_a_new_payload_is_open() -> None:
    whole = many()
    answer = act(whole, on_page(DocumentForm(whole), add_payload="scep"), whole)
    form = DocumentForm(whole, answer.data)
    assert folded(form) == [*[True] * len(whole.payloads), False]


def test_references_list_what_is_folded() -> None:
    whole = many()
    scep = PayloadDocument(
        slug="scep", name="scep", uuid=derived_uuid("scep"), values={"PayloadDisplayName": "Device"}
    )
    asking = tunnel(0, AuthenticationMethod="Certificate", PayloadCertificateUUID=scep.uuid)
    whole = replace(whole, payloads=(asking, *whole.payloads[1:], scep))
    form = DocumentForm(whole, opened=[asking.uuid])
    assert f'<option value="{scep.uuid}" selected>Device (SCEP identity)</option>' in form.parts[1].html
    assert not made(form.parts[-1])
    answer = act(whole, on_page(form, remove_payload=scep.uuid), form.document)
    assert answer.question
    assert answer.question.referrers == (("vpn-0", "Identity"),)


def test_a_problem_of_a_folded_payload_is_where_it_is_once_that_is_open() -> None:
    inner = {
        "Action": "EvaluateConnection",
        "ActionParameters": [{"DomainAction": "NeverConnect"}, {"Domains": ["a.example"]}],
    }
    whole = many(MTU=5, OnDemandEnabled=1, OnDemandRules=[{"Action": "Connect"}, inner])
    closed, opened = DocumentForm(whole), DocumentForm(whole, opened=[part.uuid for part in whole.payloads])
    found = [(each.problem, each.place, each.row) for each in review(closed).problems]
    assert found == [(each.problem, each.place, each.row) for each in review(opened).problems]
    assert any("ActionParameters[1]" in problem.path for problem, _, _ in found)
    ids = browse("".join(part.html for part in opened.parts)).ids
    # What nobody knows has no row.
    assert [row for problem, _, row in found if row not in ids and problem.path != "Vendor"] == []
    assert {each.folded for each in review(closed).problems} == {part.uuid for part in whole.payloads}
    assert {each.folded for each in review(opened).problems} == {""}


def test_every_problem_of_a_folded_payload_is_counted_even_where_it_is_not_listed() -> None:
    whole = many(MAX_PROBLEMS, MTU=5, RemoteAddress="")
    told = review(DocumentForm(whole, opened=[whole.payloads[0].uuid]))
    assert told.more_problems
    assert [each.prefix for each in told.folded] == [part.uuid for part in whole.payloads[1:]]
    everything = [problem for problem in validate(whole) if problem.payload == whole.payloads[1].name]
    assert {(each.severity, each.number) for each in told.folded} == {(Severity.ERROR, len(everything))}


def test_badges_stand_beside_the_keys_that_are_there() -> None:
    whole = replace(many(), targets={"tvOS": "17.0"})
    uuid = whole.payloads[0].uuid
    assert not [badge for badge in review(DocumentForm(whole)).badges if uuid in badge.row]
    assert [badge for badge in review(DocumentForm(whole, opened=[uuid])).badges if uuid in badge.row]


def test_a_form_for_a_few_keys_folds_none() -> None:
    whole = replace(many(), declaration=Declaration())
    asked = [Place(whole.payloads[0].uuid, "IKEv2.MTU")]
    form = DocumentForm(whole, only=asked)
    assert folded(form) == [False] * len(whole.payloads)
    assert form.document == whole


@pytest.mark.parametrize("more", ["==", "= ", "= =", "x =", "=x"])
def test_rubbish_in_place_of_fields_loses_nothing(more: str) -> None:
    whole = many()
    page = on_page(DocumentForm(whole), payload=[f"{part.uuid} vpn-ikev2 {more}" for part in whole.payloads])
    assert arrange(whole, page) == arrange(whole, QueryDict("targets-iOS="))
    assert DocumentForm(whole, page).document == whole
