"""The address of a server and what both ends call themselves: what is refused, and what next to it is fine."""

from __future__ import annotations

from typing import Any

import pytest

from profiles.catalogue.fixes import Change
from profiles.plist.document import PayloadDocument, Problem
from profiles.plist.templates.declaration import Variable, VariableKind
from profiles.plist.validation.repairs import repaired, repairs
from profiles.plist.validation.validate import validate
from tests.plist.making import TUNNEL, Told, document, payload, problems, sentence, template, told, tunnel

MALFORMED: dict[str, str] = {
    "https://vpn.example.com/": "vpn.example.com",
    "https://vpn.example.com:4500/": "vpn.example.com",
    "vpn.example.com:4500": "vpn.example.com",
    "vpn.example.com/vpn": "vpn.example.com",
    " vpn.example.com": "vpn.example.com",
    "vpn.example.com\n": "vpn.example.com",
    "\ufeffvpn.example.com": "vpn.example.com",
    "203.0.113.5/32": "203.0.113.5",
    "[2001:db8::1]": "2001:db8::1",
    "[2001:db8::1]:500": "2001:db8::1",
    "203.0.113.0/24": "",
    "vpn example com": "",
    "*.example.com": "",
    "vpn1.example.com,vpn2.example.com": "",
    "@vpn.example.com": "",
    "vpn..example.com": "",
    "10.0.0.256": "",
    "vpn.example.com!": "",
    "“vpn.example.com”": "",
    "   ": "",
}
"""Addresses to which nothing connects, with what was meant, as far as that is certain."""


def in_always_on(**changes: Any) -> PayloadDocument:
    """A tunnel of Always On, changed as said."""
    inside = {**TUNNEL, "ProtocolType": "IKEv2", "LocalIdentifier": "alice", **changes}
    values = {"UserDefinedName": "Always", "AlwaysOn": {"TunnelConfigurations": [inside]}}
    return PayloadDocument(slug="vpn-always-on", name="always", uuid="1" * 8, values=values)


def about_address(address: str) -> Problem:
    """The one problem at the address of a server."""
    (found,) = (p for p in validate(tunnel(RemoteAddress=address)) if p.path == "IKEv2.RemoteAddress")
    return found


@pytest.mark.parametrize("address", MALFORMED)
def test_nothing_connects_to_an_address_with_something_around_it(address: str) -> None:
    found = about_address(address)
    assert (found.severity.value, found.code) == ("error", "address-malformed")
    meant = MALFORMED[address]
    changes = found.fix.changes if found.fix else ()
    assert changes == ((Change("IKEv2.RemoteAddress", address, meant),) if meant else ())


@pytest.mark.parametrize("address", [address for address, meant in MALFORMED.items() if meant])
def test_the_fix_leaves_a_host_that_is_fine(address: str) -> None:
    whole = tunnel(RemoteAddress=address)
    offered = repairs(whole, validate(whole))
    mended = repaired(whole, offered, [each.id for each in offered])
    assert mended.payloads[0].values["IKEv2"]["RemoteAddress"] == MALFORMED[address]
    assert "address-malformed" not in [problem.code for problem in validate(mended)]


@pytest.mark.parametrize("address", MALFORMED)
def test_a_tunnel_of_always_on_is_judged_alike(address: str) -> None:
    found = [problem for problem in validate(document(in_always_on(RemoteAddress=address))) if problem.fix]
    path = "AlwaysOn.TunnelConfigurations[0].RemoteAddress"
    errors = [(p.path, p.code) for p in validate(document(in_always_on(RemoteAddress=address)))]
    assert (path, "address-malformed") in errors
    fixes = [change for problem in found for change in (problem.fix.changes if problem.fix else ())]
    assert [change.path for change in fixes if change.path == path] == ([path] if MALFORMED[address] else [])


@pytest.mark.parametrize(
    "address",
    [
        "vpn.example.com",
        "vpn",
        "vpn.local",
        "VPN.Example.COM",
        "vpn.example.com.",
        "192.168.1.10",
        "2001:db8::1",
        "fe80::1%en0",
        "xn--bcher-kva.example",
        "1.vpn.example.com",
    ],
)
def test_host_names_and_addresses_are_fine(address: str) -> None:
    assert problems(RemoteAddress=address, RemoteIdentifier=address) == []


@pytest.mark.parametrize(
    ("address", "severity"),
    [
        ("10.1", "warning"),
        ("010.0.0.1", "warning"),
        ("vpn_1.example.com", "advice"),
        ("-vpn.example.com", "advice"),
    ],
)
def test_what_some_systems_resolve_is_no_error(address: str, severity: str) -> None:
    assert problems(RemoteAddress=address, RemoteIdentifier=address) == [
        (severity, "RemoteAddress", "address-malformed")
    ]


