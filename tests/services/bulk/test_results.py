"""What came of a run, taken away: a zip of files, a table of links, and a line in the log for each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from profiles.exceptions import BulkError
from profiles.models import AuditEntry, BulkRun, Delivery, Profile, User
from profiles.services.bulk import results, runs
from profiles.services.bulk import work as bulk
from profiles.services.bulk.runs import Wish
from profiles.services.teams import home
from tests.services.bulk.run_samples import (
    UNSIGNED,
    checked,
    content_of,
    finished,
    letters,
    loaded,
    people,
    person,
    started,
)

LINKS = Wish(delivery=Delivery.LINKS)
COLUMNS = ("user", "pin", "name")


def opened(pieces: Iterator[bytes]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


def test_a_zip_holds_the_file_of_everybody_under_their_name(alice: User, template: Profile) -> None:
    run = finished(alice, template, [*people(3), person(9, user="Bad")])

    archive = opened(results.zip_of(user=alice, run=run))
    assert archive.testzip() is None
    assert {name: archive.read(name) for name in archive.namelist()} == {
        f"{key}.mobileconfig": content for key, content in content_of(run).items()
    }


def test_files_come_in_the_order_of_the_list_also_beyond_what_is_read_at_a_time(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "FETCHED", 2)
    run = finished(alice, template, people(5)[::-1])

    assert [name for name, _ in results.files_of(run)] == [
        f"{letters(number)}.mobileconfig" for number in range(4, -1, -1)
    ]


def test_names_that_look_alike_are_told_apart_and_unsafe_ones_are_made_safe(
    alice: User, template: Profile
) -> None:
    names = ["../../etc/passwd", "a/b", "a:b", "CON", "-rf", "ünï"]
    rows = [[letters(number), "1", name] for number, name in enumerate(names)]
    run = finished(alice, template, rows, columns=COLUMNS, key="name")

    found = opened(results.zip_of(user=alice, run=run)).namelist()
    assert len({name.casefold() for name in found}) == len(names)
    assert not [name for name in found if "/" in name or "\\" in name or ":" in name or name.startswith(".")]


def test_a_run_that_is_not_over_yields_what_there_is(
    alice: User, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("profiles.services.bulk.making.SIZE", 1)
    run = started(alice, template, people(3))
    bulk.work(run.pk, seconds=0)

    assert opened(results.zip_of(user=alice, run=run)).namelist() == [f"{letters(0)}.mobileconfig"]


@pytest.mark.parametrize("make", [loaded, checked, started], ids=["loaded", "checked", "started"])
def test_without_anything_made_there_is_nothing_to_take(
    alice: User, template: Profile, make: Callable[..., BulkRun]
) -> None:
    run = make(alice, template, people(2))
    logged = AuditEntry.objects.count()

    with pytest.raises(BulkError, match="This run has made no files"):
        results.zip_of(user=alice, run=run)
    with pytest.raises(BulkError, match="This run has made no links"):
        results.links_csv(user=alice, run=run)
    assert AuditEntry.objects.count() == logged


def test_links_are_no_files_and_files_no_links(alice: User, template: Profile) -> None:
    with pytest.raises(BulkError, match="This run has made no links"):
        results.links_csv(user=alice, run=finished(alice, template, people(1)))
    with pytest.raises(BulkError, match="This run has made no files"):
        results.zip_of(user=alice, run=finished(alice, template, people(1), LINKS))


def test_every_download_is_in_the_log_of_the_team(alice: User, template: Profile) -> None:
    files, links = finished(alice, template, people(1)), finished(alice, template, people(1), LINKS)
    results.zip_of(user=alice, run=files)
    results.links_csv(user=alice, run=links)

    latest = AuditEntry.objects.order_by("-id")[:2]
    assert [(entry.actor, entry.event, entry.detail, entry.object_id) for entry in latest] == [
        ("alice", "results of a bulk run downloaded", "install links", str(links.pk)),
        ("alice", "results of a bulk run downloaded", "zip of files", str(files.pk)),
    ]


def test_a_table_of_links_is_text_to_a_spreadsheet(alice: User, template: Profile) -> None:
    rows = [["ann", "1", "=HYPERLINK(1)"], ["bob", "2", "+49 30"], ["cid", "3", "'-x"]]
    run = finished(alice, template, rows, LINKS, columns=COLUMNS, key="name")

    text = "".join(results.links_csv(user=alice, run=run))
    assert text.startswith('\ufeff"name","email","link","expires"\r\n"\'=HYPERLINK(1)","","http')
    assert '\r\n"\'+49 30","",' in text
    assert '\r\n"\'\'-x","",' in text


TAKEN: dict[str, Callable[[User, BulkRun], Iterator[Any]]] = {
    "zip": lambda user, run: results.zip_of(user=user, run=run),
    "links": lambda user, run: results.links_csv(user=user, run=run),
}


@pytest.mark.parametrize("taken", TAKEN)
def test_as_many_statements_fetch_many_results_as_few(alice: User, template: Profile, taken: str) -> None:
    counts = []
    for size in (3, 60):
        run = finished(alice, template, people(size), UNSIGNED if taken == "zip" else LINKS)
        with CaptureQueriesContext(connection) as queries:
            assert list(TAKEN[taken](alice, run))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_list_of_runs_is_that_of_the_team_the_newest_first(
    alice: User, bob: User, template: Profile
) -> None:
    mine = [loaded(alice, template, people(1)) for _ in range(3)]
    BulkRun.objects.filter(pk=mine[1].pk).update(state="loading")

    assert [*runs.listed(user=alice, team=home(alice))] == [mine[2], mine[0]]
    assert [*runs.listed(user=bob, team=home(bob))] == []
    assert runs.find(user=alice, run_id=mine[0].pk) == mine[0]
