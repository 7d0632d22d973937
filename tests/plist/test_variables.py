"""Variables in the texts of a template: where they stand, what fills them, and what is wrong with them."""

from __future__ import annotations

import plistlib
from dataclasses import replace
from typing import Any

import pytest

from profiles.exceptions import VariablesError
from profiles.plist.build import build
from profiles.plist.document import Document
from profiles.plist.templates.declaration import Declaration, Place, Variable, VariableKind
from profiles.plist.templates.variables import (
    check_answers,
    completed,
    confidential,
    fill,
    lone,
    problems,
    sample,
    uses,
)
from profiles.plist.validation.validate import structure, validate
from tests.plist.making import ABSENT, TUNNEL_UUID, document, in_tunnel, payload, template

USER = Variable(name="user", label="User name")
PASSWORD = Variable(name="pw", secret=True)
RULES = [{"Action": "Connect", "SSIDMatch": ["Guest", "{{site}} {{user}}"]}]


def value(whole: Document, name: str) -> Any:
    return whole.payloads[0].values["IKEv2"][name]


def told(whole: Document) -> list[tuple[str, str, str, str]]:
    """Severity, part, path and code of what is wrong with a template as such."""
    return [(p.severity.value, p.payload, p.path, p.code) for p in problems(whole)]


# Where they stand


def test_variables_are_found_in_every_text_of_envelope_payloads_and_unknown_keys() -> None:
    whole = document(
        payload(
            {"AuthName": "{{ user }}", "OnDemandRules": RULES, "Odd": {"a.b": ["{{deep}}"]}},
            unknown={"Vendor": {"Host": ["{{host}}"]}},
        ),
        envelope={
            "PayloadDisplayName": "{{user}}, {{user}} and {{  site}}",
            "ConsentText": {"de": "{{site}}"},
        },
    )
    assert uses(whole) == {
        "user": [
            ("profile", "PayloadDisplayName"),
            ("office", "IKEv2.AuthName"),
            ("office", "IKEv2.OnDemandRules[0].SSIDMatch[1]"),
        ],
        "site": [
            ("profile", "PayloadDisplayName"),
            ("profile", "ConsentText.de"),
            ("office", "IKEv2.OnDemandRules[0].SSIDMatch[1]"),
        ],
        "deep": [("office", r"IKEv2.Odd.a\.b[0]")],
        "host": [("office", "Vendor.Host[0]")],
    }


def test_names_of_keys_and_data_hold_no_variables() -> None:
    whole = document(payload({"{{a}}": "x", "PPK": b"{{b}}"}, unknown={"{{c}}": {"{{d}}": b"{{e}}"}}))
    assert uses(whole) == {}
    assert fill(whole, {}) == whole


@pytest.mark.parametrize(
    "text", ["{{}}", "{{1a}}", "{{a b}}", "{{a-b}}", "{ {a}}", "{{a} }", "{{\ta}}", "{{é}}"]
)
def test_what_only_looks_like_a_variable_is_none(text: str) -> None:
    assert uses(template(AuthName=text)) == {}


def test_a_lone_variable_is_all_there_is_in_a_text() -> None:
    assert [lone(text) for text in ("{{ a }}", "x{{a}}", "{{a}}{{b}}", b"{{a}}", "a")] == [
        "a",
        "",
        "",
        "",
        "",
    ]


# Answers


def test_answers_that_are_right_have_nothing_wrong() -> None:
    declaration = Declaration(
        variables=(USER, Variable(name="note", required=False), Variable(name="x", default="1"))
    )
    assert check_answers(declaration, {"user": "alice"}) == {}
    assert check_answers(declaration, {"user": "alice", "note": "", "x": ""}) == {}


def test_what_is_wrong_is_told_by_the_name_of_the_variable() -> None:
    declaration = Declaration(
        variables=(
            USER,
            Variable(name="mail", kind=VariableKind.EMAIL),
            Variable(name="code", pattern="[0-9]{4}"),
        )
    )
    assert check_answers(declaration, {"user": "  ", "mail": "x", "code": "12345", "usr": "alice"}) == {
        "user": "User name is missing. Fill it in.",
        "mail": "mail is no e-mail address. Write it as user@example.org.",
        "code": "code is not of the form that the template asks for ([0-9]{4}). Correct it.",
        "usr": "The template has no variable 'usr'. Leave it out.",
    }


def test_what_is_told_repeats_no_answer() -> None:
    kinds = [Variable(name=kind.value, kind=kind, secret=True, pattern="x") for kind in VariableKind]
    wrong = check_answers(
        Declaration(variables=tuple(kinds)), {each.name: "hunter2 hunter2" for each in kinds}
    )
    assert len(wrong) == len(kinds)
    assert "hunter2" not in repr(wrong)


def test_defaults_stand_in_for_what_is_missing_or_empty() -> None:
    declaration = Declaration(
        variables=(
            Variable(name="given", default="d"),
            Variable(name="empty", default="d"),
            Variable(name="left", default="d", required=False),
            Variable(name="free", required=False),
            Variable(name="missing"),
        )
    )
    assert completed(declaration, {"given": "x", "empty": "", "unknown": "y"}) == {
        "given": "x",
        "empty": "d",
        "left": "d",
        "free": "",
    }


