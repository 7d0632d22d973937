"""What is shown as JSON has masks in place of secrets, which lead back to them at no place that is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from designer.forms import actions
from designer.forms.builder import field_for
from designer.forms.document_form import DocumentForm
from designer.forms.fields import JsonField, fields_holding
from designer.forms.form_context import NOWHERE
from profiles.catalogue import registry
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.keys import Content, Dictionary, Key, ListOf
from profiles.catalogue.payload_type import Payload
from profiles.plist.secrets import MASK, HasKeys
from tests.designer.forms.making import posted_to, query
from tests.plist.making import document, payload
from tests.plist.shown_places import with_text
from tests.posting import browse

HUSH = "hush hush"
ODD: dict[str, Any] = {"Odd": HUSH}
"""Stands in a key that is no dictionary, so that it is shown as JSON."""


def dictionaries(owner: HasKeys) -> Iterator[HasKeys]:
    """A payload type, and what stands in its lists."""
    yield owner
    for key in owner.shape.keys:
        if isinstance(key, ListOf) and isinstance(key.item, Dictionary):
            yield from dictionaries(key.item)


def shown_as_json(owner: HasKeys) -> Iterator[Key]:
    """The keys of which something odd is shown as JSON."""
    return (key for key in owner.shape.keys if not key.secret and not isinstance(key, Content | Dictionary))


def json_field(owner: HasKeys, key: Key, stored: Any) -> tuple[JsonField, Any]:
    """The field that shows what is stored, and what it shows."""
    held, shown = fields_holding({key.path: field_for(key)}, owner, {key.path: stored}, NOWHERE, about="part")
    field = held[key.path]
    assert isinstance(field, JsonField), key.path
    return field, json.loads(shown[key.path])


TYPES = pytest.mark.parametrize("of", [ENVELOPE, *registry.payloads().values()], ids=lambda p: p.slug)


@TYPES
def test_a_mask_is_refused_wherever_a_key_is_shown(of: Payload) -> None:
    tried = 0
    for owner in dictionaries(of):
        for key in shown_as_json(owner):
            field, shown = json_field(owner, key, odd_of(key))
            assert HUSH not in str(shown)
            (mask,) = masks_in(shown)
            for typed in typed_at(key, mask):
                with pytest.raises(ValidationError, match="is no secret: everybody would see there"):
                    field.clean(json.dumps(typed))
                tried += 1
            assert field.clean(json.dumps(shown)) == odd_of(key)
    assert tried >= 3


def odd_of(key: Key) -> Any:
    return [{"Odd": HUSH}] if key.type.value == "dictionary" else ODD


def typed_at(key: Key, mask: str) -> Iterator[Any]:
    """The key with a mask at each place where a text would be seen."""
    for _, nested in with_text([key], mask):
        value: Any = nested
        for part in key.path.split("."):
            value = value[part]
        yield value


def masks_in(value: Any) -> list[str]:
    match value:
        case dict():
            return [mask for item in value.values() for mask in masks_in(item)]
        case list():
            return [mask for item in value for mask in masks_in(item)]
        case str() if value.startswith(MASK):
            return [value]
    return []


@TYPES
def test_a_mask_is_refused_in_every_key_of_an_item_beside_one_that_nobody_knows(of: Payload) -> None:
    for owner in dictionaries(of):
        for key in owner.shape.keys:
            if not (isinstance(key, ListOf) and isinstance(key.item, Dictionary)):
                continue
            stored = [{"Vendor": HUSH, "Number": 5}, "no item"]
            field, shown = json_field(owner, key, stored)
            assert shown[0]["Number"] == 5
            mask = shown[0]["Vendor"]
            for _, values in with_text(key.item.keys, mask):
                typed = [{**shown[0], **values}, "no item"]
                with pytest.raises(ValidationError, match="is no secret: everybody would see there"):
                    field.clean(json.dumps(typed))
            assert field.clean(json.dumps(shown)) == stored
            moved = [{"Other": mask}, {"Vendor": [mask]}, "no item"]
            assert field.clean(json.dumps(moved)) == [{"Other": HUSH}, {"Vendor": [HUSH]}, "no item"]


RULES = [
    {"Action": "Connect", "SSIDMatch": [f"{MASK} 1", {"x": HUSH}], "Vendor": "unseen"},
    {"Action": "Disconnect"},
]


def of_rules(rules: Any) -> Any:
    return document(payload({"OnDemandEnabled": 1, "OnDemandRules": rules}))


def test_an_item_has_masks_of_its_own() -> None:
    form = DocumentForm(of_rules(RULES))
    html = "".join(part.html for part in form.parts)
    assert HUSH not in html
    assert "unseen" not in html
    data = browse(html).data(payload=[part.place.posted for part in form.parts if part.place])
    assert DocumentForm(of_rules(RULES), data).document == form.stored
    (name,) = [name for name in data if name.endswith(".SSIDMatch") and MASK in data[name]]
    names = json.loads(str(data[name]))
    data[name] = json.dumps([names[1]["x"]])
    again = DocumentForm(of_rules(RULES), data)
    ((path, message),) = [(problem.path, problem.message) for problem in again.problems()]
    assert path == "IKEv2.OnDemandRules[0].SSIDMatch"
    assert message.startswith("SSIDMatch[0] is no secret")
    assert HUSH not in str(again.document)


def test_a_copied_item_brings_its_secrets_along() -> None:
    whole = of_rules(RULES)
    (part,) = whole.payloads
    html = "".join(each.html for each in DocumentForm(whole).parts)
    data = browse(html).data(payload=[f"{part.uuid} {part.slug}"])
    copied = actions.act(whole, query({**dict(data.lists()), "duplicate_payload": part.uuid}), whole).data
    _, copy = DocumentForm(whole, copied).document.payloads
    assert copy.values["IKEv2"]["OnDemandRules"] == RULES
    mixed = of_rules([*RULES, "no rule"])
    html = "".join(each.html for each in DocumentForm(mixed).parts)
    data = browse(html).data(payload=[f"{part.uuid} {part.slug}"])
    copied = actions.act(mixed, query({**dict(data.lists()), "duplicate_payload": part.uuid}), mixed).data
    form = DocumentForm(mixed, copied)
    assert [*form.problems()] == []
    assert form.document.payloads[1].values["IKEv2"]["OnDemandRules"] == [*RULES, "no rule"]


def test_a_mask_of_one_field_stands_for_nothing_in_another() -> None:
    odd = {
        "RemoteAddress": {"a": "other"},
        "OnDemandEnabled": 1,
        "OnDemandRules": [{"Vendor": HUSH}, "no rule"],
    }
    whole = document(payload(odd))
    values = dict(browse("".join(part.html for part in DocumentForm(whole).parts)).posted)
    rules, address = (
        next(name for name in values if name.endswith(f"IKEv2.{key}"))
        for key in ("OnDemandRules", "RemoteAddress")
    )
    mask = json.loads(values[address])["a"]
    typed = posted_to(whole, query({**values, rules: json.dumps([{"Vendor": mask}])}))
    assert ["stands for nothing" in problem.message for problem in typed.problems()] == [True]
