"""What a file is that is no property list, by how it begins."""

from __future__ import annotations

import re
from typing import Final

from profiles.exceptions import UnreadableProfileError

_OTHERS: Final = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"RIFF", "a picture, sound or film"),
    (b"....ftyp", "a picture or film"),
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (rb"{\rtf", "a text with formatting (RTF)"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"xar!", "an installer package"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xfe\xed\xfa\xce", "a program"),
    (b"\xfe\xed\xfa\xcf", "a program"),
    (b"\xce\xfa\xed\xfe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"#!", "a script"),
    (b"SQLite format 3", "a database"),
    (b"\0\x05\x16\x07", "what macOS keeps beside a file under a name that begins with “._”"),
    (b"bplist", "a binary property list of an unknown version"),
)
"""Beginnings of files, and what these are; a dot stands for any byte."""

_KINDS: Final = tuple(
    (re.compile(re.escape(start).replace(rb"\.", b"."), re.DOTALL), kind) for start, kind in _OTHERS
)

_MESSAGE: Final = re.compile(
    rb"\x30[\x80-\x84].{0,4}\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07|-----BEGIN (?:CMS|PKCS7|PKCS #7 SIGNED DATA)-----",
    re.DOTALL,
)
"""How CMS (RFC 5652) begins: data signed or encrypted, in DER, BER or PEM."""

_KEY: Final = re.compile(rb"\x30[\x80-\x84]|-----BEGIN ")
_OLD: Final = re.compile(rb"[{\[(]|// !\$\*UTF8\*\$!")
_BLANKS: Final = b" \t\r\n\0\xef\xbb\xbf"


def check_kind(data: bytes) -> None:
    """Raises UnreadableProfileError where the bytes begin as something else than a property list."""
    if not data.strip(_BLANKS):
        raise UnreadableProfileError("The file is empty. Choose the .mobileconfig file.")
    for start, kind in _KINDS:
        if start.match(data):
            raise _other(kind)
    if _MESSAGE.match(data):
        raise UnreadableProfileError(
            "The file is signed or encrypted (CMS), and what is inside could not be taken out. Choose the profile as "
            "it was before that."
        )
    if _KEY.match(data):
        raise _other("a certificate or key")
    if _OLD.match(data[:64].lstrip(_BLANKS)):
        raise UnreadableProfileError(
            "The file is JSON or a property list in the old form of text. Convert it with “plutil -convert xml1 FILE” "
            "on a Mac."
        )


def _other(kind: str) -> UnreadableProfileError:
    return UnreadableProfileError(
        f"The file is {kind}, not a configuration profile. Choose the .mobileconfig file."
    )
