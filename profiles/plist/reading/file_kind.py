"""What a file is that is no property list, by how it begins, or by what it holds where it cannot be parsed."""

from __future__ import annotations

import re
from typing import Final

from profiles.exceptions import UnreadableProfileError
from profiles.plist.reading import template_code

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
_TEMPLATE: Final = re.compile(rb"\{[%{#]")
_JSON: Final = re.compile(rb"""[{\[]\s*(?:"[^"\n]{0,200}"\s*[:,\]]|[{\[\]}])""")
_OLD: Final = re.compile(rb"[{\[(]|// !\$\*UTF8\*\$!")
_BLANKS: Final = b" \t\r\n\0\xef\xbb\xbf"
_XML: Final = re.compile(rb"<\?xml\s|<!DOCTYPE\s+plist|<plist[\s/>]")

_PROFILE_KEY: Final = re.compile(
    rb"""["']?Payload(?:Type|Content|UUID|Identifier|Version|DisplayName|Organization)["']?\s*[:=]"""
)
_DECLARATION: Final = re.compile(rb"""["']com\.apple\.(?:activation|asset|configuration|management)\.""")
_BASE64: Final = re.compile(rb"PD94bWwg|PCFET0NUWVBFIHBsaXN|PHBsaXN0|YnBsaXN0MD")
"""How base64 of a profile begins: of <?xml, <!DOCTYPE plis, <plist and bplist0."""

_XML_IN_JSON: Final = re.compile(rb"(?:<|\\u003[cC])(?:\?xml|plist)")

_IN_JSON: Final = {
    _BASE64: "The file is JSON, with a profile in base64 in it. Decode that value alone, with “base64 -d”, and choose "
    "what comes out.",
    _XML_IN_JSON: "The file is JSON, with a profile in it as a text. Take that text out, with “jq -r”, and choose what "
    "comes out.",
    _DECLARATION: "The file is a declaration of declarative management, which only an MDM can send. Choose the "
    "configuration profile that it refers to.",
}
"""What JSON may hold, and what to say of it."""

_TEXTS: Final = (
    (rb"(?:[^\n]*\n){0,40}?[ \t]*\[Interface\][ \t]*\r?\n", "a configuration of WireGuard"),
    (
        rb"(?:[ \t]*(?:[#;][^\n]*)?\r?\n){0,40}client[ \t]*\r?\n|(?:[^\n]*\n){0,40}?remote[ \t]+\S+[ \t]+\d{1,5}\b",
        "a configuration of OpenVPN",
    ),
    (
        rb"(?:[ \t]*(?:#[^\n]*)?\r?\n){0,40}[ \t]*(?:connections|secrets|pools|authorities)[ \t]*\{",
        "a configuration of strongSwan (swanctl.conf)",
    ),
    (
        rb"(?:[ \t]*(?:#[^\n]*)?\r?\n){0,40}(?:config[ \t]+setup|conn[ \t]+\S+)[ \t]*\r?\n",
        "a configuration of strongSwan (ipsec.conf)",
    ),
)
"""How texts of other programs begin, as patterns, and what these are."""

_TEXT_KINDS: Final = tuple((re.compile(begins), kind) for begins, kind in _TEXTS)

_ESCAPED_WHOLE: Final = re.compile(rb"&lt;(?:\?xml\s|!DOCTYPE\s+plist|plist[\s&])")
_LFS: Final = re.compile(rb"version https://git-lfs\.github\.com/")
_BASE64_URL: Final = re.compile(
    rb"(?:PD94bWwg|PCFET0NUWVBFIHBsaXN|PHBsaXN0|YnBsaXN0MD)[A-Za-z0-9=_\s-]*[_-][A-Za-z0-9=_\s-]*\Z"
)
_ENCODED: Final = {
    _ESCAPED_WHOLE: "The file is a profile in which each < is written as &lt;. Turn &lt;, &gt; and &amp; back into <, "
    "> and &, and choose what comes out.",
    _BASE64_URL: "The file is a profile in base64 for addresses (base64url). Turn each - into + and each _ into /, "
    "decode it with “base64 -d”, and choose what comes out.",
    _LFS: "The file is what Git LFS keeps in place of the file itself. Fetch that with “git lfs pull”, and choose it.",
}
"""How a text begins that stands for a profile, and what to say of it."""

_CURLY: Final = re.compile(r"<[?!]?[A-Za-z][^<>]{0,200}=\s{0,9}[“”„‟‘’«»]")
"""Quotation marks of a word processor around the value of an attribute."""

_ESCAPED: Final = re.compile(r"&lt;(?:\?xml\s|!DOCTYPE\s+plist|plist[\s&])")
_PLIST: Final = re.compile(r"<plist[\s>]")
_SIGN_IN: Final = re.compile(
    r"""type\s*=\s*["']?password|sign[ -]?in|log[ -]?[io]n\b|single sign-on|\bsso\b|saml""", re.IGNORECASE
)
_LOOKED_AT: Final = 200_000
"""Characters of a web page in which one looks for a word."""


