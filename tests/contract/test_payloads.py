"""What holds for the envelope and for every payload type that is in the catalogue, now or later."""

from __future__ import annotations

import plistlib
import random
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from crispy_forms.utils import render_crispy_form
from django.http import QueryDict

from designer.forms.actions import act
from designer.forms.document_form import DocumentForm
from designer.forms.payload_form import PayloadForm, form_class
from profiles.catalogue import registry, wording
from profiles.catalogue.conditions import Condition, Equals, OneOf, is_set
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.findings import Severity
from profiles.catalogue.keys import Dictionary, Key, ListOf
from profiles.catalogue.payload_type import Example, Payload
from profiles.catalogue.shape import nest
from profiles.plist.build import build, written
from profiles.plist.catalogue_json import catalogue_json
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument
from profiles.plist.effects import TITLES
from profiles.plist.validation.validate import has_errors, validate
from tests.key_samples import sample, some_values
from tests.plist.exactness import differences
from tests.posting import browse

PAYLOADS = list(registry.payloads().values())
PARTS = [ENVELOPE, *PAYLOADS]
EXAMPLES = [
    pytest.param(payload, example, id=f"{payload.slug}-{example.title}")
    for payload in PAYLOADS
    for example in payload.examples
]
every_part = pytest.mark.parametrize("payload", PARTS, ids=[part.slug for part in PARTS])
every_payload = pytest.mark.parametrize("payload", PAYLOADS, ids=[part.slug for part in PAYLOADS])
every_example = pytest.mark.parametrize(("payload", "example"), EXAMPLES)
scripting = pytest.mark.parametrize("scripting", [True, False], ids=["with scripts", "without scripts"])


def document_of(
    payload: Payload, values: Mapping[str, Any], targets: Mapping[Any, str] | None = None
) -> Document:
    envelope = {"PayloadDisplayName": "Contract", "PayloadIdentifier": "com.example.contract"}
    part = PayloadDocument(slug=payload.slug, name="tested", uuid="TESTED", values=values)
    return Document(uuid="PROFILE", envelope=envelope, targets=targets or {}, payloads=(part,))


def form_of(payload: Payload, stored: Mapping[str, Any], data: Any = None) -> PayloadForm:
    return form_class(payload)(data, stored=stored, prefix="part")


def keys_within(keys: tuple[Key, ...], place: str = "") -> Iterator[tuple[str, Key, tuple[Key, ...]]]:
    """Every key with its path and those that stand beside it, lists of dictionaries included."""
    for key in keys:
        yield f"{place}{key.path}", key, keys
        if isinstance(key, ListOf) and isinstance(key.item, Dictionary):
            yield from keys_within(key.item.keys, f"{place}{key.path}[].")


def conditions_of(key: Key) -> list[Condition]:
    return [asked for asked in (key.revealed_by, key.required) if isinstance(asked, Condition)]


@every_payload
def test_a_payload_declares_an_example(payload: Payload) -> None:
    assert payload.examples
    titles = [example.title for example in payload.examples]
    assert len(set(titles)) == len(titles)


@every_example
def test_an_example_has_no_error(payload: Payload, example: Example) -> None:
    problems = validate(document_of(payload, example.values, example.targets))
    assert not has_errors(problems), [str(problem) for problem in problems]


@every_example
def test_an_example_is_built_type_exactly(payload: Payload, example: Example) -> None:
    (part,) = plistlib.loads(build(document_of(payload, example.values)))["PayloadContent"]
    fixed = {"PayloadType", "PayloadVersion", "PayloadUUID", "PayloadIdentifier", *payload.discriminator}
    # Where the type is a choice, it is a key like any other.
    fixed -= set(payload.by_path)
    always = {
        key.path: "" if key.default is None else key.default for key in payload.keys if key.always_emitted
    }
    wanted = nest({**always, **payload.flat(example.values)})
    assert differences({name: value for name, value in part.items() if name not in fixed}, wanted) == []
    assert {name: part[name] for name in payload.discriminator} == payload.discriminator
    assert part["PayloadType"] == payload.type_of(example.values)


@every_part
def test_every_key_is_reachable_on_the_form(payload: Payload) -> None:
    form = form_of(payload, {})
    page = browse(render_crispy_form(form))
    assert list(form.fields) == [key.path for key in payload.keys]
    assert form.rendered_fields == set(form.fields)
    for path in form.fields:
        assert page.ids.count(f"{form[path].auto_id}_row") == 1
        assert page.ids.count(f"{form[path].auto_id}_help") == 1


