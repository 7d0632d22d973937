"""On-Demand rules: what one says in words, and what all of them do on a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.catalogue.on_demand_simulator import (
    Network,
    Outcome,
    always,
    connects,
    covered_domains,
    covers,
    domain_sentence,
    sentence,
    simulate,
)

Rule = Mapping[str, Any]

CONNECT: Rule = {"Action": "Connect"}
AT_HOME: Rule = {
    "Action": "Disconnect",
    "InterfaceTypeMatch": "WiFi",
    "SSIDMatch": ["Office", "Office 5G"],
    "DNSDomainMatch": ["corp.example"],
}
OFFICE = Network(
    interface="WiFi", ssid="Office", search_domains=("corp.example",), host="git.corp.example", resolves=True
)
PROBE = "https://probe.corp.example/"


def evaluate(*parameters: Rule) -> Rule:
    return {"Action": "EvaluateConnection", "ActionParameters": list(parameters)}


def needed(*domains: str, **more: Any) -> Rule:
    return {"DomainAction": "ConnectIfNeeded", "Domains": [*domains], **more}


def never(*domains: str) -> Rule:
    return {"DomainAction": "NeverConnect", "Domains": [*domains]}


def only_reason(rule: Rule, network: Network) -> str:
    """Why the rule does not match, which it must not."""
    (step,) = simulate([rule], network).steps
    assert not step.matches
    return step.reason


def matches(rule: Rule, network: Network) -> bool:
    return simulate([rule], network).matched == 0


def comes_up(parameters: Rule, **network: Any) -> bool:
    return simulate([evaluate(parameters)], replace(OFFICE, **network)).sentence.endswith(
        "the tunnel comes up."
    )


# In words


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (CONNECT, "On any network: connect."),
        ({"Action": "Ignore"}, "On any network: leave the tunnel as it is."),
        ({"Action": "Allow"}, "On any network: leave the tunnel as it is."),
        (
            AT_HOME,
            "On Wi-Fi “Office” or “Office 5G” with the search domain corp.example: disconnect.",
        ),
        ({**CONNECT, "InterfaceTypeMatch": "WiFi"}, "On Wi-Fi: connect."),
        (
            {
                **CONNECT,
                "InterfaceTypeMatch": "Cellular",
                "DNSServerAddressMatch": ["17.*"],
                "URLStringProbe": PROBE,
            },
            f"On cellular with the DNS server 17.* and where {PROBE} answers: connect.",
        ),
        (
            evaluate(needed("git.corp.example"), never("*.example.com")),
            (
                "On any network: for git.corp.example, connect if the name cannot be resolved; "
                "for *.example.com, never connect."
            ),
        ),
        (
            evaluate(needed("corp.example", RequiredDNSServers=["10.0.0.53"], RequiredURLStringProbe=PROBE)),
            (
                "On any network: for corp.example, connect if the name cannot be resolved, the DNS server "
                f"10.0.0.53 cannot be reached or {PROBE} does not answer."
            ),
        ),
        (
            evaluate(needed("corp.example", RequiredDNSServers=["10.0.0.53", "10.0.0.54"])),
            (
                "On any network: for corp.example, connect if the name cannot be resolved or none of the DNS "
                "servers 10.0.0.53 and 10.0.0.54 can be reached."
            ),
        ),
    ],
)
def test_a_rule_is_one_sentence(rule: Rule, said: str) -> None:
    assert sentence(rule) == said


def test_a_short_list_is_spelled_out_and_of_a_long_one_the_rest_is_counted() -> None:
    assert sentence({**CONNECT, "SSIDMatch": list("ABCD")}) == "On Wi-Fi “A”, “B”, “C” or “D”: connect."
    assert sentence({**CONNECT, "SSIDMatch": list("ABCDEF")}) == "On Wi-Fi “A”, “B”, “C” or 3 more: connect."


def test_a_sentence_is_one_line_whatever_a_name_holds() -> None:
    rule = {
        "Action": "Connect",
        "SSIDMatch": ["\n   Home\n  ", "“quoted”", " \u2028 "],
        "DNSDomainMatch": ["corp\nexample"],
        "DNSServerAddressMatch": ["10.*\r\n"],
        "URLStringProbe": "https://a\n.example/",
    }
    assert sentence(rule) == (
        'On Wi-Fi “Home”, “"quoted"” or “” with the search domain corp example, with the DNS server 10.* and where '
        "https://a .example/ answers: connect."
    )
    assert domain_sentence(needed("a\nb", RequiredDNSServers=["\n"])) == (
        "For a b, connect if the name cannot be resolved or the DNS server a blank cannot be reached."
    )


def test_a_domain_action_is_a_sentence_of_its_own() -> None:
    assert domain_sentence(never("a.example", "b.example")) == "For a.example and b.example, never connect."
    assert domain_sentence({}) == "For no domain yet, no action yet."


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"Action": None},
        {"Action": 3},
        {"Action": ["Connect"]},
        {"Action": "Explode"},
        {"InterfaceTypeMatch": {}},
        {"SSIDMatch": [1, None, {}]},
        {"DNSDomainMatch": "corp.example"},
        {"DNSServerAddressMatch": {"a": 1}},
        {"URLStringProbe": b"x"},
    ],
)
def test_a_half_filled_or_wrong_rule_still_has_a_sentence_and_an_outcome(rule: Rule) -> None:
    assert sentence(rule) == "On any network: no action yet."
    assert simulate([rule], OFFICE).sentence == "The rule has no action, so a device refuses it."


@pytest.mark.parametrize("parameters", [None, 3, "x", {}, [], [3, None, "x"]])
def test_wrong_domain_actions_cover_no_host(parameters: Any) -> None:
    rule = {"Action": "EvaluateConnection", "ActionParameters": parameters}
    assert sentence(rule) == "On any network: decide by the host (for no domain yet)."
    assert "No domain of the rule covers git.corp.example" in simulate([rule], OFFICE).sentence


# Which rule decides


def test_in_the_office_the_tunnel_goes_down() -> None:
    outcome = simulate([AT_HOME, CONNECT], OFFICE)
    assert (outcome.matched, outcome.action) == (0, "Disconnect")
    assert outcome.sentence == "The tunnel goes down and stays down."
    assert [(step.index, step.matches) for step in outcome.steps] == [(0, True)]


def test_in_the_office_a_rule_for_hosts_decides_for_the_host() -> None:
    rules = [
        {**evaluate(never("www.corp.example"), needed("git.corp.example")), "SSIDMatch": ["Office"]},
        CONNECT,
    ]
    unresolved = simulate(rules, replace(OFFICE, resolves=False))
    assert (unresolved.matched, unresolved.action) == (0, "EvaluateConnection")
    assert unresolved.sentence == (
        "git.corp.example covers git.corp.example, and its name cannot be resolved here: the tunnel comes up."
    )
    assert simulate(rules, OFFICE).sentence.endswith("which stays as it is.")


def test_elsewhere_the_next_rule_decides_and_each_step_has_its_reason() -> None:
    outcome = simulate([AT_HOME, CONNECT, AT_HOME], replace(OFFICE, ssid="Café"))
    assert (outcome.matched, outcome.action) == (1, "Connect")
    assert outcome.sentence == "The tunnel comes up with the next traffic."
    assert [(step.index, step.matches, step.reason) for step in outcome.steps] == [
        (0, False, "the Wi-Fi is called “Café”."),
        (1, True, "it has no conditions."),
    ]


@pytest.mark.parametrize("rules", [[], [{**CONNECT, "SSIDMatch": ["Home"]}]])
def test_where_no_rule_matches_nothing_happens(rules: list[Rule]) -> None:
    outcome = simulate(rules, OFFICE)
    assert outcome == Outcome(
        matched=None, action="", sentence="The tunnel stays as it is.", steps=outcome.steps
    )
    assert len(outcome.steps) == len(rules)
    assert not any(step.matches for step in outcome.steps)


def test_allow_does_what_ignore_does() -> None:
    outcomes = [simulate([{"Action": action}], OFFICE) for action in ("Allow", "Ignore")]
    assert [outcome.sentence for outcome in outcomes] == ["The tunnel stays as it is."] * 2


def test_all_conditions_must_hold() -> None:
    rule = {**AT_HOME, "DNSServerAddressMatch": ["10.0.0.53"], "URLStringProbe": PROBE}
    there = replace(OFFICE, dns_servers=("10.0.0.53",), answering_urls=(PROBE,))
    assert matches(rule, there)
    for missing in (
        {"interface": "Ethernet"},
        {"ssid": "Café"},
        {"search_domains": ()},
        {"dns_servers": ()},
        {"answering_urls": ()},
    ):
        assert not matches(rule, replace(there, **missing)), missing


def test_a_rule_always_matches_only_without_conditions() -> None:
    assert always(CONNECT)
    assert not always({**CONNECT, "SSIDMatch": []})
    assert not always({**CONNECT, "URLStringProbe": PROBE})


@pytest.mark.parametrize("name", ["SSIDMatch", "DNSDomainMatch", "DNSServerAddressMatch"])
def test_a_list_without_a_name_matches_nowhere(name: str) -> None:
    rule = {**CONNECT, name: []}
    assert only_reason(rule, OFFICE) == f"nothing matches an empty {name}."
    assert not connects([rule])
    assert connects([rule, CONNECT])
    assert sentence(rule) == f"Never, since {name} is empty: connect."


# Each condition


def test_the_kind_of_network_must_be_the_same() -> None:
    rule = {**CONNECT, "InterfaceTypeMatch": "WiFi"}
    assert matches(rule, OFFICE)
    assert only_reason(rule, Network(interface="Cellular")) == "the network is cellular, not Wi-Fi."


@pytest.mark.parametrize("interface", ["Cellular", "Ethernet"])
def test_the_name_of_a_wifi_only_matches_on_wifi(interface: str) -> None:
    rule = {**CONNECT, "SSIDMatch": ["Office"]}
    assert matches(rule, OFFICE)
    assert "has no Wi-Fi name" in only_reason(rule, Network(interface=interface, ssid="Office"))
    assert matches(CONNECT, Network(interface=interface))


def test_the_name_of_a_wifi_is_compared_exactly() -> None:
    rule = {**CONNECT, "SSIDMatch": ["Office"]}
    assert only_reason(rule, replace(OFFICE, ssid="office")) == "the Wi-Fi is called “office”."
    assert only_reason(rule, replace(OFFICE, ssid="")) == "the Wi-Fi has no known name."


@pytest.mark.parametrize(
    ("pattern", "domain", "found"),
    [
        ("corp.example", "corp.example", True),
        ("Corp.Example.", "corp.example", True),
        ("corp.example", "CORP.example.", True),
        ("corp.example", "lab.corp.example", False),
        ("*.corp.example", "lab.corp.example", True),
        ("*.corp.example", "a.lab.corp.example", True),
        ("*.corp.example", "corp.example", False),
        ("*.corp.example", "notcorp.example", False),
    ],
)
def test_a_search_domain_matches_itself_or_the_wildcard_above_it(
    pattern: str, domain: str, found: bool
) -> None:
    rule = {**CONNECT, "DNSDomainMatch": ["other.example", pattern]}
    assert matches(rule, replace(OFFICE, search_domains=("first.example", domain))) is found


@pytest.mark.parametrize(
    ("pattern", "server", "found"),
    [
        ("10.0.0.53", "10.0.0.53", True),
        ("10.0.0.5", "10.0.0.53", False),
        ("17.*", "17.1.2.3", True),
        ("17.*", "170.1.2.3", False),
        ("FD00::*", "fd00::53", True),
        ("1?.0.0.1", "17.0.0.1", False),
        ("[1]7.0.0.1", "17.0.0.1", False),
    ],
)
def test_a_dns_server_matches_as_text_in_which_only_the_star_is_special(
    pattern: str, server: str, found: bool
) -> None:
    rule = {**CONNECT, "DNSServerAddressMatch": [pattern]}
    assert matches(rule, replace(OFFICE, dns_servers=("9.9.9.9", server))) is found


def test_a_probe_must_answer() -> None:
    rule = {**CONNECT, "URLStringProbe": PROBE}
    assert matches(rule, replace(OFFICE, answering_urls=(PROBE,)))
    assert only_reason(rule, OFFICE) == f"{PROBE} does not answer with status 200."


# Rules for hosts


@pytest.mark.parametrize(
    ("domain", "host", "covered"),
    [
        ("corp.example", "corp.example", True),
        ("corp.example", "git.corp.example", True),
        ("corp.example", "GIT.Corp.Example.", True),
        ("Corp.Example.", "git.corp.example", True),
        ("corp.example", "notcorp.example", False),
        ("corp.example", "corp.example.com", False),
        ("*.corp.example", "git.corp.example", True),
        ("*.corp.example", "corp.example", False),
    ],
)
def test_a_domain_covers_itself_and_what_is_below_it(domain: str, host: str, covered: bool) -> None:
    said = simulate([evaluate(never(domain))], replace(OFFICE, host=host)).sentence
    assert ("never comes up" in said) is covered
    assert ("No domain of the rule covers" in said) is not covered


def test_the_first_domain_action_that_covers_the_host_decides() -> None:
    both = [never("git.corp.example"), needed("corp.example")]
    there = replace(OFFICE, resolves=False)
    assert "never comes up" in simulate([evaluate(*both)], there).sentence
    assert "the tunnel comes up" in simulate([evaluate(*reversed(both))], there).sentence


def test_a_host_that_no_domain_covers_does_not_fall_through_to_the_next_rule() -> None:
    outcome = simulate([evaluate(needed("other.example")), CONNECT], OFFICE)
    assert outcome.matched == 0
    assert outcome.sentence == "No domain of the rule covers git.corp.example, so the tunnel stays as it is."


def test_without_a_host_it_is_asked_for() -> None:
    said = simulate([evaluate(needed("corp.example"))], replace(OFFICE, host="")).sentence
    assert said == "It depends on the host that an app asks for: fill one in."


def test_a_covered_host_without_an_action_is_told() -> None:
    said = simulate([evaluate({"Domains": ["corp.example"]})], OFFICE).sentence
    assert said.endswith("but no action is chosen for it, so a device refuses the rule.")


def test_a_name_that_cannot_be_resolved_needs_the_tunnel() -> None:
    assert comes_up(needed("corp.example"), resolves=False)
    assert not comes_up(needed("corp.example"), resolves=True)


def test_required_dns_servers_need_the_tunnel_unless_one_can_be_reached() -> None:
    parameters = needed("corp.example", RequiredDNSServers=["10.0.0.53", "10.0.0.54"])
    assert comes_up(parameters, resolves=True)
    assert not comes_up(parameters, resolves=True, reachable_dns_servers=("10.0.0.54",))


def test_a_required_probe_needs_the_tunnel_unless_it_answers() -> None:
    parameters = needed("corp.example", RequiredURLStringProbe=PROBE)
    assert comes_up(parameters, resolves=True)
    assert not comes_up(parameters, resolves=True, answering_urls=(PROBE,))


@pytest.mark.parametrize(
    ("rules", "answer"),
    [
        ([CONNECT], True),
        ([AT_HOME, CONNECT], True),
        ([evaluate(never("a.example"), needed("b.example"))], True),
        ([evaluate(never("a.example"))], False),
        ([AT_HOME], False),
        ([{"Action": "Ignore"}], False),
        ([{"Action": "Disconnect"}, CONNECT], False),
        ([], False),
    ],
)
def test_rules_connect_when_one_that_is_reached_does(rules: list[Rule], answer: bool) -> None:
    assert connects(rules) is answer


@pytest.mark.parametrize(
    "odd", [None, "Connect", {"Action": "Connect"}, ["Connect"], [{"Action": ["Connect"]}]]
)
def test_what_are_no_rules_does_not_connect(odd: Any) -> None:
    assert not connects(odd)


# Rules that others always beat

DOMAINS = (
    "example",
    "corp.example",
    "*.corp.example",
    "a.corp.example",
    "*.example",
    "Corp.Example.",
    "*",
    "",
    "notcorp.example",
)
ADDRESSES = (
    "10.1.2.3",
    "10.1.2.*",
    "10.*",
    "*",
    "10.*.3",
    "*.3",
    "10.1.2.30",
    "10.1.2.?",
    "[1]0.1.2.3",
    "FD00::*",
)
PROBES = ("", PROBE, "https://other.example/")


def some(*values: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), max_size=3)


RULES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"Action": st.sampled_from(("Connect", "Disconnect"))},
    optional={
        "InterfaceTypeMatch": st.sampled_from(("WiFi", "Cellular", "Ethernet", "")),
        "SSIDMatch": some("Home", "home", "Office", " Home", ""),
        "DNSDomainMatch": some(*DOMAINS),
        "DNSServerAddressMatch": some(*ADDRESSES),
        "URLStringProbe": st.sampled_from(PROBES),
    },
)
NETWORKS = st.builds(
    Network,
    interface=st.sampled_from(("WiFi", "Cellular", "Ethernet", "Other")),
    ssid=st.sampled_from(("Home", "home", "Office", " Home", "")),
    search_domains=some("x.a.corp.example", "b.example", "EXAMPLE.", *DOMAINS).map(tuple),
    dns_servers=some("10.1.2.3", "10.1.2.30", "10.9.9.3", "fd00::53", "1.1.1.1", *ADDRESSES).map(tuple),
    answering_urls=some(*PROBES).map(tuple),
)


@given(wider=RULES, narrower=RULES, network=NETWORKS)
def test_no_network_matches_a_rule_without_matching_the_one_that_is_said_to_cover_it(
    wider: Rule, narrower: Rule, network: Network
) -> None:
    if covers(wider, narrower) and matches(narrower, network):
        assert matches(wider, network)
        assert simulate([wider, narrower], network).matched == 0


@given(
    rule=RULES, dropped=st.sets(st.sampled_from(("InterfaceTypeMatch", "DNSDomainMatch", "URLStringProbe")))
)
def test_a_rule_covers_itself_and_what_has_more_conditions(rule: Rule, dropped: set[str]) -> None:
    assert covers(rule, rule)
    assert covers({name: value for name, value in rule.items() if name not in dropped}, rule)


@given(
    first=some("*.corp.example", *DOMAINS),
    second=some(*DOMAINS),
    host=st.sampled_from(
        ("corp.example", "x.corp.example", "a.corp.example", "y.a.corp.example", "example", "b.example")
    ),
)
def test_a_domain_that_is_said_to_be_covered_decides_about_no_host(
    first: list[str], second: list[str], host: str
) -> None:
    both = evaluate(never(*first), needed(*second))
    for found in covered_domains(both):
        assert (found.action, found.by_action) == (1, 0)
        assert second[found.number] == found.domain
        alone = simulate([evaluate(never(found.domain))], replace(OFFICE, host=host)).sentence
        if "never comes up" in alone:
            assert "never comes up" in simulate([both], replace(OFFICE, host=host)).sentence


@pytest.mark.parametrize(
    "odd", [None, 3, "x", {}, [3, None, {"Domains": "corp.example"}, {"Domains": [1, ""]}]]
)
def test_wrong_domain_actions_cover_no_domain(odd: Any) -> None:
    assert list(covered_domains({"ActionParameters": odd})) == []


def test_huge_rules_are_compared_in_no_time() -> None:
    names = [f"host{number}.example" for number in range(1_000)]
    huge = {"Action": "Connect", "DNSDomainMatch": names}
    assert covers({"Action": "Connect", "DNSDomainMatch": [*reversed(names)]}, huge)
    # Too much to compare one by one, so nothing is said.
    assert not covers({"Action": "Connect", "DNSDomainMatch": ["*.example", *names[:-1]]}, huge)
    actions = [never(*names) for _ in range(100)]
    assert len(list(covered_domains(evaluate(*actions)))) == 99 * len(names)
