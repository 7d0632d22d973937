"""Import by plain requests: from files and text to a profile, with nothing lost and nothing silent."""

from __future__ import annotations

import plistlib
import re
import uuid
from collections import Counter
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from designer.presentation.import_review import MAX_ROWS
from profiles.exceptions import DocumentError
from profiles.models import AuditEntry, Certificate, ImportedFile, Membership, Profile, Role, User
from profiles.plist.build import property_list
from profiles.plist.document import Document
from profiles.plist.reading.read import read
from profiles.plist.validation.repairs import Repair, repairs
from profiles.plist.xml_writer import dump
from profiles.services import history, imports, profile_file, profiles
from profiles.services.certificate_evidence import check
from profiles.services.document_storage import load, revision_document
from profiles.services.teams import home
from tests.plist.exactness import differences
from tests.plist.rough import HEAVY
from tests.plist.trees import WIFI, tree, vpn
from tests.posting import browse
from tests.services.samples import changed

ROUGH = Path(__file__).parents[2] / "rough"
GIVEN = tree(
    vpn(
        {"RemoteAddress": "a.example.com", "DisableMOBIKE": True, "MTU": 1400.0, "AuthPassword": "hush hush"},
        X="hush X",
    ),
    WIFI,
    PayloadVersion=1.0,
)
ENTRY = "import_profiles"


def offered(document: Document) -> list[Repair]:
    """What can be put right."""
    return repairs(document, check(document))


def upload(client: Client, *files: tuple[str, bytes], pasted: str = "") -> Any:
    given = [SimpleUploadedFile(name, data) for name, data in files]
    return client.post(reverse(ENTRY), {"chosen": given, "pasted": pasted})


def kept(client: Client, given: dict[str, Any] = GIVEN, name: str = "office.mobileconfig") -> ImportedFile:
    response = upload(client, (name, dump(given)))
    row = ImportedFile.objects.latest("created_at")
    assert response["Location"] == reverse("import_file", args=[row.pk])
    return row


def page_of(client: Client, row: ImportedFile) -> str:
    response = client.get(reverse("import_file", args=[row.pk]))
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return unescape(response.content.decode())


def saved(client: Client, row: ImportedFile, **data: Any) -> Profile:
    response = client.post(reverse("save_import", args=[row.pk]), data)
    assert response.status_code == 302, response.content.decode()
    profile = Profile.objects.latest("created_at")
    assert response["Location"] == reverse("profile", args=[profile.pk])
    return profile


def test_a_file_becomes_a_profile_with_nothing_lost(alice_client: Client) -> None:
    row = kept(alice_client)
    profile = saved(alice_client, row)
    assert differences(property_list(load(profile)), GIVEN) == []
    assert not profile.is_template
    assert profile.revisions.get().comment == "Imported from office.mobileconfig"
    assert not ImportedFile.objects.exists()
    assert AuditEntry.objects.filter(
        event="profile imported", detail__contains="office.mobileconfig"
    ).exists()


def test_what_is_chosen_is_put_right_and_nothing_else(alice_client: Client) -> None:
    row = kept(alice_client)
    ids = {each.path: each.id for each in offered(read(GIVEN))}
    profile = saved(alice_client, row, repair=[ids["IKEv2.DisableMOBIKE"]])
    written = property_list(load(profile))["PayloadContent"][0]["IKEv2"]
    assert written["DisableMOBIKE"] == 1
    assert type(written["DisableMOBIKE"]) is int
    assert type(written["MTU"]) is float


