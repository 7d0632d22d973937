"""What On-Demand rules do: one in words, and all of them on a network that is described.

Rules come from files in the wild and from forms that are half filled in: what is of the wrong type counts as not set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from profiles.catalogue.conditions import is_set
from profiles.catalogue.effect_text import line, quoted
from profiles.catalogue.interfaces import INTERFACES
from profiles.catalogue.network_names import LONGEST_NAME
from profiles.catalogue.wording import abridged

Rule = Mapping[str, Any]

CONDITIONS: Final = (
    "InterfaceTypeMatch",
    "SSIDMatch",
    "DNSDomainMatch",
    "DNSServerAddressMatch",
    "URLStringProbe",
)
"""The keys of a rule that must all hold; a rule without them always matches."""

LISTS: Final = ("SSIDMatch", "DNSDomainMatch", "DNSServerAddressMatch")
"""Those that hold where any of their items does: never, where a file has an empty one."""

_ACTIONS: Final[Mapping[str, str]] = {
    "Connect": "connect",
    "Disconnect": "disconnect",
    "Ignore": "leave the tunnel as it is",
    "Allow": "leave the tunnel as it is",
}
_OUTCOMES: Final[Mapping[str, str]] = {
    "Connect": "The tunnel comes up with the next traffic.",
    "Disconnect": "The tunnel goes down and stays down.",
    "Ignore": "The tunnel stays as it is.",
    "Allow": "The tunnel stays as it is.",
}
_NOTHING: Final = "The tunnel stays as it is."

_MOST_PAIRS: Final = 2_500
"""Pairs of patterns that are compared: far more than rules in use have, and no work for a server."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """Where a device is: `interface` is WiFi, Cellular or Ethernet.

    search_domains, dns_servers    what the network hands out
    answering_urls                 probe addresses that answer with status 200 there
    host, resolves                 what an app asks for, and whether the network's DNS resolves it
    reachable_dns_servers          addresses that can be reached without the tunnel
    """

    interface: str = "WiFi"
    ssid: str = ""
    search_domains: tuple[str, ...] = ()
    dns_servers: tuple[str, ...] = ()
    answering_urls: tuple[str, ...] = ()
    host: str = ""
    resolves: bool = False
    reachable_dns_servers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Step:
    """One rule that was tried: does it match, and why (not)."""

    index: int
    matches: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What happens: the index of the rule that matched, its action, and a sentence on the tunnel."""

    matched: int | None
    action: str
    sentence: str
    steps: tuple[Step, ...]


def always(rule: Rule) -> bool:
    """Does the rule match on every network?"""
    return not any(is_set(rule.get(name)) for name in CONDITIONS) and not unmatched(rule)


def unmatched(rule: Rule) -> tuple[str, ...]:
    """The lists of the rule that have no item, so that it never matches."""
    return tuple(name for name in LISTS if isinstance(rule.get(name), list) and not any(rule[name]))


def connects(rules: Any) -> bool:
    """May any of the rules, as far as a device ever reaches them, bring the tunnel up?"""
    return any(_connects(rule) for rule in _reached(rules))


def _reached(rules: Any) -> Iterator[Rule]:
    for rule in _mappings(rules):
        if unmatched(rule):
            continue
        yield rule
        if always(rule):
            return


def _connects(rule: Rule) -> bool:
    match _text(rule, "Action"):
        case "Connect":
            return True
        case "EvaluateConnection":
            actions = _dictionaries(rule, "ActionParameters")
            return any(_text(each, "DomainAction") == "ConnectIfNeeded" for each in actions)
    return False


def covers(wider: Rule, narrower: Rule) -> bool:
    """Does `wider` match on every network on which `narrower` does?

    This may say no of two rules of which it is true, and never yes where it is not.
    """
    if unmatched(wider) or unmatched(narrower):
        return bool(unmatched(narrower))
    return (
        not _is_mistaken(wider)
        and _covers_interface(wider, narrower)
        and _covers_names(wider, narrower)
        and _covers_all(_covers_domain, wider, narrower, "DNSDomainMatch")
        and _covers_all(_covers_address, wider, narrower, "DNSServerAddressMatch")
        and _text(wider, "URLStringProbe") in ("", _text(narrower, "URLStringProbe"))
    )


