"""A file from anywhere, with what is signed taken out of its signatures, and these told of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from asn1crypto import cms as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from profiles.exceptions import NotSignedError, VerificationError
from profiles.signing import ber
from profiles.signing.armour import unarmoured
from profiles.signing.certificates import UNREADABLE, fingerprint, name_of, self_signed
from profiles.signing.chain import faults, order
from profiles.signing.cms import certificates, content_of, signed_data
from profiles.signing.signer_info import DIGESTS, check_signature, find_signer

MOST_LAYERS: Final = 3
MOST_SIGNERS: Final = 10

_WEAK: Final[dict[str, hashes.HashAlgorithm]] = {"sha1": hashes.SHA1()}  # noqa: S303 — to read what others made
"""Digests that can be checked, and that no device trusts any more."""

# id-envelopedData and id-encryptedData, as they stand in a file.
_ENCRYPTED: Final = (bytes.fromhex("06092a864886f70d010703"), bytes.fromhex("06092a864886f70d010706"))


@dataclass(frozen=True, kw_only=True)
class Signature:
    """One signature, as far as it can be told without knowing whom to trust.

    signer, issuer   names; empty where the certificate is not included
    fingerprint      SHA-256 of its certificate, with colons; `not_after` is aware
    chain            names of the issuers that are included, in order; `complete` where they end in a root
    intact           it holds for exactly this content
    verdict          that, and what a device will make of it, in a sentence
    """

    signer: str
    issuer: str
    fingerprint: str
    not_after: datetime | None
    chain: tuple[str, ...]
    complete: bool
    intact: bool
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What was signed (the data itself where nothing is), its signatures from the outermost on, and what to tell."""

    content: bytes = field(repr=False)
    signatures: tuple[Signature, ...]
    notes: tuple[str, ...]


def open_file(data: bytes, *, at: datetime | None = None) -> Opened:
    """Take all signatures off, as of `at` (aware), else now.

    Raises NotSignedError or another VerificationError where the content cannot be reached.
    """
    now = at or datetime.now(UTC)
    found: list[Signature] = []
    layers = 0
    while (cms := unarmoured(data)) is not None:
        layers += 1
        if layers > MOST_LAYERS:
            raise VerificationError(
                f"The file is signed more than {MOST_LAYERS} times, each time with the last signature inside. Export "
                "the profile again."
            )
        data, signatures = _layer(cms, now)
        found += signatures
    if any(data[:40].find(mark) > 0 for mark in _ENCRYPTED):
        raise NotSignedError(
            "The file is encrypted for one device, so nobody else can read it. Get the profile before it was encrypted."
        )
    notes = ("The file is signed more than once, one signature inside the other.",) if layers > 1 else ()
    return Opened(content=data, signatures=tuple(found), notes=notes)


def _layer(data: bytes, now: datetime) -> tuple[bytes, list[Signature]]:
    ber.check_size(data)
    signed = signed_data(data)
    content = content_of(signed)
    try:
        infos = list(signed["signer_infos"])
    except UNREADABLE:
        raise NotSignedError(
            "The signed profile is damaged: its signatures cannot be read. Export the profile again."
        ) from None
    if len(infos) > MOST_SIGNERS:
        raise VerificationError(
            f"The file has {len(infos):,} signatures; at most {MOST_SIGNERS} are read. Export the profile again."
        )
    try:
        included: Sequence[x509.Certificate] = certificates(signed)
    except (*UNREADABLE, VerificationError):
        included = ()
    return content, [_signature(info, included, content, now) for info in infos]


def _signature(
    info: asn1.SignerInfo, included: Sequence[x509.Certificate], content: bytes, now: datetime
) -> Signature:
    try:
        signer = find_signer(info, included)
    except (*UNREADABLE, VerificationError):
        return _of_nobody()
    chain, _ = order(signer, included)
    wrong = _wrong(info, signer, content)
    doubts = [] if wrong else [*_doubts(info, (signer, *chain), now)]
    verdict = wrong or "The signature is intact: nothing was changed since."
    return Signature(
        signer=name_of(signer.subject),
        issuer=name_of(signer.issuer),
        fingerprint=fingerprint(signer),
        not_after=signer.not_valid_after_utc,
        chain=tuple(name_of(issuer.subject) for issuer in chain),
        complete=self_signed((signer, *chain)[-1]),
        intact=not wrong,
        verdict=" ".join(
            [verdict, *(f"Devices will not trust it, because {doubts[0]}." for _ in doubts[:1])]
        ),
    )


def _of_nobody() -> Signature:
    return Signature(
        signer="",
        issuer="",
        fingerprint="",
        not_after=None,
        chain=(),
        complete=False,
        intact=False,
        verdict="The certificate of the signer is not in the file, or cannot be read: nobody can check the signature.",
    )


def _wrong(info: asn1.SignerInfo, signer: x509.Certificate, content: bytes) -> str:
    """Why the signature does not hold, in a sentence; empty where it does."""
    try:
        check_signature(info, signer, content, digests={**DIGESTS, **_WEAK})
    except VerificationError as failure:
        return str(failure)
    except UNREADABLE:
        return "The signature is damaged and cannot be checked."
    return ""


def _doubts(info: asn1.SignerInfo, path: Sequence[x509.Certificate], now: datetime) -> Iterator[str]:
    """What keeps devices from trusting an intact signature."""
    digest = info["digest_algorithm"]["algorithm"].native
    if digest in _WEAK:
        yield f"it was made with {digest.upper().replace('SHA', 'SHA-')}"
    yield from (fault.clause for fault in faults(path, at=now))
    if not self_signed(path[-1]) and len(path) == 1:
        yield f"the certificate of its issuer, “{name_of(path[-1].issuer)}”, is not included"
