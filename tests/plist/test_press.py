"""The press writes byte for byte what a template filled in and dumped would be, whatever stands where."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from profiles.catalogue import registry
from profiles.catalogue.payload_type import Example, Payload
from profiles.exceptions import VariablesError
from profiles.plist.build import dump
from profiles.plist.document import Document, PayloadDocument, random_uuid
from profiles.plist.template_renderer import Press
from profiles.plist.templates.declaration import Declaration, Variable
from profiles.plist.templates.instance import instantiate
from tests.key_samples import some_values
from tests.plist.making import PROFILE_UUID, TUNNEL_UUID, document, payload, template

# What it keeps between runs belongs with what the tests throw away.
set_hypothesis_home_dir(settings.DATA_DIR / "hypothesis")

UUID = "ABCDEF12-0000-4000-8000-000000000001"
OTHER = "12345678-1234-4234-9234-123456789012"
IDENTITY_UUID = "9E1B7A52-5C0E-4E0B-8E5B-1A2B3C4D5E6F"

NASTY = (
    "plain",
    "",
    "   ",
    "<&>\"'",
    "]]></string><string>",
    "&amp;&#65;",
    "two\nlines",
    "two\r\nlines, and\rthree",
    "next\x85line, and\u2028another",
    "\nfirst",
    "last\n",
    "\rfirst",
    "last\r",
    "\t tab ",
    "äß日本😀 e\u0301 \u202e \u00a0",
    "{{user}}",
    "{{pw}} {{ nobody }} {{",
    "}}",
    "\\1 \\g<0> %s {0}",
    PROFILE_UUID,
    TUNNEL_UUID.lower(),
    UUID,
    UUID[:8].lower(),
    "unused",
    "0000",
    "x" * 1_000,
)
"""Texts that something along the way may take for more than a text."""

MOST_VARIABLES = 100
"""What a template may declare."""

VARIABLES = (
    Variable(name="user"),
    Variable(name="pw", secret=True),
    Variable(name="dept", default="R&D"),
    Variable(name="room", required=False),
    Variable(name="unused"),
)
EVERYWHERE = template(
    AuthName="{{user}}",
    AuthPassword="{{pw}}",
    LocalIdentifier="{{ user }}@{{dept}}{{room}}",
    OnDemandRules=[{"Action": "Connect", "SSIDMatch": ["{{user}}-home", "{{room}}", "Guest", "{{dept}}\nx"]}],
    variables=VARIABLES,
    envelope={
        "PayloadDisplayName": "VPN of {{user}}\r\n{{room}}",
        "PayloadDescription": "{{room}}",
        "PayloadOrganization": "{{dept}}",
        "ConsentText": {"default": "{{user}}, read this", "de": "{{room}}"},
    },
)


def with_unknown(whole: Document, **unknown: Any) -> Document:
    return replace(whole, payloads=tuple(replace(part, unknown=unknown) for part in whole.payloads))


def press_of(whole: Document) -> Press:
    return Press(whole, template_id="t1", revision=3)


def slow(whole: Document, uuid: str, answers: Mapping[str, str]) -> bytes:
    """What the rest of the house writes."""
    return dump(instantiate(whole, template_id="t1", revision=3, uuid=uuid, answers=answers))


def assert_same(whole: Document, *answers: Mapping[str, str], uuids: tuple[str, ...] = (UUID, OTHER)) -> None:
    """One press, as a run has it, gives for all what each of them is by itself."""
    press = press_of(whole)
    for each in answers:
        for uuid in uuids:
            assert press.dump(uuid, each) == slow(whole, uuid, each), each
            assert press.agrees(uuid, each)


def anywhere(value: Any, chance: random.Random, names: list[str]) -> Any:
    """The value with variables in about half of its texts, alone, or amid others."""
    match value:
        case str() if len(names) < MOST_VARIABLES and chance.random() < 0.5:
            names.append(f"v{len(names)}")
            form = chance.choice(["{%s}", "before {%s}", "{%s}{%s}", "{%s} & <{%s}>"])
            return form.replace("%s", f"{{{names[-1]}}}")
        case dict():
            return {name: anywhere(item, chance, names) for name, item in value.items()}
        case list():
            return [anywhere(item, chance, names) for item in value]
    return value


def varied(payload: Payload, values: Mapping[str, Any], chance: random.Random) -> Document:
    """A template of one payload with variables anywhere."""
    names: list[str] = []
    envelope = anywhere({"PayloadDisplayName": "Contract", "PayloadIdentifier": "com.example"}, chance, names)
    inside = anywhere(dict(values), chance, names)
    unknown = anywhere({"Vendor": {"Owners": ["a", 1, True, b"x", "b"], "Self": TUNNEL_UUID}}, chance, names)
    part = PayloadDocument(slug=payload.slug, name="tested", uuid=TUNNEL_UUID, values=inside, unknown=unknown)
    variables = tuple(Variable(name=name, required=chance.random() < 0.5) for name in names)
    return Document(
        uuid=PROFILE_UUID,
        envelope=envelope,
        targets={},
        payloads=(part,),
        declaration=Declaration(variables=variables),
    )


def answers_for(whole: Document, chance: random.Random) -> dict[str, str]:
    declared = whole.declaration.variables if whole.declaration else ()
    texts = [text for text in NASTY if text.strip()]
    return {each.name: chance.choice(texts if each.required else NASTY) for each in declared}


PAYLOADS = list(registry.payloads().values())
EXAMPLES = [
    pytest.param(payload, example, id=f"{payload.slug}-{example.title}")
    for payload in PAYLOADS
    for example in payload.examples
]


@pytest.mark.parametrize(("payload", "example"), EXAMPLES)
def test_every_example_of_the_catalogue_comes_out_the_same(payload: Payload, example: Example) -> None:
    chance = random.Random(payload.slug + example.title)
    for _ in range(4):
        whole = varied(payload, example.values, chance)
        assert_same(whole, *(answers_for(whole, chance) for _ in range(4)))


@pytest.mark.parametrize("payload", PAYLOADS, ids=[payload.slug for payload in PAYLOADS])
def test_every_key_of_the_catalogue_comes_out_the_same(payload: Payload) -> None:
    chance = random.Random(payload.slug)
    for share in (0.3, 1):
        whole = varied(payload, some_values(payload, chance, share), chance)
        assert_same(whole, *(answers_for(whole, chance) for _ in range(3)))


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_an_answer_is_written_as_it_is_wherever_it_stands(text: str) -> None:
    others = {"user": "alice", "pw": "hunter2", "unused": "x"}
    assert_same(
        with_unknown(EVERYWHERE, Vendor={"Owners": ["{{user}}", {"Room": "{{room}}"}]}),
        others,
        others | {"room": text},
        others | {"dept": text, "room": text},
        *([dict.fromkeys(("user", "pw", "dept", "room", "unused"), text)] if text.strip() else []),
    )


def test_line_ends_of_an_answer_and_of_the_template_stay_what_they_are() -> None:
    whole = template(AuthName="{{user}}\nend", LocalIdentifier="a\r{{user}}{{pw}}", variables=VARIABLES)
    ends = ["x\r", "\nx", "x", "\r", "x\n", "\rx", "\r\n"]
    chosen = [
        {"user": f"u{one}u" if one.strip() == "" else one, "pw": f"{two}p"} for one in ends for two in ends
    ]
    assert_same(whole, *({**answers, "unused": "x"} for answers in chosen))
    assert b"<string>x&#13;\nend</string>" in press_of(whole).dump(
        UUID, {"user": "x\r", "pw": "p", "unused": "x"}
    )


@pytest.mark.parametrize(
    "identifier",
    ["com.example.vpn", "com.example.{{user}}", "{{room}}", "", None, f"com.{UUID}.x", UUID[:8].lower()],
    ids=["plain", "a variable", "one that may be empty", "empty", "none", "the UUID", "its own end"],
)
def test_the_identifier_comes_out_the_same(identifier: str | None) -> None:
    whole = replace(EVERYWHERE, envelope={**EVERYWHERE.envelope, "PayloadIdentifier": identifier})
    answers = {"user": "alice", "pw": "hunter2", "unused": "x"}
    assert_same(whole, answers, answers | {"room": "b"}, uuids=(UUID, OTHER, random_uuid()))


def test_references_between_payloads_come_out_the_same() -> None:
    identity = PayloadDocument(
        slug="identity-pkcs12", name="id", uuid=IDENTITY_UUID, values={"Password": "{{pw}}"}
    )
    tunnel = payload(
        {"PayloadCertificateUUID": IDENTITY_UUID.lower(), "AuthName": "{{user}}"},
        unknown={"Vendor": [PROFILE_UUID, TUNNEL_UUID, "{{user}}"]},
    )
    whole = replace(document(tunnel, identity), declaration=Declaration(variables=VARIABLES))
    assert_same(
        whole,
        *({"user": text, "pw": "p", "unused": "x"} for text in (IDENTITY_UUID, PROFILE_UUID, "alice", UUID)),
    )


def test_a_template_without_variables_comes_out_the_same() -> None:
    assert_same(replace(document(payload()), declaration=Declaration()), {}, {"nobody": "x"})


def test_a_variable_that_decides_on_the_type_of_a_payload_comes_out_the_same() -> None:
    part = PayloadDocument(
        slug="certificate",
        name="ca",
        uuid=TUNNEL_UUID,
        values={"PayloadType": "{{room}}", "PayloadContent": b"x"},
    )
    whole = replace(document(part), declaration=Declaration(variables=VARIABLES))
    kinds = ("com.apple.security.root", "com.apple.security.pem", "other", "")
    assert_same(whole, *({"user": "a", "pw": "b", "unused": "c", "room": kind} for kind in kinds))


def test_answers_that_swap_places_do_not_get_mixed_up() -> None:
    answers = {
        "user": "{{pw}}",
        "pw": "{{user}}",
        "dept": "{{dept}}",
        "room": "{{user}}{{pw}}",
        "unused": "x",
    }
    assert_same(EVERYWHERE, answers)
    written = press_of(EVERYWHERE).dump(UUID, answers)
    assert b"<string>{{pw}}</string>" in written
    assert b"<string>{{user}}</string>" in written


def test_answers_to_what_is_not_declared_are_left_out() -> None:
    assert_same(EVERYWHERE, {"user": "a", "pw": "b", "unused": "c", "nobody": "secret"})


@pytest.mark.parametrize("missing", ["user", "pw"])
@pytest.mark.parametrize("text", ["", "  "])
def test_a_required_answer_that_is_missing_is_named_as_by_filling_in(missing: str, text: str) -> None:
    press = press_of(EVERYWHERE)
    answers = {"user": "a", "pw": "b", "unused": "c", missing: text}
    with pytest.raises(VariablesError) as refusal:
        press.dump(UUID, answers)
    assert refusal.value.names == [missing]


def test_a_required_answer_that_stands_nowhere_may_be_missing_as_by_filling_in() -> None:
    assert_same(EVERYWHERE, {"user": "a", "pw": "b"})


def test_a_variable_that_is_not_declared_is_named_as_by_filling_in() -> None:
    whole = template(AuthName="{{nobody}}", variables=VARIABLES)
    with pytest.raises(VariablesError) as refusal:
        press_of(whole).dump(UUID, {"user": "a", "pw": "b"})
    assert refusal.value.names == ["nobody"]


def test_more_forms_than_are_kept_come_out_the_same() -> None:
    names = [f"v{number}" for number in range(7)]
    whole = template(
        variables=tuple(Variable(name=name, required=False) for name in names),
        OnDemandRules=[{"Action": "Connect", "SSIDMatch": [f"{{{{{name}}}}}" for name in names]}],
        envelope={f"Key{name}": f"{{{{{name}}}}}" for name in names},
    )
    chosen = [
        {name: "x" if bits >> number & 1 else "" for number, name in enumerate(names)} for bits in range(128)
    ]
    assert_same(whole, *chosen, *chosen[:3], uuids=(UUID,))


def test_a_shortcut_that_writes_something_else_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"user": "a", "pw": "b", "unused": "c"}
    press = press_of(EVERYWHERE)
    assert press.agrees(UUID, answers)
    monkeypatch.setattr("profiles.plist.template_renderer._written", lambda text: text.upper())
    assert not press.agrees(UUID, answers)


texts = st.text(
    st.characters(codec="utf-8", exclude_characters="\ufffe\uffff") | st.sampled_from("\r\n\t&<>{}")
).map(lambda text: "".join(letter for letter in text if letter in "\t\r\n" or letter >= " "))
pieces = st.lists(
    st.sampled_from(["{{a}}", "{{ b }}", "{{c}}", "{{d}}", "\r", "\n", "x", "&", TUNNEL_UUID]), max_size=5
).map("".join)


@hypothesis_settings(max_examples=150, deadline=None, database=None)
@given(
    shown=pieces,
    listed=st.lists(pieces, max_size=3),
    identifier=pieces,
    deep=pieces,
    answers=st.lists(st.fixed_dictionaries(dict.fromkeys("abcd", texts)), min_size=1, max_size=3),
)
def test_any_answers_to_any_template_come_out_the_same(
    shown: str, listed: list[str], identifier: str, deep: str, answers: list[dict[str, str]]
) -> None:
    whole = template(
        AuthName=shown,
        OnDemandRules=[{"Action": "Connect", "SSIDMatch": listed}],
        variables=(
            Variable(name="a", default="<a>"),
            Variable(name="b", required=False),
            Variable(name="c", required=False, default="\r"),
            Variable(name="d", required=False, secret=True),
        ),
        envelope={"PayloadIdentifier": identifier, "PayloadDisplayName": shown},
    )
    assert_same(with_unknown(whole, Vendor={"Deep": [{"Text": deep}]}), *answers)


def test_the_same_press_serves_all_forms_in_any_order() -> None:
    press = press_of(EVERYWHERE)
    answers = {"user": "a", "pw": "b", "unused": "c"}
    make: Callable[[str], bytes] = lambda room: press.dump(UUID, answers | {"room": room})  # noqa: E731
    first = make("x")
    assert make("") != first
    assert make("y") == slow(EVERYWHERE, UUID, answers | {"room": "y"})
    assert make("x") == first
