"""The rules about certificates, against real ones: made by openssl and cryptography, opened, and judged."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID

from profiles.catalogue.evidence import ServerCertificate
from profiles.catalogue.fixes import put
from profiles.exceptions import IdentityError
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.imported.source_form import Kept
from profiles.plist.validation.validate import validate
from profiles.services import certificate_evidence
from profiles.services.certificate_evidence import check, inspect, server_certificate
from profiles.signing import pkcs12
from tests.signing.making import DAY, NOW, certificate, key_pem, openssl, pem
from tests.signing.test_uploads import indefinite

CLIENT = (ExtendedKeyUsageOID.CLIENT_AUTH,)
SERVER = (ExtendedKeyUsageOID.SERVER_AUTH,)
IDENTITY = "1D1D1D1D-0000-4000-8000-000000000001"
AUTHORITY, TUNNEL = "AUTHORITY", "TUNNEL"
PASSWORD = "p12 pass & word"

Told = tuple[str, str, str]


@pytest.fixture(scope="module")
def root_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def root(root_key: rsa.RSAPrivateKey) -> x509.Certificate:
    return certificate("Example Root CA", root_key, authority=True)


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def alice(
    root: x509.Certificate, root_key: rsa.RSAPrivateKey, rsa_key: rsa.RSAPrivateKey
) -> x509.Certificate:
    names = x509.SubjectAlternativeName([x509.RFC822Name("alice@example.com")])
    return certificate("alice", rsa_key, issuer=root, issuer_key=root_key, purposes=CLIENT, extra=names)


def tunnel(**ikev2: Any) -> PayloadDocument:
    values = {
        "RemoteAddress": "vpn.example.com",
        "RemoteIdentifier": "vpn.example.com",
        "LocalIdentifier": "alice@example.com",
        "AuthenticationMethod": "Certificate",
        "ExtendedAuthEnabled": 0,
        "PayloadCertificateUUID": IDENTITY,
        **ikev2,
    }
    return PayloadDocument(
        slug="vpn-ikev2", name="vpn", uuid=TUNNEL, values={"UserDefinedName": "Office", "IKEv2": values}
    )


def identity(content: bytes, password: str | None = PASSWORD) -> PayloadDocument:
    values: dict[str, Any] = {"PayloadContent": content} | ({"Password": password} if password else {})
    return PayloadDocument(slug="identity-pkcs12", name="identity", uuid=IDENTITY, values=values)


def authority(content: bytes, **more: Any) -> PayloadDocument:
    values = {"PayloadContent": content, **more}
    return PayloadDocument(slug="certificate", name="authority", uuid=AUTHORITY, values=values)


def document(*payloads: PayloadDocument, targets: Mapping[Any, str] | None = None) -> Document:
    envelope = {"PayloadDisplayName": "Office", "PayloadIdentifier": "com.example.office"}
    return Document(uuid="PROFILE", envelope=envelope, targets=targets or {}, payloads=payloads)


def told(whole: Document, **options: Any) -> list[Told]:
    return [(p.severity.value, f"{p.payload}/{p.path}", p.code) for p in check(whole, **options)]


def p12(key: Any, leaf: x509.Certificate) -> bytes:
    return pkcs12.write(key, leaf, password=PASSWORD, name="alice")


def der(found: x509.Certificate) -> bytes:
    return found.public_bytes(Encoding.DER)


def test_a_profile_that_fits_its_certificates_has_no_problem(
    alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey, root: x509.Certificate
) -> None:
    vpn = tunnel(CertificateType="RSA", ServerCertificateIssuerCommonName="Example Root CA")
    assert told(document(vpn, identity(p12(rsa_key, alice)), authority(der(root)))) == []


@pytest.mark.parametrize(
    ("curve", "said", "fits"),
    [
        (ec.SECP256R1(), "ECDSA256", True),
        (ec.SECP384R1(), "ECDSA384", True),
        (ec.SECP521R1(), "ECDSA521", True),
        (ec.SECP256R1(), "ECDSA384", False),
        (ec.SECP256R1(), None, False),
        (ec.SECP384R1(), "RSA-PSS", False),
    ],
)
def test_the_certificate_type_must_be_that_of_the_key(
    curve: ec.EllipticCurve, said: str | None, fits: bool
) -> None:
    key = ec.generate_private_key(curve)
    leaf = certificate("alice@example.com", key, purposes=CLIENT)
    chosen = {"CertificateType": said, "ServerCertificateIssuerCommonName": "Any"} if said else {}
    found = told(document(tunnel(**chosen), identity(p12(key, leaf))))
    wrong = [each for each in found if each[2] == "certificate-type"]
    assert wrong == ([] if fits else [("error", "vpn/IKEv2.CertificateType", "certificate-type")])


def test_the_type_of_a_key_that_the_device_makes_is_known_too() -> None:
    values = {
        "PayloadContent": {
            "URL": "https://ca.example.com/scep",
            "Keysize": 2048,
            "Subject": [[["CN", "alice"]]],
        }
    }
    scep = PayloadDocument(slug="scep", name="scep", uuid=IDENTITY, values=values)
    chosen = {"CertificateType": "ECDSA256", "ServerCertificateIssuerCommonName": "Any"}
    found = told(document(tunnel(LocalIdentifier="alice", **chosen), scep))
    assert ("error", "vpn/IKEv2.CertificateType", "certificate-type") in found
    assert not [each for each in found if each[2] == "local-identifier"]


@pytest.mark.parametrize(
    ("said", "fits"), [("laptop.example", True), ("alice.example", True), ("bob", False)]
)
def test_a_request_may_ask_for_several_names_of_a_kind(said: str, fits: bool) -> None:
    content = {
        "URL": "https://ca.example.com/scep",
        "SubjectAltName": {"dNSName": ["alice.example", "laptop.example"]},
    }
    scep = PayloadDocument(slug="scep", name="scep", uuid=IDENTITY, values={"PayloadContent": content})
    codes = [code for _, _, code in told(document(tunnel(LocalIdentifier=said), scep))]
    assert ("local-identifier" not in codes) is fits


def test_a_tunnel_of_always_on_is_judged_as_well(alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey) -> None:
    inside = {
        "ProtocolType": "IKEv2",
        "CertificateType": "ECDSA256",
        "ServerCertificateIssuerCommonName": "Any",
        **tunnel().values["IKEv2"],
    }
    values = {"UserDefinedName": "Always", "AlwaysOn": {"TunnelConfigurations": [inside]}}
    vpn = PayloadDocument(slug="vpn-always-on", name="vpn", uuid=TUNNEL, values=values)
    found = told(document(vpn, identity(p12(rsa_key, alice))))
    place = "vpn/AlwaysOn.TunnelConfigurations[0].CertificateType"
    assert ("error", place, "certificate-type") in found


@pytest.mark.parametrize(
    ("said", "advised"),
    [("alice@example.com", False), ("ALICE@example.com", False), ("alice", False), ("bob", True), ("", True)],
)
def test_the_device_should_call_itself_as_its_certificate_does(
    alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey, said: str, advised: bool
) -> None:
    found = told(document(tunnel(LocalIdentifier=said), identity(p12(rsa_key, alice))))
    assert (("advice", "vpn/IKEv2.LocalIdentifier", "local-identifier") in found) is advised


def test_an_issuer_that_is_not_in_the_profile_is_advised_against(
    alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey, root: x509.Certificate
) -> None:
    vpn = tunnel(ServerCertificateIssuerCommonName="Another CA")
    found = told(document(vpn, identity(p12(rsa_key, alice)), authority(der(root))))
    assert found == [("advice", "vpn/IKEv2.ServerCertificateIssuerCommonName", "issuer-not-in-profile")]


@pytest.mark.parametrize(
    ("later", "code"),
    [
        (timedelta(0), None),
        (timedelta(days=375), "expires-soon"),
        (timedelta(days=401), "expired"),
        (timedelta(days=-2), "not-yet-valid"),
    ],
)
def test_an_identity_is_judged_by_its_dates_and_by_what_signs_in_with_it(
    alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey, later: timedelta, code: str | None
) -> None:
    part = identity(p12(rsa_key, alice))
    for parts, severity in (([part], "warning"), ([tunnel(), part], "error")):
        found = told(document(*parts), at=NOW + later)
        weight = "warning" if code == "expires-soon" else severity
        assert found == ([(weight, "identity/PayloadContent", code)] if code else [])


@pytest.mark.parametrize(
    ("ikev2", "severity"),
    [
        ({}, "error"),
        ({"PayloadCertificateUUID": IDENTITY.lower()}, "error"),
        ({"ExtendedAuthEnabled": 1, "AuthenticationMethod": "None"}, "error"),
        ({"AuthenticationMethod": "SharedSecret", "SharedSecret": "secret of the office"}, "warning"),
        (
            {"PayloadCertificateUUID": None, "AuthenticationMethod": "None", "ExtendedAuthEnabled": 1},
            "warning",
        ),
    ],
    ids=["machine", "in small letters", "EAP-TLS", "ignored", "none"],
)
def test_what_a_device_does_not_look_at_refers_to_nothing(
    alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey, ikev2: Mapping[str, Any], severity: str
) -> None:
    whole = document(tunnel(**ikev2), identity(p12(rsa_key, alice)))
    assert (severity, "identity/PayloadContent", "expired") in told(whole, at=NOW + timedelta(days=401))


def test_of_a_kind_that_cannot_be_asked_for_nobody_knows_the_key() -> None:
    values = {"PayloadContent": {"URL": "https://ca.example/scep", "Key Type": "EC"}}
    scep = PayloadDocument(slug="scep", name="identity", uuid=IDENTITY, values=values)
    assert [path for _, path, code in told(document(tunnel(), scep)) if code == "certificate-type"] == []


def test_a_tunnel_of_always_on_refers_to_its_identity_and_names_its_authority(
    alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey, root: x509.Certificate
) -> None:
    inside = {**tunnel().values["IKEv2"], "ServerCertificateIssuerCommonName": "Example Root CA"}
    values = {"UserDefinedName": "Always", "AlwaysOn": {"TunnelConfigurations": [inside]}}
    vpn = PayloadDocument(slug="vpn-always-on", name="vpn", uuid=TUNNEL, values=values)
    whole = document(vpn, identity(p12(rsa_key, alice)), authority(der(root)))
    evidence = inspect(whole)
    assert (evidence.referred, evidence.named) == (frozenset({IDENTITY}), frozenset({"Example Root CA"}))
    found = told(whole, at=NOW + timedelta(days=401))
    assert [(severity, place) for severity, place, code in found if code == "expired"] == [
        ("error", "identity/PayloadContent"),
        ("error", "authority/PayloadContent"),
    ]


def test_an_identity_whose_file_writes_another_uuid_is_found_by_that(
    alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey
) -> None:
    part = replace(identity(p12(rsa_key, alice)), kept=Kept(values={"PayloadUUID": "alice-identity"}))
    evidence = inspect(document(tunnel(PayloadCertificateUUID="alice-identity"), part))
    assert evidence.of("Alice-Identity") is evidence.of(IDENTITY) is not None
    assert evidence.referred == frozenset({IDENTITY})


@pytest.mark.parametrize(
    ("issued_by_it", "named", "severity"),
    [(True, "", "warning"), (False, "", "advice"), (False, "Example Root CA", "error")],
)
def test_an_authority_that_expired_matters_as_far_as_something_depends_on_it(
    alice: x509.Certificate,
    rsa_key: rsa.RSAPrivateKey,
    root: x509.Certificate,
    issued_by_it: bool,
    named: str,
    severity: str,
) -> None:
    parts = [tunnel(ServerCertificateIssuerCommonName=named or None), authority(der(root))]
    parts += [identity(p12(rsa_key, alice))] if issued_by_it else []
    found = told(document(*parts), at=NOW + timedelta(days=401))
    assert (severity, "authority/PayloadContent", "expired") in found


def test_an_identity_for_servers_alone_is_advised_against(rsa_key: rsa.RSAPrivateKey) -> None:
    leaf = certificate("alice", rsa_key, purposes=SERVER)
    found = told(document(identity(p12(rsa_key, leaf))))
    assert found == [("advice", "identity/PayloadContent", "no-client-purpose")]


def openssl_p12(
    folder: Path, key: Any, leaf: x509.Certificate, *more: str, chain: Sequence[Any] = ()
) -> bytes:
    """What `openssl pkcs12 -export` makes."""
    (folder / "key.pem").write_bytes(key_pem(key))
    (folder / "leaf.pem").write_bytes(pem(leaf))
    (folder / "chain.pem").write_bytes(pem(*chain))
    further = ("-certfile", "chain.pem") if chain else ()
    parts = ("-inkey", "key.pem", "-in", "leaf.pem", "-passout", f"pass:{PASSWORD}", "-out", "made.p12")
    openssl("pkcs12", "-export", *more, *parts, *further, folder=folder)
    return (folder / "made.p12").read_bytes()


def test_the_encryption_of_openssl_3_is_judged_by_target_and_the_old_one_is_fine(
    alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey, tmp_path: Path
) -> None:
    modern = identity(openssl_p12(tmp_path, rsa_key, alice))
    legacy = identity(openssl_p12(tmp_path, rsa_key, alice, "-legacy"))
    place = "identity/PayloadContent"
    for targets, severity in (({}, "warning"), ({"iOS": "17.0"}, "error"), ({"iOS": "18.0"}, "")):
        expected = [(severity, place, "modern-encryption")] if severity else []
        assert told(document(modern, targets=targets)) == expected
        assert told(document(legacy, targets=targets)) == []


def test_in_what_form_of_ber_a_file_is_written_is_no_matter(
    alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey, tmp_path: Path
) -> None:
    for data in (p12(rsa_key, alice), openssl_p12(tmp_path, rsa_key, alice, "-legacy")):
        assert told(document(identity(indefinite(data)))) == []


@pytest.mark.parametrize("form", [("-nomac",), ("-keypbe", "NONE"), ("-keypbe", "PBE-SHA1-2DES")], ids=str)
def test_a_file_that_no_device_is_known_to_open_is_warned_about(
    alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey, tmp_path: Path, form: tuple[str, ...]
) -> None:
    file = identity(openssl_p12(tmp_path, rsa_key, alice, "-legacy", *form))
    unusual = ("warning", "identity/PayloadContent", "unusual-encryption")
    assert told(document(file, targets={"iOS": "26.0"})) == [unusual]


def test_a_key_that_is_not_known_here_is_not_called_damaged(tmp_path: Path) -> None:
    make = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:sm2 -nodes -days 30 -subj /CN=alice"
    openssl(*make.split(), "-keyout", "key.pem", "-out", "leaf.pem", folder=tmp_path)
    parts = ("-inkey", "key.pem", "-in", "leaf.pem", "-passout", f"pass:{PASSWORD}", "-out", "made.p12")
    openssl("pkcs12", "-export", "-legacy", *parts, folder=tmp_path)
    found = told(document(identity((tmp_path / "made.p12").read_bytes())))
    assert found == [("warning", "identity/PayloadContent", "content-unchecked")]


def test_authorities_inside_the_file_belong_into_the_profile(
    alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey, root: x509.Certificate, tmp_path: Path
) -> None:
    file = openssl_p12(tmp_path, rsa_key, alice, "-legacy", chain=[root])
    missing = ("advice", "vpn/IKEv2.PayloadCertificateUUID", "chain-not-in-profile")
    assert missing in told(document(tunnel(), identity(file)))
    assert missing not in told(document(tunnel(), identity(file), authority(der(root))))


@pytest.mark.parametrize(
    ("content", "password", "code"),
    [
        (b"no file of that kind", PASSWORD, "unreadable-content"),
        (None, "another", "wrong-password"),
    ],
)
def test_a_file_that_does_not_open_says_why(
    alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey, content: bytes | None, password: str, code: str
) -> None:
    whole = document(identity(content or p12(rsa_key, alice), password))
    (problem,) = check(whole)
    assert (problem.severity.value, problem.path, problem.code) == ("error", "PayloadContent", code)
    assert password not in problem.message


def test_without_its_password_a_file_is_left_to_the_device(
    alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey
) -> None:
    assert told(document(identity(p12(rsa_key, alice), None))) == []


@pytest.mark.parametrize(
    ("written", "kind", "found"),
    [
        ("der", None, []),
        ("pem", "com.apple.security.pem", []),
        ("pem", None, ["other-encoding"]),
        ("der", "com.apple.security.pem", ["other-encoding"]),
        ("two", None, ["several-certificates", "other-encoding"]),
        ("none", None, ["unreadable-content"]),
    ],
)
def test_a_certificate_is_one_and_written_as_its_payload_promises(
    root: x509.Certificate, alice: x509.Certificate, written: str, kind: str | None, found: list[str]
) -> None:
    contents = {"der": der(root), "pem": pem(root), "two": pem(root, alice), "none": b"no certificate"}
    more = {"PayloadType": kind} if kind else {}
    assert [code for _, _, code in told(document(authority(contents[written], **more)))] == found


@pytest.mark.parametrize(
    ("written", "kind", "offered"),
    [
        ("pem", "com.apple.security.root", "der"),
        ("der", "com.apple.security.pem", "pem"),
        ("two", "com.apple.security.root", None),
        ("pkcs7", "com.apple.security.pem", None),
    ],
)
def test_the_other_form_of_a_certificate_is_offered(
    root: x509.Certificate, alice: x509.Certificate, written: str, kind: str, offered: str | None
) -> None:
    contents = {
        "der": der(root),
        "pem": pem(root),
        "two": pem(root, alice),
        "pkcs7": pkcs7.serialize_certificates([root], Encoding.DER),
    }
    whole = document(authority(contents[written], PayloadType=kind))
    (problem,) = (each for each in check(whole) if each.code == "other-encoding")
    label = f"Write it as {(offered or '').upper()}"
    expected = put("PayloadContent", contents[written], contents[offered], label) if offered else None
    assert problem.finding.fix == expected
    if offered:
        assert told(document(authority(contents[offered], PayloadType=kind))) == []


def test_a_certificate_with_a_name_that_is_no_text_is_told_and_breaks_nothing(
    rsa_key: rsa.RSAPrivateKey,
) -> None:
    damaged = der(certificate("qqqq", rsa_key)).replace(b"qqqq", b"\xff\xfe\xff\xfe")
    whole = document(authority(damaged))
    assert told(whole) == [("error", "authority/PayloadContent", "unreadable-content")]
    with pytest.raises(IdentityError, match="damaged"):
        server_certificate(damaged, whole)


def test_a_root_that_is_no_authority_is_warned_about(alice: x509.Certificate) -> None:
    assert told(document(authority(der(alice)))) == [("warning", "authority/PayloadContent", "no-authority")]


def server(
    root: x509.Certificate, root_key: rsa.RSAPrivateKey, key: Any, *names: x509.GeneralName, **more: Any
) -> bytes:
    """A server's certificate in PEM."""
    extra = x509.SubjectAlternativeName(names) if names else None
    options = {"purposes": SERVER, "extra": extra, **more}
    return pem(certificate("vpn.example.com", key, issuer=root, issuer_key=root_key, **options))


