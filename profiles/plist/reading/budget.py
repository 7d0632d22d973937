"""What a file may ask for while it is read, and what there is to say about it."""

from __future__ import annotations

from typing import Final

from profiles.catalogue.values import MAX_DEPTH
from profiles.exceptions import UnreadableProfileError

MAX_NODES: Final = 100_000
"""Values in one file, each counted as often as it is referred to."""

MAX_PAYLOADS: Final = 500
"""Payloads in one profile."""

MAX_TREE_DEPTH: Final = MAX_DEPTH + 4
"""How deep a file may nest: the values of a payload stand in the payload, in a list, in the profile."""

MAX_NOTES: Final = 20


class Budget:
    """Counts what was read of a file; `size` bytes of texts and data are allowed, shared ones each time.

    Each method raises UnreadableProfileError where a limit is passed.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.nodes = 0
        self._notes: dict[str, None] = {}

    def node(self, depth: int) -> None:
        """Count a value at this depth: what stands at the top is at 1."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise _too_many()
        if depth > MAX_TREE_DEPTH:
            raise UnreadableProfileError(
                f"The file nests deeper than {MAX_TREE_DEPTH} levels, which no profile does. Choose another."
            )

    def expect(self, count: int) -> None:
        """Are so many values allowed in addition?"""
        if self.nodes + count > MAX_NODES:
            raise _too_many()

    def take(self, size: int) -> None:
        """Count so many bytes."""
        self.size -= size
        if self.size < 0:
            raise UnreadableProfileError(
                "The file unfolds to far more than it holds, which no profile does. Choose another."
            )

    def note(self, sentence: str) -> None:
        """Something to tell, once."""
        self._notes.setdefault(sentence)

    @property
    def notes(self) -> tuple[str, ...]:
        """All that there is to tell, as far as a person would read it."""
        found = list(self._notes)
        more = len(found) - MAX_NOTES
        return tuple(found) if more <= 0 else (*found[:MAX_NOTES], f"There are {more} more notes like these.")


def _too_many() -> UnreadableProfileError:
    return UnreadableProfileError(
        f"The file holds more than {MAX_NODES:,} values, more than any profile needs. Split it."
    )


def shown(name: str) -> str:
    """The name of a key, short enough for a sentence."""
    return "".join(character if character.isprintable() else "�" for character in name[:60])
