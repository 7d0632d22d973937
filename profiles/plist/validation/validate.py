"""Is a document right? All problems, each with its place, severity and a way to mend it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from profiles.catalogue.conditions import is_set
from profiles.catalogue.evidence import NO_EVIDENCE, Evidence
from profiles.catalogue.findings import ORDER, Finding, Severity
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.payloads.other import SLUG as OTHER
from profiles.catalogue.scope import Scope
from profiles.catalogue.shape import escaped
from profiles.catalogue.values import WRONG_TYPE, can_be_written, check_text
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument, Problem
from profiles.plist.templates import variables
from profiles.plist.templates.declaration import Declaration, Place
from profiles.plist.validation import placeholders, references, value_forms
from profiles.plist.validation.covering import uncovered
from profiles.plist.validation.intention import Surroundings
from profiles.plist.validation.presence import payload_unavailable, presence
from profiles.plist.validation.profile_rules import of_profile
from profiles.plist.validation.type_letters import type_letters
from profiles.plist.validation.unknown_keys import WRITTEN_BY_TOOLS, of_other, undeclared, writable_key


def validate(document: Document, evidence: Evidence = NO_EVIDENCE) -> list[Problem]:
    """Every problem of `document`, errors first, otherwise in the order of the form.

    `evidence` is what is in its certificates; without it, rules about them have nothing to say. A template is judged
    with likely values for its variables, and misses nothing that it asks for.
    """
    if document.declaration is not None:
        problems = [*variables.problems(document), *_as_template(document, document.declaration, evidence)]
    else:
        problems = list(_problems(document, evidence))
    return in_order(_once(problems))


def _once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems without those of keys that tools write into each payload, but for the first."""
    told: set[str] = set()
    for each in problems:
        if each.path not in WRITTEN_BY_TOOLS or each.path not in told:
            yield each
        told.add(each.path)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """The problems with errors first, otherwise as they come."""
    return sorted(problems, key=lambda problem: ORDER[problem.severity])


def has_errors(problems: Iterable[Problem]) -> bool:
    """Is there a problem that stops a download?"""
    return any(problem.severity is Severity.ERROR for problem in problems)


def structure(document: Document) -> Iterator[Problem]:
    """The problems for which no property list can be written at all: wrong types and control characters."""
    for (name, payload, values), kept in zip(document.parts(), document.kept_parts(), strict=True):
        scope = payload.scope(values, document.targets)
        for finding in _values(scope, _at_the_top(scope), imported=kept is not None):
            if not finding.buildable:
                yield Problem(name, finding)
        yield from _unwritable(name, kept.values if kept else {})
    for part in document.payloads:
        yield from _unwritable(part.name, part.unknown)
    for name, uuid in [
        (ENVELOPE_NAME, document.uuid),
        *((part.name, part.uuid) for part in document.payloads),
    ]:
        for finding in check_text(uuid, "PayloadUUID", "PayloadUUID"):
            yield Problem(name, finding)


def is_writable(payload: Payload, values: Mapping[str, Any]) -> bool:
    """Could a part that is made here be written with these values, each of the type of its key?"""
    scope = payload.scope(values, {})
    return all(finding.buildable for finding in _values(scope, _at_the_top(scope), imported=False))


def _unwritable(name: str, values: Mapping[str, Any]) -> Iterator[Problem]:
    for key, value in values.items():
        for finding in writable_key(key, value, key):
            if not finding.buildable:
                yield Problem(name, finding)


def _problems(document: Document, evidence: Evidence) -> Iterator[Problem]:
    given, document = document, _as_intended(document)
    uuids = [document.uuid, *(part.uuid for part in document.payloads)]
    unknown: list[Problem] = []
    of_all = [*of_profile(document, evidence)]
    said = {(problem.payload, problem.path) for problem in of_all}
    unfilled = [*placeholders.problems(document)]
    to_fill_in: dict[str, list[Finding]] = defaultdict(list)
    for problem in unfilled:
        to_fill_in[problem.payload].append(problem.finding)
    strange = [
        [],
        *([*_unknown(*both)] for both in zip(given.payloads, document.payloads, strict=True)),
    ]
    for uuid, imported, beside, (name, payload, values) in zip(
        uuids, _as_they_stand(given, document), strange, document.parts(), strict=True
    ):
        understood, written = value_forms.as_written(payload, values, document.targets, imported=imported)
        meant = payload.scope_of(understood, document.targets, evidence=evidence, own=evidence.of(uuid))
        told = [*_part(payload, meant, document, imported=imported), *written]
        told, weighed = uncovered(payload, told, beside, to_fill_in.get(name, ()))
        # That nothing is there is said by what needs something there.
        yield from (
            Problem(name, finding)
            for finding in told
            if finding.code != value_forms.EMPTY.code or (name, finding.path) not in said
        )
        unknown.extend(Problem(name, finding) for finding in weighed)
    yield from unknown
    yield from unfilled
    yield from of_all


