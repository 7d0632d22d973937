"""What a browser says of the device that it runs on: enough to tell its owner how to install a profile there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from profiles.catalogue.versions import OperatingSystem

NAMES: Final[Mapping[OperatingSystem, str]] = MappingProxyType(
    {
        "iOS": "iPhone or iPad",
        "macOS": "Mac",
        "tvOS": "Apple TV",
        "visionOS": "Apple Vision Pro",
        "watchOS": "Apple Watch",
    }
)
"""What people call a device with that system."""


class Kind(StrEnum):
    """What the device is, as far as it matters."""

    PHONE = "phone"
    """An iPhone or iPad."""
    MAC = "mac"
    """A Mac, or an iPad that says so: by default Safari there does."""
    FOREIGN = "foreign"
    """Not made by Apple."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Device:
    """A device and, where it is an iPhone or iPad whose browser keeps profiles from Settings, that browser's name."""

    kind: Kind
    hindrance: str = ""

    @property
    def likely(self) -> tuple[OperatingSystem, ...]:
        """The systems that it may run, the likeliest first."""
        return _SYSTEMS.get(self.kind, ())


_SYSTEMS: Final[Mapping[Kind, tuple[OperatingSystem, ...]]] = MappingProxyType(
    {Kind.PHONE: ("iOS",), Kind.MAC: ("macOS", "iOS", "visionOS")}
)

_APPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        r"CriOS/": "Chrome",
        r"FxiOS/": "Firefox",
        r"Focus/": "Firefox Focus",
        r"EdgiOS/": "Edge",
        r"OPiOS/|OPT/|OPX/": "Opera",
        r"DuckDuckGo/|Ddg/": "DuckDuckGo",
        r"YaBrowser/": "Yandex",
        r"GSA/": "the Google app",
        r"Instagram": "Instagram",
        r"\[?FB(AN|AV|_IAB)|FBIOS": "Facebook",
        r"\bLine/": "LINE",
        r"WhatsApp": "WhatsApp",
        r"MicroMessenger": "WeChat",
        r"Snapchat": "Snapchat",
        r"LinkedInApp": "LinkedIn",
        r"Twitter for": "X",
        r"BytedanceWebview|musical_ly|TikTok": "TikTok",
        r"Pinterest/": "Pinterest",
        r"Teams(Mobile)?": "Teams",
        r"Slack": "Slack",
    }
)
"""How the browsers on an iPhone that are not Safari, and apps that show pages themselves, give themselves away."""

_FOREIGN = re.compile(r"Android|Windows|CrOS|Linux|X11|Tizen|KAIOS")
_PHONE = re.compile(r"iPhone|iPad|iPod|CriOS/|FxiOS/|EdgiOS/")
_MAC = re.compile(r"Macintosh|Mac OS X")
_SAFARI = re.compile(r"Version/[\d.]+.* Safari/")
SOME_APP: Final = "this app"


def recognise(user_agent: str) -> Device:
    """The device of a browser that calls itself so; an empty text is as good as any other."""
    # Far more than browsers send; what is longer takes its time to look through.
    user_agent = user_agent[:1_000]
    # Many call themselves “like Mac OS X” or “like iPhone”, so that what is certain comes first.
    if _FOREIGN.search(user_agent):
        return Device(kind=Kind.FOREIGN)
    if _PHONE.search(user_agent):
        return Device(kind=Kind.PHONE, hindrance=_hindrance(user_agent))
    return Device(kind=Kind.MAC if _MAC.search(user_agent) else Kind.UNKNOWN)


def _hindrance(user_agent: str) -> str:
    for pattern, name in _APPS.items():
        if re.search(pattern, user_agent):
            return name
    return "" if _SAFARI.search(user_agent) else SOME_APP