def of_the_server(whole: Document, presented: bytes, *, at: Any = None) -> list[Told]:
    """What the server's certificate brings up beyond what was known."""
    known = {(p.payload, p.path, p.code) for p in check(whole)}
    evidence = inspect(whole, server=server_certificate(presented, whole), at=at)
    return [
        (p.severity.value, p.path.removeprefix("IKEv2."), p.code)
        for p in validate(whole, evidence)
        if (p.payload, p.path, p.code) not in known
    ]


def by_password(**ikev2: Any) -> PayloadDocument:
    return tunnel(
        AuthenticationMethod="None", ExtendedAuthEnabled=1, **{"PayloadCertificateUUID": None, **ikev2}
    )


DNS = x509.DNSName


def IP(address: str) -> x509.IPAddress:  # noqa: N802 — as DNS
    return x509.IPAddress(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("names", "said", "fits"),
    [
        ([DNS("vpn.example.com")], "vpn.example.com", True),
        ([DNS("*.example.com")], "vpn.example.com", True),
        ([DNS("*.example.com")], "a.vpn.example.com", False),
        ([DNS("other.example.com")], "vpn.example.com", False),
        ([DNS("other.example.com")], "other.example.com", True),
        ([IP("203.0.113.5")], "203.0.113.5", True),
        ([IP("2001:db8::5")], "2001:DB8:0:0::5", True),
        ([IP("2001:db8::5")], "2001:db8::6", False),
    ],
)
def test_the_remote_identifier_must_stand_in_the_servers_certificate(
    root: x509.Certificate,
    root_key: rsa.RSAPrivateKey,
    rsa_key: rsa.RSAPrivateKey,
    names: list[x509.GeneralName],
    said: str,
    fits: bool,
) -> None:
    whole = document(by_password(RemoteIdentifier=said), authority(der(root)))
    found = of_the_server(whole, server(root, root_key, rsa_key, *names))
    assert found == ([] if fits else [("error", "RemoteIdentifier", "server-name")])


