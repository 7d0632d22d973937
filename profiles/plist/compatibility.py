"""What each system does with what a document sets: use it, ignore it, or refuse the profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from profiles.catalogue import wording
from profiles.catalogue.keys import Key
from profiles.catalogue.options import Option
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import (
    NEVER,
    OPERATING_SYSTEMS,
    OperatingSystem,
    Targets,
    before,
)
from profiles.plist.document import Document


class Verdict(StrEnum):
    """What a system does with a key: `sent` means that it is told, and uses it."""

    SENT = "sent"
    IGNORED = "ignored"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One system's verdict; `since` is the first version that knows the key, `note` says the rest in words."""

    verdict: Verdict
    since: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One key that is set, and a cell for each system of `systems`."""

    payload: str
    path: str
    label: str
    cells: tuple[Cell, ...]


def systems(targets: Targets) -> list[OperatingSystem]:
    """The systems that have a column: the targets, or all where none is chosen."""
    return [system for system in OPERATING_SYSTEMS if system in targets] or [*OPERATING_SYSTEMS]


def suited(document: Document) -> list[OperatingSystem]:
    """The systems that the profile is for and that know every payload in it; where there is none, those it is for."""
    meant = [system for system in OPERATING_SYSTEMS if system in document.targets or not document.targets]
    payloads = [part.payload for part in document.payloads]
    known = [system for system in meant if all(each.available.on(system) != NEVER for each in payloads)]
    return known or meant


def compatibility(document: Document) -> list[Row]:
    """A row for each key that is set; those inside lists once, as `IKEv2.OnDemandRules[].Action`, by the worst item."""
    return [
        row
        for name, payload, values in document.parts()
        for row in _rows(name, payload.scope(values, document.targets), "")
    ]


def _rows(name: str, scope: Scope, prefix: str) -> Iterator[Row]:
    for key in scope.keys:
        if not scope.is_set(key.path):
            continue
        path = f"{prefix}{key.path}"
        cells = tuple(_cell(key, scope, system) for system in systems(scope.targets))
        yield Row(payload=name, path=path, label=key.label, cells=cells)
        inside = [row for _, inner, _ in scope.items_of(key) for row in _rows(name, inner, f"{path}[].")]
        # What is ignored or refused as a whole is so with all that is in it.
        yield from (_within(cells, row) for row in _merged(inside))


def _merged(rows: list[Row]) -> Iterator[Row]:
    """One row for each path: of several items the worst verdict of each system counts."""
    by_path: dict[str, list[Row]] = {}
    for row in rows:
        by_path.setdefault(row.path, []).append(row)
    for path, same in by_path.items():
        cells = tuple(max(column, key=_badness) for column in zip(*(row.cells for row in same), strict=True))
        yield Row(payload=same[0].payload, path=path, label=same[0].label, cells=cells)


def _within(outer: tuple[Cell, ...], row: Row) -> Row:
    cells = tuple(max(pair, key=_badness) for pair in zip(row.cells, outer, strict=True))
    return replace(row, cells=cells)


def _badness(cell: Cell) -> int:
    return [*Verdict].index(cell.verdict)


def _cell(key: Key, scope: Scope, system: OperatingSystem) -> Cell:
    since = key.available.within(scope.available).on(system) or ""
    target = scope.targets.get(system)
    option = next((o for o in key.options if o.value == scope.values.get(key.path)), None)
    if since == NEVER:
        return Cell(verdict=Verdict.IGNORED, note="never known")
    if refused := _refused(option, system, target):
        return Cell(verdict=Verdict.REFUSED, since=since, note=refused)
    if key.revealed_by and not scope.revealed(key):
        clause = wording.condition(key.revealed_by, scope.by_path)
        note = "no setting uses it" if clause == "never" else f"only used when {clause}"
        return Cell(verdict=Verdict.IGNORED, since=since, note=note)
    if target and since and before(target, since):
        return Cell(verdict=Verdict.IGNORED, since=since, note=f"before {since}")
    own = key.available.on(system)
    return Cell(verdict=Verdict.SENT, since=since, note=f"since {since}" if own else "")


def _refused(option: Option | None, system: OperatingSystem, target: str | None) -> str:
    """Why a system refuses a value, in words; empty where it accepts it."""
    gone = option.until.on(system) if option else None
    if not option or gone is None:
        return ""
    if gone == NEVER:
        return f"never accepts {option.title}"
    if target is not None and before(target, gone):
        return ""
    return f"refused from {gone}"