def _is_mistaken(rule: Rule) -> bool:
    """Has a condition the wrong type, so that nobody can say where the rule matches?"""
    set_ones = [(name, rule[name]) for name in CONDITIONS if is_set(rule.get(name))]
    return any(
        not isinstance(value, list) or not any(isinstance(item, str) for item in value)
        if name in LISTS
        else not isinstance(value, str)
        for name, value in set_ones
    )


@dataclass(frozen=True, kw_only=True)
class CoveredDomain:
    """A domain that an earlier domain action covers: its position and text, and those of the one that covers it."""

    action: int
    number: int
    domain: str
    by_action: int
    by_domain: str


def covered_domains(rule: Rule) -> Iterator[CoveredDomain]:
    """The domains of EvaluateConnection that never decide, since an earlier domain action covers all their hosts."""
    first: dict[str, tuple[int, str]] = {}
    for action, number, domain in _domains(rule):
        name = _host(domain)
        if not name or len(name) > LONGEST_NAME:
            continue
        earlier = [first[each] for each in _covering(name) if each in first and first[each][0] != action]
        if earlier:
            by_action, by_domain = min(earlier)
            yield CoveredDomain(
                action=action, number=number, domain=domain, by_action=by_action, by_domain=by_domain
            )
        first.setdefault(name, (action, domain))


def _domains(rule: Rule) -> Iterator[tuple[int, int, str]]:
    """Position of the domain action, that of the domain in it, and the domain."""
    actions = rule.get("ActionParameters")
    for index, action in enumerate(actions if isinstance(actions, list) else ()):
        domains = action.get("Domains") if isinstance(action, Mapping) else None
        for number, domain in enumerate(domains if isinstance(domains, list) else ()):
            if isinstance(domain, str):
                yield index, number, domain


def _covering(name: str) -> Iterator[str]:
    """What covers every host that a domain does, as `_covers_host` has it."""
    yield name
    base = name.removeprefix("*.")
    if base != name:
        yield base
    while (base := base.partition(".")[2]) != "":
        yield from (base, f"*.{base}")


def _covers_interface(wider: Rule, narrower: Rule) -> bool:
    wanted, found = _text(wider, "InterfaceTypeMatch"), _text(narrower, "InterfaceTypeMatch")
    # Only Wi-Fi has a name, so a rule with names matches there alone.
    return wanted in ("", found) or (wanted == "WiFi" and not found and bool(_texts(narrower, "SSIDMatch")))


def _covers_names(wider: Rule, narrower: Rule) -> bool:
    wanted, found = set(_texts(wider, "SSIDMatch")), set(_texts(narrower, "SSIDMatch"))
    return not wanted or (bool(found) and found <= wanted)


def _covers_all(covers_one: Any, wider: Rule, narrower: Rule, name: str) -> bool:
    """Each pattern of the narrower rule is, as a text, covered by one of the wider rule: so is all that it covers."""
    wanted, found = _texts(wider, name), _texts(narrower, name)
    if not wanted or not found:
        return not wanted
    if set(found) <= set(wanted):
        return True
    few = len(wanted) * len(found) <= _MOST_PAIRS
    return few and all(any(covers_one(w, f) for w in wanted) for f in found)


def sentence(rule: Any) -> str:
    """What one rule says: “On Wi-Fi “Office”, with the search domain corp.example: disconnect.”"""
    return f"{_where(rule)}: {_then(rule)}." if isinstance(rule, Mapping) else "This is no rule."


def domain_sentence(parameters: Rule) -> str:
    """What one domain action says: “For git.corp.example, connect if the name cannot be resolved.”"""
    said = _evaluated(parameters)
    return f"{said[:1].upper()}{said[1:]}."


