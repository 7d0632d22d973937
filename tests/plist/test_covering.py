"""What is told of one place: nothing twice, and nothing that contradicts the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.catalogue.evidence import Credential, Evidence
from profiles.catalogue.fixes import REMOVED
from profiles.catalogue.keys import Choice, Key, Number, Switch
from profiles.catalogue.shape import nest
from profiles.plist.document import Document, PayloadDocument, Problem
from profiles.plist.imported.source_form import Kept
from profiles.plist.rule_book.diagnostics import entries
from profiles.plist.templates.declaration import Declaration, Variable
from profiles.plist.validation.presence import UNAVAILABLE
from profiles.plist.validation.repairs import mended, repairs
from profiles.plist.validation.validate import validate
from tests.plist.making import ABSENT, TUNNEL, TUNNEL_UUID, document, tunnel

IKE, CHILD = "IKESecurityAssociationParameters", "ChildSecurityAssociationParameters"
STRICT = {"EnforceStrictAlgorithmSelection": 1}


def imported(*changes: Mapping[str, Any], **ikev2: Any) -> Document:
    """A tunnel that a file had."""
    whole = tunnel({"LocalIdentifier": "alice"}, *changes, **ikev2)
    return replace(whole, payloads=tuple(replace(part, kept=Kept()) for part in whole.payloads))


def of(whole: Document, path: str) -> list[tuple[str, str]]:
    """Severity and code of all that is told of a place."""
    return [(each.severity.value, each.code) for each in validate(whole) if each.path == path]


@pytest.mark.parametrize(
    ("ikev2", "path", "told"),
    [
        (
            {CHILD: {"EncryptionAlgorithm": "AES-256-GCM", "IntegrityAlgorithm": "SHA1-96"}},
            f"IKEv2.{CHILD}.IntegrityAlgorithm",
            [("warning", "value-outdated")],
        ),
        (
            {CHILD: {"DiffieHellmanGroup": 2}},
            f"IKEv2.{CHILD}.DiffieHellmanGroup",
            [("warning", "value-outdated")],
        ),
        (
            {CHILD: {"DiffieHellmanGroup": 3}, **STRICT},
            f"IKEv2.{CHILD}.DiffieHellmanGroup",
            [("error", "not-allowed")],
        ),
        ({"NATKeepAliveInterval": 5}, "IKEv2.NATKeepAliveInterval", [("error", "too-small")]),
        ({"NATKeepAliveInterval": 60}, "IKEv2.NATKeepAliveInterval", [("advice", "always-on-only")]),
        (
            {"NATKeepAliveOffloadEnable": True},
            "IKEv2.NATKeepAliveOffloadEnable",
            [("warning", "other-type")],
        ),
    ],
    ids=["idle and outdated", "idle group", "no such group", "too small", "for others", "another type"],
)
def test_of_a_place_that_is_to_be_changed_and_to_go_the_graver_is_told(
    ikev2: dict[str, Any], path: str, told: list[tuple[str, str]]
) -> None:
    assert of(imported(ikev2), path) == told


@pytest.mark.parametrize(
    "written",
    [
        {"RemoteAddress": ABSENT, "remoteAddress": "vpn.example.com"},
        {"RemoteAddress": ABSENT, "RemoteAdress": "vpn.example.com"},
    ],
    ids=["other letters", "a slip"],
)
def test_what_a_fix_would_fill_in_is_told_once_by_what_is_missing(written: dict[str, Any]) -> None:
    whole = imported(written)
    (found,) = validate(whole)
    assert (found.severity.value, found.code) == ("error", "missing")
    wrong = next(name for name, value in written.items() if value is not ABSENT)
    assert found.message == (
        "RemoteAddress is missing, and the device cannot use the profile without it. It is written as "
        f"{wrong}, which the device ignores. Rename it to RemoteAddress."
    )
    (after,) = mended(whole, validate, {each.id for each in repairs(whole, [found])}).document.payloads
    assert after.values["IKEv2"]["RemoteAddress"] == "vpn.example.com"


def test_a_key_that_is_optional_stays_a_warning_when_misspelt() -> None:
    (found,) = validate(imported(EnabelPFS=1))
    assert (found.severity.value, found.code) == ("warning", "misspelt-key")


def test_a_tunnel_under_another_name_lacks_nothing() -> None:
    part = PayloadDocument(
        slug="vpn-ikev2",
        name="office",
        uuid=TUNNEL_UUID,
        values={"UserDefinedName": "Office"},
        unknown={"IKEV2": {**TUNNEL, "LocalIdentifier": ""}},
        kept=Kept(),
    )
    (found,) = validate(document(part))
    assert (found.severity.value, found.path, found.code) == ("error", "IKEv2", "missing")


@pytest.mark.parametrize("name", ["VPN", "IPSec", "Tunnel"])
def test_a_tunnel_is_known_by_what_is_in_it(name: str) -> None:
    part = PayloadDocument(
        slug="vpn-ikev2",
        name="office",
        uuid=TUNNEL_UUID,
        values={"UserDefinedName": "Office"},
        unknown={name: {**TUNNEL, "LocalIdentifier": ""}},
        kept=Kept(),
    )
    (found,) = validate(document(part))
    assert (found.severity.value, found.path, found.code) == ("error", "IKEv2", "missing")
    assert found.message.endswith(f"It is written as {name}, which the device ignores. Rename it to IKEv2.")
    assert mended(document(part), validate).left == []


def test_what_stands_in_another_place_is_told_by_what_is_missing() -> None:
    part = replace(
        imported({"RemoteAddress": ABSENT}).payloads[0], unknown={"RemoteAddress": "vpn.example.com"}
    )
    (found,) = validate(document(part))
    assert (found.severity.value, found.path, found.code) == ("error", "IKEv2.RemoteAddress", "missing")
    assert found.message.endswith(
        "It stands at the top of the payload, where the device ignores it. Move it inside IKEv2."
    )


def test_what_is_wrong_by_its_type_is_judged_no_further() -> None:
    whole = imported({"AuthenticationMethod": "None", "ExtendedAuthEnabled": "true", "AuthName": "alice"})
    assert [each.code for each in validate(whole)] == ["wrong-type"]


def test_who_is_refused_today_is_not_told_of_tomorrow() -> None:
    path = f"IKEv2.{CHILD}.DiffieHellmanGroup"
    assert of(imported({CHILD: {"DiffieHellmanGroup": 5}, "EnablePFS": 1, **STRICT}), path) == [
        ("error", "strict-algorithms")
    ]


@pytest.mark.parametrize("domains", [[], [""], ["", ""]])
def test_what_is_required_and_empty_is_told_as_missing_alone(domains: list[str]) -> None:
    action = {"DomainAction": "NeverConnect", "Domains": domains}
    rules = [{"Action": "EvaluateConnection", "ActionParameters": [action]}]
    whole = imported(OnDemandRules=rules)
    assert [(each.path, each.code) for each in validate(whole)] == [
        ("IKEv2.OnDemandRules[0].ActionParameters[0].Domains", "missing")
    ]


def test_what_is_empty_and_asked_for_is_told_by_who_asks() -> None:
    whole = replace(imported(), envelope={"PayloadDisplayName": ""}, kept=Kept())
    assert of(whole, "PayloadDisplayName") == [("advice", "unnamed")]


def test_a_dictionary_that_is_empty_and_needed_is_told_by_what_it_needs() -> None:
    whole = imported()
    part = replace(whole.payloads[0], values={"UserDefinedName": "Office", "IKEv2": {}})
    found = {each.path for each in validate(replace(whole, payloads=(part,)))}
    assert "IKEv2" not in found
    assert "IKEv2.RemoteAddress" in found


# All pairs: a value of one key with one of another that has a say in it.


def _odd(key: Key) -> Iterator[Any]:
    """Values of a key that something may be told of: each that it takes, and some that it does not."""
    if isinstance(key, Choice):
        yield from (option.value for option in key.options)
        yield 3 if isinstance(key.options[0].value, int) else "none of those"
    elif isinstance(key, Number):
        yield from (5, 60)
    if isinstance(key, Switch):
        yield True


KEYS = {key.path: key for key in registry.payload("vpn-ikev2").keys if key.path.startswith("IKEv2.")}
SWITCHES = {
    f"IKEv2.{name}": value
    for name, value in {
        "NATKeepAliveOffloadEnable": 0,
        "EnablePFS": 1,
        "EnforceStrictAlgorithmSelection": 1,
        "IncludeAllNetworks": 1,
        "ExtendedAuthEnabled": 0,
    }.items()
}
"""Those that have a say in what other keys do, and how."""
MANY = [
    f"IKEv2.{each}.{name}" for each in (IKE, CHILD) for name in ("EncryptionAlgorithm", "DiffieHellmanGroup")
]


def _planted() -> Iterator[dict[str, Any]]:
    for path, key in KEYS.items():
        for value in _odd(key):
            yield {path: value}
            yield from ({path: value, switch: on} for switch, on in SWITCHES.items() if switch != path)
            for other in MANY:
                if path.startswith(f"IKEv2.{CHILD}") and other != path:
                    yield from ({path: value, other: each} for each in _odd(KEYS[other]))


def _contrary(problems: list[Problem]) -> list[tuple[str, list[str]]]:
    """The places of which two things are told that cannot both be done."""
    places: dict[str, list[Problem]] = defaultdict(list)
    for each in problems:
        if each.path and each.code != UNAVAILABLE.code:
            places[each.path].append(each)
    return [
        (path, [each.code for each in here])
        for path, here in places.items()
        if len(here) > 1 and (any(map(_goes, here)) or len({each.fix for each in here if each.fix}) > 1)
    ]


def _goes(problem: Problem) -> bool:
    fix = problem.fix
    removed = fix is not None and any(
        change.path == problem.path and change.after == REMOVED for change in fix.changes
    )
    return removed or entries()[problem.code].drops


def test_nothing_that_is_told_of_a_place_contradicts_the_rest() -> None:
    payload = registry.payload("vpn-ikev2")
    given = payload.flat({"IKEv2": {**TUNNEL, "LocalIdentifier": "alice"}, "UserDefinedName": "Office"})
    (part,) = imported().payloads
    for planted in _planted():
        values = nest({**given, **planted})
        whole = document(replace(part, values=values), targets={"iOS": "17.0", "macOS": "14.0"})
        assert _contrary(validate(whole)) == [], planted


IDENTITY_UUID = "11111111-2222-3333-4444-555555555555"
NAMED = ("RemoteAddress", "RemoteIdentifier")


def about_names(whole: Document) -> list[tuple[str, str]]:
    """Path and code of all that is told of the names of the server."""
    places = {f"IKEv2.{name}" for name in NAMED}
    return [(each.path.removeprefix("IKEv2."), each.code) for each in validate(whole) if each.path in places]


@pytest.mark.parametrize(
    ("address", "identifier", "told"),
    [
        ("vpn.example.com", "gw.example.com", ("RemoteIdentifier", "remote-identifier")),
        ("vpn.example.com", "vpn.example.com ", ("RemoteIdentifier", "blanks")),
        ("vpn.example.com", "  ", ("RemoteIdentifier", "blanks")),
        ("vpn.example.com", "https://gw.example.com", ("RemoteIdentifier", "identity-form")),
        ("vpn.example.com", "@vpn.example.com", ("RemoteIdentifier", "identity-form")),
        ("vpn.example.com", "*.example.com", ("RemoteIdentifier", "identity-form")),
        ("vpn.example.com", "${REMOTE_ID}", ("RemoteIdentifier", "unfilled-placeholder")),
        ("vpn.example.com", "{{ remote }}", ("RemoteIdentifier", "own-placeholder")),
        ("vpn.example.com", "$FLEET_VAR_NDES_SCEP_CHALLENGE", ("RemoteIdentifier", "mdm-placeholder")),
        ("vpn.example.com", 5, ("RemoteIdentifier", "wrong-type")),
        ("${SERVER}", "gw.example.com", ("RemoteAddress", "unfilled-placeholder")),
        ("{{ server }}", "gw.example.com", ("RemoteAddress", "unfilled-placeholder")),
        ("0.0.0.0", "gw.example.com", ("RemoteAddress", "unfilled-placeholder")),
        ("CHANGEME", "gw.example.com", ("RemoteAddress", "unfilled-placeholder")),
        ("https://vpn.example.com", "vpn.example.com", ("RemoteAddress", "address-malformed")),
        (5, "gw.example.com", ("RemoteAddress", "wrong-type")),
    ],
)
def test_a_value_that_is_to_be_replaced_is_compared_with_nothing(
    address: Any, identifier: Any, told: tuple[str, str]
) -> None:
    assert about_names(tunnel(RemoteAddress=address, RemoteIdentifier=identifier)) == [told]


@pytest.mark.parametrize("default", ["", "gw.example.com"])
@pytest.mark.parametrize("name", NAMED)
def test_nor_is_one_that_a_template_leaves_open(name: str, default: str) -> None:
    whole = tunnel({name: "{{server}}"})
    declared = Declaration(variables=(Variable(name="server", default=default),))
    assert about_names(replace(whole, declaration=declared)) == (
        [("RemoteIdentifier", "remote-identifier")] if default else []
    )


@pytest.mark.parametrize(
    ("said", "code"),
    [("alice", "local-identifier"), ("alice.example.com ", "blanks")],
    ids=["another", "blanks"],
)
def test_nor_is_it_with_a_certificate(said: str, code: str) -> None:
    changes = {"AuthenticationMethod": "Certificate", "PayloadCertificateUUID": IDENTITY_UUID}
    whole = tunnel(changes, ExtendedAuthEnabled=0, LocalIdentifier=said)
    known = Evidence(credentials={IDENTITY_UUID: Credential(title="alice", names=("alice.example.com",))})
    found = [each.code for each in validate(whole, known) if each.path == "IKEv2.LocalIdentifier"]
    assert found == [code]
