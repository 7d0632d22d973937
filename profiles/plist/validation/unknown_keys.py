"""Keys and payload types that the catalogue does not know: what they were meant for, if anybody can say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from profiles.catalogue.citations import own, schema, standard
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.fixes import NOTHING, REMOVED, Change, Fix, drop, put
from profiles.catalogue.payloads.other import PER_APP
from profiles.catalogue.shape import last_name, steps
from profiles.catalogue.values import MAX_DEPTH, WRONG_TYPE, check_scalar, check_text, plist_type_of
from profiles.catalogue.vpn_types import TYPE_KEY, idle_dictionaries, variant, variants
from profiles.catalogue.wording import listed
from profiles.plist.document import PayloadDocument
from profiles.plist.validation.idleness import NO_EFFECT_KEY
from profiles.plist.validation.intention import Intention, Surroundings, container
from profiles.plist.validation.owners import Owner

WRITTEN_BY_TOOLS: Final = frozenset({"PayloadEnabled"})
"""Keys that no schema has, and that tools in wide use write into each payload all the same."""

UNKNOWN_KEY: Final = Diagnostic(
    "unknown-key",
    Severity.WARNING,
    "The catalogue does not know a key",
    why="Devices ignore keys that they do not know. This one may be newer than the catalogue, belong to another "
    "product, or be misspelled, so nobody can say here what it does.",
    mend="Check its spelling, or leave it: it is kept and written as it is.",
    sources=(schema("com.apple.vpn.managed", "all keys"),),
    certainty=Certainty.INFERRED,
    milder="It is advice, told once, where tools write the key into each payload.",
)
MISSPELT_KEY: Final = Diagnostic(
    "misspelt-key",
    Severity.WARNING,
    "A key is written otherwise than Apple writes it",
    why="Names of keys are exact, capitals included. Devices ignore a key that is misspelled, and do as if it were not "
    "set. Where they refuse the profile without the right one, that one is told as missing.",
    mend="Rename the key; of one that says the contrary, such as EnableMOBIKE, turn the value, too. Where the right "
    "one is not set yet and takes the value, the fix does so.",
    sources=(schema("com.apple.vpn.managed", "all keys"),),
    certainty=Certainty.INFERRED,
)
MISPLACED_KEY: Final = Diagnostic(
    "misplaced-key",
    Severity.WARNING,
    "A key stands in the wrong dictionary",
    why="Devices look for each key in one place alone. Elsewhere they ignore it, and do as if it were not set. Where "
    "they refuse the profile without the key, it is told as missing.",
    mend="Move the key to where it belongs. Where it is not set there yet and takes the value, the fix does so.",
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
    for name in idle_dictionaries(values):
        yield NO_EFFECT_KEY.at(
            name,
            f"{TYPE_KEY} is {values[TYPE_KEY]}, for {kind}, so the device does not look at {name}. Write {name} as "
            f"{TYPE_KEY} if that is what it is to set up, or remove {name}.",
        )
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


def undeclared(path: str, value: Any, around: Surroundings) -> Iterator[Finding]:
    """What there is to say of a key that no declaration has: at `path` in a dictionary, dots inside names escaped."""
    place = f"{around.prefix}{path}"
    found, here = around.intention(path, value)
    yield _meant(place.removeprefix(here.prefix), value, found, here)
    yield from writable_key(path, value, place)


def _meant(path: str, value: Any, found: Intention, here: Surroundings) -> Finding:
    """What a key was meant for, if anybody can say; `path` is seen from where one can."""
    prefix = here.prefix
    if found.foreign:
        return _foreign(path, prefix, value, found)
    if found.owners:
        return _in_list(path, value, prefix, here.values, found.owners)
    if found.path:
        return _known_otherwise(path, prefix, value, found)
    if found.containers:
        return _in_other_dictionary(path, prefix, value, found)
    if found.fixed:
        return _written_by_itself(path, prefix, value, found, here.shape.fixed.get(found.fixed, NOTHING))
    return _unknown(path, f"{prefix}{path}", found)


def _foreign(path: str, prefix: str, value: Any, found: Intention) -> Finding:
    """That the key is for payloads of another kind; tools write such ones beside those that count."""
    place = f"{prefix}{path}"
    return NO_EFFECT_KEY.at(
        place,
        f"{shown(path)} is for {found.foreign}, and does nothing in this payload. Remove it.",
        severity=None if container(path) else Severity.ADVICE,
        fix=drop(place, value),
    )


def _known_otherwise(path: str, prefix: str, value: Any, found: Intention) -> Finding:
    """That the key is known in another place, under another name, or under that of its contrary."""
    place, there = f"{prefix}{path}", f"{prefix}{found.path}"
    if found.is_contrary:
        return _contrary(place, there, value, found)
    if container(found.path) != container(path):
        return _misplaced(path, prefix, value, found)
    return _misspelt(place, there, value, found)


def _misspelt(place: str, there: str, value: Any, found: Intention) -> Finding:
    right, wrong = last_name(there), shown(place)
    mend = f"Remove it, since {right} is set, too" if found.is_taken else f"Write {right}"
    return MISSPELT_KEY.at(
        place,
        f"Devices do not know {wrong}, and ignore it. {mend}.",
        # A whole dictionary may have more in it than the right one.
        fix=drop(place, value)
        if found.is_taken and not isinstance(value, dict)
        else _moved(place, there, value, found, f"Rename it to {right}"),
    )


def _contrary(place: str, there: str, value: Any, found: Intention) -> Finding:
    right, wrong = last_name(there), shown(place)
    told = f"Devices do not know {wrong}, and ignore it. The key is called {right}, and means the contrary"
    if found.is_taken:
        return MISSPELT_KEY.at(place, f"{told}. Remove it, since {right} is set, too.")
    if found.value is NOTHING:
        return MISSPELT_KEY.at(place, f"{told}. Set that one.")
    mend = f"Write {right} as {str(found.value).lower()}"
    return MISSPELT_KEY.at(place, f"{told}. {mend}.", fix=_moved(place, there, value, found, mend))


def _misplaced(path: str, prefix: str, value: Any, found: Intention) -> Finding:
    right, wrong = last_name(found.path), shown(path)
    where = _inside_or_beside(container(found.path), path)
    renamed = "" if right == last_name(path) else f" as {right}"
    mend = "Remove it here, since it is set there, too." if found.is_taken else "Move it there."
    label = f"Move it {where.partition(',')[0]}{renamed}"
    return MISPLACED_KEY.at(
        f"{prefix}{path}",
        f"{wrong} belongs {where}{renamed}; the device ignores it here. {mend}",
        fix=_moved(f"{prefix}{path}", f"{prefix}{found.path}", value, found, label),
    )


def _moved(place: str, there: str, value: Any, found: Intention, label: str) -> Fix | None:
    """What brings the value to where it was meant for, if nothing is there and it can stand there."""
    if found.is_taken or found.value is NOTHING:
        return None
    return Fix(label, (Change(place, value, REMOVED), Change(there, NOTHING, found.value)))


def _inside_or_beside(where: str, path: str) -> str:
    """Where a key belongs that stands at `path`: in the dictionary `where`, which may have the one that it is in."""
    within = f"{where}." if where else ""
    if not path.startswith(within):
        return f"inside {where}"
    return f"beside {steps(path.removeprefix(within))[0]}, not inside it"


def _in_other_dictionary(path: str, prefix: str, value: Any, found: Intention) -> Finding:
    """That the key is known elsewhere, where it cannot be moved to without any judgement."""
    place = f"{prefix}{path}"
    if found.is_idle:
        others = [each for each in found.containers if each != container(path)]
        places = [_inside_or_beside(each, path).partition(",")[0] for each in others]
        nor = f", nor {listed(places)}" if places else ""
        return NO_EFFECT_KEY.at(
            place, f"{shown(path)} does nothing here{nor}. Remove it.", fix=drop(place, value)
        )
    return MISPLACED_KEY.at(
        place,
        f"{shown(path)} belongs inside {listed(found.containers)}; the device ignores it here. Move it to where it is "
        "meant.",
    )


def _written_by_itself(path: str, prefix: str, value: Any, found: Intention, wanted: object) -> Finding:
    """That the key stands at the top under its right name, or is missing there, which is told by itself."""
    place, right = f"{prefix}{path}", found.fixed
    fix = drop(place, value) if value == wanted else None
    if container(path):
        where = _inside_or_beside("", path)
        told = f"{shown(path)} belongs {where}; the device ignores it here. {_asked(found)}Keep {right} there alone."
        return MISPLACED_KEY.at(place, told, fix=fix)
    told = (
        f"Devices do not know {shown(path)}, and ignore it. The key is called {right}. Keep that one alone."
    )
    return MISSPELT_KEY.at(place, told, fix=fix)


def _unknown(path: str, place: str, found: Intention) -> Finding:
    told = f"The catalogue does not know {shown(path)}. {_asked(found)}"
    if path in WRITTEN_BY_TOOLS:
        return UNKNOWN_KEY.at(
            place,
            f"{told}Some tools write it into every payload. It is kept and written as it is.",
            severity=Severity.ADVICE,
        )
    return UNKNOWN_KEY.at(place, f"{told}It is kept and written as it is.")


def _asked(found: Intention) -> str:
    return f"Did you mean {listed(found.hints)}? " if found.hints else ""


def _in_list(
    path: str, value: Any, prefix: str, values: Mapping[str, Any], found: Sequence[Owner]
) -> Finding:
    """That a key belongs in an item of a list; where it would do nothing there, that."""
    wrong, place = shown(path), f"{prefix}{path}"
    where = listed([f"inside {each.called}" for each in found])
    if all(each.is_idle for each in found):
        return NO_EFFECT_KEY.at(
            place, f"{wrong} does nothing here, nor {where}. Remove it.", fix=drop(place, value)
        )
    fix = found[0].fix(path, value, prefix, values) if len(found) == 1 else None
    mend = "Move it there." if fix else "Move what is missing there, and remove the rest."
    return MISPLACED_KEY.at(place, f"{wrong} belongs {where}; the device ignores it here. {mend}", fix=fix)


def shown(path: str) -> str:
    """The name of an unknown key in a sentence: in quotes where it has blanks or signs that nobody would see."""
    name = last_name(path)[:100]
    return name if re.fullmatch(r"[\w.\\-]+", name) else f"“{name}”"


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
