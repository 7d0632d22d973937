"""“Fix” beside a problem: the form becomes what the fix makes of it, over any number of posts; nothing else changes."""

from __future__ import annotations

import base64
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.http import QueryDict

from designer.forms.actions import act
from designer.forms.document_form import DocumentForm
from designer.forms.mended import guessed
from designer.forms.mending import FIX, FIX_ALL, Mended, asked, mend, offered
from designer.forms.payload_list import FEW
from profiles.catalogue import registry
from profiles.catalogue.envelope import ENVELOPE
from profiles.catalogue.payload_type import Payload
from profiles.catalogue.payloads.certificate import EXAMPLE_ROOT
from profiles.plist.document import ENVELOPE_NAME, Document
from profiles.plist.reading.read import read
from profiles.plist.templates.declaration import Declaration, Origin, Place, Variable
from profiles.plist.validation.repairs import Repair, repaired
from profiles.plist.validation.validate import validate
from profiles.services.document_storage import fingerprint
from tests.designer.forms.making import on_page, query
from tests.key_samples import some_values
from tests.plist.making import WITH_SECRET, document, payload
from tests.plist.trees import tree, vpn

UUID = "11111111-2222-3333-4444-000000000001"
SECRET = "hush hush hush"

Tree = dict[str, Any]


def imported(ikev2: Any, **top: Any) -> Document:
    """A profile with one tunnel, as a file has it."""
    return read(tree(vpn(ikev2, **top)))


def repairs_of(form: DocumentForm) -> list[Repair]:
    return offered(form, validate(form.document, form.evidence))


def the_repair(form: DocumentForm, code: str, path: str) -> Repair:
    (found,) = [each for each in repairs_of(form) if (each.problem.code, each.problem.path) == (code, path)]
    return found


def pressed(whole: Document, data: QueryDict, button: str, value: str) -> Mended:
    """What comes of a button that was pressed on the page."""
    posted = data.copy()
    posted[button] = value
    return mend(DocumentForm(whole, posted), posted)


def fixed(whole: Document, data: QueryDict, code: str, path: str) -> Mended:
    """What comes of the button beside a problem."""
    found = pressed(whole, data, FIX, the_repair(DocumentForm(whole, data), code, path).id)
    assert len(found.done) == 1
    return found


def inside(form: DocumentForm) -> Mapping[str, Any]:
    """What the first tunnel of the form has inside IKEv2."""
    values: Mapping[str, Any] = form.document.payloads[0].values["IKEv2"]
    return values


def back(whole: Document, mended: Mended, **changed: str | list[str]) -> DocumentForm:
    """The form after the page that answered was posted."""
    return DocumentForm(whole, on_page(mended.form, **changed))


def test_the_form_has_what_the_fix_makes_of_it_and_nothing_is_stored() -> None:
    whole = imported({"MTU": "1400", "RemoteAddress": "vpn.example.com"})
    before = fingerprint(whole)
    mended = fixed(whole, on_page(DocumentForm(whole)), "wrong-type", "IKEv2.MTU")
    assert inside(mended.form)["MTU"] == 1400
    assert inside(back(whole, mended))["MTU"] == 1400
    assert mended.form.stored is whole
    assert fingerprint(whole) == before


def test_all_else_stays_as_it_was_typed() -> None:
    whole = imported({"MTU": "1400", "EnablePFS": True, "AuthenticationMethod": "SharedSecret"})
    typed = {
        f"{UUID}-IKEv2.AuthName": " alice ",
        f"{UUID}-IKEv2.NATKeepAliveInterval": "often",
        f"{UUID}-IKEv2.SharedSecret": SECRET,
        "targets-iOS": "17.0",
    }
    data = on_page(DocumentForm(whole), **typed)
    mended = fixed(whole, data, "wrong-type", "IKEv2.MTU")
    posted = on_page(mended.form)
    same = {name: value for name, value in typed.items() if "IKEv2" in name and "Secret" not in name}
    assert {name: posted.get(name) for name in same} == same
    assert mended.form.document.targets == {"iOS": "17.0"}
    assert inside(mended.form)["SharedSecret"] == SECRET
    assert inside(mended.form)["EnablePFS"] is True
    assert not mended.form.is_valid()


