"""The audit log as a page and as files, and where requests are said to come from."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from profiles.models import AuditEntry, Membership, Profile, Role, Team, User
from profiles.services import audit_log, teams

ADDRESS = "203.0.113.9"


@pytest.fixture
def team(alice: User) -> Team:
    """Alice's."""
    return teams.create(actor=alice, name="Office")


def filled(team: Team, number: int, **fields: Any) -> None:
    """So many more entries."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            **{
                "team_id": team.pk,
                "actor": "alice",
                "event": "profile saved",
                "name": f"Profile {each}",
                "search_key": f"alice profile saved profile {each}",
                **fields,
            }
        )
        for each in range(number)
    )


def page(client: Client, **query: Any) -> str:
    """What the page says."""
    response = client.get(reverse("audit"), query)
    assert response.status_code == 200
    return response.content.decode()


def names(client: Client, **query: Any) -> list[str]:
    """Of what the entries on the page are."""
    return [entry.name for entry in client.get(reverse("audit"), query).context["stretch"].entries]


def exported(client: Client, ending: str = "json", **wanted: str) -> str:
    """What the file holds."""
    response = client.post(reverse(f"export_audit_{ending}"), wanted)
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]


# --- The page --------------------------------------------------------------------------------------------------------


def test_an_owner_reads_what_happened(alice_client: Client, team: Team) -> None:
    alice_client.post(reverse("rename_team"), {"name": "<b>Lab</b>"}, REMOTE_ADDR=ADDRESS)

    shown = page(alice_client).partition('id="entries"')[2]

    assert shown.index("team renamed") < shown.index("team created")
    assert "<strong>&lt;b&gt;Lab&lt;/b&gt;</strong>" in shown
    assert "was “Office”" in shown
    assert f"<code>{ADDRESS}</code>" in shown
    assert shown.count("alice</td>") == 2


@pytest.mark.parametrize("role", [Role.VIEWER, Role.HELPER, Role.EDITOR])
def test_nobody_else_does(bob: User, bob_client: Client, team: Team, role: Role) -> None:
    Membership.objects.create(team=team, user=bob, role=role)
    before = AuditEntry.objects.count()

    for response in (
        bob_client.get(reverse("audit")),
        bob_client.post(reverse("export_audit_csv")),
        bob_client.post(reverse("export_audit_json")),
    ):
        assert response.status_code == 403
        assert "manage members, signing identities or the audit log" in response.content.decode()
    assert AuditEntry.objects.count() == before


def test_an_export_is_never_made_by_a_link(alice_client: Client, team: Team) -> None:
    for name in ("export_audit_csv", "export_audit_json"):
        assert alice_client.get(reverse(name)).status_code == 405
    assert AuditEntry.objects.count() == 1


def test_it_is_searched_and_filtered(alice_client: Client, team: Team) -> None:
    filled(team, 3)

    assert names(alice_client, q="PROFILE 2") == ["Profile 2"]
    assert names(alice_client, event="team created") == ["Office"]
    assert names(alice_client, q="office", event="profile saved") == []
    assert "Nothing matches" in page(alice_client, q="office", event="profile saved")
    assert "<option selected>team created</option>" in page(alice_client, event="team created")


def test_what_was_searched_for_is_text_on_the_page(alice_client: Client, team: Team) -> None:
    shown = page(alice_client, q='"><script>alert(1)</script>', event='"><script>')

    assert "<script>alert" not in shown
    assert 'value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in shown


def test_older_entries_are_a_link_away_and_keep_the_search(alice_client: Client, team: Team) -> None:
    filled(team, 2 * audit_log.PER_PAGE)
    query = {"q": "profile", "event": "profile saved"}

    first = alice_client.get(reverse("audit"), query)
    second = alice_client.get(first.context["older"])

    seen = [*first.context["stretch"].entries, *second.context["stretch"].entries]
    assert len({entry.pk for entry in seen}) == 2 * audit_log.PER_PAGE
    assert {entry.event for entry in seen} == {"profile saved"}
    assert 'rel="next"' in first.content.decode()
    assert "Newest" not in first.content.decode()
    assert second.context["older"] == ""
    assert second.context["newest"] == f"{reverse('audit')}?q=profile&event=profile+saved"


@pytest.mark.parametrize(
    "before", ["x", "-1", "1.5", "²", "٣", "9" * 19, "9" * 400, "\x00", "' OR 1=1", "before"]
)
def test_a_place_that_is_none_is_the_newest_one(alice_client: Client, team: Team, before: str) -> None:
    assert names(alice_client, before=before) == ["Office"]


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\x00"},
        {"q": "x" * 10_000},
        {"q": "%' --"},
        {"event": "\x00"},
        {"event": "x" * 10_000},
        {"q": ["a", "b"]},
        {"page": "2", "team": "x", "sort": "-id"},
    ],
)
def test_junk_is_answered_like_any_other_search(
    alice_client: Client, team: Team, query: dict[str, Any]
) -> None:
    assert alice_client.get(reverse("audit"), query).status_code == 200
    for ending in ("csv", "json"):
        exported(alice_client, ending, **query)


def test_a_query_in_no_encoding_is_answered_too(alice_client: Client, team: Team) -> None:
    assert alice_client.get(f"{reverse('audit')}?q=%ff%fe%00&event=%ed%a0%80").status_code == 200


def test_a_long_log_takes_no_more_statements(alice_client: Client, team: Team) -> None:
    page(alice_client)
    counts = []
    for more in (1, 200):
        filled(team, more)
        with CaptureQueriesContext(connection) as queries:
            page(alice_client)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_log_of_the_chosen_team_is_shown(alice: User, alice_client: Client, team: Team) -> None:
    lab = teams.create(actor=alice, name="Lab")
    alice_client.post(reverse("choose_team"), {"team": str(lab.pk)})

    assert names(alice_client) == ["Lab"]
    rows = json.loads(exported(alice_client, team=str(team.pk)))
    assert {row["name"] for row in rows} == {"Office"}


# --- The files -------------------------------------------------------------------------------------------------------


def test_both_files_hold_what_the_page_shows_and_all_that_is_older(alice_client: Client, team: Team) -> None:
    filled(team, 2 * audit_log.PER_PAGE)

    rows = json.loads(exported(alice_client, "json", q="profile", event="profile saved"))
    table = list(
        csv.DictReader(io.StringIO(exported(alice_client, "csv", q="profile", event="profile saved")))
    )

    assert len(rows) == 2 * audit_log.PER_PAGE
    assert [str(row["id"]) for row in rows] == [row["id"] for row in table]


@pytest.mark.parametrize(
    ("ending", "content_type"), [("csv", "text/csv; charset=utf-8"), ("json", "application/json")]
)
def test_a_file_is_streamed_named_by_day_and_kept_by_nobody(
    alice_client: Client, team: Team, ending: str, content_type: str
) -> None:
    filled(team, 200)

    response = alice_client.post(reverse(f"export_audit_{ending}"))

    day = timezone.localdate().isoformat()
    assert response.streaming
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == f'attachment; filename="audit-log-{day}.{ending}"'
    assert response["Cache-Control"] == "no-store"
    assert len(list(response.streaming_content)) > 200  # type: ignore[attr-defined]


def test_who_exported_is_recorded_even_when_nobody_reads_the_file(alice_client: Client, team: Team) -> None:
    alice_client.post(reverse("export_audit_csv"), REMOTE_ADDR=ADDRESS)

    entry = AuditEntry.objects.all()[0]
    assert (entry.actor, entry.event, entry.name, entry.detail, entry.address) == (
        "alice",
        "audit log exported",
        "Office",
        "CSV",
        ADDRESS,
    )


# --- Addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "claimed", "known"),
    [
        (0, "198.51.100.1", ADDRESS),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "192.0.2.1, 198.51.100.1", "198.51.100.1"),
        (2, "192.0.2.1, 198.51.100.1", "192.0.2.1"),
        (2, "10.0.0.1, 192.0.2.1,198.51.100.1", "192.0.2.1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "192.0.2.1:50000", "192.0.2.1"),
    ],
)
def test_the_address_is_the_one_that_the_last_trusted_proxy_saw(
    alice_client: Client, team: Team, settings: Settings, proxies: int, claimed: str, known: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    alice_client.post(
        reverse("rename_team"),
        {"name": "Lab"},
        REMOTE_ADDR=ADDRESS,
        headers={"X-Forwarded-For": claimed},
    )

    assert AuditEntry.objects.filter(event="team renamed").get().address == known


def test_who_asks_past_the_proxies_is_answered_without_an_address(
    client: Client, alice_client: Client, team: Team, settings: Settings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    near = {"X-Forwarded-For": "192.0.2.1"}

    assert client.get(reverse("health"), headers=near).status_code == 200
    alice_client.post(reverse("rename_team"), {"name": "Lab"}, headers=near)

    assert AuditEntry.objects.filter(event="team renamed").get().address == ""


@pytest.mark.parametrize("claimed", ["nonsense", "<script>", "x" * 500, "1.2.3.4.5"])
def test_an_address_that_is_none_is_refused_rather_than_recorded(
    alice_client: Client, team: Team, settings: Settings, claimed: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    response = alice_client.post(
        reverse("rename_team"), {"name": "Lab"}, headers={"X-Forwarded-For": claimed}
    )

    assert response.status_code == 403
    assert [entry.event for entry in AuditEntry.objects.all()] == ["team created"]


def test_the_address_of_a_request_is_not_that_of_the_next(
    alice_client: Client, alice: User, team: Team
) -> None:
    alice_client.post(reverse("rename_team"), {"name": "Lab"}, REMOTE_ADDR=ADDRESS)
    alice_client.post(reverse("rename_team"), {"name": "Works"}, REMOTE_ADDR="2001:db8::2")
    teams.rename(actor=alice, team=team, name="Shed")

    found = [entry.address for entry in AuditEntry.objects.filter(event="team renamed")]
    assert found == ["", "2001:db8::2", ADDRESS]


def test_what_a_request_is_refused_is_not_recorded(bob: User, bob_client: Client, team: Team) -> None:
    Membership.objects.create(team=team, user=bob, role=Role.VIEWER)

    assert bob_client.post(reverse("rename_team"), {"name": "Mine"}).status_code == 403

    assert not AuditEntry.objects.filter(actor="bob").exists()
    assert not Profile.objects.exists()
