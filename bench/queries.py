"""How often the database is asked: that must not grow with what there is."""

from collections.abc import Callable, Iterator

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.browser import Browser, encoded
from bench.people import person
from bench.samples import largest
from bench.table import Budget, Row
from profiles.models import Profile
from profiles.services import profiles

TITLE = "Questions to the database (session, user and transactions included)"
FEW, MANY = 10, 200

List, Page, Save = Budget(4), Budget(5), Budget(14)


def rows(rounds: int) -> Iterator[Row]:
    """Yields counts; `rounds` do not matter, as each run has the same."""
    for number in (FEW, MANY):
        browser = Browser(_owner_of(number))
        yield _row(f"list of {number} profiles", lambda: browser.get(reverse("profiles")), List)
    for number in (1, 3):
        user = person(f"queries-{number}-payloads")
        profile = profiles.create(owner=user, document=largest(payloads=number))
        browser = Browser(user)
        address = reverse("profile", args=[profile.pk])
        what = f"of {number} payload{'s' * (number > 1)}"
        yield _row(f"designer's page {what}", lambda: browser.get(address), Page)
        body = _changed(browser, profile)
        yield _row(f"save {what}, all changed", lambda: browser.post(address, body, status=302), Save)
        profile.refresh_from_db()
        assert profile.revision == 2, "The save wrote no revision."
