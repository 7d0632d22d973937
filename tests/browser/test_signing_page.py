"""Identities that sign: uploaded as real files, judged, chosen, removed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from profiles.models import User
from tests.browser.screen import Screen, start_profile
from tests.services.signers import openssl_verify
from tests.signing.making import openssl

PASSWORD = "p12 pass & word"
EXTENSIONS = "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\n"

pytestmark = pytest.mark.usefixtures("server_identity")


@dataclass(frozen=True)
class Files:
    """An identity that the real openssl made, with its authority."""

    root: Path
    key: Path
    chain: Path
    p12: Path


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("identity")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    authority = ("-subj", "/CN=Example Root CA", "-days", "900", "-keyout", "root.key", "-out", "root.crt")
    openssl("req", "-x509", *curve, *authority, folder=folder)
    openssl(
        "req",
        *curve,
        "-subj",
        "/CN=Example Signer",
        "-keyout",
        "signer.key",
        "-out",
        "signer.csr",
        folder=folder,
    )
    (folder / "extensions").write_text(EXTENSIONS)
    issue = (
        "-CA",
        "root.crt",
        "-CAkey",
        "root.key",
        "-CAcreateserial",
        "-extfile",
        "extensions",
        "-days",
        "600",
    )
    openssl("x509", "-req", "-in", "signer.csr", *issue, "-out", "signer.crt", folder=folder)
    (folder / "chain.pem").write_bytes(
        (folder / "signer.crt").read_bytes() + (folder / "root.crt").read_bytes()
    )
    parts = ("-inkey", "signer.key", "-in", "signer.crt", "-certfile", "root.crt")
    openssl("pkcs12", "-export", *parts, "-passout", f"pass:{PASSWORD}", "-out", "signer.p12", folder=folder)
    return Files(folder / "root.crt", folder / "signer.key", folder / "chain.pem", folder / "signer.p12")


@pytest.fixture
def page(page_as_alice: Page) -> Page:
    page_as_alice.goto("/signing/")
    return page_as_alice


def form(page: Page, title: str) -> Locator:
    return page.locator("form.add__form").filter(has=page.get_by_role("heading", name=title))


def upload(page: Page, file: Path, password: str, name: str = "Office signer") -> None:
    fields = form(page, "PKCS #12 file")
    fields.get_by_label("Name").fill(name)
    fields.get_by_label("PKCS #12 file").set_input_files(file)
    fields.get_by_label("Password").fill(password)
    fields.get_by_role("button", name="Add").click()


def identity(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Signing identities").locator("li", has_text=name)


def test_the_servers_own_identity_says_who_will_trust_it(page: Page) -> None:
    expect(identity(page, "This server")).to_contain_text("Shows as Verified on devices that trust")
    expect(identity(page, "This server")).to_contain_text("Default of the team")


def test_a_pkcs12_file_from_openssl_is_taken_and_judged(page: Page, files: Files) -> None:
    upload(page, files.p12, PASSWORD)
    expect(page.get_by_role("status")).to_have_text("“Office signer” can sign from now on.")
    expect(identity(page, "Office signer")).to_contain_text("Example Signer")
    expect(identity(page, "Office signer").locator(".verdict")).to_contain_text("“Example Root CA”")


def test_a_wrong_password_is_named_and_the_name_typed_stays(page: Page, files: Files) -> None:
    upload(page, files.p12, "not that")
    expect(form(page, "PKCS #12 file")).to_contain_text("password")
    expect(form(page, "PKCS #12 file").locator(".alert, .invalid-feedback").first).to_be_visible()
    expect(form(page, "PKCS #12 file").get_by_label("Name")).to_have_value("Office signer")
    expect(form(page, "PKCS #12 file").get_by_label("Password")).to_have_value("")
    expect(identity(page, "Office signer")).to_have_count(0)


def test_a_file_that_is_no_pkcs12_is_refused_with_a_sentence(page: Page, files: Files) -> None:
    upload(page, files.chain, "")
    expect(form(page, "PKCS #12 file").locator(".alert")).to_contain_text("PKCS #12")
    expect(identity(page, "Office signer")).to_have_count(0)


def test_a_pem_key_with_its_chain_signs_what_openssl_verifies(
    page: Page, files: Files, alice: User, tmp_path: Path
) -> None:
    fields = form(page, "PEM files")
    fields.get_by_label("Name").fill("PEM signer")
    fields.get_by_label("Private key").set_input_files(files.key)
    fields.get_by_label("Certificate and chain").set_input_files(files.chain)
    fields.get_by_role("button", name="Add").click()
    screen = Screen(page).open(start_profile(alice))
    for path in ("IKEv2.RemoteAddress", "IKEv2.RemoteIdentifier"):
        screen.control(path).fill("vpn.example.com")
    screen.save()
    assert b"vpn.example.com" in openssl_verify(screen.download(), files.root.read_bytes(), tmp_path)


def test_the_first_of_ones_own_is_the_default_until_another_is_chosen(page: Page, files: Files) -> None:
    for name in ("First", "Second"):
        upload(page, files.p12, PASSWORD, name)
    expect(identity(page, "First")).to_contain_text("Default of the team")
    for name in ("Second", "This server"):
        identity(page, name).get_by_role("button", name="Use by default").click()
        expect(page.get_by_role("status")).to_have_text(f"“{name}” signs your downloads from now on.")
        expect(page.locator(".identity", has_text="Default of the team")).to_have_count(1)
        expect(identity(page, name)).to_contain_text("Default of the team")


def test_the_wrong_chain_for_a_key_is_refused_with_a_sentence(page: Page, files: Files) -> None:
    fields = form(page, "PEM files")
    fields.get_by_label("Name").fill("PEM signer")
    fields.get_by_label("Private key").set_input_files(files.key)
    fields.get_by_label("Certificate and chain").set_input_files(files.root)
    fields.get_by_role("button", name="Add").click()
    expect(form(page, "PEM files").locator(".alert")).to_contain_text("key")
    expect(identity(page, "PEM signer")).to_have_count(0)


def test_an_identity_is_removed_only_after_a_second_yes(page: Page, files: Files) -> None:
    upload(page, files.p12, PASSWORD)
    identity(page, "Office signer").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Remove “Office signer”?")
    page.get_by_role("link", name="Keep it").click()
    expect(identity(page, "Office signer")).to_have_count(1)
    identity(page, "Office signer").get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("status")).to_contain_text("were removed")
    expect(identity(page, "Office signer")).to_have_count(0)


def test_the_download_menu_offers_each_identity_by_name(page: Page, files: Files, alice: User) -> None:
    upload(page, files.p12, PASSWORD)
    screen = Screen(page).open(start_profile(alice))
    page.locator("summary", has_text="Download").click()
    expect(page.get_by_role("link", name="Signed by Office signer")).to_be_visible()
    expect(page.get_by_role("link", name="Signed by This server")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Signed by This server")).to_be_hidden()
    expect(screen.unsaved).to_be_hidden()


def test_a_refused_upload_is_in_sight(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto("/signing/")
    fields = form(page, "PKCS #12 file")
    fields.get_by_label("Name").fill("Bought")
    fields.get_by_label("PKCS #12 file").set_input_files(
        {"name": "x.p12", "mimeType": "application/x-pkcs12", "buffer": b"rubbish"}
    )
    fields.get_by_role("button", name="Add").click()
    expect(fields.get_by_text("This is not a PKCS #12 file")).to_be_in_viewport()
