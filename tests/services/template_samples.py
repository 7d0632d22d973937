"""A template to fill in, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from profiles.models import Membership, Profile, Role, Team, User
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.templates.declaration import Declaration, Place, Variable, VariableKind
from profiles.services import profiles, templates
from profiles.services.document_storage import load
from profiles.services.teams import home
from tests.services.samples import valid

PIN: Final = "4711-in-no-column"
PROXY_PASSWORD: Final = "proxy-word-in-no-column"
SHARED_KEY: Final = b"shared-key-in-no-column-and-in-no-page"
SECRETS: Final = (PIN, PROXY_PASSWORD, SHARED_KEY.decode())
"""An answer, a value that was asked for, and one that the template locks."""

ANSWERS: Final[Mapping[str, str]] = {"user": "bob", "domain": "", "pin": PIN, "room": ""}
RULES: Final = [{"Action": "Connect", "SSIDMatch": ["{{user}}-home", "Guest"]}]

VARIABLES: Final = (
    Variable(name="user", label="User name", pattern="[a-z.]+", help="Small letters and dots"),
    Variable(name="domain", label="Domain", kind=VariableKind.HOSTNAME, default="example.com"),
    Variable(name="pin", label="PIN", secret=True),
    Variable(name="room", label="Room", required=False),
)
LOCKED: Final = ("RemoteAddress", "LocalIdentifier", "OnDemandRules", "PPK")
"""Keys of IKEv2 that the template locks: a text, one with variables, a list, and a secret."""

ORGANIZATION: Final = Place("profile", "PayloadOrganization")
"""A key of the envelope that it locks."""

ASKED: Final = ("IKEv2.MTU", "DNS.ServerAddresses", "Proxies.HTTPProxyPassword")
"""Keys that it asks for: a number, a list, and a secret."""


def template_document(*more: PayloadDocument, name: str = "Office VPN") -> Document:
    """A template that anybody can fill in, with variables in texts, in a list and in a key that nobody knows."""
    whole = valid(name=name)
    (tunnel,) = whole.payloads
    values = {
        "UserDefinedName": "Office",
        "IKEv2": {
            **tunnel.values["IKEv2"],
            "AuthName": "{{user}}",
            "AuthPassword": "{{pin}}",
            "LocalIdentifier": "{{ user }}@{{domain}}",
            "OnDemandRules": RULES,
            "PPK": SHARED_KEY,
            "PPKIdentifier": "{{user}}",
        },
        "DNS": {"DNSProtocol": "Cleartext", "ServerAddresses": ["192.0.2.1"]},
        "Proxies": {
            "HTTPEnable": 1,
            "HTTPProxy": "proxy.example.com",
            "HTTPPort": 3128,
            "HTTPProxyUsername": "{{user}}",
        },
    }
    tunnel = replace(tunnel, values=values, unknown={"Vendor": {"Owners": ["{{user}}"]}})
    part = tunnel.uuid.upper()
    declaration = Declaration(
        variables=VARIABLES,
        locked=frozenset({*(Place(part, f"IKEv2.{name}") for name in LOCKED), ORGANIZATION}),
        asked=frozenset(Place(part, path) for path in ASKED),
        summary="For people who travel.",
    )
    return replace(
        whole,
        envelope={**whole.envelope, "PayloadOrganization": "Example", "PayloadDescription": "Room {{room}}"},
        payloads=(tunnel, *more),
        declaration=declaration,
    )


def make_template(
    actor: User,
    *,
    team: Team | None = None,
    document: Document | None = None,
    name: str = "Office VPN",
    visibility: str = "team",
) -> Profile:
    """The template in the database."""
    return profiles.create(
        actor=actor,
        team=team or home(actor),
        document=document or template_document(name=name),
        visibility=visibility,
    )


def fill_in(
    actor: User,
    template: Profile,
    *,
    team: Team | None = None,
    name: str = "",
    values: Mapping[str, Any] | None = None,
    **answers: str,
) -> Profile:
    """A profile made from it; `values` are those of keys of the first payload."""
    declaration = load(template).declaration or Declaration()
    usual = {each.name: ANSWERS[each.name] for each in declaration.variables if each.name in ANSWERS}
    return templates.use(
        actor=actor,
        team=team or home(actor),
        template=template,
        name=name,
        answers=usual | answers,
        values={in_first(template, path): value for path, value in (values or {}).items()},
    )


def in_first(profile: Profile | Document, path: str) -> Place:
    """The place of a key of the first payload."""
    document = load(profile) if isinstance(profile, Profile) else profile
    return Place(document.payloads[0].uuid.upper(), path)


def ikev2(profile: Profile) -> Mapping[str, Any]:
    """What the tunnel of a profile holds now."""
    values: Mapping[str, Any] = load(profile).payloads[0].values["IKEv2"]
    return values


def edited(document: Document, **values: Any) -> Document:
    """The document with values of IKEv2 of its first payload changed; None takes one out."""
    first, *rest = document.payloads
    inside = {**first.values["IKEv2"], **values}
    kept = {name: value for name, value in inside.items() if value is not None}
    return replace(document, payloads=(replace(first, values={**first.values, "IKEv2": kept}), *rest))


def save(actor: User, profile: Profile, document: Document | None = None, **values: Any) -> Profile:
    """Store the document, or the stored one with values of IKEv2 changed, as the next revision."""
    profile.refresh_from_db()
    return profiles.save(
        actor=actor,
        profile_id=profile.pk,
        document=document or edited(load(profile), **values),
        base_revision=profile.revision,
    )


def declared(document: Document, **changes: Any) -> Document:
    """The template with parts of its declaration changed."""
    return replace(document, declaration=replace(document.declaration or Declaration(), **changes))


def join(team: Team, user: User, role: Role) -> User:
    """Make somebody a member; their own team stays the one that they look at first."""
    home(user)
    Membership.objects.create(team=team, user=user, role=role)
    return user