@pytest.mark.parametrize(
    ("ikev2", "code", "path", "name", "after"),
    [
        ({"DisconnectOnIdle": True}, "other-type", "IKEv2.DisconnectOnIdle", "DisconnectOnIdle", 1),
        ({"AuthName": ""}, "empty", "IKEv2.AuthName", "AuthName", None),
        ({}, "left-out", "IKEv2.LocalIdentifier", "LocalIdentifier", ""),
        ({"mtu": 1400}, "misspelt-key", "IKEv2.mtu", "MTU", 1400),
        ({"sharedSecret": SECRET}, "misspelt-key", "IKEv2.sharedSecret", "SharedSecret", SECRET),
        (
            {"OnDemandEnabled": 1, "onDemandRules": [{"Action": "Connect", "Vendor": b"x"}]},
            "misspelt-key",
            "IKEv2.onDemandRules",
            "OnDemandRules",
            [{"Action": "Connect", "Vendor": b"x"}],
        ),
        (
            {
                "OnDemandEnabled": 1,
                "OnDemandRules": [{"Action": "Connect", "ssidMatch": ["Home"], "V": b"x"}],
            },
            "misspelt-key",
            "IKEv2.OnDemandRules[0].ssidMatch",
            "OnDemandRules",
            [{"Action": "Connect", "V": b"x", "SSIDMatch": ["Home"]}],
        ),
        (
            {"OnDemandEnabled": 1, "OnDemandRules": [{"Action": "Connect", "SSIDMatch": ["", "Home"]}]},
            "empty-item",
            "IKEv2.OnDemandRules[0].SSIDMatch[0]",
            "OnDemandRules",
            [{"Action": "Connect", "SSIDMatch": ["Home"]}],
        ),
    ],
)
def test_what_no_control_says_comes_back_with_the_page(
    ikev2: Tree, code: str, path: str, name: str, after: Any
) -> None:
    whole = imported(ikev2)
    mended = fixed(whole, on_page(DocumentForm(whole)), code, path)
    again = fixed_again(whole, mended)
    for form in (mended.form, back(whole, mended), again):
        values = inside(form) if "IKEv2" in form.document.payloads[0].values else {}
        assert values.get(name) == after
        assert code not in {p.code for p in validate(form.document) if p.path == path}


def fixed_again(whole: Document, mended: Mended) -> DocumentForm:
    """The form after another post with another change."""
    return back(whole, mended, **{f"{UUID}-UserDefinedName": "Another"})


def test_a_key_of_the_payload_moves_into_its_dictionary() -> None:
    whole = imported({"RemoteAddress": "a.example"}, OnDemandEnabled=1)
    mended = fixed(whole, on_page(DocumentForm(whole)), "misplaced-key", "OnDemandEnabled")
    form = back(whole, mended)
    assert form.document.payloads[0].unknown == {}
    assert inside(form)["OnDemandEnabled"] == 1


def test_a_key_that_the_build_writes_by_itself_is_written_so() -> None:
    whole = read(tree({**vpn({}), "PayloadVersion": 2}))
    assert whole.payloads[0].kept is not None
    mended = fixed(whole, on_page(DocumentForm(whole)), "odd-version", "PayloadVersion")
    kept = back(whole, mended).document.payloads[0].kept
    assert kept is not None
    assert "PayloadVersion" not in kept.values


@pytest.mark.parametrize("kind", ["ikev2", None])
def test_a_vpn_whose_type_is_written_wrong_gets_the_form_of_that_type(kind: str | None) -> None:
    given = vpn({"RemoteAddress": "a.example", "SharedSecret": SECRET, "Vendor": b"x"}, VPNType=kind, Extra=1)
    whole = read(tree(given))
    assert whole.payloads[0].slug == "other"
    mended = fixed(whole, on_page(DocumentForm(whole)), "vpn-type", "VPNType")
    form = back(whole, mended)
    (part,) = form.document.payloads
    assert part.slug == "vpn-ikev2"
    assert part.values["IKEv2"] == {"RemoteAddress": "a.example", "SharedSecret": SECRET, "Vendor": b"x"}
    assert part.unknown == {"Extra": 1}
    copy = act(whole, on_page(form, duplicate_payload=UUID), form.document)
    twins = DocumentForm(whole, on_page(DocumentForm(whole, copy.data))).document.payloads
    assert twins[1].slug == "vpn-ikev2"
    assert twins[1].values["IKEv2"] == part.values["IKEv2"]


