"""Placeholders that stand in texts: those that a device management fills in, and those that somebody forgot.

`{{name}}`, which a template of the designer has as well, counts as forgotten here unless a device management has a
variable of that name: whoever knows the document knows whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class _Syntax:
    """How variables of a device management look: `names`, in `before` and `after`; `title` is what it is called."""

    title: str
    before: str
    names: str
    after: str

    @property
    def pattern(self) -> re.Pattern[str]:
        # Names in braces are written in any letters; after other signs that tells variables of products apart.
        flags = re.IGNORECASE if "{" in self.before and "$" not in self.before else re.NOFLAG
        return re.compile(f"{self.before}(?:{self.names}){self.after}", flags)


def _either(names: str) -> str:
    # Longer ones first, since the beginning of a name may be a name, too.
    return "|".join(sorted(names.split(), key=len, reverse=True))


_END: Final = r"(?![A-Za-z0-9_])"

_MANAGERS: Final = tuple(
    (syntax.title, syntax.pattern)
    for syntax in (
        _Syntax("Fleet", r"\$\{?", r"FLEET_(?:VAR|SECRET|HOST_VITAL)_[A-Za-z0-9_]+", r"\}?"),
        _Syntax(
            "Jamf Pro",
            r"\$",
            _either(
                "MANAGEMENTID COMPUTERNAME SITENAME SITEID UDID SERIALNUMBER USERNAME FULLNAME REALNAME EMAIL PHONE "
                "POSITION DEPARTMENTNAME DEPARTMENTID BUILDINGNAME BUILDINGID ROOM MACADDRESS JSSID PROFILEJSSID "
                "DEVICENAME ASSET_TAG"
            )
            + r"|EXTENSIONATTRIBUTE_\d+",
            _END,
        ),
        _Syntax(
            "Kandji",
            r"\$",
            _either(
                "FULL_NAME EMAIL EMAIL_PREFIX USERNAME USERNAME_PREFIX DEPARTMENT JOB_TITLE DEVICE_NAME SERIAL_NUMBER "
                "ASSET_TAG DEVICE_ID BLUEPRINT_NAME BLUEPRINT_ID UDID PROFILE_UUID MODEL_NAME MODEL_IDENTIFIER"
            ),
            _END,
        ),
        _Syntax(
            "Zentral",
            r"\$",
            r"(?:ENROLLED_DEVICE|ENROLLED_USER|REALM_USER|MANAGED_APPLE_ID)\.[A-Z0-9_]+",
            _END,
        ),
        _Syntax(
            "Intune",
            r"\{\{",
            _either(
                "userprincipalname mail partialupn accountid deviceid userid serialnumber serialnumberlast4digits "
                "udidlast4digits aaddeviceid issupervised OnPremisesSamAccountName"
            ),
            r"\}\}",
        ),
        _Syntax(
            "SimpleMDM",
            r"\{\{",
            _either("udid wifi_mac_address simplemdm_device_name"),
            r"\}\}",
        ),
        _Syntax(
            "Workspace ONE",
            r"\{\{?",
            _either("DeviceSerialNumber EmailAddress EnrollmentUser UserPrincipalName"),
            r"\}\}?",
        ),
        _Syntax(
            "macOS",
            "%",
            _either("SerialNumber HardwareUUID ComputerName HostName LocalHostName MACAddress")
            + "|AD_[A-Za-z]+",
            "%",
        ),
        _Syntax(
            "Jamf School", "%", _either("AssetTag Email FullName FirstName LastName Username DeviceName"), "%"
        ),
        _Syntax("IBM MaaS360", "%", _either("email username upn user domain deviceid imei"), "%"),
        _Syntax("ManageEngine", "%", _either("email upn"), "%"),
        _Syntax("Sophos Mobile", "%_", r"[A-Za-z][A-Za-z0-9]*(?:\([^()%]*\))?", "_%"),
        _Syntax("Citrix Endpoint Management", r"\$\{", r"(?:user|device|custom)\.[A-Za-z0-9_.]+", r"\}"),
        _Syntax("Ivanti EPMM", r"\$", r"EMAIL|USERID|(?:USER|DEVICE)_[A-Z0-9_]+", rf"\${_END}"),
        _Syntax("Ivanti Neurons for MDM", r"\$\{", _either("userUPN userEmailAddress"), r"\}"),
    )
)

EVERYDAY: Final[Mapping[str, str]] = {
    "username": "Intune",
    "serial_number": "SimpleMDM",
    "device_name": "SimpleMDM",
    "phone_number": "SimpleMDM",
    "model": "SimpleMDM",
}
"""Names that a device management has, and templates of the designer as often: `{{username}}` counts as the latter's."""

_MARKED: Final = (
    r"\$\{[^{}]*\}|\$\([^()]*\)|#\{[^{}]*\}"
    r"|\{\{.*?\}\}|\{%.*?%\}|<%.*?%>|##[^#\s]+##|@@[^@\s]+@@|__[A-Za-z0-9]\w*?__"
)
"""What no name, no address and hardly any other text has in it."""

_WORDED: Final = (
    r"(?i:(?:replace|change|fill|edit|insert|put|enter)[ _-]?(?:me|this|here)(?:[ _-]\w+)*)|(?i:your_\w+)"
    r"|YOUR[ _-][A-Z0-9 _-]+|[A-Z0-9]+(?:_[A-Z0-9]+)*_HERE|PLACEHOLDER|TODO|FIXME"
)
"""What asks a person to do something."""

