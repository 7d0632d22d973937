"""Keys that hold bytes: secrets, fingerprints, certificates and identities."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from profiles.catalogue import placeholders, readings
from profiles.catalogue.conditions import Condition, Values
from profiles.catalogue.findings import Finding
from profiles.catalogue.keys.base import Guess, Key
from profiles.catalogue.values import MAX_DATA, TOO_LONG, PlistType
from profiles.catalogue.versions import Targets

PEM_BEGIN: Final = b"-----BEGIN CERTIFICATE-----"
_PEM_END: Final = b"-----END CERTIFICATE-----"


def der_of(pem: bytes) -> bytes | None:
    """The first certificate of a PEM file as DER; None where it is damaged."""
    try:
        inside = pem[pem.index(PEM_BEGIN) : pem.index(_PEM_END) + len(_PEM_END)]
        return ssl.PEM_cert_to_DER_cert(inside.decode("ascii"))
    except ValueError:
        return None


def _is_open(text: str) -> bool:
    """Is a text still to be filled in, also by a template?"""
    return placeholders.stands_in(text) or placeholders.forgotten_as_secret(text) or "{{" in text


def _encoded(text: str) -> bytes | None:
    try:
        return text.strip().encode()
    except UnicodeEncodeError:
        return None


@dataclass(frozen=True)
class Data(Key):
    """Bytes; `typed` ones are a password that people type, whose characters may stand for themselves."""

    typed: bool = False

    plist_type = PlistType.DATA

    def guess(self, value: Any) -> Guess | None:
        """The bytes that a text looks like; what is to be filled in stays, so that it is seen."""
        if not isinstance(value, str) or _is_open(value):
            return None
        for found, label in (
            (readings.hexadecimal(value), "Write the bytes that its hexadecimal digits stand for"),
            (readings.in_base64(value), "Write the bytes that it holds in base64"),
            (self._characters(value), "Write its characters as bytes"),
        ):
            if found and len(found) <= MAX_DATA:
                return Guess(found, label)
        return None

    def _characters(self, text: str) -> bytes | None:
        return _encoded(text) if self.typed else None

    def _check(self, value: bytes, path: str, targets: Targets) -> Iterator[Finding]:
        if len(value) > MAX_DATA:
            yield TOO_LONG.at(
                path, f"{self.name} has {len(value):,} bytes, more than the {MAX_DATA:,} allowed. Shorten it."
            )


@dataclass(frozen=True)
class Content(Data):
    """A file that comes from the certificates library; choosing it there fills further keys, too.

    file_name, title    paths of the keys that take the name of the file, and how the entry is called
    """

    file_name: str = ""
    title: str = ""

    def _characters(self, text: str) -> bytes | None:
        """A file in PEM is a text by itself."""
        return _encoded(text) if text.lstrip().startswith("-----BEGIN ") else None


@dataclass(frozen=True)
class Certificate(Content):
    """One X.509 certificate: DER, or PEM where `armoured` holds."""

    armoured: Condition | None = None

    def meant(self, value: Any, beside: Values) -> Any:
        """DER in place of a lone certificate in PEM, where the payload wants that."""
        found = super().meant(value, beside)
        if not isinstance(found, bytes) or found.count(PEM_BEGIN) != 1 or self.wants_pem(beside):
            return found
        return der_of(found) or found

    def wants_pem(self, beside: Values) -> bool:
        """Is it to be written as PEM, with these values beside it?"""
        return self.armoured is not None and self.armoured.evaluate(beside)


@dataclass(frozen=True)
class Pkcs12(Content):
    """A PKCS #12 file with one identity; `password` is the path of the key that opens it."""

    secret: bool = True
    password: str = ""
