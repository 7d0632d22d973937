"""Keys that are missing, set in vain, or not known to a target, judged over all dictionaries of one payload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from profiles.catalogue import wording
from profiles.catalogue.citations import report, schema
from profiles.catalogue.findings import Diagnostic, Finding, Severity
from profiles.catalogue.fixes import NOTHING, put
from profiles.catalogue.keys import Key
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import INHERITED, NEVER, TITLES, OperatingSystem, any_version
from profiles.catalogue.vpn_types import PAYLOAD_TYPE as VPN
from profiles.plist.validation.idleness import idleness, is_off

MISSING: Final = Diagnostic(
    "missing",
    Severity.ERROR,
    "A key that the payload needs is missing",
    why="Apple's schema requires the key, always or with the values beside it, and without it the device has nothing "
    "to go by.",
    mend="Fill the key in. Where it stands under another name or in another place, rename or move it.",
    sources=(schema(VPN, "presence of each key"),),
    milder="It is a warning where files in wide use leave the key out.",
)
UNAVAILABLE: Final = Diagnostic(
    "unavailable",
    Severity.WARNING,
    "A target does not know the key or the payload",
    why="Apple's schema says since which version each system knows it. Older ones and other systems ignore it.",
    mend="Do not count on it there, or change the targets.",
    sources=(schema(VPN, "supportedOS of each key"),),
)
LEFT_OUT: Final = Diagnostic(
    "left-out",
    Severity.WARNING,
    "A file leaves out a key that every profile should have",
    why="Apple's schema requires the key, and some systems do not install the profile or do not connect without it.",
    mend="Put it in. The designer writes it by itself.",
    sources=(
        schema("CommonPayloadKeys"),
        schema(VPN, "IKEv2.LocalIdentifier"),
        report("hwdsl2/setup-ipsec-vpn", 465),
    ),
    milder="It is advice where devices do well without the key.",
)

FILL_IN: Final = " Fill it in."
"""How it is told to mend what is missing."""


def presence(scope: Scope, prefix: str, *, imported: bool) -> Iterator[Finding]:
    """What is missing, what is set in vain, and what a target does not know; `prefix` begins each path."""
    idle = idleness(scope, prefix)
    told_of = [key for key in scope.keys if key.path in scope.given or key.path in scope.shape.wanted]
    for key in told_of:
        path = f"{prefix}{key.path}"
        if scope.is_set(key.path):
            if key.path in idle:
                yield from idle[key.path]
            elif key.available is not INHERITED:
                yield from _unavailable(key, scope, path)
            # What is in a list that the device does not look at needs nothing.
            for _, inner, place in scope.items_of(key, prefix) if scope.revealed(key) else ():
                yield from presence(inner, place, imported=imported)
        elif key.always_emitted:
            # What is required and legal as an empty text is still better said.
            if imported and key.required and not {key.path, key.container} & scope.values.keys():
                yield left_out(path, "" if key.default is None else key.default)
        elif scope.required(key) and not _is_in_what_is_wrong(key, scope):
            yield _missing(key, scope, path)


def payload_unavailable(scope: Scope, instead: Mapping[OperatingSystem, str]) -> Iterator[Finding]:
    """That a target does not know the payload at all; `instead` says what there is in its place."""
    for system, lowest in scope.targets.items():
        for place in scope.available.gaps({system: lowest}):
            never = scope.available.on(system) == NEVER
            who = f"No version of {TITLES[system]} knows" if never else f"{place} does not know"
            mend = instead.get(system, "Do not count on it there, or change the targets.")
            yield UNAVAILABLE.at("", f"{who} this payload, so it is ignored there. {mend}")


def left_out(path: str, default: object = NOTHING) -> Finding:
    """That a file leaves out a key; `default` is what can be put there, if anything."""
    name = path.rpartition(".")[2]
    if default is NOTHING:
        told = f"The file leaves {name} out, without which some systems do not install the profile"
        return LEFT_OUT.at(path, f"{told}. Put it in.")
    told = f"The file leaves {name} out, which Apple's documentation requires"
    return LEFT_OUT.at(
        path,
        f"{told}; it may be empty. Put it in.",
        severity=Severity.ADVICE,
        fix=put(path, NOTHING, default, "Put it in"),
    )


def _is_in_what_is_wrong(key: Key, scope: Scope) -> bool:
    """Is something else in the place of a dictionary that the key belongs into? That is told, and says it all."""
    container = key.container
    while container:
        if container in scope.values and scope.values[container] != {}:
            return True
        container = container.rpartition(".")[0]
    return False


def _missing(key: Key, scope: Scope, path: str) -> Finding:
    asked = key.required_by
    why = f", because {wording.condition(asked, scope.by_path)}" if asked else ""
    without = (
        "and the device cannot use the profile without it"
        if key.missing_as is Severity.ERROR
        else "which Apple's documentation asks for"
    )
    proposed = key.proposed(scope.values) if key.proposed else None
    return MISSING.at(
        path,
        f"{key.name} is missing, {without}{why}.{FILL_IN}",
        severity=key.missing_as,
        fix=put(path, NOTHING, proposed, f"Set {proposed}") if proposed is not None else None,
    )


def _is_off_anyway(key: Key, scope: Scope) -> bool:
    """Is it a switch that is off, as it is without the key, and so on systems that do not know it?"""
    return is_off(key, scope.given[key.path]) and not scope.defaults.get(key.path, True)


def _unavailable(key: Key, scope: Scope, path: str) -> Iterator[Finding]:
    if not scope.targets or _is_off_anyway(key, scope):
        return
    # A system that does not know the whole payload is told once, at the payload.
    judged = {name: version for name, version in scope.targets.items() if scope.available.on(name) != NEVER}
    places = [
        any_version(name) if key.available.on(name) == NEVER else place
        for name, version in judged.items()
        for place in key.available.gaps({name: version})
    ]
    if places:
        yield UNAVAILABLE.at(
            path,
            f"{key.name} is ignored on {wording.listed(places, 'and')}. Do not count on it there, or change the "
            "targets.",
        )
