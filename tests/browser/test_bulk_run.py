"""Bulk runs as people see them through, with a real worker beside the server."""

from __future__ import annotations

import csv
import io
import plistlib
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import settings
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from profiles.models import BulkRun, Profile, RunState, User
from profiles.plist.document import derived_uuid
from profiles.services import signing
from profiles.services.bulk import claims
from profiles.services.bulk.work import beat
from profiles.services.teams import home
from profiles.signing import cms
from tests.browser.conftest import Visitor, signed_in
from tests.processes import running_worker, wait_until
from tests.same_data import same_data
from tests.services.bulk.run_samples import COLUMNS, checked, letters, people, person, pin, started
from tests.services.signers import openssl_verify
from tests.services.template_samples import make_template
from tests.signing.making import certificate, key_pem, pem

PEOPLE: Final = 2_500
"""As many as take a worker some seconds with a slow key."""

BEGINS: Final = 20_000
"""Milliseconds until a worker has begun, and done a little."""

ENDS: Final = 120_000
"""Milliseconds until it has done all."""

BAR: Final = "document.querySelector('.run__bar')"

Start = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody in the list."""

    user: str
    pin: str
    room: str
    email: str

    @property
    def cells(self) -> list[str]:
        """As they stand in the list."""
        return [self.user, self.pin, self.room, self.email]


@dataclass(frozen=True, kw_only=True)
class Signer:
    """What signs for Alice, and the authority behind it."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate
    root: x509.Certificate

    def content_of(self, signed: bytes) -> dict[str, Any]:
        """The profile, if the signature holds; raises VerificationError."""
        content: dict[str, Any] = plistlib.loads(cms.verify(signed, trusted=[self.root]).content)
        return content


@pytest.fixture(scope="module")
def slow_signer() -> Signer:
    """Signs so slowly that somebody can watch."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = certificate("Office CA", root_key, authority=True, usage=["key_cert_sign"])
    key = rsa.generate_private_key(public_exponent=65537, key_size=4096)
    usage = ["digital_signature"]
    made = certificate("Office signer", key, issuer=root, issuer_key=root_key, usage=usage)
    return Signer(key=key, certificate=made, root=root)


@pytest.fixture
def signer(alice: User, slow_signer: Signer) -> Signer:
    """In Alice's team."""
    chain = pem(slow_signer.certificate, slow_signer.root)
    signing.add_pem(actor=alice, team=home(alice), name="Office", key=key_pem(slow_signer.key), chain=chain)
    return slow_signer


@pytest.fixture
def template(alice: User) -> Profile:
    return make_template(alice)


@pytest.fixture
def start_worker(live_server: LiveServer, tmp_path: Path) -> Start:
    """Starts a worker on the database and the broker of the server."""
    for message in settings.BROKER_DIR.iterdir():
        message.unlink()
    return lambda: running_worker(tmp_path / "worker.log", WORKERS="1", **same_data())


def somebody(number: int, **other: str) -> Person:
    user = letters(number)
    usual = Person(
        user=user, pin=pin(number), room=f"Raum {number} „Süd“; links", email=f"{user}@example.org"
    )
    return replace(usual, **other)


def as_a_spreadsheet_saves_it(rows: Sequence[Person]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(["User name", "PIN", "Room", "E-mail"])
    writer.writerows([row.cells for row in rows])
    return text.getvalue().encode("utf-8-sig")


def shows(page: Page, headline: str, *, within: float = BEGINS) -> None:
    """Wait until the page shows a run in that state."""
    expect(page.get_by_role("heading", name=headline, exact=True)).to_be_visible(timeout=within)


def made(page: Page) -> int:
    """How far the bar is."""
    return int(page.evaluate(f"{BAR}.value"))


def moves_past(page: Page, value: int) -> None:
    """Wait until the bar is farther than that, and not at its end."""
    wait_until(lambda: value < made(page), seconds=BEGINS / 1_000)
    assert made(page) < page.evaluate(f"{BAR}.max")


def downloaded(page: Page, button: str) -> bytes:
    with page.expect_download() as info:
        page.get_by_role("button", name=button).click()
    return info.value.path().read_bytes()


def table(content: bytes) -> list[list[str]]:
    return [*csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))]


def correct(page: Page, row: int, label: str, text: str) -> None:
    page.get_by_role("link", name=f"Correct row {row:,}").click()
    page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Save and check").click()
    expect(page.get_by_text(f"Row {row:,} is right now.")).to_be_visible()


