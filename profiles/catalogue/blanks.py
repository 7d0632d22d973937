"""Blanks around a text, which come along when it is copied, and count as letters of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from profiles.catalogue.citations import rfc, schema
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.fixes import put
from profiles.catalogue.network_names import trimmed
from profiles.catalogue.placeholders import forgotten, forgotten_as_secret
from profiles.catalogue.vpn_types import PAYLOAD_TYPE as VPN

BLANKS: Final = Diagnostic(
    "blanks",
    Severity.WARNING,
    "A name has blanks around it",
    why="Devices and servers compare names letter by letter, and blanks count as letters. They come along when a text "
    "is copied, or when XML is indented by hand.",
    mend="Remove the blanks around the name.",
    sources=(
        schema(VPN, "IKEv2.OnDemandRules.SSIDMatch"),
        schema(VPN, "IKEv2.AuthName"),
        rfc(1123, "2.1"),
    ),
    certainty=Certainty.INFERRED,
)
SECRET_BLANKS: Final = Diagnostic(
    "secret-blanks",
    Severity.WARNING,
    "A secret has blanks or line ends around it",
    why="Every letter of a secret counts, blanks and line ends as well. A line end nearly always comes along when a "
    "secret is copied, and then it is another secret than the one that the server knows.",
    mend="Remove what stands around the secret, unless it belongs to it.",
    sources=(
        schema(VPN, "IKEv2.SharedSecret"),
        schema(VPN, "IKEv2.AuthPassword"),
        rfc(7296, "2.15"),
    ),
    certainty=Certainty.INFERRED,
    milder="It is advice for blanks in one line, with which somebody may have chosen the secret.",
)


def around_name(path: str, text: str, name: str) -> Iterator[Finding]:
    """That blanks stand around a text that is compared letter by letter; `name` is that of its key."""
    bare = trimmed(text)
    # What is yet to be replaced goes as a whole.
    if bare == text or forgotten(text) == bare != "":
        return
    if not bare:
        yield BLANKS.at(path, f"{name} holds nothing but blanks, which nothing is called. Write the name.")
        return
    yield BLANKS.at(
        path,
        f"{name} has blanks around it, which count as letters, so it is another name than the one that is meant. "
        "Remove the blanks.",
        fix=put(path, text, bare, "Remove the blanks"),
    )


def around_secret(path: str, text: str, name: str) -> Iterator[Finding]:
    """The same of a secret, without a word of it."""
    bare = trimmed(text)
    if bare == text or forgotten_as_secret(text):
        return
    if not bare:
        yield SECRET_BLANKS.at(path, f"{name} holds nothing but blanks. Write the secret.")
        return
    has_line_end = len(f"{text[: text.index(bare)]}{text[text.index(bare) + len(bare) :]}x".splitlines()) > 1
    told = (
        f"A line end stands around the secret in {name} and counts as a part of it. It almost surely came along when "
        "the secret was copied: remove it."
        if has_line_end
        else f"Blanks stand around the secret in {name} and count as a part of it. Remove them unless they are meant."
    )
    yield SECRET_BLANKS.at(
        path,
        told,
        severity=None if has_line_end else Severity.ADVICE,
        fix=replace(put(path, text, bare, "Remove what stands around it"), sure=False),
    )
