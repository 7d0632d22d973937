"""Is a document right? All problems, each with its place, severity and a way to mend it."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from profiles.catalogue import wording
from profiles.catalogue.evidence import NO_EVIDENCE, Evidence
from profiles.catalogue.findings import Finding, Severity, advice, error, unbuildable, warning
from profiles.catalogue.keys import Key, Reference
from profiles.catalogue.scope import Scope
from profiles.catalogue.spec import Payload
from profiles.catalogue.values import MAX_DEPTH, check_scalar, check_text, plist_type_of
from profiles.plist import variables
from profiles.plist.declaration import Declaration, Place
from profiles.plist.document import ENVELOPE_NAME, Document, Problem
from profiles.plist.references import references

MAX_COMPARED: Final = 60
"""Characters of an unknown key, and values beside it, up to which a similar key is looked for."""

MISSING: Final = "missing"
"""The code of a key that must be set and is not."""

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.ADVICE: 2}


def validate(document: Document, evidence: Evidence = NO_EVIDENCE) -> list[Problem]:
    """Every problem of `document`, errors first, otherwise in the order of the form.

    `evidence` is what is in its certificates; without it, rules about them have nothing to say. A template is judged
    with likely values for its variables, and misses nothing that it asks for.
    """
    if document.declaration is not None:
        problems = [*variables.problems(document), *_as_template(document, document.declaration, evidence)]
    else:
        problems = list(_problems(document, evidence))
    return sorted(problems, key=lambda problem: _ORDER[problem.severity])


def has_errors(problems: Iterable[Problem]) -> bool:
    """Is there a problem that stops a download?"""
    return any(problem.severity is Severity.ERROR for problem in problems)


def structure(document: Document) -> Iterator[Problem]:
    """The problems for which no property list can be written at all: wrong types and control characters."""
    for name, payload, values in document.parts():
        for finding in _values(payload.scope(values, document.targets), ""):
            if not finding.buildable:
                yield Problem(name, finding)
    for part in document.payloads:
        for finding in _unknown(part.unknown):
            if not finding.buildable:
                yield Problem(part.name, finding)
    for name, uuid in [
        (ENVELOPE_NAME, document.uuid),
        *((part.name, part.uuid) for part in document.payloads),
    ]:
        for finding in check_text(uuid, "PayloadUUID", "PayloadUUID"):
            yield Problem(name, finding)


def _problems(document: Document, evidence: Evidence) -> Iterator[Problem]:
    uuids = [document.uuid, *(part.uuid for part in document.payloads)]
    for uuid, (name, payload, values) in zip(uuids, document.parts(), strict=True):
        scope = payload.scope(values, document.targets, evidence=evidence, own=evidence.of(uuid))
        for finding in _part(payload, scope, document):
            yield Problem(name, finding)
    for part in document.payloads:
        for finding in _unknown(part.unknown):
            yield Problem(part.name, finding)
    yield from _whole(document)


def _as_template(document: Document, declaration: Declaration, evidence: Evidence) -> Iterator[Problem]:
    parts = {ENVELOPE_NAME: ENVELOPE_NAME} | {part.name: part.uuid.upper() for part in document.payloads}
    for problem in _problems(variables.sample(document), evidence):
        if problem.code != MISSING or Place(parts[problem.payload], problem.path) not in declaration.asked:
            yield problem


def _part(payload: Payload, scope: Scope, document: Document) -> Iterator[Finding]:
    yield from _payload_available(payload, scope)
    yield from _values(scope, "")
    yield from _presence(scope, "")
    for rule in payload.rules:
        yield from rule.check(scope)
    yield from _item_rules(scope, "")
    for path, key, value in references(scope):
        yield from _reference(key, value, path, document)


def _item_rules(scope: Scope, prefix: str) -> Iterator[Finding]:
    """What the rules of the dictionaries inside lists say."""
    for key, inner, place in scope.items(prefix):
        for rule in key.rules:
            for finding in rule.check(inner):
                yield replace(finding, path=f"{place}{finding.path}")
        yield from _item_rules(inner, place)


def _payload_available(payload: Payload, scope: Scope) -> Iterator[Finding]:
    for place in payload.available.gaps(scope.targets):
        yield warning(
            "",
            "unavailable",
            f"{place} does not know this payload and ignores it. Do not count on it there, or change the targets.",
        )


def _values(scope: Scope, prefix: str) -> Iterator[Finding]:
    """What is wrong with each value by itself, lists of dictionaries included."""
    for path, value in scope.values.items():
        key = scope.by_path.get(path)
        if key is None:
            yield from _undeclared(path, value, scope, prefix)
            continue
        # What the device ignores can be as wrong as it likes, as long as it can be written.
        judged = scope.revealed(key)
        yield from (
            f for f in key.check(value, f"{prefix}{path}", scope.targets) if judged or not f.buildable
        )
        for _, inner, place in scope.items_of(key, prefix):
            yield from _values(inner, place)


def _presence(scope: Scope, prefix: str) -> Iterator[Finding]:
    """What is missing, what is set in vain, and what a target does not know."""
    for key in scope.keys:
        path = f"{prefix}{key.path}"
        if scope.is_set(key.path):
            if not scope.revealed(key):
                yield _ignored(key, scope, path)
            yield from _available(key, scope, path)
            for _, inner, place in scope.items_of(key, prefix):
                yield from _presence(inner, place)
        elif scope.required(key) and not key.always_emitted:
            yield _missing(key, scope, path)


def _missing(key: Key, scope: Scope, path: str) -> Finding:
    asked = key.required_by
    why = f", because {wording.condition(asked, scope.by_path)}" if asked else ""
    return error(
        path,
        MISSING,
        f"{key.name} is missing, and the device cannot use the profile without it{why}. Fill it in.",
    )


def _ignored(key: Key, scope: Scope, path: str) -> Finding:
    asked = wording.condition(key.revealed_by, scope.by_path) if key.revealed_by else "never"
    reason = "no setting makes use of it" if asked == "never" else f"it is only used when {asked}"
    return Finding(
        key.ignored_as, path, "ignored", f"{key.name} is ignored by the device, because {reason}. Remove it."
    )


def _available(key: Key, scope: Scope, path: str) -> Iterator[Finding]:
    places = key.available.gaps(scope.targets)
    if places:
        yield warning(
            path,
            "unavailable",
            f"{key.name} is ignored on {wording.listed(places, 'and')}. Do not count on it there, or change the "
            "targets.",
        )


def _undeclared(path: str, value: Any, scope: Scope, prefix: str) -> Iterator[Finding]:
    place = f"{prefix}{path}"
    if any(known.startswith(f"{path}.") for known in scope.by_path):
        yield unbuildable(
            place, "wrong-type", f"{path} is a dictionary of keys. Write keys with values inside it."
        )
        return
    # A slip of the keyboard is short and rare; comparing thousands of long names would take minutes.
    comparable = path if len(path) <= MAX_COMPARED and len(scope.values) <= MAX_COMPARED else ""
    close = difflib.get_close_matches(comparable, scope.by_path, n=1, cutoff=0.75)
    hint = f"Did you mean {close[0]}?" if close else "Check the spelling, or remove it."
    yield error(place, "unknown-key", f"No device knows the key {path[:100]}. {hint}")
    yield from check_text(path, place, "A key")
    yield from _writable(value, place, 0)


def _unknown(values: Mapping[str, Any]) -> Iterator[Finding]:
    for name, value in values.items():
        yield warning(
            name, "unknown-key", f"The catalogue does not know {name[:100]}. It is kept as it was imported."
        )
        yield from check_text(name, name, "A key")
        yield from _writable(value, name, 0)


def _writable(value: Any, path: str, depth: int) -> Iterator[Finding]:
    """Can a value of no declared type be written at all?"""
    if plist_type_of(value) is None:
        yield unbuildable(
            path, "wrong-type", f"{path} holds a value that no profile can hold. Write a text or a number."
        )
    elif depth > MAX_DEPTH:
        yield unbuildable(path, "too-deep", f"{path[:100]} nests deeper than {MAX_DEPTH} levels. Remove it.")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _writable(item, f"{path}[{index}]", depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            if type(name) is not str:
                yield unbuildable(
                    path, "wrong-type", f"{path} has a key that is not a text. Put it in quotes."
                )
                continue
            yield from check_text(name, path, "A key")
            yield from _writable(item, f"{path}.{name}", depth + 1)
    else:
        yield from check_scalar(value, path, path)


def _reference(key: Reference, value: str, path: str, document: Document) -> Iterator[Finding]:
    found = [part for part in document.payloads if part.uuid.upper() == value.upper()]
    if not found:
        message = (
            f"No payload of this profile has the UUID that {key.name} names, so the device finds no {key.to}."
        )
        yield error(
            path, "dangling-reference", f"{message} Add the {key.to} to the profile, or choose another."
        )
    elif found[0].payload.provides != key.to:
        yield error(
            path,
            "wrong-reference",
            f"{key.name} names {found[0].name}, which is no {key.to}. Choose another.",
        )


def _whole(document: Document) -> Iterator[Problem]:
    if not document.payloads:
        yield Problem(
            ENVELOPE_NAME, warning("", "empty", "The profile has no payload, so it does nothing. Add one.")
        )
    if not document.title:
        yield Problem(
            ENVELOPE_NAME,
            advice(
                "PayloadDisplayName",
                "unnamed",
                "Without a name the device shows the identifier. Give the profile a name.",
            ),
        )
    for uuid, count in Counter([document.uuid, *(part.uuid for part in document.payloads)]).items():
        if count > 1:
            yield Problem(
                ENVELOPE_NAME,
                error(
                    "PayloadUUID",
                    "duplicate-uuid",
                    f"{count} payloads share the UUID {uuid}, so the device keeps one of them.",
                ),
            )
