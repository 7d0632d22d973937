"""The authority of one's own, as openssl sees it."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from profiles.exceptions import IdentityError
from profiles.signing.authority import create_authority, issue
from profiles.signing.cms import sign, verify
from profiles.signing.identity import SigningIdentity, read_pem
from profiles.signing.verdict import predict
from tests.signing.making import DAY, NOW, key_pem, openssl, pem


@pytest.fixture(scope="module")
def authority() -> SigningIdentity:
    return create_authority("Profile Designer CA", at=NOW)


@pytest.fixture(scope="module")
def signer(authority: SigningIdentity) -> SigningIdentity:
    return issue(authority, common_name="Profile Designer", at=NOW)


@pytest.mark.parametrize("tool", ["cms", "smime"])
def test_openssl_verifies_what_its_signer_signs(
    tool: str, authority: SigningIdentity, signer: SigningIdentity, tmp_path: Path
) -> None:
    (tmp_path / "signed").write_bytes(sign(b"a\nb", signer))
    (tmp_path / "root.pem").write_bytes(pem(authority.certificate))
    arguments = f"{tool} -verify -inform DER -in signed -CAfile root.pem -x509_strict -binary -out content"
    openssl(*arguments.split(), folder=tmp_path)
    assert (tmp_path / "content").read_bytes() == b"a\nb"


def test_its_signer_passes_the_checks_of_an_upload(
    authority: SigningIdentity, signer: SigningIdentity
) -> None:
    found = read_pem(key_pem(signer.key), pem(signer.certificate, authority.certificate))
    assert found.chain == (authority.certificate,)
    assert verify(sign(b"x", signer), trusted=[authority.certificate]).content == b"x"
    verdict = predict(signer, at=NOW)
    assert verdict.sentence == "Shows as Verified on devices that trust “Profile Designer CA”."


def test_the_extensions_say_what_each_is_for(authority: SigningIdentity, signer: SigningIdentity) -> None:
    ca, leaf = authority.certificate.extensions, signer.certificate.extensions
    assert ca.get_extension_for_class(x509.BasicConstraints).value == x509.BasicConstraints(True, 0)
    usage = ca.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.crl_sign, usage.digital_signature) == (True, True, False)
    assert leaf.get_extension_for_class(x509.KeyUsage).value.digital_signature
    assert set(leaf.get_extension_for_class(x509.ExtendedKeyUsage).value) == {
        ExtendedKeyUsageOID.CODE_SIGNING,
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
    }
    identifier = leaf.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert identifier == ca.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest


def test_both_are_valid_already_and_long_enough(authority: SigningIdentity, signer: SigningIdentity) -> None:
    assert (authority.certificate.not_valid_after_utc - NOW).days in (3651, 3652)
    assert (signer.certificate.not_valid_after_utc - NOW).days in (824, 825)
    for made in (authority, signer):
        assert made.certificate.not_valid_before_utc < NOW


def test_serial_numbers_are_not_repeated(authority: SigningIdentity, signer: SigningIdentity) -> None:
    again = issue(authority, common_name="Profile Designer")
    serials = {made.certificate.serial_number for made in (authority, signer, again)}
    assert len(serials) == 3
    assert min(serials) > 2**64


def test_a_signer_does_not_outlive_its_authority(authority: SigningIdentity) -> None:
    late = issue(authority, common_name="Late", at=NOW + 3600 * DAY)
    assert late.certificate.not_valid_after_utc == authority.certificate.not_valid_after_utc


def test_an_expired_authority_issues_nothing(authority: SigningIdentity) -> None:
    with pytest.raises(IdentityError, match="authority “Profile Designer CA” has expired: make a new one"):
        issue(authority, common_name="Too late", at=NOW + 3700 * DAY)


@pytest.mark.parametrize("name", ["", "x" * 65, "東" * 22])
def test_a_name_of_no_fitting_length_is_refused(name: str, authority: SigningIdentity) -> None:
    with pytest.raises(IdentityError, match="1 to 64 letters"):
        issue(authority, common_name=name)
