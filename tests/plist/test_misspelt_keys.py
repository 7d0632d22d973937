"""What is offered for keys under other names: it brings back what was meant, and makes nothing worse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from profiles.catalogue import registry
from profiles.catalogue.conditions import NEVER_REVEALED
from profiles.catalogue.findings import Severity
from profiles.catalogue.fixes import NOTHING
from profiles.catalogue.keys import Boolean, Key, Switch
from profiles.catalogue.payload_type import Example, Payload
from profiles.catalogue.shape import Shape, last_name, nest
from profiles.plist.document import Document, PayloadDocument
from profiles.plist.reading.read import read
from profiles.plist.validation.intention import intention
from profiles.plist.validation.repairs import mended, repairs
from profiles.plist.validation.validate import has_errors, validate
from tests.plist.making import TUNNEL, TUNNEL_UUID, WITH_SECRET, document, payload, problems, sentence
from tests.plist.trees import tree, vpn

FINE = {**TUNNEL, **WITH_SECRET}
EXAMPLES = [(each, example) for each in registry.payloads().values() for example in each.examples]
SHAPES = [
    (f"{each.slug} {owner}", shape)
    for each in registry.payloads().values()
    for owner, shape in (
        ("itself", each.shape),
        *((key.path, inner) for key in each.keys for inner in key.shapes),
    )
]
WEIGHTS = [*Severity]


def misspellings(name: str) -> Iterator[str]:
    """The name as people write it who do not look it up."""
    yield name.lower()
    yield f" {name}"
    yield re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    yield f"{name}s"
    longest = max(re.findall(r"[A-Z]?[a-z]+", name) or [""], key=len)
    if len(longest) > 5:
        yield name.replace(longest, f"{longest[:3]}{longest[4:]}")
        yield name.replace(longest, f"{longest[:3]}{longest[4]}{longest[3]}{longest[5:]}")


def other(path: str, name: str) -> str:
    return f"{path[: -len(last_name(path))]}{name}"


def whole(kind: Payload, flat: Mapping[str, Any], example: Example) -> Document:
    part = PayloadDocument(slug=kind.slug, name=kind.slug, uuid=TUNNEL_UUID, values=nest(flat))
    return document(part, targets=example.targets)


def worst(found: Document) -> int:
    return min((WEIGHTS.index(each.severity) for each in validate(found)), default=len(WEIGHTS))


def values(found: Document) -> dict[str, Any]:
    (part,) = found.payloads
    return {**part.values, **part.unknown}


@pytest.mark.parametrize(
    ("kind", "example"), EXAMPLES, ids=[f"{kind.slug} {example.title}" for kind, example in EXAMPLES]
)
def test_what_a_misspelt_key_held_comes_back_under_the_right_name(kind: Payload, example: Example) -> None:
    flat = kind.flat(example.values)
    for path in flat:
        for name in {*misspellings(last_name(path))} - {last_name(path)}:
            wrong = {(other(path, name) if each == path else each): value for each, value in flat.items()}
            given = whole(kind, wrong, example)
            after = mended(given, validate).document
            assert worst(after) >= worst(given), (path, name)
            found = kind.flat(values(after))
            assert found.get(path, found.get(other(path, name))) == flat[path], (path, name)
            if not name.endswith("s"):
                assert found == flat, (path, name)


def plausible(key: Key) -> list[Any]:
    """Values that somebody may give the key."""
    given = [
        value for kind, each in EXAMPLES for path, value in kind.flat(each.values).items() if path == key.path
    ]
    return [
        *given[:1],
        *(option.value for option in key.options),
        *((0, 1) if isinstance(key, Switch) else ()),
    ]


def test_a_misspelt_key_that_is_put_right_makes_no_error_and_loses_nothing() -> None:
    kind = registry.payload("vpn-ikev2")
    flat = kind.flat({"UserDefinedName": "Office", "IKEv2": FINE})
    renamed = 0
    for path, key in kind.by_path.items():
        wrong = other(path, f"{last_name(path)} ")
        for value in plausible(key) if path not in flat and not key.no_effect else ():
            given = whole(kind, {**flat, wrong: value}, Example("", {}))
            after = mended(given, validate).document
            found = kind.flat(values(after))
            assert worst(after) >= worst(given), (path, value)
            assert found.get(path, found.get(wrong)) == value, (path, value)
            renamed += path in found
    assert renamed > 50


@pytest.mark.parametrize(("name", "shape"), SHAPES, ids=[name for name, _ in SHAPES])
def test_a_name_with_a_word_more_or_less_is_renamed_by_nobody(name: str, shape: Shape) -> None:
    named = {last_name(path).casefold() for path in (*shape.by_path, *shape.containers, *shape.misnomers)}
    for path, key in shape.by_path.items():
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", last_name(path))
        changed = (
            ["".join(words[:at] + words[at + 1 :]) for at in range(len(words))] if len(words) > 1 else []
        )
        for wrong in {*changed, f"{last_name(path)}Frobnicate", f"Frobnicate{last_name(path)}"}:
            if wrong.casefold() not in named and wrong.casefold().rstrip("s") not in named:
                found = intention(other(path, wrong), key.default, shape, {})
                assert found.path != path or found.is_contrary, (path, wrong)


@pytest.mark.parametrize(("name", "shape"), SHAPES, ids=[name for name, _ in SHAPES])
def test_a_switch_of_the_contrary_name_keeps_its_truth(name: str, shape: Shape) -> None:
    for path, key in shape.by_path.items():
        flipped = re.sub(r"Enable|Disable", lambda it: {"Enable": "Disable"}.get(it[0], "Enable"), key.name)
        if flipped != key.name and key.revealed_by != NEVER_REVEALED and isinstance(key, Switch | Boolean):
            for value in (0, 1, True, False):
                found = intention(other(path, flipped), value, shape, {})
                assert (found.path, found.is_contrary, bool(found.value)) == (path, True, not value)
            assert intention(other(path, flipped), "yes", shape, {}).value is NOTHING


def test_a_contrary_name_is_told_with_the_value_that_means_the_same() -> None:
    assert problems({"EnableMOBIKE": 1}) == [("warning", "EnableMOBIKE", "misspelt-key")]
    assert sentence("misspelt-key", {"EnableMOBIKE": 1}) == (
        "Devices do not know EnableMOBIKE, and ignore it. The key is called DisableMOBIKE, and means the contrary. "
        "Write DisableMOBIKE as 0."
    )
    after = mended(document(payload({"EnableMOBIKE": 1})), validate).document
    assert values(after)["IKEv2"]["DisableMOBIKE"] == 0
    assert "EnableMOBIKE" not in values(after)["IKEv2"]


@pytest.mark.parametrize(
    ("given", "mend"),
    [
        ({"EnableMOBIKE": "often"}, "Set that one."),
        ({"EnableMOBIKE": 1, "DisableMOBIKE": 1}, "Remove it, since DisableMOBIKE is set, too."),
    ],
)
def test_a_contrary_name_that_only_a_person_can_mend(given: dict[str, Any], mend: str) -> None:
    told = sentence("misspelt-key", given)
    assert told.endswith(f"The key is called DisableMOBIKE, and means the contrary. {mend}")
    found = document(payload(given))
    assert not repairs(found, validate(found))


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"Certificate": TUNNEL_UUID}, "Did you mean PayloadCertificateUUID? "),
        ({"Identifier": "x"}, "Did you mean RemoteIdentifier, LocalIdentifier or PPKIdentifier? "),
        ({"DeadPeerDetection": "medium"}, "Did you mean DeadPeerDetectionRate? "),
        ({"DisconnectOnSleep": 1}, ""),
        ({"EnableDPD": 1}, ""),
        ({"Enabled": 1}, ""),
        ({"MOBIKE": 1}, ""),
    ],
)
def test_a_name_that_nobody_knows_is_asked_about_and_not_renamed(given: dict[str, Any], asked: str) -> None:
    (name,) = given
    assert sentence("unknown-key", given) == (
        f"The catalogue does not know {name}. {asked}It is kept and written as it is."
    )
    found = document(payload(given))
    assert not repairs(found, validate(found))


@pytest.mark.parametrize(
    ("given", "top", "right"),
    [
        ({"OnDemand": 1}, {}, {"OnDemandEnabled": 1}),
        ({"OnDemand": [{"Action": "Connect"}]}, {}, {"OnDemandRules": [{"Action": "Connect"}]}),
        ({"DPDRate": "High"}, {}, {"DeadPeerDetectionRate": "High"}),
        ({"LocalId": "a"}, {}, {"LocalIdentifier": "a"}),
        (
            {"IKESAParameters": {"DHGroup": 19, "Encryption": "AES-256", "Integrity": "SHA2-256"}},
            {},
            {
                "IKESecurityAssociationParameters": {
                    "DiffieHellmanGroup": 19,
                    "EncryptionAlgorithm": "AES-256",
                    "IntegrityAlgorithm": "SHA2-256",
                }
            },
        ),
        (
            {"OnDemandEnabled": 1, "OnDemandRules": [{"Action": "Connect", "SSIDs": ["Home"]}]},
            {},
            {"OnDemandRules": [{"Action": "Connect", "SSIDMatch": ["Home"]}]},
        ),
    ],
)
def test_the_names_of_other_tools(given: dict[str, Any], top: dict[str, Any], right: dict[str, Any]) -> None:
    inside = values(mended(document(payload(given, top=top)), validate).document)["IKEv2"]
    assert inside.items() >= right.items()
    assert not given.keys() & inside.keys() - right.keys() - {"OnDemandEnabled"}


def test_the_names_of_other_tools_in_the_dictionary_of_dns() -> None:
    dns = {"Servers": ["192.0.2.1"], "MatchDomains": ["corp.example"]}
    after = values(mended(document(payload(top={"DNS": dns})), validate).document)
    right = {"ServerAddresses": ["192.0.2.1"], "SupplementalMatchDomains": ["corp.example"]}
    assert after["DNS"] == {"DNSProtocol": "Cleartext", **right}


@pytest.mark.parametrize("given", [{"DPDRate": 7}, {"mtu": "x"}, {"RemoteID": 7}])
def test_a_value_that_the_right_key_does_not_take_is_moved_by_nobody(given: dict[str, Any]) -> None:
    (name,) = given
    found = document(payload({**given, **({"RemoteIdentifier": None} if name == "RemoteID" else {})}))
    (told,) = [each for each in validate(found) if each.path == f"IKEv2.{name}"]
    assert (told.code, told.fix) == ("misspelt-key", None)


def test_what_a_repair_has_renamed_is_not_dropped_as_ignored_by_another() -> None:
    found = document(payload({"UserName": "alice", **WITH_SECRET}))
    after = mended(found, validate)
    assert values(after.document)["IKEv2"]["AuthName"] == "alice"
    assert [(each.code, each.path) for each in after.left] == [("ignored", "IKEv2.AuthName")]


@pytest.mark.parametrize(
    ("part", "left"),
    [
        (vpn({**FINE, "ppkIdentifier": "a", "mtu": 1400}), {**FINE, "ppkIdentifier": "a", "MTU": 1400}),
        (vpn({**FINE, "ppkIdentifier": "a", "ppk": b"x" * 32}), {**FINE, "PPKIdentifier": "a"}),
    ],
    ids=["without its key", "with its key"],
)
def test_all_repairs_together_bring_no_error(part: dict[str, Any], left: dict[str, Any]) -> None:
    found = read(tree(part))
    after = mended(found, validate)
    assert not has_errors(validate(found))
    assert not has_errors(after.left)
    assert values(after.document)["IKEv2"].items() >= left.items()
    told = {each.problem.path for each in after.done}
    assert ("IKEv2.ppkIdentifier" in told) is ("PPKIdentifier" in left)


def test_what_a_person_chooses_is_done_all_the_same() -> None:
    found = read(tree(vpn({**FINE, "ppkIdentifier": "a"})))
    chosen = {each.id for each in repairs(found, validate(found))}
    assert values(mended(found, validate, chosen).document)["IKEv2"]["PPKIdentifier"] == "a"


@pytest.mark.parametrize(
    ("part", "path", "told"),
    [
        (
            vpn({**FINE, "IPv4": {"OverridePrimary": 1}}),
            "IKEv2.IPv4",
            "IPv4 does nothing here, nor beside IKEv2. Remove it.",
        ),
        (
            vpn(FINE, IPv4={"overridePrimary": 1}),
            "IPv4.overridePrimary",
            "overridePrimary does nothing here. Remove it.",
        ),
    ],
    ids=["elsewhere", "in other letters"],
)
def test_a_key_that_does_nothing_is_told_only_that(part: dict[str, Any], path: str, told: str) -> None:
    assert [each.message for each in validate(read(tree(part))) if each.path == path] == [told]


def test_a_misspelt_key_beside_the_right_one_goes() -> None:
    after = mended(document(payload({"RemoteAdress": "x.example.com"})), validate).document
    assert values(after)["IKEv2"]["RemoteAddress"] == "vpn.example.com"
    assert "RemoteAdress" not in values(after)["IKEv2"]


def findings(*payloads: dict[str, Any], **envelope: Any) -> list[tuple[str, str, str]]:
    """Severity, path and code of all that is told of a file with these payloads."""
    found = validate(read(tree(*payloads, **envelope)))
    return [(each.severity.value, each.path, each.code) for each in found]


@pytest.mark.parametrize("kind", ["L2TP", "IPSec", "VPN"])
@pytest.mark.parametrize("name", ["IKEv2", "AlwaysOn"])
def test_a_dictionary_of_another_type_is_told_to_be_ignored(kind: str, name: str) -> None:
    part = {**vpn(None, VPNType=kind), name: {"RemoteAddress": "vpn.example.com"}}
    assert findings(part) == [
        ("warning", name, "no-effect-key"),
        ("advice", "PayloadType", "unknown-type"),
    ]
    assert findings({**vpn(None, VPNType=kind), name: "x"}) == [("advice", "PayloadType", "unknown-type")]


def test_always_on_beside_a_tunnel_is_for_the_other_type_in_any_letters() -> None:
    for name in ("AlwaysOn", "alwaysOn"):
        part = {**vpn(FINE), name: {"AllowCaptiveWebSheet": 1}}
        assert findings(part) == [("advice", name, "no-effect-key")]


@pytest.mark.parametrize("value", ["x", 7, []])
def test_the_tunnel_of_the_other_type_is_known_beside_always_on(value: Any) -> None:
    told = findings(vpn(value, VPNType="AlwaysOn", AlwaysOn={"AllowCaptiveWebSheet": 1}))
    assert [code for _, path, code in told if path == "IKEv2"] == ["misplaced-key"]


def test_the_tunnel_of_the_other_type_is_what_always_on_lacks() -> None:
    part = vpn({"RemoteAddress": "vpn.example.com"}, VPNType="AlwaysOn", AlwaysOn={"AllowCaptiveWebSheet": 1})
    assert ("error", "AlwaysOn.TunnelConfigurations", "missing") in findings(part)
    assert "IKEv2" not in [path for _, path, _ in findings(part)]


@pytest.mark.parametrize(
    ("part", "path", "code", "mended_by_itself"),
    [
        (vpn({**FINE, "VPNType": "IKEv2"}), "IKEv2.VPNType", "misplaced-key", True),
        (vpn({**FINE, "VPNType": "L2TP"}), "IKEv2.VPNType", "misplaced-key", False),
        (vpn(FINE, VPNtype="IKEv2"), "VPNtype", "misspelt-key", True),
        (vpn({**FINE, "IPv4": {"OverridePrimary": 1}}), "IKEv2.IPv4", "no-effect-key", True),
        (vpn({**FINE, "OverridePrimary": 1}), "IKEv2.OverridePrimary", "no-effect-key", True),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_key_of_the_payload_inside_the_tunnel(
    part: dict[str, Any], path: str, code: str, mended_by_itself: bool
) -> None:
    assert findings(part) == [("warning", path, code)]
    after = mended(read(tree(part)), validate)
    assert bool(after.left) is not mended_by_itself


@pytest.mark.parametrize("name", [" IKEv2 ", "IKEV2", "ikev2"])
def test_what_is_in_a_misspelt_dictionary_is_not_told_to_be_missing(name: str) -> None:
    for inside in (FINE, {each.lower(): value for each, value in FINE.items()}):
        part = {**vpn(None), name: inside}
        assert findings(part) == [("error", "IKEv2", "missing")]
        after = mended(read(tree(part)), validate)
        assert (values(after.document)["IKEv2"], after.left) == (FINE, [])


def test_what_is_missing_in_a_misspelt_dictionary_is_told() -> None:
    inside = {name: value for name, value in FINE.items() if name != "RemoteAddress"}
    assert ("error", "IKEv2.RemoteAddress", "missing") in findings(vpn(None, IKEV2=inside))


def test_blanks_in_the_name_of_a_key_are_shown() -> None:
    assert sentence("misspelt-key", {" MTU": 1400}) == (
        "Devices do not know “ MTU”, and ignore it. Write MTU."
    )


def test_a_key_that_tools_write_everywhere_is_advice_told_once() -> None:
    parts = [vpn(FINE, number, PayloadEnabled=True, UserDefinedName=f"{number}") for number in (1, 2)]
    assert findings(*parts) == [("advice", "PayloadEnabled", "unknown-key")]
    assert findings(*parts, PayloadEnabled=True) == [("advice", "PayloadEnabled", "unknown-key")]
