"""What a template declares: variables and their values, locked and asked keys, and all of it as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from profiles.exceptions import DocumentError
from profiles.plist.templates.declaration import (
    MAX_ANSWER,
    MAX_PATTERN,
    Declaration,
    Origin,
    Place,
    Variable,
    VariableKind,
)
from profiles.plist.validation.references import moved_to
from tests.plist.making import PROFILE_UUID, TUNNEL_UUID, in_tunnel, template
from tests.work import soon

HOST = Place("profile", "PayloadDisplayName")
KEY = Place("6F1A3A8E-2A44-4B1E-9A55-6D6B0F7A9C11", "IKEv2.AuthName")
DECLARATION = Declaration(
    variables=(
        Variable(
            name="username", label="User name", pattern=r"[a-z.]+", default="a.b", help="As in the directory"
        ),
        Variable(name="pw", secret=True, required=False),
        Variable(name="site", kind=VariableKind.URL),
    ),
    locked=frozenset({KEY, HOST}),
    asked=frozenset({Place(KEY.part, "IKEv2.AuthPassword")}),
    summary="For the office.",
)


@pytest.mark.parametrize("name", ["a", "A1_", "x" * 40])
def test_a_name_is_up_to_forty_letters_digits_and_underscores(name: str) -> None:
    assert Variable(name=name).name == name


@pytest.mark.parametrize("name", ["", "1a", "_a", "a-b", "a b", "é", "x" * 41, "a\n"])
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(DocumentError, match="cannot be called"):
        Variable(name=name)


def test_every_kind_has_a_title_and_takes_its_own_sample() -> None:
    for kind in VariableKind:
        assert kind.title
        assert kind.input_type in {"text", "email", "url", "number"}
        assert Variable(name="x", kind=kind).check(kind.sample) == ""


@pytest.mark.parametrize(
    ("kind", "fitting", "other"),
    [
        ("text", ["", "a\nb", "{{x}}", "<a>&"], []),
        (
            "email",
            ["a@b.example", "a+b.c@d.e.f"],
            ["a", "a@b", "a@b@c.d", "a b@c.d", "@c.d", "a@.d", "a@b.c\n"],
        ),
        (
            "hostname",
            ["vpn", "vpn.example.org", "a-b.c.", "192.0.2.1", "2001:db8::1", "x" * 63],
            ["", "-a.b", "a..b", "a b", "a_b", "https://a.b", "x" * 64, "vpn\n"],
        ),
        ("url", ["https://a.example/x?y#z", "http://a"], ["a.example", "ftp://a", "https://", "https://a b"]),
        ("number", ["0", "-12", "1.5"], ["", "1e5", "1,5", "x", "١", "1.", " 1"]),
    ],
)
def test_a_kind_tells_what_is_of_it(kind: str, fitting: list[str], other: list[str]) -> None:
    assert [value for value in fitting if not VariableKind(kind).fits(value)] == []
    assert [value for value in other if VariableKind(kind).fits(value)] == []


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        (
            Variable(name="user"),
            "x" * 1_001,
            "user has 1,001 characters, more than the 1,000 allowed. Shorten it.",
        ),
        (
            Variable(name="user"),
            "a\0",
            "user holds the control character U+0000, which no profile can hold. Remove it.",
        ),
        (
            Variable(name="user"),
            "\ud800",
            "user holds the control character U+D800, which no profile can hold. Remove it.",
        ),
        (
            Variable(name="mail", label="E-mail", kind=VariableKind.EMAIL),
            "a",
            "E-mail is no e-mail address. Write it as user@example.org.",
        ),
        (
            Variable(name="user", pattern="[a-z]+"),
            "a1",
            "user is not of the form that the template asks for ([a-z]+). Correct it.",
        ),
        (
            Variable(name="user", pattern="[a-z]+", help="Small letters"),
            "1a",
            "user is not of the form that the template asks for (Small letters). Correct it.",
        ),
    ],
)
def test_a_wrong_value_is_told_in_a_sentence(variable: Variable, value: str, sentence: str) -> None:
    assert variable.check(value) == sentence


def test_a_value_may_have_as_many_characters_as_are_allowed() -> None:
    assert Variable(name="user", pattern="é+").check("é" * MAX_ANSWER) == ""


@pytest.mark.parametrize(
    "pattern", ["(", "(?=a)", r"(a)\1", "a{1001}", "\ud800", "\0", "a" * (MAX_PATTERN + 1)]
)
def test_where_the_pattern_is_no_regular_expression_no_value_passes(
    pattern: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert "no regular expression" in Variable(name="user", pattern=pattern).check("a")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|aa)+$b", "(.*)*(.*)*(.*)*x", "((a{0,9}){0,9}){0,9}b"])
def test_no_pattern_takes_long(pattern: str) -> None:
    with soon():
        assert Variable(name="user", pattern=pattern).check("a" * MAX_ANSWER)


def test_a_place_is_locked_or_asked_for_and_never_both() -> None:
    with pytest.raises(DocumentError, match=r"IKEv2\.AuthName is both locked and asked for\. Choose one\."):
        Declaration(locked=frozenset({KEY, HOST}), asked=frozenset({KEY}))


def test_a_place_follows_its_payload_to_another_uuid() -> None:
    whole = template(locked=["RemoteAddress"], asked=["LocalIdentifier"])
    uuid = "99999999-2222-3333-4444-555555555555"
    moved = moved_to(whole, {PROFILE_UUID.upper(): PROFILE_UUID, TUNNEL_UUID.upper(): uuid})
    assert moved.declaration is not None
    assert moved.declaration.locked == {in_tunnel("RemoteAddress", uuid)}
    assert moved.declaration.asked == {in_tunnel("LocalIdentifier", uuid)}


def test_a_declaration_comes_back_from_json_as_it_was() -> None:
    text = json.dumps(DECLARATION.to_json())
    assert Declaration.from_json(json.loads(text)) == DECLARATION
    assert Declaration.from_json(Declaration().to_json()) == Declaration()


def test_the_json_of_a_declaration_is_sorted() -> None:
    assert DECLARATION.to_json()["locked"] == [list(KEY), list(HOST)]
    assert DECLARATION.to_json()["variables"][2] == {
        "name": "site",
        "label": "",
        "kind": "url",
        "required": True,
        "pattern": "",
        "default": "",
        "secret": False,
        "help": "",
    }


def test_what_is_left_out_is_as_by_default() -> None:
    assert Declaration.from_json({}) == Declaration()
    assert Declaration.from_json({"variables": [{"name": "x"}]}).variables == (Variable(name="x"),)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ([], "not a dictionary"),
        (None, "not a dictionary"),
        ({"lokced": []}, "has no key 'lokced'"),
        ({"variables": {}}, "“variables” is not a list"),
        ({"variables": ["x"]}, "A variable is not a dictionary"),
        ({"variables": [{}]}, "cannot be called ''"),
        ({"variables": [{"name": 5}]}, "The name of a variable is not a text"),
        ({"variables": [{"name": "a b"}]}, "cannot be called 'a b'"),
        ({"variables": [{"name": "a", "kind": "date"}]}, "unknown kind, 'date'"),
        ({"variables": [{"name": "a", "kind": ["text"]}]}, "The kind of a is not a text"),
        ({"variables": [{"name": "a", "secret": 1}]}, "“secret” of a is neither true nor false"),
        ({"variables": [{"name": "a", "help": None}]}, "“help” of a is not a text"),
        ({"variables": [{"name": "a", "expression": "x"}]}, "has no key 'expression'"),
        ({"locked": [["profile"]]}, "“locked” holds what is no place"),
        ({"asked": [["profile", 1]]}, "“asked” holds what is no place"),
        ({"asked": "ab"}, "“asked” is not a list"),
        ({"summary": 1}, "“summary” is not a text"),
        ({"locked": [["a", "b"]], "asked": [["a", "b"]]}, "both locked and asked for"),
    ],
)
def test_json_that_is_no_declaration_is_refused(data: Any, told: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        Declaration.from_json(data)
    assert told in str(refusal.value)


def test_an_origin_keeps_its_answers_out_of_json_and_out_of_sight() -> None:
    origin = Origin(
        template="t1", revision=3, title="Office", locked=frozenset({KEY, HOST}), answers={"pw": "hunter2"}
    )
    stored = json.loads(json.dumps(origin.to_json()))
    assert stored == {"template": "t1", "revision": 3, "title": "Office", "locked": [list(KEY), list(HOST)]}
    assert Origin.from_json(stored, {"pw": "hunter2"}) == origin
    assert "hunter2" not in repr(origin)


@pytest.mark.parametrize("pattern", [r"(\pL|\pN|\pP|\pS){250}", "((a{100}){100}){100}"])
def test_a_pattern_that_takes_long_to_compile_is_refused_at_once(pattern: str) -> None:
    with soon():
        sentence = Variable(name="user", pattern=pattern).check("a")

    assert "is no regular expression" in sentence


def test_there_are_only_so_many_variables_and_places() -> None:
    with pytest.raises(DocumentError, match="101 variables; at most 100"):
        Declaration(variables=tuple(Variable(name=f"v{number}") for number in range(101)))
    with pytest.raises(DocumentError, match="5,001 locked or asked keys; at most 5,000"):
        Declaration(locked=frozenset(Place("profile", str(number)) for number in range(5_001)))