# Filling in


def test_variables_become_their_answers_and_the_document_is_no_template_any_more() -> None:
    whole = template(
        AuthName="{{user}}@{{site}}",
        OnDemandRules=RULES,
        variables=(USER, Variable(name="site")),
        envelope={"PayloadDisplayName": "VPN of {{ user }}"},
    )
    filled = fill(whole, {"user": "alice", "site": "hq", "more": "x"})
    assert filled.declaration is None
    assert filled.title == "VPN of alice"
    assert value(filled, "AuthName") == "alice@hq"
    assert value(filled, "OnDemandRules") == [{"Action": "Connect", "SSIDMatch": ["Guest", "hq alice"]}]
    assert value(whole, "OnDemandRules") == RULES


@pytest.mark.parametrize(
    "answer",
    [
        "{{user}}",
        "{{other}}",
        "{{",
        r"\1 \g<0> \\",
        "</string><key>x</key><true/>",
        "<!DOCTYPE x [<!ENTITY y 'z'>]>&y;&amp;",
        "]]>",
        "  blanks and\nlines\t",
        "é 😀",
    ],
)
def test_an_answer_is_put_in_as_it_is_and_never_looked_at_again(answer: str) -> None:
    whole = template(AuthName="a{{user}}b{{other}}", variables=(USER, Variable(name="other")))
    filled = fill(whole, {"user": answer, "other": "o"})
    assert value(filled, "AuthName") == f"a{answer}bo"
    built, plain = (
        plistlib.loads(build(each))["PayloadContent"][0]["IKEv2"]
        for each in (filled, fill(whole, {"user": "u", "other": "o"}))
    )
    assert built == {**plain, "AuthName": f"a{answer}bo"}


@pytest.mark.parametrize(
    ("declared", "answers", "names"),
    [
        ((), {"user": "alice", "site": "hq"}, ["user", "site"]),
        ((USER,), {"user": "alice", "site": "hq"}, ["site"]),
        ((USER, Variable(name="site")), {"site": "hq"}, ["user"]),
    ],
)
def test_a_variable_without_a_declaration_or_an_answer_is_named(
    declared: tuple[Variable, ...], answers: dict[str, str], names: list[str]
) -> None:
    with pytest.raises(VariablesError) as refusal:
        fill(template(AuthName="{{user}} {{site}}", variables=declared), answers)
    assert refusal.value.names == names
    assert all(f"{{{{{name}}}}}" in str(refusal.value) for name in names)


def test_what_nests_too_deep_to_be_written_is_left_alone() -> None:
    deep: Any = "{{user}}"
    for _ in range(5_000):
        deep = [deep]
    whole = replace(template(variables=(USER,)), payloads=(payload(unknown={"Vendor": deep}),))
    assert uses(whole) == {}
    assert fill(whole, {"user": "alice"}).payloads[0].unknown["Vendor"] is not None
    assert next(problems(whole)).code == "unused-variable"
    assert [problem.code for problem in structure(sample(whole))] == ["too-deep"]


def test_a_text_of_many_braces_does_not_take_long() -> None:
    whole = template(AuthName="{{ " * 20_000 + "{" * 20_000 + " " * 20_000)
    assert uses(whole) == {}
    assert ("error", "office", "IKEv2.AuthName", "variable") in told(whole)


# As it is judged


def test_a_sample_passes_where_its_answers_would() -> None:
    kinds = {kind: Variable(name=kind.value, kind=kind) for kind in VariableKind}
    whole = template(
        RemoteAddress="{{hostname}}",
        RemoteIdentifier="{{hostname}}",
        AuthName="{{email}}",
        variables=(*kinds.values(), Variable(name="id", default="com.example")),
        envelope={
            "PayloadIdentifier": "{{id}}.{{text}}",
            "PayloadDescription": "{{number}} {{url}} {{nobody}}",
        },
    )
    sampled = sample(whole)
    assert sampled.identifier == "com.example.sample"
    assert value(sampled, "AuthName") == "user@example.org"
    assert sampled.envelope["PayloadDescription"] == "1 https://www.example.org/ {{nobody}}"
    assert sampled.declaration == whole.declaration
    assert [(p.path, p.code) for p in validate(whole)] == [("PayloadDescription", "variable")]


def test_a_template_is_judged_as_a_template_and_as_the_profile_that_it_becomes() -> None:
    whole = template(
        AuthName="{{user}}", MTU=1, envelope={"PayloadIdentifier": "{{user}}"}, variables=(USER, PASSWORD)
    )
    assert [(p.severity.value, p.payload, p.path, p.code) for p in validate(whole)] == [
        ("error", "office", "IKEv2.MTU", "too-small"),
        ("advice", "profile", "", "unused-variable"),
        ("advice", "profile", "PayloadIdentifier", "identifier-style"),
    ]


