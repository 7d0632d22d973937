"""The certificates library as a person uses it: real files uploaded, looked through, searched, removed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from profiles.models import User
from profiles.services import certificates
from profiles.services.teams import home
from tests.browser.barriers import barriers
from tests.signing.making import openssl

PASSWORD = "p12 pass & word"


@dataclass(frozen=True)
class Files:
    """What the real openssl made."""

    root: Path
    p12: Path


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("library")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    root = ("-subj", "/CN=Example Root CA", "-days", "900", "-keyout", "root.key", "-out", "root.crt")
    openssl("req", "-x509", *curve, *root, folder=folder)
    request = ("-subj", "/CN=alice@example.com", "-keyout", "alice.key", "-out", "alice.csr")
    openssl("req", *curve, *request, folder=folder)
    (folder / "extensions").write_text(
        "extendedKeyUsage=clientAuth\nsubjectAltName=email:alice@example.com\n"
    )
    issue = ("-CA", "root.crt", "-CAkey", "root.key", "-CAcreateserial", "-extfile", "extensions")
    openssl("x509", "-req", "-in", "alice.csr", *issue, "-days", "12", "-out", "alice.crt", folder=folder)
    parts = ("-inkey", "alice.key", "-in", "alice.crt", "-certfile", "root.crt")
    openssl("pkcs12", "-export", *parts, "-passout", f"pass:{PASSWORD}", "-out", "alice.p12", folder=folder)
    return Files(folder / "root.crt", folder / "alice.p12")


@pytest.fixture
def page(page_as_alice: Page) -> Page:
    page_as_alice.goto("/certificates/")
    return page_as_alice


def form(page: Page) -> Locator:
    return page.locator("form.add__form")


def upload(page: Page, file: Path, password: str = "", name: str = "") -> None:
    fields = form(page)
    fields.get_by_label("File", exact=True).set_input_files(file)
    fields.get_by_label("Password").fill(password)
    fields.get_by_label("Name", exact=True).fill(name)
    fields.get_by_role("button", name="Add").click()


def entry(page: Page, name: str) -> Locator:
    return page.locator("#entries details").filter(has=page.locator(".entry__name", has_text=name))


def test_a_pkcs12_becomes_two_entries_that_tell_all_about_themselves(page: Page, files: Files) -> None:
    upload(page, files.p12, PASSWORD, "Laptop")
    expect(page.get_by_role("status")).to_contain_text("In the library: “Laptop”, “Example Root CA”.")
    laptop = entry(page, "Laptop")
    expect(laptop).to_contain_text("Identity")
    expect(laptop).to_contain_text("ends in 11 days")
    expect(laptop.get_by_text("clientAuth")).to_be_hidden()
    laptop.locator("summary").click()
    for fact in ("clientAuth", "alice@example.com", "P-256", "Example Root CA"):
        expect(laptop.locator("dl")).to_contain_text(fact)
    expect(laptop.get_by_text("clientAuth")).to_be_visible()
    expect(entry(page, "Example Root CA")).to_contain_text("Authority")


def test_a_wrong_password_is_named_beside_it_and_the_name_typed_stays(page: Page, files: Files) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    upload(page, files.p12, "not that", "Laptop")
    expect(form(page).get_by_text("The password does not open this file")).to_be_in_viewport()
    expect(form(page).get_by_label("Password")).to_have_value("")
    expect(form(page).get_by_label("Name", exact=True)).to_have_value("Laptop")
    expect(page.locator("#entries details")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert barriers(page) == []


def test_pem_is_pasted_and_the_device_may_ask_for_the_password(page: Page, files: Files, alice: User) -> None:
    form(page).get_by_label("Or paste PEM").fill(files.root.read_text())
    form(page).get_by_role("button", name="Add").click()
    expect(entry(page, "Example Root CA")).to_have_count(1)
    form(page).get_by_label("Ask on the device").check()
    upload(page, files.p12, PASSWORD)
    expect(entry(page, "alice@example.com")).to_have_count(1)
    (identity,) = certificates.entries(user=alice, team_id=home(alice).pk).filter(has_key=True)
    assert (
        certificates.content(user=alice, team_id=home(alice).pk, certificate_id=identity.pk).password is None
    )


def test_typing_searches_and_the_address_keeps_it(page: Page, files: Files) -> None:
    upload(page, files.p12, PASSWORD, "Laptop")
    page.get_by_label("Find a certificate").fill("laptop")
    expect(page.locator("#entries details")).to_have_count(1)
    expect(entry(page, "Laptop")).to_be_visible()
    page.reload()
    expect(page.locator("#entries details")).to_have_count(1)
    page.get_by_label("Find a certificate").fill("nowhere")
    expect(page.get_by_role("heading", name="Nothing matches “nowhere”")).to_be_visible()
    page.get_by_role("link", name="Show all certificates").click()
    expect(page.locator("#entries details")).to_have_count(2)


def test_the_certificate_is_downloaded_and_renamed(page: Page, files: Files) -> None:
    upload(page, files.p12, PASSWORD, "Laptop")
    entry(page, "Laptop").locator("summary").click()
    with page.expect_download() as info:
        page.get_by_role("link", name="Download the certificate Laptop").click()
    assert info.value.suggested_filename == "Laptop.cer"
    assert info.value.path().read_bytes().startswith(b"\x30\x82")
    page.get_by_label("Name of Laptop").fill("Desk")
    page.get_by_label("Name of Laptop").press("Enter")
    expect(page.get_by_role("status")).to_have_text("It is called “Desk” now.")
    expect(entry(page, "Desk")).to_be_visible()


def test_an_entry_is_removed_only_after_a_second_yes(page: Page, files: Files) -> None:
    upload(page, files.p12, PASSWORD, "Laptop")
    for answer, left in (("Keep it", 1), ("Remove it", 0)):
        entry(page, "Laptop").locator("summary").click()
        page.get_by_role("button", name="Remove Laptop").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Remove “Laptop”?")
        assert barriers(page) == []
        page.locator(".page__actions").get_by_text(answer).click()
        expect(entry(page, "Laptop")).to_have_count(left)
    expect(page.get_by_role("status")).to_contain_text("Profiles that hold it keep their copy.")


def test_axe_finds_no_barrier_in_open_entries_or_an_empty_library(page: Page, files: Files) -> None:
    expect(page.get_by_role("heading", name="No certificates yet")).to_be_visible()
    assert barriers(page) == []
    upload(page, files.p12, PASSWORD, "Laptop" * 30)
    for summary in page.locator("#entries summary").all():
        summary.click()
    assert barriers(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_it_works_without_scripts(
    browser: Browser, page: Page, files: Files, live_server: LiveServer
) -> None:
    state = page.context.storage_state()
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url, storage_state=state)
    page = context.new_page()
    page.goto("/certificates/")
    upload(page, files.p12, PASSWORD, "Laptop")
    entry(page, "Laptop").locator("summary").click()
    expect(entry(page, "Laptop").get_by_text("clientAuth")).to_be_visible()
    page.get_by_label("Find a certificate").fill("laptop")
    page.get_by_label("Find a certificate").press("Enter")
    expect(page.locator("#entries details")).to_have_count(1)
    context.close()
