"""What the lists take with ten rows and with fifty thousand: profiles, the library of templates, the audit log."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bench.browser import Browser
from bench.measure import interleave, plain
from bench.people import person
from bench.samples import largest
from bench.table import Budget, Row
from profiles.models import AuditEntry, Profile, Team, User
from profiles.plist.templates.declaration import Declaration
from profiles.services import profiles
from profiles.services.audit import Event
from profiles.services.teams import home

TITLE = "Lists of 10 and of 50 000 rows"
FEW, MANY = 10, 50_000
BATCH = 2_000

GROWTH = Budget(1.3)
STATEMENTS = Budget(6)


def rows(rounds: int) -> Iterator[Row]:
    """Yields for each list the ratio of the medians, and how often the database was asked with many rows."""
    few, many = (_browser(number) for number in (FEW, MANY))
    addresses = {
        "profiles": reverse("profiles"),
        "profiles by name": f"{reverse('profiles')}?sort=name",
        "templates": reverse("templates"),
        "audit log": reverse("audit"),
    }
    for name, address in addresses.items():
        timings = interleave(
            {"few": plain(partial(few.get, address)), "many": plain(partial(many.get, address))},
            rounds=rounds,
        )
        note = f"{timings.milliseconds('many'):.1f} ms against {timings.milliseconds('few'):.1f} ms"
        ratio = timings.milliseconds("many") / timings.milliseconds("few")
        yield Row(f"{name}: {MANY:,} rows : {FEW} rows", ratio, GROWTH, note=note)
        counts = [_statements(browser, address) for browser in (few, many)]
        assert counts[0] == counts[1], f"{name} asks the database more often for more rows: {counts}"
        yield Row(f"{name}: statements", counts[1], STATEMENTS, counted=True)


def _browser(number: int) -> Browser:
    """Somebody whose team has so many profiles, templates and entries in its log."""
    user = person(f"{number} of each")
    team = home(user)
    for is_template in (False, True):
        _profiles(user, team, number, is_template=is_template)
    _entries(user, team, number)
    return Browser(user)


def _statements(browser: Browser, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        browser.get(address)
    return len(captured)


def _profiles(user: User, team: Team, number: int, *, is_template: bool) -> None:
    """One real profile, and rows like it: no list opens what is in them."""
    model = profiles.create(actor=user, team=team, document=largest())
    declaration = Declaration(summary="For all").to_json() if is_template else None
    now = timezone.now()
    made = (
        Profile(
            team=team,
            created_by=user,
            updated_by=user,
            updated_at=now - timedelta(minutes=index),
            name=f"Office {index}",
            identifier=f"com.example.vpn.{index}",
            sort_key=f"office {index}",
            search_key=f"office {index} com.example.vpn.{index}",
            uuid=str(index),
            envelope=model.envelope,
            targets=model.targets,
            sealed=model.sealed,
            declaration=declaration,
            is_template=is_template,
            revision=1,
        )
        for index in range(number)
    )
    Profile.objects.bulk_create(made, batch_size=BATCH)


def _entries(user: User, team: Team, number: int) -> None:
    made = (
        AuditEntry(
            team_id=team.pk,
            actor=user.username,
            event=Event.PROFILE_SAVED.value,
            name=f"Office {index}",
            detail="revision 2",
            address="192.0.2.1",
            search_key=f"{user.username} profile saved office {index} revision 2 192.0.2.1",
        )
        for index in range(number)
    )
    # Past its manager, which adds one at a time.
    QuerySet[AuditEntry](AuditEntry).bulk_create(made, batch_size=BATCH)
