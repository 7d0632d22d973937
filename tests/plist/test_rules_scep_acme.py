"""Certificates that the device asks for: which keys and servers are refused, and what next to it is fine."""

from __future__ import annotations

import plistlib
from typing import Any

import pytest

from profiles.catalogue.versions import Targets
from profiles.plist.build import build
from profiles.plist.document import PayloadDocument
from profiles.plist.validation.validate import validate
from tests.plist.making import ABSENT, TUNNEL_UUID, Told, document, told

SCEP = {"URL": "https://ca.example.com/scep", "Keysize": 2048}
ACME = {
    "DirectoryURL": "https://ca.example.com/acme/directory",
    "ClientIdentifier": "laptop-7",
    "KeyType": "ECSECPrimeRandom",
    "KeySize": 384,
    "HardwareBound": True,
    "Subject": [[["CN", "laptop-7"]]],
}


def part(slug: str, values: dict[str, Any]) -> PayloadDocument:
    kept = {name: value for name, value in values.items() if value is not ABSENT}
    return PayloadDocument(
        slug=slug,
        name="identity",
        uuid=TUNNEL_UUID,
        values={"PayloadContent": kept} if slug == "scep" else kept,
    )


def scep(**changes: Any) -> list[Told]:
    """Every problem of a SCEP payload changed as said, with paths inside its content."""
    found = told(document(part("scep", {**SCEP, **changes})))
    return [(severity, path.removeprefix("PayloadContent."), code) for severity, path, code in found]


def acme(**changes: Any) -> list[Told]:
    """Every problem of an ACME payload changed as said."""
    return told(document(part("acme", {**ACME, **changes})))


def test_the_payloads_that_the_others_start_from_have_no_problem() -> None:
    assert scep() == []
    assert acme() == []


def test_scep_needs_a_server() -> None:
    assert scep(URL=ABSENT) == [("error", "URL", "missing")]


@pytest.mark.parametrize(
    ("address", "fine"),
    [("http://ca.example.com/scep", True), ("ca.example.com/scep", False), ("ftp://ca.example.com", False)],
)
def test_a_scep_server_has_a_web_address(address: str, fine: bool) -> None:
    assert scep(URL=address) == ([] if fine else [("error", "URL", "malformed")])


@pytest.mark.parametrize(("size", "weak"), [(1024, True), (ABSENT, True), (2048, False), (4096, False)])
def test_a_short_key_is_advised_against_also_where_it_is_the_default(size: int | None, weak: bool) -> None:
    assert scep(Keysize=size) == ([("advice", "Keysize", "weak-key")] if weak else [])


def test_the_advice_says_where_the_short_key_comes_from() -> None:
    def message(values: dict[str, Any]) -> str:
        (problem,) = validate(document(part("scep", values)))
        return problem.message

    assert message({**SCEP, "Keysize": 1024}) == (
        "An RSA key of 1024 bits can be broken, and many authorities refuse it. Choose 2048."
    )
    assert message({"URL": SCEP["URL"]}) == (
        "An RSA key of 1024 bits, which devices use when nothing is set, can be broken, and many authorities refuse "
        "it. Choose 2048."
    )


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("Keysize", 3072, "not-allowed"),
        ("Keysize", "2048", "wrong-type"),
        ("Key Type", "EC", "not-allowed"),
        ("Key Usage", True, "wrong-type"),
        ("CAFingerprint", "AB:CD", "wrong-type"),
        ("Subject", "CN=alice", "wrong-type"),
        ("Subject", [["CN", "alice"]], "malformed"),
    ],
)
def test_other_values_of_a_scep_request_are_refused(name: str, value: Any, code: str) -> None:
    assert scep(**{name: value}) == [("error", name, code)]


@pytest.mark.parametrize("name", ["Retries", "RetryDelay"])
def test_what_apple_gives_no_range_for_is_no_error(name: str) -> None:
    assert scep(**{name: -1}) == [("warning", name, "too-small")]
    assert scep(**{name: 0}) == []


NAMES = ["dNSName", "rfc822Name", "uniformResourceIdentifier", "ntPrincipalName"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["a.example", ["a.example"], ["a.example", "b.example"]])
def test_a_scep_request_may_have_one_name_of_a_kind_or_several(name: str, value: Any) -> None:
    assert scep(SubjectAltName={name: value}) == []
    whole = document(part("scep", {**SCEP, "SubjectAltName": {name: value}}))
    content = plistlib.loads(build(whole))["PayloadContent"][0]["PayloadContent"]
    assert content["SubjectAltName"] == {name: value}