def test_no_secret_is_on_the_page() -> None:
    whole = imported({"sharedSecret": SECRET, "alwaysOn": {"Pin": SECRET}}, Vendor={"Token": SECRET})
    mended = fixed(whole, on_page(DocumentForm(whole)), "misspelt-key", "IKEv2.sharedSecret")
    shown = "".join(part.html for part in mended.form.parts) + str(mended.form.carried)
    assert SECRET not in shown
    assert 'data-stored="true"' in shown


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("PPK", SECRET, SECRET.encode()),
        ("PPK", "ab" * 32, b"\xab" * 32),
        ("SharedSecret", SECRET.encode(), SECRET),
    ],
    ids=["characters", "digits", "bytes"],
)
@pytest.mark.parametrize("always_on", [False, True], ids=["tunnel", "item"])
def test_a_secret_becomes_what_it_looks_like_and_is_not_on_the_page(
    name: str, value: str | bytes, meant: str | bytes, always_on: bool
) -> None:
    ikev2 = {**WITH_SECRET, "RemoteAddress": "a.example", "PPKIdentifier": "quay", name: value}
    item = {"ProtocolType": "IKEv2", **ikev2}
    on = {"VPNType": "AlwaysOn", "AlwaysOn": {"TunnelConfigurations": [item]}}
    whole = read(tree({**vpn(None), **on})) if always_on else imported(ikev2)
    path = f"AlwaysOn.TunnelConfigurations[0].{name}" if always_on else f"IKEv2.{name}"
    mended = fixed(whole, on_page(DocumentForm(whole)), "wrong-type", path)
    for form in (mended.form, back(whole, mended)):
        values = form.document.payloads[0].values
        assert (values["AlwaysOn"]["TunnelConfigurations"][0] if always_on else values["IKEv2"])[
            name
        ] == meant
        page = str(form.carried) + "".join(part.html for part in form.parts)
        assert SECRET not in page
        assert "ab" * 32 not in page


def test_a_certificate_that_is_written_as_text_becomes_bytes() -> None:
    certificate = {"PayloadType": "com.apple.security.root", "PayloadVersion": 1, "PayloadIdentifier": "a.b"}
    whole = read(tree({**certificate, "PayloadUUID": UUID, "PayloadContent": EXAMPLE_ROOT}))
    mended = fixed(whole, on_page(DocumentForm(whole)), "wrong-type", "PayloadContent")
    assert back(whole, mended).document.payloads[0].values["PayloadContent"] == base64.b64decode(EXAMPLE_ROOT)


def test_a_note_guesses_no_more_than_secrets() -> None:
    owner = registry.payload("vpn-ikev2")
    flat = {"IKEv2.AuthName": b"alice", "IKEv2.PPK": SECRET, "IKEv2.MTU": "1400"}
    assert guessed("IKEv2.PPK", flat, owner) == {"IKEv2.PPK": SECRET.encode()}
    others = ("IKEv2.AuthName", "IKEv2.MTU", "IKEv2.SharedSecret", "Vendor")
    assert [guessed(path, flat, owner) for path in others] == [{}] * len(others)


def test_a_typed_secret_that_goes_is_not_held_on_to() -> None:
    # No method of IKEv2 uses it, so nobody loses it. Set in the file, so that the row is there.
    whole = imported({"AuthenticationMethod": "Certificate", "Password": SECRET})
    name = f"{UUID}-IKEv2.Password"
    data = on_page(DocumentForm(whole), **{name: "another"})
    mended = fixed(whole, data, "ignored", "IKEv2.Password")
    mended.form.keep_secrets(but=mended.names)
    html = mended.form.parts[1].html
    row = html.partition(f'id="id_{UUID}-IKEv2-Password_row"')[2].partition("</div></div>")[0]
    assert "hx-preserve" not in row
    assert name in mended.names
    assert "Password" not in inside(back(whole, mended))