@pytest.mark.parametrize(
    ("ikev2", "found"),
    [
        ({"ServerCertificateIssuerCommonName": "Example Root CA"}, []),
        (
            {"ServerCertificateIssuerCommonName": "Another"},
            [("warning", "ServerCertificateIssuerCommonName", "server-issuer")],
        ),
        (
            {"ServerCertificateCommonName": "another.example.com"},
            [("error", "ServerCertificateCommonName", "server-common-name")],
        ),
    ],
)
def test_what_is_expected_of_the_server_must_be_what_it_shows(
    root: x509.Certificate,
    root_key: rsa.RSAPrivateKey,
    rsa_key: rsa.RSAPrivateKey,
    ikev2: Mapping[str, Any],
    found: list[Told],
) -> None:
    whole = document(by_password(**ikev2), authority(der(root)))
    assert of_the_server(whole, server(root, root_key, rsa_key, DNS("vpn.example.com"))) == found


def test_a_server_whose_authority_is_not_in_the_profile_is_advised_about(
    root: x509.Certificate, root_key: rsa.RSAPrivateKey, rsa_key: rsa.RSAPrivateKey
) -> None:
    found = of_the_server(document(by_password()), server(root, root_key, rsa_key, DNS("vpn.example.com")))
    assert found == [("advice", "ServerCertificateIssuerCommonName", "server-authority")]


