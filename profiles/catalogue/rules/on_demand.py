"""The rules between On-Demand rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from profiles.catalogue.conditions import is_set
from profiles.catalogue.findings import Finding, warning
from profiles.catalogue.on_demand import always
from profiles.catalogue.rules.ikev2 import Ikev2Rule
from profiles.catalogue.scope import Scope


@dataclass(frozen=True)
class OnDemandRule(Ikev2Rule):
    """A rule over the OnDemandRules of a tunnel."""

    @property
    def path(self) -> str:
        """Where the list stands."""
        return self.at("OnDemandRules")

    def enabled(self, scope: Scope) -> bool:
        """Does the device look at the rules?"""
        return scope.revealed(scope.by_path[self.path])

    def rules(self, scope: Scope) -> list[tuple[int, Mapping[str, Any]]]:
        """The rules that are dictionaries, with their positions; the rest is reported by type."""
        rules = scope.values.get(self.path)
        return (
            [(i, rule) for i, rule in enumerate(rules) if isinstance(rule, dict)]
            if isinstance(rules, list)
            else []
        )


class RuleOrder(OnDemandRule):
    """The first match wins, so a rule without conditions belongs at the end, and one should stand there."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        if not self.enabled(scope):
            return
        rules = self.rules(scope)
        if not rules:
            yield warning(
                self.path,
                "no-rules",
                "Without a rule the device never connects by itself. Add one, or turn On Demand off.",
            )
            return
        for index, rule in rules[:-1]:
            if always(rule):
                yield warning(
                    f"{self.path}[{index}]",
                    "rules-unreachable",
                    f"Rule {index + 1} has no conditions, so the device never reaches the rules after it. "
                    "Move it to the end.",
                )
        if not always(rules[-1][1]):
            yield warning(
                f"{self.path}[{rules[-1][0]}]",
                "no-catch-all",
                "On a network that no rule matches, the device leaves the tunnel as it happens to be. "
                "Add a last rule without conditions.",
            )


class RuleSense(OnDemandRule):
    """Combinations that a device accepts but cannot use as they look."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        for index, rule in self.rules(scope) if self.enabled(scope) else []:
            here = f"{self.path}[{index}]"
            interface, action = rule.get("InterfaceTypeMatch"), rule.get("Action")
            if is_set(rule.get("SSIDMatch")) and interface in ("Ethernet", "Cellular"):
                yield warning(
                    f"{here}.SSIDMatch",
                    "ssid-without-wifi",
                    f"The rule never matches, since {interface} has no Wi-Fi name. Choose WiFi, or remove SSIDMatch.",
                )
            if action == "Allow":
                yield warning(
                    f"{here}.Action",
                    "action-deprecated",
                    "Allow is deprecated, and devices treat it as Ignore. Choose Ignore.",
                )
            if "watchOS" in scope.targets and isinstance(action, str) and action != "Disconnect":
                yield warning(
                    f"{here}.Action",
                    "action-unknown-on-watch",
                    f"watchOS only knows Disconnect and ignores {action}. Do not target watchOS, "
                    "or expect no On Demand there.",
                )
