"""The rules about DNS inside a tunnel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from profiles.catalogue.citations import apple, report, schema
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.rules.ikev2 import Ikev2Rule
from profiles.catalogue.scope import Scope

SPLIT_DNS: Final = Diagnostic(
    "split-dns",
    Severity.ADVICE,
    "A split tunnel with DNS servers does not say which names they resolve",
    why="While only part of the traffic takes the tunnel, the domains in SupplementalMatchDomains say which names its "
    "DNS servers are asked for. Without them it depends on the routes of the server, and people find that internal "
    "names are not resolved.",
    mend="List the internal domains, or choose “Every other domain, too”.",
    sources=(
        schema("com.apple.vpn.managed", "DNS.SupplementalMatchDomains"),
        apple(
            "NEDNSSettings, matchDomains",
            "https://developer.apple.com/documentation/networkextension/nednssettings/matchdomains",
        ),
        report("opnsense/core", 3325),
    ),
    certainty=Certainty.OBSERVED,
)


class SplitDns(Ikev2Rule):
    """Where only part of the traffic takes the tunnel, it must be said which names its DNS servers resolve."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        everything = scope.effective(self.at("IncludeAllNetworks")) == 1
        path = "DNS.SupplementalMatchDomains"
        if scope.is_set("DNS.ServerAddresses") and not scope.is_set(path) and not everything:
            yield SPLIT_DNS.at(
                path,
                "In a split tunnel devices ask these servers for nothing, or for everything, depending on the "
                "routes. List your internal domains, or choose “Every other domain, too”.",
            )
