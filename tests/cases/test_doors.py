"""The same is said wherever a profile goes: the form, the import, the command line, bulk runs, links and downloads."""

from __future__ import annotations

import json
import plistlib
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import reverse

from designer.forms.document_form import DocumentForm
from designer.management.check import check_file
from designer.presentation.review import review
from profiles.exceptions import ProblemsError
from profiles.models import BulkRun, Profile, RecipientState, User
from profiles.plist.document import Problem
from profiles.plist.json_values import to_json
from profiles.plist.spec.writer import Format, write
from profiles.plist.templates.declaration import Declaration, Variable
from profiles.services import hand_outs, imports, profiles
from profiles.services.bulk.runs import Matching, match
from profiles.services.bulk.templates import template_problems
from profiles.services.bulk.verdict import OF_TEMPLATE
from profiles.services.certificate_evidence import check
from profiles.services.document_storage import load
from profiles.services.download import release
from profiles.services.teams import home
from tests.cases.doors import document, from_file, native, problems
from tests.cases.expectations import Case, summary
from tests.cases.making import CONNECT, SERVER, Tree, merged, named, on_demand, profile, tunnel, vpn
from tests.cases.table import CASES
from tests.designer.views.test_profile import field, opened, send
from tests.posting import browse
from tests.services.bulk.run_samples import finished, loaded, matching_of, rows_of, work_off

OF_FILES: Final = [case for case in CASES if "file" in case.doors]
MADE_HERE: Final = [case for case in CASES if "native" in case.doors]
ADDRESS: Final = "IKEv2.RemoteAddress"
OPENED: Final = ("PayloadContent", "IKEv2.CertificateType", "IKEv2.LocalIdentifier")
"""Places at which what is in a certificate decides."""


def of_tunnel(found: list[Problem]) -> list[tuple[str, str, str]]:
    """What is said, but for that which asks what is in a certificate."""
    return [each for each in summary(found) if each[1] not in OPENED and "not-in-profile" not in each[2]]