def test_braces_in_a_profile_that_is_no_template_are_told_of_and_can_be_written() -> None:
    (problem,) = validate(document(payload({"AuthName": "{{user}}"})))
    assert (problem.severity.value, problem.code, problem.buildable) == ("warning", "own-placeholder", True)


def test_a_template_misses_nothing_that_it_asks_for() -> None:
    assert [p.code for p in validate(template(RemoteAddress=ABSENT))] == ["missing"]
    assert validate(template(RemoteAddress=ABSENT, asked=["RemoteAddress"])) == []


@pytest.mark.parametrize("text", ["{{usr}}", "{{user}", "{{ }}", "{{user}} {{", "{{a-b}}"])
def test_braces_that_no_variable_fills_are_an_error_where_they_stand(text: str) -> None:
    whole = template(OnDemandRules=[{"Action": text}], AuthName="{{user}}", variables=(USER,))
    assert told(whole) == [("error", "office", "IKEv2.OnDemandRules[0].Action", "variable")]


def test_braces_around_a_variable_are_no_error() -> None:
    assert told(template(AuthName="{{{user}}}", variables=(USER,))) == []


@pytest.mark.parametrize(
    ("declared", "found"),
    [
        ((Variable(name="user"), Variable(name="user")), [("error", "duplicate-variable")]),
        ((USER, Variable(name="more")), [("advice", "unused-variable")]),
        ((Variable(name="user", pattern="("),), [("error", "bad-pattern")]),
        ((Variable(name="user", pattern="(", default="x"),), [("error", "bad-pattern")]),
        ((Variable(name="user", pattern="[a-z]+", default="1"),), [("error", "bad-default")]),
        ((Variable(name="user", kind=VariableKind.EMAIL, default="x"),), [("error", "bad-default")]),
        (
            (Variable(name="user", secret=True, default="x"),),
            [("warning", "shown-variable"), ("error", "visible-secret")],
        ),
        ((Variable(name="user", pattern="[a-z]+", default="x"),), []),
    ],
)
def test_a_variable_that_cannot_work_is_told(
    declared: tuple[Variable, ...], found: list[tuple[str, str]]
) -> None:
    assert [
        (severity, code) for severity, _, _, code in told(template(AuthName="{{user}}", variables=declared))
    ] == found


def test_a_variable_in_a_secret_key_is_confidential_and_should_be_secret() -> None:
    whole = template(AuthPassword="{{pw}}", AuthName="{{user}}", variables=(USER, Variable(name="pw")))
    assert told(whole) == [("warning", "profile", "", "open-variable")]
    assert confidential(whole) == {"pw"}
    declared = template(AuthName="{{pw}}{{user}}", variables=(USER, PASSWORD))
    assert confidential(declared) == {"pw"}


def test_a_secret_variable_in_a_key_that_is_shown_is_warned_of_once() -> None:
    rules = [{"Action": "Connect", "SSIDMatch": ["{{pw}}"]}]
    whole = template(AuthName="{{pw}} {{user}}", OnDemandRules=rules, variables=(USER, PASSWORD))
    assert told(whole) == [("warning", "profile", "", "shown-variable")]
    (found,) = problems(whole)
    assert found.message.startswith(
        "The variable pw is secret, but stands in IKEv2.AuthName, which is shown."
    )


@pytest.mark.parametrize("name", ["AuthPassword", "NobodyKnowsThis"])
def test_a_secret_variable_in_a_key_that_is_not_shown_is_fine(name: str) -> None:
    whole = template({name: "{{pw}}"}, AuthName="{{user}}", variables=(USER, PASSWORD))
    assert told(whole) == []


def test_places_that_are_not_there_or_not_set_are_advised_on() -> None:
    whole = template(locked=["MTU", "AuthenticationMethod", "Gone"], asked=["AuthName", "Gone2"])
    declaration = whole.declaration
    assert declaration
    more = frozenset(
        {Place("profile", "PayloadDescription"), Place("profile", "Gone"), Place("no-part", "MTU")}
    )
    whole = replace(whole, declaration=replace(declaration, locked=declaration.locked | more))
    assert told(whole) == [
        ("advice", "office", "", "lost-place"),
        ("advice", "office", "", "lost-place"),
        ("advice", "office", "IKEv2.MTU", "locked-unset"),
        ("advice", "profile", "", "lost-place"),
        ("advice", "profile", "", "lost-place"),
        ("advice", "profile", "PayloadDescription", "locked-unset"),
    ]


def test_a_key_that_only_the_document_has_can_be_locked() -> None:
    whole = template(Vendor="x", locked=["Vendor"])
    assert told(whole) == []
    assert in_tunnel("Vendor") == Place(TUNNEL_UUID, "IKEv2.Vendor")


def test_no_problem_repeats_a_default_or_a_secret() -> None:
    whole = template(
        AuthPassword="hunter2{{",
        AuthName="{{pw}}",
        variables=(Variable(name="pw", secret=True, default="hunter2", pattern="[0-9]"),),
    )
    found = [*problems(whole)]
    assert len(found) == 4
    assert "hunter2" not in repr(found)
