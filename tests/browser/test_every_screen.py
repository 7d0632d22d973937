"""What holds for every screen: no barrier for assistive technology, no sideways scrolling, no complaint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from profiles.catalogue import registry
from profiles.models import BulkRun, Membership, Profile, Role, User
from profiles.plist.document import Document, PayloadDocument, random_uuid
from profiles.plist.xml_writer import dump
from profiles.services import imports, profiles, sharing, signing, teams
from profiles.services.profile_file import read_file
from profiles.services.teams import home
from tests.browser.barriers import barriers
from tests.browser.screen import Screen, start_profile
from tests.plist.trees import WIFI, identity, tree, vpn
from tests.services.bulk import run_samples
from tests.services.template_samples import edited, fill_in, make_template, save, template_document

LONG: Final = "A-very-long-name-without-a-single-blank-" * 4

pytestmark = pytest.mark.usefixtures("server_identity", "sample_rules")


@pytest.fixture
def troubled(alice: User) -> Profile:
    """Two payloads with long names, lists, secrets, errors, warnings and badges."""
    ikev2: dict[str, Any] = {
        "RemoteAddress": f"{'host.' * 30}example.com",
        "AuthenticationMethod": "SharedSecret",
        "SharedSecret": "secret",
        "DisconnectOnIdle": 1,
        "EnableFallback": 1,
        "DeadPeerDetectionRate": "Often",
        "IKESecurityAssociationParameters": {"PostQuantumKeyExchangeMethods": [36, 0]},
        "OnDemandEnabled": 1,
        "OnDemandRules": [{"Action": "Connect"}, {"Action": "Disconnect"}],
    }
    payload = PayloadDocument(
        slug="vpn-ikev2", name="first", uuid=random_uuid(), values={"UserDefinedName": LONG, "IKEv2": ikev2}
    )
    second = replace(
        payload,
        name="second",
        uuid=random_uuid(),
        values={"UserDefinedName": f"Other {LONG}", "IKEv2": ikev2},
    )
    document = Document(
        uuid=random_uuid(),
        envelope={
            "PayloadDisplayName": LONG,
            "PayloadIdentifier": "com.example." + "long-" * 30,
            "ConsentText": {"default": "Agree", "de": "Zustimmen"},
        },
        targets={"iOS": "16.0", "macOS": "14.0", "watchOS": "11.0"},
        payloads=(payload, second),
    )
    return profiles.create(actor=alice, team=home(alice), document=document)


Visit = Callable[[Page, Profile], object]


def author(profile: Profile) -> User:
    assert profile.created_by
    return profile.created_by


def conflict(page: Page, profile: Profile) -> None:
    other = Screen(page.context.new_page()).open(profile)
    screen = Screen(page).open(profile)
    for tab, name in ((other, "theirs"), (screen, "mine" * 40)):
        tab.control("PayloadOrganization").fill(name)
        tab.save()
    expect(page.get_by_role("alert")).to_be_visible()


def search(page: Page, profile: Profile) -> None:
    Screen(page).open(profile)
    tab = page.locator("[data-show=nav]")
    if tab.is_visible():
        tab.click()
    page.locator("[data-find]").fill("e")


def everything(page: Page, profile: Profile) -> None:
    """A payload of each type, with all that its example sets, and each item of its lists opened."""
    parts = tuple(
        PayloadDocument(slug=slug, name=slug, uuid=random_uuid(), values=payload.examples[-1].values)
        for slug, payload in registry.payloads().items()
    )
    envelope = {"PayloadDisplayName": "Everything", "PayloadIdentifier": "com.example.everything"}
    targets: dict[Any, str] = {"iOS": "17.0", "macOS": "14.0", "tvOS": "17.0"}
    whole = Document(uuid=random_uuid(), envelope=envelope, targets=targets, payloads=parts)
    made = profiles.create(actor=author(profile), team=profile.team, document=whole)
    page.goto(f"/profiles/{made.pk}")
    page.evaluate("document.querySelectorAll('details.item__box').forEach(box => { box.open = true })")


def opened(name: str) -> Visit:
    """The designer with the dialog of a tool, and its answer."""

    def visit(page: Page, profile: Profile) -> None:
        everything(page, profile)
        page.evaluate(f"document.querySelector('[data-tool={name}]').click()")
        expect(page.locator(f"#{name}")).to_be_visible()
        if name == "server-certificate":
            page.locator(f"#{name}").get_by_label("Certificate (PEM)").fill("none")
            page.locator(f"#{name}").get_by_role("button", name="Check").click()
            expect(page.locator(f"#{name} .notice")).to_be_visible()
        else:
            expect(page.locator(f"#{name} :is(.outcome, .notice, .matrix)").first).to_be_visible()

    return visit


def uploading(page: Page, profile: Profile) -> None:
    everything(page, profile)
    page.evaluate("document.querySelector('[data-action=upload]').click()")
    page.locator("#upload").get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#upload .invalid-feedback").first).to_be_visible()


def asked(page: Page, profile: Profile) -> None:
    """Removing an identity that a tunnel refers to."""
    started = start_profile(author(profile), "certificate")
    page.goto(f"/profiles/{started.pk}")
    page.evaluate("[...document.querySelectorAll('[name=remove_payload]')].at(-1).click()")
    expect(page.get_by_role("alert")).to_be_visible()


def of_template(path: str) -> Visit:
    """A page of a template with long names."""

    def visit(page: Page, profile: Profile) -> None:
        page.goto(path.format(make_template(author(profile), name=LONG).pk))

    return visit


def filled_in(page: Page, profile: Profile) -> None:
    """The short form with what is wrong."""
    of_template("/templates/{}/use")(page, profile)
    page.get_by_role("button", name="Make the profile").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()


def refused(page: Page, profile: Profile) -> None:
    """The short form with an error of its template and one of an answer."""
    document = edited(template_document(name=LONG), OnDemandRules=[{"Action": "Fly"}])
    page.goto(f"/templates/{make_template(author(profile), document=document).pk}/use")
    for label, text in {"User name": "bob", "PIN": "1234", "MTU": "5"}.items():
        page.get_by_label(label, exact=False).first.fill(text)
    page.get_by_role("button", name="Make the profile").click()
    expect(page.get_by_role("alert").locator(".problem")).to_have_count(1)


def corrected(page: Page, profile: Profile) -> None:
    """A run whose template was corrected after it was begun."""
    alice = author(profile)
    template = make_template(alice, document=edited(template_document(name=LONG), MTU=5))
    run = run_samples.checked(alice, template, PEOPLE)
    save(alice, template, MTU=1400)
    page.goto(f"/runs/{run.pk}")
    expect(page.get_by_role("link", name="New run")).to_be_visible()


def made_from(path: str) -> Visit:
    """A page of a profile whose template has moved on, with a key that both have changed."""

    def visit(page: Page, profile: Profile) -> None:
        alice = author(profile)
        template = make_template(alice, name=LONG)
        made = fill_in(alice, template)
        save(alice, template, RemoteIdentifier="theirs.example.com", MTU=1300)
        save(alice, made, RemoteIdentifier="mine.example.com")
        page.goto(path.format(made.pk))

    return visit


def shared(page: Page, profile: Profile) -> None:
    alice = author(profile)
    made = sharing.share(actor=alice, template=make_template(alice, name=LONG), days=7)
    page.goto(f"/s/{made.token}/")


def shared_link(page: Page, profile: Profile) -> None:
    of_template("/templates/{}/links")(page, profile)
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_label("The link", exact=True)).to_be_visible()


def invited(page: Page, profile: Profile) -> None:
    page.goto("/team/")
    page.get_by_label("For whom").fill(LONG)
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_label("The link", exact=True)).to_be_visible()


def invitation(page: Page, profile: Profile) -> None:
    made = teams.invite(actor=author(profile), team=profile.team, role="helper")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.goto(f"/join/{made.token}/")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]  # what it gives, it takes


def looking(page: Page, profile: Profile) -> None:
    """The designer of somebody who may look only."""
    Membership.objects.update(role=Role.VIEWER)
    page.goto(f"/profiles/{profile.pk}")


Bring = Callable[[User, Profile, list[list[str]]], BulkRun]

PEOPLE: Final = [
    *run_samples.people(3),
    run_samples.person(3, user=LONG.upper()),
    run_samples.person(4, email="nowhere at all"),
    run_samples.person(5, user="Bad", email=LONG),
]
"""Some of whom are wrong, with long names."""


def of_run(bring: Bring, path: str = "", **values: Any) -> Visit:
    """A page of a run of a template with a long name, brought as far as that, and with other values of its own."""

    def visit(page: Page, profile: Profile) -> None:
        alice = author(profile)
        run = bring(alice, make_template(alice, name=LONG), PEOPLE)
        BulkRun.objects.filter(pk=run.pk).update(source=f"{LONG}.csv", **values)
        page.goto(f"/runs/{run.pk}{path}")

    return visit


def wide(alice: User, template: Profile, rows: list[list[str]]) -> BulkRun:
    """A draft of a list with very many columns."""
    columns = [*run_samples.COLUMNS, *(f"Column {number} of {LONG}" for number in range(41))]
    return run_samples.loaded(alice, template, [[*row, *[LONG] * 41] for row in rows], columns=columns)


def partly_failed(alice: User, template: Profile, rows: list[list[str]]) -> BulkRun:
    run = run_samples.finished(alice, template, rows)
    run.recipients.filter(row=2).update(state="failed", reason=f"The mail server refuses {LONG}.")
    return run


def new_run(page: Page, profile: Profile) -> None:
    """With all that is wrong beside its field."""
    make_template(author(profile), name=LONG)
    page.goto("/runs/new")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Choose a template.")).to_be_visible()


def unmatched(page: Page, profile: Profile) -> None:
    of_run(run_samples.loaded)(page, profile)
    page.get_by_label("User name").select_option("")
    page.get_by_role("button", name="Check all rows").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()


def by_email(page: Page, profile: Profile) -> None:
    """Which this server cannot do."""
    of_run(run_samples.checked)(page, profile)
    page.get_by_label("An e-mail with an install link to each").check()
    page.get_by_role("button", name="Make 3 profiles").click()
    expect(page.get_by_role("alert")).to_be_visible()


def mistaken(page: Page, profile: Profile) -> None:
    """A row that is wrong still."""
    of_run(run_samples.checked, "/rows/5")(page, profile)
    page.get_by_role("button", name="Save and check").click()
    expect(page.get_by_role("alert")).to_be_focused()


def listed(page: Page, profile: Profile) -> None:
    for bring in (run_samples.loaded, partly_failed):
        of_run(bring)(page, profile)
    page.goto("/runs/")


def odd_file(payloads: int = 2) -> bytes:
    """A profile from elsewhere with long names, much that can be fixed, and much that nobody knows."""
    tunnel = {
        "RemoteAddress": f"{'host.' * 20}example.com",
        "DisableMOBIKE": True,
        "MTU": "1400",
        "AuthName": "",
        "PayloadCertificateUUID": "my-identity",
        LONG: {"a": 1.0},
    }
    parts = [vpn(tunnel, number, PayloadDisplayName=f"{LONG} {number}") for number in range(payloads)]
    unnamed = identity(b"none", PayloadIdentifier=None, PayloadVersion=None)
    return dump(tree(*parts, unnamed, WIFI, PayloadDisplayName=LONG, PayloadVersion=1.0))


def of_file(payloads: int = 2) -> Visit:
    """The review of a file."""

    def visit(page: Page, profile: Profile) -> None:
        file = imports.keep(
            actor=author(profile), team=profile.team, data=odd_file(payloads), name=f"{LONG}.mobileconfig"
        )
        page.goto(f"/import/{file.pk}")

    return visit


def signed_file(page: Page, profile: Profile) -> None:
    data = signing.sign(odd_file())
    file = imports.keep(actor=author(profile), team=profile.team, data=data, name="signed.mobileconfig")
    page.goto(f"/import/{file.pk}")


def importing(page: Page, profile: Profile) -> None:
    """With files that wait, and one that cannot be read."""
    for name in (LONG, "office.mobileconfig"):
        imports.keep(actor=author(profile), team=profile.team, data=odd_file(), name=name)
    page.goto("/import/")
    page.get_by_text("Paste the text of one").click()
    page.get_by_label("Or paste the XML").fill("<plist><dict>")
    page.get_by_role("button", name="Look into them").click()
    expect(page.get_by_role("alert")).to_be_visible()


def put_right(page: Page, profile: Profile) -> None:
    made = profiles.create(actor=author(profile), team=profile.team, document=read_file(odd_file()).document)
    page.goto(f"/profiles/{made.pk}/put-right")
    page.get_by_role("button", name="Fix what is chosen").click()
    expect(page.get_by_role("alert")).to_be_visible()


def as_xml(page: Page, profile: Profile) -> None:
    """A part as XML, with what is wrong with it."""
    page.goto(f"/profiles/{profile.pk}/xml/{profile.payloads.order_by('position')[0].uuid}")
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".problems-box")).to_be_visible()


def comparing(page: Page, profile: Profile) -> None:
    """A profile with long names, and a file that has little in common with it."""
    file = imports.keep(
        actor=author(profile), team=profile.team, data=odd_file(), name=f"{LONG}.mobileconfig"
    )
    page.goto(f"/compare/?old=profile:{profile.pk}&new=file:{file.pk}")


def the_same(page: Page, profile: Profile) -> None:
    page.goto(f"/compare/?old=profile:{profile.pk}&new=revision:{profile.pk}:1")


SCREENS: Final[dict[str, Visit]] = {
    "list": lambda page, profile: page.goto("/profiles/"),
    "list without a match": lambda page, profile: page.goto("/profiles/?q=nothing"),
    "new": lambda page, profile: page.goto("/profiles/new"),
    "designer": lambda page, profile: page.goto(f"/profiles/{profile.pk}"),
    "designer while searching": search,
    "designer with everything": everything,
    "designer with a question": asked,
    "simulator": opened("simulator"),
    "compatibility": opened("compatibility"),
    "server certificate": opened("server-certificate"),
    "upload": uploading,
    "compatibility page": lambda page, profile: page.goto(f"/profiles/{profile.pk}/compatibility"),
    "designer with a conflict": conflict,
    "blocked download": lambda page, profile: page.goto(f"/profiles/{profile.pk}/download"),
    "certificates": lambda page, profile: page.goto("/certificates/"),
    "signing": lambda page, profile: page.goto("/signing/"),
    "designer with locked keys": made_from("/profiles/{}"),
    "templates": of_template("/templates/"),
    "templates of everyone": lambda page, profile: page.goto("/templates/?show=everyone"),
    "starting points": lambda page, profile: page.goto("/templates/?show=product"),
    "short form": of_template("/templates/{}/use"),
    "short form with errors": filled_in,
    "short form that was refused": refused,
    "answers": made_from("/profiles/{}/answers"),
    "variables and locks": of_template("/templates/{}/settings"),
    "profiles of a template": of_template("/templates/{}/profiles"),
    "update": made_from("/profiles/{}/update"),
    "share link": shared_link,
    "shared template": shared,
    "history": lambda page, profile: page.goto(f"/profiles/{profile.pk}/history"),
    "import": lambda page, profile: page.goto("/import/"),
    "import with a refusal": importing,
    "file to be imported": of_file(),
    "file of many payloads": of_file(30),
    "signed file": signed_file,
    "part as XML": as_xml,
    "put right": put_right,
    "nothing to put right": lambda page, profile: page.goto(f"/profiles/{profile.pk}/put-right"),
    "compare": lambda page, profile: page.goto("/compare/"),
    "compare with one chosen": lambda page, profile: page.goto(f"/compare/?new=profile:{profile.pk}"),
    "two that differ": comparing,
    "two that are the same": the_same,
    "hand out": lambda page, profile: page.goto(f"/profiles/{profile.pk}/hand-out"),
    "team": invited,
    "no runs": lambda page, profile: page.goto("/runs/"),
    "new run": new_run,
    "run with many columns": of_run(wide),
    "run without a column": unmatched,
    "run being checked": of_run(run_samples.checked, state="checking"),
    "run with wrong rows": of_run(run_samples.checked),
    "run that cannot be started": by_email,
    "run without a right row": of_run(
        lambda alice, template, rows: run_samples.checked(alice, template, rows[3:])
    ),
    "run without a worker": of_run(run_samples.started),
    "run that was stopped": of_run(
        run_samples.finished, state="paused", unsigned=False, notice=f"It failed: {LONG}"
    ),
    "run of a corrected template": corrected,
    "run that has failed in part": of_run(partly_failed),
    "run of links": of_run(run_samples.finished, delivery="links"),
    "run that has expired": of_run(run_samples.finished, state="expired", totals={"done": 99_997}),
    "row": of_run(run_samples.checked, "/rows/7"),
    "row that is wrong still": mistaken,
    "deleting a run": of_run(run_samples.finished, "/delete", delivery="links"),
    "runs": listed,
    "audit log": lambda page, profile: page.goto("/audit/"),
    "rules": lambda page, profile: page.goto("/rules/"),
    "rule": lambda page, profile: page.goto("/rules/missing/"),
    "password": lambda page, profile: page.goto("/password/"),
    "nothing here": lambda page, profile: page.goto("/nothing/"),
    "invitation": invitation,
    # The last, since Alice may do less from then on.
    "designer of a viewer": looking,
}
every_screen = pytest.mark.parametrize("visit", SCREENS.values(), ids=SCREENS.keys())


@every_screen
def test_axe_finds_no_barrier(page_as_alice: Page, troubled: Profile, visit: Visit) -> None:
    visit(page_as_alice, troubled)
    assert barriers(page_as_alice) == []


def test_axe_finds_no_barrier_on_the_login_page(page: Page) -> None:
    page.goto("/login/")
    assert barriers(page) == []


def test_axe_finds_no_barrier_in_an_empty_list(page_as_alice: Page) -> None:
    page_as_alice.goto("/profiles/")
    expect(page_as_alice.get_by_role("heading", name="No profiles yet")).to_be_visible()
    assert barriers(page_as_alice) == []


@every_screen
def test_a_phone_needs_no_sideways_scrolling(page_as_alice: Page, troubled: Profile, visit: Visit) -> None:
    page_as_alice.set_viewport_size({"width": 390, "height": 844})
    visit(page_as_alice, troubled)
    assert page_as_alice.evaluate("document.documentElement.scrollWidth") == 390


def test_a_long_note_on_a_concealed_key_breaks_on_a_phone(page_as_alice: Page, alice: User) -> None:
    page_as_alice.set_viewport_size({"width": 390, "height": 844})
    screen = Screen(page_as_alice).open(start_profile(alice))
    tabs = page_as_alice.locator(".editor__tabs")
    tabs.get_by_role("button", name="Sections").click()
    page_as_alice.locator("[data-find]").fill("fallback")
    tabs.get_by_role("button", name="Form").click()
    expect(screen.row("IKEv2.AllowPostQuantumKeyExchangeFallback")).to_be_visible()
    assert page_as_alice.evaluate("document.documentElement.scrollWidth") == 390


def test_on_a_phone_the_panes_are_tabs(page_as_alice: Page, troubled: Profile) -> None:
    page_as_alice.set_viewport_size({"width": 390, "height": 844})
    screen = Screen(page_as_alice).open(troubled)
    panes = {"Sections": ".editor__nav", "Form": ".editor__form", "Problems": ".editor__review"}
    for tab, shown in panes.items():
        page_as_alice.locator(".editor__tabs").get_by_role("button", name=tab).click()
        for pane in panes.values():
            expect(page_as_alice.locator(pane)).to_be_visible(visible=pane == shown)
        assert page_as_alice.evaluate("document.documentElement.scrollWidth") == 390
    screen.place("DisconnectOnIdleTimer").first.click()
    expect(screen.control("IKEv2.DisconnectOnIdleTimer")).to_be_focused()
    expect(screen.control("IKEv2.DisconnectOnIdleTimer")).to_be_in_viewport()
    page_as_alice.locator(".editor__tabs").get_by_role("button", name="Sections").click()
    page_as_alice.get_by_role("link", name="Routing").first.click()
    expect(page_as_alice.get_by_role("heading", name="Routing").first).to_be_in_viewport()


def test_the_chosen_appearance_wins_over_the_systems_and_stays(page_as_alice: Page) -> None:
    page = page_as_alice
    page.emulate_media(color_scheme="light")
    page.goto("/profiles/")
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.locator(".masthead__account > summary").click()
    page.get_by_label("Dark").check()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "dark")


def test_nothing_is_loaded_from_another_host(page_as_alice: Page, troubled: Profile, base_url: str) -> None:
    asked: list[str] = []
    page_as_alice.on("request", lambda request: asked.append(request.url))
    for visit in SCREENS.values():
        visit(page_as_alice, troubled)
    assert asked
    assert [url for url in asked if not url.startswith((f"{base_url}/", "data:"))] == []
