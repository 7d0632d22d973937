"""What a bulk run has made, as a browser saves it."""

from __future__ import annotations

import csv
import io
import plistlib
from email.message import Message
from zipfile import ZipFile

import pytest
from django.test import Client

from profiles.models import AuditEntry, BulkRun, Delivery, Profile, User
from profiles.services.bulk.runs import Wish
from tests.designer.views.run_pages import at, none_in, posted, received, shown
from tests.services.bulk.run_samples import checked, finished, people, person, pin

LINKS = Wish(delivery=Delivery.LINKS)


def saved_as(header: str) -> str | None:
    """The name that a browser reads of a Content-Disposition."""
    message = Message()
    message["Content-Disposition"] = header
    return message.get_filename()


def zip_of(client: Client, run: BulkRun) -> ZipFile:
    response = client.post(at("run_zip", run))
    assert response.status_code == 200
    return ZipFile(io.BytesIO(received(response)))


def test_the_zip_holds_a_file_for_each_and_is_kept_by_nobody_on_the_way(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = finished(alice, template, people(3))
    response = alice_client.post(at("run_zip", run))

    content = ZipFile(io.BytesIO(received(response)))
    assert content.namelist() == [f"{name}.mobileconfig" for name in "abc"]
    first = plistlib.loads(content.read("a.mobileconfig"))
    assert first["PayloadContent"][0]["IKEv2"]["AuthPassword"] == pin(0)
    assert response["Content-Type"] == "application/zip"
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert AuditEntry.objects.filter(detail="zip of files").count() == 1


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Office VPN", "Office VPN.zip"),
        ("Büro – 東京 🗼", "Büro – 東京 🗼.zip"),
        ('../../"x"\r\nSet-Cookie: a=b', "x Set-Cookie a=b.zip"),
        ("a;filename=evil.exe", "a filename=evil.exe.zip"),
        ("...", "run.zip"),
        ("\u202egnp.x", None),
        ("", "run.zip"),
    ],
    ids=["plain", "letters", "hostile", "parameter", "dots", "invisible", "empty"],
)
def test_files_are_called_as_the_template_whatever_that_is_called(
    alice: User, alice_client: Client, template: Profile, title: str, name: str | None
) -> None:
    run = finished(alice, template, people(1))
    BulkRun.objects.filter(pk=run.pk).update(title=title)
    for address, what in (("run_zip", ".zip"), ("wrong_rows", " to-correct.csv")):
        header = alice_client.post(at(address, run))["Content-Disposition"]
        assert header.startswith("attachment; filename")
        assert header.isascii()
        assert none_in(header, ["\r", "\n", "../"])
        told = saved_as(header) or ""
        assert told.endswith(what)
        assert told.isprintable()
        assert name is None or told == name.removesuffix(".zip") + what


def test_links_are_listed_with_the_people_and_the_addresses_that_they_go_to(
    alice: User, alice_client: Client, client: Client, template: Profile
) -> None:
    run = finished(alice, template, people(2), LINKS)
    response = alice_client.post(at("run_links", run))

    text = received(response).decode("utf-8-sig")
    rows = [*csv.DictReader(text.splitlines())]
    assert [(row["name"], row["email"]) for row in rows] == [("a", "a@example.org"), ("b", "b@example.org")]
    assert saved_as(response["Content-Disposition"]) == "Office VPN links.csv"
    assert response["Cache-Control"] == "no-store"
    for row in rows:
        path = row["link"].removeprefix("http://127.0.0.1:8000")
        assert client.get(path).status_code == 200
    assert none_in(shown(alice_client, run), [row["link"].rpartition("/")[2] for row in rows])


def test_no_name_is_run_by_a_spreadsheet(alice: User, alice_client: Client, template: Profile) -> None:
    run = finished(alice, template, [person(0, room="=1+1")], LINKS, key="room")
    text = received(alice_client.post(at("run_links", run))).decode("utf-8-sig")
    assert text.splitlines()[1].startswith('"\'=1+1",')


def test_names_that_are_alike_on_some_system_are_told_apart(
    alice: User, alice_client: Client, template: Profile
) -> None:
    rows = [person(number, room=room) for number, room in enumerate(["a/b", "a:b", "A b", "con", "..", "ü"])]
    run = finished(alice, template, rows, key="room")
    names = zip_of(alice_client, run).namelist()
    assert len({name.casefold() for name in names}) == 6
    assert names[-1] == "ü.mobileconfig"
    assert none_in("".join(names), ["/", ":", ".."])


@pytest.mark.parametrize(
    ("wish", "name", "sentence"),
    [
        (None, "run_zip", "This run has made no files."),
        (None, "run_links", "This run has made no links."),
        (LINKS, "run_zip", "This run has made no files."),
        (Wish(unsigned=True), "run_links", "This run has made no links."),
    ],
    ids=["zip-of-nothing", "links-of-nothing", "zip-of-links", "links-of-files"],
)
def test_what_was_not_made_cannot_be_had(
    alice: User, alice_client: Client, template: Profile, wish: Wish | None, name: str, sentence: str
) -> None:
    run = finished(alice, template, people(1), wish) if wish else checked(alice, template, people(1))
    logged = AuditEntry.objects.count()
    assert sentence in posted(alice_client, name, run)
    assert AuditEntry.objects.count() == logged