def _where(rule: Rule) -> str:
    interface, ssids = _text(rule, "InterfaceTypeMatch"), _texts(rule, "SSIDMatch")
    if empty := unmatched(rule):
        return f"Never, since {abridged(empty, 'and')} {'is' if len(empty) == 1 else 'are'} empty"
    if ssids:
        place = f"On Wi-Fi {abridged([quoted(ssid) or '“”' for ssid in ssids], 'or')}"
    elif interface:
        place = f"On {INTERFACES.get(interface, interface)}"
    else:
        place = "On any network"
    if ssids and interface not in ("", "WiFi"):
        place = f"{place} over {INTERFACES.get(interface, interface)}"
    further = [
        f"with the search domain {abridged(domains, 'or')}"
        if (domains := _lines(rule, "DNSDomainMatch"))
        else "",
        f"with the DNS server {abridged(servers, 'or')}"
        if (servers := _lines(rule, "DNSServerAddressMatch"))
        else "",
        f"where {probe} answers" if (probe := line(rule.get("URLStringProbe"))) else "",
    ]
    return " ".join([place, abridged([clause for clause in further if clause], "and")]).strip()


def _then(rule: Rule) -> str:
    action = _text(rule, "Action")
    if action == "EvaluateConnection":
        actions = _dictionaries(rule, "ActionParameters")
        return "; ".join(_evaluated(each) for each in actions) or "decide by the host (for no domain yet)"
    return _ACTIONS.get(action) or "no action yet"


def _evaluated(parameters: Rule) -> str:
    domains = abridged(_lines(parameters, "Domains"), "and") or "no domain yet"
    match _text(parameters, "DomainAction"):
        case "NeverConnect":
            return f"for {domains}, never connect"
        case "ConnectIfNeeded":
            return f"for {domains}, connect if {_need(parameters)}"
    return f"for {domains}, no action yet"


def _need(parameters: Rule) -> str:
    needs = [
        "the name cannot be resolved",
        _unreachable(_lines(parameters, "RequiredDNSServers")),
        f"{probe} does not answer" if (probe := line(parameters.get("RequiredURLStringProbe"))) else "",
    ]
    return abridged([need for need in needs if need], "or")


def _unreachable(servers: Sequence[str]) -> str:
    if len(servers) == 1:
        return f"the DNS server {servers[0]} cannot be reached"
    return f"none of the DNS servers {abridged(servers, 'and')} can be reached" if servers else ""


def simulate(rules: Sequence[Any], network: Network) -> Outcome:
    """Try the rules from the top, as a device does: the first whose conditions all hold decides."""
    steps: list[Step] = []
    for index, given in enumerate(rules):
        rule: Rule = given if isinstance(given, Mapping) else {}
        failed = _mismatch(rule, network) if isinstance(given, Mapping) else "it is no rule"
        reason = failed or ("it has no conditions" if always(rule) else "all its conditions hold")
        steps.append(Step(index=index, matches=not failed, reason=f"{reason}."))
        if not failed:
            action = _text(rule, "Action")
            return Outcome(
                matched=index, action=action, sentence=_what_happens(rule, network), steps=tuple(steps)
            )
    return Outcome(matched=None, action="", sentence=_NOTHING, steps=tuple(steps))


def _mismatch(rule: Rule, network: Network) -> str:
    """Why the rule does not match, as a clause; empty where it does."""
    interface, ssids = _text(rule, "InterfaceTypeMatch"), _texts(rule, "SSIDMatch")
    here = INTERFACES.get(network.interface, network.interface)
    if empty := unmatched(rule):
        return f"nothing matches an empty {empty[0]}"
    if interface and interface != network.interface:
        return f"the network is {here}, not {INTERFACES.get(interface, interface)}"
    if ssids and network.interface != "WiFi":
        return f"the network is {here}, which has no Wi-Fi name"
    if ssids and network.ssid not in ssids:
        return f"the Wi-Fi is called “{network.ssid}”" if network.ssid else "the Wi-Fi has no known name"
    if (domains := _texts(rule, "DNSDomainMatch")) and not _any(
        _covers_domain, domains, network.search_domains
    ):
        return f"none of the network's search domains is {abridged(domains, 'or')}"
    if (servers := _texts(rule, "DNSServerAddressMatch")) and not _any(
        _covers_address, servers, network.dns_servers
    ):
        return f"none of the network's DNS servers is {abridged(servers, 'or')}"
    if (probe := _text(rule, "URLStringProbe")) and probe not in network.answering_urls:
        return f"{probe} does not answer with status 200"
    return ""