def test_from_a_list_with_mistakes_to_a_verified_profile_for_each(
    page_as_alice: Page, template: Profile, signer: Signer, start_worker: Start, tmp_path: Path
) -> None:
    page = page_as_alice
    everybody = [somebody(number) for number in range(PEOPLE)]
    wrong = {
        501: somebody(9001, user="No Such Name"),
        1002: somebody(9002, email="nowhere"),
        1503: somebody(9003, user=everybody[7].user),
    }
    rows = list(everybody)
    for line, each in wrong.items():
        rows.insert(line - 2, each)
    page.goto("/runs/")
    page.get_by_role("link", name="New run").first.click()
    page.get_by_label("Template").select_option(label="Office VPN")
    content = as_a_spreadsheet_saves_it(rows)
    page.get_by_label("List of people").set_input_files(
        {"name": "Büro.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text(f"Büro.csv · {len(rows):,} rows · 4 columns")).to_be_visible()
    expect(page.get_by_role("cell", name="Raum 2 „Süd“; links")).to_be_visible()
    page.get_by_label("What tells people apart").select_option(label="User name")

    with start_worker():
        page.get_by_role("button", name="Check all rows").click()
        shows(page, "Ready to start", within=ENDS)
        _mistakes_are_told(page, wrong)
        correct(page, 501, "User name", "mended.one")
        correct(page, 1002, "E-mail", "mended.two@example.org")
        page.get_by_role("button", name=f"Make {PEOPLE + 2:,} profiles").click()
        _is_watched(page)
        shows(page, "Finished", within=ENDS)
        expect(page.locator(".run__numbers")).to_have_text(f"{PEOPLE + 2:,} of {PEOPLE + 2:,}")
        correct(page, 1503, "User name", "mended.three")
        page.get_by_role("button", name="Make 1 more profile").click()
        shows(page, "Finished")
        expect(page.locator(".run__numbers")).to_have_text(f"{PEOPLE + 3:,} of {PEOPLE + 3:,}")
        expect(page.get_by_role("heading", name="Rows to look at")).to_have_count(0)

    expected = [
        *everybody,
        replace(wrong[501], user="mended.one"),
        wrong[1002],
        replace(wrong[1503], user="mended.three"),
    ]
    files = ZipFile(io.BytesIO(downloaded(page, "Download the zip")))
    _everybody_has_a_file(files, expected, template, signer)
    for name in ("a.mobileconfig", "mended.one.mobileconfig", "mended.three.mobileconfig"):
        signed = files.read(name)
        assert openssl_verify(signed, pem(signer.root), tmp_path) == cms.unwrap(signed)


def _mistakes_are_told(page: Page, wrong: dict[int, Person]) -> None:
    expect(page.locator(".run__line")).to_contain_text(f"{PEOPLE:,} ready")
    expect(page.locator(".run__line")).to_contain_text("3 to be corrected")
    reasons = {
        501: "User name is not of the form that the template asks for (Small letters and dots). Correct it.",
        1002: "“E-mail” is no e-mail address. Write it as user@example.org.",
        1503: "An earlier row has the same “User name”. Everybody is in the list once.",
    }
    listed = page.locator(".list--rows tbody tr")
    expect(listed).to_have_count(3)
    for line, reason in reasons.items():
        row = listed.filter(has=page.get_by_role("cell", name=f"{line:,}", exact=True))
        expect(row).to_contain_text(reason)
    header, *rows = table(downloaded(page, "Download them as CSV"))
    assert header == ["row", "reason", "User name", "PIN", "Room", "E-mail"]
    assert rows == [[str(line), reasons[line], *wrong[line].cells] for line in reasons]


def _is_watched(page: Page) -> None:
    """The bar moves, over a reload and a pause."""
    shows(page, "Running")
    moves_past(page, 0)
    expect(page.locator(".run__rate")).to_have_text(re.compile(r"^[\d,]+ a (second|minute)$"), timeout=BEGINS)
    expect(page.locator(".run__left")).to_have_text(re.compile(r"^\d+ (second|minute)s? left$"))
    expect(page).to_have_title(re.compile(r"^\d+ % · Office VPN"))
    before = made(page)
    page.reload()
    shows(page, "Running")
    assert 0 < before <= made(page)
    moves_past(page, before)

    page.get_by_role("button", name="Pause").click()
    shows(page, "Paused")
    run = BulkRun.objects.get(state=RunState.PAUSED)
    wait_until(lambda: not claims.in_hand(run).exists())  # what a worker had in hand is made
    page.reload()
    held = made(page)
    page.wait_for_timeout(1_000)
    page.reload()
    assert 0 < made(page) == held < PEOPLE
    expect(page).to_have_title(re.compile("^Office VPN"))
    page.get_by_role("button", name="Go on").click()


def _everybody_has_a_file(
    files: ZipFile, expected: Sequence[Person], template: Profile, signer: Signer
) -> None:
    assert files.testzip() is None
    assert len({name.casefold() for name in files.namelist()}) == len(files.namelist()) == len(expected)
    uuids = set()
    for each in expected:
        profile = signer.content_of(files.read(f"{each.user}.mobileconfig"))
        tunnel = profile["PayloadContent"][0]
        assert profile["PayloadUUID"] == derived_uuid(str(template.pk), each.user)
        assert profile["PayloadDescription"] == f"Room {each.room}"
        assert (tunnel["IKEv2"]["AuthName"], tunnel["IKEv2"]["AuthPassword"]) == (each.user, each.pin)
        assert tunnel["IKEv2"]["LocalIdentifier"] == f"{each.user}@example.com"
        uuids |= {profile["PayloadUUID"], tunnel["PayloadUUID"]}
    assert len(uuids) == 2 * len(expected)


def test_from_links_in_a_table_to_the_profile_on_a_phone(
    page_as_alice: Page,
    visitor: Visitor,
    alice: User,
    template: Profile,
    signer: Signer,
    start_worker: Start,
) -> None:
    page = page_as_alice
    run = checked(alice, template, people(3))
    page.goto(f"/runs/{run.pk}")
    page.get_by_label("An install link for each").check()
    expect(page.get_by_label("Do not sign")).to_be_hidden()
    page.get_by_label("Each link works once").check()
    page.get_by_role("button", name="Make 3 profiles").click()
    with start_worker():
        shows(page, "Finished")

    header, *rows = table(downloaded(page, "Download the links as CSV"))
    assert header == ["name", "email", "link", "expires"]
    assert [row[:2] for row in rows] == [[name, f"{name}@example.org"] for name in "abc"]
    path = rows[1][2].removeprefix("http://127.0.0.1:8000")
    phone = visitor()
    phone.goto(path)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Office VPN")
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    profile = signer.content_of(downloaded(phone, "Download the profile"))
    tunnel = profile["PayloadContent"][0]["IKEv2"]
    assert (tunnel["AuthName"], tunnel["AuthPassword"]) == ("b", pin(1))
    phone.goto(path)
    expect(phone.get_by_text("This link works once, and has been used.")).to_be_visible()


def test_without_scripts_the_page_says_how_to_see_how_far_it_is(
    live_server: LiveServer,
    visitor: Visitor,
    alice: User,
    page: Page,
    template: Profile,
    signer: Signer,
    start_worker: Start,
) -> None:
    plain = signed_in(visitor(java_script_enabled=False), live_server.url, alice)
    plain.goto(f"/runs/new?template={template.pk}")
    plain.get_by_label("Or paste it").fill("\n".join("\t".join(row) for row in [COLUMNS, *people(3)]))
    plain.get_by_role("button", name="Go on").click()
    plain.get_by_label("What tells people apart").select_option(label="user")
    with start_worker():
        plain.get_by_role("button", name="Check all rows").click()
        _look_again_until(plain, "Ready to start")
        assert plain.evaluate("document.documentElement.scrollWidth") == 390
        plain.get_by_role("button", name="Make 3 profiles").click()
        _look_again_until(plain, "Finished")
    files = ZipFile(io.BytesIO(downloaded(plain, "Download the zip")))
    assert files.namelist() == ["a.mobileconfig", "b.mobileconfig", "c.mobileconfig"]


def _look_again_until(page: Page, headline: str) -> None:
    for _ in range(60):
        if page.get_by_role("heading", name=headline, exact=True).is_visible():
            return
        page.get_by_role("link", name="See how far it is now").click()
        page.wait_for_timeout(200)
    raise AssertionError(f"It never was “{headline}”.")


def test_that_no_worker_is_there_is_told_until_one_is(
    page_as_alice: Page, alice: User, template: Profile, signer: Signer, start_worker: Start
) -> None:
    page = page_as_alice
    run = checked(alice, template, people(3))
    page.goto(f"/runs/{run.pk}")
    page.get_by_role("button", name="Make 3 profiles").click()
    notice = page.get_by_text("No worker has answered lately.")
    expect(notice.first).to_be_visible()
    expect(page.locator("[data-told]")).to_contain_text("No worker has answered lately.")
    with start_worker():
        shows(page, "Finished")
    expect(notice).to_have_count(0)


# --- A page that is watched ------------------------------------------------------------------------------------------


@pytest.fixture
def watched(page_as_alice: Page, alice: User, template: Profile, signer: Signer) -> Page:
    """The page of a run on which nobody works, though there was a sign of life."""
    run = started(alice, template, people(3))
    beat()
    page_as_alice.goto(f"/runs/{run.pk}")
    return page_as_alice


def looks_again(page: Page) -> None:
    """Wait until it has."""
    with page.expect_response("**/progress?*"):
        pass


def test_the_focus_stays_where_it_is_while_the_page_looks_again(watched: Page) -> None:
    pause = watched.get_by_role("button", name="Pause")
    pause.focus()
    for _ in range(2):
        looks_again(watched)
    expect(pause).to_be_focused()
    watched.keyboard.press("Enter")
    shows(watched, "Paused")


def test_that_the_server_cannot_be_reached_is_told_until_it_can(watched: Page, complaints: list[str]) -> None:
    notice = watched.get_by_text("The server cannot be reached just now.")
    watched.route("**/progress?*", _cut)
    expect(notice).to_be_visible()
    watched.unroute("**/progress?*")
    expect(notice).to_be_hidden()
    # The browser says so, too.
    assert all(text.startswith(("htmx:", "Failed to load resource: net::ERR_FAILED")) for text in complaints)
    complaints.clear()


def _cut(route: Route) -> None:
    route.abort()


def test_whoever_is_signed_out_meanwhile_comes_back_to_the_run(watched: Page, alice: User) -> None:
    watched.context.clear_cookies()
    expect(watched.get_by_label("Username")).to_be_visible()
    assert watched.url.endswith(f"/login/?next=/runs/{BulkRun.objects.get().pk}")


def test_a_run_that_is_deleted_elsewhere_is_gone_from_the_page(watched: Page) -> None:
    BulkRun.objects.all().delete()
    expect(watched.get_by_role("heading", name="There is nothing here")).to_be_visible()


def test_a_run_that_is_paused_elsewhere_is_paused_on_the_page(watched: Page) -> None:
    BulkRun.objects.update(state=RunState.PAUSED)
    shows(watched, "Paused")
    expect(watched.get_by_role("button", name="Go on")).to_be_visible()


# --- Forms -----------------------------------------------------------------------------------------------------------


def test_after_a_refusal_the_focus_is_on_what_is_wrong(
    page_as_alice: Page, alice: User, template: Profile, signer: Signer
) -> None:
    page = page_as_alice
    page.goto("/runs/new")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("Template")).to_be_focused()
    page.get_by_label("Template").select_option(label="Office VPN")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("List of people")).to_be_focused()

    run = checked(alice, template, [*people(2), person(2, user="Bad")])
    page.goto(f"/runs/{run.pk}")
    page.get_by_label("An e-mail with an install link to each").check()
    page.get_by_role("button", name="Make 2 profiles").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_be_in_viewport()
    page.get_by_role("link", name="Correct row 4").click()
    page.get_by_role("button", name="Save and check").click()
    expect(page.get_by_role("alert")).to_be_focused()