def test_an_ecdsa_server_by_surprise_is_told(
    root: x509.Certificate,
    root_key: rsa.RSAPrivateKey,
    alice: x509.Certificate,
    rsa_key: rsa.RSAPrivateKey,
) -> None:
    whole = document(tunnel(), identity(p12(rsa_key, alice)), authority(der(root)))
    surprise = server(root, root_key, ec.generate_private_key(ec.SECP256R1()), DNS("vpn.example.com"))
    assert of_the_server(whole, surprise) == [("warning", "CertificateType", "server-key")]


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"end": NOW - timedelta(hours=1)}, ("error", "RemoteAddress", "expired")),
        ({"end": NOW + 5 * DAY}, ("warning", "RemoteAddress", "expires-soon")),
        ({"start": NOW + DAY}, ("error", "RemoteAddress", "not-yet-valid")),
        ({"purposes": CLIENT}, ("warning", "RemoteAddress", "server-purpose")),
        ({"purposes": None}, ("warning", "RemoteAddress", "server-purpose")),
        ({"extra": None}, ("warning", "RemoteAddress", "server-alternative-name")),
    ],
)
def test_a_servers_certificate_that_no_device_takes_is_told(
    root: x509.Certificate,
    root_key: rsa.RSAPrivateKey,
    rsa_key: rsa.RSAPrivateKey,
    more: Mapping[str, Any],
    found: Told,
) -> None:
    whole = document(by_password(), authority(der(root)))
    assert of_the_server(whole, server(root, root_key, rsa_key, DNS("vpn.example.com"), **more)) == [found]