def test_a_secret_typed_beside_stays_in_the_page() -> None:
    whole = imported({"MTU": "1400"})
    mended = fixed(
        whole,
        on_page(DocumentForm(whole), **{f"{UUID}-IKEv2.AuthPassword": SECRET}),
        "wrong-type",
        "IKEv2.MTU",
    )
    mended.form.keep_secrets(but=mended.names)
    assert "hx-preserve" in mended.form.parts[1].html


def test_items_keep_their_secrets_when_others_are_mended() -> None:
    tunnels = [
        {
            "Interfaces": ["Cellular"],
            "remoteAddress": f"{number}.example",
            "SharedSecret": f"{SECRET} {number}",
        }
        for number in range(3)
    ]
    given = {**vpn({}), "VPNType": "AlwaysOn", "AlwaysOn": {"TunnelConfigurations": tunnels}}
    whole = read(tree(given))
    mended = pressed(whole, on_page(DocumentForm(whole)), FIX_ALL, "missing")
    assert len(mended.done) == 3
    found = back(whole, mended).document.payloads[0].values["AlwaysOn"]["TunnelConfigurations"]
    assert [(each["RemoteAddress"], each["SharedSecret"]) for each in found] == [
        (f"{number}.example", f"{SECRET} {number}") for number in range(3)
    ]
    assert SECRET not in str(mended.form.carried) + "".join(part.html for part in mended.form.parts)


def test_what_is_typed_into_a_mended_item_stays() -> None:
    rules = [{"Action": "Connect", "ssidMatch": ["Home"]}, {"Action": "Ignore"}]
    whole = imported({"OnDemandEnabled": 1, "OnDemandRules": rules})
    form = DocumentForm(whole)
    data = on_page(form)
    first, second = data.getlist(f"{UUID}-IKEv2.OnDemandRules")
    # The other way round, with something typed into both.
    data.setlist(f"{UUID}-IKEv2.OnDemandRules", [second, first])
    data[f"{first}.URLStringProbe"] = "https://a.example"
    data[f"{second}.Action"] = "Disconnect"
    mended = fixed(whole, data, "misspelt-key", "IKEv2.OnDemandRules[1].ssidMatch")
    assert inside(back(whole, mended))["OnDemandRules"] == [
        {"Action": "Disconnect"},
        {"Action": "Connect", "URLStringProbe": "https://a.example", "SSIDMatch": ["Home"]},
    ]


def test_a_copy_of_a_mended_payload_is_mended() -> None:
    rules = [{"Action": "Connect", "ssidMatch": ["Home"], "Vendor": b"x"}]
    whole = imported({"sharedSecret": SECRET, "OnDemandEnabled": 1, "OnDemandRules": rules})
    first = fixed(whole, on_page(DocumentForm(whole)), "misspelt-key", "IKEv2.sharedSecret")
    mended = fixed(whole, on_page(first.form), "misspelt-key", "IKEv2.OnDemandRules[0].ssidMatch")
    copied = act(whole, on_page(mended.form, duplicate_payload=UUID), mended.form.document)
    shown = DocumentForm(whole, copied.data)
    for form in (shown, DocumentForm(whole, on_page(shown))):
        original, copy = form.document.payloads
        assert copy.values["IKEv2"] == original.values["IKEv2"]
        assert copy.values["IKEv2"]["OnDemandRules"] == [
            {"Action": "Connect", "SSIDMatch": ["Home"], "Vendor": b"x"}
        ]


def test_fix_all_mends_all_problems_with_that_code_and_no_other() -> None:
    whole = read(tree(vpn({"EnablePFS": True, "mtu": 1}, 1), vpn({"DisconnectOnIdle": False}, 2)))
    data = on_page(DocumentForm(whole))
    mended = pressed(whole, data, FIX_ALL, "other-type")
    assert {each.problem.path for each in mended.done} == {"IKEv2.EnablePFS", "IKEv2.DisconnectOnIdle"}
    one, two = back(whole, mended).document.payloads
    assert exactly(one.values["IKEv2"]) == exactly({"EnablePFS": 1, "mtu": 1})
    assert exactly(two.values["IKEv2"]) == exactly({"DisconnectOnIdle": 0})


