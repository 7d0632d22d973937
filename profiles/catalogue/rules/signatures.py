"""What can be wrong with the signature of a file, which `profiles.signing` finds and the catalogue has words for."""

from __future__ import annotations

from typing import Final

from profiles.catalogue.citations import own, rfc
from profiles.catalogue.findings import Diagnostic, Severity

TAMPERED: Final = Diagnostic(
    "tampered",
    Severity.ERROR,
    "The signature does not hold for what is in the file",
    why="The file, or its signature, was changed after it was signed. A device that checks the signature does not "
    "install the profile.",
    mend="Get the file again from whoever signed it, or have it signed again.",
    sources=(rfc(5652, "5.6"),),
)
UNCHECKED: Final = Diagnostic(
    "signature-unchecked",
    Severity.WARNING,
    "The signature cannot be checked here",
    why="It has a form, a certificate or an algorithm that the designer cannot work with, so whether it holds is not "
    "known. That says nothing about the file, nor about what devices make of it.",
    mend="Ask whoever signed it, or check it with another tool, such as `openssl cms -verify`.",
    sources=(
        own("signatures of RSA (PKCS #1) and ECDSA are checked, of a signer whose certificate is included"),
    ),
)
