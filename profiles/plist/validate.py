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
from profiles.catalogue.payloads.other import SLUG as OTHER
from profiles.catalogue.scope import Scope
from profiles.catalogue.spec import Payload
from profiles.catalogue.understanding import understood
from profiles.catalogue.values import can_be_written, check_text, plist_type_of
from profiles.catalogue.versions import Targets
from profiles.plist import variables
from profiles.plist.declaration import Declaration, Place
from profiles.plist.document import ENVELOPE_NAME, Document, Problem
from profiles.plist.kept import IDENTIFIER, UUID
from profiles.plist.oddities import Kind as Oddities
from profiles.plist.oddities import Oddity, oddities
from profiles.plist.references import references
from profiles.plist.unknown_keys import of_other, unknown, unknown_key, writable

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
    for (name, payload, values), kept in zip(document.parts(), document.kept_parts(), strict=True):
        for finding in _values(payload.scope(values, document.targets), "", imported=kept is not None):
            if not finding.buildable:
                yield Problem(name, finding)
        for finding in unknown(kept.values if kept else {}):
            if not finding.buildable:
                yield Problem(name, finding)
    for part in document.payloads:
        for finding in unknown(part.unknown):
            if not finding.buildable:
                yield Problem(part.name, finding)
    for name, uuid in [
        (ENVELOPE_NAME, document.uuid),
        *((part.name, part.uuid) for part in document.payloads),
    ]:
        for finding in check_text(uuid, "PayloadUUID", "PayloadUUID"):
            yield Problem(name, finding)


def is_writable(payload: Payload, values: Mapping[str, Any]) -> bool:
    """Could a part that is made here be written with these values, each of the type of its key?"""
    return all(finding.buildable for finding in _values(payload.scope(values, {}), "", imported=False))


def _problems(document: Document, evidence: Evidence) -> Iterator[Problem]:
    uuids = [document.uuid, *(part.uuid for part in document.payloads)]
    for uuid, kept, (name, payload, values) in zip(
        uuids, document.kept_parts(), document.parts(), strict=True
    ):
        meant = payload.scope(
            payload.understood(values), document.targets, evidence=evidence, own=evidence.of(uuid)
        )
        for finding in _part(payload, meant, document, imported=kept is not None):
            yield Problem(name, finding)
        for finding in _as_written(payload, values, document.targets, imported=kept is not None):
            yield Problem(name, finding)
    for part in document.payloads:
        for finding in of_other(part) if part.slug == OTHER else unknown(part.unknown):
            yield Problem(part.name, finding)
    yield from _whole(document)


def _as_template(document: Document, declaration: Declaration, evidence: Evidence) -> Iterator[Problem]:
    parts = {ENVELOPE_NAME: ENVELOPE_NAME} | {part.name: part.uuid.upper() for part in document.payloads}
    for problem in _problems(variables.sample(document), evidence):
        if problem.code != MISSING or Place(parts[problem.payload], problem.path) not in declaration.asked:
            yield problem


def _part(payload: Payload, scope: Scope, document: Document, *, imported: bool) -> Iterator[Finding]:
    yield from _payload_available(payload, scope)
    yield from _values(scope, "", imported=imported)
    yield from _presence(scope, "", imported=imported)
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


def _as_written(
    payload: Payload, values: Mapping[str, Any], targets: Targets, *, imported: bool
) -> Iterator[Finding]:
    """What is written otherwise than it was meant; of what is made here, empty values are not written at all."""
    found: list[Finding] = []

    def tell(path: str, key: Key | None, before: Any, after: Any) -> bool:
        if key is not None and plist_type_of(before) is not key.type:
            found.extend(_told(key.check(before, path, targets), before, imported=imported))
        elif key is None or after is None:
            found.extend(_empty(path, key) if imported or path.endswith("]") else ())
        return False

    understood(payload.shape, values, tell)
    yield from found


def _told(findings: Iterable[Finding], value: Any, *, imported: bool) -> Iterator[Finding]:
    """What a file had is written again, wrong as it may be, as long as a property list can hold it."""
    lenient = imported and can_be_written(value)
    for finding in findings:
        yield replace(finding, buildable=True) if lenient else finding


def _empty(path: str, key: Key | None) -> Iterator[Finding]:
    name = key.name if key else path.rpartition(".")[2]
    if path.endswith("]"):
        yield warning(path, "empty-item", f"An empty text in {name} stands for nothing. Remove it.")
    else:
        yield advice(path, "empty", f"{name} is written although it is empty, which says nothing. Remove it.")


