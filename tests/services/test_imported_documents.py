"""What was imported comes back from the database type by type, from the profile as from its revisions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings

from profiles.models import Payload, Profile, Revision, User
from profiles.plist.build import build, property_list
from profiles.plist.reading.read import read
from profiles.services import profiles
from profiles.services.document_storage import load, revision_document
from profiles.services.teams import home
from tests.plist import wild
from tests.plist.exactness import differences, disorder, losses
from tests.plist.trees import WIFI, tree, vpn

pytestmark = pytest.mark.django_db


@settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
@given(given=wild.profiles())
def test_whatever_is_imported_is_stored_type_by_type(alice: User, given: dict[str, Any]) -> None:
    document = read(given)
    row = profiles.create(actor=alice, team=home(alice), document=document)
    stored = load(Profile.objects.get(pk=row.pk))
    assert losses(property_list(stored), given) == []
    revision = revision_document(row.revisions.get())
    assert losses(property_list(revision), given) == []
    assert build(stored) == build(document) == build(revision)


@pytest.mark.parametrize("number", [1e16, 1e20, -1e300, 5e-324, 0.1, -0.0, 1e15, 123456789.0])
def test_a_real_stays_a_real(alice: User, number: float) -> None:
    given = tree(vpn({"RemoteAddress": "a", "MTU": number}), DurationUntilRemoval=number)
    row = profiles.create(actor=alice, team=home(alice), document=read(given))
    assert differences(property_list(load(Profile.objects.get(pk=row.pk))), given) == []


def test_the_order_of_unknown_keys_is_stored(alice: User) -> None:
    vendor = {"zeta": {"b": 1, "a": 2}, "alpha": [{"y": 1, "x": 2}]}
    row = profiles.create(
        actor=alice, team=home(alice), document=read(tree(vpn({"RemoteAddress": "a"}, Vendor=vendor), WIFI))
    )
    first, second = property_list(load(Profile.objects.get(pk=row.pk)))["PayloadContent"]
    assert json.dumps(first["Vendor"]) == json.dumps(vendor)
    assert [*second] == [*WIFI]


@pytest.mark.parametrize("place", ["inside", "beside"])
def test_another_order_of_unknown_keys_is_a_change(alice: User, place: str) -> None:
    def given(**unknown: int) -> dict[str, Any]:
        more = {"Vendor": unknown} if place == "inside" else unknown
        return tree(vpn({"RemoteAddress": "a"}, **more))

    row = profiles.create(actor=alice, team=home(alice), document=read(given(b=1, a=2)))
    other = read(given(a=2, b=1))
    assert profiles.save(actor=alice, profile_id=row.pk, document=other, base_revision=1).revision == 2
    assert disorder(property_list(load(Profile.objects.get(pk=row.pk))), given(a=2, b=1)) == []


def test_no_unknown_value_is_stored_in_the_clear(alice: User) -> None:
    given = tree(
        vpn(
            {"RemoteAddress": "a", "Vendor": "hush-1", "MTU": ["hush-2"], "AuthName": {"a": "hush-3"}},
            Top="hush-4",
        ),
        WIFI | {"Password": "hush-5"},
        Company={"a": "hush-6"},
        PayloadOrganization=["hush-7"],
    )
    profiles.create(actor=alice, team=home(alice), document=read(given))
    for model in (Profile, Payload, Revision):
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            assert "hush" not in repr(cursor.fetchall())


def test_a_copy_has_uuids_and_identifiers_of_its_own_and_keeps_all_else(alice: User) -> None:
    given = tree(vpn({"RemoteAddress": "a", "Vendor": 1.0, "AuthName": ""}, PayloadVersion=1.0), WIFI)
    row = profiles.create(actor=alice, team=home(alice), document=read(given))
    copy = property_list(load(profiles.duplicate(actor=alice, profile=row)))
    own = {"PayloadUUID", "PayloadIdentifier", "PayloadDisplayName"}
    for part, original in zip(
        [copy, *copy["PayloadContent"]], [given, *given["PayloadContent"]], strict=True
    ):
        copied, first = (
            {name: value for name, value in each.items() if name not in {*own, "PayloadContent"}}
            for each in (part, original)
        )
        assert differences(copied, first) == []
        for name in ("PayloadUUID", "PayloadIdentifier"):
            assert part[name] != original[name]
