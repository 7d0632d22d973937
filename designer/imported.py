"""What the page of an imported file shows: each part with its keys, without a secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    """The envelope or a payload; `anchor` is its id on the page."""

    anchor: str
    title: str
    kind: str
    type: str
    rows: tuple[Row, ...]
    unknown: tuple[Row, ...]

    @property
    def counted(self) -> str:
        """How much there is in it."""
        keys = f"{len(self.rows)} key{'' if len(self.rows) == 1 else 's'}"
        return f"{keys}, {len(self.unknown)} unknown" if self.unknown else keys


def parts(document: Document) -> list[ShownPart]:
    """All parts, the envelope first."""
    public = mask(document)
    names = {part.known_as.upper(): _title(part.payload, part.values) for part in public.payloads}
    unknown: list[Mapping[str, Any]] = [{}, *(part.unknown for part in document.payloads)]
    return [
        _part(place, payload, values, dict(original), more, names)
        for (place, (_, payload, values)), (_, _, original), more in zip(
            public.places().items(), document.parts(), unknown, strict=True
        )
    ]


def _part(
    place: str,
    payload: Payload,
    values: Mapping[str, Any],
    original: Mapping[str, Any],
    more: Mapping[str, Any],
    names: Mapping[str, str],
) -> ShownPart:
    rows = [*_rows(payload, values, original, names)]
    kept = (
        Row(label=name, path=name, value="", type=_type(value), known=False) for name, value in more.items()
    )
    kind = payload.type_of(values) if place != ENVELOPE_NAME else payload.payload_type
    return ShownPart(
        anchor=f"part-{place}",
        title=_title(payload, values),
        kind=payload.title,
        type=kind,
        rows=tuple(row for row in rows if row.known),
        unknown=(*(row for row in rows if not row.known), *kept),
    )


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
        known = key is not None or path in payload.containers
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


def by_kind(found: list[Normalisation]) -> list[tuple[Kind, list[Normalisation]]]:
    """The normalisations in groups, in the order of the kinds."""
    groups = [(kind, [each for each in found if each.kind is kind]) for kind in Kind]
    return [(kind, each) for kind, each in groups if each]


def places(document: Document, problems: Sequence[Problem]) -> list[tuple[Problem, str]]:
    """Each problem with where it is, in words: “Office · Rule 2 · Action”."""
    shapes = {name: (payload, _title(payload, values)) for name, payload, values in mask(document).parts()}
    return [(problem, _place(problem, *shapes[problem.payload])) for problem in problems]


def _place(problem: Problem, payload: Payload, title: str) -> str:
    names = [title, *wording.place(payload.shape, problem.path)]
    return " · ".join(name for name in names if name)
