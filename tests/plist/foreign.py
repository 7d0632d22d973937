"""Files that people take for a profile, each of a kind of its own, and what is said of them."""

from __future__ import annotations

import base64
import json
import plistlib
from collections.abc import Mapping
from typing import Any, Final

from tests.plist.trees import WIFI, tree, vpn

PROFILE: Final[Mapping[str, Any]] = tree(vpn({"RemoteAddress": "vpn.example.com"}), WIFI)
XML: Final = plistlib.dumps(PROFILE)
TEXT: Final = XML.decode()
HEAD, _, BODY = TEXT.partition("<dict>")
PAYLOAD: Final[Mapping[str, Any]] = PROFILE["PayloadContent"][0]


def command(**inside: Any) -> bytes:
    """What an MDM sends to a device."""
    return plistlib.dumps({"CommandUUID": "1", "Command": inside})


INSTALL: Final = command(RequestType="InstallProfile", Payload=XML)
BASE64: Final = base64.encodebytes(XML)

REFUSED: Final[Mapping[str, tuple[bytes, str]]] = {
    "jinja": (
        f"{HEAD}<dict>\n{{% if office %}}{BODY}".encode(),
        "The file is a template (Jinja or the like): line 5 holds code that another program has to carry out first.",
    ),
    "jinja before": (
        b"{# made by Ansible #}\n" + XML,
        "The file is a template (Jinja or the like): line 1 holds code",
    ),
    "erb": (
        TEXT.replace("vpn.example.com", "<%= @server %>").encode(),
        "The file is a template (ERB or the like): line",
    ),
    "shell": (
        b"cat > vpn.mobileconfig <<EOF\n" + XML + b"EOF\n",
        "The file is a script that writes a profile, not the profile itself. Run it, and choose what it writes.",
    ),
    "shell with its interpreter": (
        b"#!/bin/sh\ncat > vpn.mobileconfig <<EOF\n" + XML + b"EOF\n",
        "The file is a script that writes a profile, not the profile itself.",
    ),
    "base64 with an end missing": (
        BASE64.rstrip()[:-1],
        "The file is a profile in base64, and some of it is missing. Copy all of it again, to the last character.",
    ),
    "login page": (
        b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form></form></body></html>",
        (
            "The file is a web page that asks to sign in, not a configuration profile. Sign in there with a browser, "
            "then download the profile itself."
        ),
    ),
    "web page": (
        b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC ''><html xmlns=''/>",
        "The file is a web page, not a configuration profile. Download the profile itself.",
    ),
    "json": (
        json.dumps({"PayloadType": "Configuration", "PayloadContent": []}).encode(),
        "The file is JSON, not a property list. Convert it with “plutil -convert xml1 FILE” on a Mac.",
    ),
    "json of an API": (
        json.dumps({"payloadName": "a", "payload": base64.b64encode(XML).decode()}, indent=2).encode(),
        "The file is JSON, with a profile in base64 in it. Decode that value alone",
    ),
    "json with XML": (
        json.dumps({"data": TEXT}).encode(),
        "The file is JSON, with a profile in it as a text.",
    ),
    "declaration": (
        json.dumps({"Type": "com.apple.configuration.legacy", "Payload": {"ProfileURL": "a"}}).encode(),
        "The file is a declaration of declarative management, which only an MDM can send.",
    ),
    "old form": (
        b"{\n  PayloadType = Configuration;\n}",
        "The file is a property list in the old form of text. Convert it with “plutil -convert xml1 FILE” on a Mac.",
    ),
    "list with a profile": (
        plistlib.dumps([PROFILE]),
        (
            "The file holds a list with a profile in it, and a device reads a profile alone. Take the <array> around "
            "it away, at both ends."
        ),
    ),
    "list of profiles": (
        plistlib.dumps([PROFILE] * 3, fmt=plistlib.FMT_BINARY),
        "The file holds a list of 3 profiles, and a device reads one alone. Save each as a file of its own.",
    ),
    "list of payloads": (
        plistlib.dumps([PAYLOAD, WIFI]),
        (
            "The file holds a list of payloads and no profile around it. Export the whole profile, or put the list "
            "into the PayloadContent of one."
        ),
    ),
    "list of something": (plistlib.dumps(["a"]), "The file is a property list, but no profile"),
    "payload alone": (
        plistlib.dumps(PAYLOAD),
        (
            "The file holds a single payload (com.apple.vpn.managed) and no profile around it. Export the whole "
            "profile, or paste the payload into “Edit as XML” of one of that type."
        ),
    ),
    "command without a profile": (
        command(RequestType="DeviceInformation", Queries=["UDID"]),
        "The file is a command of an MDM (DeviceInformation) with no profile in it. Choose the .mobileconfig file.",
    ),
    "command of no kind": (
        command(RequestType=1),
        "The file is a command of an MDM (of an unknown kind) with no",
    ),
    "command in a command": (
        command(RequestType="InstallProfile", Payload=INSTALL),
        "The file is a property list, but no configuration profile",
    ),
    "app": (plistlib.dumps({"CFBundleIdentifier": "a"}), "The file describes an app (Info.plist)"),
    "provisioning profile": (
        plistlib.dumps({"TeamIdentifier": ["a"], "Entitlements": {}}),
        "The file is a provisioning profile, which lets a device run an app.",
    ),
    "list of what is installed": (
        plistlib.dumps({"_computerlevel": [{"ProfileIdentifier": "a"}]}),
        "The file is what the `profiles` command tells of installed profiles, without their secrets.",
    ),
    "manifest": (plistlib.dumps({"pfm_subkeys": []}), "The file is a manifest (ProfileManifests)"),
    "profile in other XML": (
        f"<general><payloads>{TEXT.replace('<', '&lt;').replace('>', '&gt;')}</payloads></general>".encode(),
        "The file is XML of another program, with a profile in it as a text, where each < is written as &lt;.",
    ),
    "copied from a web page": (
        TEXT.replace("<!DOCTYPE", '<code class="xml">\n<!DOCTYPE').encode(),
        "Line 2 of the file: <code> comes from a web page, from which the profile was copied.",
    ),
    "curly quotation marks": (
        TEXT.replace('"1.0" encoding="UTF-8"', "“1.0” encoding=“UTF-8”").encode(),
        "Line 1 of the file has the quotation marks of a word processor (“ ”) where XML wants straight ones",
    ),
    "latin-1 that says UTF-8": (
        TEXT.replace("vpn.example.com", "bücher.example").encode("latin-1"),
        "and seems to be in Windows-1252 or ISO-8859-1 (Latin-1). Save the file as UTF-8.",
    ),
    "cut off": (
        XML[: len(XML) // 2],
        "The file is no valid XML: it is cut off in line ",
    ),
    "zeros": (b"\0" * 512, "The file is empty."),
    "nothing": (b"", "The file is empty."),
}
"""The bytes, and what the sentence holds."""

READ: Final[Mapping[str, tuple[bytes, str]]] = {
    "base64": (BASE64, "The file is base64 of a profile, which no device installs as it is."),
    "base64 in one line": (base64.b64encode(XML), "The file is base64 of a profile"),
    "base64 in quotes": (b'"' + base64.b64encode(XML) + b'"\n', "The file is base64 of a profile"),
    "base64 of what is binary": (
        base64.b64encode(plistlib.dumps(PROFILE, fmt=plistlib.FMT_BINARY)),
        "The file is base64 of a profile",
    ),
    "base64 of UTF-16": (base64.b64encode(TEXT.encode("utf-16")), "The file is base64 of a profile"),
    "data URL": (
        b"data:application/x-apple-aspen-config;base64," + base64.b64encode(XML),
        "The file is base64 of a profile",
    ),
    "MDM command": (INSTALL, "The file is a command of an MDM, which no device installs by itself."),
    "MDM command without its frame": (
        plistlib.dumps({"RequestType": "InstallProfile", "Payload": XML}),
        "The file is a command of an MDM",
    ),
    "UTF-16 that says UTF-8": (
        TEXT.encode("utf-16"),
        "The file says that it is in UTF-8, and is read as UTF-16, which it is in.",
    ),
}
"""The bytes, which hold PROFILE, and what the first note begins with."""