def check_kind(data: bytes) -> None:
    """Raises UnreadableProfileError where the bytes begin as something else than a property list."""
    if not data.strip(_BLANKS):
        raise UnreadableProfileError("The file is empty. Choose the .mobileconfig file.")
    for start, kind in _KINDS:
        if start.match(data):
            raise UnreadableProfileError(template_code.SCRIPT) if _is_writer(data) else _other(kind)
    if _MESSAGE.match(data):
        raise UnreadableProfileError(
            "The file is signed or encrypted (CMS), and what is inside could not be taken out. Choose the profile as "
            "it was before that."
        )
    if _KEY.match(data):
        raise _other("a certificate or key")
    text = data.lstrip(_BLANKS)
    if told := _encoded(text):
        raise UnreadableProfileError(told)
    if kind := _text_kind(text):
        raise _other(kind)
    if _OLD.match(text) and not _TEMPLATE.match(text):
        raise UnreadableProfileError(_braces(text))


def is_other(data: bytes) -> bool:
    """Are the bytes known as something that is neither a property list nor a spec?"""
    text = data.lstrip(_BLANKS)
    begins = any(start.match(data) for start in (_KEY, *(start for start, _ in _KINDS)))
    return begins or bool(_encoded(text) or _text_kind(text))


def is_foreign(data: bytes) -> bool:
    """Is a text that begins with a brace known as something that is no spec?"""
    text = data.lstrip(_BLANKS)
    return bool(_TEMPLATE.match(text)) or any(kind.search(text) for kind in (_PROFILE_KEY, *_IN_JSON))


def check_page(text: str, start: int) -> None:
    """Raises UnreadableProfileError for the web page that begins at `start`."""
    if _SIGN_IN.search(text, start, start + _LOOKED_AT):
        raise UnreadableProfileError(
            "The file is a web page that asks to sign in, not a configuration profile. Sign in there with a browser, "
            "then download the profile itself.",
            kind="a web page that asks to sign in",
        )
    raise UnreadableProfileError(
        "The file is a web page, not a configuration profile. Download the profile itself.", kind="a web page"
    )


def check_before(before: str) -> None:
    """Raises UnreadableProfileError where a script or a template stands before the XML."""
    if template_code.is_script(before):
        raise UnreadableProfileError(template_code.SCRIPT)
    if code := template_code.find_outside(before):
        raise template_code.refusal(code.language, _line(before, code.start))


def check_text(text: str) -> None:
    """Raises UnreadableProfileError where there is more to say of a text than that it cannot be parsed."""
    if code := template_code.find(text) or template_code.find_tag(text):
        raise template_code.refusal(code.language, _line(text, code.start))
    if curly := _CURLY.search(text):
        raise UnreadableProfileError(
            f"Line {_line(text, curly.end()):,} of the file has the quotation marks of a word processor (“ ”) where "
            'XML wants straight ones ("). Replace them, or export the profile again.'
        )
    if _ESCAPED.search(text) and not _PLIST.search(text):
        raise UnreadableProfileError(
            "The file is XML of another program, with a profile in it as a text, where each < is written as &lt;. "
            "Save that text alone, with &lt;, &gt; and &amp; turned back into <, > and &."
        )


def _braces(text: bytes) -> str:
    """What a text is that begins with a brace or a bracket."""
    if not _JSON.match(text):
        return (
            "The file is a property list in the old form of text. Convert it with “plutil -convert xml1 FILE” on a "
            "Mac."
        )
    found = next((what for kind, what in _IN_JSON.items() if kind.search(text)), "")
    return found or (
        "The file is JSON, not a property list. Convert it with “plutil -convert xml1 FILE” on a Mac."
    )


def _encoded(text: bytes) -> str:
    """What to say of a text that stands for a profile, by its beginning; empty where that tells nothing."""
    return next((said for pattern, said in _ENCODED.items() if pattern.match(text)), "")


def _text_kind(text: bytes) -> str:
    """What a text of another program is, by its beginning; empty where that tells nothing."""
    # Whatever stands before a profile, or in it.
    if text.startswith(b"<") or _XML.search(text):
        return ""
    return next((kind for begins, kind in _TEXT_KINDS if begins.match(text)), "")


def _line(text: str, place: int) -> int:
    """The number of the line in which a place is; lines may end as on any system."""
    return text[:place].replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1


def _is_writer(data: bytes) -> bool:
    """Is it a script with a profile in it?"""
    return data.startswith(b"#!") and bool(_XML.search(data))


def _other(kind: str) -> UnreadableProfileError:
    return UnreadableProfileError(
        f"The file is {kind}, not a configuration profile. Choose the .mobileconfig file.", kind=kind
    )
