"""An identity in the profile: com.apple.security.pkcs12."""

from __future__ import annotations

from collections.abc import Iterator

from profiles.catalogue.effect_text import PROOF, called
from profiles.catalogue.evidence import Source
from profiles.catalogue.groups.shared import about, keychain
from profiles.catalogue.keys import Pkcs12, Text
from profiles.catalogue.payload_type import Example, Group, Payload
from profiles.catalogue.rules import certificates
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import Availability, only_macos

IDENTITY = Group(
    "identity",
    title="Identity",
    help="A private key and its certificate, with which the device signs in.",
    keys=(
        Pkcs12(
            "PayloadContent",
            label="Identity",
            help="A PKCS #12 file with one private key and its certificate, from the certificates library.",
            required=True,
            password="Password",  # noqa: S106 — the path of a key
            file_name="PayloadCertificateFileName",
            title="PayloadDisplayName",
        ),
        Text(
            "Password",
            compared=False,
            label="Password of the file",
            help="Opens the file on the device; in the profile it is as secret as the profile.",
            secret=True,
            default_note="The device asks",
        ),
        Text(
            "PayloadCertificateFileName",
            label="File name",
            help="How the device calls the file.",
            placeholder="alice.p12",
        ),
        *keychain(extractable=only_macos("10.15"), apps=only_macos("10.10")),
    ),
)


def _effects(scope: Scope) -> Iterator[str]:
    title, file_name = map(scope.values.get, ("PayloadDisplayName", "PayloadCertificateFileName"))
    yield f"Adds {called('identity', scope.own and scope.own.title, title, file_name)}, {PROOF}."
    if not scope.is_set("Password"):
        yield "You will be asked for its password."


PAYLOAD = Payload(
    slug="identity-pkcs12",
    payload_type="com.apple.security.pkcs12",
    title="Identity (PKCS #12)",
    summary="A certificate with its private key, in the profile itself.",
    available=Availability(iOS="4.0", macOS="10.7", tvOS="9.0", visionOS="1.0", watchOS="3.0"),
    provides="identity",
    source=Source("pkcs12", content="PayloadContent", password="Password"),  # noqa: S106 — the path of a key
    groups=(IDENTITY, about()),
    effects=_effects,
    rules=(
        certificates.ContentFaults("PayloadContent"),
        certificates.PasswordOfFile("Password"),
        certificates.ValidIdentity("PayloadContent"),
        certificates.ClientPurpose("PayloadContent"),
    ),
    examples=(
        Example(
            "A file whose password is in the profile",
            {
                "PayloadContent": b"0\x82 a PKCS #12 file",
                "Password": "p & q",
                "PayloadCertificateFileName": "alice.p12",
                "PayloadDisplayName": "alice",
            },
            {"iOS": "17.0", "macOS": "14.0"},
        ),
        Example(
            "The device asks for the password",
            {"PayloadContent": b"0\x82 a PKCS #12 file", "KeyIsExtractable": False},
            {"macOS": "14.0"},
        ),
    ),
)
