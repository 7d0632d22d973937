"""An upload to the certificates library. What it holds is judged by `profiles.signing`, not here."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from designer.forms.identity_forms import UploadField
from profiles.exceptions import IdentityError, PasswordError
from profiles.models.lengths import NAME_LENGTH

KEEP: Final = "keep"
DIALOG_ID: Final = "upload_%s"
"""Ids in a dialog, beside the fields of a profile."""


class PemArea(forms.Textarea):
    """A text area that does not show a private key again."""

    def format_value(self, value: Any) -> str | None:
        text: str | None = super().format_value(value)
        return None if text and "PRIVATE KEY" in text else text


class CertificateForm(forms.Form):
    """A file or pasted PEM, the password that opens it, and whether that is kept; `data` are the bytes."""

    file = UploadField(
        required=False,
        label="File",
        help_text="PKCS #12 (.p12, .pfx), PEM, DER (.cer, .crt) or PKCS #7 (.p7b).",
    )
    pasted = forms.CharField(
        required=False,
        max_length=500_000,
        label="Or paste PEM",
        widget=PemArea(
            attrs={
                "rows": 3,
                "class": "code",
                "placeholder": "-----BEGIN CERTIFICATE-----",
                "spellcheck": "false",
            }
        ),
    )
    password = forms.CharField(
        required=False,
        strip=False,
        max_length=1024,
        label="Password",
        help_text="Only for a file with a private key.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    keep_password = forms.ChoiceField(
        choices=[
            (KEEP, "Keep it, so that the profile installs without asking"),
            ("ask", "Ask on the device"),
        ],
        initial=KEEP,
        required=False,
        label="When a profile is installed",
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        required=False,
        max_length=NAME_LENGTH,
        label="Name",
        help_text="Left empty, the name in the certificate.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        file, pasted = cleaned.get("file", b""), cleaned.get("pasted", "")
        if file and pasted.strip():
            self.add_error("pasted", "Choose a file or paste PEM, one at a time: empty one of the two.")
        elif not file.strip() and not pasted.strip() and not self.errors:
            self.add_error("file", "Choose a file, or paste a certificate.")
        return {**cleaned, "data": file or pasted.encode("utf-8", "replace")}

    def refuse(self, error: IdentityError) -> None:
        """Put the sentence beside what it is about."""
        if type(error) is IdentityError:  # about the library, not about what was uploaded
            self.add_error(None, str(error))
        elif isinstance(error, PasswordError):
            self.add_error("password", str(error))
        else:
            self.add_error("file" if self.cleaned_data.get("file") else "pasted", str(error))
