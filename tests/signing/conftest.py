"""Keys are slow to make, so each is made once. Example Root CA → Example Intermediate CA → Signer."""

from dataclasses import dataclass

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from profiles.signing.identity import SigningIdentity
from tests.signing.making import DAY, NOW, Key, certificate


@dataclass(frozen=True)
class Chain:
    """Two authorities, and what they issue."""

    root_key: Key
    root: x509.Certificate
    intermediate_key: Key
    intermediate: x509.Certificate

    def signer(self, key: Key, **options: object) -> x509.Certificate:
        return certificate(
            "Signer",
            key,
            issuer=self.intermediate,
            issuer_key=self.intermediate_key,
            **options,  # type: ignore[arg-type]
        )

    def identity(self, key: Key, **options: object) -> SigningIdentity:
        return SigningIdentity(key, self.signer(key, **options), (self.intermediate, self.root))


@pytest.fixture(scope="session")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def other_rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="session")
def keys(rsa_key: rsa.RSAPrivateKey, ec_key: ec.EllipticCurvePrivateKey) -> dict[str, Key]:
    return {
        "RSA 2048": rsa_key,
        "RSA 4096": rsa.generate_private_key(public_exponent=65537, key_size=4096),
        "P-256": ec_key,
        "P-384": ec.generate_private_key(ec.SECP384R1()),
    }


@pytest.fixture(scope="session")
def chain() -> Chain:
    root_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    root = certificate("Example Root CA", root_key, authority=True, end=NOW + 3650 * DAY)
    intermediate_key = ec.generate_private_key(ec.SECP256R1())
    intermediate = certificate(
        "Example Intermediate CA",
        intermediate_key,
        issuer=root,
        issuer_key=root_key,
        authority=True,
        path_length=0,
        end=NOW + 1800 * DAY,
    )
    return Chain(root_key, root, intermediate_key, intermediate)


@pytest.fixture(scope="session")
def identity(chain: Chain, rsa_key: rsa.RSAPrivateKey) -> SigningIdentity:
    """The ordinary case: RSA 2048 under an intermediate under a root."""
    return chain.identity(rsa_key)
