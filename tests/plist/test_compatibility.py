"""The compatibility table: what each system does with each key that is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from profiles.catalogue.versions import OPERATING_SYSTEMS
from profiles.plist.compatibility import Cell, Row, Verdict, compatibility, suited, systems
from profiles.plist.document import Document, PayloadDocument
from tests.plist.making import TUNNEL_UUID, WITH_SECRET, document, payload, tunnel

ON_DEMAND: Mapping[str, Any] = {"OnDemandEnabled": 1}
WEAK: Mapping[str, Any] = {"IKESecurityAssociationParameters": {"EncryptionAlgorithm": "3DES"}}
WEAK_PATH = "IKEv2.IKESecurityAssociationParameters.EncryptionAlgorithm"
LOCK = "IKEv2.OnDemandUserOverrideDisabled"
TUNNELS = "AlwaysOn.TunnelConfigurations"
SUITE = "IKESecurityAssociationParameters.EncryptionAlgorithm"
ALWAYS_ON = document(
    PayloadDocument(
        slug="vpn-always-on",
        name="always",
        uuid=TUNNEL_UUID,
        values={"AlwaysOn": {"TunnelConfigurations": [WEAK]}},
    ),
    targets={"iOS": "26.0", "macOS": "26.0"},
)


def row(whole: Document, path: str) -> Row:
    (found,) = (row for row in compatibility(whole) if row.path == path)
    return found


def cells(whole: Document, path: str) -> dict[str, Cell]:
    """The cells of one row by system."""
    return dict(zip(systems(whole.targets), row(whole, path).cells, strict=True))


def elsewhere(whole: Document, path: str) -> set[Cell]:
    """The cells of all systems but watchOS, which has no VPN of this kind."""
    found = cells(whole, path)
    assert found.pop("watchOS") == Cell(verdict=Verdict.IGNORED, note="never known")
    return {*found.values()}


def verdicts(whole: Document, path: str) -> dict[str, str]:
    return {system: cell.verdict.value for system, cell in cells(whole, path).items()}


def test_each_system_has_a_column_while_none_is_targeted() -> None:
    assert systems({}) == [*OPERATING_SYSTEMS]
    assert {len(row.cells) for row in compatibility(tunnel())} == {len(OPERATING_SYSTEMS)}


def test_only_targets_have_a_column_and_always_in_the_same_order() -> None:
    targets: dict[Any, str] = {"watchOS": "10.0", "iOS": "17.0"}
    assert systems(targets) == ["iOS", "watchOS"]
    assert {len(row.cells) for row in compatibility(tunnel(targets=targets))} == {2}


CERTIFICATE = PayloadDocument(slug="certificate", name="ca", uuid=TUNNEL_UUID, values={})


def test_a_profile_suits_the_systems_that_know_all_of_it() -> None:
    assert suited(tunnel()) == ["iOS", "macOS", "tvOS", "visionOS"]
    assert suited(replace(ALWAYS_ON, targets={})) == ["iOS", "visionOS"]
    assert suited(document(CERTIFICATE)) == [*OPERATING_SYSTEMS]
    assert suited(document(payload(), CERTIFICATE)) == suited(tunnel())


def test_it_suits_none_but_those_that_it_is_for_unless_nothing_else_is_left() -> None:
    assert suited(tunnel(targets={"macOS": "14.0", "watchOS": "10.0"})) == ["macOS"]
    assert suited(tunnel(targets={"watchOS": "10.0"})) == ["watchOS"]
    assert suited(document(CERTIFICATE, targets={"watchOS": "10.0"})) == ["watchOS"]


def test_the_envelope_and_each_payload_have_rows_for_what_is_set_and_nothing_else() -> None:
    whole = document(payload(), payload(name="branch", uuid="6F1A3A8E-2A44-4B1E-9A55-6D6B0F7A9C12"))
    tunnel_paths = [
        "UserDefinedName",
        "IKEv2.RemoteAddress",
        "IKEv2.RemoteIdentifier",
        "IKEv2.AuthenticationMethod",
        "IKEv2.ExtendedAuthEnabled",
    ]
    assert [(row.payload, row.path) for row in compatibility(whole)] == [
        ("profile", "PayloadDisplayName"),
        ("profile", "PayloadIdentifier"),
        *(("office", path) for path in tunnel_paths),
        *(("branch", path) for path in tunnel_paths),
    ]


def test_a_row_has_the_label_of_the_form() -> None:
    assert row(tunnel(), "UserDefinedName").label == "Connection name"


def test_a_newer_key_is_ignored_below_its_version_and_sent_from_there() -> None:
    secret = {**WITH_SECRET, "PPK": b"x"}
    (before,) = row(tunnel(secret, targets={"iOS": "17.0"}), "IKEv2.PPK").cells
    assert before == Cell(verdict=Verdict.IGNORED, since="18.0", note="before 18.0")
    (after,) = row(tunnel(secret, targets={"iOS": "18.0"}), "IKEv2.PPK").cells
    assert after == Cell(verdict=Verdict.SENT, since="18.0", note="since 18.0")


def test_without_targets_a_newer_key_is_sent_and_its_version_shown() -> None:
    whole = tunnel({**WITH_SECRET, "PPK": b"x"})
    found = cells(whole, "IKEv2.PPK")
    assert {cell.verdict for cell in elsewhere(whole, "IKEv2.PPK")} == {Verdict.SENT}
    assert (found["iOS"].since, found["macOS"].since) == ("18.0", "15.0")


def test_a_system_that_never_knows_a_key_ignores_it_with_and_without_targets() -> None:
    targets: tuple[dict[Any, str], ...] = ({}, {"macOS": "15.0", "iOS": "17.0"})
    for chosen in targets:
        found = cells(tunnel(ON_DEMAND, OnDemandUserOverrideDisabled=1, targets=chosen), LOCK)
        assert (found["macOS"].verdict, found["macOS"].note) == (Verdict.IGNORED, "never known")
        assert found["iOS"].verdict is Verdict.SENT


def test_a_refused_value_is_judged_for_the_lowest_version_targeted() -> None:
    assert verdicts(tunnel(WEAK, targets={"iOS": "25.9"}), WEAK_PATH) == {"iOS": "sent"}
    (cell,) = row(tunnel(WEAK, targets={"iOS": "26.0"}), WEAK_PATH).cells
    assert (cell.verdict, cell.note) == (Verdict.REFUSED, "refused from 26.0")


def test_a_value_that_a_system_never_accepted_is_refused_since_it_has_the_payload() -> None:
    (cell,) = row(tunnel(WEAK, targets={"tvOS": "17.0"}), WEAK_PATH).cells
    assert (cell.verdict, cell.note) == (Verdict.REFUSED, "refused from 17.0")
    before = tunnel(WEAK, targets={"tvOS": "16.0"})
    assert verdicts(before, "UserDefinedName") == verdicts(before, WEAK_PATH) == {"tvOS": "ignored"}


def test_without_targets_a_value_that_current_systems_refuse_is_refused() -> None:
    found = cells(tunnel(WEAK), WEAK_PATH)
    assert {cell.verdict for cell in elsewhere(tunnel(WEAK), WEAK_PATH)} == {Verdict.REFUSED}
    assert (found["iOS"].note, found["tvOS"].note) == ("refused from 26.0", "refused from 17.0")


def test_a_payload_that_a_system_never_knows_is_ignored_there_with_all_that_is_in_it() -> None:
    found = cells(ALWAYS_ON, f"{TUNNELS}[].{SUITE}")
    assert (found["macOS"].verdict, found["macOS"].note) == (Verdict.IGNORED, "never known")
    assert (found["iOS"].verdict, found["iOS"].note) == (Verdict.REFUSED, "refused from 26.0")
    assert verdicts(ALWAYS_ON, TUNNELS) == {"iOS": "sent", "macOS": "ignored"}


def test_a_key_whose_condition_does_not_hold_is_ignored_everywhere() -> None:
    found = elsewhere(tunnel(DisconnectOnIdleTimer=600), "IKEv2.DisconnectOnIdleTimer")
    assert {cell.verdict for cell in found} == {Verdict.IGNORED}
    assert {cell.note for cell in found} == {"only used when DisconnectOnIdle is On"}


def test_what_is_in_a_list_that_is_ignored_is_ignored_for_the_same_reason() -> None:
    inside = {"DomainAction": "NeverConnect", "Domains": ["a.example"]}
    whole = tunnel(OnDemandRules=[{"Action": "Connect", "ActionParameters": [inside]}])
    for path in ("", "[].DomainAction", "[].Domains"):
        found = elsewhere(whole, f"IKEv2.OnDemandRules[].ActionParameters{path}")
        assert {cell.verdict for cell in found} == {Verdict.IGNORED}
        assert {cell.note for cell in found} == {"only used when Action is Evaluate each connection"}


def test_rules_are_sent_while_on_demand_is_off_for_people_to_turn_it_on() -> None:
    whole = tunnel(OnDemandEnabled=0, OnDemandRules=[{"Action": "Connect"}])
    for path in ("", "[].Action"):
        assert {cell.verdict.value for cell in elsewhere(whole, f"IKEv2.OnDemandRules{path}")} == {"sent"}


def test_keys_in_a_list_have_one_row_each_however_many_items_have_them() -> None:
    rules = [
        {"Action": "Disconnect", "SSIDMatch": ["Office"]},
        {
            "Action": "EvaluateConnection",
            "ActionParameters": [{"DomainAction": "NeverConnect", "Domains": ["a.example"]}] * 2,
        },
        {"Action": "Connect"},
    ]
    found = [row.path for row in compatibility(tunnel(ON_DEMAND, OnDemandRules=rules))]
    assert sorted(path for path in found if path.startswith("IKEv2.OnDemandRules")) == [
        "IKEv2.OnDemandRules",
        "IKEv2.OnDemandRules[].Action",
        "IKEv2.OnDemandRules[].ActionParameters",
        "IKEv2.OnDemandRules[].ActionParameters[].DomainAction",
        "IKEv2.OnDemandRules[].ActionParameters[].Domains",
        "IKEv2.OnDemandRules[].SSIDMatch",
    ]


def test_of_several_items_the_worst_decides_whichever_comes_first() -> None:
    path = "IKEv2.OnDemandRules[].ActionParameters"
    inside = {"ActionParameters": [{"DomainAction": "NeverConnect", "Domains": ["a.example"]}]}
    used, unused = {"Action": "EvaluateConnection", **inside}, {"Action": "Connect", **inside}
    assert {cell.verdict for cell in elsewhere(tunnel(ON_DEMAND, OnDemandRules=[used]), path)} == {
        Verdict.SENT
    }
    for rules in ([used, unused], [unused, used]):
        assert set(verdicts(tunnel(ON_DEMAND, OnDemandRules=rules), path).values()) == {"ignored"}


def test_no_value_that_was_typed_is_in_the_table() -> None:
    whole = tunnel(
        {**WITH_SECRET, "PPK": b"hunter2"}, ON_DEMAND, OnDemandRules=[{"SSIDMatch": ["my-network"]}]
    )
    shown = repr(compatibility(whole))
    for typed in ("correct horse", "hunter2", "my-network", "vpn.example.com"):
        assert typed not in shown


def test_wrong_values_have_a_row_and_raise_nothing() -> None:
    whole = tunnel(OnDemandEnabled="yes", OnDemandRules=[3, None, {"Action": {}}], MTU=[])
    assert {"IKEv2.OnDemandEnabled", "IKEv2.OnDemandRules"} <= {row.path for row in compatibility(whole)}
