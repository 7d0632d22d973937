"""What a fix changed that no control of the form says: notes that the page carries from post to post until it is saved.

A control says what is typed, and leaves as it is stored what it does not show: a secret, a key that nobody knows, the
blanks around a text. A note says what counts as stored instead. It holds no secret: one that moves is named by the
place where it is stored, and nothing moves to where the page would show it. So notes can do no more than their page.

Notes are posted under the prefix of a part, or the token of an item of a list, with MENDED behind it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

from designer.forms.widgets import listed
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.fixes import NOTHING
from profiles.catalogue.shape import Shape, escaped, nest
from profiles.catalogue.values import can_be_written
from profiles.exceptions import DocumentError
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.imported.source_form import Kept
from profiles.plist.json_values import from_json, to_json
from profiles.plist.secrets import HasKeys, Place, join, split

MENDED: Final = "~mended"
"""What the names of notes end with; no key is called so."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """What counts as stored at a path, in place of what is.

    value    a value that the page shows; NOTHING where the key is gone, or all in it is hidden
    moved    what the page hides in it: the place of each in the dictionary, and that where it is stored
    guessed  the secret that is stored there is meant for what its key takes it for, as a person chose
    own      the key is written as the build does by itself
    slug     the payload is of this type, and the path is empty
    """

    path: str
    value: Any = field(default=NOTHING, repr=False)
    moved: tuple[tuple[Place, Place], ...] = ()
    guessed: bool = False
    own: bool = False
    slug: str = ""

    def to_text(self) -> str:
        """The note as it is posted."""
        said = {"moved": self.moved, "guessed": self.guessed, "own": self.own, "slug": self.slug}
        value = {} if self.value is NOTHING else {"value": to_json(self.value)}
        return json.dumps({"path": self.path} | {name: each for name, each in said.items() if each} | value)


def read_notes(texts: Iterable[str]) -> list[Note]:
    """The notes that were posted; what is none is passed over."""
    return [note for note in map(_read, texts) if note]


def posted_notes(data: Mapping[str, Any]) -> dict[str, list[str]]:
    """All notes that were posted, by their names."""
    return {name: listed(data, name) for name in data if name.endswith(MENDED)}


def _read(text: str) -> Note | None:
    try:
        match json.loads(text):
            case {"path": str(path), "own": True}:
                return Note(path=path, own=True)
            case {"path": str(path), "guessed": True}:
                return Note(path=path, guessed=True)
            case {"path": str(path), "slug": str(slug)}:
                return Note(path=path, slug=slug)
            case {"path": str(path), **more}:
                said = cast(dict[str, Any], more)
                value = from_json(said["value"]) if "value" in said else NOTHING
                if value is not NOTHING and not can_be_written(value):
                    return None
                return Note(path=path, value=value, moved=tuple(map(_move, said.get("moved", ()))))
    except (ValueError, TypeError, RecursionError, DocumentError):
        pass
    return None


def _move(pair: Any) -> tuple[Place, Place]:
    to, source = pair
    if not all(isinstance(part, str | int) for part in (*to, *source)):
        raise ValueError("A place is made of names and indices.")
    return tuple(to), tuple(source)


def mended_flat(flat: Mapping[str, Any], notes: Iterable[Note], owner: HasKeys) -> dict[str, Any]:
    """Flat values as the notes have them; a note that says what it must not is passed over."""
    found = dict(flat)
    for note in notes:
        if note.own or note.slug:
            continue
        if note.guessed:
            found.update(guessed(note.path, flat, owner))
        elif note.value is NOTHING and not note.moved:
            found.pop(note.path, None)
        else:
            found.update(_noted(note, flat, owner))
    return found


def guessed(path: str, flat: Mapping[str, Any], owner: HasKeys) -> dict[str, Any]:
    """What the secret at a path is meant for, by its path; empty where it is none, or nobody can say."""
    key = owner.shape.by_path.get(path)
    guess = key.guess(flat[path]) if key is not None and key.secret and path in flat else None
    return {path: guess.value} if guess else {}


def _noted(note: Note, flat: Mapping[str, Any], owner: HasKeys) -> dict[str, Any]:
    stored = nest(flat)
    hidden = [place for place, _ in split(owner, stored)[1]]
    public = {} if note.value is NOTHING else nest({note.path: note.value})
    try:
        moved = [(to, at(stored, source)) for to, source in note.moved if is_inside(source, hidden)]
        values = join(public, moved)
    except (LookupError, TypeError, ValueError):
        return {}
    concealed = {place for place, _ in split(owner, values)[1]}
    if len(moved) < len(note.moved) or concealed != {to for to, _ in moved}:
        return {}
    found = owner.shape.flat(values)
    return found if [*found] == [note.path] else {}


def at(values: Any, place: Place) -> Any:
    """What stands at a place; raises LookupError or TypeError where there is none."""
    for part in place:
        values = values[part]
    return values


def is_inside(place: Place, others: Iterable[Place]) -> bool:
    """Is a place one of the others, or in what stands there?"""
    return any(place[: len(other)] == other for other in others)


def mended_part(
    part: PayloadDocument, notes: Collection[Note], fixed: Collection[str] = ()
) -> PayloadDocument:
    """A payload as the notes have it, but for the paths that are `fixed`."""
    if not notes:
        return part
    if any(note.slug for note in notes):
        intended = part.as_intended()
        part = intended if any(note.slug == intended.slug for note in notes) else part
    flat = mended_flat(all_flat(part), _free(notes, fixed), part.payload)
    values, unknown = _apart(flat, part.payload.shape)
    return replace(part, values=values, unknown=unknown, kept=_kept(part.kept, notes))


def all_flat(part: PayloadDocument) -> dict[str, Any]:
    """The values of a payload by their paths, those of unknown keys with them."""
    return part.payload.flat(part.values) | {escaped(name): value for name, value in part.unknown.items()}


def mended_document(document: Document, notes: Collection[Note], fixed: Collection[str] = ()) -> Document:
    """A document with its envelope as the notes have it, but for the paths that are `fixed`."""
    if not notes:
        return document
    flat = mended_flat(ENVELOPE.flat(document.envelope), _free(notes, fixed), ENVELOPE)
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
