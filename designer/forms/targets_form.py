"""Which systems a profile is meant for, each with its lowest version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from designer.forms.widgets import LineInput
from profiles.catalogue.versions import OPERATING_SYSTEMS, TITLES, Targets, is_version


class VersionField(forms.CharField):
    """A version such as 17 or 17.4; empty is “not targeted”."""

    def clean(self, value: Any) -> str:
        version: str = super().clean(value)
        if version and not is_version(version):
            raise forms.ValidationError(
                f"“{version[:20]}” is not a version. Write it as 17 or 17.4, or leave it empty."
            )
        return version


class TargetsForm(forms.Form):
    """A field for each operating system."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, stored: Targets, prefix: str) -> None:
        super().__init__(
            data, prefix=prefix, initial={str(system): version for system, version in stored.items()}
        )
        self.stored = stored
        for system in OPERATING_SYSTEMS:
            widget = LineInput(inputmode="decimal", size="short", placeholder="Not targeted")
            widget.attrs["aria-describedby"] = f"{self.auto_id}_problem" % self.add_prefix(system)
            self.fields[system] = VersionField(required=False, label=TITLES[system], widget=widget)

    def values(self) -> Targets:
        """The targets; of a field with an error, nothing."""
        if not self.is_bound:
            return self.stored
        self.full_clean()
        return {
            system: self.cleaned_data[system] for system in OPERATING_SYSTEMS if self.cleaned_data.get(system)
        }
