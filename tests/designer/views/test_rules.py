"""The pages of the rule book, and the way to them from each problem."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from designer.templatetags.rules import explained, why
from profiles.catalogue.findings import Diagnostic
from profiles.models import Profile, User
from profiles.plist.build import build
from profiles.plist.reading.read import read
from profiles.plist.rule_book import diagnostics
from profiles.services import imports, profiles
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.plist.trees import tree, vpn
from tests.posting import browse
from tests.services.bulk import run_samples
from tests.services.samples import changed
from tests.services.template_samples import edited, make_template, template_document

Rules = Mapping[str, Diagnostic]

LINK = (
    '<a class="problem__why" href="/rules/{}/" target="_blank" rel="noopener" aria-label="Why? {}">Why?</a>'
)
TOO_LARGE = LINK.format("too-large", "A number is larger than allowed")


def text_of(response: Any) -> str:
    """The page, its texts as they are read."""
    return unescape(response.content.decode())


# The pages


def test_the_list_has_every_rule_under_its_severity(alice_client: Client, sample_rules: Rules) -> None:
    page = text_of(alice_client.get("/rules/"))

    found = re.findall(r'count--(\w+)">|<a href="/rules/([\w-]+)/">([^<]+)</a> <code>\2</code>', page)

    assert [first or code for first, code, _ in found] == [
        "error",
        *("missing", "too-large"),
        "warning",
        *("unavailable", "unknown-key"),
        "advice",
        "default-differs",
    ]
    assert {code: title for _, code, title in found if code} == {
        code: rule.title for code, rule in sample_rules.items()
    }


def test_a_rule_has_a_page_that_says_all_of_it(alice_client: Client, sample_rules: Rules) -> None:
    for code, rule in sample_rules.items():
        page = text_of(alice_client.get(f"/rules/{code}/"))

        said = (code, rule.title, rule.why, rule.mend, rule.milder, str(rule.certainty).capitalize())
        assert not [text for text in said if text not in page]
        for source in rule.sources:
            assert source.origin in page
            assert (f'<a href="{source.url}">{source.title}</a>' if source.url else source.title) in page


def test_what_a_rule_says_is_text(alice_client: Client, sample_rules: Rules) -> None:
    page = alice_client.get("/rules/missing/").content.decode()

    assert "the tunnel &lt;never&gt; comes up" in page
    assert 'href="https://example.org/a?b=1&amp;c=2"' in page


@pytest.mark.parametrize("code", ["nothing", "MISSING", "missing-", "a" * 500])
def test_a_code_without_a_rule_has_no_page(alice_client: Client, sample_rules: Rules, code: str) -> None:
    response = alice_client.get(f"/rules/{code}/")

    assert response.status_code == 404
    assert "There is nothing here" in text_of(response)


def test_every_rule_of_the_house_has_a_page(alice_client: Client) -> None:
    listed = text_of(alice_client.get("/rules/"))
    for code, rule in diagnostics.entries().items():
        assert f'<a href="/rules/{code}/">{rule.title}</a>' in listed
        assert rule.why in text_of(alice_client.get(f"/rules/{code}/"))


def test_the_pages_are_two_clicks_away(alice_client: Client) -> None:
    assert '<a class="menu__item" href="/rules/">' in text_of(alice_client.get("/profiles/"))


# The way from a problem


def test_the_link_is_named_after_its_rule_and_opens_a_tab_of_its_own(sample_rules: Rules) -> None:
    assert why("too-large") == TOO_LARGE


@pytest.mark.parametrize("code", ["", "nothing", "../missing", "<b>"])
def test_a_code_without_a_rule_has_no_link(sample_rules: Rules, code: str) -> None:
    assert why(code) == ""


def test_a_reason_has_a_link_in_place_of_each_code(sample_rules: Rules) -> None:
    reason = "IKEv2.MTU: <Too> large. [too-large] A: Missing. [nothing] [1]"
    assert explained(reason) == f"IKEv2.MTU: &lt;Too&gt; large. {TOO_LARGE} A: Missing. [nothing] [1]"


def test_one_template_shows_a_problem_and_leads_to_its_rule() -> None:
    folder = Path(settings.BASE_DIR) / "templates"
    messages = re.compile(r"{{ ([\w.]*)\.message }}(?!\")")
    texts = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.html")}
    found = {name: told for name, text in texts.items() if (told := messages.findall(text))}
    assert found == {"problem_text.html": ["shown.problem"]}
    assert "{{ shown.problem.code|why }}" in texts["problem_text.html"]


@pytest.fixture
def large(alice: User, profile: Profile) -> Profile:
    """A profile with an MTU that is too large."""
    document = changed(load(profile), MTU=5000)
    return profiles.save(actor=alice, profile_id=profile.pk, document=document, base_revision=1)


def designer(client: Client, large: Profile) -> Any:
    return client.get(f"/profiles/{large.pk}")


def download(client: Client, large: Profile) -> Any:
    return client.get(f"/profiles/{large.pk}/download", {"unsigned": "1"})


def hand_out(client: Client, large: Profile) -> Any:
    return client.post(f"/profiles/{large.pk}/hand-out", {"days": "7"})


def as_xml(client: Client, large: Profile) -> Any:
    address = f"/profiles/{large.pk}/xml/{load(large).payloads[0].uuid}"
    typed = browse(client.get(address).content.decode()).data().dict()
    return client.post(address, {**typed, "check": "1"})


def file(client: Client, large: Profile) -> Any:
    assert large.created_by
    data = build(load(large))
    kept = imports.keep(actor=large.created_by, team=large.team, data=data, name="large.mobileconfig")
    return client.get(f"/import/{kept.pk}")


def settings_of(client: Client, large: Profile) -> Any:
    assert large.created_by
    document = edited(template_document(), MTU=5000)
    return client.get(f"/templates/{make_template(large.created_by, document=document).pk}/settings")


def short_form(client: Client, large: Profile) -> Any:
    assert large.created_by
    document = edited(template_document(), MTU=5000)
    template = make_template(large.created_by, document=document)
    address = f"/templates/{template.pk}/use"
    typed = browse(client.get(address).content.decode()).data().dict()
    answers = {"answer-user": "bob", "answer-pin": "1234", "answer-domain": "example.com"}
    return client.post(address, {**typed, **answers})


PAGES = (designer, download, hand_out, as_xml, file, settings_of, short_form)


@pytest.mark.parametrize("visit", PAGES)
def test_each_problem_on_a_page_leads_to_its_rule(
    alice_client: Client, large: Profile, sample_rules: Rules, visit: Any
) -> None:
    assert TOO_LARGE in text_of(visit(alice_client, large))


def problems_on(page: str) -> list[tuple[str, str, str]]:
    """Severity of each problem as the page marks it, the word for it, and where its place leads."""
    found = re.findall(
        r'<li class="problem problem--(\w+)"[^>]*>\s*<span class="problem__severity">(\w+)</span> '
        r'(?:<a class="problem__place" href="([^"]*)">|<span class="problem__place">)[^<]+<',
        page,
    )
    assert len(found) == page.count('<li class="problem problem--') > 0
    return found


@pytest.mark.parametrize("visit", PAGES)
def test_each_problem_on_a_page_says_its_severity_and_leads_to_its_place(
    alice_client: Client, large: Profile, visit: Any
) -> None:
    found = problems_on(text_of(visit(alice_client, large)))
    assert "error" in [severity for severity, _, _ in found]
    assert [word.lower() for _, word, _ in found] == [severity for severity, _, _ in found]
    # Nothing on the page of the XML of a part shows one key alone.
    assert visit is as_xml or all("#" in place for _, _, place in found)


@pytest.mark.parametrize("visit", [download, hand_out])
def test_errors_stand_in_the_order_of_the_form_on_every_page(
    alice: User, alice_client: Client, large: Profile, visit: Any
) -> None:
    document = changed(load(large), RemoteIdentifier=None, DeadPeerDetectionRate="Often")
    profiles.save(actor=alice, profile_id=large.pk, document=document, base_revision=2)

    def errors(page: str) -> list[str]:
        found = (place.partition("#")[2] for severity, _, place in problems_on(page) if severity == "error")
        return list(found)

    in_order = re.findall(r'data-row="([^"]+)" data-severity="error"', text_of(designer(alice_client, large)))
    assert len(in_order) == 3
    assert errors(text_of(visit(alice_client, large))) == in_order


def test_a_place_on_the_page_of_a_file_is_there(alice_client: Client, large: Profile) -> None:
    page = text_of(file(alice_client, large))
    for _, _, place in problems_on(page):
        assert f'id="{place.removeprefix("#")}"' in page


def test_what_can_be_fixed_says_its_severity_and_leads_to_its_rule(alice: User, alice_client: Client) -> None:
    document = read(tree(vpn({"RemoteAddress": "a.example", "MTU": "1400"})))
    imported = profiles.create(actor=alice, team=home(alice), document=document)
    page = text_of(alice_client.get(f"/profiles/{imported.pk}/put-right"))
    heading = page.partition('<legend class="repair__kind problem--error">')[2].partition("</legend>")[0]
    assert '<span class="problem__severity">Error</span>' in heading
    assert "/rules/wrong-type/" in heading


@pytest.mark.parametrize("visit", PAGES)
def test_a_problem_without_a_rule_breaks_no_page(
    alice_client: Client, large: Profile, monkeypatch: pytest.MonkeyPatch, visit: Any
) -> None:
    monkeypatch.setattr(diagnostics, "entries", dict)
    why.cache_clear()

    page = text_of(visit(alice_client, large))

    assert "5000" in page
    assert "problem__why" not in page
    why.cache_clear()


def test_the_rows_of_a_run_lead_to_the_rules_too(
    alice: User, alice_client: Client, sample_rules: Rules
) -> None:
    template = make_template(alice, document=edited(template_document(), MTU=5000))
    run = run_samples.checked(alice, template, run_samples.people(1))
    (row,) = run.recipients.all()

    for address in (f"/runs/{run.pk}", f"/runs/{run.pk}/rows/{row.row}"):
        page = text_of(alice_client.get(address))
        assert TOO_LARGE in page
        assert "[too-large]" not in page


def test_what_is_not_told_of_a_secret_has_no_code_either(alice: User) -> None:
    document = edited(template_document(), AuthenticationMethod="{{pin}}")
    run = run_samples.checked(alice, make_template(alice, document=document), run_samples.people(1))

    assert "[" not in run.recipients.get().reason