def test_a_name_in_other_letters_is_told_wherever_it_stands_and_written_alike() -> None:
    whole = tunnel(RemoteAddress="vpn.bücher.example", RemoteIdentifier="vpn.bücher.example")
    assert told(whole) == [
        ("warning", "IKEv2.RemoteAddress", "address-malformed"),
        ("warning", "IKEv2.RemoteIdentifier", "identity-form"),
    ]
    offered = repairs(whole, validate(whole))
    mended = repaired(whole, offered, [each.id for each in offered])
    assert told(mended) == []
    assert {mended.payloads[0].values["IKEv2"][name] for name in ("RemoteAddress", "RemoteIdentifier")} == {
        "vpn.xn--bcher-kva.example"
    }


@pytest.mark.parametrize("identity", ["gw.müller.example", "straße.example"])
def test_an_identity_in_other_letters_is_a_warning(identity: str) -> None:
    found = [p for p in validate(tunnel(RemoteIdentifier=identity)) if p.code == "identity-form"]
    assert [p.severity.value for p in found] == ["warning"]
    assert "xn--" in found[0].message


@pytest.mark.parametrize(
    "address",
    [
        *("localhost", "LocalHost", "localhost.", "vpn.localhost", "localhost.localdomain"),
        *("127.0.0.1", "127.3.2.1", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"),
    ],
)
def test_a_server_is_not_the_device_itself(address: str) -> None:
    found = about_address(address)
    assert (found.severity.value, found.code) == ("warning", "address-loopback")
    always = validate(document(in_always_on(RemoteAddress=address)))
    assert "address-loopback" in [p.code for p in always]


@pytest.mark.parametrize("address", ["localhost.example.com", "128.0.0.1", "::2", "localhosts", "10.0.0.1"])
def test_what_looks_like_the_device_itself_may_be_a_server(address: str) -> None:
    assert problems(RemoteAddress=address, RemoteIdentifier=address) == []


def test_a_name_in_other_letters_is_offered_in_those_of_dns() -> None:
    found = about_address("vpn.bücher.example")
    assert found.fix is not None
    assert found.fix.changes[0].after == "vpn.xn--bcher-kva.example"
    # There is more than one way to write this one.
    assert about_address("faß.example").fix is None


@pytest.mark.parametrize(
    "placeholder",
    [
        "${SERVER}",
        "$SERVER",
        "$SERVER.example.com",
        "##server##",
        "{{ host }}",
        "vpn-{{site}}.example.com",
        "{{ item.host }}",
        "<%= host %>",
        "%SERVER%",
        "REPLACE_ME",
        "CHANGE_ME",
        "changeme",
        "YOUR_SERVER",
        "your_server_ip",
        "SERVER_ADDRESS_HERE",
        "<server>",
        "[SERVER]",
        "__SERVER__",
        "@@SERVER@@",
    ],
)
def test_a_placeholder_that_nobody_filled_in_is_told_as_that(placeholder: str) -> None:
    found = about_address(placeholder)
    assert (found.severity.value, found.code) == ("error", "unfilled-placeholder")
    always = [
        (p.severity.value, p.path, p.code)
        for p in validate(document(in_always_on(RemoteAddress=placeholder)))
    ]
    path = "AlwaysOn.TunnelConfigurations[0].RemoteAddress"
    assert [each for each in always if each[1] == path] == [("error", path, "unfilled-placeholder")]


def test_a_name_in_capitals_may_be_one_after_all() -> None:
    assert problems(RemoteAddress="VPN_GATEWAY", RemoteIdentifier="VPN_GATEWAY") == [
        ("warning", "RemoteAddress", "unfilled-placeholder")
    ]


@pytest.mark.parametrize("variable", ["$FLEET_VAR_HOST_UUID", "%AssetTag%.example.com", "{{mail}}"])
def test_what_a_device_management_fills_in_is_no_error(variable: str) -> None:
    found = about_address(variable)
    assert (found.severity.value, found.code) == ("advice", "mdm-placeholder")


def test_a_variable_stands_for_a_host_in_a_template() -> None:
    for kind in (VariableKind.TEXT, VariableKind.HOSTNAME):
        variable = Variable(name="server", kind=kind)
        whole = template(RemoteAddress="{{server}}", RemoteIdentifier="{{server}}", variables=(variable,))
        assert told(whole) == []
    wrong = template(RemoteAddress="https://{{server}}/", variables=(Variable(name="server"),))
    assert ("error", "IKEv2.RemoteAddress", "address-malformed") in told(wrong)
    forgotten = template(RemoteAddress="${SERVER}")
    assert ("error", "IKEv2.RemoteAddress", "unfilled-placeholder") in told(forgotten)


@pytest.mark.parametrize("name", ["RemoteIdentifier", "ServerCertificateCommonName"])
@pytest.mark.parametrize(
    ("value", "severity", "meant"),
    [
        ("https://vpn.example.com/", "warning", "vpn.example.com"),
        ("vpn.example.com:4500", "warning", "vpn.example.com"),
        ("203.0.113.5/32", "warning", "203.0.113.5"),
        ("[2001:db8::1]", "warning", "2001:db8::1"),
        ("*.example.com", "advice", ""),
        ("@vpn.example.com", "advice", "vpn.example.com"),
    ],
)
def test_an_identity_is_no_address_with_something_around_it(
    name: str, value: str, severity: str, meant: str
) -> None:
    found = [p for p in validate(tunnel({name: value})) if p.code == "identity-form"]
    assert [(p.severity.value, p.path) for p in found] == [(severity, f"IKEv2.{name}")]
    changes = found[0].fix.changes if found[0].fix else ()
    assert changes == ((Change(f"IKEv2.{name}", value, meant),) if meant else ())


@pytest.mark.parametrize(
    "identity",
    ["vpn.example.com", "alice@example.com", "C=CH, O=Example, CN=vpn", "gateway 1", "vpn_1", "büro"],
)
def test_an_identity_may_be_many_things(identity: str) -> None:
    found: list[Told] = problems(RemoteIdentifier=identity, ServerCertificateCommonName=identity)
    assert [code for _, _, code in found if code in ("identity-form", "blanks", "address-malformed")] == []


@pytest.mark.parametrize("identity", ["{{mail}} ", "${NAME}:4500"])
def test_nothing_is_said_of_what_stands_around_a_placeholder(identity: str) -> None:
    found: list[Told] = problems(RemoteIdentifier=identity)
    assert [code for _, _, code in found if code in ("identity-form", "blanks")] == []


@pytest.mark.parametrize(
    "name",
    [
        "RemoteIdentifier",
        "LocalIdentifier",
        "ServerCertificateCommonName",
        "ServerCertificateIssuerCommonName",
    ],
)
@pytest.mark.parametrize("value", ["vpn.example.com ", "\tvpn.example.com", "vpn.example.com\u00a0"])
def test_blanks_around_a_name_are_part_of_it(name: str, value: str) -> None:
    (found,) = (p for p in validate(tunnel({name: value})) if p.code == "blanks")
    assert (found.severity.value, found.path) == ("warning", f"IKEv2.{name}")
    assert found.fix is not None
    assert found.fix.changes == (Change(f"IKEv2.{name}", value, "vpn.example.com"),)


def test_messages_say_what_to_write_instead() -> None:
    assert sentence("address-malformed", RemoteAddress="https://vpn.example.com/") == (
        "“https://vpn.example.com/” is a web address, and the device looks it up as it stands. Write vpn.example.com."
    )
    assert sentence("address-malformed", RemoteAddress="a.example,b.example") == (
        "“a.example,b.example” names 2 servers, and the device looks them up as one. Write a host name or an IP "
        "address by itself."
    )
    assert sentence("identity-form", RemoteIdentifier="vpn.example.com:500") == (
        "“vpn.example.com:500” has a port at its end, which no server calls itself by. Write vpn.example.com."
    )


def test_an_address_that_is_no_text_is_told_by_its_type_alone() -> None:
    whole = document(payload({"RemoteAddress": 7}))
    assert [p.code for p in validate(whole) if p.path == "IKEv2.RemoteAddress"] == ["wrong-type"]


@pytest.mark.parametrize(
    ("name", "identity", "expected"),
    [
        ("RemoteIdentifier", "a.example, b.example", ("warning", "identity-form")),
        ("RemoteIdentifier", "192.0.2.0/24", ("warning", "identity-form")),
        ("RemoteIdentifier", "   ", ("warning", "blanks")),
        ("ServerCertificateCommonName", "a.example, b.example", ("warning", "identity-form")),
        ("LocalIdentifier", "https://a.example", ("advice", "identity-form")),
        ("LocalIdentifier", "a.example, b.example", ("advice", "identity-form")),
    ],
)
def test_an_identity_is_one_name(name: str, identity: str, expected: tuple[str, str]) -> None:
    found = [(severity, code) for severity, _, code in problems({name: identity})]
    assert expected in found


@pytest.mark.parametrize(
    "identity", ["alice@a.example", "Alice Smith", "C=CH, O=Example, CN=vpn", "a.example"]
)
def test_a_device_may_call_itself_by_nearly_any_text(identity: str) -> None:
    assert "identity-form" not in [code for _, _, code in problems(LocalIdentifier=identity)]
