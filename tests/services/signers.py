"""Identities to upload, and openssl to judge what they sign."""

import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from profiles.models import SigningIdentity, User
from profiles.services import signing
from profiles.services.teams import home
from profiles.signing.identity import SigningIdentity as Loaded


def key_pem(loaded: Loaded) -> bytes:
    """The private key, not encrypted."""
    return loaded.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def chain_pem(loaded: Loaded) -> bytes:
    """The certificate and its chain."""
    return b"".join(part.public_bytes(Encoding.PEM) for part in (loaded.certificate, *loaded.chain))


def p12(loaded: Loaded, password: str) -> bytes:
    """The identity as a PKCS #12 file."""
    return pkcs12.serialize_key_and_certificates(
        b"signer", loaded.key, loaded.certificate, loaded.chain, BestAvailableEncryption(password.encode())
    )


def add(owner: User | None, name: str, loaded: Loaded) -> SigningIdentity:
    """Upload the identity as PEM."""
    team = home(owner) if owner else None
    return signing.add_pem(actor=owner, team=team, name=name, key=key_pem(loaded), chain=chain_pem(loaded))


def openssl_verify(signed: bytes, root: bytes, folder: Path) -> bytes:
    """What `openssl cms -verify` makes of it, given the root; fails where it refuses."""
    (folder / "root.pem").write_bytes(root)
    (folder / "signed.der").write_bytes(signed)
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", "signed.der", "-CAfile", "root.pem"]
    done = subprocess.run(
        [*command, "-binary", "-purpose", "any"], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
