"""Specs that name other payloads (“@name”) and files beside them ({"file": …})."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from profiles.catalogue import registry
from profiles.catalogue.keys import Data, Reference
from profiles.catalogue.values import MAX_DATA
from profiles.exceptions import SpecError
from profiles.plist.build import property_list
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.json_values import from_json, to_json
from profiles.plist.spec.file import read_spec, resolve
from profiles.plist.spec.folder import SpecFolder
from profiles.plist.spec.values import MAX_FILES
from tests.signing.making import certificate, key_pem, pem

PEM_TYPE = "com.apple.security.pem"
IDENTITY = {"type": "identity-pkcs12", "name": "alice"}


def spec(*payloads: Any) -> str:
    return json.dumps({"profile": {"PayloadIdentifier": "com.example.vpn"}, "payloads": list(payloads)})


def vpn(**ikev2: Any) -> dict[str, Any]:
    return {"type": "vpn-ikev2", "name": "office", "values": {"IKEv2": ikev2}}


def authority(**values: Any) -> dict[str, Any]:
    return {"type": "certificate", "name": "ca", "values": values}


def refused(text: str, folder: SpecFolder | None = None) -> str:
    with pytest.raises(SpecError) as refusal:
        read_spec(text, folder or SpecFolder())
    said = str(refusal.value)
    assert "\n" not in said
    return said


def content(document: Document) -> Any:
    return document.payloads[0].values["PayloadContent"]


@pytest.fixture(scope="module")
def key() -> ec.EllipticCurvePrivateKey:
    """A key for certificates, quick to make."""
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def ca(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """An authority."""
    return certificate("Example Root CA", key, authority=True)


# References


@pytest.mark.parametrize("order", [1, -1])
def test_a_reference_by_name_becomes_the_uuid_wherever_the_payload_stands(order: int) -> None:
    document = read_spec(spec(*[vpn(PayloadCertificateUUID="@alice"), IDENTITY][::order]))
    by_name = {part.name: part for part in document.payloads}
    assert by_name["office"].values["IKEv2"]["PayloadCertificateUUID"] == by_name["alice"].uuid
    built = {part["PayloadUUID"]: part for part in property_list(document)["PayloadContent"]}
    assert built[by_name["office"].uuid]["IKEv2"]["PayloadCertificateUUID"] in built


def test_a_uuid_that_was_chosen_is_referred_to_by_name_too() -> None:
    uuid = "8F0D8E0C-1B7B-4F53-9E5B-0E0B5D5A9F11"
    chosen = {**IDENTITY, "values": {"PayloadUUID": uuid.lower()}}
    document = read_spec(spec(vpn(PayloadCertificateUUID="@alice"), chosen))
    assert document.payloads[0].values["IKEv2"]["PayloadCertificateUUID"] == uuid


def test_a_reference_follows_a_uuid_into_capital_letters() -> None:
    uuid = "8f0d8e0c-1b7b-4f53-9e5b-0e0b5d5a9f11"
    document = read_spec(
        spec(vpn(PayloadCertificateUUID=uuid), {**IDENTITY, "values": {"PayloadUUID": uuid}})
    )
    office, alice = document.payloads
    assert office.values["IKEv2"]["PayloadCertificateUUID"] == alice.known_as == uuid.upper()


def test_a_payload_without_a_name_is_referred_to_by_its_type() -> None:
    document = read_spec(spec(vpn(PayloadCertificateUUID="@identity-pkcs12"), {"type": "identity-pkcs12"}))
    assert document.payloads[0].values["IKEv2"]["PayloadCertificateUUID"] == document.payloads[1].uuid


def test_a_uuid_written_out_stays_as_it_is() -> None:
    uuid = "8F0D8E0C-1B7B-4F53-9E5B-0E0B5D5A9F11"
    document = read_spec(spec(vpn(PayloadCertificateUUID=uuid)))
    assert document.payloads[0].values["IKEv2"]["PayloadCertificateUUID"] == uuid


@pytest.mark.parametrize("name", ["@alise", "@Alice"])
def test_an_unknown_name_is_refused_with_a_close_one(name: str) -> None:
    said = refused(spec(vpn(PayloadCertificateUUID=name), IDENTITY))
    assert said == (
        f"PayloadCertificateUUID of payloads[0] (office) refers to {name!r}, but no payload is called so. "
        "Did you mean “@alice”?"
    )


@pytest.mark.parametrize("name", ["@", "@zzz", "@profile"])
def test_where_none_is_close_all_names_are_told_and_the_profile_is_none(name: str) -> None:
    said = refused(spec(vpn(PayloadCertificateUUID=name), IDENTITY))
    assert said.endswith("There are: office, alice.")


def test_only_references_take_names() -> None:
    document = read_spec(spec(vpn(SharedSecret="@alice", RemoteAddress="@nobody"), IDENTITY))
    assert document.payloads[0].values["IKEv2"] == {"SharedSecret": "@alice", "RemoteAddress": "@nobody"}


def test_every_reference_at_the_top_of_a_payload_is_resolved() -> None:
    paths = [
        (payload.slug, key.path)
        for payload in registry.payloads().values()
        for key in payload.keys
        if isinstance(key, Reference)
    ]
    assert ("vpn-ikev2", "IKEv2.PayloadCertificateUUID") in paths
    for slug, path in paths:
        values: Any = "@alice"
        for part in reversed(path.split(".")):
            values = {part: values}
        document = read_spec(spec({"type": slug, "name": "it", "values": values}, IDENTITY))
        assert (
            document.payloads[0].payload.flat(document.payloads[0].values)[path] == document.payloads[1].uuid
        )


def test_references_inside_the_items_of_a_list_are_resolved() -> None:
    tunnels = [{"PayloadCertificateUUID": "@alice"}, {"PayloadCertificateUUID": "@zzz"}]
    always_on = {"type": "vpn-always-on", "values": {"AlwaysOn": {"TunnelConfigurations": tunnels[:1]}}}
    document = read_spec(spec(always_on, IDENTITY))
    (found,) = document.payloads[0].values["AlwaysOn"]["TunnelConfigurations"]
    assert found["PayloadCertificateUUID"] == document.payloads[1].uuid
    always_on["values"] = {"AlwaysOn": {"TunnelConfigurations": tunnels}}
    assert "refers to '@zzz'" in refused(spec(always_on, IDENTITY))


def test_payloads_are_resolved_without_changing_what_was_given() -> None:
    values = {"IKEv2": {"PayloadCertificateUUID": "@alice"}}
    office = PayloadDocument(slug="vpn-ikev2", name="office", uuid="A", values=values)
    alice = PayloadDocument(slug="identity-pkcs12", name="alice", uuid="B", values={})
    resolved = resolve([office, alice])
    assert resolved[0].values == {"IKEv2": {"PayloadCertificateUUID": "B"}}
    assert values == {"IKEv2": {"PayloadCertificateUUID": "@alice"}}
    with pytest.raises(SpecError, match="refers to '@alice'"):
        resolve([office])


# Files


def test_a_file_becomes_the_bytes_of_each_key_that_holds_bytes(tmp_path: Path) -> None:
    (tmp_path / "bytes.bin").write_bytes(b"\0\x01 bytes")
    paths = [
        (payload.slug, key.path)
        for payload in registry.payloads().values()
        for key in payload.keys
        if isinstance(key, Data)
    ]
    assert {("vpn-ikev2", "IKEv2.PPK"), ("identity-pkcs12", "PayloadContent")} <= {*paths}
    for slug, path in paths:
        values: Any = {"file": "bytes.bin"}
        for name in reversed(path.split(".")):
            values = {name: values}
        (part,) = read_spec(spec({"type": slug, "values": values}), SpecFolder(tmp_path)).payloads
        assert part.payload.flat(part.values)[path] == b"\0\x01 bytes"


def test_what_is_wrong_with_a_file_is_told(tmp_path: Path) -> None:
    named = spec(vpn(PPK={"file": "absent.bin"}))
    assert refused(named, SpecFolder(tmp_path)).startswith("There is no file 'absent.bin' beside the spec.")
    assert "not on standard input" in refused(named)


@pytest.mark.parametrize(
    ("payload", "key"),
    [
        (vpn(RemoteAddress={"file": "bytes.bin"}), "RemoteAddress"),
        (vpn(MTU={"file": "bytes.bin"}), "MTU"),
        (vpn(PayloadCertificateUUID={"file": "bytes.bin"}), "PayloadCertificateUUID"),
        (vpn(OnDemandRules={"file": "bytes.bin"}), "OnDemandRules"),
        (vpn(OnDemandRules=[{"Action": {"file": "bytes.bin"}}]), "Action"),
        (
            {"type": "scep", "name": "office", "values": {"PayloadContent": {"Subject": {"file": "x"}}}},
            "Subject",
        ),
    ],
)
def test_only_keys_that_hold_bytes_take_files(tmp_path: Path, payload: dict[str, Any], key: str) -> None:
    (tmp_path / "bytes.bin").write_bytes(b"bytes")
    assert refused(spec(payload), SpecFolder(tmp_path)) == (
        f"{key} of payloads[0] (office) holds no data, so it cannot come from a file. Write its value."
    )


def test_no_key_of_the_profile_itself_takes_a_file() -> None:
    said = refused(json.dumps({"profile": {"PayloadDescription": {"file": "text.txt"}}}))
    assert said.startswith("PayloadDescription of “profile” holds no data,")


@pytest.mark.parametrize("name", [3, True, ["bytes.bin"], {"file": "bytes.bin"}])
def test_the_name_of_a_file_is_a_text(name: Any) -> None:
    assert refused(spec(vpn(PPK={"file": name}))) == (
        "The “file” of PPK of payloads[0] (office) is not a name. Put the name in quotes."
    )


@pytest.mark.parametrize("path", ["PPK", "OnDemandRules"])
def test_a_dictionary_with_more_in_it_than_a_file_names_none(path: str) -> None:
    value = {"file": "absent.bin", "more": 1}
    (part,) = read_spec(spec(vpn(**{path: value}))).payloads
    assert part.values["IKEv2"] == {path: value}


def test_all_files_of_a_spec_together_are_bounded(tmp_path: Path) -> None:
    (tmp_path / "bytes.bin").write_bytes(bytes(MAX_DATA))
    most = MAX_FILES // MAX_DATA
    payloads = [{"type": "vpn-ikev2", "values": {"IKEv2": {"PPK": {"file": "bytes.bin"}}}}] * (most + 1)
    assert len(read_spec(spec(*payloads[:most]), SpecFolder(tmp_path)).payloads) == most
    assert refused(spec(*payloads), SpecFolder(tmp_path)) == (
        "The files that the spec names have more than 20 MB together. Name fewer, or make several profiles."
    )


def test_base64_needs_no_folder_and_file_is_no_mark_in_stored_values() -> None:
    assert read_spec(spec(vpn(PPK={"base64": "AAEC"}))).payloads[0].values["IKEv2"]["PPK"] == b"\0\1\2"
    assert from_json({"file": "ca.pem"}) == to_json({"file": "ca.pem"}) == {"file": "ca.pem"}


@pytest.mark.parametrize("kind", [{}, {"PayloadType": "com.apple.security.pkcs1"}])
def test_a_certificate_in_pem_becomes_der(tmp_path: Path, ca: x509.Certificate, kind: dict[str, str]) -> None:
    text = b"Subject: Example\r\n" + pem(ca).replace(b"\n", b"\r\n")
    (tmp_path / "ca.pem").write_bytes(text)
    document = read_spec(spec(authority(PayloadContent={"file": "ca.pem"}, **kind)), SpecFolder(tmp_path))
    assert content(document) == ca.public_bytes(Encoding.DER)


def test_a_private_key_beside_the_certificate_does_not_get_into_the_profile(
    tmp_path: Path, ca: x509.Certificate, key: ec.EllipticCurvePrivateKey
) -> None:
    (tmp_path / "ca.pem").write_bytes(key_pem(key) + pem(ca))
    document = read_spec(spec(authority(PayloadContent={"file": "ca.pem"})), SpecFolder(tmp_path))
    assert content(document) == ca.public_bytes(Encoding.DER)


def test_a_certificate_in_der_stays_as_it_is(tmp_path: Path, ca: x509.Certificate) -> None:
    der = ca.public_bytes(Encoding.DER)
    (tmp_path / "ca.cer").write_bytes(der)
    document = read_spec(spec(authority(PayloadContent={"file": "ca.cer"})), SpecFolder(tmp_path))
    assert content(document) == der


def test_a_payload_that_wants_pem_keeps_it(tmp_path: Path, ca: x509.Certificate) -> None:
    (tmp_path / "ca.pem").write_bytes(pem(ca))
    text = spec(authority(PayloadType=PEM_TYPE, PayloadContent={"file": "ca.pem"}))
    document = read_spec(text, SpecFolder(tmp_path))
    assert content(document) == pem(ca)
    assert document.payloads[0].values["PayloadType"] == PEM_TYPE
    assert property_list(document)["PayloadContent"][0]["PayloadType"] == PEM_TYPE


def test_two_certificates_are_refused(tmp_path: Path, ca: x509.Certificate) -> None:
    (tmp_path / "ca.pem").write_bytes(pem(ca, ca))
    said = refused(spec(authority(PayloadContent={"file": "ca.pem"})), SpecFolder(tmp_path))
    assert said == "PayloadContent of payloads[0] (ca) holds 2 certificates. Give each a payload of its own."


@pytest.mark.parametrize(
    "damaged",
    [
        b"-----BEGIN CERTIFICATE-----\nAAAA\n",
        b"-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\n\xff\xfe\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n",
    ],
)
def test_a_damaged_certificate_in_pem_is_refused(tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / "ca.pem").write_bytes(damaged)
    said = refused(spec(authority(PayloadContent={"file": "ca.pem"})), SpecFolder(tmp_path))
    assert said == "PayloadContent of payloads[0] (ca) is a damaged PEM file. Copy the whole file again."


def test_a_payload_of_one_kind_only_keeps_its_payload_type() -> None:
    said = refused(spec({**IDENTITY, "values": {"PayloadType": PEM_TYPE}}))
    assert said.startswith("PayloadType of payloads[0] (alice) is always 'com.apple.security.pkcs12'.")
