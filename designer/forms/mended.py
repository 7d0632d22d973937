"""What a fix changed that no control of the form says: notes that the page carries from post to post until it is saved.

A control says what is typed, and what is stored where nothing else is: a secret, a key that nobody knows, a text that
only differs by the blanks around it. A note says what counts as stored instead. It never holds a secret: one that moves
is named by where it is stored, and moves to no place that is shown. So a note can do nothing that its page could not.

Notes are posted under the prefix of a part, or the token of an item of a list, with MENDED behind it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.fixes import NOTHING
from profiles.catalogue.shape import Shape, escaped, last_name, nest
from profiles.exceptions import DocumentError
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.encoding import from_json, to_json
from profiles.plist.kept import Kept

MENDED: Final = "~mended"
"""What the names of notes end with; no key is called so."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """What counts as stored at a path, in place of what is.

    value    a value that anybody may see; NOTHING where the key is gone
    source   the path at which a secret is stored that counts as stored here
    own      the key is written as the build does by itself
    slug     the payload is of this type, and its path is empty
    """

    path: str
    value: Any = field(default=NOTHING, repr=False)
    source: str = ""
    own: bool = False
    slug: str = ""

    def to_text(self) -> str:
        """The note as it is posted."""
        said = {"path": self.path, "from": self.source, "own": self.own, "slug": self.slug}
        value = {} if self.value is NOTHING else {"value": to_json(self.value)}
        return json.dumps({name: each for name, each in said.items() if each} | value)


def read_notes(texts: Iterable[str]) -> list[Note]:
    """The notes that were posted; what is none is passed over."""
    return [note for note in map(_read, texts) if note]


def _read(text: str) -> Note | None:
    try:
        said = json.loads(text)
        value = from_json(said["value"]) if "value" in said else NOTHING
        path, source, slug = (str(said.get(name, "")) for name in ("path", "from", "slug"))
        return Note(path=path, value=value, source=source, own=said.get("own") is True, slug=slug)
    except (ValueError, TypeError, AttributeError, RecursionError, DocumentError):
        return None


def mended_flat(flat: Mapping[str, Any], notes: Iterable[Note], shape: Shape) -> dict[str, Any]:
    """Flat values as the notes have them; what a note may not say is passed over."""
    found = dict(flat)
    for note in notes:
        if note.own or note.slug:
            continue
        if note.source:
            if note.source in flat and is_hidden(shape, note.source) and is_hidden(shape, note.path):
                found[note.path] = flat[note.source]
        elif note.value is NOTHING:
            found.pop(note.path, None)
        elif note.path in shape.by_path and not shape.by_path[note.path].secret:
            found[note.path] = note.value
    return found


def is_hidden(shape: Shape, path: str) -> bool:
    """Does the page never show what stands at a path: a secret, or a key that nobody knows?"""
    if path in shape.by_path:
        return shape.by_path[path].secret
    inside = path.removesuffix(last_name(path)).removesuffix(".")
    return path not in shape.containers and inside in ("", *shape.containers)


def mended_part(
    part: PayloadDocument, notes: Collection[Note], fixed: Collection[str] = ()
) -> PayloadDocument:
    """A payload as the notes have it, but for the paths that are `fixed`."""
    if not notes:
        return part
    if any(note.slug for note in notes):
        intended = part.as_intended()
        part = intended if any(note.slug == intended.slug for note in notes) else part
    flat = mended_flat(all_flat(part), _free(notes, fixed), part.payload.shape)
    values, unknown = _apart(flat, part.payload.shape)
    return replace(part, values=values, unknown=unknown, kept=_kept(part.kept, notes))


def all_flat(part: PayloadDocument) -> dict[str, Any]:
    """The values of a payload by their paths, those of unknown keys with them."""
    return part.payload.flat(part.values) | {escaped(name): value for name, value in part.unknown.items()}


def mended_document(document: Document, notes: Collection[Note], fixed: Collection[str] = ()) -> Document:
    """A document with its envelope as the notes have it, but for the paths that are `fixed`."""
    if not notes:
        return document
    flat = mended_flat(ENVELOPE.flat(document.envelope), _free(notes, fixed), ENVELOPE.shape)
    return replace(document, envelope=nest(flat), kept=_kept(document.kept, notes))


def _free(notes: Iterable[Note], fixed: Collection[str]) -> list[Note]:
    return [note for note in notes if note.path not in fixed]


def _apart(flat: Mapping[str, Any], shape: Shape) -> tuple[dict[str, Any], dict[str, Any]]:
    """Nested values under known names, and the rest."""
    known = {path.partition(".")[0] for path in shape.by_path}
    values = nest(flat)
    return (
        {name: value for name, value in values.items() if name in known},
        {name: value for name, value in values.items() if name not in known},
    )


def _kept(kept: Kept | None, notes: Iterable[Note]) -> Kept | None:
    for note in notes:
        kept = kept.having(note.path) if kept and note.own else kept
    return kept
