"""Rules over a profile as a whole: its envelope as written, its names and UUIDs, and VPNs side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from profiles.catalogue import on_demand_simulator, placeholders
from profiles.catalogue.citations import apple, report, schema
from profiles.catalogue.conditions import is_set
from profiles.catalogue.effect_text import line
from profiles.catalogue.envelope import ENCRYPTED_CONTENT, ENVELOPE
from profiles.catalogue.evidence import Evidence
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.fixes import NOTHING, AsBuilt, Change, Fix, put
from profiles.catalogue.keys.scalars import MALFORMED
from profiles.catalogue.wording import abridged
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument, Problem
from profiles.plist.imported.deviations import Kind as Oddities
from profiles.plist.imported.deviations import Oddity, oddities
from profiles.plist.imported.source_form import CONTENT, IDENTIFIER, TYPE, UUID, VERSION
from profiles.plist.validation.presence import left_out

NO_PAYLOAD: Final = Diagnostic(
    "no-payload",
    Severity.WARNING,
    "The profile has no payload",
    why="A profile without a payload installs, and does nothing.",
    mend="Add a payload.",
    sources=(schema("TopLevel", "PayloadContent"),),
)
UNNAMED: Final = Diagnostic(
    "unnamed",
    Severity.ADVICE,
    "The profile has no name",
    why="Without a name the device shows the identifier, and people cannot tell what they install.",
    mend="Give the profile a name.",
    sources=(schema("TopLevel", "PayloadDisplayName"),),
)
ENVELOPE_TYPE: Final = Diagnostic(
    "envelope-type",
    Severity.ERROR,
    "PayloadType of the profile is not Configuration",
    why="Apple's schema knows one type for a profile as a whole, and devices take a file of another type for no "
    "profile.",
    mend="Write Configuration. The fix does so.",
    sources=(schema("TopLevel", "PayloadType"),),
)
CONTENT_MALFORMED: Final = Diagnostic(
    "content-malformed",
    Severity.ERROR,
    "PayloadContent is no array of payloads",
    why="Devices read the payloads of a profile from an array, and cannot use anything else in its place.",
    mend="Put the payloads into an array in the file, or add them anew here, which replaces what stands there.",
    sources=(schema("TopLevel", "PayloadContent"),),
)
ENCRYPTED_PROFILE: Final = Diagnostic(
    "encrypted-profile",
    Severity.WARNING,
    "The payloads are encrypted for one device",
    why="The payloads stand encrypted in EncryptedPayloadContent, and only the device with the key can read them. "
    "Nothing in them can be judged or changed here.",
    mend="Import the profile as it was before it was encrypted.",
    sources=(schema("TopLevel", "EncryptedPayloadContent"),),
)
ODD_VERSION: Final = Diagnostic(
    "odd-version",
    Severity.WARNING,
    "PayloadVersion is not the whole number 1",
    why="Apple's schema knows one version of the format. Files with 1.0 are in use, and nobody reports a refusal.",
    mend="Write the whole number 1. The fix does so.",
    sources=(schema("TopLevel", "PayloadVersion"),),
    certainty=Certainty.INFERRED,
)
NO_UUID: Final = Diagnostic(
    "no-uuid",
    Severity.ADVICE,
    "A PayloadUUID is no UUID",
    why="Apple says of PayloadUUID that its actual content is unimportant, as long as it is unique. Other tools may "
    "expect a UUID.",
    mend="Leave it if the profile is installed already, since a changed one makes the device set the payload up anew.",
    sources=(schema("TopLevel", "PayloadUUID"),),
)
DUPLICATE_UUID: Final = Diagnostic(
    "duplicate-uuid",
    Severity.ERROR,
    "Two payloads share a PayloadUUID",
    why="PayloadUUID tells the payloads of a profile apart, and references name it. macOS refuses a profile in which "
    "one is used twice.",
    mend="Give one of them a UUID of its own. The fix does so, and references follow.",
    sources=(
        schema("CommonPayloadKeys", "PayloadUUID"),
        report("AhaDNS/setup-guides", 4),
        report("homotechsual/macOS-MDM-Profiles", 1),
    ),
)
DUPLICATE_IDENTIFIER: Final = Diagnostic(
    "duplicate-identifier",
    Severity.ERROR,
    "Two payloads share a PayloadIdentifier",
    why="PayloadIdentifier says which payload an update replaces. Apple wants each to be unique in its profile.",
    mend="Give one of them an identifier of its own. The fix does so.",
    sources=(schema("CommonPayloadKeys", "PayloadIdentifier"),),
)
IDENTIFIER_TAKEN: Final = Diagnostic(
    "identifier-taken",
    Severity.WARNING,
    "Another profile of the team has the same PayloadIdentifier",
    why="A device that installs one of the two replaces the other with it.",
    mend="Give one of them an identifier of its own, unless one is to take the place of the other.",
    sources=(
        schema("TopLevel", "PayloadIdentifier"),
        report("trailofbits/algo", 108),
        report("paulmillr/encrypted-dns", 176),
    ),
)
SEVERAL_ON_DEMAND: Final = Diagnostic(
    "several-on-demand",
    Severity.ADVICE,
    "Several VPNs connect on demand",
    why="A device has one enabled VPN configuration at a time, so at most one of them connects by itself.",
    mend="Let one of them connect on demand, and turn it off in the others.",
    sources=(
        apple(
            "NEVPNManager: isEnabled",
            "https://developer.apple.com/documentation/networkextension/nevpnmanager",
        ),
    ),
    certainty=Certainty.INFERRED,
)
SAME_NAMES: Final = Diagnostic(
    "same-names",
    Severity.ADVICE,
    "Several VPNs have the same name",
    why="Settings list VPNs by their names, so people cannot tell these apart.",
    mend="Give each a name of its own.",
    sources=(schema("com.apple.vpn.managed", "UserDefinedName"),),
    certainty=Certainty.INFERRED,
)
SEVERAL_ALWAYS_ON: Final = Diagnostic(
    "several-always-on",
    Severity.ERROR,
    "The profile has several Always On VPNs",
    why="Apple says that a profile can contain only one Always On VPN payload. Its tunnels for Wi-Fi and cellular "
    "stand in that one.",
    mend="Put the tunnels into one payload, and remove the other.",
    sources=(
        apple("iOS Deployment Reference, Always-on VPN payload"),
        apple("Device Management, NetworkVPNAlwaysOn"),
    ),
)

_MENDS: Final[Mapping[str, str]] = {
    UUID: "Give it a UUID of its own",
    IDENTIFIER: "Give it an identifier of its own",
    VERSION: "Write 1",
}
"""What a fix of a key does that the build writes by itself."""

_IKEV2: Final = "vpn-ikev2"
_ALWAYS_ON: Final = "vpn-always-on"


def identifier_taken(others: Sequence[str]) -> Iterator[Problem]:
    """That other profiles of a team, with these names, have the PayloadIdentifier of this one."""
    if others:
        named = abridged([f"“{line(name)}”" for name in others], "and")
        yield Problem(
            ENVELOPE_NAME,
            IDENTIFIER_TAKEN.at(
                IDENTIFIER,
                f"{named} of this team {'has' if len(others) == 1 else 'have'} the same identifier, so a device that "
                "installs one replaces the other with it. Give each its own, unless that is meant.",
            ),
        )


def of_profile(document: Document, evidence: Evidence) -> Iterator[Problem]:
    """What is wrong with the profile as a whole."""
    yield from (Problem(ENVELOPE_NAME, finding) for finding in _envelope(document))
    if document.is_imported:
        # What is written counts.
        yield from (Problem(each.name, finding) for each in oddities(document) for finding in _odd(each))
    else:
        for uuid, count in Counter(part.uuid for part in document.payloads).items():
            if count > 1:
                yield Problem(ENVELOPE_NAME, _shared(UUID, uuid, count))
    yield from _several_vpns(document.payloads)


def _envelope(document: Document) -> Iterator[Finding]:
    kept = document.kept
    if kept and CONTENT in kept.values and not document.payloads:
        yield CONTENT_MALFORMED.at(
            CONTENT,
            "PayloadContent is no array, so a device finds no payload in it. Put the payloads into an array.",
        )
    elif is_set(document.envelope.get(ENCRYPTED_CONTENT)):
        yield ENCRYPTED_PROFILE.at(
            ENCRYPTED_CONTENT,
            "The payloads are encrypted for one device, so nothing in them can be judged. Import the profile as it was "
            "before that.",
        )
    elif not document.payloads:
        yield NO_PAYLOAD.at("", "The profile has no payload, so it does nothing. Add one.")
    if kept and (TYPE in kept.values or TYPE in kept.without):
        before = kept.values.get(TYPE, NOTHING)
        yield ENVELOPE_TYPE.at(
            TYPE,
            f"PayloadType of a profile is {ENVELOPE.payload_type}, and devices take no other. Write "
            f"{ENVELOPE.payload_type}.",
            fix=put(TYPE, before, AsBuilt(ENVELOPE.payload_type), f"Write {ENVELOPE.payload_type}"),
        )
    if not document.title:
        yield UNNAMED.at(
            "PayloadDisplayName",
            "Without a name the device shows the identifier. Give the profile a name.",
        )


def _odd(each: Oddity) -> Iterator[Finding]:
    """What is odd about a key that the build would have written otherwise."""
    fix = None
    if each.is_mendable:
        before = NOTHING if each.kind is Oddities.LEFT_OUT else each.value
        fix = Fix(_MENDS[each.key], (Change(each.key, before, AsBuilt(each.own)),))
    match each.kind:
        case Oddities.LEFT_OUT:
            # That there is no payload, or no type, is told by itself.
            yield from () if each.key in (CONTENT, TYPE) else [replace(left_out(each.key), fix=fix)]
        case Oddities.VERSION:
            yield ODD_VERSION.at(
                VERSION,
                "PayloadVersion has to be the integer 1, and is another number or type. Write 1.",
                fix=fix,
            )
        case Oddities.NO_NAME:
            # An empty text says no more than none at all.
            yield MALFORMED.at(
                each.key,
                f"{each.key} is no text that names the payload. Write one.",
                severity=Severity.WARNING if isinstance(each.value, str) else None,
                fix=fix,
            )
        case Oddities.NO_UUID if not placeholders.stands_in(str(each.value)):
            # What is not filled in yet is told of with all other placeholders.
            yield NO_UUID.at(
                UUID,
                "PayloadUUID is no UUID. Devices take any text that is unique; other tools may not.",
            )
        case Oddities.SHARED:
            yield replace(_shared(each.key, str(each.value), each.parts), fix=fix)


def _shared(key: str, value: str, parts: int) -> Finding:
    called, diagnostic = {
        UUID: ("PayloadUUID", DUPLICATE_UUID),
        IDENTIFIER: ("PayloadIdentifier", DUPLICATE_IDENTIFIER),
    }[key]
    told = f"{parts} payloads share the {called} {value[:100]}, where each has to be unique"
    return diagnostic.at(key, f"{told}. Give each its own.")


def _several_vpns(payloads: Iterable[PayloadDocument]) -> Iterator[Problem]:
    tunnels = [part for part in payloads if part.slug in (_IKEV2, _ALWAYS_ON)]
    if len(tunnels) <= 1:
        return
    connecting = [part for part in tunnels if part.slug == _IKEV2 and _connects(part)]
    for part in connecting[1:]:
        yield Problem(
            part.name,
            SEVERAL_ON_DEMAND.at(
                "IKEv2.OnDemandEnabled",
                f"{len(connecting)} VPNs of this profile connect on demand, but a device enables one at a time. "
                "Leave On Demand to one of them.",
            ),
        )
    for part in [part for part in tunnels if part.slug == _ALWAYS_ON][1:]:
        yield Problem(
            part.name,
            SEVERAL_ALWAYS_ON.at(
                "",
                "A profile can contain one Always On VPN, and this is the second. Put its tunnels into the first.",
            ),
        )
    seen: set[str] = set()
    for part in tunnels:
        name = part.values.get("UserDefinedName")
        if isinstance(name, str) and name and name in seen:
            yield Problem(
                part.name,
                SAME_NAMES.at(
                    "UserDefinedName", "Another VPN of this profile has this name. Give each its own."
                ),
            )
        seen.add(str(name))


def _connects(part: PayloadDocument) -> bool:
    # What is empty is not written of what is made here.
    inside = (part.values if part.kept else part.payload.understood(part.values)).get("IKEv2")
    if not isinstance(inside, Mapping) or inside.get("OnDemandEnabled") != 1:
        return False
    return on_demand_simulator.connects(inside.get("OnDemandRules"))