@pytest.fixture(scope="module")
def chain(
    root: x509.Certificate, root_key: rsa.RSAPrivateKey, rsa_key: rsa.RSAPrivateKey
) -> tuple[x509.Certificate, x509.Certificate, x509.Certificate]:
    """The certificate of a server, of the authority in between, and of the root."""
    key = ec.generate_private_key(ec.SECP256R1())
    between = certificate("Example Issuing CA", key, issuer=root, issuer_key=root_key, authority=True)
    names = x509.SubjectAlternativeName([DNS("vpn.example.com")])
    leaf = certificate(
        "vpn.example.com", rsa_key, issuer=between, issuer_key=key, purposes=SERVER, extra=names
    )
    return leaf, between, root


def links(found: ServerCertificate) -> list[tuple[str, bool]]:
    return [(link.certificate.common_name, link.in_profile) for link in found.chain]


BETWEEN, TOP = "Example Issuing CA", "Example Root CA"


@pytest.mark.parametrize(
    ("pasted", "brought", "found", "codes"),
    [
        ((0, 1), (2,), [(BETWEEN, False), (TOP, True)], []),
        ((2, 1, 0), (2,), [(BETWEEN, False), (TOP, True)], []),
        ((0, 1, 2), (), [(BETWEEN, False), (TOP, False)], ["server-authority"]),
        ((0,), (1, 2), [(BETWEEN, True), (TOP, True)], []),
        ((0,), (1,), [(BETWEEN, True)], []),
        ((0,), (2,), [], ["server-authority"]),
        ((0, 1), (), [(BETWEEN, False)], ["server-authority"]),
        ((0, 0, 1, 1), (2,), [(BETWEEN, False), (TOP, True)], []),
    ],
    ids=[
        "chain and root",
        "upside down",
        "nothing in the profile",
        "all in the profile",
        "the one in between in the profile",
        "the one in between nowhere",
        "no root",
        "twice",
    ],
)
def test_a_chain_is_built_from_what_is_pasted_and_what_is_in_the_profile(
    chain: tuple[x509.Certificate, ...],
    pasted: tuple[int, ...],
    brought: tuple[int, ...],
    found: list[tuple[str, bool]],
    codes: list[str],
) -> None:
    payloads = [
        replace(authority(der(chain[each])), uuid=f"CA-{each}", name=f"ca {each}") for each in brought
    ]
    whole = document(by_password(), *payloads)
    presented = pem(*(chain[each] for each in pasted))
    server = server_certificate(presented, whole)
    assert (server.certificate.common_name, links(server)) == ("vpn.example.com", found)
    assert server.strays == ()
    assert [code for _, _, code in of_the_server(whole, presented)] == codes


