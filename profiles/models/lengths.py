"""How much of a text a column takes."""

from typing import Final

NAME_LENGTH: Final = 255
"""Characters of a name that are kept beside the values, to be listed and searched."""

SORT_KEY_LENGTH: Final = 60
"""Characters by which a list is sorted: PostgreSQL cannot index a whole name in any script."""
