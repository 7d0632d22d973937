"""What a file has otherwise than Apple documents it is offered to be put right, and left alone until then."""

from __future__ import annotations

import base64
import plistlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from profiles.catalogue.payloads.certificate import EXAMPLE_ROOT
from profiles.plist.build import build, property_list
from profiles.plist.diff.change import SECRET
from profiles.plist.document import Document
from profiles.plist.reading.read import read
from profiles.plist.validation.repairs import Repair, repaired, repairs
from profiles.plist.validation.validate import validate
from profiles.services.certificate_evidence import check
from tests.plist import wild
from tests.plist.exactness import differences
from tests.plist.making import document, payload
from tests.plist.trees import identity, tree, vpn

DER = base64.b64decode(EXAMPLE_ROOT)
PEM = b"-----BEGIN CERTIFICATE-----\r\n" + base64.encodebytes(DER) + b"-----END CERTIFICATE-----\r\n"


def offers(found: Document) -> list[Repair]:
    """What can be put right of how a file is written; what rules would mend has tests of its own."""
    written = {"other-type", "wrong-type", "empty", "empty-item", "other-encoding", "left-out", "odd-version"}
    shared = {"duplicate-uuid", "duplicate-identifier", "malformed"}
    return [each for each in repairs(found, check(found)) if each.problem.code in written | shared]


