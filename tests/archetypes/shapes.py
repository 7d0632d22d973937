"""What an archetype is: a file as one generator or exporter writes it, with values of our own."""

from __future__ import annotations

import plistlib
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from itertools import count
from typing import Any, Final

from tests.cases.expectations import Told, never
from tests.cases.making import Tree

_numbers: Final = count(1)


@dataclass(frozen=True)
class Archetype:
    """A file that works on devices, so that no error may be told of it.

    tells     what is true of it all the same
    silent    what was said of it once, or may be, and is not true
    """

    name: str
    data: Callable[[], bytes]
    tells: tuple[Told, ...] = ()
    _: KW_ONLY
    silent: tuple[Told, ...] = (never("wrong-type|malformed|dangling-reference|modern-encryption"),)


def uuid(*, lower: bool = False) -> str:
    """Another UUID each time."""
    number = next(_numbers)
    text = f"7C{number:06X}-5E1D-4{number % 4096:03X}-A0C7-{number * 7919:012X}"
    return text.lower() if lower else text


def part(kind: str, identifier: str = "", **keys: Any) -> Tree:
    """A payload with a UUID and an identifier, which holds the UUID unless another is given."""
    own = keys.pop("PayloadUUID", None) or uuid()
    return {
        **keys,
        "PayloadIdentifier": identifier or f"{kind}.{own}",
        "PayloadType": kind,
        "PayloadUUID": own,
        "PayloadVersion": 1,
    }


def profile(*payloads: Tree, identifier: str = "", **keys: Any) -> Tree:
    """A profile whose identifier holds its UUID, unless another is given."""
    own = keys.pop("PayloadUUID", None) or uuid()
    return {
        "PayloadContent": [*payloads],
        **keys,
        "PayloadIdentifier": identifier or f"harbour.local.{own}",
        "PayloadType": "Configuration",
        "PayloadUUID": own,
        "PayloadVersion": 1,
    }


def ikev2(name: str, inside: Mapping[str, Any], identifier: str = "", **top: Any) -> Tree:
    """A payload with a tunnel."""
    own = {"UserDefinedName": name, "VPNType": "IKEv2", "IKEv2": dict(inside)}
    return part("com.apple.vpn.managed", identifier, **{**own, **top})


def xml(tree: Any) -> bytes:
    """The property list, in the order in which it was made."""
    return plistlib.dumps(tree, sort_keys=False)


def without_declaration(data: bytes) -> bytes:
    """Without the first line, so that the DOCTYPE comes first."""
    return data.partition(b"\n")[2]


def commented(data: bytes, *keys: str) -> bytes:
    """With a remark before each of these keys."""
    for key in keys:
        tag = f"<key>{key}</key>".encode()
        assert tag in data, key
        data = data.replace(tag, b"<!-- see the manual about " + key.lower().encode() + b" -->\n" + tag, 1)
    return data
