"""The rules between On-Demand rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from profiles.catalogue.citations import apple, report, schema
from profiles.catalogue.conditions import is_set
from profiles.catalogue.effect_text import line
from profiles.catalogue.findings import Certainty, Diagnostic, Finding, Severity
from profiles.catalogue.fixes import REMOVED, Change, Fix, put
from profiles.catalogue.on_demand_simulator import (
    CONDITIONS,
    LISTS,
    always,
    covered_domains,
    covers,
    unmatched,
)
from profiles.catalogue.rules.ikev2 import Ikev2Rule
from profiles.catalogue.scope import Scope
from profiles.catalogue.vpn_types import PAYLOAD_TYPE as VPN
from profiles.catalogue.wording import abridged

MOST_COMPARED: Final = 60
"""Rules up to which each is compared with all before it; those after them only with rules without conditions."""

_RULES: Final = "IKEv2.OnDemandRules"
_ORDER: Final = (schema(VPN, _RULES), apple("NEOnDemandRule"))

RULE_UNREACHABLE: Final = Diagnostic(
    "rule-unreachable",
    Severity.WARNING,
    "An On-Demand rule, or a domain in one, is never reached",
    why="Devices try the rules from the top, and the first one whose conditions all hold decides. A rule that only "
    "matches where an earlier one does has no effect. The same holds for the domains of EvaluateConnection.",
    mend="Move the rule before the wider one, or remove it.",
    sources=(*_ORDER, report("trailofbits/algo", 138)),
)
NO_CATCH_ALL: Final = Diagnostic(
    "no-catch-all",
    Severity.WARNING,
    "No On-Demand rule covers all other networks",
    why="Apple does not say what happens on a network that no rule matches. People found the tunnel up where they "
    "did not expect it.",
    mend="Add a last rule without conditions, which says what is to happen everywhere else.",
    sources=(*_ORDER, report("trailofbits/algo", 138), report("trailofbits/algo", 739)),
    certainty=Certainty.OBSERVED,
)
NO_RULES: Final = Diagnostic(
    "no-rules",
    Severity.WARNING,
    "The tunnel is to connect on demand, and no rule says when",
    why="Only a rule brings a tunnel up by itself.",
    mend="Add a rule, or turn On Demand off.",
    sources=_ORDER,
)
LOCKED_OFF: Final = Diagnostic(
    "locked-off",
    Severity.WARNING,
    "Connect On Demand is off, and nobody can turn it on",
    why="OnDemandUserOverrideDisabled locks the switch for Connect On Demand in Settings. While OnDemandEnabled is "
    "off, what it keeps people from is turning it on, so that the rules never count.",
    mend="Turn OnDemandEnabled on, or remove OnDemandUserOverrideDisabled.",
    sources=(schema(VPN, "IKEv2.OnDemandUserOverrideDisabled"), schema(VPN, "IKEv2.OnDemandEnabled")),
)
SSID_WITHOUT_WIFI: Final = Diagnostic(
    "ssid-without-wifi",
    Severity.WARNING,
    "An On-Demand rule asks for the name of a Wi-Fi on another kind of network",
    why="All conditions of a rule must hold, and neither Ethernet nor cellular has a name, so the rule never matches.",
    mend="Choose WiFi, or remove the names.",
    sources=(schema(VPN, f"{_RULES}.SSIDMatch"), schema(VPN, f"{_RULES}.InterfaceTypeMatch")),
)
NEVER_MATCHES: Final = Diagnostic(
    "never-matches",
    Severity.WARNING,
    "An On-Demand rule has a list of names in which there is none",
    why="By Apple's text a rule matches where the network has one of the values in the list, and it cannot have one of "
    "none. So the rule never matches, while without the list it may match anywhere. Which of the two was meant nobody "
    "can say.",
    mend="Fill the list in. Where the rule is to match whatever the network is called, remove the list; otherwise "
    "remove the rule.",
    sources=tuple(schema(VPN, f"{_RULES}.{name}") for name in LISTS),
    certainty=Certainty.INFERRED,
)
ACTION_DEPRECATED: Final = Diagnostic(
    "action-deprecated",
    Severity.WARNING,
    "An On-Demand rule has an action that is deprecated",
    why="Apple calls Allow deprecated: it lets lists of domains bring the tunnel up that IKEv2 does not have, so that "
    "nothing is left of it but what Ignore does.",
    mend="Choose Ignore, or Connect where the tunnel is to come up.",
    sources=(schema(VPN, f"{_RULES}.Action"),),
    certainty=Certainty.INFERRED,
)


@dataclass(frozen=True)
class OnDemandRule(Ikev2Rule):
    """A rule over the OnDemandRules of a tunnel, which count while On Demand is off, too: people can turn it on."""

    @property
    def path(self) -> str:
        """Where the list stands."""
        return self.at("OnDemandRules")

    def enabled(self, scope: Scope) -> bool:
        """Does the device follow the rules from the start?"""
        return bool(scope.effective(self.at("OnDemandEnabled")) == 1)

    def rules(self, scope: Scope) -> list[tuple[int, Mapping[str, Any]]]:
        """The rules that are dictionaries, with their positions; the rest is reported by type."""
        rules = scope.values.get(self.path)
        return (
            [(i, rule) for i, rule in enumerate(rules) if isinstance(rule, dict)]
            if isinstance(rules, list)
            else []
        )


class RuleOrder(OnDemandRule):
    """The first match wins, so a wider rule belongs after a narrower one, and one without conditions to the end."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        rules = self.rules(scope)
        if not rules:
            # What is no list of rules is told as that.
            if self.enabled(scope) and not scope.is_set(self.path):
                yield NO_RULES.at(
                    self.path,
                    "Without a rule the device never connects by itself. Add one, or turn On Demand off.",
                )
            return
        yield from self._unreachable(rules)
        if not any(always(rule) for _, rule in rules):
            yield NO_CATCH_ALL.at(
                f"{self.path}[{rules[-1][0]}]",
                "Nobody can say what the device does on a network that no rule matches. Add a last rule without "
                "conditions.",
            )
        for index, rule in rules:
            if rule.get("Action") == "EvaluateConnection":
                yield from self._covered(index, rule)

    def _unreachable(self, rules: list[tuple[int, Mapping[str, Any]]]) -> Iterator[Finding]:
        """Of all rules that the same one beats, once."""
        beaten: dict[int, list[int]] = {}
        by_index = dict(rules)
        for place, (index, rule) in enumerate(rules):
            before = rules[:place]
            if place > MOST_COMPARED:
                before = [each for each in before if always(each[1])]
            # What never matches is told by itself.
            found = None if unmatched(rule) else next((i for i, each in before if covers(each, rule)), None)
            if found is not None:
                beaten.setdefault(found, []).append(index)
        for earlier, later in beaten.items():
            yield RULE_UNREACHABLE.at(
                f"{self.path}[{later[0]}]",
                _beaten(later, earlier, by_index),
                fix=self._superfluous(later, earlier, by_index),
            )

    def _superfluous(
        self, later: Sequence[int], earlier: int, rules: Mapping[int, Mapping[str, Any]]
    ) -> Fix | None:
        """A fix for rules that say the same as the one that beats them; others may have been meant to come first."""
        names = ("Action", "ActionParameters")
        same = [i for i in later if all(rules[i].get(name) == rules[earlier].get(name) for name in names)]
        changes = tuple(Change(f"{self.path}[{i}]", rules[i], REMOVED) for i in same)
        return Fix(f"Remove {_numbered(same)}", changes) if same else None

    def _covered(self, index: int, rule: Mapping[str, Any]) -> Iterator[Finding]:
        """Of the domains of EvaluateConnection, too, the first one that covers a host decides."""
        for each in covered_domains(rule):
            yield RULE_UNREACHABLE.at(
                f"{self.path}[{index}].ActionParameters[{each.action}].Domains[{each.number}]",
                f"{line(each.domain)} is never reached: {line(each.by_domain)} in domain action {each.by_action + 1} "
                f"covers the same hosts, and comes first. Move {line(each.domain)} before {line(each.by_domain)}, or "
                f"remove {line(each.domain)}.",
            )