@pytest.mark.parametrize("case", OF_FILES, ids=lambda case: case.name)
def test_the_command_line_says_of_a_file_what_the_check_says(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "file.mobileconfig"
    file.write_bytes(plistlib.dumps(case.profile()))
    found = check_file(str(file), case.targets)
    assert summary(found.problems) == summary(problems(case.profile(), "file", case.targets))
    expected = 1 if any(problem.severity == "error" for problem in found.problems) else 0
    assert (found.unreadable, found.exit_status) == ("", expected)


@pytest.mark.parametrize("case", MADE_HERE, ids=lambda case: case.name)
def test_the_review_of_a_form_says_what_the_check_says(case: Case) -> None:
    whole = document(case.profile(), "native", case.targets)
    shown = review(DocumentForm(whole)).problems
    assert of_tunnel([each.problem for each in shown]) == of_tunnel(
        problems(case.profile(), "native", case.targets)
    )


@pytest.mark.parametrize("case", [case for case in OF_FILES if not case.targets], ids=lambda case: case.name)
def test_an_import_says_what_the_check_says(case: Case, alice: User) -> None:
    data = plistlib.dumps(case.profile())
    row = imports.keep(actor=alice, team=home(alice), data=data, name="file.mobileconfig")
    found = imports.look(user=alice, file_id=row.pk)
    assert summary(found.problems) == summary(problems(case.profile()))


BROKEN: Final = {
    "address": tunnel(RemoteAddress=f"https://{SERVER}:4500/"),
    "placeholder": tunnel(RemoteAddress="REPLACE_ME"),
    "lifetime": tunnel(IKESecurityAssociationParameters={"LifeTimeInMinutes": 5}),
}
"""Profiles that no device connects with, each with an error."""

DOUBTFUL: Final = {
    "own-placeholder": tunnel(AuthName="{{ person }}"),
    "rule-unreachable": on_demand(CONNECT, named(["Quay"])),
    "blanks": on_demand(named([" Quay "]), CONNECT),
    "ssid-length": on_demand(named(["x" * 40]), CONNECT),
    "misspelt-key": tunnel(EnabelPFS=1),
    "mdm-placeholder": tunnel(LocalIdentifier="$EMAIL"),
}
"""Profiles with something to tell that stops nothing."""


def stored(alice: User, tree: Tree) -> Profile:
    """A profile in the database."""
    return profiles.create(actor=alice, team=home(alice), document=native(tree))


@pytest.mark.parametrize("tree", BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_neither_downloaded_nor_handed_out(
    alice: User, alice_client: Client, tree: Tree
) -> None:
    row = stored(alice, tree)
    wrong = {(p.path, p.code) for p in problems(tree, "native") if p.severity == "error"}
    assert wrong

    with pytest.raises(ProblemsError) as refused:
        hand_outs.create(actor=alice, profile=row)
    response = alice_client.get(reverse("download_profile", args=[row.pk]), {"unsigned": "1"})

    assert wrong == {(p.path, p.code) for p in refused.value.problems if p.severity == "error"}
    assert response.status_code == 409


@pytest.mark.parametrize(("code", "tree"), DOUBTFUL.items(), ids=DOUBTFUL)
def test_what_is_doubtful_is_told_with_the_file(alice: User, code: str, tree: Tree) -> None:
    file = release(native(tree), team_id=home(alice).pk, unsigned=True)
    assert code in [problem.code for problem in file.problems]


@pytest.mark.parametrize(("code", "tree"), DOUBTFUL.items(), ids=DOUBTFUL)
def test_what_is_doubtful_is_told_on_the_page(
    alice: User, alice_client: Client, code: str, tree: Tree
) -> None:
    row = stored(alice, tree)
    (message, *_) = [p.message for p in problems(tree, "native") if p.code == code] or [""]
    page = alice_client.get(reverse("profile", args=[row.pk])).content.decode()
    assert message
    # As far as nothing in it has to be escaped.
    assert message.split("“")[0].split("'")[0] in page


@pytest.mark.parametrize(
    "typed",
    [f"https://{SERVER}", f"{SERVER}:500", "198.51.100.0/24", "two words", "{{server}}", "<server>"],
)
def test_an_address_that_is_none_is_told_while_it_is_typed(
    alice: User, alice_client: Client, typed: str
) -> None:
    row = stored(alice, tunnel())
    data = opened(alice_client, row).data(**{field(row, "RemoteAddress"): typed})
    page = send(alice_client, row, data, "preview_profile").content.decode()
    (message, *_) = [
        p.message for p in problems(tunnel(RemoteAddress=typed), "native") if p.severity == "error"
    ]
    assert message.split("“")[0].split("'")[0] in page


def test_another_profile_of_the_team_with_the_same_identifier_is_told(
    alice: User, alice_client: Client
) -> None:
    stored(alice, profile(vpn(), PayloadDisplayName="Lighthouse"))
    alone = stored(alice, profile(vpn(), PayloadDisplayName="Tide", PayloadIdentifier="example.hafen.tide"))
    twin = stored(alice, profile(vpn(), PayloadDisplayName="Harbour"))
    pages = [alice_client.get(reverse("profile", args=[row.pk])).content.decode() for row in (alone, twin)]
    assert ["Lighthouse" in page for page in pages] == [False, True]


def template(alice: User, tree: Tree, *names: str) -> Profile:
    """A template that asks for these variables."""
    variables = tuple(Variable(name=name, label=name.title()) for name in names)
    whole = replace(native(tree), declaration=Declaration(variables=variables))
    return profiles.create(actor=alice, team=home(alice), document=whole)


def checked(alice: User, row: Profile, rows: list[list[str]], columns: tuple[str, ...]) -> BulkRun:
    """A run whose rows were checked, each variable from the column of its name."""
    run = loaded(alice, row, rows, columns=columns)
    named = {name: number for number, name in enumerate(columns)}
    run = match(actor=alice, run=run, matching=Matching(variables=named, key=0))
    work_off(run)
    return run


def test_rows_of_a_bulk_run_are_judged_as_profiles_are(alice: User) -> None:
    tree = tunnel(RemoteAddress="{{domain}}", RemoteIdentifier="{{domain}}", LocalIdentifier="{{user}}")
    row = template(alice, tree, "user", "domain")
    rows = [
        ["ada", SERVER],
        ["ben", f"https://{SERVER}/"],
        ["cyd", f"{SERVER}:4500"],
        ["dee", "198.51.100.0/24"],
        ["eve", "REPLACE_ME"],
        ["flo", "2001:db8::7"],
    ]
    run = finished(alice, row, rows, columns=("user", "domain"))
    states = {each.key: each.state for each in rows_of(run)}
    wrong = {name for name, state in states.items() if state == RecipientState.INVALID}
    assert wrong == {"ben", "cyd", "dee", "eve"}
    assert all("RemoteAddress" in each.reason for each in rows_of(run) if each.key in wrong)
    assert matching_of(run).variables == {"user": 0, "domain": 1}


@pytest.mark.parametrize("tree", BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_with_a_template_is_told_alike_wherever_it_goes(
    alice: User, alice_client: Client, tmp_path: Path, tree: Tree
) -> None:
    asking = merged(tree, {"PayloadDescription": "For {{user}}"})
    row = template(alice, asking, "user")
    wrong = {(p.path, p.message) for p in problems(asking, "native") if p.severity == "error"}
    assert wrong

    form = {(p.problem.path, p.problem.message) for p in review(DocumentForm(load(row))).problems}
    run = checked(alice, row, [["ada"], ["ben"]], columns=("user",))
    bulk = {(p.path, p.message) for p in template_problems(run).errors}
    spec = write(load(row), with_secrets=True, form=Format.JSON).text
    (tmp_path / "spec.json").write_text(spec)
    line = {(p.path, p.message) for p in check_file(str(tmp_path / "spec.json"), None).problems}
    page = unescape(alice_client.get(reverse("use_template", args=[row.pk])).content.decode())

    assert wrong <= form
    assert wrong <= line
    assert bulk == wrong
    assert all(message in page for _, message in wrong)
    assert {each.reason for each in rows_of(run)} == {OF_TEMPLATE}


@pytest.mark.parametrize("tree", DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_is_doubtful_with_a_template_is_told_once_above_its_rows(alice: User, tree: Tree) -> None:
    asking = merged(tree, {"PayloadDescription": "For {{user}}"})
    row = template(alice, asking, "user", "person")
    profile = stored(alice, merged(tree, {"PayloadDescription": "For ada"}))
    doubtful = {(p.path, p.message) for p in hand_outs.doubts(profile) if p.code != "own-placeholder"}

    run = checked(alice, row, [["ada", "ada"], ["ben", "ben"]], columns=("user", "person"))

    assert {(p.path, p.message) for p in template_problems(run).doubts} == doubtful
    assert {each.warnings for each in rows_of(run)} == {""}


@pytest.mark.parametrize(
    "typed", ["{{email}}", "${EMAIL}", "$EMAIL", "CHANGEME"], ids=["own", "braces", "managed", "forgotten"]
)
def test_what_an_answer_makes_doubtful_is_told_alike_in_a_row_and_before_a_link(
    alice: User, typed: str
) -> None:
    row = template(alice, tunnel(LocalIdentifier="{{name}}"), "name", "user")
    doubts = hand_outs.doubts(stored(alice, tunnel(LocalIdentifier=typed)))
    run = checked(alice, row, [["ada", typed]], columns=("user", "name"))
    (told,) = [each.warnings.splitlines() for each in rows_of(run)]

    assert told
    assert told == [f"{p.severity} {p.path}: {p.message} [{p.code}]" for p in doubts]


@pytest.mark.parametrize("typed", [f"https://{SERVER}", f"{SERVER}:500", "198.51.100.0/24", "two words"])
def test_what_an_answer_causes_is_told_alike_in_the_form_a_row_and_a_file(
    alice: User, alice_client: Client, typed: str
) -> None:
    row = template(alice, tunnel(RemoteAddress="{{server}}"), "server", "user")
    (wrong,) = [
        p for p in problems(tunnel(RemoteAddress=typed)) if p.severity == "error" and p.path == ADDRESS
    ]
    run = checked(alice, row, [["ada", typed]], columns=("user", "server"))
    (reason,) = [each.reason for each in rows_of(run)]
    where = reverse("use_template", args=[row.pk])
    data = browse(alice_client.get(where).content.decode()).data(
        **{"answer-server": typed, "answer-user": "ada"}
    )
    page = alice_client.post(where, data.urlencode(), content_type="application/x-www-form-urlencoded")
    beside = unescape(
        page.content.decode().partition('id="id_answer-server_error"')[2].partition("</div>")[0]
    )

    assert f"{wrong.path}: {wrong.message} [{wrong.code}]" in reason
    assert wrong.message in beside


def test_a_template_that_is_filled_in_leaves_no_variable_to_be_told_of(alice: User) -> None:
    tree = tunnel(AuthName="{{user}}", LocalIdentifier="{{ user }}@hafen.example")
    whole = replace(native(tree), declaration=Declaration(variables=(Variable(name="user", label="User"),)))
    codes = [problem.code for problem in check(whole)]
    assert "own-placeholder" not in codes
    assert "unfilled-placeholder" not in codes


def test_a_spec_on_the_command_line_is_judged_as_a_profile_is(tmp_path: Path) -> None:
    tree = profile(
        vpn({"RemoteAddress": f"https://{SERVER}", "AuthName": "{{ person }}", "LocalIdentifier": "$EMAIL"}),
        PayloadDisplayName="VPN {{person}}",
    )
    payload = tree["PayloadContent"][0]
    values = merged(payload, dict.fromkeys(("PayloadType", "PayloadVersion", "PayloadIdentifier", "VPNType")))
    given = {name: to_json(value) for name, value in values.items() if value is not None}
    envelope = {name: tree[name] for name in ("PayloadDisplayName", "PayloadIdentifier")}
    spec: dict[str, Any] = {
        "profile": envelope,
        "payloads": [{"type": "vpn-ikev2", "name": "p", "values": given}],
    }
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    found = check_file(str(tmp_path / "spec.json"), None)
    assert summary(found.problems) == summary(problems(tree, "native"))
    assert found.exit_status == 1


def test_a_file_and_its_spec_on_the_command_line_are_judged_alike(tmp_path: Path) -> None:
    for name, tree in {**BROKEN, **DOUBTFUL}.items():
        spec = write(from_file(tree), with_secrets=True, form=Format.YAML).text
        (tmp_path / f"{name}.yaml").write_text(spec)
        (tmp_path / f"{name}.mobileconfig").write_bytes(plistlib.dumps(tree))
        first, second = (
            check_file(str(tmp_path / f"{name}.{end}"), None) for end in ("yaml", "mobileconfig")
        )
        assert summary(first.problems) == summary(second.problems)
