"""The form of a whole document."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from crispy_forms.utils import render_crispy_form
from django.http import QueryDict

from designer.forms.document_form import DocumentForm
from designer.presentation.review import review
from profiles.plist.document import Document
from tests.designer.forms.making import posted_to
from tests.plist.exactness import differences
from tests.plist.making import TUNNEL_UUID, WITH_SECRET, document, payload
from tests.posting import Page, browse

OTHER_UUID = "AAAAAAAA-2A44-4B1E-9A55-6D6B0F7A9C11"
TWO = document(
    payload({"AuthName": "alice", "AuthPassword": "hunter2"}),
    payload(WITH_SECRET, name="branch", uuid=OTHER_UUID, unknown={"Vendor": "x"}),
    targets={"iOS": "17.0"},
)
MTU, NAME, TIMER, SECRET = (
    f"{TUNNEL_UUID}-IKEv2.{name}" for name in ("MTU", "AuthName", "DisconnectOnIdleTimer", "AuthPassword")
)


def page(form: DocumentForm) -> Page:
    """The whole form as a browser has it."""
    targets = "".join(str(form.targets[name]) for name in form.targets.fields)
    return browse(targets + "".join(render_crispy_form(part.form) for part in form.parts))


def posted(whole: Document, changed: Mapping[str, str | list[str]] | None = None) -> DocumentForm:
    """The form after a browser posted it with some controls changed."""
    return posted_to(whole, page(DocumentForm(whole)).data(**(changed or {})))


def told(form: DocumentForm) -> list[tuple[str, str, str]]:
    return [(problem.payload, problem.path, problem.code) for problem in form.problems()]


def test_an_unchanged_form_is_the_same_document() -> None:
    assert DocumentForm(TWO).document == TWO
    form = posted(TWO)
    assert form.is_valid()
    assert form.document == TWO
    assert differences(form.document.payloads[0].values, TWO.payloads[0].values) == []


def test_each_payload_has_fields_of_its_own() -> None:
    form = posted(TWO, {MTU: "1300"})
    first, second = form.document.payloads
    assert first.values["IKEv2"]["MTU"] == 1300
    assert second == TWO.payloads[1]


def test_parts_are_called_as_the_admin_calls_them() -> None:
    assert [(part.name, part.title) for part in DocumentForm(TWO).parts] == [
        ("profile", "Profile"),
        ("office", "Office"),
        ("branch", "Office"),
    ]
    assert all(part.sections for part in DocumentForm(TWO).parts)


def test_targets_are_set_changed_and_removed() -> None:
    form = posted(TWO, {"targets-iOS": "", "targets-macOS": " 14.1 "})
    assert form.document.targets == {"macOS": "14.1"}


def test_a_target_that_is_no_version_is_told() -> None:
    form = posted(TWO, {"targets-iOS": "soon"})
    assert told(form) == [("profile", "targets.iOS", "unreadable")]
    assert [problem.message for problem in form.problems()] == [
        "“soon” is not a version. Write it as 17 or 17.4, or leave it empty."
    ]
    assert form.document.targets == {}
    assert not form.is_valid()


def test_a_field_that_cannot_be_read_is_told_with_its_row() -> None:
    form = posted(TWO, {MTU: "much"})
    (problem,) = form.problems()
    assert (problem.payload, problem.path, problem.code) == ("office", "IKEv2.MTU", "unreadable")
    assert not problem.buildable
    assert form.row_id(problem) in page(form).ids


def test_a_concealed_field_that_cannot_be_read_does_not_matter() -> None:
    form = posted(TWO, {TIMER: "soon"})
    assert form.is_valid()
    assert form.document == TWO


def test_every_problem_of_a_key_has_its_row_on_the_page() -> None:
    whole = document(
        payload({"MTU": 1, "OnDemandEnabled": 1, "OnDemandRules": [{"Action": "Allow"}], "PPK": b"x"}),
        targets={"tvOS": "17.0"},
        envelope={"PayloadIdentifier": "no dots"},
    )
    form = posted(whole, {"targets-iOS": "x"})
    found = {shown.problem.path: shown.row for shown in review(form).problems}
    assert {"targets.iOS", "IKEv2.MTU", "IKEv2.PPKIdentifier", "PayloadIdentifier"} <= found.keys()
    assert "IKEv2.OnDemandRules[0].Action" in found
    ids = page(form).ids
    assert [path for path, row in found.items() if row not in ids and not path.startswith("targets")] == []


def test_what_goes_is_told_by_its_label() -> None:
    typed = posted(TWO, {TIMER: "60"})
    assert typed.dropped(stored_only=False) == ["Idle period"]
    assert typed.dropped(stored_only=True) == []
    off = posted(TWO, {f"{TUNNEL_UUID}-IKEv2.ExtendedAuthEnabled": "0"})
    assert off.dropped(stored_only=False) == ["User name", "Password"]
    assert off.dropped(stored_only=True) == ["Password"]


def test_secrets_that_are_in_sight_are_held_on_to_when_nothing_was_saved() -> None:
    form = posted(TWO, {SECRET: "typed", MTU: "much"})
    form.keep_secrets()
    shown = "".join(render_crispy_form(part.form) for part in form.parts)
    kept = [
        f'id="id_{TUNNEL_UUID}-IKEv2-{name}_secret" data-stored="'
        for name in ("AuthPassword", "SharedSecret")
    ]
    in_sight, concealed = (shown.partition(start)[2][:40] for start in kept)
    assert "hx-preserve" in in_sight
    assert "hx-preserve" not in concealed.partition(">")[0]
    assert "typed" not in shown


ABSURD = [
    *("", " ", "0", "1", "-1", "2", "true", "null", "nan", "-inf", "1e999", "1_0", "٣", "9" * 5000, "9" * 19),
    *("\x00", "\x1b[0m", "\ufffe", "\u202e", "😀" * 50, "é" * 70_000, "x" * 70_000, "a\r\nb", "\ud7ff"),
    *("<script>", '"><', "&amp;", "]]>", "<!--", "{}", "{0}", "%s", "' or 1=1", "../../etc", "•" * 8),
    *(
        "[",
        "[" * 100_000,
        "{" * 5000,
        "[]",
        "[[]]",
        "[null]",
        "[1]",
        '["a"]',
        "[{}]",
        '[{"Action": 5}]',
        "[NaN]",
    ),
    *('[{"Action": "Connect", "SSIDMatch": "x"}]', '[{"": {"": {}}}]', '[{"a.b": 1}]', '[{"base64": "!"}]'),
    *('[{"ActionParameters": [1, {"Domains": [[]]}]}]', '["\\ud800"]', '[{"\\u0000": 1}]', '{"date": "x"}'),
    *(
        "2027-99-99",
        "0001-01-01T00:00+23:59",
        "9999-12-31T23:59-23:59",
        "2027-01-31T12:00",
        "24:00",
        "hex",
        "base64",
    ),
    *(
        "36",
        "37",
        "14",
        "SharedSecret",
        "Certificate",
        "None",
        TUNNEL_UUID,
        OTHER_UUID.lower(),
        "17.0",
        "1.2.3.4",
    ),
]


def absurd_post(names: list[str], chance: random.Random) -> QueryDict:
    """A post that no page makes: some fields, with up to three values each."""
    data = QueryDict(mutable=True)
    for name in names:
        if chance.random() < 0.4:
            data.setlist(name, chance.choices(ABSURD, k=chance.randrange(4)))
    return data


def every_name(whole: Document) -> list[str]:
    """The name of each control that the page has, and of some that it does not."""
    form = DocumentForm(whole)
    names = [f"{part.prefix}-{path}" for part in form.parts for path in part.form.fields]
    more = [f"{name}.{suffix}" for name in names for suffix in ("remove", "encoding", "language", "text")]
    return [*names, *more, *(f"targets-{system}" for system in form.targets.fields), "targets-BeOS", "", "-"]


@pytest.mark.parametrize("seed", range(10))
def test_absurd_posts_are_read_without_a_fault(seed: int) -> None:
    chance, names = random.Random(seed), every_name(TWO)
    for attempt in range(40):
        form = posted_to(TWO, absurd_post(names, chance))
        found = review(form)
        assert form.document.uuid == TWO.uuid
        assert all(shown.problem.message.endswith((".", "?")) for shown in found.problems)
        if attempt % 20 == 0:
            assert page(form).ids


def test_what_an_absurd_post_left_is_saved_again_as_it_is() -> None:
    chance, names = random.Random(99), every_name(TWO)
    for _ in range(20):
        # A browser takes line breaks out of a line, so the first save by hand may change a text, and no later one.
        once = posted(posted_to(TWO, absurd_post(names, chance)).document)
        assert once.is_valid(), list(once.problems())
        again = posted(once.document)
        assert again.is_valid(), list(again.problems())
        assert again.document == once.document
