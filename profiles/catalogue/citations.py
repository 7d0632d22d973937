"""Citations: where it stands, or was seen, that a device or a server behaves as a check says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SCHEMA_RELEASE: Final = "27.0"
"""The release of Apple's schema that the catalogue was read against."""

_SCHEMAS: Final = "https://github.com/apple/device-management/blob/release/mdm/profiles"


class Origin(StrEnum):
    """Who says it."""

    SCHEMA = "Apple's schema"
    APPLE = "Apple"
    STANDARD = "Standard"
    SERVER = "Server documentation"
    REPORT = "Seen on devices"
    MEASURED = "Measured"
    DESIGNER = "The designer itself"


@dataclass(frozen=True)
class Citation:
    """One source: who says it, where it stands as a person would look it up, and its address if it has one."""

    origin: Origin
    title: str
    url: str = ""

    def __str__(self) -> str:
        return f"{self.origin}: {self.title}"


def schema(payload_type: str, path: str = "") -> Citation:
    """A key in Apple's published schema, such as `schema("com.apple.vpn.managed", "IKEv2.MTU")`."""
    place = f"{payload_type}.yaml{f', {path}' if path else ''} (release {SCHEMA_RELEASE})"
    return Citation(Origin.SCHEMA, place, f"{_SCHEMAS}/{payload_type}.yaml")


def apple(title: str, url: str = "") -> Citation:
    """A page of Apple's documentation or support."""
    return Citation(Origin.APPLE, title, url)


def rfc(number: int, section: str = "") -> Citation:
    """An RFC, or a section of it."""
    place = f"RFC {number}{f', section {section}' if section else ''}"
    anchor = f"#section-{section}" if section else ""
    return Citation(Origin.STANDARD, place, f"https://www.rfc-editor.org/rfc/rfc{number}{anchor}")


def standard(title: str, url: str = "") -> Citation:
    """A standard that is no RFC, such as XML 1.0."""
    return Citation(Origin.STANDARD, title, url)


def server(title: str, url: str = "") -> Citation:
    """The documentation of a VPN server, such as a page of strongSwan's."""
    return Citation(Origin.SERVER, title, url)


def report(repository: str, number: int) -> Citation:
    """An issue in which people tell what their devices did, such as `report("trailofbits/algo", 828)`."""
    return Citation(
        Origin.REPORT, f"{repository} issue {number}", f"https://github.com/{repository}/issues/{number}"
    )


def measured(what: str) -> Citation:
    """An observation of our own, with what was run."""
    return Citation(Origin.MEASURED, what)


def own(what: str) -> Citation:
    """A limit or a need of the designer itself, which says nothing about devices."""
    return Citation(Origin.DESIGNER, what)
