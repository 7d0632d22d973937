"""The short form: what it asks, what it reads, and what it holds on to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_form
from django.http import QueryDict

from designer.forms.document_form import DocumentForm
from designer.forms.short_form import AnswersForm, ShortForm
from profiles.plist.document import Document, PayloadDocument, Problem, random_uuid
from profiles.plist.templates.declaration import MAX_ANSWER, Origin, Variable, VariableKind
from profiles.services.certificate_evidence import check
from profiles.services.templates import NAME
from tests.designer.forms.making import query
from tests.posting import browse
from tests.services.template_samples import (
    ANSWERS,
    ASKED,
    PIN,
    PROXY_PASSWORD,
    VARIABLES,
    declared,
    edited,
    in_first,
    template_document,
)

DOCUMENT = template_document()
PART = DOCUMENT.payloads[0].uuid


def posted(**changes: str) -> QueryDict:
    """What somebody fills in; "__" stands for the prefix of the tunnel."""
    given = {
        "answer-profile-name": "Bob’s VPN",
        "answer-user": "bob",
        "answer-domain": "",
        "answer-pin": PIN,
        "answer-room": "",
        f"{PART}-IKEv2.MTU": "1300",
        f"{PART}-DNS.ServerAddresses": "10.0.0.1\r\n10.0.0.2",
        f"{PART}-Proxies.HTTPProxyPassword": PROXY_PASSWORD,
    }
    return query(given | {name.replace("__", f"{PART}-"): value for name, value in changes.items()})


def form(data: QueryDict | None = None, document: Document = DOCUMENT, **options: object) -> ShortForm:
    return ShortForm(document, data, **{"name": "Office VPN", **options})  # type: ignore[arg-type]


def answers_form(
    *variables: Variable, posted: Mapping[str, str] | None = None, stored: Mapping[str, str] | None = None
) -> AnswersForm:
    data = None if posted is None else query({f"answer-{name}": value for name, value in posted.items()})
    return AnswersForm(data, declared(DOCUMENT, variables=variables), name="", answers=stored or {})


def html(form: ShortForm) -> str:
    return "".join([as_crispy_form(form.answers), *(part.html for part in form.parts)])


def enabled(page: str) -> set[str]:
    """The names of what a browser posts: nothing of a fieldset that is out of reach."""
    pieces = page.split('<fieldset class="locked" disabled>')
    reachable = [pieces[0], *(piece.partition("</fieldset>")[2] for piece in pieces[1:])]
    return {name for name, _ in browse("".join(reachable)).posted}


def values(form: ShortForm) -> dict[str, object]:
    return {place.path: value for place, value in form.values().items()}


# What is asked


def test_it_asks_for_a_name_the_variables_and_the_keys_that_are_asked_and_nothing_else() -> None:
    page = html(form())

    assert enabled(page) == {
        *(f"answer-{name}" for name in ("profile-name", "user", "domain", "pin", "room")),
        *(f"{PART}-{path}" for path in ASKED),
    }


def test_the_keys_stand_under_the_title_of_their_payload_and_only_where_there_are_some() -> None:
    more = PayloadDocument(slug="scep", name="scep", uuid=random_uuid(), values={})
    whole = replace(DOCUMENT, payloads=(*DOCUMENT.payloads, more))

    parts = [(part.part.title, part.paths) for part in form(document=whole).parts]
    assert parts == [("Office", frozenset(ASKED))]


def test_a_key_whose_value_reveals_another_is_there_for_scripts_alone() -> None:
    page = html(form())

    hidden = page.partition("<div hidden>")[2]
    assert f'name="{PART}-Proxies.HTTPEnable"' in hidden
    assert f'name="{PART}-Proxies.HTTPEnable"' not in page.partition("<div hidden>")[0]


@pytest.mark.parametrize("how", ["locked", "asked"])
def test_a_name_that_is_locked_or_asked_as_a_key_is_not_asked_twice(how: str) -> None:
    document = declared(DOCUMENT, locked=frozenset(), asked=frozenset())
    document = declared(document, **{how: frozenset({NAME})})

    page = html(form(document=document))

    assert "answer-profile-name" not in page
    assert ("profile-PayloadDisplayName" in enabled(page)) == (how == "asked")


def test_a_variable_can_be_called_as_the_key_of_the_name() -> None:
    whole = answers_form(
        Variable(name="PayloadDisplayName"),
        Variable(name="name"),
        posted={"profile-name": "Mine", "PayloadDisplayName": "x", "name": "y"},
    )

    assert whole.is_valid()
    assert (whole.name, whole.answers()) == ("Mine", {"PayloadDisplayName": "x", "name": "y"})


def test_what_was_answered_is_shown_but_for_secrets() -> None:
    stored = {**ANSWERS, "user": "carol"}

    page = html(form(answers=stored))

    assert 'value="carol"' in page
    assert PIN not in page
    assert "Set. Leave empty to keep it." in page


@pytest.mark.parametrize("kind", VariableKind)
def test_a_control_is_of_the_kind_of_its_variable(kind: VariableKind) -> None:
    page = str(answers_form(Variable(name="x", kind=kind)))

    assert f'type="{kind.input_type}"' in page
    assert ("step=" in page) == (kind is VariableKind.NUMBER)


def test_labels_help_and_errors_belong_to_their_controls() -> None:
    whole = answers_form(VARIABLES[0], posted={"user": "B"})

    page = as_crispy_form(whole)

    assert 'for="id_answer-user"' in page
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_answer-user_helptext id_answer-user_error"' in page


def test_labels_and_help_are_data() -> None:
    variable = Variable(name="x", label="<b>", help="<i>" * 50, pattern="y", default="\"'<u>")

    for posted in (None, {"x": "<s>"}):
        page = as_crispy_form(answers_form(variable, posted=posted))
        assert not re.search(r"<[bisu]>", page)
        assert "&lt;b&gt;" in page
        assert "&lt;i&gt;" in page


# What is read


def test_what_was_filled_in_is_read() -> None:
    whole = form(posted())

    assert whole.is_valid()
    assert whole.answers.name == "Bob’s VPN"
    assert whole.answers.answers() == {"user": "bob", "domain": "", "pin": PIN, "room": ""}
    assert values(whole) == {
        "IKEv2.MTU": 1300,
        "DNS.ServerAddresses": ["10.0.0.1", "10.0.0.2"],
        "Proxies.HTTPProxyPassword": PROXY_PASSWORD,
    }


def test_a_key_that_was_emptied_has_no_value() -> None:
    whole = form(posted(**{"__IKEv2.MTU": "", "__DNS.ServerAddresses": ""}))

    assert (values(whole)["IKEv2.MTU"], values(whole)["DNS.ServerAddresses"]) == (None, None)


FORGED = {
    "__IKEv2.RemoteAddress": "evil.example.com",
    "__IKEv2.AuthName": "eve",
    "__IKEv2.PPK": "evil",
    "__IKEv2.PPK.remove": "1",
    "__UserDefinedName": "Evil",
    "__IKEv2.OnDemandRules": "nabcdef",
    "__Proxies.HTTPEnable": "0",
    "profile-PayloadDisplayName": "Evil",
    "profile-PayloadIdentifier": "evil",
    "targets-iOS": "12.0",
}


@pytest.mark.parametrize("name", FORGED)
def test_a_key_that_is_not_asked_is_not_read_whatever_was_posted(name: str) -> None:
    whole = form(posted(**{name: FORGED[name]}))

    assert whole.is_valid()
    assert values(whole) == values(form(posted()))


ARRANGED = [
    ("removed", PART),
    ("payload", "6F1D0F9E-9A0B-4B3C-8C4D-2A1B3C4D5E6F scep"),
    ("payload", f"{PART} scep"),
    ("payload", f"{PART.lower()} vpn-ikev2"),
    ("payload", f"6F1D0F9E-9A0B-4B3C-8C4D-2A1B3C4D5E6F vpn-ikev2 {PART}"),
    ("remove_payload", PART),
    ("add_payload", "scep"),
    ("duplicate_payload", PART),
]


@pytest.mark.parametrize(("name", "value"), ARRANGED, ids=[name for name, _ in ARRANGED])
def test_payloads_neither_come_nor_go(name: str, value: str) -> None:
    whole = form(posted(**{name: value}))

    assert whole.is_valid()
    assert [part.name for part in whole.keys.staying] == ["profile", "tunnel 0"]
    assert values(whole) == values(form(posted()))


def test_what_cannot_be_read_is_told_even_of_a_payload_that_was_to_go() -> None:
    whole = form(posted(removed=PART, **{"__IKEv2.MTU": "much"}))

    assert not whole.is_valid()
    assert [problem.path for problem in whole.unreadable()] == ["IKEv2.MTU"]


def test_a_secret_that_is_left_empty_stays_and_one_that_is_typed_counts() -> None:
    assert form(posted(**{"answer-pin": ""}), answers=ANSWERS).is_valid()
    kept = form(posted(**{"answer-pin": ""}), answers=ANSWERS)
    kept.is_valid()
    assert kept.answers.answers()["pin"] == PIN
    new = form(posted(**{"answer-pin": " new "}), answers=ANSWERS)
    new.is_valid()
    assert new.answers.answers()["pin"] == " new "


def test_a_value_for_a_secret_key_is_kept_replaced_or_removed() -> None:
    first = DOCUMENT.payloads[0]
    proxies = {**first.values["Proxies"], "HTTPProxyPassword": "stored-in-no-page"}
    stored = replace(DOCUMENT, payloads=(replace(first, values={**first.values, "Proxies": proxies}),))
    name = "__Proxies.HTTPProxyPassword"

    def read(**changes: str) -> object:
        return values(form(posted(**changes), document=stored))["Proxies.HTTPProxyPassword"]

    assert "stored-in-no-page" not in html(form(document=stored))
    assert read(**{name: ""}) == "stored-in-no-page"
    assert read(**{name: "new"}) == "new"
    assert read(**{name: "", f"{name}.remove": "1"}) is None


# What is wrong


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        (VARIABLES[0], "", "User name is missing. Fill it in."),
        (VARIABLES[0], "   ", "User name is missing. Fill it in."),
        (VARIABLES[0], "BOB", "(Small letters and dots). Correct it."),
        (VARIABLES[1], "not a host", "Domain is no host name or IP address. Write it as vpn.example.org."),
        (VARIABLES[2], "", "PIN is missing. Fill it in."),
        (VARIABLES[2], " \t ", "PIN is missing. Fill it in."),
        (VARIABLES[2], "a\x07", "control character U+0007"),
        (VARIABLES[3], "a\x00", "ull characters"),
        (VARIABLES[3], "x" * (MAX_ANSWER + 1), "at most 1000 characters"),
        (Variable(name="x", pattern="("), "a", "is no regular expression"),
        (Variable(name="x", kind=VariableKind.NUMBER), "1e5", "is no number"),
    ],
)
def test_an_answer_that_is_none_is_told_beside_its_field(
    variable: Variable, value: str, sentence: str
) -> None:
    whole = answers_form(variable, posted={variable.name: value})

    assert not whole.is_valid()
    (told,) = whole.errors[variable.name]
    assert sentence in told
    assert len(value) < 4 or value not in told


def test_a_pattern_never_takes_long() -> None:
    whole = answers_form(Variable(name="x", pattern="(a+)+$"), posted={"x": "a" * 900 + "!"})

    assert not whole.is_valid()


def test_a_hundred_variables_are_asked_and_read() -> None:
    variables = [Variable(name=f"v{number}") for number in range(100)]

    whole = answers_form(*variables, posted={variable.name: "x" for variable in variables})

    assert whole.is_valid()
    assert len(whole.answers()) == 100


def test_two_variables_of_one_name_are_asked_once() -> None:
    whole = answers_form(VARIABLES[0], VARIABLES[0], posted={"user": "bob"})

    assert whole.is_valid()
    assert whole.answers() == {"user": "bob"}


def test_what_was_typed_is_held_secrets_only_where_that_was_asked_for() -> None:
    data = posted(**{"answer-user": "BOB", "__IKEv2.MTU": "much"})

    forgetful = form(data)
    forgetful.is_valid()
    assert PIN not in html(forgetful)
    assert PROXY_PASSWORD not in html(forgetful)

    held = form(data)
    held.is_valid()
    held.keep_secrets()
    page = browse(html(held)).data()
    assert (page["answer-user"], page[f"{PART}-IKEv2.MTU"], page["answer-pin"]) == ("BOB", "much", PIN)
    assert page[f"{PART}-Proxies.HTTPProxyPassword"] == PROXY_PASSWORD


def test_an_empty_form_holds_no_secret_even_where_that_was_asked_for() -> None:
    whole = form(answers=ANSWERS)
    whole.keep_secrets()

    assert PIN not in html(whole)


def test_it_knows_which_problems_it_shows_the_keys_of() -> None:
    whole = form(posted(**{"__IKEv2.MTU": "5"}))
    whole.is_valid()
    broken = edited(DOCUMENT, MTU=5, RemoteAddress="")
    found: Iterable[Problem] = [problem for problem in check(broken) if problem.severity.value == "error"]

    assert {problem.path: whole.asks_for(problem) for problem in found} == {
        "IKEv2.MTU": True,
        "IKEv2.RemoteAddress": False,
    }


# Beyond the short form


def test_a_locked_key_that_is_concealed_by_another_choice_stays() -> None:
    profile = replace(DOCUMENT, declaration=None)
    place = in_first(profile, "IKEv2.AuthPassword")
    locked = replace(profile, origin=Origin(template="x", revision=1, title="x", locked=frozenset({place})))

    whole = DocumentForm(
        locked, query({"payload": f"{PART} vpn-ikev2", f"{PART}-IKEv2.ExtendedAuthEnabled": "0"})
    )

    tunnel = whole.document.payloads[0].values["IKEv2"]
    assert tunnel["ExtendedAuthEnabled"] == 0
    assert tunnel["AuthPassword"] == "{{pin}}"
