"""The sentence that tells an admin what people will see."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from profiles.signing.certificates import date_text, describe, key_text, name_of
from profiles.signing.identity import SigningIdentity
from profiles.signing.verdict import Expiry, predict
from tests.signing.conftest import Chain
from tests.signing.making import DAY, NOW, Key, certificate, key_pem, openssl, pem


def test_a_whole_chain_names_the_root(identity: SigningIdentity) -> None:
    verdict = predict(identity, at=NOW)
    assert verdict.verified
    assert verdict.sentence == "Shows as Verified on devices that trust “Example Root CA”."
    assert (verdict.expires_in_days, verdict.expiry, verdict.warning) == (400, Expiry.FINE, "")


def test_a_root_that_is_not_included_is_named(identity: SigningIdentity, chain: Chain) -> None:
    verdict = predict(SigningIdentity(identity.key, identity.certificate, (chain.intermediate,)), at=NOW)
    assert verdict.verified
    assert verdict.sentence == (
        "Shows as Verified on devices that trust “Example Root CA”, "
        "which issued “Example Intermediate CA” and is not included itself."
    )


def test_a_lone_certificate_says_where_the_chain_stops(identity: SigningIdentity) -> None:
    verdict = predict(SigningIdentity(identity.key, identity.certificate), at=NOW)
    assert not verdict.verified
    assert verdict.sentence == (
        "Shows as Not Verified, because the chain stops at “Signer”, whose issuer “Example Intermediate CA” "
        "is not included; upload it with its chain."
    )


def test_a_self_signed_certificate_is_trusted_as_such_or_not_at_all(rsa_key: Key) -> None:
    verdict = predict(SigningIdentity(rsa_key, certificate("Home made", rsa_key)), at=NOW)
    assert verdict.verified
    assert verdict.sentence == (
        "Shows as Verified only on devices that trust this very certificate, “Home made”."
    )


def test_an_expired_certificate_is_named_with_the_day(rsa_key: Key, chain: Chain) -> None:
    end = datetime(2026, 3, 3, 12, tzinfo=UTC)
    identity = chain.identity(rsa_key, start=end - 300 * DAY, end=end)
    verdict = predict(identity, at=end + 2 * DAY)
    assert not verdict.verified
    # The authorities of these tests begin later than that, but what ended is named first.
    assert verdict.sentence == "Shows as Not Verified, because the certificate expired on 3 March 2026."
    assert (verdict.expires_in_days, verdict.expiry) == (-2, Expiry.EXPIRED)
    assert verdict.warning == "“Signer” expired on 3 March 2026: replace this identity."


def test_a_certificate_of_tomorrow_is_not_verified_today(rsa_key: Key, chain: Chain) -> None:
    verdict = predict(chain.identity(rsa_key, start=NOW + DAY), at=NOW)
    assert not verdict.verified
    assert verdict.sentence.endswith(f"the certificate is not valid before {date_text(NOW + DAY)}.")


def test_an_intermediate_that_ends_first_is_what_counts(rsa_key: Key, chain: Chain) -> None:
    identity = chain.identity(rsa_key, end=NOW + 3000 * DAY)
    verdict = predict(identity, at=NOW + 1790 * DAY)
    assert (verdict.expires_in_days, verdict.expiry) == (10, Expiry.SOON)
    assert verdict.warning.startswith("“Example Intermediate CA” expires on ")
    later = predict(identity, at=NOW + 1801 * DAY)
    assert "the chain's certificate “Example Intermediate CA” expired on" in later.sentence


@pytest.mark.parametrize(
    ("days", "expiry"), [(31, Expiry.FINE), (30, Expiry.SOON), (0, Expiry.SOON), (-1, Expiry.EXPIRED)]
)
def test_the_warning_starts_thirty_days_before(days: int, expiry: Expiry, identity: SigningIdentity) -> None:
    verdict = predict(identity, at=identity.certificate.not_valid_after_utc - days * DAY)
    assert (verdict.expiry, verdict.expires_in_days) == (expiry, days)
    assert bool(verdict.warning) == (expiry is not Expiry.FINE)


def test_sha_1_in_the_chain_is_not_verified(tmp_path: Path, rsa_key: Key, chain: Chain) -> None:
    (tmp_path / "root.pem").write_bytes(pem(chain.root) + key_pem(chain.root_key))
    (tmp_path / "key.pem").write_bytes(key_pem(rsa_key))
    openssl(*["req", "-new", "-key", "key.pem", "-subj", "/CN=Old", "-out", "request"], folder=tmp_path)
    arguments = "x509 -req -sha1 -in request -CA root.pem -CAkey root.pem -CAcreateserial -out leaf.pem"
    openssl(*arguments.split(), folder=tmp_path)
    leaf = x509.load_pem_x509_certificate((tmp_path / "leaf.pem").read_bytes())
    verdict = predict(SigningIdentity(rsa_key, leaf, (chain.root,)), at=datetime.now(UTC) + DAY / 2)
    assert verdict.sentence == (
        "Shows as Not Verified, because the certificate is signed with SHA-1, which devices refuse."
    )


def test_a_small_key_in_the_chain_is_not_verified(rsa_key: Key) -> None:
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    root = certificate("Small CA", small, authority=True)
    leaf = certificate("Signer", rsa_key, issuer=root, issuer_key=small)
    verdict = predict(SigningIdentity(rsa_key, leaf, (root,)), at=NOW)
    assert not verdict.verified
    assert "“Small CA” has a key that devices refuse as too small (RSA 1024)" in verdict.sentence


def test_a_certificate_is_described(identity: SigningIdentity, tmp_path: Path) -> None:
    found = describe(identity.certificate)
    assert (found.common_name, found.issuer, found.organisation) == ("Signer", "Example Intermediate CA", "")
    assert (found.not_before, found.not_after, found.key) == (NOW - DAY, NOW + 400 * DAY, "RSA 2048")
    (tmp_path / "signer.pem").write_bytes(pem(identity.certificate))
    printed = openssl(
        *["x509", "-in", "signer.pem", "-noout", "-fingerprint", "-sha256"], folder=tmp_path
    ).decode()
    assert found.fingerprint == printed.strip().partition("=")[2]


def test_keys_are_named_as_people_name_them(keys: dict[str, Key]) -> None:
    for text, key in keys.items():
        assert key_text(key) == key_text(key.public_key()) == text
    assert key_text(ec.generate_private_key(ec.SECP521R1())) == "P-521"
    assert key_text(ec.generate_private_key(ec.SECP256K1())) == "secp256k1"


def test_a_name_is_found_without_a_common_name() -> None:
    organisation = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example Ltd")])
    assert name_of(organisation) == "Example Ltd"
    assert name_of(x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "DE")])) == "C=DE"
    assert name_of(x509.Name([])) == "(no name)"


def test_a_hostile_name_stays_one_short_line() -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a\n\u202eb" + "x" * 50)])
    assert name_of(name) == "ab" + "x" * 50
    unit, place = NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.LOCALITY_NAME
    long = x509.Name([x509.NameAttribute(unit, "x" * 60), x509.NameAttribute(place, "y" * 60)])
    assert len(name_of(long)) == 80
