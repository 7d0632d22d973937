"""Changes between two documents, in the words of the form: by part, each part by its name on the device."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from profiles.catalogue.spec import Payload
from profiles.plist.diff import Change
from profiles.plist.document import ENVELOPE_NAME, Document
from profiles.plist.effects import title_of
from profiles.plist.secrets import mask

Group = tuple[str, list[Change]]


def grouped(before: Document, after: Document, changes: Iterable[Change]) -> list[Group]:
    """The changes by part; where a part was renamed, by its later name."""
    titles = _titles(before) | _titles(after)
    by_part: dict[str, list[Change]] = {}
    for change in changes:
        by_part.setdefault(change.payload, []).append(change)
    alike = Counter(titles[name] for name in by_part)
    return [
        (titles[name] if alike[titles[name]] == 1 else f"{titles[name]}: {name}", found)
        for name, found in by_part.items()
    ]


def _titles(document: Document) -> dict[str, str]:
    return {name: called(name, payload, values) for name, payload, values in mask(document).parts()}


def called(name: str, payload: Payload, values: Mapping[str, object]) -> str:
    """The title of a part with its type, where that says more."""
    title = payload.title if name == ENVELOPE_NAME else title_of(payload, values)
    return title if title == payload.title else f"{title} ({payload.title})"
