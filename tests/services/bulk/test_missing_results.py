"""What cannot be taken away is named: a download that is cut short would look like a whole one."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator

import pytest
from django.test import override_settings

from profiles.encryption import KeyRing
from profiles.exceptions import EncryptionError
from profiles.models import AuditEntry, BulkResult, BulkRun, Delivery, Profile, User
from profiles.services.audit import Event
from profiles.services.bulk import results, retention
from profiles.services.bulk.results import ALTERED, MISSING
from profiles.services.bulk.runs import Wish
from tests.services.bulk.run_samples import checked, damage, finished, letters, people, person

LINKS = Wish(delivery=Delivery.LINKS)
GONE = "the run was deleted, or went on, while this was being downloaded."


def names_in(pieces: Iterator[bytes]) -> tuple[list[str], str]:
    """The files of a zip, and what its note says."""
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    names = archive.namelist()
    note = archive.read(MISSING).decode() if MISSING in names else ""
    return [name for name in names if name != MISSING], note


def rows_in(lines: Iterator[str]) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(lines).removeprefix("\ufeff"))))[1:]


def result_of(run: BulkRun, number: int) -> BulkResult:
    return BulkResult.objects.get(recipient__run=run, recipient__key=letters(number))


def test_a_zip_leaves_out_what_was_altered_and_says_so(alice: User, template: Profile) -> None:
    run = finished(alice, template, people(3))
    damage(result_of(run, 1))

    names, note = names_in(results.zip_of(user=alice, run=run))
    assert names == [f"{letters(0)}.mobileconfig", f"{letters(2)}.mobileconfig"]
    assert note == f"{letters(1)}.mobileconfig: {ALTERED}\r\n"


def test_a_table_of_links_says_which_was_altered(alice: User, template: Profile) -> None:
    run = finished(alice, template, people(3), LINKS)
    damage(result_of(run, 1))
    damage(result_of(run, 2).recipient)

    first, second, third = rows_in(results.links_csv(user=alice, run=run))
    assert first[2].startswith("http")
    assert (second[0], second[2]) == (letters(1), ALTERED)
    assert (third[1], third[2].startswith("http")) == ("", True)


def test_a_table_of_a_run_that_is_deleted_meanwhile_ends_with_how_many_are_missing(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "FETCHED", 2)
    run = finished(alice, template, people(5), LINKS)

    lines = results.links_csv(user=alice, run=run)
    begun = [next(lines) for _ in range(2)]
    retention.delete(actor=alice, run=run)
    *links, last = rows_in(iter([*begun, *lines]))
    assert len(links) == 2
    assert last == ["", "", f"3 more: {GONE}", ""]


def test_a_zip_of_a_run_that_is_deleted_meanwhile_holds_how_many_are_missing(
    alice: User, template: Profile
) -> None:
    run = finished(alice, template, people(5))

    pieces = results.zip_of(user=alice, run=run)
    retention.delete(actor=alice, run=run)
    assert names_in(pieces) == ([], f"5 more: {GONE}\r\n")


@pytest.mark.parametrize("wish", [Wish(), LINKS], ids=["files", "links"])
def test_a_key_that_is_not_there_is_told_before_anything_is_sent(
    alice: User, template: Profile, wish: Wish
) -> None:
    run = finished(alice, template, people(2), wish)
    take = results.links_csv if wish is LINKS else results.zip_of

    with override_settings(ENCRYPTION_KEYS=KeyRing.generate_key_line()), pytest.raises(EncryptionError):
        take(user=alice, run=run)


def test_who_took_the_rows_to_be_corrected_is_in_the_log(alice: User, template: Profile) -> None:
    run = checked(alice, template, [*people(2), person(9, user="Bad")])
    results.wrong_csv(user=alice, run=run)

    entry = AuditEntry.objects.order_by("-id").first()
    assert entry is not None
    assert (entry.event, entry.actor, entry.detail) == (
        Event.RUN_DOWNLOADED.value,
        "alice",
        "rows to be corrected",
    )