@pytest.mark.parametrize("template", ["", "1"], ids=["profile", "template"])
def test_the_first_revision_is_the_file_as_it_was_and_the_second_what_was_put_right(
    alice: User, alice_client: Client, template: str
) -> None:
    ids = [each.id for each in offered(read(GIVEN))]
    row = kept(alice_client)
    profile = saved(alice_client, row, repair=ids, **({"template": template} if template else {}))

    second, first = history.revisions(user=alice, profile_id=profile.pk)
    assert (first.number, first.comment) == (1, "Imported from office.mobileconfig")
    assert (second.number, second.comment) == (2, "Fixed what was imported otherwise")
    assert differences(property_list(revision_document(first)), GIVEN) == []
    assert offered(load(profile)) == []
    found = history.compare(user=alice, profile_id=profile.pk, old=1, new=2)
    assert {change.path for part in found.parts for change in part.changes} >= {"IKEv2.MTU"}
    events = AuditEntry.objects.filter(object_id=str(profile.pk)).order_by("pk")
    assert [*events.values_list("event", flat=True)] == ["profile imported", "profile saved"]
    history.restore(actor=alice, profile_id=profile.pk, number=1, base_revision=2)
    assert differences(property_list(load(Profile.objects.get(pk=profile.pk))), GIVEN) == []


def test_repairs_that_change_nothing_make_no_revision(alice_client: Client) -> None:
    profile = saved(alice_client, kept(alice_client), repair=["what/is/not-there"])
    assert profile.revisions.count() == 1


