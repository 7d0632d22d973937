"""Fields and forms with what a browser would have posted to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from designer.forms.builder import field_for
from designer.forms.document_form import DocumentForm
from designer.forms.payload_form import PayloadForm, form_class
from profiles.catalogue import registry
from profiles.catalogue.keys import Key
from profiles.plist.document import Document
from tests.posting import browse

Posted = Mapping[str, str | list[str]]


def query(posted: Posted) -> QueryDict:
    """The names and values as Django hands them on."""
    data = QueryDict(mutable=True)
    for name, values in posted.items():
        data.setlist(name, [values] if isinstance(values, str) else values)
    return data


def posted_to(document: Document, data: QueryDict | None = None) -> DocumentForm:
    """The form of a document to which this was posted by a page that shows all its payloads."""
    known = QueryDict(mutable=True) if data is None else data.copy()
    known.setlist("payload", [f"{part.uuid} {part.slug}" for part in document.payloads])
    return DocumentForm(document, known)


def read(key: Key, value: str | list[str] | None = None, **more: str | list[str]) -> Any:
    """The value of `key` when `value` is posted for it, and `more` for its further controls."""
    posted = {f"key.{name}": values for name, values in more.items()}
    if value is not None:
        posted["key"] = value
    field = field_for(key)
    return field.clean(field.widget.value_from_datadict(query(posted), MultiValueDict(), "key"))


def refusal(key: Key, value: str | list[str] | None = None, **more: str | list[str]) -> str:
    """The message of the one error when this is posted."""
    with pytest.raises(ValidationError) as refused:
        read(key, value, **more)
    (message,) = refused.value.messages
    return message


def tunnel_form(stored: Mapping[str, Any], posted: Posted | None = None) -> PayloadForm:
    """The form of an IKEv2 tunnel; stored values and the names of fields are as inside IKEv2."""
    data = (
        None if posted is None else query({f"part-IKEv2.{name}": values for name, values in posted.items()})
    )
    return form_class(registry.payload("vpn-ikev2"))(data, stored={"IKEv2": stored}, prefix="part")


def values(stored: Mapping[str, Any], posted: Posted) -> dict[str, Any]:
    """What the form means inside IKEv2."""
    inside: dict[str, Any] = tunnel_form(stored, posted).values().get("IKEv2", {})
    return inside


def on_page(form: DocumentForm, **changed: str | list[str]) -> QueryDict:
    """What a browser posts from the page of a form, with the values of some controls changed."""
    html = "".join(part.html for part in form.parts if not part.folded)
    slots = [part.place for part in form.parts if part.place]
    posted = browse(html).data()
    for name, note in form.carried:
        posted.appendlist(name, note)
    around: Posted = {
        "payload": [slot.posted for slot in slots],
        "removed": [slot.payload.uuid for slot in slots if slot.removed],
    }
    for name, values in {**around, **changed}.items():
        posted.setlist(name, [values] if isinstance(values, str) else values)
    return posted