@every_part
def test_no_id_stands_twice_on_the_form(payload: Payload) -> None:
    for stored in [{}, some_values(payload, random.Random(1), share=1)]:
        ids = browse(render_crispy_form(form_of(payload, stored))).ids
        assert [each for each in set(ids) if ids.count(each) > 1] == []


@scripting
@every_example
def test_no_field_of_an_example_is_lost_on_the_form(
    payload: Payload, example: Example, scripting: bool
) -> None:
    assert comes_back(payload, example.values, scripting=scripting) == []


@scripting
@every_part
def test_no_field_is_lost_on_the_form(payload: Payload, scripting: bool) -> None:
    chance = random.Random(11)
    for share in (0, 1, *[chance.random() for _ in range(20)]):
        assert comes_back(payload, some_values(payload, chance, share), scripting=scripting) == []


@every_payload
def test_a_duplicate_means_the_same(payload: Payload) -> None:
    chance = random.Random(13)
    for share in (0, 0.5, 1):
        document = document_of(payload, some_values(payload, chance, share))
        html = "".join(part.html for part in DocumentForm(document).parts)
        untouched = browse(html).data(payload=f"TESTED {payload.slug}", duplicate_payload="TESTED")
        answer = act(document, untouched, document)
        for path in TITLES:  # what tells them apart
            if (name := f"{answer.focus}-{path}") in answer.data:
                answer.data.setlist(name, answer.data.getlist(f"TESTED-{path}"))
        form = DocumentForm(document, answer.data)
        original, copy = form.document.payloads
        assert (original.uuid, copy.uuid) == ("TESTED", answer.focus)
        assert original.name != copy.name
        assert differences(copy.values, original.values) == []
        ids = browse("".join(part.html for part in form.parts)).ids
        assert [each for each in set(ids) if ids.count(each) > 1] == []


@every_part
def test_each_value_of_each_key_comes_back_from_the_form(payload: Payload) -> None:
    chance = random.Random(12)
    for key in payload.keys:
        values = [option.value for option in key.options] or [sample(key, chance) for _ in range(3)]
        for value in values:
            assert comes_back(payload, nest({key.path: value})) == []


@every_part
def test_a_form_knows_what_a_browser_posts_of_it(payload: Payload) -> None:
    chance = random.Random(18)
    for share in (0, 1, *[chance.random() for _ in range(5)]):
        values = some_values(payload, chance, share)
        shown, form = form_of(payload, values), form_of(payload, values)
        page = browse(render_crispy_form(shown))
        known = [(name, line_feeds(text)) for path in form.fields for name, text in form.as_posted(path)]
        assert known == [(name, line_feeds(text)) for name, text in page.posted]
        assert comes_from(payload, values, known) == []


def line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n")


def comes_from(payload: Payload, values: Mapping[str, Any], posted: Iterable[tuple[str, str]]) -> list[str]:
    """What differs from values that are stored once this was posted over them."""
    data = QueryDict(mutable=True)
    for name, text in posted:
        data.appendlist(name, text)
    return differences(form_of(payload, values, data).values(), dict(values))


def comes_back(payload: Payload, values: Mapping[str, Any], *, scripting: bool = True) -> list[str]:
    """What differs after a browser posted the form as it was shown."""
    page = browse(render_crispy_form(form_of(payload, values)), scripting=scripting)
    form = form_of(payload, values, page.data())
    assert form.is_valid(), form.errors
    return differences(form.values(), dict(values))


@every_part
def test_every_key_is_documented(payload: Payload) -> None:
    for path, key, _ in keys_within(payload.keys):
        assert key.label.strip(), path
        assert key.help.endswith("."), path
        assert "\n" not in key.help, path
    for group in payload.groups:
        assert group.title
        assert group.keys


@every_part
def test_every_condition_asks_about_keys_that_exist(payload: Payload) -> None:
    for path, key, beside in keys_within(payload.keys):
        known = {each.path for each in beside}
        for asked in conditions_of(key):
            assert set(asked.paths()) <= known, path
            assert key.path not in set(asked.paths()), path


@every_part
def test_no_condition_compares_the_value_of_a_secret(payload: Payload) -> None:
    for path, key, beside in keys_within(payload.keys):
        secret = {each.path for each in beside if each.secret}
        for asked in conditions_of(key):
            compared = {part.path for part in leaves(asked) if isinstance(part, Equals | OneOf)}
            assert not compared & secret, path


def leaves(condition: Condition) -> Iterator[Condition]:
    for inner in getattr(condition, "conditions", [getattr(condition, "condition", None)]):
        if inner is not None:
            yield from leaves(inner)
    yield condition


