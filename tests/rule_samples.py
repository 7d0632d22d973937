"""A rule book of a few entries, of every severity, certainty and kind of source, for tests of what shows rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from profiles.catalogue.citations import apple, measured, own, report, rfc, schema, server, standard
from profiles.catalogue.findings import Certainty, Diagnostic, Severity

TUNNEL: Final = "com.apple.vpn.managed"

_ALL: Final = (
    Diagnostic(
        "missing",
        Severity.ERROR,
        "A key that is needed is missing",
        why="A device refuses a payload without the keys it needs, or the tunnel <never> comes up.",
        mend="Fill in the key. Where *nothing* is known of it, ask who runs the server.",
        sources=(schema(TUNNEL, "IKEv2.RemoteAddress"), apple("Deploy & manage", "https://example.org/a?b=1&c=2")),
        milder="It is a warning where devices have a default of their own.",
    ),
    Diagnostic(
        "too-large",
        Severity.ERROR,
        "A number is larger than allowed",
        why="Devices refuse a number beyond the range of the key, or take the largest that they know instead of it. "
        "Which one it is depends on the key, on the version of the system, and on what else stands in the payload.",
        mend="Write a smaller number.",
        sources=(report("example/one", 1), measured("a tunnel with an MTU of 9000, iOS 26.1")),
        certainty=Certainty.OBSERVED,
    ),
    Diagnostic(
        "unavailable",
        Severity.WARNING,
        "A target does not know the key",
        why="The system ignores a key that it does not know, so it works otherwise than the form suggests.",
        mend="Raise the target, or remove the key.",
        sources=(rfc(7296, "2.23"), standard("XML 1.0"), report("example/one", 12)),
        certainty=Certainty.OBSERVED,
    ),
    Diagnostic(
        "unknown-key",
        Severity.WARNING,
        "Nobody knows the key",
        why="The catalogue has all keys of Apple's schema, and this is none of them.",
        mend="Correct its name, or remove it.",
        sources=(own("the catalogue"),),
    ),
    Diagnostic(
        "default-differs",
        Severity.ADVICE,
        "Systems differ where the key is not set",
        why="Each system has a default of its own for the key.",
        mend="Set the key to what you mean.",
        sources=(server("strongSwan, swanctl.conf", "https://docs.strongswan.org/docs/latest/swanctl/swanctlConf.html"),),
        certainty=Certainty.INFERRED,
    ),
)  # fmt: skip

RULES: Final[Mapping[str, Diagnostic]] = {
    rule.code: rule for rule in sorted(_ALL, key=lambda each: each.code)
}