@pytest.mark.parametrize(
    ("pasted", "named", "told"),
    [
        ((0, 1), TOP, []),
        ((0, 1), BETWEEN, []),
        ((0,), TOP, [("advice", "ServerCertificateIssuerCommonName", "server-issuer")]),
        ((0, 1), "Another CA", [("warning", "ServerCertificateIssuerCommonName", "server-issuer")]),
    ],
)
def test_the_name_of_a_root_is_right_where_the_chain_leads_there(
    chain: tuple[x509.Certificate, ...], pasted: tuple[int, ...], named: str, told: list[Told]
) -> None:
    whole = document(by_password(ServerCertificateIssuerCommonName=named), authority(der(chain[2])))
    assert of_the_server(whole, pem(*(chain[each] for each in pasted))) == told


def test_what_is_pasted_and_belongs_to_no_chain_is_named(
    chain: tuple[x509.Certificate, ...], alice: x509.Certificate
) -> None:
    found = server_certificate(pem(chain[0], chain[1], alice), document(authority(der(chain[2]))))
    assert [each.common_name for each in found.strays] == ["alice"]
    assert (found.certificate.common_name, found.is_complete, found.is_anchored) == (
        "vpn.example.com",
        True,
        True,
    )


def test_a_root_that_was_renewed_with_its_key_is_that_of_the_profile(
    chain: tuple[x509.Certificate, ...], root_key: rsa.RSAPrivateKey
) -> None:
    renewed = certificate("Example Root CA", root_key, authority=True, end=NOW + 900 * DAY)
    found = server_certificate(pem(*chain[:2], renewed), document(authority(der(chain[2]))))
    assert links(found) == [(BETWEEN, False), (TOP, True)]


