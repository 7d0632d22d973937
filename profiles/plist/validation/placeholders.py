"""Placeholders that reach the device as they stand: the designer's own, those of a device management, forgotten ones.

Of a secret only that is told, unless the placeholder is all there is in it: then it is none yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from profiles.catalogue import placeholders, wording
from profiles.catalogue.citations import own, report, server
from profiles.catalogue.effect_text import line
from profiles.catalogue.findings import Diagnostic, Finding, Severity
from profiles.catalogue.keys.scalars import MALFORMED
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.rules.addresses import SERVER, UNFILLED_PLACEHOLDER
from profiles.catalogue.rules.names import NOT_A_WEB_ADDRESS, NOT_AN_ADDRESS
from profiles.catalogue.shape import escaped
from profiles.catalogue.values import MAX_DEPTH
from profiles.plist import secrets
from profiles.plist.document import Document, Problem
from profiles.plist.imported.source_form import IDENTIFIER, UUID, Kept
from profiles.plist.templates import variables
from profiles.plist.templates.declaration import Declaration

OWN_PLACEHOLDER: Final = Diagnostic(
    "own-placeholder",
    Severity.WARNING,
    "A variable of a template stands in a profile that is none",
    why="Variables are filled in when a profile is made from a template. In a profile that is no template {{name}} "
    "reaches the device as it stands.",
    mend="Write the value in its place, or save the profile as a template that declares the variable.",
    sources=(own("variables are filled in from templates alone"),),
)
MDM_PLACEHOLDER: Final = Diagnostic(
    "mdm-placeholder",
    Severity.ADVICE,
    "A variable of a device management stands in a text",
    why="Products for device management put a value in its place when they deliver the profile. By any other way, and "
    "in a signed file, it reaches the device as it stands.",
    mend="Hand the profile out by that product alone, unsigned, or write the value in its place.",
    sources=(
        server("Fleet: variables in configuration profiles"),
        server("Jamf Pro: payload variables for configuration profiles"),
        server("Kandji: global variables"),
        server("Microsoft Intune: variables in app configuration and custom profiles"),
        server("Zentral: substitute_variables in zentral/contrib/mdm/payloads.py"),
        server(
            "IBM MaaS360: default attributes",
            "https://www.ibm.com/docs/en/SS8H2S/com.ibm.mc.doc/pag_source/concepts/default_attributes.htm",
        ),
        server(
            "ManageEngine Mobile Device Manager Plus: e-mail payload",
            "https://www.manageengine.com/mobile-device-management/help/api/cloud/ios-add-email-payload-ios.html",
        ),
        server(
            "Sophos Mobile: placeholders in policies",
            "https://doc.sophos.com/central/Mobile/help_ixm/en-us/AdminHelp/Policies/Placeholders/",
        ),
        server(
            "Citrix Endpoint Management: macro syntax",
            "https://docs.citrix.com/es-es/device-manager/xmob-dm-intro-wrapper-con-85/xmob-manage-server-admin-wrapper-con/"
            "xmob-dm-macros-configure-wrapper-con/xmob-dm-macros-defining-prop-names-con.html",
        ),
        server(
            "Ivanti EPMM: variables in key-value pairs of Email+",
            "https://help.ivanti.com/mi/help/en_US/EML/4.x.x/gdi/EmailPlusiOSGuide/Key_value_pairs_for_cust.htm",
        ),
        report("fleetdm/fleet", 28636),
    ),
)

BY_FORM: Final = frozenset({MALFORMED.code, NOT_AN_ADDRESS.code, NOT_A_WEB_ADDRESS.code})
"""Codes that only make sense where it is known what a text will be: a likely value for a variable is no address."""

_BRACED: Final = re.compile(r"\{\{[^{}]*\}\}")


def open_places(document: Document) -> frozenset[tuple[str, str]]:
    """Part and path of the texts of a template of which nobody can say what they will be."""
    declaration = document.declaration or Declaration()
    told = {variable.name for variable in declaration.variables if variable.default}
    return frozenset(
        place for name, places in variables.uses(document).items() if name not in told for place in places
    )


def problems(document: Document) -> Iterator[Problem]:
    """Every placeholder of a document; of a template, whose variables are its own, only those that somebody forgot."""
    template = document.declaration is not None
    for (name, payload, values), kept in zip(document.parts(), document.kept_parts(), strict=True):
        yield from (Problem(name, each) for each in _in_names(kept)) if kept else ()
        suspects = [*_suspects(payload.flat(values))] if _may_hold(values, 0) else []
        hidden = _hidden(payload, values) if suspects else frozenset()
        for path, text in suspects:
            found = (
                _in_secret if _is_inside(path, hidden) else _in_address if _names_server(path) else _in_text
            )
            yield from (Problem(name, each) for each in found(path, text, template))
    for part in document.payloads:
        for path, text in _suspects({escaped(key): value for key, value in part.unknown.items()}):
            yield from (Problem(part.name, each) for each in _in_secret(path, text, template))


def _in_names(kept: Kept) -> Iterator[Finding]:
    """The same of what a file calls a part; variables of a template are not filled in there."""
    for key in (UUID, IDENTIFIER):
        text = kept.values.get(key)
        if isinstance(text, str) and placeholders.may_hold(text):
            yield from _told_managed(key, text)
            if found := placeholders.forgotten(text):
                yield _told_forgotten(key, found)


def _suspects(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Path and text of those texts in which there may be a placeholder."""
    for path, value in values.items():
        yield from (found for found in _texts(value, str(path), 0) if placeholders.may_hold(found[1]))


