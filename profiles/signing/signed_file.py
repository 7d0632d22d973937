"""A file from anywhere, with what is signed taken out of its signatures, and these told of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from asn1crypto import cms as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from profiles.exceptions import NotSignedError, TamperedError, VerificationError
from profiles.signing import ber, signer_info
from profiles.signing.armour import unarmoured
from profiles.signing.certificates import UNREADABLE, fingerprint, name_of, public_key, self_signed
from profiles.signing.chain import faults, likely_issuers, order
from profiles.signing.cms import content_of, is_encrypted, legible_certificates, signed_data
from profiles.signing.signer_info import DIGESTS, check_signature, find_signer

MOST_LAYERS: Final = 3

MOST_SIGNERS: Final = 5
"""Signatures that are told of, over all layers: each asks for a chain, and nobody signs a profile more often."""

_WEAK: Final[dict[str, hashes.HashAlgorithm]] = {
    "md5": hashes.MD5(),  # noqa: S303 — to read what others made
    "sha1": hashes.SHA1(),  # noqa: S303
}
"""Digests that can be checked, and that no device trusts any more."""

_DIGESTS: Final = {**DIGESTS, "sha224": hashes.SHA224(), **_WEAK}

_KINDS: Final = {"rsassa_pkcs1v15": "RSA", "ecdsa": "ECDSA"}
"""Kinds of signatures that are checked, whatever digest they are made of."""

_NAMES: Final = {
    "md5": "MD5",
    "sha1": "SHA-1",
    "sha3_256": "SHA3-256",
    "sha3_384": "SHA3-384",
    "sha3_512": "SHA3-512",
    "rsassa_pss": "RSA-PSS",
    "ed25519": "Ed25519",
    "ed448": "Ed448",
    "dsa": "DSA",
}
"""What asn1crypto calls otherwise than people do."""


class State(StrEnum):
    """What is known of a signature: it holds for exactly this content, it does not, or it could not be checked."""

    INTACT = "intact"
    TAMPERED = "tampered"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, kw_only=True)
class Signature:
    """One signature, as far as it can be told without knowing whom to trust.

    signer, issuer   names; empty where the certificate is not included
    fingerprint      SHA-256 of its certificate, with colons; `not_after` is aware
    chain            names of the issuers that are included, in order; `complete` where they end in a root
    state, verdict   whether it holds; that, and what a device will make of it, in a sentence
    """

    signer: str
    issuer: str
    fingerprint: str
    not_after: datetime | None
    chain: tuple[str, ...]
    complete: bool
    state: State
    verdict: str

    @property
    def intact(self) -> bool:
        """Does it hold for exactly this content?"""
        return self.state is State.INTACT

    @property
    def tampered(self) -> bool:
        """Does it not hold for what is in the file?"""
        return self.state is State.TAMPERED


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
    layers, signers = 0, 0
    while (cms := unarmoured(data)) is not None:
        _refuse_encrypted(cms)
        layers += 1
        if layers > MOST_LAYERS:
            raise VerificationError(
                f"The file is signed more than {MOST_LAYERS} times, each time with the last signature inside. Export "
                "the profile again."
            )
        ber.check_size(cms)
        signed = signed_data(cms)
        data = content_of(signed)
        signatures, here = _signatures(signed, data, now, most=MOST_SIGNERS - len(found))
        found += signatures
        signers += here
    _refuse_encrypted(data)
    return Opened(content=data, signatures=tuple(found), notes=tuple(_notes(layers, signers)))


def _refuse_encrypted(data: bytes) -> None:
    if is_encrypted(data):
        raise NotSignedError(
            "The file is encrypted for one device, so nobody else can read it. Get the profile before it was encrypted."
        )


def _notes(layers: int, signers: int) -> Iterator[str]:
    if layers > 1:
        yield "The file is signed more than once, one signature inside the other."
    if layers and not signers:
        yield "The file has the form of a signed one, but nobody signed it."
    if signers > MOST_SIGNERS:
        yield f"The file has {signers:,} signatures. Only the first {MOST_SIGNERS} were looked at."


def _signatures(
    signed: asn1.SignedData, content: bytes, now: datetime, *, most: int
) -> tuple[list[Signature], int]:
    """At most so many of a layer, and how many it has."""
    try:
        found = signer_info.signatures(signed)
    except UNREADABLE:
        # Whoever reads this must not take it for a file that was never signed.
        return [_of_nobody("The signatures cannot be read, so they cannot be checked.")][:most], 1
    try:
        included = legible_certificates(signed)
    except VerificationError as failure:
        unchecked = _of_nobody(f"{failure} So the signature cannot be checked.")
        return [unchecked] * min(len(found), most), len(found)
    except UNREADABLE:
        included = []
    content_type = signed["encap_content_info"]["content_type"].native
    return [_signature(each, included, content, content_type, now) for each in found[:most]], len(found)


def _signature(
    element: ber.Element,
    included: Sequence[x509.Certificate],
    content: bytes,
    content_type: str,
    now: datetime,
) -> Signature:
    try:
        found = signer_info.read(element)
        signer = find_signer(found, included)
    except VerificationError as failure:
        return _of_nobody(str(failure))
    except UNREADABLE:
        return _of_nobody("The signature cannot be read, so it cannot be checked.")
    chain, _ = order(signer, likely_issuers(included))
    path = (signer, *chain)
    state, wrong = _checked(found, signer, content, content_type)
    return Signature(
        signer=name_of(signer.subject),
        issuer=name_of(signer.issuer),
        fingerprint=fingerprint(signer),
        not_after=signer.not_valid_after_utc,
        chain=tuple(name_of(issuer.subject) for issuer in chain),
        complete=self_signed(path[-1]),
        state=state,
        verdict=wrong
        or f"The signature is intact: nothing was changed since. {_trust(found.info, path, now)}",
    )


def _of_nobody(verdict: str) -> Signature:
    return Signature(
        signer="",
        issuer="",
        fingerprint="",
        not_after=None,
        chain=(),
        complete=False,
        state=State.UNCHECKED,
        verdict=verdict,
    )


def _checked(
    signature: signer_info.Signature, signer: x509.Certificate, content: bytes, content_type: str
) -> tuple[State, str]:
    """Whether the signature holds; where it does not, or is not known to, why, in a sentence."""
    try:
        if unknown := next(_unchecked(signature, signer), ""):
            return State.UNCHECKED, (
                f"The signature could not be checked, since it was made with {unknown}, which is not supported here: "
                "the content may have been changed."
            )
        check_signature(signature, signer, content, digests=_DIGESTS, content_type=content_type)
    except TamperedError as failure:
        return State.TAMPERED, f"{failure} Devices will not trust it."
    except VerificationError as failure:
        return State.UNCHECKED, str(failure)
    except UNREADABLE:
        return State.UNCHECKED, "The signature cannot be read in full, so it cannot be checked."
    return State.INTACT, ""


def _unchecked(signature: signer_info.Signature, signer: x509.Certificate) -> Iterator[str]:
    """What a signature is made with that is not known here; raises one of UNREADABLE."""
    digest = signature.info["digest_algorithm"]["algorithm"].native
    for name, known in ((signer_info.kind_of(signature), _KINDS), (digest, _DIGESTS)):
        if name not in known:
            yield _NAMES.get(name, name)
    if public_key(signer) is None:
        yield "a key of an unknown kind"


def _trust(info: asn1.SignerInfo, path: Sequence[x509.Certificate], now: datetime) -> str:
    """What devices make of an intact signature, in a sentence."""
    if clause := next(_doubts(info, path, now), ""):
        return f"Devices will not trust it, because {clause}."
    top = path[-1]
    if self_signed(top):
        return f"Devices trust it where they trust “{name_of(top.subject)}”."
    return f"Devices trust it where they trust “{name_of(top.issuer)}”, which is not included."


def _doubts(info: asn1.SignerInfo, path: Sequence[x509.Certificate], now: datetime) -> Iterator[str]:
    """What keeps devices from trusting an intact signature."""
    digest = info["digest_algorithm"]["algorithm"].native
    if digest in _WEAK:
        yield f"it was made with {_NAMES[digest]}"
    yield from (fault.clause for fault in faults(path, at=now))
    if not self_signed(path[-1]) and len(path) == 1:
        yield f"the certificate of its issuer, “{name_of(path[-1].issuer)}”, is not included"
