"""Keys and payload types that the catalogue does not know: what they were meant for, if anybody can say."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from profiles.catalogue.citations import own, schema, standard
from profiles.catalogue.conditions import NEVER_REVEALED
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.fixes import NOTHING, drop, move, put
from profiles.catalogue.payloads.other import PER_APP
from profiles.catalogue.shape import Shape, last_name
from profiles.catalogue.values import MAX_DEPTH, WRONG_TYPE, check_scalar, check_text, plist_type_of
from profiles.catalogue.vpn_types import TYPE_KEY, variant, variants
from profiles.catalogue.wording import listed
from profiles.plist.document import PayloadDocument
from profiles.plist.owners import Owner, owner_at, owners
from profiles.plist.presence import NO_EFFECT_KEY

MAX_COMPARED: Final = 60
"""Characters of an unknown key, and keys beside it, up to which a similar name is looked for."""

_CLOSE: Final = 0.75

UNKNOWN_KEY: Final = Diagnostic(
    "unknown-key",
    Severity.WARNING,
    "The catalogue does not know a key",
    why="Devices ignore keys that they do not know. This one may be newer than the catalogue, belong to another "
    "product, or be misspelled, so nobody can say here what it does.",
    mend="Check its spelling, or leave it: it is kept and written as it is.",
    sources=(schema("com.apple.vpn.managed", "all keys"),),
    certainty=Certainty.INFERRED,
)
MISSPELT_KEY: Final = Diagnostic(
    "misspelt-key",
    Severity.WARNING,
    "A key is written otherwise than Apple writes it",
    why="Names of keys are exact, capitals included. Devices ignore a key that is misspelled, and do as if it were not "
    "set. Where they refuse the profile without the right one, this is an error.",
    mend="Rename the key. Where the right one is not set yet, the fix does so.",
    sources=(schema("com.apple.vpn.managed", "all keys"),),
    certainty=Certainty.INFERRED,
)
MISPLACED_KEY: Final = Diagnostic(
    "misplaced-key",
    Severity.WARNING,
    "A key stands in the wrong dictionary",
    why="Devices look for each key in one place alone. Elsewhere they ignore it, and do as if it were not set. Where "
    "they refuse the profile without the key, this is an error.",
    mend="Move the key to where it belongs. Where it is not set there yet, the fix does so.",
    sources=(schema("com.apple.vpn.managed", "place of each key"),),
    certainty=Certainty.INFERRED,
)
UNKNOWN_TYPE: Final = Diagnostic(
    "unknown-type",
    Severity.ADVICE,
    "The catalogue does not know the type of a payload",
    why="The designer keeps such a payload as it is and writes it back, but it can judge nothing in it.",
    mend="Nothing has to be done. Look through its XML where it matters.",
    sources=(own("payload types of the catalogue"),),
)
KNOWN_TYPE: Final = Diagnostic(
    "known-type",
    Severity.ADVICE,
    "A payload of a known type is written as “other”",
    why="The catalogue knows the type, so the payload is judged as that, but its keys have no form here.",
    mend="Add a payload of the type itself and take the values over.",
    sources=(own("payload types of the catalogue"),),
)
VPN_TYPE: Final = Diagnostic(
    "vpn-type",
    Severity.ERROR,
    "VPNType is missing or none that devices know",
    why="VPNType says which kind of VPN the payload sets up, in these very letters. Without it a device does not know "
    "which dictionary to read.",
    mend="Write the name as Apple does, such as IKEv2.",
    sources=(schema("com.apple.vpn.managed", "VPNType"),),
)
TOO_DEEP: Final = Diagnostic(
    "too-deep",
    Severity.ERROR,
    "Values nest deeper than can be written",
    why="The limit is far above any real profile, and keeps readers from running out of memory.",
    mend="Remove what nests so deep.",
    sources=(own(f"{MAX_DEPTH} levels"), standard("Property list document type definition")),
)


def of_other(part: PayloadDocument, intended: PayloadDocument) -> Iterator[Finding]:
    """What there is to say of a payload of the type for all others; `intended` is what it is judged as."""
    values = {**part.values, **part.unknown}
    if intended.slug != part.slug:
        yield from _known_type(part, intended, values)
        return
    if part.payload.type_of(part.values) in variants() and not variant(values):
        yield _no_variant(part, values)
    kind = variant(values) or part.payload.type_of(part.values)[:100]
    known = f"The designer does not know {kind or 'this payload'}"
    if variant(values):
        known = f"This payload is for {kind}"
    elif kind == PER_APP:
        known = f"This payload is Apple's per-app VPN ({PER_APP})"
    yield UNKNOWN_TYPE.at("PayloadType", f"{known}: it is kept as it is, and nothing in it is judged.")
    for name, value in part.unknown.items():
        yield from (finding for finding in writable_key(name, value, name) if not finding.buildable)


def _known_type(
    part: PayloadDocument, intended: PayloadDocument, values: Mapping[str, Any]
) -> Iterator[Finding]:
    title = intended.payload.title
    for name, wanted in intended.payload.discriminator.items():
        given = values.get(name, NOTHING)
        if given != wanted:
            found = "is missing" if given is NOTHING else f"is not {wanted}, in these letters"
            yield VPN_TYPE.at(
                name,
                f"{name} {found}, so a device does not set up the {title}. Write {wanted}.",
                fix=put(name, given, wanted, f"Write {wanted}"),
            )
    if intended.payload.fits(values):
        yield KNOWN_TYPE.at(
            "PayloadType",
            f"The designer knows this type: it is judged as {title}, but has no form as “{part.payload.title}”. Add a "
            f"payload of the type {title} instead.",
        )


def _no_variant(part: PayloadDocument, values: Mapping[str, Any]) -> Finding:
    found = (
        f"{TYPE_KEY} is missing"
        if TYPE_KEY not in values
        else f"{TYPE_KEY} names no kind of VPN that devices know"
    )
    return VPN_TYPE.at(
        TYPE_KEY,
        f"{found}, so a device cannot use {part.name}. Write {listed(variants()[part.payload.type_of(part.values)])}.",
    )


def undeclared(
    path: str,
    value: Any,
    prefix: str,
    shape: Shape,
    values: Mapping[str, Any],
    misnomers: Mapping[str, str],
) -> Iterator[Finding]:
    """What there is to say of a key that no declaration has.

    path, value   where it stands in its dictionary, with dots inside names escaped
    prefix        what goes before the path
    shape         the dictionary's declarations    values   what is set in it, by paths
    misnomers     names that others give to keys, and the paths of those
    """
    place = f"{prefix}{path}"
    searched = len(values) <= MAX_COMPARED
    meant = _meant(path, shape, misnomers) if searched else ""
    whole = owner_at(meant, shape) if last_name(path) in misnomers and isinstance(value, dict) else None
    inside = [whole] if whole else owners(path, shape) if searched and not meant else []
    if searched and not meant and not inside:
        meant = _close_to(path, shape)
    taken = meant in values or any(each.startswith(f"{meant}.") for each in values)
    if inside:
        yield _in_list(path, value, prefix, values, inside)
    elif not meant and (containers := [*filter(None, map(_container, _elsewhere(path, shape)))]):
        yield MISPLACED_KEY.at(
            place,
            f"{last_name(path)[:100]} belongs inside {listed(containers)}; the device ignores it here. Move it to "
            "where it is meant.",
        )
    elif not meant:
        yield UNKNOWN_KEY.at(
            place, f"The catalogue does not know {last_name(path)[:100]}. It is kept and written as it is."
        )
    else:
        told = _misplaced if _container(meant) != _container(path) else _misspelt
        yield told(path, meant, prefix, NOTHING if taken else value)
    yield from writable_key(path, value, place)


def _misspelt(path: str, meant: str, prefix: str, value: Any) -> Finding:
    right, wrong = last_name(meant), last_name(path)[:100]
    mend = f"Remove it, since {right} is set, too" if value is NOTHING else f"Write {right}"
    return MISSPELT_KEY.at(
        f"{prefix}{path}",
        f"Devices do not know {wrong}, and ignore it. {mend}.",
        fix=None
        if value is NOTHING
        else move(f"{prefix}{path}", f"{prefix}{meant}", value, f"Rename it to {right}"),
    )


def _misplaced(path: str, meant: str, prefix: str, value: Any) -> Finding:
    right, wrong = last_name(meant), last_name(path)[:100]
    where = (
        f"inside {_container(meant)}" if _container(meant) else f"beside {_container(path)}, not inside it"
    )
    renamed = "" if right == wrong else f" as {right}"
    mend = "Remove it here, since it is set there, too." if value is NOTHING else "Move it there."
    return MISPLACED_KEY.at(
        f"{prefix}{path}",
        f"{wrong} belongs {where}{renamed}; the device ignores it here. {mend}",
        fix=None
        if value is NOTHING
        else move(
            f"{prefix}{path}", f"{prefix}{meant}", value, f"Move it {where.partition(',')[0]}{renamed}"
        ),
    )


def _in_list(
    path: str, value: Any, prefix: str, values: Mapping[str, Any], found: Sequence[Owner]
) -> Finding:
    """That a key belongs in an item of a list; where it would do nothing there, that."""
    wrong, place = last_name(path)[:100], f"{prefix}{path}"
    where = listed([f"inside {each.called}" for each in found])
    if all(each.is_idle for each in found):
        return NO_EFFECT_KEY.at(
            place, f"{wrong} does nothing here, nor {where}. Remove it.", fix=drop(place, value)
        )
    fix = found[0].fix(path, value, prefix, values) if len(found) == 1 else None
    mend = "Move it there." if fix else "Move what is missing there, and remove the rest."
    return MISPLACED_KEY.at(place, f"{wrong} belongs {where}; the device ignores it here. {mend}", fix=fix)


def _meant(path: str, shape: Shape, misnomers: Mapping[str, str]) -> str:
    """The path of the key that `path` was meant for; empty where nobody can say."""
    name, here = last_name(path), _container(path)
    if name in misnomers:
        return misnomers[name]
    if len(name) > MAX_COMPARED:
        return ""
    inside = {last_name(each): each for each in _known(shape) if _container(each) == here}
    folded = {each.casefold(): each for each in inside}
    if name.casefold() in folded:
        return inside[folded[name.casefold()]]
    elsewhere = _elsewhere(path, shape)
    return elsewhere[0] if len(elsewhere) == 1 else ""


def _close_to(path: str, shape: Shape) -> str:
    """The path of the key beside it that is written almost so; empty where there is none."""
    name, here = last_name(path), _container(path)
    if len(name) > MAX_COMPARED:
        return ""
    inside = {last_name(each): each for each in _known(shape) if _container(each) == here}
    close = difflib.get_close_matches(name, inside, n=1, cutoff=_CLOSE)
    return inside[close[0]] if close else ""


def _known(shape: Shape) -> list[str]:
    """The paths that something can have been meant for."""
    useful = (path for path, key in shape.by_path.items() if key.revealed_by != NEVER_REVEALED)
    return [*useful, *shape.containers]


def _elsewhere(path: str, shape: Shape) -> list[str]:
    """The paths of the same name in all dictionaries, in any letters."""
    name = last_name(path).casefold()
    return [each for each in _known(shape) if last_name(each).casefold() == name]


def _container(path: str) -> str:
    return path[: -len(last_name(path))].removesuffix(".") if "." in path else ""


def writable_key(name: str, value: Any, place: str) -> Iterator[Finding]:
    """Can a key of no declared type, which stands at `place`, be written at all?"""
    yield from check_text(name, place, "A key")
    yield from writable(value, place, 0)


def writable(value: Any, path: str, depth: int) -> Iterator[Finding]:
    """Can a value of no declared type be written at all?"""
    if plist_type_of(value) is None:
        yield WRONG_TYPE.at(
            path, f"{path} holds a value that no profile can hold. Write a text or a number.", buildable=False
        )
    elif depth > MAX_DEPTH:
        yield TOO_DEEP.at(
            path, f"{path[:100]} nests deeper than {MAX_DEPTH} levels. Remove it.", buildable=False
        )
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from writable(item, f"{path}[{index}]", depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            if type(name) is not str:
                yield WRONG_TYPE.at(
                    path, f"{path} has a key that is not a text. Write it as text.", buildable=False
                )
                continue
            yield from check_text(name, path, "A key")
            yield from writable(item, f"{path}.{name}", depth + 1)
    else:
        yield from check_scalar(value, path, path)
