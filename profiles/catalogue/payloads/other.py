"""A payload of a type that the catalogue does not know: kept key by key, written as it came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from profiles.catalogue.groups.shared import about
from profiles.catalogue.keys import Text
from profiles.catalogue.payload_type import Example, Group, Payload
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import Availability

SLUG: Final = "other"
NAME: Final = r"[A-Za-z0-9_.-]{1,100}"
"""What Apple calls a type."""

PER_APP: Final = "com.apple.vpn.managed.applayer"
"""Apple's type of a VPN for some apps alone, which is documented, and of which the catalogue has no declaration."""

TYPE = Group(
    "type",
    title="Type",
    help="What is in this payload stands as XML: the designer keeps it as it is, and judges nothing of it.",
    keys=(
        Text(
            "PayloadType",
            label="Payload type",
            help="Apple's name of the type.",
            required=True,
            pattern=NAME,
            pattern_help="is no name of a type. Write it as Apple does, such as com.apple.wifi.managed.",
            placeholder="com.apple.wifi.managed",
        ),
    ),
)


def _effects(scope: Scope) -> Iterator[str]:
    kind = scope.values.get("PayloadType")
    known = isinstance(kind, str) and re.fullmatch(NAME, kind)
    called = f"settings of the type {kind}" if known else "settings"
    yield f"Brings {called}, of which nobody can say here what they do."


PAYLOAD = Payload(
    slug=SLUG,
    payload_type="",
    title="Other payload",
    summary="Settings of any type, such as Wi-Fi or Mail, written as XML.",
    available=Availability(iOS="4.0", macOS="10.7", tvOS="9.0", visionOS="1.0", watchOS="3.0"),
    groups=(TYPE, about()),
    effects=_effects,
    examples=(
        Example(
            "A restriction",
            {"PayloadType": "com.apple.applicationaccess", "PayloadDisplayName": "Restrictions"},
            {"iOS": "17.0"},
        ),
    ),
)
