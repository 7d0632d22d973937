"""What can be said of keys and payload types that the catalogue does not know: whether they can be written at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from profiles.catalogue.findings import Finding, advice, unbuildable, warning
from profiles.catalogue.values import MAX_DEPTH, check_scalar, check_text, plist_type_of
from profiles.plist.document import PayloadDocument


def of_other(part: PayloadDocument) -> Iterator[Finding]:
    """That a payload is of a type of which the catalogue knows no key."""
    yield advice(
        "PayloadType",
        "unknown-type",
        f"The designer does not know {part.payload.type_of(part.values)[:100] or 'this payload'}: it is kept as it is, "
        "and nothing in it is judged.",
    )
    yield from (finding for finding in unknown(part.unknown) if not finding.buildable)


def unknown(values: Mapping[str, Any]) -> Iterator[Finding]:
    """That the catalogue does not know these keys, and what is wrong with them."""
    for name, value in values.items():
        yield from unknown_key(name, value, name)


def unknown_key(name: str, value: Any, place: str) -> Iterator[Finding]:
    """The same for the key `name` of an imported part, which stands at `place`."""
    yield warning(
        place, "unknown-key", f"The catalogue does not know {name[:100]}. It is kept as it was imported."
    )
    yield from check_text(name, place, "A key")
    yield from writable(value, place, 0)


def writable(value: Any, path: str, depth: int) -> Iterator[Finding]:
    """Can a value of no declared type be written at all?"""
    if plist_type_of(value) is None:
        yield unbuildable(
            path, "wrong-type", f"{path} holds a value that no profile can hold. Write a text or a number."
        )
    elif depth > MAX_DEPTH:
        yield unbuildable(path, "too-deep", f"{path[:100]} nests deeper than {MAX_DEPTH} levels. Remove it.")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from writable(item, f"{path}[{index}]", depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            if type(name) is not str:
                yield unbuildable(
                    path, "wrong-type", f"{path} has a key that is not a text. Put it in quotes."
                )
                continue
            yield from check_text(name, path, "A key")
            yield from writable(item, f"{path}.{name}", depth + 1)
    else:
        yield from check_scalar(value, path, path)
