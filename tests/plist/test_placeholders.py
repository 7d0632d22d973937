"""Placeholders that reach a device as they stand: told of in every text, and no secret with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.catalogue import placeholders
from profiles.plist.document import Document, PayloadDocument, Problem
from profiles.plist.reading.read import read
from profiles.plist.templates.declaration import Declaration, Variable
from profiles.plist.templates.variables import fill
from profiles.plist.validation.validate import validate
from tests.plist.making import WITH_SECRET, Told, document, payload, template, told, tunnel
from tests.plist.trees import tree, vpn

CODES = ("own-placeholder", "mdm-placeholder", "unfilled-placeholder")


def found(whole: Document) -> list[Problem]:
    """What is told of placeholders."""
    return [problem for problem in validate(whole) if problem.code in CODES]


def kinds(whole: Document) -> list[Told]:
    return [(problem.severity.value, problem.path, problem.code) for problem in found(whole)]


def message(text: str) -> str:
    """What is told of one text that is no secret."""
    (problem,) = found(tunnel(AuthName=text))
    return problem.message


def test_a_variable_of_a_template_in_a_profile_that_is_none_is_told_wherever_it_stands() -> None:
    whole = document(
        payload(
            {
                "AuthName": "{{user}}",
                "OnDemandRules": [{"Action": "Connect", "SSIDMatch": ["Guest", "{{ site }}"]}],
            },
            top={"UserDefinedName": "VPN of {{user}}", "PayloadDescription": "{{user}}"},
        ),
        envelope={"PayloadDisplayName": "VPN {{user}}", "ConsentText": {"default": "{{terms}}"}},
    )
    assert {(problem.payload, problem.path) for problem in found(whole)} == {
        ("profile", "PayloadDisplayName"),
        ("profile", "ConsentText.default"),
        ("office", "UserDefinedName"),
        ("office", "PayloadDescription"),
        ("office", "IKEv2.AuthName"),
        ("office", "IKEv2.OnDemandRules[0].SSIDMatch[1]"),
    }
    assert {(problem.severity.value, problem.code) for problem in found(whole)} == {
        ("warning", "own-placeholder")
    }


def test_a_template_may_hold_its_variables_and_a_profile_made_of_it_has_none_left() -> None:
    whole = template(AuthName="{{user}}", variables=(Variable(name="user"),))
    assert found(whole) == []
    assert found(fill(whole, {"user": "alice"})) == []
    # What somebody fills in is data, and reaches the device as it stands.
    assert [each.code for each in found(fill(whole, {"user": "{{name}}"}))] == ["own-placeholder"]


@pytest.mark.parametrize(
    ("text", "products"),
    [
        ("$EMAIL", "Jamf Pro or Kandji"),
        ("$JSSID", "Jamf Pro"),
        ("vpn-$EXTENSIONATTRIBUTE_12", "Jamf Pro"),
        ("$EMAIL_PREFIX@corp.example", "Kandji"),
        ("$FLEET_VAR_HOST_END_USER_IDP_USERNAME", "Fleet"),
        ("${FLEET_SECRET_PSK}", "Fleet"),
        ("$REALM_USER.EMAIL", "Zentral"),
        ("{{mail}}", "Intune"),
        ("{{userprincipalname}}", "Intune or Workspace ONE"),
        ("{{OnPremisesSamAccountName}}", "Intune"),
        ("{{udid}}", "SimpleMDM"),
        ("{EmailAddress}", "Workspace ONE"),
        ("{{EmailAddress}}", "Workspace ONE"),
        ("%AssetTag%", "Jamf School"),
        ("%HardwareUUID%", "macOS"),
        ("%email%", "IBM MaaS360 or ManageEngine"),
        ("%upn%", "IBM MaaS360 or ManageEngine"),
        ("%username%", "IBM MaaS360"),
        ("%_EMAILADDRESS_%", "Sophos Mobile"),
        ("%_userName_%", "Sophos Mobile"),
        ("%_DEVPROP(IMEI)_%", "Sophos Mobile"),
        ("${user.userprincipalname}", "Citrix Endpoint Management"),
        ("${device.serialnumber}", "Citrix Endpoint Management"),
        ("$USERID$", "Ivanti EPMM"),
        ("$EMAIL$", "Ivanti EPMM"),
        ("$USER_CUSTOM1$", "Ivanti EPMM"),
        ("$DEVICE_UUID_NO_DASHES$", "Ivanti EPMM"),
        ("${userUPN}", "Ivanti Neurons for MDM"),
    ],
)
def test_a_variable_of_a_device_management_is_advice_that_names_it(text: str, products: str) -> None:
    assert kinds(tunnel(AuthName=text)) == [("advice", "IKEv2.AuthName", "mdm-placeholder")]
    assert f"filled in by {products} alone" in message(text)


def test_each_variable_of_a_text_is_named_with_those_that_fill_it_in() -> None:
    assert message("$FULLNAME, $PHONE and $ROOM") == (
        "$FULLNAME, $PHONE and $ROOM are filled in by Jamf Pro alone. Write the values in their place if the profile "
        "goes another way."
    )
    assert [each.message.partition(" alone")[0] for each in found(tunnel(AuthName="$EMAIL $FULLNAME"))] == [
        "$EMAIL is filled in by Jamf Pro or Kandji",
        "$FULLNAME is filled in by Jamf Pro",
    ]
    # Two that follow each other are none of a product that has a sign behind the name as well.
    assert "Ivanti" not in "".join(each.message for each in found(tunnel(AuthName="$FULLNAME$EMAIL")))


@pytest.mark.parametrize(
    "text",
    [
        "alice",
        "alice@example.com",
        "$5",
        "100%",
        "50%-60%",
        "a$b",
        "$EMAILS are fun",
        "{a}",
        "C:\\x",
        "<",
        "a<b>c",
        "{{",
    ],
)
def test_signs_by_themselves_mean_nothing(text: str) -> None:
    assert found(tunnel(AuthName=text)) == []


@pytest.mark.parametrize(
    "text",
    [
        *("${USER}", "vpn-${USER}", "##user##", "@@USER@@", "__USER__", "<user>", "REPLACE_ME", "changeme"),
        *(
            "your_user_name",
            "YOUR NAME",
            "USER_NAME_HERE",
            "%USER%",
            "$USER_NAME",
            "{{ user.name }}",
            "<%= user %>",
        ),
        *("{% user %}", "TODO"),
    ],
)
def test_what_somebody_forgot_to_fill_in_is_a_warning(text: str) -> None:
    assert kinds(tunnel(AuthName=text)) == [("warning", "IKEv2.AuthName", "unfilled-placeholder")]


def test_names_that_a_template_and_a_device_management_use_alike_are_the_templates() -> None:
    assert kinds(tunnel(AuthName="{{username}}")) == [("warning", "IKEv2.AuthName", "own-placeholder")]
    assert message("{{username}}") == (
        "{{username}} reaches the device as it stands unless Intune fills it in, since this profile is no template. "
        "Write the value in its place, or save it as a template."
    )
    assert message("{{user}}") == (
        "{{user}} reaches the device as it stands, since this profile is no template. Write the value in its place, or "
        "save it as a template."
    )


# Secrets

WHOLE: Mapping[str, tuple[str, str]] = {
    "{{password}}": ("own-placeholder", "{{password}}"),
    "$FLEET_SECRET_PSK": ("mdm-placeholder", "$FLEET_SECRET_PSK"),
    "${PASSWORD}": ("unfilled-placeholder", ""),
    "changeme": ("unfilled-placeholder", ""),
}
PARTS: Mapping[str, str] = {
    "hunter2-{{password}}": "own-placeholder",
    "hunter2$EMAIL": "mdm-placeholder",
}


@pytest.mark.parametrize("text", WHOLE)
def test_a_secret_that_is_nothing_but_a_placeholder_is_none_yet(text: str) -> None:
    code, named = WHOLE[text]
    (problem,) = found(tunnel(WITH_SECRET, SharedSecret=text))
    assert (problem.path, problem.code) == ("IKEv2.SharedSecret", code)
    assert named in problem.message
    if not named:
        assert text not in problem.message


@pytest.mark.parametrize("text", PARTS)
def test_of_a_secret_with_a_placeholder_in_it_no_word_is_told(text: str) -> None:
    (problem,) = found(tunnel(WITH_SECRET, SharedSecret=text))
    assert (problem.path, problem.code) == ("IKEv2.SharedSecret", PARTS[text])
    for word in ("hunter2", "password", "EMAIL"):
        assert word not in problem.message


@pytest.mark.parametrize(
    "text", ["pa$$word", "$ECRET123", "<hunter2>", "50%off%now", "a_HERE", "hunter2${", "x<y>z"]
)
def test_a_secret_may_look_like_anything(text: str) -> None:
    assert found(tunnel(WITH_SECRET, SharedSecret=text)) == []


def test_what_the_catalogue_does_not_know_counts_as_a_secret() -> None:
    unknown: dict[str, Any] = {"Vendor": {"key": ["hunter2-{{user}}"]}, "Other": "{{user}}", "Number": 5}
    whole = document(payload({"Mystery": "hunter2 $EMAIL"}, unknown=unknown))
    assert [(p.path, p.code) for p in found(whole)] == [
        ("Vendor.key[0]", "own-placeholder"),
        ("Other", "own-placeholder"),
        ("IKEv2.Mystery", "mdm-placeholder"),
    ]
    assert not [p for p in found(whole) if "hunter2" in p.message]


def test_a_payload_of_another_type_is_looked_through_as_well() -> None:
    wifi = PayloadDocument(
        slug="other",
        name="wifi",
        uuid="2" * 8,
        values={"PayloadType": "com.apple.wifi.managed"},
        unknown={"SSID_STR": "$SITENAME", "Password": "{{wifi_password}}"},
    )
    assert {(p.payload, p.path, p.code) for p in found(document(wifi))} == {
        ("wifi", "SSID_STR", "mdm-placeholder"),
        ("wifi", "Password", "own-placeholder"),
    }


# Templates


def test_what_somebody_forgot_in_a_template_is_told_in_it() -> None:
    whole = template(AuthName="{{user}}", LocalIdentifier="${USER}", variables=(Variable(name="user"),))
    assert kinds(whole) == [("warning", "IKEv2.LocalIdentifier", "unfilled-placeholder")]


def test_the_default_of_a_variable_is_judged_in_its_place() -> None:
    whole = template(LocalIdentifier="{{user}}", variables=(Variable(name="user", default="REPLACE_ME"),))
    assert kinds(whole) == [("warning", "IKEv2.LocalIdentifier", "unfilled-placeholder")]


def test_a_document_without_placeholders_says_nothing() -> None:
    assert told(tunnel()) == []
    assert told(replace(tunnel(), declaration=Declaration())) == []


@given(
    st.text(alphabet="${}%<>[]#@_ aZ0.", max_size=24) | st.sampled_from(("changeme", " REPLACE_ME ", "[X]"))
)
def test_whatever_silences_a_rule_is_looked_at(text: str) -> None:
    if placeholders.managed(text) or placeholders.forgotten_in_address(text):
        assert placeholders.may_hold(text)


def test_a_variable_in_the_address_of_a_server_is_told_once_as_what_it_is() -> None:
    (problem,) = found(tunnel(RemoteAddress="{{server}}"))
    assert (problem.severity.value, problem.code) == ("error", "unfilled-placeholder")
    assert problem.message == (
        "{{server}} is a variable of a template, and this profile is none, so there is no server of that name. Write "
        "the name or the address of the server, or save the profile as a template."
    )


def test_braces_that_no_variable_has_are_told_once_in_a_template() -> None:
    for name in ("RemoteAddress", "AuthName"):
        path = f"IKEv2.{name}"
        told = [each.code for each in validate(template({name: "{{ my thing }}"})) if each.path == path]
        assert told == ["variable"]


@pytest.mark.parametrize(
    ("text", "products"),
    [
        ("{{UserPrincipalName}}", "Intune or Workspace ONE"),
        ("{UserPrincipalName}", "Workspace ONE"),
        ("{{SERIALNUMBER}}", "Intune"),
        ("{emailaddress}", "Workspace ONE"),
    ],
)
def test_a_name_in_braces_is_known_in_any_letters_and_as_a_whole(text: str, products: str) -> None:
    assert kinds(tunnel(AuthName=text)) == [("advice", "IKEv2.AuthName", "mdm-placeholder")]
    assert f"{text} is filled in by {products} alone" in message(text)


def test_an_everyday_name_is_known_in_any_letters() -> None:
    assert "unless Intune fills it in" in message("{{UserName}}")


@pytest.mark.parametrize(
    "text",
    [
        "{x}",
        "$(server)",
        "%(server)s",
        "@SERVER@",
        "`hostname`",
        "#{server}",
        "&lt;server&gt;",
        "vpn.{zone}.example",
    ],
)
def test_what_no_address_can_have_in_it_is_an_unfilled_placeholder_of_a_server(text: str) -> None:
    (problem,) = [each for each in validate(tunnel(RemoteAddress=text)) if each.path == "IKEv2.RemoteAddress"]
    assert (problem.severity.value, problem.code) == ("error", "unfilled-placeholder")


@pytest.mark.parametrize(
    "text",
    [
        *("your-server-address", "your.server.com", "yourdomain.com", "vpn.yourcompany.com", "null"),
        *("REPLACE-ME.example.com", "x.x.x.x", "xxx.xxx.xxx.xxx", "0.0.0.0", "::"),
    ],
)
def test_the_address_of_an_example_is_a_warning(text: str) -> None:
    (problem,) = [each for each in validate(tunnel(RemoteAddress=text)) if each.path == "IKEv2.RemoteAddress"]
    assert (problem.severity.value, problem.code) == ("warning", "unfilled-placeholder")


REAL_ENDS = (
    *("your-server.de", "your-freedom.net", "yourfreedom.net", "yours.org", "your.org", "your-storage.net"),
    *("your-cloud.host", "yourkit.com", "yourhosting.nl", "yourhostel.org", "my-your-domain.org"),
    *("youripstack.com", "yourvpnclub.net", "your-site-planner.de", "yourcompanyname-online.com"),
)


@pytest.mark.parametrize("end", REAL_ENDS)
@pytest.mark.parametrize(
    "host", ["{}", "vpn.{}", "static.88.99.10.20.clients.{}", "{}.", "your-vpn.{}", "your-server.{}"]
)
def test_a_registered_name_that_only_begins_like_an_example_is_none(host: str, end: str) -> None:
    for text in (host.format(end), host.format(end).upper()):
        assert not placeholders.is_example(text)
        assert found(tunnel(RemoteAddress=text)) == []


@pytest.mark.parametrize(
    "name", ["your-domain", "yourdomain", "your_company", "yourserver", "your-vpn-server", "YOURHOSTNAME"]
)
@pytest.mark.parametrize("host", ["{}", "{}.com", "vpn.{}.com", "{}.co.uk", "gw.{}.net.", "{}.example.com"])
def test_a_registered_name_that_says_whose_it_is_to_be_is_an_example(host: str, name: str) -> None:
    assert placeholders.is_example(host.format(name))


@pytest.mark.parametrize(
    "text", ["young.example.com", "yours.example.com", "nullarbor.example", "xx.example"]
)
def test_a_name_that_only_begins_like_an_example_is_none(text: str) -> None:
    assert found(tunnel(RemoteAddress=text)) == []


@pytest.mark.parametrize("text", ["<server>", "[username]", "your-secret-here", "<Your password>", "$(pass)"])
def test_a_secret_that_is_a_word_in_brackets_is_a_warning_without_it(text: str) -> None:
    (problem,) = found(tunnel(WITH_SECRET, SharedSecret=text))
    assert (problem.severity.value, problem.code) == ("warning", "unfilled-placeholder")
    assert text not in problem.message


@pytest.mark.parametrize("text", ["{{uuid}}", "$UUID1", "$(uuidgen)"])
def test_what_nobody_filled_in_of_what_a_part_is_called_is_told_once(text: str) -> None:
    names = {"PayloadUUID": text, "PayloadIdentifier": text}
    whole = read({**tree({**vpn({"RemoteAddress": "vpn.example.com"}), **names}), **names})
    paths = [
        (problem.payload, problem.path, problem.severity.value)
        for problem in validate(whole)
        if problem.path in names and problem.code in (*CODES, "no-uuid", "identifier-style")
    ]
    assert paths == [
        (part, path, "warning")
        for part in ("profile", "vpn-ikev2")
        for path in ("PayloadUUID", "PayloadIdentifier")
    ]


def test_what_is_to_be_filled_in_is_not_to_be_removed_as_well() -> None:
    codes = [
        each.code
        for each in validate(tunnel(WITH_SECRET, AuthName="{{ user }}"))
        if each.path == "IKEv2.AuthName"
    ]
    assert codes == ["own-placeholder"]
    codes = [
        each.code
        for each in validate(tunnel(WITH_SECRET, AuthName="$EMAIL"))
        if each.path == "IKEv2.AuthName"
    ]
    assert codes == ["ignored", "mdm-placeholder"]


WEB_ADDRESSES: Mapping[str, Callable[[str], Document]] = {
    "DNS.ServerURL": lambda text: document(
        payload(top={"DNS": {"DNSProtocol": "HTTPS", "ServerURL": text, "SupplementalMatchDomains": [""]}})
    ),
    "PayloadContent.URL": lambda text: document(
        PayloadDocument(
            slug="scep", name="id", uuid="1" * 8, values={"PayloadContent": {"URL": text, "Keysize": 2048}}
        )
    ),
    "DirectoryURL": lambda text: document(
        PayloadDocument(slug="acme", name="id", uuid="1" * 8, values={"DirectoryURL": text})
    ),
}


@pytest.mark.parametrize("path", WEB_ADDRESSES)
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("${SERVER}", "unfilled-placeholder"),
        ("<server>", "unfilled-placeholder"),
        ("REPLACE_ME", "unfilled-placeholder"),
        ("##server##/dns-query", "unfilled-placeholder"),
        ("{{host}}", "own-placeholder"),
        ("{{ host }}/scep", "own-placeholder"),
        ("%email%", "mdm-placeholder"),
        ("ca.example.com/scep", "malformed"),
        ("$5", "malformed"),
    ],
)
def test_what_is_to_be_filled_in_is_not_judged_as_a_web_address_as_well(
    path: str, text: str, code: str
) -> None:
    told = [each.code for each in validate(WEB_ADDRESSES[path](text)) if each.path == path]
    assert told == [code]


def test_a_web_address_of_which_nobody_knows_what_it_will_be_is_no_problem_of_a_template() -> None:
    whole = WEB_ADDRESSES["PayloadContent.URL"]
    variable = Declaration(variables=(Variable(name="server"),))
    assert [p.code for p in validate(replace(whole("{{server}}"), declaration=variable))] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"RemoteAddress": "{{server}}", "RemoteIdentifier": "vpn.corp.example"},
        {"RemoteAddress": "vpn.corp.example", "RemoteIdentifier": "{{server}}"},
    ],
    ids=["address", "identifier"],
)
def test_a_name_is_not_compared_with_one_of_which_nobody_knows_what_it_will_be(
    changes: dict[str, str],
) -> None:
    whole = template(changes, variables=(Variable(name="server"),))
    assert [p.code for p in validate(whole)] == []