def test_what_only_a_repair_makes_storable_is_stored_as_it_is_mended(
    alice_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = {each.path: each.id for each in offered(read(GIVEN))}
    row = kept(alice_client)
    monkeypatch.setattr(imports, "_is_storable", lambda given: False)
    profile = saved(alice_client, row, repair=[ids["IKEv2.MTU"]])
    assert profile.revisions.get().comment == "Imported from office.mobileconfig"
    assert type(load(profile).payloads[0].values["IKEv2"]["MTU"]) is int


def test_a_file_is_put_right_with_as_many_statements_however_many_repairs(alice_client: Client) -> None:
    ids = [each.id for each in offered(read(GIVEN))]
    counts = []
    for chosen in (ids[:1], ids):
        row = kept(alice_client)
        with CaptureQueriesContext(connection) as captured:
            saved(alice_client, row, repair=chosen)
        counts.append(len(captured))
    assert len(ids) > 2
    assert counts[0] == counts[1]


def test_a_file_becomes_a_template(alice_client: Client) -> None:
    profile = saved(alice_client, kept(alice_client), template="1")
    assert profile.is_template
    assert differences(property_list(load(profile)), GIVEN) == []


def test_the_page_tells_what_is_in_it_and_no_secret(alice_client: Client) -> None:
    page = page_of(alice_client, kept(alice_client))
    for told in (
        "The file is not signed.",
        "IKEv2.RemoteAddress",
        "a.example.com",
        "true (boolean)",
        "1 (integer)",
        "1400.0 (real)",
        "com.apple.wifi.managed",
        "SSID_STR",
        "string, kept as it is",
        "DisableMOBIKE is written as",
    ):
        assert told in page, told
    assert "hush" not in page
    assert '{"Pin": 1234, "Data": "••••••••' in page
    assert ">Example<" not in page
    assert not browse(page).data().getlist("repair")


def test_several_files_wait_and_those_that_cannot_be_read_are_told(alice_client: Client) -> None:
    response = upload(
        alice_client,
        ("good.mobileconfig", dump(GIVEN)),
        ("bad.mobileconfig", (ROUGH / "mismatched-tags.mobileconfig").read_bytes()),
        ("photo.mobileconfig", b"\xff\xd8\xff\xe0JFIF"),
    )
    page = unescape(response.content.decode())
    assert response.status_code == 422
    assert "JPEG" in page
    assert "bad.mobileconfig" in page
    assert [row.name for row in ImportedFile.objects.all()] == ["good.mobileconfig"]
    response = upload(alice_client, ("one.mobileconfig", dump(GIVEN)), ("two.mobileconfig", dump(GIVEN)))
    assert response["Location"] == reverse(ENTRY)
    assert "two.mobileconfig" in alice_client.get(reverse(ENTRY)).content.decode()


def test_a_pasted_text_is_taken_and_stays_where_it_cannot_be_read(alice_client: Client) -> None:
    assert upload(alice_client, pasted=dump(GIVEN).decode()).status_code == 302
    response = upload(alice_client, pasted="<plist><dict>")
    assert response.status_code == 422
    assert browse(response.content.decode()).data()["pasted"] == "<plist><dict>"
    assert ImportedFile.objects.count() == 1


def test_nothing_at_all_is_a_slip(alice_client: Client) -> None:
    response = upload(alice_client)
    assert response.status_code == 422
    assert "Choose a file, or paste the text of one." in response.content.decode()


@pytest.mark.parametrize("name", ["mismatched-tags", "bare-ampersand", "cut-off"])
def test_what_cannot_be_read_is_not_kept(alice_client: Client, name: str) -> None:
    response = upload(alice_client, ("x", (ROUGH / f"{name}.mobileconfig").read_bytes()))
    assert response.status_code == 422
    assert not ImportedFile.objects.exists()
    assert not Profile.objects.exists()


def test_a_file_that_is_too_large_is_refused(alice_client: Client, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 10_000
    response = upload(alice_client, ("x", dump(tree(Text="x" * 10_001))))
    assert "more than the 10,000 allowed" in response.content.decode()


def test_a_file_is_thrown_away(alice_client: Client) -> None:
    row = kept(alice_client)
    response = alice_client.post(reverse("discard_import", args=[row.pk]))
    assert response["Location"] == reverse(ENTRY)
    assert alice_client.get(reverse("import_file", args=[row.pk])).status_code == 404


def test_a_file_is_forgotten_after_a_day(alice_client: Client) -> None:
    row = kept(alice_client)
    ImportedFile.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert alice_client.get(reverse("import_file", args=[row.pk])).status_code == 404
    assert alice_client.post(reverse("save_import", args=[row.pk])).status_code == 404
    assert imports.purge() == 1
    assert not ImportedFile.objects.exists()


def test_profiles_with_the_same_identifier_are_told(alice_client: Client, alice: User) -> None:
    first = profiles.create(actor=alice, team=home(alice), document=read(GIVEN))
    page = page_of(alice_client, kept(alice_client))
    assert reverse("profile", args=[first.pk]) in page
    assert "has the same identifier or UUID" in page


def test_certificates_go_into_the_library_once(alice_client: Client) -> None:
    given = plistlib.loads(
        (ROUGH / "pem-in-data.mobileconfig").read_bytes().split(b"\n", 1)[1], fmt=plistlib.FMT_XML
    )
    saved(alice_client, kept(alice_client, given))
    entry = Certificate.objects.get()
    assert entry.name == "Example Root CA"
    page = page_of(alice_client, kept(alice_client, given))
    assert "in the library already" in page
    profile = saved(alice_client, ImportedFile.objects.get())
    assert Certificate.objects.get() == entry
    assert differences(property_list(load(profile)), given) == []


def test_who_may_not_edit_takes_nothing_in(alice_client: Client, alice: User) -> None:
    row = kept(alice_client)
    Membership.objects.filter(user=alice).update(role=Role.VIEWER)
    assert upload(alice_client, ("x", dump(GIVEN))).status_code == 403
    assert alice_client.post(reverse("save_import", args=[row.pk])).status_code == 403
    assert alice_client.post(reverse("discard_import", args=[row.pk])).status_code == 403
    assert ImportedFile.objects.count() == 1


def test_what_is_not_there_is_not_found(alice_client: Client) -> None:
    assert alice_client.get(reverse("import_file", args=[uuid.uuid4()])).status_code == 404


def test_the_bytes_are_stored_sealed(alice_client: Client) -> None:
    row = kept(alice_client)
    assert b"hush" not in bytes(row.sealed)
    assert row.unseal() == dump(GIVEN)


def test_what_is_offered_says_what_is_there_afterwards_and_in_which_payload(alice_client: Client) -> None:
    page = page_of(alice_client, kept(alice_client))
    assert '<th scope="col">In the file</th><th scope="col">After the fix</th>' in page
    (row,) = re.findall(r"<tr>(?:(?!</tr>).)*IKEv2\.(?:<wbr>)?MTU.*?</tr>", page, re.DOTALL)[:1]
    cells = re.sub(r"<[^>]*>", " ", row).split()
    assert cells == ["MTU", "IKEv2.MTU", "Office", "1400.0", "(real)", "1400", "(integer)"]


def test_what_was_left_as_it_was_is_put_right_later(alice_client: Client) -> None:
    profile = saved(alice_client, kept(alice_client))
    address = reverse("put_right", args=[profile.pk])
    page = browse(alice_client.get(address).content.decode())
    response = alice_client.post(address, {"base_revision": page.data()["base_revision"]})
    assert response.status_code == 422
    assert "Nothing is chosen." in response.content.decode()
    ids = [each.id for each in offered(read(GIVEN))]
    assert alice_client.post(address, {"base_revision": "1", "repair": ids}).status_code == 302
    profile.refresh_from_db()
    assert profile.revision == 2
    assert offered(load(profile)) == []
    assert "Nothing to fix here" in alice_client.get(address).content.decode()
    assert alice_client.post(address, {"base_revision": "1", "repair": ids}).status_code == 302


ODD_NAME = {
    "RemoteAddress": "a.example",
    "RemoteIdentifier": "a",
    "LocalIdentifier": "",
    "ppkIdentifier": "a",
}
BROUGHT = "Now the profile has an error; before it had none. "


def test_what_repairs_bring_is_told_where_they_are_stored(alice_client: Client) -> None:
    given = tree(vpn({**ODD_NAME, "AuthenticationMethod": "SharedSecret", "SharedSecret": "s"}))
    ids = [each.id for each in offered(read(given)) if each.problem.code == "misspelt-key"]
    profile = saved(alice_client, kept(alice_client, given), repair=ids)
    page = alice_client.get(reverse("profile", args=[profile.pk])).content.decode()
    assert f"{BROUGHT}The history has the file as it was." in page

    later = saved(alice_client, kept(alice_client, given))
    address = reverse("put_right", args=[later.pk])
    response = alice_client.post(address, {"base_revision": "1", "repair": ids}, follow=True)
    assert f"{BROUGHT}The history has the way back." in response.content.decode()


def test_what_others_saved_meanwhile_is_told_before_anything_is_put_right(
    alice_client: Client, alice: User
) -> None:
    profile = saved(alice_client, kept(alice_client))
    profiles.save(
        actor=alice, profile_id=profile.pk, document=changed(load(profile), MTU=1500), base_revision=1
    )
    ids = [each.id for each in offered(read(GIVEN))]
    address = reverse("put_right", args=[profile.pk])
    response = alice_client.post(address, {"base_revision": "1", "repair": ids})
    assert response.status_code == 409
    assert {*ids} >= {each.id for each in offered(load(profile))}
    assert browse(response.content.decode()).data()["base_revision"] == "2"


@pytest.mark.parametrize("name", [*HEAVY])
def test_what_is_made_to_do_harm_is_answered_in_a_sentence_and_not_kept(
    alice_client: Client, name: str
) -> None:
    make, sentence = HEAVY[name]
    response = upload(alice_client, ("x.mobileconfig", make()))
    if sentence:
        assert response.status_code == 422
        assert not ImportedFile.objects.exists()
    else:
        assert response.status_code in (302, 422)
    assert not Profile.objects.exists()


def test_of_a_file_with_very_much_in_it_a_page_shows_a_part(alice_client: Client) -> None:
    many = MAX_ROWS + 500
    rules = [{"Action": "Connect", "SSIDMatch": [" a ", " b ", " c "]}] * 1_000
    more = {f"X{number}": number for number in range(many)}
    given = tree(vpn({"RemoteAddress": "a", "OnDemandRules": rules}, **more), WIFI)
    page = page_of(alice_client, kept(alice_client, given))
    assert page.count('name="repair"') == MAX_ROWS
    known, unknown = (page.count(f'<tr{each}><th scope="row">') for each in ("", ' class="list__unknown"'))
    assert known + unknown == MAX_ROWS
    assert "which “Fix” in the menu of the profile offers once these are fixed." in page
    assert re.search(r"<p class=\"muted\">And [\d,]+ more\.</p>", page)
    assert f"{many:,} unknown" in page


def test_what_is_long_leaves_room_for_all_else(alice_client: Client) -> None:
    rules = [{"Action": "Connect", "SSIDMatch": [" a "]}] * (2 * MAX_ROWS)
    more = {f"X{number}": number for number in range(2 * MAX_ROWS)}
    longer = {f"Y{number}": number for number in range(3 * MAX_ROWS)}
    last = {**WIFI, "PayloadUUID": "22222222-2222-3333-4444-555555555555"}
    given = tree(vpn({"RemoteAddress": "a", "OnDemandRules": rules}, **more), {**WIFI, **longer}, last)
    page = page_of(alice_client, kept(alice_client, given))
    left_out = [item for item in offered(read(given)) if item.problem.code == "left-out"]
    assert left_out
    assert all(f'value="{item.id}"' in page for item in left_out)
    assert page.count("<code>SSID_STR</code>") == 2


# What a request reads


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a file was opened, parsed, made a document and judged."""
    calls: Counter[str] = Counter()
    for module, name in (
        (profile_file, "open_file"),
        (profile_file, "load"),
        (profile_file, "read"),
        (imports, "inspect"),
        (imports, "validate"),
    ):
        monkeypatch.setattr(module, name, _counting(calls, name, getattr(module, name)))
    return calls


def _counting(calls: Counter[str], name: str, function: Any) -> Any:
    def count(*arguments: Any, **options: Any) -> Any:
        calls[name] += 1
        return function(*arguments, **options)

    return count


READ_ONCE = {"open_file": 1, "load": 1, "read": 1}


def test_a_file_is_read_once_and_judged_once_a_request(
    alice_client: Client, counted: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = kept(alice_client)
    assert counted == READ_ONCE
    counted.clear()
    page_of(alice_client, row)
    assert counted == READ_ONCE | {"inspect": 1, "validate": 1}
    counted.clear()
    with monkeypatch.context() as patch:
        patch.setattr(profiles, "create", _refusing)
        response = alice_client.post(reverse("save_import", args=[row.pk]))
    assert response.status_code == 422
    assert "No room. Make some." in response.content.decode()
    assert counted == READ_ONCE | {"inspect": 1, "validate": 1}
    counted.clear()
    saved(alice_client, row)
    assert counted == READ_ONCE


def _refusing(**_: Any) -> None:
    raise DocumentError("No room. Make some.")


def test_a_file_is_thrown_away_without_being_read(alice_client: Client, counted: Counter[str]) -> None:
    row = kept(alice_client)
    counted.clear()
    alice_client.post(reverse("discard_import", args=[row.pk]))
    assert not counted
    assert not ImportedFile.objects.exists()


def test_who_may_not_save_a_file_has_it_read_in_vain_no_more(
    alice_client: Client, alice: User, counted: Counter[str]
) -> None:
    row = kept(alice_client)
    Membership.objects.filter(user=alice).update(role=Role.VIEWER)
    counted.clear()
    assert alice_client.post(reverse("save_import", args=[row.pk])).status_code == 403
    assert not counted


@pytest.mark.parametrize("how", ["another key", "another reader"])
def test_a_file_that_cannot_be_read_any_more_is_told_and_thrown_away(alice_client: Client, how: str) -> None:
    row = kept(alice_client)
    if how == "another key":
        ImportedFile.objects.update(sealed=b"none of ours")
    else:
        row.seal(b"<plist><array/></plist>")
        row.save()
    status = 503 if how == "another key" else 409
    for response in (
        alice_client.get(reverse("import_file", args=[row.pk])),
        alice_client.post(reverse("save_import", args=[row.pk])),
    ):
        assert response.status_code == status
        page = response.content.decode()
        assert "This file cannot be read any more" in page
        assert reverse("discard_import", args=[row.pk]) in page
    assert alice_client.get(reverse(ENTRY)).status_code == 200
    response = alice_client.post(reverse("discard_import", args=[row.pk]))
    assert response["Location"] == reverse(ENTRY)
    assert not ImportedFile.objects.exists()


def test_a_file_that_somebody_has_decided_about_meanwhile_is_not_found(
    alice_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = kept(alice_client)
    find = imports.find

    def and_gone(**given: Any) -> ImportedFile:
        found = find(**given)
        ImportedFile.objects.all().delete()
        return found

    monkeypatch.setattr(imports, "find", and_gone)
    assert alice_client.post(reverse("discard_import", args=[row.pk])).status_code == 404
    assert alice_client.post(reverse("save_import", args=[row.pk])).status_code == 404


# What is shown of lists


def always_on(*tunnels: Any, **top: Any) -> dict[str, Any]:
    given = vpn(None, VPNType="AlwaysOn", IKEv2=None, AlwaysOn={"TunnelConfigurations": [*tunnels], **top})
    return tree(given)


def rows(page: str) -> list[tuple[str, str]]:
    """What stands above the values, and the values: text of headings and of rows."""
    found = re.findall(r"<tr(?: class=\"list__\w+\")?><th[^>]*>(.*?)</th>(?:<td[^>]*>(.*?)</td>)?</tr>", page)
    return [(plain(name), plain(value)) for name, value in found]


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def test_the_keys_of_each_tunnel_and_rule_are_shown_one_by_one(alice_client: Client) -> None:
    tunnel = {
        "ProtocolType": "IKEv2",
        "Interfaces": ["Cellular", "WiFi"],
        "RemoteAddress": "vpn.example.com",
        "SharedSecret": "hush hush",
        "X-Vendor": "hush too",
        "ChildSecurityAssociationParameters": {"DiffieHellmanGroup": 20},
    }
    page = page_of(alice_client, kept(alice_client, always_on(tunnel, {}, AllowCaptiveWebSheet=1)))
    assert rows(page)[-11:] == [
        ("Connection name UserDefinedName", "Office"),
        ("Built-in login AlwaysOn.AllowCaptiveWebSheet", "On"),
        ("Tunnel 1 AlwaysOn.TunnelConfigurations[0]", ""),
        ("Protocol ProtocolType", "IKEv2"),
        ("Serves Interfaces", "Cellular, Wi-Fi"),
        ("Server RemoteAddress", "vpn.example.com"),
        ("Shared secret SharedSecret", "a secret"),
        ("X-Vendor", "string, kept as it is"),
        ("Child Diffie-Hellman group ChildSecurityAssociationParameters.DiffieHellmanGroup", "20 (ECP 384)"),
        ("Tunnel 2 AlwaysOn.TunnelConfigurations[1]", ""),
        ("Tunnels TunnelConfigurations", "empty"),
    ]
    assert "hush" not in page
    assert "8 keys, 1 unknown" in page


def test_what_is_in_a_list_in_a_list_says_where(alice_client: Client) -> None:
    action = {"Domains": ["a.example", "b c"], "DomainAction": "ConnectIfNeeded"}
    rule = {"ActionParameters": [action], "Action": "EvaluateConnection", "SSIDMatch": ["Home", "Office"]}
    given = tree(vpn({"RemoteAddress": "a", "OnDemandRules": [rule], "MTU": 1400}, X=1))
    page = page_of(alice_client, kept(alice_client, given))
    found = rows(page)
    assert found[-7:] == [
        ("X", "1 integer, kept as it is"),
        ("Rule 1 IKEv2.OnDemandRules[0]", ""),
        ("Action", "Evaluate each connection"),
        ("Wi-Fi is called SSIDMatch", "Home, Office"),
        ("Rule 1 · Domain action 1 IKEv2.OnDemandRules[0].ActionParameters[0]", ""),
        ("Domains", '["a.example", "b c"]'),
        ("Then DomainAction", "Connect if needed"),
    ]


SECRET_TUNNEL = {"RemoteAddress": "a", "SharedSecret": "hush"}


@pytest.mark.parametrize(
    "odd",
    [
        [SECRET_TUNNEL, "x"],
        SECRET_TUNNEL,
        [[SECRET_TUNNEL]],
        {"a": [SECRET_TUNNEL]},
        ["x"],
        [],
        [1],
        [b"hush"],
    ],
)
def test_lists_that_hold_something_else_are_shown_without_a_secret(alice_client: Client, odd: Any) -> None:
    given = tree(vpn(None, VPNType="AlwaysOn", AlwaysOn={"TunnelConfigurations": odd}))
    page = page_of(alice_client, kept(alice_client, given))
    assert "TunnelConfigurations" in page
    assert "hush" not in page
    assert b"hush".hex() not in page


def test_a_long_path_has_places_to_end_a_line(alice_client: Client) -> None:
    given = tree(vpn({"IKESecurityAssociationParameters": {"DiffieHellmanGroup": 20}, "MTU": 1400}))
    page = page_of(alice_client, kept(alice_client, given))
    assert "IKEv2.<wbr>IKESecurityAssociationParameters.<wbr>DiffieHellmanGroup" in page
    assert "<code>IKEv2.MTU</code>" in page


def test_the_name_of_a_key_is_no_markup(alice_client: Client) -> None:
    name = "<img src=x onerror=alert(1)>.and.more.of.it"
    response = alice_client.get(
        reverse("import_file", args=[kept(alice_client, tree(vpn({name: 1}, **{name: 2}))).pk])
    )
    assert "<img" not in response.content.decode()


# Variables

WITH_VARIABLES = tree(
    vpn(
        {"RemoteAddress": "{{server}}", "AuthName": "{{user}}", "AuthPassword": "{{password}}"},
        X="for {{user}}",
    ),
    PayloadDescription="For {{user}}",
)


def test_a_template_may_declare_what_stands_in_the_file(alice_client: Client) -> None:
    row = kept(alice_client, WITH_VARIABLES)
    html = page_of(alice_client, row)
    assert browse(html).data().getlist("variable") == ["user", "server", "password"]
    assert "Office · PayloadDescription, Office · AuthName and Office · X" in html
    profile = saved(alice_client, row, template="1", variable=["user", "server", "password"])
    declaration = load(profile).declaration
    assert declaration is not None
    assert [(each.name, each.kind.value, each.secret) for each in declaration.variables] == [
        ("user", "text", False),
        ("server", "hostname", False),
        ("password", "text", True),
    ]
    assert differences(property_list(load(profile)), WITH_VARIABLES) == []
    page = alice_client.get(reverse("profile", args=[profile.pk])).content.decode()
    assert "3 variables are declared: look at “Variables and locks”" in page


@pytest.mark.parametrize(("chosen", "names"), [([], []), (["user", "forged", "user"], ["user"])])
def test_what_is_not_chosen_or_not_there_is_not_declared(
    alice_client: Client, chosen: list[str], names: list[str]
) -> None:
    profile = saved(alice_client, kept(alice_client, WITH_VARIABLES), template="1", variable=chosen)
    declaration = load(profile).declaration
    assert declaration is not None
    assert [each.name for each in declaration.variables] == names


def test_a_profile_declares_nothing(alice_client: Client) -> None:
    profile = saved(alice_client, kept(alice_client, WITH_VARIABLES), variable=["user"])
    assert load(profile).declaration is None
    page = alice_client.get(reverse("profile", args=[profile.pk])).content.decode()
    assert "declared" not in page


def test_what_was_chosen_stays_chosen_where_it_cannot_be_saved(
    alice_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = kept(alice_client, WITH_VARIABLES)
    monkeypatch.setattr(profiles, "create", _refusing)
    response = alice_client.post(
        reverse("save_import", args=[row.pk]), {"template": "1", "variable": ["server"]}
    )
    assert response.status_code == 422
    assert browse(response.content.decode()).data().getlist("variable") == ["server"]


def test_a_file_without_variables_offers_none(alice_client: Client) -> None:
    assert 'name="variable"' not in page_of(alice_client, kept(alice_client))
