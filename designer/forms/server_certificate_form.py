"""The certificate of a server, pasted or uploaded."""

from __future__ import annotations

from typing import Any

from django import forms

from designer.forms.identity_forms import UploadField


class ServerCertificateForm(forms.Form):
    """`certificate` are the bytes of one of the two."""

    prefix = "server"

    pasted = forms.CharField(required=False, max_length=200_000)
    file = UploadField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        data = cleaned.get("file") or cleaned.get("pasted", "").encode("utf-8", "replace")
        if not data.strip() and not self.errors:
            raise forms.ValidationError("Paste the certificate, or choose its file.")
        return {**cleaned, "certificate": data}

    @property
    def all_errors(self) -> list[str]:
        """The sentences of all errors."""
        return [str(message) for messages in self.errors.values() for message in messages]
