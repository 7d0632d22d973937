"""Cases: certificates and identities in a profile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.cases import credentials
from tests.cases.ber import in_pieces
from tests.cases.expectations import AS_A_FILE, TODAY, Case, advice, error, never, told, warning
from tests.cases.making import BY_CERTIFICATE, PASSWORD, Tree, pkcs12, profile, root, vpn

_CONTENT: Final = "PayloadContent"
_PBES2: Final = "modern-encryption"


def _of_age(age: credentials.Age, *, referred: bool) -> Callable[[], Tree]:
    def build() -> Tree:
        changes = (BY_CERTIFICATE,) if referred else ()
        return profile(vpn(*changes), pkcs12(credentials.identity("RSA", age)))

    return build


def _authority(age: credentials.Age) -> Callable[[], Tree]:
    return lambda: profile(vpn(), root(credentials.der(credentials.authority(age))))


def _modern() -> Tree:
    return profile(vpn(BY_CERTIFICATE), pkcs12(credentials.identity(modern=True)))


CASES: Final = (
    Case(
        "identity in BER as NSS writes it",
        lambda: profile(vpn(BY_CERTIFICATE), pkcs12(in_pieces(credentials.identity(), PASSWORD))),
        calm=True,
        silent=(never("", _CONTENT),),
    ),
    Case(
        "identity as all devices read it",
        lambda: profile(vpn(BY_CERTIFICATE), pkcs12(credentials.identity())),
        calm=True,
        silent=(never("", _CONTENT),),
        targets={"iOS": "12.0", "macOS": "10.14"},
    ),
    Case("identity of OpenSSL 3 without a target", _modern, (warning(_PBES2, _CONTENT),)),
    Case(
        "identity of OpenSSL 3 for iOS 17",
        _modern,
        (told("warning|error", _PBES2, _CONTENT),),
        targets={"iOS": "17.0"},
    ),
    Case(
        "identity of OpenSSL 3 for iOS 18 and macOS 15",
        _modern,
        calm=True,
        silent=(never(_PBES2),),
        targets=TODAY,
    ),
    Case(
        "identity of OpenSSL 3 for iOS 18 and macOS 14",
        _modern,
        (told("warning|error", _PBES2, _CONTENT),),
        targets={"iOS": "18.0", "macOS": "14.0"},
    ),
    Case(
        "identity with another password",
        lambda: profile(vpn(BY_CERTIFICATE), pkcs12(credentials.identity(), "Ebbe")),
        (error("wrong-password", _CONTENT),),
    ),
    Case(
        "identity whose password the device asks for",
        lambda: profile(vpn(BY_CERTIFICATE), pkcs12(credentials.identity(), None)),
        calm=True,
    ),
    Case(
        "identity that expired, in use",
        _of_age("expired", referred=True),
        (error("expired", _CONTENT),),
    ),
    Case(
        "identity that is not valid yet, in use",
        _of_age("young", referred=True),
        (error("not-yet-valid", _CONTENT),),
    ),
    Case(
        "identity that expires soon, in use",
        _of_age("ending", referred=True),
        (warning("expires-soon", _CONTENT),),
    ),
    Case(
        "authority that expired, to which nothing refers",
        _authority("expired"),
        (advice("expired", _CONTENT),),
        calm=True,
    ),
    Case(
        "authority that expires soon",
        _authority("ending"),
        (told("warning|advice", "expires-soon", _CONTENT),),
    ),
    Case("authority", _authority("good"), calm=True, silent=(never("", _CONTENT),)),
    Case(
        "reference to a UUID that is none",
        lambda: profile(
            vpn(BY_CERTIFICATE, {"PayloadCertificateUUID": "mias-identity"}),
            pkcs12(credentials.identity(), PayloadUUID="mias-identity"),
        ),
        (advice("no-uuid", "PayloadUUID"),),
        calm=True,
        silent=(never("dangling-reference|malformed"),),
        doors=AS_A_FILE,
    ),
    Case(
        "reference to a UUID in other letters",
        lambda: profile(
            vpn(BY_CERTIFICATE, {"PayloadCertificateUUID": BY_CERTIFICATE["PayloadCertificateUUID"].lower()}),
            pkcs12(credentials.identity()),
        ),
        silent=(never("dangling-reference"),),
    ),
)
