"""Cases: how long a profile stays."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tests.cases.expectations import Case, advice, never, warning
from tests.cases.making import profile, vpn

# As property lists have them, in UTC and without a zone.
PAST: Final = datetime(2021, 3, 14, 15, 9)  # noqa: DTZ001
FUTURE: Final = datetime(2091, 3, 14, 15, 9)  # noqa: DTZ001

CASES: Final = (
    Case(
        "removal in the past",
        lambda: profile(vpn(), RemovalDate=PAST),
        (warning("date-passed", "RemovalDate"),),
    ),
    Case(
        "expiration in the past",
        lambda: profile(vpn(), PayloadExpirationDate=PAST),
        (warning("date-passed", "PayloadExpirationDate"),),
    ),
    Case(
        "both in the future",
        lambda: profile(vpn(), RemovalDate=FUTURE, PayloadExpirationDate=FUTURE),
        calm=True,
        silent=(never("date-passed"),),
    ),
    Case(
        "a date and a duration",
        lambda: profile(vpn(), RemovalDate=FUTURE, DurationUntilRemoval=86400.0),
        (advice("removal-twice", "RemovalDate|DurationUntilRemoval"),),
        calm=True,
    ),
    Case(
        "a duration alone",
        lambda: profile(vpn(), DurationUntilRemoval=86400.0),
        calm=True,
        silent=(never("removal-twice"),),
    ),
    Case(
        "without a name",
        lambda: profile(vpn(), PayloadDisplayName=""),
        (advice("unnamed", "PayloadDisplayName"),),
        calm=True,
    ),
    Case(
        "everything that an envelope may say",
        lambda: profile(
            vpn(),
            PayloadOrganization="Hafen",
            PayloadDescription="The way in.",
            ConsentText={"default": "Agreed?", "de": "Einverstanden?"},
            PayloadScope="System",
            TargetDeviceType=5,
            PayloadRemovalDisallowed=True,
        ),
        calm=True,
        targets={"macOS": "15.0"},
    ),
)
