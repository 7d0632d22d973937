"""Signing, against the bare key, and against starting openssl for each profile."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from bench.measure import interleave, plain
from bench.samples import largest
from bench.table import Budget, Row
from profiles.plist.build import build
from profiles.signing import cms
from profiles.signing.checks import SigningKey
from profiles.signing.identity import SigningIdentity
from tests.signing.making import certificate, key_pem, pem

TITLE = "Sign the largest example"
OPENSSL = (
    "openssl",
    "smime",
    "-sign",
    "-nodetach",
    "-binary",
    "-nosmimecap",
    "-outform",
    "der",
    "-md",
    "sha256",
)

OF_RAW = Budget(0.85, least=True)
OVER_PROCESS = Budget(5, least=True)


def rows(rounds: int) -> Iterator[Row]:
    """Yields shares of the rate of `key.sign`, and how many times faster than processes we are."""
    content = build(largest())
    keys: dict[str, SigningKey] = {
        "RSA-2048": rsa.generate_private_key(65537, 2048),
        "P-256": ec.generate_private_key(ec.SECP256R1()),
        "RSA-4096": rsa.generate_private_key(65537, 4096),
    }
    identities = {name: _identity(key) for name, key in keys.items()}
    for name, key in keys.items():
        sign = partial(cms.sign, content, identities[name])
        contenders = {"ours": plain(sign), "raw": plain(_raw(key, content))}
        # Many short rounds: what signing adds to the key's work is less than what a busy neighbour takes.
        timings = interleave(contenders, rounds=5 * rounds, runs=2)
        rate = 1000 / timings.milliseconds("ours")
        note = f"{rate:,.0f} profiles a second, median {timings.ratio('raw', 'ours'):.2f}"
        budget = OF_RAW if name == "RSA-2048" else None
        yield Row(
            f"{name}: share of the rate of key.sign", timings.best_ratio("raw", "ours"), budget, note=note
        )
    yield from _against_openssl(content, identities["RSA-2048"], rounds)


def _identity(key: SigningKey) -> SigningIdentity:
    """A signer with its authority as the chain, as the server's own has."""
    issuer_key = ec.generate_private_key(ec.SECP256R1())
    issuer = certificate("Bench authority", issuer_key, authority=True)
    return SigningIdentity(
        key, certificate("Bench signer", key, issuer=issuer, issuer_key=issuer_key), (issuer,)
    )


def _raw(key: SigningKey, content: bytes) -> Callable[[], bytes]:
    if isinstance(key, rsa.RSAPrivateKey):
        return lambda: key.sign(content, padding.PKCS1v15(), hashes.SHA256())
    return lambda: key.sign(content, ec.ECDSA(hashes.SHA256()))


def _against_openssl(content: bytes, identity: SigningIdentity, rounds: int) -> Iterator[Row]:
    name = "RSA-2048: times as fast as a process each"
    if shutil.which("openssl") is None:
        yield Row(name, 0, note="not measured: there is no openssl here")
        return
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "key.pem").write_bytes(key_pem(identity.key))
        (Path(folder) / "signer.pem").write_bytes(pem(identity.certificate))
        (Path(folder) / "chain.pem").write_bytes(pem(*identity.chain))
        files = ["-inkey", "key.pem", "-signer", "signer.pem", "-certfile", "chain.pem"]

        def process() -> bytes:
            return subprocess.run(
                [*OPENSSL, *files], cwd=folder, input=content, capture_output=True, check=True
            ).stdout

        # Both must do the same, or there is nothing to compare.
        for signed in (process(), cms.sign(content, identity)):
            assert cms.verify_signature(signed).content == content
        contenders = {"ours": plain(lambda: cms.sign(content, identity)), "process": plain(process)}
        timings = interleave(contenders, rounds=rounds)
    note = f"{timings.milliseconds('ours'):.2f} ms against {timings.milliseconds('process'):.1f} ms"
    yield Row(name, timings.ratio("process", "ours"), OVER_PROCESS, note=note)
