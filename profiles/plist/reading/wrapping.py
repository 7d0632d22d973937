"""What a profile comes in that is none itself: base64, a command of an MDM, a list; taken off, or told what it is."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Final

from profiles.catalogue.envelope import ENVELOPE
from profiles.exceptions import UnreadableProfileError
from profiles.plist.imported.source_form import CONTENT, TYPE
from profiles.plist.reading import binary_tree

BASE64_NOTE: Final = (
    "The file is base64 of a profile, which no device installs as it is. What is in it was read; decode it with "
    "“base64 -d” for the device."
)
COMMAND_NOTE: Final = (
    "The file is a command of an MDM, which no device installs by itself. The profile in it was read."
)

_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_BLANKS: Final = b" \t\r\n\v\f"
_QUOTES: Final = (b'"', b"'")
_DATA_URL: Final = re.compile(rb"data:[A-Za-z0-9/+.;=-]{0,100},")
_HEAD: Final = 64
"""Characters of base64 that tell what is in it."""

_MARKS: Final = b"\xef\xbb\xbf\xff\xfe \t\r\n"
_BEGINNINGS: Final = (b"<?xml", b"<plist", b"<!DOCTYPE", binary_tree.HEADER)
_COMMAND: Final = "Command"
_REQUEST: Final = "RequestType"
_PAYLOAD: Final = "Payload"


def is_base64(data: bytes) -> bool:
    """Are the bytes base64 of a profile that is not signed, whole or not?"""
    text = _bare(data)
    head = text[: 2 * _HEAD].translate(None, _BLANKS)[:_HEAD]
    if head.translate(None, _ALPHABET) or not _begins_profile(_decoded_head(head)):
        return False
    return not text.translate(None, _ALPHABET + _BLANKS)


def decoded(data: bytes) -> bytes:
    """The profile that is the base64 in `data`; raises UnreadableProfileError where it is not whole."""
    try:
        return base64.b64decode(_bare(data).translate(None, _BLANKS), validate=True)
    except binascii.Error:
        raise UnreadableProfileError(
            "The file is a profile in base64, and some of it is missing. Copy all of it again, to the last character."
        ) from None


def _bare(data: bytes) -> bytes:
    """What stands between quotes, or behind the beginning of a data URL."""
    text = data.strip(_MARKS)
    if text.startswith(_QUOTES):
        text = text.strip(text[:1])
    url = _DATA_URL.match(text)
    return text[url.end() :] if url else text


def _decoded_head(head: bytes) -> bytes:
    try:
        return base64.b64decode(head[: len(head) // 4 * 4])
    except binascii.Error:
        return b""


def _begins_profile(data: bytes) -> bool:
    # Two or four bytes a character make no difference.
    return data.lstrip(_MARKS + b"\0").replace(b"\0", b"").startswith(_BEGINNINGS)


def inside(tree: Any) -> bytes | None:
    """The profile in a command of an MDM; None for anything else; raises UnreadableProfileError where it has none."""
    if not isinstance(tree, dict) or CONTENT in tree or TYPE in tree:
        return None
    command = tree.get(_COMMAND, tree)
    if not isinstance(command, dict) or _REQUEST not in command:
        return None
    if isinstance(content := command.get(_PAYLOAD), bytes):
        return content
    raise UnreadableProfileError(
        f"The file is a command of an MDM ({_short(command[_REQUEST])}) with no profile in it. Choose the "
        ".mobileconfig file."
    )


def check_tree(tree: Any) -> None:
    """Raises UnreadableProfileError where a property list is no profile, but something that is known."""
    if isinstance(tree, list):
        _check_list(tree)
    elif isinstance(tree, dict) and CONTENT not in tree and tree.get(TYPE) != ENVELOPE.payload_type:
        _check_keys(tree)


def _check_list(tree: list[Any]) -> None:
    profiles = [each for each in tree if isinstance(each, dict) and CONTENT in each]
    if len(profiles) == 1:
        raise UnreadableProfileError(
            "The file holds a list with a profile in it, and a device reads a profile alone. Take the <array> around "
            "it away, at both ends."
        )
    if profiles:
        raise UnreadableProfileError(
            f"The file holds a list of {len(profiles):,} profiles, and a device reads one alone. Save each as a file "
            "of its own."
        )
    if any(isinstance(each, dict) and TYPE in each for each in tree):
        raise UnreadableProfileError(
            "The file holds a list of payloads and no profile around it. Export the whole profile, or put the list "
            "into the PayloadContent of one."
        )


def _check_keys(tree: Mapping[str, Any]) -> None:
    if isinstance(tree.get(TYPE), str):
        raise UnreadableProfileError(
            f"The file holds a single payload ({_short(tree[TYPE])}) and no profile around it. Export the whole "
            "profile, or paste the payload into “Edit as XML” of one of that type."
        )
    for keys, what in _OTHERS:
        if keys <= tree.keys():
            raise UnreadableProfileError(what)


_CHOOSE: Final = "Choose the .mobileconfig file."
_OTHERS: Final = (
    (
        frozenset({"TeamIdentifier", "Entitlements"}),
        f"The file is a provisioning profile, which lets a device run an app. {_CHOOSE}",
    ),
    (
        frozenset({"_computerlevel"}),
        f"The file is what the `profiles` command tells of installed profiles, without their secrets. {_CHOOSE}",
    ),
    (
        frozenset({"CFBundleIdentifier"}),
        f"The file describes an app (Info.plist), and is no configuration profile. {_CHOOSE}",
    ),
    (
        frozenset({"pfm_subkeys"}),
        f"The file is a manifest (ProfileManifests), which describes a payload and is none. {_CHOOSE}",
    ),
)
"""Keys by which other property lists are known, and what to say of them."""


def _short(value: object) -> str:
    return value[:60] if isinstance(value, str) and value.isprintable() else "of an unknown kind"
