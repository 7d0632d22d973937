"""What the page of an imported file shows: each part with its keys, without a secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from profiles.catalogue import wording
from profiles.catalogue.conditions import is_set
from profiles.catalogue.keys import Key, Reference
from profiles.catalogue.spec import Payload
from profiles.catalogue.values import plist_type_of
from profiles.plist.change import shown
from profiles.plist.document import ENVELOPE_NAME, Document, Problem
from profiles.plist.effects import title_of
from profiles.plist.normalise import Kind, Normalisation
from profiles.plist.secrets import mask

UNFOLDED: Final = 8
"""Payloads up to which each one is shown open."""

MAX_ROWS: Final = 2_000
"""Keys that a page shows of a file, and what it offers to put right: far more than a person reads."""

_EMPTY: Final = "empty"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One key: `value` is for a person, empty where the key is unknown and kept as it is."""

    label: str
    path: str
    value: str
    type: str
    known: bool


@dataclass(frozen=True, kw_only=True)
class ShownPart:
    """The envelope or a payload: `anchor` is its id on the page, `counted` how much is in it.

    `more` is how many of its keys are not among those that are shown.
    """

    anchor: str
    title: str
    kind: str
    type: str
    rows: tuple[Row, ...]
    unknown: tuple[Row, ...]
    counted: str
    more: int = 0

    def cut(self, room: int) -> ShownPart:
        """With so many of its keys at most."""
        rows, unknown = self.rows[:room], self.unknown[: max(0, room - len(self.rows))]
        more = len(self.rows) + len(self.unknown) - len(rows) - len(unknown)
        return replace(self, rows=rows, unknown=unknown, more=more)


def parts(document: Document) -> list[ShownPart]:
    """All parts, the envelope first, with MAX_ROWS keys at most."""
    found = [*_parts(document)]
    shares = _shares([len(part.rows) + len(part.unknown) for part in found])
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
    names = {part.known_as.upper(): _title(part.payload, part.values) for part in public.payloads}
    unknown: list[Mapping[str, Any]] = [{}, *(part.unknown for part in document.payloads)]
    for (place, (_, payload, values)), (_, _, original), more in zip(
        public.places().items(), document.parts(), unknown, strict=True
    ):
        yield _part(place, payload, values, dict(original), more, names)


def _part(
    place: str,
    payload: Payload,
    values: Mapping[str, Any],
    original: Mapping[str, Any],
    more: Mapping[str, Any],
    names: Mapping[str, str],
) -> ShownPart:
    rows = [*_rows(payload, values, original, names)]
    known = tuple(row for row in rows if row.known)
    kept = (
        Row(label=name, path=name, value="", type=_type(value), known=False) for name, value in more.items()
    )
    unknown = (*(row for row in rows if not row.known), *kept)
    kind = payload.type_of(values) if place != ENVELOPE_NAME else payload.payload_type
    return ShownPart(
        anchor=f"part-{place}",
        title=_title(payload, values),
        kind=payload.title,
        type=kind,
        rows=known,
        unknown=unknown,
        counted=_counted(len(known), len(unknown)),
    )


def _counted(known: int, unknown: int) -> str:
    keys = f"{known:,} key{'' if known == 1 else 's'}"
    return f"{keys}, {unknown:,} unknown" if unknown else keys


def _title(payload: Payload, values: Mapping[str, Any]) -> str:
    return title_of(payload, values)


def _rows(
    payload: Payload, values: Mapping[str, Any], original: Mapping[str, Any], names: Mapping[str, str]
) -> Iterator[Row]:
    flat = payload.flat(original)
    for path, value in payload.flat(values).items():
        key = payload.by_path.get(path)
        exact = flat.get(path)
        # A dictionary that holds nothing is known as far as the catalogue has keys that would stand in it.
        known = payload.shape.knows(path)
        yield Row(
            label=key.label if key else path.rpartition(".")[2],
            path=path,
            value=_value(key, value, names) if known else "",
            type=_type(exact),
            known=known,
        )


def _value(key: Key | None, value: Any, names: Mapping[str, str]) -> str:
    if not is_set(value):
        return _EMPTY
    if isinstance(value, bytes) and not (key and key.secret):
        return f"{len(value):,} bytes"
    if isinstance(key, Reference) and isinstance(value, str) and value.upper() in names:
        return f"{names[value.upper()]} ({value})"
    return shown(key, value)


def _type(value: Any) -> str:
    kind = plist_type_of(value)
    return kind.value if kind else ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Normalisations of one kind; `more` is how many there are beyond those that are shown."""

    kind: Kind
    shown: Sequence[Normalisation]
    more: int

    @property
    def number(self) -> int:
        """How many there are."""
        return len(self.shown) + self.more


def by_kind(found: Sequence[Normalisation]) -> list[Group]:
    """The normalisations in groups, in the order of the kinds, with MAX_ROWS shown at most."""
    kinds = {kind: each for kind in Kind if (each := [item for item in found if item.kind is kind])}
    shares = _shares([len(each) for each in kinds.values()])
    return [
        Group(kind=kind, shown=each[:share], more=len(each) - share)
        for (kind, each), share in zip(kinds.items(), shares, strict=True)
    ]


def places(document: Document, problems: Sequence[Problem]) -> list[tuple[Problem, str]]:
    """Each problem with where it is, in words: “Office · Rule 2 · Action”."""
    shapes = {name: (payload, _title(payload, values)) for name, payload, values in mask(document).parts()}
    return [(problem, _place(problem, *shapes[problem.payload])) for problem in problems]


def _place(problem: Problem, payload: Payload, title: str) -> str:
    names = [title, *wording.place(payload.shape, problem.path)]
    return " · ".join(name for name in names if name)
