"""A certificate authority of one's own, so that signing works before anybody has bought a certificate."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from profiles.exceptions import IdentityError
from profiles.signing.certificates import quoted
from profiles.signing.identity import SigningIdentity

# RSA, since every iOS verifies it: the larger has to last for ten years, the smaller signs each download.
AUTHORITY_BITS = 3072
SIGNER_BITS = 2048
AUTHORITY_DAYS = 3652
# The clock of a device may be a little slow.
BACKDATED = timedelta(minutes=10)
# In bytes of UTF-8.
LONGEST_COMMON_NAME = 64
NO_USAGE = {
    "digital_signature": False,
    "content_commitment": False,
    "key_encipherment": False,
    "data_encipherment": False,
    "key_agreement": False,
    "key_cert_sign": False,
    "crl_sign": False,
    "encipher_only": False,
    "decipher_only": False,
}


def create_authority(common_name: str, *, at: datetime | None = None) -> SigningIdentity:
    """Return a new self-signed authority (RSA 3072, ten years from `at`, else now) with an empty chain.

    Raises IdentityError for a name that is empty or longer than 64 bytes.
    """
    now = at or datetime.now(UTC)
    key = rsa.generate_private_key(public_exponent=65537, key_size=AUTHORITY_BITS)
    name = _name(common_name)
    certificate = (
        _builder(name, name, key.public_key(), now, now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**{**NO_USAGE, "key_cert_sign": True, "crl_sign": True}), critical=True)
        .sign(key, hashes.SHA256())
    )
    return SigningIdentity(key, certificate)


def issue(
    authority: SigningIdentity, *, common_name: str, days: int = 825, at: datetime | None = None
) -> SigningIdentity:
    """Return a new signing identity (RSA 2048) under an authority, which is its chain.

    It is valid for `days` from `at`, else now, but not longer than the authority. Raises IdentityError for a
    name that is too long, or an authority that has expired.
    """
    now = at or datetime.now(UTC)
    issuer = authority.certificate
    if now >= issuer.not_valid_after_utc:
        raise IdentityError(f"The authority {quoted(issuer)} has expired: make a new one.")
    key = rsa.generate_private_key(public_exponent=65537, key_size=SIGNER_BITS)
    until = min(now + timedelta(days=days), issuer.not_valid_after_utc)
    authority_id = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _builder(_name(common_name), issuer.subject, key.public_key(), now, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{**NO_USAGE, "digital_signature": True}), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]),
            critical=False,
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(authority_id), critical=False
        )
        .sign(authority.key, hashes.SHA256())
    )
    return SigningIdentity(key, certificate, (issuer, *authority.chain))


def _name(common_name: str) -> x509.Name:
    if not 1 <= len(common_name.encode()) <= LONGEST_COMMON_NAME:
        raise IdentityError(
            f"The name of a certificate has 1 to {LONGEST_COMMON_NAME} letters, where one outside of ASCII "
            "counts as two or more: shorten it."
        )
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - BACKDATED)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )
