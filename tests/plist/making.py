"""Documents with one IKEv2 tunnel that has no problem at all, but for what a test asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from profiles.plist.document import Document, PayloadDocument
from profiles.plist.templates.declaration import Declaration, Place, Variable
from profiles.plist.validation.validate import validate

PROFILE_UUID = "0B5E1C1A-8B0D-4B53-9E36-1B9B7F3C2D10"
TUNNEL_UUID = "6F1A3A8E-2A44-4B1E-9A55-6D6B0F7A9C11"
ABSENT = None
"""Given for a key, takes it out of the tunnel."""

TUNNEL: Mapping[str, Any] = {
    "RemoteAddress": "vpn.example.com",
    "RemoteIdentifier": "vpn.example.com",
    "AuthenticationMethod": "None",
    "ExtendedAuthEnabled": 1,
}
WITH_SECRET: Mapping[str, Any] = {
    "AuthenticationMethod": "SharedSecret",
    "SharedSecret": "correct horse battery staple",
    "LocalIdentifier": "alice",
    "ExtendedAuthEnabled": 0,
}
"""Changes the tunnel to one with a pre-shared key."""

Told = tuple[str, str, str]
"""Severity, path and code of a problem."""


def payload(
    ikev2: Mapping[str, Any] | None = None,
    *,
    name: str = "office",
    uuid: str = TUNNEL_UUID,
    unknown: Mapping[str, Any] | None = None,
    top: Mapping[str, Any] | None = None,
) -> PayloadDocument:
    """A tunnel; `ikev2` and `top` go over what it has."""
    inside = {key: value for key, value in {**TUNNEL, **(ikev2 or {})}.items() if value is not ABSENT}
    values = {"UserDefinedName": "Office", "IKEv2": inside, **(top or {})}
    kept = {key: value for key, value in values.items() if value is not ABSENT}
    return PayloadDocument(slug="vpn-ikev2", name=name, uuid=uuid, values=kept, unknown=unknown or {})


def document(
    *payloads: PayloadDocument,
    targets: Mapping[Any, str] | None = None,
    envelope: Mapping[str, Any] | None = None,
) -> Document:
    """A profile with these payloads; `envelope` goes over what it has."""
    base = {"PayloadDisplayName": "Office VPN", "PayloadIdentifier": "com.example.vpn", **(envelope or {})}
    kept = {key: value for key, value in base.items() if value is not ABSENT}
    return Document(uuid=PROFILE_UUID, envelope=kept, targets=targets or {}, payloads=payloads)


def tunnel(*changes: Mapping[str, Any], targets: Mapping[Any, str] | None = None, **ikev2: Any) -> Document:
    """A profile with one tunnel, changed as said: by whole mappings, or by a key each."""
    return document(
        payload({name: v for part in (*changes, ikev2) for name, v in part.items()}), targets=targets
    )


def told(whole: Document) -> list[Told]:
    """Every problem of a document, without its message."""
    return [(problem.severity.value, problem.path, problem.code) for problem in validate(whole)]


def problems(
    *changes: Mapping[str, Any], targets: Mapping[Any, str] | None = None, **ikev2: Any
) -> list[Told]:
    """Every problem of a tunnel changed as said, with paths that start inside IKEv2 where they are inside it."""
    found = told(tunnel(*changes, targets=targets, **ikev2))
    return [(severity, path.removeprefix("IKEv2."), code) for severity, path, code in found]


def sentence(
    code: str, *changes: Mapping[str, Any], targets: Mapping[Any, str] | None = None, **ikev2: Any
) -> str:
    """The message of the one problem with this code."""
    (message,) = (p.message for p in validate(tunnel(*changes, targets=targets, **ikev2)) if p.code == code)
    return message


def template(
    *changes: Mapping[str, Any],
    variables: tuple[Variable, ...] = (),
    locked: Iterable[str] = (),
    asked: Iterable[str] = (),
    envelope: Mapping[str, Any] | None = None,
    **ikev2: Any,
) -> Document:
    """A template with one tunnel, changed as said; `locked` and `asked` are paths inside IKEv2."""
    whole = tunnel(*changes, **ikev2)
    declaration = Declaration(
        variables=variables,
        locked=frozenset(in_tunnel(path) for path in locked),
        asked=frozenset(in_tunnel(path) for path in asked),
    )
    return replace(whole, envelope={**whole.envelope, **(envelope or {})}, declaration=declaration)


def in_tunnel(path: str, uuid: str = TUNNEL_UUID) -> Place:
    """The place of a key of IKEv2."""
    return Place(uuid, f"IKEv2.{path}")
