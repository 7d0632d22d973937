"""The letters of a PayloadType, which devices compare one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from profiles.catalogue import registry
from profiles.catalogue.citations import schema
from profiles.catalogue.findings import Diagnostic, Finding, Severity
from profiles.catalogue.fixes import put
from profiles.plist.document import PayloadDocument
from profiles.plist.imported.source_form import TYPE

TYPE_LETTERS: Final = Diagnostic(
    "payload-type",
    Severity.ERROR,
    "PayloadType is written in other letters than Apple's",
    why="Devices compare the names of types letter by letter, capitals included, and know no payload of the type that "
    "is written, so nothing in it takes effect.",
    mend="Write the type as Apple does, such as com.apple.vpn.managed.",
    sources=(
        schema("com.apple.vpn.managed", "payload.payloadtype"),
        schema("CommonPayloadKeys", "PayloadType"),
    ),
)


def type_letters(part: PayloadDocument) -> Iterator[Finding]:
    """That a payload of the type for all others has one that the catalogue knows, in other letters."""
    values = {**part.values, **part.unknown}
    given, right = values.get(TYPE), registry.rightly_typed(values).get(TYPE)
    if given != right:
        yield TYPE_LETTERS.at(
            TYPE,
            f"Devices compare types letter by letter, so they do not know this one. Write {right}.",
            fix=put(TYPE, given, right, f"Write {right}"),
        )
