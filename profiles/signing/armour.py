"""CMS as it comes in texts: PEM, S/MIME, or base64 alone."""

import base64
import binascii
import re
from email import message_from_bytes
from typing import Final

from profiles.exceptions import NotSignedError
from profiles.signing.cms import is_cms, is_encrypted

_BEGIN: Final = re.compile(rb"^[ \t]*-----BEGIN (PKCS7|CMS|PKCS #7 SIGNED DATA)-----", re.MULTILINE)
_PROFILE: Final = (b"<", b"bplist")
"""What profiles begin with that are not signed: armour in them is a value or a comment, and no device takes it off."""

_MARKS: Final = b"\xef\xbb\xbf \t\r\n"
_SPACES: Final = b" \t\r\n\v\f"
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
    text = data.lstrip(_MARKS)
    if text.startswith(_PROFILE):
        return None
    if (body := _pem_body(text)) is not None:
        return _decoded(body)
    if _MAIL.match(text[:_HEAD]):
        return _from_mail(text)
    return _bare(text) if text[:1] == b"M" and _BASE64.fullmatch(text) else None


def _bare(text: bytes) -> bytes | None:
    """Base64 that nothing stands around."""
    try:
        der = _decoded(text)
    except NotSignedError:
        return None
    return der if is_cms(der) or is_encrypted(der) else None


def _pem_body(data: bytes) -> bytes | None:
    """What stands between the lines of PEM, as far as there are such."""
    begin = _BEGIN.search(data)
    if begin is None:
        return None
    stop = data.find(b"-----END " + begin[1] + b"-----", begin.end())
    return data[begin.end() : stop if stop >= 0 else len(data)]


def _from_mail(data: bytes) -> bytes | None:
    # The headers alone: of what a body holds, the parser of messages would make parts without end. And by its old
    # policy: the new one reads brackets in brackets as deep as they go.
    split = _BLANK_LINE.search(data, 0, _HEAD)
    if not split:
        return None
    kind = message_from_bytes(data[: split.start()]).get_content_type()
    if kind == "multipart/signed":
        raise NotSignedError(
            "The file is a message with the signature beside what is signed. Save the profile that is attached to it."
        )
    if kind not in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        return None
    body = data[split.end() :]
    return body if is_cms(body) or is_encrypted(body) else _decoded(body)


def _decoded(body: bytes) -> bytes:
    try:
        return base64.b64decode(body.translate(None, _SPACES), validate=True)
    except binascii.Error:
        raise NotSignedError(
            "The signed profile is damaged: it holds something that is not base64. Copy the whole file again."
        ) from None
