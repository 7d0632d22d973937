"""The rules about which traffic takes a tunnel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from profiles.catalogue.findings import Diagnostic, Finding, Severity
from profiles.catalogue.fixes import drop
from profiles.catalogue.rules.base import Ikev2Rule, ikev2_key
from profiles.catalogue.scope import Scope
from profiles.catalogue.versions import and_later

DEFAULT_DIFFERS: Final = Diagnostic(
    "default-differs",
    Severity.ADVICE,
    "The local network is treated differently on iOS and macOS",
    why="Where ExcludeLocalNetworks is not set, iOS takes it for 1 and leaves the local network out of the tunnel, and "
    "macOS takes it for 0.",
    mend="Set ExcludeLocalNetworks to say which you mean.",
    sources=(ikev2_key("ExcludeLocalNetworks"),),
)
ROUTES_IGNORED: Final = Diagnostic(
    "routes-ignored",
    Severity.WARNING,
    "EnforceRoutes does nothing beside IncludeAllNetworks",
    why="Once everything takes the tunnel there are no routes to enforce, and devices ignore the key.",
    mend="Turn one of the two off.",
    sources=(ikev2_key("EnforceRoutes"),),
    drops=True,
)


class LocalNetworks(Ikev2Rule):
    """What happens to the local network differs between iOS and macOS, unless it is said."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        path = self.at("ExcludeLocalNetworks")
        key = scope.by_path[path]
        if scope.revealed(key) and not scope.is_set(path) and {"iOS", "macOS"} <= scope.targets.keys():
            known = key.available
            yield DEFAULT_DIFFERS.at(
                path,
                f"When this is not set, {and_later('iOS', known.iOS)} leave the local network out of the tunnel, and "
                f"{and_later('macOS', known.macOS)} do not. Set it to say which you mean.",
            )


class RoutesIgnored(Ikev2Rule):
    """EnforceRoutes does nothing once everything takes the tunnel."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        path = self.at("EnforceRoutes")
        if scope.effective(path) == 1 and scope.effective(self.at("IncludeAllNetworks")) == 1:
            yield ROUTES_IGNORED.at(
                path,
                "The device ignores this while IncludeAllNetworks is on. Turn one of the two off.",
                fix=drop(path, 1, "Remove EnforceRoutes"),
            )