def _hidden(payload: Payload, values: Mapping[str, Any]) -> frozenset[str]:
    """The paths of what is secret, or may be."""
    return frozenset(secrets.path_of(place) for place, _ in secrets.split(payload, values)[1])


def _is_inside(path: str, places: frozenset[str]) -> bool:
    return path in places or any(path.startswith((f"{place}.", f"{place}[")) for place in places)


def _names_server(path: str) -> bool:
    return path.rpartition(".")[2] == SERVER


def _in_text(path: str, text: str, template: bool) -> Iterator[Finding]:
    """What there is to say of a text that is no secret."""
    own = _own(text)
    if not template:
        yield from _told_own(path, own)
        yield from _told_managed(path, text)
    if found := placeholders.forgotten(_beside(text, own, template)):
        yield _told_forgotten(path, found)


def _in_address(path: str, text: str, template: bool) -> Iterator[Finding]:
    """The same of the address of a server, to which nothing connects while a placeholder stands there."""
    own = _own(text)
    if own and not template:
        one = len(own) == 1
        yield UNFILLED_PLACEHOLDER.at(
            path,
            f"{wording.listed(map(line, own), 'and')} {'is a variable' if one else 'are variables'} of a template, and "
            "this profile is none, so there is no server of that name. Write the name or the address of the server, or "
            "save the profile as a template.",
        )
    elif found := placeholders.forgotten_in_address(_beside(text, own, template)):
        yield UNFILLED_PLACEHOLDER.at(
            path,
            f"“{line(found)}” looks like a placeholder that nobody filled in, and there is no server of that name. "
            "Write the name or the address of the server.",
        )
    elif not template:
        yield from _told_managed(path, text)


def _in_secret(path: str, text: str, template: bool) -> Iterator[Finding]:
    """The same of a secret, without a word of it unless it is nothing but a variable."""
    own, managed = _own(text), placeholders.managed(text)
    bare = text.strip()
    if not template and (own or managed):
        if bare in own or bare in managed:
            yield from _told_own(path, own)
            yield from _told_managed(path, text)
        elif own:
            yield OWN_PLACEHOLDER.at(
                path,
                "A variable of a template stands in this text, and reaches the device as it stands, since this profile "
                "is no template. Write the value in its place, or save it as a template.",
            )
        else:
            yield MDM_PLACEHOLDER.at(
                path,
                "Something in this text looks like a variable that a device management fills in. Make sure that it is "
                "meant so, or write the value in its place.",
            )
    elif not own and not managed and placeholders.forgotten_as_secret(text):
        yield UNFILLED_PLACEHOLDER.at(
            path,
            "The text looks like a placeholder that nobody filled in. Write the value in its place.",
            severity=Severity.WARNING,
        )


def _own(text: str) -> list[str]:
    """The variables of a template in a text, as they are written, that no device management has."""
    known = placeholders.managed(text)
    return [
        each for each in dict.fromkeys(_BRACED.findall(text)) if variables.lone(each) and each not in known
    ]


def _beside(text: str, own: Iterable[str], template: bool) -> str:
    """The text with something plain in place of its variables; what looks like one of a template is told there."""
    return placeholders.without(_BRACED.sub("x", text) if template else text, own)


def _told_own(path: str, own: list[str]) -> Iterator[Finding]:
    if not own:
        return
    others = {placeholders.EVERYDAY.get(variables.lone(each).casefold(), "") for each in own} - {""}
    unless = f" unless {wording.listed(sorted(others))} fills it in" if others else ""
    yield OWN_PLACEHOLDER.at(
        path,
        f"{wording.listed(map(line, own), 'and')} reach{'es' if len(own) == 1 else ''} the device as "
        f"{'it stands' if len(own) == 1 else 'they stand'}{unless}, since this profile is no template. Write the value "
        "in its place, or save it as a template.",
    )


def _told_managed(path: str, text: str) -> Iterator[Finding]:
    found = placeholders.managed(text)
    for titles in dict.fromkeys(map(tuple, found.values())):
        these = [line(each) for each, of in found.items() if tuple(of) == titles]
        one = len(these) == 1
        yield MDM_PLACEHOLDER.at(
            path,
            f"{wording.listed(these, 'and')} {'is' if one else 'are'} filled in by {wording.listed(titles)} alone. "
            f"Write the value{'' if one else 's'} in {'its' if one else 'their'} place if the profile goes another "
            "way.",
        )


def _told_forgotten(path: str, found: str) -> Finding:
    return UNFILLED_PLACEHOLDER.at(
        path,
        f"“{line(found)}” looks like a placeholder that nobody filled in. Write the value in its place.",
        severity=Severity.WARNING,
    )


def _may_hold(value: Any, depth: int) -> bool:
    """Could there be a placeholder in any text in `value`? Asked before anything is made flat."""
    if isinstance(value, str):
        return placeholders.may_hold(value)
    if depth > MAX_DEPTH or not isinstance(value, list | Mapping):
        return False
    items = value if isinstance(value, list) else value.values()
    return any(_may_hold(item, depth + 1) for item in items)


def _texts(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Path and text of each text in `value`, as deep as can be written."""
    if depth > MAX_DEPTH:
        return
    match value:
        case str():
            yield path, value
        case list():
            for index, item in enumerate(value):
                yield from _texts(item, f"{path}[{index}]", depth + 1)
        case Mapping():
            for name, item in value.items():
                yield from _texts(item, f"{path}.{escaped(name)}", depth + 1)
