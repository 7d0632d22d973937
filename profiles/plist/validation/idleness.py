"""Keys that the device does not look at with the values beside them, and what would make use of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from profiles.catalogue import wording
from profiles.catalogue.citations import schema
from profiles.catalogue.conditions import NEVER_REVEALED, same
from profiles.catalogue.findings import Diagnostic, Finding, Severity
from profiles.catalogue.fixes import REMOVED, Change, Fix, drop
from profiles.catalogue.keys import Boolean, Choice, Key, Switch
from profiles.catalogue.scope import Scope
from profiles.catalogue.vpn_types import PAYLOAD_TYPE as VPN

IGNORED: Final = Diagnostic(
    "ignored",
    Severity.WARNING,
    "A key is set that the device does not look at",
    why="The device only looks at the key under a condition, which does not hold with the values beside it. Where one "
    "setting alone would make use of it, that may have been forgotten.",
    mend="Remove the key, or set what makes use of it.",
    sources=(schema(VPN, "description of each key"),),
    milder="It is advice, told once for all of them, where nothing is lost: they say what holds without them.",
    drops=True,
)
NO_EFFECT_KEY: Final = Diagnostic(
    "no-effect-key",
    Severity.WARNING,
    "A known key does nothing in this payload",
    why="Apple's schema knows the key, but for another kind of payload or another use, so no device looks at it here.",
    mend="Remove the key, and set the one that does what was meant.",
    sources=(schema(VPN, "IPv4"), schema(VPN, "PPP"), schema(VPN, "IPSec")),
    milder="It is advice where tools write the key by themselves.",
    drops=True,
)


@dataclass(frozen=True)
class _Way:
    """One setting that alone makes use of a key: the key at `path`, with the value `value`."""

    path: str
    value: Any


def idleness(scope: Scope, prefix: str) -> Mapping[str, Sequence[Finding]]:
    """What is told of each key that is set in vain, by its path; `prefix` begins the paths of findings.

    Of those that say nothing in particular the first speaks for all. One that hangs on the same setting as another one
    that somebody filled in is told as that one is.
    """
    idle = {key.path: key for key in scope.given_keys if _is_idle(key, scope)}
    if not idle:
        return {}
    ways = {path: _ways(key, scope) for path, key in idle.items()}
    filled = {way for path, key in idle.items() if not says_nothing(key, scope) for way in ways[path]}
    quiet = [key for path, key in idle.items() if says_nothing(key, scope) and filled.isdisjoint(ways[path])]
    quiet = [key for key in quiet if not key.no_effect]
    found: dict[str, Sequence[Finding]] = {
        path: [_in_vain(key, scope, ways[path], prefix)] for path, key in idle.items() if key not in quiet
    }
    return {**found, **{key.path: () for key in quiet}, **dict(_at_once(quiet, scope, prefix))}


def says_nothing(key: Key, scope: Scope) -> bool:
    """Is the key set to what holds without it? A switch of which nothing is known is off."""
    value, usual = scope.given[key.path], scope.defaults.get(key.path)
    return same(value, usual) or (usual is None and is_off(key, value))


def is_off(key: Key, value: Any) -> bool:
    """Is it a switch that is turned off?"""
    return isinstance(key, Switch | Boolean) and not value


def _is_idle(key: Key, scope: Scope) -> bool:
    return not scope.revealed(key) and key.ignored_as is not None and not _waits(key, scope)


def _waits(key: Key, scope: Scope) -> bool:
    """Does the condition of the key ask about one that is missing or wrong? What is told of that one comes first."""
    asked = [scope.by_path[path] for path in (key.revealed_by.paths() if key.revealed_by else ())]
    return any(_is_wrong(each, scope) if scope.is_set(each.path) else scope.required(each) for each in asked)


def _is_wrong(key: Key, scope: Scope) -> bool:
    found = key.check(scope.values[key.path], key.path, scope.targets)
    return any(finding.severity is Severity.ERROR for finding in found)


def _ways(key: Key, scope: Scope) -> list[_Way]:
    """The settings of which any alone makes use of the key: switches to turn on first, those to turn off last."""
    if key.revealed_by is None:
        return []
    found = [
        _Way(path, option.value)
        for path in dict.fromkeys(key.revealed_by.paths())
        if isinstance(asked := scope.by_path[path], Choice)
        for option in asked.options
        if not same(option.value, scope.effective(path))
        and key.revealed_by.evaluate({**scope.given, path: option.value}, scope.defaults)
    ]
    return sorted(found, key=lambda way: _rank(scope.by_path[way.path], way.value))


def _rank(key: Key, value: Any) -> int:
    if not isinstance(key, Switch):
        return 1
    return 0 if value else 2


def _in_vain(key: Key, scope: Scope, ways: Sequence[_Way], prefix: str) -> Finding:
    path = f"{prefix}{key.path}"
    never = key.revealed_by == NEVER_REVEALED
    # A secret that other settings would make use of is thrown away by a person alone.
    fix = None if key.secret and not never else drop(path, scope.values[key.path])
    if key.no_effect:
        return NO_EFFECT_KEY.at(path, f"{key.no_effect} Remove it.", severity=key.ignored_as, fix=fix)
    return IGNORED.at(
        path,
        f"{_because(key, scope)}. {f'{_made(ways[0], scope)}, or remove it' if ways else 'Remove it'}.",
        severity=key.ignored_as,
        # Somebody may have forgotten the setting, and not this.
        fix=replace(fix, sure=not ways) if fix else None,
    )


def _because(key: Key, scope: Scope) -> str:
    asked = wording.condition(key.revealed_by, scope.by_path) if key.revealed_by else "never"
    reason = "no setting makes use of it" if asked == "never" else f"it is only used when {asked}"
    return f"{key.name} is ignored by the device, because {reason}"


def _made(way: _Way, scope: Scope) -> str:
    key = scope.by_path[way.path]
    if isinstance(key, Switch):
        return f"Turn {key.name} {'on' if way.value else 'off'}"
    return f"Set {key.name} to {way.value}"


def _at_once(quiet: Sequence[Key], scope: Scope, prefix: str) -> Iterator[tuple[str, Sequence[Finding]]]:
    """The one finding for keys that say nothing in particular, at the first of them."""
    if not quiet:
        return
    if len(quiet) == 1:
        told, label = f"{_because(quiet[0], scope)}. Remove it.", "Remove it"
    else:
        names = wording.listed([key.name for key in quiet], "and")
        told = (
            f"{names} are ignored by the device with the values beside them, and say what holds without them. "
            "Remove them."
        )
        label = "Remove them"
    changes = tuple(Change(f"{prefix}{key.path}", scope.values[key.path], REMOVED) for key in quiet)
    yield (
        quiet[0].path,
        [IGNORED.at(f"{prefix}{quiet[0].path}", told, severity=Severity.ADVICE, fix=Fix(label, changes))],
    )