@pytest.mark.parametrize("name", NAMES)
def test_each_of_several_names_is_a_text(name: str) -> None:
    path = f"SubjectAltName.{name}"
    assert scep(SubjectAltName={name: ["a.example", 7]}) == [("error", f"{path}[1]", "wrong-type")]
    assert scep(SubjectAltName={name: ["a\x07"]}) == [("error", f"{path}[0]", "control-character")]
    assert scep(SubjectAltName={name: 7}) == [("error", path, "wrong-type")]
    assert scep(SubjectAltName={name: {"a": "b"}}) == [("error", path, "wrong-type")]


@pytest.mark.parametrize("name", NAMES)
def test_an_acme_request_has_one_name_of_a_kind(name: str) -> None:
    assert acme(SubjectAltName={name: "a.example"}) == []
    assert acme(SubjectAltName={name: ["a.example"]}) == [("error", f"SubjectAltName.{name}", "wrong-type")]


def test_no_message_repeats_the_challenge() -> None:
    messages = [p.message for p in validate(document(part("scep", {**SCEP, "Challenge": "hunter2\x00"})))]
    assert messages
    assert not [message for message in messages if "hunter2" in message]


@pytest.mark.parametrize(
    "name", ["DirectoryURL", "ClientIdentifier", "KeyType", "KeySize", "HardwareBound", "Subject"]
)
def test_acme_needs_a_server_a_name_and_a_key(name: str) -> None:
    assert acme(**{name: ABSENT}) == [("error", name, "missing")]


def test_that_a_key_is_not_bound_is_said_too() -> None:
    assert acme(HardwareBound=False) == []


@pytest.mark.parametrize("address", ["http://ca.example.com/acme", "ca.example.com", "https://"])
def test_an_acme_server_has_an_https_address(address: str) -> None:
    assert acme(DirectoryURL=address) == [("error", "DirectoryURL", "malformed")]


@pytest.mark.parametrize(
    ("kind", "size", "fine"),
    [
        ("RSA", 1024, True),
        ("RSA", 2048, True),
        ("RSA", 2056, True),
        ("RSA", 4096, True),
        ("RSA", 1016, False),
        ("RSA", 2050, False),
        ("RSA", 4104, False),
        ("RSA", 256, False),
        ("ECSECPrimeRandom", 192, True),
        ("ECSECPrimeRandom", 256, True),
        ("ECSECPrimeRandom", 384, True),
        ("ECSECPrimeRandom", 521, True),
        ("ECSECPrimeRandom", 512, False),
        ("ECSECPrimeRandom", 2048, False),
    ],
)
def test_the_size_of_a_key_fits_its_kind(kind: str, size: int, fine: bool) -> None:
    found = acme(KeyType=kind, KeySize=size, HardwareBound=False)
    assert found == ([] if fine else [("error", "KeySize", "key-size")])


@pytest.mark.parametrize(
    ("kind", "size", "fine"),
    [
        ("ECSECPrimeRandom", 256, True),
        ("ECSECPrimeRandom", 384, True),
        ("ECSECPrimeRandom", 521, False),
        ("ECSECPrimeRandom", 192, False),
        ("RSA", 2048, False),
        ("RSA", 4096, False),
    ],
)
def test_the_hardware_only_holds_two_curves(kind: str, size: int, fine: bool) -> None:
    assert acme(KeyType=kind, KeySize=size) == ([] if fine else [("error", "HardwareBound", "hardware-key")])


def test_only_a_key_in_hardware_can_be_attested() -> None:
    assert acme(Attest=True) == []
    assert acme(Attest=False, HardwareBound=False) == []
    assert acme(Attest=True, HardwareBound=False) == [("error", "Attest", "attest-without-hardware")]


@pytest.mark.parametrize(
    ("targets", "refused"),
    [({}, False), ({"iOS": "16.0"}, False), ({"macOS": "14.0"}, False), ({"macOS": "13.6"}, True)],
)
def test_older_macs_bind_no_key_to_their_hardware(targets: Targets, refused: bool) -> None:
    attested = document(part("acme", {**ACME, "Attest": True}), targets=targets)
    told_of = [("error", name, "hardware-mac") for name in ("HardwareBound", "Attest")]
    assert told(attested) == (told_of if refused else [])
    assert told(document(part("acme", {**ACME, "HardwareBound": False}), targets=targets)) == []