def _what_happens(rule: Rule, network: Network) -> str:
    action = _text(rule, "Action")
    if action != "EvaluateConnection":
        return _OUTCOMES.get(action, "The rule has no action, so a device refuses it.")
    if not network.host:
        return "It depends on the host that an app asks for: fill one in."
    for parameters in _dictionaries(rule, "ActionParameters"):
        domain = next((d for d in _texts(parameters, "Domains") if _covers_host(d, network.host)), "")
        if domain:
            return _evaluate(parameters, domain, network)
    return f"No domain of the rule covers {network.host}, so the tunnel stays as it is."


def _evaluate(parameters: Rule, domain: str, network: Network) -> str:
    covered = f"{domain} covers {network.host}"
    match _text(parameters, "DomainAction"):
        case "NeverConnect":
            return f"{covered}, for which the tunnel never comes up."
        case "ConnectIfNeeded":
            need = _needed(parameters, network)
            if need:
                return f"{covered}, and {need}: the tunnel comes up."
            return f"{covered}, but the network serves it without the tunnel, which stays as it is."
    return f"{covered}, but no action is chosen for it, so a device refuses the rule."


def _needed(parameters: Rule, network: Network) -> str:
    """Why the tunnel is needed, as a clause; empty where it is not."""
    servers, probe = _texts(parameters, "RequiredDNSServers"), _text(parameters, "RequiredURLStringProbe")
    if servers and not set(servers) & set(network.reachable_dns_servers):
        return "none of the required DNS servers can be reached"
    if probe and probe not in network.answering_urls:
        return f"{probe} does not answer with status 200"
    if not network.resolves:
        return "its name cannot be resolved here"
    return ""


def _covers_domain(pattern: str, domain: str) -> bool:
    """A search domain equals the pattern, or stands below it where that begins with `*.`."""
    wanted, found = _host(pattern), _host(domain)
    return found.endswith(wanted[1:]) if wanted.startswith("*.") else found == wanted


def _covers_address(pattern: str, address: str) -> bool:
    """Addresses are compared as texts, with `*` for any part."""
    literal = pattern.replace("[", "[[]").replace("?", "[?]")
    return fnmatchcase(address.strip().lower(), literal.strip().lower())


def _covers_host(domain: str, host: str) -> bool:
    """A host is the domain itself, or stands below it; `*.` before the domain means the same but for itself."""
    wanted, found = _host(domain), _host(host)
    if wanted.startswith("*."):
        return found.endswith(wanted[1:])
    return found == wanted or found.endswith(f".{wanted}")


def _host(name: str) -> str:
    return name.strip().rstrip(".").lower()


def _any(covers: Any, patterns: Sequence[str], found: Sequence[str]) -> bool:
    return any(covers(pattern, each) for pattern in patterns for each in found)


def _text(values: Rule, name: str) -> str:
    value = values.get(name)
    return value.strip() if isinstance(value, str) else ""


def _texts(values: Rule, name: str) -> list[str]:
    found = values.get(name)
    return [text for text in found if isinstance(text, str) and text] if isinstance(found, list) else []


def _lines(values: Rule, name: str) -> list[str]:
    """The texts of a list as they stand in a sentence, each on one line."""
    return [line(text) or "a blank" for text in _texts(values, name)]


def _dictionaries(values: Rule, name: str) -> list[Rule]:
    return _mappings(values.get(name))


def _mappings(found: Any) -> list[Rule]:
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []
