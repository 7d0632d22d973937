"""The same person gets the same PayloadUUIDs in each run of a template, so that a profile replaces its older self."""

from __future__ import annotations

import plistlib
from collections.abc import Mapping
from typing import Any

import pytest

from profiles.models import BulkRun, Profile, User
from tests.services.bulk.run_samples import content_of, finished, letters, people, person
from tests.services.template_samples import make_template, save


def marks(content: bytes) -> list[Any]:
    """Everything by which a device tells profiles and payloads apart."""
    whole = plistlib.loads(content)
    parts = [whole, *whole["PayloadContent"]]
    return [(part["PayloadUUID"], part["PayloadIdentifier"]) for part in parts]


def all_marks(run: BulkRun) -> Mapping[str, list[Any]]:
    return {key.casefold(): marks(content) for key, content in content_of(run).items()}


def test_two_runs_give_a_person_the_same_marks_and_others_other_ones(alice: User, template: Profile) -> None:
    one, two = (all_marks(finished(alice, template, people(4))) for _ in range(2))

    assert one == two
    found = [mark for each in one.values() for mark in each]
    assert len({uuid for uuid, _ in found}) == len({name for _, name in found}) == len(found) == 8


def test_other_values_do_not_change_the_marks(alice: User, template: Profile) -> None:
    one = finished(alice, template, people(2))
    two = finished(alice, template, [person(number, pin="another", room="") for number in range(2)])

    assert content_of(one) != content_of(two)
    assert all_marks(one) == all_marks(two)


def test_a_later_revision_of_the_template_does_not_change_the_marks(alice: User, template: Profile) -> None:
    one = finished(alice, template, people(2))
    save(alice, template, RemoteAddress="new.example.com")
    two = finished(alice, template, people(2))

    assert (one.template_revision, two.template_revision) == (1, 2)
    assert b"new.example.com" in content_of(two)[letters(0)]
    assert all_marks(one) == all_marks(two)


def test_another_order_of_people_and_columns_does_not_change_the_marks(
    alice: User, template: Profile
) -> None:
    one = finished(alice, template, people(3))
    turned = [row[::-1] for row in people(3)[::-1]]
    two = finished(alice, template, turned, columns=("email", "room", "pin", "user"))

    assert all_marks(one) == all_marks(two)


def test_a_person_who_leaves_or_joins_does_not_change_the_marks_of_others(
    alice: User, template: Profile
) -> None:
    one = all_marks(finished(alice, template, people(3)))
    two = all_marks(finished(alice, template, people(3, start=1)))

    common = one.keys() & two.keys()
    assert len(common) == 2
    assert {key: one[key] for key in common} == {key: two[key] for key in common}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann Lee", "  ann\u00a0 LEE\t"),
        ("Jos\u00e9", "JOSE\u0301"),
        ("\u0390", "\u03aa\u0301"),
        ("stra\u00dfe", "STRASSE"),
    ],
    ids=["blanks", "composed", "composed in small letters alone", "sharp s"],
)
def test_case_blanks_and_composition_of_the_key_do_not_matter(
    alice: User, template: Profile, one: str, other: str
) -> None:
    columns = ("user", "pin", "name")
    found = [
        marks(
            *content_of(finished(alice, template, [["bob", "1", name]], columns=columns, key="name")).values()
        )
        for name in (one, other)
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize(("one", "other"), [("annlee", "ann lee"), ("jose", "josé"), ("a-b", "ab")])
def test_any_other_difference_of_the_key_does(alice: User, template: Profile, one: str, other: str) -> None:
    columns = ("user", "pin", "name")
    run = finished(alice, template, [["bob", "1", one], ["bob", "1", other]], columns=columns, key="name")

    assert len({str(marks(content)) for content in content_of(run).values()}) == 2


def test_another_template_gives_other_marks(alice: User, template: Profile) -> None:
    one = all_marks(finished(alice, template, people(1)))
    two = all_marks(finished(alice, make_template(alice), people(1)))

    assert not {uuid for uuid, _ in one[letters(0)]} & {uuid for uuid, _ in two[letters(0)]}
