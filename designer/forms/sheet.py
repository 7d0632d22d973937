"""What a form posts, while fixes change it."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import QueryDict

from designer.forms.mended import MENDED, Note, read_notes


class Sheet:
    """Names and texts as they were posted; `names` are the controls that say something else now."""

    def __init__(self, data: QueryDict) -> None:
        self.data = data
        self.names: dict[str, None] = {}

    def put(self, name: str, posted: Iterable[tuple[str, str]]) -> None:
        """Post this of the control called `name`, in place of what was."""
        self.drop(name)
        for each, text in posted:
            self.data.appendlist(each, text)

    def drop(self, name: str) -> None:
        """Post nothing of the control called `name`, or of what goes with it, such as `name.remove`."""
        for each in [each for each in self.data if each == name or each.startswith(f"{name}.")]:
            del self.data[each]
        self.names[name] = None

    def notes(self, start: str) -> list[Note]:
        """The notes under what names begin with: the prefix of a part or the token of an item, with what joins it."""
        return read_notes(self.data.getlist(f"{start}{MENDED}"))

    def note(self, start: str, notes: Iterable[Note]) -> None:
        """Post these notes, in place of all that were."""
        self.data.setlist(f"{start}{MENDED}", [note.to_text() for note in notes])