def _beaten(later: Sequence[int], earlier: int, rules: Mapping[int, Mapping[str, Any]]) -> str:
    """Why rules are never reached, and what to do."""
    these, wider, one = _numbered(later), f"rule {earlier + 1}", len(later) == 1
    if always(rules[earlier]):
        why, mend = "has no conditions", f"Move {wider} to the end"
    else:
        same = all(rules[i].get(name) == rules[earlier].get(name) for i in later for name in CONDITIONS)
        why = "has the same conditions" if same else f"matches wherever {'it does' if one else 'they do'}"
        mend = f"Move {these} before {wider}"
    told = f"{these[:1].upper()}{these[1:]} {'is' if one else 'are'} never reached: {wider} {why}"
    return f"{told}. {mend}, or remove {these}."


def _numbered(indices: Sequence[int]) -> str:
    """“rule 2”, “rules 2 and 5”: as a person counts them."""
    numbers = abridged([str(index + 1) for index in indices], "and")
    return f"rule{'' if len(indices) == 1 else 's'} {numbers}"


class RuleSense(OnDemandRule):
    """Combinations that a device accepts but cannot use as they look."""

    def check(self, scope: Scope) -> Iterator[Finding]:
        lock = self.at("OnDemandUserOverrideDisabled")
        if scope.values.get(lock) == 1 and not self.enabled(scope):
            yield LOCKED_OFF.at(
                lock,
                "Connect On Demand is off, and its switch in Settings is locked, so people cannot turn it on. Turn "
                "OnDemandEnabled on, or take the lock away.",
            )
        for index, rule in self.rules(scope):
            here = f"{self.path}[{index}]"
            interface, action = rule.get("InterfaceTypeMatch"), rule.get("Action")
            empty = unmatched(rule)
            named = is_set(rule.get("SSIDMatch")) and "SSIDMatch" not in empty
            if named and interface in ("Ethernet", "Cellular"):
                yield SSID_WITHOUT_WIFI.at(
                    f"{here}.SSIDMatch",
                    f"The rule never matches, since {interface} has no Wi-Fi name. Choose WiFi, or remove SSIDMatch.",
                )
            for name in empty:
                yield NEVER_MATCHES.at(
                    f"{here}.{name}",
                    f"{name} is there and names nothing, so the rule never matches. Fill it in; remove it only where "
                    "the rule is to match without it.",
                )
            if action == "Allow":
                yield ACTION_DEPRECATED.at(
                    f"{here}.Action",
                    "Allow is deprecated, and does no more than Ignore. Choose Ignore, or Connect where the tunnel is "
                    "to come up.",
                    fix=replace(put(f"{here}.Action", "Allow", "Ignore", "Write Ignore"), sure=False),
                )
