"""What the database can take: checked before anything is written, so that it never has to refuse."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from profiles.catalogue.values import MAX_DEPTH, control_character, plist_type_of
from profiles.exceptions import DocumentError, ProfileDesignerError
from profiles.models.lengths import NAME_LENGTH
from profiles.plist.diff.change import are_same
from profiles.plist.document import ENVELOPE_NAME, Document
from profiles.plist.reading.budget import MAX_PAYLOADS
from profiles.plist.templates.declaration import Declaration, Place
from profiles.plist.templates.variables import confidential

MAX_COMMENT: Final = 1_000


def require_storable(document: Document) -> None:
    """Raise DocumentError unless `document` comes back from the database exactly as it is.

    A draft with problems is fine; what no property list or no database can hold is not.
    """
    names = [part.name for part in document.payloads]
    uuids = [part.uuid.upper() for part in document.payloads]
    if len(names) > MAX_PAYLOADS:
        raise DocumentError(
            f"The profile has {len(names)} payloads, but at most {MAX_PAYLOADS} can be stored. Split it."
        )
    _require_text("The PayloadUUID of the profile", document.uuid)
    _require_distinct("are called", names)
    _require_distinct("have the UUID", uuids)
    for part in document.payloads:
        part.payload  # noqa: B018 - raises CatalogueError where there is no such type
        _require_text("The name of a payload", part.name)
        _require_text(f"The PayloadUUID of {part.name}", part.uuid)
        if part.name == ENVELOPE_NAME:
            raise DocumentError(
                f"A payload cannot be called “{ENVELOPE_NAME}”, which is the profile itself. Rename it."
            )
        _require_value(part.name, dict(part.values), 0)
        _require_value(part.name, dict(part.unknown), 0)
        _require_value(part.name, dict(part.kept.values) if part.kept else None, 0)
    _require_value(ENVELOPE_NAME, dict(document.envelope), 0)
    _require_value(ENVELOPE_NAME, dict(document.targets), 0)
    _require_value(ENVELOPE_NAME, dict(document.kept.values) if document.kept else None, 0)
    if document.declaration:
        _require_value("template", document.declaration.to_json(), 0)
        _require_open_defaults(document, document.declaration)
    if document.origin:
        _require_value("template", [document.origin.to_json(), dict(document.origin.answers)], 0)


def _require_open_defaults(document: Document, declaration: Declaration) -> None:
    """What a template declares is stored in the clear, so a default must not be a secret."""
    hidden = confidential(document)
    for variable in declaration.variables:
        if variable.default and variable.name in hidden:
            raise DocumentError(
                f"{variable.title} is a secret, but the default of {variable.title} would be stored in the clear. "
                "Remove the default."
            )


def require_unlocked(stored: Document, document: Document) -> None:
    """Raise DocumentError where `document` changes what the template of `stored` locks.

    Another origin, or none, is what updates, other answers and detaching bring: they have looked at the template.
    """
    if stored.origin is None or document.origin != stored.origin:
        return
    before, after = (_placed(each) for each in (stored, document))
    for place in sorted(stored.origin.locked):
        if not are_same(before.get(place), after.get(place)):
            raise DocumentError(
                f"{place.path} is locked by the template “{stored.origin.title}”. Leave it as it is, or detach the "
                "profile from its template."
            )


def _placed(document: Document) -> dict[Place, Any]:
    """Every value that is set, by its place."""
    return {
        Place(part, path): value
        for part, (_, payload, values) in document.places().items()
        for path, value in payload.flat(values).items()
    }


def one_line(text: str, what: str, *, refusal: type[ProfileDesignerError]) -> str:
    """A short text without needless blanks, as a name or a note has to be; raises `refusal` when it cannot be one."""
    tidy = " ".join(text.split())
    if control_character(tidy) or not tidy.isprintable():
        raise refusal(f"{what} holds a character that is not printable. Write another.")
    if len(tidy) > NAME_LENGTH:
        raise refusal(f"{what} has {len(tidy)} characters, more than the {NAME_LENGTH} allowed. Shorten it.")
    return tidy


def require_comment(comment: str) -> None:
    """Raise DocumentError unless the database can take the comment of a revision."""
    if len(comment) > MAX_COMMENT:
        raise DocumentError(f"The comment has more than the {MAX_COMMENT:,} characters allowed. Shorten it.")
    if found := control_character(comment):
        raise DocumentError(f"The comment holds the control character {found}. Remove it.")


def _require_text(what: str, text: str) -> None:
    if not text.strip():
        raise DocumentError(f"{what} is empty. Fill it in.")
    if len(text) > NAME_LENGTH:
        raise DocumentError(
            f"{what} has {len(text):,} characters, more than the {NAME_LENGTH} allowed. Shorten it."
        )
    if found := control_character(text):
        raise DocumentError(
            f"{what} holds the control character {found}, which no profile can hold. Remove it."
        )


def _require_distinct(what: str, texts: Iterable[str]) -> None:
    seen: set[str] = set()
    for text in texts:
        if text in seen:
            raise DocumentError(f"Two payloads {what} {text[:60]!r}. Change one of them.")
        seen.add(text)


def _require_value(path: str, value: Any, depth: int) -> None:
    """`path` is that of the value, after the name of its part: "office/IKEv2/AuthName"."""
    if depth > MAX_DEPTH:
        raise DocumentError(f"{path[:100]}… nests deeper than {MAX_DEPTH} levels. Remove it.")
    match value:
        case str():
            if found := control_character(value):
                raise DocumentError(
                    f"{path} holds the control character {found}, which no profile can hold. Remove it."
                )
        case dict():
            for name, item in value.items():
                if type(name) is not str or control_character(name):
                    raise DocumentError(
                        f"{path} has a key that is not plain text. Put it in quotes, or remove it."
                    )
                _require_value(f"{path}/{name}", item, depth + 1)
        case list():
            for index, item in enumerate(value):
                _require_value(f"{path}[{index}]", item, depth + 1)
        case float() if not math.isfinite(value):
            raise DocumentError(f"{path} is not a finite number. Write another one.")
        case datetime() if value.tzinfo or value.microsecond:
            raise DocumentError(
                f"{path} is not a moment in UTC and whole seconds. Write it as 2027-01-31T12:00:00Z."
            )
        case None:
            pass
        case _ if plist_type_of(value) is None:
            raise DocumentError(f"{path} holds a value that no profile can hold. Write a text or a number.")