def test_a_server_that_signed_its_own_certificate_is_in_the_profile_or_not(
    rsa_key: rsa.RSAPrivateKey,
) -> None:
    names = x509.SubjectAlternativeName([DNS("vpn.example.com")])
    own = certificate("vpn.example.com", rsa_key, purposes=SERVER, extra=names)
    without = document(by_password())
    assert [code for _, _, code in of_the_server(without, pem(own))] == ["server-authority"]
    inside = document(by_password(), authority(der(own), PayloadType="com.apple.security.pkcs1"))
    assert server_certificate(pem(own), inside).in_profile
    assert of_the_server(inside, pem(own)) == []


def test_more_certificates_than_any_chain_has_are_refused(
    root_key: rsa.RSAPrivateKey, root: x509.Certificate
) -> None:
    many = [certificate(f"server {each}", root_key) for each in range(21)]
    with pytest.raises(IdentityError, match="21 certificates, more than the 20"):
        server_certificate(pem(*many), document(authority(der(root))))


def test_what_is_no_certificate_is_refused(root: x509.Certificate) -> None:
    with pytest.raises(IdentityError):
        server_certificate(b"no certificate", document(authority(der(root))))


@pytest.mark.parametrize("backwards", [False, True])
def test_what_was_found_in_a_file_holds_for_its_kind_of_payload_alone(
    root: x509.Certificate, alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey, backwards: bool
) -> None:
    vars(certificate_evidence)["_found"].clear()
    for content, right in ((p12(rsa_key, alice), "identity-pkcs12"), (der(root), "certificate")):
        parts = [identity(content, None), authority(content)]
        for part in reversed(parts) if backwards else parts:
            expected = [] if part.slug == right else ["unreadable-content"]
            assert [code for _, _, code in told(document(part))] == expected


def test_where_a_file_ends_and_its_password_begins_is_no_matter_of_luck(
    alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey
) -> None:
    content = p12(rsa_key, alice)
    opened, locked = identity(content), identity(content + b"\0" + PASSWORD.encode(), None)
    for part, title in ((opened, "alice"), (locked, "")):
        found = inspect(document(part)).of(part.uuid)
        assert found is not None
        assert found.title == title


def test_a_file_is_opened_once_and_its_password_is_not_kept(
    alice: x509.Certificate, rsa_key: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = document(identity(p12(rsa_key, alice)))
    opened: list[bytes] = []
    real = pkcs12.inspect

    def counted(data: bytes, password: str | None) -> pkcs12.Inspected:
        opened.append(data)
        return real(data, password)

    monkeypatch.setattr(pkcs12, "inspect", counted)
    first, second = inspect(whole), inspect(whole)
    assert first.credentials == second.credentials
    assert len(opened) == 1
    kept = vars(certificate_evidence)["_found"]
    assert kept
    assert PASSWORD not in repr(kept)
    assert PASSWORD.encode() not in b"".join(kept)
