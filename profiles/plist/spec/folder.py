"""The files beside a spec: read by name, never from outside the folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from profiles.catalogue.values import MAX_DATA
from profiles.exceptions import SpecError


@dataclass(frozen=True)
class SpecFolder:
    """The folder of a spec; None where the spec has none, as one from standard input."""

    path: Path | None = None

    def read(self, name: str) -> bytes:
        """The bytes of the file `name`, relative to the folder; raises SpecError."""
        if self.path is None:
            raise SpecError(
                f"The spec names the file {name[:60]!r}, but was not read from a folder. Give it as a file, "
                "not on standard input."
            )
        found = self._inside(self.path, name)
        try:
            with found.open("rb") as source:
                # One byte more than allowed is enough to know.
                data = source.read(MAX_DATA + 1)
        except OSError as failure:
            reason = failure.strerror or "it cannot be opened"
            raise SpecError(
                f"The file {name[:60]!r} cannot be read: {reason[:1].lower()}{reason[1:]}."
            ) from None
        if len(data) > MAX_DATA:
            raise SpecError(
                f"The file {name[:60]!r} has more than the {MAX_DATA:,} bytes allowed. Choose another."
            )
        return data

    def _inside(self, folder: Path, name: str) -> Path:
        outside = SpecError(
            f"The file {name[:60]!r} is not in the folder of the spec. Put it there, and write its name alone."
        )
        if (
            not name
            or "\0" in name
            or PurePosixPath(name).is_absolute()
            or PureWindowsPath(name).drive
            or ".." in Path(name).parts
        ):
            raise outside
        try:
            root = folder.resolve(strict=True)
            found = (root / name).resolve(strict=True)
        except (OSError, RuntimeError):
            raise SpecError(f"There is no file {name[:60]!r} beside the spec. Check its name.") from None
        # Also a link is followed no further than the folder.
        if not found.is_relative_to(root):
            raise outside
        if not found.is_file():
            raise SpecError(f"{name[:60]!r} is not a file. Write the name of one.")
        return found
