"""The rules between the keys of the profile itself: its identifier, and when it goes by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from profiles.catalogue import placeholders
from profiles.catalogue.citations import own, schema
from profiles.catalogue.effect_text import day
from profiles.catalogue.findings import Diagnostic, Finding, Severity
from profiles.catalogue.payload_type import Rule
from profiles.catalogue.scope import Scope

REVERSE_DNS: Final = r"[A-Za-z0-9-]+(\.[A-Za-z0-9_-]+)+"

IDENTIFIER_STYLE: Final = Diagnostic(
    "identifier-style",
    Severity.ADVICE,
    "The identifier of the profile is no reverse-DNS name",
    why="Apple recommends a name such as com.example.vpn, and takes any text. Jamf Pro, for one, writes bare UUIDs. "
    "A device replaces a profile with the same identifier, and installs one with another beside it.",
    mend="Leave it if the profile is installed already. For a new profile, use a reverse-DNS name.",
    sources=(schema("TopLevel", "PayloadIdentifier"), own("profiles that Jamf Pro exported")),
)
DATE_PASSED: Final = Diagnostic(
    "date-passed",
    Severity.WARNING,
    "A date on which the profile ends is in the past",
    why="A device removes the profile on its removal date, and calls it no longer valid after its expiration date.",
    mend="Choose a later date, or remove the key.",
    sources=(schema("TopLevel", "RemovalDate"), schema("TopLevel", "PayloadExpirationDate")),
)
REMOVAL_TWICE: Final = Diagnostic(
    "removal-twice",
    Severity.ADVICE,
    "The profile says twice when it is removed",
    why="With both RemovalDate and DurationUntilRemoval, the device uses whichever comes first.",
    mend="Keep the one that is meant.",
    sources=(schema("TopLevel", "DurationUntilRemoval"),),
)

_ENDS: Final = {
    "RemovalDate": "so a device removes the profile at once",
    "PayloadExpirationDate": "so a device calls the profile no longer valid",
}


class IdentifierStyle(Rule):
    """Any text may be an identifier; a reverse-DNS name is what people expect."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        value = scope.values.get("PayloadIdentifier")
        # What is not filled in yet is told of with all other placeholders.
        if not isinstance(value, str) or not value or placeholders.stands_in(value):
            return
        if not re.fullmatch(REVERSE_DNS, value):
            yield IDENTIFIER_STYLE.at(
                "PayloadIdentifier",
                "The identifier is no reverse-DNS name, which works. Leave it where the profile is installed already, "
                "since a device installs one with another identifier beside it; a new one is better called "
                "com.example.vpn.",
            )


class EndDates(Rule):
    """The moments at which a profile ends lie ahead, and there is one of them."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        now = scope.evidence.at
        for name, effect in _ENDS.items():
            value = scope.values.get(name)
            if isinstance(value, datetime) and now and value.replace(tzinfo=UTC) < now:
                yield DATE_PASSED.at(
                    name,
                    f"{name} is in the past ({day(value)}), {effect}. Choose a later date, or remove it.",
                )
        if scope.is_set("RemovalDate") and scope.is_set("DurationUntilRemoval"):
            yield REMOVAL_TWICE.at(
                "DurationUntilRemoval",
                "With RemovalDate beside it, the device uses whichever comes first. Keep the one that is meant.",
            )


def envelope_rules() -> tuple[Rule, ...]:
    """What holds for the keys of every profile."""
    return (IdentifierStyle(), EndDates())
