"""Keys that the device does not look at: what hangs on one setting is told alike, and what says nothing once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from profiles.plist.document import Document, PayloadDocument, Problem
from profiles.plist.imported.source_form import Kept
from profiles.plist.validation.repairs import mended
from profiles.plist.validation.validate import validate
from tests.plist.making import TUNNEL_UUID, WITH_SECRET, document

IDENTITY_UUID = "8A5F0D11-64C2-4C0E-8D6A-2B7C90E4F1A1"
TARGETS = {"iOS": "17.0", "macOS": "14.0"}
RULES = [{"Domains": ["a.example"], "DomainAction": "NeverConnect"}]


def file(ikev2: Mapping[str, Any], **top: Any) -> Document:
    inside = {"RemoteAddress": "a.example", "RemoteIdentifier": "a.example", **WITH_SECRET, **ikev2}
    values = {"UserDefinedName": "Office", "IKEv2": inside, **top}
    part = PayloadDocument(slug="vpn-ikev2", name="office", uuid=TUNNEL_UUID, values=values, kept=Kept())
    return document(part, targets=TARGETS)


def ignored(whole: Document) -> list[Problem]:
    return [each for each in validate(whole) if each.code == "ignored"]


@pytest.mark.parametrize(
    ("whole", "mend"),
    [
        (
            file({}, Proxies={"HTTPProxy": "p.example", "HTTPPort": 80, "HTTPProxyPassword": "p"}),
            "Turn HTTPEnable on",
        ),
        (
            file({}, Proxies={"HTTPSProxy": "p.example", "HTTPSPort": 80, "HTTPSEnable": 0}),
            "Turn HTTPSEnable on",
        ),
        (
            file(
                {
                    "PayloadCertificateUUID": IDENTITY_UUID,
                    "CertificateType": "RSA",
                    "TLSMinimumVersion": "1.2",
                }
            ),
            "Turn ExtendedAuthEnabled on",
        ),
        (file({"DisconnectOnIdleTimer": 600}), "Turn DisconnectOnIdle on"),
        (
            file({"OnDemandRules": [{"Action": "Connect", "ActionParameters": RULES}]}),
            "Set Action to EvaluateConnection",
        ),
        (
            file(
                {},
                DNS={
                    "DNSProtocol": "Cleartext",
                    "ServerAddresses": ["192.0.2.53"],
                    "ServerURL": "https://d.example/",
                },
            ),
            "Set DNSProtocol to HTTPS",
        ),
    ],
    ids=["proxy", "a switch that is off", "identity", "idle", "domain actions", "encrypted DNS"],
)
def test_all_that_hangs_on_one_setting_is_told_alike_and_stays_until_a_person_chooses(
    whole: Document, mend: str
) -> None:
    found = ignored(whole)
    assert found
    assert {each.severity.value for each in found} == {"warning"}
    assert [each.message for each in found if not each.message.endswith(f". {mend}, or remove it.")] == []
    assert [each for each in found if each.fix and each.fix.sure] == []
    assert mended(whole, validate).document.payloads[0].values == whole.payloads[0].values


def test_what_says_what_holds_without_it_is_told_once_as_advice() -> None:
    whole = file(
        {
            "CertificateType": "RSA",
            "TLSMinimumVersion": "1.0",
            "TLSMaximumVersion": "1.2",
            "ExcludeDeviceCommunication": 1,
            "PPKMandatory": 1,
        }
    )
    (found,) = ignored(whole)
    assert (found.severity.value, found.path) == ("advice", "IKEv2.CertificateType")
    assert found.message.startswith(
        "CertificateType, TLSMinimumVersion, TLSMaximumVersion, ExcludeDeviceCommunication and PPKMandatory are "
    )
    after = mended(whole, validate)
    assert "TLSMinimumVersion" not in after.document.payloads[0].values["IKEv2"]
    assert ignored(after.document) == []


def test_a_key_is_not_told_twice_to_be_ignored() -> None:
    places = [each.path for each in validate(file({"ExcludeDeviceCommunication": 0, "PPKMandatory": 0}))]
    assert len(places) == len(set(places))


@pytest.mark.parametrize(("value", "told"), [(0, []), (1, ["unavailable"])])
def test_a_switch_that_is_off_is_the_same_where_it_is_not_known(value: int, told: list[str]) -> None:
    found = validate(file({"EnableFallback": value}))
    assert [each.code for each in found if each.path == "IKEv2.EnableFallback"] == told
