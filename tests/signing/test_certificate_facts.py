"""What is told of certificates, odd ones too: they come from whoever uploads them."""

from ipaddress import ip_address

import pytest
from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from profiles.certificate_facts import KeyFacts
from profiles.exceptions import DamagedFileError
from profiles.signing import bundle
from profiles.signing.certificates import (
    USER_PRINCIPAL_NAME,
    check_legible,
    describe,
    facts,
    is_authority,
    name_of,
)
from tests.signing.conftest import Chain
from tests.signing.making import DAY, NOW, certificate, name, pem

ALTERNATIVE_NAMES = x509.ObjectIdentifier("2.5.29.17")
# x400Address, which is a general name by the standard and unknown to the parser.
X400_ADDRESS = bytes.fromhex("3003a30100")


def other_name(value: bytes) -> x509.OtherName:
    return x509.OtherName(USER_PRINCIPAL_NAME, value)


def test_each_kind_of_name_is_told_apart(ec_key: ec.EllipticCurvePrivateKey) -> None:
    names = x509.SubjectAlternativeName(
        [
            x509.DNSName("vpn.example.com"),
            x509.IPAddress(ip_address("2001:db8::1")),
            x509.RFC822Name("alice@example.com"),
            x509.UniformResourceIdentifier("https://example.com/alice"),
            other_name(core.UTF8String("alice@corp.example").dump()),
            other_name(core.Integer(5).dump()),
            other_name(b"\x0c\x02\xff\xfe"),
            x509.DirectoryName(name("not told")),
        ]
    )
    purposes = [ExtendedKeyUsageOID.CLIENT_AUTH, x509.ObjectIdentifier("1.2.3.4")]
    found = facts(certificate("Alice", ec_key, extra=names, purposes=purposes))
    assert found.dns_names == ("vpn.example.com",)
    assert found.ip_addresses == ("2001:db8::1",)
    assert found.email_addresses == ("alice@example.com",)
    assert found.uris == ("https://example.com/alice",)
    assert found.user_names == ("alice@corp.example",)
    assert found.purposes == ("clientAuth", "1.2.3.4")


def test_a_certificate_says_who_issued_it(chain: Chain, rsa_key: rsa.RSAPrivateKey) -> None:
    leaf = chain.signer(rsa_key)
    found = facts(leaf)
    assert (found.common_name, found.issuer_common_name) == ("Signer", "Example Intermediate CA")
    assert (found.subject, found.issuer) == ("CN=Signer", "CN=Example Intermediate CA")
    assert (found.is_authority, found.self_signed, found.purposes) == (False, False, None)
    assert (found.key, found.signature_hash) == (KeyFacts(kind="RSA", bits=2048), "sha256")
    assert (found.not_before, found.not_after) == (leaf.not_valid_before_utc, leaf.not_valid_after_utc)
    assert found.fingerprint == describe(leaf).fingerprint
    assert int(found.serial_number, 16) == leaf.serial_number


def test_authorities_are_told(chain: Chain, ec_key: ec.EllipticCurvePrivateKey) -> None:
    root, intermediate = facts(chain.root), facts(chain.intermediate)
    assert (root.is_authority, root.self_signed) == (True, True)
    assert (intermediate.is_authority, intermediate.self_signed) == (True, False)
    # As roots of version 1 are, which have no extensions to say so.
    assert is_authority(certificate("Old root", ec_key, authority=None))


@pytest.mark.parametrize(
    ("key", "digest", "expected", "text"),
    [
        (ed25519.Ed25519PrivateKey.generate(), None, KeyFacts(kind="Ed25519", bits=0), "Ed25519"),
        (ec.generate_private_key(ec.SECP521R1()), hashes.SHA512(), KeyFacts(kind="EC", bits=521), "P-521"),
        (
            ec.generate_private_key(ec.SECP256K1()),
            hashes.SHA256(),
            KeyFacts(kind="secp256k1", bits=0),
            "secp256k1",
        ),
    ],
    ids=["Ed25519", "P-521", "secp256k1"],
)
def test_keys_of_other_kinds_and_empty_names_are_told(
    key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey,
    digest: hashes.SHA256 | hashes.SHA512 | None,
    expected: KeyFacts,
    text: str,
) -> None:
    builder = x509.CertificateBuilder().subject_name(x509.Name([])).issuer_name(x509.Name([]))
    builder = builder.public_key(key.public_key()).serial_number(5)
    made = builder.not_valid_before(NOW).not_valid_after(NOW + DAY).sign(key, digest)
    found = facts(made)
    assert (found.key, str(found.key)) == (expected, text)
    assert (found.subject, found.common_name, found.signature_hash) == ("", "", digest.name if digest else "")
    assert name_of(made.subject) == "(no name)"


@pytest.mark.parametrize(
    "value", [b"\x05\x00", X400_ADDRESS, bytes.fromhex("30058703010203"), b"\x30\x03\x82\x01\xff"]
)
def test_odd_names_are_left_out_and_refused_in_uploads(
    value: bytes, ec_key: ec.EllipticCurvePrivateKey
) -> None:
    made = certificate("Odd", ec_key, extra=x509.UnrecognizedExtension(ALTERNATIVE_NAMES, value))
    assert facts(made).alternative_names == ()
    with pytest.raises(ValueError, match="cannot be read"):
        check_legible(made)
    with pytest.raises(DamagedFileError, match="Certificate 1 in the file is damaged"):
        bundle.read(pem(made))


def test_control_characters_are_shown_and_never_passed_on(ec_key: ec.EllipticCurvePrivateKey) -> None:
    names = x509.SubjectAlternativeName([x509.DNSName("bank.example\0.evil.example")])
    found = facts(certificate("bank.example\0.evil.example", ec_key, extra=names))
    assert found.dns_names == ("bank.example�.evil.example",)
    assert found.common_name == "bank.example�.evil.example"
    assert found.subject == "CN=bank.example\\00.evil.example"
    assert facts(certificate("a\x1bb", ec_key)).subject == "CN=a�b"


def test_a_name_without_a_printable_character_is_written_out(ec_key: ec.EllipticCurvePrivateKey) -> None:
    der = certificate("qqqq", ec_key).public_bytes(Encoding.DER).replace(b"qqqq", b"\0\0\0\0")
    made = x509.load_der_x509_certificate(der)
    assert name_of(made.subject) == r"CN=\00\00\00\00"


@pytest.mark.parametrize(
    ("kind", "bits", "said"),
    [("RSA", 2560, "RSA 2560"), ("RSA", 3000, "RSA 3000"), ("EC", 256, "P-256"), ("Ed25519", 0, "Ed25519")],
)
def test_a_key_is_said_with_all_digits_of_its_size(kind: str, bits: int, said: str) -> None:
    assert str(KeyFacts(kind=kind, bits=bits)) == said
