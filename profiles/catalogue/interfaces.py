"""The kinds of network that a device uses, under Apple's names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from profiles.catalogue.options import Option

INTERFACES: Final[Mapping[str, str]] = {"WiFi": "Wi-Fi", "Cellular": "cellular", "Ethernet": "Ethernet"}
"""How each is called in the middle of a sentence."""


def choices(*names: str) -> tuple[Option, ...]:
    """An option for each of these, as it is called by itself."""
    return tuple(Option(name, f"{INTERFACES[name][:1].upper()}{INTERFACES[name][1:]}") for name in names)
