"""What the page of an imported file shows: each part with its keys, without a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from designer.presentation.review import ShownProblem
from profiles.catalogue import wording
from profiles.catalogue.conditions import is_set
from profiles.catalogue.effect_text import line
from profiles.catalogue.findings import ORDER, Diagnostic, Severity
from profiles.catalogue.keys import Dictionary, Key, ListOf, Reference
from profiles.catalogue.shape import Shape
from profiles.catalogue.values import plist_type_of
from profiles.plist.diff.change import shown, unknown_value
from profiles.plist.document import ENVELOPE_NAME, Document, Problem
from profiles.plist.effects import title_of
from profiles.plist.rule_book import diagnostics
from profiles.plist.secrets import mask
from profiles.plist.templates.declaration import Variable
from profiles.plist.templates.undeclared import Undeclared
from profiles.plist.validation.repairs import Repair

UNFOLDED: Final = 8
"""Payloads up to which each one is shown open."""

MAX_ROWS: Final = 2_000
"""Keys that a page shows of a file, and what it offers to fix: far more than a person reads."""

LONGEST: Final = 300
"""Characters of the value of an unknown key."""

_EMPTY: Final = "empty"
_ODD: Final = re.compile(r"[,;\"'\s]")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One key: `value` is for a person, empty where the key is unknown and may hold a secret.

    `path` begins at the payload, or at the item of a list that the row is in. `heading` stands above the first row of
    such an item, and `place` is where that is.
    """

    label: str
    path: str
    value: str
    type: str
    known: bool
    heading: str = ""
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class ShownPart:
    """The envelope or a payload: `anchor` is its id on the page, `counted` how much is in it.

    `rows` are the keys that the catalogue knows, `unknown` those that it does not, `inside` those of dictionaries in
    lists; `more` is how many are not among those that are shown.
    """

    anchor: str
    title: str
    kind: str
    type: str
    rows: tuple[Row, ...]
    unknown: tuple[Row, ...]
    inside: tuple[Row, ...]
    counted: str
    more: int = 0

    @property
    def all(self) -> tuple[Row, ...]:
        """Every row, in the order in which they are shown."""
        return (*self.rows, *self.unknown, *self.inside)

    def cut(self, room: int) -> ShownPart:
        """With so many of its keys at most."""
        rows, unknown = self.rows[:room], self.unknown[: max(0, room - len(self.rows))]
        inside = self.inside[: max(0, room - len(rows) - len(unknown))]
        more = len(self.all) - len(rows) - len(unknown) - len(inside)
        return replace(self, rows=rows, unknown=unknown, inside=inside, more=more)


def parts(document: Document) -> list[ShownPart]:
    """All parts, the envelope first, with MAX_ROWS keys at most."""
    found = [*_parts(document)]
    shares = _shares([len(part.all) for part in found])
    return [part.cut(share) for part, share in zip(found, shares, strict=True)]


