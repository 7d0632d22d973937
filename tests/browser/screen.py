"""The designer's screens as a person handles them: rows by Apple's names, saving by keyboard."""

from __future__ import annotations

import re
from typing import Final

from playwright.sync_api import Locator, Page, Response, expect

from profiles.catalogue.envelope import ENVELOPE
from profiles.models import Profile, User
from profiles.services import profiles, starting_points
from profiles.services.teams import home

IKE: Final = "IKEv2.IKESecurityAssociationParameters"
CHILD: Final = "IKEv2.ChildSecurityAssociationParameters"
SAVED: Final = 302
"""The status of a save that worked; what is shown then comes from the page that it leads to."""


def start_profile(owner: User, point: str = "eap-password", *, name: str = "Office VPN") -> Profile:
    """A profile as “New profile” makes it."""
    document = starting_points.begin(
        starting_points.all_points()[point],
        name=name,
        organization="Example",
        identifier_prefix="com.example",
    )
    return profiles.create(actor=owner, team=home(owner), document=document)


def called(title: str) -> re.Pattern[str]:
    """A choice by its title, with or without the value of the file behind it."""
    return re.compile(rf"^\s*{re.escape(title)}(?: \(\S+\))?\s*$")


def is_save(response: Response) -> bool:
    """Is this the answer to a save, not to a preview?"""
    return response.request.method == "POST" and response.url.rpartition("/")[2] not in ("preview", "new")


class Screen:
    """The designer on a page; keys are named by their path, such as `IKEv2.MTU`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.form = page.locator("#designer")
        self.problems = page.locator("#review .problem")
        self.xml = page.locator("#review .xml__lines")
        self.unsaved = page.locator("[data-unsaved]")
        self.saved = page.locator("[data-saved]")

    def open(self, profile: Profile) -> Screen:
        self.page.goto(f"/profiles/{profile.pk}")
        return self

    def row(self, path: str) -> Locator:
        """The row of a key; what profile and payload both have is the profile's."""
        if path in ENVELOPE.by_path:
            return self.page.locator(f"#designer #id_profile-{path}_row")
        return self.page.locator(f'#designer .key[data-path="{path}"]')

    def control(self, path: str) -> Locator:
        """The text field, area or list of a key."""
        controls = ":is(input:not([type=radio], [type=checkbox]), textarea, .key__control > select)"
        return self.row(path).locator(controls).first

    def radios(self, path: str) -> Locator:
        return self.row(path).locator("input[type=radio]")

    def choose(self, path: str, title: str) -> None:
        """Press one of a few choices that stand side by side."""
        self.row(path).locator(".segments__label").get_by_text(called(title)).click()

    def problem(self, path: str) -> Locator:
        """What stands beside a key about it."""
        return self.row(path).locator(".key__problem")

    def place(self, name: str) -> Locator:
        """What leads from a problem to its row."""
        return self.problems.locator(".problem__place", has_text=name)

    def target(self, system: str) -> Locator:
        return self.page.get_by_label(system, exact=True)

    def wait_for_preview(self) -> None:
        """Wait until the right pane shows what is typed; call it right after typing."""
        with self.page.expect_response("**/preview"):
            pass

    def save(self) -> int:
        """Save by keyboard, wait until the page shows the answer, and return its status."""
        # The mark is on the form that is replaced.
        self.form.evaluate("form => form.setAttribute('data-old', '')")
        response = self.press_save()
        expect(self.page.locator("#designer[data-old]")).to_have_count(0)
        return response.status

    def press_save(self) -> Response:
        """Save by keyboard, and return the server's answer, whatever the page makes of it."""
        with self.page.expect_response(is_save) as answer:
            self.page.keyboard.press("ControlOrMeta+s")
        return answer.value

    def download(self, title: str = "Signed") -> bytes:
        """Choose a way to download, and return the file."""
        self.page.locator("summary", has_text="Download").click()
        with self.page.expect_download() as info:
            self.page.get_by_role("link", name=re.compile(f"^{title}")).first.click()
        return info.value.path().read_bytes()
