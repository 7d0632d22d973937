"""What a whole profile does, for the person who installs it."""

from __future__ import annotations

from dataclasses import replace

from profiles.catalogue.evidence import Credential, Evidence
from profiles.plist.document import PayloadDocument
from profiles.plist.effects import UNKNOWN, Effect, effects, title_of
from profiles.plist.imported.source_form import Kept
from tests.plist.making import TUNNEL_UUID, document, payload, tunnel

ROOT = PayloadDocument(
    slug="certificate", name="root", uuid="ROOT-UUID", values={"PayloadDisplayName": "Office Root"}
)


def test_each_payload_is_told_in_order_and_the_profile_at_the_end() -> None:
    office, root, profile = effects(document(payload(), ROOT))
    assert office == Effect(
        title="Office",
        type_title="IKEv2 VPN",
        sentences=(
            "Adds the VPN connection “Office” to vpn.example.com.",
            "Its server decides which traffic of this device goes through it.",
            "You will be asked for a user name and a password.",
        ),
    )
    assert (root.title, root.type_title) == ("Office Root", "Certificate")
    assert (profile.title, profile.type_title) == ("Office VPN", "Profile")
    assert profile.sentences == ("You can remove it in Settings at any time.",)


def test_a_profile_without_payloads_tells_of_itself() -> None:
    assert [effect.type_title for effect in effects(document())] == ["Profile"]


def test_a_payload_is_called_as_the_device_calls_it() -> None:
    declaration = payload().payload
    both = {"UserDefinedName": "Office", "PayloadDisplayName": "Settings of the office"}
    assert title_of(declaration, both) == "Office"
    assert title_of(declaration, {**both, "UserDefinedName": " "}) == "Settings of the office"
    assert title_of(declaration, {"UserDefinedName": ["Office"], "PayloadDisplayName": 5}) == "IKEv2 VPN"


def test_what_the_device_does_not_look_at_is_not_told() -> None:
    (office, _) = effects(tunnel(ExtendedAuthEnabled=0, AuthName="alice"))
    assert not [sentence for sentence in office.sentences if "alice" in sentence]


def test_a_certificate_is_called_by_its_own_name() -> None:
    evidence = Evidence(credentials={ROOT.uuid: Credential(title="Example Root CA")})
    (root, _) = effects(document(ROOT), evidence)
    assert root.title == "Office Root"
    assert "“Example Root CA”" in root.sentences[0]


def test_settings_that_nobody_knows_are_owned_up_to_without_a_word_of_them() -> None:
    for whole in (
        document(payload(unknown={"Mystery": "hunter2"})),
        tunnel(Mystery="hunter2"),
        document(payload(top={"Mystery": "hunter2"})),
        tunnel(OnDemandRules=[{"Action": "Connect", "Mystery": "hunter2"}]),
    ):
        (office, _) = effects(whole)
        assert office.sentences[-1] == UNKNOWN
        assert "hunter2" not in repr(office)


def test_what_is_known_throughout_needs_no_such_sentence() -> None:
    whole = tunnel(OnDemandRules=[{"Action": "Connect", "ActionParameters": [{"Domains": ["corp.example"]}]}])
    assert UNKNOWN not in [sentence for effect in effects(whole) for sentence in effect.sentences]


def test_settings_of_the_profile_itself_that_nobody_knows_are_owned_up_to() -> None:
    *_, profile = effects(document(payload(), envelope={"Mystery": "hunter2"}))
    assert profile.sentences[-1] == UNKNOWN


def test_the_same_payload_twice_is_told_twice() -> None:
    first, second, _ = effects(
        document(payload(), replace(payload(), uuid=f"{TUNNEL_UUID[:-1]}2", name="second"))
    )
    assert first == second


def test_a_rule_with_a_condition_that_names_nothing_connects_only_where_that_is_not_written() -> None:
    made = tunnel(OnDemandEnabled=1, OnDemandRules=[{"Action": "Connect", "SSIDMatch": []}])
    said = "It connects by itself, depending on the network."
    read = replace(made, payloads=tuple(replace(part, kept=Kept()) for part in made.payloads))
    assert [said in effects(whole)[0].sentences for whole in (made, read)] == [True, False]
