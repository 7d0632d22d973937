"""What each part of a spec has to be: checks that return it, or raise SpecError with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from profiles.catalogue import registry
from profiles.catalogue.versions import OPERATING_SYSTEMS, OperatingSystem, Targets, is_version
from profiles.exceptions import SpecError
from profiles.plist.document import ENVELOPE_NAME, is_uuid
from profiles.plist.spec_values import close_match

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


def take_uuid(values: dict[str, Any], place: str) -> str:
    """The PayloadUUID, taken out of the values; empty when there is none."""
    uuid = values.pop("PayloadUUID", "")
    if uuid and not is_uuid(uuid):
        raise SpecError(f"PayloadUUID of {place} is not a UUID. Correct it, or leave it out.")
    return str(uuid).upper() if uuid else ""


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