def exactly(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Values that differ where their types do."""
    return {name: (type(value), value) for name, value in values.items()}


@pytest.mark.parametrize(
    ("button", "value"),
    [
        (FIX, "nobody"),
        (FIX, ""),
        (FIX, "//"),
        (FIX, f"{UUID}/wrong-type/IKEv2.MTU\x00"),
        (FIX, "x" * 100_000),
        (FIX_ALL, "nothing"),
        (FIX_ALL, ""),
        (FIX_ALL, "missing"),
    ],
)
def test_what_no_button_asks_for_changes_nothing(button: str, value: str) -> None:
    whole = imported({"MTU": "1400"})
    data = on_page(DocumentForm(whole))
    mended = pressed(whole, data, button, value)
    assert not mended.done
    assert not mended.failed
    assert fingerprint(mended.form.document) == fingerprint(DocumentForm(whole, data).document)


def test_the_second_of_two_clicks_does_what_the_first_did() -> None:
    whole = imported({"MTU": "1400"})
    data = on_page(DocumentForm(whole))
    once, twice = (fixed(whole, data, "wrong-type", "IKEv2.MTU") for _ in range(2))
    assert on_page(once.form) == on_page(twice.form)
    stale = pressed(whole, on_page(once.form), FIX, once.done[0].id)
    assert not stale.done
    assert fingerprint(stale.form.document) == fingerprint(once.form.document)


def test_a_button_is_none_of_the_other_actions() -> None:
    assert asked(query({FIX: "x"}))
    assert asked(query({FIX_ALL: "x"}))
    assert not asked(query({"add_payload": "x"}))


def test_what_is_typed_after_a_fix_counts() -> None:
    whole = imported({"mtu": 1400, "AuthName": ""})
    mended = fixed(whole, on_page(DocumentForm(whole)), "misspelt-key", "IKEv2.mtu")
    assert inside(back(whole, mended, **{f"{UUID}-IKEv2.MTU": "1300"}))["MTU"] == 1300
    emptied = back(whole, mended, **{f"{UUID}-IKEv2.MTU": ""})
    assert {"mtu", "MTU"}.isdisjoint(inside(emptied))


def many(**ikev2: Any) -> Document:
    return read(tree(*(vpn(ikev2, number) for number in range(FEW + 2))))


def test_a_folded_payload_is_mended_and_stays_folded() -> None:
    whole = many(
        EnablePFS=True, sharedSecret=SECRET, OnDemandRules=[{"Action": "Connect", "SSIDMatch": ["", "Home"]}]
    )
    form = DocumentForm(whole)
    assert form.parts[1].folded
    for code in ("other-type", "misspelt-key", "empty-item"):
        mended = pressed(whole, on_page(form), FIX_ALL, code)
        assert (len(mended.done), mended.failed) == (FEW + 2, [])
        form = mended.form
        assert form.parts[1].folded
    for part in DocumentForm(whole, on_page(form)).document.payloads:
        assert part.values["IKEv2"] == {
            "EnablePFS": 1,
            "SharedSecret": SECRET,
            "OnDemandRules": [{"Action": "Connect", "SSIDMatch": ["Home"]}],
        }
    prefix = form.parts[1].prefix
    opened = DocumentForm(whole, on_page(form), opened=[prefix])
    assert SECRET not in opened.parts[1].html
    assert fingerprint(DocumentForm(whole, on_page(opened)).document) == fingerprint(form.document)


def test_what_the_template_locks_is_not_offered() -> None:
    whole = read(tree(vpn({"EnablePFS": True, "DisconnectOnIdle": True})))
    origin = Origin(
        template=UUID, revision=1, title="T", answers={}, locked=frozenset({Place(UUID, "IKEv2.EnablePFS")})
    )
    form = DocumentForm(replace(whole, origin=origin))
    paths = {each.problem.path for each in repairs_of(form) if each.problem.code == "other-type"}
    assert paths == {"IKEv2.DisconnectOnIdle"}


def test_a_template_offers_what_changes_what_it_really_holds() -> None:
    declaration = Declaration(variables=(Variable(name="HOST"),))
    ikev2 = {**WITH_SECRET, "remoteAdress": "{{HOST}}", "mtu": 1400}
    whole = replace(document(payload(ikev2, uuid=UUID)), declaration=declaration)
    assert "IKEv2.mtu" in {each.problem.path for each in repairs_of(DocumentForm(whole))}
    for each in repairs_of(DocumentForm(whole)):
        assert pressed(whole, on_page(DocumentForm(whole)), FIX, each.id).done


# Over the whole catalogue


def spoiled(values: Mapping[str, Any], chance: random.Random) -> Tree:
    """Values as files have them, with names and types that are wrong, at any depth."""
    found: Tree = {}
    for name, value in values.items():
        match value:
            case dict():
                kept: Any = spoiled(value, chance)
            case list():
                kept = [spoiled(item, chance) if isinstance(item, dict) else item for item in value]
            case _:
                kept = value
        match chance.randrange(12):
            case 0 | 1:
                found[name.swapcase()[:1] + name[1:]] = kept
            case 2:
                found[name] = ""
            case 3 if isinstance(kept, list):
                found[name] = [*kept, ""]
            case 4 | 5 if type(kept) is int:
                found[name] = chance.choice([bool(kept), float(kept)])
            case _:
                found[name] = kept
    return found


def spoiled_file(kind: Payload, chance: random.Random) -> Document:
    values = spoiled(some_values(kind, chance, chance.choice([0.3, 1])), chance)
    own = {"PayloadType": kind.type_of(values), "PayloadVersion": 1.0, "PayloadUUID": UUID}
    envelope = spoiled(some_values(ENVELOPE, chance, 0.5), chance)
    return read(
        tree({**values, **kind.discriminator, **own, "PayloadIdentifier": "com.example.a"}, **envelope)
    )


@pytest.mark.parametrize("kind", registry.payloads().values(), ids=registry.payloads())
def test_pressing_one_fix_after_the_other_is_the_same_as_repairing_the_document(kind: Payload) -> None:
    chance = random.Random(20)
    for _ in range(2):
        whole = spoiled_file(kind, chance)
        data, wanted = on_page(DocumentForm(whole)), whole
        for _ in range(12):
            found = repairs_of(DocumentForm(whole, data))
            if not found:
                break
            chosen = chance.choice(found)
            wanted = repaired(wanted, found, {chosen.id})
            mended = pressed(whole, data, FIX, chosen.id)
            assert mended.done, chosen.id
            assert fingerprint(mended.form.document) == fingerprint(wanted), chosen.id
            data = on_page(mended.form)
            assert fingerprint(DocumentForm(whole, data).document) == fingerprint(wanted), chosen.id


def test_a_key_of_the_profile_itself_is_renamed() -> None:
    whole = read(tree(vpn({})) | {"payloadScope": "System"})
    mended = fixed(whole, on_page(DocumentForm(whole)), "misspelt-key", "payloadScope")
    assert mended.done[0].part == ENVELOPE_NAME
    envelope = back(whole, mended).document.envelope
    assert envelope["PayloadScope"] == "System"
    assert "payloadScope" not in envelope


def test_fix_all_leaves_what_needs_judgement() -> None:
    names = ["Home\nOffice", "Smith, John 5G"]
    whole = imported({"OnDemandRules": [{"Action": "Connect", "SSIDMatch": names}]})
    data = on_page(DocumentForm(whole))
    all_of_it = pressed(whole, data, FIX_ALL, "several-in-one").form
    assert inside(all_of_it)["OnDemandRules"][0]["SSIDMatch"] == ["Home", "Office", "Smith, John 5G"]
    one = fixed(whole, data, "several-in-one", "IKEv2.OnDemandRules[0].SSIDMatch[1]").form
    assert inside(one)["OnDemandRules"][0]["SSIDMatch"] == ["Home\nOffice", "Smith", "John 5G"]