@every_part
def test_every_condition_compares_with_values_that_the_key_can_have(payload: Payload) -> None:
    for path, key, beside in keys_within(payload.keys):
        options = {each.path: [option.value for option in each.options] for each in beside}
        for asked in conditions_of(key):
            for part in leaves(asked):
                if isinstance(part, Equals):
                    assert part.value in options[part.path], path
                elif isinstance(part, OneOf):
                    assert set(part.options) <= set(options[part.path]), path


@every_part
def test_every_key_is_in_the_catalogue_for_programs(payload: Payload) -> None:
    catalogue = catalogue_json()
    described = {part["slug"]: part for part in [*catalogue["payloads"], catalogue["envelope"]]}
    told = {key["path"]: key for key in described[payload.slug]["keys"]}
    for path, key, _ in keys_within(payload.keys):
        assert (told[path]["label"], told[path]["secret"]) == (key.label, key.secret)


def concealed(payload: Payload, stored: Mapping[str, Any]) -> list[Key]:
    scope = payload.scope(stored, {})
    return [key for key in payload.keys if not scope.revealed(key)]


def typed(payload: Payload, key: Key, value: Any) -> Any:
    """What a browser posts when this key alone was filled in."""
    if key.secret:
        return {f"part-{key.path}": "typed"}
    return browse(render_crispy_form(form_of(payload, nest({key.path: value})))).data()


@every_part
def test_what_is_typed_into_a_concealed_field_is_not_emitted(payload: Payload) -> None:
    chance = random.Random(13)
    for key in concealed(payload, {}):
        form = form_of(payload, {}, typed(payload, key, sample(key, chance)))
        assert form.is_concealed(key)
        assert form.typed.is_set(key.path)
        assert form.dropped == [key]
        assert key.path not in payload.flat(form.values())
        assert key.path not in payload.flat(written(payload, form.values()))


@every_part
def test_what_is_set_although_it_is_concealed_is_kept_until_it_is_removed(payload: Payload) -> None:
    chance = random.Random(14)
    for key in concealed(payload, {}):
        stored = nest({key.path: sample(key, chance)})
        form = form_of(payload, stored, browse(render_crispy_form(form_of(payload, stored))).data())
        assert not form.is_concealed(key)
        assert payload.flat(written(payload, form.values()))[key.path] == payload.flat(stored)[key.path]
        emptied = form_of(payload, stored, {f"part-{key.path}.remove": "1"} if key.secret else {})
        assert key.path not in payload.flat(emptied.values())


@every_payload
def test_a_concealed_key_that_is_set_is_told_to_be_ignored(payload: Payload) -> None:
    chance = random.Random(15)
    for key in concealed(payload, {}):
        whole = document_of(payload, nest({key.path: sample(key, chance)}))
        (part,) = whole.payloads
        told = [p for p in validate(whole) if p.path == key.path and p.code != "dangling-reference"]
        ignored = [p for p in told if p.code == ("no-effect-key" if key.no_effect else "ignored")]
        if key.ignored_as is None:
            # A rule knows better what to say of it.
            assert (len(told), ignored) == (1, [])
            continue
        missing = {p.path for p in validate(whole) if p.code == "missing"}
        if key.revealed_by and missing & {*key.revealed_by.paths()}:
            # What is missing says what the key waits for.
            assert ignored == []
            continue
        value = payload.flat(part.values)[key.path]
        says_nothing = value == key.default or (key.default is None and value in (0, False))
        usual = Severity.ADVICE if says_nothing else key.ignored_as
        assert [p.severity for p in ignored] == [usual]
        assert key.name in ignored[0].message


@every_part
def test_every_condition_can_be_said_and_holds_for_some_values(payload: Payload) -> None:
    chance = random.Random(16)
    scopes = [
        payload.scope(some_values(payload, chance, share), {}) for share in (0, 0.5, 1) for _ in range(60)
    ]
    for key in payload.keys:
        if key.revealed_by is None or wording.condition(key.revealed_by, payload.by_path) == "never":
            continue
        assert any(scope.revealed(key) for scope in scopes), key.path
        assert not all(scope.revealed(key) for scope in scopes), key.path


@every_part
def test_a_default_is_a_value_that_the_key_accepts(payload: Payload) -> None:
    for key in payload.keys:
        for default in [key.default, *key.default_on.values()]:
            if is_set(default):
                assert [finding.code for finding in key.check(default, key.path, {})] == []


@every_payload
def test_a_payload_is_not_called_like_the_envelope(payload: Payload) -> None:
    assert payload.slug != ENVELOPE_NAME
    assert payload.title
    assert payload.summary.endswith(".")
