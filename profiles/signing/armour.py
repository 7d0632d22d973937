"""CMS as it comes in texts: PEM, S/MIME, or base64 alone."""

import base64
import binascii
import email
import re
from email import policy
from typing import Final

from profiles.exceptions import NotSignedError
from profiles.signing.cms import is_cms

_PEM: Final = re.compile(
    rb"-----BEGIN (PKCS7|CMS|PKCS #7 SIGNED DATA)-----(?P<body>.*?)-----END \1-----", re.DOTALL
)
_MAIL: Final = re.compile(
    rb"\A(?:[A-Za-z0-9-]+:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n)*?Content-Type:", re.IGNORECASE
)
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/=\s]+")
_HEAD: Final = 4_096


def unarmoured(data: bytes) -> bytes | None:
    """The CMS in the bytes as DER or BER; None where there is none. Raises NotSignedError where it is damaged."""
    if is_cms(data):
        return data
    if found := _PEM.search(data):
        return _decoded(found["body"])
    text = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _MAIL.match(text[:_HEAD]):
        return _from_mail(text)
    if text[:1] == b"M" and _BASE64.fullmatch(text):
        der = _decoded(text)
        return der if is_cms(der) else None
    return None


def _from_mail(data: bytes) -> bytes | None:
    message = email.message_from_bytes(data, policy=policy.default)
    if message.get_content_type() == "multipart/signed":
        raise NotSignedError(
            "The file is a message with the signature beside what is signed. Save the profile that is attached to it."
        )
    content = message.get_payload(decode=True)
    return content if isinstance(content, bytes) and is_cms(content) else None


def _decoded(body: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        raise NotSignedError(
            "The signed profile is damaged: it holds something that is not base64. Copy the whole file again."
        ) from None
