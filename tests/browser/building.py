"""Building a profile as a person does, by mouse and keyboard: payloads, lists, uploads, the finished file."""

from __future__ import annotations

import plistlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Locator, Page, expect

from profiles.signing.cms import unwrap
from tests.browser.screen import Screen, called, is_save

ADDED: Final = {"PayloadIdentifier", "PayloadType", "PayloadUUID", "PayloadVersion"}
"""What the build adds to each payload by itself."""


@dataclass(frozen=True)
class Part:
    """One payload of the form, or one item of a list in it: rows are named by their path."""

    screen: Screen
    box: Locator

    def row(self, path: str) -> Locator:
        """The row of a key, in front of those of items inside it."""
        return self.box.locator(f'.key[data-path="{path}"]').first

    def fill(self, path: str, text: str) -> None:
        self.row(path).locator(
            "input:not([type=radio], [type=checkbox], [type=hidden]), textarea"
        ).first.fill(text)

    def choose(self, path: str, title: str) -> None:
        """Press one of the choices that stand side by side, tick one, or pick one from a list."""
        select = self.row(path).locator(".key__control > select")
        if select.count():
            select.select_option(label=select.locator("option", has_text=called(title)).first.inner_text())
        else:
            self.row(path).locator(".key__control").first.get_by_text(called(title)).first.click()

    def refer(self, path: str, title: str) -> None:
        """Choose the payload of that title."""
        select = self.row(path).locator(".key__control > select")
        select.select_option(label=select.locator("option", has_text=title).first.inner_text())

    def add(self, path: str) -> Part:
        """Add an item to a list, by keyboard."""
        row = self.row(path)
        button = row.locator(":scope > .key__value > .key__control > .items > .items__add")
        button.focus()
        self.screen.page.keyboard.press("Enter")
        return self.item(path)

    def item(self, path: str, index: int = -1) -> Part:
        """An item of a list, opened."""
        items = self.row(path).locator(":scope > .key__value > .key__control > .items > .items__list > .item")
        place = items.last if index == -1 else items.nth(index)
        # By its id, since it may move.
        found = self.screen.page.locator(f"#{place.get_attribute('id')}")
        if found.locator(":scope > details").get_attribute("open") is None:
            found.locator(":scope > details > summary").click()
        return Part(self.screen, found)


@dataclass(frozen=True)
class Workshop:
    """The designer, to build in."""

    page: Page

    @property
    def screen(self) -> Screen:
        return Screen(self.page)

    def begin(self, name: str, point: str) -> None:
        """Make a profile from a starting point."""
        self.page.goto("/profiles/new")
        self.page.get_by_label("Name", exact=True).fill(name)
        self.page.get_by_text(point, exact=True).click()
        self.page.get_by_role("button", name="Create").click()
        expect(self.page.locator("#designer")).to_be_visible()

    def envelope(self) -> Part:
        return Part(self.screen, self.page.locator("#part-profile"))

    def part(self, index: int = 0) -> Part:
        """A payload, in the order of the form."""
        return Part(self.screen, self.page.locator("#designer .part:not(#part-profile)").nth(index))

    def add_payload(self, title: str) -> Part:
        """Choose a payload type from the menu below the sections, and wait for its form."""
        count = self.page.locator("#designer .part").count()
        self.page.locator(".editor__nav .add-payload > summary").click()
        self.page.locator(".editor__nav .add-payload").get_by_text(title, exact=True).click()
        expect(self.page.locator("#designer .part")).to_have_count(count + 1)
        return self.part(count - 1)

    def add_reference(self, part: Part, path: str, title: str) -> Part:
        """Add what a reference needs from beside it; it is referred to at once."""
        count = self.page.locator("#designer .part").count()
        part.row(path).locator(".menu > summary").click()
        part.row(path).get_by_role("button", name=title).click()
        expect(self.page.locator("#designer .part")).to_have_count(count + 1)
        return self.part(count - 1)

    def upload(self, part: Part, file: Path, password: str = "") -> None:
        """Bring a file into the library from beside the payload, which chooses it at once."""
        part.row("PayloadContent").get_by_role("button", name="Upload").click()
        dialog = self.page.locator("#upload")
        dialog.get_by_label("File", exact=True).set_input_files(file)
        dialog.get_by_label("Password", exact=True).fill(password)
        dialog.get_by_role("button", name="Add", exact=True).click()
        expect(dialog).to_be_hidden()
        expect(part.row("PayloadContent").locator("select")).not_to_have_value("")

    def target(self, system: str, version: str) -> None:
        self.screen.target(system).fill(version)

    def save(self) -> None:
        with self.page.expect_response(is_save):
            self.page.keyboard.press("ControlOrMeta+s")
        expect(self.page.locator("[data-unsaved]")).to_be_hidden()

    def errors(self) -> list[str]:
        """The errors that the right pane tells of."""
        return self.page.locator("#review .problem--error .problem__message").all_inner_texts()

    def file(self) -> dict[str, Any]:
        """The signed file, unwrapped and read."""
        return dict(plistlib.loads(unwrap(self.screen.download())))


def own_keys(payload: dict[str, Any]) -> dict[str, Any]:
    """A payload without what the build adds."""
    return {name: value for name, value in payload.items() if name not in ADDED}
