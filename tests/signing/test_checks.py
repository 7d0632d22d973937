"""What has to hold of certificates before they may sign."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from profiles.exceptions import ChainError, IdentityError, KeyUsageError, ValidityError
from profiles.signing.certificates import date_text
from profiles.signing.identity import SigningIdentity, load, read_pem, serialise
from tests.signing.conftest import Chain
from tests.signing.making import DAY, NOW, Key, certificate, key_pem, pem


def test_the_chain_is_put_in_order(identity: SigningIdentity, chain: Chain) -> None:
    found = read_pem(
        key_pem(identity.key), pem(chain.root, identity.certificate, chain.intermediate, chain.root)
    )
    assert found.certificate == identity.certificate
    assert found.chain == (chain.intermediate, chain.root)


def test_a_certificate_of_another_chain_is_named(identity: SigningIdentity, other_rsa_key: Key) -> None:
    stranger = certificate("Stranger CA", other_rsa_key, authority=True)
    with pytest.raises(ChainError, match="“Stranger CA” does not belong to the chain of “Signer”: remove it"):
        read_pem(key_pem(identity.key), pem(identity.certificate, *identity.chain, stranger))


def test_a_gap_in_the_chain_names_what_cannot_be_reached(identity: SigningIdentity, chain: Chain) -> None:
    with pytest.raises(ChainError, match="“Example Root CA” does not belong to the chain of “Signer”"):
        read_pem(key_pem(identity.key), pem(identity.certificate, chain.root))


def test_a_namesake_that_did_not_sign_is_not_taken_for_the_issuer(
    identity: SigningIdentity, other_rsa_key: Key
) -> None:
    namesake = certificate("Example Intermediate CA", other_rsa_key, authority=True)
    found = read_pem(key_pem(identity.key), pem(identity.certificate, *identity.chain))
    assert namesake not in found.chain
    with pytest.raises(ChainError, match=r"A second “Example Intermediate CA” \(valid until"):
        read_pem(key_pem(identity.key), pem(identity.certificate, namesake, *identity.chain))


def test_an_issuer_that_is_no_authority_is_named(rsa_key: Key, chain: Chain, other_rsa_key: Key) -> None:
    middle = chain.signer(other_rsa_key)
    leaf = certificate("Below", rsa_key, issuer=middle, issuer_key=other_rsa_key)
    with pytest.raises(ChainError, match="chain's certificate “Signer” is no certificate authority"):
        read_pem(key_pem(rsa_key), pem(leaf, middle, chain.intermediate, chain.root))


def test_an_authority_that_may_not_sign_certificates_is_named(rsa_key: Key, other_rsa_key: Key) -> None:
    root = certificate("Odd CA", other_rsa_key, authority=True, usage=["crl_sign"])
    leaf = certificate("Signer", rsa_key, issuer=root, issuer_key=other_rsa_key)
    with pytest.raises(ChainError, match="“Odd CA” is no certificate authority, and may not issue"):
        read_pem(key_pem(rsa_key), pem(leaf, root))


def test_more_authorities_than_allowed_are_named(rsa_key: Key, chain: Chain, other_rsa_key: Key) -> None:
    second = certificate(
        "Second CA",
        other_rsa_key,
        issuer=chain.intermediate,
        issuer_key=chain.intermediate_key,
        authority=True,
    )
    leaf = certificate("Signer", rsa_key, issuer=second, issuer_key=other_rsa_key)
    with pytest.raises(
        ChainError, match="“Example Intermediate CA” does not allow so many authorities below"
    ):
        read_pem(key_pem(rsa_key), pem(leaf, second, chain.intermediate, chain.root))


def test_an_old_root_without_extensions_is_accepted(rsa_key: Key, other_rsa_key: Key) -> None:
    root = certificate("Old CA", other_rsa_key, authority=None)
    leaf = certificate("Signer", rsa_key, issuer=root, issuer_key=other_rsa_key)
    assert read_pem(key_pem(rsa_key), pem(leaf, root)).chain == (root,)


def test_an_expired_certificate_is_named_with_the_day(rsa_key: Key, chain: Chain) -> None:
    end = NOW - 3 * DAY
    leaf = chain.signer(rsa_key, start=NOW - 9 * DAY, end=end)
    with pytest.raises(ValidityError, match=f"^The certificate expired on {date_text(end)}: upload one"):
        read_pem(key_pem(rsa_key), pem(leaf, *chain.identity(rsa_key).chain))


def test_a_certificate_of_tomorrow_is_named(rsa_key: Key, chain: Chain) -> None:
    leaf = chain.signer(rsa_key, start=NOW + 2 * DAY)
    with pytest.raises(ValidityError, match="The certificate is not valid before"):
        read_pem(key_pem(rsa_key), pem(leaf))


def test_an_expired_intermediate_is_named(rsa_key: Key, chain: Chain) -> None:
    leaf = chain.signer(rsa_key, end=NOW + 3000 * DAY)
    with pytest.raises(ValidityError, match="chain's certificate “Example Intermediate CA” expired"):
        read_pem(key_pem(rsa_key), pem(leaf, chain.intermediate, chain.root), at=NOW + 2000 * DAY)


@pytest.mark.parametrize(
    "usage", [["key_encipherment"], ["key_cert_sign", "crl_sign"], ["content_commitment"]]
)
def test_a_key_usage_without_digital_signature_is_named(usage: list[str], rsa_key: Key, chain: Chain) -> None:
    leaf = chain.signer(rsa_key, usage=usage)
    with pytest.raises(
        KeyUsageError, match="key usage of the certificate does not include digital signature"
    ):
        read_pem(key_pem(rsa_key), pem(leaf))


@pytest.mark.parametrize("purpose", [ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.OCSP_SIGNING])
def test_a_purpose_that_is_never_signing_is_named(
    purpose: x509.ObjectIdentifier, rsa_key: Key, chain: Chain
) -> None:
    leaf = chain.signer(rsa_key, purposes=[purpose])
    with pytest.raises(KeyUsageError, match="issued for time stamps or OCSP answers only"):
        read_pem(key_pem(rsa_key), pem(leaf))


@pytest.mark.parametrize(
    "purposes",
    [
        [ExtendedKeyUsageOID.CODE_SIGNING],
        [ExtendedKeyUsageOID.EMAIL_PROTECTION],
        [ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE],
        [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH],
        [ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING],
    ],
)
def test_other_purposes_are_accepted(
    purposes: list[x509.ObjectIdentifier], rsa_key: Key, chain: Chain
) -> None:
    leaf = chain.signer(rsa_key, purposes=purposes, usage=["digital_signature"])
    assert read_pem(key_pem(rsa_key), pem(leaf)).certificate == leaf


def test_a_self_signed_authority_may_sign_by_itself(ec_key: ec.EllipticCurvePrivateKey) -> None:
    leaf = certificate("Home made", ec_key, authority=True)
    found = read_pem(key_pem(ec_key), pem(leaf))
    assert (found.certificate, found.chain) == (leaf, ())


def test_of_two_certificates_for_one_key_the_older_is_named(rsa_key: Key, chain: Chain) -> None:
    older, newer = chain.signer(rsa_key, end=NOW + 10 * DAY), chain.signer(rsa_key)
    with pytest.raises(ChainError, match=f"A second “Signer” .valid until {date_text(NOW + 10 * DAY)}."):
        read_pem(key_pem(rsa_key), pem(older, newer, *chain.identity(rsa_key).chain))


@pytest.mark.parametrize("kind", ["RSA 2048", "RSA 4096", "P-256", "P-384"])
def test_what_is_stored_is_loaded_again(kind: str, keys: dict[str, Key], chain: Chain) -> None:
    identity = chain.identity(keys[kind])
    found = load(serialise(identity))
    assert (found.certificate, found.chain) == (identity.certificate, identity.chain)
    assert key_pem(found.key) == key_pem(identity.key)


def test_damaged_storage_is_named(identity: SigningIdentity) -> None:
    data = serialise(identity)
    for damaged in (b"", b"PDI1", data[4:], data[:-1], data[:100], data + b"\0"):
        with pytest.raises(IdentityError, match="stored signing identity is damaged"):
            load(damaged)


def test_the_key_does_not_show_in_the_text_of_an_identity(identity: SigningIdentity) -> None:
    assert isinstance(identity.key, rsa.RSAPrivateKey)
    assert str(identity.key.private_numbers().d) not in repr(identity)
    assert "PRIVATE" not in repr(identity)
