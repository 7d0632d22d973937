"""Values that a file writes in another form than Apple documents: of another type, or empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from profiles.catalogue.citations import own, schema, server
from profiles.catalogue.coercion import by_type, understood_flat
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.fixes import REMOVED, drop, put
from profiles.catalogue.groups.shared import CHILD
from profiles.catalogue.keys import Boolean, Dictionary, Integer, Key, Languages, ListOf, Real, Switch
from profiles.catalogue.keys.base import article
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.rules.algorithms import child_empty
from profiles.catalogue.shape import last_name
from profiles.catalogue.values import can_be_written, plist_type_of
from profiles.catalogue.versions import Targets

OTHER_TYPE: Final = Diagnostic(
    "other-type",
    Severity.WARNING,
    "A switch or a number is written in a neighboring type",
    why="Apple Configurator and generators in wide use write <true/> where Apple documents 0 or 1, and other files "
    "have a real number where a whole one belongs. Devices are not known to refuse any of that, but no documentation "
    "promises that they read it.",
    mend="Write the value in the documented type. It means the same.",
    sources=(
        schema("com.apple.vpn.managed", "type of each key"),
        server(
            "hwdsl2/setup-ipsec-vpn, extras/ikev2setup.sh",
            "https://github.com/hwdsl2/setup-ipsec-vpn/blob/master/extras/ikev2setup.sh",
        ),
    ),
    certainty=Certainty.OBSERVED,
)
EMPTY: Final = Diagnostic(
    "empty",
    Severity.WARNING,
    "A value is written although it is empty",
    why="It says nothing. Devices take the key as not set, as far as is known, and some stumble over it.",
    mend="Remove the key.",
    sources=(own("empty values are not written"),),
    certainty=Certainty.INFERRED,
    milder="It is advice where the empty value is of the type of its key.",
    drops=True,
)
EMPTY_ITEM: Final = Diagnostic(
    "empty-item",
    Severity.WARNING,
    "A list holds an empty text",
    why="An empty text stands for nothing in this list, and a device may take it for a name that never matches.",
    mend="Remove the item.",
    sources=(own("empty texts in lists are not written"),),
    certainty=Certainty.INFERRED,
    drops=True,
)


def as_written(
    payload: Payload, values: Mapping[str, Any], targets: Targets, *, imported: bool
) -> tuple[dict[str, Any], list[Finding]]:
    """Nested values as rules judge them, flat, and what is written otherwise than it was meant.

    Of what is made here, empty values are not written at all, so there is nothing to tell of them.
    """
    found: list[Finding] = []

    def decide(path: str, key: Key | None, before: Any, after: Any) -> bool:
        if imported and _says_something(key, before):
            return False
        if imported and isinstance(key, Real) and type(before) is int:
            # Whatever reads a property list takes a whole number for a real one.
            return True
        in_something = path.endswith("]") or (isinstance(key, Languages) and before == "")
        if not imported and after is None and in_something:
            # The list, or the texts by language, are written without it, whatever its type.
            return True
        stands_for_nothing = after is None and imported
        if key is not None and plist_type_of(before) is not key.type and not stands_for_nothing:
            found.extend(_of_type(key, path, before, after, targets, imported=imported))
        elif imported and (key is None or after is None):
            found.append(_empty(path, key, before))
        return by_type(path, key, before, after)

    return understood_flat(payload.shape, payload.flat(values), decide), found


def _says_something(key: Key | None, value: Any) -> bool:
    """Does an empty value in a file do what others tell of: a condition that never holds, an item that lacks a key?"""
    if isinstance(key, ListOf):
        return key.matches and isinstance(value, list)
    return isinstance(key, Dictionary) and isinstance(value, dict)


def told(findings: Iterable[Finding], value: Any, *, imported: bool) -> Iterator[Finding]:
    """The findings about a value: what a file had is written again, wrong as it may be, as long as that can be done."""
    lenient = imported and can_be_written(value)
    for finding in findings:
        yield replace(finding, buildable=True) if lenient else finding


def _of_type(
    key: Key, path: str, before: Any, after: Any, targets: Targets, *, imported: bool
) -> Iterator[Finding]:
    meant = REMOVED if after is None else after
    fix = put(path, before, meant, f"Write {_named(key, after)} as {article(key.type)}")
    if imported and _is_read_so(key, before):
        yield OTHER_TYPE.at(
            path,
            f"{key.name} is written as {_written(before)}, and documented as {_written(after)}. Devices are "
            "not known to refuse it. Write the documented one.",
            fix=fix,
        )
        return
    for finding in told(key.check(before, path, targets), before, imported=imported):
        yield replace(finding, fix=fix)


def _named(key: Key, value: Any) -> str:
    """A number or a truth as it stands in the label of a fix; all else is “it”, as it may be long, or secret."""
    if key.secret or not isinstance(value, bool | int | float):
        return "it"
    return str(value).lower() if isinstance(value, bool) else f"{value:.15g}"


def _is_read_so(key: Key, value: Any) -> bool:
    """Do devices read this value as what it was meant? Numbers and truths are of one kind to them, texts are not."""
    match key:
        case Switch():
            return isinstance(value, bool | float)
        case Boolean():
            return isinstance(value, int | float)
        case Integer() | Real():
            return isinstance(value, int | float) and not isinstance(value, bool)
    return False


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return f"<{'true' if value else 'false'}/>"
    return f"<{plist_type_of(value)}>{value:g}</{plist_type_of(value)}>"


def _empty(path: str, key: Key | None, value: Any) -> Finding:
    name = last_name(path) if key is None or isinstance(key, Languages) else key.name
    if name == CHILD:
        return child_empty(path)
    fix = drop(path, value)
    if path.endswith("]"):
        return EMPTY_ITEM.at(path, f"{name} is an empty text, which stands for nothing. Remove it.", fix=fix)
    as_usual = key is None or isinstance(key, Languages) or plist_type_of(value) is key.type
    return EMPTY.at(
        path,
        f"{name} is written although it is empty, which says nothing. Remove it.",
        severity=Severity.ADVICE if as_usual else Severity.WARNING,
        fix=fix,
    )