@pytest.fixture
def filled_in(page_as_alice: Page, template: Profile) -> Page:
    """The form that begins a run, with a list in it."""
    page_as_alice.goto(f"/runs/new?template={template.pk}")
    page_as_alice.get_by_label("Or paste it").fill("user\tpin\nann\t1\nbob\t2\n")
    return page_as_alice


def test_two_clicks_begin_one_run(filled_in: Page) -> None:
    filled_in.get_by_role("button", name="Go on").dblclick()
    expect(filled_in.get_by_role("heading", name="Which column is which?")).to_be_visible()
    assert BulkRun.objects.count() == 1


def test_while_a_list_is_being_read_the_form_says_so(filled_in: Page) -> None:
    notice = filled_in.get_by_text("It is being read. A long list takes some seconds.")
    expect(notice).to_be_hidden()
    # An answer that never comes; playwright looks at nothing while one is awaited.
    filled_in.route("**/runs/new?*", lambda route: route.abort("aborted"))
    filled_in.get_by_role("button", name="Go on").click()
    expect(notice).to_be_visible()


def test_parts_of_the_form_appear_with_the_way_that_they_are_about(
    page_as_alice: Page, alice: User, template: Profile, signer: Signer
) -> None:
    page = page_as_alice
    run = checked(alice, template, people(2))
    page.goto(f"/runs/{run.pk}")
    ways = {
        "A zip of files": {"Do not sign"},
        "An install link for each": {"Links work for"},
        "An e-mail with an install link to each": {"Links work for", "Message"},
    }
    for way, shown in ways.items():
        page.get_by_label(way, exact=True).check()
        for label in ("Do not sign", "Links work for", "Message"):
            expect(page.get_by_label(label)).to_be_visible(visible=label in shown)
