"""The form that takes profiles from elsewhere: files or pasted text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

MAX_PASTED: Final = 2_000_000
"""Characters; more comes as a file."""

ACCEPTED: Final = ".mobileconfig,.plist,.xml,.p7m,.p7s,.pem,.txt,application/x-apple-aspen-config"


class Files(forms.FileInput):
    """Any number of files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files, each cleaned to what Django makes of one."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        given: Sequence[Any] = data if isinstance(data, list | tuple) else [data]
        clean = super().clean
        return [clean(each, initial) for each in given if each]


class ImportForm(forms.Form):
    """Files, or a text; at least one of the two."""

    chosen = FilesField(
        required=False,
        allow_empty_file=True,
        label="Files",
        widget=Files(attrs={"accept": ACCEPTED, "multiple": True, "class": "form-control"}),
    )
    pasted = forms.CharField(
        required=False,
        strip=False,
        max_length=MAX_PASTED,
        label="Or paste the XML",
        widget=forms.Textarea(
            attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off", "class": "form-control code"}
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse nothing at all, which is a slip."""
        given = super().clean() or {}
        if not self.errors and not given.get("chosen") and not given.get("pasted", "").strip():
            raise forms.ValidationError("Choose a file, or paste the text of one.")
        return given

    @property
    def given(self) -> list[tuple[str, bytes]]:
        """Name and bytes of each; a pasted text has no name."""
        files = [(each.name or "", each.read()) for each in self.cleaned_data["chosen"]]
        pasted = self.cleaned_data["pasted"]
        return [*files, *([("", pasted.encode("utf-8", "replace"))] if pasted.strip() else [])]


def limit_text() -> str:
    """How large a file may be, in words."""
    return f"up to {settings.IMPORT_MAX_BYTES / 1_000_000:g} MB each"