_SIGN: Final = re.compile(r"[${%<\[`]|##|@@|__|@\w[\w-]*@|&lt;|(?i:your-)")
_WORDS: Final = re.compile(_WORDED)
_MARKS: Final = re.compile(_MARKED)
_BRACKETED: Final = (
    r"(?i:(?:your|the|my|vpn|shared)?[ _-]*(?:server|user|user[ _-]?name|name|pass(?:word|phrase|code)?|secret|psk|key"
    r"|pre[ _-]?shared[ _-]?key|value)(?:[ _-]here)?)"
)
"""What a person puts into brackets for another one to replace, in a text that may look like anything."""

_SECRET: Final = re.compile(f"{_MARKED}|{_WORDED}|<{_BRACKETED}>|\\[{_BRACKETED}\\]|(?i:your-[a-z-]+)")
_WHOLE: Final = re.compile(rf"{_WORDED}|\$[A-Z][A-Z0-9_]{{2,}}|%[A-Za-z]\w{{2,}}%|<[A-Za-z][\w .-]*>")
_IN_ADDRESS: Final = re.compile(
    rf"{_MARKED}|\$\w+|%[A-Za-z]\w*%|%\([^()]*\)[a-z]?|<[^<>]*>|&lt;.*?&gt;|\[[A-Za-z][A-Za-z _-]*\]|\{{[^{{}}]*\}}"
    r"|@\w[\w-]*@|`[^`]*`"
)
_OWNED: Final = r"domain|server|company|organi[sz]ation|host|vpn|site|address|gateway|ip|fqdn"
_YOURS: Final = rf"your[_-]?(?:(?:public|external|own)[_-]?)?(?:{_OWNED})(?:[_-]?(?:{_OWNED}|name|here|url))*"
"""A label that says whose name is to stand there."""

_EXAMPLE: Final = re.compile(
    # As the part of a name that is registered: in other places it may be the name of a machine.
    rf"(?i)(?:.*\.)?{_YOURS}(?:(?:\.(?:com?|net|org|ac|gov|edu|example))?\.[^.]+)?"
    rf"|(?:.*\.)?your\.(?:{_OWNED})(?:\..*)?"
    r"|(?:.*\.)?(?:replace|change|fill|edit|insert|put|enter)[_-]?(?:me|this|here)(?:\..*)?"
    r"|x{1,3}(?:\.x{1,3}){3}|null|nil|none|undefined"
)
_REAL: Final = re.compile(r"(?i)(?:.*\.)?your-server\.de")
"""What looks like an example and is none: the names of a host's machines in reverse DNS end so."""

_SHOUTED: Final = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")


def may_hold(text: str) -> bool:
    """Could there be a placeholder? Most texts have none, and this says so at once."""
    return _SIGN.search(text) is not None or _WORDS.fullmatch(text.strip()) is not None


def managed(text: str) -> dict[str, list[str]]:
    """The variables of a device management in a text, as they are written, each with the products that fill it in."""
    if not any(mark in text for mark in "${%"):
        return {}
    matches = [(each, title) for title, pattern in _MANAGERS for each in pattern.finditer(text)]
    spans = {each.span() for each, _ in matches}
    found: dict[str, list[str]] = {}
    for each, title in matches:
        # What is only a part of another variable is none.
        if not any(_is_within(each.span(), other) for other in spans):
            titles = found.setdefault(each.group(), [])
            if title not in titles:
                titles.append(title)
    return found


def _is_within(span: tuple[int, int], other: tuple[int, int]) -> bool:
    return span != other and other[0] <= span[0] and span[1] <= other[1]


def forgotten(text: str) -> str:
    """The placeholder in a text that somebody was to put a value in place of; empty where there is none."""
    rest = without(text, managed(text)).strip()
    found = _WHOLE.fullmatch(rest) or _MARKS.search(rest)
    return found.group() if found else ""


def forgotten_in_address(text: str) -> str:
    """The same in what is to be a host name or an address, which many more characters cannot stand in."""
    found = _IN_ADDRESS.search(without(text, managed(text)))
    return forgotten(text) or (found.group() if found else "")


def forgotten_as_secret(text: str) -> bool:
    """Is a secret nothing but a placeholder? Parts of one may look like anything."""
    return _SECRET.fullmatch(text.strip()) is not None


def is_shouted(text: str) -> bool:
    """Does it look like the name of a placeholder, such as VPN_SERVER, although it could be a name in DNS?"""
    return _SHOUTED.fullmatch(text.strip()) is not None


def is_example(text: str) -> bool:
    """Does it look like the name of a server in an example, such as vpn.yourdomain.com, although DNS may have it?"""
    bare = text.strip().removesuffix(".")
    return _EXAMPLE.fullmatch(bare) is not None and _REAL.fullmatch(bare) is None


def stands_in(text: str) -> bool:
    """Is there a placeholder, so that nobody can say what the text will be?"""
    return may_hold(text) and bool(managed(text) or forgotten(text))


def stands_in_address(text: str) -> bool:
    """The same for what is to be a host name or an address."""
    return may_hold(text) and bool(managed(text) or forgotten_in_address(text))


def without(text: str, variables: Iterable[str]) -> str:
    """The text with something plain in place of the variables."""
    for each in variables:
        text = text.replace(each, "x")
    return text
