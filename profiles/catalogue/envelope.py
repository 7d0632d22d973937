"""The envelope: the keys of the profile itself, declared as those of a payload are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from profiles.catalogue.conditions import NEVER_REVEALED
from profiles.catalogue.effect_text import day, span
from profiles.catalogue.findings import Severity
from profiles.catalogue.keys import Boolean, Choice, Data, Date, Languages, Real, Text
from profiles.catalogue.options import Option
from profiles.catalogue.payload_type import Group, Payload
from profiles.catalogue.rules.envelope import envelope_rules
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import NEVER, Availability

ENCRYPTED_CONTENT: Final = "EncryptedPayloadContent"
"""The key that holds the payloads, encrypted for one device."""


def _effects(scope: Scope) -> Iterator[str]:
    if scope.is_set("ConsentText"):
        yield "You will be asked to agree to a text before it is installed."
    if scope.values.get("PayloadScope") == "System":
        yield "On a Mac it holds for everybody who uses the Mac."
    if scope.values.get("PayloadRemovalDisallowed") is True:
        yield "You cannot remove it yourself from a device that an organization supervises or manages."
    else:
        yield "You can remove it in Settings at any time."
    if date := day(scope.values.get("RemovalDate")):
        yield f"The device removes it by itself on {date}."
    if time := span(scope.values.get("DurationUntilRemoval")):
        yield f"The device removes it by itself {time} after the installation."


ENVELOPE: Final = Payload(
    slug="profile",
    payload_type="Configuration",
    title="Profile",
    summary="What the device shows about the profile, and how long it stays.",
    available=Availability(iOS="4.0", macOS="10.7", tvOS="9.0", visionOS="1.0", watchOS="1.0"),
    effects=_effects,
    groups=(
        Group(
            "general",
            title="General",
            help="How the profile introduces itself to the person who installs it.",
            keys=(
                Text(
                    "PayloadDisplayName",
                    label="Name",
                    help="The title of the profile on the device and in this list.",
                    placeholder="Office VPN",
                ),
                Text(
                    "PayloadIdentifier",
                    label="Identifier",
                    help="Best a reverse-DNS name; installing another profile with the same one replaces this profile.",
                    required=True,
                    placeholder="com.example.vpn.office",
                ),
                Text(
                    "PayloadOrganization",
                    label="Organization",
                    help="Who provides the profile, shown before it is installed.",
                ),
                Text(
                    "PayloadDescription",
                    label="Description",
                    help="What the profile is for, shown before it is installed.",
                    multiline=True,
                ),
                Languages(
                    "ConsentText",
                    label="Consent text",
                    help="A text to agree to before the installation, by language; “default” serves all others.",
                ),
            ),
        ),
        Group(
            "lifetime",
            title="Installation & removal",
            help="Where the profile belongs, who may remove it, and when it goes by itself.",
            keys=(
                Choice(
                    "PayloadScope",
                    label="Scope",
                    help="On a Mac: for the whole computer or one user, which often decides into which keychain "
                    "things go.",
                    default="User",
                    choices=(Option("System", "Whole computer"), Option("User", "One user")),
                    available=Availability(macOS="10.8"),
                ),
                Choice(
                    "TargetDeviceType",
                    label="Device type",
                    help="Where the profile may be installed when one file is offered to several devices.",
                    default=0,
                    choices=(
                        Option(0, "Any"),
                        Option(1, "iPhone, iPad, iPod touch"),
                        Option(2, "Apple Watch"),
                        Option(3, "HomePod"),
                        Option(4, "Apple TV"),
                        Option(5, "Mac"),
                        Option(6, "Apple Vision Pro"),
                    ),
                    available=Availability(
                        iOS="12.2", macOS="10.15", tvOS="12.2", visionOS="1.1", watchOS="5.2"
                    ),
                ),
                Boolean(
                    "PayloadRemovalDisallowed",
                    label="Prevent removal",
                    help="The user cannot remove the profile without its removal password, on supervised devices. A "
                    "Mac asks for an administrator.",
                    default=False,
                    available=Availability(visionOS=NEVER, watchOS=NEVER),
                ),
                Date(
                    "RemovalDate",
                    label="Remove on",
                    help="The moment (UTC) at which the device removes the profile by itself.",
                    default_note="Never",
                ),
                Real(
                    "DurationUntilRemoval",
                    label="Remove after",
                    help="How long after the installation the device removes the profile by itself.",
                    minimum=1,
                    too_small_as=Severity.WARNING,
                    unit="seconds",
                    default_note="Never",
                ),
                Date(
                    "PayloadExpirationDate",
                    label="Expires on",
                    help="From this moment (UTC) the profile is no longer valid, and the device shows a button to "
                    "update it.",
                    default_note="Never",
                    available=Availability(watchOS=NEVER),
                ),
                Boolean(
                    "HasRemovalPasscode",
                    label="Has a removal password",
                    help="Tools write it beside a payload with the password; the payload itself is what counts.",
                    default=False,
                    revealed_by=NEVER_REVEALED,
                    ignored_as=None,
                ),
                Boolean(
                    "IsEncrypted",
                    label="Is encrypted",
                    help="The payloads are encrypted for one device.",
                    default=False,
                    revealed_by=NEVER_REVEALED,
                    ignored_as=None,
                ),
                Data(
                    ENCRYPTED_CONTENT,
                    label="Encrypted payloads",
                    help="The payloads, which only one device can read.",
                    secret=True,
                    revealed_by=NEVER_REVEALED,
                    ignored_as=None,
                ),
            ),
        ),
    ),
    rules=envelope_rules(),
)
