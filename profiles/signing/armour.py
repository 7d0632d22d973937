"""CMS as it comes in texts: PEM, S/MIME, or base64 alone."""

import base64
import binascii
import re
from email import message_from_bytes, policy
from typing import Final

from profiles.exceptions import NotSignedError
from profiles.signing.cms import is_cms

_LABELS: Final = (b"PKCS7", b"CMS", b"PKCS #7 SIGNED DATA")
_MAIL: Final = re.compile(
    rb"\A(?:[A-Za-z0-9-]+:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n)*?Content-Type:", re.IGNORECASE
)
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/=\s]+")
_HEAD: Final = 4_096


def unarmoured(data: bytes) -> bytes | None:
    """The CMS in the bytes as DER or BER; None where there is none. Raises NotSignedError where it is damaged."""
    if is_cms(data):
        return data
    if (body := _pem_body(data)) is not None:
        return _decoded(body)
    text = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _MAIL.match(text[:_HEAD]):
        return _from_mail(text)
    return _bare(text) if text[:1] == b"M" and _BASE64.fullmatch(text) else None


def _bare(text: bytes) -> bytes | None:
    """Base64 that nothing stands around."""
    try:
        der = _decoded(text)
    except NotSignedError:
        return None
    return der if is_cms(der) else None


def _pem_body(data: bytes) -> bytes | None:
    """What stands between the lines of PEM, as far as there are such."""
    for label in _LABELS:
        begin, end = b"-----BEGIN " + label + b"-----", b"-----END " + label + b"-----"
        start = data.find(begin)
        if start >= 0:
            stop = data.find(end, start)
            return data[start + len(begin) : stop if stop >= 0 else len(data)]
    return None


def _from_mail(data: bytes) -> bytes | None:
    # The headers alone: of what a body holds, the parser of messages would make parts without end.
    split = _BLANK_LINE.search(data, 0, _HEAD)
    if not split:
        return None
    kind = message_from_bytes(data[: split.start()], policy=policy.default).get_content_type()
    if kind == "multipart/signed":
        raise NotSignedError(
            "The file is a message with the signature beside what is signed. Save the profile that is attached to it."
        )
    if kind not in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        return None
    body = data[split.end() :]
    return body if is_cms(body) else _decoded(body)


def _decoded(body: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        raise NotSignedError(
            "The signed profile is damaged: it holds something that is not base64. Copy the whole file again."
        ) from None
