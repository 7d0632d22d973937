"""Covering: the findings of one part without those of which another one is the cause, says more, or says the contrary.

Who follows one finding sees the others of its place anew, as far as they still hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from profiles.catalogue.blanks import BLANKS
from profiles.catalogue.findings import ORDER, Finding, Severity
from profiles.catalogue.fixes import NOTHING, REMOVED, Fix
from profiles.catalogue.keys.scalars import NOT_ALLOWED
from profiles.catalogue.options import VALUE_OUTDATED
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.rules.addresses import (
    ADDRESS_LOOPBACK,
    ADDRESS_MALFORMED,
    IDENTITY_FORM,
    UNFILLED_PLACEHOLDER,
)
from profiles.catalogue.shape import escaped, last_name
from profiles.catalogue.values import WRONG_TYPE
from profiles.plist.validation.idleness import IGNORED
from profiles.plist.validation.intention import container
from profiles.plist.validation.placeholders import MDM_PLACEHOLDER
from profiles.plist.validation.presence import FILL_IN, LEFT_OUT, MISSING, UNAVAILABLE
from profiles.plist.validation.unknown_keys import MISPLACED_KEY, MISSPELT_KEY, UNKNOWN_TYPE, shown
from profiles.plist.validation.value_forms import EMPTY, EMPTY_ITEM

_ABSENCES: Final = frozenset({MISSING.code, LEFT_OUT.code})
_REPLACED: Final = frozenset(
    each.code
    for each in (ADDRESS_LOOPBACK, ADDRESS_MALFORMED, BLANKS, IDENTITY_FORM, UNFILLED_PLACEHOLDER, WRONG_TYPE)
)
"""Codes by which another value is to stand there, with a fix or without."""

_ELSEWHERE: Final = frozenset({MISPLACED_KEY.code, MISSPELT_KEY.code})
_EMPTY: Final = frozenset({EMPTY.code, EMPTY_ITEM.code})


def uncovered(
    payload: Payload, findings: Iterable[Finding], strange: Iterable[Finding], unfilled: Sequence[Finding]
) -> tuple[list[Finding], list[Finding]]:
    """What is left of the findings, and of the `strange` ones, which are about keys that the payload does not have.

    The `unfilled` ones are about placeholders, and stay as they are: what is to be filled in is neither thrown away as
    well, nor compared with anything.
    Where a fix fills in what is missing, that is told once: by its own finding, or as missing where that is graver.
    """
    found, others = [*findings], [*strange]
    changes = [(each, change) for each in (*found, *others) if each.fix for change in each.fix.changes]
    mended = {
        change.path for each, change in changes if each.code != IGNORED.code and change.after is not REMOVED
    }
    # A device takes what is inside a dictionary, too, only in the very letters; that is told once it is there.
    filled = {
        _folded(path): each
        for each, change in changes
        if change.before is NOTHING and each.code not in _ABSENCES
        for path in _paths(change.path, change.after)
    }
    absent = {each.path for each in found if each.code in _ABSENCES}
    # Of what has no type nobody can know it.
    others = [each for each in others if each.code != UNKNOWN_TYPE.code or each.path not in absent]
    absent |= {container for path in absent for container in _containers(path)}
    places: dict[str, list[Finding]] = defaultdict(list)
    for each in found:
        places[each.path].append(each)
    open_places = {each.path for each in unfilled if each.code != MDM_PLACEHOLDER.code}
    replacing = [*unfilled, *(each for each in found if each.code in _REPLACED)]
    left = [
        each
        for each in found
        if not _is_caused(payload, each, mended, filled)
        and not _is_said(each, places[each.path], absent)
        and not _is_answered(payload, each, places[each.path])
        and not _is_contradicted(each, places[each.path])
        and not (each.code == IGNORED.code and each.path in open_places)
        and not _is_early(each, replacing)
    ]
    told_as = _told_as(found, filled)
    return (
        [told_as.get(id(each), each) for each in left],
        [told_as.get(id(each), each) for each in others],
    )


def _told_as(found: Iterable[Finding], filled: Mapping[str, Finding]) -> dict[int, Finding]:
    """What findings, by their ids, are told as whose fixes bring something there that is missing, which is graver."""
    graver: dict[int, Finding] = {}
    for each in sorted(found, key=lambda each: ORDER[each.severity]):
        filling = filled.get(_folded(each.path)) if each.code in _ABSENCES else None
        if filling is None or ORDER[each.severity] >= ORDER[filling.severity] or id(filling) in graver:
            continue
        # How devices take a strange key is inferred alone; that they need the right one is documented.
        graver[id(filling)] = (
            _standing_elsewhere(each, filling.fix)
            if filling.fix and filling.code in _ELSEWHERE and each.code == MISSING.code
            else replace(filling, severity=each.severity)
        )
    return graver


def _standing_elsewhere(missing: Finding, fix: Fix) -> Finding:
    """That a key is missing, or the dictionary that it is in, and stands in another place or under another name."""
    path = next(
        change.path
        for change in fix.changes
        if change.before is NOTHING
        and _folded(missing.path) in map(_folded, _paths(change.path, change.after))
    )
    gone = next((change.path for change in fix.changes if change.after is REMOVED), path)
    return MISSING.at(path, _told_elsewhere(missing, path, gone, fix), severity=missing.severity, fix=fix)


def _told_elsewhere(missing: Finding, path: str, gone: str, fix: Fix) -> str:
    told, name = missing.message.removesuffix(FILL_IN), last_name(path)
    if _folded(path) != _folded(missing.path):
        told = f"{name} is missing, and the device cannot use the profile without what is in it."
    there = "at the top of the payload" if not container(gone) else f"inside {container(gone)}"
    if container(gone) == container(path):
        stands = f"It is written as {shown(gone)}, which the device ignores"
    else:
        called = "" if last_name(gone) == name else f" as {shown(gone)}"
        stands = f"It stands {there}{called}, where the device ignores it"
    return f"{told} {stands}. {fix.label}."


def _paths(path: str, value: Any) -> Iterator[str]:
    """The paths of all that is in a value."""
    yield path
    if isinstance(value, Mapping):
        for name, inside in value.items():
            yield from _paths(f"{path}.{escaped(name)}", inside)


def _folded(path: str) -> str:
    """A path without blanks, in small letters: what a name stands for that is only written otherwise."""
    return "".join(path.split()).casefold()


def _containers(path: str) -> Iterator[str]:
    while "." in path:
        path = path.rpartition(".")[0]
        yield path


def _is_caused(payload: Payload, each: Finding, mended: Collection[str], filled: Collection[str]) -> bool:
    """Does the fix of another one take away what is told? What is ignored may not be once that is mended."""
    key = payload.by_path.get(each.path)
    if each.code == IGNORED.code and key is not None and key.revealed_by is not None:
        return any(path in mended for path in key.revealed_by.paths())
    return each.code in _ABSENCES and _folded(each.path) in filled


def _is_said(each: Finding, here: Sequence[Finding], absent: Collection[str]) -> bool:
    """Does another one say the same, or more? That nothing is there is said once, by what needs something there."""
    if each.code == LEFT_OUT.code:
        return len(here) > 1
    if each.code == VALUE_OUTDATED.code:
        # Whoever is refused today need not be told of tomorrow.
        return any(other.severity is Severity.ERROR for other in here)
    if each.code not in _EMPTY:
        return False
    return len(here) > 1 or each.path in absent or each.path.rpartition("[")[0] in absent


def _is_answered(payload: Payload, each: Finding, here: Sequence[Finding]) -> bool:
    """Is it missing only by a value that another one at its place would change?"""
    key = payload.by_path.get(each.path)
    if each.code != MISSING.code or key is None or key.required_by is None:
        return False
    asked = {*key.required_by.paths()}
    changed = (
        change.path for other in here if other.fix and other is not each for change in other.fix.changes
    )
    return not asked.isdisjoint(changed)


def _is_contradicted(each: Finding, here: Sequence[Finding]) -> bool:
    """Does a graver one at its place advise something else? Of two that weigh the same, the value goes."""
    judging = [other for other in here if other.code != UNAVAILABLE.code]
    if each not in judging or not each.path or len(judging) == 1:
        return False
    if any(other.code == NOT_ALLOWED.code for other in judging):
        return each.code != NOT_ALLOWED.code
    if not any(other.drops for other in judging):
        return False
    leading = min(judging, key=lambda other: (ORDER[other.severity], not other.drops))
    return each is not leading if leading.drops else each.drops


def _is_early(each: Finding, replacing: Sequence[Finding]) -> bool:
    """Does it compare a value that is to be replaced? What is graver than that is told all the same."""
    compared = each.compared
    return bool(compared) and any(
        other.path in compared and ORDER[other.severity] <= ORDER[each.severity] for other in replacing
    )
