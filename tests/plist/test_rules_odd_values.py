"""Whatever stands in a document, in whichever place: it is judged, and no rule breaks over it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.catalogue.evidence import Credential, Evidence, ServerCertificate
from profiles.catalogue.groups.certificate_requests import Names
from profiles.catalogue.keys import Dictionary, Key, ListOf
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.shape import nest
from profiles.catalogue.values import plist_type_of
from profiles.certificate_facts import CertificateFacts, KeyFacts
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.validation.validate import validate

UUID = "11111111-2222-3333-4444-555555555555"
AT = datetime(2027, 1, 31, tzinfo=UTC)
FACTS = CertificateFacts(
    subject="CN=x",
    common_name="x",
    issuer="CN=x",
    issuer_common_name="x",
    key=KeyFacts(kind="EC", bits=256),
    purposes=(),
    not_before=AT,
    not_after=AT,
    fingerprint="AA:01",
)
EVIDENCE = Evidence(
    credentials={UUID: Credential(title="x", key=FACTS.key, names=("x",), certificate=FACTS, chain=(FACTS,))},
    at=AT,
    server=ServerCertificate(certificate=FACTS),
)
ODD: tuple[Any, ...] = (
    7,
    -1,
    1.5,
    True,
    "",
    "x",
    b"\xff",
    [],
    [[]],
    [{}],
    ["", 7],
    {},
    {"a": [{}]},
    datetime(2027, 1, 1),  # noqa: DTZ001 — as property lists have it
)
PAYLOADS = list(registry.payloads().values())


def wrong_values(payload: Payload) -> Iterator[tuple[str, Key, dict[str, Any], Any]]:
    """Each example with one value put in place of another, everywhere, items of lists included."""
    for example in payload.examples:
        for key in payload.keys:
            for odd in ODD:
                flat = {**payload.flat(copy.deepcopy(dict(example.values))), key.path: odd}
                yield key.path, key, nest(flat), odd
            if isinstance(key, ListOf) and isinstance(key.item, Dictionary):
                for inner in key.item.keys:
                    for odd in ODD:
                        flat = payload.flat(copy.deepcopy(dict(example.values)))
                        (item, *_) = flat.get(key.path) or [{}]
                        flat[key.path] = [nest({**key.item.shape.flat(item), inner.path: odd})]
                        yield f"{key.path}[0].{inner.path}", inner, nest(flat), odd


@pytest.mark.parametrize("payload", PAYLOADS, ids=[payload.slug for payload in PAYLOADS])
def test_a_value_of_the_wrong_type_is_told_and_breaks_no_rule(payload: Payload) -> None:
    for path, key, values, odd in wrong_values(payload):
        if isinstance(key, Names) and isinstance(odd, list):
            continue  # Several names are as good as one.
        part = PayloadDocument(slug=payload.slug, name="tested", uuid=UUID, values=values)
        envelope = {"PayloadDisplayName": "x", "PayloadIdentifier": "com.example.x"}
        problems = validate(
            Document(uuid="PROFILE", envelope=envelope, targets={"watchOS": "10.0"}, payloads=(part,)),
            EVIDENCE,
        )
        wrong = plist_type_of(odd) is not key.type
        assert (("wrong-type", path) in {(p.code, p.path) for p in problems}) is wrong, (path, odd)