@pytest.mark.parametrize("purpose", ["1.3.6.1.5.5.7.3.2", "2.5.29.37.0"])
def test_a_purpose_is_an_object_identifier(purpose: str) -> None:
    assert acme(ExtendedKeyUsage=[purpose]) == []


@pytest.mark.parametrize("purpose", ["clientAuth", "1", "1.3.", ".1.3", "1.3 "])
def test_what_is_no_object_identifier_is_refused_where_it_stands(purpose: str) -> None:
    found = acme(ExtendedKeyUsage=["1.3.6.1.5.5.7.3.2", purpose])
    assert [(severity, path) for severity, path, _ in found] == [("error", "ExtendedKeyUsage[1]")]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("KeyType", "EC", "not-allowed"),
        ("KeySize", "256", "wrong-type"),
        ("HardwareBound", 1, "wrong-type"),
        ("Subject", [[["CN"]]], "malformed"),
    ],
)
def test_other_values_of_an_acme_request_are_refused(name: str, value: Any, code: str) -> None:
    assert acme(**{name: value}) == [("error", name, code)]


def test_a_bit_field_may_have_bits_that_apple_does_not_name() -> None:
    assert scep(**{"Key Usage": 2}) == [("warning", "Key Usage", "not-allowed")]
    assert acme(UsageFlags=0) == [("warning", "UsageFlags", "not-allowed")]


def test_a_truth_in_place_of_a_number_is_told_as_that_alone() -> None:
    assert acme(KeySize=True) == [("error", "KeySize", "wrong-type")]


@pytest.mark.parametrize(
    "name", ["https://a.example", "a.example:443", "a.example/x", "a.example, b.example"]
)
def test_a_dns_name_that_is_asked_for_has_nothing_around_it(name: str) -> None:
    expected = [("warning", "SubjectAltName.dNSName", "dns-name-form")]
    assert scep(SubjectAltName={"dNSName": name}) == expected
    assert acme(SubjectAltName={"dNSName": name}) == expected
    assert scep(SubjectAltName={"dNSName": ["a.example", name]})[0][1] == "SubjectAltName.dNSName[1]"


@pytest.mark.parametrize("name", ["a.example", "*.a.example", "laptop_7", "{{serialnumber}}"])
def test_other_dns_names_may_be_asked_for(name: str) -> None:
    assert "dns-name-form" not in [code for _, _, code in scep(SubjectAltName={"dNSName": name})]


DNS_NAMES = {
    " laptop.example.com": "laptop.example.com",
    "laptop.example.com\n": "laptop.example.com",
    "laptop.example.com\u00a0": "laptop.example.com",
    "laptop.bücher.example": "laptop.xn--bcher-kva.example",
    ".example.com": "example.com",
    "https://laptop.example.com/": "laptop.example.com",
    "laptop.example.com:443": "laptop.example.com",
    "[laptop.example.com]": "",
    "“laptop.example.com”": "",
    "'laptop.example.com'": "",
    "10.0.0.0/8": "",
    "10.0.0.7": "",
    "2001:db8::7": "",
    "laptop..example.com": "",
    "mia@example.com": "",
    "*": "",
    "   ": "",
}
"""What is no name in DNS, with what was meant, as far as that is certain."""


@pytest.mark.parametrize("slug", ["scep", "acme"])
@pytest.mark.parametrize("name", DNS_NAMES)
def test_a_dns_name_that_is_asked_for_is_one(slug: str, name: str) -> None:
    start = SCEP if slug == "scep" else ACME
    (problem,) = validate(document(part(slug, {**start, "SubjectAltName": {"dNSName": name}})))
    assert (problem.severity.value, problem.code) == ("warning", "dns-name-form")
    assert (problem.fix.changes[0].after if problem.fix else "") == DNS_NAMES[name]


@pytest.mark.parametrize("name", ["laptop-7", "laptop.example.com", "*.example.com", "xn--bcher-kva.example"])
def test_a_name_in_dns_may_be_asked_for(name: str) -> None:
    assert scep(SubjectAltName={"dNSName": name}) == []
    assert acme(SubjectAltName={"dNSName": name}) == []


@pytest.mark.parametrize("name", ["{{mail}}", "$SERIALNUMBER.example.com", "${device.name}"])
def test_a_dns_name_that_a_device_management_fills_in_is_not_judged(name: str) -> None:
    path = "SubjectAltName.dNSName"
    assert scep(SubjectAltName={"dNSName": name}) == [("advice", path, "mdm-placeholder")]