def _values(scope: Scope, prefix: str, *, imported: bool) -> Iterator[Finding]:
    """What is wrong with each value by itself, lists of dictionaries included."""
    for path, value in scope.values.items():
        key = scope.by_path.get(path)
        if key is None:
            yield from _undeclared(path, value, scope, prefix, imported=imported)
            continue
        # What the device ignores can be as wrong as it likes, as long as it can be written.
        judged = scope.revealed(key)
        found = (f for f in key.check(value, f"{prefix}{path}", scope.targets) if judged or not f.buildable)
        yield from _told(found, value, imported=imported)
        for _, inner, place in scope.items_of(key, prefix):
            yield from _values(inner, place, imported=imported)


def _presence(scope: Scope, prefix: str, *, imported: bool) -> Iterator[Finding]:
    """What is missing, what is set in vain, and what a target does not know."""
    for key in scope.keys:
        path = f"{prefix}{key.path}"
        if scope.is_set(key.path):
            if not scope.revealed(key):
                yield _ignored(key, scope, path)
            yield from _available(key, scope, path)
            for _, inner, place in scope.items_of(key, prefix):
                yield from _presence(inner, place, imported=imported)
        elif key.always_emitted:
            if imported and key.path not in scope.values:
                yield _left_out(path)
        elif scope.required(key):
            yield _missing(key, scope, path)


def _left_out(path: str) -> Finding:
    name = path.rpartition(".")[2]
    told = (
        f"The file leaves {name} out, without which some systems do not install the profile or do not connect"
    )
    return warning(path, "left-out", f"{told}. Put it right.")


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


def _undeclared(path: str, value: Any, scope: Scope, prefix: str, *, imported: bool) -> Iterator[Finding]:
    place = f"{prefix}{path}"
    if any(known.startswith(f"{path}.") for known in scope.by_path):
        wrong = unbuildable(
            place, "wrong-type", f"{path} is a dictionary of keys. Write keys with values inside it."
        )
        yield from _told([wrong] if value != {} else [], value, imported=imported)
        return
    if imported:
        yield from unknown_key(path, value, place)
        return
    # A slip of the keyboard is short and rare; comparing thousands of long names would take minutes.
    comparable = path if len(path) <= MAX_COMPARED and len(scope.values) <= MAX_COMPARED else ""
    close = difflib.get_close_matches(comparable, scope.by_path, n=1, cutoff=0.75)
    hint = f"Did you mean {close[0]}?" if close else "Check the spelling, or remove it."
    yield error(place, "unknown-key", f"No device knows the key {path[:100]}. {hint}")
    yield from check_text(path, place, "A key")
    yield from writable(value, place, 0)


def _reference(key: Reference, value: str, path: str, document: Document) -> Iterator[Finding]:
    found = [part for part in document.payloads if part.known_as.upper() == value.upper()]
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
    if document.is_imported:
        # What is written counts.
        yield from (Problem(each.name, _odd(each)) for each in oddities(document))
        return
    for uuid, count in Counter([document.uuid, *(part.uuid for part in document.payloads)]).items():
        if count > 1:
            yield Problem(ENVELOPE_NAME, _shared(UUID, uuid, count))


def _odd(each: Oddity) -> Finding:
    """What is odd about a key that the build would have written otherwise."""
    match each.kind:
        case Oddities.LEFT_OUT:
            return _left_out(each.key)
        case Oddities.VERSION:
            told = "PayloadVersion is not the whole number 1"
            return warning(each.key, "odd-version", f"{told}. Put it right.")
        case Oddities.NO_NAME:
            told = f"{each.key} is no text that names the payload"
            return error(each.key, "malformed", f"{told}. Put it right.")
        case Oddities.NO_UUID:
            return warning(each.key, "malformed", f"{each.key} is not a UUID. Put it right.")
    return _shared(each.key, str(each.value), each.parts)


def _shared(key: str, value: str, parts: int) -> Finding:
    called = {UUID: "UUID", IDENTIFIER: "identifier"}[key]
    return error(
        key,
        f"duplicate-{called.lower()}",
        f"{parts} payloads share the {called} {value[:100]}, so the device keeps one of them. Give each its own.",
    )