def _shares(lengths: Sequence[int]) -> list[int]:
    """How much is shown of lists of these lengths, MAX_ROWS in all: no list takes the room that a shorter one needs."""
    shares, room = [*lengths], MAX_ROWS
    for done, index in enumerate(sorted(range(len(lengths)), key=lengths.__getitem__)):
        shares[index] = min(lengths[index], room // (len(lengths) - done))
        room -= shares[index]
    return shares


def _parts(document: Document) -> Iterator[ShownPart]:
    public = mask(document)
    names = {part.known_as.upper(): title_of(part.payload, part.values) for part in public.payloads}
    unknown: list[Mapping[str, Any]] = [{}, *(part.unknown for part in document.payloads)]
    for (place, (_, payload, values)), (_, _, original), more in zip(
        public.places().items(), document.parts(), unknown, strict=True
    ):
        rows = [*_rows(payload.shape, values, original, names)]
        here = [row for row in rows if not row.place]
        kept = [_kept(name, value) for name, value in more.items()]
        known = sum(row.known for row in rows)
        yield ShownPart(
            anchor=_anchor(place),
            title=title_of(payload, values),
            kind=payload.title,
            type=payload.type_of(values) if place != ENVELOPE_NAME else payload.payload_type,
            rows=tuple(row for row in here if row.known),
            unknown=(*(row for row in here if not row.known), *kept),
            inside=tuple(row for row in rows if row.place),
            counted=_counted(known, len(rows) + len(kept) - known),
        )


def _anchor(place: str) -> str:
    """The id of a part on the page."""
    return f"part-{place}"


def _counted(known: int, unknown: int) -> str:
    keys = f"{known:,} key{'' if known == 1 else 's'}"
    return f"{keys}, {unknown:,} unknown" if unknown else keys


def _rows(
    shape: Shape,
    values: Mapping[str, Any],
    original: Mapping[str, Any],
    names: Mapping[str, str],
    *,
    heading: str = "",
    place: str = "",
) -> Iterator[Row]:
    """Each key of a payload, or of a dictionary in a list, which stands at `place` and is called `heading`.

    Those of dictionaries in lists come last, so that nothing seems to be in one that stands behind it.
    """
    flat, first = shape.flat(original), heading
    inside: list[Iterator[Row]] = []
    for path, value in shape.flat(values).items():
        key, exact = shape.by_path.get(path), flat.get(path)
        if isinstance(key, ListOf) and isinstance(key.item, Dictionary) and _holds_dictionaries(value, exact):
            here = f"{place}.{path}".removeprefix(".")
            inside.append(_items(key, key.item, value, exact or [], names, heading=heading, place=here))
            continue
        # A dictionary that holds nothing is known as far as the catalogue has keys that would stand in it.
        row = (
            Row(
                label=key.label if key else path.rpartition(".")[2],
                path=path,
                value=_value(key, value, names),
                type=_type(exact),
                known=True,
            )
            if shape.knows(path)
            else _kept(path, exact)
        )
        yield replace(row, heading=first, place=place)
        first = ""
    for rows in inside:
        yield from rows


def _holds_dictionaries(value: Any, exact: Any) -> bool:
    """Is it a list of dictionaries, of which a mask has hidden none?"""
    return bool(value) and all(
        isinstance(each, list) and all(isinstance(item, dict) for item in each) for each in (value, exact)
    )


def _items(
    key: ListOf,
    item: Dictionary,
    values: Sequence[Mapping[str, Any]],
    originals: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    *,
    heading: str,
    place: str,
) -> Iterator[Row]:
    """The keys of each dictionary in a list, one by one."""
    for index, (value, original) in enumerate(zip(values, originals, strict=True)):
        title = " · ".join(filter(None, (heading, f"{item.label} {index + 1}")))
        here = f"{place}[{index}]"
        if not value:
            yield Row(
                label=key.label,
                path=key.name,
                value=_EMPTY,
                type=_type(original),
                known=True,
                heading=title,
                place=here,
            )
        yield from _rows(item.shape, value, original, names, heading=title, place=here)


def _kept(path: str, value: Any) -> Row:
    """An unknown key: of a text or data its type alone is shown, of all else what is none of the two."""
    text = "" if isinstance(value, str | bytes) else unknown_value(value)
    shown_text = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return Row(label=path.rpartition(".")[2], path=path, value=shown_text, type=_type(value), known=False)


def _value(key: Key | None, value: Any, names: Mapping[str, str]) -> str:
    if not is_set(value):
        return _EMPTY
    if isinstance(value, bytes) and not (key and key.secret):
        return f"{len(value):,} bytes"
    if isinstance(key, Reference) and isinstance(value, str) and value.upper() in names:
        return f"{names[value.upper()]} ({value})"
    if isinstance(key, ListOf) and isinstance(value, list) and all(map(_is_plain, value)):
        return ", ".join(key.item.option_title(item) for item in value)
    return shown(key, value)


def _is_plain(item: Any) -> bool:
    """Can a list of such texts be read with commas in between?"""
    return isinstance(item, str) and bool(item.strip()) and item == item.strip() and not _ODD.search(item)


def _type(value: Any) -> str:
    kind = plist_type_of(value)
    return kind.value if kind else ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Repairs of problems with one code; `more` is how many there are beyond those that are shown.

    Each is shown with what its part is called, which is empty for the profile itself.

    `rule` is what the rule book has of the code, None where that is nothing.
    """

    code: str
    rule: Diagnostic | None
    shown: Sequence[tuple[Repair, str]]
    more: int

    @property
    def number(self) -> int:
        """How many there are."""
        return len(self.shown) + self.more

    @property
    def severity(self) -> Severity:
        """That of the gravest of those that are shown."""
        return min((repair.problem.severity for repair, _ in self.shown), key=ORDER.__getitem__)


def by_code(words: Words, found: Sequence[Repair]) -> list[Group]:
    """The repairs in groups, in the order of the problems, with MAX_ROWS shown at most."""
    codes: dict[str, list[Repair]] = {}
    for each in found:
        codes.setdefault(each.problem.code, []).append(each)
    shares = _shares([len(each) for each in codes.values()])
    return [
        Group(
            code=code,
            rule=diagnostics.entries().get(code),
            shown=[(repair, words.title(repair.name)) for repair in each[:share]],
            more=len(each) - share,
        )
        for (code, each), share in zip(codes.items(), shares, strict=True)
    ]


class Words:
    """What the places of a document are called: “Office · Rule 2 · Action”."""

    def __init__(self, document: Document) -> None:
        self._parts = {
            name: (payload.shape, title_of(payload, values))
            for name, payload, values in mask(document).parts()
        }
        self._anchors = {name: _anchor(place) for place, (name, _, _) in document.places().items()}

    def title(self, part: str) -> str:
        """What a part is called; empty for the profile itself."""
        return "" if part == ENVELOPE_NAME else self._parts[part][1]

    def place(self, part: str, path: str) -> str:
        """Where a path of that part leads."""
        shape, title = self._parts[part]
        return " · ".join(filter(None, (line(title), *wording.place(shape, path))))

    def problems(self, found: Sequence[Problem]) -> list[ShownProblem]:
        """Each problem with where it is, and the part of the page that shows it."""
        return [
            ShownProblem(
                problem, self.place(problem.payload, problem.path), row=self._anchors.get(problem.payload, "")
            )
            for problem in found
        ]

    def variables(self, found: Sequence[Undeclared]) -> list[tuple[Variable, str]]:
        """Each variable with where it stands."""
        return [
            (each.variable, wording.abridged([self.place(*place) for place in each.places], "and"))
            for each in found
        ]
