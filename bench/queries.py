"""How often the database is asked: that must not grow with what there is."""

from collections.abc import Callable, Iterator
from functools import partial

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.browser import Browser, encoded
from bench.people import person
from bench.samples import largest
from bench.table import Budget, Row
from profiles.models import Profile
from profiles.services import profiles
from profiles.services.teams import home

TITLE = "Statements to the database, session, user and transactions included"
FEW, MANY = 10, 200
NAMES = ("-PayloadDisplayName", "-UserDefinedName")

LIST, PAGE, SAVE = Budget(6), Budget(7), Budget(15)


def rows(rounds: int) -> Iterator[Row]:
    """Yields counts; `rounds` do not matter, as each run has the same."""
    for number in (FEW, MANY):
        yield _list(number)
    for number in (1, 3):
        yield from _designer(number)


def _list(number: int) -> Row:
    user = person(f"list-{number}")
    for _ in range(number):
        profiles.create(actor=user, team=home(user), document=largest())
    browser = Browser(user)
    return _row(f"list of {number} profiles", partial(browser.get, reverse("profiles")), LIST)


def _designer(payloads: int) -> Iterator[Row]:
    user = person(f"designer-{payloads}")
    profile = profiles.create(actor=user, team=home(user), document=largest(payloads=payloads))
    browser = Browser(user)
    address = reverse("profile", args=[profile.pk])
    what = f"{payloads} payload{'s' * (payloads > 1)}"
    yield _row(f"designer's page with {what}", partial(browser.get, address), PAGE)
    body = _all_changed(browser, profile)
    yield _row(f"save of {what}, all changed", partial(browser.post, address, body, status=302), SAVE)
    profile.refresh_from_db()
    assert profile.revision == 2, "The save wrote no revision."


def _all_changed(browser: Browser, profile: Profile) -> str:
    """A form in which each part has another name than before."""
    typed = browser.typed(profile)
    return encoded({name: ["Changed"] if name.endswith(NAMES) else values for name, values in typed.items()})


def _row(name: str, ask: Callable[[], bytes], budget: Budget) -> Row:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return Row(name, len(captured), budget, counted=True)
