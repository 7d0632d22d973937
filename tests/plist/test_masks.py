"""A mask leads back to its secret at no place that is shown: over the whole catalogue, in the XML of each part."""

from __future__ import annotations

import plistlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from profiles.catalogue import registry
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.payload_type import Payload
from profiles.exceptions import MaskError, UnreadableProfileError
from profiles.plist import part_xml, secrets
from profiles.plist.build import property_list
from profiles.plist.document import ENVELOPE_NAME, Document, PayloadDocument
from profiles.plist.masks import MaskKey, Masks
from profiles.plist.reading.read import read
from profiles.plist.secrets import MASK, Kind, Place, mask
from profiles.plist.xml_writer import dump
from tests.plist import wild
from tests.plist.making import document
from tests.plist.shown_places import with_secret, with_text
from tests.plist.trees import tree, vpn

HUSH = "hush hush"
KEY = b"of the server"
PART = "0B5E1C1A-8B0D-4B53-9E36-1B9B7F3C2D11"
NOT_SHOWN = (
    r"is no secret: everybody would see there what .* holds\. Put the mask back where it was, or write"
)


# The XML of a part, over the whole catalogue


def holding(payload: Payload) -> Document:
    """A profile with a part of that type, in which a secret stands wherever one may."""
    values: dict[str, Any] = {"Vendor": {"Inner": [HUSH]}}
    for _, inner in with_secret(payload.keys, HUSH):
        values = merged(values, inner)
    if payload is ENVELOPE:
        return document(envelope=values)
    if payload.slug == "other":
        values |= {"PayloadType": "com.example.unknown"}
    known = {path.partition(".")[0] for path in payload.by_path}
    part = PayloadDocument(
        slug=payload.slug,
        name="one",
        uuid=PART,
        values={name: value for name, value in values.items() if name in known},
        unknown={name: value for name, value in values.items() if name not in known},
    )
    return document(part)


def merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    found = dict(one)
    for name, value in other.items():
        both = isinstance(found.get(name), dict) and isinstance(value, dict)
        found[name] = merged(found[name], value) if both else value
    return found


def opened(whole: Document, part: str) -> dict[str, Any]:
    """The part as its XML shows it, as a property list."""
    text = f'<plist version="1.0">{part_xml.write(whole, part, KEY)}</plist>'
    found: dict[str, Any] = plistlib.loads(text.encode())
    return found


def back(whole: Document, part: str, shown: dict[str, Any]) -> Document:
    return part_xml.read_back(whole, part, KEY, dump(shown).decode()).document


