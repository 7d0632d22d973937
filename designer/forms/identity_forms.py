"""Uploads of signing identities. What they hold is judged by `profiles.signing`, not here."""

from __future__ import annotations

from typing import Final

from django import forms
from django.core.files.uploadedfile import UploadedFile

MAX_UPLOAD: Final = 1_000_000
"""Bytes of one uploaded file: far above any key with its chain."""


class UploadField(forms.FileField):
    """A small file, cleaned to its bytes."""

    def clean(self, data: UploadedFile[bytes] | None, initial: object = None) -> bytes:
        upload = super().clean(data, initial)
        if not upload:
            return b""
        if upload.size > MAX_UPLOAD:
            raise forms.ValidationError(
                f"This file has {upload.size:,} bytes; a key with its chain has less than {MAX_UPLOAD:,}."
            )
        content: bytes = upload.read()
        return content


def _password() -> forms.CharField:
    return forms.CharField(
        required=False,
        strip=False,
        max_length=1024,
        label="Password",
        help_text="Only used to open the file; it is not kept.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


def _name() -> forms.CharField:
    return forms.CharField(
        max_length=100, label="Name", help_text="How you will find it when you download a profile."
    )


class Pkcs12Form(forms.Form):
    """A PKCS #12 file: key, certificate and chain in one."""

    name = _name()
    file = UploadField(
        label="PKCS #12 file",
        help_text="Ends in .p12 or .pfx.",
        error_messages={"required": "Choose a file."},
    )
    password = _password()


class PemForm(forms.Form):
    """A private key and its certificate chain, as PEM files."""

    name = _name()
    key = UploadField(
        label="Private key", help_text="PEM, encrypted or not.", error_messages={"required": "Choose a file."}
    )
    chain = UploadField(
        label="Certificate and chain",
        help_text="PEM: the certificate, then what issued it.",
        error_messages={"required": "Choose a file."},
    )
    password = _password()