def _as_they_stand(given: Document, intended: Document) -> Iterator[bool]:
    """Part by part: is it written as it stands? So is what comes from a file, and what looks as if it were unknown."""
    yield given.kept is not None
    for part, meant in zip(given.payloads, intended.payloads, strict=True):
        yield part.kept is not None or part.slug != meant.slug


def _as_intended(document: Document) -> Document:
    """The document with payloads that only look as if the catalogue did not know them as what they were meant to be."""
    if all(part.slug != OTHER for part in document.payloads):
        return document
    return replace(document, payloads=tuple(part.as_intended() for part in document.payloads))


def _unknown(part: PayloadDocument, intended: PayloadDocument) -> Iterator[Finding]:
    if part.slug == OTHER:
        yield from type_letters(part)
        yield from of_other(part, intended)
    if intended.slug == OTHER:
        return
    payload = intended.payload
    flat = {
        **payload.flat(intended.values),
        **{escaped(name): value for name, value in intended.unknown.items()},
    }
    around = Surroundings(shape=payload.shape, values=flat)
    for name, value in intended.unknown.items():
        yield from undeclared(escaped(name), value, around)


def _as_template(document: Document, declaration: Declaration, evidence: Evidence) -> Iterator[Problem]:
    parts = {ENVELOPE_NAME: ENVELOPE_NAME} | {part.name: part.uuid.upper() for part in document.payloads}
    unknown_yet = placeholders.open_places(document)
    unanswered = {place for place in declaration.asked if not _holds(document, place)}
    for problem in _problems(variables.sample(document), evidence):
        asked = problem.finding.compared
        asked += (problem.path,) if problem.code in placeholders.BY_FORM else ()
        if any((problem.payload, path) in unknown_yet for path in asked):
            continue
        # What is said of a key without a value is for those who fill it in.
        if Place(parts[problem.payload], problem.path) not in unanswered:
            yield problem


def _holds(document: Document, place: Place) -> bool:
    """Is there a value at a place?"""
    _, payload, values = document.places().get(place.part, (ENVELOPE_NAME, None, {}))
    return payload is not None and is_set(payload.flat(values).get(place.path))


def _part(payload: Payload, scope: Scope, document: Document, *, imported: bool) -> Iterator[Finding]:
    yield from payload_unavailable(scope, payload.instead)
    yield from _values(scope, _at_the_top(scope), imported=imported)
    yield from presence(scope, "", imported=imported)
    for rule in payload.rules:
        yield from rule.check(scope)
    yield from _item_rules(scope, "")
    for path, key, value in references.references(scope, looked_at=True):
        yield from references.judged(key, value, path, document)


def _item_rules(scope: Scope, prefix: str) -> Iterator[Finding]:
    """What the rules of the dictionaries inside lists say."""
    for key, inner, place in scope.items(prefix):
        for rule in key.rules:
            for finding in rule.check(inner):
                yield finding.inside(place)
        yield from _item_rules(inner, place)


def _at_the_top(scope: Scope) -> Surroundings:
    return Surroundings(shape=scope.shape, values=scope.values)


def _values(scope: Scope, around: Surroundings, *, imported: bool) -> Iterator[Finding]:
    """What is wrong with each value by itself, lists of dictionaries included."""
    prefix = around.prefix
    for path, value in scope.values.items():
        key = scope.by_path.get(path)
        if key is not None:
            # What the device ignores can be as wrong as it likes, as long as it can be written.
            if found := [*key.check(value, f"{prefix}{path}", scope.targets)]:
                judged = scope.revealed(key)
                told = (each for each in found if judged or not each.buildable)
                yield from value_forms.told(told, value, imported=imported)
            for _, inner, place in scope.items_of(key, prefix):
                inside = Surroundings(shape=inner.shape, values=inner.values, prefix=place, outer=around)
                yield from _values(inner, inside, imported=imported)
        elif path in scope.shape.containers:
            yield from _no_dictionary(path, value, prefix, imported=imported)
        else:
            yield from undeclared(path, value, around)


def _no_dictionary(path: str, value: Any, prefix: str, *, imported: bool) -> Iterator[Finding]:
    if value != {}:
        wrong = WRONG_TYPE.at(
            f"{prefix}{path}",
            f"{path} is a dictionary of keys. Write keys with values inside it.",
            buildable=imported and can_be_written(value),
        )
        yield wrong
