"""What the server takes for a save and for a preview, against the page of the designer: views, database and all."""

from collections.abc import Iterator
from itertools import count

from django.urls import reverse

from bench.browser import Browser, encoded
from bench.measure import Contender, interleave
from bench.people import person
from bench.samples import RULES, empty, full, largest
from bench.table import Budget, Row
from profiles.plist.document import Document
from profiles.services import profiles
from profiles.services.teams import home

TITLE = "Server time in the designer"
NAME = "profile-PayloadDisplayName"

OF_EMPTY = Budget(3)
OF_PAGE = {"preview": Budget(0.8), "save": Budget(1.0)}


def rows(rounds: int) -> Iterator[Row]:
    """Yields the ratios to the page; a save always changes something, so that a revision is written."""
    user = person("pages")
    profile = profiles.create(actor=user, team=home(user), document=largest())
    browser = Browser(user)
    page, preview, download = (
        reverse(name, args=[profile.pk]) for name in ("profile", "preview_profile", "download_profile")
    )
    typed = browser.typed(profile)
    numbers = count()

    def changed() -> str:
        profile.refresh_from_db(fields=["revision"])
        return encoded(typed | {NAME: [f"Office {next(numbers)}"], "base_revision": [str(profile.revision)]})

    contenders: dict[str, Contender[str]] = {
        "page": Contender(lambda _: browser.get(page), str),
        "preview": Contender(lambda body: browser.post(preview, body), changed),
        "save": Contender(lambda body: browser.post(page, body, status=302), changed),
        "signed download": Contender(lambda _: browser.get(download), str),
    }
    before = profile.revision
    timings = interleave(contenders, rounds=rounds)
    profile.refresh_from_db(fields=["revision"])
    assert profile.revision == before + rounds + 1, "A save wrote no revision."
    yield Row("the designer's page", timings.milliseconds("page"), unit="ms")
    yield from _full(rounds)
    for name in ("preview", "save", "signed download"):
        note = f"{timings.milliseconds(name):.1f} ms"
        yield Row(f"{name} : page", timings.ratio(name, "page"), OF_PAGE.get(name), note=note)


def _full(rounds: int) -> Iterator[Row]:
    """The page of a full profile against that of a blank one."""
    user = person("full")
    browser = Browser(user)
    offices = count()

    def address_of(document: Document) -> str:
        return reverse("profile", args=[profiles.create(actor=user, team=home(user), document=document).pk])

    def opened(address: str) -> Contender[str]:
        return Contender(lambda _: browser.get(address), str)

    timings = interleave(
        {
            "full": opened(address_of(full())),
            "empty": opened(address_of(empty())),
            "new": Contender(browser.get, lambda: address_of(full(f"Office{next(offices)}"))),
        },
        rounds=rounds,
    )
    note = f"8 payloads, {RULES} On-Demand rules: {timings.milliseconds('full'):.1f} ms against "
    yield Row(
        "a full profile's page : a blank one's",
        timings.ratio("full", "empty"),
        OF_EMPTY,
        note=f"{note}{timings.milliseconds('empty'):.1f} ms",
    )
    yield Row(
        "one whose rules nobody saw yet : a blank one's",
        timings.ratio("new", "empty"),
        note=f"{timings.milliseconds('new'):.1f} ms",
    )