def offered(given: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Code, before and after by path."""
    return {each.path: (each.problem.code, each.before, each.after) for each in offers(read(given))}


def put_right(found: Document, *paths: str) -> dict[str, Any]:
    """The property list with what is at these paths put right."""
    chosen = [each.id for each in offers(found) if each.path in paths]
    assert len(chosen) == len(paths)
    written: dict[str, Any] = plistlib.loads(build(repaired(found, offers(found), chosen)))
    return written


def complete(**ikev2: Any) -> dict[str, Any]:
    """A tunnel of which nothing but what is given is odd."""
    return vpn({"RemoteAddress": "a", "LocalIdentifier": "", "ExtendedAuthEnabled": 0, **ikev2})


@pytest.mark.parametrize(
    ("name", "written", "told", "meant"),
    [
        ("DisableMOBIKE", True, ("true (boolean)", "1 (integer)"), 1),
        ("DisableMOBIKE", False, ("false (boolean)", "0 (integer)"), 0),
        ("MTU", 1400.0, ("1400.0 (real)", "1400 (integer)"), 1400),
        ("MTU", "1400", ("'1400' (string)", "1400 (integer)"), 1400),
        ("EnforceRoutes", "1", ("'1' (string)", "1 (integer)"), 1),
        ("AuthName", "", ("'' (string)", "not there"), None),
        ("OnDemandRules", [], ("(array)", "not there"), None),
        ("IKESecurityAssociationParameters", {}, ("(dictionary)", "not there"), None),
    ],
)
def test_a_value_is_offered_as_it_was_meant(
    name: str, written: Any, told: tuple[str, str], meant: Any
) -> None:
    given = tree(complete(**{name: written}))
    ((path, (_, *texts)),) = offered(given).items()
    assert (path, tuple(texts)) == (f"IKEv2.{name}", told)
    after = put_right(read(given), path)["PayloadContent"][0]["IKEv2"]
    wanted = complete(**({} if meant is None else {name: meant}))["IKEv2"]
    assert differences(after, wanted) == []


def test_groups_that_are_texts_become_numbers_each_by_itself() -> None:
    given = tree(complete(IKESecurityAssociationParameters={"DiffieHellmanGroup": "14"}, MTU="1400"))
    path = "IKEv2.IKESecurityAssociationParameters.DiffieHellmanGroup"
    after = put_right(read(given), path)["PayloadContent"][0]["IKEv2"]
    assert after["IKESecurityAssociationParameters"] == {"DiffieHellmanGroup": 14}
    assert after["MTU"] == "1400"


def test_inside_lists_each_item_is_offered_and_the_others_stay() -> None:
    asked = [
        {"DomainAction": "ConnectIfNeeded", "Domains": ["a.example"], "RequiredDNSServers": servers}
        for servers in (["", "10.0.0.53", ""], [""])
    ]
    rules = [{"Action": "EvaluateConnection", "ActionParameters": asked}]
    given = tree(complete(OnDemandRules=rules))
    servers = [f"IKEv2.OnDemandRules[0].ActionParameters[{number}].RequiredDNSServers" for number in (0, 1)]
    assert {*offered(given)} == {f"{servers[0]}[0]", f"{servers[0]}[2]", f"{servers[1]}[0]"}
    after = put_right(read(given), f"{servers[0]}[0]", f"{servers[1]}[0]")
    (rule,) = after["PayloadContent"][0]["IKEv2"]["OnDemandRules"]
    assert [each.get("RequiredDNSServers") for each in rule["ActionParameters"]] == [["10.0.0.53", ""], None]


def test_a_condition_that_names_nothing_is_not_taken_away() -> None:
    given = tree(complete(OnDemandRules=[{"Action": "Connect", "SSIDMatch": []}]))
    assert offered(given) == {}


def test_an_empty_text_that_means_something_is_not_offered() -> None:
    assert offered(tree(complete(), DNS=None)) == {}
    domains = vpn(
        complete()["IKEv2"], DNS={"ServerAddresses": ["10.0.0.1"], "SupplementalMatchDomains": [""]}
    )
    assert offered(tree(domains)) == {}


def test_pem_in_data_is_offered_as_der_where_devices_want_that() -> None:
    def certificate(kind: str) -> dict[str, Any]:
        return {
            "PayloadType": kind,
            "PayloadVersion": 1,
            "PayloadUUID": "11111111-2222-3333-4444-555555555555",
            "PayloadIdentifier": "com.example.certificate",
            "PayloadContent": PEM,
        }

    given = tree(certificate("com.apple.security.root"))
    code, before, _ = offered(given)["PayloadContent"]
    assert (code, before) == ("other-encoding", f"{len(PEM):,} bytes (data)")
    assert put_right(read(given), "PayloadContent")["PayloadContent"][0]["PayloadContent"] == DER
    assert offered(tree(certificate("com.apple.security.pem"))) == {}


def test_what_a_payload_says_of_itself_is_offered_where_it_is_odd() -> None:
    first = complete()
    second = {**complete(), "PayloadUUID": first["PayloadUUID"].lower(), "PayloadVersion": 1.0}
    third = {
        name: value for name, value in complete().items() if name not in ("PayloadUUID", "PayloadVersion")
    }
    found = read(tree(first, second, third, PayloadUUID="profile"))
    told = [(each.name, each.path, each.problem.code) for each in offers(found)]
    # A UUID that is none stays: devices take it, and a changed one sets the profile up anew.
    assert told == [
        ("vpn-ikev2-2", "PayloadUUID", "duplicate-uuid"),
        ("vpn-ikev2-2", "PayloadIdentifier", "duplicate-identifier"),
        ("vpn-ikev2-3", "PayloadIdentifier", "duplicate-identifier"),
        ("vpn-ikev2-2", "PayloadVersion", "odd-version"),
        ("vpn-ikev2-3", "PayloadVersion", "left-out"),
        ("vpn-ikev2-3", "PayloadUUID", "left-out"),
    ]
    after = repaired(found, offers(found), [each.id for each in offers(found)])
    assert offers(after) == []
    written = property_list(after)
    parts = [written, *written["PayloadContent"]]
    assert len({part["PayloadUUID"].upper() for part in parts}) == 4
    assert len({part["PayloadIdentifier"] for part in parts}) == 4
    assert [part["PayloadVersion"] for part in parts] == [1, 1, 1, 1]
    assert not {"duplicate-uuid", "duplicate-identifier"} & {problem.code for problem in validate(after)}


def test_references_follow_a_uuid_that_is_put_right() -> None:
    tunnel = complete(PayloadCertificateUUID="My-Identity", AuthName="my-identity")
    found = read(tree(tunnel, {**identity(), "PayloadUUID": 5}, identity(PayloadIdentifier="com.example.b")))
    written = put_right(found, "PayloadUUID")["PayloadContent"]
    assert written[0]["IKEv2"]["PayloadCertificateUUID"] == "My-Identity"
    assert (written[1]["PayloadUUID"], written[2]["PayloadUUID"]) != (5, "my-identity")
    assert written[0]["IKEv2"]["AuthName"] == "my-identity"


def test_what_is_left_out_is_put_in_where_it_is_missing() -> None:
    tunnels = [{"ProtocolType": "IKEv2", "Interfaces": ["WiFi"], "ExtendedAuthEnabled": 0}]
    given = tree(vpn(None, VPNType="AlwaysOn", AlwaysOn={"TunnelConfigurations": tunnels}))
    path = "AlwaysOn.TunnelConfigurations[0].LocalIdentifier"
    assert offered(given)[path] == ("left-out", "not there", "'' (string)")
    after = put_right(read(given), path)["PayloadContent"][0]["AlwaysOn"]
    assert after == {"TunnelConfigurations": [tunnels[0] | {"LocalIdentifier": ""}]}


def test_a_secret_is_told_by_its_type_alone() -> None:
    assert offered(tree(complete(AuthPassword=12345))) == {}
    told = offered(tree(complete(SharedSecret=b"hush", AuthenticationMethod="SharedSecret")))
    assert told["IKEv2.SharedSecret"] == ("wrong-type", f"{SECRET} (data)", f"{SECRET} (string)")
    (each,) = offers(read(tree(complete(SharedSecret="", Password="hush"))))
    assert "hush" not in str(each)


def test_what_was_made_here_has_nothing_to_put_right() -> None:
    made = document(payload({"AuthName": "", "OnDemandRules": []}))
    assert offers(made) == []
    assert repaired(made, offers(made), ["office/empty/IKEv2.AuthName"]) == made


@settings(max_examples=80, deadline=None, suppress_health_check=[*HealthCheck])
@given(wild.profiles())
def test_whatever_is_put_right_is_put_right_once_and_changes_nothing_else(given: dict[str, Any]) -> None:
    found = read(given)
    told = offers(found)
    assert len({each.id for each in told}) == len(told)
    assert differences(property_list(repaired(found, offers(found), [])), given) == []
    after = repaired(found, offers(found), [each.id for each in told])
    left = {each.id for each in offers(after)}
    # What stood behind an item that went has moved up, and is offered for what is left of it.
    assert not {each.id for each in told if "[" not in each.path} & left
    build(after)


def test_a_repair_is_chosen_by_where_it_stands() -> None:
    (each,) = offers(read(tree(complete(MTU="1400"))))
    assert each.id == "11111111-2222-3333-4444-000000000001/wrong-type/IKEv2.MTU"


def test_each_payload_that_shares_a_name_with_an_earlier_one_tells_how_many_do() -> None:
    found = read(tree(*(vpn({}, PayloadIdentifier=f"com.example.{number}") for number in range(3))))
    shared = [problem for problem in validate(found) if problem.code == "duplicate-uuid"]
    assert [problem.payload for problem in shared] == [part.name for part in found.payloads[1:]]
    assert {problem.message.partition(" share")[0] for problem in shared} == {"3 payloads"}


def test_the_first_of_two_that_are_called_alike_keeps_the_references() -> None:
    other = identity(b"other", PayloadIdentifier="com.example.other")
    found = read(tree(identity(b"first"), other, complete(PayloadCertificateUUID="my-identity")))
    first, _, tunnel = put_right(found, "PayloadUUID")["PayloadContent"]
    assert tunnel["IKEv2"]["PayloadCertificateUUID"] == first["PayloadUUID"]


@pytest.mark.parametrize(
    ("name", "written", "meant", "label"),
    [
        ("MTU", "1300", 1300, "Write 1300 as an integer"),
        ("MTU", 1300.0, 1300, "Write 1300 as an integer"),
        ("EnablePFS", False, 0, "Write 0 as an integer"),
        ("OnDemandRules", {"Action": "Connect"}, [{"Action": "Connect"}], "Write it as an array"),
    ],
)
def test_a_fix_of_a_type_says_what_it_writes(name: str, written: Any, meant: Any, label: str) -> None:
    found = read(tree(complete(**{name: written})))
    (offer,) = offers(found)
    assert offer.fix.label == label
    after = put_right(found, f"IKEv2.{name}")
    assert after["PayloadContent"][0]["IKEv2"][name] == meant


def test_a_lone_name_becomes_a_list_of_it_in_a_rule() -> None:
    found = read(tree(complete(OnDemandRules=[{"Action": "Connect", "SSIDMatch": "Office"}])))
    after = put_right(found, "IKEv2.OnDemandRules[0].SSIDMatch")
    assert after["PayloadContent"][0]["IKEv2"]["OnDemandRules"] == [
        {"Action": "Connect", "SSIDMatch": ["Office"]}
    ]


def test_a_tunnel_that_stands_alone_becomes_a_list_and_shows_no_secret() -> None:
    tunnel = {"ProtocolType": "IKEv2", **complete()["IKEv2"], "SharedSecret": "hush hush"}
    given = {**vpn(None), "VPNType": "AlwaysOn", "AlwaysOn": {"TunnelConfigurations": tunnel}}
    (offer,) = (each for each in offers(read(tree(given))) if each.path == "AlwaysOn.TunnelConfigurations")
    assert (offer.before, offer.after) == ("a secret (dictionary)", "a secret (array)")
    assert "hush" not in offer.label + offer.problem.message
