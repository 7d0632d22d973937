"""What each part of a spec has to be: checks that return it, or raise SpecError with a sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from profiles.catalogue import registry
from profiles.catalogue.versions import OPERATING_SYSTEMS, OperatingSystem, Targets, is_version
from profiles.exceptions import DocumentError, SpecError
from profiles.plist.document import ENVELOPE_NAME, is_uuid
from profiles.plist.imported.source_form import Kept
from profiles.plist.spec.values import close_match

MAX_NAME: Final = 100
"""Characters in the name of a payload."""


def known_type(slug: Any, place: str) -> None:
    """The slug of a payload type."""
    known = registry.payloads()
    if not isinstance(slug, str):
        raise SpecError(f"{place} has no “type”. Write one of: {', '.join(known)}.")
    if slug not in known:
        meant = close_match(slug, known) or next(
            (p.slug for p in known.values() if p.payload_type == slug), ""
        )
        hint = f"Did you mean {meant}? " if meant else ""
        raise SpecError(f"{place} is of an unknown type, {slug[:60]!r}. {hint}There are: {', '.join(known)}.")


def payload_name(name: Any, place: str, *, most: int = MAX_NAME) -> str:
    """The name of a payload, of up to `most` characters."""
    if not isinstance(name, str):
        raise SpecError(f"The name of {place} is not a text. Put it in quotes.")
    if not name.strip() or not name.isprintable() or len(name) > most:
        raise SpecError(f"The name of {place} is not one line of 1 to {most} characters. Choose another.")
    if name == ENVELOPE_NAME:
        raise SpecError(f"{place} cannot be called {name!r}, as the profile itself is. Choose another name.")
    return name


def read_targets(given: Any) -> Targets:
    """Versions, which may be numbers, by operating system."""
    targets: dict[OperatingSystem, str] = {}
    for name, version in dictionary(given, "“targets”").items():
        system = next((system for system in OPERATING_SYSTEMS if system == name), None)
        if system is None:
            meant = "iOS" if name.lower() == "ipados" else close_match(name, OPERATING_SYSTEMS)
            follows = "iPadOS follows iOS in every version. " if name.lower() == "ipados" else ""
            hint = f"{follows}Write {meant}." if meant else f"There are: {', '.join(OPERATING_SYSTEMS)}."
            raise SpecError(f"{name[:60]!r} in “targets” is no operating system that is known here. {hint}")
        # YAML reads 17.0 as a number; bool is a number in Python, too.
        text = str(version) if type(version) in (str, int, float) else ""
        if not is_version(text):
            raise SpecError(
                f'The version of {system} in “targets” is none. Write it in quotes, such as "17.4".'
            )
        targets[system] = text
    return targets


def take_uuid(values: dict[str, Any], place: str, *, as_given: bool = False) -> str:
    """The PayloadUUID, taken out of the values, in upper case or as it is given; empty when there is none."""
    uuid = values.pop("PayloadUUID", "")
    if uuid and not is_uuid(uuid):
        raise SpecError(f"PayloadUUID of {place} is not a UUID. Correct it, or leave it out.")
    return (str(uuid) if as_given else str(uuid).upper()) if uuid else ""


def take_unknown(
    entry: dict[str, Any], values: dict[str, Any], known: Collection[str], place: str
) -> dict[str, Any]:
    """The keys that the catalogue does not know, taken out of an entry; those in `known` after all go to `values`."""
    given = dictionary(entry.pop("unknown", {}), f"“unknown” of {place}")
    for name in given:
        if name in values:
            raise SpecError(f"{name[:60]!r} stands twice in {place}, once in “unknown”. Keep one of them.")
    values.update({name: value for name, value in given.items() if name in known})
    return {name: value for name, value in given.items() if name not in known}


def take_imported(entry: dict[str, Any], own: Collection[str], place: str) -> Kept | None:
    """How a part was written otherwise, taken out of an entry; None where that says nothing of it.

    `own` are the keys that the build writes by itself.
    """
    if "imported" not in entry:
        return None
    given = dictionary(entry.pop("imported"), f"“imported” of {place}")
    values = dictionary(given.pop("values", {}), f"“values” in “imported” of {place}")
    try:
        kept = replace(Kept.from_json(given), values=values)
    except DocumentError as failure:
        raise SpecError(f"“imported” of {place}: {failure}") from None
    for name in (*values, *sorted(kept.without)):
        if name not in own:
            raise SpecError(
                f"“imported” of {place} names {name[:60]!r}, which is not written by itself. Its keys are: "
                f"{', '.join(own)}."
            )
    return kept


def dictionary(value: Any, place: str) -> dict[str, Any]:
    """A dictionary."""
    if not isinstance(value, dict):
        raise SpecError(f"{place[:1].upper()}{place[1:]} is not a dictionary. Write keys with values.")
    return value


def only(values: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
    """No keys but those that are known."""
    for name in values:
        if name not in known:
            meant = close_match(name, known)
            hint = f"Did you mean “{meant}”?" if meant else f"Its keys are: {', '.join(known)}."
            raise SpecError(f"{place} has no key {name[:60]!r}. {hint}")
