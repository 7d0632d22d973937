"""The page of a template: its variables, and what is locked or asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.http import QueryDict

from designer.forms.template_form import BLANKS, KeyChoice, TemplateForm, VariableForm
from profiles.plist.document import Document
from profiles.plist.templates.declaration import MAX_VARIABLES, Declaration, Place, Variable, VariableKind
from profiles.services.certificate_evidence import check
from tests.designer.forms.making import query
from tests.services.samples import PASSWORD, valid
from tests.services.template_samples import (
    ORGANIZATION,
    SHARED_KEY,
    VARIABLES,
    declared,
    edited,
    in_first,
    template_document,
)

DOCUMENT = template_document()
ABOUT = {"about-summary": "For  people \n who travel.", "about-visibility": "team", "about-comment": ""}


def rows(*names: str, **more: str) -> dict[str, str]:
    """What a page posts with a row for each name and two blank ones; "0_label" is the label of the first."""
    total = str(len(names) + BLANKS)
    posted = {"variable-TOTAL_FORMS": total, "variable-INITIAL_FORMS": str(len(names)), **ABOUT}
    for index in range(int(total)):
        posted |= {
            f"variable-{index}-{field}": "" for field in ("name", "label", "pattern", "default", "help")
        }
        posted |= {f"variable-{index}-kind": "text", f"variable-{index}-required": "on"}
    posted |= {f"variable-{index}-name": name for index, name in enumerate(names)}
    return posted | {f"variable-{name.replace('_', '-', 1)}": value for name, value in more.items()}


def posted(data: dict[str, str] | QueryDict, document: Document = DOCUMENT) -> TemplateForm:
    return TemplateForm(document, data if isinstance(data, QueryDict) else query(data))


def read(data: dict[str, str], document: Document = DOCUMENT) -> Declaration:
    form = posted(data, document)
    assert form.is_valid(), [form.about.errors, form.variables.errors, form.variables.non_form_errors()]
    return form.declaration()


def told(form: TemplateForm) -> list[dict[str, list[str]]]:
    """What is wrong with each row."""
    assert not form.is_valid()
    return [{name: [*errors] for name, errors in row.errors.items()} for row in form.variables]


# Variables


def test_the_page_shows_what_is_declared_and_posts_it_back_as_it_was() -> None:
    form = TemplateForm(DOCUMENT, visibility="team")
    data = QueryDict(mutable=True)
    for bound in [*form.about, *(field for row in form.variables for field in row)]:
        value = bound.value()
        if value is True:
            data[bound.html_name] = "on"
        elif value not in (None, False):
            data[bound.html_name] = str(value)
    for field in form.variables.management_form:
        data[field.html_name] = str(field.value())
    for part in form.parts:
        for choice in (*part.shown, *part.others):
            data[choice.field] = choice.chosen

    again = posted(data)

    assert again.is_valid()
    assert again.declaration() == DOCUMENT.declaration


def test_a_row_is_a_variable_with_all_that_it_says() -> None:
    given = {
        "0_label": "Office",
        "0_kind": "number",
        "0_pattern": "[0-9]{2}",
        "0_default": "12",
        "0_help": "Two digits",
        "0_required": "",
    }

    declaration = read(rows("office", **given))

    assert declaration.variables == (
        Variable(
            name="office",
            label="Office",
            kind=VariableKind.NUMBER,
            required=False,
            pattern="[0-9]{2}",
            default="12",
            help="Two digits",
        ),
    )
    assert declaration.summary == "For people who travel."


def test_blank_rows_are_none_and_removed_ones_go() -> None:
    assert read(rows()).variables == ()
    removed = read(rows("user", "no name!", **{"1_DELETE": "on"}))
    assert [variable.name for variable in removed.variables] == ["user"]


def test_a_row_in_a_blank_one_is_new() -> None:
    assert [each.name for each in read(rows("user", **{"1_name": "pin", "1_secret": "on"})).variables] == [
        "user",
        "pin",
    ]


def test_a_row_that_says_what_somebody_declared_meanwhile_is_not_lost() -> None:
    mine = rows(**{"0_name": "user"})

    assert read(mine, declared(DOCUMENT, variables=(Variable(name="user"),))).variables == (
        Variable(name="user"),
    )


@pytest.mark.parametrize(
    "name", ["1user", "user name", "user-name", "ü", "{{user}}", "<b>", "user\u200b", "_user", "a.b"]
)
def test_a_name_that_is_none_is_told_in_its_row(name: str) -> None:
    (row, *_) = told(posted(rows(name)))

    assert list(row) == ["name"]
    assert "cannot be called" in row["name"][0]


def test_a_name_that_is_too_long_is_told_once() -> None:
    (row, *_) = told(posted(rows("x" * 41)))

    assert len(row["name"]) == 1


@pytest.mark.parametrize("field", ["label", "default", "pattern"])
def test_a_row_without_a_name_is_told(field: str) -> None:
    (row, *_) = told(posted(rows(**{f"0_{field}": "x"})))

    assert row == {"name": ["The name is missing. Write what stands between the braces."]}


def test_two_rows_of_one_name_are_told_at_the_second() -> None:
    first, second, *_ = told(posted(rows("user", "user", "pin")))

    assert (first, second) == ({}, {"name": ["Two variables are called user. Rename or remove one."]})
    removed = read(rows("user", "user", **{"0_DELETE": "on", "1_label": "Second"}))
    assert [variable.label for variable in removed.variables] == ["Second"]


def test_the_default_of_a_secret_is_refused() -> None:
    (row, *_) = told(posted(rows("pin", **{"0_secret": "on", "0_default": "4711"})))

    assert row == {"default": ["Everyone who edits the template sees the default of a secret. Remove it."]}


@pytest.mark.parametrize(
    ("field", "length"), [("help", 201), ("label", 101), ("pattern", 501), ("default", 1001)]
)
def test_what_is_too_long_is_told_in_its_row(field: str, length: int) -> None:
    (row, *_) = told(posted(rows("user", **{f"0_{field}": "x" * length})))

    assert list(row) == [field]


def test_a_kind_that_is_none_is_told() -> None:
    (row, *_) = told(posted(rows("user", **{"0_kind": "colour"})))

    assert list(row) == ["kind"]


def test_a_pattern_that_is_no_expression_is_kept_and_told_of_as_a_problem() -> None:
    declaration = read(rows("user", "domain", "pin", "room", **{"0_pattern": "(?=x"}))

    found = check(replace(DOCUMENT, declaration=declaration))
    assert "bad-pattern" in {problem.code for problem in found}


@pytest.mark.parametrize("blank", ["", " "])
def test_a_pattern_and_a_default_keep_their_blanks(blank: str) -> None:
    (variable,) = read(rows("user", **{"0_pattern": f"{blank}x", "0_default": f"{blank}x"})).variables

    assert (variable.pattern, variable.default) == (f"{blank}x", f"{blank}x")


# What was tampered with


@pytest.mark.parametrize(
    "management",
    [
        {},
        {"variable-TOTAL_FORMS": "x", "variable-INITIAL_FORMS": "0"},
        {"variable-TOTAL_FORMS": "", "variable-INITIAL_FORMS": ""},
        {"variable-INITIAL_FORMS": "0"},
    ],
)
def test_a_page_without_its_rows_is_refused(management: dict[str, str]) -> None:
    form = posted({**ABOUT, **management, "variable-0-name": "user"})

    assert not form.is_valid()
    assert [*form.variables.non_form_errors()] == [
        "The page came back without its rows. Open it again; nothing was changed."
    ]
    assert len([*form.variables]) == 0


@pytest.mark.parametrize("total", [str(MAX_VARIABLES + 1), "100000000", "9" * 400])
def test_more_rows_than_allowed_are_refused_soon(total: str) -> None:
    form = posted({**ABOUT, "variable-TOTAL_FORMS": total, "variable-INITIAL_FORMS": "0"})

    assert not form.is_valid()
    assert [*form.variables.non_form_errors()] in (
        [f"A template has at most {MAX_VARIABLES} variables. Remove some."],
        ["The page came back without its rows. Open it again; nothing was changed."],
    )
    assert len(form.variables.forms) <= 200


def test_so_many_variables_are_allowed_and_no_more() -> None:
    names = [f"v{number}" for number in range(MAX_VARIABLES)]
    data = {**rows(*names), "variable-TOTAL_FORMS": str(MAX_VARIABLES)}

    assert len(read(data).variables) == MAX_VARIABLES
    more = posted({**rows(*names, "more"), "variable-TOTAL_FORMS": str(MAX_VARIABLES + 1)})
    assert not more.is_valid()


def test_no_more_variables_are_proposed_than_can_be_declared() -> None:
    texts = " ".join(f"{{{{v{number}}}}}" for number in range(MAX_VARIABLES + 20))
    document = declared(edited(DOCUMENT, AuthName=texts), variables=VARIABLES)

    assert len(TemplateForm(document).variables.forms) == MAX_VARIABLES


@pytest.mark.parametrize("visibility", ["", "world", "TEAM"])
def test_a_visibility_that_is_none_is_told(visibility: str) -> None:
    form = posted({**rows(), "about-visibility": visibility})

    assert not form.is_valid()
    assert list(form.about.errors) == ["visibility"]


# Variables that stand in texts


def test_what_stands_in_a_text_is_proposed() -> None:
    form = TemplateForm(declared(DOCUMENT, variables=VARIABLES[:2]))

    assert [row.initial.get("name") for row in form.variables.initial_forms] == [
        "user",
        "domain",
        "room",
        "pin",
    ]
    assert form.used == [("{{room}}", 1), ("{{user}}", 6), ("{{pin}}", 1), ("{{domain}}", 1)]


# Keys


def choices(document: Document = DOCUMENT) -> dict[str, KeyChoice]:
    """All choices, those of the envelope by the path after a dot."""
    return {
        f"{'.' if choice.place.part == 'profile' else ''}{choice.place.path}": choice
        for part in TemplateForm(document).parts
        for choice in (*part.shown, *part.others)
    }


def test_a_key_is_free_asked_or_locked() -> None:
    found = choices()

    assert (found["IKEv2.MTU"].chosen, found["IKEv2.RemoteAddress"].chosen) == ("asked", "locked")
    assert (found[".PayloadOrganization"].chosen, found["IKEv2.AuthName"].chosen) == ("locked", "")


def test_what_is_set_or_chosen_comes_first() -> None:
    envelope, tunnel = TemplateForm(DOCUMENT).parts

    assert (envelope.title, tunnel.title) == ("Profile", "IKEv2 VPN “tunnel 0”")
    shown = {choice.place.path for choice in tunnel.shown}
    assert {"IKEv2.AuthName", "IKEv2.MTU"} <= shown
    assert not shown & {choice.place.path for choice in tunnel.others}
    assert all(choice.is_set or choice.chosen for choice in tunnel.shown)


def test_choices_are_read() -> None:
    mtu, organization = in_first(DOCUMENT, "IKEv2.MTU"), ORGANIZATION
    data = rows() | {
        f"use {mtu.part} {mtu.path}": "locked",
        f"use {organization.part} {organization.path}": "asked",
        f"use {mtu.part} IKEv2.AuthName": "evil",
        f"use {mtu.part} IKEv2.NoSuchKey": "locked",
        "use elsewhere IKEv2.MTU": "locked",
    }

    declaration = read(data)

    assert declaration.locked == {mtu}
    assert declaration.asked == {organization}


def test_what_is_locked_of_a_key_that_no_catalogue_knows_stays_as_long_as_it_is_there() -> None:
    odd, gone = in_first(DOCUMENT, "IKEv2.Odd"), in_first(DOCUMENT, "IKEv2.Gone")
    document = declared(edited(DOCUMENT, Odd="x"), locked=frozenset({odd, gone, Place("gone", "x")}))

    assert read(rows(), document).locked == {odd}


def test_no_choice_shows_a_secret() -> None:
    rules = [{"Action": "Connect", "Secrit": "misspelt-secret"}]
    whole = edited(replace(valid(), declaration=Declaration()), PPK=SHARED_KEY, OnDemandRules=rules)
    found = choices(whole)

    told = repr([choice.value for choice in found.values()])
    for secret in (PASSWORD, SHARED_KEY.decode(), SHARED_KEY.hex(), "misspelt-secret"):
        assert secret not in told
    assert found["IKEv2.PPK"].value == found["IKEv2.AuthPassword"].value == "a secret"
    assert found["IKEv2.OnDemandRules"].value == '[{"Action": "Connect", "Secrit": "••••••••"}]'
    assert found[".ConsentText"].value == '{"default": "Agree", "de": "Zustimmen"}'
    assert found["IKEv2.MTU"].value == "not set"


def test_each_field_of_a_row_is_one_of_a_variable() -> None:
    assert {*VariableForm.base_fields} == {
        "name",
        "label",
        "kind",
        "pattern",
        "default",
        "help",
        "required",
        "secret",
    }