def texts(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    match value:
        case dict():
            for name, item in value.items():
                yield from texts(item, (*place, name))
        case list():
            for index, item in enumerate(value):
                yield from texts(item, (*place, index))
        case str():
            yield place, value


TYPES = pytest.mark.parametrize("payload", [ENVELOPE, *registry.payloads().values()], ids=lambda p: p.slug)


def part_of(payload: Payload) -> str:
    return ENVELOPE_NAME if payload is ENVELOPE else PART


@TYPES
def test_a_mask_is_refused_in_every_key_that_is_no_secret(payload: Payload) -> None:
    whole, part = holding(payload), part_of(payload)
    shown = opened(whole, part)
    assert HUSH not in str(shown)
    masks = {place[0] == "Vendor": text for place, text in texts(shown) if text.startswith(MASK)}
    assert len(masks) == (2 if any(with_secret(payload.keys, "")) else 1)
    own = ["PayloadType", "PayloadVersion", "PayloadUUID", "PayloadIdentifier"]
    own += [] if payload is ENVELOPE else ["VPNType"]
    for text in masks.values():
        places = [*with_text(payload.keys, text), *((name, {name: text}) for name in own)]
        assert len(places) > 5
        for path, values in places:
            with pytest.raises(MaskError, match=rf"^{re.escape(path)} {NOT_SHOWN}"):
                back(whole, part, merged(shown, values))


@TYPES
def test_a_mask_is_no_name_of_a_key(payload: Payload) -> None:
    whole, part = holding(payload), part_of(payload)
    shown = opened(whole, part)
    for text in {text for _, text in texts(shown) if text.startswith(MASK)}:
        with pytest.raises(MaskError, match=r"^A mask stands where the name of a key belongs"):
            back(whole, part, {**shown, text: "a"})
        with pytest.raises(MaskError, match=r"^A mask in Vendor\[0\] stands where the name"):
            back(whole, part, {**shown, "Vendor": [{f"{text} ": "a"}]})


@TYPES
def test_a_mask_may_stand_in_every_other_secret(payload: Payload) -> None:
    whole, part = holding(payload), part_of(payload)
    shown = opened(whole, part)
    for text in [text for _, text in texts(shown) if text.startswith(MASK)]:
        elsewhere = [*with_secret(payload.keys, text), ("Other", {"Other": [{"a": text}]})]
        for _, values in elsewhere:
            after = back(whole, part, merged(shown, values))
            assert HUSH not in str(property_list(mask(after)))
            assert HUSH in str(property_list(after))


@TYPES
def test_what_nobody_moved_stays(payload: Payload) -> None:
    whole, part = holding(payload), part_of(payload)
    assert property_list(back(whole, part, opened(whole, part))) == property_list(whole)


@settings(max_examples=80, deadline=None, suppress_health_check=[*HealthCheck])
@given(given=wild.profiles(), data=st.data())
def test_wherever_a_mask_goes_nobody_sees_more_than_before(
    given: dict[str, Any], data: st.DataObject
) -> None:
    whole = read(given)
    part = data.draw(st.sampled_from([ENVELOPE_NAME, *(each.uuid for each in whole.payloads)]))
    shown = opened(whole, part)
    found = [*texts(shown)]
    masks = [text for _, text in found if text.startswith(f"{MASK} ")]
    assume(masks)
    text = data.draw(st.sampled_from(masks))
    place = data.draw(st.sampled_from([place for place, _ in found]))
    there = secret_of(whole, part, text)
    put(shown, place, text)
    try:
        after = back(whole, part, shown)
    except (MaskError, UnreadableProfileError):
        return
    assert seen(after, there) <= seen(whole, there)


def secret_of(whole: Document, part: str, text: str) -> Any:
    """What a mask stands for: what comes back of it among what nobody knows; None where it is no text or data."""
    try:
        after = back(whole, part, {**opened(whole, part), "Some Other Key": [text]})
    except MaskError:
        return None
    held = (
        after.envelope if part == ENVELOPE_NAME else next(p.unknown for p in after.payloads if p.uuid == part)
    )
    return held["Some Other Key"][0]


def put(value: Any, place: Place, text: str) -> None:
    for step in place[:-1]:
        value = value[step]
    value[place[-1]] = text


def seen(whole: Document, secret: Any) -> int:
    """How often a secret stands in what everybody sees."""
    shown = [text for _, text in texts(property_list(mask(whole)))]
    return shown.count(secret) if isinstance(secret, str) else 0


# What the mask says


def test_a_refusal_names_both_places_and_no_secret() -> None:
    whole = read(tree(vpn({"RemoteAddress": "a", "SharedSecret": HUSH})))
    part = whole.payloads[0].uuid
    shown = opened(whole, part)
    shown["IKEv2"]["RemoteAddress"] = shown["IKEv2"]["SharedSecret"]
    with pytest.raises(MaskError) as refusal:
        back(whole, part, shown)
    assert str(refusal.value) == (
        "IKEv2.RemoteAddress is no secret: everybody would see there what IKEv2.SharedSecret holds. Put the mask back "
        "where it was, or write a value."
    )


@pytest.mark.parametrize("text", [MASK, f"{MASK} 1", f"{MASK} aaaaaaaa", "near {mask} it", "{mask}{mask}"])
@pytest.mark.parametrize("key", ["RemoteAddress", "SharedSecret"])
def test_a_mask_that_stands_for_nothing_is_refused_everywhere(text: str, key: str) -> None:
    whole = read(tree(vpn({"RemoteAddress": "a", "SharedSecret": HUSH})))
    part = whole.payloads[0].uuid
    shown = opened(whole, part)
    shown["IKEv2"][key] = text.format(mask=shown["IKEv2"]["SharedSecret"])
    with pytest.raises(MaskError, match=rf"^The mask in IKEv2\.{key} stands for nothing there\."):
        back(whole, part, shown)


def test_blanks_around_a_mask_do_not_matter() -> None:
    whole = read(tree(vpn({"SharedSecret": HUSH})))
    part = whole.payloads[0].uuid
    shown = opened(whole, part)
    shown["IKEv2"]["SharedSecret"] = f"\n  {shown['IKEv2']['SharedSecret']} "
    assert property_list(back(whole, part, shown)) == property_list(whole)


def test_nobody_without_the_key_can_make_a_mask_and_each_place_has_its_own() -> None:
    one = MaskKey(KEY, "part").mask(("SharedSecret",), HUSH)
    assert re.fullmatch(rf"{MASK} [a-z2-7]{{8}}", one)
    assert one == MaskKey(KEY, "part").mask(("SharedSecret",), HUSH)
    others = [
        MaskKey(b"other", "part").mask(("SharedSecret",), HUSH),
        MaskKey(KEY, "another part").mask(("SharedSecret",), HUSH),
        MaskKey(KEY, "part").mask(("Password",), HUSH),
        MaskKey(KEY, "part").mask(("SharedSecret",), HUSH.encode()),
    ]
    assert len({one, *others}) == 5
    assert KEY.decode() not in repr(MaskKey(KEY, "part"))


def test_what_others_change_elsewhere_leaves_masks_as_they_are() -> None:
    before, after = (read(tree(vpn({"SharedSecret": HUSH, "AuthPassword": word}))) for word in ("one", "two"))
    part = before.payloads[0].uuid
    assert opened(before, part)["IKEv2"]["SharedSecret"] == opened(after, part)["IKEv2"]["SharedSecret"]
    assert opened(before, part)["IKEv2"]["AuthPassword"] != opened(after, part)["IKEv2"]["AuthPassword"]
    with pytest.raises(MaskError, match="stands for nothing"):
        back(after, part, opened(before, part))


# Places that change


def test_items_may_be_moved_with_the_masks_in_them() -> None:
    rules = [
        {"Action": "Connect", "Vendor": HUSH},
        {"Action": "Ignore", "SSIDMatch": ["Office", {"x": "hush"}]},
    ]
    whole = read(tree(vpn({"OnDemandRules": rules})))
    part = whole.payloads[0].uuid
    shown = opened(whole, part)
    shown["IKEv2"]["OnDemandRules"] = [{"Action": "Disconnect"}, *shown["IKEv2"]["OnDemandRules"][::-1]]
    after = back(whole, part, shown)
    assert after.payloads[0].values["IKEv2"]["OnDemandRules"] == [{"Action": "Disconnect"}, *rules[::-1]]


def test_a_type_that_is_put_right_makes_its_keys_known_at_their_places() -> None:
    odd = vpn({"RemoteAddress": "vpn.example.com", "SharedSecret": HUSH}) | {"PayloadType": "com.apple.vpn"}
    whole = read(tree(odd))
    part = whole.payloads[0].uuid
    shown = opened(whole, part)
    assert "vpn.example.com" not in str(shown)
    after = back(whole, part, shown | {"PayloadType": "com.apple.vpn.managed"})
    assert after.payloads[0].slug == "vpn-ikev2"
    assert after.payloads[0].values["IKEv2"] == {"RemoteAddress": "vpn.example.com", "SharedSecret": HUSH}
    assert HUSH not in str(property_list(mask(after)))


def test_a_declared_secret_does_not_become_what_another_type_shows_at_its_place() -> None:
    identity = {
        "PayloadType": "com.apple.security.pkcs12",
        "PayloadVersion": 1,
        "PayloadUUID": PART,
        "PayloadIdentifier": "com.example.identity",
        "PayloadContent": b"a private key",
    }
    whole = read(tree(identity))
    shown = opened(whole, PART)
    with pytest.raises(MaskError, match=r"^PayloadContent is no secret"):
        back(whole, PART, shown | {"PayloadType": "com.apple.security.root"})


def test_a_number_in_a_secret_key_does_not_move_to_where_numbers_are_shown() -> None:
    whole = read(tree(vpn({"SharedSecret": 1234, "AuthPassword": {"a": [5]}})))
    part = whole.payloads[0].uuid
    shown = opened(whole, part)
    assert "1234" not in str(shown["IKEv2"])
    for key in ("SharedSecret", "AuthPassword"):
        with pytest.raises(MaskError, match=r"^Vendor is no secret"):
            back(whole, part, {**shown, "Vendor": shown["IKEv2"][key]})
    assert property_list(back(whole, part, shown)) == property_list(whole)


def test_what_counted_as_secret_beside_something_odd_stays_where_it_was() -> None:
    whole = read(tree(vpn({"OnDemandRules": [{"Action": "Connect", "SSIDMatch": ["Office", {"x": HUSH}]}]})))
    part = whole.payloads[0].uuid
    shown = opened(whole, part)
    names = shown["IKEv2"]["OnDemandRules"][0]["SSIDMatch"]
    shown["IKEv2"]["OnDemandRules"][0]["SSIDMatch"] = names[:1]
    after = back(whole, part, shown)
    assert after.payloads[0].values["IKEv2"]["OnDemandRules"][0]["SSIDMatch"] == ["Office"]
    shown["IKEv2"]["OnDemandRules"][0]["SSIDMatch"] = [names[1]["x"]]
    with pytest.raises(MaskError, match="is no secret"):
        back(whole, part, shown)


def test_a_dictionary_in_place_of_a_key_that_is_shown_is_no_place_for_a_mask() -> None:
    whole = read(tree(vpn({"RemoteAddress": "a", "SharedSecret": HUSH}, Vendor=HUSH)))
    part = whole.payloads[0].uuid
    for origin in ("SharedSecret", "Vendor"):
        shown = opened(whole, part)
        text = shown["IKEv2"].get(origin) or shown[origin]
        for odd in ({"a": text}, [text], [{"a": text}]):
            with pytest.raises(MaskError, match=r"^IKEv2\.RemoteAddress.* is no secret"):
                back(whole, part, shown | {"IKEv2": {**shown["IKEv2"], "RemoteAddress": odd}})
        with pytest.raises(MaskError, match=r"^IKEv2 is no secret"):
            back(whole, part, shown | {"IKEv2": text})


# Masks by themselves


def test_a_text_that_reads_like_a_mask_stays_a_text() -> None:
    masks = Masks(MaskKey(KEY, "part"))
    shown = {"Name": f"{MASK} 1", "Secret": masks.put(("Secret",), HUSH, Kind.DECLARED)}
    masks.shown(shown)
    assert masks.uncovered(shown, lambda _: {("Secret",): Kind.DECLARED}) == {
        "Name": f"{MASK} 1",
        "Secret": HUSH,
    }


def test_what_reads_like_a_mask_may_be_written_out_where_it_was_masked() -> None:
    masks = Masks(MaskKey(KEY, "part"))
    masks.shown({"Odd": masks.put(("Odd",), f"{MASK} 1", Kind.UNKNOWN)})
    assert masks.uncovered({"Odd": f"{MASK} 1"}, lambda _: {("Odd",): Kind.UNKNOWN}) == {"Odd": f"{MASK} 1"}


def test_a_value_comes_back_as_a_copy_of_its_own() -> None:
    masks = Masks(MaskKey(KEY, "part"))
    value = {"a": [1]}
    shown = {"S": masks.put(("S",), value, Kind.DECLARED)}
    masks.shown(shown)
    one = masks.uncovered(shown, lambda _: {("S",): Kind.DECLARED})
    assert one == {"S": value}
    assert one["S"] is not value


def test_masks_do_not_tell_what_they_stand_for_when_they_are_printed() -> None:
    masks = Masks(MaskKey(KEY, "part"))
    masks.put(("S",), HUSH, Kind.DECLARED)
    assert HUSH not in repr(vars(masks))


# Written out where an editor asks for it


def test_texts_and_data_that_nobody_knows_are_written_out_and_secrets_are_not() -> None:
    odd = {"Token": f"{HUSH} <&>\r\n", "Blob": b"hush", "Pin": 1234}
    whole = read(tree(vpn({"SharedSecret": "declared", "Vendor": odd})))
    part = whole.payloads[0].uuid
    text = part_xml.write(whole, part, KEY).replace("<integer>1234</integer>", "<integer>5</integer>")
    shown = part_xml.reveal(whole, part, KEY, text)
    assert "hush hush &lt;&amp;&gt;" in shown
    assert "<integer>5</integer>" in shown
    assert "declared" not in shown
    assert shown.count(MASK) == 1
    after = part_xml.read_back(whole, part, KEY, shown).document
    assert after.payloads[0].values["IKEv2"] == {"SharedSecret": "declared", "Vendor": {**odd, "Pin": 5}}
    assert part_xml.reveal(whole, part, KEY, shown) == shown


@settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
@given(given=wild.profiles())
def test_what_is_written_out_is_what_was_there(given: dict[str, Any]) -> None:
    whole = read(given)
    for part in (ENVELOPE_NAME, *(each.uuid for each in whole.payloads)):
        shown = part_xml.reveal(whole, part, KEY, part_xml.write(whole, part, KEY))
        after = part_xml.read_back(whole, part, KEY, shown).document
        assert property_list(after) == property_list(whole)


@pytest.mark.parametrize("value", [None, True, 0, 1.5, "", b"", [], {}, {"a": [1, {"b": False}]}], ids=repr)
def test_what_holds_no_text_and_no_data_is_open(value: Any) -> None:
    assert secrets.is_open(value)
    assert secrets.masked_unknown(value) == value


@pytest.mark.parametrize(
    "value",
    ["a", b"a", ["a"], {"a": [1, {"b": b"c"}]}, object()],
    ids=["text", "data", "list", "dictionary", "nothing that can be written"],
)
def test_what_holds_a_text_or_data_is_not_open(value: Any) -> None:
    assert not secrets.is_open(value)
