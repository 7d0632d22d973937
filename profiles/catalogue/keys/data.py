"""Keys that hold bytes: secrets, fingerprints, certificates and identities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from profiles.catalogue.conditions import Condition
from profiles.catalogue.findings import Finding, error
from profiles.catalogue.keys.base import Key
from profiles.catalogue.values import MAX_DATA, PlistType
from profiles.catalogue.versions import Targets


@dataclass(frozen=True)
class Data(Key):
    """Bytes."""

    plist_type = PlistType.DATA

    def _check(self, value: bytes, path: str, targets: Targets) -> Iterator[Finding]:
        if len(value) > MAX_DATA:
            yield error(
                path, "too-long", f"{self.name} has {len(value):,} bytes, more than the {MAX_DATA:,} allowed."
            )


@dataclass(frozen=True)
class Content(Data):
    """A file that comes from the certificates library; choosing it there fills further keys, too.

    file_name, title    paths of the keys that take the name of the file, and how the entry is called
    """

    file_name: str = ""
    title: str = ""


@dataclass(frozen=True)
class Certificate(Content):
    """One X.509 certificate: DER, or PEM where `armoured` holds."""

    armoured: Condition | None = None


@dataclass(frozen=True)
class Pkcs12(Content):
    """A PKCS #12 file with one identity; `password` is the path of the key that opens it."""

    secret: bool = True
    password: str = ""
