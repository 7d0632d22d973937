"""What differs between two documents, for a page: part by part, each part by its name on the device."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from profiles.catalogue.envelope import ENVELOPE
from profiles.plist.diff.change import Change
from profiles.plist.diff.documents import PartDiff
from profiles.plist.effects import called, title_of
from profiles.plist.secrets import masked_values


@dataclass(frozen=True, kw_only=True)
class Group:
    """What differs in a part, for its table; `state` says that it came or went as a whole."""

    title: str
    state: str
    changes: Sequence[Change]


def groups(parts: Iterable[PartDiff]) -> list[Group]:
    """What differs, part by part, each by its name on the device; where two share one, by their names here, too."""
    titled = [(*_title(part), part) for part in parts]
    alike = Counter(title for title, _, _ in titled)
    return [
        Group(
            title=title if alike[title] == 1 else f"{title}: {name}",
            state="" if not part.is_whole else "removed" if part.now is None else "added",
            # That it came or went is what the state says.
            changes=part.changes[1:] if part.is_whole else part.changes,
        )
        for title, name, part in titled
    ]


def _title(part: PartDiff) -> tuple[str, str]:
    """How a part is called on the device, and here."""
    payload = part.now or part.was
    if payload is None:
        return ENVELOPE.title, ""
    kind = payload.payload
    return called(title_of(kind, masked_values(kind, payload.values)), kind), payload.name
